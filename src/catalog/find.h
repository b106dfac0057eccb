/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The finder's flat index: what is typed at the counter against codes, names and aliases, as characters, pinyin, initials or a
 * mixture, with one slip. Not a store: ym_pack fills it once. Invariant: entries keep the order in which they were added.
 */
#pragma once

#include "yimen/item.h"

struct ym_find;
struct ym_find_entry { char id[40], name[160], category[32]; bool is_bundle; };
struct ym_find *ym_find_new(void);
void ym_find_free(struct ym_find *f);
/* codes and aliases are lines. */
void ym_find_add(struct ym_find *f, bool is_bundle, const char *id, const char *name, const char *category,
	const char *codes, const char *aliases);
int ym_find_n(const struct ym_find *f);
const struct ym_find_entry *ym_find_entry(const struct ym_find *f, int i);
/* Best first: exact code, exact name or alias, prefix, initials, part, then slips. Returns how many were written. */
int ym_find_query(const struct ym_find *f, const char *query, struct ym_hit *ret, int max);
/* Approximate search (bit-parallel, one insertion, deletion, substitution or transposition): 0 or 1 slips, -1 not there.
 * *ret_end is where the first best match ends in text. 1 <= n_query <= 60. For find_match.c. */
int ym_find_slips(const uint32_t *query, int n_query, const uint32_t *text, int n_text, int *ret_end);
