/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The program from start to end: language, station, terminal, first screen, loop, and everything undone in reverse.
 * Here the station's notices become events and keys reach the stack. Not what any screen shows.
 */
#include "app.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "i18n.h"
#include "player.h"
#include "s_lock.h"
#include "s_scan.h"
#include "s_sign_in.h"
#include "term.h"
#include "util.h"
#include "yimen/practice.h"

void
ui_app_quit(struct ui_app *app, int exit_code)
{
	if (exit_code)
		app->exit_code = exit_code;
	ym_loop_quit(app->loop);
}

void
ui_app_dirty(struct ui_app *app)
{
	ym_loop_dirty(app->loop);
}

void
ui_app_say(struct ui_app *app, enum ui_style style, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(app->message, sizeof app->message, format, args);
	va_end(args);
	app->message_style = style;
	ui_app_dirty(app);
}

char *
ui_app_error_text(const struct ym_error *err, char *buf, size_t size)
{
	const char *text = err->msgid && *err->msgid ? _(err->msgid) : _("That did not work");

	if (*err->subject)
		return ui_util_format(buf, size, _("%1$s: %2$s"), _(err->subject), text);
	return ui_util_copy(buf, size, text);
}

void
ui_app_error(struct ui_app *app, const struct ym_error *err)
{
	char text[500];

	if (err->code != YM_OK && err->code != YM_CANCELLED)
		ui_app_say(app, UI_WARN, "! %s", ui_app_error_text(err, text, sizeof text));
}

bool
ui_app_ok(struct ui_app *app, enum ym_code code, const struct ym_error *err)
{
	if (code == YM_OK)
		return true;
	ui_app_error(app, err);
	return false;
}

int
ui_app_rows(const struct ui_app *app)
{
	int rows = app->canvas->rows - UI_FRAME_TOP - UI_FRAME_BOTTOM;

	return rows < 1 ? 1 : rows;
}

int
ui_app_cols(const struct ui_app *app)
{
	return app->canvas->cols;
}

static void
draw(struct ui_app *app)
{
	struct ui_area all = ui_canvas_area(app->canvas), body;
	const struct ui_screen *top = ui_screen_top(app);
	const char *status;

	ui_canvas_erase(app->canvas);
	if (all.rows < UI_FRAME_ROWS || all.cols < UI_FRAME_COLS) {
		/* Practice is never to be mistaken, not even here. */
		ui_canvas_print(&all, all.rows / 2, 0, app->frame.practice ? UI_PRACTICE : UI_BOLD, "%s%s",
			app->frame.practice ? _("PRACTICE") : "", app->frame.practice ? " " : "");
		ui_canvas_wrap(&all, all.rows / 2 + 1, 0, all.cols, 3, UI_NORMAL,
			_("Please make the window larger: 80 columns and 24 rows are needed."));
		return;
	}
	if (!top)
		return;
	body = ui_canvas_sub(&all, UI_FRAME_TOP, 0, ui_app_rows(app), all.cols);
	ui_canvas_park(&all, all.rows - 1, 0);
	ui_screen_draw(app, &body);
	ui_frame_draw_top(&app->frame, &all, *top->title ? _(top->title) : "", top->is_bare);
	status = ui_screen_status(app);
	if (*app->message)
		ui_canvas_cell(&all, all.rows - 3, 1, all.cols - 2, app->message_style, app->message);
	else if (status)
		ui_canvas_cell(&all, all.rows - 3, 1, all.cols - 2, UI_DIM, status);
	ui_canvas_rule(&all, all.rows - 2);
	ui_frame_draw_bar(&all, all.rows - 1, ui_screen_context(app, 0));
}

void
ui_app_paint(struct ui_app *app)
{
	draw(app);
	if (app->term)
		ui_term_paint(app->term, app->canvas);
}

static void
on_paint(void *user)
{
	ui_app_paint(user);
}

static void
dispatch(struct ui_app *app, const struct ui_key *key)
{
	app->message[0] = 0;
	ui_screen_key(app, key);
	ui_app_dirty(app);
}

static void
release_held(struct ui_app *app)
{
	int i = 0;

	while (i < app->n_held && !app->holding && !ym_loop_has_quit(app->loop)) {
		struct ui_key key = app->held[i++];

		dispatch(app, &key);
	}
	app->n_held -= i;
	memmove(app->held, app->held + i, (size_t)app->n_held * sizeof *app->held);
}

void
ui_app_key(struct ui_app *app, const struct ui_key *key)
{
	app->n_keys++;
	ym_station_touch(app->station);
	if (!app->holding) {
		dispatch(app, key);
		return;
	}
	if (app->n_held < UI_APP_HELD_MAX)
		app->held[app->n_held++] = *key;
}

void
ui_app_hold(struct ui_app *app, bool on)
{
	app->holding = on;
	ui_app_dirty(app);
}

static void
on_input(void *user, int fd, short revents)
{
	struct ui_app *app = user;
	struct ui_key keys[UI_APP_BATCH];
	bool more = true;

	(void)fd;
	while (more && !ym_loop_has_quit(app->loop)) {
		int n = 0, at;

		while (n < UI_APP_BATCH && (more = ui_term_read(app->term, &keys[n])))
			n++;
		at = s_scan_burst(app, keys, n);
		if (!at && n && s_scan_paced(app, keys, n, ui_util_now_ms()))
			at = n;
		for (; at < n && !ym_loop_has_quit(app->loop); at++)
			if (!s_scan_prefixed(app, &keys[at]))
				ui_app_key(app, &keys[at]);
		s_scan_advise(app);
		explicit_bzero(keys, (size_t)n * sizeof *keys);
	}
	/* Hang-up: the terminal is gone. Drafts are saved as always. */
	if (revents & (POLLHUP | POLLERR | POLLNVAL))
		ui_app_quit(app, 0);
}

static void
on_resize(void *user, int signo)
{
	struct ui_app *app = user;
	int rows, cols;

	(void)signo;
	ui_term_size(app->term, &rows, &cols);
	ui_canvas_resize(app->canvas, rows, cols);
	ui_app_dirty(app);
}

static void
on_end_signal(void *user, int signo)
{
	(void)signo;
	ui_app_quit(user, 0);
}

static void
on_notice(void *user, enum ym_notice what)
{
	struct ui_app *app = user;
	const struct ui_event event = { .kind = UI_EVENT_NOTICE, .notice = what };

	ui_frame_refresh(&app->frame, app->station);
	if (what == YM_NOTICE_LOCKED) {
		s_lock_show(app);
	} else {
		ui_screen_event(app, &event);
		if (what == YM_NOTICE_SCAN)
			s_scan_notice(app);
		release_held(app);
	}
	ui_app_dirty(app);
}

static void
on_delay(void *user)
{
	struct ui_app *app = user;
	const struct ui_event event = { .kind = UI_EVENT_DELAY };

	app->delay = 0;
	ui_screen_event(app, &event);
}

void
ui_app_delay(struct ui_app *app, int64_t ms)
{
	ym_loop_remove(app->loop, app->delay);
	app->delay = ym_loop_add_timer(app->loop, "typing pause", ms, on_delay, app);
}

static void
on_minute(void *user)
{
	struct ui_app *app = user;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	app->minute = ym_loop_add_timer(app->loop, "minute", (60 - now.tv_sec % 60) * 1000, on_minute, app);
	ui_frame_refresh(&app->frame, app->station);
	ui_app_dirty(app);
}

static bool
open_station(struct ui_app *app)
{
	const struct ym_station_options opt = { .dir = app->options.dir };
	struct ym_error err = { 0 };
	enum ym_code code;
	char text[500];

	code = app->options.practice ? ym_practice_open(app->loop, app->options.dir, app->options.pack, false, &app->station, &err) :
		ym_station_open(app->loop, &opt, &app->station, &err);
	if (code != YM_OK)
		fprintf(stderr, "yimen: %s\n", ui_app_error_text(&err, text, sizeof text));
	return code == YM_OK;
}

/* Without a terminal a script draws in memory only. */
static bool
open_terminal(struct ui_app *app)
{
	struct ym_error err = { 0 };
	int rows = 24, cols = 80;

	if (!app->options.keys || (isatty(0) && isatty(1) && !app->options.rows)) {
		char text[500];

		if (ui_term_open(app->options.mono, &app->term, &err) != YM_OK) {
			fprintf(stderr, "yimen: %s\n", ui_app_error_text(&err, text, sizeof text));
			return false;
		}
		ui_term_size(app->term, &rows, &cols);
	} else if (app->options.rows) {
		rows = app->options.rows;
		cols = app->options.columns;
	}
	app->canvas = ui_canvas_new(rows, cols);
	app->canvas->ascii = app->options.ascii;
	return true;
}

static void
attach(struct ui_app *app)
{
	if (app->term) {
		app->input = ym_loop_add_fd(app->loop, "keys", YM_PRIO_KEYS, STDIN_FILENO, POLLIN, on_input, app);
		app->winch = ym_loop_add_signal(app->loop, "window size", SIGWINCH, on_resize, app);
	}
	app->term_signal = ym_loop_add_signal(app->loop, "termination", SIGTERM, on_end_signal, app);
	app->hup = ym_loop_add_signal(app->loop, "hang-up", SIGHUP, on_end_signal, app);
	ym_loop_set_paint(app->loop, on_paint, app);
	ym_station_set_listener(app->station, on_notice, app);
	on_minute(app);
}

static void
detach(struct ui_app *app)
{
	ym_source *sources[] = { &app->input, &app->winch, &app->term_signal, &app->hup, &app->delay, &app->minute, &app->scan };

	ui_player_stop(app);
	for (int i = 0; i < UI_LEN(sources); i++)
		ym_loop_remove(app->loop, *sources[i]);
	if (app->station)
		ym_station_set_listener(app->station, NULL, NULL);
	ym_loop_set_paint(app->loop, NULL, NULL);
}

static int
run(struct ui_app *app)
{
	if (app->options.keys && !ui_player_load(app))
		return 2;
	if (!open_station(app) || !open_terminal(app))
		return 2;
	attach(app);
	ui_screen_push(app, &s_sign_in_screen, NULL);
	ui_app_paint(app);
	if (app->player)
		ui_player_start(app);
	ym_loop_run(app->loop);
	return app->exit_code;
}

int
ui_run(const struct ui_options *opt)
{
	struct ui_app *app;
	struct ym_error err = { 0 };
	int code = 2;

	if (!ui_i18n_init()) {
		fprintf(stderr, "%s\n", UI_I18N_NOT_UTF8);
		return 2;
	}
	app = ui_util_alloc(sizeof *app);
	app->options = *opt;
	if (ym_loop_new(&app->loop, &err) == YM_OK) {
		code = run(app);
		detach(app);
		ui_screen_pop_all(app);
		ui_term_close(app->term);
		ym_station_close(app->station);
		ym_loop_free(app->loop);
	} else {
		fprintf(stderr, "yimen: %s\n", _(err.msgid));
	}
	ui_player_free(app->player);
	ui_canvas_free(app->canvas);
	explicit_bzero(app, sizeof *app);
	free(app);
	return code;
}

bool
ui_parse_size(const char *text, int *ret_rows, int *ret_columns)
{
	int rows, cols, used = 0;

	if (sscanf(text, "%3dx%3d%n", &cols, &rows, &used) != 2 || text[used])
		return false;
	if (rows < 5 || cols < 20 || rows > UI_CANVAS_MAX || cols > UI_CANVAS_MAX)
		return false;
	*ret_rows = rows;
	*ret_columns = cols;
	return true;
}
