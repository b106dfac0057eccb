/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A query against every text of the index, and the ranking of what it finds. Not one match (find_match.c).
 * Invariant: the work of a query is bounded by the size of the index, whatever is typed.
 */
#include "catalog/find_inner.h"

#include "catalog/find_sentence.h"

#define TERMS_MAX 4
#define SCORE_SENTENCE 400    /* of one that is all there */
#define SCORE_PLAIN 560       /* from here on what was typed is a text or its beginning */

static void
take(struct ym_find_score *of_entry, struct ym_find_score s)
{
	if (s.value > of_entry->value)
		*of_entry = s;
}

/* Scores of one term for every entry. */
static void
score_term(const struct ym_find *f, const struct ym_find_query *q, struct ym_find_score *scores)
{
	uint32_t letters[60], has = 0;
	int n_letters, best = 0;

	for (int i = 0; i < f->n_texts; i++) {
		struct ym_find_score *s = &scores[f->texts[i].entry];

		take(s, ym_find_match(f, &f->texts[i], q));
		take(s, ym_find_match_loose(f, &f->texts[i], q));
		if (s->value > best)
			best = s->value;
	}
	if (best)
		return;
	n_letters = ym_find_spell_query(q, letters, (int)YM_ARRAY_LEN(letters));
	for (int i = 0; i < n_letters; i++)
		has |= ym_find_letter_bit(letters[i]);
	for (int i = 0; i < f->n_texts; i++)
		take(&scores[f->texts[i].entry],
			ym_find_match_slip(f, &f->texts[i], q, letters, n_letters, has));
}

/* The query as a sentence, below whatever holds it as it stands. */
static void
score_sentence(const struct ym_find *f, const struct ym_find_query *q, struct ym_find_score *scores)
{
	struct ym_sentence s;

	if (!ym_sentence_init(&s, q->cps, q->n))
		return;
	for (int i = 0; i < f->n_texts; i++)
		if (f->texts[i].kind != YM_FIND_CODE)
			ym_sentence_count(&s, f->texts[i].entry, f->cps + f->texts[i].unit,
				f->texts[i].n_units);
	ym_sentence_weigh(&s, f->n_entries);
	for (int i = 0; i < f->n_texts; i++) {
		const struct ym_find_text *t = &f->texts[i];
		int value = t->kind == YM_FIND_CODE
			? 0
			: ym_sentence_score(&s, f->cps + t->unit, t->n_units);

		if (value >= YM_SENTENCE_LEAST)
			take(&scores[t->entry],
				(struct ym_find_score){ SCORE_SENTENCE * value / 1000, "fuzzy" });
	}
}

static bool
read_term(const char *s, size_t n, struct ym_find_query *q)
{
	q->n = ym_find_fold(s, n, q->cps, YM_FIND_QUERY_MAX);
	q->literal = true;
	for (int i = 0; i < q->n; i++)
		q->literal &= q->cps[i] >= 0x80;
	return q->n > 0;
}

struct ranked {
	int value, entry;
};

static int
by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return x->value != y->value ? y->value - x->value : x->entry - y->entry;
}

static void
write_hit(struct ym_hit *ret, const struct ym_find_entry *e, struct ym_find_score s)
{
	memset(ret, 0, sizeof *ret);
	memcpy(ret->id, e->id, sizeof ret->id);
	memcpy(ret->name, e->name, sizeof ret->name);
	memcpy(ret->category, e->category, sizeof ret->category);
	ret->is_bundle = e->is_bundle;
	ret->why = s.why;
	ret->score = s.value;
}

/* Every word of the query must be there; the worst of them ranks. First the query as one word, for a name with blanks. */
static void
score_words(const struct ym_find *f, const char *query, struct ym_find_score *total, struct ym_find_score *one)
{
	struct ym_find_query q;
	int n_words = 0;

	for (const char *s = query; *s && n_words < TERMS_MAX;) {
		size_t n = strcspn(s, " \t");

		if (read_term(s, n, &q)) {
			memset(one, 0, (size_t)f->n_entries * sizeof *one);
			score_term(f, &q, one);
			for (int i = 0; i < f->n_entries; i++)
				if (!n_words || one[i].value < total[i].value)
					total[i] = one[i];
			n_words++;
		}
		s += n + strspn(s + n, " \t");
	}
}

int
ym_find_query(const struct ym_find *f, const char *query, struct ym_hit *ret, int max)
{
	YM_FREE struct ym_find_score *total = NULL, *one = NULL;
	YM_FREE struct ranked *ranked = NULL;
	struct ym_find_query q;
	int n = 0, best = 0;

	if (!f->n_entries || max <= 0 || !read_term(query, strlen(query), &q))
		return 0;
	total = ym_alloc((size_t)f->n_entries * sizeof *total);
	score_term(f, &q, total);
	for (int i = 0; i < f->n_entries; i++)
		if (total[i].value > best)
			best = total[i].value;
	if (best < SCORE_PLAIN)
		score_sentence(f, &q, total);
	if (best < YM_FIND_PART_INITIALS - 60 && strpbrk(query, " \t")) {
		one = ym_alloc((size_t)f->n_entries * sizeof *one);
		score_words(f, query, total, one);
	}
	ranked = ym_alloc((size_t)f->n_entries * sizeof *ranked);
	for (int i = 0; i < f->n_entries; i++)
		if (total[i].value > 0)
			ranked[n++] = (struct ranked){ total[i].value, i };
	qsort(ranked, (size_t)n, sizeof *ranked, by_rank);
	n = n < max ? n : max;
	for (int i = 0; i < n; i++)
		write_hit(&ret[i], &f->entries[ranked[i].entry], total[ranked[i].entry]);
	return n;
}
