/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The locked screen (s_lock.h). It covers the whole stack; what lies below comes back as it was.
 */
#include "s_lock.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_sign_in.h"
#include "util.h"
#include "w_fields.h"

struct lock {
	struct w_fields form;
	char account[80], name[96];
	bool running, by_token;
};

static void
open_lock(struct ui_app *app, void *state, const void *arg)
{
	struct lock *d = state;

	(void)arg;
	d->by_token = ym_station_by_token(app->station);
	w_fields_add(&d->form, d->by_token ? _("PIN") : _("Password"), NULL)->text.secret = true;
	ui_util_copy(d->account, sizeof d->account, ym_station_account(app->station));
	ui_util_copy(d->name, sizeof d->name, ym_station_account_name(app->station));
}

static int
submit(struct ui_app *app, struct lock *d)
{
	struct w_field *password = &d->form.fields[0];
	struct ym_error err = { 0 };
	enum ym_code code;

	if (d->running || !*password->text.text)
		return UI_DIRTY;
	code = d->by_token ? ym_station_sign_in_token(app->station, d->account, password->text.text, &err)
		: ym_station_sign_in(app->station, d->account, password->text.text, &err);
	w_text_wipe(&password->text);
	if (code != YM_OK) {
		ui_app_error_text(&err, password->error, sizeof password->error);
		return UI_DIRTY;
	}
	d->running = true;
	ui_app_hold(app, true);
	return UI_DIRTY;
}

static int
event(struct ui_app *app, void *state, const struct ui_event *event)
{
	struct lock *d = state;
	struct ym_error err = { 0 };
	enum ym_code code;

	if (event->kind != UI_EVENT_NOTICE || event->notice != YM_NOTICE_SIGN_IN || !d->running)
		return UI_DONE;
	code = ym_station_sign_in_result(app->station, &err);
	if (code == YM_BUSY)
		return UI_DONE;
	d->running = false;
	ui_app_hold(app, false);
	if (code == YM_OK) {
		ui_frame_refresh(&app->frame, app->station);
		return UI_POP;
	}
	ui_app_error_text(&err, d->form.fields[0].error, sizeof d->form.fields[0].error);
	return UI_DIRTY;
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	(void)app;
	return w_fields_key(&((struct lock *)state)->form, k);
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct lock *d = state;

	if (c == UI_DO_UNLOCK)
		return submit(app, d);
	if (c != UI_DO_UNLOCK_TOKEN)
		return UI_PASS;
	if (!d->running)
		s_sign_in_turn(app, d->account, &d->form.fields[0], &d->by_token);
	return UI_DIRTY;
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct lock *d = state;
	int col = a->cols > 60 ? (a->cols - 56) / 2 : 2, row = a->rows / 4;

	ui_canvas_text(a, row, col, UI_ACCENT_BOLD, _("Locked"));
	ui_canvas_print(a, row + 1, col, UI_NORMAL, "%s (%s)", d->name, d->account);
	ui_canvas_text(a, row + 2, col, UI_DIM, _("Everything is as it was when the screen locked."));
	row += 4;
	row += w_fields_draw(&d->form, a, row, col - 2, 56);
	if (d->running)
		ui_canvas_text(a, row + 1, col, UI_DIM, d->by_token ? _("Asking the token ...") : _("Checking the password ..."));
}

const struct ui_screen s_lock_screen = {
	.name = "lock", .title = "", .context = UI_IN_LOCK, .is_bare = true, .state_size = sizeof(struct lock),
	.open = open_lock, .event = event, .key = key, .command = command, .draw = draw,
};

void
s_lock_show(struct ui_app *app)
{
	/* Over the sign-in screen alone there is nothing to hide. */
	if (ui_screen_depth(app) > 1 && !ui_screen_is_open(app, &s_lock_screen))
		ui_screen_push(app, &s_lock_screen, NULL);
}
