/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Checking the parts of a catalogue: form first, then meaning. Not reading them. Invariant: never changes a node. */
#pragma once

#include "catalog/parts.h"

/* Reports every fault through the parts' callback; INVALID when there was an error, ever since they were read. */
enum ym_code ym_lint_parts(struct ym_parts *p, struct ym_error *err) YM_MUST;
/* The form alone of one object: keys, types, choices. The table of each section is in spec.c. */
void ym_spec_check(struct ym_parts *p, const struct ym_node *node, enum ym_section section);
