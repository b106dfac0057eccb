/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Silhouette against a plain background. The background is what stands in the upper side strips, where no shoulder is.
 * Invariant: reads inside the picture only; no allocation.
 */
#include "device/portrait.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EVEN_SPREAD 14     /* above it a silhouette means nothing */
#define ROWS_MAX 4096

static const uint8_t *
pixel(const struct ym_rgb *rgb, int x, int y)
{
	return rgb->p + ((size_t)y * (size_t)rgb->w + (size_t)x) * 3;
}

/* Upper two fifths of a strip at either side, a fourteenth of the width each. */
static void
look_at_background(const struct ym_rgb *rgb, struct ym_portrait *ret)
{
	int strip = rgb->w / 14 > 0 ? rgb->w / 14 : 1, rows = rgb->h * 2 / 5 > 0 ? rgb->h * 2 / 5 : 1;
	double sum[3] = {0}, squares = 0, luma_sum = 0;
	long n = 0;

	for (int y = 0; y < rows && y < rgb->h; y++)
		for (int i = 0; i < 2 * strip; i++) {
			int x = i < strip ? i : rgb->w - 1 - (i - strip);
			const uint8_t *p = pixel(rgb, x < 0 ? 0 : x, y);
			double luma = (p[0] * 30 + p[1] * 59 + p[2] * 11) / 100.0;

			for (int c = 0; c < 3; c++)
				sum[c] += p[c];
			luma_sum += luma;
			squares += luma * luma;
			n++;
		}
	ret->red = (int)lround(sum[0] / n);
	ret->green = (int)lround(sum[1] / n);
	ret->blue = (int)lround(sum[2] / n);
	ret->spread = (int)lround(sqrt(fmax(0, squares / n - (luma_sum / n) * (luma_sum / n))));
}

static bool
is_person(const struct ym_rgb *rgb, const struct ym_portrait *at, int x, int y)
{
	const uint8_t *p = pixel(rgb, x, y);
	int limit = 26 + 3 * at->spread;

	return abs(p[0] - at->red) > limit || abs(p[1] - at->green) > limit || abs(p[2] - at->blue) > limit;
}

/* First and last column of the person in a row; the width, 0 when there is nothing of at least a thirtieth. */
static int
row_width(const struct ym_rgb *rgb, const struct ym_portrait *at, int y, int *ret_left, int *ret_right)
{
	int left = -1, right = -1, n = 0;

	for (int x = 0; x < rgb->w; x++)
		if (is_person(rgb, at, x, y)) {
			left = left < 0 ? x : left;
			right = x;
			n++;
		}
	if (n < rgb->w / 30 + 1)
		return 0;
	*ret_left = left;
	*ret_right = right;
	return right - left + 1;
}

/*
 * From the crown downwards the silhouette grows to the head's width, shrinks to the neck and grows to the shoulders. All
 * three must be there, in this order and in human proportion.
 */
static void
look_for_head(const struct ym_rgb *rgb, struct ym_portrait *ret)
{
	int top = -1, widest = 0, narrow = 0, neck = -1, left = 0, right = 0, l, r;
	bool has_shoulders = false;

	for (int y = 0; y < rgb->h && y < ROWS_MAX; y++) {
		int w = row_width(rgb, ret, y, &l, &r);

		if (!w)
			continue;
		if (top < 0)
			top = y;
		if (neck < 0 || w < narrow) {
			if (w > widest) {
				widest = w;
				left = l;
				right = r;
			}
			/* the neck begins where the head has clearly become narrower */
			if (w * 100 < widest * 82 && y - top > widest / 2) {
				neck = y;
				narrow = w;
			}
		} else if (w * 100 > widest * 125) {
			has_shoulders = true;
			break;
		}
	}
	if (top < 0 || neck < 0 || !has_shoulders || widest < rgb->w / 8)
		return;
	ret->head_top = top;
	ret->chin = neck;
	ret->head_left = left;
	ret->head_right = right;
	/* crown to chin is about one and a third of the head's width; hair and hats spoil that only so far */
	ret->has_head = (ret->chin - top) * 10 > widest * 9 && (ret->chin - top) * 10 < widest * 21;
}

void
ym_portrait_look(const struct ym_rgb *rgb, struct ym_portrait *ret)
{
	memset(ret, 0, sizeof *ret);
	if (rgb->w < 16 || rgb->h < 16) {
		ret->spread = 255;
		return;
	}
	look_at_background(rgb, ret);
	if (ret->spread <= EVEN_SPREAD)
		look_for_head(rgb, ret);
}

void
ym_portrait_cut(const struct ym_rgb *rgb, const struct ym_portrait *at, int w, int h, int head_high, int top, int *ret_x, int *ret_y,
	int *ret_w, int *ret_h)
{
	int cut_h = rgb->h, cut_w, x, y = 0;

	if (at->has_head && head_high > 0)
		cut_h = (at->chin - at->head_top) * 1000 / head_high;
	if (cut_h > rgb->h)
		cut_h = rgb->h;
	cut_w = (int)((long)cut_h * w / h);
	if (cut_w > rgb->w) {
		cut_w = rgb->w;
		cut_h = (int)((long)cut_w * h / w);
	}
	x = (rgb->w - cut_w) / 2;
	y = (rgb->h - cut_h) / 2;
	if (at->has_head) {
		x = (at->head_left + at->head_right) / 2 - cut_w / 2;
		y = at->head_top - (int)((long)cut_h * top / 1000);
	}
	*ret_x = x < 0 ? 0 : x + cut_w > rgb->w ? rgb->w - cut_w : x;
	*ret_y = y < 0 ? 0 : y + cut_h > rgb->h ? rgb->h - cut_h : y;
	*ret_w = cut_w > 0 ? cut_w : 1;
	*ret_h = cut_h > 0 ? cut_h : 1;
}
