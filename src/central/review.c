/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The central's word on a case: by rules where a step is automatic, by an approver otherwise. Not the state of a case: that follows its
 * holder's log (docket.c). Invariant: a result is kept and sent in one transaction, to whoever holds the case then.
 */
#include "central/inner.h"

#include "base/clock.h"

static void
review_place(char ret[96], const char *case_no)
{
	snprintf(ret, 96, "review:%s", case_no);
}

static enum ym_code
set_review(struct ym_central *c, const char *case_no, const char *review, const char *by,
	const char *reason, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"UPDATE docket SET review = :review, review_by = :by, reason = :reason, applied = 0,"
		" reviewed_ms = :now WHERE case_no = :case_no");
	YM_BUF sealed = { 0 };
	char place[96];

	review_place(place, case_no);
	ym_central_seal(c, place, reason, strlen(reason), &sealed);
	ym_stmt_text(s, "review", review);
	ym_stmt_text(s, "by", by);
	ym_stmt_blob(s, "reason", sealed.data, sealed.len);
	ym_stmt_int(s, "now", ym_clock_wall());
	ym_stmt_text(s, "case_no", case_no);
	return ym_stmt_run(s, err);
}

static enum ym_code
send_review(struct ym_central *c, const char *to, const char *case_no, const char *visit,
	const char *result, const char *reason, const char *by, int64_t at, struct ym_error *err)
{
	YM_JSON *content = json_pack("{s:s,s:s,s:s,s:s,s:s,s:I}", "case", case_no, "visit", visit,
		"result", result, "reason", reason, "by", by, "at", (json_int_t)at);

	return content ? ym_outbox_put_code(c, to, "case.reviewed", content, err)
		       : ym_fail_on(err, YM_INVALID,
				 N_("A review needs a result, and a reason unless it approves"),
				 case_no, "not UTF-8");
}

static enum ym_code
decide(struct ym_central *c, const char *case_no, const char *result, const char *reason,
	const char *by, struct ym_error *err)
{
	struct ym_docket d;
	enum ym_code code = ym_docket_find(c, case_no, &d, err);

	if (!code)
		code = set_review(c, case_no, result, by, reason, err);
	if (!code && strcmp(result, "returned"))
		code = ym_standing_decided(c, case_no, err);
	return code ? code
		    : send_review(c, d.holder, case_no, d.visit, result, reason, by,
			      ym_clock_wall(), err);
}

/* What a required check of the item says about the person in that role. */
static void
ask_required(const struct ym_central *c, const struct ym_item_check *check, const json_t *snapshot,
	struct ym_register_answer *ret)
{
	static const char *const data[] = { "id_number", "uscc", "doc_number", "passport_number",
		"pass_number" };
	const json_t *role = json_object_get(json_object_get(snapshot, "roles"), check->subject),
		     *person, *fact;
	json_int_t key = json_integer_value(json_is_array(role) ? json_array_get(role, 0) : role);
	size_t i, k;

	*ret = (struct ym_register_answer){ .status = "unknown", .source = check->reg };
	json_array_foreach(json_object_get(snapshot, "persons"), i, person)
	{
		if (ym_json_int(person, "key", 0) != key)
			continue;
		for (size_t n = 0; n < YM_ARRAY_LEN(data); n++)
			json_array_foreach(json_object_get(person, "facts"), k,
				fact) if (!strcmp(ym_json_str(fact, "d"), data[n]) &&
				*ym_json_str(fact, "v"))
			{
				ym_register_ask(c, check->reg, ym_json_str(fact, "v"),
					ym_clock_wall(), ret);
				return;
			}
	}
}

/* A hit denies; a required check that says nothing is not a clear one: an approver looks. */
static enum ym_code
review_by_rules(struct ym_work *w, const struct ym_item *item, struct ym_error *err)
{
	const char *case_no = w->ev.h.case_no;
	bool is_unknown = false;

	for (int i = 0; i < item->n_checks; i++) {
		struct ym_register_answer answer;
		YM_FREE char *reason = NULL;

		if (!item->checks[i].required)
			continue;
		ask_required(w->c, &item->checks[i], w->body, &answer);
		is_unknown |= !strcmp(answer.status, "unknown");
		if (strcmp(answer.status, "hit"))
			continue;
		reason = ym_asprintf("%s: %s", answer.source, ym_json_str(answer.answer, "text"));
		return decide(w->c, case_no, "denied", reason, "auto", err);
	}
	return is_unknown ? set_review(w->c, case_no, "waiting", "", "", err)
			  : decide(w->c, case_no, "approved", "", "auto", err);
}

/* The strictest decider of the item's steps. */
bool
ym_review_is_open(const struct ym_docket *d)
{
	return !strcmp(d->review, "waiting") || !strcmp(d->review, "deferred");
}

enum ym_decider
ym_review_decider(const struct ym_item *item)
{
	enum ym_decider by = YM_BY_WINDOW;

	for (int i = 0; i < item->n_steps; i++)
		if (item->steps[i].by > by)
			by = item->steps[i].by;
	return by;
}

enum ym_code
ym_review_start(struct ym_work *w, const struct ym_docket *d, const struct ym_item *item,
	struct ym_error *err)
{
	static const char *const submits[] = { "case.accepted", "case.supplemented",
		"case.deemed_accepted", NULL };
	static const char *const in_hand[] = { "accepted", "reviewing", "special", "deciding",
		"extended", NULL };
	const struct ym_event_header *h = &w->ev.h;
	enum ym_decider by = item ? ym_review_decider(item) : YM_BY_WINDOW;

	if (ym_docket_is_one_of(h->kind, submits) && by == YM_BY_APPROVER)
		return set_review(w->c, h->case_no, "waiting", "", "", err);
	if (ym_docket_is_one_of(h->kind, submits) && by == YM_BY_AUTO)
		return !strcmp(ym_event_attr(h, "exit"), "deferred")
			? set_review(w->c, h->case_no, "deferred", "", "", err)
			: review_by_rules(w, item, err);
	if (!ym_docket_is_one_of(ym_event_attr(h, "state"), in_hand) &&
		ym_review_is_open(d))
		return set_review(w->c, h->case_no, "", "", "", err);
	return YM_OK;
}

enum ym_code
ym_review_send_again(
	struct ym_central *c, const char *to, const struct ym_docket *d, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(
		c->db, "SELECT reason FROM docket WHERE case_no = :case_no AND reason IS NOT NULL");
	YM_BUF reason = { .max = 65536 };
	char place[96];
	enum ym_code code;

	ym_stmt_text(s, "case_no", d->case_no);
	code = ym_stmt_step(s, err);
	if (!code) {
		size_t n;
		const void *sealed = ym_stmt_col_blob(s, 0, &n);

		review_place(place, d->case_no);
		code = ym_central_unseal(c, place, sealed, n, &reason, err);
	}
	ym_stmt_done(s);
	if (code && code != YM_NOTFOUND)
		return code;
	return send_review(c, to, d->case_no, d->visit, d->review, ym_buf_str(&reason),
		d->review_by, d->reviewed_ms, err);
}

/* -- the approver's side -- */

enum ym_code
ym_central_review(struct ym_central *c, const char *case_no, const char *result, const char *reason,
	const char *by, struct ym_error *err)
{
	static const char *const results[] = { "approved", "denied", "returned", NULL };
	struct ym_docket d;
	enum ym_code code = ym_central_need_key(c, err);

	if (!code &&
		(!ym_docket_is_one_of(result, results) || !*by ||
			(!*reason && strcmp(result, "approved"))))
		code = ym_fail_on(err, YM_INVALID,
			N_("A review needs a result, and a reason unless it approves"), case_no,
			"review");
	if (!code)
		code = ym_db_begin(c->db, err);
	if (code)
		return code;
	code = ym_docket_find(c, case_no, &d, err);
	if (!code && !d.is_known)
		code = ym_fail_on(err, YM_NOTFOUND, N_("The central does not know this case"),
			case_no, "review");
	if (!code && !ym_review_is_open(&d))
		code = ym_fail_on(err, YM_STATE, N_("This case does not wait for a review"),
			case_no, "review %s", d.review);
	if (!code)
		code = decide(c, case_no, result, reason, by, err);
	if (!code)
		return ym_db_commit(c->db, err);
	ym_db_rollback(c->db);
	return code;
}

enum ym_code
ym_central_each_review(
	struct ym_central *c, ym_central_review_fn fn, void *user, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT case_no, item, holder, changed_ms FROM docket WHERE review = 'waiting' ORDER BY changed_ms");
	enum ym_code code;

	while (!(code = ym_stmt_step(s, err)))
		fn(user, ym_stmt_col_text(s, 0), ym_stmt_col_text(s, 1), ym_stmt_col_text(s, 2),
			ym_stmt_col_int(s, 3));
	return code == YM_NOTFOUND ? YM_OK : code;
}
