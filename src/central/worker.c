/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The worker: takes held events in the order they came, opens them, and does what they ask. Not ingest (events.c), not the rules of a
 * case (docket.c). Invariant: the cursor and every effect of the events before it are in one transaction; a record that cannot be used
 * is set aside and never holds up the next.
 */
#include "central/inner.h"

#include "base/clock.h"

void
ym_worker_quarantine(struct ym_work *w, const char *field, const char *reason)
{
	if (w->reason)
		return;
	ym_strlcpy(w->field, field, sizeof w->field);
	w->reason = reason;
}

/* -- keys -- */

static void
key_place(char ret[160], const char *code, char epoch, const char *scope)
{
	snprintf(ret, 160, "key:%s%c:%s", code, epoch, scope);
}

enum ym_code
ym_worker_keep_key(struct ym_central *c, const char *code_of_desk, char epoch, const char *scope,
	const uint8_t key[YM_KEY_LEN], struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"INSERT INTO visit_key (code, epoch, scope, sealed) VALUES (:code, :epoch, :scope, :sealed)"
		" ON CONFLICT DO NOTHING");
	char place[160];
	YM_BUF sealed = { .max = 256 };

	key_place(place, code_of_desk, epoch, scope);
	ym_central_seal(c, place, key, YM_KEY_LEN, &sealed);
	ym_stmt_text(s, "code", code_of_desk);
	ym_stmt_text_n(s, "epoch", &epoch, 1);
	ym_stmt_text(s, "scope", scope);
	ym_stmt_blob(s, "sealed", sealed.data, sealed.len);
	return ym_stmt_run(s, err);
}

/* A restored desk goes on with the keys of its earlier letters. */
enum ym_code
ym_worker_key(struct ym_central *c, const char *code_of_desk, char epoch, const char *scope,
	uint8_t ret[YM_KEY_LEN], struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT epoch, sealed FROM visit_key WHERE code = :code AND scope = :scope AND epoch <= :epoch"
		" ORDER BY epoch DESC LIMIT 1");
	char place[160];
	YM_BUF key = { .max = 256 };
	enum ym_code code;

	ym_stmt_text(s, "code", code_of_desk);
	ym_stmt_text(s, "scope", scope);
	ym_stmt_text_n(s, "epoch", &epoch, 1);
	code = ym_stmt_step(s, err);
	if (!code) {
		size_t n;
		const void *sealed = ym_stmt_col_blob(s, 1, &n);

		key_place(place, code_of_desk, ym_stmt_col_text(s, 0)[0], scope);
		code = ym_central_unseal(c, place, sealed, n, &key, err);
		if (!code && key.len == YM_KEY_LEN)
			memcpy(ret, key.data, YM_KEY_LEN);
		else if (!code)
			code = ym_fail(err, YM_CORRUPT,
				N_("A key in the central's store cannot be read"), "length");
	}
	ym_stmt_done(s);
	return code;
}

static enum ym_code
take_wrap(struct ym_work *w, const char *scope, struct ym_error *err)
{
	const char *hex = ym_event_attr(&w->ev.h, "wrap");
	uint8_t wrapped[512];
	size_t n = strlen(hex) / 2;
	YM_BUF key = { .max = 1024 };

	if (!*hex)
		return YM_OK;
	if (n > sizeof wrapped || !ym_unhex(wrapped, n, hex) ||
		ym_sm2_unwrap(w->c->key, wrapped, n, &key, NULL) || key.len != YM_KEY_LEN) {
		ym_worker_quarantine(
			w, "wrap", N_("The key of this visit does not open at the central"));
		return YM_OK;
	}
	return ym_worker_keep_key(
		w->c, w->desk.code, w->desk.epoch, scope, (const uint8_t *)key.data, err);
}

/* -- bodies -- */

static enum ym_code
open_body(struct ym_central *c, const struct ym_event *ev, const char *code_of_desk, char epoch,
	json_t **ret, const char **ret_reason, struct ym_error *err)
{
	char scope[YM_SCOPE_SIZE];
	uint8_t key[YM_KEY_LEN];
	YM_BUF text = { 0 };
	enum ym_code code;

	ym_event_scope(&ev->h, scope);
	code = ym_worker_key(c, code_of_desk, epoch, scope, key, err);
	if (code == YM_NOTFOUND) {
		*ret_reason = N_("The key of this visit never came to the central");
		return YM_OK;
	}
	if (code)
		return code;
	if (ym_event_open_body(ev, key, &text, NULL))
		*ret_reason = N_("The content of an event is damaged");
	else if (ym_json_parse(ym_buf_str(&text), text.len, "event", ret, NULL) ||
		!json_is_object(*ret))
		*ret_reason = N_("The content of an event has another form than expected");
	explicit_bzero(key, sizeof key);
	return YM_OK;
}

enum ym_code
ym_worker_reopen(struct ym_central *c, int64_t n, struct ym_buf *scratch,
	struct ym_event_header *ret_h, json_t **ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db, "SELECT header, body FROM event WHERE n = :n");
	YM_BUF header = { 0 }, body = { 0 };
	struct ym_event ev = { 0 };
	const char *reason = NULL;
	enum ym_code code;
	size_t size;

	ym_stmt_int(s, "n", n);
	code = ym_stmt_step(s, err);
	if (!code) {
		const void *p = ym_stmt_col_blob(s, 0, &size);

		ym_buf_add(&header, p, size);
		p = ym_stmt_col_blob(s, 1, &size);
		ym_buf_add(&body, p, size);
	}
	ym_stmt_done(s);
	ev.header = (const uint8_t *)ym_buf_str(&header);
	ev.header_n = header.len;
	ev.body = (const uint8_t *)body.data;
	ev.body_n = body.len;
	if (!code)
		code = ym_header_decode(ev.header, ev.header_n, scratch, &ev.h, err);
	if (!code)
		code = open_body(c, &ev, ev.h.desk, ev.h.epoch, ret, &reason, err);
	if (!code && reason)
		code = ym_fail(err, YM_NOTFOUND, reason, "reopen");
	if (!code)
		*ret_h = ev.h;
	return code;
}

/* -- checks -- */

static enum ym_code
answer_check(struct ym_work *w, struct ym_error *err)
{
	const char *id = ym_event_attr(&w->ev.h, "check"),
		   *reg = ym_event_attr(&w->ev.h, "register");
	/* Who has no number yet is in no register. */
	const char *certificate = ym_json_str(w->body, "certificate"),
		   *number = *certificate ? certificate : ym_json_str(json_object_get(w->body, "subject"), "doc_number");
	int64_t now = ym_clock_wall();
	struct ym_register_answer answer;
	YM_JSON *content = NULL;
	struct ym_stmt *s;
	enum ym_code code;

	if (!*id || !*reg || !json_is_object(json_object_get(w->body, "subject"))) {
		ym_worker_quarantine(w,
			!*id            ? "check"
				: !*reg ? "register"
					: "subject",
			N_("A check does not say what it asks"));
		return YM_OK;
	}
	ym_register_ask(w->c, reg, number, now, &answer);
	s = ym_db_sql(w->c->db,
		"INSERT INTO inquiry (id, desk, register, status, answered_ms) VALUES (:id, :desk, :register, :status, :now)"
		" ON CONFLICT (desk, id) DO UPDATE SET status = excluded.status, answered_ms = excluded.answered_ms");
	ym_stmt_text(s, "id", id);
	ym_stmt_text(s, "desk", w->desk.desk);
	ym_stmt_text(s, "register", reg);
	ym_stmt_text(s, "status", answer.status);
	ym_stmt_int(s, "now", now);
	code = ym_stmt_run(s, err);
	if (code)
		return code;
	content = json_pack("{s:s,s:s,s:s,s:O?,s:s,s:s,s:s,s:s}", "check", id, "register", reg,
		"status", answer.status, "answer", answer.answer, "source", answer.source,
		"valid_until", answer.valid_until, "visit", w->ev.h.visit, "case", w->ev.h.case_no);
	return ym_outbox_put(w->c, &w->desk, "check.answered", content, err);
}

/* -- one event -- */

static const struct {
	const char *kind;
	enum ym_code (*fn)(struct ym_work *w, struct ym_error *err);
} KINDS[] = {
	{ "check.asked", answer_check },
	{ "case.requested", ym_handover_requested },
	{ "case.handed", ym_handover_handed },
	{ "feed.applied", ym_docket_applied },
	{ "case.rated", ym_standing_rated },
	{ "ticket.sent", ym_tickets_sent },
};

static enum ym_code
dispatch(struct ym_work *w, struct ym_error *err)
{
	const struct ym_event_header *h = &w->ev.h;

	/* Nobody waits for the answer any more. */
	if (w->is_erased && !strcmp(h->kind, "check.asked"))
		return YM_OK;
	for (size_t i = 0; i < YM_ARRAY_LEN(KINDS); i++)
		if (!strcmp(KINDS[i].kind, h->kind))
			return KINDS[i].fn(w, err);
	if (!strncmp(h->kind, "case.", 5) && *h->case_no && *ym_event_attr(h, "state"))
		return ym_docket_decisive(w, err);
	return YM_OK;
}

static enum ym_code
set_aside(struct ym_work *w, struct ym_error *err)
{
	const struct ym_event_header *h = &w->ev.h;
	struct ym_stmt *s = ym_db_sql(w->c->db,
		"INSERT INTO quarantine (desk, seq, event, kind, case_no, field, reason)"
		" VALUES (:desk, :seq, :event, :kind, :case_no, :field, :reason)");
	YM_JSON *content = json_pack("{s:I,s:s,s:s,s:s,s:s,s:s}", "seq", (json_int_t)h->seq,
		"event", h->id, "visit", h->visit, "case", h->case_no, "field", w->field, "reason",
		w->reason);
	enum ym_code code;

	ym_stmt_text(s, "desk", w->desk.desk);
	ym_stmt_int(s, "seq", h->seq);
	ym_stmt_text(s, "event", h->id);
	ym_stmt_text(s, "kind", h->kind);
	ym_stmt_text(s, "case_no", h->case_no);
	ym_stmt_text(s, "field", w->field);
	ym_stmt_text(s, "reason", w->reason);
	code = ym_stmt_run(s, err);
	return code ? code : ym_outbox_put(w->c, &w->desk, "event.quarantined", content, err);
}

static enum ym_code
work_event(struct ym_work *w, struct ym_error *err)
{
	char scope[YM_SCOPE_SIZE];
	const char *reason = NULL;
	enum ym_code code;

	w->at = w->ev.h.wall_ms + w->ev.h.offset_ms;
	ym_event_scope(&w->ev.h, scope);
	code = take_wrap(w, scope, err);
	/* Erased before it was sent: the header's codes still count. */
	w->is_erased = w->ev.h.suite && !w->ev.body_n;
	if (!code && !w->reason && w->ev.h.suite && !w->is_erased) {
		code = open_body(w->c, &w->ev, w->desk.code, w->desk.epoch, &w->body, &reason, err);
		if (reason)
			ym_worker_quarantine(w, "body", reason);
	}
	if (!code && !w->reason)
		code = dispatch(w, err);
	if (!code && w->reason)
		code = set_aside(w, err);
	return code;
}

/* Reads the next event after n and works it; *ret_any false: there is none. */
static enum ym_code
work_next(struct ym_central *c, int64_t *n, bool *ret_any, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(
		c->db, "SELECT n, desk, header, body FROM event WHERE n > :n ORDER BY n LIMIT 1");
	struct ym_work w = { .c = c };
	YM_BUF header = { 0 }, body = { 0 }, scratch = { 0 };
	char desk[40];
	enum ym_code code;
	size_t size;
	const void *p;

	ym_stmt_int(s, "n", *n);
	code = ym_stmt_step(s, err);
	*ret_any = code == YM_OK;
	if (code)
		return code == YM_NOTFOUND ? YM_OK : code;
	w.n = ym_stmt_col_int(s, 0);
	ym_strlcpy(desk, ym_stmt_col_text(s, 1), sizeof desk);
	p = ym_stmt_col_blob(s, 2, &size);
	ym_buf_add(&header, p, size);
	p = ym_stmt_col_blob(s, 3, &size);
	ym_buf_add(&body, p, size);
	ym_stmt_done(s);
	w.ev.header = (const uint8_t *)ym_buf_str(&header);
	w.ev.header_n = header.len;
	w.ev.body = (const uint8_t *)body.data;
	w.ev.body_n = body.len;
	code = ym_central_desk(c, desk, &w.desk, err);
	if (!code)
		code = ym_header_decode(w.ev.header, w.ev.header_n, &scratch, &w.ev.h, err);
	if (!code)
		code = work_event(&w, err);
	else if (code == YM_NOTFOUND || code == YM_INVALID) /* ingest let neither in */
		code = ym_fail(err, YM_CORRUPT, N_("The data file is damaged"), "event %lld",
			(long long)w.n);
	json_decref(w.body);
	*n = w.n;
	return code;
}

/* -- slices -- */

static enum ym_code
read_cursor(struct ym_central *c, int64_t *ret, bool *ret_more, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(
		c->db, "SELECT cursor, EXISTS (SELECT 1 FROM event WHERE n > cursor) FROM worker");
	enum ym_code code = ym_stmt_step(s, err);

	if (!code) {
		*ret = ym_stmt_col_int(s, 0);
		*ret_more = ym_stmt_col_int(s, 1) != 0;
	}
	ym_stmt_done(s);
	return code;
}

static enum ym_code
write_cursor(struct ym_central *c, int64_t cursor, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db, "UPDATE worker SET cursor = :cursor");

	ym_stmt_int(s, "cursor", cursor);
	return ym_stmt_run(s, err);
}

static enum ym_code
work_slice(struct ym_central *c, int max_events, int *ret_n, struct ym_error *err)
{
	int64_t cursor = 0;
	bool more = false;
	enum ym_code code = read_cursor(c, &cursor, &more, err);

	*ret_n = 0;
	while (!code && more && *ret_n < max_events) {
		code = work_next(c, &cursor, &more, err);
		*ret_n += !code && more;
	}
	return code ? code : write_cursor(c, cursor, err);
}

int
ym_central_work(struct ym_central *c, int max_events, struct ym_error *err)
{
	int64_t cursor;
	bool more = false;
	int n;
	enum ym_code code = ym_central_need_key(c, err);

	if (!code)
		code = read_cursor(c, &cursor, &more, err);
	if (code)
		return -1;
	if (!more) {
		if (ym_standing_sweep(c, &n, err))
			return -1;
		c->written |= n > 0;
		if (c->written && ym_db_checkpoint(c->db) == 0)
			c->written = false;
		return 0;
	}
	if (ym_db_begin(c->db, err))
		return -1;
	if (work_slice(c, max_events, &n, err)) {
		ym_db_rollback(c->db);
		return -1;
	}
	c->written = true;
	return ym_db_commit(c->db, err) ? -1 : n;
}
