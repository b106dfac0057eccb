/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The home screen of the window: queue, parked visits, alerts, today's numbers. Not the rules of the queue.
 */
#pragma once

#include "screen.h"

extern const struct ui_screen s_home_screen;
