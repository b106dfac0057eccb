/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What F1, F7, F8, F9, F10, F12 and their like do on every screen (s_global.h).
 */
#include "s_global.h"

#include "app.h"
#include "i18n.h"
#include "s_devices.h"
#include "s_hands.h"
#include "s_help.h"
#include "s_home.h"
#include "s_palette.h"
#include "s_scan.h"
#include "s_shift.h"
#include "s_sync.h"
#include "s_visit.h"
#include "w_dialog.h"
#include "yimen/practice.h"

static int
parked(struct ui_app *app, void *asker, int value, const char *text)
{
	struct ym_error err = { 0 };

	(void)asker;
	(void)value;
	s_visit_commit(app);
	if (!ui_app_ok(app, ym_station_park(app->station, text, &err), &err))
		return UI_DIRTY;
	ui_screen_back_to(app, &s_home_screen);
	ui_app_say(app, UI_NORMAL, "%s", _("The visit is parked; it resumes where it stopped."));
	return UI_DIRTY;
}

static void
show(struct ui_app *app, const struct ui_screen *screen)
{
	/* Once in the stack is enough: the key also leads back. */
	if (!ui_screen_back_to(app, screen))
		ui_screen_push(app, screen, NULL);
}

void
s_global_show_visit(struct ui_app *app)
{
	show(app, &s_visit_screen);
}

int
s_global_command(struct ui_app *app, enum ui_command command)
{
	switch (command) {
	case UI_DO_HELP:
		if (!ui_screen_is_open(app, &s_help_screen))
			ui_screen_push(app, &s_help_screen, NULL);
		return UI_DIRTY;
	case UI_DO_PALETTE:
		if (!ui_screen_is_open(app, &s_palette_screen))
			ui_screen_push(app, &s_palette_screen, NULL);
		return UI_DIRTY;
	case UI_DO_QUIT:
		s_visit_commit(app);
		return UI_QUIT;
	case UI_DO_LOCK:
		s_visit_commit(app);
		ym_station_lock(app->station);
		return UI_DIRTY;
	case UI_DO_DEVICES:
		show(app, &s_devices_screen);
		return UI_DIRTY;
	case UI_DO_SYNC:
		show(app, &s_sync_screen);
		return UI_DIRTY;
	case UI_DO_TYPE_SCAN:
		s_scan_type(app);
		return UI_DIRTY;
	case UI_DO_HANDS:
		if (ym_practice_hands(app->station))
			show(app, &s_hands_screen);
		else
			ui_app_say(app, UI_WARN, "! %s", _("The citizen's hands exist in practice only."));
		return UI_DIRTY;
	case UI_DO_PARK:
		if (ym_station_visit(app->station))
			w_dialog_input(app, _("Park the visit"), _("Why? (photo, a missing paper, an interruption; may stay empty)"), "", 0, 1, parked);
		else
			ui_app_say(app, UI_WARN, "! %s", _("No visit is open that could be parked."));
		return UI_DIRTY;
	case UI_DO_SHIFT:
		show(app, &s_shift_screen);
		return UI_DIRTY;
	default:
		return UI_DONE;
	}
}
