/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the calendar does by itself: a case of which nothing was told for five working days counts as accepted (rules.md §1), and what was
 * sealed about a visit is erased after its retention (model.md §3). Not alerts (queue.c). Called in idle slices.
 * Invariant: nothing is erased that the central does not hold, or that belongs to a case which still lives.
 */
#include "base/diag.h"
#include "cases/inner.h"

#define RETENTION_DAYS 1095     /* unless the setting retention.days says otherwise; 0: never */
#define DEEM_MAX 16
#define ERASE_MAX 20            /* visits looked at in one slice */

/* -- deemed acceptance -- */

struct late { char no[40], visit[40]; int64_t received; };

static enum ym_code
emit_deemed(struct ym_casework *w, struct ym_visit *v, struct ym_matter *m, struct ym_error *err)
{
	struct ym_event_draft d = { .kind = "case.deemed_accepted", .visit = v->id, .case_no = m->case_no, .item = m->item->id,
		.pack = m->item->pack, .account = "" };
	char fen[24], keys[YM_EMIT_KEYS][48];
	ym_emit_attr(&d, "state", ym_case_state_name(m->state));
	ym_emit_attr(&d, "key", m->key);
	ym_emit_attr(&d, "deemed", "1");
	ym_emit_attr(&d, "decider", ym_decider_name(m->line.decider));
	ym_emit_acceptance(&d, m, fen);
	ym_emit_people(v, m, &d, keys);
	YM_JSON *body = ym_snapshot_make(v, m);
	return ym_emit_append(w, &d, body, err);
}

/* The whole case as it was left, accepted as of T0. A case that is only forwarded is not this station's to accept: taking in and
 * accepting are apart there (rules.md §7). */
static enum ym_code
deem(struct ym_casework *w, const struct late *x, bool *ret_done, struct ym_error *err)
{
	YM_JSON *j = NULL;
	enum ym_code rc = ym_snapshot_load(w, x->no, &j, err);
	if (rc)
		return rc;
	struct ym_visit *v = ym_visit_blank(w);
	struct ym_matter *m;
	if (!(rc = ym_snapshot_take(v, j, &m, err))) {
		memcpy(v->id, x->visit, YM_UUID_LEN);
		ym_strlcpy(m->case_no, x->no, sizeof(m->case_no));
		m->received_at = x->received;
		ym_visit_evaluate(v);
		if (m->place == YM_PLACE_HERE || m->place == YM_PLACE_UNKNOWN) {
			m->deemed = true;
			m->state = YM_CASE_RECEIVED;
			ym_clocks_accept(v, m, ym_date_at(x->received));
			rc = ym_flow_step(m->state, "deem", &m->state, err);
			if (!rc)
				rc = emit_deemed(w, v, m, err);
			*ret_done = !rc;
		}
	}
	ym_visit_free(v);
	return rc;
}

static bool
is_open_in(const struct ym_visit *v, const char *no)
{
	for (int c = 0; v && c < v->n_cases; c++)
		if (!strcmp(v->cases[c].case_no, no))
			return true;
	return false;
}

static int
deem_all(struct ym_casework *w, const struct ym_visit *open, bool *more, struct ym_error *err)
{
	struct late late[DEEM_MAX];
	ym_date today = ym_date_at(ym_log_now(w->log));
	int n = 0, done = 0;
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT case_no, visit, received_ms FROM view_case WHERE state = 'received' AND holder = :desk");
	ym_stmt_text(s, ":desk", ym_log_identity(w->log)->desk);
	while (n < DEEM_MAX && !ym_stmt_step(s, NULL)) {
		int64_t at = ym_stmt_col_int(s, 2);
		if (!ym_calendar_is_deemed_accepted(ym_pack_calendar(w->pack), ym_date_at(at), today) || is_open_in(open, ym_stmt_col_text(s, 0)))
			continue;
		ym_strlcpy(late[n].no, ym_stmt_col_text(s, 0), sizeof(late[0].no));
		ym_strlcpy(late[n].visit, ym_stmt_col_text(s, 1), sizeof(late[0].visit));
		late[n++].received = at;
	}
	ym_stmt_done(s);
	for (int i = 0; i < n; i++) {
		bool did = false;
		struct ym_error why = { 0 };
		if (deem(w, &late[i], &did, &why))
			ym_diag_error("deemed acceptance", &why);
		done += did;
	}
	*more |= n == DEEM_MAX && done > 0;
	return done;
}

/* -- retention -- */

static int64_t
retention_days(struct ym_casework *w)
{
	char *text = ym_setting_get(w->db, "retention.days");
	int64_t days = text && *text ? strtoll(text, NULL, 10) : RETENTION_DAYS;
	free(text);
	return days;
}

struct look { struct ym_casework *w; char nos[YM_MAX_CASES * 2][40]; int n; bool full; int64_t last; };

static bool
take_case(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	struct look *x = user;
	x->last = ev->h.seq;
	if (!*ev->h.case_no)
		return true;
	for (int i = 0; i < x->n; i++)
		if (!strcmp(x->nos[i], ev->h.case_no))
			return true;
	if (x->n == (int)YM_ARRAY_LEN(x->nos))
		x->full = true;
	else
		ym_strlcpy(x->nos[x->n++], ev->h.case_no, sizeof(x->nos[0]));
	return true;
}

/* Every case that the visit touched has ended and rested as long; the central holds it all. */
static bool
has_fallen_due(struct ym_casework *w, const char *visit, int64_t before_ms)
{
	int64_t *seqs = ym_alloc(4096 * sizeof(*seqs));
	struct look *x = ym_alloc(sizeof(*x));
	int n = 0;
	bool due;
	x->w = w;
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT seq FROM view_trail WHERE scope = :visit ORDER BY seq");
	ym_stmt_text(s, ":visit", visit);
	while (n < 4096 && !ym_stmt_step(s, NULL))
		seqs[n++] = ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	due = n > 0 && n < 4096;
	for (int i = 0; i < n && due; i++)
		due = !ym_log_walk(w->db, NULL, seqs[i], seqs[i], take_case, x, NULL) && !x->full;
	due = due && w->acked >= x->last;
	for (int i = 0; i < x->n && due; i++) {
		s = ym_db_sql(w->db, "SELECT 1 FROM view_case WHERE case_no = :no AND (changed_ms >= :before OR state NOT IN"
			" ('not_accepted', 'withdrawn', 'terminated', 'delivered', 'archived'))");
		ym_stmt_text(s, ":no", x->nos[i]);
		ym_stmt_int(s, ":before", before_ms);
		due = ym_stmt_step(s, NULL) == YM_NOTFOUND;
		ym_stmt_done(s);
	}
	free(seqs);
	free(x);
	return due;
}

/* The key first: what the fold then finds of the visit is what every later rebuild finds. */
static enum ym_code
erase(struct ym_casework *w, const char *visit, struct ym_error *err)
{
	struct ym_event_draft d = { .kind = "visit.erased", .visit = visit, .account = "" };
	struct ym_stmt *s;
	enum ym_code rc = ym_keys_erase_scope(w->keys, visit, err);
	if (rc)
		return rc;
	s = ym_db_sql(w->db, "DELETE FROM event_body WHERE seq IN (SELECT seq FROM view_trail WHERE scope = :visit)");
	ym_stmt_text(s, ":visit", visit);
	rc = ym_stmt_run(s, err);
	return rc ? rc : ym_emit_append(w, &d, NULL, err);
}

static int
erase_some(struct ym_casework *w, bool *more, struct ym_error *err)
{
	int64_t days = retention_days(w), now = ym_log_now(w->log), before = now - days * 86400000;
	char today[16], limit[16], visits[ERASE_MAX][40];
	int n = 0, done = 0, seen = 0;
	ym_date_format(today, ym_date_at(now));
	if (days <= 0 || !strcmp(w->erased_on, today))
		return 0;
	ym_date_format(limit, ym_date_at(before));
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT v.visit, v.day, v.state = 'closed' AND v.changed_ms < :before AND k.sealed IS NOT NULL"
		" FROM view_visit v LEFT JOIN scope_key k ON k.scope = v.visit WHERE (v.day, v.visit) > (:day, :visit) AND v.day <= :limit"
		" ORDER BY v.day, v.visit LIMIT :max");
	ym_stmt_int(s, ":before", before);
	ym_stmt_text(s, ":day", w->erase_day);
	ym_stmt_text(s, ":visit", w->erase_visit);
	ym_stmt_text(s, ":limit", limit);
	ym_stmt_int(s, ":max", ERASE_MAX);
	while (seen < ERASE_MAX && !ym_stmt_step(s, NULL)) {
		seen++;
		ym_strlcpy(w->erase_visit, ym_stmt_col_text(s, 0), sizeof(w->erase_visit));
		ym_strlcpy(w->erase_day, ym_stmt_col_text(s, 1), sizeof(w->erase_day));
		if (ym_stmt_col_int(s, 2))
			ym_strlcpy(visits[n++], w->erase_visit, sizeof(visits[0]));
	}
	ym_stmt_done(s);
	if (seen < ERASE_MAX) {
		/* Once a day from the beginning. */
		memcpy(w->erased_on, today, sizeof(w->erased_on));
		w->erase_day[0] = w->erase_visit[0] = 0;
	} else {
		*more = true;
	}
	for (int i = 0; i < n; i++) {
		struct ym_error why = { 0 };
		enum ym_code rc;
		if (!has_fallen_due(w, visits[i], before))
			continue;
		if (!(rc = ym_db_begin(w->db, &why))) {
			rc = erase(w, visits[i], &why);
			if (rc)
				ym_db_rollback(w->db);
			else
				rc = ym_db_commit(w->db, &why);
		}
		if (rc)
			ym_diag_error("retention", &why);
		done += !rc;
	}
	if (done && ym_db_truncate(w->db, err))
		ym_diag(YM_DIAG_WARN, "retention", "the write-ahead log could not be emptied");
	return done;
}

int
ym_casework_tend(struct ym_casework *w, const struct ym_visit *open, bool *ret_more)
{
	struct ym_error err = { 0 };
	*ret_more = false;
	if (!ym_keys_is_unlocked(w->keys))
		return 0;
	int n = deem_all(w, open, ret_more, &err);
	return n + erase_some(w, ret_more, &err);
}
