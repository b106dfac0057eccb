/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Cases at the central: who holds them, what state their holder's log gives them, the central's review, hand-over.
 * Not opening (worker.c). Invariant: one holder a case; what cannot be used is found before anything is written.
 */
#include "central/inner.h"

#include "base/clock.h"
#include "cases/casework.h"

struct docket {
	bool is_known;
	char case_no[64], item[64], pack[64], holder[32], state[24], exit[24], visit[64], review[16], review_by[64];
	int64_t snapshot, reviewed_ms;
	bool applied;
};

static enum ym_code
find(struct ym_central *c, const char *case_no, struct docket *d, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db, "SELECT item, pack, holder, state, exit, visit, review, review_by, snapshot, reviewed_ms, applied"
		" FROM docket WHERE case_no = :case_no");
	struct { char *to; size_t size; } texts[] = { { d->item, sizeof d->item }, { d->pack, sizeof d->pack }, { d->holder, sizeof d->holder },
		{ d->state, sizeof d->state }, { d->exit, sizeof d->exit }, { d->visit, sizeof d->visit }, { d->review, sizeof d->review },
		{ d->review_by, sizeof d->review_by } };
	enum ym_code code;

	ym_strlcpy(d->case_no, case_no, sizeof d->case_no);
	ym_stmt_text(s, "case_no", case_no);
	code = ym_stmt_step(s, err);
	d->is_known = code == YM_OK;
	for (size_t i = 0; i < YM_ARRAY_LEN(texts); i++)
		ym_strlcpy(texts[i].to, d->is_known ? ym_stmt_col_text(s, (int)i) : "", texts[i].size);
	if (d->is_known) {
		d->snapshot = ym_stmt_col_int(s, 8);
		d->reviewed_ms = ym_stmt_col_int(s, 9);
		d->applied = ym_stmt_col_int(s, 10) != 0;
	}
	ym_stmt_done(s);
	return code == YM_NOTFOUND ? YM_OK : code;
}

static bool
is_one_of(const char *s, const char *const list[])
{
	for (; *list; list++)
		if (!strcmp(s, *list))
			return true;
	return false;
}

/* -- review -- */

static void
review_place(char ret[96], const char *case_no)
{
	snprintf(ret, 96, "review:%s", case_no);
}

static enum ym_code
set_review(struct ym_central *c, const char *case_no, const char *review, const char *by, const char *reason, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db, "UPDATE docket SET review = :review, review_by = :by, reason = :reason, applied = 0,"
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
send_review(struct ym_central *c, const char *to, const char *case_no, const char *visit, const char *result, const char *reason,
	const char *by, int64_t at, struct ym_error *err)
{
	YM_JSON *content = json_pack("{s:s,s:s,s:s,s:s,s:s,s:I}", "case", case_no, "visit", visit, "result", result, "reason", reason, "by", by, "at",
		(json_int_t)at);

	return content ? ym_outbox_put_code(c, to, "case.reviewed", content, err)
		       : ym_fail_on(err, YM_INVALID, N_("A review needs a result, and a reason unless it approves"), case_no, "not UTF-8");
}

static enum ym_code
decide(struct ym_central *c, const char *case_no, const char *result, const char *reason, const char *by, struct ym_error *err)
{
	struct docket d;
	enum ym_code code = find(c, case_no, &d, err);

	if (!code)
		code = set_review(c, case_no, result, by, reason, err);
	return code ? code : send_review(c, d.holder, case_no, d.visit, result, reason, by, ym_clock_wall(), err);
}

/* What a required check of the item says about the person in that role. */
static void
ask_required(const struct ym_central *c, const struct ym_item_check *check, const json_t *snapshot, struct ym_register_answer *ret)
{
	static const char *const data[] = { "id_number", "uscc", "doc_number", "passport_number", "pass_number" };
	const json_t *role = json_object_get(json_object_get(snapshot, "roles"), check->subject), *person, *fact;
	json_int_t key = json_integer_value(json_is_array(role) ? json_array_get(role, 0) : role);
	size_t i, k;

	*ret = (struct ym_register_answer){ .status = "unknown", .source = check->reg };
	json_array_foreach(json_object_get(snapshot, "persons"), i, person) {
		if (ym_json_int(person, "key", 0) != key)
			continue;
		for (size_t n = 0; n < YM_ARRAY_LEN(data); n++)
			json_array_foreach(json_object_get(person, "facts"), k, fact)
				if (!strcmp(ym_json_str(fact, "d"), data[n]) && *ym_json_str(fact, "v")) {
					ym_register_ask(c, check->reg, ym_json_str(fact, "v"), ym_clock_wall(), ret);
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
	return is_unknown ? set_review(w->c, case_no, "waiting", "", "", err) : decide(w->c, case_no, "approved", "", "auto", err);
}

/* The strictest decider of the item's steps. */
static enum ym_decider
decider_of(const struct ym_item *item)
{
	enum ym_decider by = YM_BY_WINDOW;

	for (int i = 0; i < item->n_steps; i++)
		if (item->steps[i].by > by)
			by = item->steps[i].by;
	return by;
}

static enum ym_code
start_review(struct ym_work *w, const struct docket *d, const struct ym_item *item, struct ym_error *err)
{
	static const char *const submits[] = { "case.accepted", "case.supplemented", "case.deemed_accepted", NULL };
	static const char *const in_hand[] = { "accepted", "reviewing", "special", "deciding", "extended", NULL };
	const struct ym_event_header *h = &w->ev.h;
	enum ym_decider by = item ? decider_of(item) : YM_BY_WINDOW;

	if (is_one_of(h->kind, submits) && by == YM_BY_APPROVER)
		return set_review(w->c, h->case_no, "waiting", "", "", err);
	if (is_one_of(h->kind, submits) && by == YM_BY_AUTO)
		return !strcmp(ym_event_attr(h, "exit"), "deferred") ? set_review(w->c, h->case_no, "deferred", "", "", err)
								      : review_by_rules(w, item, err);
	if (!is_one_of(ym_event_attr(h, "state"), in_hand) && (!strcmp(d->review, "waiting") || !strcmp(d->review, "deferred")))
		return set_review(w->c, h->case_no, "", "", "", err);
	return YM_OK;
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
		bool is_needed = f->required && !*f->when && !f->is_result && datum && datum->type != YM_DATUM_CAPTURE;

		for (int r = 0; is_needed && r < item->n_roles; r++)
			if (!strncmp(item->roles[r].id, f->datum, (size_t)(dot - f->datum)) && !item->roles[r].id[dot - f->datum])
				is_needed = item->roles[r].required;
		if (is_needed && !*ym_json_str(form, f->datum))
			ym_worker_quarantine(w, f->datum, N_("A required datum is missing"));
	}
}

static enum ym_code
has_open_quarantine(struct ym_work *w, bool *ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(w->c->db, "SELECT 1 FROM quarantine WHERE case_no = :case_no AND desk = :desk AND repaired = 0"
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
check_decisive(struct ym_work *w, const struct docket *d, bool is_snapshot, const struct ym_item **ret_item, struct ym_error *err)
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
		ym_worker_quarantine(w, "case", N_("An earlier event of this case could not be used"));
	else if (!d->is_known && !is_snapshot)
		ym_worker_quarantine(w, "case", N_("The central does not know this case"));
	else if (strcmp(ym_case_state_name(ym_flow_state_by_name(state)), state))
		ym_worker_quarantine(w, "state", N_("A case has no such state"));
	else if (strlen(h->case_no) >= sizeof d->case_no || strlen(h->item) >= sizeof d->item)
		ym_worker_quarantine(w, "case", N_("The content of an event has another form than expected"));
	if (w->reason)
		return YM_OK;
	code = ym_publish_item(w->c, h->pack, d->is_known ? d->item : h->item, &pack, &item, err);
	if (code == YM_NOTFOUND) {
		ym_worker_quarantine(w, "item", N_("The catalogue of the central does not have this item"));
		return YM_OK;
	}
	if (code)
		return code;
	*ret_item = item;
	if (is_snapshot && (ym_json_int(w->body, "v", 0) != 1 || !json_is_array(json_object_get(w->body, "persons")) ||
		strcmp(ym_json_str(w->body, "item"), h->item)))
		ym_worker_quarantine(w, "body", N_("The content of an event has another form than expected"));
	if (!w->reason && item && !strcmp(h->kind, "case.completed") && decider_of(item) != YM_BY_WINDOW)
		ym_worker_quarantine(w, "step", N_("The window may not decide this item"));
	if (!w->reason && item && is_snapshot && is_one_of(h->kind, accepting) && !*ym_event_attr(h, "override"))
		check_data(w, pack, item);
	return YM_OK;
}

static enum ym_code
store(struct ym_work *w, const struct docket *d, bool is_snapshot, struct ym_error *err)
{
	const struct ym_event_header *h = &w->ev.h;
	struct ym_stmt *s;
	enum ym_code code;

	s = ym_db_sql(w->c->db, "INSERT INTO docket (case_no, item, pack, holder, state, exit, visit, snapshot, changed_ms)"
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
	s = ym_db_sql(w->c->db, "UPDATE quarantine SET repaired = 1 WHERE case_no = :case_no AND desk = :desk AND repaired = 0");
	ym_stmt_text(s, "case_no", h->case_no);
	ym_stmt_text(s, "desk", w->desk.desk);
	return ym_stmt_run(s, err);
}

enum ym_code
ym_docket_decisive(struct ym_work *w, struct ym_error *err)
{
	/* As the fold has it: an event with the case's key holds the whole case. */
	bool is_snapshot = *ym_event_attr(&w->ev.h, "key") && w->body;
	const struct ym_item *item = NULL;
	struct docket d;
	enum ym_code code = find(w->c, w->ev.h.case_no, &d, err);

	if (!code)
		code = check_decisive(w, &d, is_snapshot, &item, err);
	if (code || w->reason)
		return code;
	code = store(w, &d, is_snapshot, err);
	return code ? code : start_review(w, &d, item, err);
}

/* -- what the holder folded of the feed -- */

enum ym_code
ym_docket_applied(struct ym_work *w, struct ym_error *err)
{
	const char *result = ym_event_attr(&w->ev.h, "result");
	const struct ym_flow_row *row;
	struct docket d;
	struct ym_stmt *s;
	enum ym_code code;

	if (strcmp(ym_event_attr(&w->ev.h, "feed"), "case.reviewed"))
		return YM_OK;
	code = find(w->c, w->ev.h.case_no, &d, err);
	if (code || !d.is_known || strcmp(d.holder, w->desk.code))
		return code;
	/* The same step that the desk's fold takes. */
	row = ym_flow_row(ym_flow_state_by_name(d.state), !strcmp(result, "approved") ? "approve" : !strcmp(result, "denied") ? "deny" : "send_back");
	s = ym_db_sql(w->c->db, "UPDATE docket SET state = coalesce(:state, state), applied = 1, changed_ms = :at WHERE case_no = :case_no");
	ym_stmt_text(s, "state", row ? ym_case_state_name(row->to) : NULL);
	ym_stmt_int(s, "at", w->at);
	ym_stmt_text(s, "case_no", d.case_no);
	return ym_stmt_run(s, err);
}

/* -- hand-over -- */

static enum ym_code
send_review_again(struct ym_central *c, const char *to, const struct docket *d, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db, "SELECT reason FROM docket WHERE case_no = :case_no AND reason IS NOT NULL");
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
	return send_review(c, to, d->case_no, d->visit, d->review, ym_buf_str(&reason), d->review_by, d->reviewed_ms, err);
}

/* The whole case to its new holder: the key of its visit and the last snapshot. */
static enum ym_code
grant(struct ym_work *w, const struct docket *d, const struct ym_central_desk *to, struct ym_error *err)
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
	content = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:O}", "case", d->case_no, "visit", h.visit, "item", d->item, "pack", d->pack, "state",
		d->state, "exit", d->exit, "key", hex, "snapshot", snapshot);
	code = ym_outbox_put(w->c, to, "case.granted", content, err);
	explicit_bzero(key, sizeof key);
	explicit_bzero(hex, sizeof hex);
	return code;
}

static enum ym_code
hand_over(struct ym_work *w, const struct docket *d, const struct ym_central_desk *to, struct ym_error *err)
{
	YM_JSON *moved = json_pack("{s:s,s:s,s:s}", "case", d->case_no, "visit", d->visit, "to", to->code);
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
	/* A result that the old holder has not folded would be lost on its way. */
	if (!code && d->reviewed_ms && !d->applied && strcmp(d->review, "waiting") && strcmp(d->review, "deferred") && *d->review)
		code = send_review_again(w->c, to->code, d, err);
	return code;
}

/* Finds the case and says what is against moving it to that desk. */
static enum ym_code
check_move(struct ym_work *w, const struct ym_central_desk *to, struct docket *d, struct ym_error *err)
{
	static const char *const closed[] = { "not_accepted", "withdrawn", "terminated", "delivered", "archived", NULL };
	struct ym_central_desk from;
	enum ym_code code = find(w->c, w->ev.h.case_no, d, err);

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
	else if (is_one_of(d->state, closed))
		ym_worker_quarantine(w, "state", N_("This case is closed"));
	return YM_OK;
}

enum ym_code
ym_docket_requested(struct ym_work *w, struct ym_error *err)
{
	struct docket d;
	enum ym_code code = check_move(w, &w->desk, &d, err);

	if (code || w->reason || !strcmp(d.holder, w->desk.code))
		return code;
	return hand_over(w, &d, &w->desk, err);
}

enum ym_code
ym_docket_handed(struct ym_work *w, struct ym_error *err)
{
	struct ym_central_desk to;
	struct docket d;
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

/* -- the approver's side -- */

enum ym_code
ym_central_review(struct ym_central *c, const char *case_no, const char *result, const char *reason, const char *by, struct ym_error *err)
{
	static const char *const results[] = { "approved", "denied", "returned", NULL };
	struct docket d;
	enum ym_code code = ym_central_need_key(c, err);

	if (!code && (!is_one_of(result, results) || !*by || (!*reason && strcmp(result, "approved"))))
		code = ym_fail_on(err, YM_INVALID, N_("A review needs a result, and a reason unless it approves"), case_no, "review");
	if (!code)
		code = ym_db_begin(c->db, err);
	if (code)
		return code;
	code = find(c, case_no, &d, err);
	if (!code && !d.is_known)
		code = ym_fail_on(err, YM_NOTFOUND, N_("The central does not know this case"), case_no, "review");
	if (!code && strcmp(d.review, "waiting") && strcmp(d.review, "deferred"))
		code = ym_fail_on(err, YM_STATE, N_("This case does not wait for a review"), case_no, "review %s", d.review);
	if (!code)
		code = decide(c, case_no, result, reason, by, err);
	if (!code)
		return ym_db_commit(c->db, err);
	ym_db_rollback(c->db);
	return code;
}

enum ym_code
ym_central_each_review(struct ym_central *c, ym_central_review_fn fn, void *user, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db, "SELECT case_no, item, holder, changed_ms FROM docket WHERE review = 'waiting' ORDER BY changed_ms");
	enum ym_code code;

	while (!(code = ym_stmt_step(s, err)))
		fn(user, ym_stmt_col_text(s, 0), ym_stmt_col_text(s, 1), ym_stmt_col_text(s, 2), ym_stmt_col_int(s, 3));
	return code == YM_NOTFOUND ? YM_OK : code;
}
