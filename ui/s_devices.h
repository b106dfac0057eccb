/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The devices of the counter: state, last fault, a test. Not the citizen's hands (s_hands.h).
 */
#pragma once

#include "screen.h"

extern const struct ui_screen s_devices_screen;
