/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Events to views: one small function per kind. Not deciding, not appending.
 * Invariant: a row is a function of headers and bodies alone; no clock, no setting, no random number is read here.
 */
#include "cases/fold.h"

#include "base/clock.h"
#include "base/json.h"
#include "cases/inner.h"

/* One event while it is folded. */
struct fold {
	struct ym_fold_context *c;
	struct ym_db *db;
	const struct ym_event *ev;
	const struct ym_event_header *h;
	json_t *body;                   /* NULL when there is none or it cannot be opened */
	int64_t at;                     /* corrected clock */
	char day[16];
	struct ym_error *err;
};

static const char *const tables[] = { "view_visit", "view_case", "view_case_person", "view_defer", "view_check", "view_paper", "view_ticket",
	"view_person", "view_serial", "view_account", "view_shift", "view_feed", "view_quarantine", "view_trail", "view_sealed" };

const char *const *
ym_fold_tables(int *ret_n)
{
	*ret_n = (int)YM_ARRAY_LEN(tables);
	return tables;
}

const char *const *
ym_fold_clear_tables(int *ret_n)
{
	*ret_n = (int)YM_ARRAY_LEN(tables) - 1;
	return tables;
}

static const char *
attr(const struct fold *f, const char *key)
{
	return ym_event_attr(f->h, key);
}

static int64_t
attr_int(const struct fold *f, const char *key)
{
	return strtoll(attr(f, key), NULL, 10);
}

/* NULL instead of "": the statements keep the old value then. */
static const char *
attr_or_null(const struct fold *f, const char *key)
{
	const char *s = attr(f, key);
	return *s ? s : NULL;
}

enum ym_code
ym_fold_open(const struct ym_fold_context *c, struct ym_db *db, const char *place, struct ym_buf *out, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(db, "SELECT bytes FROM view_sealed WHERE place = :place");
	ym_stmt_text(s, ":place", place);
	enum ym_code rc = ym_stmt_step(s, err);
	if (!rc) {
		size_t n;
		const void *p = ym_stmt_col_blob(s, 0, &n);
		rc = c->keys && ym_keys_is_unlocked(c->keys) ? ym_keys_unseal(c->keys, YM_KEY_VIEW, place, p, n, out, err)
							     : ym_fail(err, YM_STATE, N_("The desk is locked"), "sealed view");
	} else if (rc == YM_NOTFOUND) {
		rc = ym_fail(err, YM_NOTFOUND, N_("Nothing is kept about this"), "view_sealed");
	}
	ym_stmt_done(s);
	return rc;
}

/* Takes the reference of j. */
static enum ym_code
seal_put(struct fold *f, const char *kind, const char *id, json_t *j)
{
	YM_JSON *own = j;
	if (!f->c->keys || !own)
		return YM_OK;
	char place[160];
	snprintf(place, sizeof(place), "%s:%s", kind, id);
	char *text = ym_json_dump(own);
	YM_BUF sealed = { 0 };
	ym_keys_seal(f->c->keys, YM_KEY_VIEW, place, text, strlen(text), &sealed);
	explicit_bzero(text, strlen(text));
	free(text);
	struct ym_stmt *s = ym_db_sql(f->db, "INSERT INTO view_sealed (place, bytes) VALUES (:place, :bytes)"
		" ON CONFLICT (place) DO UPDATE SET bytes = excluded.bytes");
	ym_stmt_text(s, ":place", place);
	ym_stmt_blob(s, ":bytes", sealed.data, sealed.len);
	return ym_stmt_run(s, f->err);
}

static enum ym_code
seal_drop(struct fold *f, const char *kind, const char *id)
{
	char place[160];
	snprintf(place, sizeof(place), "%s:%s", kind, id);
	struct ym_stmt *s = ym_db_sql(f->db, "DELETE FROM view_sealed WHERE place = :place");
	ym_stmt_text(s, ":place", place);
	return ym_stmt_run(s, f->err);
}

static enum ym_code
trail(struct fold *f, const char *scope)
{
	if (!*scope)
		return YM_OK;
	struct ym_stmt *s = ym_db_sql(f->db, "INSERT OR IGNORE INTO view_trail (scope, seq) VALUES (:scope, :seq)");
	ym_stmt_text(s, ":scope", scope);
	ym_stmt_int(s, ":seq", f->h->seq);
	return ym_stmt_run(s, f->err);
}

static enum ym_code
serial(struct fold *f, const char *day, const char *kind, int64_t last)
{
	struct ym_stmt *s = ym_db_sql(f->db, "INSERT INTO view_serial (desk, day, kind, last) VALUES (:desk, :day, :kind, :last)"
		" ON CONFLICT (desk, day, kind) DO UPDATE SET last = max(last, excluded.last)");
	ym_stmt_text(s, ":desk", f->h->desk);
	ym_stmt_text(s, ":day", day);
	ym_stmt_text(s, ":kind", kind);
	ym_stmt_int(s, ":last", last);
	return ym_stmt_run(s, f->err);
}

/* -- the archive of persons: a newer or better value replaces -- */

static enum ym_code
archive(struct fold *f, const char *hash, const json_t *facts)
{
	if (!f->c->keys || strlen(hash) != 64 || !json_array_size(facts))
		return YM_OK;
	char place[96];
	snprintf(place, sizeof(place), "person:%s", hash);
	YM_BUF old = { 0 };
	struct ym_knowns all = { 0 }, fresh = { 0 };
	if (!ym_fold_open(f->c, f->db, place, &old, NULL)) {
		YM_JSON *j = NULL;
		if (!ym_json_parse(old.data, old.len, "person", &j, NULL))
			ym_knowns_from_json(&all, json_object_get(j, "facts"));
	}
	ym_knowns_from_json(&fresh, facts);
	for (int i = 0; i < fresh.n; i++) {
		struct ym_known *n = &fresh.p[i], *o = ym_knowns_find(&all, n->datum);
		if (n->origin == YM_FROM_ARCHIVE || n->origin == YM_FROM_RULE)
			continue;
		if (!o || (n->at >= o->at && (ym_origin_grade(n->origin) <= ym_origin_grade(o->origin) || strcmp(n->value, o->value))))
			ym_knowns_set(&all, n->datum, n->value, n->origin, n->at);
	}
	enum ym_code rc = seal_put(f, "person", hash, json_pack("{so}", "facts", ym_knowns_to_json(&all)));
	ym_knowns_release(&all);
	ym_knowns_release(&fresh);
	return rc;
}

static enum ym_code
on_identified(struct fold *f)
{
	const char *hash = attr(f, "person");
	if (!*hash)
		return YM_OK;
	struct ym_stmt *s = ym_db_sql(f->db, "INSERT INTO view_person (hash, seen_ms, n_visits) VALUES (:hash, :at, 1)"
		" ON CONFLICT (hash) DO UPDATE SET seen_ms = excluded.seen_ms, n_visits = n_visits + 1");
	ym_stmt_text(s, ":hash", hash);
	ym_stmt_int(s, ":at", f->at);
	enum ym_code rc = ym_stmt_run(s, f->err);
	return rc ? rc : archive(f, hash, json_object_get(f->body, "facts"));
}

/* -- visits -- */

static enum ym_code
on_visit_opened(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "INSERT OR IGNORE INTO view_visit (visit, desk, state, ticket, account, opened_ms, changed_ms, day)"
		" VALUES (:visit, :desk, 'open', :ticket, :account, :at, :at, :day)");
	ym_stmt_text(s, ":visit", f->h->visit);
	ym_stmt_text(s, ":desk", f->h->desk);
	ym_stmt_text(s, ":ticket", attr(f, "ticket"));
	ym_stmt_text(s, ":account", f->h->account);
	ym_stmt_int(s, ":at", f->at);
	ym_stmt_text(s, ":day", f->day);
	enum ym_code rc = ym_stmt_run(s, f->err);
	if (rc || !*attr(f, "ticket"))
		return rc;
	s = ym_db_sql(f->db, "UPDATE view_ticket SET state = 'done' WHERE id = :id");
	ym_stmt_text(s, ":id", attr(f, "ticket"));
	return ym_stmt_run(s, f->err);
}

static enum ym_code
visit_state(struct fold *f, const char *state)
{
	struct ym_stmt *s = ym_db_sql(f->db, "UPDATE view_visit SET state = :state, changed_ms = :at WHERE visit = :visit");
	ym_stmt_text(s, ":state", state);
	ym_stmt_int(s, ":at", f->at);
	ym_stmt_text(s, ":visit", f->h->visit);
	return ym_stmt_run(s, f->err);
}

static enum ym_code
visit_rating(struct fold *f, const char *rating)
{
	struct ym_stmt *s = ym_db_sql(f->db, "UPDATE view_visit SET rating = :rating WHERE visit = :visit");
	ym_stmt_text(s, ":rating", rating);
	ym_stmt_text(s, ":visit", f->h->visit);
	return ym_stmt_run(s, f->err);
}

static enum ym_code
on_visit_parked(struct fold *f)
{
	enum ym_code rc = visit_state(f, "parked");
	return rc || !f->body ? rc : seal_put(f, "visit", f->h->visit, json_deep_copy(f->body));
}

static enum ym_code
on_visit_resumed(struct fold *f)
{
	return visit_state(f, "open");
}

static enum ym_code
on_visit_closed(struct fold *f)
{
	enum ym_code rc = visit_state(f, "closed");
	if (!rc && !strcmp(attr(f, "rating"), "skipped"))
		rc = visit_rating(f, "skipped");
	return rc ? rc : seal_drop(f, "visit", f->h->visit);
}

/* After retention: what was sealed about the visit goes. The wrap of its key is destroyed by whoever appends this. */
static enum ym_code
on_visit_erased(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "DELETE FROM view_sealed WHERE place IN"
		" (SELECT 'case:' || case_no FROM view_case WHERE visit = :visit"
		"  UNION ALL SELECT 'review:' || case_no FROM view_case WHERE visit = :visit"
		"  UNION ALL SELECT 'check:' || id FROM view_check WHERE visit = :visit)");
	ym_stmt_text(s, ":visit", f->h->visit);
	return ym_stmt_run(s, f->err);
}

static enum ym_code
on_rating_asked(struct fold *f)
{
	return visit_rating(f, "asked");
}

static enum ym_code
on_rated(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "UPDATE view_case SET rated = 1 WHERE case_no = :no");
	ym_stmt_text(s, ":no", f->h->case_no);
	enum ym_code rc = ym_stmt_run(s, f->err);
	return rc ? rc : visit_rating(f, "given");
}

/* -- cases -- */

static enum ym_code
case_persons(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "DELETE FROM view_case_person WHERE case_no = :no");
	ym_stmt_text(s, ":no", f->h->case_no);
	enum ym_code rc = ym_stmt_run(s, f->err);
	for (int i = 0; i < f->h->n_attrs && !rc; i++) {
		if (strncmp(f->h->attrs[i].key, "p.", 2))
			continue;
		s = ym_db_sql(f->db, "INSERT OR IGNORE INTO view_case_person (person, case_no, role) VALUES (:person, :no, :role)");
		ym_stmt_text(s, ":person", f->h->attrs[i].value);
		ym_stmt_text(s, ":no", f->h->case_no);
		ym_stmt_text(s, ":role", f->h->attrs[i].key + 2);
		rc = ym_stmt_run(s, f->err);
	}
	return rc;
}

static enum ym_code
case_defers(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "UPDATE view_defer SET state = 'brought' WHERE case_no = :no AND state = 'open'");
	ym_stmt_text(s, ":no", f->h->case_no);
	enum ym_code rc = ym_stmt_run(s, f->err);
	for (int i = 0; i < f->h->n_attrs && !rc; i++) {
		if (strncmp(f->h->attrs[i].key, "d.", 2))
			continue;
		s = ym_db_sql(f->db, "INSERT INTO view_defer (case_no, kind, due, state) VALUES (:no, :kind, :due, 'open')"
			" ON CONFLICT (case_no, kind) DO UPDATE SET due = excluded.due, state = 'open'");
		ym_stmt_text(s, ":no", f->h->case_no);
		ym_stmt_text(s, ":kind", f->h->attrs[i].key + 2);
		ym_stmt_text(s, ":due", f->h->attrs[i].value);
		rc = ym_stmt_run(s, f->err);
	}
	return rc;
}

/* Attributes into the row; what an event does not say stays. `snapshot` when the body holds the whole case. */
static enum ym_code
case_row(struct fold *f, const char *state, const char *holder, bool snapshot)
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
		s = ym_db_sql(f->db, "INSERT INTO view_case (case_no, key, visit, item, pack, state, holder, received_ms, changed_ms, day, seq,"
			" snapshot_seq) VALUES (:no, :key, :visit, :item, :pack, :state, :holder, :t0, :at, :day, :seq, :seq)");
		ym_stmt_text(s, ":no", f->h->case_no);
		ym_stmt_text(s, ":key", attr(f, "key"));
		ym_stmt_text(s, ":visit", f->h->visit);
		ym_stmt_text(s, ":item", f->h->item);
		ym_stmt_text(s, ":pack", f->h->pack);
		ym_stmt_text(s, ":state", state);
		ym_stmt_text(s, ":holder", holder ? holder : f->h->desk);
		ym_stmt_int(s, ":t0", *attr(f, "t0") ? attr_int(f, "t0") : f->at);
		ym_stmt_int(s, ":at", f->at);
		ym_stmt_text(s, ":day", f->day);
		ym_stmt_int(s, ":seq", f->h->seq);
		rc = ym_stmt_run(s, f->err);
		if (rc)
			return rc;
		s = ym_db_sql(f->db, "UPDATE view_visit SET n_cases = n_cases + 1 WHERE visit = :visit");
		ym_stmt_text(s, ":visit", f->h->visit);
		if ((rc = ym_stmt_run(s, f->err)))
			return rc;
		/* desk 14, epoch 1, date 8, serial 5, check 1 */
		if (strlen(f->h->case_no) == 29 && !strncmp(f->h->case_no, f->h->desk, strlen(f->h->desk))) {
			char day[9], n[6];
			memcpy(day, f->h->case_no + 15, 8);
			memcpy(n, f->h->case_no + 23, 5);
			day[8] = n[5] = 0;
			if ((rc = serial(f, day, "case", strtoll(n, NULL, 10))))
				return rc;
		}
	}
	s = ym_db_sql(f->db, "UPDATE view_case SET state = :state, holder = coalesce(:holder, holder), exit = coalesce(:exit, exit),"
		" key = coalesce(:key, key), visit = coalesce(:visit, visit), bundle = coalesce(:bundle, bundle), account = coalesce(:account, account),"
		" decider = coalesce(:decider, decider), accepted = coalesce(:accepted, accepted), due_promised = coalesce(:promised, due_promised),"
		" due_statutory = coalesce(:statutory, due_statutory), fee_state = coalesce(:fee_state, fee_state),"
		" fee_fen = coalesce(CAST(:fee AS INTEGER), fee_fen), delivery = coalesce(:delivery, delivery),"
		" notices = coalesce(CAST(:notices AS INTEGER), notices), fault = fault + :fault, override = override + :override,"
		" changed_ms = :at, day = :day, seq = :seq, snapshot_seq = iif(:snapshot, :seq, snapshot_seq) WHERE case_no = :no");
	ym_stmt_text(s, ":no", f->h->case_no);
	ym_stmt_text(s, ":state", state);
	ym_stmt_text(s, ":holder", holder);
	ym_stmt_text(s, ":exit", attr_or_null(f, "exit"));
	ym_stmt_text(s, ":key", attr_or_null(f, "key"));
	ym_stmt_text(s, ":visit", *f->h->visit ? f->h->visit : NULL);
	ym_stmt_text(s, ":bundle", attr_or_null(f, "bundle"));
	ym_stmt_text(s, ":account", *f->h->account ? f->h->account : NULL);
	ym_stmt_text(s, ":decider", attr_or_null(f, "decider"));
	ym_stmt_text(s, ":accepted", attr_or_null(f, "accepted"));
	ym_stmt_text(s, ":promised", attr_or_null(f, "due_promised"));
	ym_stmt_text(s, ":statutory", attr_or_null(f, "due_statutory"));
	ym_stmt_text(s, ":fee_state", attr_or_null(f, "fee_state"));
	ym_stmt_text(s, ":fee", attr_or_null(f, "fee_fen"));
	ym_stmt_text(s, ":delivery", attr_or_null(f, "delivery"));
	ym_stmt_text(s, ":notices", attr_or_null(f, "notices"));
	ym_stmt_int(s, ":fault", *attr(f, "fault") ? 1 : 0);
	ym_stmt_int(s, ":override", *attr(f, "override") ? 1 : 0);
	ym_stmt_int(s, ":at", f->at);
	ym_stmt_text(s, ":day", f->day);
	ym_stmt_int(s, ":seq", f->h->seq);
	ym_stmt_int(s, ":snapshot", snapshot);
	return ym_stmt_run(s, f->err);
}

/* What a person reads in lists, and what the archive learns, from a snapshot. */
static enum ym_code
case_sealed(struct fold *f, const json_t *snapshot)
{
	if (!f->c->keys || !snapshot)
		return YM_OK;
	enum ym_code rc = seal_put(f, "case", f->h->case_no, json_pack("{ss}", "who", ym_json_str(snapshot, "who")));
	size_t i;
	json_t *p;
	json_array_foreach(json_object_get(snapshot, "persons"), i, p) {
		if (rc)
			break;
		rc = archive(f, ym_json_str(p, "hash"), json_object_get(p, "facts"));
	}
	return rc;
}

static enum ym_code
case_repaired(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "UPDATE view_quarantine SET repaired = 1 WHERE case_no = :no AND event_seq < :seq");
	ym_stmt_text(s, ":no", f->h->case_no);
	ym_stmt_int(s, ":seq", f->h->seq);
	return ym_stmt_run(s, f->err);
}

static enum ym_code
on_case(struct fold *f)
{
	const char *state = attr(f, "state");
	if (!*state)
		return YM_OK;
	bool snapshot = *attr(f, "key") != 0;
	enum ym_code rc = case_row(f, state, NULL, snapshot);
	if (rc || !snapshot)
		return rc;
	if ((rc = case_persons(f)) || (rc = case_defers(f)) || (rc = case_sealed(f, f->body)))
		return rc;
	return case_repaired(f);
}

static enum ym_code
case_set(struct fold *f, const char *sql, const char *value)
{
	struct ym_stmt *s = ym_db_sql(f->db, sql);
	ym_stmt_text(s, ":value", value);
	ym_stmt_text(s, ":no", f->h->case_no);
	ym_stmt_int(s, ":seq", f->h->seq);
	return ym_stmt_run(s, f->err);
}

static enum ym_code
on_fee_paid(struct fold *f)
{
	return case_set(f, "UPDATE view_case SET fee_state = :value, seq = :seq WHERE case_no = :no", "paid");
}

static enum ym_code
on_fee_waived(struct fold *f)
{
	return case_set(f, "UPDATE view_case SET fee_state = :value, seq = :seq WHERE case_no = :no", "waived");
}

static enum ym_code
on_delivery(struct fold *f)
{
	return case_set(f, "UPDATE view_case SET delivery = :value, seq = :seq WHERE case_no = :no", attr(f, "how"));
}

static enum ym_code
on_handed(struct fold *f)
{
	return case_set(f, "UPDATE view_case SET holder = :value, seq = :seq WHERE case_no = :no", attr(f, "to"));
}

/* -- papers -- */

static enum ym_code
on_paper(struct fold *f)
{
	bool printed = !strcmp(f->h->kind, "paper.printed"), is_signed = !strcmp(f->h->kind, "paper.signed");
	struct ym_stmt *s = ym_db_sql(f->db, "INSERT INTO view_paper (id, visit, case_no, template, printed, signed, void, changed_ms)"
		" VALUES (:id, :visit, :no, :template, :printed, :signed, :void, :at)"
		" ON CONFLICT (id) DO UPDATE SET printed = printed + excluded.printed, signed = max(signed, excluded.signed),"
		" void = max(void, excluded.void), changed_ms = excluded.changed_ms");
	ym_stmt_text(s, ":id", attr(f, "paper"));
	ym_stmt_text(s, ":visit", f->h->visit);
	ym_stmt_text(s, ":no", f->h->case_no);
	ym_stmt_text(s, ":template", attr(f, "template"));
	ym_stmt_int(s, ":printed", printed);
	ym_stmt_int(s, ":signed", is_signed);
	ym_stmt_int(s, ":void", !printed && !is_signed);
	ym_stmt_int(s, ":at", f->at);
	return ym_stmt_run(s, f->err);
}

/* -- checks -- */

static enum ym_code
on_check_asked(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "INSERT OR IGNORE INTO view_check (id, visit, register, person, status, asked_ms)"
		" VALUES (:id, :visit, :register, :person, 'asked', :at)");
	ym_stmt_text(s, ":id", attr(f, "check"));
	ym_stmt_text(s, ":visit", f->h->visit);
	ym_stmt_text(s, ":register", attr(f, "register"));
	ym_stmt_text(s, ":person", attr(f, "person"));
	ym_stmt_int(s, ":at", f->at);
	return ym_stmt_run(s, f->err);
}

static enum ym_code
check_answer(struct fold *f, const json_t *content)
{
	struct ym_stmt *s = ym_db_sql(f->db, "UPDATE view_check SET status = :status, answered_ms = :at, valid_until = :until WHERE id = :id");
	ym_stmt_text(s, ":status", attr(f, "status"));
	ym_stmt_int(s, ":at", f->at);
	ym_stmt_text(s, ":until", attr(f, "valid_until"));
	ym_stmt_text(s, ":id", attr(f, "check"));
	enum ym_code rc = ym_stmt_run(s, f->err);
	if (rc || !content)
		return rc;
	json_t *answer = json_object_get(content, "answer");
	return seal_put(f, "check", attr(f, "check"), json_pack("{sO? ss}", "answer", answer, "source", ym_json_str(content, "source")));
}

static enum ym_code
on_check_answered(struct fold *f)
{
	return check_answer(f, f->body);
}

/* -- tickets -- */

static enum ym_code
ticket_new(struct fold *f, const json_t *content)
{
	struct ym_stmt *s = ym_db_sql(f->db, "INSERT OR IGNORE INTO view_ticket (id, no, class, appointment, day, issued_ms, state)"
		" VALUES (:id, :no, :class, :appointment, :day, :at, 'waiting')");
	ym_stmt_text(s, ":id", attr(f, "ticket"));
	ym_stmt_text(s, ":no", attr(f, "no"));
	ym_stmt_int(s, ":class", attr_int(f, "class"));
	ym_stmt_text(s, ":appointment", attr(f, "appointment"));
	ym_stmt_text(s, ":day", f->day);
	ym_stmt_int(s, ":at", f->at);
	enum ym_code rc = ym_stmt_run(s, f->err);
	char kind[16];
	snprintf(kind, sizeof(kind), "ticket:%.1s", attr(f, "no"));
	if (!rc && *attr(f, "no"))
		rc = serial(f, f->day, kind, strtoll(attr(f, "no") + 1, NULL, 10));
	if (!rc && content && *ym_json_str(content, "claim"))
		rc = seal_put(f, "ticket", attr(f, "ticket"), json_pack("{ss}", "claim", ym_json_str(content, "claim")));
	return rc;
}

static enum ym_code
on_ticket_issued(struct fold *f)
{
	return ticket_new(f, f->body);
}

static enum ym_code
on_ticket_called(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "UPDATE view_ticket SET state = 'called', calls = calls + 1, called_seq = :seq, called_ms = :at,"
		" called_as = :as WHERE id = :id");
	ym_stmt_int(s, ":seq", f->h->seq);
	ym_stmt_int(s, ":at", f->at);
	ym_stmt_int(s, ":as", attr_int(f, "as"));
	ym_stmt_text(s, ":id", attr(f, "ticket"));
	return ym_stmt_run(s, f->err);
}

static enum ym_code
on_ticket_missed(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "UPDATE view_ticket SET state = 'waiting', misses = misses + 1, missed_seq = :seq WHERE id = :id");
	ym_stmt_int(s, ":seq", f->h->seq);
	ym_stmt_text(s, ":id", attr(f, "ticket"));
	return ym_stmt_run(s, f->err);
}

static enum ym_code
on_ticket_carried(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "UPDATE view_ticket SET state = 'waiting', class = :class, appointment = '', day = :day,"
		" missed_seq = 0 WHERE id = :id");
	ym_stmt_int(s, ":class", YM_TICKET_CARRY);
	ym_stmt_text(s, ":day", attr(f, "to"));
	ym_stmt_text(s, ":id", attr(f, "ticket"));
	return ym_stmt_run(s, f->err);
}

/* -- accounts and shifts -- */

static enum ym_code
account_row(struct fold *f, const json_t *content)
{
	struct ym_stmt *s = ym_db_sql(f->db, "INSERT INTO view_account (account, officer, posts, active) VALUES (:account, :officer, :posts, :active)"
		" ON CONFLICT (account) DO UPDATE SET officer = excluded.officer, posts = excluded.posts, active = excluded.active");
	ym_stmt_text(s, ":account", attr(f, "account"));
	ym_stmt_int(s, ":officer", attr_int(f, "officer"));
	ym_stmt_text(s, ":posts", attr(f, "posts"));
	ym_stmt_int(s, ":active", *attr(f, "active") ? attr_int(f, "active") : 1);
	enum ym_code rc = ym_stmt_run(s, f->err);
	if (!rc && content)
		rc = seal_put(f, "account", attr(f, "account"), json_pack("{ss}", "name", ym_json_str(content, "name")));
	return rc;
}

static enum ym_code
on_account_added(struct fold *f)
{
	return account_row(f, f->body);
}

static enum ym_code
on_signed_in(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "UPDATE view_account SET signed_ms = :at WHERE account = :account");
	ym_stmt_int(s, ":at", f->at);
	ym_stmt_text(s, ":account", attr(f, "account"));
	return ym_stmt_run(s, f->err);
}

static enum ym_code
on_shift_opened(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "INSERT INTO view_shift (id, account, opened_ms) VALUES (:seq, :account, :at)");
	ym_stmt_int(s, ":seq", f->h->seq);
	ym_stmt_text(s, ":account", f->h->account);
	ym_stmt_int(s, ":at", f->at);
	return ym_stmt_run(s, f->err);
}

static enum ym_code
on_shift_closed(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "UPDATE view_shift SET closed_ms = :at WHERE closed_ms = 0");
	ym_stmt_int(s, ":at", f->at);
	return ym_stmt_run(s, f->err);
}

/* -- what came by feed -- */

static enum ym_code
feed_reviewed(struct fold *f)
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
	const char *result = attr(f, "result");
	const char *action = !strcmp(result, "approved") ? "approve" : !strcmp(result, "denied") ? "deny" : "send_back";
	const struct ym_flow_row *row = ym_flow_row(ym_flow_state_by_name(state), action);
	if (row)
		rc = case_row(f, ym_case_state_name(row->to), NULL, false);
	if (!rc && f->body && *ym_json_str(f->body, "reason"))
		rc = seal_put(f, "review", f->h->case_no, json_pack("{ss ss}", "reason", ym_json_str(f->body, "reason"), "by",
			ym_json_str(f->body, "by")));
	return rc;
}

static enum ym_code
feed_quarantined(struct fold *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "INSERT OR IGNORE INTO view_quarantine (event_seq, case_no, field, number)"
		" VALUES (:seq, :no, :field, :number)");
	ym_stmt_int(s, ":seq", attr_int(f, "seq"));
	ym_stmt_text(s, ":no", f->h->case_no);
	ym_stmt_text(s, ":field", attr(f, "field"));
	ym_stmt_int(s, ":number", attr_int(f, "number"));
	enum ym_code rc = ym_stmt_run(s, f->err);
	return rc || !f->body ? rc : seal_put(f, "quarantine", attr(f, "seq"), json_pack("{ss}", "reason", ym_json_str(f->body, "reason")));
}

static enum ym_code
on_feed(struct fold *f)
{
	/* At the central several desks' logs meet: only the desk itself counts its own feed. */
	const char *kind = attr(f, "feed");
	if (f->c->desk && *f->c->desk && strcmp(f->c->desk, f->h->desk))
		return YM_OK;
	if (!f->c->desk || !*f->c->desk)
		return YM_OK;
	struct ym_stmt *s = ym_db_sql(f->db, "INSERT OR IGNORE INTO view_feed (number, kind, seq) VALUES (:number, :kind, :seq)");
	ym_stmt_int(s, ":number", attr_int(f, "number"));
	ym_stmt_text(s, ":kind", kind);
	ym_stmt_int(s, ":seq", f->h->seq);
	enum ym_code rc = ym_stmt_run(s, f->err);
	if (rc)
		return rc;
	if (!strcmp(kind, "check.answered"))
		return check_answer(f, f->body);
	if (!strcmp(kind, "case.reviewed"))
		return feed_reviewed(f);
	if (!strcmp(kind, "case.granted")) {
		json_t *snapshot = json_object_get(f->body, "snapshot");
		if ((rc = case_row(f, attr(f, "state"), f->h->desk, true)) || (rc = case_persons(f)) || (rc = case_defers(f)))
			return rc;
		return case_sealed(f, snapshot);
	}
	if (!strcmp(kind, "case.moved"))
		return on_handed(f);
	if (!strcmp(kind, "event.quarantined"))
		return feed_quarantined(f);
	if (!strcmp(kind, "account.changed"))
		return account_row(f, f->body);
	if (!strcmp(kind, "ticket.pushed"))
		return ticket_new(f, f->body);
	return YM_OK;
}

static const struct { const char *kind; enum ym_code (*fn)(struct fold *f); } kinds[] = {
	{ "visit.opened", on_visit_opened }, { "visit.identified", on_identified }, { "visit.parked", on_visit_parked },
	{ "visit.resumed", on_visit_resumed }, { "visit.closed", on_visit_closed }, { "visit.erased", on_visit_erased },
	{ "rating.asked", on_rating_asked }, { "case.rated", on_rated }, { "case.handed", on_handed },
	{ "fee.paid", on_fee_paid }, { "fee.waived", on_fee_waived }, { "delivery.chosen", on_delivery },
	{ "paper.printed", on_paper }, { "paper.signed", on_paper }, { "paper.voided", on_paper },
	{ "check.asked", on_check_asked }, { "check.answered", on_check_answered },
	{ "ticket.issued", on_ticket_issued }, { "ticket.called", on_ticket_called }, { "ticket.missed", on_ticket_missed },
	{ "ticket.carried", on_ticket_carried },
	{ "account.added", on_account_added }, { "account.signed_in", on_signed_in },
	{ "shift.opened", on_shift_opened }, { "shift.closed", on_shift_closed },
	{ "feed.applied", on_feed },
};

enum ym_code
ym_fold(void *user, struct ym_db *db, const struct ym_event *ev, const char *body, struct ym_error *err)
{
	struct fold f = { .c = user, .db = db, .ev = ev, .h = &ev->h, .err = err, .at = ev->h.wall_ms + ev->h.offset_ms };
	YM_JSON *j = NULL;
	enum ym_code rc = YM_OK;
	if (body && *body && (rc = ym_json_parse(body, strlen(body), "event", &j, err)))
		return rc;
	f.body = j;
	ym_date_format(f.day, ym_date_at(f.at));
	if ((rc = trail(&f, ev->h.case_no)) || (rc = trail(&f, ev->h.visit)))
		return rc;
	for (size_t i = 0; i < YM_ARRAY_LEN(kinds); i++)
		if (!strcmp(kinds[i].kind, ev->h.kind))
			return kinds[i].fn(&f);
	return !strncmp(ev->h.kind, "case.", 5) && *ev->h.case_no ? on_case(&f) : YM_OK;
}

enum ym_code
ym_fold_dump(const struct ym_fold_context *c, struct ym_db *db, struct ym_buf *out, struct ym_error *err)
{
	int n;
	const char *const *clear = ym_fold_clear_tables(&n);
	enum ym_code rc = ym_db_dump(db, clear, n, out, err);
	if (rc)
		return rc;
	struct ym_stmt *s = ym_db_sql(db, "SELECT place, bytes FROM view_sealed ORDER BY place");
	while (!(rc = ym_stmt_step(s, err))) {
		size_t size;
		const void *p = ym_stmt_col_blob(s, 1, &size);
		const char *place = ym_stmt_col_text(s, 0);
		ym_buf_addf(out, "sealed %s ", place);
		if ((rc = ym_keys_unseal(c->keys, YM_KEY_VIEW, place, p, size, out, err)))
			break;
		ym_buf_addc(out, '\n');
	}
	ym_stmt_done(s);
	return rc == YM_NOTFOUND ? YM_OK : rc;
}
