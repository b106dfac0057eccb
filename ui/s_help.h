/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Every key that works on the screen below, from the tables of command.h. Nothing here is written by hand.
 */
#pragma once

#include "screen.h"

extern const struct ui_screen s_help_screen;
