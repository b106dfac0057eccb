/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the checker says of a catalogue that is well-formed and still wrong: rules that cannot be true, questions that
 * change nothing, limits that contradict each other, words that nothing uses. Faults of form are in test_build.c.
 */
#include "fixture.h"

#include "base/file.h"

#define ITEM "catalog/one/TS-001.json"
#define DATUMS "vocabulary/datums.json"

static const struct ym_problem *
find_problem(struct fixture *f, const char *part, bool is_error)
{
	for (int i = 0; i < f->n_problems; i++)
		if (f->problems[i].is_error == is_error && strstr(f->problems[i].text, part))
			return &f->problems[i];
	return NULL;
}

struct spoil {
	const char *file, *from, *to, *says, *where;
	bool is_error;
};

static void
expect(struct fixture *f, const struct spoil *s)
{
	YM_FREE char *path = ym_asprintf("%s/%s", f->data, s->file);
	const struct ym_problem *p;
	YM_BUF before = { 0 };

	assert_int_equal(ym_file_read(path, 1 << 20, &before, NULL), YM_OK);
	assert_int_equal(fixture_check(f), YM_OK);
	if (find_problem(f, s->says, s->is_error))
		fail_msg("\"%s\" is said before there is a reason", s->says);
	fixture_edit(f, s->file, s->from, s->to);
	assert_int_equal(fixture_check(f), s->is_error ? YM_INVALID : YM_OK);
	p = find_problem(f, s->says, s->is_error);
	if (!p)
		fail_msg("\"%s\" is not said of %s", s->says, s->to);
	assert_string_equal(p->file, s->file);
	assert_true(p->line > 0);
	if (!strstr(p->where, s->where))
		fail_msg("%s is said of %s, not of %s", s->says, p->where, s->where);
	fixture_edit(f, s->file, NULL, ym_buf_str(&before));
}

#define REQUIRE "age(:applicant_birth, :today) >= 16\", \"otherwise\""
#define WHEN "\"when\": \":q_lost = 0\""
#define RULE "\"rule\": \":applicant_birth <= :today\""

static void
what_is_well_formed_and_wrong_is_told(void **state)
{
	static const struct spoil spoils[] = {
		/* rules */
		{ ITEM, WHEN, "\"when\": \":q_lost = 0 and :q_lost = 1\"", "can never be true", "materials[1].when" },
		{ ITEM, WHEN, "\"when\": \":q_lost >= 0\"", "is always true", "materials[1].when" },
		{ ITEM, REQUIRE, "age(:applicant_birth, :today) >= 70 and age(:applicant_birth, :today) < 60\", \"otherwise\"",
			"can never be true", "conditions[0].require" },
		{ ITEM, RULE, "\"rule\": \":applicant_birth > '2020-01-01' and :applicant_birth < '2019-01-01'\"",
			"can never be true", "fields[2].rule" },
		{ ITEM, WHEN, "\"when\": \"1 = 0\"", "can never be true", "materials[1].when" },
		{ ITEM, WHEN, "\"when\": \":case_copies > 3 and :case_copies < 4\"", "can never be true", "materials[1].when" },
		{ ITEM, WHEN, "\"when\": \"province(:applicant_household_division) = '22'\"", "can never be true",
			"materials[1].when" },
		/* codes that are not in the list */
		{ ITEM, ":q_urgent = 'yes'\"}", ":q_urgent = 'maybe'\"}", "not in the list: maybe", "fields[4].required_when", true },
		{ ITEM, WHEN, "\"when\": \":applicant_sex in ('1', '7')\"", "not in the list: 7", "materials[1].when", true },
		{ ITEM, WHEN, "\"when\": \":case_reason not in ('2','3')\"", "not in the list: 3", "materials[1].when", true },
		{ ITEM, WHEN, "\"when\": \":q_lost = 2\"", "not in the list: 2", "materials[1].when", true },
		/* questions */
		{ ITEM, "\"id\": \"q.lost\"", "\"id\": \"q.idle\", \"ask\": \"有事吗?\"}, {\"id\": \"q.lost\"", "No rule uses the answer: q.idle",
			"questions[0].id" },
		{ ITEM, "\"id\": \"q.lost\", \"ask\": \"是否丢失?\", \"when\": \"\", \"source\": \"测试\"}",
			"\"id\": \"q.idle\", \"ask\": \"有事吗?\"}, {\"id\": \"q.lost\", \"ask\": \"是否丢失?\", \"when\": \":q_idle = 1 or :q_idle = 0\"}",
			"No answer to the question changes anything: q.idle", "questions[0].id" },
		/* limits */
		{ ITEM, "\"value\": 7, \"unit\": \"workday\"", "\"value\": 70, \"unit\": \"workday\"",
			"longer than the statutory", "limits.promised", true },
		{ ITEM, "\"value\": 60, \"unit\": \"day\"", "\"value\": 6, \"unit\": \"workday\"",
			"longer than the statutory", "limits.promised", true },
		{ ITEM, "\"value\": 60, \"unit\": \"day\"", "\"value\": 20, \"unit\": \"hour\"",
			"longer than the statutory", "limits.promised", true },
		{ ITEM, "\"instant\": false", "\"instant\": true", "promises no days", "limits.promised" },
		{ ITEM, "\"days\": 5,", "\"days\": 8,", "deferred for longer", "defer.days" },
		{ ITEM, "\"main\": false, \"deferrable\": true", "\"main\": false, \"deferrable\": false",
			"No material of the item is deferrable", "defer" },
		{ ITEM, "\"defer\": {\"days\": 5", "\"defer\": {\"days\": 0", "the item defers nothing", "materials[1]" },
		/* words */
		{ DATUMS, "{\"id\": \"copies\"", "{\"id\": \"idle\", \"label\": \"无用\", \"type\": \"text\"}, {\"id\": \"copies\"",
			"Nothing uses this entry: idle", "[5].id" },
		{ DATUMS, "[\"2\", \"损坏\"]", "[\"2\", \"损坏\"], [\"stolen\", \"stolen\"]", "The code has no words: stolen",
			"[6].options[2]" },
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(spoils); i++)
		expect(*state, &spoils[i]);
}

/* A limit in days can be shorter than the same number of working days, and both lawful. */
static void
limits_that_may_agree_are_not_told(void **state)
{
	struct fixture *f = *state;

	fixture_edit(f, ITEM, "\"value\": 60, \"unit\": \"day\"", "\"value\": 8, \"unit\": \"day\"");
	assert_int_equal(fixture_check(f), YM_OK);
	assert_null(find_problem(f, "longer than the statutory", true));
}

/* What only a pattern or a check digit can judge is not judged by trying. */
static void
rules_beyond_trying_are_left_alone(void **state)
{
	static const char *const rules[] = { "\"when\": \"re('^T[0-9]{4}$', :applicant_name)\"",
		"\"when\": \"is_valid('id18', :applicant_number) = 1\"", "\"when\": \":applicant_name like '张%'\"",
		"\"when\": \"workdays(:applicant_birth, :today) > 3\"" };
	struct fixture *f = *state;
	YM_BUF before = { 0 };
	YM_FREE char *path = ym_asprintf("%s/%s", f->data, ITEM);

	assert_int_equal(ym_file_read(path, 1 << 20, &before, NULL), YM_OK);
	for (size_t i = 0; i < YM_ARRAY_LEN(rules); i++) {
		fixture_edit(f, ITEM, WHEN, rules[i]);
		assert_int_equal(fixture_check(f), YM_OK);
		if (find_problem(f, "never be true", false) || find_problem(f, "always true", false))
			fail_msg("%s is judged", rules[i]);
		fixture_edit(f, ITEM, NULL, ym_buf_str(&before));
	}
}

/* A counter that opens a pack does not try rules out: it has been checked where it was made. */
static void
a_pack_is_compiled_without_trying_its_rules(void **state)
{
	struct fixture *f = *state;
	YM_BUF doc = { 0 };

	fixture_edit(f, ITEM, WHEN, "\"when\": \":q_lost = 0 and :q_lost = 1\"");
	f->n_problems = 0;
	fixture_document(f, &doc);
	assert_null(find_problem(f, "never be true", false));
}

/* jt-jy-02 asked in a condition about accidents, in a field that could stay empty: nobody could decide the case. */
static void
a_condition_on_a_field_that_may_stay_empty_is_told(void **state)
{
	struct fixture *f = *state;
	const struct ym_problem *p;

	fixture_edit(f, ITEM, REQUIRE, "age(:applicant_birth, :today) >= 16 and :case_copies < 9\", \"otherwise\"");
	assert_int_equal(fixture_check(f), YM_OK);
	assert_null(find_problem(f, "may stay empty", false));
	fixture_edit(f, ITEM, ", \"required_when\": \":q_urgent = 'yes'\"}", "}");
	assert_int_equal(fixture_check(f), YM_OK);
	p = find_problem(f, "may stay empty: case.copies", false);
	assert_non_null(p);
	assert_non_null(strstr(p->where, "conditions[0].require"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_well_formed_and_wrong_is_told, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_condition_on_a_field_that_may_stay_empty_is_told, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(limits_that_may_agree_are_not_told, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(rules_beyond_trying_are_left_alone, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(a_pack_is_compiled_without_trying_its_rules, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
