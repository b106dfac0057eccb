/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Proposals with all reasons, and every exit of the window. */
#include "window.h"

#define T(f) cmocka_unit_test_setup_teardown(f, window_setup, window_teardown)

static void
unknown_is_a_question_and_never_a_no(void **state)
{
	struct window *x = *state;
	window_open(x);
	int c = window_add(x, "PERMIT");
	/* Nobody is known: age and quantity are NULL, no condition may count as failed. */
	assert_int_not_equal(window_case(x, c)->proposal, YM_EXIT_REFUSED);
	assert_int_not_equal(window_case(x, c)->proposal, YM_EXIT_NOT_REQUIRED);
	assert_false(window_has_reason(x, c, "不满18周岁"));
	assert_true(window_has_reason(x, c, "出生日期"));
	assert_true(window_has_reason(x, c, "要加急吗?"));
	assert_false(window_case(x, c)->can_exit[YM_EXIT_ACCEPTED]);
	assert_true(ym_visit_n_missing(x->v) > 3);
}

static void
a_dependent_question_comes_with_its_cause(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_add(x, "PERMIT");
	assert_int_equal(ym_visit_n_questions(x->v), 1);
	window_reply(x, "q.fast", "1");
	assert_int_equal(ym_visit_n_questions(x->v), 2);
	assert_int_equal(ym_visit_answer(x->v, 1, "z", NULL), YM_INVALID);
	assert_int_equal(ym_visit_answer(x->v, 1, "b", NULL), YM_OK);
	window_reply(x, "q.fast", "");
	assert_int_equal(ym_visit_n_questions(x->v), 1);
}

static void
all_faults_are_told_at_once(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	int c = window_add(x, "PERMIT");
	window_reply(x, "q.fast", "1");
	assert_int_equal(window_case(x, c)->proposal, YM_EXIT_RETURNED);
	assert_true(window_has_reason(x, c, "户口簿"));
	assert_true(window_has_reason(x, c, "证明"));
	assert_true(window_has_reason(x, c, "说明"));
	assert_true(window_has_reason(x, c, "用途"));
	assert_true(window_has_reason(x, c, "联系电话"));
	assert_true(window_has_reason(x, c, "限制名单"));
	assert_true(window_has_reason(x, c, "为什么加急?"));
}

static void
a_failed_condition_proposes_its_exit(void **state)
{
	struct window *x = *state;
	window_open(x);
	int c = window_ready_permit(x);
	window_fill(x, "case.quantity", "500");
	assert_int_equal(window_case(x, c)->proposal, YM_EXIT_NOT_REQUIRED);
	assert_true(window_has_reason(x, c, "一百以上另行办理"));
	window_decide(x, c, YM_EXIT_NOT_REQUIRED, NULL);
	assert_int_equal(window_case(x, c)->state, YM_CASE_NOT_ACCEPTED);
	assert_int_equal(window_case(x, c)->fee_state, YM_FEE_NONE);
}

static void
a_minor_is_refused_where_the_law_says_so(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, CHILD_NAME, "22990120150101002", "229901");
	int c = window_add(x, "PERMIT");
	assert_int_equal(window_case(x, c)->proposal, YM_EXIT_REFUSED);
	window_decide(x, c, YM_EXIT_REFUSED, NULL);
	assert_string_equal(window_text(x, "SELECT exit || ' ' || state FROM view_case"), "refused not_accepted");
	int paper = -1;
	for (int i = 0; i < ym_visit_n_papers(x->v); i++)
		if (!strcmp(ym_visit_paper(x->v, i)->template_id, "refusal"))
			paper = i;
	assert_true(paper >= 0);
	YM_FREE char *json = ym_visit_paper_json(x->v, paper);
	assert_non_null(strstr(json, "不满18周岁"));
}

static void
a_register_hit_on_a_required_check_refuses(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	int c = window_add(x, "PERMIT");
	assert_int_equal(ym_visit_ask(x->v, 0, NULL), YM_OK);
	assert_int_equal(ym_visit_check(x->v, 0)->state, YM_CHECK_ASKED);
	window_check(x, "ban", "hit");
	assert_int_equal(ym_visit_check(x->v, 0)->state, YM_CHECK_HIT);
	assert_int_equal(window_case(x, c)->proposal, YM_EXIT_REFUSED);
	assert_true(window_has_reason(x, c, "登记在册"));
}

static void
what_cannot_be_refused_is_handed_on(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	int c = window_add(x, "REPORT");
	assert_false(window_case(x, c)->can_exit[YM_EXIT_REFUSED]);
	assert_false(window_case(x, c)->can_exit[YM_EXIT_NOT_REQUIRED]);
	assert_true(window_case(x, c)->can_exit[YM_EXIT_NOT_OURS]);
	assert_int_equal(ym_visit_decide(x->v, c, YM_EXIT_REFUSED, "一二三四五", NULL), YM_STATE);
}

static void
another_exit_needs_a_reason_and_is_logged(void **state)
{
	struct window *x = *state;
	window_open(x);
	int c = window_ready_permit(x);
	assert_int_equal(ym_visit_decide(x->v, c, YM_EXIT_REFUSED, NULL, NULL), YM_REFUSED);
	assert_int_equal(ym_visit_decide(x->v, c, YM_EXIT_REFUSED, "三个字", NULL), YM_REFUSED);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_case"), 0);
	window_decide(x, c, YM_EXIT_REFUSED, "有四个字");
	assert_int_equal(window_count(x, "SELECT override FROM view_case"), 1);
	assert_false(folder_contains(x->d.dir, "有四个字"));
}

static void
a_deferred_document_is_accepted_with_its_deadline_and_brought_later(void **state)
{
	struct window *x = *state;
	window_open(x);
	int c = window_ready_permit(x);
	window_mark(x, "side", YM_MAT_DEFERRED);
	assert_int_equal(window_case(x, c)->proposal, YM_EXIT_DEFERRED);
	window_decide(x, c, YM_EXIT_DEFERRED, NULL);
	char no[40];
	ym_strlcpy(no, window_case(x, c)->case_no, sizeof(no));
	assert_string_equal(window_text(x, "SELECT kind || ' ' || due || ' ' || state FROM view_defer"), "side 2026-11-30 open");
	assert_int_equal(ym_visit_pay(x->v, c, "qr", "", NULL), YM_OK);
	assert_int_equal(ym_visit_continue_case(x->w, no, &(struct ym_visit *){ NULL }, NULL), YM_STATE); /* its visit is open */
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	window_close(x);
	window_at("2026-11-27 10:00");
	struct ym_alert alerts[8];
	assert_int_equal(ym_queue_alerts(x->w, alerts, 8), 1);
	assert_int_equal(alerts[0].weight, YM_WARN);
	assert_string_equal(alerts[0].case_no, no);
	struct ym_error err = { 0 };
	if (ym_visit_continue_case(x->w, no, &x->v, &err))
		fail_msg("%s %s", err.msgid, err.detail);
	assert_int_equal(window_case(x, 0)->proposal, YM_EXIT_NONE);
	window_mark(x, "side", YM_MAT_SEEN);
	assert_int_equal(window_case(x, 0)->proposal, YM_EXIT_ACCEPTED);
	window_decide(x, 0, YM_EXIT_ACCEPTED, NULL);
	assert_string_equal(window_text(x, "SELECT state FROM view_defer"), "brought");
	assert_string_equal(window_case(x, 0)->due_promised, "2026-12-02"); /* the clock runs on */
	assert_string_equal(window_case(x, 0)->case_no, no);
	assert_int_equal(ym_queue_alerts(x->w, alerts, 8), 0);
}

static void
a_second_notice_with_something_new_is_a_fault(void **state)
{
	struct window *x = *state;
	char no[40];
	window_open(x);
	int c = window_ready_permit(x);
	window_mark(x, "hukou", YM_MAT_MISSING);
	window_decide(x, c, YM_EXIT_RETURNED, NULL);
	ym_strlcpy(no, window_case(x, c)->case_no, sizeof(no));
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	window_close(x);
	assert_int_equal(ym_visit_continue_case(x->w, no, &x->v, NULL), YM_OK);
	window_mark(x, "hukou", YM_MAT_WRONG);
	/* the same document again is no fault */
	window_decide(x, 0, YM_EXIT_RETURNED, NULL);
	assert_int_equal(window_count(x, "SELECT notices * 10 + fault FROM view_case"), 20);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	window_close(x);
	assert_int_equal(ym_visit_continue_case(x->w, no, &x->v, NULL), YM_OK);
	window_mark(x, "hukou", YM_MAT_SEEN);
	window_mark(x, "side", YM_MAT_WRONG); /* could be seen the first time */
	struct ym_error err = { 0 };
	assert_int_equal(ym_visit_decide(x->v, 0, YM_EXIT_RETURNED, NULL, &err), YM_REFUSED);
	window_decide(x, 0, YM_EXIT_RETURNED, "第一次没有看出");
	assert_int_equal(window_count(x, "SELECT notices * 10 + fault FROM view_case"), 31);
}

static void
the_notice_names_everything_of_all_cases_once(void **state)
{
	struct window *x = *state;
	window_open(x);
	int c = window_ready_permit(x);
	window_mark(x, "hukou", YM_MAT_MISSING);
	window_mark(x, "side", YM_MAT_WRONG);
	int b = window_add(x, "CERT");
	window_decide(x, c, YM_EXIT_RETURNED, NULL);
	assert_int_equal(window_case(x, b)->proposal, YM_EXIT_NONE);
	window_decide(x, b, YM_EXIT_RETURNED, "用途说不清楚");
	int notices = 0, paper = -1;
	for (int i = 0; i < ym_visit_n_papers(x->v); i++)
		if (!strcmp(ym_visit_paper(x->v, i)->template_id, "notice"))
			notices++, paper = i;
	assert_int_equal(notices, 1);
	YM_FREE char *text = ym_visit_paper_json(x->v, paper);
	YM_JSON *j = NULL;
	assert_int_equal(ym_json_parse(text, strlen(text), "paper", &j, NULL), YM_OK);
	assert_int_equal(json_array_size(json_object_get(j, "missing")), 3);
	assert_int_equal(json_array_size(json_object_get(j, "cases")), 2);
	assert_non_null(strstr(text, "不清晰"));
	assert_null(strstr(text, "undefined"));
}

static void
where_a_case_belongs_is_the_scope_of_that_day(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "");
	int local = window_add(x, "LOCAL"), cross = window_add(x, "CROSS");
	assert_int_equal(window_case(x, local)->proposal, YM_EXIT_NONE); /* not known: not decided */
	window_fill(x, "applicant.household_division", "219901");
	assert_int_equal(window_case(x, local)->proposal, YM_EXIT_NOT_OURS);
	assert_string_equal(window_case(x, local)->scope_label, "丙县");
	assert_int_equal(window_case(x, cross)->proposal, YM_EXIT_COLLECTED);
	window_decide(x, cross, YM_EXIT_COLLECTED, NULL);
	assert_int_equal(window_case(x, cross)->state, YM_CASE_RECEIVED);
	assert_string_equal(window_case(x, cross)->due_statutory, "");
	bool slip = false;
	for (int i = 0; i < ym_visit_n_papers(x->v); i++) {
		slip |= !strcmp(ym_visit_paper(x->v, i)->template_id, "collection-slip");
		assert_string_not_equal(ym_visit_paper(x->v, i)->template_id, "acceptance");
	}
	assert_true(slip);
	window_fill(x, "applicant.household_division", "229902");
	assert_int_equal(window_case(x, local)->proposal, YM_EXIT_NOT_OURS);
	window_fill(x, "applicant.household_division", "229901");
	assert_int_equal(window_case(x, local)->proposal, YM_EXIT_ACCEPTED);
	window_fill(x, "applicant.household_division", "219901");
	window_at("2027-01-04 09:00");
	ym_visit_refresh(x->v);
	assert_int_equal(window_case(x, local)->proposal, YM_EXIT_ACCEPTED); /* national from 2027 */
}

static void
an_auxiliary_collects_and_does_not_decide(void **state)
{
	struct window *x = *state;
	char no[40];
	assert_int_equal(ym_casework_sign_in(x->w, "aux01", NULL), YM_OK);
	assert_false(ym_casework_is_officer(x->w));
	window_open(x);
	int c = window_ready_cert(x);
	struct ym_error err = { 0 };
	assert_int_equal(ym_visit_decide(x->v, c, YM_EXIT_COMPLETED, NULL, &err), YM_REFUSED);
	assert_non_null(err.msgid);
	assert_int_equal(ym_visit_decide(x->v, c, YM_EXIT_REFUSED, "不能办理的", NULL), YM_REFUSED);
	window_decide(x, c, YM_EXIT_COLLECTED, NULL);
	ym_strlcpy(no, window_case(x, c)->case_no, sizeof(no));
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	window_close(x);
	/* An officer takes it up under the same number. */
	assert_int_equal(ym_casework_sign_in(x->w, ACCOUNT, NULL), YM_OK);
	assert_int_equal(ym_visit_continue_case(x->w, no, &x->v, NULL), YM_OK);
	assert_int_equal(window_case(x, 0)->proposal, YM_EXIT_COMPLETED);
	window_decide(x, 0, YM_EXIT_COMPLETED, NULL);
	assert_string_equal(window_case(x, 0)->case_no, no);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_case"), 1);
}

static void
corrected_on_the_spot_goes_on(void **state)
{
	struct window *x = *state;
	window_open(x);
	int c = window_ready_cert(x);
	window_decide(x, c, YM_EXIT_CORRECTED, "姓名写错当场改正");
	assert_int_equal(window_case(x, c)->state, YM_CASE_RECEIVED);
	window_decide(x, c, YM_EXIT_COMPLETED, NULL);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_case"), 1);
	assert_int_equal(ym_visit_decide(x->v, c, YM_EXIT_COMPLETED, NULL, NULL), YM_STATE);
}

static void
a_bundle_seats_its_people_and_keeps_its_order(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	assert_int_equal(ym_visit_add_bundle(x->v, "born", NULL), YM_OK);
	assert_int_equal(ym_visit_n_cases(x->v), 2);
	assert_int_equal(ym_visit_n_persons(x->v), 2);
	assert_true(ym_visit_person(x->v, 1)->is_new);
	struct ym_role open[8];
	assert_int_equal(ym_visit_open_roles(x->v, open, 8), 0);
	int child;
	assert_int_equal(ym_visit_add_person(x->v, "child", false, &child, NULL), YM_OK);
	assert_int_equal(child, 1); /* the one that was seated */
	window_fill(x, "child.name", CHILD_NAME);
	window_fill(x, "child.sex", "2");
	window_fill(x, "child.birth", "20261101");
	window_fill(x, "child.id_number", "229901202611010022");
	int phone = window_field(x, "applicant.phone");
	assert_int_equal(ym_visit_fill(x->v, phone, "13800000000", NULL), YM_OK);
	window_mark(x, "birth_cert", YM_MAT_SEEN);
	window_mark(x, "hukou", YM_MAT_SEEN);
	window_mark(x, "side", YM_MAT_SEEN);
	window_mark(x, "photo", YM_MAT_SEEN);
	assert_true(window_case(x, 1)->waits_for);
	assert_int_equal(window_case(x, 0)->proposal, YM_EXIT_COMPLETED);
	assert_int_equal(window_case(x, 1)->proposal, YM_EXIT_ACCEPTED);
	struct ym_error err = { 0 };
	assert_int_equal(ym_visit_decide(x->v, 1, YM_EXIT_ACCEPTED, NULL, &err), YM_STATE);
	assert_string_equal(err.subject, "出生登记");
	int n = 0;
	assert_int_equal(ym_visit_decide_all(x->v, &n, &err), YM_OK);
	assert_int_equal(n, 2);
	assert_int_equal(window_case(x, 0)->exit, YM_EXIT_COMPLETED);
	assert_int_equal(window_case(x, 1)->exit, YM_EXIT_ACCEPTED);
	assert_int_equal(window_case(x, 1)->decider, YM_BY_AUTO);
	assert_int_equal(ym_visit_add_bundle(x->v, "born", NULL), YM_OK); /* a second child is another matter */
}

static void
the_same_item_for_the_same_person_comes_once(void **state)
{
	struct window *x = *state;
	int c;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	c = window_add(x, "CERT");
	assert_int_equal(ym_visit_add_item(x->v, "CERT", &c, NULL), YM_CONFLICT);
	assert_int_equal(ym_visit_add_item(x->v, "NONE", &c, NULL), YM_NOTFOUND);
	assert_int_equal(ym_visit_n_cases(x->v), 1);
	assert_int_equal(ym_visit_drop_case(x->v, 0, NULL), YM_OK);
	assert_int_equal(ym_visit_n_cases(x->v), 0);
	window_add(x, "BIRTH");
	assert_int_equal(ym_visit_n_persons(x->v), 2);
	assert_int_equal(ym_visit_drop_case(x->v, 0, NULL), YM_OK);
	assert_int_equal(ym_visit_n_persons(x->v), 1); /* the empty child left with it */
}

static void
fee_tiers_wait_for_the_answer_and_exemptions_make_it_nothing(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	int c = window_add(x, "PERMIT");
	assert_true(window_has_reason(x, c, "fee cannot be told"));
	window_reply(x, "q.fast", "1");
	assert_int_equal(window_case(x, c)->fee_fen, 5000);
	window_reply(x, "q.fast", "0");
	assert_int_equal(window_case(x, c)->fee_fen, 2000);
	assert_string_equal(window_case(x, c)->fee_label, "普通");
	assert_int_equal(ym_visit_pay(x->v, c, "qr", "", NULL), YM_STATE); /* nothing is due before acceptance */
}

static void
offline_a_pending_check_does_not_hold_up_what_others_decide(void **state)
{
	struct window *x = *state;
	ym_casework_set_online(x->w, false);
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	int c = window_add(x, "PERMIT");
	window_reply(x, "q.fast", "0");
	window_fill(x, "case.purpose", "实验");
	window_fill(x, "case.quantity", "5");
	window_fill(x, "applicant.phone", "13800000000");
	window_mark(x, "hukou", YM_MAT_SEEN);
	window_mark(x, "side", YM_MAT_SEEN);
	assert_int_equal(window_case(x, c)->proposal, YM_EXIT_NONE);
	assert_int_equal(ym_visit_ask(x->v, 0, NULL), YM_OK);
	assert_int_equal(window_case(x, c)->proposal, YM_EXIT_ACCEPTED);
	window_decide(x, c, YM_EXIT_ACCEPTED, NULL);
	assert_string_equal(window_text(x, "SELECT decider FROM view_case"), "approver");
	assert_int_equal(window_case(x, c)->state, YM_CASE_ACCEPTED);
}

static void
the_rating_is_asked_once_and_its_grade_is_nowhere_to_be_read(void **state)
{
	struct window *x = *state;
	window_open(x);
	assert_int_equal(ym_visit_ask_rating(x->v, NULL), YM_STATE);
	int c = window_ready_cert(x);
	window_decide(x, c, YM_EXIT_COMPLETED, NULL);
	assert_int_equal(ym_visit_take_rating(x->v, 1, "evaluator", NULL), YM_STATE);
	assert_int_equal(ym_visit_ask_rating(x->v, NULL), YM_OK);
	assert_int_equal(ym_visit_ask_rating(x->v, NULL), YM_STATE);
	assert_int_equal(ym_visit_take_rating(x->v, 9, "evaluator", NULL), YM_INVALID);
	assert_int_equal(ym_visit_take_rating(x->v, 5, "evaluator", NULL), YM_OK);
	assert_int_equal(ym_visit_rating(x->v), YM_RATING_GIVEN);
	assert_int_equal(window_count(x, "SELECT rated FROM view_case"), 1);
	YM_BUF dump = { 0 };
	struct ym_fold_context f = { x->d.keys, ym_log_identity(x->d.log)->desk };
	assert_int_equal(ym_fold_dump(&f, x->d.db, &dump, NULL), YM_OK);
	assert_null(strstr(ym_buf_str(&dump), "grade"));
	json_t *story = NULL;
	assert_int_equal(ym_caselist_story(x->w, window_case(x, c)->case_no, "测试核对", &story, NULL), YM_OK);
	YM_FREE char *text = ym_json_dump(story);
	json_decref(story);
	assert_null(strstr(text, "grade"));
	assert_non_null(strstr(text, "case.rated"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(unknown_is_a_question_and_never_a_no), T(a_dependent_question_comes_with_its_cause), T(all_faults_are_told_at_once),
		T(a_failed_condition_proposes_its_exit), T(a_minor_is_refused_where_the_law_says_so),
		T(a_register_hit_on_a_required_check_refuses), T(what_cannot_be_refused_is_handed_on),
		T(another_exit_needs_a_reason_and_is_logged), T(a_deferred_document_is_accepted_with_its_deadline_and_brought_later),
		T(a_second_notice_with_something_new_is_a_fault), T(the_notice_names_everything_of_all_cases_once),
		T(where_a_case_belongs_is_the_scope_of_that_day), T(an_auxiliary_collects_and_does_not_decide), T(corrected_on_the_spot_goes_on),
		T(a_bundle_seats_its_people_and_keeps_its_order), T(the_same_item_for_the_same_person_comes_once),
		T(fee_tiers_wait_for_the_answer_and_exemptions_make_it_nothing), T(offline_a_pending_check_does_not_hold_up_what_others_decide),
		T(the_rating_is_asked_once_and_its_grade_is_nowhere_to_be_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
