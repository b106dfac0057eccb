/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Items, bundles and words as plain values over a JSON tree that is kept alive. Not checked here: a compiled pack was.
 * Invariant: every string of a value lives as long as its ym_held.
 */
#pragma once

#include "base/json.h"
#include "yimen/item.h"

struct ym_held { json_t *json; void **blocks; int n_blocks; };
void ym_held_release(struct ym_held *h);
/* Take the reference and fill the value. */
void ym_held_item(struct ym_held *h, json_t *json, struct ym_item *ret);
void ym_held_bundle(struct ym_held *h, json_t *json, struct ym_bundle *ret);
void ym_held_datum(struct ym_held *h, json_t *json, struct ym_datum *ret);
void ym_held_kind(struct ym_held *h, json_t *json, struct ym_kind *ret);
