/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The sheet or roll that yimen-paper draws on: where the next line goes, when a new page begins, the marks every page bears.
 * Not the kinds of block (paper_block.h). Invariant: while measuring nothing is drawn, only y moves.
 */
#pragma once

#include <pango/pangocairo.h>
#include <stdbool.h>

#include "base/json.h"

#define PAPER_MM(x) ((x) * 72.0 / 25.4)

struct paper_page {
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

/* What was drawn stays on its page; the next one begins with its marks. */
void paper_page_next(struct paper_page *p);
/* A new page unless this one has so much room left; a roll has no end. */
void paper_page_need(struct paper_page *p, double height);
/* Text wrapped at width points; yours (g_object_unref). NULL is "". */
PangoLayout *paper_page_layout(struct paper_page *p, const char *text, double size, bool bold, double width, PangoAlignment align);
double paper_page_height(PangoLayout *layout);
void paper_page_show(struct paper_page *p, PangoLayout *layout, double x, double y);
/* Line by line, so that it may cross a page. */
void paper_page_paragraph(struct paper_page *p, const char *text, double size, bool bold, PangoAlignment align, double indent);
void paper_page_box(struct paper_page *p, double x, double y, double w, double h);
