/* SPDX-License-Identifier: MulanPSL-2.0 */
/* One visit from the card to the end: what is shown, what is decided, what is kept. */
#include "window.h"

static void
an_instant_certificate_ends_at_the_window(void **state)
{
	struct window *x = *state;
	window_open(x);
	int c = window_ready_cert(x);
	assert_int_equal(window_case(x, c)->proposal, YM_EXIT_COMPLETED);
	window_decide(x, c, YM_EXIT_COMPLETED, NULL);
	const struct ym_case_line *l = window_case(x, c);
	assert_int_equal(l->state, YM_CASE_APPROVED);
	assert_string_equal(l->case_no + strlen(l->case_no) - 14, window_text(x, "SELECT substr(case_no, -14) FROM view_case"));
	assert_int_equal(strlen(l->case_no), 29);
	int paper = -1;
	for (int i = 0; i < ym_visit_n_papers(x->v); i++)
		if (!strcmp(ym_visit_paper(x->v, i)->template_id, "sign-for"))
			paper = i;
	assert_true(paper >= 0);
	assert_int_equal(ym_visit_sign(x->v, paper, NULL), YM_STATE);
	assert_int_equal(ym_visit_printed(x->v, paper, "pdf", NULL), YM_OK);
	assert_int_equal(ym_visit_sign(x->v, paper, NULL), YM_OK);
	assert_int_equal(window_case(x, c)->state, YM_CASE_DELIVERED);
	assert_string_equal(window_text(x, "SELECT state FROM view_case"), "delivered");
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	assert_string_equal(window_text(x, "SELECT state || rating FROM view_visit"), "closedskipped");
	assert_int_equal(window_count(x, "SELECT count(*) FROM draft"), 0);
}

static void
a_permit_is_accepted_with_its_clocks_and_its_fee(void **state)
{
	struct window *x = *state;
	window_open(x);
	int c = window_ready_permit(x);
	assert_int_equal(window_case(x, c)->proposal, YM_EXIT_ACCEPTED);
	assert_int_equal(window_case(x, c)->decider, YM_BY_APPROVER);
	window_decide(x, c, YM_EXIT_ACCEPTED, NULL);
	assert_string_equal(window_case(x, c)->due_promised, "2026-12-02");
	assert_string_equal(window_case(x, c)->due_statutory, "2026-12-21");
	assert_int_equal(window_case(x, c)->fee_fen, 2000);
	assert_int_equal(window_case(x, c)->fee_state, YM_FEE_DUE);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_STATE);
	assert_int_equal(ym_visit_pay(x->v, c, "cash", "", NULL), YM_INVALID);
	assert_int_equal(ym_visit_pay(x->v, c, "cash", "0012345", NULL), YM_OK);
	assert_int_equal(ym_visit_pay(x->v, c, "cash", "0012345", NULL), YM_STATE);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	assert_string_equal(window_text(x, "SELECT fee_state FROM view_case"), "paid");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_instant_certificate_ends_at_the_window, window_setup, window_teardown),
		cmocka_unit_test_setup_teardown(a_permit_is_accepted_with_its_clocks_and_its_fee, window_setup, window_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
