/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A new ticket: class, what it is about, appointment.
 */
#pragma once

#include "screen.h"

extern const struct ui_screen s_ticket_screen;
