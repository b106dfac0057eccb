/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The sealed rule connection: what it computes, and everything it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/db.h"

static struct ym_rule_db *rules;

static bool
double_it(void *user, int n, const char *const args[], struct ym_buf *out, bool *ret_is_int)
{
	if (!args[0])
		return false;
	ym_buf_addf(out, "%ld", 2 * strtol(args[0], NULL, 10));
	*ret_is_int = true;
	return true;
}

static bool
greet(void *user, int n, const char *const args[], struct ym_buf *out, bool *ret_is_int)
{
	ym_buf_addf(out, "%s%d%s", (const char *)user, n, n > 0 && args[0] ? args[0] : "");
	return true;
}

static int
setup(void **state)
{
	assert_int_equal(ym_rule_db_new(&rules, NULL), YM_OK);
	ym_rule_db_function(rules, "double_it", 1, double_it, NULL);
	ym_rule_db_function(rules, "greet", -1, greet, (void *)(uintptr_t) "hello");
	return 0;
}

static int
teardown(void **state)
{
	ym_rule_db_free(rules);
	return 0;
}

static const char *
facts(void *user, const char *name)
{
	static const char *const known[][2] = {
		{ "applicant_age", "16" },
		{ "today", "2026-11-22" },
		{ "division", "229901" },
		{ "zero", "0" },
		{ "minus", "-5" },
		{ "leading", "007" },
		{ "long", "123456789012345" },
		{ "longer", "1234567890123456" },
		{ "number", "229901199003070012" },
		{ "name", "张三" },
		{ "empty", "" },
		{ "list", "[{\"k\":1},{\"k\":2}]" },
		{ "decimal", "1.5" },
		{ "minus_zero", "-0" },
		{ "word", "now" },
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(known); i++)
		if (strcmp(known[i][0], name) == 0)
			return known[i][1];
	return NULL;
}

static void
expect(const char *expr, const char *want)
{
	struct ym_error err = { 0 };
	YM_BUF value = { 0 };
	bool null = false;

	if (ym_rule_db_eval(rules, expr, facts, NULL, &value, &null, &err))
		fail_msg("%s: %s: %s (%s)", expr, err.msgid, err.subject, err.detail);
	if (want ? null || strcmp(ym_buf_str(&value), want) != 0 : !null)
		fail_msg("%s gave %s, not %s", expr, null ? "NULL" : ym_buf_str(&value),
			want ? want : "NULL");
}

static void
expect_refused(const char *expr, const char *subject)
{
	struct ym_error err = { 0 };

	if (ym_rule_db_check(rules, expr, &err) != YM_INVALID)
		fail_msg("%s was not refused", expr);
	if (!strstr(err.subject, subject))
		fail_msg("%s: '%s' does not name '%s'", expr, err.subject, subject);
}

static void
expressions_of_facts_are_evaluated(void **state)
{
	expect(":applicant_age >= 16", "1");
	expect(":division LIKE '22%'", "1");
	expect("substr(:division, 1, 2) = '22' AND :applicant_age < 18", "1");
	expect("CASE WHEN :applicant_age BETWEEN 16 AND 26 THEN '10' ELSE '20' END", "10");
	expect("length(:name)", "2");
	expect("'a' || 'b' -- with a remark", "ab");
	expect("(SELECT count(*) FROM json_each(:list))", "2");
	expect("(SELECT sum(json_extract(value, '$.k')) FROM json_each(:list))", "3");
	expect("EXISTS (SELECT 1 FROM json_tree(:list) WHERE key = 'k' AND atom = 2)", "1");
	expect("(WITH x AS (SELECT value AS v FROM json_each('[1,2,3]')) SELECT max(v) FROM x)",
		"3");
	expect("iif(:applicant_age > 10, coalesce(NULL, 'y'), 'n')", "y");
}

static void
null_is_not_known_and_never_false(void **state)
{
	expect(":unknown", NULL);
	expect(":unknown = 1", NULL);
	expect("NOT :unknown", NULL);
	expect(":unknown AND 0", "0");
	expect(":unknown AND 1", NULL);
	expect(":unknown OR 1", "1");
	expect(":unknown IS NULL", "1");
	expect(":unknown IN ('a', 'b')", NULL);
	expect("coalesce(:unknown, 'not known')", "not known");
	expect("double_it(:unknown)", NULL);
	expect(":empty", "");
	expect(":empty IS NULL", "0");
}

static void
canonical_integers_are_numbers_and_everything_else_is_text(void **state)
{
	static const char *const cases[][2] = { { ":applicant_age", "integer" },
		{ ":zero", "integer" }, { ":minus", "integer" }, { ":long", "integer" },
		{ ":longer", "text" }, { ":leading", "text" }, { ":number", "text" },
		{ ":decimal", "text" }, { ":minus_zero", "text" }, { ":empty", "text" },
		{ ":today", "text" } };

	for (size_t i = 0; i < YM_ARRAY_LEN(cases); i++) {
		YM_FREE char *expr = ym_asprintf("typeof(%s)", cases[i][0]);

		expect(expr, cases[i][1]);
	}
	expect(":leading", "007");
	expect(":minus", "-5");
}

static void
registered_functions_are_called_with_texts(void **state)
{
	expect("double_it(21)", "42");
	expect("typeof(double_it(21))", "integer");
	expect("greet()", "hello0");
	expect("greet(:name, 2)", "hello2张三");
	expect("greet(NULL)", "hello1");
	expect_refused("double_it(1, 2)", "double_it");
}

static void
dates_work_and_the_clock_is_refused(void **state)
{
	YM_BUF value = { 0 };
	struct ym_error err = { 0 };
	bool null;

	expect("date(:today, '+30 days')", "2026-12-22");
	expect("julianday(:today) - julianday('2026-11-20')", "2.0");
	expect("strftime('%Y', :today)", "2026");
	expect("date(:unknown)", NULL);
	expect("date('not a date')", NULL);
	expect_refused("date('now')", "'now'");
	expect_refused("date( 'NOW' )", "'now'");
	expect_refused("julianday()", "julianday()");
	expect_refused("strftime ( )", "strftime()");
	expect_refused("current_date", "current_date");
	expect_refused("current_timestamp", "current_timestamp");
	expect_refused("datetime('2026-01-01')", "datetime");
	/* What hides from the text is caught when it runs. */
	assert_int_equal(
		ym_rule_db_eval(rules, "date('n' || 'ow')", facts, NULL, &value, &null, &err),
		YM_INVALID);
	assert_non_null(strstr(err.subject, "'now'"));
	assert_int_equal(ym_rule_db_eval(rules, "date(:word)", facts, NULL, &value, &null, &err),
		YM_INVALID);
	assert_int_equal(
		ym_rule_db_eval(rules, "strftime('%s', :word)", facts, NULL, &value, &null, &err),
		YM_INVALID);
	assert_int_equal(ym_rule_db_eval(rules, "strftime('%Y')", facts, NULL, &value, &null, &err),
		YM_INVALID);
	assert_int_equal(ym_rule_db_eval(rules, "date(:today, 'local' || 'time')", facts, NULL,
				 &value, &null, &err),
		YM_INVALID);
	assert_int_equal(value.len, 0);
}

static void
what_is_not_listed_is_refused_by_name(void **state)
{
	expect_refused("random()", "random");
	expect_refused("hex(randomblob(4))", "");
	expect_refused("load_extension('x')", "load_extension");
	expect_refused("printf('%1000000d', 1)", "printf");
	expect_refused("zeroblob(1000000)", "zeroblob");
	expect_refused("sqlite_version()", "sqlite_version");
	expect_refused("last_insert_rowid()", "last_insert_rowid");
	expect_refused("(SELECT name FROM sqlite_schema)", "sqlite_");
	expect_refused("(SELECT count(*) FROM sqlite_schema)", "sqlite_");
	expect_refused("(SELECT count(*) FROM pragma_table_info('x'))", "");
	expect_refused("(SELECT * FROM pragma_compile_options LIMIT 1)", "");
	expect_refused("(SELECT count(*) FROM dbstat)", "");
	expect_refused("(SELECT * FROM sqlite_stmt)", "sqlite_stmt");
	expect_refused(
		"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n)",
		"RECURSIVE");
	expect_refused(
		"(WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n)",
		"RECURSIVE");
	expect_refused("(SELECT 1 FROM cases)", "cases");
	expect_refused("nothing_of_the_kind(1)", "nothing_of_the_kind");
}

static void
only_one_expression_is_accepted(void **state)
{
	expect_refused("", "");
	expect_refused("1, 2", "");
	expect_refused("1; SELECT 2", "");
	expect_refused("1); ATTACH 'x' AS y; SELECT (1", "");
	expect_refused("1); PRAGMA user_version = 1; SELECT (1", "");
	expect_refused("ATTACH 'x' AS y", "syntax");
	expect_refused("PRAGMA user_version", "");
	expect_refused("DELETE FROM t", "");
	expect_refused("\"name\"", "name");
	expect_refused("?", ":name");
	expect_refused("?1", ":name");
	expect_refused("$name", ":name");
	expect_refused("@name", ":name");
	expect_refused("(1", "");
}

static void
length_depth_and_effort_are_limited(void **state)
{
	YM_BUF expr = { 0 }, value = { 0 };
	struct ym_error err = { 0 };
	bool null;

	for (int i = 0; i < 1999; i++)
		ym_buf_addc(&expr, i % 2 ? '+' : '1');
	assert_int_equal(ym_rule_db_check(rules, ym_buf_str(&expr), &err), YM_INVALID);
	ym_buf_clear(&expr);
	for (int i = 0; i < 1999; i++)
		ym_buf_addc(&expr, ' ');
	ym_buf_addc(&expr, '1');
	assert_int_equal(ym_rule_db_check(rules, ym_buf_str(&expr), NULL), YM_OK);
	ym_buf_addc(&expr, ' ');
	assert_int_equal(ym_rule_db_check(rules, ym_buf_str(&expr), &err), YM_INVALID);
	assert_non_null(strstr(err.msgid, "2,000"));
	assert_int_equal(
		ym_rule_db_eval(rules,
			"(SELECT count(*) FROM json_each('[1,2,3,4,5,6,7,8,9,0]') a, "
			"json_each('[1,2,3,4,5,6,7,8,9,0]') b, json_each('[1,2,3,4,5,6,7,8,9,0]') c, "
			"json_each('[1,2,3,4,5,6,7,8,9,0]') d, json_each('[1,2,3,4,5,6,7,8,9,0]') e)",
			facts, NULL, &value, &null, &err),
		YM_REFUSED);
	assert_string_equal(err.msgid, "The rule takes too long");
	assert_int_equal(
		ym_rule_db_eval(rules, "json_extract('{', '$')", facts, NULL, &value, &null, &err),
		YM_INVALID);
	/* The connection is as good as before. */
	expect("1 + 1", "2");
}

static void
list_name(void *user, const char *name)
{
	strcat(strcat(user, name), " ");
}

static void
parameters_are_listed_once_each(void **state)
{
	char names[200] = "";

	assert_int_equal(ym_rule_db_params(rules,
				 ":applicant_age > 16 AND (:q_hukou = 'x' OR :applicant_age < 70)",
				 list_name, names, NULL),
		YM_OK);
	assert_string_equal(names, "applicant_age q_hukou ");
	assert_int_equal(ym_rule_db_params(rules, "((", list_name, names, NULL), YM_INVALID);
}

static void
many_rules_are_more_than_the_cache_holds(void **state)
{
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1500; i++) {
			YM_FREE char *expr = ym_asprintf("%d + :zero", i),
				     *want = ym_asprintf("%d", i);

			expect(expr, want);
		}
	}
}

static bool
nested(void *user, int n, const char *const args[], struct ym_buf *out, bool *ret_is_int)
{
	bool null;

	return ym_rule_db_eval(rules, ":applicant_age + 1", facts, NULL, out, &null, NULL) == YM_OK;
}

static void
a_function_may_evaluate_another_rule(void **state)
{
	ym_rule_db_function(rules, "nested", 0, nested, NULL);
	expect("nested() || '!'", "17!");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(expressions_of_facts_are_evaluated),
		T(null_is_not_known_and_never_false),
		T(canonical_integers_are_numbers_and_everything_else_is_text),
		T(registered_functions_are_called_with_texts),
		T(dates_work_and_the_clock_is_refused),
		T(what_is_not_listed_is_refused_by_name),
		T(only_one_expression_is_accepted),
		T(length_depth_and_effort_are_limited),
		T(parameters_are_listed_once_each),
		T(many_rules_are_more_than_the_cache_holds),
		T(a_function_may_evaluate_another_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
