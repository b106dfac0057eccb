/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The moving bar of a list: selection and first visible row. Not the rows themselves; whoever draws them asks where.
 * Invariant: 0 <= sel < n while n > 0.
 */
#pragma once

#include "key.h"

struct w_list {
	int n, sel, top;
};

/* New length; the selection stays inside. */
void w_list_set(struct w_list *w, int n);
void w_list_select(struct w_list *w, int sel);
/* Up, Down, PgUp, PgDn, Home, End; UI_DIRTY or UI_PASS. page: rows shown. */
int w_list_key(struct w_list *w, const struct ui_key *key, int page);
/* First visible row for so many rows, with the selection in sight. */
int w_list_top(const struct w_list *w, int rows);
