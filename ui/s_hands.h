/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Practice: what the citizen says and can do with hands - always through the simulated far end of a device.
 */
#pragma once

#include "screen.h"

extern const struct ui_screen s_hands_screen;
