/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * How each kind of block of a paper looks, one function each. Not pages (paper_page.c). Invariant: what does not fit begins a
 * new page; a row is never cut in two.
 */
#include "paper_block.h"

#include <math.h>
#include <qrencode.h>

#define ROW_PAD 4.0

static double
value_at(const json_t *points, size_t i)
{
	return (double)json_integer_value(json_array_get(points, i));
}

/* The part of the pad that was written on: a small hand on a large pad is no small signature. Returns the hardest pressure. */
static double
ink_of(const json_t *points, double *x0, double *y0, double *x1, double *y1)
{
	double hardest = 0;

	for (size_t i = 0; i + 2 < json_array_size(points); i += 3) {
		double x = value_at(points, i), y = value_at(points, i + 1), pressure = value_at(points, i + 2);

		if (pressure <= 0)
			continue;
		*x0 = hardest > 0 ? fmin(*x0, x) : x;
		*x1 = hardest > 0 ? fmax(*x1, x) : x;
		*y0 = hardest > 0 ? fmin(*y0, y) : y;
		*y1 = hardest > 0 ? fmax(*y1, y) : y;
		hardest = fmax(hardest, pressure);
	}
	return hardest;
}

/* The citizen's strokes in a box of that size, upright as they were drawn; where it is known the pressure is the width of the line. */
static void
draw_strokes(struct paper_page *p, double x, double y, double width, double height)
{
	const json_t *points = json_object_get(p->strokes, "points");
	bool has_pressure = ym_json_bool(p->strokes, "pressure", false);
	double x0 = 0, y0 = 0, x1 = 0, y1 = 0, last_x = 0, last_y = 0, hardest = ink_of(points, &x0, &y0, &x1, &y1), scale;
	bool is_down = false;

	if (p->measuring || hardest <= 0)
		return;
	/* an initial is not blown up to fill the place */
	scale = fmin(width / fmax(x1 - x0, (double)ym_json_int(p->strokes, "width", 1) / 3),
		height / fmax(y1 - y0, (double)ym_json_int(p->strokes, "height", 1) / 3));
	y += (height - scale * (y1 - y0)) / 2;
	cairo_save(p->cr);
	cairo_set_line_cap(p->cr, CAIRO_LINE_CAP_ROUND);
	for (size_t i = 0; i + 2 < json_array_size(points); i += 3) {
		double px = x + scale * (value_at(points, i) - x0), py = y + scale * (value_at(points, i + 1) - y0);
		double pressure = value_at(points, i + 2);

		if (pressure > 0) {
			cairo_set_line_width(p->cr, has_pressure ? 0.5 + 1.1 * pressure / hardest : 1.1);
			cairo_move_to(p->cr, is_down ? last_x : px, is_down ? last_y : py);
			cairo_line_to(p->cr, px, py);
			cairo_stroke(p->cr);
		}
		is_down = pressure > 0;
		last_x = px;
		last_y = py;
	}
	cairo_restore(p->cr);
}

/* One row of boxed cells of the given widths; odd cells of a fields row are values. */
static void
row_of_cells(struct paper_page *p, const char *const texts[], const double widths[], int n, bool bold_even)
{
	PangoLayout *layouts[16];
	double h = p->size * 1.4, x = p->x;

	for (int i = 0; i < n; i++) {
		bool bold = bold_even && i % 2 == 0;

		layouts[i] = paper_page_layout(p, texts[i], p->size * 0.95, bold, widths[i] - 2 * ROW_PAD, PANGO_ALIGN_LEFT);
		h = fmax(h, paper_page_height(layouts[i]));
	}
	h += 2 * ROW_PAD;
	paper_page_need(p, h);
	for (int i = 0; i < n; i++) {
		if (!p->is_receipt)
			paper_page_box(p, x, p->y, widths[i], h);
		paper_page_show(p, layouts[i], x + ROW_PAD, p->y + ROW_PAD);
		g_object_unref(layouts[i]);
		x += widths[i];
	}
	p->y += h;
}

static void
fields(struct paper_page *p, const json_t *block)
{
	const json_t *rows = json_object_get(block, "rows");
	int columns = p->is_receipt ? 1 : (int)ym_json_int(block, "columns", 1);
	size_t n = json_array_size(rows), i = 0;
	double label = p->is_receipt ? p->inner * 0.32 : columns == 2 ? p->inner * 0.17 : p->inner * 0.24;

	while (i < n) {
		const char *texts[4];
		double widths[4];
		const json_t *row = json_array_get(rows, i);
		const char *value = json_string_value(json_array_get(row, 1));
		/* a long value takes a whole row, so that it does not become a tower of characters */
		bool pair = columns == 2 && i + 1 < n && (!value || strlen(value) < 48);
		const json_t *next = pair ? json_array_get(rows, i + 1) : NULL;
		const char *next_value = json_string_value(json_array_get(next, 1));

		if (pair && next_value && strlen(next_value) >= 48)
			pair = false;
		texts[0] = json_string_value(json_array_get(row, 0));
		texts[1] = value;
		widths[0] = label;
		if (pair) {
			texts[2] = json_string_value(json_array_get(next, 0));
			texts[3] = next_value;
			widths[1] = widths[3] = p->inner / 2 - label;
			widths[2] = label;
			row_of_cells(p, texts, widths, 4, true);
			i += 2;
		} else {
			widths[1] = p->inner - label;
			row_of_cells(p, texts, widths, 2, true);
			i++;
		}
	}
	p->y += 6;
}

static void
table(struct paper_page *p, const json_t *block)
{
	const json_t *heads = json_object_get(block, "columns"), *rows = json_object_get(block, "rows");
	int n = (int)json_array_size(heads);
	const char *texts[12];
	double widths[12], total = 0;

	if (n < 1 || n > 12)
		return;
	for (int c = 0; c < n; c++)
		total += widths[c] = (double)ym_json_int(json_array_get(heads, (size_t)c), "width", 100 / n);
	for (int c = 0; c < n; c++) {
		widths[c] = widths[c] / total * p->inner;
		texts[c] = ym_json_str(json_array_get(heads, (size_t)c), "title");
	}
	row_of_cells(p, texts, widths, n, false);
	for (size_t r = 0; r < json_array_size(rows); r++) {
		for (int c = 0; c < n; c++)
			texts[c] = json_string_value(json_array_get(json_array_get(rows, r), (size_t)c));
		row_of_cells(p, texts, widths, n, false);
	}
	p->y += 6;
}

static void
list(struct paper_page *p, const json_t *rows)
{
	double lead = p->size * 2;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		char number[24];
		PangoLayout *head, *body = paper_page_layout(p, json_string_value(json_array_get(rows, i)), p->size, false, p->inner - lead,
			PANGO_ALIGN_LEFT);
		double h = paper_page_height(body) + p->size * 0.45;

		snprintf(number, sizeof number, "%zu.", i + 1);
		head = paper_page_layout(p, number, p->size, false, lead, PANGO_ALIGN_LEFT);
		paper_page_need(p, h);
		paper_page_show(p, head, p->x, p->y);
		paper_page_show(p, body, p->x + lead, p->y);
		p->y += h;
		g_object_unref(head);
		g_object_unref(body);
	}
}

/* One place to be filled by hand: its label and a line; what was signed on the pad stands on it already, with its day. */
static void
sign_place(struct paper_page *p, const char *label, double x, double w, bool is_signed, bool is_day)
{
	YM_BUF text = { .max = 512 };
	PangoLayout *layout;
	PangoRectangle ink;
	double from;

	ym_buf_addf(&text, "%s:%s", label, is_day ? ym_json_str(p->strokes, "date") : "");
	layout = paper_page_layout(p, ym_buf_str(&text), p->size, false, w, PANGO_ALIGN_LEFT);
	paper_page_show(p, layout, x, p->y);
	pango_layout_get_extents(layout, &ink, NULL);
	from = x + (double)(ink.x + ink.width) / PANGO_SCALE + 4;
	if (is_signed)
		draw_strokes(p, from + 4, p->y - p->size * 1.5, fmin(x + w - 16 - from, PAPER_MM(40)), p->size * 2.9);
	if (!p->measuring && !is_day) {
		cairo_set_line_width(p->cr, 0.6);
		cairo_move_to(p->cr, from, p->y + p->size * 1.25);
		cairo_line_to(p->cr, x + w - 12, p->y + p->size * 1.25);
		cairo_stroke(p->cr);
	}
	g_object_unref(layout);
}

static void
signature(struct paper_page *p, const json_t *rows)
{
	size_t n = json_array_size(rows);
	double w = p->inner / (double)(n ? n : 1);

	paper_page_need(p, p->size * 4);
	p->y += p->size * 1.6;
	for (size_t i = 0; i < n; i++) {
		bool is_day = p->strokes && i && i + 1 == n;

		sign_place(p, json_string_value(json_array_get(rows, i)), p->is_receipt ? p->x : p->x + w * (double)i, p->is_receipt ? p->inner : w,
			p->strokes && i == 0, is_day);
		if (p->is_receipt)
			p->y += p->size * 2.4;
	}
	p->y += p->size * 2.4;
}

static void
seal(struct paper_page *p, const char *text)
{
	double r = p->is_receipt ? PAPER_MM(14) : PAPER_MM(20);
	PangoLayout *layout = paper_page_layout(p, text, p->size * 0.9, false, 2 * r, PANGO_ALIGN_CENTER);

	/* Where a seal is set: over the authority's name and the date; further up where the page ends, not on a page of its own. */
	if (!p->is_receipt && p->y - p->margin > 2 * r) {
		double lacks = p->y + 2 * r + 8 - (p->height - p->margin);

		p->y -= lacks > PAPER_MM(14) && lacks < PAPER_MM(30) ? lacks : PAPER_MM(14);
	}
	paper_page_need(p, 2 * r + 8);
	if (!p->measuring) {
		double dash[] = { 3, 3 };

		cairo_save(p->cr);
		cairo_set_source_rgb(p->cr, 0.55, 0.55, 0.55);
		cairo_set_line_width(p->cr, 0.7);
		cairo_set_dash(p->cr, dash, 2, 0);
		cairo_new_path(p->cr);
		cairo_arc(p->cr, p->x + p->inner - r, p->y + r, r, 0, 2 * M_PI);
		cairo_stroke(p->cr);
		cairo_move_to(p->cr, p->x + p->inner - 2 * r, p->y + r - paper_page_height(layout) / 2);
		pango_cairo_show_layout(p->cr, layout);
		cairo_restore(p->cr);
	}
	p->y += 2 * r + 8;
	g_object_unref(layout);
}

static void
qr(struct paper_page *p, const char *text, const char *caption)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	double side = PAPER_MM(26), x = p->is_receipt ? p->x + (p->inner - side) / 2 : p->x;

	if (!code)
		return;
	paper_page_need(p, side + p->size * 2);
	if (!p->measuring) {
		double cell = side / (code->width + 8);

		for (int row = 0; row < code->width; row++)
			for (int column = 0; column < code->width; column++)
				if (code->data[row * code->width + column] & 1)
					cairo_rectangle(p->cr, x + (column + 4) * cell, p->y + (row + 4) * cell, cell, cell);
		cairo_fill(p->cr);
	}
	p->y += side;
	QRcode_free(code);
	if (*caption)
		paper_page_paragraph(p, caption, p->size * 0.85, false, p->is_receipt ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT, 0);
}

static void
rule(struct paper_page *p)
{
	paper_page_need(p, 8);
	if (!p->measuring) {
		cairo_set_line_width(p->cr, 0.6);
		cairo_move_to(p->cr, p->x, p->y + 4);
		cairo_line_to(p->cr, p->x + p->inner, p->y + 4);
		cairo_stroke(p->cr);
	}
	p->y += 8;
}

static void
text_block(struct paper_page *p, const json_t *block)
{
	const char *align = ym_json_str(block, "align");

	paper_page_paragraph(p, ym_json_str(block, "text"), p->size, ym_json_bool(block, "bold", false),
		ym_streq(align, "center") ? PANGO_ALIGN_CENTER : ym_streq(align, "right") ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT,
		ym_json_bool(block, "indent", false) ? p->size * 2 : 0);
	p->y += p->size * 0.2;
}

void
paper_block_draw(struct paper_page *p, const json_t *block)
{
	const char *type = ym_json_str(block, "type"), *text = ym_json_str(block, "text");

	if (ym_streq(type, "title")) {
		paper_page_paragraph(p, text, p->size * (p->is_receipt ? 1.3 : 1.75), true, PANGO_ALIGN_CENTER, 0);
		p->y += p->size * 0.4;
	} else if (ym_streq(type, "number")) {
		paper_page_paragraph(p, text, p->size * 0.9, false, PANGO_ALIGN_RIGHT, 0);
		p->y += 2;
	} else if (ym_streq(type, "heading")) {
		paper_page_need(p, p->size * 4);
		p->y += p->size * 0.4;
		paper_page_paragraph(p, text, p->size * 1.08, true, PANGO_ALIGN_LEFT, 0);
	} else if (ym_streq(type, "text")) {
		text_block(p, block);
	} else if (ym_streq(type, "fields")) {
		fields(p, block);
	} else if (ym_streq(type, "table")) {
		table(p, block);
	} else if (ym_streq(type, "list")) {
		list(p, json_object_get(block, "rows"));
	} else if (ym_streq(type, "signature")) {
		signature(p, json_object_get(block, "rows"));
	} else if (ym_streq(type, "seal")) {
		seal(p, text);
	} else if (ym_streq(type, "qr")) {
		qr(p, text, ym_json_str(block, "caption"));
	} else if (ym_streq(type, "rule")) {
		rule(p);
	} else if (ym_streq(type, "page")) {
		paper_page_next(p);
	} else {
		p->y += p->size * 1.4 * (double)ym_json_int(block, "lines", 1);
	}
}
