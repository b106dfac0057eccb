/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The teaching sheet (s_teach.h). What the scanner types meanwhile is swallowed here.
 */
#include "s_teach.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "w_dialog.h"
#include "yimen/picture.h"
#include "yimen/scan.h"

struct teach {
	char code[40];
	char *picture;
	bool found;
	char fault[200];
};

static void
open_teach(struct ui_app *app, void *state, const void *arg)
{
	struct teach *d = state;

	ui_util_copy(d->code, sizeof d->code, arg);
	d->picture = ym_picture_qr(d->code);
}

static void
close_teach(struct ui_app *app, void *state)
{
	ym_station_teach_end(app->station);
	free(((struct teach *)state)->picture);
}

static int
event(struct ui_app *app, void *state, const struct ui_event *event)
{
	struct teach *d = state;
	struct ym_error err = { 0 };
	enum ym_code code = ym_station_taught(app->station, &err);

	d->found = code == YM_OK;
	if (code != YM_OK && code != YM_BUSY)
		ui_app_error_text(&err, d->fault, sizeof d->fault);
	return UI_DIRTY;
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	/* The scanner types into the terminal too until it is ours. */
	return ui_key_is_text(k) || k->code == UI_KEY_ENTER || k->code == UI_KEY_TAB ? UI_DONE : UI_PASS;
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	return c == UI_DO_CANCEL ? UI_POP : c == UI_DO_OK ? UI_DONE : UI_PASS;
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct teach *d = state;
	struct ui_area sheet = w_dialog_sheet(a, 17, _("Add a scanner"));
	const char *line = d->picture ? d->picture : "";
	int row = 0;

	for (; *line && row < sheet.rows; row++) {
		char text[200];
		size_t n = strcspn(line, "\n");

		ui_util_format(text, sizeof text, "%.*s", (int)n, line);
		ui_canvas_text(&sheet, row, 2, UI_NORMAL, text);
		line += n + (line[n] == '\n');
	}
	ui_canvas_text(&sheet, 1, 32, UI_BOLD, d->code);
	if (d->found)
		ui_canvas_wrap(&sheet, 3, 32, sheet.cols - 34, 5, UI_ACCENT, _("✓ The scanner is known now and belongs to this desk. Esc closes."));
	else if (*d->fault)
		ui_canvas_wrap(&sheet, 3, 32, sheet.cols - 34, 5, UI_WARN, d->fault);
	else
		ui_canvas_wrap(&sheet, 3, 32, sheet.cols - 34, 6, UI_NORMAL,
			_("Scan this code with the scanner. Keyboards are only listened to for this code, and no keyboard is taken. Esc gives up."));
	ui_canvas_park(&sheet, 1, 32);
}

static const struct ui_screen s_teach_screen = {
	.name = "teach", .title = "", .context = UI_IN_DIALOG, .is_dialog = true, .state_size = sizeof(struct teach),
	.open = open_teach, .close = close_teach, .event = event, .key = key, .command = command, .draw = draw,
};

void
s_teach_show(struct ui_app *app)
{
	struct ym_error err = { 0 };
	char code[40];

	if (ui_app_ok(app, ym_station_teach(app->station, code, &err), &err))
		ui_screen_push(app, &s_teach_screen, code);
}
