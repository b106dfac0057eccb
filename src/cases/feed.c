/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What comes by feed becomes this desk's own event (feed.applied): codes in the header, content sealed. Not the transport (sync).
 * Invariant: an entry is applied once; one that cannot be used is recorded as refused and does not hold up the rest.
 */
#include "base/diag.h"
#include "cases/inner.h"
#include "yimen/text.h"

int64_t
ym_casework_feed_applied(const struct ym_casework *w)
{
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT coalesce(max(number), 0) FROM view_feed");
	int64_t n = ym_stmt_step(s, NULL) ? 0 : ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return n;
}

struct entry {
	struct ym_casework *w;
	json_t *j;                      /* the whole entry; data may stand in "data" or beside */
	struct ym_event_draft d;
	char number[24], kept[8][96], keys[YM_MAX_CASE_ROLES][48], hashes[YM_MAX_CASE_ROLES][65];
	int n_kept;
};

static const char *
get(const struct entry *e, const char *key)
{
	const json_t *data = json_object_get(e->j, "data");
	const char *s = data ? ym_json_str(data, key) : "";
	return *s ? s : ym_json_str(e->j, key);
}

static json_t *
get_any(const struct entry *e, const char *key)
{
	json_t *v = json_object_get(json_object_get(e->j, "data"), key);
	return v ? v : json_object_get(e->j, key);
}

/* Codes only, and short: what does not look like one is not put into a header. */
static void
code(struct entry *e, const char *attr, const char *key)
{
	json_t *v = get_any(e, key);
	char text[96];
	if (json_is_integer(v))
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(v));
	else if (json_is_boolean(v))
		snprintf(text, sizeof(text), "%d", json_is_true(v));
	else
		ym_strlcpy(text, json_is_string(v) ? json_string_value(v) : "", sizeof(text));
	/* Names of posts are words of the office, not of a person: they may be Chinese. */
	for (const char *c = text; *c && strcmp(key, "posts"); c++)
		if ((unsigned char)*c < 0x21 || (unsigned char)*c > 0x7e)
			return;
	if (!ym_text_is_clean(text, false))
		return;
	if (!*text || e->n_kept >= 8)
		return;
	memcpy(e->kept[e->n_kept], text, sizeof(text));
	ym_emit_attr(&e->d, attr, e->kept[e->n_kept++]);
}

static enum ym_code
granted(struct entry *e, struct ym_error *err)
{
	json_t *snapshot = get_any(e, "snapshot");
	const char *visit = get(e, "visit"), *hex = get(e, "key");
	uint8_t key[YM_KEY_LEN];
	const struct ym_item *it;
	if (!json_is_object(snapshot) || !ym_uuid_is_valid(visit) || !ym_unhex(key, sizeof(key), hex))
		return ym_fail(err, YM_INVALID, N_("The handed-over case is incomplete"), "granted form");
	enum ym_code rc = ym_pack_item_of(e->w->pack, ym_json_str(snapshot, "pack"), ym_json_str(snapshot, "item"), &it, err);
	if (rc)
		return rc;
	e->d.visit = visit;
	e->d.item = it->id;
	const json_t *due = json_object_get(snapshot, "due");
	const char *state = get(e, "state");
	ym_emit_attr(&e->d, "state", *state ? state : ym_json_str(snapshot, "state"));
	ym_emit_attr(&e->d, "exit", ym_json_str(snapshot, "exit"));
	ym_emit_attr(&e->d, "key", ym_json_str(snapshot, "key"));
	ym_emit_attr(&e->d, "bundle", ym_json_str(snapshot, "bundle"));
	ym_emit_attr(&e->d, "due_promised", ym_json_str(due, "promised"));
	ym_emit_attr(&e->d, "due_statutory", ym_json_str(due, "statutory"));
	const json_t *fee = json_object_get(snapshot, "fee");
	long long fs = ym_json_int(fee, "state", 0);
	ym_emit_attr(&e->d, "fee_state", ym_fee_state_name((enum ym_fee_state)fs));
	snprintf(e->kept[0], sizeof(e->kept[0]), "%lld", ym_json_int(fee, "fen", 0));
	snprintf(e->kept[1], sizeof(e->kept[1]), "%lld", ym_json_int(snapshot, "received", 0));
	snprintf(e->kept[2], sizeof(e->kept[2]), "%lld", ym_json_int(snapshot, "notices", 0));
	e->n_kept = 3;
	ym_emit_attr(&e->d, "fee_fen", e->kept[0]);
	ym_emit_attr(&e->d, "t0", strcmp(e->kept[1], "0") ? e->kept[1] : "");
	ym_emit_attr(&e->d, "notices", strcmp(e->kept[2], "0") ? e->kept[2] : "");
	/* Person hashes are keyed per desk: this desk makes its own. */
	struct ym_visit *v = ym_visit_blank(e->w);
	struct ym_matter *m;
	rc = ym_snapshot_take(v, snapshot, &m, err);
	int n = 0;
	for (int r = 0; !rc && r < it->n_roles && r < YM_MAX_CASE_ROLES && e->d.n_attrs < YM_LOG_MAX_ATTRS; r++) {
		struct ym_who *p = ym_who_by_key(v, m->roles[r].who);
		if (!p || !p->hash[0])
			continue;
		snprintf(e->keys[n], sizeof(e->keys[0]), "p.%s", it->roles[r].id);
		memcpy(e->hashes[n], p->hash, sizeof(p->hash));
		ym_emit_attr(&e->d, e->keys[n], e->hashes[n]);
		n++;
	}
	size_t i;
	json_t *p, *mark;
	/* What was promised is promised to whoever holds the case. */
	json_array_foreach(json_object_get(snapshot, "materials"), i, mark) {
		if (strcmp(ym_json_str(mark, "state"), "deferred") || n >= (int)YM_ARRAY_LEN(e->keys) || !*ym_json_str(mark, "deadline"))
			continue;
		snprintf(e->keys[n], sizeof(e->keys[0]), "d.%s", ym_json_str(mark, "kind"));
		ym_emit_attr(&e->d, e->keys[n++], ym_json_str(mark, "deadline"));
	}
	json_array_foreach(json_object_get(snapshot, "persons"), i, p) {
		struct ym_who *w = ym_who_by_key(v, (int)ym_json_int(p, "key", 0));
		json_object_set_new(p, "hash", json_string(w ? w->hash : ""));
	}
	ym_visit_free(v);
	if (rc)
		return rc == YM_CORRUPT ? ym_fail(err, YM_INVALID, N_("The handed-over case is incomplete"), "snapshot form") : rc;
	bool fresh;
	uint8_t mine[YM_KEY_LEN];
	if (ym_keys_scope(e->w->keys, visit, false, mine, &fresh, NULL) == YM_NOTFOUND)
		rc = ym_keys_adopt_scope(e->w->keys, visit, key, err);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(mine, sizeof(mine));
	return rc;
}

static enum ym_code
codes_of(struct entry *e, const char *kind, struct ym_error *err)
{
	if (!strcmp(kind, "check.answered")) {
		code(e, "check", "check");
		code(e, "register", "register");
		code(e, "status", "status");
		code(e, "valid_until", "valid_until");
		if (!ym_uuid_is_valid(get(e, "check")) || ym_check_state_by_name(get(e, "status")) == YM_CHECK_NOT_ASKED)
			return ym_fail(err, YM_INVALID, N_("A check's answer is incomplete"), "check form");
	} else if (!strcmp(kind, "case.reviewed")) {
		const char *r = get(e, "result");
		if (strcmp(r, "approved") && strcmp(r, "denied") && strcmp(r, "returned"))
			return ym_fail(err, YM_INVALID, N_("A review has an unknown result"), "result");
		code(e, "result", "result");
	} else if (!strcmp(kind, "case.granted")) {
		return granted(e, err);
	} else if (!strcmp(kind, "case.moved")) {
		code(e, "to", "to");
	} else if (!strcmp(kind, "case.overdue")) {
		code(e, "due", "due");
		code(e, "lamp", "lamp");
	} else if (!strcmp(kind, "event.quarantined")) {
		code(e, "seq", "seq");
		code(e, "field", "field");
	} else if (!strcmp(kind, "pack.available")) {
		code(e, "version", "version");
		code(e, "effective", "effective");
		code(e, "sm3", "sm3");
	} else if (!strcmp(kind, "account.changed")) {
		code(e, "account", "account");
		code(e, "officer", "officer");
		code(e, "posts", "posts");
		code(e, "active", "active");
		if (!*get(e, "account"))
			return ym_fail(err, YM_INVALID, N_("An account has no name"), "account form");
	} else if (!strcmp(kind, "ticket.pushed")) {
		static const char *const names[] = { "urgent", "priority", "carry", "appointment", "ordinary" };
		json_t *c = get_any(e, "class");
		int cls = json_is_integer(c) ? (int)json_integer_value(c) : YM_TICKET_ORDINARY;
		for (size_t i = 0; json_is_string(c) && i < YM_ARRAY_LEN(names); i++)
			if (!strcmp(names[i], json_string_value(c)))
				cls = (int)i;
		if (cls < YM_TICKET_URGENT || cls > YM_TICKET_ORDINARY)
			return ym_fail(err, YM_INVALID, N_("A ticket has an unknown class"), "class");
		char no[12];
		enum ym_code rc;
		/* The guide desk told the citizen a number already: it is kept, and its id, so that it comes once. */
		if (ym_queue_is_others_no(get(e, "no")))
			ym_strlcpy(no, get(e, "no"), sizeof(no));
		else if ((rc = ym_queue_next_no(e->w, (enum ym_ticket_class)cls, no, err)))
			return rc;
		ym_strlcpy(e->kept[0], no, sizeof(e->kept[0]));
		if (ym_uuid_is_valid(get(e, "ticket")))
			ym_strlcpy(e->kept[1], get(e, "ticket"), sizeof(e->kept[1]));
		else
			ym_uuid7(e->kept[1]);
		snprintf(e->kept[2], sizeof(e->kept[2]), "%d", cls);
		e->n_kept = 3;
		ym_emit_attr(&e->d, "no", e->kept[0]);
		ym_emit_attr(&e->d, "ticket", e->kept[1]);
		ym_emit_attr(&e->d, "class", e->kept[2]);
		code(e, "appointment", "appointment");
	}
	return YM_OK;
}

/* Data beside or inside: one flat object goes into the body, without the key that came along. */
static json_t *
content_of(const struct entry *e)
{
	json_t *o = json_deep_copy(e->j);
	json_t *data = json_object_get(o, "data");
	if (json_is_object(data)) {
		json_incref(data);
		json_object_del(o, "data");
		json_object_update(o, data);
		json_decref(data);
	}
	json_object_del(o, "key");
	return o;
}

static bool
has_scope(struct ym_casework *w, const char *visit)
{
	uint8_t key[YM_KEY_LEN];
	bool fresh, has = ym_uuid_is_valid(visit) && !ym_keys_scope(w->keys, visit, false, key, &fresh, NULL);
	explicit_bzero(key, sizeof(key));
	return has;
}

static enum ym_code
apply(struct ym_casework *w, int64_t number, const char *kind, const char *text, struct ym_error *err)
{
	struct entry *e = ym_alloc(sizeof(*e));
	struct ym_error why = { 0 };
	e->w = w;
	enum ym_code bad = ym_json_parse(text, strlen(text), "feed", &e->j, &why);
	if (!bad && !json_is_object(e->j))
		bad = ym_fail(&why, YM_INVALID, N_("A feed entry is not an object"), "form");
	snprintf(e->number, sizeof(e->number), "%lld", (long long)number);
	e->d.kind = "feed.applied";
	ym_emit_attr(&e->d, "number", e->number);
	ym_emit_attr(&e->d, "feed", kind);
	if (!bad) {
		const char *no = get(e, "case");
		e->d.case_no = strlen(no) < 40 ? no : "";
		e->d.visit = has_scope(w, get(e, "visit")) ? get(e, "visit") : "";
		bad = codes_of(e, kind, &why);
	}
	json_t *body = NULL;
	enum ym_code rc;
	if (bad == YM_IO || bad == YM_BUSY || bad == YM_CORRUPT) {
		rc = bad;
		if (err)
			*err = why;
	} else {
		if (bad) {
			ym_diag(YM_DIAG_WARN, "feed", "entry %lld of kind %s refused: %s", (long long)number, kind, why.detail);
			e->d = (struct ym_event_draft){ .kind = "feed.applied" };
			ym_emit_attr(&e->d, "number", e->number);
			ym_emit_attr(&e->d, "feed", "refused");
			ym_emit_attr(&e->d, "was", kind);
		} else {
			body = content_of(e);
		}
		rc = ym_emit_append(w, &e->d, body, err);
	}
	json_decref(body);
	json_decref(e->j);
	explicit_bzero(e, sizeof(*e));
	free(e);
	return rc;
}

enum ym_code
ym_casework_apply_feed(struct ym_casework *w, int64_t number, const char *kind, const char *json, struct ym_error *err)
{
	if (number <= 0 || !kind || !*kind || strlen(kind) > 40)
		return ym_fail(err, YM_INVALID, N_("A feed entry has no number or kind"), "feed form");
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT 1 FROM view_feed WHERE number = :number");
	ym_stmt_int(s, ":number", number);
	enum ym_code rc = ym_stmt_step(s, err);
	ym_stmt_done(s);
	if (rc != YM_NOTFOUND)
		return rc;
	if ((rc = ym_db_begin(w->db, err)))
		return rc;
	if ((rc = apply(w, number, kind, json ? json : "", err))) {
		ym_db_rollback(w->db);
		return rc;
	}
	return ym_db_commit(w->db, err);
}
