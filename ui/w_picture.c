/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Braille cells, error diffusion, contrast stretched to the picture's own range. Invariant: no allocation: a terminal of
 * more than WIDE x HIGH dots shows the picture smaller.
 */
#include "w_picture.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

#define WIDE 400 /* dots */
#define HIGH 320

/* The levels below which a fiftieth and above which a fiftieth of the picture lies. */
static void
range_of(const struct ym_image *g, int *low, int *high)
{
	long count[256] = { 0 }, all = (long)g->n, seen = 0;

	*low = 0;
	*high = 255;
	for (size_t i = 0; i < g->n; i++)
		count[g->data[i]]++;
	for (int v = 0; v < 256; v++) {
		if (seen * 50 < all)
			*low = v;
		seen += count[v];
		if (seen * 50 <= all * 49)
			*high = v + 1;
	}
	/* an even picture stays even: noise is not worth showing */
	if (*high - *low < 40) {
		*low = 0;
		*high = 255;
	}
}

/* Mean of the picture's part under one dot. */
static int
mean(const struct ym_image *g, int x, int y, int w, int h)
{
	int x0 = x * g->width / w, x1 = (x + 1) * g->width / w, y0 = y * g->height / h, y1 = (y + 1) * g->height / h, sum = 0;

	x1 = x1 > x0 ? x1 : x0 + 1;
	y1 = y1 > y0 ? y1 : y0 + 1;
	for (int v = y0; v < y1; v++)
		for (int u = x0; u < x1; u++)
			sum += g->data[v * g->width + u];
	return sum / ((x1 - x0) * (y1 - y0));
}

/* Levels 0..255 of w x h dots, stretched, edges a little raised: thin print would drown in the paper otherwise. */
static void
levels_of(const struct ym_image *g, int w, int h, int16_t out[HIGH][WIDE + 2])
{
	int low, high;

	range_of(g, &low, &high);
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++)
			out[y][x] = (int16_t)((mean(g, x, y, w, h) - low) * 255 / (high - low));
	for (int y = h - 1; y > 0; y--)
		for (int x = w - 1; x > 0; x--)
			out[y][x] = (int16_t)ui_util_clamp(out[y][x] + (2 * out[y][x] - out[y - 1][x] - out[y][x - 1]) / 3, 0, 255);
}

/* Floyd and Steinberg: light that a dot cannot show goes to its neighbours. */
static void
dither(int w, int h, int16_t level[HIGH][WIDE + 2])
{
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			int value = level[y][x], lit = value >= 128, error = value - (lit ? 255 : 0);

			level[y][x] = (int16_t)lit;
			if (x + 1 < w)
				level[y][x + 1] = (int16_t)(level[y][x + 1] + error * 7 / 16);
			if (y + 1 < h) {
				if (x > 0)
					level[y + 1][x - 1] = (int16_t)(level[y + 1][x - 1] + error * 3 / 16);
				level[y + 1][x] = (int16_t)(level[y + 1][x] + error * 5 / 16);
				if (x + 1 < w)
					level[y + 1][x + 1] = (int16_t)(level[y + 1][x + 1] + error / 16);
			}
		}
}

static uint32_t
braille(int x, int y, int w, int h, int16_t lit[HIGH][WIDE + 2])
{
	static const uint8_t bits[4][2] = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };
	uint32_t dots = 0;

	for (int v = 0; v < 4; v++)
		for (int u = 0; u < 2; u++)
			if (y * 4 + v < h && x * 2 + u < w && lit[y * 4 + v][x * 2 + u])
				dots |= bits[v][u];
	return dots ? 0x2800 + dots : ' ';
}

/* Where a terminal has no such characters: darker to lighter. */
static uint32_t
ascii(int x, int y, int w, int h, int16_t lit[HIGH][WIDE + 2])
{
	static const char ramp[] = " .:-=+*%#";
	int n = 0;

	for (int v = 0; v < 4; v++)
		for (int u = 0; u < 2; u++)
			n += y * 4 + v < h && x * 2 + u < w && lit[y * 4 + v][x * 2 + u];
	return (uint32_t)ramp[n];
}

/* The dots of a place, in the shape of what is shown. */
static void
fit(int *w, int *h, int width, int height)
{
	if ((long)*w * height > (long)*h * width)
		*w = (int)((long)*h * width / height);
	else
		*h = (int)((long)*w * height / width);
	*w = *w < 2 ? 2 : *w;
	*h = *h < 4 ? 4 : *h;
}

static void
put(const struct ui_area *a, int row, int col, int rows, int cols, int w, int h, int16_t level[HIGH][WIDE + 2])
{
	int left = col + (cols - (w + 1) / 2) / 2, top = row + (rows - (h + 3) / 4) / 2;

	for (int y = 0; y * 4 < h; y++)
		for (int x = 0; x * 2 < w; x++)
			ui_canvas_run(a, top + y, left + x, 1, UI_NORMAL,
				a->canvas->ascii ? ascii(x, y, w, h, level) : braille(x, y, w, h, level));
}

void
w_picture_draw(const struct ui_area *a, int row, int col, int rows, int cols, const struct ym_image *image)
{
	static int16_t level[HIGH][WIDE + 2];
	int w = ui_util_clamp(cols * 2, 2, WIDE), h = ui_util_clamp(rows * 4, 4, HIGH);

	for (int i = 0; i < rows; i++)
		ui_canvas_blank(a, row + i, col, cols, UI_NORMAL);
	if (!image->data || image->is_jpeg || image->width < 1 || image->height < 1 || image->n != (size_t)image->width * (size_t)image->height)
		return;
	fit(&w, &h, image->width, image->height); /* dots are about square */
	levels_of(image, w, h, level);
	dither(w, h, level);
	put(a, row, col, rows, cols, w, h, level);
	memset(level, 0, sizeof level); /* a page or a face does not stay here */
}

static void
line(int16_t level[HIGH][WIDE + 2], int x0, int y0, int x1, int y1)
{
	int n = abs(x1 - x0) > abs(y1 - y0) ? abs(x1 - x0) : abs(y1 - y0);

	for (int i = 0; i <= n; i++)
		level[n ? y0 + (y1 - y0) * i / n : y0][n ? x0 + (x1 - x0) * i / n : x0] = 1;
}

void
w_picture_strokes(const struct ui_area *a, int row, int col, int rows, int cols, const struct ym_strokes *s)
{
	static int16_t level[HIGH][WIDE + 2];
	int w = ui_util_clamp(cols * 2, 2, WIDE), h = ui_util_clamp(rows * 4, 4, HIGH), last_x = -1, last_y = 0;

	for (int i = 0; i < rows; i++)
		ui_canvas_blank(a, row + i, col, cols, UI_NORMAL);
	if (!s->points || s->width < 1 || s->height < 1)
		return;
	fit(&w, &h, s->width, s->height);
	for (size_t i = 0; i < s->n; i++) {
		int x = (int)((long)s->points[i].x * (w - 1) / s->width), y = (int)((long)s->points[i].y * (h - 1) / s->height);

		if (s->points[i].pressure) {
			x = ui_util_clamp(x, 0, w - 1);
			y = ui_util_clamp(y, 0, h - 1);
			line(level, last_x < 0 ? x : last_x, last_x < 0 ? y : last_y, x, y);
			last_y = y;
		}
		last_x = s->points[i].pressure ? x : -1;
	}
	put(a, row, col, rows, cols, w, h, level);
	memset(level, 0, sizeof level);
}
