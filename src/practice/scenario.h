/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A practice citizen from a scenario file (folder data/scenarios): who comes, what they say, what they carry. Not scoring.
 * Invariant: a malformed file is refused whole, with the reason.
 */
#pragma once

#include "base/json.h"
#include "practice/sim_reader.h"
#include "yimen/queue.h"

#define YM_SCENARIO_PEOPLE 6

struct ym_scenario {
	json_t *json;                    /* everything below borrows from it */
	const char *id, *title, *says, *claim;
	enum ym_ticket_class cls;
	int n_people, rating;            /* rating: 1 best .. 5, 0 none given */
	const char *as[YM_SCENARIO_PEOPLE];
	bool has_card[YM_SCENARIO_PEOPLE];
	struct ym_sim_card cards[YM_SCENARIO_PEOPLE];
	char dates[YM_SCENARIO_PEOPLE][3][12];
};
enum ym_code ym_scenario_load(const char *path, struct ym_scenario *ret, struct ym_error *err) YM_MUST;
void ym_scenario_release(struct ym_scenario *s);
