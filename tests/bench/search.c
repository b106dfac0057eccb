/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Opening the compiled pack, and asking for every item of it in every spelling a counter types: code, name, the middle
 * of the name, alias, initials, pinyin, and all of these with one slip. Prints one line of JSON.
 * Not a test of what is found, but a query without a hit is counted. Invariant: no query comes twice in a row.
 *
 *   search COMPILED-PACK OPENINGS
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "catalog/pack.h"
#include "catalog/pinyin.h"
#include "yimen/text.h"

#define QUERIES_MAX 20000
#define HITS 20

struct queries {
	struct ym_pack *pack;
	char *text[QUERIES_MAX];
	bool slip[QUERIES_MAX];
	int n;
};

static void
add(struct queries *q, const char *text, bool slip)
{
	if (*text && q->n < QUERIES_MAX) {
		q->slip[q->n] = slip;
		q->text[q->n++] = ym_strdup(text);
	}
}

/* The text, and the same with its last but one character left out. */
static void
add_both(struct queries *q, const char *text)
{
	size_t n = strlen(text), from, to;
	YM_FREE char *slip = ym_strdup(text);

	add(q, text, false);
	for (to = n; to > 0 && ((unsigned char)text[to - 1] & 0xc0) == 0x80; to--)
		;
	to -= to > 0;
	for (from = to; from > 0 && ((unsigned char)text[from - 1] & 0xc0) == 0x80; from--)
		;
	from -= from > 0;
	if (from > 0) {
		memmove(slip + from, slip + to, n - to + 1);
		add(q, slip, true);
	}
}

static void
add_name(struct queries *q, const char *name)
{
	YM_BUF initials = { 0 }, pinyin = { 0 }, middle = { 0 };
	const char *readings[YM_PINYIN_MAX];
	int at = 0;
	uint32_t c;

	for (const char *s = name; *s && at < 10; at++) {
		const char *began = s;

		s += ym_text_decode(s, strlen(s), &c);
		if (ym_pinyin_of(c, readings)) {
			ym_buf_add(&initials, readings[0], 1);
			ym_buf_adds(&pinyin, readings[0]);
		}
		if (at >= 2 && at < 6)
			ym_buf_add(&middle, began, (size_t)(s - began));
	}
	add_both(q, name);
	add_both(q, ym_buf_str(&middle));
	add_both(q, ym_buf_str(&initials));
	add_both(q, ym_buf_str(&pinyin));
}

static void
add_item(void *user, const char *id, const char *name, const char *category)
{
	struct queries *q = user;
	const struct ym_item *item = NULL;

	add(q, id, false);
	add_name(q, name);
	if (ym_pack_item(q->pack, id, &item, NULL))
		return;
	add(q, item->code, false);
	for (int i = 0; i < item->n_aliases; i++)
		add_name(q, item->aliases[i]);
}

static void
open_often(const char *path, int n)
{
	double *ms = ym_alloc((size_t)n * sizeof *ms);

	for (int i = 0; i < n; i++) {
		struct ym_pack *p = NULL;
		struct ym_error err = { 0 };
		double began = bench_ms();

		bench_need(ym_pack_open(path, &p, &err), &err);
		ms[i] = bench_ms() - began;
		ym_pack_close(p);
	}
	bench_print("open", ms, n);
	free(ms);
}

int
main(int argc, char **argv)
{
	struct queries q = { 0 };
	struct ym_error err = { 0 };
	struct ym_hit hits[HITS];
	int without = 0, slowest = 0;
	double began, first, *ms;

	if (argc != 3)
		return 2;
	fputs("{", stdout);
	open_often(argv[1], atoi(argv[2]));
	bench_need(ym_pack_open(argv[1], &q.pack, &err), &err);
	began = bench_ms();
	ym_pack_find(q.pack, "sfz", hits, HITS);
	first = bench_ms() - began;
	ym_pack_each_item(q.pack, add_item, &q);
	ms = ym_alloc((size_t)(q.n + 1) * sizeof *ms);
	for (int i = 0; i < q.n; i++) {
		began = bench_cpu_ms();
		without += ym_pack_find(q.pack, q.text[i], hits, HITS) == 0 && !q.slip[i];
		ms[i] = bench_cpu_ms() - began;
		if (ms[i] > ms[slowest])
			slowest = i;
	}
	printf(", \"items\": %d, \"first\": %.4f, \"without\": %d, \"slowest\": \"%s\", ", ym_pack_n_items(q.pack), first, without,
		q.n ? q.text[slowest] : "");
	bench_print("find", ms, q.n);
	puts("}");
	for (int i = 0; i < q.n; i++)
		free(q.text[i]);
	free(ms);
	ym_pack_close(q.pack);
	return 0;
}
