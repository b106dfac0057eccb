/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * yimen-paper: a resolved paper document (JSON, src/paper/paper.h) on standard input, a PDF on standard output.
 * A program of its own because pango, cairo and font loading are heavy and may block. Not a viewer, not a print queue.
 * Invariant: nothing is written to a file; on any error the exit status is not 0 and stdout holds no complete PDF.
 */
#include <cairo-pdf.h>
#include <errno.h>
#include <fontconfig/fontconfig.h>
#include <locale.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#include "base/file.h"
#include "base/json.h"
#include "crypt/crypt.h"

#define MM(x) ((x) * 72.0 / 25.4)
#define DOCUMENT_MAX (4u << 20)
#define ROW_PAD 4.0

static const char *const families[] = { "Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC", "Source Han Sans SC",
	"AR PL UMing CN", "WenQuanYi Zen Hei" };

struct page {
	cairo_t *cr;
	PangoContext *pango;
	const char *family;
	double width, height, margin, x, y, inner; /* points */
	double size;                               /* body text, points */
	bool is_receipt, practice, measuring;
	int n_pages;
	int reprint;                               /* 补打: how often before; 0 the first */
	const json_t *strokes;                     /* what the citizen drew on the pad, or NULL */
};

static double
bottom(const struct page *p)
{
	return p->height - p->margin;
}

static void
watermark(struct page *p)
{
	PangoLayout *layout;
	PangoFontDescription *font;

	if (!p->practice || p->measuring)
		return;
	cairo_save(p->cr);
	layout = pango_layout_new(p->pango);
	font = pango_font_description_from_string(p->family);
	pango_font_description_set_absolute_size(font, (p->is_receipt ? 40 : 110) * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_layout_set_text(layout, "练 习", -1);
	cairo_set_source_rgb(p->cr, 0.90, 0.90, 0.90);
	for (double y = p->is_receipt ? 60 : 160; y < p->height; y += p->is_receipt ? 160 : 330) {
		cairo_save(p->cr);
		cairo_translate(p->cr, p->width * (p->is_receipt ? 0.25 : 0.3), y);
		cairo_rotate(p->cr, -M_PI / 9);
		cairo_move_to(p->cr, 0, 0);
		pango_cairo_show_layout(p->cr, layout);
		cairo_restore(p->cr);
	}
	pango_font_description_free(font);
	g_object_unref(layout);
	cairo_restore(p->cr);
	cairo_set_source_rgb(p->cr, 0, 0, 0);
}

static void reprint_mark(struct page *p);

static void
new_page(struct page *p)
{
	if (p->n_pages && !p->measuring)
		cairo_show_page(p->cr);
	p->n_pages++;
	p->y = p->margin;
	watermark(p);
	reprint_mark(p);
}

static void
need(struct page *p, double height)
{
	if (!p->is_receipt && p->y + height > bottom(p) && p->y > p->margin)
		new_page(p);
}

static PangoLayout *
layout_of(struct page *p, const char *text, double size, bool bold, double width, PangoAlignment align)
{
	PangoLayout *layout = pango_layout_new(p->pango);
	PangoFontDescription *font = pango_font_description_from_string(p->family);

	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	if (bold)
		pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
	pango_layout_set_font_description(layout, font);
	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(layout, align);
	pango_layout_set_spacing(layout, (int)(size * 0.28 * PANGO_SCALE));
	pango_layout_set_text(layout, text ? text : "", -1);
	pango_font_description_free(font);
	return layout;
}

static double
height_of(PangoLayout *layout)
{
	int w, h;

	pango_layout_get_size(layout, &w, &h);
	return (double)h / PANGO_SCALE;
}

static void
show(struct page *p, PangoLayout *layout, double x, double y)
{
	if (p->measuring)
		return;
	cairo_move_to(p->cr, x, y);
	pango_cairo_show_layout(p->cr, layout);
}

/* A reprint never passes for the first print. */
static void
reprint_mark(struct page *p)
{
	PangoLayout *layout;
	char text[40];

	if (!p->reprint || (p->is_receipt && p->n_pages > 1))
		return;
	snprintf(text, sizeof text, "补打 第%d次", p->reprint);
	layout = layout_of(p, text, p->size, true, p->inner, PANGO_ALIGN_RIGHT);
	show(p, layout, p->x, p->is_receipt ? p->y : p->margin / 2);
	if (p->is_receipt)
		p->y += height_of(layout) + 2;
	g_object_unref(layout);
}

/* The citizen's strokes in a box of that size, upright as they were drawn; the pressure is the width of the line. */
static void
draw_strokes(struct page *p, double x, double y, double width, double height)
{
	const json_t *points = json_object_get(p->strokes, "points");
	double w = (double)ym_json_int(p->strokes, "width", 0), h = (double)ym_json_int(p->strokes, "height", 0), scale;
	bool is_down = false;

	if (p->measuring || w < 1 || h < 1)
		return;
	scale = fmin(width / w, height / h);
	cairo_save(p->cr);
	cairo_set_line_cap(p->cr, CAIRO_LINE_CAP_ROUND);
	cairo_set_line_join(p->cr, CAIRO_LINE_JOIN_ROUND);
	cairo_set_line_width(p->cr, 1.1);
	cairo_new_path(p->cr);
	for (size_t i = 0; i + 2 < json_array_size(points); i += 3) {
		double px = x + scale * (double)json_integer_value(json_array_get(points, i)),
		       py = y + scale * (double)json_integer_value(json_array_get(points, i + 1));

		if (!json_integer_value(json_array_get(points, i + 2))) {
			is_down = false;
		} else if (is_down) {
			cairo_line_to(p->cr, px, py);
		} else {
			cairo_move_to(p->cr, px, py);
			is_down = true;
		}
	}
	cairo_stroke(p->cr);
	cairo_restore(p->cr);
}

/* A paragraph, line by line so that it may cross a page. */
static void
paragraph(struct page *p, const char *text, double size, bool bold, PangoAlignment align, double indent)
{
	PangoLayout *layout = layout_of(p, text, size, bold, p->inner, align);
	PangoLayoutIter *it;

	if (indent > 0)
		pango_layout_set_indent(layout, (int)(indent * PANGO_SCALE));
	it = pango_layout_get_iter(layout);
	do {
		PangoRectangle box;
		double h = size * 1.62;

		pango_layout_iter_get_line_extents(it, NULL, &box);
		need(p, h);
		if (!p->measuring) {
			cairo_move_to(p->cr, p->x + (double)box.x / PANGO_SCALE, p->y + size * 1.18);
			pango_cairo_show_layout_line(p->cr, pango_layout_iter_get_line_readonly(it));
		}
		p->y += h;
	} while (pango_layout_iter_next_line(it));
	pango_layout_iter_free(it);
	g_object_unref(layout);
}

static void
box(struct page *p, double x, double y, double w, double h)
{
	if (p->measuring)
		return;
	cairo_set_line_width(p->cr, 0.6);
	cairo_rectangle(p->cr, x, y, w, h);
	cairo_stroke(p->cr);
}

/* One row of boxed cells of the given widths; odd cells of a fields row are values. */
static void
row_of_cells(struct page *p, const char *const texts[], const double widths[], int n, bool bold_even)
{
	PangoLayout *layouts[16];
	double h = p->size * 1.4, x = p->x;

	for (int i = 0; i < n; i++) {
		bool bold = bold_even && i % 2 == 0;

		layouts[i] = layout_of(p, texts[i], p->size * 0.95, bold, widths[i] - 2 * ROW_PAD, PANGO_ALIGN_LEFT);
		h = fmax(h, height_of(layouts[i]));
	}
	h += 2 * ROW_PAD;
	need(p, h);
	for (int i = 0; i < n; i++) {
		if (!p->is_receipt)
			box(p, x, p->y, widths[i], h);
		show(p, layouts[i], x + ROW_PAD, p->y + ROW_PAD);
		g_object_unref(layouts[i]);
		x += widths[i];
	}
	p->y += h;
}

static void
fields(struct page *p, const json_t *block)
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
table(struct page *p, const json_t *block)
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
list(struct page *p, const json_t *rows)
{
	double lead = p->size * 2;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		char number[24];
		PangoLayout *head, *body = layout_of(p, json_string_value(json_array_get(rows, i)), p->size, false, p->inner - lead,
			PANGO_ALIGN_LEFT);
		double h = height_of(body) + p->size * 0.45;

		snprintf(number, sizeof number, "%zu.", i + 1);
		head = layout_of(p, number, p->size, false, lead, PANGO_ALIGN_LEFT);
		need(p, h);
		show(p, head, p->x, p->y);
		show(p, body, p->x + lead, p->y);
		p->y += h;
		g_object_unref(head);
		g_object_unref(body);
	}
}

static void
signature(struct page *p, const json_t *rows)
{
	size_t n = json_array_size(rows);
	double w = p->inner / (double)(n ? n : 1);

	need(p, p->size * 4);
	p->y += p->size * 1.6;
	if (p->is_receipt)
		w = p->inner;
	for (size_t i = 0; i < n; i++) {
		YM_BUF text = { .max = 512 };
		PangoLayout *layout;
		int text_w, text_h;
		double x = p->is_receipt ? p->x : p->x + w * (double)i;

		ym_buf_addf(&text, "%s:", json_string_value(json_array_get(rows, i)));
		layout = layout_of(p, ym_buf_str(&text), p->size, false, w, PANGO_ALIGN_LEFT);
		pango_layout_get_size(layout, &text_w, &text_h);
		show(p, layout, x, p->y);
		if (i == 0 && p->strokes)
			draw_strokes(p, x + (double)text_w / PANGO_SCALE + 6, p->y - p->size * 1.6, fmin(w - (double)text_w / PANGO_SCALE - 20, MM(40)),
				p->size * 3.2);
		if (!p->measuring) {
			PangoRectangle ink;

			pango_layout_get_extents(layout, NULL, &ink);
			cairo_set_line_width(p->cr, 0.6);
			cairo_move_to(p->cr, x + (double)ink.width / PANGO_SCALE + 4, p->y + p->size * 1.25);
			cairo_line_to(p->cr, x + w - 12, p->y + p->size * 1.25);
			cairo_stroke(p->cr);
		}
		if (p->is_receipt)
			p->y += p->size * 2.4;
		g_object_unref(layout);
	}
	p->y += p->size * 2.4;
}

static void
seal(struct page *p, const char *text)
{
	double r = p->is_receipt ? MM(14) : MM(20);
	PangoLayout *layout = layout_of(p, text, p->size * 0.9, false, 2 * r, PANGO_ALIGN_CENTER);

	/* Where a seal is set: over the authority's name and the date, not on a page of its own. */
	if (!p->is_receipt && p->y - p->margin > 2 * r)
		p->y -= MM(14);
	need(p, 2 * r + 8);
	if (!p->measuring) {
		double dash[] = { 3, 3 };

		cairo_save(p->cr);
		cairo_set_source_rgb(p->cr, 0.55, 0.55, 0.55);
		cairo_set_line_width(p->cr, 0.7);
		cairo_set_dash(p->cr, dash, 2, 0);
		cairo_new_path(p->cr);
		cairo_arc(p->cr, p->x + p->inner - r, p->y + r, r, 0, 2 * M_PI);
		cairo_stroke(p->cr);
		cairo_move_to(p->cr, p->x + p->inner - 2 * r, p->y + r - height_of(layout) / 2);
		pango_cairo_show_layout(p->cr, layout);
		cairo_restore(p->cr);
	}
	p->y += 2 * r + 8;
	g_object_unref(layout);
}

static void
qr(struct page *p, const char *text, const char *caption)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	double side = MM(26), x = p->is_receipt ? p->x + (p->inner - side) / 2 : p->x;

	if (!code)
		return;
	need(p, side + p->size * 2);
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
		paragraph(p, caption, p->size * 0.85, false, p->is_receipt ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT, 0);
}

static void
rule(struct page *p)
{
	need(p, 8);
	if (!p->measuring) {
		cairo_set_line_width(p->cr, 0.6);
		cairo_move_to(p->cr, p->x, p->y + 4);
		cairo_line_to(p->cr, p->x + p->inner, p->y + 4);
		cairo_stroke(p->cr);
	}
	p->y += 8;
}

static void
text_block(struct page *p, const json_t *block)
{
	const char *align = ym_json_str(block, "align");

	paragraph(p, ym_json_str(block, "text"), p->size, ym_json_bool(block, "bold", false),
		ym_streq(align, "center") ? PANGO_ALIGN_CENTER : ym_streq(align, "right") ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT,
		ym_json_bool(block, "indent", false) ? p->size * 2 : 0);
	p->y += p->size * 0.2;
}

static void
block_of(struct page *p, const json_t *block)
{
	const char *type = ym_json_str(block, "type"), *text = ym_json_str(block, "text");

	if (ym_streq(type, "title")) {
		paragraph(p, text, p->size * (p->is_receipt ? 1.3 : 1.75), true, PANGO_ALIGN_CENTER, 0);
		p->y += p->size * 0.4;
	} else if (ym_streq(type, "number")) {
		paragraph(p, text, p->size * 0.9, false, PANGO_ALIGN_RIGHT, 0);
		p->y += 2;
	} else if (ym_streq(type, "heading")) {
		need(p, p->size * 4);
		p->y += p->size * 0.4;
		paragraph(p, text, p->size * 1.08, true, PANGO_ALIGN_LEFT, 0);
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
		new_page(p);
	} else {
		p->y += p->size * 1.4 * (double)ym_json_int(block, "lines", 1);
	}
}

static void
whole(struct page *p, const json_t *document)
{
	const json_t *blocks = json_object_get(document, "blocks");

	p->n_pages = 0;
	new_page(p);
	for (size_t i = 0; i < json_array_size(blocks); i++)
		block_of(p, json_array_get(blocks, i));
}

/* The open CJK font this machine has; NULL when none, and then no paper can be made. */
static const char *
find_family(void)
{
	PangoFontFamily **all;
	int n;
	const char *found = NULL;

	pango_font_map_list_families(pango_cairo_font_map_get_default(), &all, &n);
	for (size_t want = 0; want < YM_ARRAY_LEN(families) && !found; want++)
		for (int i = 0; i < n && !found; i++)
			if (ym_streq(pango_font_family_get_name(all[i]), families[want]))
				found = families[want];
	g_free(all);
	return found;
}

static cairo_status_t
collect(void *user, const unsigned char *data, unsigned n)
{
	struct ym_buf *out = user;

	ym_buf_add(out, data, n);
	return out->overflow ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static bool
render(const json_t *document, const char *family, struct ym_buf *out)
{
	bool receipt = ym_streq(ym_json_str(document, "size"), "receipt");
	struct page p = {
		.family = family, .is_receipt = receipt, .practice = ym_json_bool(document, "practice", false),
		.width = receipt ? MM(80) : MM(210), .height = receipt ? MM(3000) : MM(297), .margin = receipt ? MM(4) : MM(20),
		.size = receipt ? 9 : 10.5, .reprint = (int)ym_json_int(document, "reprint", 0),
		.strokes = json_object_get(document, "strokes"),
	};
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(collect, out, p.width, p.height);
	cairo_status_t status;

	p.x = p.margin;
	p.inner = p.width - 2 * p.margin;
	p.cr = cairo_create(surface);
	p.pango = pango_cairo_create_context(p.cr);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, ym_json_str(document, "title"));
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "yimen " YM_VERSION);
	if (receipt) { /* a roll has the length of its content */
		p.measuring = true;
		whole(&p, document);
		p.measuring = false;
		p.height = p.y + p.margin * 2;
		cairo_pdf_surface_set_size(surface, p.width, p.height);
	}
	whole(&p, document);
	cairo_show_page(p.cr);
	cairo_surface_finish(surface);
	status = cairo_surface_status(surface);
	g_object_unref(p.pango);
	cairo_destroy(p.cr);
	cairo_surface_destroy(surface);
	return status == CAIRO_STATUS_SUCCESS && !out->overflow;
}

static int
fail(const char *what, const struct ym_error *err)
{
	fprintf(stderr, "yimen-paper: %s%s%s\n", what, err && err->msgid ? ": " : "", err && err->msgid ? err->msgid : "");
	return 1;
}

#ifdef __SANITIZE_ADDRESS__
/* cairo 1.16 keeps a PDF font table for ever */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:libcairo";
}

const char *__lsan_default_options(void);
const char *
__lsan_default_options(void)
{
	return "print_suppressions=0";
}
#endif

static int
run(int argc, char **argv)
{
	YM_BUF in = { .max = DOCUMENT_MAX };
	YM_BUF out = { .max = 64u << 20 };
	YM_JSON *document = NULL;
	struct ym_error err = { 0 };
	const char *family;

	family = find_family();
	if (argc > 1 && ym_streq(argv[1], "--font")) {
		if (!family)
			return fail("no open Chinese font is installed (Debian: fonts-noto-cjk)", NULL);
		puts(family);
		return 0;
	}
	if (!family)
		return fail("no open Chinese font is installed (Debian: fonts-noto-cjk)", NULL);
	if (ym_fd_read_all(STDIN_FILENO, DOCUMENT_MAX, &in, &err))
		return fail("cannot read the document", &err);
	if (ym_json_parse(ym_buf_str(&in), in.len, "document", &document, &err))
		return fail("the document is not valid", &err);
	if (!json_is_array(json_object_get(document, "blocks")))
		return fail("the document has no blocks", NULL);
	if (!render(document, family, &out))
		return fail("the paper could not be drawn", NULL);
	if (ym_fd_write_all(STDOUT_FILENO, out.data, out.len, &err))
		return fail("cannot write the paper", &err);
	return 0;
}

int
main(int argc, char **argv)
{
	int status;

	ym_crypt_harden();
	setlocale(LC_ALL, "C.UTF-8");
	status = run(argc, argv);
	/* the libraries' caches, so that a leak checker sees only our own */
	pango_cairo_font_map_set_default(NULL);
	cairo_debug_reset_static_data();
	FcFini();
	return status;
}
