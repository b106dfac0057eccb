/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Cases at the central: who holds them, what state their holder's log gives them. Not the review (review.c) nor hand-over
 * (handover.c). Invariant: one holder a case; what cannot be used is found before anything is written.
 */
#include "central/inner.h"

#include "base/clock.h"
#include "cases/casework.h"

enum ym_code
ym_docket_find(struct ym_central *c, const char *case_no, struct ym_docket *d, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT item, pack, holder, state, exit, visit, review, review_by, snapshot, reviewed_ms, applied"
		" FROM docket WHERE case_no = :case_no");
	struct {
		char *to;
		size_t size;
	} texts[] = { { d->item, sizeof d->item }, { d->pack, sizeof d->pack },
		{ d->holder, sizeof d->holder }, { d->state, sizeof d->state },
		{ d->exit, sizeof d->exit }, { d->visit, sizeof d->visit },
		{ d->review, sizeof d->review }, { d->review_by, sizeof d->review_by } };
	enum ym_code code;

	ym_strlcpy(d->case_no, case_no, sizeof d->case_no);
	ym_stmt_text(s, "case_no", case_no);
	code = ym_stmt_step(s, err);
	d->is_known = code == YM_OK;
	for (size_t i = 0; i < YM_ARRAY_LEN(texts); i++)
		ym_strlcpy(
			texts[i].to, d->is_known ? ym_stmt_col_text(s, (int)i) : "", texts[i].size);
	if (d->is_known) {
		d->snapshot = ym_stmt_col_int(s, 8);
		d->reviewed_ms = ym_stmt_col_int(s, 9);
		d->applied = ym_stmt_col_int(s, 10) != 0;
	}
	ym_stmt_done(s);
	return code == YM_NOTFOUND ? YM_OK : code;
}

bool
ym_docket_is_one_of(const char *s, const char *const list[])
{
	for (; *list; list++)
		if (!strcmp(s, *list))
			return true;
	return false;
}

/* -- the holder's decisive events -- */

/* Data that every acceptance of the item needs, whatever the answers are. */
static void
check_data(struct ym_work *w, struct ym_pack *pack, const struct ym_item *item)
{
	const json_t *form = json_object_get(w->body, "form");

	for (int i = 0; i < item->n_fields && !w->reason; i++) {
		const struct ym_need_field *f = &item->fields[i];
		const char *dot = strchr(f->datum, '.');
		const struct ym_datum *datum = dot ? ym_pack_datum(pack, dot + 1) : NULL;
		bool is_needed = f->required && !*f->when && !f->is_result && datum &&
			datum->type != YM_DATUM_CAPTURE;

		for (int r = 0; is_needed && r < item->n_roles; r++)
			if (!strncmp(item->roles[r].id, f->datum, (size_t)(dot - f->datum)) &&
				!item->roles[r].id[dot - f->datum])
				is_needed = item->roles[r].required;
		if (is_needed && !*ym_json_str(form, f->datum))
			ym_worker_quarantine(w, f->datum, N_("A required datum is missing"));
	}
}

static enum ym_code
has_open_quarantine(struct ym_work *w, bool *ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(w->c->db,
		"SELECT 1 FROM quarantine WHERE case_no = :case_no AND desk = :desk AND repaired = 0"
		" AND kind LIKE 'case.%' AND kind <> 'case.requested' LIMIT 1");
	enum ym_code code;

	ym_stmt_text(s, "case_no", w->ev.h.case_no);
	ym_stmt_text(s, "desk", w->desk.desk);
	code = ym_stmt_step(s, err);
	*ret = code == YM_OK;
	ym_stmt_done(s);
	return code == YM_NOTFOUND ? YM_OK : code;
}

/* Everything that makes the event unusable, before anything is written. */
static enum ym_code
check_decisive(struct ym_work *w, const struct ym_docket *d, bool is_snapshot,
	const struct ym_item **ret_item, struct ym_error *err)
{
	static const char *const accepting[] = { "case.accepted", "case.completed", NULL };
	const struct ym_event_header *h = &w->ev.h;
	const char *state = ym_event_attr(h, "state");
	struct ym_pack *pack = NULL;
	const struct ym_item *item = NULL;
	bool blocked = false;
	enum ym_code code = has_open_quarantine(w, &blocked, err);

	if (code)
		return code;
	if (d->is_known && strcmp(d->holder, w->desk.code))
		ym_worker_quarantine(w, "holder", N_("Another desk holds this case"));
	else if (!d->is_known && strncmp(h->case_no, w->desk.desk, strlen(w->desk.desk)))
		ym_worker_quarantine(w, "case", N_("The case number belongs to another desk"));
	else if (blocked && !is_snapshot)
		ym_worker_quarantine(
			w, "case", N_("An earlier event of this case could not be used"));
	else if (!d->is_known && !is_snapshot)
		ym_worker_quarantine(w, "case", N_("The central does not know this case"));
	else if (strcmp(ym_case_state_name(ym_flow_state_by_name(state)), state))
		ym_worker_quarantine(w, "state", N_("A case has no such state"));
	else if (strlen(h->case_no) >= sizeof d->case_no || strlen(h->item) >= sizeof d->item)
		ym_worker_quarantine(
			w, "case", N_("The content of an event has another form than expected"));
	if (w->reason)
		return YM_OK;
	code = ym_publish_item(w->c, h->pack, d->is_known ? d->item : h->item, &pack, &item, err);
	if (code == YM_NOTFOUND) {
		ym_worker_quarantine(
			w, "item", N_("The catalogue of the central does not have this item"));
		return YM_OK;
	}
	if (code)
		return code;
	*ret_item = item;
	if (is_snapshot && !w->is_erased &&
		(ym_json_int(w->body, "v", 0) != 1 ||
			!json_is_array(json_object_get(w->body, "persons")) ||
			strcmp(ym_json_str(w->body, "item"), h->item)))
		ym_worker_quarantine(
			w, "body", N_("The content of an event has another form than expected"));
	if (!w->reason && item && !strcmp(h->kind, "case.completed") &&
		ym_review_decider(item) != YM_BY_WINDOW)
		ym_worker_quarantine(w, "step", N_("The window may not decide this item"));
	if (!w->reason && item && is_snapshot && !w->is_erased && ym_docket_is_one_of(h->kind, accepting) &&
		!*ym_event_attr(h, "override"))
		check_data(w, pack, item);
	return YM_OK;
}

static enum ym_code
store(struct ym_work *w, const struct ym_docket *d, bool is_snapshot, struct ym_error *err)
{
	const struct ym_event_header *h = &w->ev.h;
	struct ym_stmt *s;
	enum ym_code code;

	s = ym_db_sql(w->c->db,
		"INSERT INTO docket (case_no, item, pack, holder, state, exit, visit, snapshot, changed_ms)"
		" VALUES (:case_no, :item, :pack, :holder, :state, :exit, :visit, :n, :at) ON CONFLICT (case_no) DO UPDATE SET"
		" state = excluded.state, exit = iif(excluded.exit = '', exit, excluded.exit), changed_ms = excluded.changed_ms,"
		" pack = iif(:is_snapshot, excluded.pack, pack), visit = iif(:is_snapshot, excluded.visit, visit),"
		" snapshot = iif(:is_snapshot, excluded.snapshot, snapshot)");
	ym_stmt_text(s, "case_no", h->case_no);
	ym_stmt_text(s, "item", h->item);
	ym_stmt_text(s, "pack", h->pack);
	ym_stmt_text(s, "holder", w->desk.code);
	ym_stmt_text(s, "state", ym_event_attr(h, "state"));
	ym_stmt_text(s, "exit", ym_event_attr(h, "exit"));
	ym_stmt_text(s, "visit", h->visit);
	ym_stmt_int(s, "n", w->n);
	ym_stmt_int(s, "at", w->at);
	ym_stmt_int(s, "is_snapshot", is_snapshot);
	code = ym_stmt_run(s, err);
	if (code || !is_snapshot)
		return code;
	s = ym_db_sql(w->c->db,
		"UPDATE quarantine SET repaired = 1 WHERE case_no = :case_no AND desk = :desk AND repaired = 0");
	ym_stmt_text(s, "case_no", h->case_no);
	ym_stmt_text(s, "desk", w->desk.desk);
	return ym_stmt_run(s, err);
}

enum ym_code
ym_docket_decisive(struct ym_work *w, struct ym_error *err)
{
	/* As the fold has it: an event with the case's key holds the whole case. */
	bool is_snapshot = *ym_event_attr(&w->ev.h, "key") && (w->body || w->is_erased);
	const struct ym_item *item = NULL;
	struct ym_docket d;
	enum ym_code code = ym_docket_find(w->c, w->ev.h.case_no, &d, err);

	if (!code)
		code = check_decisive(w, &d, is_snapshot, &item, err);
	if (code || w->reason)
		return code;
	code = store(w, &d, is_snapshot, err);
	if (!code)
		code = ym_standing_note(w, err);
	return code ? code : ym_review_start(w, &d, item, err);
}

/* -- what the holder folded of the feed -- */

enum ym_code
ym_docket_applied(struct ym_work *w, struct ym_error *err)
{
	const char *result = ym_event_attr(&w->ev.h, "result");
	const struct ym_flow_row *row;
	struct ym_docket d;
	struct ym_stmt *s;
	enum ym_code code;

	if (strcmp(ym_event_attr(&w->ev.h, "feed"), "case.reviewed"))
		return YM_OK;
	code = ym_docket_find(w->c, w->ev.h.case_no, &d, err);
	if (code || !d.is_known || strcmp(d.holder, w->desk.code))
		return code;
	/* The same step that the desk's fold takes. */
	row = ym_flow_row(ym_flow_state_by_name(d.state),
		!strcmp(result, "approved")         ? "approve"
			: !strcmp(result, "denied") ? "deny"
						    : "send_back");
	s = ym_db_sql(w->c->db,
		"UPDATE docket SET state = coalesce(:state, state), applied = 1, changed_ms = :at WHERE case_no = :case_no");
	ym_stmt_text(s, "state", row ? ym_case_state_name(row->to) : NULL);
	ym_stmt_int(s, "at", w->at);
	ym_stmt_text(s, "case_no", d.case_no);
	return ym_stmt_run(s, err);
}
