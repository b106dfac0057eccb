/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A few labelled fields in a dialog: text or one of some choices. Not the visit's form (s_form.c), which the engine
 * lays out. Invariant: one field has the focus.
 */
#pragma once

#include "w_text.h"

#define W_FIELDS_MAX 12

struct w_field {
	const char *label;            /* translated */
	const char *const *choices;   /* NULL: text; else msgids, NULL at the end */
	int choice;
	struct w_text text;
	char error[200];
};
struct w_fields {
	int n, focus;
	struct w_field fields[W_FIELDS_MAX];
};

struct w_field *w_fields_add(struct w_fields *w, const char *label, const char *const *choices);
/* Up, Down, Tab, text, and Left, Right or a digit for choices. UI_DIRTY or UI_PASS (Enter and Esc are the dialog's). */
int w_fields_key(struct w_fields *w, const struct ui_key *key);
/* Returns the rows used. */
int w_fields_draw(const struct w_fields *w, const struct ui_area *a, int row, int col, int width);
int w_fields_rows(const struct w_fields *w);
