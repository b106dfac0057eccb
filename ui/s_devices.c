/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The devices (s_devices.h), and below them the A4 printers. A fault is a sentence in the line of its device.
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
	bool is_chosen[16];          /* a receipt printer that is used though there are others */
	struct ym_printer printers[16];
	int n;                       /* devices; the printers stand behind them */
	struct w_list bar;
	bool has_decoder;
};

static void
refresh(struct ui_app *app, void *state)
{
	struct devices *d = state;

	d->n = ym_station_devices(app->station, d->list, UI_LEN(d->list));
	for (int i = 0; i < d->n; i++)
		d->is_chosen[i] = d->list[i].role == YM_ROLE_RECEIPT && ym_station_is_chosen_printer(app->station, d->list[i].identity);
	w_list_set(&d->bar, d->n + ym_station_printers(app->station, d->printers, UI_LEN(d->printers)));
	d->has_decoder = ym_station_has_photo_decoder(app->station);
}

static void
open_devices(struct ui_app *app, void *state, const void *arg)
{
	(void)state;
	(void)arg;
	ym_station_ask_printers(app->station);
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	(void)app;
	return w_list_key(&((struct devices *)state)->bar, k, 5);
}

/* NULL: a device of the hub is chosen. */
static const struct ym_printer *
printer_of(const struct devices *d, int i)
{
	return i >= d->n && i < d->bar.n ? &d->printers[i - d->n] : NULL;
}

static bool
is_printer(const struct devices *d, int i)
{
	return printer_of(d, i) || (i < d->n && d->list[i].role == YM_ROLE_RECEIPT);
}

static int
use_printer(struct ui_app *app, struct devices *d)
{
	const struct ym_printer *p = printer_of(d, d->bar.sel);
	struct ym_error err = { 0 };
	enum ym_code code;
	bool was;

	if (!is_printer(d, d->bar.sel)) {
		ui_app_say(app, UI_WARN, "%s", _("This is no printer"));
		return UI_DIRTY;
	}
	was = p ? p->is_chosen : d->is_chosen[d->bar.sel];
	code = ym_station_choose_printer(app->station, p ? YM_PRINT_A4 : YM_PRINT_RECEIPT, was ? "" : p ? p->name : d->list[d->bar.sel].identity, &err);
	if (ui_app_ok(app, code, &err))
		ui_app_say(app, UI_NORMAL, "%s", p ? was ? _("A4 papers are made as PDF files.") : _("A4 papers go to this printer.") :
			was ? _("Receipts go to any printer that works.") : _("Receipts go to this printer."));
	refresh(app, d);
	return UI_DIRTY;
}

static void
test_it(struct ui_app *app, const struct devices *d)
{
	struct ym_error err = { 0 };

	if (printer_of(d, d->bar.sel))
		ui_app_say(app, UI_NORMAL, "%s", _("An A4 printer is tested by printing a paper on it."));
	else if (d->bar.n && ui_app_ok(app, ym_station_test_device(app->station, d->list[d->bar.sel].ref, &err), &err))
		ui_app_say(app, UI_NORMAL, "%s", _("The device is testing itself ..."));
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct devices *d = state;

	if (c == UI_DO_DEVICES_BACK || c == UI_DO_DEVICES)
		return UI_POP;
	if (c == UI_DO_TEACH) {
		s_teach_show(app);
		return UI_DIRTY;
	}
	if (c == UI_DO_USE_PRINTER)
		return use_printer(app, d);
	if (c != UI_DO_TEST)
		return UI_PASS;
	test_it(app, d);
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

/* Rows that a device or printer takes, with the empty one below it. */
static int
height(const struct devices *d, int i)
{
	const struct ym_printer *p = printer_of(d, i);
	const struct ym_device_info *info;

	if (p)
		return 3 + (p->why != NULL);
	info = &d->list[i];
	return 3 + (info->last_code && info->last_msgid) + (*info->about != 0) + (info->role == YM_ROLE_IDCARD && !d->has_decoder);
}

/* The first device to draw, so that the chosen one is seen whole. */
static int
first_shown(const struct devices *d, int rows)
{
	int first = d->bar.sel, used = d->bar.n ? height(d, first) - 1 : 0;

	while (first > 0 && used + height(d, first - 1) <= rows)
		used += height(d, --first);
	return first;
}

static void
draw_head(const struct ui_area *a, int row, bool on, enum ym_device_state state, const char *what, const char *does)
{
	bool warn = state == YM_DEVICE_ATTENTION;

	ui_canvas_text(a, row, 1, UI_ACCENT, on ? "▸" : " ");
	ui_canvas_text(a, row, 3, warn ? UI_WARN : UI_ACCENT, ui_frame_device_symbol(state));
	ui_canvas_cell(a, row, 5, 24, on ? UI_BOLD : UI_NORMAL, what);
	ui_canvas_cell(a, row, 30, 14, warn ? UI_WARN : UI_NORMAL, _(ym_device_state_text(state)));
	ui_canvas_cell(a, row, 45, a->cols - 46, UI_DIM, does);
}

static int
draw_device(const struct devices *d, const struct ui_area *a, int row, int i)
{
	const struct ym_device_info *info = &d->list[i];
	char when[24];

	draw_head(a, row++, i == d->bar.sel, info->state, _(ym_device_role_text(info->role)),
		d->is_chosen[i] ? _("receipts go here") : does_what(info));
	if (info->last_code && info->last_msgid) {
		int at = ui_canvas_print(a, row, 5, UI_WARN, "! %s", _(info->last_msgid));

		ui_canvas_print(a, row++, at + 2, UI_DIM, "%s", ui_util_clock(when, sizeof when, info->last_at));
	}
	ui_canvas_print(a, row++, 5, UI_DIM, "%s  %s  %s", *info->driver ? info->driver : _("no driver"), info->identity, info->node);
	if (*info->about)
		ui_canvas_print(a, row++, 5, UI_DIM, "%s", _(info->about));
	if (info->role == YM_ROLE_IDCARD && !d->has_decoder)
		ui_canvas_text(a, row++, 5, UI_DIM, _("The photo on a card is not shown: its decoder is licensed, and this desk has none."));
	return row;
}

static int
draw_printer(const struct devices *d, const struct ui_area *a, int row, int i)
{
	const struct ym_printer *p = printer_of(d, i);

	draw_head(a, row++, i == d->bar.sel, p->state, _("A4 printer"), p->is_chosen ? _("A4 papers are printed here") : "");
	if (p->why)
		ui_canvas_print(a, row++, 5, UI_WARN, "! %s", _(p->why));
	ui_canvas_print(a, row++, 5, UI_DIM, "%s  %s", p->name, p->info);
	return row;
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct devices *d = state;
	int row = 1;

	if (!d->bar.n)
		ui_canvas_text(a, 1, 3, UI_DIM, _("No device is plugged in. The desk works without: type what the card says."));
	for (int i = first_shown(d, a->rows - row); i < d->bar.n && row < a->rows; i++, row++)
		row = printer_of(d, i) ? draw_printer(d, a, row, i) : draw_device(d, a, row, i);
	ui_canvas_park(a, 1, 1);
}

static const char *
status(const void *state)
{
	const struct devices *d = state;

	return is_printer(d, d->bar.sel) ? _("P uses this printer, or no longer") : NULL;
}

const struct ui_screen s_devices_screen = {
	.name = "devices", .title = N_("Devices"), .context = UI_IN_DEVICES, .state_size = sizeof(struct devices),
	.open = open_devices, .refresh = refresh, .key = key, .command = command, .draw = draw, .status = status,
};
