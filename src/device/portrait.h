/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A portrait against a standard for document photos: background, and where the head stands as far as a silhouette tells.
 * Not face recognition and no judgement of a face: bare head, eyes, expression, glasses and likeness are for the officer's
 * eye. Invariant: with an uneven background no head is claimed to have been measured.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Red, green, blue, rows one after another, no padding. */
struct ym_rgb {
	const uint8_t *p;
	int w, h;
};
struct ym_portrait {
	int red, green, blue;     /* mean of the background */
	int spread;               /* how far the background strays from its mean: a standard deviation, 0..255 */
	bool has_head;            /* the silhouette looks like a head over shoulders */
	/* In pixels of the picture. chin is an estimate: where the neck becomes narrowest. */
	int head_top, chin, head_left, head_right;
};
void ym_portrait_look(const struct ym_rgb *rgb, struct ym_portrait *ret);
/* The widest cut of w : h that puts the head in its place: head_high per mille of the cut's height from crown to chin,
 * top per mille above the crown. Falls back to the middle when there is no head; never leaves the picture. */
void ym_portrait_cut(const struct ym_rgb *rgb, const struct ym_portrait *at, int w, int h, int head_high, int top, int *ret_x, int *ret_y,
	int *ret_w, int *ret_h);
