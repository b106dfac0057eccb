/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The engine's side of a consultation (yimen/consult.h): made over a casework, carried by a ticket into a visit, put on paper.
 * Not for screens. Invariant: what a ticket carries is codes and answers; of the person only the household division that was said.
 */
#pragma once

#include "base/json.h"
#include "cases/casework.h"
#include "yimen/consult.h"

struct ym_consult *ym_consult_new(struct ym_casework *w);
/* While the screen is locked: everything as JSON (new reference), and back. */
json_t *ym_consult_to_json(const struct ym_consult *c);
struct ym_consult *ym_consult_from_json(struct ym_casework *w, const json_t *j);
/* The context of its paper (data/papers/guide.json; keys there). is_public: the item's public guide, with law and sources, for nobody. */
json_t *ym_consult_context(struct ym_consult *c, bool is_public);
/* The paper's id: number and template. */
void ym_consult_paper_id(const struct ym_consult *c, char ret[64]);
/* Appends paper.printed: the citizen may be gone when the printer is done. */
enum ym_code ym_consult_printed(struct ym_casework *w, const char *paper, const char *device, struct ym_error *err) YM_MUST;
void ym_consult_tally(struct ym_casework *w, struct ym_consult_tally *ret);
