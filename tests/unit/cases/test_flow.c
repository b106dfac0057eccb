/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The state machine of a case, walked whole: every state with every action; the table is printed as it is. */
#include "window.h"

static int
actions(const char *ret[64])
{
	int n_rows, n = 0;
	const struct ym_flow_row *t = ym_flow_table(&n_rows);
	for (int i = 0; i < n_rows; i++) {
		bool there = false;
		for (int k = 0; k < n; k++)
			there |= !strcmp(ret[k], t[i].action);
		if (!there && n < 64)
			ret[n++] = t[i].action;
	}
	return n;
}

static void
every_state_with_every_action_is_listed_or_refused(void **state)
{
	const char *all[64];
	int n = actions(all), n_rows, allowed = 0;
	const struct ym_flow_row *t = ym_flow_table(&n_rows);
	for (int s = 0; s < YM_N_CASE_STATES; s++)
		for (int a = 0; a < n; a++) {
			enum ym_case_state to = YM_N_CASE_STATES;
			struct ym_error err = { 0 };
			enum ym_code rc = ym_flow_step((enum ym_case_state)s, all[a], &to, &err);
			const struct ym_flow_row *row = NULL;
			for (int i = 0; i < n_rows; i++)
				if (t[i].from == (enum ym_case_state)s && !strcmp(t[i].action, all[a])) {
					assert_null(row); /* once only */
					row = &t[i];
				}
			if (row) {
				assert_int_equal(rc, YM_OK);
				assert_int_equal(to, row->to);
				print_message("# %-12s %-13s -> %-12s %s\n", ym_case_state_name((enum ym_case_state)s), all[a],
					ym_case_state_name(to), row->event);
				allowed++;
			} else {
				assert_int_equal(rc, YM_STATE);
				assert_int_equal(to, YM_N_CASE_STATES);
				assert_non_null(err.msgid);
			}
		}
	assert_int_equal(allowed, n_rows);
	print_message("# %d states, %d actions: %d allowed, %d refused\n", YM_N_CASE_STATES, n, allowed, YM_N_CASE_STATES * n - allowed);
}

static void
every_state_can_be_reached_and_nothing_leaves_the_archive(void **state)
{
	bool seen[YM_N_CASE_STATES] = { true };
	int n;
	const struct ym_flow_row *t = ym_flow_table(&n);
	for (int pass = 0; pass < YM_N_CASE_STATES; pass++)
		for (int i = 0; i < n; i++)
			seen[t[i].to] |= seen[t[i].from];
	for (int s = 0; s < YM_N_CASE_STATES; s++)
		assert_true(seen[s]);
	for (int i = 0; i < n; i++)
		assert_int_not_equal(t[i].from, YM_CASE_ARCHIVED);
}

static void
a_refused_or_archived_case_is_never_accepted_again(void **state)
{
	static const enum ym_case_state ends[] = { YM_CASE_NOT_ACCEPTED, YM_CASE_DENIED, YM_CASE_WITHDRAWN, YM_CASE_TERMINATED, YM_CASE_DELIVERED,
		YM_CASE_ARCHIVED };
	static const char *const positive[] = { "accept", "defer", "complete", "approve" };
	enum ym_case_state to;
	for (size_t s = 0; s < YM_ARRAY_LEN(ends); s++)
		for (size_t a = 0; a < YM_ARRAY_LEN(positive); a++)
			assert_int_equal(ym_flow_step(ends[s], positive[a], &to, NULL), YM_STATE);
}

static void
names_of_states_and_exits_go_there_and_back(void **state)
{
	for (int s = 0; s < YM_N_CASE_STATES; s++) {
		assert_int_equal(ym_flow_state_by_name(ym_case_state_name((enum ym_case_state)s)), s);
		assert_true(*ym_case_state_label((enum ym_case_state)s));
	}
	for (int e = 1; e < YM_N_EXITS; e++) {
		enum ym_case_state to;
		assert_int_equal(ym_exit_by_name(ym_exit_name((enum ym_exit)e)), e);
		assert_true(*ym_exit_label((enum ym_exit)e));
		/* Every exit of the window leads out of a draft. */
		assert_int_equal(ym_flow_step(YM_CASE_DRAFT, ym_exit_action((enum ym_exit)e), &to, NULL), YM_OK);
	}
	assert_int_equal(ym_exit_by_name("nonsense"), YM_EXIT_NONE);
	assert_int_equal(ym_exit_by_name(""), YM_EXIT_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_with_every_action_is_listed_or_refused),
		cmocka_unit_test(every_state_can_be_reached_and_nothing_leaves_the_archive),
		cmocka_unit_test(a_refused_or_archived_case_is_never_accepted_again),
		cmocka_unit_test(names_of_states_and_exits_go_there_and_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
