/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The shift: opened, closed, accounted for; and the clock's doubts. Not the queue.
 * Invariant: every number and every paper of the shift appears in its account as used, void or reprinted.
 */
#include "cases/consulting.h"
#include "cases/inner.h"

#define JUMP_MS (10 * 60 * 1000)
#define CATALOGUE_YEARS 5 /* a date further from the catalogue's is a wrong one rather than an old catalogue */

static enum ym_code
current(struct ym_casework *w, int64_t *ret_id, int64_t *ret_opened, char account[64], int64_t *ret_closed)
{
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT id, opened_ms, account, closed_ms FROM view_shift ORDER BY id DESC LIMIT 1");
	enum ym_code rc = ym_stmt_step(s, NULL);
	if (!rc) {
		*ret_id = ym_stmt_col_int(s, 0);
		*ret_opened = ym_stmt_col_int(s, 1);
		ym_strlcpy(account, ym_stmt_col_text(s, 2), 64);
		*ret_closed = ym_stmt_col_int(s, 3);
	}
	ym_stmt_done(s);
	return rc;
}

bool
ym_shift_is_open(struct ym_casework *w)
{
	int64_t id, opened, closed;
	char account[64];
	return !current(w, &id, &opened, account, &closed) && !closed;
}

enum ym_code
ym_shift_open(struct ym_casework *w, struct ym_error *err)
{
	if (!*w->account)
		return ym_fail(err, YM_STATE, N_("Sign in first"), "no account");
	if (ym_shift_is_open(w))
		return ym_fail(err, YM_STATE, N_("The shift is open already"), "open");
	struct ym_event_draft d = { .kind = "shift.opened" };
	return ym_emit_append(w, &d, NULL, err);
}

enum ym_code
ym_shift_close(struct ym_casework *w, struct ym_error *err)
{
	if (!ym_shift_is_open(w))
		return ym_fail(err, YM_STATE, N_("No shift is open"), "closed");
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT 1 FROM view_visit WHERE state <> 'closed' AND desk = :desk LIMIT 1");
	ym_stmt_text(s, ":desk", ym_log_identity(w->log)->desk);
	enum ym_code rc = ym_stmt_step(s, err);
	ym_stmt_done(s);
	if (!rc)
		return ym_fail(err, YM_STATE, N_("A visit is open or parked: finish it first"), "visit");
	if (rc != YM_NOTFOUND)
		return rc;
	struct ym_event_draft d = { .kind = "shift.closed" };
	return ym_emit_append(w, &d, NULL, err);
}

static int64_t
count(struct ym_casework *w, const char *sql, int64_t from)
{
	struct ym_stmt *s = ym_db_sql(w->db, sql);
	ym_stmt_int(s, ":from", from);
	int64_t n = ym_stmt_step(s, NULL) ? 0 : ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return n;
}

json_t *
ym_shift_account(struct ym_casework *w)
{
	int64_t id, opened, closed;
	char account[64], at[24], hash[65];
	if (current(w, &id, &opened, account, &closed))
		return NULL;
	json_t *o = json_object();
	json_object_set_new(o, "account", json_string(account));
	ym_time_format_local(at, opened);
	json_object_set_new(o, "opened", json_string(at));
	if (closed)
		ym_time_format_local(at, closed);
	json_object_set_new(o, "closed", json_string(closed ? at : ""));
	json_object_set_new(o, "visits", json_integer(count(w, "SELECT count(*) FROM view_visit WHERE opened_ms >= :from", opened)));
	json_t *numbers = json_array(), *exits = json_object(), *papers = json_array();
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT case_no, item, exit, state, pack FROM view_case WHERE seq > :id AND holder = :desk ORDER BY case_no");
	ym_stmt_int(s, ":id", id);
	ym_stmt_text(s, ":desk", ym_log_identity(w->log)->desk);
	while (!ym_stmt_step(s, NULL)) {
		const char *exit = ym_stmt_col_text(s, 2);
		json_array_append_new(numbers, json_pack("{ss ss ss ss ss}", "no", ym_stmt_col_text(s, 0), "item", ym_stmt_col_text(s, 1), "exit", exit,
			"state", ym_stmt_col_text(s, 3), "item_name", ym_caselist_item_name(w, ym_stmt_col_text(s, 4), ym_stmt_col_text(s, 1))));
		if (*exit)
			json_object_set_new(exits, exit, json_integer(ym_json_int(exits, exit, 0) + 1));
	}
	ym_stmt_done(s);
	s = ym_db_sql(w->db, "SELECT id, template, printed, void, signed FROM view_paper WHERE changed_ms >= :from ORDER BY id");
	ym_stmt_int(s, ":from", opened);
	while (!ym_stmt_step(s, NULL)) {
		int prints = (int)ym_stmt_col_int(s, 2);
		bool is_void = ym_stmt_col_int(s, 3);
		json_array_append_new(papers, json_pack("{ss ss si ss}", "id", ym_stmt_col_text(s, 0), "template", ym_stmt_col_text(s, 1), "prints", prints,
			"fate", is_void ? "作废" : prints > 1 ? "重打" : "已用")); /* a paper's words are the catalogue's language */
	}
	ym_stmt_done(s);
	json_object_set_new(o, "exits", exits);
	json_object_set_new(o, "numbers", numbers);
	json_object_set_new(o, "papers", papers);
	json_object_set_new(o, "tickets", json_pack("{sI sI sI sI}",
		"issued", (json_int_t)count(w, "SELECT count(*) FROM view_ticket WHERE issued_ms >= :from", opened),
		"called", (json_int_t)count(w, "SELECT count(*) FROM view_ticket WHERE called_ms >= :from", opened),
		"missed", (json_int_t)count(w, "SELECT count(*) FROM view_ticket WHERE misses > 0 AND called_ms >= :from", opened),
		"carried", (json_int_t)count(w, "SELECT count(*) FROM view_ticket WHERE class = 2 AND issued_ms >= :from", opened)));
	struct ym_consult_tally t;
	ym_consult_tally(w, &t);
	json_object_set_new(o, "consults", json_pack("{si si si}", "given", t.given, "papers", t.papers, "tickets", t.tickets));
	uint8_t head[YM_SM3_LEN];
	int64_t seq = ym_log_head(w->log, head);
	ym_hex(hash, head, sizeof(head));
	json_object_set_new(o, "head", json_pack("{sI ss}", "seq", (json_int_t)seq, "hash", hash));
	return o;
}

/* -- the clock -- */

static bool
take_wall(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	*(int64_t *)user = ev->h.wall_ms;
	return false;
}

/* Earlier than the log's last event. That it is later says nothing: the desk was off. */
static bool
is_set_back(struct ym_casework *w)
{
	int64_t last = 0, seq = ym_log_head(w->log, (uint8_t[YM_SM3_LEN]){ 0 });
	return seq > 0 && !ym_log_walk(w->db, NULL, seq, seq, take_wall, &last, NULL) && ym_clock_wall() < last - JUMP_MS;
}

const char *
ym_shift_clock_doubt(struct ym_casework *w, int64_t drift_ms)
{
	ym_date published = ym_date_parse(ym_pack_published(w->pack)), today = ym_date_at(ym_log_now(w->log));
	YM_FREE char *confirmed = ym_setting_get(w->db, "clock.confirmed");
	char day[16];
	ym_date_format(day, ym_date_at(ym_clock_wall()));
	if (published != YM_DATE_NONE && !ym_streq(confirmed, day)) {
		if (today < published)
			return N_("The computer's date lies before the catalogue's: is the date shown right?");
		if (today > published + CATALOGUE_YEARS * 366)
			return N_("The computer's date lies years after the catalogue's: is the date shown right?");
	}
	if (drift_ms > JUMP_MS || drift_ms < -JUMP_MS || is_set_back(w))
		return N_("The computer's clock has jumped by more than 10 minutes: is the time shown right?");
	return "";
}

enum ym_code
ym_shift_confirm_clock(struct ym_casework *w, struct ym_error *err)
{
	char day[16];
	ym_date_format(day, ym_date_at(ym_clock_wall()));
	struct ym_event_draft d = { .kind = "clock.confirmed" };
	ym_emit_attr(&d, "day", day);
	enum ym_code rc = ym_emit_append(w, &d, NULL, err);
	return rc ? rc : ym_setting_set(w->db, "clock.confirmed", day, err);
}
