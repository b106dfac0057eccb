/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What citizens say (phrases.tsv) against the shipped catalogue: the item that is meant is among the first three, and with
 * one typing slip in a long phrase it is still offered. Not the finder's ranking rules (tests/unit/catalog/test_find.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <unistd.h>

#include "base/file.h"
#include "catalog/build.h"

#define AMONG 3
#define PHRASES_LEAST 150

struct bed {
	char dir[40];
	struct ym_pack *pack;
	struct ym_buf text;
};

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

static int
setup(void **state)
{
	struct bed *b = ym_alloc(sizeof *b);
	const char *source = getenv("YIMEN_SOURCE");
	YM_FREE char *data = ym_asprintf("%s/data", source), *path = NULL,
		     *phrases = ym_asprintf("%s/tests/flow/phrases.tsv", source);
	YM_BUF doc = { 0 };

	*state = b;
	strcpy(b->dir, "/tmp/yimen-phrases-XXXXXX");
	if (!mkdtemp(b->dir) || ym_file_read(phrases, 1 << 20, &b->text, NULL))
		return -1;
	path = ym_asprintf("%s/pack.db", b->dir);
	return ym_catalog_bundle_up(data, NULL, NULL, NULL, &doc, NULL) ||
			ym_catalog_compile(doc.data, doc.len, path, NULL) ||
			ym_pack_open(path, &b->pack, NULL)
		? -1
		: 0;
}

static int
teardown(void **state)
{
	struct bed *b = *state;

	ym_pack_close(b->pack);
	ym_buf_release(&b->text);
	nftw(b->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(b);
	return 0;
}

/* Call fn with every phrase and the ids that will do. */
static int
each_phrase(struct bed *b, void (*fn)(struct bed *b, const char *says, const char *ids))
{
	YM_FREE char *copy = ym_strdup(ym_buf_str(&b->text));
	int n = 0;

	for (char *rest = copy, *line; (line = strsep(&rest, "\n"));) {
		char *tab = strchr(line, '\t');

		if (*line == '#' || !*line)
			continue;
		if (!tab)
			fail_msg("a line of phrases.tsv has no tab: %s", line);
		*tab = 0;
		fn(b, line, tab + 1);
		n++;
	}
	return n;
}

static bool
is_one_of(const char *ids, const char *id)
{
	size_t n = strlen(id);

	for (const char *s = ids; *s; s += strcspn(s, " "), s += *s == ' ')
		if (strcspn(s, " ") == n && !strncmp(s, id, n))
			return true;
	return false;
}

static int n_missed;

static void
find_phrase(struct bed *b, const char *says, const char *ids)
{
	struct ym_hit hits[AMONG];
	int n = ym_pack_find(b->pack, says, hits, AMONG);

	for (int i = 0; i < n; i++)
		if (is_one_of(ids, hits[i].id))
			return;
	n_missed++;
	print_message("# %s: %s is not among", says, ids);
	for (int i = 0; i < n; i++)
		print_message(" %s", hits[i].id);
	print_message("\n");
}

static void
what_is_meant_is_among_the_first_three(void **state)
{
	int n = each_phrase(*state, find_phrase);

	if (n < PHRASES_LEAST)
		fail_msg("only %d phrases", n);
	if (n_missed)
		fail_msg("%d of %d phrases miss", n_missed, n);
}

/* Every id of the file exists, or a phrase could never be found. */
static void
need_id(struct bed *b, const char *says, const char *ids)
{
	YM_FREE char *copy = ym_strdup(ids);
	const struct ym_item *item;
	const struct ym_bundle *bundle;

	for (char *rest = copy, *id; (id = strsep(&rest, " "));)
		if (ym_pack_item(b->pack, id, &item, NULL) && ym_pack_bundle(b->pack, id, &bundle, NULL))
			fail_msg("%s: there is no %s", says, id);
}

static void
every_id_of_the_phrases_is_in_the_catalogue(void **state)
{
	each_phrase(*state, need_id);
}

/* Nonsense must not bring an item just to bring something. */
static void
what_nobody_offers_finds_nothing_sure(void **state)
{
	static const char *const says[] = { "量子纠缠火箭燃料", "xqxqxqxqxq", "今天天气真好啊" };
	struct bed *b = *state;
	struct ym_hit hits[AMONG];

	for (size_t i = 0; i < YM_ARRAY_LEN(says); i++)
		if (ym_pack_find(b->pack, says[i], hits, AMONG) > 0 && hits[0].score >= 300)
			fail_msg("%s finds %s with %d", says[i], hits[0].name, hits[0].score);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_id_of_the_phrases_is_in_the_catalogue),
		cmocka_unit_test(what_is_meant_is_among_the_first_three),
		cmocka_unit_test(what_nobody_offers_finds_nothing_sure),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
