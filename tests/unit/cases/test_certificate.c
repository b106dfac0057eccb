/* SPDX-License-Identifier: MulanPSL-2.0 */
/* An electronic certificate that stands in for a document: its status is asked, and what the answer does to the document. */
#include "unit/cases/window.h"

#include "cases/inner.h"

#define CERTIFICATE "1.2.156.3005.2.11220000000000000X012.112299010000000003.Z220000009.001.0"

static int
show(struct window *x, bool online, enum ym_code expected)
{
	struct ym_error err = { 0 };
	int line;

	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	(void)window_add(x, "PERMIT");
	ym_casework_set_online(x->w, online);
	line = window_material(x, "hukou", NULL);
	assert_int_equal(ym_visit_ask_certificate(x->v, line, CERTIFICATE, NULL), YM_STATE); /* nothing stands in for it yet */
	assert_int_equal(ym_visit_mark(x->v, line, YM_MAT_ELICENSE, "Z220000009 校验位、签名正确", NULL), YM_OK);
	assert_int_equal(ym_visit_ask_certificate(x->v, line, CERTIFICATE, &err), expected);
	return line;
}

static const struct ym_check_line *
inquiry(struct window *x)
{
	for (int i = 0; i < ym_visit_n_checks(x->v); i++)
		if (!strcmp(ym_visit_check(x->v, i)->reg, "elicense"))
			return ym_visit_check(x->v, i);
	return NULL;
}

static void
answer(struct window *x, const char *status, const char *json)
{
	YM_FREE char *text = ym_asprintf("{\"check\":\"%s\",\"register\":\"elicense\",\"status\":\"%s\",\"answer\":%s,\"source\":\"电子证照库\","
		"\"valid_until\":\"\",\"visit\":\"%s\"}", inquiry(x)->id, status, json, ym_visit_id(x->v));

	window_feed(x, "check.answered", text);
	ym_visit_refresh(x->v);
}

static void
one_in_force_stands_for_the_document(void **state)
{
	struct window *x = *state;
	int line = show(x, true, YM_OK);

	assert_non_null(strstr(ym_visit_material(x->v, line)->note, "状态查询中"));
	assert_true(window_has_reason(x, 0, "status was not confirmed"));
	/* asked once, by its own identifier */
	assert_int_equal(ym_visit_ask_certificate(x->v, line, CERTIFICATE, NULL), YM_OK);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_check WHERE register = 'elicense'"), 1);
	answer(x, "clear", "{\"text\":\"有效\",\"facts\":{\"id_number\":\"" MOTHER_ID "\",\"name\":\"谁也不是\"}}");
	assert_int_equal(ym_visit_material(x->v, line)->state, YM_MAT_ELICENSE);
	assert_true(ym_visit_material(x->v, line)->is_confirmed);
	assert_string_equal(ym_visit_material(x->v, line)->note, "Z220000009 校验位、签名正确;状态:有效");
	assert_false(window_has_reason(x, 0, "status was not confirmed"));
	assert_string_equal(ym_visit_person(x->v, 0)->name, MOTHER_NAME); /* a certificate fills nobody's data */
}

static void
one_that_is_revoked_is_not_acceptable(void **state)
{
	struct window *x = *state;
	int line = show(x, true, YM_OK);

	answer(x, "hit", "{\"text\":\"已注销\"}");
	assert_int_equal(ym_visit_material(x->v, line)->state, YM_MAT_WRONG);
	assert_non_null(strstr(ym_visit_material(x->v, line)->note, "状态:已注销"));
}

static void
somebody_elses_is_not_acceptable_though_in_force(void **state)
{
	struct window *x = *state;
	int line = show(x, true, YM_OK);

	answer(x, "clear", "{\"text\":\"有效\",\"facts\":{\"id_number\":\"" OTHER_ID "\"}}");
	assert_int_equal(ym_visit_material(x->v, line)->state, YM_MAT_WRONG);
	assert_non_null(strstr(ym_visit_material(x->v, line)->note, "持证主体与当事人不一致"));
}

static void
what_the_register_does_not_know_stays_to_be_checked_and_can_be_asked_again(void **state)
{
	struct window *x = *state;
	int line = show(x, true, YM_OK);

	answer(x, "unknown", "null");
	assert_int_equal(ym_visit_material(x->v, line)->state, YM_MAT_ELICENSE);
	assert_non_null(strstr(ym_visit_material(x->v, line)->note, "状态:查不到,待核"));
	assert_true(window_has_reason(x, 0, "status was not confirmed"));
	assert_int_equal(ym_visit_ask_certificate(x->v, line, CERTIFICATE, NULL), YM_OK);
	answer(x, "clear", "{\"text\":\"有效\"}");
	assert_true(ym_visit_material(x->v, line)->is_confirmed);
}

static void
without_a_link_nothing_is_asked_and_the_note_says_so(void **state)
{
	struct window *x = *state;
	int line = show(x, false, YM_OFFLINE);

	assert_null(inquiry(x));
	assert_non_null(strstr(ym_visit_material(x->v, line)->note, "状态待核(现在查不了)"));
	assert_int_equal(ym_visit_material(x->v, line)->state, YM_MAT_ELICENSE);
}

static void
the_question_outlives_a_restart(void **state)
{
	struct window *x = *state;
	int line = show(x, true, YM_OK);

	assert_int_equal(ym_visit_save(x->v, NULL), YM_OK);
	window_restart(x);
	window_resume(x);
	answer(x, "hit", "{\"text\":\"已暂扣\"}");
	assert_int_equal(ym_visit_material(x->v, line)->state, YM_MAT_WRONG);
}

#define T(f) cmocka_unit_test_setup_teardown(f, window_setup, window_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(one_in_force_stands_for_the_document), T(one_that_is_revoked_is_not_acceptable), T(somebody_elses_is_not_acceptable_though_in_force),
		T(what_the_register_does_not_know_stays_to_be_checked_and_can_be_asked_again), T(without_a_link_nothing_is_asked_and_the_note_says_so),
		T(the_question_outlives_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
