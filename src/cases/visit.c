/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The life of a visit: opened, saved, parked, resumed, closed; and the one evaluation behind every line.
 * Not what the lines say (checklist, form, propose ...). Invariant: what a view says is decided is decided, whatever the draft says.
 */
#include "cases/inner.h"

#include "yimen/text.h"

const char *
ym_visit_keep(struct ym_visit *v, char *s)
{
	if (v->n_kept == v->cap_kept) {
		v->cap_kept = v->cap_kept ? v->cap_kept * 2 : 64;
		v->kept = ym_realloc_array(v->kept, (size_t)v->cap_kept, sizeof(*v->kept));
	}
	return v->kept[v->n_kept++] = s;
}

const char *
ym_visit_keepf(struct ym_visit *v, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		abort();
	va_end(ap);
	return ym_visit_keep(v, s);
}

static void
forget_kept(struct ym_visit *v)
{
	for (int i = 0; i < v->n_kept; i++) {
		explicit_bzero(v->kept[i], strlen(v->kept[i]));
		free(v->kept[i]);
	}
	v->n_kept = 0;
}

void
ym_visit_evaluate(struct ym_visit *v)
{
	forget_kept(v);
	ym_date_format(v->today, ym_date_at(ym_log_now(v->w->log)));
	snprintf(v->province, sizeof(v->province), "%.2s0000", ym_log_identity(v->w->log)->division);
	ym_roles_bind(v);
	ym_facts_defaults(v);
	ym_who_lines(v);
	ym_facts_questions(v);
	ym_checks_build(v);
	ym_checklist_build(v);
	ym_form_build(v);
	ym_propose(v);
	ym_papers_plan(v);
}

void
ym_visit_touch(struct ym_visit *v)
{
	v->dirty = true;
	ym_visit_evaluate(v);
}

struct ym_matter *
ym_visit_matter(const struct ym_visit *v, int c)
{
	return c >= 0 && c < v->n_cases ? &v->cases[c] : NULL;
}

struct ym_matter *
ym_visit_new_matter(struct ym_visit *v, const struct ym_item *item)
{
	if (v->n_cases >= YM_MAX_CASES)
		return NULL;
	struct ym_matter *m = &v->cases[v->n_cases++];
	*m = (struct ym_matter){ .item = item, .calendar_known = true };
	ym_uuid7(m->key);
	return m;
}

static void
matter_release(struct ym_matter *m)
{
	ym_knowns_release(&m->facts);
	json_decref(m->noticed);
	json_decref(m->visible);
}

struct ym_visit *
ym_visit_blank(struct ym_casework *w)
{
	struct ym_visit *v = ym_alloc(sizeof(*v));
	v->w = w;
	v->next_who = 1;
	v->cases = ym_alloc(YM_MAX_CASES * sizeof(*v->cases));
	ym_date_format(v->today, ym_date_at(ym_log_now(w->log)));
	return v;
}

void
ym_visit_free(struct ym_visit *v)
{
	if (!v)
		return;
	forget_kept(v);
	free(v->kept);
	for (int i = 0; i < v->n_persons; i++)
		ym_knowns_release(&v->persons[i].facts);
	for (int i = 0; i < v->n_cases; i++)
		matter_release(&v->cases[i]);
	for (int i = 0; i < v->n_marks; i++) {
		free(v->marks[i].note);
		free(v->marks[i].pages);
	}
	for (int i = 0; i < v->n_checks; i++) {
		free(v->checks[i].answer);
		free(v->checks[i].source);
	}
	explicit_bzero(v->cases, YM_MAX_CASES * sizeof(*v->cases));
	free(v->cases);
	explicit_bzero(v, sizeof(*v));
	free(v);
}

enum ym_code
ym_visit_store_draft(struct ym_visit *v, struct ym_error *err)
{
	char name[64];
	snprintf(name, sizeof(name), "visit:%s", v->id);
	YM_JSON *j = ym_visit_to_json(v);
	char *text = ym_json_dump(j);
	enum ym_code rc = ym_draft_save(v->w->db, v->w->keys, name, text, err);
	explicit_bzero(text, strlen(text));
	free(text);
	return rc;
}

enum ym_code
ym_visit_commit(struct ym_visit *v, ym_emit_fn fn, void *user, struct ym_error *err)
{
	enum ym_code rc = ym_db_begin(v->w->db, err);
	if (rc)
		return rc;
	rc = fn(v, user, err);
	if (!rc)
		rc = ym_visit_store_draft(v, err);
	if (rc) {
		ym_db_rollback(v->w->db);
		return rc;
	}
	if ((rc = ym_db_commit(v->w->db, err)))
		return rc;
	v->dirty = false;
	return YM_OK;
}

/* With a body, so that the visit's key is made and wrapped for the central now and not inside the first decision. */
static enum ym_code
emit_opened(struct ym_visit *v, void *user, struct ym_error *err)
{
	YM_JSON *body = json_pack("{ss}", "claim", v->claim);
	struct ym_attr attrs[] = { { "ticket", v->ticket_id }, { "continues", user ? user : "" } };
	return ym_emit_visit(v, "visit.opened", attrs, 2, body, err);
}

enum ym_code
ym_visit_open(struct ym_casework *w, const char *ticket, struct ym_visit **ret, struct ym_error *err)
{
	if (!*w->account)
		return ym_fail(err, YM_STATE, N_("Sign in first"), "no account");
	struct ym_visit *v = ym_visit_blank(w);
	ym_uuid7(v->id);
	v->opened_at = ym_log_now(w->log);
	if (ticket && *ticket) {
		struct ym_stmt *s = ym_db_sql(w->db, "SELECT no FROM view_ticket WHERE id = :id AND state <> 'done'");
		ym_stmt_text(s, ":id", ticket);
		enum ym_code rc = ym_stmt_step(s, err);
		if (!rc)
			ym_strlcpy(v->ticket, ym_stmt_col_text(s, 0), sizeof(v->ticket));
		ym_stmt_done(s);
		if (rc) {
			ym_visit_free(v);
			return rc == YM_NOTFOUND ? ym_fail(err, rc, N_("This ticket is not waiting any more"), "ticket") : rc;
		}
		ym_strlcpy(v->ticket_id, ticket, sizeof(v->ticket_id));
		char place[64];
		snprintf(place, sizeof(place), "ticket:%s", ticket);
		YM_BUF text = { 0 };
		YM_JSON *j = NULL;
		if (!ym_fold_open(&w->fold, w->db, place, &text, NULL) && !ym_json_parse(text.data, text.len, "ticket", &j, NULL))
			ym_strlcpy(v->claim, ym_json_str(j, "claim"), sizeof(v->claim));
	}
	ym_who_new(v, "visitor", false);
	enum ym_code rc = ym_visit_commit(v, emit_opened, NULL, err);
	if (rc) {
		ym_visit_free(v);
		return rc;
	}
	ym_visit_evaluate(v);
	*ret = v;
	return YM_OK;
}

/* -- resuming: the draft, then what the views know better -- */

static bool
take_body(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	struct { json_t *j; bool erased; } *r = user;
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
	struct { json_t *j; bool erased; } r = { 0 };
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

static enum ym_fee_state
fee_state_of(const char *s)
{
	return !strcmp(s, "due") ? YM_FEE_DUE : !strcmp(s, "paid") ? YM_FEE_PAID : !strcmp(s, "waived") ? YM_FEE_WAIVED : YM_FEE_NONE;
}

static void
overlay_row(struct ym_visit *v, struct ym_matter *m, struct ym_stmt *s)
{
	ym_strlcpy(m->case_no, ym_stmt_col_text(s, 1), sizeof(m->case_no));
	m->state = ym_flow_state_by_name(ym_stmt_col_text(s, 2));
	m->exit = ym_exit_by_name(ym_stmt_col_text(s, 3));
	m->fee_state = fee_state_of(ym_stmt_col_text(s, 4));
	m->fee_fen = ym_stmt_col_int(s, 5);
	ym_strlcpy(m->delivery, ym_stmt_col_text(s, 6), sizeof(m->delivery));
	ym_strlcpy(m->due_promised, ym_stmt_col_text(s, 7), sizeof(m->due_promised));
	ym_strlcpy(m->due_statutory, ym_stmt_col_text(s, 8), sizeof(m->due_statutory));
	m->notices = (int)ym_stmt_col_int(s, 9);
	m->received_at = ym_stmt_col_int(s, 10);
}

/* Cases that this visit decided, by key: the row wins over the draft; one the draft never heard of comes from its event. */
static enum ym_code
overlay(struct ym_visit *v, struct ym_error *err)
{
	char lost[YM_MAX_CASES][40];
	int n_lost = 0;
	struct ym_stmt *s = ym_db_sql(v->w->db, "SELECT key, case_no, state, exit, fee_state, fee_fen, delivery, due_promised, due_statutory, notices,"
		" received_ms FROM view_case WHERE visit = :visit ORDER BY id");
	ym_stmt_text(s, ":visit", v->id);
	enum ym_code rc;
	while (!(rc = ym_stmt_step(s, err))) {
		struct ym_matter *m = NULL;
		for (int c = 0; c < v->n_cases; c++)
			if (!strcmp(v->cases[c].key, ym_stmt_col_text(s, 0)))
				m = &v->cases[c];
		if (m)
			overlay_row(v, m, s);
		else if (n_lost < YM_MAX_CASES)
			ym_strlcpy(lost[n_lost++], ym_stmt_col_text(s, 1), sizeof(lost[0]));
	}
	ym_stmt_done(s);
	if (rc != YM_NOTFOUND)
		return rc;
	for (int i = 0; i < n_lost; i++) {
		YM_JSON *j = NULL;
		struct ym_matter *m;
		if ((rc = ym_snapshot_load(v->w, lost[i], &j, err)) || (rc = ym_snapshot_take(v, j, &m, err)))
			return rc;
		s = ym_db_sql(v->w->db, "SELECT key, case_no, state, exit, fee_state, fee_fen, delivery, due_promised, due_statutory, notices,"
			" received_ms FROM view_case WHERE case_no = :no");
		ym_stmt_text(s, ":no", lost[i]);
		if (!(rc = ym_stmt_step(s, err)))
			overlay_row(v, m, s);
		ym_stmt_done(s);
		if (rc)
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

static void
refresh_checks(struct ym_visit *v)
{
	for (int i = 0; i < v->n_checks; i++) {
		struct ym_inquiry *q = &v->checks[i];
		struct ym_stmt *s = ym_db_sql(v->w->db, "SELECT status, answered_ms, valid_until FROM view_check WHERE id = :id AND answered_ms > 0");
		ym_stmt_text(s, ":id", q->id);
		bool answered = !ym_stmt_step(s, NULL);
		if (answered) {
			q->state = ym_check_state_by_name(ym_stmt_col_text(s, 0));
			q->answered_at = ym_stmt_col_int(s, 1);
			ym_strlcpy(q->valid_until, ym_stmt_col_text(s, 2), sizeof(q->valid_until));
		}
		ym_stmt_done(s);
		char place[64];
		snprintf(place, sizeof(place), "check:%s", q->id);
		YM_BUF text = { 0 };
		YM_JSON *j = NULL;
		if (!answered || ym_fold_open(&v->w->fold, v->w->db, place, &text, NULL) || ym_json_parse(text.data, text.len, "check", &j, NULL))
			continue;
		const json_t *a = json_object_get(j, "answer");
		free(q->answer);
		free(q->source);
		q->answer = json_is_string(a) ? ym_strdup(json_string_value(a)) : ym_strdup(ym_json_str(a, "text"));
		q->source = ym_strdup(ym_json_str(j, "source"));
		/* What a register knows fills what is empty: its facts carry the best grade. */
		struct ym_who *p = ym_who_by_key(v, q->who);
		const char *datum;
		json_t *value;
		if (q->state == YM_CHECK_CLEAR && p && json_is_object(a)) {
			json_object_foreach(json_object_get(a, "facts"), datum, value)
				if (json_is_string(value) && !ym_knowns_get(&p->facts, datum) && ym_pack_datum(v->w->pack, datum))
					ym_knowns_set(&p->facts, datum, json_string_value(value), YM_FROM_CHECK, q->answered_at);
			ym_who_derive(v, p);
		}
	}
}

void
ym_visit_refresh(struct ym_visit *v)
{
	refresh_checks(v);
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
	refresh_checks(v);
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

static enum ym_code
emit_parked(struct ym_visit *v, void *user, struct ym_error *err)
{
	struct ym_who *p = ym_who_by_as(v, "visitor");
	YM_JSON *body = json_pack("{ss ss si}", "why", v->why, "who", p ? ym_who_name(p) : "", "n", v->n_cases);
	return ym_emit_visit(v, "visit.parked", NULL, 0, body, err);
}

enum ym_code
ym_visit_park(struct ym_visit *v, const char *why, struct ym_error *err)
{
	ym_strlcpy(v->why, why ? why : "", sizeof(v->why));
	return ym_visit_commit(v, emit_parked, NULL, err);
}

enum ym_code
ym_visit_continue_case(struct ym_casework *w, const char *case_no, struct ym_visit **ret, struct ym_error *err)
{
	if (!*w->account)
		return ym_fail(err, YM_STATE, N_("Sign in first"), "no account");
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT holder, state, notices, received_ms, fee_state, fee_fen, due_promised, due_statutory, delivery,"
		" (SELECT count(*) FROM view_defer d WHERE d.case_no = view_case.case_no AND d.state = 'open'),"
		" (SELECT state FROM view_visit v WHERE v.visit = view_case.visit) FROM view_case WHERE case_no = :no");
	ym_stmt_text(s, ":no", case_no);
	enum ym_code rc = ym_stmt_step(s, err);
	char holder[40] = "", state[24] = "", promised[16] = "", statutory[16] = "", delivery[16] = "";
	bool owes = false, busy = false;
	int64_t received = 0, fen = 0;
	enum ym_fee_state fee = YM_FEE_NONE;
	int notices = 0;
	if (!rc) {
		ym_strlcpy(holder, ym_stmt_col_text(s, 0), sizeof(holder));
		ym_strlcpy(state, ym_stmt_col_text(s, 1), sizeof(state));
		notices = (int)ym_stmt_col_int(s, 2);
		received = ym_stmt_col_int(s, 3);
		fee = fee_state_of(ym_stmt_col_text(s, 4));
		fen = ym_stmt_col_int(s, 5);
		ym_strlcpy(promised, ym_stmt_col_text(s, 6), sizeof(promised));
		ym_strlcpy(statutory, ym_stmt_col_text(s, 7), sizeof(statutory));
		ym_strlcpy(delivery, ym_stmt_col_text(s, 8), sizeof(delivery));
		owes = ym_stmt_col_int(s, 9) > 0;
		const char *vs = ym_stmt_col_text(s, 10);
		busy = !strcmp(vs, "open") || !strcmp(vs, "parked");
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
	ym_uuid7(v->id);
	v->opened_at = ym_log_now(w->log);
	if ((rc = ym_snapshot_take(v, j, &m, err)) == YM_OK) {
		ym_strlcpy(m->case_no, case_no, sizeof(m->case_no));
		m->state = m->begun = ym_flow_state_by_name(state);
		m->exit = YM_EXIT_NONE;
		m->owes = owes && m->state == YM_CASE_ACCEPTED;
		m->notices = notices;
		m->received_at = received;
		m->fee_state = fee;
		m->fee_fen = fen;
		ym_strlcpy(m->due_promised, promised, sizeof(m->due_promised));
		ym_strlcpy(m->due_statutory, statutory, sizeof(m->due_statutory));
		ym_strlcpy(m->delivery, delivery, sizeof(m->delivery));
		m->reason[0] = 0;
		/* A supplement shows the originals again: what was promised or missing is open. */
		for (int i = 0; i < v->n_persons; i++)
			v->persons[i].logged = false;
		if (!ym_who_by_as(v, "visitor"))
			ym_who_new(v, "visitor", false);
		rc = ym_visit_commit(v, emit_opened, (void *)case_no, err);
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

bool
ym_visit_is_dirty(const struct ym_visit *v)
{
	return v->dirty;
}

enum ym_code
ym_visit_save(struct ym_visit *v, struct ym_error *err)
{
	if (!v->dirty)
		return YM_OK;
	enum ym_code rc = ym_visit_store_draft(v, err);
	if (!rc)
		v->dirty = false;
	return rc;
}

static enum ym_code
close_it(struct ym_visit *v, struct ym_error *err)
{
	char name[64];
	struct ym_attr attrs[] = { { "rating", v->rating == YM_RATING_GIVEN ? "" : "skipped" } };
	enum ym_code rc = ym_emit_visit(v, "visit.closed", attrs, 1, NULL, err);
	snprintf(name, sizeof(name), "visit:%s", v->id);
	return rc ? rc : ym_draft_drop(v->w->db, name, err);
}

enum ym_code
ym_visit_finish(struct ym_visit *v, struct ym_error *err)
{
	for (int c = 0; c < v->n_cases; c++)
		if (v->cases[c].exit != YM_EXIT_NONE && v->cases[c].fee_state == YM_FEE_DUE)
			return ym_fail_on(err, YM_STATE, N_("A fee is still due: take it or waive it with a reason"), v->cases[c].item->name, "fee due");
	enum ym_code rc = ym_db_begin(v->w->db, err);
	if (rc)
		return rc;
	if ((rc = close_it(v, err))) {
		ym_db_rollback(v->w->db);
		return rc;
	}
	if ((rc = ym_db_commit(v->w->db, err)))
		return rc;
	if (v->rating != YM_RATING_GIVEN)
		v->rating = YM_RATING_SKIPPED;
	v->dirty = false;
	return YM_OK;
}

/* -- items and bundles -- */

/* A role that has no document yet gets its person at once: nothing has to be asked for that. */
static void
seat_the_new(struct ym_visit *v, const struct ym_item *it, const struct ym_bundle *b)
{
	for (int r = 0; r < it->n_roles; r++)
		if (it->roles[r].is_new && it->roles[r].required && !b && !ym_who_by_as(v, it->roles[r].id)) {
			struct ym_who *p = ym_who_new(v, it->roles[r].id, it->roles[r].is_org);
			if (p)
				p->is_new = true;
		}
	for (int i = 0; b && i < b->n_parties; i++)
		if (b->parties[i].is_new && !ym_who_by_as(v, b->parties[i].id)) {
			struct ym_who *p = ym_who_new(v, b->parties[i].id, false);
			if (p)
				p->is_new = true;
		}
}

static bool
same_people(const struct ym_matter *a, const struct ym_matter *b)
{
	for (int r = 0; r < a->item->n_roles && r < YM_MAX_CASE_ROLES; r++)
		if (a->roles[r].who != b->roles[r].who)
			return false;
	return true;
}

static void
remove_matter(struct ym_visit *v, int c)
{
	matter_release(&v->cases[c]);
	memmove(&v->cases[c], &v->cases[c + 1], (size_t)(v->n_cases - c - 1) * sizeof(*v->cases));
	v->n_cases--;
	/* Nobody plays what was seated for it: an empty new person leaves with the last case that wanted it. */
	for (int i = v->n_persons - 1; i >= 0; i--) {
		struct ym_who *p = &v->persons[i];
		bool used = !p->is_new || !ym_who_is_blank(p) || !strcmp(p->as, "visitor");
		for (int k = 0; k < v->n_cases; k++)
			for (int r = 0; r < v->cases[k].item->n_roles && r < YM_MAX_CASE_ROLES; r++)
				used |= v->cases[k].roles[r].who == p->key;
		if (used)
			continue;
		ym_knowns_release(&p->facts);
		memmove(p, p + 1, (size_t)(v->n_persons - i - 1) * sizeof(*p));
		v->n_persons--;
	}
}

static enum ym_code
add(struct ym_visit *v, const char *id, const char *bundle, const char *after, int *ret, struct ym_error *err)
{
	const struct ym_item *it;
	const struct ym_bundle *b = NULL;
	enum ym_code rc = ym_pack_item(v->w->pack, id, &it, err);
	if (rc)
		return rc;
	if (*bundle && (rc = ym_pack_bundle(v->w->pack, bundle, &b, err)))
		return rc;
	struct ym_matter *m = ym_visit_new_matter(v, it);
	if (!m)
		return ym_fail(err, YM_REFUSED, N_("A visit holds no more cases"), "max cases");
	ym_strlcpy(m->bundle, bundle, sizeof(m->bundle));
	ym_strlcpy(m->after, after, sizeof(m->after));
	seat_the_new(v, it, b);
	ym_roles_bind(v);
	for (int c = 0; c < v->n_cases - 1; c++)
		if (v->cases[c].item == it && ym_matter_is_open(&v->cases[c]) && same_people(&v->cases[c], m)) {
			remove_matter(v, v->n_cases - 1);
			ym_visit_evaluate(v);
			return ym_fail_on(err, YM_CONFLICT, N_("This item is in the visit already for the same person"), it->name, "twice");
		}
	*ret = v->n_cases - 1;
	return YM_OK;
}

enum ym_code
ym_visit_add_item(struct ym_visit *v, const char *item, int *ret, struct ym_error *err)
{
	int c = 0;
	enum ym_code rc = add(v, item, "", "", &c, err);
	if (rc)
		return rc;
	if (ret)
		*ret = c;
	ym_visit_touch(v);
	return YM_OK;
}

enum ym_code
ym_visit_add_bundle(struct ym_visit *v, const char *bundle, struct ym_error *err)
{
	const struct ym_bundle *b;
	enum ym_code rc = ym_pack_bundle(v->w->pack, bundle, &b, err);
	if (rc)
		return rc;
	if (v->n_cases + b->n_items > YM_MAX_CASES)
		return ym_fail(err, YM_REFUSED, N_("A visit holds no more cases"), "max cases");
	int added = 0;
	for (int i = 0; i < b->n_items; i++) {
		int c;
		rc = add(v, b->items[i].item, bundle, b->items[i].after, &c, err);
		if (rc == YM_CONFLICT)
			continue;
		if (rc)
			break;
		added++;
		/* What does not apply leaves again; what is not known yet stays until it is. */
		if (ym_facts_eval(v, &v->cases[c], b->items[i].when) == YM_FALSE) {
			remove_matter(v, c);
			added--;
		}
	}
	ym_visit_touch(v);
	if (rc && rc != YM_CONFLICT)
		return rc;
	return added ? YM_OK : ym_fail_on(err, YM_CONFLICT, N_("Everything of this bundle is in the visit already"), b->name, "twice");
}

enum ym_code
ym_visit_drop_case(struct ym_visit *v, int c, struct ym_error *err)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	if (!m)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such case"), "index");
	if (m->case_no[0])
		return ym_fail(err, YM_STATE, N_("The case is decided"), "drop decided");
	remove_matter(v, c);
	ym_visit_touch(v);
	return YM_OK;
}

/* -- small answers -- */

const char *
ym_visit_id(const struct ym_visit *v)
{
	return v->id;
}

const char *
ym_visit_ticket(const struct ym_visit *v)
{
	return v->ticket;
}

const char *
ym_visit_claim(const struct ym_visit *v)
{
	return v->claim;
}

enum ym_stage
ym_visit_stage(const struct ym_visit *v)
{
	return v->stage;
}

void
ym_visit_set_stage(struct ym_visit *v, enum ym_stage s)
{
	if ((unsigned)s >= YM_N_STAGES || v->stage == s)
		return;
	v->stage = s;
	v->dirty = true;
}

void
ym_visit_set_caret(struct ym_visit *v, const char *caret)
{
	if (!caret || !strcmp(v->caret, caret))
		return;
	ym_strlcpy(v->caret, caret, sizeof(v->caret));
	v->dirty = true;
}

const char *
ym_visit_caret(const struct ym_visit *v)
{
	return v->caret;
}

void
ym_visit_progress(const struct ym_visit *v, enum ym_stage s, int *ret_done, int *ret_total)
{
	int done = 0, total = 0;
	struct ym_role open[YM_MAX_CASE_ROLES];
	switch (s) {
	case YM_STAGE_IDENTITY:
		for (int i = 0; i < v->n_persons; i++)
			done += v->persons[i].hash[0] || (v->persons[i].is_new && *ym_who_name(&v->persons[i]));
		total = v->n_persons;
		for (int i = 0, n = ym_visit_open_roles(v, open, YM_MAX_CASE_ROLES); i < n; i++)
			total += open[i].required;
		break;
	case YM_STAGE_ITEMS:
		total = v->n_questions + 1;
		done = v->n_cases > 0;
		for (int i = 0; i < v->n_questions; i++)
			done += *v->questions[i].answer != 0;
		break;
	case YM_STAGE_MATERIALS:
		for (int i = 0; i < v->n_materials; i++) {
			const struct ym_material_line *l = &v->materials[i];
			if (l->need == YM_NEED_OPTIONAL || !l->applies_known)
				continue;
			total++;
			done += ym_material_is_here(l->state) || l->state == YM_MAT_DEFERRED;
		}
		break;
	case YM_STAGE_FORM:
		for (int i = 0; i < v->n_form; i++) {
			total += v->form[i].required || *v->form[i].error;
			done += v->form[i].required && v->form[i].has_value && !*v->form[i].error;
		}
		break;
	case YM_STAGE_DECIDE:
		total = v->n_cases;
		for (int c = 0; c < v->n_cases; c++)
			done += !ym_matter_is_open(&v->cases[c]);
		break;
	case YM_STAGE_FEE:
		for (int c = 0; c < v->n_cases; c++) {
			total += v->cases[c].fee_state != YM_FEE_NONE;
			done += v->cases[c].fee_state == YM_FEE_PAID || v->cases[c].fee_state == YM_FEE_WAIVED;
		}
		break;
	case YM_STAGE_PAPERS:
		total = v->n_papers;
		for (int i = 0; i < v->n_papers; i++)
			done += v->papers[i].printed > 0;
		break;
	default:
		total = 1;
		done = v->rating == YM_RATING_GIVEN;
	}
	*ret_done = done;
	*ret_total = total;
}
