/* SPDX-License-Identifier: MulanPSL-2.0 */
/* After the window's exit: clocks that stop, are extended, run out; review here; what the calendar does by itself; retention. */
#include "window.h"

#include "yimen/proceed.h"

#define T(f) cmocka_unit_test_setup_teardown(f, window_setup, window_teardown)

static char no[40];

/* A PERMIT accepted on the 23rd, its visit closed. Promised seven working days, by law twenty. */
static void
accepted(struct window *x)
{
	window_open(x);
	window_ready_permit(x);
	window_decide(x, 0, YM_EXIT_ACCEPTED, NULL);
	ym_strlcpy(no, window_case(x, 0)->case_no, sizeof(no));
	assert_int_equal(ym_visit_pay(x->v, 0, "qr", "", NULL), YM_OK);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	window_close(x);
}

static void
taken_up(struct window *x)
{
	struct ym_error err = { 0 };
	if (ym_visit_continue_case(x->w, no, &x->v, &err))
		fail_msg("%s %s", err.msgid, err.detail);
}

static void
left(struct window *x)
{
	struct ym_error err = { 0 };
	if (ym_visit_finish(x->v, &err))
		fail_msg("%s", err.msgid);
	window_close(x);
}

static void
proceed(struct window *x, struct ym_proceeding p)
{
	struct ym_error err = { 0 };
	if (ym_visit_proceed(x->v, 0, &p, &err))
		fail_msg("%s: %s %s", ym_proceed_name(p.what), err.msgid, err.subject);
}

static int
paper(struct window *x, const char *template_id)
{
	for (int i = 0; i < ym_visit_n_papers(x->v); i++)
		if (!strcmp(ym_visit_paper(x->v, i)->template_id, template_id))
			return i;
	return -1;
}

static bool
alerted(struct window *x, const char *part, enum ym_weight weight)
{
	struct ym_alert a[64];
	int n = ym_queue_alerts(x->w, a, 64);
	for (int i = 0; i < n; i++)
		if (strstr(a[i].msgid, part) && a[i].weight == weight)
			return true;
	return false;
}

static void
reviewer(struct window *x)
{
	assert_int_equal(ym_casework_add_account(x->w, "rev01", "赵测试", true, "accept,review", NULL), YM_OK);
	assert_int_equal(ym_casework_sign_in(x->w, "rev01", NULL), YM_OK);
}

static void
same_after_rebuild(struct window *x)
{
	YM_BUF before = { 0 }, after = { 0 };
	struct ym_fold_context c = { .keys = x->d.keys, .desk = ym_log_identity(x->d.log)->desk };
	struct ym_error err = { 0 };
	assert_int_equal(ym_fold_dump(&c, x->d.db, &before, NULL), YM_OK);
	if (ym_casework_rebuild(x->w, &err))
		fail_msg("%s %s", err.msgid, err.detail);
	assert_int_equal(ym_fold_dump(&c, x->d.db, &after, NULL), YM_OK);
	assert_string_equal(ym_buf_str(&before), ym_buf_str(&after));
}

static void
a_special_procedure_stops_both_clocks_until_it_ends(void **state)
{
	struct window *x = *state;
	accepted(x);
	assert_string_equal(window_text(x, "SELECT due_promised || ' ' || due_statutory FROM view_case"), "2026-12-02 2026-12-21");
	window_at("2026-11-25 10:00");
	taken_up(x);
	assert_int_equal(ym_visit_proceed(x->v, 0, &(struct ym_proceeding){ YM_PROCEED_SPECIAL, "dancing", "需要听证一次", NULL, 3 }, NULL), YM_INVALID);
	assert_int_equal(ym_visit_proceed(x->v, 0, &(struct ym_proceeding){ YM_PROCEED_SPECIAL, "hearing", "需要听证一次", NULL, 0 }, NULL), YM_INVALID);
	assert_int_equal(ym_visit_proceed(x->v, 0, &(struct ym_proceeding){ YM_PROCEED_SPECIAL, "hearing", "短", NULL, 3 }, NULL), YM_INVALID);
	proceed(x, (struct ym_proceeding){ YM_PROCEED_SPECIAL, "hearing", "需要听证一次", NULL, 3 });
	assert_int_equal(window_case(x, 0)->state, YM_CASE_SPECIAL);
	assert_string_equal(window_text(x, "SELECT pauses || ' ' || pause_due FROM view_case"), "2026-11-25/ 2026-11-27");
	int p = paper(x, "special-procedure");
	assert_true(p >= 0);
	YM_FREE char *json = ym_visit_paper_json(x->v, p);
	assert_non_null(strstr(json, "听证"));
	assert_non_null(strstr(json, "3个工作日"));
	/* Only one suspension at a time; no decision while it lasts. */
	assert_int_equal(ym_visit_may_proceed(x->v, 0, YM_PROCEED_SPECIAL, NULL), YM_STATE);
	assert_int_equal(ym_visit_may_proceed(x->v, 0, YM_PROCEED_APPROVE, NULL), YM_STATE);
	struct ym_proceed_line line;
	ym_visit_proceed_line(x->v, 0, &line);
	assert_string_equal(line.suspended_since, "2026-11-25");
	left(x);
	/* A clock that stands still is not late, but its end is told. */
	window_at("2026-12-07 09:00");
	struct ym_case_row row;
	assert_int_equal(ym_caselist_row(x->w, no, &row, NULL), YM_OK);
	assert_string_equal(row.lamp, "");
	assert_false(alerted(x, "promised limit", YM_BLOCK));
	assert_true(alerted(x, "special procedure should have ended", YM_BLOCK));
	window_at("2026-11-30 09:00");
	taken_up(x);
	proceed(x, (struct ym_proceeding){ .what = YM_PROCEED_RESUME });
	/* 25, 26, 27 and 30 November did not count: four working days more. */
	assert_string_equal(window_text(x, "SELECT state || ' ' || due_promised || ' ' || due_statutory || pause_due FROM view_case"),
		"reviewing 2026-12-08 2026-12-25");
	assert_string_equal(window_text(x, "SELECT pauses FROM view_case"), "2026-11-25/2026-11-30");
	left(x);
	same_after_rebuild(x);
}

static void
a_limit_is_extended_once_with_the_name_of_who_approved(void **state)
{
	struct window *x = *state;
	accepted(x);
	window_at("2026-11-27 10:00");
	taken_up(x);
	assert_int_equal(ym_visit_proceed(x->v, 0, &(struct ym_proceeding){ YM_PROCEED_EXTEND, NULL, "情况复杂需要核实", "张局长", 11 }, NULL), YM_INVALID);
	assert_int_equal(ym_visit_proceed(x->v, 0, &(struct ym_proceeding){ YM_PROCEED_EXTEND, NULL, "情况复杂需要核实", "", 10 }, NULL), YM_INVALID);
	proceed(x, (struct ym_proceeding){ YM_PROCEED_EXTEND, NULL, "情况复杂需要核实", "张局长", 5 });
	assert_string_equal(window_text(x, "SELECT state || ' ' || due_promised || ' ' || due_statutory || ' ' || extra FROM view_case"),
		"extended 2026-12-09 2026-12-28 5");
	YM_FREE char *json = ym_visit_paper_json(x->v, paper(x, "extension"));
	assert_non_null(strstr(json, "张局长"));
	assert_non_null(strstr(json, "2026-12-21"));
	assert_non_null(strstr(json, "2026-12-28"));
	assert_false(folder_contains(x->d.dir, "张局长"));
	/* Through a special procedure the extension stays; there is no second one. */
	proceed(x, (struct ym_proceeding){ YM_PROCEED_SPECIAL, "experts", "需要专家评审", NULL, 2 });
	window_at("2026-11-30 10:00");
	ym_visit_refresh(x->v);
	proceed(x, (struct ym_proceeding){ .what = YM_PROCEED_RESUME });
	assert_string_equal(window_text(x, "SELECT due_statutory FROM view_case"), "2026-12-30");
	struct ym_error err = { 0 };
	assert_int_equal(ym_visit_may_proceed(x->v, 0, YM_PROCEED_EXTEND, &err), YM_REFUSED);
	assert_non_null(strstr(err.msgid, "once"));
	left(x);
	same_after_rebuild(x);
}

static void
a_limit_that_has_passed_is_not_extended(void **state)
{
	struct window *x = *state;
	accepted(x);
	window_at("2026-12-22 10:00");
	taken_up(x);
	assert_int_equal(ym_visit_may_proceed(x->v, 0, YM_PROCEED_EXTEND, NULL), YM_REFUSED);
}

static void
the_approver_is_another_account_with_the_review_post(void **state)
{
	struct window *x = *state;
	struct ym_error err = { 0 };
	accepted(x);
	taken_up(x);
	assert_int_equal(ym_visit_may_proceed(x->v, 0, YM_PROCEED_APPROVE, &err), YM_REFUSED);
	assert_non_null(strstr(err.msgid, "central"));
	left(x);
	reviewer(x);
	taken_up(x);
	proceed(x, (struct ym_proceeding){ .what = YM_PROCEED_REVIEW });
	assert_int_equal(window_case(x, 0)->state, YM_CASE_REVIEWING);
	proceed(x, (struct ym_proceeding){ .what = YM_PROCEED_APPROVE });
	assert_string_equal(window_text(x, "SELECT state || ' ' || decider FROM view_case"), "approved approver");
	assert_true(paper(x, "grant") >= 0);
	/* The central's word, late, changes nothing that was decided. */
	YM_FREE char *json = ym_asprintf("{\"case\":\"%s\",\"result\":\"denied\",\"reason\":\"迟到的答复\",\"by\":\"x\"}", no);
	window_feed(x, "case.reviewed", json);
	assert_string_equal(window_text(x, "SELECT state FROM view_case"), "approved");
	left(x);
	same_after_rebuild(x);
}

static void
who_took_it_in_does_not_approve_it(void **state)
{
	struct window *x = *state;
	struct ym_error err = { 0 };
	reviewer(x);
	accepted(x);
	taken_up(x);
	assert_int_equal(ym_visit_may_proceed(x->v, 0, YM_PROCEED_APPROVE, &err), YM_REFUSED);
	assert_non_null(strstr(err.msgid, "another account"));
}

static void
granted_elsewhere(struct window *x)
{
	YM_FREE char *json = ym_asprintf("{\"case\":\"%s\",\"result\":\"approved\",\"reason\":\"\"}", no);
	window_feed(x, "case.reviewed", json);
}

static void
what_was_granted_while_the_citizen_sits_here_is_not_signed_for_yet(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_ready_permit(x);
	window_decide(x, 0, YM_EXIT_ACCEPTED, NULL);
	ym_strlcpy(no, window_case(x, 0)->case_no, sizeof(no));
	granted_elsewhere(x);
	ym_visit_refresh(x->v);
	assert_int_equal(window_case(x, 0)->state, YM_CASE_APPROVED);
	assert_true(paper(x, "grant") >= 0);
	assert_true(paper(x, "sign-for") < 0);
	/* The result comes to the counter: now it can be handed over. */
	proceed(x, (struct ym_proceeding){ .what = YM_PROCEED_READY });
	assert_true(paper(x, "sign-for") >= 0);
}

static void
who_comes_back_for_what_was_granted_signs_for_it(void **state)
{
	struct window *x = *state;
	accepted(x);
	granted_elsewhere(x);
	taken_up(x);
	assert_int_equal(window_case(x, 0)->state, YM_CASE_APPROVED);
	assert_true(paper(x, "sign-for") >= 0);
}

static void
a_denial_has_its_reason_on_paper_and_is_handed_over(void **state)
{
	struct window *x = *state;
	accepted(x);
	reviewer(x);
	taken_up(x);
	assert_int_equal(ym_visit_proceed(x->v, 0, &(struct ym_proceeding){ .what = YM_PROCEED_DENY, .reason = "" }, NULL), YM_INVALID);
	proceed(x, (struct ym_proceeding){ .what = YM_PROCEED_DENY, .reason = "用途不符合规定" });
	int p = paper(x, "denial");
	YM_FREE char *json = ym_visit_paper_json(x->v, p);
	assert_non_null(strstr(json, "用途不符合规定"));
	assert_int_equal(ym_visit_printed(x->v, p, "pdf", NULL), YM_OK);
	p = paper(x, "sign-for");
	assert_int_equal(ym_visit_printed(x->v, p, "pdf", NULL), YM_OK);
	assert_int_equal(ym_visit_sign(x->v, p, NULL), YM_OK);
	assert_int_equal(window_case(x, 0)->state, YM_CASE_DELIVERED);
	assert_true(paper(x, "denial") >= 0 && paper(x, "sign-for") >= 0);
	assert_true(paper(x, "grant") < 0);
}

/* A case with a promise open, its visit closed. */
static void
deferred(struct window *x)
{
	window_open(x);
	window_ready_permit(x);
	window_mark(x, "side", YM_MAT_DEFERRED);
	window_decide(x, 0, YM_EXIT_DEFERRED, NULL);
	ym_strlcpy(no, window_case(x, 0)->case_no, sizeof(no));
	assert_int_equal(ym_visit_pay(x->v, 0, "qr", "", NULL), YM_OK);
	left(x);
}

static void
an_overdue_promise_is_told_before_and_after_and_ends_the_case_in_writing(void **state)
{
	struct window *x = *state;
	struct ym_error err = { 0 };
	deferred(x);
	const char *due = window_text(x, "SELECT due FROM view_defer");
	assert_string_equal(due, "2026-11-30");
	taken_up(x);
	assert_int_equal(ym_visit_proceed(x->v, 0, &(struct ym_proceeding){ YM_PROCEED_TERMINATE, "overdue", "逾期未补齐材料", NULL, 0 }, &err),
		YM_REFUSED);
	/* Nor may it be granted while it owes. */
	left(x);
	reviewer(x);
	taken_up(x);
	assert_int_equal(ym_visit_may_proceed(x->v, 0, YM_PROCEED_APPROVE, &err), YM_REFUSED);
	assert_non_null(strstr(err.msgid, "promised"));
	/* Another step keeps the promise open. */
	proceed(x, (struct ym_proceeding){ .what = YM_PROCEED_REVIEW });
	assert_string_equal(window_text(x, "SELECT due || ' ' || state FROM view_defer"), "2026-11-30 open");
	left(x);
	window_at("2026-11-27 09:00");
	assert_true(alerted(x, "deferred document is due", YM_WARN));
	window_at("2026-12-01 09:00");
	assert_true(alerted(x, "deferred document was not brought", YM_BLOCK));
	taken_up(x);
	proceed(x, (struct ym_proceeding){ YM_PROCEED_TERMINATE, "overdue", "逾期未补齐材料", NULL, 0 });
	assert_string_equal(window_text(x, "SELECT c.state || ' ' || d.state FROM view_case c JOIN view_defer d USING (case_no)"), "terminated over");
	YM_FREE char *json = ym_visit_paper_json(x->v, paper(x, "termination"));
	assert_non_null(strstr(json, "容缺材料逾期未补齐"));
	assert_non_null(strstr(json, "逾期未补齐材料"));
	assert_false(alerted(x, "deferred document", YM_BLOCK));
	left(x);
	same_after_rebuild(x);
}

static void
the_applicant_withdraws_in_any_state_that_lives(void **state)
{
	struct window *x = *state;
	accepted(x);
	taken_up(x);
	proceed(x, (struct ym_proceeding){ .what = YM_PROCEED_WITHDRAW, .reason = "申请人不再需要" });
	assert_int_equal(window_case(x, 0)->state, YM_CASE_WITHDRAWN);
	YM_FREE char *json = ym_visit_paper_json(x->v, paper(x, "termination"));
	assert_non_null(strstr(json, "申请人自愿撤回"));
	assert_int_equal(ym_visit_may_proceed(x->v, 0, YM_PROCEED_WITHDRAW, NULL), YM_STATE);
}

static void
a_step_survives_the_death_of_the_program(void **state)
{
	struct window *x = *state;
	accepted(x);
	taken_up(x);
	proceed(x, (struct ym_proceeding){ YM_PROCEED_SPECIAL, "testing", "需要检测样品", NULL, 5 });
	window_restart(x);
	window_resume(x);
	assert_int_equal(window_case(x, 0)->state, YM_CASE_SPECIAL);
	assert_int_equal(window_case(x, 0)->exit, YM_EXIT_NONE);
	assert_true(paper(x, "special-procedure") >= 0);
	YM_FREE char *json = ym_visit_paper_json(x->v, paper(x, "special-procedure"));
	assert_non_null(strstr(json, "检测"));
}

/* -- what the calendar does by itself -- */

static void
collected(struct window *x)
{
	window_open(x);
	window_ready_permit(x);
	window_decide(x, 0, YM_EXIT_COLLECTED, "先收下来核实");
	ym_strlcpy(no, window_case(x, 0)->case_no, sizeof(no));
	left(x);
}

static void
five_working_days_without_a_word_count_as_acceptance(void **state)
{
	struct window *x = *state;
	bool more;
	collected(x);
	assert_int_equal(ym_casework_tend(x->w, NULL, &more), 0);
	window_at("2026-11-27 09:00");
	assert_true(alerted(x, "after the fifth working day", YM_WARN));
	window_at("2026-11-30 23:00");
	assert_int_equal(ym_casework_tend(x->w, NULL, &more), 0);
	window_at("2026-12-01 08:00");
	assert_int_equal(ym_casework_tend(x->w, NULL, &more), 1);
	assert_int_equal(ym_casework_tend(x->w, NULL, &more), 0);
	/* Accepted as of the day of receipt: the limits run from there. */
	assert_string_equal(window_text(x, "SELECT state || ' ' || accepted || ' ' || due_promised || ' ' || deemed || ' ' || fee_state FROM view_case"),
		"accepted 2026-11-23 2026-12-02 1 due");
	assert_true(alerted(x, "Counts as accepted", YM_BLOCK));
	taken_up(x);
	struct ym_proceed_line line;
	ym_visit_proceed_line(x->v, 0, &line);
	assert_true(line.deemed);
	int p = paper(x, "acceptance");
	assert_true(p >= 0);
	YM_FREE char *json = ym_visit_paper_json(x->v, p);
	assert_non_null(strstr(json, "\"deemed\":true"));
	same_after_rebuild(x);
}

static void
a_case_at_the_window_is_left_alone(void **state)
{
	struct window *x = *state;
	bool more;
	collected(x);
	window_at("2026-12-01 08:00");
	taken_up(x);
	assert_int_equal(ym_casework_tend(x->w, x->v, &more), 0);
	assert_string_equal(window_text(x, "SELECT state FROM view_case"), "received");
}

static void
what_was_told_in_time_is_not_deemed_and_its_end_is_alerted(void **state)
{
	struct window *x = *state;
	bool more;
	window_open(x);
	window_ready_permit(x);
	window_mark(x, "hukou", YM_MAT_MISSING);
	window_decide(x, 0, YM_EXIT_RETURNED, NULL);
	ym_strlcpy(no, window_case(x, 0)->case_no, sizeof(no));
	assert_string_equal(window_text(x, "SELECT notice_due FROM view_case"), "2026-12-21");
	left(x);
	window_at("2026-12-22 09:00");
	assert_int_equal(ym_casework_tend(x->w, NULL, &more), 0);
	assert_true(alerted(x, "Not supplemented in time", YM_WARN));
	taken_up(x);
	proceed(x, (struct ym_proceeding){ YM_PROCEED_TERMINATE, "overdue", "逾期没有补正", NULL, 0 });
	assert_int_equal(window_case(x, 0)->state, YM_CASE_TERMINATED);
}

/* -- the citizen comes back with the page -- */

static void
a_case_returned_here_is_decided_here_again(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_ready_permit(x);
	window_mark(x, "hukou", YM_MAT_MISSING);
	window_decide(x, 0, YM_EXIT_RETURNED, NULL);
	int notice = paper(x, "notice");
	YM_FREE char *first = ym_visit_paper_json(x->v, notice);
	assert_non_null(strstr(first, "户口簿"));
	assert_int_equal(ym_visit_printed(x->v, notice, "pdf", NULL), YM_OK);
	assert_int_equal(ym_visit_mark(x->v, window_material(x, "hukou", NULL), YM_MAT_SEEN, "", NULL), YM_STATE);
	assert_int_equal(ym_visit_take_up(x->v, 0, NULL), YM_OK);
	assert_int_equal(ym_visit_take_up(x->v, 0, NULL), YM_STATE);
	window_mark(x, "hukou", YM_MAT_SEEN);
	assert_int_equal(window_case(x, 0)->proposal, YM_EXIT_ACCEPTED);
	/* Killed between: what was marked is saved, the case is still open here. */
	assert_int_equal(ym_visit_save(x->v, NULL), YM_OK);
	window_restart(x);
	window_resume(x);
	assert_int_equal(window_case(x, 0)->exit, YM_EXIT_NONE);
	window_decide(x, 0, YM_EXIT_ACCEPTED, NULL);
	assert_string_equal(window_text(x, "SELECT state || ' ' || notices FROM view_case"), "accepted 1");
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_case"), 1);
	/* The notice stays to be printed again, and says what it said. */
	notice = paper(x, "notice");
	assert_true(notice >= 0);
	YM_FREE char *again = ym_visit_paper_json(x->v, notice);
	assert_non_null(strstr(again, "户口簿"));
	assert_non_null(strstr(again, "\"reprint\":1"));
	assert_true(paper(x, "acceptance") >= 0);
}

static void
a_promise_is_kept_in_the_same_visit(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_ready_permit(x);
	window_mark(x, "side", YM_MAT_DEFERRED);
	window_decide(x, 0, YM_EXIT_DEFERRED, NULL);
	assert_int_equal(ym_visit_take_up(x->v, 0, NULL), YM_OK);
	window_mark(x, "side", YM_MAT_SEEN);
	window_decide(x, 0, YM_EXIT_ACCEPTED, NULL);
	assert_string_equal(window_text(x, "SELECT state FROM view_defer"), "brought");
	assert_int_equal(window_case(x, 0)->state, YM_CASE_ACCEPTED);
}

/* -- retention -- */

static void
an_erased_visit_leaves_a_chain_that_verifies_and_views_that_rebuild(void **state)
{
	struct window *x = *state;
	bool more;
	int64_t n = 0;
	/* One visit that ends for good, and a later one of the same person that lives. */
	window_open(x);
	window_ready_cert(x);
	window_decide(x, 0, YM_EXIT_COMPLETED, NULL);
	int p = paper(x, "sign-for");
	assert_int_equal(ym_visit_printed(x->v, p, "pdf", NULL), YM_OK);
	assert_int_equal(ym_visit_sign(x->v, p, NULL), YM_OK);
	char old[40];
	ym_strlcpy(old, ym_visit_id(x->v), sizeof(old));
	left(x);
	assert_int_equal(ym_setting_set(x->d.db, "retention.days", "30", NULL), YM_OK);
	window_at("2027-01-11 09:00");
	accepted(x);
	window_at("2027-01-12 09:00");
	/* What the central does not hold is kept. */
	ym_casework_set_acked(x->w, 1);
	assert_int_equal(ym_casework_tend(x->w, NULL, &more), 0);
	window_at("2027-01-13 09:00");
	ym_casework_set_acked(x->w, ym_log_head(x->d.log, (uint8_t[YM_SM3_LEN]){ 0 }));
	assert_int_equal(ym_casework_tend(x->w, NULL, &more), 1);
	assert_int_equal(ym_casework_tend(x->w, NULL, &more), 0);
	YM_FREE char *sql = ym_asprintf("SELECT count(*) FROM event_body WHERE seq IN (SELECT seq FROM view_trail WHERE scope = '%s')", old);
	assert_int_equal(window_count(x, sql), 0);
	assert_int_equal(window_count(x, "SELECT count(*) FROM scope_key WHERE sealed IS NULL"), 1);
	struct ym_error err = { 0 };
	if (ym_log_verify(x->d.db, &n, &err))
		fail_msg("%s %s", err.msgid, err.detail);
	assert_int_equal(n, ym_log_head(x->d.log, (uint8_t[YM_SM3_LEN]){ 0 }));
	same_after_rebuild(x);
	/* The living case opens as before; the erased one says why it does not. */
	taken_up(x);
	left(x);
	YM_FREE char *gone = ym_strdup(window_text(x, "SELECT case_no FROM view_case WHERE item = 'CERT'"));
	assert_int_equal(ym_visit_continue_case(x->w, gone, &x->v, &err), YM_GONE);
	x->v = NULL;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_special_procedure_stops_both_clocks_until_it_ends), T(a_limit_is_extended_once_with_the_name_of_who_approved),
		T(a_limit_that_has_passed_is_not_extended), T(the_approver_is_another_account_with_the_review_post),
		T(who_took_it_in_does_not_approve_it), T(a_denial_has_its_reason_on_paper_and_is_handed_over),
		T(what_was_granted_while_the_citizen_sits_here_is_not_signed_for_yet), T(who_comes_back_for_what_was_granted_signs_for_it),
		T(an_overdue_promise_is_told_before_and_after_and_ends_the_case_in_writing), T(the_applicant_withdraws_in_any_state_that_lives),
		T(a_step_survives_the_death_of_the_program), T(five_working_days_without_a_word_count_as_acceptance),
		T(a_case_at_the_window_is_left_alone), T(what_was_told_in_time_is_not_deemed_and_its_end_is_alerted),
		T(a_case_returned_here_is_decided_here_again), T(a_promise_is_kept_in_the_same_visit),
		T(an_erased_visit_leaves_a_chain_that_verifies_and_views_that_rebuild),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
