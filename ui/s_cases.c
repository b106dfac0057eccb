/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The list of cases (s_cases.h). Pages are cut by key, never by counting rows, so the last page of 100,000 cases costs
 * what the first one costs.
 */
#include "s_cases.h"

#include <inttypes.h>
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_global.h"
#include "s_reader.h"
#include "util.h"
#include "w_dialog.h"
#include "w_text.h"
#include "yimen/text.h"

#define PAGE_MAX 200
#define NAMES_MS 300     /* between two looks while names are being read */
#define NUMBER_TAIL 15   /* epoch, day, serial, check character of a case number */
struct cases {
	struct w_text query;
	struct ym_case_row rows[PAGE_MAX];
	int n, sel, state;       /* state -1: all */
	int64_t total, skipped;  /* rows before this page, for the officer's sense of place */
	int names;               /* read so far while they are still being read, else 0 */
	bool at_end;
};

static int
page(const struct ui_app *app)
{
	return ui_util_clamp(ui_app_rows(app) - 3, 1, PAGE_MAX - 1);
}

static int
fetch(struct ui_app *app, const struct cases *d, const char *before, bool after, struct ym_case_row *ret, int max)
{
	const struct ym_case_query q = { .text = d->query.text, .state = d->state, .before = before, .after = after };

	return ym_station_cases(app->station, &q, ret, max);
}

/* A search by name is asked again while names are being read: who is found then stands behind the others. */
static void
note_names(struct ui_app *app, struct cases *d)
{
	int n;
	bool all = !*d->query.text || ym_station_names_are_read(app->station, &n);

	d->names = all ? 0 : n;
	if (!all)
		ui_app_delay(app, NAMES_MS);
}

static void
first_page(struct ui_app *app, struct cases *d)
{
	int n = fetch(app, d, "", false, d->rows, page(app) + 1);

	/* One row more is asked for, only to know whether there is a next page. */
	d->at_end = n <= page(app);
	d->n = d->at_end ? n : page(app);
	d->sel = 0;
	d->skipped = 0;
	d->total = ym_station_n_cases(app->station);
	note_names(app, d);
}

static void
read_on(struct ui_app *app, struct cases *d)
{
	int sel = d->sel;

	if (!d->names)
		return;
	if (!d->skipped) {
		first_page(app, d);
		d->sel = ui_util_clamp(sel, 0, d->n ? d->n - 1 : 0);
		return;
	}
	if (d->at_end && d->n)
		d->at_end = !fetch(app, d, d->rows[d->n - 1].case_no, false, &d->rows[PAGE_MAX - 1], 1);
	note_names(app, d);
}

static bool
next_page(struct ui_app *app, struct cases *d)
{
	char last[40];
	int n, before = d->n;

	if (d->at_end || !d->n)
		return false;
	ui_util_copy(last, sizeof last, d->rows[d->n - 1].case_no);
	n = fetch(app, d, last, false, d->rows, page(app) + 1);
	d->at_end = n <= page(app);
	d->n = d->at_end ? n : page(app);
	d->skipped += before;
	return true;
}

static bool
previous_page(struct ui_app *app, struct cases *d)
{
	char first[40];
	int n;

	if (!d->skipped || !d->n)
		return false;
	ui_util_copy(first, sizeof first, d->rows[0].case_no);
	n = fetch(app, d, first, true, d->rows, page(app));
	if (n < page(app)) {
		first_page(app, d);
		return true;
	}
	d->n = n;
	d->skipped -= n;
	d->at_end = false;
	return true;
}

static void
open_cases(struct ui_app *app, void *state, const void *arg)
{
	struct cases *d = state;

	(void)app;
	w_text_set(&d->query, arg);
	d->state = -1;
}

static int
event(struct ui_app *app, void *state, const struct ui_event *event)
{
	struct cases *d = state;

	/* A page that is being read stays; it is fetched when the screen is shown or something was typed, or names come in. */
	if (event->kind == UI_EVENT_SHOWN && !d->n)
		first_page(app, d);
	else if (event->kind == UI_EVENT_DELAY || event->kind == UI_EVENT_SHOWN)
		read_on(app, d);
	return UI_DIRTY;
}

static int
move(struct ui_app *app, struct cases *d, int32_t code)
{
	switch (code) {
	case UI_KEY_UP:
		if (d->sel > 0)
			d->sel--;
		else if (previous_page(app, d))
			d->sel = d->n - 1;
		break;
	case UI_KEY_DOWN:
		if (d->sel < d->n - 1)
			d->sel++;
		else if (next_page(app, d))
			d->sel = 0;
		break;
	case UI_KEY_PGUP:
		if (!previous_page(app, d))
			d->sel = 0;
		break;
	case UI_KEY_PGDN:
		if (!next_page(app, d))
			d->sel = d->n ? d->n - 1 : 0;
		break;
	default:
		return UI_PASS;
	}
	d->sel = ui_util_clamp(d->sel, 0, d->n ? d->n - 1 : 0);
	return UI_DIRTY;
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct cases *d = state;
	bool edited = false;
	int bits = k->pasted ? UI_PASS : move(app, d, k->code);

	if (bits & UI_PASS)
		bits = w_text_key(&d->query, k, &edited);
	if (edited)
		first_page(app, d);
	return bits;
}

static const char *
selected(const struct cases *d)
{
	return d->n ? d->rows[d->sel].case_no : "";
}

static int
story(struct ui_app *app, void *state, int value, const char *purpose)
{
	struct cases *d = state;
	struct ym_error err = { 0 };
	char *text = NULL;

	(void)value;
	if (ui_app_ok(app, ym_station_case_story(app->station, selected(d), purpose, &text, &err), &err))
		s_reader_show(app, selected(d), text);
	return UI_DIRTY;
}

static int
request(struct ui_app *app, void *state, int value, const char *purpose)
{
	struct ym_error err = { 0 };

	(void)value;
	if (ui_app_ok(app, ym_station_request_case(app->station, selected(state), purpose, &err), &err))
		ui_app_say(app, UI_NORMAL, "%s", _("Asked. The case comes with the next sync, or a sentence why not."));
	return UI_DIRTY;
}

static int
filtered(struct ui_app *app, void *state, int value, const char *text)
{
	struct cases *d = state;

	(void)text;
	d->state = value - 1;
	first_page(app, d);
	return UI_DIRTY;
}

static void
ask_state(struct ui_app *app, const struct cases *d)
{
	const char *labels[YM_N_CASE_STATES + 1] = { _("All") };

	for (int i = 0; i < YM_N_CASE_STATES; i++)
		labels[i + 1] = _(ym_case_state_label((enum ym_case_state)i));
	w_dialog_choose(app, _("Cases of which state?"), labels, YM_N_CASE_STATES + 1, d->state + 1, filtered);
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct cases *d = state;
	struct ym_error err = { 0 };

	switch (c) {
	case UI_DO_CASES_BACK:
		return UI_POP;
	case UI_DO_STATE_FILTER:
		ask_state(app, d);
		return UI_DIRTY;
	case UI_DO_STORY:
		if (d->n)
			w_dialog_input(app, _("Look at a case"), _("For what purpose? It is logged with your account."), "", 2, 1, story);
		return UI_DIRTY;
	case UI_DO_REQUEST:
		if (d->n)
			w_dialog_input(app, _("Ask for the case"), _("Why does this desk need it?"), "", 2, 1, request);
		return UI_DIRTY;
	case UI_DO_CONTINUE:
		if (d->n && ui_app_ok(app, ym_station_continue_case(app->station, selected(d), &err), &err))
			s_global_show_visit(app);
		return UI_DIRTY;
	default:
		return UI_PASS;
	}
}

static enum ui_style
lamp_style(const char *lamp)
{
	return !strcmp(lamp, "red") || !strcmp(lamp, "black") || !strcmp(lamp, "yellow") ? UI_WARN : UI_DIM;
}

static const char *
lamp_word(const char *lamp)
{
	return !strcmp(lamp, "red") ? N_("late") : !strcmp(lamp, "black") ? N_("unlawfully late") : !strcmp(lamp, "yellow") ? N_("soon") : "";
}

static void
draw_row(const struct ui_area *a, int row, const struct ym_case_row *r, bool on)
{
	bool wide = a->cols >= 100;
	char when[24], due[64], no[48];
	int right, number = wide ? 30 : 16, name = number + 13;
	enum ui_style style = on ? UI_BOLD : UI_NORMAL;

	ui_canvas_text(a, row, 1, UI_ACCENT, on ? "▸" : " ");
	/* The day and the serial at its end tell cases apart; the desk in front is mostly this one. */
	if (!wide && strlen(r->case_no) > NUMBER_TAIL)
		ui_util_format(no, sizeof no, "…%.39s", r->case_no + strlen(r->case_no) - NUMBER_TAIL);
	else
		ui_util_copy(no, sizeof no, r->case_no);
	ui_canvas_cell(a, row, 3, number, style, no);
	ui_canvas_cell(a, row, number + 4, 8, style, r->who);
	if (*lamp_word(r->lamp))
		ui_util_format(due, sizeof due, "%s %s", r->due, _(lamp_word(r->lamp)));
	else
		ui_util_copy(due, sizeof due, r->due);
	right = a->cols - 1;
	ui_canvas_text(a, row, right - 1, r->synced ? UI_DIM : UI_WARN, r->synced ? " " : "⇅");
	right -= 2;
	if (wide) {
		right = ui_canvas_right(a, row, right, UI_DIM, ui_util_moment(when, sizeof when, r->at)) - 1;
		ui_canvas_cell(a, row, right - 18, 17, lamp_style(r->lamp), due);
		right -= 19;
	}
	ui_canvas_cell(a, row, right - 12, 12, UI_ACCENT, _(ym_case_state_label(r->state)));
	ui_canvas_cell(a, row, name, right - 13 - name, style, r->item_name);
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct cases *d = state;
	char place[120];
	int col = ui_canvas_text(a, 0, 1, UI_DIM, _("Search")) + 2, right;

	if (d->n)
		ui_util_format(place, sizeof place, _("%1$lld-%2$lld of %3$lld"), (long long)d->skipped + 1, (long long)d->skipped + d->n, (long long)d->total);
	else
		place[0] = 0;
	right = ui_canvas_right(a, 0, a->cols - 1, UI_DIM, place);
	if (d->state >= 0)
		right = ui_canvas_right(a, 0, right - 2, UI_ACCENT, _(ym_case_state_label((enum ym_case_state)d->state)));
	w_text_draw(&d->query, a, 0, col, ui_util_clamp(right - col - 2, 2, 32), true);
	for (int i = 0; i < d->n && 2 + i < a->rows; i++)
		draw_row(a, 2 + i, &d->rows[i], i == d->sel);
	if (d->names)
		ui_canvas_print(a, ui_util_clamp(2 + d->n, 2, a->rows - 1), 3, UI_DIM, _("Names are still being read, newest first: %1$d of %2$lld."), d->names,
			(long long)d->total);
	else if (!d->n)
		ui_canvas_text(a, 2, 3, UI_DIM, _("No case answers to that."));
}

const struct ui_screen s_cases_screen = {
	.name = "cases", .title = N_("Cases"), .context = UI_IN_CASES, .state_size = sizeof(struct cases),
	.open = open_cases, .event = event, .key = key, .command = command, .draw = draw,
};

void
s_cases_show(struct ui_app *app, const char *text)
{
	ui_screen_push(app, &s_cases_screen, text);
}
