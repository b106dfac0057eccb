/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The catalogue that is shipped: it has no fault, and what citizens say finds the item they mean.
 */
#include "fixture.h"

#include "paper/paper.h"

static int n_shown;

static void
show(void *user, const struct ym_problem *p)
{
	if (p->is_error && n_shown++ < 30)
		print_message("# %s:%d %s: %s\n", p->file, p->line, p->where, p->text);
}

static void
the_shipped_catalogue_has_no_fault(void **state)
{
	YM_FREE char *data = ym_asprintf("%s/data", getenv("YIMEN_SOURCE"));
	struct ym_error err = { 0 };

	ym_catalog_set_paper_check(ym_paper_check);
	if (ym_catalog_check(data, show, NULL, &err))
		fail_msg("%s: %s", err.msgid, err.subject);
}

static struct ym_pack *
open_shipped(struct fixture *f)
{
	YM_FREE char *data = ym_asprintf("%s/data", getenv("YIMEN_SOURCE")),
		     *path = fixture_path(f, "shipped.db");
	YM_BUF doc = { 0 };
	struct ym_pack *p = NULL;

	assert_int_equal(ym_catalog_bundle_up(data, NULL, show, NULL, &doc, NULL), YM_OK);
	assert_int_equal(ym_catalog_compile(doc.data, doc.len, path, NULL), YM_OK);
	assert_int_equal(ym_pack_open(path, &p, NULL), YM_OK);
	return p;
}

static void
load_one(void *user, const char *id, const char *name, const char *category)
{
	const struct ym_item *it;

	assert_int_equal(ym_pack_item(user, id, &it, NULL), YM_OK);
	assert_string_equal(it->name, name);
}

static void
what_citizens_say_finds_what_they_mean(void **state)
{
	static const struct {
		const char *says, *word;
	} said[] = {
		{ "身份证丢了", "身份证" },
		{ "sfz", "身份证" },
		{ "护照", "护照" },
		{ "huzhao", "护照" },
		{ "hz", "护照" },
		{ "孩子上户口", "出生" },
		{ "出生登记", "出生" },
		{ "居住证", "居住证" },
		{ "jzz", "居住证" },
		{ "户籍证明", "户籍" },
		{ "hjzm", "户籍" },
		{ "shenfengzheng", "身份证" },
		{ "驾驶证", "驾驶证" },
		{ "hukuo", "户口" },
	};
	struct ym_hit hits[8];
	struct ym_pack *p;

	p = open_shipped(*state);
	ym_pack_each_item(p, load_one, p);
	for (size_t i = 0; i < YM_ARRAY_LEN(said); i++) {
		int n = ym_pack_find(p, said[i].says, hits, 8);
		bool found = false;

		for (int k = 0; k < n; k++)
			found |= strstr(hits[k].name, said[i].word) != NULL;
		if (!found)
			fail_msg("\"%s\" does not find %s", said[i].says, said[i].word);
	}
	ym_pack_close(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_catalogue_has_no_fault),
		cmocka_unit_test_setup_teardown(
			what_citizens_say_finds_what_they_mean, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
