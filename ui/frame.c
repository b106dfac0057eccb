/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Top line and key bar (frame.h). The three things an officer looks for stand at the same place on every screen.
 * Nothing here blinks or moves by itself but the minute.
 */
#include "frame.h"

#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "key.h"
#include "util.h"
#include "yimen/text.h"
#include "yimen/time.h"

/* One word a device, as short as it can be. */
static const char *const role_words[YM_N_ROLES] = {
	/* TRANSLATORS: these words stand in the top line, one character each where possible */
	[YM_ROLE_IDCARD] = N_("Card"),
	[YM_ROLE_SCANNER] = N_("Scan"),
	[YM_ROLE_CAMERA] = N_("Doc"),
	[YM_ROLE_PORTRAIT] = N_("Face"),
	[YM_ROLE_RECEIPT] = N_("Slip"),
	[YM_ROLE_PAD] = N_("Pad"),
	[YM_ROLE_EVALUATOR] = N_("Rate"),
	[YM_ROLE_DISPLAY] = N_("Board"),
	[YM_ROLE_FINGER] = N_("Finger"),
};
/* Columns from which every device that is there is named; below, the reader and what needs a person. */
#define WIDE 110

const char *
ui_frame_device_symbol(enum ym_device_state state)
{
	switch (state) {
	case YM_DEVICE_READY:
		return "●";
	case YM_DEVICE_BUSY:
		return "◐";
	case YM_DEVICE_ATTENTION:
		return "!";
	case YM_DEVICE_ABSENT:
		break;
	}
	return "○";
}

static void
refresh_devices(struct ui_frame *f, struct ym_station *s)
{
	struct ym_device_info list[16];
	int n = ym_station_devices(s, list, UI_LEN(list));

	f->devices[0] = f->devices_wide[0] = 0;
	f->device_warns = false;
	for (int role = YM_ROLE_NONE + 1; role < YM_N_ROLES; role++) {
		enum ym_device_state best = YM_DEVICE_ABSENT;
		bool known = role == YM_ROLE_IDCARD, needs_person;

		for (int i = 0; i < n; i++) {
			if ((int)list[i].role != role)
				continue;
			known = true;
			/* A device that needs a person matters more than a second one that is fine. */
			if (best == YM_DEVICE_ABSENT || list[i].state == YM_DEVICE_ATTENTION)
				best = list[i].state;
		}
		if (!known)
			continue;
		needs_person = best == YM_DEVICE_ATTENTION || best == YM_DEVICE_ABSENT;
		f->device_warns |= best == YM_DEVICE_ATTENTION;
		ui_util_add(f->devices_wide, sizeof f->devices_wide, "%s%s%s", *f->devices_wide ? " " : "", _(role_words[role]),
			ui_frame_device_symbol(best));
		if (role == YM_ROLE_IDCARD || needs_person)
			ui_util_add(f->devices, sizeof f->devices, "%s%s%s", *f->devices ? " " : "", _(role_words[role]),
				ui_frame_device_symbol(best));
	}
}

void
ui_frame_refresh(struct ui_frame *f, struct ym_station *s)
{
	struct ym_sync_status sync;
	int64_t now = ym_clock_wall();

	f->practice = ym_station_is_practice(s);
	f->signed_in = *ym_station_account(s) && !ym_station_is_locked(s);
	/* TRANSLATORS: the window's number follows the station's name */
	ui_util_format(f->place, sizeof f->place, _("%1$s window %2$s"), ym_station_name(s), ym_station_window(s));
	f->who[0] = 0;
	if (*ym_station_account(s))
		ui_util_format(f->who, sizeof f->who, "%s %s", ym_station_account_name(s),
			ym_station_is_officer(s) ? _("officer") : _("auxiliary"));
	ui_util_clock(f->clock, sizeof f->clock, now);
	ym_station_sync_status(s, &sync);
	f->sync_warns = sync.state > YM_LAMP_PENDING || sync.quarantined > 0;
	if (sync.state == YM_LAMP_PENDING)
		ui_util_format(f->sync, sizeof f->sync, "⇅%s %lld", _(ym_station_lamp_label(sync.state)), (long long)sync.pending);
	else
		ui_util_format(f->sync, sizeof f->sync, "%s%s", f->sync_warns ? "!" : "⇅", _(ym_station_lamp_label(sync.state)));
	refresh_devices(f, s);
}

void
ui_frame_draw_top(const struct ui_frame *f, const struct ui_area *a, const char *title, bool bare)
{
	enum ui_style bold = f->practice ? UI_PRACTICE : UI_BOLD, plain = f->practice ? UI_PRACTICE : UI_NORMAL;
	enum ui_style warn = f->practice ? UI_PRACTICE : UI_WARN;
	int right = a->cols - 1, left = 1;
	char place[200];

	ui_canvas_blank(a, 0, 0, a->cols, f->practice ? UI_PRACTICE : UI_NORMAL);
	if (!bare) {
		right = ui_canvas_right(a, 0, right, f->device_warns ? warn : plain,
			a->cols < WIDE ? f->devices : f->devices_wide) - 1;
		right = ui_canvas_right(a, 0, right, f->sync_warns ? warn : plain, f->sync) - 1;
	}
	right = ui_canvas_right(a, 0, right, plain, f->clock) - 1;
	if (*f->who && !bare)
		right = ui_canvas_right(a, 0, right, plain, f->who) - 2;
	if (f->practice)
		left = ui_canvas_print(a, 0, left, bold, "%s ", _("PRACTICE"));
	left = ui_canvas_text(a, 0, left, bold, "一门") + 1;
	/* The screen's name is worth more than the end of the station's. */
	int title_width = *title ? ym_text_width(title) + 3 : 0, room = right - left - title_width;

	if (room < 4)
		room = 4;
	ym_text_cut(place, sizeof place, f->place, room);
	left = ui_canvas_text(a, 0, left, plain, place);
	if (*title && left + 3 < right) {
		left = ui_canvas_text(a, 0, left, plain, " › ");
		ui_canvas_cell(a, 0, left, ym_text_width(title) < right - left ? ym_text_width(title) : right - left, bold, title);
	}
	ui_canvas_rule(a, 1);
}

int
ui_frame_draw_keys(const struct ui_area *a, int row, const enum ui_command *list, int n)
{
	const char *gap = ui_i18n_is_chinese() ? "" : " ";
	char name[24], word[64];
	int col = 1;

	for (int i = 0; i < n; i++) {
		ui_util_format(word, sizeof word, "%s%s", gap, _(ui_command_info(list[i])->label));
		ui_key_name(ui_command_key(list[i]), name, sizeof name);
		if (col + ym_text_width(name) + ym_text_width(word) + 1 > a->cols)
			break;
		col = ui_canvas_text(a, row, col, UI_KEY, name);
		col = ui_canvas_text(a, row, col, UI_DIM, word) + 1;
	}
	return col;
}

void
ui_frame_draw_bar(const struct ui_area *a, int row, enum ui_context context)
{
	enum ui_command list[32];
	/* Chinese needs no blank between a key and its word. */
	const char *gap = ui_i18n_is_chinese() ? "" : " ";
	char key[24], words[32][64];
	int n = ui_command_bar(context, list, UI_LEN(list)), width = 1, last = 0, col = 1;

	/* Help and the way to all commands stay; what does not fit before them is left out. */
	for (int i = 0; i < n; i++) {
		ui_util_format(words[i], sizeof words[i], "%s%s", gap, _(ui_command_info(list[i])->label));
		if (list[i] == UI_DO_HELP || list[i] == UI_DO_PALETTE)
			last += ym_text_width(words[i]) + ym_text_width(ui_key_name(ui_command_key(list[i]), key, sizeof key)) + 1;
	}
	for (int i = 0; i < n; i++) {
		bool keep = list[i] == UI_DO_HELP || list[i] == UI_DO_PALETTE;
		int w = ym_text_width(words[i]) + ym_text_width(ui_key_name(ui_command_key(list[i]), key, sizeof key)) + 1;

		if (!keep && (width + w + last > a->cols || list[i] == UI_DO_HANDS))
			continue;
		width += keep ? 0 : w;
		col = ui_canvas_text(a, row, col, UI_KEY, ui_key_name(ui_command_key(list[i]), key, sizeof key));
		col = ui_canvas_text(a, row, col, UI_NORMAL, words[i]) + 1;
	}
}
