/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Stage 5, the decision of each case: what the engine proposes, every reason, the exits that are open. Another exit than
 * the proposed one asks for a reason. Not deciding: the engine commits before the screen says so.
 */
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_visit.h"
#include "util.h"
#include "w_dialog.h"
#include "yimen/text.h"

static struct w_list *
bar_of(struct s_visit *v)
{
	return &v->bars[YM_STAGE_DECIDE];
}

static const struct ym_case_line *
current(const struct s_visit *v)
{
	return v->n_cases ? v->cases[ui_util_clamp(v->bars[YM_STAGE_DECIDE].sel, 0, v->n_cases - 1)] : NULL;
}

static void
refreshed(struct ui_app *app, struct s_visit *v)
{
	(void)app;
	w_list_set(bar_of(v), v->n_cases);
}

static int
undecided(const struct s_visit *v, int from)
{
	for (int k = 0; k < v->n_cases; k++) {
		int i = (from + k) % v->n_cases;

		if (v->cases[i]->is_open)
			return i;
	}
	return -1;
}

static void
enter(struct ui_app *app, struct s_visit *v)
{
	int i = undecided(v, 0);

	(void)app;
	if (i >= 0)
		w_list_select(bar_of(v), i);
}

static void
decide(struct ui_app *app, struct s_visit *v, enum ym_exit exit, const char *reason)
{
	struct ym_error err = { 0 };
	int i;

	if (!s_visit_did(app, v, ym_visit_decide(v->visit, bar_of(v)->sel, exit, reason, &err), &err))
		return;
	ui_app_say(app, UI_ACCENT, "✓ %s: %s", current(v)->name, _(ym_exit_label(exit)));
	i = undecided(v, bar_of(v)->sel);
	if (i >= 0)
		w_list_select(bar_of(v), i);
}

static int
reasoned(struct ui_app *app, void *asker, int value, const char *text)
{
	decide(app, asker, (enum ym_exit)value, text);
	return UI_DIRTY;
}

static void
choose(struct ui_app *app, struct s_visit *v, enum ym_exit exit)
{
	const struct ym_case_line *c = current(v);
	char title[200];

	if (!c || c->exit != YM_EXIT_NONE)
		return;
	if (!c->can_exit[exit]) {
		ui_app_say(app, UI_WARN, _("! %s: not open to this case."), _(ym_exit_label(exit)));
		return;
	}
	if (exit == c->proposal) {
		decide(app, v, exit, NULL);
		return;
	}
	ui_util_format(title, sizeof title, "%s: %s", c->name, _(ym_exit_label(exit)));
	w_dialog_input(app, title, _("The engine proposes otherwise. Your reason is logged:"), "", 4, (int)exit, reasoned);
}

static int
proposed(struct ui_app *app, struct s_visit *v)
{
	const struct ym_case_line *c = current(v);

	if (!c || undecided(v, 0) < 0)
		return UI_PASS;
	if (!c->is_open) {
		w_list_select(bar_of(v), undecided(v, bar_of(v)->sel));
		return UI_DIRTY;
	}
	if (c->proposal != YM_EXIT_NONE) {
		decide(app, v, c->proposal, NULL);
		return UI_DIRTY;
	}
	/* Not decidable yet: the likely next step is the first cure. */
	for (int i = 0; i < c->n_reasons; i++)
		if (c->reasons[i].weight == YM_BLOCK) {
			enum ym_stage stage = c->reasons[i].stage;
			int line = c->reasons[i].line;

			ui_app_say(app, UI_WARN, "! %s", c->reasons[i].text);
			s_visit_go(app, v, stage, line);
			return UI_DIRTY;
		}
	ui_app_say(app, UI_WARN, "! %s", *c->summary ? _(c->summary) : _("Not decidable yet."));
	return UI_DIRTY;
}

/* -- after the exit: which step, which kind, how long, who approved, why -- */

static int ask_reason(struct ui_app *app, struct s_visit *v);

static int
did_step(struct ui_app *app, struct s_visit *v)
{
	struct ym_error err = { 0 };

	if (s_visit_did(app, v, ym_visit_proceed(v->visit, bar_of(v)->sel, &v->step, &err), &err))
		ui_app_say(app, UI_ACCENT, "✓ %s: %s", current(v)->name, _(ym_proceed_label(v->step.what)));
	return UI_DIRTY;
}

static int
approved_by(struct ui_app *app, void *asker, int value, const char *text)
{
	struct s_visit *v = asker;

	(void)value;
	v->step.approver = text;
	v->step.reason = v->step_reason;
	return did_step(app, v);
}

static int
because(struct ui_app *app, void *asker, int value, const char *text)
{
	struct s_visit *v = asker;

	(void)value;
	ui_util_copy(v->step_reason, sizeof v->step_reason, text);
	v->step.reason = v->step_reason;
	if (v->step.what != YM_PROCEED_EXTEND)
		return did_step(app, v);
	w_dialog_input(app, _(ym_proceed_label(v->step.what)), _("Who of the authority approved it?"), "", 2, 1, approved_by);
	return UI_DIRTY;
}

static int
for_days(struct ui_app *app, void *asker, int value, const char *text)
{
	struct s_visit *v = asker;

	(void)value;
	v->step.days = atoi(text);
	return ask_reason(app, v);
}

static int
ask_reason(struct ui_app *app, struct s_visit *v)
{
	bool needs_days = v->step.what == YM_PROCEED_SPECIAL || v->step.what == YM_PROCEED_EXTEND;

	if (needs_days && !v->step.days)
		w_dialog_input(app, _(ym_proceed_label(v->step.what)), _("How many working days?"), "", 1, 1, for_days);
	else if (ym_proceed_wants_reason(v->step.what))
		w_dialog_input(app, _(ym_proceed_label(v->step.what)), _("The reason, as the paper tells it:"), "", 4, 1, because);
	else
		return did_step(app, v);
	return UI_DIRTY;
}

static int
of_kind(struct ui_app *app, void *asker, int value, const char *text)
{
	struct s_visit *v = asker;
	const struct ym_option *kinds;

	(void)text;
	if (value < 0 || value >= ym_proceed_kinds(v->step.what, &kinds))
		return UI_DIRTY;
	v->step.kind = kinds[value].code;
	return ask_reason(app, v);
}

static int
chose_step(struct ui_app *app, void *asker, int value, const char *text)
{
	struct s_visit *v = asker;
	const struct ym_option *kinds;
	const char *labels[W_DIALOG_CHOICES];
	struct ym_error err = { 0 };
	int n;

	(void)text;
	if (value < 0 || value >= YM_N_PROCEEDS || v->steps[value] == YM_PROCEED_NONE)
		return UI_DIRTY;
	v->step = (struct ym_proceeding){ .what = v->steps[value] };
	if (!s_visit_did(app, v, ym_visit_may_proceed(v->visit, bar_of(v)->sel, v->step.what, &err), &err))
		return UI_DIRTY;
	n = ym_proceed_kinds(v->step.what, &kinds);
	if (!n)
		return ask_reason(app, v);
	for (int i = 0; i < n; i++)
		labels[i] = _(kinds[i].label);
	w_dialog_choose(app, _(ym_proceed_label(v->step.what)), labels, n, 0, of_kind);
	return UI_DIRTY;
}

/* Every step that the flow knows here is offered; one that the law or the account forbids answers why. */
static void
ask_step(struct ui_app *app, struct s_visit *v)
{
	const char *labels[YM_N_PROCEEDS];
	int n = 0;

	memset(v->steps, 0, sizeof v->steps);
	for (int p = 1; p < YM_N_PROCEEDS; p++) {
		struct ym_error err = { 0 };

		if (ym_visit_may_proceed(v->visit, bar_of(v)->sel, (enum ym_proceed)p, &err) == YM_STATE)
			continue;
		v->steps[n] = (enum ym_proceed)p;
		labels[n++] = _(ym_proceed_label((enum ym_proceed)p));
	}
	if (n)
		w_dialog_choose(app, current(v)->name, labels, n, 0, chose_step);
	else
		ui_app_say(app, UI_NORMAL, "%s", _("Nothing further can be done with this case here."));
}

static int
confirmed(struct ui_app *app, void *asker, int value, const char *text)
{
	struct s_visit *v = asker;
	struct ym_error err = { 0 };

	(void)value;
	(void)text;
	s_visit_did(app, v, ym_visit_confirm_age(v->visit, bar_of(v)->sel, &err), &err);
	return UI_DIRTY;
}

static int
key(struct ui_app *app, struct s_visit *v, const struct ui_key *k)
{
	return w_list_key(bar_of(v), k, s_visit_rows(app) / 2);
}

static int
command(struct ui_app *app, struct s_visit *v, enum ui_command c)
{
	if (c == UI_DO_PROPOSED) {
		if (proposed(app, v) == UI_PASS)
			s_visit_next(app, v);
		return UI_DIRTY;
	}
	if (c == UI_DO_STEPS && v->n_cases) {
		ask_step(app, v);
		return UI_DIRTY;
	}
	if (c == UI_DO_TAKE_UP && v->n_cases) {
		struct ym_error err = { 0 };

		if (s_visit_did(app, v, ym_visit_take_up(v->visit, bar_of(v)->sel, &err), &err))
			s_visit_go(app, v, YM_STAGE_MATERIALS, -1);
		return UI_DIRTY;
	}
	if (c == UI_DO_CONFIRM_AGE && v->n_cases) {
		w_dialog_confirm(app, _("The catalogue is old"), _("Materials, limits and fees of this item have not changed since. It is logged."), 1, confirmed);
		return UI_DIRTY;
	}
	if (c >= UI_DO_EXIT_1 && c <= UI_DO_EXIT_9) {
		choose(app, v, (enum ym_exit)(YM_EXIT_NOT_REQUIRED + (c - UI_DO_EXIT_1)));
		return UI_DIRTY;
	}
	return UI_PASS;
}

/* -- drawing -- */

static void
draw_case(const struct ui_area *a, int row, const struct ym_case_line *c, bool on, int width)
{
	int col = 3 + width + 2;

	ui_canvas_cell(a, row, 3, width, on ? UI_BOLD : UI_NORMAL, c->name);
	if (c->exit != YM_EXIT_NONE) {
		col = ui_canvas_print(a, row, col, UI_ACCENT, "✓ %s", _(ym_exit_label(c->exit)));
		if (c->state >= (c->exit == YM_EXIT_COMPLETED ? YM_CASE_DENIED : YM_CASE_REVIEWING)) /* it has moved on since */
			col = ui_canvas_print(a, row, col, UI_ACCENT, " → %s", _(ym_case_state_label(c->state)));
		if (*c->case_no)
			ui_canvas_cell(a, row, col + 2, a->cols - col - 3, UI_DIM, c->case_no);
		return;
	}
	if (!c->is_open) {
		col = ui_canvas_text(a, row, col, UI_ACCENT, _(ym_case_state_label(c->state)));
		ui_canvas_cell(a, row, col + 2, a->cols - col - 3, UI_DIM, c->case_no);
		return;
	}
	if (c->proposal == YM_EXIT_NONE) {
		col = ui_canvas_text(a, row, col, UI_WARN, _("not yet")) + 2;
	} else {
		col = ui_canvas_text(a, row, col, UI_DIM, _("propose")) + 1;
		col = ui_canvas_text(a, row, col, c->proposal == YM_EXIT_ACCEPTED || c->proposal == YM_EXIT_COMPLETED ? UI_ACCENT_BOLD : UI_WARN,
			_(ym_exit_label(c->proposal))) + 2;
	}
	ui_canvas_cell(a, row, col, a->cols - col - 1, UI_DIM, *c->summary ? _(c->summary) : "");
}

static int
draw_reasons(const struct s_visit *v, const struct ui_area *a, int row, int end, const struct ym_case_line *c)
{
	for (int i = 0; i < c->n_reasons && row < end; i++) {
		const struct ym_reason *r = &c->reasons[i];
		char text[600];

		ui_util_copy(text, sizeof text, *r->text ? _(r->text) : "");
		if (*r->source)
			ui_util_add(text, sizeof text, " · %s", s_visit_source(v, r->source));
		if (*r->cure)
			ui_util_add(text, sizeof text, " → %s", _(r->cure));
		ui_canvas_text(a, row, 3, s_visit_weight_style(r->weight), s_visit_weight_symbol(r->weight));
		row += ui_canvas_wrap(a, row, 5, a->cols - 6, end - row < 2 ? end - row : 2, s_visit_weight_style(r->weight), text);
	}
	return row;
}

static int
draw_exits(const struct ui_area *a, int row, const struct ym_case_line *c)
{
	int col = 3;

	if (!c->is_open) {
		char hint[80];

		col = ui_canvas_text(a, row, col, UI_KEY, ui_command_hint(UI_DO_STEPS, hint, sizeof hint)) + 3;
		if (c->exit == YM_EXIT_RETURNED || c->exit == YM_EXIT_DEFERRED)
			ui_canvas_text(a, row, col, UI_KEY, ui_command_hint(UI_DO_TAKE_UP, hint, sizeof hint));
		return row;
	}
	if (c->confirm_age) {
		char hint[80];

		ui_canvas_text(a, row++, col, UI_KEY, ui_command_hint(UI_DO_CONFIRM_AGE, hint, sizeof hint));
	}
	for (int e = YM_EXIT_NOT_REQUIRED; e < YM_N_EXITS; e++) {
		const char *label = _(ym_exit_label((enum ym_exit)e));

		if (!c->can_exit[e])
			continue;
		if (col + ym_text_width(label) + 4 > a->cols) {
			row++;
			col = 3;
		}
		col = ui_canvas_print(a, row, col, UI_KEY, "%d", e) + 1;
		col = ui_canvas_text(a, row, col, e == (int)c->proposal ? UI_ACCENT_BOLD : UI_NORMAL, label) + 3;
	}
	return row + 1;
}

static void
draw_dates(const struct s_visit *v, const struct ui_area *a, int row, const struct ym_case_line *c)
{
	struct ym_proceed_line p;
	char text[300] = "";

	ym_visit_proceed_line(v->visit, (int)bar_of((struct s_visit *)v)->sel, &p);
	if (c->decider != YM_BY_WINDOW)
		ui_util_add(text, sizeof text, "%s   ", c->decider == YM_BY_AUTO ? _("Decided by automatic review") : _("Decided by an approver"));
	if (*c->due_promised)
		ui_util_add(text, sizeof text, _("promised by %s   "), c->due_promised);
	if (*c->due_statutory)
		ui_util_add(text, sizeof text, _("by law until %s   "), c->due_statutory);
	if (p.deemed)
		ui_util_add(text, sizeof text, "%s   ", _("counts as accepted since it was taken in"));
	if (*p.suspended_since)
		ui_util_add(text, sizeof text, _("%s: the limit stands still since %s, planned until %s   "), _(p.special), p.suspended_since, p.suspended_until);
	if (p.extra)
		ui_util_add(text, sizeof text, _("extended by %d working days   "), p.extra);
	if (*p.notice_due)
		ui_util_add(text, sizeof text, _("to be supplemented by %s   "), p.notice_due);
	if (!c->calendar_known)
		ui_util_add(text, sizeof text, "%s", _("a limit reaches into a year whose days off are not published: no date"));
	if (c->waits_for && *c->after)
		ui_util_add(text, sizeof text, _("starts after %s"), c->after);
	ui_canvas_wrap(a, row, 3, a->cols - 4, 2, UI_DIM, text);
}

static void
draw(const struct s_visit *v, const struct ui_area *a)
{
	const struct w_list *bar = &v->bars[YM_STAGE_DECIDE];
	const struct ym_case_line *c = current(v);
	int width = 16, rows, top, row = 0;

	if (!c) {
		ui_canvas_text(a, 0, 3, UI_DIM, _("Choose items first (F3)."));
		return;
	}
	for (int i = 0; i < v->n_cases; i++)
		if (ym_text_width(v->cases[i]->name) > width)
			width = ym_text_width(v->cases[i]->name);
	width = ui_util_clamp(width, 16, a->cols / 2 - 4);
	rows = ui_util_clamp(v->n_cases, 1, a->rows - 9 > 2 ? a->rows - 9 : 2);
	top = w_list_top(bar, rows);
	for (int i = top; i < bar->n && i < top + rows; i++, row++) {
		ui_canvas_text(a, row, 1, UI_ACCENT, i == bar->sel ? "▸" : " ");
		if (i == bar->sel)
			ui_canvas_park(a, row, 1);
		draw_case(a, row, v->cases[i], i == bar->sel, width);
	}
	draw_dates(v, a, ++row, c);
	row = draw_reasons(v, a, row + 3, a->rows - 4, c);
	if (!c->n_reasons)
		ui_canvas_text(a, row++, 3, UI_DIM, c->is_open ? _("No objection from any rule.") : "");
	draw_exits(a, row + 1, c);
}

static const char *
status(const struct s_visit *v)
{
	if (v->n_cases && undecided(v, 0) < 0)
		return _("Everything is decided. Enter goes on.");
	return v->n_cases ? _("Enter decides as proposed; a digit decides otherwise and asks for your reason") : NULL;
}

static void
go(struct s_visit *v, int line)
{
	w_list_select(bar_of(v), line);
}

const struct s_stage s_decide_stage = {
	.label = N_("Decision"), .context = UI_IN_DECIDE, .enter = enter, .refreshed = refreshed, .key = key, .command = command, .draw = draw,
	.status = status, .go = go,
};
