/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Measures on gray pictures. Invariant: nothing outside w * h bytes is read.
 */
#include "device/picture.h"

#include <math.h>

#include "base/mem.h"
#include "yimen/device.h"

#define EDGE_RANGE 32      /* from dark to light across a window: less is noise or paper grain */
#define EDGES_MIN 40
#define STRONG 60          /* Sobel magnitude, after smoothing, of an edge that counts for the direction */
#define BINS 180           /* half a degree each, over a right angle */

static int
clamp(int v, int low, int high)
{
	return v < low ? low : v > high ? high : v;
}

/* The level below which `share` per mille of the picture lie. */
static int
level_at(const struct ym_gray *g, long share)
{
	long count[256] = {0}, seen = 0, all = (long)g->w * g->h;

	for (long i = 0; i < all; i++)
		count[g->p[i]]++;
	for (int v = 0; v < 256; v++)
		if ((seen += count[v]) * 1000 > all * share)
			return v;
	return 255;
}

int
ym_picture_sharpness(const struct ym_gray *g)
{
	long n = 0, sum = 0;
	/* A few hundred rows tell as much as all. */
	int step = g->h > 400 ? g->h / 400 : 1, range = (level_at(g, 950) - level_at(g, 30)) * 6 / 10;

	/* Edges between print and paper, not the traces that blurred print leaves of itself. */
	if (range < EDGE_RANGE)
		range = EDGE_RANGE;

	for (int y = 0; y < g->h; y += step) {
		const uint8_t *row = g->p + (size_t)y * (size_t)g->w;

		for (int x = 0; x + 8 < g->w; x += 4) {
			int low = 255, high = 0, most = 0;

			for (int i = 0; i <= 8; i++) {
				int v = row[x + i], d = i ? abs(v - row[x + i - 1]) : 0;

				low = v < low ? v : low;
				high = v > high ? v : high;
				most = d > most ? d : most;
			}
			if (high - low < range)
				continue;
			sum += 100 * most / (high - low);
			n++;
		}
	}
	if (n < EDGES_MIN)
		return -1;
	/* A straight ramp over the window gives 12, a step between two pixels 100. */
	return clamp((int)((sum / n - 12) * 100 / 70), 0, 100);
}

int
ym_picture_brightness(const struct ym_gray *g)
{
	return g->w > 0 && g->h > 0 ? level_at(g, 900) * 100 / 255 : -1;
}

/* Whole turns of the picture by a right angle look alike: the direction is taken modulo 90 degrees. */
static int
bin_of(int gx, int gy)
{
	double degrees = atan2(gy, gx) * 180 / M_PI;
	int bin;

	degrees -= 90 * floor((degrees + 45) / 90);
	bin = (int)lround((degrees + 45) * 2);
	return bin >= BINS ? 0 : bin;
}

static int
peak_of(const double bins[BINS])
{
	double all = 0, best = 0;
	int at = 0;

	for (int i = 0; i < BINS; i++) {
		double near = 0;

		for (int k = -3; k <= 3; k++)
			near += bins[(i + k + BINS) % BINS] * (4 - abs(k));
		all += bins[i];
		if (near > best) {
			best = near;
			at = i;
		}
	}
	/* Even spread gives 16 / BINS of all. */
	if (all <= 0 || best < all * 16 / BINS * 1.8)
		return YM_TILT_UNKNOWN;
	return (int)lround(at / 2.0 - 45);
}

/* Sliding mean over a line of n values `step` apart; ends are extended. */
static void
smooth_line(const uint8_t *from, uint8_t *to, int n, size_t step, int radius)
{
	int sum = 0;

	for (int i = -radius; i <= radius; i++)
		sum += from[(size_t)clamp(i, 0, n - 1) * step];
	for (int i = 0; i < n; i++) {
		to[(size_t)i * step] = (uint8_t)(sum / (2 * radius + 1));
		sum += from[(size_t)clamp(i + radius + 1, 0, n - 1) * step] - from[(size_t)clamp(i - radius, 0, n - 1) * step];
	}
}

/* Strokes of print are too small to have a direction on this grid and seem to lie along it: smoothing leaves lines of print
 * and the page's edges. */
static void
smooth(const struct ym_gray *g, uint8_t *across, uint8_t *out)
{
	int radius = g->w / 240 > 0 ? g->w / 240 : 1;

	for (int y = 0; y < g->h; y++)
		smooth_line(g->p + (size_t)y * (size_t)g->w, across + (size_t)y * (size_t)g->w, g->w, 1, radius);
	for (int x = 0; x < g->w; x++)
		smooth_line(across + x, out + x, g->h, (size_t)g->w, radius);
}

int
ym_picture_tilt(const struct ym_gray *g)
{
	size_t size = g->w > 2 && g->h > 2 ? (size_t)g->w * (size_t)g->h : 0;
	YM_FREE uint8_t *across = ym_alloc(size + 1), *flat = ym_alloc(size + 1);
	double bins[BINS] = {0};
	long n = 0;

	if (!size)
		return YM_TILT_UNKNOWN;
	smooth(g, across, flat);
	for (int y = 1; y + 1 < g->h; y++) {
		const uint8_t *a = flat + (size_t)(y - 1) * (size_t)g->w, *b = a + g->w, *c = b + g->w;

		for (int x = 1; x + 1 < g->w; x++) {
			int gx = a[x + 1] + 2 * b[x + 1] + c[x + 1] - a[x - 1] - 2 * b[x - 1] - c[x - 1];
			int gy = c[x - 1] + 2 * c[x] + c[x + 1] - a[x - 1] - 2 * a[x] - a[x + 1];

			if (abs(gx) + abs(gy) < STRONG)
				continue;
			/* squared: long edges of the page before rows of print */
			bins[bin_of(gx, gy)] += (double)gx * gx + (double)gy * gy;
			n++;
		}
	}
	explicit_bzero(across, size);
	explicit_bzero(flat, size);
	return n < g->w ? YM_TILT_UNKNOWN : peak_of(bins);
}

void
ym_picture_shrink(const struct ym_gray *g, int w, int h, uint8_t *dst, int *ret_w, int *ret_h)
{
	int to_w = g->w, to_h = g->h;

	if (to_w > w) {
		to_h = (int)((long)g->h * w / g->w);
		to_w = w;
	}
	if (to_h > h) {
		to_w = (int)((long)g->w * h / g->h);
		to_h = h;
	}
	to_w = to_w < 1 ? 1 : to_w;
	to_h = to_h < 1 ? 1 : to_h;
	for (int y = 0; y < to_h; y++) {
		long y0 = (long)y * g->h / to_h, y1 = (long)(y + 1) * g->h / to_h;

		for (int x = 0; x < to_w; x++) {
			long x0 = (long)x * g->w / to_w, x1 = (long)(x + 1) * g->w / to_w, sum = 0;

			for (long v = y0; v < y1; v++)
				for (long u = x0; u < x1; u++)
					sum += g->p[v * g->w + u];
			dst[(size_t)y * (size_t)to_w + (size_t)x] = (uint8_t)(sum / ((y1 - y0) * (x1 - x0)));
		}
	}
	*ret_w = to_w;
	*ret_h = to_h;
}
