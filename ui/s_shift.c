/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The shift report (s_shift.h).
 */
#include "s_shift.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_reader.h"
#include "util.h"

struct shift {
	char *text;
	bool is_open;
	int top;
};

static int
event(struct ui_app *app, void *state, const struct ui_event *event)
{
	struct shift *d = state;

	if (event->kind != UI_EVENT_SHOWN)
		return UI_DONE;
	free(d->text);
	d->text = ym_station_shift_report(app->station);
	d->is_open = ym_station_shift_is_open(app->station);
	return UI_DIRTY;
}

static void
close_shift(struct ui_app *app, void *state)
{
	(void)app;
	free(((struct shift *)state)->text);
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct shift *d = state;

	return s_reader_scroll(&d->top, s_reader_layout(d->text ? d->text : "", ui_app_cols(app) - 4, 0, NULL), ui_app_rows(app) - 2, k);
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	const struct ui_event again = { .kind = UI_EVENT_SHOWN };
	struct ym_error err = { 0 };

	if (c == UI_DO_SHIFT_BACK)
		return UI_POP;
	if (c == UI_DO_OPEN_SHIFT && ui_app_ok(app, ym_station_open_shift(app->station, &err), &err))
		ui_app_say(app, UI_NORMAL, "%s", _("The shift is open."));
	else if (c == UI_DO_CLOSE_SHIFT && ui_app_ok(app, ym_station_close_shift(app->station, &err), &err))
		ui_app_say(app, UI_NORMAL, "%s", _("The shift is closed."));
	else if (c != UI_DO_OPEN_SHIFT && c != UI_DO_CLOSE_SHIFT)
		return UI_PASS;
	return event(app, state, &again);
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct shift *d = state;
	struct ui_area text = ui_canvas_sub(a, 2, 2, a->rows - 2, a->cols - 4);
	char hint[80];

	ui_canvas_text(a, 0, 1, UI_ACCENT_BOLD, d->is_open ? _("The shift is open") : _("No shift is open"));
	ui_canvas_right(a, 0, a->cols - 1, UI_DIM, ui_command_hint(d->is_open ? UI_DO_CLOSE_SHIFT : UI_DO_OPEN_SHIFT, hint, sizeof hint));
	if (d->text)
		s_reader_layout(d->text, a->cols - 4, d->top, &text);
	ui_canvas_park(a, 0, 0);
}

const struct ui_screen s_shift_screen = {
	.name = "shift", .title = N_("Shift report"), .context = UI_IN_SHIFT, .state_size = sizeof(struct shift),
	.close = close_shift, .event = event, .key = key, .command = command, .draw = draw,
};
