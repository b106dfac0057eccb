/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What stands around every screen: the top line (where, who, when, sync, devices), two rules, the message line, the key
 * bar. Not the body. Invariant: drawing reads this snapshot only; the station is asked when it says something changed.
 */
#pragma once

#include "canvas.h"
#include "command.h"
#include "yimen/station.h"

#define UI_FRAME_TOP 2      /* rows above the body */
#define UI_FRAME_BOTTOM 3   /* message line, rule, key bar */
#define UI_FRAME_ROWS 24
#define UI_FRAME_COLS 80

struct ui_frame {
	char place[160], who[96], clock[8], sync[64], devices[96], devices_wide[128];
	bool practice, sync_warns, device_warns, signed_in;
};

void ui_frame_refresh(struct ui_frame *f, struct ym_station *s);
void ui_frame_draw_top(const struct ui_frame *f, const struct ui_area *a, const char *title, bool bare);
void ui_frame_draw_bar(const struct ui_area *a, int row, enum ui_context context);
/* Letter keys of a screen in one row, as many as fit; the next free column. */
int ui_frame_draw_keys(const struct ui_area *a, int row, const enum ui_command *list, int n);
/* One character: ● ready, ○ absent, ◐ busy, ! needs attention. */
const char *ui_frame_device_symbol(enum ym_device_state state);
