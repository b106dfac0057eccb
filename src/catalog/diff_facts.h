/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * An entry of a catalogue as a list of facts, each with its part, its key and its text: what two catalogues are compared by, and
 * what a reader is shown instead of a line of JSON. For diff.c. Invariant: no two facts of one entry have the same part and key.
 */
#pragma once

#include "catalog/diff.h"
#include "catalog/parts.h"

struct ym_diff_fact {
	const char *part;   /* said */
	char *key, *label, *text;
	const char *source; /* the JSON's */
};
struct ym_diff_facts {
	struct ym_diff_fact *p;
	int n;
	ym_say_fn say;
};

void ym_diff_facts_release(struct ym_diff_facts *f);
#define YM_DIFF_FACTS YM_CLEANUP(ym_diff_facts_release) struct ym_diff_facts
/* Appends what the entry says; f->say is set, json is borrowed as long as f. */
void ym_diff_facts_collect(struct ym_diff_facts *f, enum ym_section section, const json_t *json);
