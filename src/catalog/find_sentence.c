/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Weighing a sentence. Characters that only hold a sentence together weigh nothing, all others by how few entries have
 * them; two that stand together in both count twice. Invariant: a score is of this query only, never compared with another's.
 */
#include "catalog/find_sentence.h"

#include <string.h>

/* 我你他她想要能可以吗么呢吧怎样了的得着个给把和跟就需啥什有是也还哪咋请问那这在办: none of them names a thing. */
static const uint32_t empty_words[] = { 0x6211, 0x4F60, 0x4ED6, 0x5979, 0x60F3, 0x8981, 0x80FD, 0x53EF, 0x4EE5, 0x5417, 0x4E48,
	0x5462, 0x5427, 0x600E, 0x6837, 0x4E86, 0x7684, 0x5F97, 0x7740, 0x4E2A, 0x7ED9, 0x628A, 0x548C, 0x8DDF, 0x5C31, 0x9700,
	0x5565, 0x4EC0, 0x6709, 0x662F, 0x4E5F, 0x8FD8, 0x54EA, 0x548B, 0x8BF7, 0x95EE, 0x90A3, 0x8FD9, 0x5728, 0x529E };

static bool
is_empty_word(uint32_t c)
{
	for (size_t i = 0; i < sizeof empty_words / sizeof empty_words[0]; i++)
		if (empty_words[i] == c)
			return true;
	return false;
}

/* The first place of a character in the query, or -1. */
static int
place_of(const struct ym_sentence *s, uint32_t c)
{
	for (int at = s->bucket[c & 255]; at; at = s->next[at - 1])
		if (s->cps[at - 1] == c)
			return at - 1;
	return -1;
}

bool
ym_sentence_init(struct ym_sentence *s, const uint32_t *cps, int n)
{
	int n_words = 0;

	memset(s, 0, sizeof *s);
	for (int i = 0; i < n && i < YM_SENTENCE_MAX; i++) {
		s->cps[s->n++] = cps[i];
		n_words += cps[i] >= 0x80;
		s->last_entry[i] = -1;
		if (place_of(s, cps[i]) < 0) {
			s->next[i] = s->bucket[cps[i] & 255];
			s->bucket[cps[i] & 255] = (uint8_t)(i + 1);
		}
	}
	return n_words >= 3;
}

void
ym_sentence_count(struct ym_sentence *s, int entry, const uint32_t *text, int n_text)
{
	for (int i = 0; i < n_text; i++) {
		int at = place_of(s, text[i]);

		if (at >= 0 && s->last_entry[at] != entry) {
			s->last_entry[at] = entry;
			s->n_entries[at]++;
		}
	}
}

/* About 0.5 + log2(ratio), straight between the powers of two. */
static float
rarity(float ratio)
{
	float weight = 0.5f;

	for (; ratio >= 2; ratio /= 2)
		weight += 1;
	return weight + ratio - 1;
}

void
ym_sentence_weigh(struct ym_sentence *s, int n_entries)
{
	for (int i = 0; i < s->n; i++) {
		int n = s->n_entries[place_of(s, s->cps[i])];

		/* What no entry has tells nothing apart; it only lowers every score a little. */
		if (is_empty_word(s->cps[i]))
			s->weight[i] = 0;
		else
			s->weight[i] = n ? rarity((float)(n_entries + 1) / (float)n) : 1.5f;
		s->total += s->weight[i];
	}
}

int
ym_sentence_score(const struct ym_sentence *s, const uint32_t *text, int n_text)
{
	bool single[YM_SENTENCE_MAX] = { false }, pair[YM_SENTENCE_MAX] = { false };
	float shared = 0;
	int n_shared = 0, n_words = 0, before = -1;

	if (s->total <= 0)
		return 0;
	for (int i = 0; i < n_text; i++) {
		int at = place_of(s, text[i]);

		n_words += !is_empty_word(text[i]);
		n_shared += at >= 0 && !is_empty_word(text[i]);
		if (before >= 0 && before + 1 < s->n && s->cps[before + 1] == text[i]) {
			at = before + 1;
			pair[before] = pair[at] = true;
		}
		if (at >= 0)
			single[at] = true;
		before = at;
	}
	for (int i = 0; i < s->n; i++)
		shared += s->weight[i] * (pair[i] ? 1.0f : single[i] ? 0.6f : 0);
	return (int)(700 * shared / s->total + 300 * (float)n_shared / (float)(n_words ? n_words : 1));
}
