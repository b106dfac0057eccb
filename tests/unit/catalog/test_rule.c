/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Rules over facts: three values, our functions, and comparison of facts as their datum's type.
 */
#include "fixture.h"

#include "catalog/rule.h"

static struct ym_rules *rules;

static int
setup(void **state)
{
	if (fixture_setup_pack(state))
		return -1;
	return ym_rules_new(((struct fixture *)*state)->pack, &rules, NULL) ? -1 : 0;
}

static int
teardown(void **state)
{
	ym_rules_free(rules);
	return fixture_teardown(state);
}

/* The facts of a test as name, value, name, value ... NULL. */
static const char *
fact(void *user, const char *name)
{
	for (const char *const *f = user; f && *f; f += 2)
		if (!strcmp(*f, name))
			return f[1];
	return NULL;
}

#define FACTS(...) ((void *)(const char *const[]){ __VA_ARGS__, NULL })
#define EVAL(expr, facts) ym_rules_eval(rules, expr, fact, facts, NULL)

static void
an_empty_rule_is_true(void **state)
{
	assert_int_equal(EVAL("", NULL), YM_TRUE);
}

static void
an_unknown_stays_unknown_unless_the_rest_decides(void **state)
{
	void *born = FACTS("applicant_birth", "1990-03-07", "today", "2026-11-22");

	assert_int_equal(EVAL(":q_lost = 1", NULL), YM_UNKNOWN);
	assert_int_equal(EVAL("NOT :q_lost", NULL), YM_UNKNOWN);
	assert_int_equal(
		EVAL("age(:applicant_birth, :today) >= 16 AND :q_lost = 1", born), YM_UNKNOWN);
	assert_int_equal(
		EVAL("age(:applicant_birth, :today) < 16 AND :q_lost = 1", born), YM_FALSE);
	assert_int_equal(EVAL("age(:applicant_birth, :today) >= 16 OR :q_lost = 1", born), YM_TRUE);
	assert_int_equal(EVAL("age(:child_birth, :today) < 16", born), YM_UNKNOWN);
	assert_int_equal(
		EVAL("CASE WHEN :q_lost = 1 THEN 1 END", FACTS("q_lost", "0")), YM_UNKNOWN);
}

static void
answers_compare_quoted_or_not(void **state)
{
	void *yes = FACTS("q_lost", "1", "q_how", "01", "division", "220102", "q_n", "10");

	assert_int_equal(EVAL(":q_lost", yes), YM_TRUE);
	assert_int_equal(EVAL(":q_lost = 1", yes), YM_TRUE);
	assert_int_equal(EVAL(":q_lost = '1'", yes), YM_TRUE);
	assert_int_equal(EVAL(":q_lost = 0", yes), YM_FALSE);
	assert_int_equal(EVAL(":q_lost IN ('1', '2')", yes), YM_TRUE);
	assert_int_equal(EVAL(":q_lost IN (1, 2)", yes), YM_TRUE);
	assert_int_equal(EVAL(":q_how = '01'", yes), YM_TRUE);
	assert_int_equal(EVAL(":q_how = '1'", yes), YM_FALSE);
	assert_int_equal(EVAL(":division = '220102'", yes), YM_TRUE);
	assert_int_equal(EVAL(":division LIKE '2201%'", yes), YM_TRUE);
	assert_int_equal(EVAL("CASE :q_lost WHEN '1' THEN 1 ELSE 0 END", yes), YM_TRUE);
}

static void
whole_numbers_compare_as_numbers(void **state)
{
	assert_int_equal(EVAL(":case_copies > 9", FACTS("case_copies", "10")), YM_TRUE);
	assert_int_equal(EVAL(":case_copies > 9", FACTS("case_copies", "8")), YM_FALSE);
	assert_int_equal(EVAL("':case_copies' = :q_x", FACTS("q_x", ":case_copies")), YM_TRUE);
}

static void
age_is_completed_years(void **state)
{
	assert_int_equal(EVAL("age('2010-11-22', '2026-11-22') = 16", NULL), YM_TRUE);
	assert_int_equal(EVAL("age('2010-11-23', '2026-11-22') = 15", NULL), YM_TRUE);
	assert_int_equal(EVAL("age('20101123', '2026-11-22') = 15", NULL), YM_TRUE);
	assert_int_equal(EVAL("age('2026-11-23', '2026-11-22') >= 0", NULL), YM_UNKNOWN);
	assert_int_equal(EVAL("age('soon', '2026-11-22') >= 0", NULL), YM_UNKNOWN);
}

static void
dates_and_working_days(void **state)
{
	assert_int_equal(EVAL("add_months('2026-01-31', 1) = '2026-02-28'", NULL), YM_TRUE);
	assert_int_equal(EVAL("add_months('2026-11-22', -12) = '2025-11-22'", NULL), YM_TRUE);
	assert_int_equal(EVAL("add_months('2026-11-22', 'x') > ''", NULL), YM_UNKNOWN);
	assert_int_equal(EVAL("workdays('2026-09-30', '2026-10-10') = 3", NULL), YM_TRUE);
	assert_int_equal(EVAL("workdays('2026-12-30', '2027-01-10') < 3", NULL), YM_UNKNOWN);
}

static void
patterns_are_posix_extended(void **state)
{
	assert_int_equal(EVAL("re('^1[3-9][0-9]{9}$', :applicant_phone)",
				 FACTS("applicant_phone", "13800000000")),
		YM_TRUE);
	assert_int_equal(EVAL("re('^1[3-9][0-9]{9}$', :applicant_phone)",
				 FACTS("applicant_phone", "12800000000")),
		YM_FALSE);
	assert_int_equal(EVAL("re('^1', :applicant_phone)", NULL), YM_UNKNOWN);
	assert_int_equal(EVAL("re('(', 'x')", NULL), YM_UNKNOWN);
	assert_int_equal(ym_rules_check(rules, "re('(', :today)", NULL), YM_INVALID);
	assert_int_equal(ym_rules_check(rules, "re('it''s (a|b)', :today)", NULL), YM_OK);
	for (int i = 0; i < 200; i++) {
		char expr[64];

		snprintf(expr, sizeof expr, "re('^%d$', '%d')", i, i);
		assert_int_equal(EVAL(expr, NULL), YM_TRUE);
	}
}

static void
divisions_labels_and_numbers(void **state)
{
	assert_int_equal(EVAL("province('220102') = '220000'", NULL), YM_TRUE);
	assert_int_equal(EVAL("province(:division) = :province",
				 FACTS("division", "220102", "province", "220000")),
		YM_TRUE);
	assert_int_equal(EVAL("city('220102001002') = '220100'", NULL), YM_TRUE);
	assert_int_equal(EVAL("city('22') = '220100'", NULL), YM_UNKNOWN);
	assert_int_equal(EVAL("label('sex', '1') = '男'", NULL), YM_TRUE);
	assert_int_equal(EVAL("label('sex', '7') = '男'", NULL), YM_UNKNOWN);
	assert_int_equal(EVAL("label('none', '1') = '男'", NULL), YM_UNKNOWN);
	assert_int_equal(EVAL("is_valid('id18', '11010519491231002X')", NULL), YM_TRUE);
	assert_int_equal(EVAL("is_valid('id18', '110105194912310020')", NULL), YM_FALSE);
	assert_int_equal(EVAL("is_valid('id99', '1')", NULL), YM_UNKNOWN);
	assert_int_equal(EVAL("is_valid('id18', :applicant_number)", NULL), YM_UNKNOWN);
}

static void
a_rule_that_fails_is_unknown_and_says_why(void **state)
{
	struct ym_error err = { 0 };

	assert_int_equal(ym_rules_eval(rules, "1 +", fact, NULL, &err), YM_UNKNOWN);
	assert_int_equal(err.code, YM_INVALID);
	memset(&err, 0, sizeof err);
	assert_int_equal(ym_rules_eval(rules, ":q_x = 1", fact, NULL, &err), YM_UNKNOWN);
	assert_int_equal(err.code, YM_OK);
}

static void
values_are_offered_as_text(void **state)
{
	char buf[32] = "kept";

	assert_true(ym_rules_value(rules, "CASE WHEN :q_lost = 1 THEN '1' END", fact,
		FACTS("q_lost", "1"), buf, sizeof buf));
	assert_string_equal(buf, "1");
	assert_true(ym_rules_value(
		rules, ":division", fact, FACTS("division", "220102"), buf, sizeof buf));
	assert_string_equal(buf, "220102");
	assert_false(ym_rules_value(
		rules, "CASE WHEN :q_lost = 1 THEN '1' END", fact, NULL, buf, sizeof buf));
	assert_false(ym_rules_value(rules, "", fact, NULL, buf, sizeof buf));
	assert_false(ym_rules_value(rules, "1 +", fact, NULL, buf, sizeof buf));
	assert_string_equal(buf, "220102");
}

static void
count_name(void *user, const char *name)
{
	strcat(user, name);
	strcat(user, " ");
}

static void
parameters_are_named(void **state)
{
	char names[200] = "";

	ym_rules_params(rules, "age(:applicant_birth, :today) > 1 OR :q_lost = ':not_one'",
		count_name, names);
	assert_string_equal(names, "applicant_birth today q_lost ");
	names[0] = 0;
	ym_rules_params(rules, "1 +", count_name, names);
	ym_rules_params(rules, "", count_name, names);
	assert_string_equal(names, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_rule_is_true),
		cmocka_unit_test(an_unknown_stays_unknown_unless_the_rest_decides),
		cmocka_unit_test(answers_compare_quoted_or_not),
		cmocka_unit_test(whole_numbers_compare_as_numbers),
		cmocka_unit_test(age_is_completed_years),
		cmocka_unit_test(dates_and_working_days),
		cmocka_unit_test(patterns_are_posix_extended),
		cmocka_unit_test(divisions_labels_and_numbers),
		cmocka_unit_test(a_rule_that_fails_is_unknown_and_says_why),
		cmocka_unit_test(values_are_offered_as_text),
		cmocka_unit_test(parameters_are_named),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
