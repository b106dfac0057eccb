/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Every command of the screen below, found by a word, its pinyin or its initials. Not a second way of doing things: it
 * runs the command as its key would.
 */
#pragma once

#include "screen.h"

extern const struct ui_screen s_palette_screen;
