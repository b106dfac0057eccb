/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The inside of a consultation, shared by the consult*.c of this folder only.
 * Invariant: items, conditions and materials are derived from the visit by ym_consult_look and point into it.
 */
#pragma once

#include "cases/consulting.h"
#include "cases/inner.h"

#define CONSULT_MAX_CONDITIONS 160

struct ym_consult {
	struct ym_casework *w;
	struct ym_visit *v;                     /* never opened */
	char no[40], age[8], kind[16];
	bool open;                              /* something to give that was not given */
	struct ym_consult_item items[YM_MAX_CASES];
	struct ym_consult_condition conditions[CONSULT_MAX_CONDITIONS];
	struct ym_consult_material materials[YM_MAX_MATERIALS];
	int n_conditions, n_materials;
};

void ym_consult_look(struct ym_consult *c);
struct ym_who *ym_consult_who(const struct ym_consult *c);
/* What a ticket carries: items, bundles, answers, the household division. New reference. */
json_t *ym_consult_load(const struct ym_consult *c);
/* Into a visit that begins: what the catalogue no longer has is left out. */
void ym_consult_unload(struct ym_visit *v, const json_t *load);
