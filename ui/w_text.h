/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A text field: insert, delete, move by characters; in one line it scrolls by cells, a long one is shown over several rows. Not validation and not a label.
 * Invariant: the text is valid UTF-8 without controls, and the caret stands between characters.
 */
#pragma once

#include "canvas.h"
#include "key.h"

#define W_TEXT_SIZE 1024

struct w_text {
	char text[W_TEXT_SIZE];
	size_t caret;       /* bytes */
	int max;            /* characters; 0: as many as fit */
	bool secret;        /* drawn as stars */
	bool fresh;         /* the first typed character replaces the text */
};

void w_text_set(struct w_text *w, const char *text);
void w_text_wipe(struct w_text *w);
/* ym_text_normalize, and the caret after the end. */
void w_text_normalize(struct w_text *w);
int w_text_count(const struct w_text *w);
/* UI_DIRTY when the key was for the field, UI_PASS when not. ret_edited (may be NULL) is set when the text changed. */
int w_text_key(struct w_text *w, const struct ui_key *key, bool *ret_edited);
/* A field of `width` cells; with the focus it places the caret. */
void w_text_draw(const struct w_text *w, const struct ui_area *a, int row, int col, int width, bool focus);
/* The same over several rows: how many `width` cells need, and the field drawn over `rows` of them, those with the caret when it is longer. */
int w_text_rows(const struct w_text *w, int width);
void w_text_draw_rows(const struct w_text *w, const struct ui_area *a, int row, int col, int width, int rows);
/* A field without the focus: its text, and a faint line where there is none. */
void w_text_draw_plain(const struct ui_area *a, int row, int col, int width, const char *text);
