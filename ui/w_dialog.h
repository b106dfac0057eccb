/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Dialogs: a question, a line of text, a choice. They lie over the lower part of the screen and answer by callback.
 * Nothing opens one but the officer's own key. Invariant: Esc answers nothing and changes nothing.
 */
#pragma once

#include "screen.h"

/* A sheet over the bottom of the body with a title line; returns the area below the title. */
struct ui_area w_dialog_sheet(const struct ui_area *a, int rows, const char *title);

/* Yes (Enter) answers `value`. Texts are translated and copied. */
void w_dialog_confirm(struct ui_app *app, const char *title, const char *text, int value, ui_answer_fn fn);
/* A line of at least min_chars characters; answers value and the text. */
void w_dialog_input(struct ui_app *app, const char *title, const char *prompt, const char *initial, int min_chars,
	int value, ui_answer_fn fn);
#define W_DIALOG_CHOICES 64
/* One of n labels (copied, at most W_DIALOG_CHOICES); digits pick. Answers the index and the label. */
void w_dialog_choose(struct ui_app *app, const char *title, const char *const *labels, int n, int selected, ui_answer_fn fn);
