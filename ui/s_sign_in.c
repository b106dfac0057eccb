/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Signing in (s_sign_in.h). The derivation of the key runs in a child; keys typed meanwhile wait and are kept.
 */
#include "s_sign_in.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_guide.h"
#include "util.h"
#include "w_fields.h"
#include "yimen/practice.h"
#include "yimen/text.h"

enum { ACCOUNT, PASSWORD };
struct sign_in {
	struct w_fields form;
	char station[160], practice[200];
	bool running, by_token, bare_console;
};

static void
open_sign_in(struct ui_app *app, void *state, const void *arg)
{
	struct sign_in *d = state;
	const char *term = getenv("TERM");

	(void)arg;
	w_fields_add(&d->form, _("Account"), NULL)->text.max = 60;
	w_fields_add(&d->form, _("Password"), NULL)->text.secret = true;
	ui_util_format(d->station, sizeof d->station, _("%1$s window %2$s"), ym_station_name(app->station), ym_station_window(app->station));
	if (ym_station_is_practice(app->station)) {
		w_text_set(&d->form.fields[ACCOUNT].text, ym_practice_account());
		d->form.focus = PASSWORD;
		ui_util_format(d->practice, sizeof d->practice, _("Practice account %1$s, password %2$s"), ym_practice_account(),
			ym_practice_password());
	}
	d->bare_console = app->term && term && !strcmp(term, "linux") && ui_i18n_is_chinese();
}

static void
close_sign_in(struct ui_app *app, void *state)
{
	(void)app;
	w_text_wipe(&((struct sign_in *)state)->form.fields[PASSWORD].text);
}

static int
submit(struct ui_app *app, struct sign_in *d)
{
	struct w_field *account = &d->form.fields[ACCOUNT], *password = &d->form.fields[PASSWORD];
	struct ym_error err = { 0 };
	enum ym_code code;

	if (d->running)
		return UI_DONE;
	if (!*account->text.text || !*password->text.text) {
		d->form.focus = *account->text.text ? PASSWORD : ACCOUNT;
		return UI_DIRTY;
	}
	w_text_normalize(&account->text);
	code = d->by_token ? ym_station_sign_in_token(app->station, account->text.text, password->text.text, &err)
		: ym_station_sign_in(app->station, account->text.text, password->text.text, &err);
	w_text_wipe(&password->text);
	d->form.focus = PASSWORD;
	if (code != YM_OK) {
		ui_app_error_text(&err, password->error, sizeof password->error);
		return UI_DIRTY;
	}
	password->error[0] = 0;
	d->running = true;
	ui_app_hold(app, true);
	return UI_DIRTY;
}

static int
on_result(struct ui_app *app, struct sign_in *d)
{
	struct ym_error err = { 0 };
	enum ym_code code = ym_station_sign_in_result(app->station, &err);

	if (!d->running || code == YM_BUSY)
		return UI_DONE;
	d->running = false;
	ui_app_hold(app, false);
	if (code != YM_OK) {
		ui_app_error_text(&err, d->form.fields[PASSWORD].error, sizeof d->form.fields[PASSWORD].error);
		return UI_DIRTY;
	}
	ui_frame_refresh(&app->frame, app->station);
	s_guide_begin(app);
	return UI_DIRTY;
}

static int
event(struct ui_app *app, void *state, const struct ui_event *event)
{
	if (event->kind == UI_EVENT_NOTICE && event->notice == YM_NOTICE_SIGN_IN)
		return on_result(app, state);
	return UI_DONE;
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct sign_in *d = state;

	(void)app;
	d->form.fields[PASSWORD].error[0] = 0;
	return w_fields_key(&d->form, k);
}

void
s_sign_in_turn(struct ui_app *app, const char *account, struct w_field *secret, bool *by_token)
{
	w_text_wipe(&secret->text);
	secret->error[0] = 0;
	if (!*by_token && !ym_station_has_token(app->station, account)) {
		ui_util_copy(secret->error, sizeof secret->error, _("This account has no token at this desk"));
		return;
	}
	*by_token = !*by_token;
	secret->label = *by_token ? _("PIN") : _("Password");
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct sign_in *d = state;

	if (c == UI_DO_SIGN_IN)
		return submit(app, state);
	if (c == UI_DO_TOKEN && !d->running) {
		s_sign_in_turn(app, d->form.fields[ACCOUNT].text.text, &d->form.fields[PASSWORD], &d->by_token);
		return UI_DIRTY;
	}
	return c == UI_DO_LEAVE ? UI_QUIT : UI_PASS;
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct sign_in *d = state;
	int width = 56, col = (a->cols - width) / 2, row = a->rows / 4;

	if (col < 2)
		col = 2;
	ui_canvas_text(a, row, col, UI_ACCENT_BOLD, "一门");
	ui_canvas_text(a, row, col + 6, UI_DIM, _("One door for every police service"));
	ui_canvas_text(a, row + 1, col, UI_BOLD, d->station);
	row += 4;
	row += w_fields_draw(&d->form, a, row, col - 2, width);
	if (d->running)
		ui_canvas_text(a, row + 1, col, UI_DIM, d->by_token ? _("Asking the token ...") : _("Checking the password ..."));
	else if (*d->practice)
		ui_canvas_text(a, row + 1, col, UI_ACCENT, d->practice);
	if (d->bare_console)
		ui_canvas_wrap(a, row + 3, col, width, 3, UI_WARN,
			"This console draws no Chinese characters. Use kmscon, fbterm or a desktop terminal, or start with LANGUAGE=en.");
}

const struct ui_screen s_sign_in_screen = {
	.name = "sign-in", .title = "", .context = UI_IN_SIGNIN, .is_bare = true, .state_size = sizeof(struct sign_in),
	.open = open_sign_in, .close = close_sign_in, .event = event, .key = key, .command = command, .draw = draw,
};
