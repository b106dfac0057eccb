/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Consultations on the fixture catalogue: what follows from answers, what is kept, what a ticket carries into a visit. Not papers' looks.
 */
#include "window.h"

#include "cases/consulting.h"

#define T(f) cmocka_unit_test_setup_teardown(f, window_setup, window_teardown)
#define S(f) cmocka_unit_test_setup_teardown(f, window_setup_shipped, window_teardown)

static int
question(struct ym_consult *c, const char *id)
{
	for (int i = 0; i < ym_consult_n_questions(c); i++)
		if (!strcmp(ym_consult_question(c, i)->q->id, id))
			return i;
	return -1;
}

static void
reply(struct ym_consult *c, const char *id, const char *code)
{
	struct ym_error err = { 0 };
	int i = question(c, id);
	if (i < 0 || ym_consult_answer(c, i, code, &err))
		fail_msg("%s: %s", id, i < 0 ? "not asked" : err.msgid);
}

static struct ym_consult *
about(struct window *x, const char *id, bool is_bundle)
{
	struct ym_consult *c = ym_consult_new(x->w);
	struct ym_error err = { 0 };
	if (ym_consult_add(c, id, is_bundle, &err))
		fail_msg("%s: %s", id, err.msgid);
	return c;
}

static void
nothing_is_appended_before_it_is_given(void **state)
{
	struct window *x = *state;
	int64_t before = window_count(x, "SELECT count(*) FROM event");
	struct ym_consult *c = about(x, "CERT", false);
	assert_int_equal(ym_consult_set(c, "age", "35", NULL), YM_OK);
	assert_int_equal(ym_consult_give(c, NULL), YM_STATE); /* no shift */
	assert_string_equal(ym_consult_no(c), "");
	assert_int_equal(window_count(x, "SELECT count(*) FROM event"), before);
	ym_consult_free(c);
}

static void
a_consultation_is_one_event_and_counted_once(void **state)
{
	struct window *x = *state;
	struct ym_consult_tally t;
	assert_int_equal(ym_shift_open(x->w, NULL), YM_OK);
	struct ym_consult *c = about(x, "CERT", false);
	assert_true(ym_consult_is_open(c));
	assert_int_equal(ym_consult_give(c, NULL), YM_OK);
	assert_int_equal(ym_consult_give(c, NULL), YM_OK);
	assert_int_equal(strlen(ym_consult_no(c)), 31);
	assert_memory_equal(ym_consult_no(c), "ZX", 2);
	assert_int_equal(window_count(x, "SELECT count(*) FROM event"), window_count(x, "SELECT max(seq) FROM view_trail WHERE scope = 'consult'"));
	/* One more item: the same number, another event, still one consultation. */
	assert_int_equal(ym_consult_add(c, "PERMIT", false, NULL), YM_OK);
	assert_true(ym_consult_is_open(c));
	char no[40];
	strcpy(no, ym_consult_no(c));
	assert_int_equal(ym_consult_give(c, NULL), YM_OK);
	assert_string_equal(ym_consult_no(c), no);
	ym_consult_tally(x->w, &t);
	assert_int_equal(t.given, 1);
	/* The next citizen has the next number. */
	ym_consult_clear(c);
	assert_int_equal(ym_consult_give(c, NULL), YM_STATE);
	assert_int_equal(ym_consult_add(c, "CERT", false, NULL), YM_OK);
	assert_int_equal(ym_consult_give(c, NULL), YM_OK);
	assert_string_not_equal(ym_consult_no(c), no);
	ym_consult_tally(x->w, &t);
	assert_int_equal(t.given, 2);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_trail WHERE scope = 'consult:CERT'"), 2);
	YM_JSON *account = ym_shift_account(x->w);
	assert_int_equal(ym_json_int(json_object_get(account, "consults"), "given", 0), 2);
	ym_consult_free(c);
}

static void
a_rebuild_gives_the_same_views(void **state)
{
	struct window *x = *state;
	char no[12];
	assert_int_equal(ym_shift_open(x->w, NULL), YM_OK);
	struct ym_consult *c = about(x, "CERT", false);
	assert_int_equal(ym_consult_ticket(c, YM_TICKET_ORDINARY, "", "", no, NULL), YM_OK);
	assert_int_equal(ym_consult_ticket(c, YM_TICKET_ORDINARY, "", "22990100000109", no, NULL), YM_OK);
	ym_consult_free(c);
	struct ym_fold_context fold = { x->d.keys, ym_log_identity(x->d.log)->desk };
	YM_BUF before = { 0 }, after = { 0 };
	assert_int_equal(ym_fold_dump(&fold, x->d.db, &before, NULL), YM_OK);
	assert_int_equal(ym_casework_rebuild(x->w, NULL), YM_OK);
	assert_int_equal(ym_fold_dump(&fold, x->d.db, &after, NULL), YM_OK);
	assert_string_equal(ym_buf_str(&before), ym_buf_str(&after));
}

static void
a_ticket_carries_items_and_answers_into_the_visit(void **state)
{
	struct window *x = *state;
	char no[12], id[40];
	struct ym_ticket tickets[4];
	struct ym_consult_tally t;
	assert_int_equal(ym_shift_open(x->w, NULL), YM_OK);
	struct ym_consult *c = about(x, "SF-003", false);
	reply(c, "q.hardship", "0");
	assert_int_equal(ym_consult_set(c, "age", "44", NULL), YM_OK);
	assert_int_equal(ym_consult_set(c, "household_division", "220104", NULL), YM_OK);
	assert_int_equal(ym_consult_ticket(c, YM_TICKET_PRIORITY, "", "", no, NULL), YM_OK);
	assert_string_equal(no, "A001");
	ym_consult_free(c);
	assert_int_equal(ym_queue_tickets(x->w, tickets, 4), 1);
	assert_int_equal(tickets[0].n_items, 1);
	assert_non_null(strstr(tickets[0].claim, "居民身份证"));
	ym_consult_tally(x->w, &t);
	assert_int_equal(t.given, 1);
	assert_int_equal(t.tickets, 1);
	window_restart(x);
	assert_int_equal(ym_queue_call(x->w, "", id, NULL), YM_OK);
	assert_int_equal(ym_visit_open(x->w, id, &x->v, NULL), YM_OK);
	assert_int_equal(ym_visit_n_cases(x->v), 1);
	assert_string_equal(window_case(x, 0)->item, "SF-003");
	bool answered = false, divided = false;
	for (int i = 0; i < ym_visit_n_questions(x->v); i++)
		answered |= !strcmp(ym_visit_question(x->v, i)->q->id, "q.hardship") && !strcmp(ym_visit_question(x->v, i)->answer, "0");
	assert_true(answered);
	/* The age that was said is no date of birth, the division that was said is offered. */
	for (int i = 0; i < ym_visit_n_form(x->v); i++) {
		const struct ym_form_line *l = ym_visit_form(x->v, i);
		if (strstr(l->datum, ".birth"))
			assert_string_equal(l->value, "");
		divided |= strstr(l->datum, "household_division") && !strcmp(l->value, "220104");
	}
	assert_true(divided);
	/* The visit's own draft holds it: killed at once, nothing is lost. */
	window_restart(x);
	window_resume(x);
	assert_int_equal(ym_visit_n_cases(x->v), 1);
}

static void
a_ticket_for_another_window_has_this_desks_letter(void **state)
{
	struct window *x = *state;
	char no[12];
	struct ym_ticket tickets[4];
	assert_int_equal(ym_shift_open(x->w, NULL), YM_OK);
	struct ym_consult *c = about(x, "CERT", false);
	assert_int_equal(ym_consult_ticket(c, YM_TICKET_ORDINARY, "", "elsewhere", no, NULL), YM_INVALID);
	assert_int_equal(ym_consult_ticket(c, YM_TICKET_APPOINTMENT, "", "", no, NULL), YM_INVALID);
	assert_string_equal(ym_consult_no(c), ""); /* one transaction: refused whole */
	assert_int_equal(ym_consult_ticket(c, YM_TICKET_ORDINARY, "", "22990100000109", no, NULL), YM_OK);
	assert_non_null(strchr("EFGHJKLMNP", no[0]));
	assert_string_equal(no + 1, "001");
	assert_int_equal(ym_consult_ticket(c, YM_TICKET_ORDINARY, "", "22990100000109", no, NULL), YM_OK);
	assert_string_equal(no + 1, "002");
	assert_int_equal(ym_queue_tickets(x->w, tickets, 4), 0);
	ym_consult_free(c);
}

static void
a_pushed_ticket_keeps_the_number_that_the_citizen_was_told(void **state)
{
	struct window *x = *state;
	struct ym_ticket tickets[4];
	window_feed(x, "ticket.pushed", "{\"ticket\":\"01890000-0000-7000-8000-000000000001\",\"no\":\"G007\",\"class\":4,\"claim\":\"证明\","
		"\"consult\":{\"v\":1,\"no\":\"ZX\",\"items\":[{\"item\":\"CERT\",\"bundle\":\"\"},{\"item\":\"GONE\",\"bundle\":\"\"}],\"answers\":{},"
		"\"facts\":{}}}");
	/* sent twice by the guide desk: one ticket */
	window_feed(x, "ticket.pushed", "{\"ticket\":\"01890000-0000-7000-8000-000000000001\",\"no\":\"G007\",\"class\":4,\"claim\":\"证明\"}");
	window_feed(x, "ticket.pushed", "{\"no\":\"A999\",\"class\":4,\"claim\":\"证明\"}");
	assert_int_equal(ym_queue_tickets(x->w, tickets, 4), 2);
	assert_string_equal(tickets[0].no, "G007");
	assert_string_equal(tickets[1].no, "D001"); /* not a number that may come from elsewhere */
	char id[40];
	assert_int_equal(ym_queue_call(x->w, "G007", id, NULL), YM_OK);
	assert_int_equal(ym_visit_open(x->w, id, &x->v, NULL), YM_OK);
	/* what this catalogue does not have is left out */
	assert_int_equal(ym_visit_n_cases(x->v), 1);
	assert_string_equal(window_case(x, 0)->item, "CERT");
}

static void
moved_out_items_guide_to_who_is_responsible(void **state)
{
	struct window *x = *state;
	static const struct { const char *item, *who; } moved[] = { { "bf-cb-01", "海警" }, { "xf-jg-01", "住房" }, { "xf-yy-01", "消防救援机构" },
		{ "jd-mj-01", "药品" }, { "jt-cx-01", "交通运输" }, { "fz-fy-01", "人民政府" } };
	for (size_t i = 0; i < YM_ARRAY_LEN(moved); i++) {
		struct ym_consult *c = about(x, moved[i].item, false);
		const struct ym_consult_item *line = ym_consult_item(c, 0);
		if (line->where != YM_WHERE_OTHERS || !strstr(line->where_text, moved[i].who))
			fail_msg("%s: %d %s", moved[i].item, line->where, line->where_text);
		ym_consult_free(c);
	}
}

static void
the_household_division_says_where(void **state)
{
	struct window *x = *state;
	struct ym_consult *c = about(x, "HZ-035", false);
	assert_int_equal(ym_consult_item(c, 0)->where, YM_WHERE_OPEN);
	assert_true(*ym_consult_item(c, 0)->where_text);
	assert_int_equal(ym_consult_set(c, "household_division", "110101", NULL), YM_OK);
	assert_int_equal(ym_consult_item(c, 0)->where, YM_WHERE_ELSEWHERE);
	assert_non_null(strstr(ym_consult_item(c, 0)->where_text, "东城"));
	assert_int_equal(ym_consult_set(c, "household_division", "999999", NULL), YM_INVALID);
	assert_int_equal(ym_consult_set(c, "name", "x", NULL), YM_INVALID);
	ym_consult_free(c);
}

static void
what_a_person_can_do_is_the_whole_catalogue_with_reasons(void **state)
{
	struct window *x = *state;
	struct ym_consult *c = ym_consult_new(x->w);
	struct ym_consult_can *can = ym_alloc(400 * sizeof(*can));
	int n = ym_consult_can(c, can, 400);
	assert_int_equal(n, ym_pack_n_items(x->pack));
	assert_true(can[0].rank >= can[1].rank);
	assert_true(can[n - 1].others);
	assert_int_equal(ym_consult_set(c, "age", "12", NULL), YM_OK);
	assert_int_equal(ym_consult_set(c, "kind", "resident", NULL), YM_OK);
	assert_int_equal(ym_consult_can(c, can, 400), n);
	bool child = false;
	for (int i = 0; i < n; i++) {
		if (can[i].standing == YM_STANDING_NOT)
			assert_true(*can[i].why);
		if (!strcmp(can[i].id, "HZ-035")) { /* change of name of an adult */
			assert_int_equal(can[i].standing, YM_STANDING_NOT);
			child = true;
		}
		if (!strncmp(can[i].id, "crj-wg-", 7))
			assert_int_equal(can[i].standing, YM_STANDING_NOT);
	}
	assert_true(child);
	/* possible before impossible before what the police no longer does */
	for (int i = 1; i < n; i++) {
		int a = can[i - 1].others ? 2 : can[i - 1].standing == YM_STANDING_NOT, b = can[i].others ? 2 : can[i].standing == YM_STANDING_NOT;
		assert_true(a <= b);
	}
	free(can);
	ym_consult_free(c);
}

static void
the_paper_says_nothing_of_the_person(void **state)
{
	struct window *x = *state;
	assert_int_equal(ym_shift_open(x->w, NULL), YM_OK);
	struct ym_consult *c = about(x, "newborn", true);
	assert_true(ym_consult_n_items(c) >= 2);
	assert_int_equal(ym_consult_set(c, "age", "31", NULL), YM_OK);
	assert_int_equal(ym_consult_set(c, "household_division", "220104", NULL), YM_OK);
	assert_int_equal(ym_consult_give(c, NULL), YM_OK);
	YM_JSON *context = ym_consult_context(c, false);
	YM_FREE char *text = ym_json_dump(context);
	assert_null(strstr(text, "birth"));
	const char *query = ym_json_str(json_object_get(context, "consult"), "query");
	assert_non_null(strstr(query, ym_consult_no(c)));
	assert_non_null(strstr(query, "HZ-001"));
	assert_true(strlen(query) < 400);
	assert_true(json_array_size(json_object_get(context, "materials")) > 2);
	/* several items have one row each for where, limits and fees */
	assert_int_equal(json_array_size(json_object_get(context, "facts")), ym_consult_n_items(c));
	ym_consult_free(c);
}

static void
a_lock_keeps_the_consultation(void **state)
{
	struct window *x = *state;
	struct ym_consult *c = about(x, "newborn", true);
	assert_int_equal(ym_consult_set(c, "age", "31", NULL), YM_OK);
	int n = ym_consult_n_items(c);
	assert_int_equal(ym_consult_drop(c, n - 1, NULL), YM_OK);
	YM_JSON *kept = ym_consult_to_json(c);
	ym_consult_free(c);
	c = ym_consult_from_json(x->w, kept);
	assert_int_equal(ym_consult_n_items(c), n - 1);
	assert_string_equal(ym_consult_get(c, "age"), "31");
	assert_true(ym_consult_is_open(c));
	ym_consult_free(c);
}

static void
a_guide_without_a_desk_says_everything(void **state)
{
	struct window *x = *state;
	struct ym_casework *bare;
	assert_int_equal(ym_casework_new_bare(x->pack, &bare, NULL), YM_OK);
	struct ym_consult *c = ym_consult_new(bare);
	assert_int_equal(ym_consult_add(c, "SF-003", false, NULL), YM_OK);
	YM_JSON *context = ym_consult_context(c, true);
	assert_true(json_array_size(json_object_get(context, "laws")) > 0);
	assert_true(json_array_size(json_object_get(context, "sources")) > 0);
	assert_null(json_object_get(context, "paper"));
	assert_int_equal(ym_consult_give(c, NULL), YM_STATE);
	ym_consult_free(c);
	ym_casework_free(bare);
}

static void
posts_are_whole_words(void **state)
{
	struct window *x = *state;
	assert_int_equal(ym_casework_add_account(x->w, "g01", "李测试", false, "guide,accept", NULL), YM_OK);
	assert_int_equal(ym_casework_sign_in(x->w, "g01", NULL), YM_OK);
	assert_true(ym_casework_has_post(x->w, "guide"));
	assert_true(ym_casework_has_post(x->w, "accept"));
	assert_false(ym_casework_has_post(x->w, "acc"));
	assert_false(ym_casework_has_post(x->w, "guide,accept"));
	ym_casework_lock(x->w);
	assert_false(ym_casework_has_post(x->w, "guide"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(nothing_is_appended_before_it_is_given), T(a_consultation_is_one_event_and_counted_once), T(a_rebuild_gives_the_same_views),
		S(a_ticket_carries_items_and_answers_into_the_visit), T(a_ticket_for_another_window_has_this_desks_letter),
		T(a_pushed_ticket_keeps_the_number_that_the_citizen_was_told), S(moved_out_items_guide_to_who_is_responsible),
		S(the_household_division_says_where), S(what_a_person_can_do_is_the_whole_catalogue_with_reasons),
		S(the_paper_says_nothing_of_the_person), S(a_lock_keeps_the_consultation), S(a_guide_without_a_desk_says_everything),
		T(posts_are_whole_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
