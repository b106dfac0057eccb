/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A visit taken up again: after the program ended, after it was parked, or for a case that goes on another day.
 * Not saving (visit.c). Invariant: where a view and the draft differ about a decision, the view is right.
 */
#include "cases/inner.h"

struct content { json_t *j; bool erased; };

static bool
take_body(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	struct content *r = user;
	r->erased = erased;
	if (body && *body && ym_json_parse(body, strlen(body), "event", &r->j, NULL))
		r->j = NULL;
	return false;
}

enum ym_code
ym_snapshot_load(struct ym_casework *w, const char *case_no, json_t **ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT snapshot_seq FROM view_case WHERE case_no = :no");
	ym_stmt_text(s, ":no", case_no);
	enum ym_code rc = ym_stmt_step(s, err);
	int64_t seq = rc ? 0 : ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	if (rc)
		return rc == YM_NOTFOUND ? ym_fail(err, rc, N_("This desk does not know the case"), "no row") : rc;
	struct content r = { 0 };
	if ((rc = ym_log_walk(w->db, w->keys, seq, seq, take_body, &r, err)))
		return rc;
	if (r.erased)
		return ym_fail(err, YM_GONE, N_("The contents of this case were erased after their retention"), "erased");
	if (!r.j)
		return ym_fail(err, YM_CORRUPT, N_("The case cannot be read"), "no body at its snapshot");
	json_t *inner = json_object_get(r.j, "snapshot");   /* a granted case came inside a feed entry */
	*ret = inner ? json_incref(inner) : json_incref(r.j);
	json_decref(r.j);
	return YM_OK;
}

#define ROW "key, case_no, state, exit, fee_state, fee_fen, delivery, due_promised, due_statutory, notices, received_ms, accepted, deemed," \
	" notice_due, visit"

static void
overlay_row(struct ym_visit *v, struct ym_matter *m, struct ym_stmt *s)
{
	bool ours = !strcmp(ym_stmt_col_text(s, 14), v->id);
	ym_strlcpy(m->case_no, ym_stmt_col_text(s, 1), sizeof(m->case_no));
	m->state = ym_flow_state_by_name(ym_stmt_col_text(s, 2));
	/* The row's exit is this visit's when this visit wrote and moved the case by it; a case taken up again still has its old exit there. */
	bool moved = m->begun == YM_CASE_DRAFT || ((m->begun == YM_CASE_RECEIVED || m->begun == YM_CASE_RETURNED) && m->state != m->begun);
	if (m->exit == YM_EXIT_NONE && ours && moved && !m->acted)
		m->exit = ym_exit_by_name(ym_stmt_col_text(s, 3));
	ym_strlcpy(m->accepted, ym_stmt_col_text(s, 11), sizeof(m->accepted));
	m->deemed = ym_stmt_col_int(s, 12) > 0;
	ym_strlcpy(m->notice_due, ym_stmt_col_text(s, 13), sizeof(m->notice_due));
	m->fee_state = ym_fee_state_by_name(ym_stmt_col_text(s, 4));
	m->fee_fen = ym_stmt_col_int(s, 5);
	ym_strlcpy(m->delivery, ym_stmt_col_text(s, 6), sizeof(m->delivery));
	ym_strlcpy(m->due_promised, ym_stmt_col_text(s, 7), sizeof(m->due_promised));
	ym_strlcpy(m->due_statutory, ym_stmt_col_text(s, 8), sizeof(m->due_statutory));
	m->notices = (int)ym_stmt_col_int(s, 9);
	m->received_at = ym_stmt_col_int(s, 10);
}

static enum ym_code
overlay_case(struct ym_visit *v, struct ym_matter *m, const char *case_no, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(v->w->db, "SELECT " ROW " FROM view_case WHERE case_no = :no");
	ym_stmt_text(s, ":no", case_no);
	enum ym_code rc = ym_stmt_step(s, err);
	if (!rc)
		overlay_row(v, m, s);
	ym_stmt_done(s);
	return rc;
}

/* What the draft knows by its number: its row may have moved meanwhile, by feed or by the calendar. */
static enum ym_code
overlay_known(struct ym_visit *v, struct ym_error *err)
{
	for (int c = 0; c < v->n_cases; c++) {
		struct ym_matter *m = &v->cases[c];
		enum ym_code rc = m->case_no[0] ? overlay_case(v, m, m->case_no, err) : YM_OK;
		if (rc && rc != YM_NOTFOUND)
			return rc;
	}
	return YM_OK;
}

/* Cases that this visit decided, by key: the row wins over the draft; one the draft never heard of comes from its event. */
static enum ym_code
overlay(struct ym_visit *v, struct ym_error *err)
{
	char lost[YM_MAX_CASES][40];
	int n_lost = 0;
	enum ym_code rc = overlay_known(v, err);
	if (rc)
		return rc;
	struct ym_stmt *s = ym_db_sql(v->w->db, "SELECT " ROW " FROM view_case WHERE visit = :visit ORDER BY id");
	ym_stmt_text(s, ":visit", v->id);
	while (!(rc = ym_stmt_step(s, err))) {
		struct ym_matter *m = NULL;
		for (int c = 0; c < v->n_cases; c++)
			if (!strcmp(v->cases[c].key, ym_stmt_col_text(s, 0)))
				m = &v->cases[c];
		if (m && !m->case_no[0])
			overlay_row(v, m, s);
		else if (!m && n_lost < YM_MAX_CASES)
			ym_strlcpy(lost[n_lost++], ym_stmt_col_text(s, 1), sizeof(lost[0]));
	}
	ym_stmt_done(s);
	if (rc != YM_NOTFOUND)
		return rc;
	for (int i = 0; i < n_lost; i++) {
		YM_JSON *j = NULL;
		struct ym_matter *m;
		if ((rc = ym_snapshot_load(v->w, lost[i], &j, err)) || (rc = ym_snapshot_take(v, j, &m, err)) ||
		    (rc = overlay_case(v, m, lost[i], err)))
			return rc;
	}
	s = ym_db_sql(v->w->db, "SELECT rating FROM view_visit WHERE visit = :visit");
	ym_stmt_text(s, ":visit", v->id);
	if (!(rc = ym_stmt_step(s, err))) {
		const char *r = ym_stmt_col_text(s, 0);
		v->rating = !strcmp(r, "asked") ? YM_RATING_ASKED : !strcmp(r, "given") ? YM_RATING_GIVEN : !strcmp(r, "skipped") ? YM_RATING_SKIPPED :
			YM_RATING_NOT_ASKED;
	}
	ym_stmt_done(s);
	return rc == YM_NOTFOUND ? YM_OK : rc;
}

void
ym_visit_refresh(struct ym_visit *v)
{
	ym_answers_take(v);
	for (int c = 0; c < v->n_cases; c++) {
		struct ym_matter *m = &v->cases[c];
		struct ym_stmt *s = ym_db_sql(v->w->db, "SELECT state FROM view_case WHERE case_no = :no");
		ym_stmt_text(s, ":no", m->case_no);
		if (m->case_no[0] && !ym_stmt_step(s, NULL))
			m->state = ym_flow_state_by_name(ym_stmt_col_text(s, 0));
		ym_stmt_done(s);
	}
	ym_visit_touch(v);
}

static enum ym_code
emit_resumed(struct ym_visit *v, void *user, struct ym_error *err)
{
	return ym_emit_visit(v, "visit.resumed", NULL, 0, NULL, err);
}

static enum ym_code
resume(struct ym_visit *v, const char *visit_id, struct ym_error *err)
{
	struct ym_casework *w = v->w;
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT state, ticket, opened_ms FROM view_visit WHERE visit = :visit");
	ym_stmt_text(s, ":visit", visit_id);
	enum ym_code rc = ym_stmt_step(s, err);
	bool parked = false, closed = false;
	if (!rc) {
		parked = !strcmp(ym_stmt_col_text(s, 0), "parked");
		closed = !strcmp(ym_stmt_col_text(s, 0), "closed");
		ym_strlcpy(v->ticket_id, ym_stmt_col_text(s, 1), sizeof(v->ticket_id));
		v->opened_at = ym_stmt_col_int(s, 2);
	}
	ym_stmt_done(s);
	if (rc)
		return rc == YM_NOTFOUND ? ym_fail(err, rc, N_("There is no such visit"), "no visit") : rc;
	if (closed)
		return ym_fail(err, YM_STATE, N_("The visit is closed"), "closed");
	char name[64];
	snprintf(name, sizeof(name), "visit:%s", visit_id);
	YM_BUF text = { 0 };
	YM_JSON *j = NULL;
	rc = ym_draft_load(w->db, w->keys, name, &text, err);
	if (rc && rc != YM_NOTFOUND)
		return rc;
	if (!rc && ((rc = ym_json_parse(text.data, text.len, "draft", &j, err)) || (rc = ym_visit_from_json(v, j, err))))
		return rc;
	ym_strlcpy(v->id, visit_id, sizeof(v->id));
	if ((rc = overlay(v, err)))
		return rc;
	if (!ym_who_by_as(v, "visitor"))
		ym_who_new(v, "visitor", false);
	/* Who plays which role, so that an answer finds whom it is about. */
	ym_roles_bind(v);
	ym_answers_take(v);
	ym_papers_load(v);
	if (parked && (rc = ym_visit_commit(v, emit_resumed, NULL, err)))
		return rc;
	ym_visit_evaluate(v);
	return YM_OK;
}

enum ym_code
ym_visit_resume(struct ym_casework *w, const char *visit_id, struct ym_visit **ret, struct ym_error *err)
{
	struct ym_visit *v = ym_visit_blank(w);
	enum ym_code rc = resume(v, visit_id, err);
	if (rc) {
		ym_visit_free(v);
		return rc;
	}
	*ret = v;
	return YM_OK;
}

/* Who came now: the same person as then brings fresher words of the card; anybody else is a companion. */
static void
take_visitor(struct ym_visit *v, const struct ym_visit *here)
{
	const struct ym_who *now = here->n_persons ? &here->persons[0] : NULL;
	struct ym_who *p = NULL;
	for (int i = 0; now && now->hash[0] && i < v->n_persons; i++)
		if (!strcmp(v->persons[i].hash, now->hash))
			p = &v->persons[i];
	if (!now || !now->hash[0] || (!p && !(p = ym_who_new(v, "companion", now->is_org))))
		return;
	for (int i = 0; i < now->facts.n; i++)
		ym_knowns_set(&p->facts, now->facts.p[i].datum, now->facts.p[i].value, now->facts.p[i].origin, now->facts.p[i].at);
	ym_who_derive(v, p);
}

static enum ym_code
emit_continued(struct ym_visit *v, void *user, struct ym_error *err)
{
	struct ym_attr attrs[] = { { "continues", user } };
	return ym_emit_visit(v, "visit.resumed", attrs, 1, NULL, err);
}

/* here: the visit in which it goes on, NULL for one of its own. */
static enum ym_code
continue_case(struct ym_casework *w, const char *case_no, const struct ym_visit *here, struct ym_visit **ret, struct ym_error *err)
{
	if (!*w->account)
		return ym_fail(err, YM_STATE, N_("Sign in first"), "no account");
	if (here && here->n_cases)
		return ym_fail(err, YM_STATE, N_("A visit is open: finish or park it first"), "has cases");
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT holder, (SELECT count(*) FROM view_defer d WHERE d.case_no = c.case_no AND d.state = 'open'),"
		" (SELECT state FROM view_visit v WHERE v.visit = c.visit), exit FROM view_case c WHERE case_no = :no");
	ym_stmt_text(s, ":no", case_no);
	enum ym_code rc = ym_stmt_step(s, err);
	char holder[40] = "";
	bool owes = false, busy = false;
	enum ym_exit was = YM_EXIT_NONE;
	if (!rc) {
		ym_strlcpy(holder, ym_stmt_col_text(s, 0), sizeof(holder));
		owes = ym_stmt_col_int(s, 1) > 0;
		busy = !strcmp(ym_stmt_col_text(s, 2), "open") || !strcmp(ym_stmt_col_text(s, 2), "parked");
		was = ym_exit_by_name(ym_stmt_col_text(s, 3));
	}
	ym_stmt_done(s);
	if (rc)
		return rc == YM_NOTFOUND ? ym_fail(err, rc, N_("This desk does not know the case"), "no row") : rc;
	if (strcmp(holder, ym_log_identity(w->log)->desk))
		return ym_fail(err, YM_REFUSED, N_("Another desk holds this case: ask for it first"), "held by %s", holder);
	if (busy)
		return ym_fail(err, YM_STATE, N_("The visit of this case is not closed yet: resume it"), "visit open");
	YM_JSON *j = NULL;
	if ((rc = ym_snapshot_load(w, case_no, &j, err)))
		return rc;
	struct ym_visit *v = ym_visit_blank(w);
	struct ym_matter *m;
	if (here) {
		ym_strlcpy(v->id, here->id, sizeof(v->id));
		ym_strlcpy(v->ticket, here->ticket, sizeof(v->ticket));
		ym_strlcpy(v->ticket_id, here->ticket_id, sizeof(v->ticket_id));
		ym_strlcpy(v->claim, here->claim, sizeof(v->claim));
		v->opened = here->opened;
	} else {
		ym_uuid7(v->id);
	}
	v->opened_at = here ? here->opened_at : ym_log_now(w->log);
	if ((rc = ym_snapshot_take(v, j, &m, err)) == YM_OK) {
		ym_strlcpy(m->case_no, case_no, sizeof(m->case_no));
		m->exit = YM_EXIT_NONE;
		m->acted = 0;
		m->age_confirmed = false;
		/* The row knows what came after the snapshot. */
		rc = overlay_known(v, err);
		m->begun = m->state;
		m->was = was;
		m->owes = owes && m->state == YM_CASE_ACCEPTED;
		m->notices_begun = m->notices;
		m->reason[0] = 0;
		/* A supplement shows the originals again: what was promised or missing is open. */
		for (int i = 0; i < v->n_persons; i++)
			v->persons[i].logged = false;
		if (!ym_who_by_as(v, "visitor"))
			ym_who_new(v, "visitor", false);
		if (here)
			take_visitor(v, here);
		/* What was missing is handed in first; a result that waits is signed for. */
		v->stage = m->owes || m->state == YM_CASE_RECEIVED || m->state == YM_CASE_RETURNED ? YM_STAGE_MATERIALS :
			ym_matter_is_open(m) ? YM_STAGE_DECIDE : YM_STAGE_PAPERS;
		if (!rc)
			rc = ym_visit_commit(v, here ? emit_continued : ym_visit_emit_opened, (void *)case_no, err);
	}
	if (rc) {
		ym_visit_free(v);
		return rc;
	}
	ym_papers_load(v);
	ym_visit_evaluate(v);
	*ret = v;
	return YM_OK;
}

enum ym_code
ym_visit_continue_case(struct ym_casework *w, const char *case_no, struct ym_visit **ret, struct ym_error *err)
{
	return continue_case(w, case_no, NULL, ret, err);
}

enum ym_code
ym_visit_continue_here(struct ym_visit **v, const char *case_no, struct ym_error *err)
{
	struct ym_visit *next;
	enum ym_code rc = continue_case((*v)->w, case_no, *v, &next, err);
	if (rc)
		return rc;
	ym_visit_free(*v);
	*v = next;
	return YM_OK;
}
