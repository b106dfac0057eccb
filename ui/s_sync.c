/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The state of synchronisation (s_sync.h).
 */
#include "s_sync.h"

#include <inttypes.h>

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "yimen/text.h"

struct sync {
	struct ym_sync_status status;
};

static void
refresh(struct ui_app *app, void *state)
{
	ym_station_sync_status(app->station, &((struct sync *)state)->status);
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	(void)state;
	if (c == UI_DO_SYNC_BACK || c == UI_DO_SYNC)
		return UI_POP;
	if (c != UI_DO_TRY_NOW)
		return UI_PASS;
	ym_station_sync_now(app->station);
	ui_app_say(app, UI_NORMAL, "%s", _("Connecting ..."));
	return UI_DIRTY;
}

static const char *
advice(int lamp)
{
	switch (lamp) {
	case YM_LAMP_OK:
		return N_("The central holds everything this desk has decided, and the counts agree.");
	case YM_LAMP_PENDING:
		return N_("Being sent. You can go on working.");
	case YM_LAMP_NO_LINK:
		return N_("No connection. Everything is kept here and goes out by itself when the line is back.");
	case YM_LAMP_PORTAL:
		return N_("Something else answers instead of the central (a login page?). Sign in to the network in a browser.");
	case YM_LAMP_CERTIFICATE:
		return N_("The central's certificate is not trusted or has expired. Tell the maintainer; nothing is sent.");
	case YM_LAMP_CLOCK:
		return N_("This computer's clock differs too much. Set date and time, then try again.");
	case YM_LAMP_BUSY:
		return N_("The central is busy and asked to wait.");
	case YM_LAMP_REFUSED:
		return N_("The central refuses this desk. Tell the maintainer; everything is kept here.");
	case YM_LAMP_FORKED:
		return N_("The central holds another history of this desk. Stop deciding and tell the maintainer.");
	}
	return N_("This desk is not connected to a central.");
}

static void
line(const struct ui_area *a, int row, const char *label, const char *value)
{
	ui_canvas_cell(a, row, 3, 26, UI_DIM, label);
	ui_canvas_text(a, row, 30, UI_NORMAL, value);
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct ym_sync_status *s = &((const struct sync *)state)->status;
	bool warn = s->state > YM_LAMP_PENDING;
	char text[64];
	int row = 1;

	ui_canvas_print(a, row, 3, warn ? UI_WARN : UI_ACCENT_BOLD, "%s %s", warn ? "!" : "⇅", _(ym_station_lamp_label(s->state)));
	row += 1 + ui_canvas_wrap(a, row + 1, 3, ui_util_clamp(a->cols - 6, 2, 90), 2, UI_NORMAL, _(advice(s->state)));
	if (*s->detail)
		ui_canvas_print(a, row++, 3, UI_DIM, "%s", s->detail);
	row++;
	line(a, row++, _("Waiting to be sent"), ui_util_format(text, sizeof text, "%" PRId64, s->pending));
	line(a, row++, _("Came back to repair"), ui_util_format(text, sizeof text, "%" PRId64, s->quarantined));
	line(a, row++, _("Last event here"), ui_util_format(text, sizeof text, "%" PRId64, s->head));
	line(a, row++, _("Held by the central up to"), ui_util_format(text, sizeof text, "%" PRId64, s->acked));
	line(a, row++, _("Last success"), s->last_ok_at ? ui_util_moment(text, sizeof text, s->last_ok_at) : _("never"));
	if (s->next_try_at)
		line(a, row++, _("Next attempt"), ui_util_moment(text, sizeof text, s->next_try_at));
	ui_canvas_park(a, 1, 1);
}

const struct ui_screen s_sync_screen = {
	.name = "sync", .title = N_("Sync"), .context = UI_IN_SYNC, .state_size = sizeof(struct sync),
	.refresh = refresh, .command = command, .draw = draw,
};
