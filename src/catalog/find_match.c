/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One query against one text of the index, and what the match is worth. Not approximate matching itself (find_slips.c).
 * Invariant: the work at one place of a text is bounded, whatever is typed.
 */
#include "catalog/find_inner.h"

#include "catalog/pinyin.h"

#define STEPS_MAX 400 /* of one attempt at one place */

/* -- exact matching: characters, syllables and initials in any mixture -- */

struct how {
	int n_spelt, n_initial, steps;
};

static int attempt(const struct ym_find_unit *t, int n_t, const uint32_t *q, int n_q, struct how *how);

/* Go on after one unit that took n letters. */
static int
go_on(const struct ym_find_unit *t, int n_t, const uint32_t *q, int n_q, int n, bool spelt, struct how *how)
{
	struct how kept = *how;
	int rest;

	how->n_spelt += spelt;
	how->n_initial += !spelt;
	rest = attempt(t + 1, n_t - 1, q + n, n_q - n, how);
	if (rest < 0) {
		kept.steps = how->steps;
		*how = kept;
		return -1;
	}
	return rest + 1;
}

/* Units of t that the whole of q takes from its beginning; -1 when it does not match. */
static int
attempt(const struct ym_find_unit *t, int n_t, const uint32_t *q, int n_q, struct how *how)
{
	const char *readings[YM_PINYIN_MAX];
	int n_readings, took;

	if (n_q == 0)
		return 0;
	if (n_t == 0 || ++how->steps > STEPS_MAX)
		return -1;
	if (t->cp == q[0]) {
		took = attempt(t + 1, n_t - 1, q + 1, n_q - 1, how);
		return took < 0 ? -1 : took + 1;
	}
	if (!(t->first & ym_find_letter_bit(q[0])))
		return -1;
	n_readings = ym_pinyin_of(t->cp, readings);
	/* Whole syllables, the last one perhaps unfinished. */
	for (int r = 0; r < n_readings; r++) {
		int n = 0;

		while (readings[r][n] && n < n_q && (uint32_t)readings[r][n] == q[n])
			n++;
		/* A single letter is the beginning of a syllable only after whole ones. */
		if (n && (!readings[r][n] || (n == n_q && (n > 1 || how->n_spelt)))) {
			took = go_on(t, n_t, q, n_q, n, true, how);
			if (took >= 0)
				return took;
		}
	}
	/* Initials: one letter, or zh ch sh as two. */
	if (n_q > 1 && q[1] == 'h' && (q[0] == 'z' || q[0] == 'c' || q[0] == 's'))
		for (int r = 0; r < n_readings; r++)
			if ((uint32_t)readings[r][0] == q[0] && readings[r][1] == 'h') {
				took = go_on(t, n_t, q, n_q, 2, false, how);
				if (took >= 0)
					return took;
				break;
			}
	return go_on(t, n_t, q, n_q, 1, false, how);
}

static int
at_least(int a, int b)
{
	return a > b ? a : b;
}

static int
at_most(int a, int b)
{
	return a < b ? a : b;
}

/* "hz" begins sixty codes, but whoever types it means the word: letters alone are a code only in the end. */
static bool
is_letters(const struct ym_find_query *q)
{
	for (int i = 0; i < q->n; i++)
		if (q->cps[i] < 'a' || q->cps[i] > 'z')
			return false;
	return true;
}

/* The rank of a match of `took` units at place `at`. */
static struct ym_find_score
rank(const struct ym_find_text *t, int at, int took, const struct how *how, const struct ym_find_query *q)
{
	/* whole, beginning, part */
	static const int code[] = { 1000, 820, 520 }, literal[] = { 900, 800, 500 },
			 spelt[] = { 880, 760, 480 },
			 initials[] = { 740, 700, YM_FIND_PART_INITIALS };
	int place = at > 0 ? 2 : took == t->n_units ? 0 : 1;
	int loss = at_most(t->n_units - took, 38) + at_most(at, 10) / 5 + (t->kind == YM_FIND_ALIAS);
	const char *name = t->kind == YM_FIND_NAME ? "name" : "alias";

	if (t->kind == YM_FIND_CODE)
		return how->n_spelt || how->n_initial || (place == 2 && q->n < 3)
			? (struct ym_find_score){ 0 }
			: (struct ym_find_score){ (place == 1 && is_letters(q) ? 690 : code[place]) -
					(place ? loss : 0),
				"code" };
	if (how->n_initial)
		return place == 2 && q->n < 2
			? (struct ym_find_score){ 0 }
			: (struct ym_find_score){ initials[place] - loss, "initials" };
	if (how->n_spelt)
		return (struct ym_find_score){ spelt[place] - loss, "pinyin" };
	return (struct ym_find_score){ literal[place] - loss, name };
}

struct ym_find_score
ym_find_match(const struct ym_find *f, const struct ym_find_text *t, const struct ym_find_query *q)
{
	const struct ym_find_unit *units = f->units + t->unit;
	uint32_t bit = ym_find_letter_bit(q->cps[0]);
	struct ym_find_score best = { 0, NULL };

	for (int at = 0; at < t->n_units; at++) {
		struct how how = { 0 };
		struct ym_find_score s;
		int took;

		if (units[at].cp != q->cps[0] && !(units[at].first & bit))
			continue;
		took = attempt(units + at, t->n_units - at, q->cps, q->n, &how);
		if (took < 0)
			continue;
		s = rank(t, at, took, &how, q);
		if (s.value > best.value)
			best = s;
		/* Later places are parts; only a better kind of part can still win. */
		if (best.value >= 500)
			break;
	}
	return best;
}

/* Characters only, or everything would match. */
struct ym_find_score
ym_find_match_loose(const struct ym_find *f, const struct ym_find_text *t, const struct ym_find_query *q)
{
	int found = 0, first = 0, last = 0;

	if (!q->literal || q->n < 3 || t->kind == YM_FIND_CODE)
		return (struct ym_find_score){ 0, NULL };
	for (int i = 0; i < t->n_units && found < q->n; i++)
		if (f->units[t->unit + i].cp == q->cps[found]) {
			first = found ? first : i;
			last = i;
			found++;
		}
	if (found < q->n)
		return (struct ym_find_score){ 0, NULL };
	return (struct ym_find_score){ 380 - at_most(last - first + 1 - q->n, 40),
		t->kind == YM_FIND_NAME ? "name" : "alias" };
}

/* -- one slip -- */

int
ym_find_spell_query(const struct ym_find_query *q, uint32_t *ret, int max)
{
	int n = 0;

	for (int i = 0; i < q->n; i++) {
		const char *readings[YM_PINYIN_MAX];

		if (!ym_pinyin_of(q->cps[i], readings)) {
			if (n < max)
				ret[n++] = q->cps[i];
			continue;
		}
		for (const char *s = readings[0]; *s && n < max; s++)
			ret[n++] = (unsigned char)*s;
	}
	return n;
}

static struct ym_find_score
rank_slip(int slips, int n_query, int n_text, int end, int base)
{
	int value = base - slips * 40 - at_most(at_least(n_text - n_query, 0), 40);

	if (slips < 0)
		return (struct ym_find_score){ 0, NULL };
	if (end <= n_query + 1)
		value += 30; /* at the beginning */
	return (struct ym_find_score){ value, "fuzzy" };
}

struct ym_find_score
ym_find_match_slip(const struct ym_find *f, const struct ym_find_text *t, const struct ym_find_query *q,
	const uint32_t *letters, int n_letters, uint32_t has)
{
	struct ym_find_score best = { 0, NULL }, s;
	uint32_t text[YM_FIND_TEXT_MAX];
	int end = 0, slips;

	if (q->literal || t->kind == YM_FIND_CODE) {
		if (q->n >= 3) {
			for (int i = 0; i < t->n_units; i++)
				text[i] = f->units[t->unit + i].cp;
			slips = ym_find_slips(q->cps, q->n, text, t->n_units, &end);
			best = rank_slip(
				slips, q->n, t->n_units, end, t->kind == YM_FIND_CODE ? 220 : 300);
		}
		if (t->kind == YM_FIND_CODE)
			return best;
	}
	if (n_letters < 4)
		return best;
	/* A slip makes at most one letter foreign to the text. */
	if (__builtin_popcount(has & ~t->has) <= 1)
		for (int which = 0; which < 2 && t->n_spelt[which]; which++) {
			slips = ym_find_slips(letters, n_letters, f->letters + t->spelt[which],
				t->n_spelt[which], &end);
			/* All letters are there: rather two in the wrong order than another word. */
			s = rank_slip(slips, n_letters, t->n_spelt[which], end,
				has & ~t->has ? 260 : 290);
			if (s.value > best.value)
				best = s;
		}
	if (!q->literal && q->n >= 4) {
		slips = ym_find_slips(q->cps, q->n, f->letters + t->initials, t->n_units, &end);
		s = rank_slip(slips, q->n, t->n_units, end, 240);
		if (s.value > best.value)
			best = s;
	}
	return best;
}
