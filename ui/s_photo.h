/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The photo of the card, beside what to do with it. Not the portrait of a case (s_capture.h).
 */
#pragma once

#include "screen.h"

void s_photo_show(struct ui_app *app);
