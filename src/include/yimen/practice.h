/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Practice: simulated citizens, and "the citizen's hands" that act only through the simulated far ends of devices.
 * Not scoring (a later issue). Invariant: unavailable (NULL) outside a practice station.
 */
#pragma once

#include "yimen/station.h"

/* Make (once) and open the practice desk: own folder, keys, number prefix, a real local yimen-central on a Unix socket.
 * drill: a pack to work with from its first day on, whatever its date; NULL: the shipped one. STATE: the folder has another. */
enum ym_code ym_practice_open(struct ym_loop *loop, const char *dir /* NULL default */, const char *drill, bool headless, struct ym_station **ret, struct ym_error *err) YM_MUST;
/* Account and password that practice signs in with (shown on its sign-in screen). */
const char *ym_practice_account(void);
const char *ym_practice_password(void);

struct ym_hands;
struct ym_hands *ym_practice_hands(struct ym_station *s);     /* NULL when not practice */
struct ym_hand { char key[48] /* "card:0", "lift", "come:newborn", "unplug" … */; char label[96]; bool active; };
int ym_hands_list(struct ym_hands *h, struct ym_hand *ret, int max);
enum ym_code ym_hands_do(struct ym_hands *h, const char *key, struct ym_error *err) YM_MUST;
const char *ym_hands_says(struct ym_hands *h);                /* what the citizen says now */
/* The newest receipt that came out of the practice printer, as text; NULL when there is none. Hand "out" asks a screen to show it. */
const char *ym_hands_printed(struct ym_hands *h);
