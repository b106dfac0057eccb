/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The home screen (s_home.h): one bar moves through the open visit, the queue, the parked visits and the alerts; Enter
 * does what the row is for.
 */
#include "s_home.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_cases.h"
#include "s_find.h"
#include "s_global.h"
#include "s_guide.h"
#include "s_ticket.h"
#include "s_visit.h"
#include "util.h"
#include "w_dialog.h"
#include "w_list.h"
#include "yimen/text.h"

#define TICKETS 200
#define PARKED 40
#define ALERTS 40
enum row_kind { ROW_SHIFT, ROW_CLOCK, ROW_VISIT, ROW_TICKET, ROW_PARKED, ROW_ALERT };
struct home_row {
	enum row_kind kind;
	int index;
};
struct home {
	struct ym_ticket tickets[TICKETS];
	struct ym_parked parked[PARKED];
	struct ym_alert alerts[ALERTS];
	int n_tickets, n_parked, n_alerts;
	struct ym_tally tally;
	char at_window[160], doubt[200];
	struct home_row rows[TICKETS + PARKED + ALERTS + 3];
	struct w_list bar;
};

static const char *const class_words[] = {
	[YM_TICKET_URGENT] = N_("Urgent"), [YM_TICKET_PRIORITY] = N_("Priority"), [YM_TICKET_CARRY] = N_("Carried over"),
	[YM_TICKET_APPOINTMENT] = N_("Appointment"), [YM_TICKET_ORDINARY] = N_("Ordinary"),
};

static void
add_rows(struct home *d, enum row_kind kind, int n)
{
	for (int i = 0; i < n; i++)
		d->rows[d->bar.n++] = (struct home_row){ kind, i };
}

static void
describe_visit(struct home *d, struct ym_visit *v)
{
	char name[64] = "";

	d->at_window[0] = 0;
	if (!v)
		return;
	if (ym_visit_n_persons(v))
		ym_text_mask_name(name, sizeof name, ym_visit_person(v, 0)->name);
	ui_util_format(d->at_window, sizeof d->at_window, "%s  %s  %s", *ym_visit_ticket(v) ? ym_visit_ticket(v) : _("no ticket"), name,
		ym_visit_claim(v));
}

static void
refresh(struct ui_app *app, void *state)
{
	struct home *d = state;
	struct ym_station *s = app->station;
	const char *doubt = ym_station_clock_doubt(s);
	int sel = d->bar.sel;

	d->n_tickets = ym_station_tickets(s, d->tickets, TICKETS);
	d->n_parked = ym_station_parked(s, d->parked, PARKED);
	d->n_alerts = ym_station_alerts(s, d->alerts, ALERTS);
	ym_station_tally(s, &d->tally);
	describe_visit(d, ym_station_visit(s));
	ui_util_copy(d->doubt, sizeof d->doubt, *doubt ? _(doubt) : "");
	d->bar.n = 0;
	add_rows(d, ROW_CLOCK, *d->doubt != 0);
	add_rows(d, ROW_SHIFT, !ym_station_shift_is_open(s));
	add_rows(d, ROW_VISIT, *d->at_window != 0);
	add_rows(d, ROW_TICKET, d->n_tickets);
	add_rows(d, ROW_PARKED, d->n_parked);
	add_rows(d, ROW_ALERT, d->n_alerts);
	w_list_set(&d->bar, d->bar.n);
	w_list_select(&d->bar, sel);
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	return w_list_key(&((struct home *)state)->bar, k, ui_app_rows(app) - 8);
}

static const struct home_row *
selected(const struct home *d)
{
	return d->bar.n ? &d->rows[d->bar.sel] : NULL;
}

static const struct ym_ticket *
selected_ticket(struct ui_app *app, const struct home *d)
{
	const struct home_row *row = selected(d);

	if (row && row->kind == ROW_TICKET)
		return &d->tickets[row->index];
	ui_app_say(app, UI_WARN, "! %s", _("Choose a ticket first."));
	return NULL;
}

static void
begin(struct ui_app *app, enum ym_code code, const struct ym_error *err)
{
	if (ui_app_ok(app, code, err))
		s_global_show_visit(app);
}

static void
open_row(struct ui_app *app, struct home *d)
{
	const struct home_row *row = selected(d);
	struct ym_error err = { 0 };

	switch (row ? row->kind : ROW_VISIT) {
	case ROW_CLOCK:
		if (ui_app_ok(app, ym_station_confirm_clock(app->station, &err), &err))
			ui_app_say(app, UI_NORMAL, "%s", _("The clock is confirmed."));
		break;
	case ROW_SHIFT:
		if (ui_app_ok(app, ym_station_open_shift(app->station, &err), &err))
			ui_app_say(app, UI_NORMAL, "%s", _("The shift is open."));
		break;
	case ROW_VISIT:
		if (row)
			s_global_show_visit(app);
		else
			begin(app, ym_station_walk_in(app->station, &err), &err);
		return;
	case ROW_TICKET:
		begin(app, ym_station_call(app->station, d->tickets[row->index].id, &err), &err);
		return;
	case ROW_PARKED:
		begin(app, ym_station_resume(app->station, d->parked[row->index].visit, &err), &err);
		return;
	case ROW_ALERT:
		if (*d->alerts[row->index].case_no)
			s_cases_show(app, d->alerts[row->index].case_no);
		return;
	}
	refresh(app, d);
}

static int
carried(struct ui_app *app, void *state, int value, const char *text)
{
	struct home *d = state;
	const struct ym_ticket *t = selected_ticket(app, d);
	struct ym_error err = { 0 };

	(void)value;
	if (t && ui_app_ok(app, ym_station_carry_over(app->station, t->id, text, &err), &err))
		ui_app_say(app, UI_NORMAL, _("%s comes first tomorrow."), t->no);
	refresh(app, d);
	return UI_DIRTY;
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct home *d = state;
	struct ym_error err = { 0 };
	const struct ym_ticket *t;

	switch (c) {
	case UI_DO_OPEN:
		open_row(app, d);
		return UI_DIRTY;
	case UI_DO_WALK_IN:
		begin(app, ym_station_walk_in(app->station, &err), &err);
		return UI_DIRTY;
	case UI_DO_FIND_ITEM:
		s_find_show(app, false);
		return UI_DIRTY;
	case UI_DO_FIND_CASE:
		s_cases_show(app, "");
		return UI_DIRTY;
	case UI_DO_TICKET:
		s_ticket_new(app);
		return UI_DIRTY;
	case UI_DO_MISS:
		t = selected_ticket(app, d);
		if (t && ui_app_ok(app, ym_station_miss(app->station, t->id, &err), &err))
			ui_app_say(app, UI_NORMAL, _("%s did not come."), t->no);
		refresh(app, d);
		return UI_DIRTY;
	case UI_DO_CARRY:
		if (selected_ticket(app, d))
			w_dialog_input(app, _("Carry over to tomorrow"), _("The reason that the citizen is told:"), "", 4, 1, carried);
		return UI_DIRTY;
	case UI_DO_TO_GUIDE:
		if (ym_station_guides(app->station))
			s_guide_show(app);
		else
			ui_app_say(app, UI_WARN, "! %s", _("This account does not hold the post of the guide desk."));
		return UI_DIRTY;
	case UI_DO_CLOCK:
		if (*d->doubt && ui_app_ok(app, ym_station_confirm_clock(app->station, &err), &err))
			refresh(app, d);
		return UI_DIRTY;
	default:
		return UI_PASS;
	}
}

/* -- drawing -- */

static void
draw_tally(const struct home *d, const struct ui_area *a)
{
	const struct ym_tally *t = &d->tally;
	char text[200];

	ui_canvas_print(a, 0, 1, UI_NORMAL, ngettext("%d waiting, longest %d min", "%d waiting, longest %d min", (unsigned long)t->waiting),
		t->waiting, t->longest_wait_min);
	/* TRANSLATORS: visits closed today, cases returned, average time of a visit */
	ui_util_format(text, sizeof text, _("Today %1$d done, %2$d returned, average %3$d min %4$02d s"), t->completed, t->returned,
		t->avg_seconds / 60, t->avg_seconds % 60);
	ui_canvas_right(a, 0, a->cols - 1, UI_DIM, text);
}

static void
draw_ticket(const struct ui_area *a, int row, const struct ym_ticket *t, bool on)
{
	int cls = 4;
	enum ui_style style = on ? UI_BOLD : UI_NORMAL;
	char sub[32] = "", wait[40];
	int right;

	for (int i = 0; i < UI_LEN(class_words); i++)
		if (ym_text_width(_(class_words[i])) > cls)
			cls = ym_text_width(_(class_words[i]));
	if (t->missed)
		ui_util_copy(sub, sizeof sub, _("no show"));
	else if (*t->appointment)
		ui_util_copy(sub, sizeof sub, t->appointment);
	if (t->early)
		ui_util_format(wait, sizeof wait, _("early"));
	else
		ui_util_format(wait, sizeof wait, _("%3d min"), t->wait_min);
	right = ui_canvas_right(a, row, a->cols - 2, t->wait_min >= 20 ? UI_WARN : UI_DIM, wait);
	ui_canvas_cell(a, row, 3, 6, style, t->no);
	ui_canvas_cell(a, row, 10, cls, t->cls <= YM_TICKET_CARRY ? UI_ACCENT : UI_DIM, _(class_words[t->cls]));
	ui_canvas_cell(a, row, cls + 12, 7, UI_DIM, sub);
	/* chosen at the guide desk: the visit opens with them */
	if (t->n_items)
		ui_canvas_text(a, row, cls + 19, UI_ACCENT, "✓");
	ui_canvas_cell(a, row, cls + 21, right - cls - 22, style, *t->claim ? t->claim : "—");
}

static void
draw_row(const struct home *d, const struct ui_area *a, int row, const struct home_row *r, bool on)
{
	char when[16];
	int right;

	switch (r->kind) {
	case ROW_CLOCK:
		ui_canvas_print(a, row, 3, UI_WARN, "! %s", d->doubt);
		break;
	case ROW_SHIFT:
		ui_canvas_text(a, row, 3, on ? UI_BOLD : UI_NORMAL, _("No shift is open: press Enter to open it."));
		break;
	case ROW_VISIT:
		ui_canvas_print(a, row, 3, UI_ACCENT_BOLD, "%s  %s", _("At the window"), d->at_window);
		break;
	case ROW_TICKET:
		draw_ticket(a, row, &d->tickets[r->index], on);
		break;
	case ROW_PARKED:
		right = ui_canvas_right(a, row, a->cols - 2, UI_DIM, ui_util_clock(when, sizeof when, d->parked[r->index].since));
		ui_canvas_cell(a, row, 3, 24, on ? UI_BOLD : UI_NORMAL, d->parked[r->index].title);
		ui_canvas_cell(a, row, 28, right - 29, UI_DIM, d->parked[r->index].why);
		break;
	case ROW_ALERT:
		ui_canvas_text(a, row, 3, d->alerts[r->index].weight == YM_NOTE ? UI_DIM : UI_WARN,
			d->alerts[r->index].weight == YM_NOTE ? "·" : "!");
		ui_canvas_cell(a, row, 5, a->cols - 6, on ? UI_BOLD : UI_NORMAL, d->alerts[r->index].text);
		break;
	}
}

/* Lines a row takes, with its group's heading. */
static const char *
heading(const struct home *d, int i)
{
	enum row_kind kind = d->rows[i].kind;

	if (i && d->rows[i - 1].kind == kind)
		return NULL;
	return kind == ROW_PARKED ? N_("Parked") : kind == ROW_ALERT ? N_("Alerts") : NULL;
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct home *d = state;
	int lines = 0, first = 0, row = 2, sel_line = 0, rows = a->rows - 2;

	draw_tally(d, a);
	if (!d->bar.n || (d->rows[d->bar.n - 1].kind < ROW_TICKET))
		ui_canvas_text(a, d->bar.n + 3, 3, UI_DIM, _("Nobody is waiting. Enter or F2 serves who stands here; F5 gives a ticket."));
	for (int i = 0; i < d->bar.n; i++) {
		lines += heading(d, i) ? 3 : 1;
		if (i == d->bar.sel)
			sel_line = lines;
	}
	/* The chosen row stays in sight with what comes after it. */
	if (sel_line > rows)
		first = sel_line - rows;
	row -= first;
	for (int i = 0; i < d->bar.n; i++) {
		const char *title = heading(d, i);
		bool on = i == d->bar.sel;

		if (title) {
			if (row + 1 >= 2)
				ui_canvas_text(a, row + 1, 1, UI_DIM, _(title));
			row += 2;
		}
		if (row >= 2 && row < a->rows) {
			ui_canvas_text(a, row, 1, UI_ACCENT, on ? "▸" : " ");
			draw_row(d, a, row, &d->rows[i], on);
			if (on)
				ui_canvas_park(a, row, 1);
		}
		row++;
	}
}

static const char *
status(const void *state)
{
	const struct home *d = state;
	const struct home_row *row = selected(d);

	return row && row->kind == ROW_TICKET ? _("C carries the ticket over to tomorrow") : NULL;
}

const struct ui_screen s_home_screen = {
	.name = "home", .title = "", .context = UI_IN_HOME, .state_size = sizeof(struct home),
	.refresh = refresh, .key = key, .command = command, .draw = draw, .status = status,
};
