/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Labelled fields (w_fields.h): labels share one column, computed; a fault stands in the line of its field.
 */
#include "w_fields.h"

#include <string.h>

#include "i18n.h"
#include "screen.h"
#include "util.h"
#include "yimen/text.h"

struct w_field *
w_fields_add(struct w_fields *w, const char *label, const char *const *choices)
{
	struct w_field *f = &w->fields[w->n++];

	f->label = label;
	f->choices = choices;
	return f;
}

static int
n_choices(const struct w_field *f)
{
	int n = 0;

	while (f->choices[n])
		n++;
	return n;
}

static int
choice_key(struct w_field *f, const struct ui_key *key)
{
	int n = n_choices(f);

	if (key->code == UI_KEY_RIGHT || key->code == ' ')
		f->choice = (f->choice + 1) % n;
	else if (key->code == UI_KEY_LEFT)
		f->choice = (f->choice + n - 1) % n;
	else if (key->code >= '1' && key->code < '1' + n)
		f->choice = key->code - '1';
	else
		return UI_PASS;
	return UI_DIRTY;
}

int
w_fields_key(struct w_fields *w, const struct ui_key *key)
{
	struct w_field *f = &w->fields[w->focus];
	bool edited = false;
	int bits;

	if (!key->pasted && (key->code == UI_KEY_DOWN || key->code == UI_KEY_TAB)) {
		w->focus = (w->focus + 1) % w->n;
		return UI_DIRTY;
	}
	if (!key->pasted && (key->code == UI_KEY_UP || key->code == UI_KEY_BACKTAB)) {
		w->focus = (w->focus + w->n - 1) % w->n;
		return UI_DIRTY;
	}
	bits = f->choices ? choice_key(f, key) : w_text_key(&f->text, key, &edited);
	if (edited)
		f->error[0] = 0;
	return bits;
}

int
w_fields_rows(const struct w_fields *w)
{
	int rows = w->n;

	for (int i = 0; i < w->n; i++)
		rows += *w->fields[i].error != 0;
	return rows;
}

static void
draw_choices(const struct w_field *f, const struct ui_area *a, int row, int col, bool focus)
{
	for (int i = 0; f->choices[i]; i++) {
		bool on = i == f->choice;

		if (on && focus)
			ui_canvas_park(a, row, col);
		col = ui_canvas_print(a, row, col, on ? UI_ACCENT_BOLD : UI_DIM, "%d%s%s", i + 1, on ? "●" : " ", _(f->choices[i])) + 2;
	}
}

int
w_fields_draw(const struct w_fields *w, const struct ui_area *a, int row, int col, int width)
{
	int label = 0, start = row;

	for (int i = 0; i < w->n; i++)
		if (ym_text_width(w->fields[i].label) > label)
			label = ym_text_width(w->fields[i].label);
	for (int i = 0; i < w->n; i++) {
		const struct w_field *f = &w->fields[i];
		bool focus = i == w->focus;
		int at = col + label + 4;

		ui_canvas_text(a, row, col, UI_ACCENT, focus ? "▸" : " ");
		ui_canvas_text(a, row, col + 2, focus ? UI_BOLD : UI_NORMAL, f->label);
		if (f->choices)
			draw_choices(f, a, row, at, focus);
		else
			w_text_draw(&f->text, a, row, at, ui_util_clamp(width - label - 4, 2, 48), focus);
		row++;
		if (*f->error)
			ui_canvas_print(a, row++, at, UI_WARN, "! %s", f->error);
	}
	return row - start;
}
