/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Events: each arrives once and in order, whatever the line does; a fork stops; only signed answers count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bed.h"

static void
every_event_reaches_the_central_once_in_batches(void **state)
{
	struct bed *b = *state;

	bed_append(b, 450, "{\"name\":\"张三\"}");
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 450);
	assert_int_equal(b->peer->n_batches, 3);
	assert_int_equal(b->peer->n_repeated, 0);
	assert_true(ym_sync_state_is_even(ym_sync_now(b->sync), 450, 0));
	assert_false(ym_sync_state_is_even(ym_sync_now(b->sync), 451, 0));
}

static void
what_was_erased_before_it_was_sent_is_sent_as_erased(void **state)
{
	struct bed *b = *state;

	bed_append(b, 3, "{\"name\":\"张三\"}");
	assert_int_equal(ym_keys_erase_scope(b->desk.keys, "01930000-0000-7000-8000-000000000001", NULL), YM_OK);
	assert_int_equal(ym_db_exec(b->desk.db, "DELETE FROM event_body WHERE seq = 2", NULL), YM_OK);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 3);
}

static void
a_body_that_is_missing_without_an_erasure_is_damage_and_is_not_sent(void **state)
{
	struct bed *b = *state;

	bed_append(b, 2, "{\"name\":\"张三\"}");
	assert_int_equal(ym_db_exec(b->desk.db, "DELETE FROM event_body WHERE seq = 2", NULL), YM_OK);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_LOCAL);
	assert_string_equal(bed_state(b).detail, "The content of an event is damaged");
	assert_int_equal(b->peer->n_events, 0);
}

/* What the log takes, the wire carries. */
static void
the_biggest_event_fits_a_request_and_a_bigger_one_is_refused_when_it_is_written(void **state)
{
	struct bed *b = *state;
	size_t n = YM_EVENT_SEALED_MAX + (YM_EVENT_SEALED_MAX / 3);
	YM_FREE char *body = ym_alloc(n + 16);
	struct ym_event_draft e = { .kind = "case.accepted", .visit = "01930000-0000-7000-8000-000000000001", .body = body };
	uint64_t z = 1;
	struct ym_error err = { 0 };
	static char long_value[1025], names[YM_LOG_MAX_ATTRS][16];

	/* noise of 64 letters: six bits in eight */
	body[0] = '"';
	for (size_t i = 1; i < n - 1; i++) {
		z = z * 6364136223846793005u + 1442695040888963407u;
		body[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[z >> 58];
	}
	body[n - 1] = '"';
	assert_int_equal(ym_log_append(b->desk.log, &e, NULL, &err), YM_INVALID);
	assert_non_null(strstr(err.msgid, "too long for one event"));
	/* two in a hundred less */
	body[n - n / 50 - 1] = '"';
	body[n - n / 50] = 0;
	memset(long_value, 'v', sizeof long_value - 1);
	for (e.n_attrs = 0; e.n_attrs < YM_LOG_MAX_ATTRS - 1; e.n_attrs++) {
		snprintf(names[e.n_attrs], sizeof names[0], "k%02d", e.n_attrs);
		e.attrs[e.n_attrs] = (struct ym_attr){ names[e.n_attrs], long_value };
	}
	if (ym_log_append(b->desk.log, &e, NULL, &err))
		fail_msg("%s %s %s", err.msgid, err.subject, err.detail);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 1);
	assert_true(b->biggest > (39u << 20) / 10 && b->biggest <= 4u << 20);
}

static void
an_empty_log_is_in_step_at_once(void **state)
{
	struct bed *b = *state;

	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_DONE);
	assert_int_equal(b->peer->n_batches, 0);
	assert_true(ym_sync_state_is_even(ym_sync_now(b->sync), 0, 0));
}

static void
a_rerun_sends_nothing_and_a_new_start_asks_for_the_head_only(void **state)
{
	struct bed *b = *state;

	bed_append(b, 5, NULL);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	b->n = 0;
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_DONE);
	assert_int_equal(b->n, 0);
	bed_reopen(b);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	assert_int_equal(b->peer->n_batches, 1);
	bed_append(b, 1, NULL);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 6);
	assert_int_equal(b->peer->n_repeated, 0);
}

static void
a_lost_answer_doubles_nothing(void **state)
{
	struct bed *b = *state;

	bed_append(b, 3, NULL);
	b->line = LINE_LOSES_ANSWERS;
	b->from = 1;
	b->times = 1;
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_LINK);
	assert_int_equal(b->peer->n_events, 3);
	assert_int_equal(bed_state(b).acked, 0);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 3);
	assert_int_equal(b->peer->n_repeated, 0);
}

static void
a_request_that_arrives_twice_is_stored_once(void **state)
{
	struct bed *b = *state;

	bed_append(b, 230, NULL);
	b->line = LINE_DOUBLES;
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 230);
	assert_int_equal(b->peer->n_repeated, 230);
}

static void
a_central_that_lost_its_last_events_gets_them_again(void **state)
{
	struct bed *b = *state;

	bed_append(b, 10, NULL);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	b->peer->n_events = b->peer->n_stored = 4;
	bed_append(b, 1, NULL);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 11);
}

static void
another_log_at_the_central_stops_the_sending(void **state)
{
	struct bed *b = *state;
	int batches;

	bed_append(b, 4, NULL);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	batches = b->peer->n_batches;
	memset(b->peer->hashes[4], 'e', 64);
	bed_append(b, 1, NULL);
	bed_reopen(b);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_FORK);
	assert_int_equal(bed_state(b).outcome, YM_SYNC_FAILED_FORK);
	b->n = 0;
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_FORK);
	assert_int_equal(b->n, 0);
	assert_int_equal(b->peer->n_batches, batches);
	/* the feed goes on, and the fork is still told */
	assert_int_equal(ym_sync_pull(b->sync, 0), YM_SYNC_DONE);
	assert_int_equal(bed_state(b).outcome, YM_SYNC_FAILED_FORK);
	ym_sync_try_again(b->sync);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_FORK);
	assert_int_equal(b->n, 2);
}

static void
a_fork_is_told_by_the_central_too(void **state)
{
	struct bed *b = *state;

	bed_append(b, 2, NULL);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	b->peer->say = "FORK";
	b->peer->say_status = 409;
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_FORK);
	b->peer->say = NULL;
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_FORK);
	assert_int_equal(b->peer->n_events, 0);
}

static void
a_central_that_holds_more_than_the_desk_is_a_fork(void **state)
{
	struct bed *b = *state;

	bed_append(b, 2, NULL);
	b->peer->n_events = 3;
	memset(b->peer->hashes[3], 'a', 64);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_FORK);
	assert_int_equal(b->peer->n_batches, 0);
}

static void
a_gap_told_at_the_same_place_again_is_not_answered_for_ever(void **state)
{
	struct bed *b = *state;

	bed_append(b, 2, NULL);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	b->peer->say = "GAP";
	b->peer->say_status = 409;
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_REFUSED);
}

static void
a_batch_that_is_too_large_is_halved(void **state)
{
	struct bed *b = *state;

	bed_append(b, 120, NULL);
	b->peer->most = 30;
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 120);
}

static void
one_event_that_is_too_large_is_told(void **state)
{
	struct bed *b = *state;

	bed_append(b, 1, NULL);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	b->peer->say = "TOO_LARGE";
	b->peer->say_status = 413;
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_REFUSED);
}

static void
a_batch_holds_at_most_four_mebibytes(void **state)
{
	struct bed *b = *state;
	YM_BUF body = { 0 };
	uint8_t random[1024];
	char hex[2 * sizeof random + 1];

	ym_buf_adds(&body, "{\"note\":\"");
	for (int i = 0; i < 1200; i++) {
		ym_crypt_random(random, sizeof random);
		ym_hex(hex, random, sizeof random);
		ym_buf_adds(&body, hex);
	}
	ym_buf_adds(&body, "\"}");
	bed_append(b, 4, body.data);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 4);
	assert_true(b->peer->n_batches >= 2);
	assert_true(b->biggest <= 4u << 20);
	assert_true(b->biggest > 3u << 20);
}

static void
tallies_that_differ_are_not_in_step(void **state)
{
	struct bed *b = *state;

	bed_append(b, 3, NULL);
	b->peer->tally_off = 1;
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	assert_int_equal(bed_state(b).acked, 3);
	assert_false(ym_sync_state_is_even(ym_sync_now(b->sync), 3, 0));
	assert_string_equal(bed_state(b).detail, "The tallies of desk and central differ");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, bed_setup, bed_teardown)
	static const struct CMUnitTest tests[] = {
		T(every_event_reaches_the_central_once_in_batches),
		T(what_was_erased_before_it_was_sent_is_sent_as_erased),
		T(a_body_that_is_missing_without_an_erasure_is_damage_and_is_not_sent),
		T(the_biggest_event_fits_a_request_and_a_bigger_one_is_refused_when_it_is_written),
		T(an_empty_log_is_in_step_at_once),
		T(a_rerun_sends_nothing_and_a_new_start_asks_for_the_head_only),
		T(a_lost_answer_doubles_nothing),
		T(a_request_that_arrives_twice_is_stored_once),
		T(a_central_that_lost_its_last_events_gets_them_again),
		T(another_log_at_the_central_stops_the_sending),
		T(a_fork_is_told_by_the_central_too),
		T(a_central_that_holds_more_than_the_desk_is_a_fork),
		T(a_gap_told_at_the_same_place_again_is_not_answered_for_ever),
		T(a_batch_that_is_too_large_is_halved),
		T(one_event_that_is_too_large_is_told),
		T(a_batch_holds_at_most_four_mebibytes),
		T(tallies_that_differ_are_not_in_step),
	};

	return cmocka_run_group_tests_name("sync/push", tests, NULL, NULL);
}
