/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The screen of the card's photo (s_photo.h): left the face, right the words; without a decoder only the words.
 */
#include "s_photo.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "w_picture.h"
#include "yimen/card_photo.h"

struct photo {
	struct ym_card_photo now;
	uint8_t pixels[102 * 126];
};

static void
refresh(struct ui_app *app, struct photo *d)
{
	d->now = *ym_station_card_photo(app->station);
	if (d->now.image.data && d->now.image.n <= sizeof d->pixels) {
		memcpy(d->pixels, d->now.image.data, d->now.image.n);
		d->now.image.data = d->pixels;
	} else {
		d->now.image.data = NULL;
	}
}

static void
open_photo(struct ui_app *app, void *state, const void *arg)
{
	(void)arg;
	ym_station_card_photo_open(app->station);
	refresh(app, state);
}

static void
close_photo(struct ui_app *app, void *state)
{
	ym_station_card_photo_close(app->station);
	explicit_bzero(state, sizeof(struct photo));
}

static int
event(struct ui_app *app, void *state, const struct ui_event *ev)
{
	(void)ev;
	refresh(app, state);
	return UI_DIRTY;
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	(void)app;
	(void)state;
	return c == UI_DO_READ_BACK ? UI_POP : UI_PASS;
}

static const char *
words(const struct photo *d)
{
	switch (d->now.state) {
	case YM_PHOTO_NO_DECODER:
		return _("The photo on a card cannot be shown here: its decoder is licensed by its maker, and this desk has none. Compare the face with the photo printed on the card.");
	case YM_PHOTO_WORKING:
		return _("The photo is being decoded.");
	case YM_PHOTO_SHOWN:
		return _("Compare the face with who stands before you. The photo goes when this page is closed.");
	case YM_PHOTO_FAULT:
		return d->now.error.msgid ? _(d->now.error.msgid) : "";
	default:
		return _("No card was read in this visit.");
	}
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct photo *d = state;
	int rows = a->rows - 3, cols = d->now.image.data ? rows * 2 : 0;
	struct ui_area right;

	if (cols > a->cols / 2)
		cols = a->cols / 2;
	right = ui_canvas_sub(a, 2, cols ? cols + 3 : 2, rows, ui_util_clamp(a->cols - cols - 5, 2, 60));
	ui_canvas_print(a, 0, 1, UI_ACCENT_BOLD, "%s", _("Photo of the card"));
	if (*d->now.name)
		ui_canvas_text(&right, 0, 0, UI_BOLD, d->now.name);
	ui_canvas_wrap(&right, *d->now.name ? 2 : 0, 0, right.cols, 6, d->now.state == YM_PHOTO_SHOWN ? UI_NORMAL : UI_WARN, words(d));
	if (cols)
		w_picture_draw(a, 2, 1, rows, cols, &d->now.image);
	ui_canvas_park(a, 0, 1);
}

static const struct ui_screen s_photo_screen = {
	.name = "photo", .title = N_("Photo of the card"), .context = UI_IN_READER, .state_size = sizeof(struct photo),
	.open = open_photo, .close = close_photo, .event = event, .command = command, .draw = draw,
};

void
s_photo_show(struct ui_app *app)
{
	ui_screen_push(app, &s_photo_screen, NULL);
}
