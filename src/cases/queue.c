/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The queue's rules (rules.md §15), the visits that are open or parked, the tally of the day. Not alerts (queue_alerts.c), not drawing.
 * Invariant: the order is computed from the tickets and the calls in the views; nothing is kept beside them.
 */
#include "cases/inner.h"
#include "yimen/text.h"

#define WINDOW_MIN 15           /* an appointment counts from 15 minutes before to 15 minutes after */
#define PRIORITY_RUN 3          /* after so many priority calls one ordinary ticket comes in between */
#define MISS_BACK 3             /* places that a missed ticket goes back */
#define MAX_TICKETS 512
#define LIVES "state <> 'closed'" /* in the words of the index view_visit_state, which serves only then */

struct waiting {
	struct ym_ticket t;
	enum ym_ticket_class turn;      /* the class it has now: a late appointment is an ordinary ticket */
	int hold;                       /* calls of others that must come first */
	int64_t rank;                   /* order within its class */
	bool done;
};

static void
today(const struct ym_casework *w, char out[16])
{
	ym_date_format(out, ym_date_at(ym_log_now(w->log)));
}

/* Minutes of the day of "09:45"; -1 when malformed. */
static int
minutes(const char *hm)
{
	int h, m, end = 0;
	return sscanf(hm, "%2d:%2d%n", &h, &m, &end) == 2 && !hm[end] && h >= 0 && h < 24 && m >= 0 && m < 60 ? h * 60 + m : -1;
}

static int
minute_now(const struct ym_casework *w)
{
	char hm[8];
	ym_time_format_hm(hm, ym_log_now(w->log));
	return minutes(hm);
}

static int
calls_after(struct ym_casework *w, const char *day, int64_t seq)
{
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT count(*) FROM view_ticket WHERE day = :day AND called_seq > :seq");
	ym_stmt_text(s, ":day", day);
	ym_stmt_int(s, ":seq", seq);
	int n = ym_stmt_step(s, NULL) ? 0 : (int)ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return n;
}

/* Priority calls since the last ordinary one. */
static int
priority_run(struct ym_casework *w, const char *day)
{
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT count(*) FROM view_ticket WHERE day = :day AND called_as = 1 AND called_seq >"
		" (SELECT coalesce(max(called_seq), 0) FROM view_ticket WHERE day = :day AND called_as = 4)");
	ym_stmt_text(s, ":day", day);
	int n = ym_stmt_step(s, NULL) ? 0 : (int)ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return n;
}

static int
load(struct ym_casework *w, const char *day, struct waiting *all, int max)
{
	int64_t now = ym_log_now(w->log), missed[MAX_TICKETS];
	int minute = minute_now(w), n = 0;
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT id, no, class, appointment, issued_ms, calls, misses, missed_seq FROM view_ticket"
		" WHERE day = :day AND state <> 'done' ORDER BY issued_ms, id");
	ym_stmt_text(s, ":day", day);
	while (n < max && !ym_stmt_step(s, NULL)) {
		struct waiting *x = &all[n];
		memset(x, 0, sizeof(*x));
		ym_strlcpy(x->t.id, ym_stmt_col_text(s, 0), sizeof(x->t.id));
		ym_strlcpy(x->t.no, ym_stmt_col_text(s, 1), sizeof(x->t.no));
		x->t.cls = x->turn = (enum ym_ticket_class)ym_stmt_col_int(s, 2);
		ym_strlcpy(x->t.appointment, ym_stmt_col_text(s, 3), sizeof(x->t.appointment));
		x->t.issued_at = x->rank = ym_stmt_col_int(s, 4);
		x->t.calls = (int)ym_stmt_col_int(s, 5);
		x->t.missed = ym_stmt_col_int(s, 6) > 0;
		x->t.wait_min = now > x->t.issued_at ? (int)((now - x->t.issued_at) / 60000) : 0;
		missed[n] = ym_stmt_col_int(s, 7);
		int due = minutes(x->t.appointment);
		if (x->t.cls == YM_TICKET_APPOINTMENT && due >= 0) {
			x->t.early = minute < due - WINDOW_MIN;
			if (minute > due + WINDOW_MIN)
				x->turn = YM_TICKET_ORDINARY;
			else
				x->rank = due;
		}
		n++;
	}
	ym_stmt_done(s);
	for (int i = 0; i < n; i++)
		if (missed[i]) {
			int after = calls_after(w, day, missed[i]);
			all[i].hold = after < MISS_BACK ? MISS_BACK - after : 0;
		}
	return n;
}

static bool
is_sooner(const struct waiting *a, const struct waiting *b)
{
	return a->turn != b->turn ? a->turn < b->turn : a->rank < b->rank;
}

/* Who is called at place k when run priority tickets went before. */
static int
pick(struct waiting *all, int n, int k, int run)
{
	int best = -1, ordinary = -1, held = -1, early = -1;
	for (int i = 0; i < n; i++) {
		if (all[i].done)
			continue;
		if (all[i].t.early) {
			if (early < 0 || all[i].rank < all[early].rank)
				early = i;
			continue;
		}
		if (all[i].hold > k) {
			if (held < 0 || all[i].hold < all[held].hold)
				held = i;
			continue;
		}
		if (best < 0 || is_sooner(&all[i], &all[best]))
			best = i;
		if (all[i].turn == YM_TICKET_ORDINARY && (ordinary < 0 || is_sooner(&all[i], &all[ordinary])))
			ordinary = i;
	}
	if (best >= 0 && all[best].turn == YM_TICKET_PRIORITY && run >= PRIORITY_RUN && ordinary >= 0)
		return ordinary;
	return best >= 0 ? best : held >= 0 ? held : early;
}

int
ym_queue_tickets(struct ym_casework *w, struct ym_ticket *ret, int max)
{
	char day[16];
	today(w, day);
	struct waiting *all = ym_alloc(MAX_TICKETS * sizeof(*all));
	int n = load(w, day, all, MAX_TICKETS), run = priority_run(w, day), out = 0;
	for (; out < n && out < max; out++) {
		int i = pick(all, n, out, run);
		if (i < 0)
			break;
		all[i].done = true;
		run = all[i].turn == YM_TICKET_PRIORITY ? run + 1 : all[i].turn == YM_TICKET_ORDINARY ? 0 : run;
		ret[out] = all[i].t;
		char place[64];
		snprintf(place, sizeof(place), "ticket:%s", ret[out].id);
		YM_BUF text = { 0 };
		YM_JSON *j = NULL;
		if (!ym_fold_open(&w->fold, w->db, place, &text, NULL) && !ym_json_parse(text.data, text.len, "ticket", &j, NULL)) {
			ym_strlcpy(ret[out].claim, ym_json_str(j, "claim"), sizeof(ret[out].claim));
			ret[out].n_items = (int)json_array_size(json_object_get(json_object_get(j, "consult"), "items"));
		}
	}
	explicit_bzero(all, MAX_TICKETS * sizeof(*all));
	free(all);
	return out;
}

/* The last number of a series today, one more: "A018". */
static enum ym_code
next_of(struct ym_casework *w, char letter, char ret[12], struct ym_error *err)
{
	char day[16], kind[16];
	today(w, day);
	snprintf(kind, sizeof(kind), "ticket:%c", letter);
	int serial;
	enum ym_code rc = ym_serial_next(w, day, kind, 999, N_("No ticket number is left for today"), &serial, err);
	if (!rc)
		snprintf(ret, 12, "%c%03d", letter, serial % 1000);
	return rc;
}

enum ym_code
ym_queue_next_no(struct ym_casework *w, enum ym_ticket_class cls, char ret[12], struct ym_error *err)
{
	return next_of(w, "AABCD"[cls], ret, err);
}

/* Tickets for other desks have a letter of this desk's own, so that two guide desks of a hall never give the same number. */
static char
letter_for_others(const char *desk)
{
	size_t n = strlen(desk);
	return "EFGHJKLMNP"[n && desk[n - 1] >= '0' && desk[n - 1] <= '9' ? desk[n - 1] - '0' : 0];
}

bool
ym_queue_is_others_no(const char *no)
{
	return strlen(no) == 4 && strchr("EFGHJKLMNP", no[0]) && strspn(no + 1, "0123456789") == 3;
}

static enum ym_code
check_ticket(enum ym_ticket_class cls, const char *appointment, struct ym_error *err)
{
	if ((unsigned)cls > YM_TICKET_ORDINARY)
		return ym_fail(err, YM_INVALID, N_("A ticket has an unknown class"), "class");
	if (*appointment && minutes(appointment) < 0)
		return ym_fail(err, YM_INVALID, N_("Not a time: such as 09:05"), "appointment");
	if (cls == YM_TICKET_APPOINTMENT && !*appointment)
		return ym_fail(err, YM_INVALID, N_("An appointment needs its time"), "appointment");
	return YM_OK;
}

enum ym_code
ym_queue_emit_ticket(struct ym_casework *w, enum ym_ticket_class cls, const char *appointment, const char *to, const char *consult,
	json_t *body, char ret_no[12], struct ym_error *err)
{
	const char *desk = ym_log_identity(w->log)->desk;
	bool others = *to && strcmp(to, desk) != 0;
	char id[YM_UUID_LEN + 1], no[12], number[12];
	enum ym_code rc = check_ticket(cls, appointment, err);
	if (!rc && others && (strlen(to) != strlen(desk) || strspn(to, "0123456789") != strlen(to)))
		rc = ym_fail(err, YM_INVALID, N_("This is not a window of the station"), "to");
	if (rc || (rc = next_of(w, others ? letter_for_others(desk) : "AABCD"[cls], no, err)))
		return rc;
	ym_uuid7(id);
	snprintf(number, sizeof(number), "%d", (int)cls);
	struct ym_event_draft d = { .kind = others ? "ticket.sent" : "ticket.issued" };
	ym_emit_attr(&d, "ticket", id);
	ym_emit_attr(&d, "no", no);
	ym_emit_attr(&d, "class", number);
	ym_emit_attr(&d, "appointment", appointment);
	ym_emit_attr(&d, "to", others ? to : "");
	ym_emit_attr(&d, "consult", consult);
	if ((rc = ym_emit_append(w, &d, body, err)))
		return rc;
	memcpy(ret_no, no, sizeof(no));
	return YM_OK;
}

enum ym_code
ym_queue_make_ticket(struct ym_casework *w, enum ym_ticket_class cls, const char *claim, const char *appointment, char ret_no[12],
	struct ym_error *err)
{
	char no[12];
	enum ym_code rc = ym_db_begin(w->db, err);
	if (rc)
		return rc;
	YM_JSON *body = claim && *claim ? json_pack("{ss}", "claim", claim) : NULL;
	if ((rc = ym_queue_emit_ticket(w, cls, appointment ? appointment : "", "", "", body, no, err))) {
		ym_db_rollback(w->db);
		return rc;
	}
	if ((rc = ym_db_commit(w->db, err)))
		return rc;
	memcpy(ret_no, no, sizeof(no));
	return YM_OK;
}

static enum ym_code
find(struct ym_casework *w, const char *id, struct ym_ticket *ret, enum ym_ticket_class *ret_turn, struct ym_error *err)
{
	char day[16];
	today(w, day);
	struct waiting *all = ym_alloc(MAX_TICKETS * sizeof(*all));
	int n = load(w, day, all, MAX_TICKETS), at = -1;
	if (!id || !*id)
		at = pick(all, n, 0, priority_run(w, day));
	for (int i = 0; i < n && at < 0 && id && *id; i++)
		if (!strcmp(all[i].t.id, id) || !strcmp(all[i].t.no, id))
			at = i;
	if (at >= 0) {
		*ret = all[at].t;
		if (ret_turn)
			*ret_turn = all[at].turn;
	}
	free(all);
	return at >= 0 ? YM_OK : ym_fail(err, YM_NOTFOUND, id && *id ? N_("This ticket is not waiting any more") : N_("Nobody is waiting"), "ticket");
}

enum ym_code
ym_queue_call(struct ym_casework *w, const char *ticket_id, char ret_id[40], struct ym_error *err)
{
	struct ym_ticket t;
	enum ym_ticket_class turn;
	enum ym_code rc = find(w, ticket_id, &t, &turn, err);
	if (rc)
		return rc;
	char as[12];
	snprintf(as, sizeof(as), "%d", (int)turn);
	struct ym_event_draft d = { .kind = "ticket.called" };
	ym_emit_attr(&d, "ticket", t.id);
	ym_emit_attr(&d, "as", as);
	if ((rc = ym_emit_append(w, &d, NULL, err)))
		return rc;
	memcpy(ret_id, t.id, sizeof(t.id));
	return YM_OK;
}

enum ym_code
ym_queue_miss(struct ym_casework *w, const char *ticket_id, struct ym_error *err)
{
	struct ym_ticket t;
	enum ym_code rc = find(w, ticket_id, &t, NULL, err);
	if (rc)
		return rc;
	struct ym_event_draft d = { .kind = "ticket.missed" };
	ym_emit_attr(&d, "ticket", t.id);
	return ym_emit_append(w, &d, NULL, err);
}

enum ym_code
ym_queue_carry_over(struct ym_casework *w, const char *ticket_id, const char *reason, struct ym_error *err)
{
	struct ym_ticket t;
	enum ym_code rc = find(w, ticket_id && *ticket_id ? ticket_id : "?", &t, NULL, err);
	if (rc)
		return rc;
	bool known;
	ym_date day = ym_date_at(ym_log_now(w->log));
	do
		day++;
	while (!ym_calendar_is_workday(ym_pack_calendar(w->pack), day, &known));
	char to[16];
	ym_date_format(to, day);
	YM_JSON *body = reason && *reason ? json_pack("{ss}", "reason", reason) : NULL;
	struct ym_event_draft d = { .kind = "ticket.carried" };
	ym_emit_attr(&d, "ticket", t.id);
	ym_emit_attr(&d, "to", to);
	return ym_emit_append(w, &d, body, err);
}

/* -- parked, open -- */

int
ym_queue_parked(struct ym_casework *w, struct ym_parked *ret, int max)
{
	int n = 0;
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT visit, changed_ms FROM view_visit WHERE " LIVES " AND state = 'parked' AND desk = :desk"
		" ORDER BY changed_ms");
	ym_stmt_text(s, ":desk", ym_log_identity(w->log)->desk);
	while (n < max && !ym_stmt_step(s, NULL)) {
		memset(&ret[n], 0, sizeof(ret[n]));
		ym_strlcpy(ret[n].visit, ym_stmt_col_text(s, 0), sizeof(ret[n].visit));
		ret[n++].since = ym_stmt_col_int(s, 1);
	}
	ym_stmt_done(s);
	for (int i = 0; i < n; i++) {
		char place[64], name[64];
		snprintf(place, sizeof(place), "visit:%s", ret[i].visit);
		YM_BUF text = { 0 };
		YM_JSON *j = NULL;
		if (ym_fold_open(&w->fold, w->db, place, &text, NULL) || ym_json_parse(text.data, text.len, "visit", &j, NULL))
			continue;
		ym_text_mask_name(name, sizeof(name), ym_json_str(j, "who"));
		char *title = ym_asprintf("%s · %lld 件", *name ? name : "—", ym_json_int(j, "n", 0));
		ym_strlcpy(ret[i].title, title, sizeof(ret[i].title));
		free(title);
		ym_strlcpy(ret[i].why, ym_json_str(j, "why"), sizeof(ret[i].why));
	}
	return n;
}

int
ym_queue_open_visits(struct ym_casework *w, char (*ret)[40], int max)
{
	int n = 0;
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT visit FROM view_visit WHERE " LIVES " AND state = 'open' AND desk = :desk"
		" ORDER BY changed_ms DESC");
	ym_stmt_text(s, ":desk", ym_log_identity(w->log)->desk);
	while (n < max && !ym_stmt_step(s, NULL))
		ym_strlcpy(ret[n++], ym_stmt_col_text(s, 0), 40);
	ym_stmt_done(s);
	return n;
}

void
ym_queue_tally(struct ym_casework *w, struct ym_tally *ret)
{
	char day[16];
	today(w, day);
	const char *desk = ym_log_identity(w->log)->desk;
	memset(ret, 0, sizeof(*ret));
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT count(*) FILTER (WHERE state = 'closed'), count(*) FILTER (WHERE state = 'parked'),"
		" coalesce(avg(changed_ms - opened_ms) FILTER (WHERE state = 'closed'), 0) / 1000 FROM view_visit WHERE day = :day AND desk = :desk");
	ym_stmt_text(s, ":day", day);
	ym_stmt_text(s, ":desk", desk);
	if (!ym_stmt_step(s, NULL)) {
		ret->served = (int)ym_stmt_col_int(s, 0);
		ret->avg_seconds = (int)ym_stmt_col_int(s, 2);
	}
	ym_stmt_done(s);
	s = ym_db_sql(w->db, "SELECT count(*) FROM view_visit WHERE " LIVES " AND state = 'parked' AND desk = :desk");
	ym_stmt_text(s, ":desk", desk);
	if (!ym_stmt_step(s, NULL))
		ret->parked = (int)ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	s = ym_db_sql(w->db, "SELECT count(*) FILTER (WHERE exit IN ('accepted', 'deferred', 'completed', 'collected')),"
		" count(*) FILTER (WHERE exit = 'returned') FROM view_case WHERE day = :day AND holder = :desk");
	ym_stmt_text(s, ":day", day);
	ym_stmt_text(s, ":desk", desk);
	if (!ym_stmt_step(s, NULL)) {
		ret->completed = (int)ym_stmt_col_int(s, 0);
		ret->returned = (int)ym_stmt_col_int(s, 1);
	}
	ym_stmt_done(s);
	s = ym_db_sql(w->db, "SELECT count(*), coalesce(min(issued_ms), 0) FROM view_ticket WHERE day = :day AND state = 'waiting'");
	ym_stmt_text(s, ":day", day);
	if (!ym_stmt_step(s, NULL) && ym_stmt_col_int(s, 0) > 0) {
		int64_t longest = (ym_log_now(w->log) - ym_stmt_col_int(s, 1)) / 60000;
		ret->waiting = (int)ym_stmt_col_int(s, 0);
		ret->longest_wait_min = longest > 0 && longest < 100000 ? (int)longest : 0;
	}
	ym_stmt_done(s);
}
