/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See s_capture.h. Left the picture, right what to know of it; letters do the rest. Figures become words here: "a little
 * crooked, 3°" is a thing to do, a number is not.
 */
#include "s_capture.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "w_dialog.h"
#include "w_list.h"
#include "w_picture.h"
#include "yimen/capturing.h"
#include "yimen/text.h"
#include "yimen/time.h"

#define OFFERS 6
#define PAGES 24

struct capture {
	int material;
	bool is_on;
	char name[160];
	struct ym_capture now;
	uint8_t pixels[320 * 240];  /* of now.image */
	struct ym_offer offers[OFFERS];
	int n_offers;
	struct w_list pages;        /* n pages; sel is meant while a page is shown */
};

static void
refresh(struct ui_app *app, struct capture *d)
{
	const struct ym_capture *c = ym_station_capture(app->station);
	struct ym_visit *v = ym_station_visit(app->station);
	const struct ym_material_line *m = v ? ym_visit_material(v, d->material) : NULL;

	d->is_on = c && m;
	if (!d->is_on) {
		memset(&d->now, 0, sizeof d->now);
		return;
	}
	d->now = *c;
	if (c->image.data && c->image.n <= sizeof d->pixels) {
		memcpy(d->pixels, c->image.data, c->image.n);
		d->now.image.data = d->pixels;
	} else {
		d->now.image.data = NULL;
	}
	ui_util_format(d->name, sizeof d->name, "%s", m->name);
	w_list_set(&d->pages, ym_visit_n_pages(v, d->material));
	d->n_offers = ym_station_capture_offers(app->station, d->offers, OFFERS);
}

static void
open_capture(struct ui_app *app, void *state, const void *arg)
{
	struct capture *d = state;
	struct ym_error err = { 0 };

	d->material = *(const int *)arg;
	ui_app_ok(app, ym_station_capture_begin(app->station, d->material, &err), &err);
	refresh(app, d);
}

static void
close_capture(struct ui_app *app, void *state)
{
	struct capture *d = state;

	ym_station_capture_end(app->station);
	explicit_bzero(d, sizeof *d);
}

static int
event(struct ui_app *app, void *state, const struct ui_event *ev)
{
	struct capture *d = state;

	(void)ev;
	refresh(app, d);
	/* the visit or the lock took it away */
	return d->is_on ? UI_DIRTY : UI_DIRTY | UI_POP;
}

/* -- doing -- */

static int
did(struct ui_app *app, struct capture *d, enum ym_code code, const struct ym_error *err)
{
	ui_app_ok(app, code, err);
	refresh(app, d);
	return UI_DIRTY;
}

static int
mark_and_leave(struct ui_app *app, struct capture *d, enum ym_material_state state)
{
	struct ym_error err = { 0 };
	struct ym_visit *v = ym_station_visit(app->station);

	if (v && ui_app_ok(app, ym_visit_mark(v, d->material, state, NULL, &err), &err))
		return UI_DIRTY | UI_POP;
	return UI_DIRTY;
}

static int
finger_aside(struct ui_app *app, void *asker, int other, const char *reason)
{
	struct ym_error err = { 0 };

	return did(app, asker, other ? ym_station_finger_other(app->station, reason, &err) : ym_station_finger_except(app->station, reason, &err), &err);
}

static int
reuse(struct ui_app *app, void *asker, int index, const char *text)
{
	struct capture *d = asker;
	struct ym_error err = { 0 };

	(void)text;
	if (index < 0 || index >= d->n_offers)
		return UI_DIRTY;
	return did(app, d, ym_station_capture_reuse(app->station, &d->offers[index], &err), &err);
}

static const char *
offer_text(const struct ym_offer *o, char *buf, size_t size)
{
	char at[24];

	ym_time_format_local(at, o->at);
	at[10] = 0;
	if (o->is_beside)
		return ui_util_format(buf, size, _("on the card: %s, %s; kept beside them, for comparison"), _(ym_station_finger_text(o->fingers[0])),
			_(ym_station_finger_text(o->fingers[1])));
	if (o->is_now)
		return ui_util_format(buf, size, _("%s, taken in this visit, usable"), o->name);
	if (!o->usable)
		return ui_util_format(buf, size, o->is_here ? _("%s, taken here on %s, too old since %s") : _("%s, taken elsewhere on %s, too old since %s"),
			o->name, at, o->until);
	return ui_util_format(buf, size, o->is_here ? _("%s, taken here on %s, usable until %s") : _("%s, taken elsewhere on %s, usable until %s"),
		o->name, at, o->until);
}

static int
choose_offer(struct ui_app *app, struct capture *d)
{
	char texts[OFFERS][200];
	const char *labels[OFFERS];
	int usable = -1;

	for (int i = 0; i < d->n_offers; i++) {
		labels[i] = offer_text(&d->offers[i], texts[i], sizeof texts[i]);
		if (usable < 0 && d->offers[i].usable)
			usable = i;
	}
	if (!d->n_offers) {
		ui_app_say(app, UI_NORMAL, "%s", _("Nothing was captured before that could be used here."));
		return UI_DIRTY;
	}
	/* one key when there is one thing it can mean */
	if (d->n_offers == 1)
		return reuse(app, d, 0, NULL);
	w_dialog_choose(app, _("Use again"), labels, d->n_offers, usable < 0 ? 0 : usable, reuse);
	return UI_DIRTY;
}

/* The likely next step: take what is judged; go on when something is there; else make it. */
static int
enter(struct ui_app *app, struct capture *d)
{
	struct ym_error err = { 0 };

	if (d->now.phase == YM_PHASE_JUDGE)
		return did(app, d, ym_station_capture_accept(app->station, &err), &err);
	if (d->now.mode == YM_CAPTURE_FINGERS)
		return d->now.phase == YM_PHASE_DONE ? UI_POP | UI_DIRTY : did(app, d, ym_station_finger_take(app->station, &err), &err);
	if (d->now.shown_page >= 0)
		return did(app, d, ym_station_capture_look(app->station, -1, &err), &err);
	if (d->pages.n && d->now.phase != YM_PHASE_WORKING && d->now.phase != YM_PHASE_SHOOTING)
		return UI_POP | UI_DIRTY;
	return did(app, d, ym_station_capture_shoot(app->station, &err), &err);
}

static int
look(struct ui_app *app, struct capture *d, int by)
{
	struct ym_error err = { 0 };
	int page = d->now.shown_page < 0 ? (by < 0 ? d->pages.n - 1 : 0) : d->now.shown_page + by;

	if (!d->pages.n || d->now.mode == YM_CAPTURE_FINGERS)
		return UI_DIRTY;
	if (page < 0 || page >= d->pages.n)
		page = -1;
	else
		w_list_select(&d->pages, page);
	return did(app, d, ym_station_capture_look(app->station, page, &err), &err);
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct capture *d = state;

	if (k->pasted)
		return UI_PASS;
	if (k->code == UI_KEY_UP || k->code == UI_KEY_DOWN)
		return look(app, d, k->code == UI_KEY_UP ? -1 : 1);
	return UI_PASS;
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct capture *d = state;
	struct ym_error err = { 0 };

	switch (c) {
	case UI_DO_CAPTURE_BACK:
		return UI_POP;
	case UI_DO_CAPTURE_NEXT:
		return enter(app, d);
	case UI_DO_SHOOT:
		if (d->now.mode == YM_CAPTURE_FINGERS)
			return did(app, d, ym_station_finger_take(app->station, &err), &err);
		return did(app, d, ym_station_capture_shoot(app->station, &err), &err);
	case UI_DO_TURN:
		ym_station_capture_turn(app->station);
		refresh(app, d);
		return UI_DIRTY;
	case UI_DO_DROP_PAGE:
		if (d->pages.n)
			return did(app, d, ym_station_capture_drop(app->station, d->now.shown_page >= 0 ? d->now.shown_page : d->pages.n - 1, &err), &err);
		return UI_DIRTY;
	case UI_DO_REUSE:
		return choose_offer(app, d);
	case UI_DO_CAPTURE_SEEN:
		return mark_and_leave(app, d, YM_MAT_SEEN);
	case UI_DO_CAPTURE_LATER:
		return mark_and_leave(app, d, YM_MAT_DEFERRED);
	case UI_DO_FINGER_OTHER:
	case UI_DO_FINGER_EXCEPT:
		if (d->now.mode == YM_CAPTURE_FINGERS)
			w_dialog_input(app, _(ym_station_finger_text(d->now.fingers[d->now.finger].finger)), _("Why can this finger not be taken?"), "", 2,
				c == UI_DO_FINGER_OTHER, finger_aside);
		return UI_DIRTY;
	default:
		return UI_PASS;
	}
}

/* -- words -- */

static const char *
phase_text(const struct capture *d)
{
	static const char *const words[] = {
		[YM_PHASE_NO_DEVICE] = N_("no device; use it again, mark as seen, or later"), [YM_PHASE_STARTING] = N_("starting"),
		[YM_PHASE_LIVE] = N_("ready"), [YM_PHASE_SHOOTING] = N_("taking the picture"), [YM_PHASE_WORKING] = N_("working on the picture"),
		[YM_PHASE_JUDGE] = N_("look at it: Enter takes it, Space makes another"), [YM_PHASE_DONE] = N_("complete"),
		[YM_PHASE_FAULT] = N_("needs attention"),
	};

	if (d->now.mode == YM_CAPTURE_FINGERS && d->now.phase == YM_PHASE_LIVE)
		return _("lay the finger on the reader");
	return _(words[d->now.phase]);
}

static bool
is_bad_tilt(const struct ym_image *g)
{
	return g->tilt != YM_TILT_UNKNOWN && abs(g->tilt) > 2;
}

static const char *
tilt_text(const struct ym_image *g, char *buf, size_t size)
{
	if (g->tilt == YM_TILT_UNKNOWN)
		return _("no page is seen");
	if (abs(g->tilt) <= 2)
		return _("straight");
	return ui_util_format(buf, size, abs(g->tilt) <= 8 ? g->tilt > 0 ? _("a little crooked, %d° to the right") : _("a little crooked, %d° to the left") :
		g->tilt > 0 ? _("crooked, %d° to the right") : _("crooked, %d° to the left"), abs(g->tilt));
}

static const char *
sharpness_text(int sharpness)
{
	return sharpness < 0 ? _("nothing to be sharp") : sharpness < 25 ? _("too blurred to read") : sharpness < 45 ? _("a little blurred") : _("sharp");
}

static const char *
brightness_text(int brightness)
{
	return brightness < 0 ? "" : brightness < 45 ? _("too dark") : brightness < 65 ? _("a little dark") : _("bright enough");
}

/* -- drawing -- */

static int
draw_line(const struct ui_area *a, int row, bool good, const char *text)
{
	ui_canvas_text(a, row, 0, good ? UI_ACCENT : UI_WARN, good ? "✓" : "!");
	return row + ui_canvas_wrap(a, row, 2, a->cols - 2, 3, good ? UI_NORMAL : UI_WARN, text);
}

static int
draw_measures(const struct capture *d, const struct ui_area *a, int row)
{
	const struct ym_image *g = &d->now.image;
	char text[120];

	if (!g->data || d->now.mode == YM_CAPTURE_FINGERS || d->now.phase == YM_PHASE_JUDGE)
		return row;
	/* without a single edge there is nothing before the camera */
	if (g->sharpness < 0 && g->tilt == YM_TILT_UNKNOWN)
		return row + ui_canvas_wrap(a, row, 2, a->cols - 2, 2, UI_DIM, _("nothing lies under the camera")) + 1;
	if (d->now.mode == YM_CAPTURE_PAGES)
		row = draw_line(a, row, !is_bad_tilt(g), tilt_text(g, text, sizeof text));
	row = draw_line(a, row, g->sharpness < 0 || g->sharpness >= 45, sharpness_text(g->sharpness));
	row = draw_line(a, row, g->brightness >= 65, brightness_text(g->brightness));
	if (d->now.rotate)
		row += ui_canvas_print(a, row, 2, UI_DIM, _("will be turned by %d°"), d->now.rotate) > 0;
	return row + 1;
}

static int
draw_portrait(const struct capture *d, const struct ui_area *a, int row)
{
	row += ui_canvas_wrap(a, row, 0, a->cols, 2, UI_BOLD, d->now.standard.name);
	for (int i = 0; d->now.phase == YM_PHASE_JUDGE && i < d->now.n_checks; i++) {
		const struct ym_photo_check *k = &d->now.checks[i];

		ui_canvas_text(a, row, 0, k->is_good ? UI_ACCENT : UI_WARN, k->is_good ? "✓" : k->is_measured ? "!" : "?");
		row += ui_canvas_wrap(a, row, 2, a->cols - 2, 2, k->is_good ? UI_NORMAL : UI_WARN, k->text);
	}
	if (row < a->rows - 4) {
		ui_canvas_text(a, row++, 0, UI_DIM, _("For your eye:"));
		row += ui_canvas_wrap(a, row, 2, a->cols - 2, 4, UI_DIM, d->now.standard.by_eye);
	}
	return row + 1;
}

static int
draw_fingers(const struct capture *d, const struct ui_area *a, int row)
{
	for (int i = 0; i < YM_FINGERS; i++) {
		const struct ym_finger_line *f = &d->now.fingers[i];
		bool on = i == d->now.finger && d->now.phase != YM_PHASE_DONE;
		int col;

		ui_canvas_text(a, row, 0, UI_ACCENT, on ? "▸" : " ");
		ui_canvas_text(a, row, 2, f->state == YM_FINGER_EXCEPTED ? UI_WARN : UI_ACCENT,
			f->state == YM_FINGER_TAKEN ? "✓" : f->state == YM_FINGER_EXCEPTED ? "–" : f->state == YM_FINGER_TAKING ? "●" : "○");
		col = ui_canvas_text(a, row, 4, on ? UI_BOLD : UI_NORMAL, _(ym_station_finger_text(f->finger))) + 2;
		if (f->state == YM_FINGER_TAKEN)
			ui_canvas_text(a, row, col, UI_NORMAL, _("taken"));
		else if (f->state == YM_FINGER_EXCEPTED)
			ui_canvas_print(a, row, col, UI_WARN, _("not taken: %s"), f->reason);
		else if (f->state == YM_FINGER_TAKING && f->stages)
			ui_canvas_print(a, row, col, UI_NORMAL, _("%d of %d"), f->stage, f->stages);
		else if (f->state == YM_FINGER_TAKING)
			ui_canvas_text(a, row, col, UI_NORMAL, _("lay it on the reader"));
		row++;
		if (on && f->again)
			row += ui_canvas_wrap(a, row, 4, a->cols - 4, 2, UI_WARN, _(f->again));
	}
	if (d->now.with_card)
		row = draw_line(a, row, true, _("those of the card are kept beside them, for comparison"));
	return row + 1;
}

static int
draw_offers(const struct capture *d, const struct ui_area *a, int row)
{
	char text[200], hint[40];

	for (int i = 0; i < d->n_offers && i < 2; i++) {
		ui_canvas_text(a, row, 0, d->offers[i].usable ? UI_ACCENT : UI_DIM, d->offers[i].usable ? "◐" : "–");
		row += ui_canvas_wrap(a, row, 2, a->cols - 2, 3, d->offers[i].usable ? UI_NORMAL : UI_DIM, offer_text(&d->offers[i], text, sizeof text));
		if (i == 0 && d->offers[i].usable)
			ui_canvas_text(a, row++, 2, UI_KEY, ui_command_hint(UI_DO_REUSE, hint, sizeof hint));
	}
	return d->n_offers ? row + 1 : row;
}

static int
draw_pages(const struct capture *d, const struct ui_area *a, int row)
{
	if (d->now.mode == YM_CAPTURE_FINGERS)
		return row;
	if (d->now.mode == YM_CAPTURE_PORTRAIT) {
		if (d->pages.n && d->now.phase != YM_PHASE_JUDGE)
			ui_canvas_text(a, row++, 0, UI_NORMAL, _("The portrait is kept."));
		return row;
	}
	ui_canvas_print(a, row++, 0, UI_NORMAL, ngettext("%d page kept", "%d pages kept", (unsigned long)d->pages.n), d->pages.n);
	if (d->now.shown_page >= 0)
		ui_canvas_print(a, row++, 0, UI_ACCENT, _("▸ page %d is shown"), d->now.shown_page + 1);
	return row + 1;
}

static void
draw_keys(const struct capture *d, const struct ui_area *a, int row)
{
	static const enum ui_command for_pages[] = { UI_DO_SHOOT, UI_DO_TURN, UI_DO_DROP_PAGE, UI_DO_REUSE, UI_DO_CAPTURE_SEEN, UI_DO_CAPTURE_LATER };
	static const enum ui_command for_fingers[] = { UI_DO_SHOOT, UI_DO_FINGER_OTHER, UI_DO_FINGER_EXCEPT, UI_DO_DROP_PAGE, UI_DO_REUSE, UI_DO_CAPTURE_LATER };
	int col = ui_frame_draw_keys(a, row, d->now.mode == YM_CAPTURE_FINGERS ? for_fingers : for_pages, UI_LEN(for_pages));

	if (d->now.mode == YM_CAPTURE_PAGES && d->pages.n && col + 12 < a->cols)
		ui_canvas_text(a, row, col, UI_DIM, _("↑↓ look at a page"));
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct capture *d = state;
	bool fingers = d->now.mode == YM_CAPTURE_FINGERS;
	int side = fingers ? a->cols - 4 : ui_util_clamp(a->cols * 2 / 5, 30, 46), rows = a->rows - 3;
	struct ui_area right = ui_canvas_sub(a, 2, fingers ? 2 : a->cols - side, rows, side - 1);
	int row = 0, at;

	at = ui_canvas_text(a, 0, 1, UI_ACCENT_BOLD, d->name) + 2;
	ui_canvas_text(a, 0, at, d->now.phase == YM_PHASE_FAULT || d->now.phase == YM_PHASE_NO_DEVICE ? UI_WARN : UI_DIM, phase_text(d));
	ui_canvas_park(a, 0, 1);
	if (!d->is_on)
		return;
	if (!fingers) {
		w_picture_draw(a, 2, 1, rows, a->cols - side - 3, &d->now.image);
		if (!d->now.image.data)
			ui_canvas_text(a, 2 + rows / 2, 4, UI_DIM, _("no picture yet"));
	} else {
		row = draw_fingers(d, &right, row);
	}
	if (d->now.mode == YM_CAPTURE_PORTRAIT)
		row = draw_portrait(d, &right, row);
	row = draw_measures(d, &right, row);
	if (d->now.error.code && d->now.error.msgid)
		row += ui_canvas_wrap(&right, row, 0, right.cols, 4, UI_WARN, _(d->now.error.msgid)) + 1;
	else if (d->now.device.state == YM_DEVICE_ATTENTION && d->now.device.last_msgid)
		row += ui_canvas_wrap(&right, row, 0, right.cols, 4, UI_WARN, _(d->now.device.last_msgid)) + 1;
	row = draw_pages(d, &right, row);
	draw_offers(d, &right, row);
	draw_keys(d, a, a->rows - 1);
}

const struct ui_screen s_capture_screen = {
	.name = "capture", .title = N_("Capture"), .context = UI_IN_CAPTURE, .state_size = sizeof(struct capture),
	.open = open_capture, .close = close_capture, .event = event, .key = key, .command = command, .draw = draw,
};
