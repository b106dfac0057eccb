/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What came by feed, as this desk's own event (feed.applied), into the views. Not taking it in (feed.c).
 * Invariant: only the desk itself counts its own feed.
 */
#include "cases/fold_inner.h"

static enum ym_code
seal_reason(struct ym_folding *f, const char *case_no, const json_t *content)
{
	const char *reason = ym_json_str(content, "reason");
	return *reason ? ym_fold_seal(f, "review", case_no, json_pack("{ss ss}", "reason", reason, "by", ym_json_str(content, "by"))) : YM_OK;
}

enum ym_code
ym_fold_feed_reason(struct ym_folding *f, const char *case_no, const char *body)
{
	YM_JSON *j = NULL;
	return ym_json_parse(body, strlen(body), "event", &j, NULL) ? YM_OK : seal_reason(f, case_no, j);
}

static enum ym_code
feed_reviewed(struct ym_folding *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "SELECT state FROM view_case WHERE case_no = :no");
	ym_stmt_text(s, ":no", f->h->case_no);
	enum ym_code rc = ym_stmt_step(s, f->err);
	char state[24] = "";
	if (!rc)
		ym_strlcpy(state, ym_stmt_col_text(s, 0), sizeof(state));
	ym_stmt_done(s);
	if (rc)
		return rc == YM_NOTFOUND ? YM_OK : rc;
	const char *result = ym_fold_attr(f, "result");
	const char *action = !strcmp(result, "approved") ? "approve" : !strcmp(result, "denied") ? "deny" : "send_back";
	const struct ym_flow_row *row = ym_flow_row(ym_flow_state_by_name(state), action);
	if (row)
		rc = ym_fold_case_row(f, ym_case_state_name(row->to), NULL, false);
	return rc ? rc : seal_reason(f, f->h->case_no, f->body);
}

static enum ym_code
feed_quarantined(struct ym_folding *f)
{
	enum ym_code rc = YM_FOLD_RUN(f, "INSERT OR IGNORE INTO view_quarantine (event_seq, case_no, field, number)"
		" VALUES (:seq, :no, :field, :number)", YM_FOLD_INT(":seq", ym_fold_attr_int(f, "seq")),
		YM_FOLD_TEXT(":no", f->h->case_no), YM_FOLD_TEXT(":field", ym_fold_attr(f, "field")),
		YM_FOLD_INT(":number", ym_fold_attr_int(f, "number")));
	return rc || !f->body ? rc : ym_fold_seal(f, "quarantine", ym_fold_attr(f, "seq"), json_pack("{ss}", "reason", ym_json_str(f->body, "reason")));
}

static enum ym_code
on_feed(struct ym_folding *f)
{
	/* At the central several desks' logs meet: only the desk itself counts its own feed. */
	const char *kind = ym_fold_attr(f, "feed");
	if (!ym_streq(f->c->desk, f->h->desk))
		return YM_OK;
	enum ym_code rc = YM_FOLD_RUN(f, "INSERT OR IGNORE INTO view_feed (number, kind, seq) VALUES (:number, :kind, :seq)",
		YM_FOLD_INT(":number", ym_fold_attr_int(f, "number")), YM_FOLD_TEXT(":kind", kind),
		YM_FOLD_INT(":seq", f->h->seq));
	if (rc)
		return rc;
	if (!strcmp(kind, "check.answered"))
		return ym_fold_check_answer(f, f->body);
	if (!strcmp(kind, "case.reviewed"))
		return feed_reviewed(f);
	if (!strcmp(kind, "case.granted"))
		return ym_fold_case_whole(f, ym_fold_attr(f, "state"), f->h->desk, json_object_get(f->body, "snapshot"));
	if (!strcmp(kind, "case.moved"))
		return ym_fold_case_handed(f);
	if (!strcmp(kind, "event.quarantined"))
		return feed_quarantined(f);
	if (!strcmp(kind, "account.changed"))
		return ym_fold_account(f, f->body);
	if (!strcmp(kind, "ticket.pushed"))
		return ym_fold_ticket_new(f, f->body);
	return YM_OK;
}

const struct ym_fold_kind ym_fold_feed_kinds[] = {
	{ "feed.applied", on_feed },
	{ NULL, NULL },
};
