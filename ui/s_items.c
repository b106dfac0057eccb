/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Stage 2, the items of the visit and their questions. A digit answers and goes on to the next open question.
 */
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_find.h"
#include "s_visit.h"
#include "util.h"
#include "yimen/text.h"

static const char *const yes_no[] = { N_("yes"), N_("no") };

static struct w_list *
bar_of(struct s_visit *v)
{
	return &v->bars[YM_STAGE_ITEMS];
}

static void
refreshed(struct ui_app *app, struct s_visit *v)
{
	(void)app;
	w_list_set(bar_of(v), v->n_cases + v->n_questions);
}

/* The first question without an answer from `from` on, around the end; -1 when all are answered. */
static int
open_question(const struct s_visit *v, int from)
{
	for (int k = 0; k < v->n_questions; k++) {
		int i = (from + k) % v->n_questions;

		if (!*v->questions[i]->answer)
			return i;
	}
	return -1;
}

static int
n_options(const struct ym_question *q)
{
	return q->is_bool || !q->n_options ? 2 : q->n_options;
}

static const char *
option_code(const struct ym_question *q, int i)
{
	return q->is_bool || !q->n_options ? (i ? "0" : "1") : q->options[i].code;
}

static const char *
option_label(const struct ym_question *q, int i)
{
	return q->is_bool || !q->n_options ? _(yes_no[i]) : q->options[i].label;
}

static void
answer(struct ui_app *app, struct s_visit *v, int i, int option)
{
	struct ym_error err = { 0 };
	char id[80];

	if (option >= n_options(v->questions[i]->q))
		return;
	ui_util_copy(id, sizeof id, v->questions[i]->q->id);
	if (!s_visit_did(app, v, ym_visit_answer(v->visit, i, option_code(v->questions[i]->q, option), &err), &err))
		return;
	/* Questions may have come or gone. */
	for (i = 0; i < v->n_questions && strcmp(v->questions[i]->q->id, id); i++)
		;
	i = open_question(v, i < v->n_questions ? i : 0);
	if (i >= 0)
		w_list_select(bar_of(v), v->n_cases + i);
}

static int
key(struct ui_app *app, struct s_visit *v, const struct ui_key *k)
{
	int i = bar_of(v)->sel - v->n_cases;

	if (!k->pasted && k->code >= '1' && k->code <= '9' && v->n_questions) {
		if (i < 0)
			i = open_question(v, 0);
		if (i >= 0)
			answer(app, v, i, k->code - '1');
		return UI_DIRTY;
	}
	return w_list_key(bar_of(v), k, s_visit_rows(app) - 4);
}

void
s_items_find(struct ui_app *app, struct s_visit *v)
{
	v->finding = true;
	s_find_show(app, true);
}

static int
command(struct ui_app *app, struct s_visit *v, enum ui_command c)
{
	int sel = bar_of(v)->sel, open;
	struct ym_error err = { 0 };

	switch (c) {
	case UI_DO_NEXT:
		open = open_question(v, sel >= v->n_cases ? sel - v->n_cases : 0);
		if (!v->n_cases)
			s_items_find(app, v);
		else if (open >= 0 && sel != v->n_cases + open)
			w_list_select(bar_of(v), v->n_cases + open);
		else
			return UI_PASS;
		return UI_DIRTY;
	case UI_DO_DROP_CASE:
		if (sel < v->n_cases)
			s_visit_did(app, v, ym_visit_drop_case(v->visit, sel, &err), &err);
		return UI_DIRTY;
	case UI_DO_CLEAR_ANSWER:
		if (sel >= v->n_cases && v->n_questions)
			s_visit_did(app, v, ym_visit_answer(v->visit, sel - v->n_cases, "", &err), &err);
		return UI_DIRTY;
	default:
		return UI_PASS;
	}
}

static void
draw_case(const struct ui_area *a, int row, const struct ym_case_line *c, bool on)
{
	int right = a->cols - 1;

	if (*c->scope_label)
		right = ui_canvas_right(a, row, right, UI_DIM, c->scope_label) - 2;
	ui_canvas_cell(a, row, 3, 12, UI_DIM, c->category);
	ui_canvas_cell(a, row, 16, right - 16, on ? UI_BOLD : UI_NORMAL, c->name);
}

static void
draw_question(const struct ui_area *a, int row, const struct ym_question_line *line, bool on)
{
	const struct ym_question *q = line->q;
	int col, width = 0;

	for (int i = 0; i < n_options(q); i++)
		width += ym_text_width(option_label(q, i)) + 4;
	col = a->cols - 1 - width;
	if (col < a->cols / 3)
		col = a->cols / 3;
	ui_canvas_text(a, row, 3, *line->answer ? UI_ACCENT : UI_WARN, *line->answer ? "✓" : "○");
	ui_canvas_cell(a, row, 5, col - 6, on ? UI_BOLD : UI_NORMAL, q->ask);
	for (int i = 0; i < n_options(q); i++) {
		bool chosen = *line->answer && !strcmp(line->answer, option_code(q, i));

		col = ui_canvas_print(a, row, col, UI_KEY, "%d", i + 1);
		col = ui_canvas_text(a, row, col + 1, chosen ? UI_ACCENT_BOLD : UI_DIM, option_label(q, i)) + 2;
	}
}

static void
draw(const struct s_visit *v, const struct ui_area *a)
{
	const struct w_list *bar = &v->bars[YM_STAGE_ITEMS];
	int extra = v->n_questions ? 2 : 0, rows = a->rows - extra - 3, top = w_list_top(bar, rows), row = 0;

	if (!v->n_cases) {
		ui_canvas_text(a, 0, 3, UI_DIM, _("No item yet. Enter or F3 finds one."));
		return;
	}
	for (int i = top; i < bar->n && i < top + rows; i++) {
		bool on = i == bar->sel;

		if (i == v->n_cases) {
			ui_canvas_text(a, row + 1, 1, UI_DIM, _("Questions"));
			row += 2;
		}
		ui_canvas_text(a, row, 1, UI_ACCENT, on ? "▸" : " ");
		if (on)
			ui_canvas_park(a, row, 1);
		if (i < v->n_cases)
			draw_case(a, row, v->cases[i], on);
		else
			draw_question(a, row, v->questions[i - v->n_cases], on);
		row++;
	}
	/* What the chosen line rests on, where it can be read. */
	if (bar->sel < v->n_cases)
		ui_canvas_wrap(a, a->rows - 2, 3, a->cols - 4, 2, UI_DIM, *v->cases[bar->sel]->summary ? _(v->cases[bar->sel]->summary) : "");
	else if (*v->questions[bar->sel - v->n_cases]->q->source)
		ui_canvas_wrap(a, a->rows - 2, 3, a->cols - 4, 2, UI_DIM, s_visit_source(v, v->questions[bar->sel - v->n_cases]->q->source));
}

static const char *
status(const struct s_visit *v)
{
	if (v->bars[YM_STAGE_ITEMS].sel >= v->n_cases && v->n_questions)
		return _("A digit answers, Backspace takes the answer back");
	return v->n_cases ? _("Del takes the item out of the visit   F6 guide") : NULL;
}

static void
enter(struct ui_app *app, struct s_visit *v)
{
	int i = open_question(v, 0);

	(void)app;
	if (i >= 0)
		w_list_select(bar_of(v), v->n_cases + i);
}

/* Back from the finder: the first question is what comes next. */
static int
notice(struct ui_app *app, struct s_visit *v, enum ym_notice what)
{
	if (what == YM_NOTICE_CARD && v->finding && ui_screen_top(app) == &s_visit_screen) {
		v->finding = false;
		enter(app, v);
	}
	return UI_DIRTY;
}

static void
go(struct s_visit *v, int line)
{
	w_list_select(bar_of(v), v->n_cases + line);
}

const struct s_stage s_items_stage = {
	.label = N_("Items"), .context = UI_IN_ITEMS, .enter = enter, .refreshed = refreshed, .key = key, .command = command,
	.notice = notice, .draw = draw, .status = status, .go = go,
};
