/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The log: chained, sealed, erasable, rebuilt identically; every kind of tampering is named with
 * its event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <sys/wait.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "folder.h"

#define VISIT "01930000-0000-7000-8000-000000000001"
#define OTHER "01930000-0000-7000-8000-000000000002"
#define MARKER "标记MARKER-4711"

static int64_t
append(struct desk *d, const char *visit, const char *kind, const char *body)
{
	struct ym_event_draft e = { .kind = kind,
		.visit = visit,
		.case_no = "2299-1",
		.account = ACCOUNT,
		.body = body,
		.attrs = { { "state", "accepted" } },
		.n_attrs = 1 };
	struct ym_error err = { 0 };
	int64_t seq = 0;

	if (ym_log_append(d->log, &e, &seq, &err))
		fail_msg("%s: %s", err.msgid, err.detail);
	return seq;
}

struct seen {
	int n;
	int64_t last;
	char kinds[200], bodies[2000];
	int erased;
	char wrap[1100];
	int wraps;
};

static bool
see(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	struct seen *s = user;

	s->n++;
	s->last = ev->h.seq;
	strcat(strcat(s->kinds, ev->h.kind), " ");
	strcat(strcat(s->bodies, body ? body : "-"), " ");
	s->erased += erased;
	if (ym_event_attr(&ev->h, "wrap")[0]) {
		snprintf(s->wrap, sizeof s->wrap, "%s", ym_event_attr(&ev->h, "wrap"));
		s->wraps++;
	}
	return true;
}

static void
events_come_back_in_order_with_their_bodies(void **state)
{
	struct desk *d = *state;
	struct seen s = { 0 };
	uint8_t hash[YM_SM3_LEN];

	assert_int_equal(ym_log_head(d->log, hash), 0);
	assert_int_equal(append(d, VISIT, "visit.opened", "{\"name\":\"张三\"}"), 1);
	assert_int_equal(append(d, VISIT, "case.accepted", NULL), 2);
	assert_int_equal(append(d, "", "shift.opened", "{\"n\":1}"), 3);
	assert_int_equal(ym_log_head(d->log, hash), 3);
	assert_int_equal(ym_log_walk(d->db, d->keys, 1, 0, see, &s, NULL), YM_OK);
	assert_string_equal(s.kinds, "visit.opened case.accepted shift.opened ");
	assert_string_equal(s.bodies, "{\"name\":\"张三\"} - {\"n\":1} ");
	memset(&s, 0, sizeof s);
	assert_int_equal(ym_log_walk(d->db, d->keys, 2, 2, see, &s, NULL), YM_OK);
	assert_string_equal(s.kinds, "case.accepted ");
}

static void
headers_are_read_without_keys_and_bodies_are_not(void **state)
{
	struct desk *d = *state;
	struct seen s = { 0 };

	append(d, VISIT, "visit.opened", "{\"name\":\"x\"}");
	assert_int_equal(ym_log_walk(d->db, NULL, 1, 0, see, &s, NULL), YM_OK);
	assert_string_equal(s.bodies, "- ");
	assert_int_equal(s.erased, 0);
	ym_keys_lock(d->keys);
	memset(&s, 0, sizeof s);
	assert_int_equal(ym_log_walk(d->db, d->keys, 1, 0, see, &s, NULL), YM_OK);
	assert_string_equal(s.bodies, "- ");
}

static void
a_locked_desk_appends_no_body(void **state)
{
	struct desk *d = *state;
	struct ym_event_draft e = { .kind = "visit.opened", .visit = VISIT, .body = "{}" };

	ym_keys_lock(d->keys);
	assert_int_equal(ym_log_append(d->log, &e, NULL, NULL), YM_STATE);
	e.body = NULL;
	assert_int_equal(ym_log_append(d->log, &e, NULL, NULL), YM_OK);
}

static void
the_first_event_of_a_scope_carries_its_key_for_the_central(void **state)
{
	struct desk *d = *state;
	struct seen s = { 0 };
	uint8_t wrapped[512], held[YM_KEY_LEN];
	YM_BUF key = { 0 };
	bool fresh;

	append(d, VISIT, "visit.opened", "{}");
	append(d, VISIT, "visit.closed", "{}");
	assert_int_equal(ym_log_walk(d->db, d->keys, 1, 0, see, &s, NULL), YM_OK);
	assert_int_equal(s.wraps, 1);
	assert_true(ym_unhex(wrapped, strlen(s.wrap) / 2, s.wrap));
	assert_int_equal(ym_sm2_unwrap(d->central, wrapped, strlen(s.wrap) / 2, &key, NULL), YM_OK);
	assert_int_equal(ym_keys_scope(d->keys, VISIT, false, held, &fresh, NULL), YM_OK);
	assert_int_equal(key.len, sizeof held);
	assert_memory_equal(key.data, held, sizeof held);
}

static void
the_wrap_is_sent_again_when_its_first_event_was_rolled_back(void **state)
{
	struct desk *d = *state;
	struct seen s = { 0 };

	assert_int_equal(ym_db_begin(d->db, NULL), YM_OK);
	append(d, VISIT, "visit.opened", "{}");
	ym_db_rollback(d->db);
	append(d, VISIT, "visit.opened", "{}");
	assert_int_equal(ym_log_walk(d->db, d->keys, 1, 0, see, &s, NULL), YM_OK);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.wraps, 1);
	assert_string_equal(s.bodies, "{} ");
}

static void
an_erased_visit_shows_erased_and_the_chain_still_verifies(void **state)
{
	struct desk *d = *state;
	struct seen s = { 0 };
	int64_t n = 0;
	struct ym_event_draft e = { .kind = "visit.opened", .visit = VISIT, .body = "{}" };

	append(d, VISIT, "visit.opened", "{\"a\":1}");
	append(d, OTHER, "visit.opened", "{\"b\":2}");
	assert_int_equal(ym_keys_erase_scope(d->keys, VISIT, NULL), YM_OK);
	assert_int_equal(ym_db_truncate(d->db, NULL), YM_OK);
	assert_int_equal(ym_log_walk(d->db, d->keys, 1, 0, see, &s, NULL), YM_OK);
	assert_string_equal(s.bodies, "- {\"b\":2} ");
	assert_int_equal(s.erased, 1);
	assert_int_equal(ym_log_verify(d->db, &n, NULL), YM_OK);
	assert_int_equal(n, 2);
	assert_int_equal(ym_log_append(d->log, &e, NULL, NULL), YM_GONE);
	/* Retention may drop the sealed bytes too; only an erased event may lack them. */
	assert_int_equal(ym_db_exec(d->db, "DELETE FROM event_body WHERE seq = 1", NULL), YM_OK);
	assert_int_equal(ym_log_verify(d->db, &n, NULL), YM_OK);
	assert_int_equal(ym_db_exec(d->db, "DELETE FROM event_body WHERE seq = 2", NULL), YM_OK);
	assert_int_equal(ym_log_verify(d->db, &n, NULL), YM_CORRUPT);
}

static void
fill_five(struct desk *d)
{
	for (int i = 0; i < 5; i++)
		append(d, i % 2 ? VISIT : OTHER, "case.noted",
			"{\"text\":\"something that was said\"}");
}

static void
expect_broken(struct desk *d, const char *seq, const char *word)
{
	struct ym_error err = { 0 };
	int64_t n = -1;

	assert_int_equal(ym_log_verify(d->db, &n, &err), YM_CORRUPT);
	assert_string_equal(err.subject, seq);
	if (!strstr(err.detail, word))
		fail_msg("'%s' does not say '%s'", err.detail, word);
	assert_int_equal(n, -1);
}

/* One byte of a column of event 3, changed at every place in turn; then put back. */
static void
corrupt_each_byte(struct desk *d, const char *read, const char *write, const char *first_bad,
	const char *word)
{
	struct ym_stmt *s = ym_db_sql(d->db, read);
	YM_BUF bytes = { 0 };
	const void *data;
	size_t n;
	int64_t ok;

	assert_int_equal(ym_stmt_step(s, NULL), YM_OK);
	data = ym_stmt_col_blob(s, 0, &n);
	ym_buf_add(&bytes, data, n);
	ym_stmt_done(s);
	for (size_t i = 0; i < n; i++) {
		for (int put_back = 0; put_back < 2; put_back++) {
			bytes.data[i] ^= 0x01;
			s = ym_db_sql(d->db, write);
			ym_stmt_blob(s, "v", bytes.data, bytes.len);
			assert_int_equal(ym_stmt_run(s, NULL), YM_OK);
			if (!put_back)
				expect_broken(d, first_bad, word);
		}
	}
	assert_int_equal(ym_log_verify(d->db, &ok, NULL), YM_OK);
}

static void
every_changed_byte_of_header_hash_and_ciphertext_is_found(void **state)
{
	struct desk *d = *state;

	fill_five(d);
	corrupt_each_byte(d, "SELECT header FROM event WHERE seq = 3",
		"UPDATE event SET header = :v WHERE seq = 3", "3", "");
	corrupt_each_byte(d, "SELECT hash FROM event WHERE seq = 3",
		"UPDATE event SET hash = :v WHERE seq = 3", "3", "hash");
	corrupt_each_byte(d,
		"SELECT substr(sealed, 1, length(sealed) - 32) FROM event_body WHERE seq = 3",
		"UPDATE event_body SET sealed = CAST(:v || substr(sealed, -32) AS BLOB) WHERE seq = 3",
		"3", "body digest");
}

static void
a_changed_mac_keeps_the_chain_and_the_body_shut(void **state)
{
	struct desk *d = *state;
	struct seen s = { 0 };
	int64_t n;

	fill_five(d);
	assert_int_equal(
		ym_db_exec(d->db,
			"UPDATE event_body SET sealed = CAST(substr(sealed, 1, length(sealed) - 2) || x'beef' "
			"AS BLOB) WHERE seq = 3",
			NULL),
		YM_OK);
	assert_int_equal(ym_log_verify(d->db, &n, NULL), YM_OK);
	assert_int_equal(ym_log_walk(d->db, d->keys, 3, 3, see, &s, NULL), YM_OK);
	assert_string_equal(s.bodies, "- ");
	assert_int_equal(s.erased, 0);
}

static void
missing_swapped_and_added_events_are_found(void **state)
{
	struct desk *d = *state;

	fill_five(d);
	assert_int_equal(ym_db_begin(d->db, NULL), YM_OK);
	assert_int_equal(
		ym_db_exec(d->db,
			"DELETE FROM event_body WHERE seq = 2; DELETE FROM event WHERE seq = 2",
			NULL),
		YM_OK);
	expect_broken(d, "2", "order");
	ym_db_rollback(d->db);

	assert_int_equal(ym_db_begin(d->db, NULL), YM_OK);
	assert_int_equal(
		ym_db_exec(d->db,
			"CREATE TEMP TABLE t AS SELECT * FROM event WHERE seq IN (2, 3);"
			"UPDATE event SET header = (SELECT header FROM t WHERE seq = 3), hash = (SELECT hash FROM t WHERE seq = 3) "
			"WHERE seq = 2",
			NULL),
		YM_OK);
	expect_broken(d, "2", "order");
	ym_db_rollback(d->db);

	/* The last one cut off is no break in the chain: the head that was acknowledged tells
	 * (sync). */
	assert_int_equal(ym_db_begin(d->db, NULL), YM_OK);
	assert_int_equal(
		ym_db_exec(d->db,
			"INSERT INTO event SELECT 6, header, hash FROM event WHERE seq = 5", NULL),
		YM_OK);
	expect_broken(d, "6", "order");
	ym_db_rollback(d->db);

	assert_int_equal(ym_db_begin(d->db, NULL), YM_OK);
	assert_int_equal(
		ym_db_exec(d->db,
			"UPDATE event_body SET sealed = (SELECT sealed FROM event_body WHERE seq = 5) "
			"WHERE seq = 3",
			NULL),
		YM_OK);
	expect_broken(d, "3", "body");
	ym_db_rollback(d->db);

	assert_int_equal(ym_db_begin(d->db, NULL), YM_OK);
	assert_int_equal(
		ym_db_exec(d->db, "UPDATE event SET header = x'00' WHERE seq = 4", NULL), YM_OK);
	expect_broken(d, "4", "header");
	ym_db_rollback(d->db);
}

/* As the central does: the hash is made anew, the body must be the header's. */
static void
take_one(const struct ym_event *ev, const uint8_t previous[YM_SM3_LEN])
{
	struct ym_event in = { .header = ev->header, .header_n = ev->header_n, .body = ev->body, .body_n = ev->body_n };
	struct ym_sm3 *sm3 = ym_sm3_new();
	YM_BUF scratch = { 0 };

	assert_int_equal(ym_event_take(&in, previous, false, &scratch, sm3, NULL), YM_OK);
	assert_memory_equal(in.hash, ev->hash, YM_SM3_LEN);
	assert_int_equal(in.h.seq, ev->h.seq);
	assert_int_not_equal(ym_event_take(&in, previous, true, &scratch, sm3, NULL), YM_OK);
	in.body = NULL;
	in.body_n = 0;
	assert_int_equal(ym_event_take(&in, previous, false, &scratch, sm3, NULL), YM_CORRUPT);
	assert_int_equal(ym_event_take(&in, previous, true, &scratch, sm3, NULL), YM_OK);
	ym_sm3_free(sm3);
}

static bool
verify_one(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	uint8_t *previous = user;
	struct ym_event copy = *ev;

	assert_int_equal(ym_event_verify(ev, previous, NULL), YM_OK);
	copy.body = NULL;
	copy.body_n = 0;
	assert_int_equal(ym_event_verify(&copy, previous, NULL), YM_CORRUPT);
	take_one(ev, previous);
	memcpy(previous, ev->hash, YM_SM3_LEN);
	assert_int_equal(ym_event_verify(ev, previous, NULL), YM_CORRUPT);
	return true;
}

static void
single_events_verify_against_their_predecessor(void **state)
{
	struct desk *d = *state;
	uint8_t previous[YM_SM3_LEN] = { 0 };

	fill_five(d);
	assert_int_equal(ym_log_walk(d->db, NULL, 1, 0, verify_one, previous, NULL), YM_OK);
}

/* -- folding -- */

static enum ym_code
fold(void *user, struct ym_db *db, const struct ym_event *ev, const char *body,
	struct ym_error *err)
{
	struct ym_stmt *s =
		ym_db_sql(db, "INSERT INTO view_t (seq, kind, body) VALUES (:seq, :kind, :body)");
	int *fail_at = user;

	if (fail_at && ev->h.seq == *fail_at)
		return ym_fail(err, YM_REFUSED, "no", "as told");
	ym_stmt_int(s, "seq", ev->h.seq);
	ym_stmt_text(s, "kind", ev->h.kind);
	ym_stmt_text(s, "body", body);
	return ym_stmt_run(s, err);
}

static void
make_view(struct desk *d, int *fail_at)
{
	assert_int_equal(
		ym_db_exec(d->db,
			"CREATE TABLE view_t (seq INTEGER PRIMARY KEY, kind TEXT, body TEXT) STRICT",
			NULL),
		YM_OK);
	ym_log_set_fold(d->log, fold, fail_at);
}

static void
a_rebuild_equals_what_was_folded(void **state)
{
	static const char *const tables[] = { "view_t" };
	struct desk *d = *state;
	YM_BUF before = { 0 }, after = { 0 };

	make_view(d, NULL);
	fill_five(d);
	assert_int_equal(ym_db_dump(d->db, tables, 1, &before, NULL), YM_OK);
	assert_non_null(strstr(ym_buf_str(&before), "5|'case.noted'"));
	assert_int_equal(
		ym_db_exec(d->db,
			"UPDATE view_t SET kind = 'spoilt'; DELETE FROM view_t WHERE seq = 2",
			NULL),
		YM_OK);
	assert_int_equal(ym_log_rebuild(d->log, tables, 1, NULL), YM_OK);
	assert_int_equal(ym_db_dump(d->db, tables, 1, &after, NULL), YM_OK);
	assert_string_equal(ym_buf_str(&before), ym_buf_str(&after));
}

static void
a_rebuild_that_fails_leaves_the_views_as_they_were(void **state)
{
	static const char *const tables[] = { "view_t" };
	struct desk *d = *state;
	YM_BUF before = { 0 }, after = { 0 };
	struct ym_error err = { 0 };
	int fail_at = 0;

	make_view(d, &fail_at);
	fill_five(d);
	assert_int_equal(ym_db_dump(d->db, tables, 1, &before, NULL), YM_OK);
	fail_at = 4;
	assert_int_equal(ym_log_rebuild(d->log, tables, 1, NULL), YM_REFUSED);
	fail_at = 0;
	assert_int_equal(ym_db_dump(d->db, tables, 1, &after, NULL), YM_OK);
	assert_string_equal(ym_buf_str(&before), ym_buf_str(&after));
	/* A body that does not open must not quietly fold as nothing. */
	assert_int_equal(ym_db_exec(d->db,
				 "UPDATE event_body SET sealed = zeroblob(80) WHERE seq = 2", NULL),
		YM_OK);
	assert_int_equal(ym_log_rebuild(d->log, tables, 1, &err), YM_CORRUPT);
	assert_string_equal(err.subject, "2");
	ym_keys_lock(d->keys);
	assert_int_equal(ym_log_rebuild(d->log, tables, 1, NULL), YM_STATE);
}

static void
a_fold_that_refuses_leaves_no_event(void **state)
{
	struct desk *d = *state;
	struct ym_event_draft e = { .kind = "case.accepted", .visit = VISIT, .body = "{}" };
	uint8_t hash[YM_SM3_LEN], key[YM_KEY_LEN];
	int fail_at = 1;
	bool fresh;

	make_view(d, &fail_at);
	assert_int_equal(ym_log_append(d->log, &e, NULL, NULL), YM_REFUSED);
	assert_int_equal(ym_log_head(d->log, hash), 0);
	assert_int_equal(ym_keys_scope(d->keys, VISIT, false, key, &fresh, NULL), YM_NOTFOUND);
	assert_false(ym_db_in_transaction(d->db));
}

/* -- clear text, and death -- */

static void
no_file_holds_a_bodys_text(void **state)
{
	struct desk *d = *state;

	append(d, VISIT, "visit.opened",
		"{\"name\":\"" MARKER "\",\"more\":\"" MARKER MARKER "\"}");
	assert_int_equal(
		ym_draft_save(d->db, d->keys, "visit:1", "{\"x\":\"" MARKER "\"}", NULL), YM_OK);
	/* The search itself works: a kind is in clear. */
	assert_true(folder_contains(d->dir, "visit.opened"));
	assert_false(folder_contains(d->dir, MARKER));
	assert_int_equal(ym_draft_drop(d->db, "visit:1", NULL), YM_OK);
	assert_true(ym_db_checkpoint(d->db) >= 0);
	assert_false(folder_contains(d->dir, MARKER));
	assert_false(folder_contains(d->dir, PASSWORD));
	desk_reopen(d);
	assert_false(folder_contains(d->dir, MARKER));
}

static void
a_killed_writer_leaves_whole_events_only(void **state)
{
	struct desk *d = *state;
	struct seen s = { 0 };
	int64_t n = 0;
	pid_t pid;
	int status;

	append(d, VISIT, "visit.opened", "{}");
	desk_close(d);
	pid = fork();
	if (pid == 0) {
		/* The first is committed; the second dies inside its transaction. */
		assert_int_equal(ym_desk_open(d->dir, YM_DB_LOCK, &d->db, NULL), YM_OK);
		assert_int_equal(ym_keys_open(d->db, &d->keys, NULL), YM_OK);
		assert_int_equal(ym_keys_unlock_password(d->keys, ACCOUNT, PASSWORD, NULL), YM_OK);
		assert_int_equal(ym_log_open(d->db, d->keys, &d->log, NULL), YM_OK);
		append(d, VISIT, "case.accepted", "{}");
		assert_int_equal(ym_db_begin(d->db, NULL), YM_OK);
		append(d, VISIT, "fee.paid", "{}");
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(ym_desk_open(d->dir, YM_DB_LOCK, &d->db, NULL), YM_OK);
	assert_int_equal(ym_keys_open(d->db, &d->keys, NULL), YM_OK);
	assert_int_equal(ym_log_walk(d->db, NULL, 1, 0, see, &s, NULL), YM_OK);
	assert_string_equal(s.kinds, "visit.opened case.accepted ");
	assert_int_equal(ym_log_verify(d->db, &n, NULL), YM_OK);
	assert_int_equal(n, 2);
}

static void
events_beyond_the_headers_limits_are_refused(void **state)
{
	struct desk *d = *state;
	struct ym_event_draft e = { .kind = "", .visit = VISIT };
	char longest[1100];

	assert_int_equal(ym_log_append(d->log, &e, NULL, NULL), YM_INVALID);
	e.kind = "case.noted";
	memset(longest, 'a', sizeof longest);
	longest[1025] = 0;
	e.attrs[0] = (struct ym_attr){ "k", longest };
	e.n_attrs = 1;
	assert_int_equal(ym_log_append(d->log, &e, NULL, NULL), YM_INVALID);
	longest[1024] = 0;
	assert_int_equal(ym_log_append(d->log, &e, NULL, NULL), YM_OK);
	e.case_no = longest;
	assert_int_equal(ym_log_append(d->log, &e, NULL, NULL), YM_INVALID);
	assert_false(ym_db_in_transaction(d->db));
}

static void
a_second_desk_cannot_be_made_in_the_same_folder(void **state)
{
	struct desk *d = *state;

	assert_int_equal(ym_log_create(d->db, ym_log_identity(d->log), NULL), YM_CONFLICT);
	assert_int_equal(ym_keys_create(d->keys, ACCOUNT, PASSWORD, d->central, NULL), YM_CONFLICT);
	assert_string_equal(ym_log_identity(d->log)->station_name, "试验派出所");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, desk_setup, desk_teardown)
	const struct CMUnitTest tests[] = {
		T(events_come_back_in_order_with_their_bodies),
		T(headers_are_read_without_keys_and_bodies_are_not),
		T(a_locked_desk_appends_no_body),
		T(the_first_event_of_a_scope_carries_its_key_for_the_central),
		T(the_wrap_is_sent_again_when_its_first_event_was_rolled_back),
		T(an_erased_visit_shows_erased_and_the_chain_still_verifies),
		T(every_changed_byte_of_header_hash_and_ciphertext_is_found),
		T(a_changed_mac_keeps_the_chain_and_the_body_shut),
		T(missing_swapped_and_added_events_are_found),
		T(single_events_verify_against_their_predecessor),
		T(a_rebuild_equals_what_was_folded),
		T(a_rebuild_that_fails_leaves_the_views_as_they_were),
		T(a_fold_that_refuses_leaves_no_event),
		T(no_file_holds_a_bodys_text),
		T(a_killed_writer_leaves_whole_events_only),
		T(events_beyond_the_headers_limits_are_refused),
		T(a_second_desk_cannot_be_made_in_the_same_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
