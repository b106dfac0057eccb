/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A gray picture in a terminal: eight dots a cell, dithered, so that a person sees whether a page lies straight and whole; and
 * the strokes of a pen. Not for reading it. Invariant: every cell of its place is drawn, the picture in the middle in its own shape.
 */
#pragma once

#include "canvas.h"
#include "yimen/device.h"

/* image must be gray (not a JPEG); lit dots are light, on a dark terminal as on a light one. */
void w_picture_draw(const struct ui_area *a, int row, int col, int rows, int cols, const struct ym_image *image);
/* What was drawn on a pad, in the pad's shape. */
void w_picture_strokes(const struct ui_area *a, int row, int col, int rows, int cols, const struct ym_strokes *strokes);
