/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What is still missing, the limits, the fees: beside the stage from 100 columns, over it below. On the overlay a line
 * leads to the place where it is cured.
 */
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_visit.h"
#include "util.h"
#include "w_dialog.h"
#include "yimen/text.h"

/* Whose datum a line of the form is: two people of a visit have the same fields. */
static const char *
whose(const struct s_visit *v, const struct ym_missing *m, char *buf, size_t size)
{
	return m->stage == YM_STAGE_FORM && m->line >= 0 && m->line < v->n_form ? s_visit_mask_names(v, v->form[m->line]->group, buf, size) : "";
}

static int
draw_missing(const struct s_visit *v, const struct ui_area *a, int row, int selected, int first, int room)
{
	ui_canvas_text(a, row++, 0, UI_BOLD, v->n_missing ? _("Still missing") : _("Nothing is missing"));
	for (int i = first; i < v->n_missing && row <= room; i++) {
		const struct ym_missing *m = v->missing[i];
		bool on = i == selected;
		int used, end = a->cols;
		char person[200];

		if (row == room && i < v->n_missing - 1) {
			ui_canvas_print(a, row++, 2, UI_DIM, _("and %d more"), v->n_missing - i);
			break;
		}
		if (selected >= 0)
			ui_canvas_text(a, row, 0, UI_ACCENT, on ? "▸" : " ");
		else
			ui_canvas_text(a, row, 0, s_visit_weight_style(m->weight), s_visit_weight_symbol(m->weight));
		if (*m->cases && a->cols >= 60)
			end = ui_canvas_right(a, row, a->cols, UI_DIM, m->cases) - 1;
		else if (*whose(v, m, person, sizeof person) && ym_text_width(person) + ym_text_width(m->text) + 3 <= a->cols)
			end = ui_canvas_right(a, row, a->cols, UI_DIM, person) - 1;
		if (selected >= 0)
			ui_canvas_text(a, row, 2, s_visit_weight_style(m->weight), s_visit_weight_symbol(m->weight));
		int at = selected >= 0 ? 4 : 2;

		used = ui_canvas_wrap(a, row, at, end - at, selected >= 0 ? 1 : 2, on ? UI_BOLD : s_visit_weight_style(m->weight),
			*m->text ? _(m->text) : ""); /* the engine's sentence, or the catalogue's words */
		if (on)
			ui_canvas_park(a, row, 0);
		row += used ? used : 1;
	}
	return row;
}

static int
draw_limits(const struct s_visit *v, const struct ui_area *a, int row)
{
	bool any = false;

	for (int i = 0; i < v->n_cases && row < a->rows; i++) {
		const struct ym_case_line *c = v->cases[i];
		const char *due = *c->due_promised ? c->due_promised : c->due_statutory;
		int end;

		if (!*due)
			continue;
		if (!any)
			ui_canvas_text(a, row++, 0, UI_BOLD, _("Due"));
		any = true;
		end = ui_canvas_right(a, row, a->cols, UI_NORMAL, due);
		ui_canvas_cell(a, row++, 2, end - 3, UI_DIM, c->name);
	}
	return any ? row + 1 : row;
}

static int
draw_fees(const struct s_visit *v, const struct ui_area *a, int row)
{
	int64_t sum = 0;
	char yuan[32], text[64];

	for (int i = 0; i < v->n_cases; i++)
		if (v->cases[i]->fee_state == YM_FEE_DUE || v->cases[i]->fee_state == YM_FEE_PAID)
			sum += v->cases[i]->fee_fen;
	if (!sum)
		return row;
	ui_canvas_text(a, row, 0, UI_BOLD, _("Fees"));
	ui_canvas_right(a, row++, a->cols, UI_BOLD, ui_util_format(text, sizeof text, _("%s yuan"), ui_util_yuan(yuan, sizeof yuan, sum)));
	for (int i = 0; i < v->n_cases && row < a->rows; i++) {
		const struct ym_case_line *c = v->cases[i];
		int end;

		if (!c->fee_fen || c->fee_state == YM_FEE_NONE)
			continue;
		end = ui_canvas_right(a, row, a->cols, c->fee_state == YM_FEE_DUE ? UI_NORMAL : UI_DIM,
			c->fee_state == YM_FEE_PAID ? _("paid") : c->fee_state == YM_FEE_WAIVED ? _("waived") : ui_util_yuan(yuan, sizeof yuan, c->fee_fen));
		ui_canvas_cell(a, row++, 2, end - 3, UI_DIM, c->name);
	}
	return row;
}

void
s_missing_draw(const struct s_visit *v, const struct ui_area *a, int selected)
{
	int below = 0, row, room;

	for (int i = 0; i < v->n_cases; i++)
		below += (*v->cases[i]->due_promised || *v->cases[i]->due_statutory) + (v->cases[i]->fee_fen > 0);
	room = a->rows - below - 5;
	if (room < 5)
		room = 5;
	int first = selected > room - 3 ? selected - room + 3 : 0;

	row = draw_missing(v, a, 0, selected, first, room) + 1;
	row = draw_limits(v, a, row);
	draw_fees(v, a, row);
}

struct missing {
	struct s_visit *v;
	struct w_list bar;
};

static void
open_missing(struct ui_app *app, void *state, const void *arg)
{
	struct missing *d = state;

	(void)app;
	memcpy(&d->v, arg, sizeof d->v);
	w_list_set(&d->bar, d->v->n_missing);
}

static void
refresh(struct ui_app *app, void *state)
{
	struct missing *d = state;

	(void)app;
	w_list_set(&d->bar, d->v->n_missing);
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	return w_list_key(&((struct missing *)state)->bar, k, ui_app_rows(app) - 10);
}

static int
submit(struct ui_app *app, void *state)
{
	struct missing *d = state;

	return d->bar.n ? ui_screen_answer(app, d->bar.sel, NULL) : UI_POP;
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct missing *d = state;
	struct ui_area sheet = w_dialog_sheet(a, a->rows - 3, _("Missing, due, fees"));
	struct ui_area inner = ui_canvas_sub(&sheet, 1, 2, sheet.rows - 1, sheet.cols - 4);

	s_missing_draw(d->v, &inner, d->bar.sel);
}

static const struct ui_screen missing_screen = {
	.name = "missing", .title = "", .context = UI_IN_DIALOG, .is_dialog = true, .state_size = sizeof(struct missing),
	.open = open_missing, .refresh = refresh, .key = key, .submit = submit, .draw = draw,
};

static int
chosen(struct ui_app *app, void *asker, int value, const char *text)
{
	struct s_visit *v = asker;

	(void)text;
	if (value < v->n_missing)
		s_visit_go(app, v, v->missing[value]->stage, v->missing[value]->line);
	return UI_DIRTY;
}

void
s_missing_show(struct ui_app *app, struct s_visit *v)
{
	ui_screen_ask(app, &missing_screen, &v, chosen);
}
