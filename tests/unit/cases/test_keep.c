/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What is kept: drafts, numbers, views, the archive, the feed; and what is never to be found on the disk. */
#include "window.h"

#define T(f) cmocka_unit_test_setup_teardown(f, window_setup, window_teardown)

static char *
dump(struct window *x)
{
	YM_BUF out = { 0 };
	struct ym_fold_context f = { x->d.keys, ym_log_identity(x->d.log)->desk };
	struct ym_error err = { 0 };
	if (ym_fold_dump(&f, x->d.db, &out, &err))
		fail_msg("%s %s", err.msgid, err.detail);
	return ym_buf_take(&out);
}

static void
save(struct window *x)
{
	assert_int_equal(ym_visit_save(x->v, NULL), YM_OK);
	assert_false(ym_visit_is_dirty(x->v));
}

static void
a_killed_visit_comes_back_at_every_step(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	assert_true(ym_visit_is_dirty(x->v));
	save(x);
	window_restart(x);
	window_resume(x);
	assert_string_equal(ym_visit_person(x->v, 0)->name, MOTHER_NAME);
	assert_true(ym_visit_person(x->v, 0)->identified);
	int c = window_add(x, "PERMIT");
	window_reply(x, "q.fast", "0");
	ym_visit_set_stage(x->v, YM_STAGE_MATERIALS);
	ym_visit_set_caret(x->v, "line 3");
	save(x);
	window_restart(x);
	window_resume(x);
	assert_int_equal(ym_visit_stage(x->v), YM_STAGE_MATERIALS);
	assert_string_equal(ym_visit_caret(x->v), "line 3");
	assert_string_equal(ym_visit_question(x->v, 0)->answer, "0");
	window_mark(x, "hukou", YM_MAT_SEEN);
	window_mark(x, "side", YM_MAT_DEFERRED);
	window_fill(x, "case.purpose", "实验");
	window_fill(x, "case.quantity", "5");
	window_fill(x, "applicant.phone", "13800000000");
	save(x);
	window_restart(x);
	window_resume(x);
	assert_int_equal(ym_visit_material(x->v, window_material(x, "side", NULL))->state, YM_MAT_DEFERRED);
	assert_string_equal(ym_visit_form(x->v, window_field(x, "case.purpose"))->value, "实验");
	assert_int_equal(ym_visit_ask(x->v, 0, NULL), YM_OK);
	char id[40];
	ym_strlcpy(id, ym_visit_check(x->v, 0)->id, sizeof(id));
	window_restart(x); /* nothing saved since: the asked check is kept with its event */
	YM_FREE char *json = ym_asprintf("{\"check\":\"%s\",\"status\":\"clear\",\"source\":\"测试库\"}", id);
	window_feed(x, "check.answered", json);
	window_resume(x);
	assert_int_equal(ym_visit_check(x->v, 0)->state, YM_CHECK_CLEAR);
	assert_int_equal(window_case(x, c)->proposal, YM_EXIT_DEFERRED);
	window_decide(x, c, YM_EXIT_DEFERRED, NULL);
	window_restart(x);
	window_resume(x);
	assert_int_equal(window_case(x, c)->exit, YM_EXIT_DEFERRED);
	assert_int_equal(window_case(x, c)->fee_state, YM_FEE_DUE);
	assert_int_equal(ym_visit_pay(x->v, c, "pos", "", NULL), YM_OK);
	assert_int_equal(ym_visit_deliver(x->v, c, "mail", "测试路一号院二单元", "13800000000", NULL), YM_OK);
	assert_int_equal(ym_visit_printed(x->v, 0, "pdf", NULL), YM_OK);
	window_restart(x);
	window_resume(x);
	assert_int_equal(window_case(x, c)->fee_state, YM_FEE_PAID);
	assert_string_equal(window_case(x, c)->delivery, "mail");
	assert_int_equal(ym_visit_paper(x->v, 0)->printed, 1);
	assert_int_equal(ym_visit_ask_rating(x->v, NULL), YM_OK);
	window_restart(x);
	window_resume(x);
	assert_int_equal(ym_visit_rating(x->v), YM_RATING_ASKED);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	assert_int_equal(ym_visit_resume(x->w, ym_visit_id(x->v), &(struct ym_visit *){ NULL }, NULL), YM_STATE);
}

/* The draft of before the decision is put back: as if the draft had been lost between commit and save. */
static void
an_old_draft_never_decides_twice(void **state)
{
	struct window *x = *state;
	window_open(x);
	int c = window_ready_cert(x);
	save(x);
	char name[64];
	snprintf(name, sizeof(name), "visit:%s", ym_visit_id(x->v));
	YM_BUF old = { 0 };
	assert_int_equal(ym_draft_load(x->d.db, x->d.keys, name, &old, NULL), YM_OK);
	window_decide(x, c, YM_EXIT_COMPLETED, NULL);
	char no[40];
	ym_strlcpy(no, window_case(x, c)->case_no, sizeof(no));
	assert_int_equal(ym_draft_save(x->d.db, x->d.keys, name, ym_buf_str(&old), NULL), YM_OK);
	window_restart(x);
	window_resume(x);
	assert_int_equal(ym_visit_n_cases(x->v), 1);
	assert_string_equal(window_case(x, 0)->case_no, no);
	assert_int_equal(ym_visit_decide(x->v, 0, YM_EXIT_COMPLETED, NULL, NULL), YM_STATE);
	/* And with no draft at all the case comes from its own event. */
	assert_int_equal(ym_draft_drop(x->d.db, name, NULL), YM_OK);
	window_restart(x);
	window_resume(x);
	assert_int_equal(ym_visit_n_cases(x->v), 1);
	assert_string_equal(window_case(x, 0)->case_no, no);
	assert_int_equal(window_case(x, 0)->exit, YM_EXIT_COMPLETED);
	assert_string_equal(ym_visit_person(x->v, 0)->name, MOTHER_NAME);
}

static void
a_failed_commit_leaves_the_visit_undecided(void **state)
{
	struct window *x = *state;
	window_open(x);
	int c = window_ready_cert(x);
	save(x);
	int64_t head = ym_log_head(x->d.log, (uint8_t[32]){ 0 });
	assert_int_equal(ym_db_exec(x->d.db, "CREATE TRIGGER broken BEFORE INSERT ON view_case BEGIN SELECT raise(ABORT, 'full'); END", NULL), YM_OK);
	struct ym_error err = { 0 };
	enum ym_code rc = ym_visit_decide(x->v, c, YM_EXIT_COMPLETED, NULL, &err);
	assert_int_not_equal(rc, YM_OK);
	assert_int_equal(window_case(x, c)->exit, YM_EXIT_NONE);
	assert_int_equal(window_case(x, c)->state, YM_CASE_DRAFT);
	assert_string_equal(window_case(x, c)->case_no, "");
	assert_int_equal(ym_log_head(x->d.log, (uint8_t[32]){ 0 }), head);
	assert_int_equal(ym_db_exec(x->d.db, "DROP TRIGGER broken", NULL), YM_OK);
	window_decide(x, c, YM_EXIT_COMPLETED, NULL);
	assert_int_equal(window_count(x, "SELECT last FROM view_serial WHERE kind = 'case'"), 1);
}

static void
a_check_that_could_not_be_written_is_not_awaited(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	window_add(x, "PERMIT");
	int k = 0;
	while (strcmp(ym_visit_check(x->v, k)->reg, "ban"))
		k++;
	assert_int_equal(ym_db_exec(x->d.db, "CREATE TRIGGER broken BEFORE INSERT ON view_check BEGIN SELECT raise(ABORT, 'full'); END", NULL), YM_OK);
	assert_int_not_equal(ym_visit_ask(x->v, k, NULL), YM_OK);
	ym_visit_refresh(x->v);
	assert_int_equal(ym_visit_check(x->v, k)->state, YM_CHECK_NOT_ASKED);
	assert_int_equal(ym_db_exec(x->d.db, "DROP TRIGGER broken", NULL), YM_OK);
	window_check(x, "ban", "clear");
	assert_int_equal(ym_visit_check(x->v, k)->state, YM_CHECK_CLEAR);
	/* Who it is about goes into the log with the check that was written. */
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_person"), 1);
}

static void
numbers_are_unique_and_without_gaps_across_restarts(void **state)
{
	struct window *x = *state;
	for (int i = 0; i < 6; i++) {
		window_open(x);
		int c = window_ready_cert(x);
		if (i % 2)
			window_restart(x), window_at("2026-11-23 10:00");
		else
			window_decide(x, c, YM_EXIT_COMPLETED, NULL);
		if (x->v)
			assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
		window_close(x);
	}
	assert_int_equal(window_count(x, "SELECT count(DISTINCT case_no) FROM view_case"), 3);
	assert_int_equal(window_count(x, "SELECT max(CAST(substr(case_no, 24, 5) AS INTEGER)) FROM view_case"), 3);
	window_at("2026-11-24 09:00");
	window_open(x);
	window_decide(x, window_ready_cert(x), YM_EXIT_COMPLETED, NULL);
	assert_string_equal(window_text(x, "SELECT substr(case_no, 16, 13) FROM view_case ORDER BY id DESC LIMIT 1"), "2026112400001");
}

static void
busy(struct window *x)
{
	char no[12], id[40];
	assert_int_equal(ym_shift_open(x->w, NULL), YM_OK);
	assert_int_equal(ym_queue_make_ticket(x->w, YM_TICKET_ORDINARY, "给" CHILD_NAME "办证", "", no, NULL), YM_OK);
	assert_int_equal(ym_queue_call(x->w, "", id, NULL), YM_OK);
	assert_int_equal(ym_visit_open(x->w, id, &x->v, NULL), YM_OK);
	assert_string_equal(ym_visit_claim(x->v), "给" CHILD_NAME "办证");
	int c = window_ready_permit(x);
	window_mark(x, "side", YM_MAT_DEFERRED);
	window_decide(x, c, YM_EXIT_DEFERRED, NULL);
	assert_int_equal(ym_visit_pay(x->v, c, "cash", "A-1", NULL), YM_OK);
	assert_int_equal(ym_visit_printed(x->v, 0, "pdf", NULL), YM_OK);
	assert_int_equal(ym_visit_ask_rating(x->v, NULL), YM_OK);
	assert_int_equal(ym_visit_take_rating(x->v, 2, "evaluator", NULL), YM_OK);
	YM_FREE char *reviewed = ym_asprintf("{\"case\":\"%s\",\"visit\":\"%s\",\"result\":\"approved\",\"reason\":\"" OTHER_NAME "同意\",\"by\":\"a\"}",
		window_case(x, c)->case_no, ym_visit_id(x->v));
	window_feed(x, "case.reviewed", reviewed);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	window_close(x);
	window_open(x);
	window_card(x, 0, OTHER_NAME, OTHER_ID, "229901");
	window_add(x, "BIRTH");
	window_fill(x, "child.name", CHILD_NAME);
	assert_int_equal(ym_visit_park(x->v, "等" CHILD_NAME "的照片", NULL), YM_OK);
	window_close(x);
	window_feed(x, "ticket.pushed", "{\"class\":\"appointment\",\"claim\":\"" MOTHER_NAME "\",\"appointment\":\"09:30\"}");
	window_feed(x, "account.changed", "{\"account\":\"p0002\",\"name\":\"赵测试\",\"officer\":true,\"posts\":\"审核\",\"active\":true}");
	window_feed(x, "event.quarantined", "{\"seq\":4,\"case\":\"X\",\"field\":\"item\",\"reason\":\"" MOTHER_NAME "的事项不存在\"}");
	window_feed(x, "something.new", "{\"a\":1}");
}

static void
the_views_are_a_function_of_the_log(void **state)
{
	struct window *x = *state;
	busy(x);
	YM_FREE char *before = dump(x);
	struct ym_error err = { 0 };
	if (ym_casework_rebuild(x->w, &err))
		fail_msg("%s %s", err.msgid, err.detail);
	YM_FREE char *after = dump(x);
	assert_string_equal(before, after);
	assert_non_null(strstr(before, MOTHER_NAME)); /* sealed rows were opened */
	int64_t n = 0;
	assert_int_equal(ym_log_verify(x->d.db, &n, NULL), YM_OK);
	assert_true(n > 15);
}

static void
nothing_personal_is_in_clear_on_the_disk(void **state)
{
	struct window *x = *state;
	busy(x);
	static const char *const secrets[] = { MOTHER_NAME, OTHER_NAME, CHILD_NAME, MOTHER_ID, OTHER_ID, "13800000000", "测试路一号院", "欧阳", "1987-03-12",
		"198703120027" };
	for (size_t i = 0; i < YM_ARRAY_LEN(secrets); i++)
		if (folder_contains(x->d.dir, secrets[i]))
			fail_msg("%s is in clear", secrets[i]);
}

static void
a_feed_entry_is_applied_once_and_a_bad_one_holds_up_nothing(void **state)
{
	struct window *x = *state;
	window_open(x);
	int c = window_ready_permit(x);
	window_decide(x, c, YM_EXIT_ACCEPTED, NULL);
	int64_t n = ym_casework_feed_applied(x->w);
	YM_FREE char *json = ym_asprintf("{\"case\":\"%s\",\"result\":\"approved\",\"reason\":\"\"}", window_case(x, c)->case_no);
	assert_int_equal(ym_casework_apply_feed(x->w, n + 1, "case.reviewed", json, NULL), YM_OK);
	int64_t head = ym_log_head(x->d.log, (uint8_t[32]){ 0 });
	assert_int_equal(ym_casework_apply_feed(x->w, n + 1, "case.reviewed", json, NULL), YM_OK);
	assert_int_equal(ym_log_head(x->d.log, (uint8_t[32]){ 0 }), head);
	assert_string_equal(window_text(x, "SELECT state FROM view_case"), "approved");
	ym_visit_refresh(x->v);
	assert_int_equal(window_case(x, c)->state, YM_CASE_APPROVED);
	assert_int_equal(ym_casework_apply_feed(x->w, n + 2, "case.reviewed", "{not json", NULL), YM_OK);
	assert_int_equal(ym_casework_apply_feed(x->w, n + 3, "case.reviewed", "{\"case\":\"X\",\"result\":\"maybe\"}", NULL), YM_OK);
	assert_int_equal(ym_casework_apply_feed(x->w, n + 4, "case.granted", "{\"case\":\"X\"}", NULL), YM_OK);
	assert_int_equal(ym_casework_feed_applied(x->w), n + 4);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_feed WHERE kind = 'refused'"), 3);
	assert_int_equal(ym_casework_apply_feed(x->w, 0, "case.reviewed", "{}", NULL), YM_INVALID);
	/* Denied afterwards is not a step of the table: the state stays. */
	YM_FREE char *late = ym_asprintf("{\"case\":\"%s\",\"result\":\"denied\"}", window_case(x, c)->case_no);
	assert_int_equal(ym_casework_apply_feed(x->w, n + 5, "case.reviewed", late, NULL), YM_OK);
	assert_string_equal(window_text(x, "SELECT state FROM view_case"), "approved");
}

static void
what_was_captured_before_is_offered_for_what_is_missing(void **state)
{
	struct window *x = *state;
	window_open(x);
	int c = window_ready_permit(x);
	window_decide(x, c, YM_EXIT_ACCEPTED, NULL);
	assert_int_equal(ym_visit_waive(x->v, c, "测试免收", NULL), YM_OK);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	window_close(x);
	window_at("2026-12-01 09:00");
	window_open(x);
	struct ym_fact f[] = { { "name", MOTHER_NAME }, { "id_number", MOTHER_ID } };
	assert_int_equal(ym_visit_identify(x->v, 0, f, 2, YM_FROM_TYPED, NULL), YM_OK);
	window_add(x, "PERMIT");
	const struct ym_form_line *l = ym_visit_form(x->v, window_field(x, "applicant.phone"));
	assert_string_equal(l->value, "13800000000");
	assert_int_equal(l->origin, YM_FROM_ARCHIVE);
	assert_int_equal(ym_visit_form(x->v, window_field(x, "applicant.name"))->origin, YM_FROM_TYPED);
	assert_false(ym_visit_form(x->v, window_field(x, "case.purpose"))->has_value);
	window_close(x);
	window_at("2030-12-02 09:00"); /* a stated telephone number is too old by then, what the card said is not */
	window_open(x);
	assert_int_equal(ym_visit_identify(x->v, 0, f, 2, YM_FROM_TYPED, NULL), YM_OK);
	window_add(x, "PERMIT");
	assert_false(ym_visit_form(x->v, window_field(x, "applicant.phone"))->has_value);
	assert_string_equal(ym_visit_form(x->v, window_field(x, "applicant.household_division"))->value, "229901");
}

static void
a_parked_visit_leaves_a_masked_line_and_comes_back(void **state)
{
	struct window *x = *state;
	struct ym_parked p[4];
	window_open(x);
	window_ready_cert(x);
	assert_int_equal(ym_visit_park(x->v, "等照片", NULL), YM_OK);
	window_close(x);
	assert_int_equal(ym_queue_parked(x->w, p, 4), 1);
	assert_null(strstr(p[0].title, MOTHER_NAME));
	assert_non_null(strstr(p[0].title, "1 件"));
	assert_string_equal(p[0].why, "等照片");
	assert_int_equal(ym_visit_resume(x->w, p[0].visit, &x->v, NULL), YM_OK);
	assert_int_equal(ym_queue_parked(x->w, p, 4), 0);
	assert_string_equal(ym_visit_form(x->v, window_field(x, "case.purpose"))->value, "入学");
}

static void
the_list_pages_by_key_and_finds_by_number_person_and_name(void **state)
{
	struct window *x = *state;
	for (int i = 0; i < 7; i++) {
		window_open(x);
		window_card(x, 0, i % 2 ? OTHER_NAME : MOTHER_NAME, i % 2 ? OTHER_ID : MOTHER_ID, "229901");
		int c = window_add(x, "CERT");
		window_fill(x, "case.purpose", "入学");
		window_decide(x, c, YM_EXIT_COMPLETED, NULL);
		assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
		window_close(x);
	}
	struct ym_case_row r[10], s[10];
	struct ym_caselist_query q = { "", -1, "", false };
	assert_int_equal(ym_caselist_count(x->w), 7);
	assert_int_equal(ym_caselist_page(x->w, &q, r, 3), 3);
	assert_non_null(strstr(r[0].case_no, "00007"));
	assert_string_equal(r[0].item_name, "开具证明");
	assert_null(strstr(r[0].who, MOTHER_NAME));
	assert_true(r[0].holder);
	q.before = r[2].case_no;
	assert_int_equal(ym_caselist_page(x->w, &q, s, 10), 4);
	assert_non_null(strstr(s[0].case_no, "00004"));
	q.before = s[0].case_no;
	q.backwards = true;
	assert_int_equal(ym_caselist_page(x->w, &q, s, 2), 2);
	assert_non_null(strstr(s[0].case_no, "00006"));
	q = (struct ym_caselist_query){ OTHER_NAME, -1, "", false };
	assert_int_equal(ym_caselist_page(x->w, &q, s, 10), 3);
	assert_non_null(strstr(s[0].case_no, "00006"));
	q.text = "欧阳";
	assert_int_equal(ym_caselist_page(x->w, &q, s, 10), 4);
	/* a page at a time, forwards and back again */
	assert_int_equal(ym_caselist_page(x->w, &q, r, 3), 3);
	q.before = r[2].case_no;
	assert_int_equal(ym_caselist_page(x->w, &q, &r[3], 7), 1);
	q.before = r[3].case_no;
	q.backwards = true;
	assert_int_equal(ym_caselist_page(x->w, &q, s, 2), 2);
	assert_string_equal(s[0].case_no, r[1].case_no);
	assert_string_equal(s[1].case_no, r[2].case_no);
	assert_int_equal(ym_caselist_page(x->w, &q, s, 10), 3);
	assert_string_equal(s[0].case_no, r[0].case_no);
	q = (struct ym_caselist_query){ OTHER_ID, -1, "", false };
	assert_int_equal(ym_caselist_page(x->w, &q, s, 10), 3);
	q.text = r[1].case_no;
	assert_int_equal(ym_caselist_page(x->w, &q, s, 10), 1);
	q.text = "没有这个人";
	assert_int_equal(ym_caselist_page(x->w, &q, s, 10), 0);
	q = (struct ym_caselist_query){ "", YM_CASE_RETURNED, "", false };
	assert_int_equal(ym_caselist_page(x->w, &q, s, 10), 0);
	assert_true(ym_names_is_complete(x->w));
	ym_casework_lock(x->w);
	assert_int_equal(ym_names_count(x->w), 0);
	assert_string_equal(ym_casework_account(x->w), "");
	/* in slices of two, newest first */
	assert_false(ym_names_fill(x->w, 2));
	assert_int_equal(ym_names_count(x->w), 2);
	int64_t ids[8];
	assert_int_equal(ym_names_find(x->w, "欧阳", 0, false, ids, 8) + ym_names_find(x->w, OTHER_NAME, 0, false, ids, 8), 2);
	assert_false(ym_names_is_complete(x->w));
	while (!ym_names_fill(x->w, 2))
		;
	assert_int_equal(ym_names_count(x->w), 7);
	assert_int_equal(ym_names_find(x->w, "欧阳", 0, false, ids, 8) + ym_names_find(x->w, OTHER_NAME, 0, false, ids, 8), 7);
}

static void
a_case_handed_over_goes_on_at_this_desk(void **state)
{
	struct window *x = *state;
	/* The snapshot is made at a desk, then given to it again as if another desk had written it. */
	window_open(x);
	int c = window_ready_permit(x);
	window_mark(x, "side", YM_MAT_MISSING);
	window_decide(x, c, YM_EXIT_RETURNED, NULL);
	char no[40];
	ym_strlcpy(no, window_case(x, c)->case_no, sizeof(no));
	json_t *story = NULL;
	assert_int_equal(ym_caselist_story(x->w, no, "移交", &story, NULL), YM_OK);
	YM_FREE char *snapshot = ym_json_dump(json_object_get(story, "snapshot"));
	json_decref(story);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	window_close(x);
	/* It leaves for another desk: nothing decisive here any more. */
	YM_FREE char *moved = ym_asprintf("{\"case\":\"%s\",\"to\":\"22990100000002\"}", no);
	window_feed(x, "case.moved", moved);
	struct ym_error err = { 0 };
	assert_int_equal(ym_visit_continue_case(x->w, no, &x->v, &err), YM_REFUSED);
	struct ym_case_row row;
	assert_int_equal(ym_caselist_row(x->w, no, &row, NULL), YM_OK);
	assert_false(row.holder);
	/* It comes back under a visit of the other desk. */
	char visit[YM_UUID_LEN + 1], key[65];
	ym_uuid7(visit);
	memset(key, 'a', 64);
	key[64] = 0;
	YM_FREE char *granted = ym_asprintf("{\"case\":\"%s\",\"visit\":\"%s\",\"key\":\"%s\",\"snapshot\":%s}", no, visit, key, snapshot);
	window_feed(x, "case.granted", granted);
	assert_false(folder_contains(x->d.dir, key));
	assert_string_equal(window_text(x, "SELECT state FROM view_case"), "returned");
	if (ym_visit_continue_case(x->w, no, &x->v, &err))
		fail_msg("%s %s", err.msgid, err.detail);
	assert_string_equal(ym_visit_person(x->v, 0)->name, MOTHER_NAME);
	assert_int_equal(window_case(x, 0)->state, YM_CASE_RETURNED);
	window_mark(x, "side", YM_MAT_SEEN);
	window_decide(x, 0, YM_EXIT_ACCEPTED, NULL);
	assert_string_equal(window_case(x, 0)->case_no, no);
	YM_FREE char *before = dump(x);
	assert_int_equal(ym_casework_rebuild(x->w, &err), YM_OK);
	YM_FREE char *after = dump(x);
	assert_string_equal(before, after);
}

static void
asking_for_a_case_needs_its_number_right_and_a_purpose(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_decide(x, window_ready_cert(x), YM_EXIT_COMPLETED, NULL);
	char no[40];
	ym_strlcpy(no, window_case(x, 0)->case_no, sizeof(no));
	assert_int_equal(ym_casework_request_case(x->w, no, "", NULL), YM_REFUSED);
	assert_int_equal(ym_casework_request_case(x->w, no, "补正", NULL), YM_OK);
	no[20] = no[20] == '1' ? '2' : '1';
	assert_int_equal(ym_casework_request_case(x->w, no, "补正", NULL), YM_INVALID);
	assert_int_equal(ym_casework_request_case(x->w, "12", "补正", NULL), YM_INVALID);
	json_t *story;
	assert_int_equal(ym_caselist_story(x->w, window_case(x, 0)->case_no, "", &story, NULL), YM_REFUSED);
}

static void
the_shift_accounts_for_every_number_and_paper(void **state)
{
	struct window *x = *state;
	assert_false(ym_shift_is_open(x->w));
	assert_int_equal(ym_shift_open(x->w, NULL), YM_OK);
	assert_int_equal(ym_shift_open(x->w, NULL), YM_STATE);
	window_open(x);
	int c = window_ready_cert(x);
	window_decide(x, c, YM_EXIT_COMPLETED, NULL);
	assert_int_equal(ym_visit_printed(x->v, 0, "pdf", NULL), YM_OK);
	assert_int_equal(ym_visit_printed(x->v, 0, "pdf", NULL), YM_OK);
	assert_int_equal(ym_shift_close(x->w, NULL), YM_STATE);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	YM_JSON *o = ym_shift_account(x->w);
	assert_int_equal(json_array_size(json_object_get(o, "numbers")), 1);
	assert_int_equal(ym_json_int(json_array_get(json_object_get(o, "papers"), 0), "prints", 0), 2);
	assert_int_equal(ym_json_int(json_object_get(o, "exits"), "completed", 0), 1);
	assert_string_equal(ym_json_str(json_array_get(json_object_get(o, "papers"), 0), "fate"), "重打");
	assert_string_equal(ym_json_str(o, "opened"), "2026-11-23 09:00");
	YM_FREE char *text = json_dumps(o, 0);
	assert_null(strstr(text, MOTHER_NAME));
	assert_int_equal(ym_shift_close(x->w, NULL), YM_OK);
	assert_int_equal(ym_shift_close(x->w, NULL), YM_STATE);
	struct ym_tally t;
	ym_queue_tally(x->w, &t);
	assert_int_equal(t.served, 1);
	assert_int_equal(t.completed, 1);
}

static void
a_clock_set_back_or_years_ahead_is_doubted_until_confirmed(void **state)
{
	struct window *x = *state;
	assert_string_equal(ym_shift_clock_doubt(x->w, 0), "");
	window_at("2026-11-23 08:30");
	assert_string_not_equal(ym_shift_clock_doubt(x->w, 0), "");
	assert_int_equal(ym_shift_confirm_clock(x->w, NULL), YM_OK);
	assert_string_equal(ym_shift_clock_doubt(x->w, 0), "");
	window_at("2036-11-23 08:30");
	assert_string_not_equal(ym_shift_clock_doubt(x->w, 0), "");
	window_at("2026-10-01 08:30");
	assert_string_not_equal(ym_shift_clock_doubt(x->w, 0), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_killed_visit_comes_back_at_every_step), T(an_old_draft_never_decides_twice), T(a_failed_commit_leaves_the_visit_undecided), T(a_check_that_could_not_be_written_is_not_awaited),
		T(numbers_are_unique_and_without_gaps_across_restarts), T(the_views_are_a_function_of_the_log),
		T(nothing_personal_is_in_clear_on_the_disk), T(a_feed_entry_is_applied_once_and_a_bad_one_holds_up_nothing),
		T(what_was_captured_before_is_offered_for_what_is_missing), T(a_parked_visit_leaves_a_masked_line_and_comes_back),
		T(the_list_pages_by_key_and_finds_by_number_person_and_name), T(a_case_handed_over_goes_on_at_this_desk),
		T(asking_for_a_case_needs_its_number_right_and_a_purpose), T(the_shift_accounts_for_every_number_and_paper),
		T(a_clock_set_back_or_years_ahead_is_doubted_until_confirmed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
