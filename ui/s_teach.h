/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Adding a scanner that acts as a keyboard: the code to scan, and what came of it. Not other scanners: those are known by
 * their ids. Invariant: no ordinary keyboard is ever taken, because nobody types this code.
 */
#pragma once

#include "screen.h"

void s_teach_show(struct ui_app *app);
