/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What time does to a case at the central: overdue is computed here and told to the holder by the feed; a case that nobody rated
 * gets the default grade (domain rules §5 and §8). Not the state of a case (docket.c), nor the clocks themselves, which the
 * holder's catalogue plans. Invariant: each lamp is told once for one due date; a default grade is never counted as given.
 */
#include "central/inner.h"

#include "base/clock.h"
#include "cases/casework.h"

#define SWEEP_MAX 50
#define RATING_DAYS 7           /* 广东 2019; five grades, 3 is 基本满意 */
#define DEFAULT_GRADE 3
#define IN_HAND "state IN ('accepted', 'reviewing', 'special', 'deciding', 'extended')"
#define DAY_MS (24 * 60 * 60 * 1000LL)

/* Its clocks run no more. */
static bool
is_done(const char *state)
{
	static const char *const done[] = { "not_accepted", "approved", "denied", "withdrawn", "terminated", "to_collect", "delivered", "archived",
		NULL };

	return ym_docket_is_one_of(state, done);
}

enum ym_code
ym_standing_note(struct ym_work *w, struct ym_error *err)
{
	const struct ym_event_header *h = &w->ev.h;
	struct ym_stmt *s = ym_db_sql(w->c->db,
		"UPDATE docket SET told = iif(:promised IN ('', due_promised) AND :statutory IN ('', due_statutory), told, ''),"
		" due_promised = iif(:promised = '', due_promised, :promised), due_statutory = iif(:statutory = '', due_statutory, :statutory),"
		" done_ms = iif(:is_done, coalesce(done_ms, :at), NULL) WHERE case_no = :case_no");

	ym_stmt_text(s, "promised", ym_event_attr(h, "due_promised"));
	ym_stmt_text(s, "statutory", ym_event_attr(h, "due_statutory"));
	ym_stmt_int(s, "is_done", is_done(ym_event_attr(h, "state")));
	ym_stmt_int(s, "at", w->at);
	ym_stmt_text(s, "case_no", h->case_no);
	return ym_stmt_run(s, err);
}

/* The holder's log says nothing of its own to a result that comes by the feed. */
enum ym_code
ym_standing_decided(struct ym_central *c, const char *case_no, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db, "UPDATE docket SET done_ms = coalesce(done_ms, :now) WHERE case_no = :case_no");

	ym_stmt_int(s, "now", ym_clock_wall());
	ym_stmt_text(s, "case_no", case_no);
	return ym_stmt_run(s, err);
}

/* A citizen's own word comes before the default, however late; the first one stands. */
enum ym_code
ym_standing_rated(struct ym_work *w, struct ym_error *err)
{
	long long grade = ym_json_int(w->body, "grade", 0);
	struct ym_stmt *s = ym_db_sql(w->c->db,
		"UPDATE docket SET rating = 'given', grade = :grade WHERE case_no = :case_no AND rating <> 'given'");

	if (w->is_erased)
		return YM_OK;
	if (grade < 1 || grade > 5) {
		ym_worker_quarantine(w, "grade", N_("A rating has no grade from 1 to 5"));
		return YM_OK;
	}
	ym_stmt_int(s, "grade", grade);
	ym_stmt_text(s, "case_no", w->ev.h.case_no);
	return ym_stmt_run(s, err);
}

/* -- the sweep -- */

struct overdue { char case_no[64], visit[64], holder[32], due[16], lamp[8]; };

static enum ym_code
find_overdue(struct ym_central *c, const char *today, struct overdue list[SWEEP_MAX], int *ret_n, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT case_no, visit, holder, iif(black, due_statutory, due_promised), iif(black, 'black', 'red') FROM"
		" (SELECT *, due_statutory <> '' AND due_statutory < :today AS black FROM docket"
		"  WHERE due_promised <> '' AND due_promised < :today AND done_ms IS NULL AND told <> 'black'"
		"  AND " IN_HAND ")"
		" WHERE told = '' OR black ORDER BY due_promised LIMIT :n");
	enum ym_code code;
	int n = 0;

	ym_stmt_text(s, "today", today);
	ym_stmt_int(s, "n", SWEEP_MAX);
	while (n < SWEEP_MAX && !(code = ym_stmt_step(s, err))) {
		struct overdue *o = &list[n++];

		ym_strlcpy(o->case_no, ym_stmt_col_text(s, 0), sizeof o->case_no);
		ym_strlcpy(o->visit, ym_stmt_col_text(s, 1), sizeof o->visit);
		ym_strlcpy(o->holder, ym_stmt_col_text(s, 2), sizeof o->holder);
		ym_strlcpy(o->due, ym_stmt_col_text(s, 3), sizeof o->due);
		ym_strlcpy(o->lamp, ym_stmt_col_text(s, 4), sizeof o->lamp);
	}
	ym_stmt_done(s);
	*ret_n = n;
	return n == SWEEP_MAX || code == YM_NOTFOUND ? YM_OK : code;
}

static enum ym_code
tell_overdue(struct ym_central *c, const struct overdue *o, struct ym_error *err)
{
	YM_JSON *content = json_pack("{s:s,s:s,s:s,s:s}", "case", o->case_no, "visit", o->visit, "due", o->due, "lamp", o->lamp);
	struct ym_stmt *s = ym_db_sql(c->db, "UPDATE docket SET told = :lamp WHERE case_no = :case_no");
	enum ym_code code;

	ym_stmt_text(s, "lamp", o->lamp);
	ym_stmt_text(s, "case_no", o->case_no);
	code = ym_stmt_run(s, err);
	return code ? code : ym_outbox_put_code(c, o->holder, "case.overdue", content, err);
}

static enum ym_code
rate_by_default(struct ym_central *c, int64_t now, int *ret_n, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"UPDATE docket SET rating = 'default', grade = :grade WHERE rating = '' AND done_ms IS NOT NULL AND done_ms < :before");
	enum ym_code code;

	ym_stmt_int(s, "grade", DEFAULT_GRADE);
	ym_stmt_int(s, "before", now - RATING_DAYS * DAY_MS);
	code = ym_stmt_run(s, err);
	if (!code)
		*ret_n = (int)ym_db_changes(c->db);
	return code;
}

/* Is there anything to write? A server that rests begins no transaction. */
static bool
is_needed(struct ym_central *c, const char *today, int64_t now)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT EXISTS (SELECT 1 FROM docket WHERE rating = '' AND done_ms IS NOT NULL AND done_ms < :before) OR EXISTS (SELECT 1 FROM docket"
		" WHERE due_promised <> '' AND due_promised < :today AND done_ms IS NULL AND told <> 'black'"
		" AND " IN_HAND " AND (told = '' OR (due_statutory <> '' AND due_statutory < :today)))");
	bool needed;

	ym_stmt_text(s, "today", today);
	ym_stmt_int(s, "before", now - RATING_DAYS * DAY_MS);
	needed = !ym_stmt_step(s, NULL) && ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return needed;
}

enum ym_code
ym_standing_sweep(struct ym_central *c, int *ret_n, struct ym_error *err)
{
	YM_FREE struct overdue *list = ym_alloc(SWEEP_MAX * sizeof *list);
	int64_t now = ym_clock_wall();
	char today[16];
	int n = 0, rated = 0;
	enum ym_code code;

	*ret_n = 0;
	ym_date_format(today, ym_date_at(now));
	if (!is_needed(c, today, now))
		return YM_OK;
	code = ym_db_begin(c->db, err);
	if (code)
		return code;
	code = find_overdue(c, today, list, &n, err);
	for (int i = 0; i < n && !code; i++)
		code = tell_overdue(c, &list[i], err);
	if (!code)
		code = rate_by_default(c, now, &rated, err);
	if (code) {
		ym_db_rollback(c->db);
		return code;
	}
	*ret_n = n + rated;
	return ym_db_commit(c->db, err);
}

enum ym_code
ym_standing_counts(struct ym_central *c, json_t *into, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT count(*) FILTER (WHERE told <> '' AND done_ms IS NULL), count(*) FILTER (WHERE rating = 'given'),"
		" count(*) FILTER (WHERE rating = 'given' AND grade >= 3), count(*) FILTER (WHERE rating = 'default') FROM docket");
	enum ym_code code = ym_stmt_step(s, err);

	if (!code) {
		json_object_set_new(into, "overdue", json_integer(ym_stmt_col_int(s, 0)));
		json_object_set_new(into, "ratings", json_pack("{s:I,s:I,s:I}", "given", (json_int_t)ym_stmt_col_int(s, 1), "good",
			(json_int_t)ym_stmt_col_int(s, 2), "default", (json_int_t)ym_stmt_col_int(s, 3)));
	}
	ym_stmt_done(s);
	return code;
}
