/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See s_signing.h. Left what is being drawn, right what it is for. The citizen looks at the pad, the officer here.
 */
#include "s_signing.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_reader.h"
#include "util.h"
#include "w_picture.h"
#include "yimen/signing.h"
#include "yimen/text.h"

#define POINTS 20000

struct signing {
	int paper;
	bool is_on;
	char title[160], id[80], who[80], as[80];
	struct ym_signing now;
	struct ym_stroke_point points[POINTS]; /* of now.strokes */
};

static void
refresh(struct ui_app *app, struct signing *d)
{
	const struct ym_signing *g = ym_station_signing(app->station);
	struct ym_visit *v = ym_station_visit(app->station);
	const struct ym_paper_line *p = v ? ym_visit_paper(v, d->paper) : NULL;
	const struct ym_person *person;

	d->is_on = g && p;
	if (!d->is_on)
		return;
	d->now = *g;
	d->now.strokes.points = NULL;
	if (g->strokes.points && g->strokes.n <= POINTS) {
		memcpy(d->points, g->strokes.points, g->strokes.n * sizeof *d->points);
		d->now.strokes.points = d->points;
	}
	person = ym_visit_person(v, g->person);
	ui_util_copy(d->title, sizeof d->title, p->title);
	ui_util_copy(d->id, sizeof d->id, *p->case_no ? p->case_no : p->id);
	ym_text_mask_name(d->who, sizeof d->who, person ? person->name : "");
	ui_util_copy(d->as, sizeof d->as, person ? person->as_label : "");
}

static void
open_signing(struct ui_app *app, void *state, const void *arg)
{
	struct signing *d = state;
	struct ym_error err = { 0 };

	d->paper = *(const int *)arg;
	ui_app_ok(app, ym_station_signing_begin(app->station, d->paper, &err), &err);
	refresh(app, d);
}

static void
close_signing(struct ui_app *app, void *state)
{
	ym_station_signing_end(app->station);
	explicit_bzero(state, sizeof(struct signing));
}

static int
event(struct ui_app *app, void *state, const struct ui_event *ev)
{
	struct signing *d = state;

	(void)ev;
	refresh(app, d);
	/* refused at the start, or the lock took it away */
	return d->is_on ? UI_DIRTY : UI_DIRTY | UI_POP;
}

/* -- doing -- */

static int
did(struct ui_app *app, struct signing *d, enum ym_code code, const struct ym_error *err)
{
	ui_app_ok(app, code, err);
	refresh(app, d);
	return UI_DIRTY;
}

static int
accept(struct ui_app *app, struct signing *d)
{
	struct ym_error err = { 0 };

	if (d->now.phase == YM_SIGNING_WAITING || d->now.phase == YM_SIGNING_DRAWING) {
		ui_app_say(app, UI_NORMAL, "%s", _("The citizen is signing: Enter accepts when the pen rests."));
		return UI_DIRTY;
	}
	if (d->now.phase != YM_SIGNING_JUDGE)
		return did(app, d, ym_station_signing_ask(app->station, &err), &err);
	did(app, d, ym_station_signing_accept(app->station, &err), &err);
	if (d->now.phase != YM_SIGNING_DONE)
		return UI_DIRTY;
	if (d->now.error.code)
		ui_app_ok(app, d->now.error.code, &d->now.error);
	else
		ui_app_say(app, UI_NORMAL, _("Signed on the pad: %s"), d->title);
	return UI_DIRTY | UI_POP;
}

static int
by_hand(struct ui_app *app, struct signing *d)
{
	struct ym_visit *v = ym_station_visit(app->station);
	struct ym_error err = { 0 };

	return v && ui_app_ok(app, ym_visit_sign(v, d->paper, &err), &err) ? UI_DIRTY | UI_POP : UI_DIRTY;
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct signing *d = state;
	struct ym_error err = { 0 };
	char *text;

	switch (c) {
	case UI_DO_SIGNING_ACCEPT:
		return accept(app, d);
	case UI_DO_SIGNING_AGAIN:
		return did(app, d, ym_station_signing_ask(app->station, &err), &err);
	case UI_DO_SIGNING_OTHER:
		return did(app, d, ym_station_signing_other(app->station, &err), &err);
	case UI_DO_SIGNING_READ:
		text = ym_station_paper_text(app->station, d->paper, ui_util_clamp(ui_app_cols(app) - 4, 40, 100));
		if (text)
			s_reader_show(app, d->title, text);
		return UI_DIRTY;
	case UI_DO_SIGNING_BY_HAND:
		return by_hand(app, d);
	case UI_DO_SIGNING_BACK:
		return UI_POP;
	default:
		return UI_PASS;
	}
}

/* -- drawing -- */

static const char *
phase_text(const struct signing *d)
{
	static const char *const words[] = {
		[YM_SIGNING_NO_PAD] = N_("no signature pad: sign on paper, or later"), [YM_SIGNING_STARTING] = N_("the pad is starting"),
		[YM_SIGNING_FAULT] = N_("the pad needs attention"), [YM_SIGNING_IDLE] = N_("not signed yet: Space asks the pad"),
		[YM_SIGNING_WAITING] = N_("waiting for the citizen to sign"), [YM_SIGNING_DRAWING] = N_("the citizen is signing"),
		[YM_SIGNING_JUDGE] = N_("look at it: Enter accepts, Space asks again"), [YM_SIGNING_DONE] = N_("signed"),
	};

	return _(words[d->now.phase]);
}

static bool
is_bad(enum ym_signing_phase phase)
{
	return phase == YM_SIGNING_NO_PAD || phase == YM_SIGNING_FAULT;
}

static int
draw_pair(const struct ui_area *a, int row, const char *label, const char *value)
{
	int col = ui_canvas_text(a, row, 0, UI_DIM, label) + 1;

	return row + ui_canvas_wrap(a, row, col, a->cols - col, 2, UI_NORMAL, value);
}

static int
draw_measures(const struct signing *d, const struct ui_area *a, int row)
{
	const struct ym_strokes *s = &d->now.strokes;
	char text[120];

	if (!s->points || !s->n)
		return row;
	ui_util_format(text, sizeof text, ngettext("%d point in %d.%d seconds", "%d points in %d.%d seconds", (unsigned long)s->n), (int)s->n,
		(int)(s->points[s->n - 1].ms / 1000), (int)(s->points[s->n - 1].ms / 100 % 10));
	row = draw_pair(a, row, _("Drawn"), text);
	return draw_pair(a, row, _("Pressure"), s->has_pressure ? _("measured") : _("this pad does not measure it"));
}

static void
draw_side(const struct signing *d, const struct ui_area *a)
{
	const char *fault = d->now.error.code ? d->now.error.msgid : d->now.device.state == YM_DEVICE_ATTENTION ? d->now.device.last_msgid : NULL;
	char text[200];
	int row = 0;

	ui_util_format(text, sizeof text, "%s %s", d->who, d->as);
	row = draw_pair(a, row, _("Signer"), text);
	row = draw_pair(a, row, _("Paper"), d->id);
	row = draw_measures(d, a, row) + 1;
	if (fault)
		row += ui_canvas_wrap(a, row, 0, a->cols, 4, UI_WARN, _(fault)) + 1;
	row += ui_canvas_wrap(a, row, 0, a->cols, 4, UI_DIM,
		_("The signature is for this paper alone. Show it to the citizen or read it out before: V shows it."));
	if (d->now.n_places > 1)
		ui_canvas_print(a, row, 0, UI_DIM, ngettext("This paper has %d place to sign.", "It stands at all %d places to sign of this paper.", (unsigned long)d->now.n_places), d->now.n_places);
}

static void
draw(const void *state, const struct ui_area *a)
{
	static const enum ui_command letters[] = { UI_DO_SIGNING_AGAIN, UI_DO_SIGNING_READ, UI_DO_SIGNING_BY_HAND };
	const struct signing *d = state;
	int side = ui_util_clamp(a->cols * 2 / 5, 32, 46), rows = a->rows - 3;
	struct ui_area right = ui_canvas_sub(a, 2, a->cols - side, rows, side - 1);
	int col;

	if (!d->is_on)
		return;
	col = ui_canvas_text(a, 0, 1, UI_ACCENT_BOLD, d->title) + 2;
	ui_canvas_text(a, 0, col, is_bad(d->now.phase) ? UI_WARN : d->now.phase == YM_SIGNING_JUDGE ? UI_ACCENT : UI_DIM, phase_text(d));
	ui_canvas_park(a, 0, 1);
	w_picture_strokes(a, 2, 1, rows, a->cols - side - 3, &d->now.strokes);
	if (!d->now.strokes.points)
		ui_canvas_text(a, 2 + rows / 2, 4, UI_DIM, _("nothing drawn yet"));
	draw_side(d, &right);
	ui_frame_draw_keys(a, a->rows - 1, letters, UI_LEN(letters));
}

const struct ui_screen s_signing_screen = {
	.name = "signing", .title = N_("Signing"), .context = UI_IN_SIGNING, .state_size = sizeof(struct signing),
	.open = open_signing, .close = close_signing, .event = event, .command = command, .draw = draw,
};
