/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The ticket dialog: a new ticket of this window, or one that carries the open consultation to a window. */
#pragma once

#include "screen.h"

void s_ticket_new(struct ui_app *app);
/* Says so when nothing was looked at yet. */
void s_ticket_consult(struct ui_app *app);
