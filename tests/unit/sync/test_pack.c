/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Catalogues that the feed announced: fetched whole and once, one at a time, and again when it went wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "bed.h"

/* What the workstation does with pack.available: an event, and a line of view_feed. */
static void
announce(struct bed *b, int number, const char *version, const char *effective, const char *bytes)
{
	uint8_t digest[YM_SM3_LEN];
	char sm3[65], text[24];
	struct ym_event_draft e = { .kind = "feed.applied", .account = ACCOUNT, .n_attrs = 5 };
	struct ym_stmt *q;
	int64_t seq = 0;

	ym_sm3(bytes, strlen(bytes), digest);
	ym_hex(sm3, digest, sizeof digest);
	snprintf(text, sizeof text, "%d", number);
	e.attrs[0] = (struct ym_attr){ "number", text };
	e.attrs[1] = (struct ym_attr){ "feed", "pack.available" };
	e.attrs[2] = (struct ym_attr){ "version", version };
	e.attrs[3] = (struct ym_attr){ "effective", effective };
	e.attrs[4] = (struct ym_attr){ "sm3", sm3 };
	assert_int_equal(ym_log_append(b->desk.log, &e, &seq, NULL), YM_OK);
	q = ym_db_sql(b->desk.db, "INSERT INTO view_feed (number, kind, seq) VALUES (:number, 'pack.available', :seq)");
	ym_stmt_int(q, "number", number);
	ym_stmt_int(q, "seq", seq);
	assert_int_equal(ym_stmt_run(q, NULL), YM_OK);
	ym_stmt_done(q);
}

static void
check_incoming(struct bed *b, const char *bytes)
{
	YM_FREE char *path = ym_asprintf("%s/pack.incoming", b->desk.dir);
	YM_BUF text = { .max = 4096 };

	if (!bytes) {
		assert_false(ym_file_exists(path));
		return;
	}
	assert_int_equal(ym_file_read(path, 4000, &text, NULL), YM_OK);
	assert_string_equal(ym_buf_str(&text), bytes);
	assert_int_equal(unlink(path), 0);
}

static void
serve(struct bed *b, const char *version, const char *bytes)
{
	b->peer->pack_version = version;
	b->peer->pack = bytes;
}

static void
an_announced_catalogue_comes_whole_and_once(void **state)
{
	struct bed *b = *state;

	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_DONE);
	announce(b, 1, "2", "2999-01-01", "the second pack");
	serve(b, "2", "the second pack");
	b->locked = true; /* nobody need be signed in */
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_MORE);
	assert_string_equal(b->last_path, "/v1/packs/2");
	/* not taken yet: nothing more */
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_DONE);
	check_incoming(b, "the second pack");
	b->n = 0;
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_DONE);
	bed_reopen(b);
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_DONE);
	assert_int_equal(b->n, 0);
	check_incoming(b, NULL);
}

static void
what_is_not_the_announced_is_kept_out_and_asked_for_again(void **state)
{
	struct bed *b = *state;
	static const int lines[] = { LINE_DOWN, LINE_PORTAL, LINE_EMPTY, LINE_CUTS, LINE_PROXY_DOWN, LINE_LOSES_ANSWERS };

	announce(b, 1, "2", "2999-01-01", "the second pack");
	serve(b, "2", "the second pack");
	for (size_t i = 0; i < YM_ARRAY_LEN(lines); i++) {
		b->line = lines[i];
		assert_true(ym_outcome_is_failure(ym_sync_pack(b->sync)));
		assert_true(ym_sync_retry_ms(b->sync, YM_LANE_PACK) > 0);
		check_incoming(b, NULL);
		bed_reopen(b);
	}
	b->line = LINE_GOOD;
	serve(b, "2", "another pack");
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_FAILED_PORTAL);
	check_incoming(b, NULL);
	serve(b, "2", "the second pack");
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_MORE);
	check_incoming(b, "the second pack");
}

static void
a_catalogue_that_does_not_come_makes_nothing_out_of_step(void **state)
{
	struct bed *b = *state;
	uint8_t hash[YM_SM3_LEN];

	announce(b, 1, "2", "2999-01-01", "the second pack");
	assert_int_equal(ym_sync_all(b->sync), YM_SYNC_FAILED_REFUSED);
	assert_true(ym_sync_state_is_even(ym_sync_now(b->sync), ym_log_head(b->desk.log, hash), 0));
	assert_string_equal(bed_state(b).detail, "The central does not hand out the catalogue that it announced");
}

static void
one_that_is_refused_holds_up_no_other(void **state)
{
	struct bed *b = *state;

	announce(b, 1, "2", "2999-01-01", "the second pack");
	announce(b, 2, "3", "2999-02-01", "the third pack");
	serve(b, "3", "the third pack");
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_FAILED_REFUSED);
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_MORE);
	check_incoming(b, "the third pack");
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_DONE);
	/* a person asks, or a new start: the first one is looked for again */
	serve(b, "2", "the second pack");
	ym_sync_try_again(b->sync);
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_MORE);
	check_incoming(b, "the second pack");
}

static void
what_another_has_replaced_by_now_is_not_fetched(void **state)
{
	struct bed *b = *state;

	announce(b, 1, "1.1", "2020-01-01", "long ago");
	announce(b, 2, "1.2", "2020-02-01", "in force");
	announce(b, 3, "1.0", "2019-02-01", "older");
	announce(b, 4, "9", "2999-02-01", "to come");
	serve(b, "1.2", "in force");
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_MORE);
	check_incoming(b, "in force");
	serve(b, "9", "to come");
	b->n = 0;
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_MORE);
	check_incoming(b, "to come");
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_DONE);
	assert_int_equal(b->n, 1);
}

static void
a_version_that_is_no_name_is_never_a_path(void **state)
{
	struct bed *b = *state;

	announce(b, 1, "../../etc", "2999-01-01", "x");
	announce(b, 2, ".hidden", "2999-01-01", "x");
	announce(b, 3, "4", "some day", "x");
	b->n = 0;
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_DONE);
	assert_int_equal(b->n, 0);
}

static void
a_store_of_the_first_version_climbs(void **state)
{
	struct bed *b = *state;
	YM_FREE char *cmd = ym_asprintf("rm -f '%s'/sync.db*", b->desk.dir), *path = ym_asprintf("%s/sync.db", b->desk.dir);
	struct ym_schema first = ym_schema_sync;
	struct ym_db *old = NULL;

	ym_sync_close(b->sync);
	b->sync = NULL;
	assert_int_equal(system(cmd), 0);
	first.n_steps = 1;
	assert_int_equal(ym_db_open(path, &first, YM_DB_CREATE, &old, NULL), YM_OK);
	assert_int_equal(ym_db_exec(old, "UPDATE state SET feed_pulled = 7", NULL), YM_OK);
	ym_db_close(old);
	bed_open(b);
	assert_int_equal(ym_sync_now(b->sync)->feed_pulled, 7);
	announce(b, 1, "2", "2999-01-01", "the second pack");
	serve(b, "2", "the second pack");
	assert_int_equal(ym_sync_pack(b->sync), YM_SYNC_MORE);
	check_incoming(b, "the second pack");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, bed_setup, bed_teardown)
	static const struct CMUnitTest tests[] = {
		T(an_announced_catalogue_comes_whole_and_once),
		T(what_is_not_the_announced_is_kept_out_and_asked_for_again),
		T(a_catalogue_that_does_not_come_makes_nothing_out_of_step),
		T(one_that_is_refused_holds_up_no_other),
		T(what_another_has_replaced_by_now_is_not_fetched),
		T(a_version_that_is_no_name_is_never_a_path),
		T(a_store_of_the_first_version_climbs),
	};

	return cmocka_run_group_tests_name("sync/pack", tests, NULL, NULL);
}
