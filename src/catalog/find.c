/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Matching a query against every text of the index and ranking. Not approximate matching itself (find_slips.c).
 * Invariant: the work of a query is bounded by the size of the index, whatever is typed.
 */
#include "catalog/find.h"

#include "base/mem.h"
#include "catalog/find_sentence.h"
#include "catalog/pinyin.h"
#include "yimen/text.h"

#define QUERY_MAX 48
#define TEXT_MAX 96
#define TERMS_MAX 4
#define STEPS_MAX 400 /* of one attempt at one place */
#define SCORE_PART_INITIALS 440
#define SCORE_SENTENCE 400    /* of one that is all there */
#define SCORE_PLAIN 560       /* from here on what was typed is a text or its beginning */

enum text_kind { TEXT_CODE, TEXT_NAME, TEXT_ALIAS };
/* One character of a text; first: bits 0-25 letters that its readings begin with, 26 a digit. */
struct unit {
	uint32_t cp, first;
};
struct text {
	enum text_kind kind;
	int entry, unit, n_units; /* units[unit .. unit+n) */
	int spelt[2],
		n_spelt[2]; /* letters[]: usual readings; every polyphone's second reading (0 letters: no polyphone) */
	int initials; /* letters[initials .. +n_units) */
	uint32_t has; /* letters in spelt */
};
struct ym_find {
	struct ym_find_entry *entries;
	struct text *texts;
	struct unit *units;
	uint32_t *letters, *cps; /* cps: of the units, apart, for who needs nothing else */
	int n_entries, n_texts, n_units, n_letters, max_units, max_letters;
};

struct ym_find *
ym_find_new(void)
{
	return ym_alloc(sizeof(struct ym_find));
}

void
ym_find_free(struct ym_find *f)
{
	if (!f)
		return;
	free(f->entries);
	free(f->texts);
	free(f->units);
	free(f->cps);
	free(f->letters);
	free(f);
}

int
ym_find_n(const struct ym_find *f)
{
	return f->n_entries;
}

const struct ym_find_entry *
ym_find_entry(const struct ym_find *f, int i)
{
	return &f->entries[i];
}

/* -- folding -- */

static uint32_t
letter_bit(uint32_t c)
{
	if (c >= 'a' && c <= 'z')
		return 1u << (c - 'a');
	return c >= '0' && c <= '9' ? 1u << 26 : 0;
}

/* Half-width, lower case; 0 for blanks and punctuation, which nobody types twice the same way. */
static uint32_t
fold(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFF01 - 0x21;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 'a';
	if (c < 0x80)
		return letter_bit(c) ? c : 0;
	return c == 0x3007 || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
			(c >= 0x20000 && c < 0x40000)
		? c
		: 0;
}

static int
fold_text(const char *s, size_t n, uint32_t *ret, int max)
{
	int count = 0;

	while (n && count < max) {
		uint32_t c;
		size_t used = ym_text_decode(s, n, &c);

		c = fold(c);
		if (c)
			ret[count++] = c;
		s += used;
		n -= used;
	}
	return count;
}

/* -- building -- */

static void
add_letter(struct ym_find *f, struct text *t, uint32_t c)
{
	if (f->n_letters == f->max_letters) {
		f->max_letters = f->max_letters ? f->max_letters * 2 : 4096;
		f->letters =
			ym_realloc_array(f->letters, (size_t)f->max_letters, sizeof *f->letters);
	}
	f->letters[f->n_letters++] = c;
	t->has |= letter_bit(c);
}

/* Letters of the text with reading `which` of every character; returns whether any has a second reading. */
static bool
spell(struct ym_find *f, struct text *t, const uint32_t *cps, int n, int which)
{
	bool polyphone = false;

	t->spelt[which] = f->n_letters;
	for (int i = 0; i < n; i++) {
		const char *readings[YM_PINYIN_MAX];
		int n_readings = ym_pinyin_of(cps[i], readings);

		if (!n_readings)
			add_letter(f, t, cps[i]);
		polyphone |= n_readings > 1;
		for (const char *s = n_readings ? readings[n_readings > which ? which : 0] : ""; *s;
			s++)
			add_letter(f, t, (unsigned char)*s);
	}
	t->n_spelt[which] = f->n_letters - t->spelt[which];
	return polyphone;
}

static void
add_text(struct ym_find *f, enum text_kind kind, const char *s, size_t n)
{
	uint32_t cps[TEXT_MAX];
	struct text t = { .kind = kind, .entry = f->n_entries - 1, .unit = f->n_units };

	t.n_units = fold_text(s, n, cps, TEXT_MAX);
	if (!t.n_units)
		return;
	while (f->n_units + t.n_units > f->max_units) {
		f->max_units = f->max_units ? f->max_units * 2 : 4096;
		f->units = ym_realloc_array(f->units, (size_t)f->max_units, sizeof *f->units);
		f->cps = ym_realloc_array(f->cps, (size_t)f->max_units, sizeof *f->cps);
	}
	if (spell(f, &t, cps, t.n_units, 0))
		spell(f, &t, cps, t.n_units, 1);
	t.initials = f->n_letters;
	for (int i = 0; i < t.n_units; i++) {
		const char *readings[YM_PINYIN_MAX];
		int n_readings = ym_pinyin_of(cps[i], readings);
		struct unit u = { cps[i], letter_bit(cps[i]) };

		for (int r = 0; r < n_readings; r++)
			u.first |= letter_bit((unsigned char)readings[r][0]);
		f->cps[f->n_units] = cps[i];
		f->units[f->n_units++] = u;
		add_letter(f, &t, n_readings ? (unsigned char)readings[0][0] : cps[i]);
	}
	if (f->n_texts % 512 == 0)
		f->texts = ym_realloc_array(f->texts, (size_t)f->n_texts + 512, sizeof *f->texts);
	f->texts[f->n_texts++] = t;
}

static void
add_lines(struct ym_find *f, enum text_kind kind, const char *lines)
{
	for (const char *s = lines; *s; s += strcspn(s, "\n"), s += *s == '\n')
		add_text(f, kind, s, strcspn(s, "\n"));
}

void
ym_find_add(struct ym_find *f, bool is_bundle, const char *id, const char *name,
	const char *category, const char *codes, const char *aliases)
{
	struct ym_find_entry *e;

	if (f->n_entries % 64 == 0)
		f->entries =
			ym_realloc_array(f->entries, (size_t)f->n_entries + 64, sizeof *f->entries);
	e = &f->entries[f->n_entries++];
	memset(e, 0, sizeof *e);
	e->is_bundle = is_bundle;
	ym_strlcpy(e->id, id, sizeof e->id);
	ym_strlcpy(e->name, name, sizeof e->name);
	ym_strlcpy(e->category, category, sizeof e->category);
	add_lines(f, TEXT_CODE, id);
	add_lines(f, TEXT_CODE, codes);
	add_lines(f, TEXT_NAME, name);
	add_lines(f, TEXT_ALIAS, aliases);
}

/* -- exact matching: characters, syllables and initials in any mixture -- */

struct how {
	int n_spelt, n_initial, steps;
};

static int attempt(const struct unit *t, int n_t, const uint32_t *q, int n_q, struct how *how);

/* Go on after one unit that took n letters. */
static int
go_on(const struct unit *t, int n_t, const uint32_t *q, int n_q, int n, bool spelt, struct how *how)
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
attempt(const struct unit *t, int n_t, const uint32_t *q, int n_q, struct how *how)
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
	if (!(t->first & letter_bit(q[0])))
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

struct query {
	uint32_t cps[QUERY_MAX];
	int n;
	bool literal; /* no letters */
};
struct score {
	int value;
	const char *why;
};

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
is_letters(const struct query *q)
{
	for (int i = 0; i < q->n; i++)
		if (q->cps[i] < 'a' || q->cps[i] > 'z')
			return false;
	return true;
}

/* The rank of a match of `took` units at place `at`. */
static struct score
rank(const struct text *t, int at, int took, const struct how *how, const struct query *q)
{
	/* whole, beginning, part */
	static const int code[] = { 1000, 820, 520 }, literal[] = { 900, 800, 500 },
			 spelt[] = { 880, 760, 480 },
			 initials[] = { 740, 700, SCORE_PART_INITIALS };
	int place = at > 0 ? 2 : took == t->n_units ? 0 : 1;
	int loss = at_most(t->n_units - took, 38) + at_most(at, 10) / 5 + (t->kind == TEXT_ALIAS);
	const char *name = t->kind == TEXT_NAME ? "name" : "alias";

	if (t->kind == TEXT_CODE)
		return how->n_spelt || how->n_initial || (place == 2 && q->n < 3)
			? (struct score){ 0 }
			: (struct score){ (place == 1 && is_letters(q) ? 690 : code[place]) -
					(place ? loss : 0),
				"code" };
	if (how->n_initial)
		return place == 2 && q->n < 2
			? (struct score){ 0 }
			: (struct score){ initials[place] - loss, "initials" };
	if (how->n_spelt)
		return (struct score){ spelt[place] - loss, "pinyin" };
	return (struct score){ literal[place] - loss, name };
}

static struct score
match_text(const struct ym_find *f, const struct text *t, const struct query *q)
{
	const struct unit *units = f->units + t->unit;
	uint32_t bit = letter_bit(q->cps[0]);
	struct score best = { 0, NULL };

	for (int at = 0; at < t->n_units; at++) {
		struct how how = { 0 };
		struct score s;
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

/* All characters in order, with gaps: 护照换发 finds 护照到期换发. Characters only, or everything would match. */
static struct score
match_loose(const struct ym_find *f, const struct text *t, const struct query *q)
{
	int found = 0, first = 0, last = 0;

	if (!q->literal || q->n < 3 || t->kind == TEXT_CODE)
		return (struct score){ 0, NULL };
	for (int i = 0; i < t->n_units && found < q->n; i++)
		if (f->units[t->unit + i].cp == q->cps[found]) {
			first = found ? first : i;
			last = i;
			found++;
		}
	if (found < q->n)
		return (struct score){ 0, NULL };
	return (struct score){ 380 - at_most(last - first + 1 - q->n, 40),
		t->kind == TEXT_NAME ? "name" : "alias" };
}

/* -- one slip -- */

/* The query as letters: characters become their usual reading, so that a homophone is found. */
static int
spell_query(const struct query *q, uint32_t *ret, int max)
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

static struct score
rank_slip(int slips, int n_query, int n_text, int end, int base)
{
	int value = base - slips * 40 - at_most(at_least(n_text - n_query, 0), 40);

	if (slips < 0)
		return (struct score){ 0, NULL };
	if (end <= n_query + 1)
		value += 30; /* at the beginning */
	return (struct score){ value, "fuzzy" };
}

static struct score
match_slip(const struct ym_find *f, const struct text *t, const struct query *q,
	const uint32_t *letters, int n_letters, uint32_t has)
{
	struct score best = { 0, NULL }, s;
	uint32_t text[TEXT_MAX];
	int end = 0, slips;

	if (q->literal || t->kind == TEXT_CODE) {
		if (q->n >= 3) {
			for (int i = 0; i < t->n_units; i++)
				text[i] = f->units[t->unit + i].cp;
			slips = ym_find_slips(q->cps, q->n, text, t->n_units, &end);
			best = rank_slip(
				slips, q->n, t->n_units, end, t->kind == TEXT_CODE ? 220 : 300);
		}
		if (t->kind == TEXT_CODE)
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

/* -- queries -- */

static void
take(struct score *of_entry, struct score s)
{
	if (s.value > of_entry->value)
		*of_entry = s;
}

/* Scores of one term for every entry. */
static void
score_term(const struct ym_find *f, const struct query *q, struct score *scores)
{
	uint32_t letters[60], has = 0;
	int n_letters, best = 0;

	for (int i = 0; i < f->n_texts; i++) {
		struct score *s = &scores[f->texts[i].entry];

		take(s, match_text(f, &f->texts[i], q));
		take(s, match_loose(f, &f->texts[i], q));
		best = at_least(best, s->value);
	}
	if (best)
		return;
	n_letters = spell_query(q, letters, (int)YM_ARRAY_LEN(letters));
	for (int i = 0; i < n_letters; i++)
		has |= letter_bit(letters[i]);
	for (int i = 0; i < f->n_texts; i++)
		take(&scores[f->texts[i].entry],
			match_slip(f, &f->texts[i], q, letters, n_letters, has));
}

/* The query as a sentence, below whatever holds it as it stands. */
static void
score_sentence(const struct ym_find *f, const struct query *q, struct score *scores)
{
	struct ym_sentence s;

	if (!ym_sentence_init(&s, q->cps, q->n))
		return;
	for (int i = 0; i < f->n_texts; i++)
		if (f->texts[i].kind != TEXT_CODE)
			ym_sentence_count(&s, f->texts[i].entry, f->cps + f->texts[i].unit,
				f->texts[i].n_units);
	ym_sentence_weigh(&s, f->n_entries);
	for (int i = 0; i < f->n_texts; i++) {
		const struct text *t = &f->texts[i];
		int value = t->kind == TEXT_CODE
			? 0
			: ym_sentence_score(&s, f->cps + t->unit, t->n_units);

		if (value >= YM_SENTENCE_LEAST)
			take(&scores[t->entry],
				(struct score){ SCORE_SENTENCE * value / 1000, "fuzzy" });
	}
}

static bool
read_term(const char *s, size_t n, struct query *q)
{
	q->n = fold_text(s, n, q->cps, QUERY_MAX);
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
write_hit(struct ym_hit *ret, const struct ym_find_entry *e, struct score s)
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
score_words(const struct ym_find *f, const char *query, struct score *total, struct score *one)
{
	struct query q;
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
	YM_FREE struct score *total = NULL, *one = NULL;
	YM_FREE struct ranked *ranked = NULL;
	struct query q;
	int n = 0, best = 0;

	if (!f->n_entries || max <= 0 || !read_term(query, strlen(query), &q))
		return 0;
	total = ym_alloc((size_t)f->n_entries * sizeof *total);
	score_term(f, &q, total);
	for (int i = 0; i < f->n_entries; i++)
		best = at_least(best, total[i].value);
	if (best < SCORE_PLAIN)
		score_sentence(f, &q, total);
	if (best < SCORE_PART_INITIALS - 60 && strpbrk(query, " \t")) {
		one = ym_alloc((size_t)f->n_entries * sizeof *one);
		score_words(f, query, total, one);
	}
	ranked = ym_alloc((size_t)f->n_entries * sizeof *ranked);
	for (int i = 0; i < f->n_entries; i++)
		if (total[i].value > 0)
			ranked[n++] = (struct ranked){ total[i].value, i };
	qsort(ranked, (size_t)n, sizeof *ranked, by_rank);
	n = at_most(n, max);
	for (int i = 0; i < n; i++)
		write_hit(&ret[i], &f->entries[ranked[i].entry], total[ranked[i].entry]);
	return n;
}
