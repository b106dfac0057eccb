/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The feed: stored raw, in order, whole or not at all; the limits of what an answer may hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bed.h"
#include "sync/answer.h"

struct seen { int n; int64_t stop_at; char last[64]; };

static bool
see(void *user, int64_t number, const char *kind, const void *sealed, size_t n)
{
	struct seen *s = user;
	char expected[32];

	s->n++;
	snprintf(expected, sizeof expected, "entry %d", (int)number);
	assert_int_equal(n, strlen(expected));
	assert_memory_equal(sealed, expected, n);
	ym_strlcpy(s->last, kind, sizeof s->last);
	return number != s->stop_at;
}

static void
entries_come_in_order_and_each_once(void **state)
{
	struct bed *b = *state;
	struct seen s = { 0 };

	for (int i = 0; i < 250; i++)
		peer_add_feed(b->peer, i == 249 ? "ticket.pushed" : "check.answered");
	b->line = LINE_DOUBLES;
	assert_int_equal(ym_sync_pull(b->sync, 0), YM_SYNC_MORE);
	assert_int_equal(ym_sync_pull(b->sync, 0), YM_SYNC_MORE);
	bed_reopen(b);
	assert_int_equal(ym_sync_pull(b->sync, 0), YM_SYNC_MORE);
	assert_int_equal(ym_sync_pull(b->sync, 0), YM_SYNC_DONE);
	assert_int_equal(bed_state(b).feed_pulled, 250);
	assert_int_equal(ym_sync_feed_each(b->desk.dir, 0, see, &s, NULL), YM_OK);
	assert_int_equal(s.n, 250);
	assert_string_equal(s.last, "ticket.pushed");
	s = (struct seen){ .stop_at = 205 };
	assert_int_equal(ym_sync_feed_each(b->desk.dir, 200, see, &s, NULL), YM_OK);
	assert_int_equal(s.n, 5);
}

static void
a_lost_answer_is_asked_for_again(void **state)
{
	struct bed *b = *state;

	peer_add_feed(b->peer, "check.answered");
	b->line = LINE_LOSES_ANSWERS;
	b->times = 1;
	assert_int_equal(ym_sync_pull(b->sync, 0), YM_SYNC_FAILED_LINK);
	assert_int_equal(bed_state(b).feed_pulled, 0);
	assert_int_equal(ym_sync_pull(b->sync, 0), YM_SYNC_MORE);
	assert_int_equal(bed_state(b).feed_pulled, 1);
}

static void
a_feed_with_a_gap_is_refused_whole(void **state)
{
	struct bed *b = *state;
	struct seen s = { 0 };

	for (int i = 0; i < 9; i++)
		peer_add_feed(b->peer, "check.answered");
	b->peer->feed_skip = 5;
	assert_int_equal(ym_sync_pull(b->sync, 0), YM_SYNC_FAILED_REFUSED);
	assert_int_equal(bed_state(b).feed_pulled, 0);
	assert_int_equal(ym_sync_feed_each(b->desk.dir, 0, see, &s, NULL), YM_OK);
	assert_int_equal(s.n, 0);
	b->peer->feed_skip = 0;
	assert_int_equal(ym_sync_pull(b->sync, 0), YM_SYNC_MORE);
	assert_int_equal(bed_state(b).feed_pulled, 9);
}

static void
losing_sync_db_loses_nothing(void **state)
{
	struct bed *b = *state;
	YM_FREE char *cmd = ym_asprintf("rm '%s'/sync.db*", b->desk.dir);

	bed_append(b, 7, NULL);
	peer_add_feed(b->peer, "check.answered");
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	ym_sync_close(b->sync);
	assert_int_equal(system(cmd), 0);
	bed_open(b);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	bed_check_equal(b, 7);
	assert_int_equal(b->peer->n_repeated, 0);
	assert_int_equal(bed_state(b).feed_pulled, 1);
}

static void
news_of_a_quarantine_brings_the_new_tally(void **state)
{
	struct bed *b = *state;

	bed_append(b, 3, NULL);
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	b->peer->quarantined = 1;
	peer_add_feed(b->peer, "event.quarantined");
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_DONE);
	assert_int_equal(bed_state(b).quarantined, 1);
	assert_true(ym_sync_state_is_even(ym_sync_now(b->sync), 3, 1));
	assert_false(ym_sync_state_is_even(ym_sync_now(b->sync), 3, 0));
}

/* -- answers out of form -- */

struct taken { int n; };

static enum ym_code
take(void *user, int64_t number, const char *kind, const void *sealed, size_t n, struct ym_error *err)
{
	((struct taken *)user)->n++;
	return YM_OK;
}

static enum ym_code
parse_feed(const char *text, int64_t after, struct taken *t, int *ret_n)
{
	YM_JSON *data = NULL;

	assert_int_equal(ym_json_parse(text, strlen(text), "feed", &data, NULL), YM_OK);
	return ym_answer_feed(data, after, take, t, ret_n, NULL);
}

static void
a_feed_out_of_form_is_refused(void **state)
{
	static const char *const texts[] = {
		"{}", "{\"entries\":{}}", "{\"entries\":[1]}", "{\"entries\":[{}]}",
		"{\"entries\":[{\"number\":\"1\",\"kind\":\"a.b\",\"sealed\":\"QQ==\"}]}",
		"{\"entries\":[{\"number\":1.0,\"kind\":\"a.b\",\"sealed\":\"QQ==\"}]}",
		"{\"entries\":[{\"number\":-1,\"kind\":\"a.b\",\"sealed\":\"QQ==\"}]}",
		"{\"entries\":[{\"number\":2,\"kind\":\"a.b\",\"sealed\":\"QQ==\"}]}",
		"{\"entries\":[{\"number\":0,\"kind\":\"a.b\",\"sealed\":\"QQ==\"}]}",
		"{\"entries\":[{\"number\":1,\"kind\":\"\",\"sealed\":\"QQ==\"}]}",
		"{\"entries\":[{\"number\":1,\"kind\":\"A b\",\"sealed\":\"QQ==\"}]}",
		"{\"entries\":[{\"number\":1,\"kind\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"sealed\":\"QQ==\"}]}",
		"{\"entries\":[{\"number\":1,\"kind\":\"a.b\",\"sealed\":\"\"}]}",
		"{\"entries\":[{\"number\":1,\"kind\":\"a.b\",\"sealed\":\"Q\"}]}",
		"{\"entries\":[{\"number\":1,\"kind\":\"a.b\",\"sealed\":null}]}",
		/* the first is good, and is not taken either */
		"{\"entries\":[{\"number\":1,\"kind\":\"a.b\",\"sealed\":\"QQ==\"},{\"number\":1,\"kind\":\"a.b\",\"sealed\":\"QQ==\"}]}",
		"{\"entries\":[{\"number\":1,\"kind\":\"a.b\",\"sealed\":\"QQ==\"},{\"number\":2,\"kind\":\"a.b\",\"sealed\":\"!\"}]}",
	};
	int n = -1;

	for (size_t i = 0; i < YM_ARRAY_LEN(texts); i++) {
		struct taken t = { 0 };

		assert_int_equal(parse_feed(texts[i], 0, &t, &n), YM_INVALID);
		assert_int_equal(t.n, 0);
		assert_int_equal(n, -1);
	}
}

static void
a_hundred_entries_fit_and_no_more(void **state)
{
	for (int entries = 100; entries <= 101; entries++) {
		YM_BUF text = { 0 };
		struct taken t = { 0 };
		int n = -1;

		ym_buf_adds(&text, "{\"entries\":[");
		for (int i = 0; i < entries; i++)
			ym_buf_addf(&text, "%s{\"number\":%d,\"kind\":\"a\",\"sealed\":\"QQ==\"}", i ? "," : "", i + 41);
		ym_buf_adds(&text, "]}");
		assert_int_equal(parse_feed(text.data, 40, &t, &n), entries == 100 ? YM_OK : YM_INVALID);
		assert_int_equal(t.n, entries == 100 ? 100 : 0);
	}
}

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
a_head_out_of_form_is_refused(void **state)
{
	static const char *const texts[] = {
		"{}", "{\"seq\":1,\"hash\":\"" HASH "\",\"tally\":{\"events\":1,\"quarantined\":0}}",
		"{\"seq\":-1,\"hash\":\"" HASH "\",\"tally\":{\"events\":1,\"quarantined\":0},\"feed\":0}",
		"{\"seq\":1,\"hash\":\"" HASH "0\",\"tally\":{\"events\":1,\"quarantined\":0},\"feed\":0}",
		"{\"seq\":1,\"hash\":\"ABCDEF6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"tally\":{\"events\":1,\"quarantined\":0},\"feed\":0}",
		"{\"seq\":1,\"hash\":\"" HASH "\",\"tally\":[1,0],\"feed\":0}",
		"{\"seq\":1,\"hash\":\"" HASH "\",\"tally\":{\"events\":true,\"quarantined\":0},\"feed\":0}",
	};
	static const char good[] = "{\"seq\":7,\"hash\":\"" HASH "\",\"tally\":{\"events\":7,\"quarantined\":2},\"feed\":3}";
	struct ym_answer_head head = { .seq = 99 };
	YM_JSON *data = NULL;

	for (size_t i = 0; i < YM_ARRAY_LEN(texts); i++) {
		YM_JSON *bad = NULL;

		assert_int_equal(ym_json_parse(texts[i], strlen(texts[i]), "head", &bad, NULL), YM_OK);
		assert_int_equal(ym_answer_head(bad, &head, NULL), YM_INVALID);
		assert_int_equal(head.seq, 99);
	}
	assert_int_equal(ym_json_parse(good, strlen(good), "head", &data, NULL), YM_OK);
	assert_int_equal(ym_answer_head(data, &head, NULL), YM_OK);
	assert_int_equal(head.seq, 7);
	assert_int_equal(head.quarantined, 2);
	assert_int_equal(head.feed, 3);
}

static void
a_blobs_state_out_of_form_is_refused(void **state)
{
	static const char *const texts[] = { "{}", "{\"have\":-1}", "{\"have\":11,\"whole\":false}", "{\"have\":9,\"whole\":true}" };
	int64_t have = 99;
	bool whole = false;
	YM_JSON *data = json_pack("{s:i,s:b}", "have", 10, "whole", 1);

	for (size_t i = 0; i < YM_ARRAY_LEN(texts); i++) {
		YM_JSON *bad = NULL;

		assert_int_equal(ym_json_parse(texts[i], strlen(texts[i]), "blob", &bad, NULL), YM_OK);
		assert_int_equal(ym_answer_blob(bad, 10, &have, &whole, NULL), YM_INVALID);
		assert_int_equal(have, 99);
	}
	assert_int_equal(ym_answer_blob(data, 10, &have, &whole, NULL), YM_OK);
	assert_true(whole);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, bed_setup, bed_teardown)
	static const struct CMUnitTest tests[] = {
		T(entries_come_in_order_and_each_once),
		T(a_lost_answer_is_asked_for_again),
		T(a_feed_with_a_gap_is_refused_whole),
		T(losing_sync_db_loses_nothing),
		T(news_of_a_quarantine_brings_the_new_tally),
		cmocka_unit_test(a_feed_out_of_form_is_refused),
		cmocka_unit_test(a_hundred_entries_fit_and_no_more),
		cmocka_unit_test(a_head_out_of_form_is_refused),
		cmocka_unit_test(a_blobs_state_out_of_form_is_refused),
	};

	return cmocka_run_group_tests_name("sync/feed", tests, NULL, NULL);
}
