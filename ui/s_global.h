/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Commands that every screen has. Not keys (command.h). Invariant: they need no state of the screen they are called on.
 */
#pragma once

#include "screen.h"

int s_global_command(struct ui_app *app, enum ui_command command);
/* The visit that is open at the window becomes the top screen. */
void s_global_show_visit(struct ui_app *app);
