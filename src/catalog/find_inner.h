/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the finder's files share: the index (find.c), one query against one text (find_match.c), the ranking (find_query.c).
 * Only for find*.c. Invariant: the index is not changed by a query.
 */
#pragma once

#include "base/mem.h"
#include "catalog/find.h"

#define YM_FIND_QUERY_MAX 48
#define YM_FIND_TEXT_MAX 96
#define YM_FIND_PART_INITIALS 440 /* the score of initials in the middle of a text */

enum ym_find_kind { YM_FIND_CODE, YM_FIND_NAME, YM_FIND_ALIAS };
/* One character of a text; first: bits 0-25 letters that its readings begin with, 26 a digit. */
struct ym_find_unit {
	uint32_t cp, first;
};
struct ym_find_text {
	enum ym_find_kind kind;
	int entry, unit, n_units; /* units[unit .. unit+n) */
	int spelt[2],
		n_spelt[2]; /* letters[]: usual readings; every polyphone's second reading (0 letters: no polyphone) */
	int initials; /* letters[initials .. +n_units) */
	uint32_t has; /* letters in spelt */
};
struct ym_find {
	struct ym_find_entry *entries;
	struct ym_find_text *texts;
	struct ym_find_unit *units;
	uint32_t *letters, *cps; /* cps: of the units, apart, for who needs nothing else */
	int n_entries, n_texts, n_units, n_letters, max_units, max_letters;
};

struct ym_find_query {
	uint32_t cps[YM_FIND_QUERY_MAX];
	int n;
	bool literal; /* no letters */
};
struct ym_find_score {
	int value;
	const char *why;
};

/* Bits 0-25 letters, 26 any digit; 0 for every other character. */
static inline uint32_t
ym_find_letter_bit(uint32_t c)
{
	if (c >= 'a' && c <= 'z')
		return 1u << (c - 'a');
	return c >= '0' && c <= '9' ? 1u << 26 : 0;
}

/* Half-width, lower case, without blanks and punctuation; returns how many characters were written. */
int ym_find_fold(const char *s, size_t n, uint32_t *ret, int max);
/* As it stands: characters, syllables and initials in any mixture. A value of 0 is no match. */
struct ym_find_score ym_find_match(const struct ym_find *f, const struct ym_find_text *t, const struct ym_find_query *q);
/* All characters in order, with gaps: 护照换发 finds 护照到期换发. */
struct ym_find_score ym_find_match_loose(const struct ym_find *f, const struct ym_find_text *t, const struct ym_find_query *q);
/* With one slip. letters: the query spelt (ym_find_spell_query), has: the set of them. */
struct ym_find_score ym_find_match_slip(const struct ym_find *f, const struct ym_find_text *t, const struct ym_find_query *q,
	const uint32_t *letters, int n_letters, uint32_t has);
/* The query as letters: characters become their usual reading, so that a homophone is found. */
int ym_find_spell_query(const struct ym_find_query *q, uint32_t *ret, int max);
