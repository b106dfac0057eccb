/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The locked screen: nothing of the visit shows until the password of who locked is typed. Not signing in of another
 * officer. Invariant: there is at most one.
 */
#pragma once

#include "screen.h"

extern const struct ui_screen s_lock_screen;

/* Lies over everything; harmless when it is there or nobody is signed in. */
void s_lock_show(struct ui_app *app);
