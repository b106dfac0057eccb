/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A whole visit through the visit API, as an officer would take it: one invented citizen, some items, everything seen,
 * every field filled. For measuring only. Invariant: people come from a county code that was never assigned.
 */
#pragma once

#include "yimen/visit.h"

struct take_person {
	char name[24], number[24], phone[16];
};
/* The i-th invented person; the same i gives the same person. */
void take_person(int i, struct take_person *ret);
/* Persons, items, answers, materials, form: all that comes before a decision. Ends the program when the engine refuses. */
void take_ready(struct ym_visit *v, const struct take_person *p, const char *const items[], int n_items);
/* Decide one case as proposed; false when nothing, or not a positive exit, is proposed. */
enum ym_exit take_decide(struct ym_visit *v, int c);
/* Fees, and the results signed for: all that must come after. */
void take_settle(struct ym_visit *v);
