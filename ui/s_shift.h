/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The shift: open it, read its report, close it. The report's text comes from the engine as it is.
 */
#pragma once

#include "screen.h"

extern const struct ui_screen s_shift_screen;
