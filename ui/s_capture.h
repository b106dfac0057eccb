/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Capturing one material: what the camera sees, what is measured of it, the pages so far, and what there is from before;
 * or the fingers and how far each is. Not the measuring (station). Invariant: nothing is asked of the officer by itself.
 */
#pragma once

#include "screen.h"

/* arg: const int *, the material's line. */
extern const struct ui_screen s_capture_screen;
