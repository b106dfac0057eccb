/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The cases of the desk, newest first, a page at a time by the last row's number; search as typed.
 */
#pragma once

#include "screen.h"

extern const struct ui_screen s_cases_screen;
/* Opens with a search text; "" is all. */
void s_cases_show(struct ui_app *app, const char *text);
