/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What registers answer and where it goes; a case that goes on inside the visit of a ticket. With the shipped catalogue. */
#include "window.h"

#define BIRTH_CERT "Z220000001"

static void
answer(struct window *x, const char *reg, const char *body)
{
	for (int i = 0; i < ym_visit_n_checks(x->v); i++) {
		const struct ym_check_line *c = ym_visit_check(x->v, i);
		if (strcmp(c->reg, reg) || c->state != YM_CHECK_ASKED)
			continue;
		YM_FREE char *json = ym_asprintf("{\"check\":\"%s\",\"register\":\"%s\",\"status\":\"clear\",\"answer\":%s,\"source\":\"测试库\","
			"\"valid_until\":\"2026-12-31\",\"visit\":\"%s\"}", c->id, reg, body, ym_visit_id(x->v));
		window_feed(x, "check.answered", json);
		ym_visit_refresh(x->v);
		return;
	}
	fail_msg("%s was not asked", reg);
}

static const char *
value(struct window *x, const char *datum)
{
	int i = window_field(x, datum);
	assert_true(i >= 0);
	return ym_visit_form(x->v, i)->value;
}

static void
birth(struct window *x)
{
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "220104");
	window_add(x, "HZ-001");
	window_reply(x, "q.follow", "mother");
	window_reply(x, "q.name_same", "1");
	window_reply(x, "q.nation_same", "1");
}

static void
one_call_asks_every_register_that_can_answer_once(void **state)
{
	struct window *x = *state;
	int n = 0, asked = 0;
	birth(x);
	window_mark(x, "hukou", YM_MAT_SEEN);
	assert_int_equal(ym_visit_ask_all(x->v, &n, NULL), YM_OK);
	assert_true(n >= 3);
	for (int i = 0; i < ym_visit_n_checks(x->v); i++)
		asked += ym_visit_check(x->v, i)->state == YM_CHECK_ASKED;
	assert_int_equal(asked, window_count(x, "SELECT count(*) FROM view_check"));
	assert_int_equal(ym_visit_material(x->v, window_material(x, "birth_cert", NULL))->state, YM_MAT_WAITING);
	/* what was seen stays seen */
	assert_int_equal(ym_visit_material(x->v, window_material(x, "hukou", NULL))->state, YM_MAT_SEEN);
	assert_int_equal(ym_visit_ask_all(x->v, &n, NULL), YM_OK);
	assert_int_equal(n, 0);
	assert_int_equal(asked, window_count(x, "SELECT count(*) FROM view_check"));
}

static void
an_answer_fills_what_is_empty_about_another_role(void **state)
{
	struct window *x = *state;
	int n;
	birth(x);
	window_fill(x, "child.name", CHILD_NAME);
	assert_int_equal(ym_visit_ask_all(x->v, &n, NULL), YM_OK);
	answer(x, "birth_certificate", "{\"text\":\"男婴\",\"roles\":{\"child\":{\"name\":\"别的名字\",\"sex\":\"1\",\"birth\":\"2026-11-10\","
		"\"birth_cert\":\"" BIRTH_CERT "\",\"birth_division\":\"999999\",\"no_such\":\"1\"},\"father\":{\"name\":\"某人\"},\"nobody\":{\"name\":\"x\"}}}");
	assert_string_equal(value(x, "child.birth"), "2026-11-10");
	assert_string_equal(value(x, "child.birth_cert"), BIRTH_CERT);
	assert_int_equal(ym_visit_form(x->v, window_field(x, "child.birth"))->origin, YM_FROM_CHECK);
	assert_string_equal(value(x, "child.name"), CHILD_NAME);   /* what somebody said stays */
	assert_string_equal(value(x, "child.birth_division"), ""); /* what the field would refuse is left out */
	assert_int_equal(ym_visit_material(x->v, window_material(x, "birth_cert", NULL))->state, YM_MAT_SHARED);
	/* it can be typed over, and stays so */
	window_fill(x, "child.sex", "2");
	ym_visit_refresh(x->v);
	assert_string_equal(value(x, "child.sex"), "2");
	assert_int_equal(ym_visit_form(x->v, window_field(x, "child.sex"))->origin, YM_FROM_TYPED);
}

static void
an_answer_that_came_while_the_program_was_down_fills_the_form_too(void **state)
{
	struct window *x = *state;
	int n;
	char id[40] = "";
	birth(x);
	assert_int_equal(ym_visit_ask_all(x->v, &n, NULL), YM_OK);
	for (int i = 0; i < ym_visit_n_checks(x->v); i++)
		if (!strcmp(ym_visit_check(x->v, i)->reg, "birth_certificate"))
			ym_strlcpy(id, ym_visit_check(x->v, i)->id, sizeof(id));
	window_restart(x);
	YM_FREE char *json = ym_asprintf("{\"check\":\"%s\",\"status\":\"clear\",\"answer\":{\"text\":\"男婴\",\"roles\":{\"child\":"
		"{\"name\":\"" CHILD_NAME "\"}}},\"source\":\"测试库\"}", id);
	window_feed(x, "check.answered", json);
	window_resume(x);
	assert_string_equal(value(x, "child.name"), CHILD_NAME);
}

static void
near_divisions_come_before_far_ones_of_the_same_name(void **state)
{
	struct window *x = *state;
	struct ym_option options[40];
	birth(x);
	int n = ym_visit_form_options(x->v, window_field(x, "child.native_division"), "朝阳", options, 40), before = 0;
	assert_true(n > 2);
	const char *division = ym_log_identity(x->d.log)->division;
	for (int i = 0; i < n; i++) {
		int rank = !strncmp(options[i].code, division, 4) ? 0 : !strncmp(options[i].code, division, 2) ? 1 : 2;
		assert_true(rank >= before);
		before = rank;
	}
	/* a code in full is what it says, near or far */
	assert_int_equal(ym_visit_form_options(x->v, window_field(x, "child.native_division"), "110105", options, 40), 1);
	assert_string_equal(options[0].code, "110105");
}

static void
a_limit_into_an_unpublished_year_has_no_date_and_says_so(void **state)
{
	struct window *x = *state;
	window_at("2026-12-29 09:00");
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "220104");
	int c = window_add(x, "SF-003");
	assert_false(window_case(x, c)->calendar_known);
	assert_string_equal(window_case(x, c)->due_statutory, "");
}

static void
a_case_goes_on_inside_the_visit_of_a_ticket(void **state)
{
	struct window *x = *state;
	char no[40], visit[40], ticket[12];
	birth(x);
	window_mark(x, "hukou", YM_MAT_MISSING);
	window_decide(x, 0, YM_EXIT_RETURNED, "户口簿没有带来");
	ym_strlcpy(no, window_case(x, 0)->case_no, sizeof(no));
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	window_close(x);
	assert_int_equal(ym_queue_make_ticket(x->w, YM_TICKET_ORDINARY, "补交", "", ticket, NULL), YM_OK);
	YM_FREE char *id = ym_strdup(window_text(x, "SELECT id FROM view_ticket"));
	char called[40];
	assert_int_equal(ym_queue_call(x->w, id, called, NULL), YM_OK);
	assert_int_equal(ym_visit_open(x->w, called, &x->v, NULL), YM_OK);
	ym_strlcpy(visit, ym_visit_id(x->v), sizeof(visit));
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "220104");
	assert_int_equal(ym_visit_continue_here(&x->v, no, NULL), YM_OK);
	assert_string_equal(ym_visit_id(x->v), visit);
	assert_string_equal(ym_visit_ticket(x->v), ticket);
	assert_string_equal(ym_visit_claim(x->v), "补交");
	assert_string_equal(window_case(x, 0)->case_no, no);
	assert_int_equal(ym_visit_stage(x->v), YM_STAGE_MATERIALS);
	/* the same mother once, not twice */
	for (int i = 1; i < ym_visit_n_persons(x->v); i++)
		assert_string_not_equal(ym_visit_person(x->v, i)->doc_number, ym_visit_person(x->v, 0)->doc_number);
	/* a visit that holds a case takes no second one up */
	assert_int_equal(ym_visit_continue_here(&x->v, no, NULL), YM_STATE);
	window_restart(x);
	window_resume(x);
	assert_string_equal(window_case(x, 0)->case_no, no);
	assert_string_equal(ym_visit_ticket(x->v), ticket);
}

#define T(f) cmocka_unit_test_setup_teardown(f, window_setup_shipped, window_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(one_call_asks_every_register_that_can_answer_once), T(an_answer_fills_what_is_empty_about_another_role),
		T(an_answer_that_came_while_the_program_was_down_fills_the_form_too), T(near_divisions_come_before_far_ones_of_the_same_name),
		T(a_limit_into_an_unpublished_year_has_no_date_and_says_so), T(a_case_goes_on_inside_the_visit_of_a_ticket),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
