/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What can be told of a gray picture without knowing what it shows: how sharp, how bright, how crooked; and making it
 * smaller. Not decoding (the camera's helper does that) and not a judgement: words and limits are the screens'.
 * Invariant: pure functions of the bytes; every figure has a value that says "not measured".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rows one after another, no padding. */
struct ym_gray {
	const uint8_t *p;
	int w, h;
};

/* 0..100: how short the way from dark to light is at edges; contrast does not matter. About 50 and more is as sharp as the
 * picture's size allows, below 25 small print cannot be read. -1: there is no edge. */
int ym_picture_sharpness(const struct ym_gray *g);
/* 0..100: what the lighter tenth of the picture reaches (paper, in a picture of a page). -1: empty. */
int ym_picture_brightness(const struct ym_gray *g);
/* Degrees that straight things (a page's edges, lines of text) are turned, clockwise positive, -45..45.
 * YM_TILT_UNKNOWN (yimen/device.h): nothing straight is seen. Good to about a degree from 300 columns on. */
int ym_picture_tilt(const struct ym_gray *g);

/* Averages g down to fit w x h, keeping its shape; never enlarges. dst has room for w * h. The size by ret. */
void ym_picture_shrink(const struct ym_gray *g, int w, int h, uint8_t *dst, int *ret_w, int *ret_h);
