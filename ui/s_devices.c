/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The devices (s_devices.h). A fault is a sentence in the line of its device.
 */
#include "s_devices.h"

#include "app.h"
#include "i18n.h"
#include "s_teach.h"
#include "util.h"
#include "w_list.h"
#include "yimen/card_photo.h"

struct devices {
	struct ym_device_info list[16];
	struct w_list bar;
	bool has_decoder;
};

static void
refresh(struct ui_app *app, void *state)
{
	struct devices *d = state;
	w_list_set(&d->bar, ym_station_devices(app->station, d->list, UI_LEN(d->list)));
	d->has_decoder = ym_station_has_photo_decoder(app->station);
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	(void)app;
	return w_list_key(&((struct devices *)state)->bar, k, 5);
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct devices *d = state;
	struct ym_error err = { 0 };

	if (c == UI_DO_DEVICES_BACK || c == UI_DO_DEVICES)
		return UI_POP;
	if (c == UI_DO_TEACH) {
		s_teach_show(app);
		return UI_DIRTY;
	}
	if (c != UI_DO_TEST)
		return UI_PASS;
	if (d->bar.n && ui_app_ok(app, ym_station_test_device(app->station, d->list[d->bar.sel].ref, &err), &err))
		ui_app_say(app, UI_NORMAL, "%s", _("The device is testing itself ..."));
	return UI_DIRTY;
}

/* What the device is doing for us now. */
static const char *
does_what(const struct ym_device_info *info)
{
	if (info->role == YM_ROLE_IDCARD && info->has_card)
		return _("a card lies on it");
	if (!info->is_armed || info->state != YM_DEVICE_READY)
		return "";
	return info->role == YM_ROLE_IDCARD ? _("waits for a card") : info->role == YM_ROLE_SCANNER ? _("waits for a code") : "";
}

/* Rows that a device takes, with the empty one below it. */
static int
height(const struct ym_device_info *info)
{
	return 3 + (info->last_code && info->last_msgid) + (*info->about != 0) + (info->role == YM_ROLE_IDCARD);
}

/* The first device to draw, so that the chosen one is seen whole. */
static int
first_shown(const struct devices *d, int rows)
{
	int first = d->bar.sel, used = d->bar.n ? height(&d->list[first]) - 1 : 0;

	while (first > 0 && used + height(&d->list[first - 1]) <= rows)
		used += height(&d->list[--first]);
	return first;
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct devices *d = state;
	int row = 1;

	if (!d->bar.n)
		ui_canvas_text(a, 1, 3, UI_DIM, _("No device is plugged in. The desk works without: type what the card says."));
	for (int i = first_shown(d, a->rows - row); i < d->bar.n && row < a->rows; i++) {
		const struct ym_device_info *info = &d->list[i];
		bool on = i == d->bar.sel, warn = info->state == YM_DEVICE_ATTENTION;
		char when[24];

		ui_canvas_text(a, row, 1, UI_ACCENT, on ? "▸" : " ");
		ui_canvas_text(a, row, 3, warn ? UI_WARN : UI_ACCENT, ui_frame_device_symbol(info->state));
		ui_canvas_cell(a, row, 5, 24, on ? UI_BOLD : UI_NORMAL, _(ym_device_role_text(info->role)));
		ui_canvas_cell(a, row, 30, 14, warn ? UI_WARN : UI_NORMAL, _(ym_device_state_text(info->state)));
		ui_canvas_cell(a, row, 45, a->cols - 46, UI_DIM, does_what(info));
		row++;
		if (info->last_code && info->last_msgid) {
			int at = ui_canvas_print(a, row, 5, UI_WARN, "! %s", _(info->last_msgid));

			ui_canvas_print(a, row++, at + 2, UI_DIM, "%s", ui_util_clock(when, sizeof when, info->last_at));
		}
		ui_canvas_print(a, row++, 5, UI_DIM, "%s  %s  %s", *info->driver ? info->driver : _("no driver"), info->identity, info->node);
		if (*info->about)
			ui_canvas_print(a, row++, 5, UI_DIM, "%s", info->about);
		if (info->role == YM_ROLE_IDCARD && !d->has_decoder)
			ui_canvas_text(a, row++, 5, UI_DIM, _("The photo on a card is not shown: its decoder is licensed, and this desk has none."));
		row++;
	}
	ui_canvas_park(a, 1, 1);
}

const struct ui_screen s_devices_screen = {
	.name = "devices", .title = N_("Devices"), .context = UI_IN_DEVICES, .state_size = sizeof(struct devices),
	.refresh = refresh, .key = key, .command = command, .draw = draw,
};
