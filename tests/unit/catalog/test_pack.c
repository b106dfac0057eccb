/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A compiled pack as values: every entry of the source arrives, absent ones are "", and a damaged file is an error.
 */
#include "fixture.h"

#include "base/file.h"

static struct ym_pack *
pack(void **state)
{
	return ((struct fixture *)*state)->pack;
}

static void
the_head_says_which_pack_it_is(void **state)
{
	assert_string_equal(ym_pack_version(pack(state)), "2026.11.0");
	assert_string_equal(ym_pack_effective(pack(state)), "2026-11-01");
	assert_string_equal(ym_pack_published(pack(state)), "2026-10-20");
	assert_int_equal(ym_pack_n_items(pack(state)), 6);
}

static void
an_item_arrives_whole(void **state)
{
	const struct ym_item *it, *again;

	assert_int_equal(ym_pack_item(pack(state), "TS-001", &it, NULL), YM_OK);
	assert_int_equal(ym_pack_item(pack(state), "TS-001", &again, NULL), YM_OK);
	assert_ptr_equal(it, again);
	assert_string_equal(it->name, "居民身份证补领");
	assert_string_equal(it->code, "000109012000");
	assert_string_equal(it->clazz, "行政确认");
	assert_true(it->refusable && !it->permit && !it->instant);
	assert_int_equal(it->n_roles, 1);
	assert_string_equal(it->roles[0].id, "applicant");
	assert_string_equal(it->roles[0].dflt, "visitor");
	assert_int_equal(it->scopes[0].mode, YM_SCOPE_NATIONAL);
	assert_int_equal(it->n_questions, 2);
	assert_true(it->questions[0].is_bool);
	assert_int_equal(it->questions[1].n_options, 2);
	assert_string_equal(it->questions[1].options[1].label, "急用");
	assert_string_equal(it->conditions[0].otherwise, "returned");
	assert_int_equal(it->n_materials, 3);
	assert_int_equal(it->materials[1].need, YM_NEED_CONDITIONAL);
	assert_true(
		it->materials[0].main && !it->materials[0].deferrable && it->materials[1].retained);
	assert_string_equal(it->materials[0].check, "population");
	assert_int_equal(it->n_fields, 5);
	assert_string_equal(it->fields[3].dflt, "CASE WHEN :q_lost = 1 THEN '1' END");
	assert_string_equal(it->fields[4].required_when, ":q_urgent = 'yes'");
	assert_true(it->checks[0].required);
	assert_int_equal(it->steps[1].by, YM_BY_APPROVER);
	assert_int_equal(it->steps[1].days, 10);
	assert_true(it->statutory.known && it->statutory.unit == YM_UNIT_DAY &&
		it->statutory.value == 60);
	assert_true(it->promised.known && it->promised.unit == YM_UNIT_WORKDAY &&
		it->promised.value == 7);
	assert_int_equal(it->fees[0].fen, 4000);
	assert_string_equal(it->exemptions[0].label, "低保");
	assert_string_equal(it->delivery[1], "mail");
	assert_string_equal(it->application_paper, "FORM-1");
	assert_int_equal(it->defer_days, 5);
	assert_string_equal(it->laws[0].article, "第十一条");
	assert_string_equal(it->sources[0].grade, "A");
	assert_string_equal(it->aliases[2], "补身份证");
	assert_string_equal(it->rejections[0], "人像不合格");
}

static void
what_is_absent_is_empty_and_never_null(void **state)
{
	const struct ym_item *it;

	assert_int_equal(ym_pack_item(pack(state), "TS-002", &it, NULL), YM_OK);
	assert_string_equal(it->code, "");
	assert_string_equal(it->responsible, "");
	assert_string_equal(it->fee_basis, "");
	assert_string_equal(it->application_paper, "");
	assert_string_equal(it->roles[0].label, "");
	assert_false(it->statutory.known);
	assert_true(it->promised.known && it->promised.value == 0);
	assert_int_equal(it->n_materials, 0);
	assert_int_equal(it->defer_days, 0);
}

static void
an_unknown_id_is_not_found(void **state)
{
	struct ym_error err = { 0 };
	const struct ym_item *it = (const void *)state;
	const struct ym_bundle *b;

	assert_int_equal(ym_pack_item(pack(state), "TS-999", &it, &err), YM_NOTFOUND);
	assert_ptr_equal(it, state);
	assert_string_equal(err.subject, "TS-999");
	assert_int_equal(ym_pack_bundle(pack(state), "TS-001", &b, &err), YM_NOTFOUND);
	assert_null(ym_pack_datum(pack(state), "shoe"));
	assert_null(ym_pack_kind(pack(state), "shoe"));
	assert_null(ym_pack_document(pack(state), "paper/none"));
	assert_string_equal(ym_pack_role_label(pack(state), "none"), "");
	assert_string_equal(ym_pack_register_label(pack(state), "none"), "");
}

static void
a_bundle_says_who_plays_what(void **state)
{
	const struct ym_bundle *b;

	assert_int_equal(ym_pack_bundle(pack(state), "YJS-01", &b, NULL), YM_OK);
	assert_int_equal(b->n_parties, 2);
	assert_true(b->parties[1].is_new && !b->parties[0].is_new);
	assert_int_equal(b->n_items, 2);
	assert_int_equal(b->items[0].n_roles, 2);
	assert_true(b->items[1].optional);
	assert_string_equal(b->items[1].after, "TS-005");
	assert_string_equal(b->items[1].roles[0].code, "applicant");
	assert_string_equal(b->items[1].roles[0].label, "baby");
}

static void
words_and_papers_are_found_by_id(void **state)
{
	const struct ym_datum *d = ym_pack_datum(pack(state), "number");

	assert_int_equal(d->type, YM_DATUM_NUMBER);
	assert_string_equal(d->check, "id18");
	assert_true(d->personal);
	assert_int_equal(ym_pack_datum(pack(state), "reason")->n_options, 2);
	assert_string_equal(ym_pack_kind(pack(state), "booklet")->reg, "population");
	assert_string_equal(ym_pack_role_label(pack(state), "child"), "新生儿");
	assert_string_equal(ym_pack_register_label(pack(state), "population"), "人口库");
	assert_non_null(
		strstr(ym_pack_document(pack(state), "paper/FORM-1"), "居民身份证申领登记表"));
}

static void
code_tables_are_listed_and_searched(void **state)
{
	struct ym_option found[5];
	const struct ym_option *sex;
	int n;

	sex = ym_pack_table(pack(state), "sex", &n);
	assert_int_equal(n, 3);
	assert_string_equal(sex[2].code, "9");
	assert_string_equal(ym_pack_code_label(pack(state), "sex", "2"), "女");
	assert_string_equal(ym_pack_code_label(pack(state), "sex", "3"), "");
	assert_string_equal(ym_pack_code_label(pack(state), "none", "1"), "");
	assert_null(ym_pack_table(pack(state), "none", &n));
	assert_int_equal(n, 0);
	assert_int_equal(ym_pack_code_search(pack(state), "division", "220102", found, 5), 1);
	assert_string_equal(found[0].label, "吉林省长春市南关区");
	assert_int_equal(ym_pack_code_search(pack(state), "division", "2201", found, 5), 3);
	assert_int_equal(ym_pack_code_search(pack(state), "division", "长春", found, 2), 2);
	assert_int_equal(ym_pack_code_search(pack(state), "division", "长春 宽城", found, 5), 1);
	assert_int_equal(ym_pack_code_search(pack(state), "division", "", found, 5), 5);
	assert_int_equal(ym_pack_code_search(pack(state), "division", "上海", found, 5), 0);
}

/* A table beyond the size that is loaded whole. */
static void
a_large_table_is_searched_where_it_lies(void **state)
{
	struct fixture *f = *state;
	YM_FREE char *path = fixture_path(f, "large.db");
	YM_BUF table = { 0 };
	YM_BUF doc = { 0 };
	struct ym_option found[3];
	struct ym_pack *p;
	const char *label;
	int n;

	ym_buf_adds(&table, "{\"id\":\"large\",\"name\":\"大\",\"codes\":[");
	for (int i = 0; i < 3000; i++)
		ym_buf_addf(&table, "%s[\"%06d\",\"第%d号\"]", i ? "," : "", i, i);
	ym_buf_adds(&table, "]}");
	fixture_edit(f, "tables/large.json", NULL, ym_buf_str(&table));
	fixture_document(f, &doc);
	assert_int_equal(ym_catalog_compile(doc.data, doc.len, path, NULL), YM_OK);
	assert_int_equal(ym_pack_open(path, &p, NULL), YM_OK);
	assert_null(ym_pack_table(p, "large", &n));
	assert_int_equal(n, 0);
	label = ym_pack_code_label(p, "large", "002999");
	assert_string_equal(label, "第2999号");
	assert_ptr_equal(ym_pack_code_label(p, "large", "002999"), label);
	assert_string_equal(ym_pack_code_label(p, "large", "003000"), "");
	assert_int_equal(ym_pack_code_search(p, "large", "第29", found, 3), 3);
	assert_string_equal(found[0].code, "000029");
	ym_pack_close(p);
}

static void
count(void *user, const char *id, const char *name, const char *category)
{
	char *all = user;

	assert_true(name[0] && category[0]);
	strcat(all, id);
	strcat(all, " ");
}

static void
count_bundle(void *user, const char *id, const char *name)
{
	strcat(user, id);
}

static void
every_item_comes_in_the_order_of_the_catalogue(void **state)
{
	char all[200] = "";

	ym_pack_each_item(pack(state), count, all);
	assert_string_equal(all, "TS-001 TS-002 TS-003 TS-004 TS-005 TS-006 ");
	all[0] = 0;
	ym_pack_each_bundle(pack(state), count_bundle, all);
	assert_string_equal(all, "YJS-01");
}

static void
a_pack_is_read_from_a_folder_that_cannot_be_written(void **state)
{
	struct fixture *f = *state;
	YM_FREE char *path = fixture_path(f, "pack.db"), *wal = fixture_path(f, "pack.db-wal"),
		     *shm = fixture_path(f, "pack.db-shm");
	struct ym_pack *p;

	assert_false(ym_file_exists(wal) || ym_file_exists(shm));
	assert_int_equal(ym_pack_open(path, &p, NULL), YM_OK);
	assert_false(ym_file_exists(wal) || ym_file_exists(shm));
	ym_pack_close(p);
}

static void
what_is_no_pack_does_not_open(void **state)
{
	struct fixture *f = *state;
	YM_FREE char *path = fixture_path(f, "none.db"), *good = fixture_path(f, "pack.db");
	YM_BUF bytes = { 0 };
	struct ym_error err = { 0 };
	struct ym_pack *p = (void *)state;

	assert_int_equal(ym_pack_open(path, &p, &err), YM_NOTFOUND);
	assert_int_equal(
		ym_file_write(path,
			"no pack at all, but longer than a header of a database file, or nearly so......",
			80, 0600, NULL),
		YM_OK);
	assert_int_equal(ym_pack_open(path, &p, &err), YM_CORRUPT);
	assert_int_equal(ym_file_read(good, 8 << 20, &bytes, NULL), YM_OK);
	assert_int_equal(ym_file_write(path, bytes.data, bytes.len / 2, 0600, NULL), YM_OK);
	assert_int_not_equal(ym_pack_open(path, &p, &err), YM_OK);
	assert_ptr_equal(p, state);
	assert_non_null(err.msgid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_says_which_pack_it_is),
		cmocka_unit_test(an_item_arrives_whole),
		cmocka_unit_test(what_is_absent_is_empty_and_never_null),
		cmocka_unit_test(an_unknown_id_is_not_found),
		cmocka_unit_test(a_bundle_says_who_plays_what),
		cmocka_unit_test(words_and_papers_are_found_by_id),
		cmocka_unit_test(code_tables_are_listed_and_searched),
		cmocka_unit_test_setup_teardown(
			a_large_table_is_searched_where_it_lies, fixture_setup, fixture_teardown),
		cmocka_unit_test(every_item_comes_in_the_order_of_the_catalogue),
		cmocka_unit_test(a_pack_is_read_from_a_folder_that_cannot_be_written),
		cmocka_unit_test(what_is_no_pack_does_not_open),
	};

	return cmocka_run_group_tests(tests, fixture_setup_pack, fixture_teardown);
}
