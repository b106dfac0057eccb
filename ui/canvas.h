/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A grid of cells to draw on, and areas of it: text is placed in cells, cut in cells and never split.
 * Not a terminal (term.h puts a canvas on one). Invariant: a wide character owns two cells or none of it stands.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "theme.h"
#include "yimen/error.h"

#define UI_CANVAS_MAX 500   /* rows or columns */

struct ui_cell {
	uint32_t ch, mark;  /* a character and at most one combining mark; ch 0: the right half of a wide one */
	uint8_t style, width;
};
struct ui_canvas {
	int rows, cols;
	bool ascii;
	bool has_caret;     /* a field is being typed into: the cursor shows */
	int caret_row, caret_col;
	struct ui_cell *cells;
};
/* A part of a canvas with coordinates of its own. Everything outside is cut off. */
struct ui_area {
	struct ui_canvas *canvas;
	int row, col, rows, cols;
};

struct ui_canvas *ui_canvas_new(int rows, int cols);
void ui_canvas_free(struct ui_canvas *c);
void ui_canvas_resize(struct ui_canvas *c, int rows, int cols);
/* Blank everywhere, no caret. */
void ui_canvas_erase(struct ui_canvas *c);
/* The text of a row without trailing blanks / of all rows, each ending in a newline. Caller frees. */
char *ui_canvas_row(const struct ui_canvas *c, int row);
char *ui_canvas_dump(const struct ui_canvas *c);

struct ui_area ui_canvas_area(struct ui_canvas *c);
struct ui_area ui_canvas_sub(const struct ui_area *a, int row, int col, int rows, int cols);
/* Text from col on, cut at the area's edge. Returns the column after it. */
int ui_canvas_text(const struct ui_area *a, int row, int col, enum ui_style style, const char *text);
int ui_canvas_print(const struct ui_area *a, int row, int col, enum ui_style style, const char *format, ...) YM_PRINTF(5, 6);
/* Text in exactly `width` cells: cut with "…", filled with blanks. Returns col + width. */
int ui_canvas_cell(const struct ui_area *a, int row, int col, int width, enum ui_style style, const char *text);
/* Text that ends before column `end`. Returns where it starts. */
int ui_canvas_right(const struct ui_area *a, int row, int end, enum ui_style style, const char *text);
/* Wrapped text in at most max_rows rows of `width` cells; the last is cut with "…". Returns the rows used. */
int ui_canvas_wrap(const struct ui_area *a, int row, int col, int width, int max_rows, enum ui_style style, const char *text);
/* A run of one character. */
void ui_canvas_run(const struct ui_area *a, int row, int col, int width, enum ui_style style, uint32_t c);
void ui_canvas_blank(const struct ui_area *a, int row, int col, int width, enum ui_style style);
void ui_canvas_blank_all(const struct ui_area *a);
void ui_canvas_rule(const struct ui_area *a, int row);
/* Where the cursor stands: visible for a field, merely parked for a list. The last call counts. */
void ui_canvas_caret(const struct ui_area *a, int row, int col);
void ui_canvas_park(const struct ui_area *a, int row, int col);
