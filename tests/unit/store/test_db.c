/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The layer over SQLite: opening, the ladder, statements, nested transactions, and what bad files
 * and folders get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <sys/wait.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "folder.h"

static int fn_calls;

static enum ym_code
fill(struct ym_db *db, struct ym_error *err)
{
	fn_calls++;
	return ym_db_exec(db, "UPDATE t SET b = 'filled' WHERE b IS NULL", err);
}

static enum ym_code
refuse(struct ym_db *db, struct ym_error *err)
{
	return ym_fail(err, YM_CORRUPT, "no", "as told");
}

static const struct ym_schema_step STEPS[] = {
	{ "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL UNIQUE) STRICT; INSERT INTO t VALUES (1, 'one')",
		NULL },
	{ "ALTER TABLE t ADD COLUMN b TEXT", fill },
	{ "CREATE TABLE u (x INTEGER) STRICT", refuse },
};
static const struct ym_schema ONE = { "test", 0x594d5454, 4096, STEPS, 1 };
static const struct ym_schema TWO = { "test", 0x594d5454, 4096, STEPS, 2 };
static const struct ym_schema THREE = { "test", 0x594d5454, 4096, STEPS, 3 };
static const struct ym_schema ELSE = { "else", 0x594d5455, 4096, STEPS, 1 };

static char dir[64], path[96];

static int
setup(void **state)
{
	folder_make(dir);
	snprintf(path, sizeof path, "%s/test.db", dir);
	return 0;
}

static int
teardown(void **state)
{
	folder_remove(dir);
	return 0;
}

static struct ym_db *
open_new(void)
{
	struct ym_db *db = NULL;
	struct ym_error err = { 0 };

	if (ym_db_open(path, &ONE, YM_DB_CREATE, &db, &err))
		fail_msg("%s (%s)", err.msgid, err.detail);
	return db;
}

static int64_t
count(struct ym_db *db, const char *sql)
{
	struct ym_stmt *s = ym_db_sql(db, sql);
	int64_t n;

	assert_int_equal(ym_stmt_step(s, NULL), YM_OK);
	n = ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return n;
}

static enum ym_code
insert(struct ym_db *db, int64_t id, const char *a, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(db, "INSERT INTO t (id, a) VALUES (:id, :a)");

	ym_stmt_int(s, "id", id);
	ym_stmt_text(s, "a", a);
	return ym_stmt_run(s, err);
}

/* -- opening -- */

static void
what_is_absent_is_not_made_unasked(void **state)
{
	struct ym_db *db = NULL;
	struct stat st;

	assert_int_equal(ym_db_open(path, &ONE, 0, &db, NULL), YM_NOTFOUND);
	assert_int_equal(ym_db_open(path, &ONE, YM_DB_LOCK, &db, NULL), YM_NOTFOUND);
	assert_int_equal(ym_db_open(path, &ONE, YM_DB_READONLY, &db, NULL), YM_NOTFOUND);
	assert_int_not_equal(stat(path, &st), 0);
	assert_null(db);
	/* A creation that died before its first commit. */
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(ym_db_open(path, &ONE, 0, &db, NULL), YM_NOTFOUND);
	assert_int_equal(ym_db_open(path, &ONE, YM_DB_CREATE, &db, NULL), YM_OK);
	ym_db_close(db);
}

static void
a_new_file_is_private_and_set_up_as_promised(void **state)
{
	struct ym_db *db = open_new();
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(count(db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
	assert_int_equal(count(db, "SELECT * FROM pragma_synchronous"), 2);
	assert_int_equal(count(db, "SELECT * FROM pragma_foreign_keys"), 1);
	assert_int_equal(count(db, "SELECT * FROM pragma_trusted_schema"), 0);
	assert_int_equal(count(db, "SELECT * FROM pragma_cell_size_check"), 1);
	assert_int_equal(count(db, "SELECT * FROM pragma_user_version"), 1);
	assert_int_equal(count(db, "SELECT * FROM pragma_page_size"), 4096);
	ym_db_close(db);
	ym_db_close(NULL);
}

static void
the_ladder_climbs_from_any_version_once(void **state)
{
	struct ym_db *db = open_new();

	ym_db_close(db);
	fn_calls = 0;
	assert_int_equal(ym_db_open(path, &TWO, YM_DB_READONLY, &db, NULL), YM_STATE);
	assert_int_equal(ym_db_open(path, &TWO, 0, &db, NULL), YM_OK);
	assert_int_equal(count(db, "SELECT count(*) FROM t WHERE b = 'filled'"), 1);
	ym_db_close(db);
	assert_int_equal(ym_db_open(path, &TWO, 0, &db, NULL), YM_OK);
	ym_db_close(db);
	assert_int_equal(fn_calls, 1);
}

static void
a_step_that_fails_leaves_the_old_version(void **state)
{
	struct ym_db *db = open_new();

	ym_db_close(db);
	assert_int_equal(ym_db_open(path, &THREE, 0, &db, NULL), YM_CORRUPT);
	assert_int_equal(ym_db_open(path, &ONE, 0, &db, NULL), YM_OK);
	assert_int_equal(count(db, "SELECT count(*) FROM pragma_table_info('t')"), 2);
	ym_db_close(db);
}

static void
a_newer_file_and_a_strange_one_are_refused_with_a_sentence(void **state)
{
	struct ym_error err = { 0 };
	struct ym_db *db = NULL;

	assert_int_equal(ym_db_open(path, &TWO, YM_DB_CREATE, &db, NULL), YM_OK);
	ym_db_close(db);
	db = NULL;
	assert_int_equal(ym_db_open(path, &ONE, 0, &db, &err), YM_STATE);
	assert_non_null(strstr(err.msgid, "newer version"));
	assert_int_equal(ym_db_open(path, &ELSE, 0, &db, &err), YM_CORRUPT);
	assert_null(db);
}

static void
bytes_that_are_no_database_are_refused_and_left_alone(void **state)
{
	static const char junk[] =
		"This was a letter to somebody and no database at all, and it is long enough to have a header of "
		"one hundred bytes or more in it.";
	struct ym_error err = { 0 };
	struct ym_db *db = NULL;
	YM_BUF after = { 0 };
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	assert_int_equal(write(fd, junk, sizeof junk), sizeof junk);
	close(fd);
	assert_int_equal(ym_db_open(path, &ONE, YM_DB_CREATE, &db, &err), YM_CORRUPT);
	assert_string_equal(err.msgid, "This is not a data file of this program");
	fd = open(path, O_RDONLY);
	assert_int_equal(lseek(fd, 0, SEEK_END), sizeof junk);
	close(fd);
}

static void
a_damaged_page_is_corrupt_and_not_a_crash(void **state)
{
	struct ym_db *db = open_new();
	struct ym_error err = { 0 };
	struct ym_stmt *s;
	char zeros[4096] = { 0 };
	int fd;

	ym_db_close(db);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, zeros, sizeof zeros, 4096), sizeof zeros);
	close(fd);
	assert_int_equal(ym_db_open(path, &ONE, 0, &db, NULL), YM_OK);
	s = ym_db_sql(db, "SELECT a FROM t");
	assert_int_equal(ym_stmt_step(s, &err), YM_CORRUPT);
	assert_string_equal(err.msgid, "The data file is damaged");
	ym_db_close(db);
}

static void
a_folder_that_cannot_be_written_has_its_own_sentence(void **state)
{
	struct ym_error err = { 0 };
	struct ym_db *db = open_new();
	pid_t pid;
	int status;

	ym_db_close(db);
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(chmod(dir, 0500), 0);
	/* Root writes everywhere: the check runs as somebody else, to whom the folder is given. */
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_int_equal(chown(dir, 65534, 65534), 0);
	}
	pid = fork();
	if (pid == 0) {
		char absent[96];

		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(9);
		if (ym_db_open(path, &ONE, YM_DB_LOCK, &db, &err) != YM_IO ||
			!strstr(err.msgid, "cannot be written"))
			_exit(1);
		if (ym_db_open(path, &ONE, 0, &db, &err) != YM_IO ||
			!strstr(err.msgid, "cannot be written"))
			_exit(2);
		snprintf(absent, sizeof absent, "%s/absent.db", dir);
		if (ym_db_open(absent, &ONE, YM_DB_CREATE, &db, &err) != YM_IO ||
			!strstr(err.msgid, "cannot be written"))
			_exit(3);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
a_full_disk_has_its_own_sentence_and_keeps_what_was_there(void **state)
{
	struct ym_db *db = open_new();
	struct ym_error err = { 0 };
	YM_FREE char *large = ym_alloc(100001);

	memset(large, 'x', 100000);
	/* SQLite's own ceiling answers as a full disk does. */
	assert_int_equal(ym_db_exec(db, "PRAGMA max_page_count = 8", NULL), YM_OK);
	assert_int_equal(ym_db_begin(db, NULL), YM_OK);
	assert_int_equal(insert(db, 2, "two", NULL), YM_OK);
	assert_int_equal(insert(db, 3, large, &err), YM_IO);
	assert_string_equal(err.msgid, "The disk is full");
	ym_db_rollback(db);
	assert_int_equal(ym_db_exec(db, "PRAGMA max_page_count = 1000", NULL), YM_OK);
	assert_int_equal(count(db, "SELECT count(*) FROM t"), 1);
	assert_int_equal(insert(db, 2, "two", NULL), YM_OK);
	ym_db_close(db);
}

static void
one_writer_at_a_time_and_the_lock_dies_with_its_holder(void **state)
{
	struct ym_error err = { 0 };
	struct ym_db *a = NULL, *b = NULL, *reader = NULL;

	assert_int_equal(ym_db_open(path, &ONE, YM_DB_CREATE | YM_DB_LOCK, &a, NULL), YM_OK);
	assert_int_equal(ym_db_open(path, &ONE, YM_DB_LOCK, &b, &err), YM_BUSY);
	assert_non_null(strstr(err.msgid, "already working"));
	assert_int_equal(ym_db_open(path, &ONE, YM_DB_READONLY, &reader, NULL), YM_OK);
	assert_int_equal(count(reader, "SELECT count(*) FROM t"), 1);
	/* A reader never waits for an open write transaction, nor sees it. */
	assert_int_equal(ym_db_begin(a, NULL), YM_OK);
	assert_int_equal(insert(a, 2, "two", NULL), YM_OK);
	assert_int_equal(count(reader, "SELECT count(*) FROM t"), 1);
	assert_int_equal(ym_db_commit(a, NULL), YM_OK);
	assert_int_equal(count(reader, "SELECT count(*) FROM t"), 2);
	assert_int_equal(insert(reader, 3, "three", &err), YM_IO);
	ym_db_close(reader);
	ym_db_close(a);
	assert_int_equal(ym_db_open(path, &ONE, YM_DB_LOCK, &b, NULL), YM_OK);
	ym_db_close(b);
}

static void
a_second_writer_without_the_lock_gets_busy(void **state)
{
	struct ym_db *a = open_new(), *b = NULL;
	struct ym_error err = { 0 };

	assert_int_equal(ym_db_open(path, &ONE, 0, &b, NULL), YM_OK);
	assert_int_equal(ym_db_begin(a, NULL), YM_OK);
	assert_int_equal(ym_db_begin(b, &err), YM_BUSY);
	assert_false(ym_db_in_transaction(b));
	assert_int_equal(ym_db_commit(a, NULL), YM_OK);
	assert_int_equal(ym_db_begin(b, NULL), YM_OK);
	ym_db_rollback(b);
	ym_db_close(a);
	ym_db_close(b);
}

static void
a_plain_file_opens_read_only_without_companions(void **state)
{
	struct ym_db *db = NULL;
	char wal[128];
	struct stat st;

	assert_int_equal(ym_db_open(path, &ONE, YM_DB_CREATE | YM_DB_PLAIN, &db, NULL), YM_OK);
	ym_db_close(db);
	assert_int_equal(ym_db_open(path, &ONE, YM_DB_READONLY, &db, NULL), YM_OK);
	assert_int_equal(count(db, "SELECT count(*) FROM t"), 1);
	snprintf(wal, sizeof wal, "%s-shm", path);
	assert_int_not_equal(stat(wal, &st), 0);
	ym_db_close(db);
}

/* -- statements -- */

static void
every_kind_of_value_goes_in_and_comes_out(void **state)
{
	struct ym_db *db = open_new();
	struct ym_stmt *s;
	const void *blob;
	size_t n;

	s = ym_db_sql(db, "SELECT :t, :i, :b, :n, :e, :z");
	ym_stmt_text(s, "t", "文");
	ym_stmt_int(s, ":i", INT64_MIN);
	ym_stmt_blob(s, "b", "a\0b", 3);
	ym_stmt_text(s, "n", NULL);
	ym_stmt_blob(s, "e", "", 0);
	ym_stmt_text_n(s, "z", "cut here", 3);
	assert_int_equal(ym_stmt_step(s, NULL), YM_OK);
	assert_string_equal(ym_stmt_col_text(s, 0), "文");
	assert_true(ym_stmt_col_int(s, 1) == INT64_MIN);
	blob = ym_stmt_col_blob(s, 2, &n);
	assert_int_equal(n, 3);
	assert_memory_equal(blob, "a\0b", 3);
	assert_true(ym_stmt_col_is_null(s, 3));
	assert_string_equal(ym_stmt_col_text(s, 3), "");
	assert_false(ym_stmt_col_is_null(s, 4));
	assert_non_null(ym_stmt_col_blob(s, 4, &n));
	assert_int_equal(n, 0);
	assert_string_equal(ym_stmt_col_text(s, 5), "cut");
	assert_int_equal(ym_stmt_step(s, NULL), YM_NOTFOUND);
	ym_stmt_done(NULL);
	ym_db_close(db);
}

static void
a_reused_statement_forgets_its_parameters(void **state)
{
	static const char sql[] = "SELECT :a IS NULL";
	struct ym_db *db = open_new();
	struct ym_stmt *s = ym_db_sql(db, sql), *again;

	ym_stmt_int(s, "a", 1);
	assert_int_equal(ym_stmt_step(s, NULL), YM_OK);
	again = ym_db_sql(db, sql);
	assert_ptr_equal(s, again);
	assert_int_equal(ym_stmt_step(again, NULL), YM_OK);
	assert_int_equal(ym_stmt_col_int(again, 0), 1);
	ym_db_close(db);
}

static void
what_is_there_already_is_a_conflict_and_what_does_not_fit_is_invalid(void **state)
{
	struct ym_db *db = open_new();

	assert_int_equal(insert(db, 2, "one", NULL), YM_CONFLICT);
	assert_int_equal(insert(db, 1, "two", NULL), YM_CONFLICT);
	assert_int_equal(insert(db, 2, NULL, NULL), YM_INVALID);
	assert_int_equal(insert(db, 2, "two", NULL), YM_OK);
	assert_int_equal(ym_db_changes(db), 1);
	ym_db_close(db);
}

static void
expect_abort(void (*fn)(struct ym_db *db))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		freopen("/dev/null", "w", stderr);
		fn(open_new());
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void
bad_sql(struct ym_db *db)
{
	ym_db_sql(db, "SELEC 1");
}

static void
bad_param(struct ym_db *db)
{
	ym_stmt_int(ym_db_sql(db, "SELECT :a"), "b", 1);
}

static void
bad_commit(struct ym_db *db)
{
	if (ym_db_commit(db, NULL))
		_exit(1);
}

static void
a_programming_error_stops_the_program(void **state)
{
	expect_abort(bad_sql);
	expect_abort(bad_param);
	expect_abort(bad_commit);
}

/* -- transactions -- */

static void
transactions_nest_and_commit_once(void **state)
{
	struct ym_db *db = open_new(), *reader = NULL;

	assert_int_equal(ym_db_open(path, &ONE, YM_DB_READONLY, &reader, NULL), YM_OK);
	assert_int_equal(ym_db_begin(db, NULL), YM_OK);
	assert_int_equal(ym_db_begin(db, NULL), YM_OK);
	assert_int_equal(insert(db, 2, "two", NULL), YM_OK);
	assert_int_equal(ym_db_commit(db, NULL), YM_OK);
	assert_true(ym_db_in_transaction(db));
	assert_int_equal(count(reader, "SELECT count(*) FROM t"), 1);
	assert_int_equal(ym_db_commit(db, NULL), YM_OK);
	assert_false(ym_db_in_transaction(db));
	assert_int_equal(count(reader, "SELECT count(*) FROM t"), 2);
	ym_db_close(reader);
	ym_db_close(db);
}

static void
an_inner_rollback_undoes_all_and_stops_the_outer_one(void **state)
{
	struct ym_db *db = open_new();

	assert_int_equal(ym_db_begin(db, NULL), YM_OK);
	assert_int_equal(insert(db, 2, "two", NULL), YM_OK);
	assert_int_equal(ym_db_begin(db, NULL), YM_OK);
	assert_int_equal(insert(db, 3, "three", NULL), YM_OK);
	ym_db_rollback(db);
	/* Whoever did not notice writes nothing on its own account. */
	assert_int_equal(insert(db, 4, "four", NULL), YM_STATE);
	assert_int_equal(ym_db_exec(db, "DELETE FROM t", NULL), YM_STATE);
	assert_int_equal(ym_db_begin(db, NULL), YM_STATE);
	assert_int_equal(ym_db_commit(db, NULL), YM_STATE);
	assert_false(ym_db_in_transaction(db));
	assert_int_equal(count(db, "SELECT count(*) FROM t"), 1);
	assert_int_equal(insert(db, 2, "two", NULL), YM_OK);
	ym_db_close(db);
}

static void
a_close_inside_a_transaction_leaves_nothing(void **state)
{
	struct ym_db *db = open_new();

	assert_int_equal(ym_db_begin(db, NULL), YM_OK);
	assert_int_equal(insert(db, 2, "two", NULL), YM_OK);
	ym_db_close(db);
	assert_int_equal(ym_db_open(path, &ONE, 0, &db, NULL), YM_OK);
	assert_int_equal(count(db, "SELECT count(*) FROM t"), 1);
	ym_db_close(db);
}

static void
checkpoints_come_when_asked(void **state)
{
	struct ym_db *db = open_new(), *reader = NULL;
	struct ym_stmt *s;
	struct stat st;
	char wal[128];

	snprintf(wal, sizeof wal, "%s-wal", path);
	assert_int_equal(ym_db_open(path, &ONE, YM_DB_READONLY, &reader, NULL), YM_OK);
	s = ym_db_sql(reader, "SELECT a FROM t");
	assert_int_equal(ym_stmt_step(s, NULL), YM_OK);
	assert_int_equal(insert(db, 2, "two", NULL), YM_OK);
	/* A reader inside holds some pages back; it is never an error. */
	assert_true(ym_db_wal_pages(db) > 0);
	assert_true(ym_db_checkpoint(db) > 0);
	assert_int_equal(ym_db_truncate(db, NULL), YM_BUSY);
	ym_stmt_done(s);
	assert_int_equal(ym_db_checkpoint(db), 0);
	assert_int_equal(ym_db_wal_pages(db), 0);
	assert_int_equal(ym_db_truncate(db, NULL), YM_OK);
	assert_int_equal(stat(wal, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(ym_db_begin(db, NULL), YM_OK);
	assert_int_equal(ym_db_checkpoint(db), -1);
	ym_db_rollback(db);
	ym_db_close(reader);
	ym_db_close(db);
}

static void
an_attached_file_is_for_reading(void **state)
{
	struct ym_db *db = open_new(), *other = NULL;
	char strange[128];

	snprintf(strange, sizeof strange, "%s/odd%%20?#name.db", dir);
	assert_int_equal(ym_db_attach(db, strange, "odd", NULL), YM_NOTFOUND);
	assert_int_equal(ym_db_open(strange, &ONE, YM_DB_CREATE, &other, NULL), YM_OK);
	assert_int_equal(ym_db_attach(db, strange, "odd", NULL), YM_OK);
	assert_int_equal(count(db, "SELECT count(*) FROM odd.t"), 1);
	assert_int_equal(ym_db_exec(db, "DELETE FROM odd.t", NULL), YM_IO);
	ym_db_close(other);
	ym_db_close(db);
}

static void
a_dump_is_in_key_order(void **state)
{
	static const char *const tables[] = { "t" };
	struct ym_db *db = open_new();
	YM_BUF out = { 0 };

	assert_int_equal(insert(db, 10, "ten's", NULL), YM_OK);
	assert_int_equal(insert(db, 2, "two", NULL), YM_OK);
	assert_int_equal(ym_db_dump(db, tables, 1, &out, NULL), YM_OK);
	assert_string_equal(ym_buf_str(&out), "-- t\n1|'one'\n2|'two'\n10|'ten''s'\n");
	ym_db_close(db);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_is_absent_is_not_made_unasked),
		T(a_new_file_is_private_and_set_up_as_promised),
		T(the_ladder_climbs_from_any_version_once),
		T(a_step_that_fails_leaves_the_old_version),
		T(a_newer_file_and_a_strange_one_are_refused_with_a_sentence),
		T(bytes_that_are_no_database_are_refused_and_left_alone),
		T(a_damaged_page_is_corrupt_and_not_a_crash),
		T(a_folder_that_cannot_be_written_has_its_own_sentence),
		T(a_full_disk_has_its_own_sentence_and_keeps_what_was_there),
		T(one_writer_at_a_time_and_the_lock_dies_with_its_holder),
		T(a_second_writer_without_the_lock_gets_busy),
		T(a_plain_file_opens_read_only_without_companions),
		T(every_kind_of_value_goes_in_and_comes_out),
		T(a_reused_statement_forgets_its_parameters),
		T(what_is_there_already_is_a_conflict_and_what_does_not_fit_is_invalid),
		T(a_programming_error_stops_the_program),
		T(transactions_nest_and_commit_once),
		T(an_inner_rollback_undoes_all_and_stops_the_outer_one),
		T(a_close_inside_a_transaction_leaves_nothing),
		T(checkpoints_come_when_asked),
		T(an_attached_file_is_for_reading),
		T(a_dump_is_in_key_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
