/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Cells in memory (canvas.h). Drawing touches nothing but the grid, so it is cheap, pure and testable without a
 * terminal. Invariant: overwriting one half of a wide character blanks the other.
 */
#include "canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "util.h"
#include "yimen/text.h"

#define UNKNOWN_WIDE 0x3013 /* 〓 */

struct ui_canvas *
ui_canvas_new(int rows, int cols)
{
	struct ui_canvas *c = ui_util_alloc(sizeof *c);

	ui_canvas_resize(c, rows, cols);
	return c;
}

void
ui_canvas_free(struct ui_canvas *c)
{
	if (!c)
		return;
	free(c->cells);
	free(c);
}

void
ui_canvas_resize(struct ui_canvas *c, int rows, int cols)
{
	c->rows = ui_util_clamp(rows, 1, UI_CANVAS_MAX);
	c->cols = ui_util_clamp(cols, 1, UI_CANVAS_MAX);
	free(c->cells);
	c->cells = ui_util_alloc((size_t)c->rows * (size_t)c->cols * sizeof *c->cells);
	ui_canvas_erase(c);
}

static struct ui_cell *
cell_at(const struct ui_canvas *c, int row, int col)
{
	return &c->cells[(size_t)row * (size_t)c->cols + (size_t)col];
}

void
ui_canvas_erase(struct ui_canvas *c)
{
	const struct ui_cell blank = { .ch = ' ', .width = 1 };
	size_t n = (size_t)c->rows * (size_t)c->cols;

	for (size_t i = 0; i < n; i++)
		c->cells[i] = blank;
	c->has_caret = false;
	c->caret_row = c->caret_col = 0;
}

char *
ui_canvas_row(const struct ui_canvas *c, int row)
{
	char *text = ui_util_alloc((size_t)c->cols * 8 + 1);
	size_t len = 0, end = 0;

	for (int col = 0; col < c->cols; col++) {
		const struct ui_cell *cell = cell_at(c, row, col);

		if (!cell->ch)
			continue;
		len += ym_text_encode(cell->ch, text + len);
		if (cell->mark)
			len += ym_text_encode(cell->mark, text + len);
		if (cell->ch != ' ')
			end = len;
	}
	text[end] = 0;
	return text;
}

char *
ui_canvas_dump(const struct ui_canvas *c)
{
	char *text = ui_util_alloc((size_t)c->rows * ((size_t)c->cols * 8 + 2) + 1);
	size_t len = 0;

	for (int row = 0; row < c->rows; row++) {
		UI_FREE char *line = ui_canvas_row(c, row);
		size_t n = strlen(line);

		memcpy(text + len, line, n);
		len += n;
		text[len++] = '\n';
	}
	return text;
}

struct ui_area
ui_canvas_area(struct ui_canvas *c)
{
	return (struct ui_area){ c, 0, 0, c->rows, c->cols };
}

struct ui_area
ui_canvas_sub(const struct ui_area *a, int row, int col, int rows, int cols)
{
	struct ui_area sub = *a;

	row = ui_util_clamp(row, 0, a->rows);
	col = ui_util_clamp(col, 0, a->cols);
	sub.row = a->row + row;
	sub.col = a->col + col;
	sub.rows = ui_util_clamp(rows, 0, a->rows - row);
	sub.cols = ui_util_clamp(cols, 0, a->cols - col);
	return sub;
}

/* Blank what remains of a wide character whose other half is about to go. */
static void
break_wide(const struct ui_canvas *c, int row, int col)
{
	struct ui_cell *cell = cell_at(c, row, col);

	if (cell->width == 2 && col + 1 < c->cols) {
		cell[1].ch = ' ';
		cell[1].width = 1;
	} else if (!cell->ch && col > 0) {
		cell[-1].ch = ' ';
		cell[-1].mark = 0;
		cell[-1].width = 1;
	}
}

static void
put(const struct ui_canvas *c, int row, int col, enum ui_style style, uint32_t ch, int width)
{
	struct ui_cell *cell = cell_at(c, row, col);

	break_wide(c, row, col);
	if (width == 2)
		break_wide(c, row, col + 1);
	*cell = (struct ui_cell){ ch, 0, (uint8_t)style, (uint8_t)width };
	if (width == 2)
		cell[1] = (struct ui_cell){ 0, 0, (uint8_t)style, 0 };
}

/* What is really drawn: the C library and we must agree on the width, or the terminal's columns drift. */
static uint32_t
drawable(const struct ui_canvas *c, uint32_t ch, int width)
{
	if (c->ascii)
		ch = ui_theme_ascii(ch);
	if (ch >= 0x80 && wcwidth((wchar_t)ch) != width)
		return width == 2 ? UNKNOWN_WIDE : '?';
	return ch;
}

static int
draw(const struct ui_area *a, int row, int col, int end, enum ui_style style, const char *text)
{
	size_t n = strlen(text), used;
	uint32_t ch;
	int last = -1;

	if (end > a->cols)
		end = a->cols;
	if (row < 0 || row >= a->rows)
		return col;
	for (; n; text += used, n -= used) {
		used = ym_text_decode(text, n, &ch);
		int width = ym_text_cell(ch);

		if (!width) {
			if (last >= 0 && ch >= 0x300)
				cell_at(a->canvas, a->row + row, a->col + last)->mark = ch;
			continue;
		}
		if (col + width > end)
			break;
		if (col >= 0) {
			put(a->canvas, a->row + row, a->col + col, style, drawable(a->canvas, ch, width), width);
			last = col;
		}
		col += width;
	}
	return col;
}

int
ui_canvas_text(const struct ui_area *a, int row, int col, enum ui_style style, const char *text)
{
	return draw(a, row, col, a->cols, style, text);
}

int
ui_canvas_print(const struct ui_area *a, int row, int col, enum ui_style style, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return draw(a, row, col, a->cols, style, text);
}

int
ui_canvas_cell(const struct ui_area *a, int row, int col, int width, enum ui_style style, const char *text)
{
	char cut[1024];
	int end = col + width, at;

	if (width <= 0)
		return col;
	ym_text_cut(cut, sizeof cut, text, width);
	at = draw(a, row, col, end, style, cut);
	ui_canvas_blank(a, row, at, end - at, style);
	return end;
}

int
ui_canvas_right(const struct ui_area *a, int row, int end, enum ui_style style, const char *text)
{
	int start = end - ym_text_width(text);

	if (start < 0)
		start = 0;
	draw(a, row, start, end, style, text);
	return start;
}

int
ui_canvas_wrap(const struct ui_area *a, int row, int col, int width, int max_rows, enum ui_style style, const char *text)
{
	int rows = 0;

	if (width < 2)
		return 0;
	while (*text && rows < max_rows) {
		const char *next;
		size_t n = ym_text_wrap(text, width, &next);
		char line[2048];

		if (rows == max_rows - 1 && *next) {
			ui_util_copy(line, sizeof line, text);
			line[strcspn(line, "\n")] = 0;
			ui_canvas_cell(a, row + rows, col, width, style, line);
			return rows + 1;
		}
		if (n >= sizeof line)
			n = sizeof line - 1;
		memcpy(line, text, n);
		line[n] = 0;
		draw(a, row + rows, col, col + width, style, line);
		rows++;
		text = next;
	}
	return rows;
}

void
ui_canvas_run(const struct ui_area *a, int row, int col, int width, enum ui_style style, uint32_t ch)
{
	int end = col + width;

	if (row < 0 || row >= a->rows)
		return;
	if (end > a->cols)
		end = a->cols;
	ch = drawable(a->canvas, ch, 1);
	for (int i = col < 0 ? 0 : col; i < end; i++)
		put(a->canvas, a->row + row, a->col + i, style, ch, 1);
}

void
ui_canvas_blank(const struct ui_area *a, int row, int col, int width, enum ui_style style)
{
	ui_canvas_run(a, row, col, width, style, ' ');
}

void
ui_canvas_blank_all(const struct ui_area *a)
{
	for (int row = 0; row < a->rows; row++)
		ui_canvas_blank(a, row, 0, a->cols, UI_NORMAL);
}

void
ui_canvas_rule(const struct ui_area *a, int row)
{
	ui_canvas_run(a, row, 0, a->cols, UI_DIM, 0x2500);
}

void
ui_canvas_park(const struct ui_area *a, int row, int col)
{
	a->canvas->has_caret = false;
	a->canvas->caret_row = a->row + ui_util_clamp(row, 0, a->rows > 0 ? a->rows - 1 : 0);
	a->canvas->caret_col = a->col + ui_util_clamp(col, 0, a->cols > 0 ? a->cols - 1 : 0);
}

void
ui_canvas_caret(const struct ui_area *a, int row, int col)
{
	ui_canvas_park(a, row, col);
	a->canvas->has_caret = true;
}
