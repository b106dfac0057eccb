/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Attachments: after the events, in pieces, resumed, once; one that is refused holds up no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bed.h"

static void
put(struct bed *b, size_t n, char ret_sm3[65])
{
	YM_FREE uint8_t *data = ym_alloc(n + 1);
	char key[65];

	ym_crypt_random(data, n);
	assert_int_equal(ym_blob_put(b->desk.db, data, n, "image/jpeg", ret_sm3, key, NULL), YM_OK);
}

static bool
is_whole(struct bed *b, const char *sm3)
{
	for (int i = 0; i < b->peer->n_blobs; i++) {
		if (ym_streq(b->peer->blobs[i].sm3, sm3))
			return b->peer->blobs[i].whole;
	}
	return false;
}

static void
blobs_follow_the_events_and_are_sent_once(void **state)
{
	struct bed *b = *state;
	char one[65], two[65];
	int64_t bytes;

	put(b, 700000, one);
	put(b, 10, two);
	bed_append(b, 250, NULL);
	while (b->peer->n_events < 250) {
		assert_int_equal(b->peer->n_blobs, 0);
		assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	}
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 250);
	assert_true(is_whole(b, one) && is_whole(b, two));
	bytes = b->peer->blob_bytes;
	assert_int_equal(bytes, 700000 + 10 + 2 * YM_SEAL_OVERHEAD);
	assert_true(b->biggest <= 300000);
	/* not again: now, after a new start, and after sync.db was lost */
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_reopen(b);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	ym_sync_close(b->sync);
	YM_FREE char *cmd = ym_asprintf("rm '%s'/sync.db*", b->desk.dir);
	assert_int_equal(system(cmd), 0);
	bed_open(b);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	assert_int_equal(b->peer->blob_bytes, bytes);
}

static void
a_cut_transfer_goes_on_where_it_was(void **state)
{
	struct bed *b = *state;
	char sm3[65];
	int failures = 0;

	put(b, 1000000, sm3);
	b->line = LINE_LOSES_ANSWERS;
	/* every request from the third on fails once, whatever it was */
	for (int i = 0; i < 40 && !is_whole(b, sm3); i++) {
		b->from = b->n + 2;
		b->times = 1;
		for (enum ym_outcome o = YM_SYNC_MORE; o == YM_SYNC_MORE;) {
			o = ym_sync_push(b->sync);
			failures += o == YM_SYNC_FAILED_LINK;
		}
		bed_reopen(b);
	}
	b->line = LINE_GOOD;
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	assert_true(is_whole(b, sm3));
	assert_true(failures >= 3);
	assert_int_equal(b->peer->blob_bytes, 1000000 + YM_SEAL_OVERHEAD);
}

static void
events_go_between_the_pieces(void **state)
{
	struct bed *b = *state;
	char sm3[65];

	put(b, 2000000, sm3);
	for (int i = 0; i < 4; i++)
		assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	assert_false(is_whole(b, sm3));
	bed_append(b, 1, NULL);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	assert_int_equal(b->peer->n_events, 1);
	assert_false(is_whole(b, sm3));
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	assert_true(is_whole(b, sm3));
}

static void
a_portal_that_answers_200_has_no_blob(void **state)
{
	struct bed *b = *state;
	char sm3[65];

	put(b, 1000, sm3);
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_MORE);
	b->line = LINE_PORTAL;
	assert_int_equal(ym_sync_push(b->sync), YM_SYNC_FAILED_PORTAL);
	b->line = LINE_GOOD;
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	assert_true(is_whole(b, sm3));
}

static void
a_refused_blob_holds_up_no_other(void **state)
{
	struct bed *b = *state;
	char one[65], two[65];

	put(b, 1000, one);
	put(b, 1000, two);
	b->peer->refuse_blob = one;
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	assert_true(is_whole(b, two));
	assert_false(is_whole(b, one));
	b->peer->refuse_blob = NULL;
	ym_sync_try_again(b->sync);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	assert_true(is_whole(b, one));
}

static void
a_blob_that_arrives_damaged_is_not_sent_for_ever(void **state)
{
	struct bed *b = *state;
	char sm3[65];

	put(b, 1000, sm3);
	assert_int_equal(ym_db_exec(b->desk.db, "UPDATE blob SET bytes = zeroblob(length(bytes))", NULL), YM_OK);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	assert_false(is_whole(b, sm3));
	assert_in_range(b->n, 3, 8);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, bed_setup, bed_teardown)
	static const struct CMUnitTest tests[] = {
		T(blobs_follow_the_events_and_are_sent_once),
		T(a_cut_transfer_goes_on_where_it_was),
		T(events_go_between_the_pieces),
		T(a_portal_that_answers_200_has_no_blob),
		T(a_refused_blob_holds_up_no_other),
		T(a_blob_that_arrives_damaged_is_not_sent_for_ever),
	};

	return cmocka_run_group_tests_name("sync/blobs", tests, NULL, NULL);
}
