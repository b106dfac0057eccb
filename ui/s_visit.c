/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The visit screen (s_visit.h): takes the snapshot, draws what is common to all stages, passes keys to the stage.
 */
#include "s_visit.h"

#include <stdio.h>
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_find.h"
#include "s_home.h"
#include "util.h"
#include "yimen/text.h"

#define HEADER_ROWS 3

static const struct s_stage *const stages[YM_N_STAGES] = {
	[YM_STAGE_IDENTITY] = &s_identity_stage, [YM_STAGE_ITEMS] = &s_items_stage, [YM_STAGE_MATERIALS] = &s_materials_stage,
	[YM_STAGE_FORM] = &s_form_stage, [YM_STAGE_DECIDE] = &s_decide_stage, [YM_STAGE_FEE] = &s_fee_stage,
	[YM_STAGE_PAPERS] = &s_papers_stage, [YM_STAGE_RATE] = &s_rate_stage,
};

const char *
s_visit_weight_symbol(enum ym_weight weight)
{
	return weight == YM_NOTE ? "·" : "!";
}

enum ui_style
s_visit_weight_style(enum ym_weight weight)
{
	return weight == YM_NOTE ? UI_DIM : weight == YM_WARN ? UI_NORMAL : UI_WARN;
}

int
s_visit_rows(const struct ui_app *app)
{
	return ui_util_clamp(ui_app_rows(app) - HEADER_ROWS, 1, UI_CANVAS_MAX);
}

/* -- the snapshot -- */

static int
at_most(int n, int max)
{
	return n < max ? n : max;
}

static void
describe(struct s_visit *v)
{
	char name[64];
	const struct ym_person *p = v->n_persons ? v->persons[0] : NULL;

	ui_util_copy(v->ticket, sizeof v->ticket, ym_visit_ticket(v->visit));
	ui_util_copy(v->claim, sizeof v->claim, ym_visit_claim(v->visit));
	v->who[0] = 0;
	if (!p)
		return;
	ym_text_mask_name(name, sizeof name, p->name);
	ui_util_format(v->who, sizeof v->who, "%s %s", *name ? name : _("not identified"), p->sex_label);
	if (p->age >= 0)
		ui_util_add(v->who, sizeof v->who, _(" aged %d"), p->age);
	if (v->n_persons > 1)
		ui_util_add(v->who, sizeof v->who, ngettext(" and %d more", " and %d more", (unsigned long)(v->n_persons - 1)), v->n_persons - 1);
}

static void
take_roles(struct s_visit *v)
{
	v->n_roles = 0;
	for (int c = 0; c < v->n_cases; c++)
		for (int r = 0, n = ym_visit_n_roles(v->visit, c); r < n && v->n_roles < S_VISIT_ROLES; r++) {
			struct s_visit_role *role = &v->roles[v->n_roles];

			if (ym_visit_role_is_idle(v->visit, c, r))
				continue;
			v->n_roles++;
			role->c = c;
			role->role = ym_visit_role(v->visit, c, r, &role->person);
		}
	v->n_open = ym_visit_open_roles(v->visit, v->open_roles, UI_LEN(v->open_roles));
}

static void
take_items(struct ui_app *app, struct s_visit *v)
{
	struct ym_error err = { 0 };

	for (int i = 0; i < v->n_cases; i++)
		if (ym_station_item(app->station, v->cases[i]->item, &v->items[i], &err) != YM_OK)
			v->items[i] = NULL;
}

const char *
s_visit_source(const struct s_visit *v, const char *key)
{
	for (int c = 0; c < v->n_cases; c++)
		for (int i = 0; v->items[c] && i < v->items[c]->n_sources; i++)
			if (!strcmp(v->items[c]->sources[i].key, key))
				return v->items[c]->sources[i].title;
	return key;
}

char *
s_visit_mask_names(const struct s_visit *v, const char *text, char *buf, size_t size)
{
	char mask[64];

	buf[0] = 0;
	while (*text) {
		size_t len = 0;

		for (int i = 0; i < v->n_persons; i++) {
			const struct ym_person *p = v->persons[i];

			if (*p->name && !p->is_org && !strncmp(text, p->name, strlen(p->name)) && strlen(p->name) > len) {
				len = strlen(p->name);
				ym_text_mask_name(mask, sizeof mask, p->name);
			}
		}
		if (len) {
			ui_util_add(buf, size, "%s", mask);
		} else {
			uint32_t c;

			len = ym_text_decode(text, strlen(text), &c);
			ui_util_add(buf, size, "%.*s", (int)len, text);
		}
		text += len;
	}
	return buf;
}

static void
take_papers(struct ui_app *app, struct s_visit *v)
{
	v->n_papers = at_most(ym_visit_n_papers(v->visit), S_VISIT_PAPERS);
	for (int i = 0; i < v->n_papers; i++) {
		v->papers[i] = ym_visit_paper(v->visit, i);
		v->jobs[i][0] = 0;
		v->job_state[i] = ym_station_paper_job(app->station, i, v->jobs[i], sizeof v->jobs[i]);
	}
}

#define TAKE(field, fn, max)                                                     \
	do {                                                                     \
		v->n_##field = at_most(ym_visit_n_##field(v->visit), max);       \
		for (int i = 0; i < v->n_##field; i++)                           \
			v->field[i] = fn(v->visit, i);                           \
	} while (0)

void
s_visit_refresh(struct ui_app *app, struct s_visit *v)
{
	struct ym_card card;

	v->visit = ym_station_is_locked(app->station) ? NULL : ym_station_visit(app->station);
	if (!v->visit) {
		v->n_persons = v->n_cases = v->n_questions = v->n_materials = v->n_checks = v->n_form = v->n_missing = 0;
		v->n_papers = v->n_roles = v->n_open = 0;
		return;
	}
	TAKE(persons, ym_visit_person, S_VISIT_PERSONS);
	TAKE(cases, ym_visit_case, S_VISIT_CASES);
	TAKE(questions, ym_visit_question, S_VISIT_QUESTIONS);
	TAKE(materials, ym_visit_material, S_VISIT_MATERIALS);
	TAKE(checks, ym_visit_check, S_VISIT_CHECKS);
	TAKE(form, ym_visit_form, S_VISIT_FORM);
	TAKE(missing, ym_visit_missing, S_VISIT_MISSING);
	take_items(app, v);
	take_papers(app, v);
	take_roles(v);
	for (int s = 0; s < YM_N_STAGES; s++)
		ym_visit_progress(v->visit, (enum ym_stage)s, &v->done[s], &v->total[s]);
	v->rating = ym_visit_rating(v->visit);
	v->rating_note = ym_station_rating_note(app->station);
	v->has_card = ym_station_tray(app->station, &card);
	ym_card_release(&card);
	describe(v);
	for (int s = 0; s < YM_N_STAGES; s++)
		if (stages[s]->refreshed)
			stages[s]->refreshed(app, v);
}

bool
s_visit_did(struct ui_app *app, struct s_visit *v, enum ym_code code, const struct ym_error *err)
{
	s_visit_refresh(app, v);
	return ui_app_ok(app, code, err);
}

/* -- moving between stages -- */

static void
set_stage(struct ui_app *app, struct s_visit *v, enum ym_stage stage)
{
	if (!v->visit)
		return;
	if (stages[v->stage]->leave)
		stages[v->stage]->leave(app, v);
	v->stage = stage;
	ym_visit_set_stage(v->visit, stage);
	s_visit_refresh(app, v);
	if (stages[stage]->enter)
		stages[stage]->enter(app, v);
}

void
s_visit_go(struct ui_app *app, struct s_visit *v, enum ym_stage stage, int line)
{
	set_stage(app, v, stage);
	if (line >= 0 && stages[stage]->go)
		stages[stage]->go(v, line);
	ui_app_dirty(app);
}

void
s_visit_next(struct ui_app *app, struct s_visit *v)
{
	if (v->stage == YM_STAGE_RATE)
		return;
	set_stage(app, v, v->stage + 1);
	/* With nothing chosen yet the next step is to choose. */
	if (v->stage == YM_STAGE_ITEMS && !v->n_cases)
		s_items_find(app, v);
}

static int
back(struct ui_app *app, struct s_visit *v)
{
	if (v->stage == YM_STAGE_IDENTITY) {
		if (stages[v->stage]->leave)
			stages[v->stage]->leave(app, v);
		return UI_POP;
	}
	set_stage(app, v, v->stage - 1);
	return UI_DIRTY;
}

int
s_visit_finish(struct ui_app *app, struct s_visit *v)
{
	struct ym_error err = { 0 };

	if (stages[v->stage]->leave)
		stages[v->stage]->leave(app, v);
	if (!s_visit_did(app, v, ym_station_finish(app->station, &err), &err))
		return UI_DIRTY;
	v->is_left = true;
	ui_app_say(app, UI_NORMAL, "%s", _("The visit is closed."));
	return UI_POP;
}

static struct s_visit *
shown_visit(struct ui_app *app)
{
	for (int i = 0; i < app->n_layers; i++)
		if (app->layers[i].screen == &s_visit_screen)
			return app->layers[i].state;
	return NULL;
}

void
s_visit_commit(struct ui_app *app)
{
	struct s_visit *v = shown_visit(app);

	if (!v || !v->visit || ym_station_visit(app->station) != v->visit)
		return;
	if (stages[v->stage]->leave)
		stages[v->stage]->leave(app, v);
}

/* -- screen -- */

static void
open_visit(struct ui_app *app, void *state, const void *arg)
{
	struct s_visit *v = state;

	(void)arg;
	v->visit = ym_station_visit(app->station);
	if (!v->visit)
		return;
	v->stage = ym_visit_stage(v->visit);
	s_visit_refresh(app, v);
	if (stages[v->stage]->enter)
		stages[v->stage]->enter(app, v);
}

static void
close_visit(struct ui_app *app, void *state)
{
	(void)state;
	ym_station_want_card(app->station, false);
}

static int
event(struct ui_app *app, void *state, const struct ui_event *event)
{
	struct s_visit *v = state;
	int bits = UI_DIRTY;

	if (event->kind == UI_EVENT_DELAY) {
		if (v->visit && stages[v->stage]->notice)
			stages[v->stage]->notice(app, v, YM_NOTICE_CLOCK);
		return UI_DIRTY;
	}
	if (event->kind == UI_EVENT_NOTICE && (event->notice == YM_NOTICE_CLOCK || event->notice == YM_NOTICE_QUEUE))
		return UI_DONE;
	s_visit_refresh(app, v);
	if (!v->visit)
		return ym_station_is_locked(app->station) ? UI_DIRTY : UI_POP;
	/* Back on top, a card may have come meanwhile. */
	if (stages[v->stage]->notice)
		bits = stages[v->stage]->notice(app, v, event->kind == UI_EVENT_SHOWN ? YM_NOTICE_CARD : event->notice);
	return bits;
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct s_visit *v = state;

	return v->visit && stages[v->stage]->key ? stages[v->stage]->key(app, v, k) : UI_PASS;
}

static const char *
current_item(const struct s_visit *v)
{
	enum ym_stage s = v->stage;

	if (!v->n_cases)
		return NULL;
	if (s == YM_STAGE_ITEMS || s == YM_STAGE_DECIDE || s == YM_STAGE_FEE)
		return v->cases[ui_util_clamp(v->bars[s].sel, 0, v->n_cases - 1)]->item;
	return v->cases[0]->item;
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct s_visit *v = state;
	int bits = UI_PASS;

	if (!v->visit)
		return UI_POP;
	if (stages[v->stage]->command)
		bits = stages[v->stage]->command(app, v, c);
	if (!(bits & UI_PASS))
		return bits;
	if (c >= UI_DO_STAGE_1 && c <= UI_DO_STAGE_8) {
		set_stage(app, v, (enum ym_stage)(c - UI_DO_STAGE_1));
		return UI_DIRTY;
	}
	switch (c) {
	case UI_DO_NEXT:
		s_visit_next(app, v);
		return UI_DIRTY;
	case UI_DO_BACK:
		return back(app, v);
	case UI_DO_CARD:
		set_stage(app, v, YM_STAGE_IDENTITY);
		return stages[YM_STAGE_IDENTITY]->command(app, v, c);
	case UI_DO_ADD_PERSON:
		set_stage(app, v, YM_STAGE_IDENTITY);
		return stages[YM_STAGE_IDENTITY]->command(app, v, c);
	case UI_DO_ADD_ITEM:
		set_stage(app, v, YM_STAGE_ITEMS);
		s_items_find(app, v);
		return UI_DIRTY;
	case UI_DO_MISSING:
		s_missing_show(app, v);
		return UI_DIRTY;
	case UI_DO_ITEM_GUIDE:
		if (current_item(v))
			s_find_guide(app, current_item(v), false);
		return UI_DIRTY;
	case UI_DO_FINISH:
		return s_visit_finish(app, v);
	default:
		return UI_PASS;
	}
}

static bool
may_close(struct ui_app *app, void *state)
{
	struct s_visit *v = state;

	if (v->visit && !v->is_left)
		s_visit_commit(app);
	return true;
}

/* -- drawing -- */

static void
draw_header(const struct s_visit *v, const struct ui_area *a)
{
	int col = 1, right = a->cols - 1;

	if (*v->ticket)
		col = ui_canvas_text(a, 0, col, UI_ACCENT_BOLD, v->ticket) + 2;
	col = ui_canvas_text(a, 0, col, UI_BOLD, *v->who ? v->who : _("Nobody identified yet")) + 3;
	if (*v->claim)
		ui_canvas_print(a, 0, col, UI_DIM, _("says: %s"), v->claim);
	if (v->has_card)
		ui_canvas_right(a, 0, right, UI_ACCENT, _("a card is waiting: F2"));
}

/* The counts of stages that the officer is not in give way first, those of later stages before those of earlier ones. */
static int
n_counted(const struct s_visit *v, int cols)
{
	int width = 1, n = YM_N_STAGES;
	char count[24];

	for (int s = 0; s < YM_N_STAGES; s++) {
		ui_util_format(count, sizeof count, "%d/%d", v->done[s], v->total[s]);
		width += 2 + ym_text_width(_(stages[s]->label)) + (v->total[s] > 0 ? v->done[s] >= v->total[s] ? 1 : (int)strlen(count) : 0);
	}
	while (width > cols && n > 0) {
		n--;
		if (v->total[n] <= 0 || v->done[n] >= v->total[n] || n == (int)v->stage)
			continue;
		ui_util_format(count, sizeof count, "%d/%d", v->done[n], v->total[n]);
		width -= (int)strlen(count);
	}
	return n;
}

static void
draw_stages(const struct s_visit *v, const struct ui_area *a)
{
	int col = 1, counted = n_counted(v, a->cols);

	for (int s = 0; s < YM_N_STAGES; s++) {
		bool on = s == (int)v->stage;
		enum ui_style style = on ? UI_ACCENT_BOLD : UI_NORMAL;

		col = ui_canvas_print(a, 1, col, on ? UI_ACCENT : UI_DIM, "%d", s + 1);
		col = ui_canvas_text(a, 1, col, style, _(stages[s]->label));
		if (v->total[s] > 0 && v->done[s] >= v->total[s])
			col = ui_canvas_text(a, 1, col, UI_ACCENT, "✓");
		else if (v->total[s] > 0 && (on || s < counted))
			col = ui_canvas_print(a, 1, col, on ? UI_NORMAL : UI_DIM, "%d/%d", v->done[s], v->total[s]);
		col += a->cols >= S_VISIT_WIDE ? 3 : 1;
	}
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct s_visit *v = state;
	struct ui_area body = ui_canvas_sub(a, HEADER_ROWS, 0, a->rows - HEADER_ROWS, a->cols);

	if (!v->visit)
		return;
	draw_header(v, a);
	draw_stages(v, a);
	if (a->cols >= S_VISIT_WIDE) {
		int width = ui_util_clamp(a->cols * 3 / 10, 30, 44);
		struct ui_area side = ui_canvas_sub(&body, 0, a->cols - width + 2, body.rows, width - 3);

		for (int row = 0; row < body.rows; row++)
			ui_canvas_text(&body, row, a->cols - width, UI_DIM, "│");
		s_missing_draw(v, &side, -1);
		body = ui_canvas_sub(&body, 0, 0, body.rows, a->cols - width - 1);
	}
	stages[v->stage]->draw(v, &body);
}

static const char *
status(const void *state)
{
	const struct s_visit *v = state;

	return v->visit && stages[v->stage]->status ? stages[v->stage]->status(v) : NULL;
}

static enum ui_context
where(const void *state)
{
	return stages[((const struct s_visit *)state)->stage]->context;
}

const struct ui_screen s_visit_screen = {
	.name = "visit", .title = "", .context = UI_IN_VISIT, .state_size = sizeof(struct s_visit),
	.open = open_visit, .close = close_visit, .event = event, .key = key, .command = command, .draw = draw, .status = status,
	.may_close = may_close, .where = where,
};
