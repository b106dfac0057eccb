/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The finder's index: every code, name and alias folded, with its spellings and initials. Not matching (find_match.c).
 * Invariant: entries keep the order in which they were added.
 */
#include "catalog/find_inner.h"

#include "catalog/pinyin.h"
#include "yimen/text.h"

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

/* Half-width, lower case; 0 for blanks and punctuation, which nobody types twice the same way. */
static uint32_t
fold(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFF01 - 0x21;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 'a';
	if (c < 0x80)
		return ym_find_letter_bit(c) ? c : 0;
	return c == 0x3007 || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
			(c >= 0x20000 && c < 0x40000)
		? c
		: 0;
}

int
ym_find_fold(const char *s, size_t n, uint32_t *ret, int max)
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
add_letter(struct ym_find *f, struct ym_find_text *t, uint32_t c)
{
	if (f->n_letters == f->max_letters) {
		f->max_letters = f->max_letters ? f->max_letters * 2 : 4096;
		f->letters =
			ym_realloc_array(f->letters, (size_t)f->max_letters, sizeof *f->letters);
	}
	f->letters[f->n_letters++] = c;
	t->has |= ym_find_letter_bit(c);
}

/* Letters of the text with reading `which` of every character; returns whether any has a second reading. */
static bool
spell(struct ym_find *f, struct ym_find_text *t, const uint32_t *cps, int n, int which)
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
add_text(struct ym_find *f, enum ym_find_kind kind, const char *s, size_t n)
{
	uint32_t cps[YM_FIND_TEXT_MAX];
	struct ym_find_text t = { .kind = kind, .entry = f->n_entries - 1, .unit = f->n_units };

	t.n_units = ym_find_fold(s, n, cps, YM_FIND_TEXT_MAX);
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
		struct ym_find_unit u = { cps[i], ym_find_letter_bit(cps[i]) };

		for (int r = 0; r < n_readings; r++)
			u.first |= ym_find_letter_bit((unsigned char)readings[r][0]);
		f->cps[f->n_units] = cps[i];
		f->units[f->n_units++] = u;
		add_letter(f, &t, n_readings ? (unsigned char)readings[0][0] : cps[i]);
	}
	if (f->n_texts % 512 == 0)
		f->texts = ym_realloc_array(f->texts, (size_t)f->n_texts + 512, sizeof *f->texts);
	f->texts[f->n_texts++] = t;
}

static void
add_lines(struct ym_find *f, enum ym_find_kind kind, const char *lines)
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
	add_lines(f, YM_FIND_CODE, id);
	add_lines(f, YM_FIND_CODE, codes);
	add_lines(f, YM_FIND_NAME, name);
	add_lines(f, YM_FIND_ALIAS, aliases);
}
