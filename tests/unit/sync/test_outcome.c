/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What a failure is called, when it is tried again, and that nothing unsigned is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bed.h"

static void
check_outcome(struct bed *b, enum ym_outcome o)
{
	b->n = 0;
	ym_sync_try_again(b->sync);
	assert_int_equal(ym_sync_push(b->sync), o);
	assert_int_equal(bed_state(b).outcome, o);
	assert_true(bed_state(b).detail[0]);
	assert_int_equal(ym_sync_pull(b->sync, 0), o);
	assert_int_equal(bed_state(b).acked, 0);
	assert_int_equal(bed_state(b).feed_pulled, 0);
	assert_true(ym_sync_retry_ms(b->sync, YM_LANE_PUSH) > 0);
}

static void
a_line_that_is_down_and_bad_certificates_are_told_apart(void **state)
{
	struct bed *b = *state;

	bed_append(b, 2, NULL);
	b->line = LINE_DOWN;
	check_outcome(b, YM_SYNC_FAILED_LINK);
	b->line = LINE_CERTIFICATE;
	check_outcome(b, YM_SYNC_FAILED_CERT);
	b->line = LINE_CLOCK;
	check_outcome(b, YM_SYNC_FAILED_CLOCK);
	assert_int_equal(b->peer->n_requests, 0);
	b->line = LINE_GOOD;
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 2);
	assert_string_equal(bed_state(b).detail, "");
}

static void
only_the_centrals_own_signature_is_success(void **state)
{
	struct bed *b = *state;

	bed_append(b, 2, NULL);
	peer_add_feed(b->peer, "check.answered");
	b->line = LINE_PORTAL;
	check_outcome(b, YM_SYNC_FAILED_PORTAL);
	b->line = LINE_EMPTY;
	check_outcome(b, YM_SYNC_FAILED_PORTAL);
	b->line = LINE_CUTS;
	check_outcome(b, YM_SYNC_FAILED_PORTAL);
	b->line = LINE_STRANGER;
	check_outcome(b, YM_SYNC_FAILED_PORTAL);
}

/* A portal that comes between head and events: 200, and nothing counts as sent. */
static void
a_portal_in_the_middle_loses_nothing(void **state)
{
	struct bed *b = *state;

	bed_append(b, 2, NULL);
	b->line = LINE_PORTAL;
	b->from = 1;
	b->times = 1;
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_PORTAL);
	assert_int_equal(bed_state(b).acked, 0);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 2);
}

static void
an_answer_to_another_request_is_not_taken(void **state)
{
	struct bed *b = *state;
	struct ym_http_reply other = { .body = { .max = 65536 } };
	struct ym_http_request bare = { .method = "GET", .path = "/v1/desks/22990100000001A/feed?after=0&wait=9" };
	const struct ym_http_request *req = NULL;

	/* The central's own words, for another path. */
	b->peer->say = "GAP";
	b->peer->say_status = 409;
	peer_handle(b->peer, &bare, &other);
	assert_int_equal(ym_sync_begin(b->sync, YM_LANE_PUSH, 0, &req), YM_SYNC_MORE);
	assert_int_equal(ym_sync_end(b->sync, YM_LANE_PUSH, YM_LINK_OK, &other), YM_SYNC_FAILED_PORTAL);
	ym_buf_release(&other.body);
}

static void
busy_is_told_by_the_central_and_by_a_proxy_and_its_wish_is_honoured(void **state)
{
	struct bed *b = *state;
	int64_t wait;

	bed_append(b, 1, NULL);
	b->line = LINE_PROXY_DOWN;
	check_outcome(b, YM_SYNC_FAILED_BUSY);
	wait = ym_sync_retry_ms(b->sync, YM_LANE_PUSH);
	assert_in_range(wait, 7000, 9000);
	b->line = LINE_GOOD;
	b->peer->say = "BUSY";
	b->peer->say_status = 503;
	b->peer->retry_after = "120";
	check_outcome(b, YM_SYNC_FAILED_BUSY);
	wait = ym_sync_retry_ms(b->sync, YM_LANE_PUSH);
	assert_in_range(wait, 120000, 122000);
	b->peer->retry_after = "100000";
	check_outcome(b, YM_SYNC_FAILED_BUSY);
	assert_int_equal(ym_sync_retry_ms(b->sync, YM_LANE_PUSH), 300000);
	/* a date, or noise: the own backoff */
	b->peer->retry_after = "Wed, 21 Oct";
	check_outcome(b, YM_SYNC_FAILED_BUSY);
	assert_in_range(ym_sync_retry_ms(b->sync, YM_LANE_PUSH), 1500, 2500);
}

static void
a_desk_that_the_central_does_not_know_is_refused(void **state)
{
	struct bed *b = *state;
	struct ym_sm2 *stranger = ym_sm2_generate();

	b->peer->desk_key = stranger;
	check_outcome(b, YM_SYNC_FAILED_REFUSED);
	ym_sm2_free(stranger);
}

static void
nothing_is_sent_while_nobody_is_signed_in(void **state)
{
	struct bed *b = *state;

	bed_append(b, 1, NULL);
	b->locked = true;
	check_outcome(b, YM_SYNC_FAILED_LOCAL);
	assert_int_equal(b->n, 0);
	/* asked again soon: it costs no request */
	for (int i = 0; i < 12; i++)
		assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_LOCAL);
	assert_in_range(ym_sync_retry_ms(b->sync, YM_LANE_PUSH), 1000, 15000);
	b->locked = false;
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 1);
}

static void
the_pause_doubles_to_five_minutes_and_differs_from_desk_to_desk(void **state)
{
	struct bed *b = *state;
	int64_t wait = 0, sum = 0, other = 0;

	b->line = LINE_DOWN;
	assert_int_equal(ym_sync_retry_ms(b->sync, YM_LANE_PUSH), 0);
	for (int i = 0; i < 12; i++) {
		int64_t base = 2000LL << (i < 8 ? i : 8);

		assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_LINK);
		wait = ym_sync_retry_ms(b->sync, YM_LANE_PUSH);
		if (base > 300000)
			base = 300000;
		assert_in_range(wait, base * 3 / 4, base * 5 / 4 > 300000 ? 300000 : base * 5 / 4);
		sum += wait;
	}
	ym_sync_close(b->sync);
	struct ym_sync_options opt = { .dir = b->desk.dir, .transport = bed_transport, .sign = bed_sign, .user = b, .seed = 99 };
	assert_int_equal(ym_sync_open(&opt, &b->sync, NULL), YM_OK);
	for (int i = 0; i < 12; i++) {
		assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_LINK);
		other += ym_sync_retry_ms(b->sync, YM_LANE_PUSH);
	}
	assert_int_not_equal(sum, other);
	/* a success forgets it */
	b->line = LINE_GOOD;
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	assert_int_equal(ym_sync_retry_ms(b->sync, YM_LANE_PUSH), 0);
}

static void
the_lanes_fail_apart(void **state)
{
	struct bed *b = *state;

	bed_append(b, 1, NULL);
	b->line = LINE_DOWN;
	b->times = 1;
	assert_int_equal(ym_sync_pull(b->sync, 0), YM_SYNC_FAILED_LINK);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_DONE);
	assert_int_equal(bed_state(b).outcome, YM_SYNC_FAILED_LINK);
	assert_int_equal(ym_sync_pull(b->sync, 0), YM_SYNC_DONE);
	assert_int_equal(bed_state(b).outcome, YM_SYNC_DONE);
}

static void
the_centrals_clock_is_learnt_and_a_wrong_one_hinders_nothing(void **state)
{
	static const int64_t aheads[] = { 0, 30000, -30000, 3600000, 315360000000, -315360000000 };
	struct bed *b = *state;

	for (size_t i = 0; i < YM_ARRAY_LEN(aheads); i++) {
		bool far = aheads[i] > 600000 || aheads[i] < -600000;
		int64_t off;

		b->peer->clock_ahead_ms = aheads[i];
		bed_append(b, 1, NULL);
		assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
		bed_check_equal(b, (int)i + 1);
		off = bed_state(b).offset_ms - aheads[i];
		assert_true(off > -2000 && off < 2000);
		assert_int_equal(bed_state(b).detail[0] != 0, far);
	}
	assert_true(bed_state(b).last_ok_ms > ym_clock_wall() - 60000);
}

static void
a_desk_without_a_central_or_without_a_desk_is_told(void **state)
{
	struct bed *b = *state;
	struct ym_sync_options opt = { .dir = b->desk.dir, .transport = bed_transport, .sign = bed_sign, .user = b };
	struct ym_sync *second = NULL;
	char empty[64];

	/* one process synchronises a desk */
	assert_int_equal(ym_sync_open(&opt, &second, NULL), YM_BUSY);
	folder_make(empty);
	opt.dir = empty;
	assert_int_equal(ym_sync_open(&opt, &second, NULL), YM_NOTFOUND);
	struct ym_sync_state st;
	assert_int_equal(ym_sync_state_read(empty, &st, NULL), YM_NOTFOUND);
	folder_remove(empty);
	assert_null(second);
	ym_sync_close(b->sync);
	b->sync = NULL;
	opt.dir = b->desk.dir;
	assert_int_equal(ym_db_exec(b->desk.db, "DELETE FROM key_item WHERE name = 'central.public'", NULL), YM_OK);
	assert_int_equal(ym_sync_open(&opt, &second, NULL), YM_STATE);
	assert_int_equal(ym_setting_set(b->desk.db, "central.public", "04zz", NULL), YM_OK);
	assert_int_not_equal(ym_sync_open(&opt, &second, NULL), YM_OK);
	assert_null(second);
}

static void
every_outcome_has_its_word(void **state)
{
	static const char *const words[] = { "done", "more", "link", "portal", "certificate", "clock", "busy", "refused", "forked", "local" };

	for (int i = 0; i <= YM_SYNC_FAILED_LOCAL; i++)
		assert_string_equal(ym_outcome_name(i), words[i]);
}

static void
what_cannot_even_be_tried_is_told(void **state)
{
	struct bed *b = *state;

	ym_sync_note(b->sync, "a reason");
	assert_int_equal(bed_state(b).outcome, YM_SYNC_FAILED_LOCAL);
	assert_string_equal(bed_state(b).detail, "a reason");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, bed_setup, bed_teardown)
	static const struct CMUnitTest tests[] = {
		T(a_line_that_is_down_and_bad_certificates_are_told_apart),
		T(only_the_centrals_own_signature_is_success),
		T(a_portal_in_the_middle_loses_nothing),
		T(an_answer_to_another_request_is_not_taken),
		T(busy_is_told_by_the_central_and_by_a_proxy_and_its_wish_is_honoured),
		T(a_desk_that_the_central_does_not_know_is_refused),
		T(nothing_is_sent_while_nobody_is_signed_in),
		T(the_pause_doubles_to_five_minutes_and_differs_from_desk_to_desk),
		T(the_lanes_fail_apart),
		T(the_centrals_clock_is_learnt_and_a_wrong_one_hinders_nothing),
		T(a_desk_without_a_central_or_without_a_desk_is_told),
		cmocka_unit_test(every_outcome_has_its_word),
		T(what_cannot_even_be_tried_is_told),
	};

	return cmocka_run_group_tests_name("sync/outcome", tests, NULL, NULL);
}
