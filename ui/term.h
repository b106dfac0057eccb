/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A canvas on a real terminal, and keys from it: the only file that knows ncurses. Not layout, not meaning of keys.
 * Invariant: only cells that changed are sent; the hardware cursor rests at the canvas's caret after every paint.
 */
#pragma once

#include "canvas.h"
#include "key.h"

struct ui_term;

/* Takes over the terminal of stdin and stdout. IO when it is none or its description is unknown. */
enum ym_code ui_term_open(bool mono, struct ui_term **ret, struct ym_error *err) YM_MUST;
/* The terminal as it was. Accepts NULL. */
void ui_term_close(struct ui_term *t);
/* What the terminal says its size is now; tells curses. */
void ui_term_size(struct ui_term *t, int *ret_rows, int *ret_cols);
void ui_term_paint(struct ui_term *t, const struct ui_canvas *c);
/* The next key that is already there. */
bool ui_term_read(struct ui_term *t, struct ui_key *ret);
