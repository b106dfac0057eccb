/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A text to read: an item's guide, a case's story, a paper. Not an editor. Lines that begin with "# " are headings, "! "
 * warnings. Invariant: what is read may be personal and is wiped when the screen closes.
 */
#pragma once

#include "screen.h"

/* Takes text (heap). Title is copied. */
void s_reader_show(struct ui_app *app, const char *title, char *text);
/* Scrolls a text of that many rows; UI_DIRTY or UI_PASS. */
int s_reader_scroll(int *top, int total, int rows, const struct ui_key *key);
/* Rows that a text takes at a width; draws those from `top` on when a is not NULL. */
int s_reader_layout(const char *text, int width, int top, const struct ui_area *a);

extern const struct ui_screen s_reader_screen;
