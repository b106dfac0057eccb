/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The home screen of the guide desk (咨询引导): search, what this person can do, the consultation that is open. Not the consultation
 * itself (s_consult.h) nor the queue (s_home.h). Invariant: every printable key is part of the search.
 */
#pragma once

#include "screen.h"

/* The first screen of who signed in: the guide desk or the window, whichever the account came for. */
void s_guide_begin(struct ui_app *app);
/* The other home takes this one's place. */
void s_guide_show(struct ui_app *app);

extern const struct ui_screen s_guide_screen;
