/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What time does to cases at the central, in a store that was made before there were due dates in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "central/inner.h"
#include "store/desk.h"

#define PASSWORD "an invented password"
#define DAY_MS (24 * 3600 * 1000LL)

struct bed { char dir[64]; struct ym_central *c; struct ym_sm2 *desk; };

static void
run(struct ym_db *db, const char *sql)
{
	assert_int_equal(ym_db_exec(db, sql, NULL), YM_OK);
}

/* The first version of the store, with one desk and two cases of it. */
static void
make_old_store(struct bed *b)
{
	static const struct ym_schema_step first = { ym_schema_sql_central_001, NULL };
	const struct ym_schema old = { "central", 0x594d4345, 8192, &first, 1 };
	YM_FREE char *path = ym_asprintf("%s/central.db", b->dir), *rm = ym_asprintf("rm -f '%s'/central.db*", b->dir);
	struct ym_db *db = NULL;
	struct ym_stmt *s;
	char hex[131];

	assert_int_equal(system(rm), 0);
	assert_int_equal(ym_db_open(path, &old, YM_DB_CREATE, &db, NULL), YM_OK);
	run(db, "INSERT INTO desk (desk, code, epoch, station, station_name, division, window, profile, code_sm3) VALUES"
		" ('22990100000001A', '22990100000001', 'A', '229901000000', 's', '229901', '01', 'practice', 'x')");
	ym_sm2_public_hex(b->desk, hex);
	s = ym_db_sql(db, "UPDATE desk SET public = :public");
	ym_stmt_text(s, "public", hex);
	assert_int_equal(ym_stmt_run(s, NULL), YM_OK);
	ym_stmt_done(s);
	run(db, "INSERT INTO event (n, desk, seq, hash, header) VALUES (1, '22990100000001A', 1, zeroblob(32), x'00')");
	run(db, "UPDATE worker SET cursor = 1");
	run(db, "INSERT INTO docket (case_no, item, pack, holder, state, exit, visit, snapshot, changed_ms) VALUES"
		" ('c1', 'i', 'p', '22990100000001', 'accepted', 'accepted', 'v', 1, 0),"
		" ('c2', 'i', 'p', '22990100000001', 'approved', 'completed', 'v', 1, 0)");
	ym_db_close(db);
}

static int
setup(void **state)
{
	struct bed *b = ym_alloc(sizeof *b);
	struct ym_central_options opt = { .dir = b->dir, .password = PASSWORD };

	strcpy(b->dir, "/tmp/yimen-standing-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	b->desk = ym_sm2_generate();
	assert_int_equal(ym_central_init(b->dir, PASSWORD, NULL), YM_OK);
	make_old_store(b);
	assert_int_equal(ym_central_open(&opt, &b->c, NULL), YM_OK);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bed *b = *state;
	YM_FREE char *rm = ym_asprintf("rm -rf '%s'", b->dir);

	ym_central_close(b->c);
	ym_sm2_free(b->desk);
	assert_int_equal(system(rm), 0);
	free(b);
	return 0;
}

static void
check(struct bed *b, const char *case_no, const char *told, const char *rating, int grade, int fed)
{
	struct ym_stmt *s = ym_db_sql(b->c->db, "SELECT told, rating, coalesce(grade, 0), (SELECT feed FROM desk) FROM docket WHERE case_no = :case_no");
	struct ym_error err = { 0 };
	int n;

	while ((n = ym_central_work(b->c, 50, &err)) > 0)
		;
	assert_int_equal(n, 0);
	ym_stmt_text(s, "case_no", case_no);
	assert_int_equal(ym_stmt_step(s, NULL), YM_OK);
	assert_string_equal(ym_stmt_col_text(s, 0), told);
	assert_string_equal(ym_stmt_col_text(s, 1), rating);
	assert_int_equal(ym_stmt_col_int(s, 2), grade);
	assert_int_equal(ym_stmt_col_int(s, 3), fed);
	ym_stmt_done(s);
}

static void
each_lamp_is_told_once_for_one_date(void **state)
{
	struct bed *b = *state;

	check(b, "c1", "", "", 0, 0);
	run(b->c->db, "UPDATE docket SET due_promised = '2999-01-01', due_statutory = '2999-01-01' WHERE case_no = 'c1'");
	check(b, "c1", "", "", 0, 0);
	run(b->c->db, "UPDATE docket SET due_promised = '2020-01-01' WHERE case_no = 'c1'");
	check(b, "c1", "red", "", 0, 1);
	check(b, "c1", "red", "", 0, 1);
	run(b->c->db, "UPDATE docket SET due_statutory = '2020-02-01' WHERE case_no = 'c1'");
	check(b, "c1", "black", "", 0, 2);
	check(b, "c1", "black", "", 0, 2);
}

static void
what_is_done_or_stands_still_is_not_overdue(void **state)
{
	struct bed *b = *state;

	run(b->c->db, "UPDATE docket SET due_promised = '2020-01-01', due_statutory = '2020-01-01', done_ms = 0, rating = 'given', grade = 1");
	check(b, "c1", "", "given", 1, 0);
	run(b->c->db, "UPDATE docket SET done_ms = NULL, state = 'returned'");
	check(b, "c1", "", "given", 1, 0);
	run(b->c->db, "UPDATE docket SET state = 'accepted'");
	assert_int_equal(ym_standing_decided(b->c, "c1", NULL), YM_OK);
	check(b, "c1", "", "given", 1, 1);
	check(b, "c2", "black", "given", 1, 1);
}

static void
after_seven_days_the_default_grade_stands_and_is_counted_apart(void **state)
{
	struct bed *b = *state;
	struct ym_stmt *s = ym_db_sql(b->c->db, "UPDATE docket SET done_ms = :at WHERE case_no = 'c2'");
	YM_JSON *counts = json_object(), *ratings = NULL;

	ym_stmt_int(s, "at", ym_clock_wall() - 7 * DAY_MS + 60000);
	assert_int_equal(ym_stmt_run(s, NULL), YM_OK);
	check(b, "c2", "", "", 0, 0);
	s = ym_db_sql(b->c->db, "UPDATE docket SET done_ms = :at WHERE case_no = 'c2'");
	ym_stmt_int(s, "at", ym_clock_wall() - 7 * DAY_MS - 60000);
	assert_int_equal(ym_stmt_run(s, NULL), YM_OK);
	check(b, "c2", "", "default", 3, 0);
	check(b, "c1", "", "", 0, 0);
	run(b->c->db, "UPDATE docket SET rating = 'given', grade = 2, done_ms = 0 WHERE case_no = 'c1'");
	assert_int_equal(ym_standing_counts(b->c, counts, NULL), YM_OK);
	ratings = json_pack("{s:i,s:i,s:i}", "given", 1, "good", 0, "default", 1);
	assert_true(json_equal(json_object_get(counts, "ratings"), ratings));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		T(each_lamp_is_told_once_for_one_date),
		T(what_is_done_or_stands_still_is_not_overdue),
		T(after_seven_days_the_default_grade_stands_and_is_counted_apart),
	};

	return cmocka_run_group_tests_name("central/standing", tests, NULL, NULL);
}
