/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Pages, their marks and the text on them (paper_page.h). Not what stands on a paper. Invariant: a practice page and a
 * reprint bear their mark, whatever follows.
 */
#include "paper_page.h"

#include <math.h>

static double
bottom(const struct paper_page *p)
{
	return p->height - p->margin;
}

static void
watermark(struct paper_page *p)
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

PangoLayout *
paper_page_layout(struct paper_page *p, const char *text, double size, bool bold, double width, PangoAlignment align)
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

double
paper_page_height(PangoLayout *layout)
{
	int w, h;

	pango_layout_get_size(layout, &w, &h);
	return (double)h / PANGO_SCALE;
}

void
paper_page_show(struct paper_page *p, PangoLayout *layout, double x, double y)
{
	if (p->measuring)
		return;
	cairo_move_to(p->cr, x, y);
	pango_cairo_show_layout(p->cr, layout);
}

/* A reprint never passes for the first print. */
static void
reprint_mark(struct paper_page *p)
{
	PangoLayout *layout;
	char text[40];

	if (!p->reprint || (p->is_receipt && p->n_pages > 1))
		return;
	snprintf(text, sizeof text, "补打 第%d次", p->reprint);
	layout = paper_page_layout(p, text, p->size, true, p->inner, PANGO_ALIGN_RIGHT);
	paper_page_show(p, layout, p->x, p->is_receipt ? p->y : p->margin / 2);
	if (p->is_receipt)
		p->y += paper_page_height(layout) + 2;
	g_object_unref(layout);
}

void
paper_page_next(struct paper_page *p)
{
	if (p->n_pages && !p->measuring)
		cairo_show_page(p->cr);
	p->n_pages++;
	p->y = p->margin;
	watermark(p);
	reprint_mark(p);
}

void
paper_page_need(struct paper_page *p, double height)
{
	if (!p->is_receipt && p->y + height > bottom(p) && p->y > p->margin)
		paper_page_next(p);
}

void
paper_page_paragraph(struct paper_page *p, const char *text, double size, bool bold, PangoAlignment align, double indent)
{
	PangoLayout *layout = paper_page_layout(p, text, size, bold, p->inner, align);
	PangoLayoutIter *it;

	if (indent > 0)
		pango_layout_set_indent(layout, (int)(indent * PANGO_SCALE));
	it = pango_layout_get_iter(layout);
	do {
		PangoRectangle box;
		double h = size * 1.62;

		pango_layout_iter_get_line_extents(it, NULL, &box);
		paper_page_need(p, h);
		if (!p->measuring) {
			cairo_move_to(p->cr, p->x + (double)box.x / PANGO_SCALE, p->y + size * 1.18);
			pango_cairo_show_layout_line(p->cr, pango_layout_iter_get_line_readonly(it));
		}
		p->y += h;
	} while (pango_layout_iter_next_line(it));
	pango_layout_iter_free(it);
	g_object_unref(layout);
}

void
paper_page_box(struct paper_page *p, double x, double y, double w, double h)
{
	if (p->measuring)
		return;
	cairo_set_line_width(p->cr, 0.6);
	cairo_rectangle(p->cr, x, y, w, h);
	cairo_stroke(p->cr);
}
