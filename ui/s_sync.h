/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What waits to be sent, when it last went, why not, and a key to try now.
 */
#pragma once

#include "screen.h"

extern const struct ui_screen s_sync_screen;
