/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The item finder: name, colloquial name, code, pinyin, initials; several at once; bundles; the guide of an item.
 * Not the search itself (catalog). Invariant: only what was taken with Enter is added to the visit.
 */
#pragma once

#include "screen.h"

/* For the open visit (Enter adds), or for looking only (Enter reads the guide). */
void s_find_show(struct ui_app *app, bool for_visit);
/* The guide (办事指南) of an item or bundle: the consultation screen, only to be read (s_consult.c). */
void s_find_guide(struct ui_app *app, const char *id, bool is_bundle);

extern const struct ui_screen s_find_screen;
