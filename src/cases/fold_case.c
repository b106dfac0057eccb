/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One row a case: state, holder, clocks, fee; who plays which role; what was promised for later. Not the flow (flow.c).
 * Invariant: what an event does not say stays as it was.
 */
#include "cases/fold_inner.h"

static enum ym_code
case_persons(struct ym_folding *f)
{
	enum ym_code rc = YM_FOLD_RUN(f, "DELETE FROM view_case_person WHERE case_no = :no", YM_FOLD_TEXT(":no", f->h->case_no));
	for (int i = 0; i < f->h->n_attrs && !rc; i++) {
		if (strncmp(f->h->attrs[i].key, "p.", 2))
			continue;
		rc = YM_FOLD_RUN(f, "INSERT OR IGNORE INTO view_case_person (person, case_no, role) VALUES (:person, :no, :role)",
			YM_FOLD_TEXT(":person", f->h->attrs[i].value), YM_FOLD_TEXT(":no", f->h->case_no),
			YM_FOLD_TEXT(":role", f->h->attrs[i].key + 2));
	}
	return rc;
}

static enum ym_code
case_defers(struct ym_folding *f, const char *state)
{
	bool is_over = !strcmp(state, ym_case_state_name(YM_CASE_TERMINATED)) || !strcmp(state, ym_case_state_name(YM_CASE_WITHDRAWN));
	enum ym_code rc = YM_FOLD_RUN(f, "UPDATE view_defer SET state = :to WHERE case_no = :no AND state = 'open'",
		YM_FOLD_TEXT(":to", is_over ? "over" : "brought"), YM_FOLD_TEXT(":no", f->h->case_no));
	for (int i = 0; i < f->h->n_attrs && !rc; i++) {
		if (strncmp(f->h->attrs[i].key, "d.", 2))
			continue;
		rc = YM_FOLD_RUN(f, "INSERT INTO view_defer (case_no, kind, due, state) VALUES (:no, :kind, :due, 'open')"
			" ON CONFLICT (case_no, kind) DO UPDATE SET due = excluded.due, state = 'open'",
			YM_FOLD_TEXT(":no", f->h->case_no), YM_FOLD_TEXT(":kind", f->h->attrs[i].key + 2),
			YM_FOLD_TEXT(":due", f->h->attrs[i].value));
	}
	return rc;
}

/* Attributes into the row; what an event does not say stays. `snapshot` when the body holds the whole case. */
enum ym_code
ym_fold_case_row(struct ym_folding *f, const char *state, const char *holder, bool snapshot)
{
	struct ym_stmt *s = ym_db_sql(f->db, "SELECT visit FROM view_case WHERE case_no = :no");
	ym_stmt_text(s, ":no", f->h->case_no);
	enum ym_code rc = ym_stmt_step(s, f->err);
	bool is_new = rc == YM_NOTFOUND;
	ym_stmt_done(s);
	if (rc && !is_new)
		return rc;
	if (is_new && !snapshot)
		return YM_OK; /* another desk's case: only its holder has the row */
	if (is_new) {
		rc = YM_FOLD_RUN(f, "INSERT INTO view_case (case_no, key, visit, item, pack, state, holder, received_ms, changed_ms, day, seq,"
			" snapshot_seq) VALUES (:no, :key, :visit, :item, :pack, :state, :holder, :t0, :at, :day, :seq, :seq)",
			YM_FOLD_TEXT(":no", f->h->case_no), YM_FOLD_TEXT(":key", ym_fold_attr(f, "key")),
			YM_FOLD_TEXT(":visit", f->h->visit), YM_FOLD_TEXT(":item", f->h->item),
			YM_FOLD_TEXT(":pack", f->h->pack), YM_FOLD_TEXT(":state", state),
			YM_FOLD_TEXT(":holder", holder ? holder : f->h->desk),
			YM_FOLD_INT(":t0", *ym_fold_attr(f, "t0") ? ym_fold_attr_int(f, "t0") : f->at),
			YM_FOLD_INT(":at", f->at), YM_FOLD_TEXT(":day", f->day), YM_FOLD_INT(":seq", f->h->seq));
		if (rc)
			return rc;
		if ((rc = YM_FOLD_RUN(f, "UPDATE view_visit SET n_cases = n_cases + 1 WHERE visit = :visit",
			YM_FOLD_TEXT(":visit", f->h->visit))))
			return rc;
		/* desk 14, epoch 1, date 8, serial 5, check 1 */
		if (strlen(f->h->case_no) == 29 && !strncmp(f->h->case_no, f->h->desk, strlen(f->h->desk))) {
			char day[9], n[6];
			memcpy(day, f->h->case_no + 15, 8);
			memcpy(n, f->h->case_no + 23, 5);
			day[8] = n[5] = 0;
			if ((rc = ym_fold_serial(f, day, "case", strtoll(n, NULL, 10))))
				return rc;
		}
	}
	return YM_FOLD_RUN(f, "UPDATE view_case SET state = :state, holder = coalesce(:holder, holder), exit = coalesce(:exit, exit),"
		" key = coalesce(:key, key), visit = coalesce(:visit, visit), bundle = coalesce(:bundle, bundle), account = coalesce(:account, account),"
		" decider = coalesce(:decider, decider), accepted = coalesce(:accepted, accepted), due_promised = iif(:promised = '-', '', coalesce(:promised, due_promised)),"
		" due_statutory = iif(:statutory = '-', '', coalesce(:statutory, due_statutory)), fee_state = coalesce(:fee_state, fee_state),"
		" fee_fen = coalesce(CAST(:fee AS INTEGER), fee_fen), delivery = coalesce(:delivery, delivery),"
		" notices = coalesce(CAST(:notices AS INTEGER), notices), fault = fault + :fault, override = override + :override,"
		" deemed = deemed + :deemed, extra = coalesce(CAST(:extra AS INTEGER), extra), pauses = coalesce(:pauses, pauses),"
		" pause_due = iif(:state = 'special', coalesce(:pause_due, pause_due), ''), notice_due = coalesce(:notice_due, notice_due),"
		" changed_ms = :at, day = :day, seq = :seq, snapshot_seq = iif(:snapshot, :seq, snapshot_seq) WHERE case_no = :no",
		YM_FOLD_TEXT(":no", f->h->case_no), YM_FOLD_TEXT(":state", state), YM_FOLD_TEXT(":holder", holder),
		YM_FOLD_TEXT(":exit", ym_fold_attr_or_null(f, "exit")), YM_FOLD_TEXT(":key", ym_fold_attr_or_null(f, "key")),
		YM_FOLD_TEXT(":visit", *f->h->visit ? f->h->visit : NULL),
		YM_FOLD_TEXT(":bundle", ym_fold_attr_or_null(f, "bundle")),
		YM_FOLD_TEXT(":account", *f->h->account ? f->h->account : NULL),
		YM_FOLD_TEXT(":decider", ym_fold_attr_or_null(f, "decider")),
		YM_FOLD_TEXT(":accepted", ym_fold_attr_or_null(f, "accepted")),
		YM_FOLD_TEXT(":promised", ym_fold_attr_or_null(f, "due_promised")),
		YM_FOLD_TEXT(":statutory", ym_fold_attr_or_null(f, "due_statutory")),
		YM_FOLD_TEXT(":fee_state", ym_fold_attr_or_null(f, "fee_state")),
		YM_FOLD_TEXT(":fee", ym_fold_attr_or_null(f, "fee_fen")),
		YM_FOLD_TEXT(":delivery", ym_fold_attr_or_null(f, "delivery")),
		YM_FOLD_TEXT(":notices", ym_fold_attr_or_null(f, "notices")),
		YM_FOLD_INT(":deemed", *ym_fold_attr(f, "deemed") ? 1 : 0),
		YM_FOLD_TEXT(":extra", ym_fold_attr_or_null(f, "extra")),
		YM_FOLD_TEXT(":pauses", ym_fold_attr_or_null(f, "pauses")),
		YM_FOLD_TEXT(":pause_due", ym_fold_attr_or_null(f, "pause_due")),
		YM_FOLD_TEXT(":notice_due", ym_fold_attr_or_null(f, "notice_due")),
		YM_FOLD_INT(":fault", *ym_fold_attr(f, "fault") ? 1 : 0),
		YM_FOLD_INT(":override", *ym_fold_attr(f, "override") ? 1 : 0), YM_FOLD_INT(":at", f->at),
		YM_FOLD_TEXT(":day", f->day), YM_FOLD_INT(":seq", f->h->seq), YM_FOLD_INT(":snapshot", snapshot));
}

/* What a person reads in lists, and what the archive learns, from a snapshot. */
static enum ym_code
case_sealed(struct ym_folding *f, const json_t *snapshot)
{
	if (!f->c->keys || !snapshot)
		return YM_OK;
	enum ym_code rc = ym_fold_seal(f, "case", f->h->case_no, json_pack("{ss}", "who", ym_json_str(snapshot, "who")));
	size_t i;
	json_t *p;
	json_array_foreach(json_object_get(snapshot, "persons"), i, p) {
		if (rc)
			break;
		rc = ym_fold_archive(f, ym_json_str(p, "hash"), json_object_get(p, "facts"));
		if (!rc)
			rc = ym_fold_captures(f, ym_json_str(p, "hash"), (int)ym_json_int(p, "key", 0), snapshot);
	}
	return rc;
}

static enum ym_code
case_repaired(struct ym_folding *f)
{
	return YM_FOLD_RUN(f, "UPDATE view_quarantine SET repaired = 1 WHERE case_no = :no AND event_seq < :seq",
		YM_FOLD_TEXT(":no", f->h->case_no), YM_FOLD_INT(":seq", f->h->seq));
}

enum ym_code
ym_fold_case_whole(struct ym_folding *f, const char *state, const char *holder, const json_t *snapshot)
{
	enum ym_code rc = ym_fold_case_row(f, state, holder, true);
	if (!rc)
		rc = case_persons(f);
	if (!rc)
		rc = case_defers(f, state);
	return rc ? rc : case_sealed(f, snapshot);
}

enum ym_code
ym_fold_case_any(struct ym_folding *f)
{
	const char *state = ym_fold_attr(f, "state");
	if (!*state)
		return YM_OK;
	if (!*ym_fold_attr(f, "key"))
		return ym_fold_case_row(f, state, NULL, false);
	enum ym_code rc = ym_fold_case_whole(f, state, NULL, f->body);
	return rc ? rc : case_repaired(f);
}

static enum ym_code
case_set(struct ym_folding *f, const char *sql, const char *value)
{
	struct ym_stmt *s = ym_db_sql(f->db, sql);
	ym_stmt_text(s, ":value", value);
	ym_stmt_text(s, ":no", f->h->case_no);
	ym_stmt_int(s, ":seq", f->h->seq);
	return ym_stmt_run(s, f->err);
}

static enum ym_code
on_fee_paid(struct ym_folding *f)
{
	return case_set(f, "UPDATE view_case SET fee_state = :value, seq = :seq WHERE case_no = :no", "paid");
}

static enum ym_code
on_fee_waived(struct ym_folding *f)
{
	return case_set(f, "UPDATE view_case SET fee_state = :value, seq = :seq WHERE case_no = :no", "waived");
}

static enum ym_code
on_delivery(struct ym_folding *f)
{
	return case_set(f, "UPDATE view_case SET delivery = :value, seq = :seq WHERE case_no = :no", ym_fold_attr(f, "how"));
}

enum ym_code
ym_fold_case_handed(struct ym_folding *f)
{
	return case_set(f, "UPDATE view_case SET holder = :value, seq = :seq WHERE case_no = :no", ym_fold_attr(f, "to"));
}

const struct ym_fold_kind ym_fold_case_kinds[] = {
	{ "case.handed", ym_fold_case_handed },
	{ "fee.paid", on_fee_paid },
	{ "fee.waived", on_fee_waived },
	{ "delivery.chosen", on_delivery },
	{ NULL, NULL },
};
