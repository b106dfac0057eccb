/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a scanned code does on the screens: it goes where it is wanted, or one line says that it waits; never into typing
 * by itself. Also bursts of keys from a scanner that types into a remote terminal.
 * Invariant: nothing of a burst stands in a password field.
 */
#pragma once

#include "screen.h"

/* After the screens saw YM_NOTICE_SCAN: whoever wanted the code has taken it, or the tray still holds it. */
void s_scan_notice(struct ui_app *app);
/* Takes the waiting code for a person of the visit; false when there is none that identifies anybody. */
bool s_scan_identify(struct ui_app *app, int person);
/* Types the waiting code as text into the top screen. */
void s_scan_type(struct ui_app *app);
/* The faults of a misread zone, with what the characters may have been, on the reading screen. */
void s_scan_show_zone(struct ui_app *app);
/* Keys of the terminal that were there at once, before they are handled. Returns how many of them were a scan. */
int s_scan_burst(struct ui_app *app, const struct ui_key keys[], int n);
/* The scanner's prefix (STX, Ctrl+B) or text after it; true when the key belongs to a scan. */
bool s_scan_prefixed(struct ui_app *app, const struct ui_key *key);
/* Keys of one read at ui_util_now_ms, by their pace: faster than a hand they are a scanner's. True: they are thrown away (a password field, which
 * gives back what of them it had). */
bool s_scan_paced(struct ui_app *app, const struct ui_key keys[], int n, int64_t now_ms);
/* After they were handled: how to teach a keyboard that typed like a scanner. */
void s_scan_advise(struct ui_app *app);
