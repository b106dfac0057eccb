/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Hand-over: a case gets another holder, who is sent its visit's key and its last snapshot; the old holder is told.
 * Invariant: holder, grant and notice change in one transaction.
 */
#include "central/inner.h"

/* The whole case to its new holder: the key of its visit and the last snapshot. */
static enum ym_code
grant(struct ym_work *w, const struct ym_docket *d, const struct ym_central_desk *to,
	struct ym_error *err)
{
	uint8_t key[YM_KEY_LEN];
	char hex[2 * YM_KEY_LEN + 1];
	struct ym_event_header h;
	YM_BUF scratch = { 0 };
	YM_JSON *snapshot = NULL, *content = NULL;
	enum ym_code code = ym_worker_reopen(w->c, d->snapshot, &scratch, &h, &snapshot, err);

	if (!code)
		code = ym_worker_key(w->c, h.desk, h.epoch, h.visit, key, err);
	if (code == YM_NOTFOUND) {
		ym_worker_quarantine(w, "case", N_("The content of this case is erased"));
		return YM_OK;
	}
	if (!code)
		code = ym_worker_keep_key(w->c, to->code, to->epoch, h.visit, key, err);
	if (code)
		return code;
	ym_hex(hex, key, sizeof key);
	content = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:O}", "case", d->case_no, "visit",
		h.visit, "item", d->item, "pack", d->pack, "state", d->state, "exit", d->exit,
		"key", hex, "snapshot", snapshot);
	code = ym_outbox_put(w->c, to, "case.granted", content, err);
	explicit_bzero(key, sizeof key);
	explicit_bzero(hex, sizeof hex);
	return code;
}

/* A result that the old holder has not folded would be lost on its way. */
static enum ym_code
send_result(struct ym_work *w, const struct ym_docket *d, const char *to, struct ym_error *err)
{
	bool has_result = d->reviewed_ms && *d->review && !ym_review_is_open(d);

	return has_result && !d->applied ? ym_review_send_again(w->c, to, d, err) : YM_OK;
}

static enum ym_code
hand_over(struct ym_work *w, const struct ym_docket *d, const struct ym_central_desk *to,
	struct ym_error *err)
{
	YM_JSON *moved =
		json_pack("{s:s,s:s,s:s}", "case", d->case_no, "visit", d->visit, "to", to->code);
	struct ym_stmt *s;
	enum ym_code code = grant(w, d, to, err);

	if (code || w->reason)
		return code;
	s = ym_db_sql(w->c->db, "UPDATE docket SET holder = :to WHERE case_no = :case_no");
	ym_stmt_text(s, "to", to->code);
	ym_stmt_text(s, "case_no", d->case_no);
	code = ym_stmt_run(s, err);
	if (!code)
		code = ym_outbox_put_code(w->c, d->holder, "case.moved", moved, err);
	return code ? code : send_result(w, d, to->code, err);
}

/* Finds the case and says what is against moving it to that desk. */
static enum ym_code
check_move(struct ym_work *w, const struct ym_central_desk *to, struct ym_docket *d,
	struct ym_error *err)
{
	static const char *const closed[] = { "not_accepted", "withdrawn", "terminated",
		"delivered", "archived", NULL };
	struct ym_central_desk from;
	enum ym_code code = ym_docket_find(w->c, w->ev.h.case_no, d, err);

	if (!code && d->is_known) {
		code = ym_central_living_desk(w->c, d->holder, &from, err);
		/* A practice desk never reaches a real case. */
		if (!code && strcmp(from.profile, to->profile))
			d->is_known = false;
		if (code == YM_NOTFOUND)
			code = YM_OK;
	}
	if (code)
		return code;
	if (!d->is_known)
		ym_worker_quarantine(w, "case", N_("The central does not know this case"));
	else if (ym_docket_is_one_of(d->state, closed))
		ym_worker_quarantine(w, "state", N_("This case is closed"));
	return YM_OK;
}

/* Does this letter of the holder have the case: its last snapshot is its own, or it was given to it? */
static enum ym_code
has_case(struct ym_work *w, const struct ym_docket *d, bool *ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(w->c->db,
		"SELECT d.given = :epoch OR e.desk = :desk FROM docket d JOIN event e ON e.n = d.snapshot WHERE d.case_no = :case_no");
	enum ym_code code;

	ym_stmt_text_n(s, "epoch", &w->desk.epoch, 1);
	ym_stmt_text(s, "desk", w->desk.desk);
	ym_stmt_text(s, "case_no", d->case_no);
	code = ym_stmt_step(s, err);
	if (!code)
		*ret = ym_stmt_col_int(s, 0) != 0;
	ym_stmt_done(s);
	return code;
}

/* A desk that goes on under a later letter holds its cases by its code, and has nothing of them: no key, no snapshot. */
static enum ym_code
give_again(struct ym_work *w, const struct ym_docket *d, struct ym_error *err)
{
	struct ym_stmt *s;
	bool has = true;
	enum ym_code code = w->desk.epoch == 'A' ? YM_OK : has_case(w, d, &has, err);

	if (code || has)
		return code;
	code = grant(w, d, &w->desk, err);
	if (code || w->reason)
		return code;
	s = ym_db_sql(w->c->db, "UPDATE docket SET given = :epoch WHERE case_no = :case_no");
	ym_stmt_text_n(s, "epoch", &w->desk.epoch, 1);
	ym_stmt_text(s, "case_no", d->case_no);
	code = ym_stmt_run(s, err);
	return code ? code : send_result(w, d, w->desk.code, err);
}

enum ym_code
ym_handover_requested(struct ym_work *w, struct ym_error *err)
{
	struct ym_docket d;
	enum ym_code code = check_move(w, &w->desk, &d, err);

	if (code || w->reason)
		return code;
	return strcmp(d.holder, w->desk.code) ? hand_over(w, &d, &w->desk, err) : give_again(w, &d, err);
}

enum ym_code
ym_handover_handed(struct ym_work *w, struct ym_error *err)
{
	struct ym_central_desk to;
	struct ym_docket d;
	enum ym_code code = ym_central_living_desk(w->c, ym_event_attr(&w->ev.h, "to"), &to, err);

	if (code == YM_NOTFOUND) {
		ym_worker_quarantine(w, "to", N_("The central does not know this desk"));
		return YM_OK;
	}
	if (!code)
		code = check_move(w, &to, &d, err);
	if (code || w->reason || !strcmp(d.holder, to.code))
		return code;
	if (strcmp(d.holder, w->desk.code)) {
		ym_worker_quarantine(w, "holder", N_("Another desk holds this case"));
		return YM_OK;
	}
	return hand_over(w, &d, &to, err);
}
