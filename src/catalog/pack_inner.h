/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What pack.c and pack_words.c share: an open pack and the trees of what was read from it. Nothing else sees it.
 * Invariant: a node begins with its name, and stays where it is until the pack is closed.
 */
#pragma once

#include "catalog/calendar.h"
#include "catalog/find.h"
#include "catalog/pack.h"

struct ym_pack_text {
	const char *id;
	char *text;
};

struct ym_pack {
	struct ym_db *db;
	char *version, *effective, *published, *folder;
	int n_items, old_days, stale_days;
	void *older, *items, *bundles, *datums, *kinds, *labels, *tables, *documents, *strings;
	struct ym_find *finder;
	struct ym_calendar *calendar;
	bool has_words;
};

void *ym_pack_lookup(void *const *tree, const char *id);
void ym_pack_put(void **tree, void *node);
void ym_pack_free_text(void *node);
/* Vocabulary and code tables. */
void ym_pack_release_words(struct ym_pack *p);
