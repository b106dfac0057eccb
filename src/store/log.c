/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Appending to the desk's log, walking it, folding it again.
 * Not the header's bytes (header.c) nor the checks (log_verify.c). Invariant: an event, its body,
 * its scope's key and
 * what its fold wrote are in one transaction.
 */
#include "store/internal.h"

#include "base/clock.h"
#include "base/uuid.h"

struct ym_log {
	struct ym_db *db;
	struct ym_keys *keys;
	struct ym_desk_identity who;
	ym_fold_fn fold;
	void *fold_user;
	void (*grew)(void *user);
	void *grew_user;
	int64_t offset_ms;
};

/* -- identity -- */

enum ym_code
ym_log_create(struct ym_db *desk, const struct ym_desk_identity *who, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(desk,
		"INSERT INTO identity (id, desk, epoch, station, station_name, division, "
		"window, profile) VALUES (1, :desk, :epoch, :station, :station_name, :division, :window, :profile)");
	enum ym_code code;

	if (!who->desk[0] || who->epoch < 'A' || who->epoch > 'Z')
		return ym_fail(
			err, YM_INVALID, N_("A desk needs its code and epoch letter"), "identity");
	ym_stmt_text(s, "desk", who->desk);
	ym_stmt_text_n(s, "epoch", &who->epoch, 1);
	ym_stmt_text(s, "station", who->station);
	ym_stmt_text(s, "station_name", who->station_name);
	ym_stmt_text(s, "division", who->division);
	ym_stmt_text(s, "window", who->window);
	ym_stmt_text(s, "profile", who->profile);
	code = ym_stmt_run(s, err);
	if (code == YM_CONFLICT)
		return ym_fail(err, YM_CONFLICT, N_("This data folder already belongs to a desk"),
			"identity");
	return code;
}

static enum ym_code
read_identity(struct ym_db *desk, struct ym_desk_identity *who, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(desk,
		"SELECT desk, epoch, station, station_name, division, window, profile FROM identity");
	enum ym_code code = ym_stmt_step(s, err);

	if (code == YM_NOTFOUND)
		return ym_fail(err, YM_NOTFOUND, N_("This data folder belongs to no desk yet"),
			"identity");
	if (code)
		return code;
	ym_strlcpy(who->desk, ym_stmt_col_text(s, 0), sizeof who->desk);
	who->epoch = ym_stmt_col_text(s, 1)[0];
	ym_strlcpy(who->station, ym_stmt_col_text(s, 2), sizeof who->station);
	ym_strlcpy(who->station_name, ym_stmt_col_text(s, 3), sizeof who->station_name);
	ym_strlcpy(who->division, ym_stmt_col_text(s, 4), sizeof who->division);
	ym_strlcpy(who->window, ym_stmt_col_text(s, 5), sizeof who->window);
	ym_strlcpy(who->profile, ym_stmt_col_text(s, 6), sizeof who->profile);
	ym_stmt_done(s);
	return YM_OK;
}

enum ym_code
ym_log_open(struct ym_db *desk, struct ym_keys *keys, struct ym_log **ret, struct ym_error *err)
{
	struct ym_log *log = ym_alloc(sizeof *log);
	enum ym_code code = read_identity(desk, &log->who, err);

	if (code) {
		free(log);
		return code;
	}
	log->db = desk;
	log->keys = keys;
	*ret = log;
	return YM_OK;
}

void
ym_log_close(struct ym_log *log)
{
	free(log);
}

void
ym_log_set_fold(struct ym_log *log, ym_fold_fn fn, void *user)
{
	log->fold = fn;
	log->fold_user = user;
}

const struct ym_desk_identity *
ym_log_identity(const struct ym_log *log)
{
	static const struct ym_desk_identity nowhere;

	return log ? &log->who : &nowhere;
}

void
ym_log_set_offset(struct ym_log *log, int64_t central_offset_ms)
{
	log->offset_ms = central_offset_ms;
}

int64_t
ym_log_now(const struct ym_log *log)
{
	return ym_clock_wall() + (log ? log->offset_ms : 0);
}

/* Read each time: a head kept in memory would outlive a rollback. */
static enum ym_code
read_head(struct ym_db *db, int64_t *ret_seq, uint8_t ret_hash[YM_SM3_LEN], struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(db, "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1");
	enum ym_code code = ym_stmt_step(s, err);
	size_t n;

	if (code == YM_NOTFOUND) {
		*ret_seq = 0;
		memset(ret_hash, 0, YM_SM3_LEN);
		return YM_OK;
	}
	if (code)
		return code;
	*ret_seq = ym_stmt_col_int(s, 0);
	memcpy(ret_hash, ym_stmt_col_blob(s, 1, &n), YM_SM3_LEN);
	ym_stmt_done(s);
	return YM_OK;
}

int64_t
ym_log_head(const struct ym_log *log, uint8_t ret_hash[YM_SM3_LEN])
{
	int64_t seq = 0;

	if (read_head(log->db, &seq, ret_hash, NULL)) {
		memset(ret_hash, 0, YM_SM3_LEN);
		return 0;
	}
	return seq;
}

/* -- append -- */

/* Seals the body and leaves its digest, suite and perhaps the wrap in h; the MAC comes when the
 * header stands. */
static enum ym_code
seal_body(struct ym_log *log, const char *json, struct ym_event_header *h, char wrap_hex[1025],
	uint8_t key[YM_KEY_LEN], struct ym_buf *sealed, struct ym_error *err)
{
	char scope[YM_SCOPE_SIZE];
	YM_BUF deflated = { 0 }, wrap = { 0 };
	bool fresh = false;
	enum ym_code code;

	if (!log->keys || !ym_keys_is_unlocked(log->keys))
		return ym_fail(err, YM_STATE, N_("Sign in first: the desk is locked"),
			"append of %s", h->kind);
	if (strlen(json) > YM_BODY_MAX)
		return ym_fail(
			err, YM_INVALID, N_("The content is too long"), "%zu bytes", strlen(json));
	ym_event_scope(h, scope);
	code = ym_keys_scope(log->keys, scope, true, key, &fresh, err);
	if (code)
		return code;
	if (fresh) {
		if (h->n_attrs == YM_LOG_MAX_ATTRS)
			return ym_fail_on(err, YM_INVALID,
				N_("An event's header is not well formed"), "attributes",
				"no room");
		ym_sm2_wrap(ym_keys_central(log->keys), key, YM_KEY_LEN, &wrap);
		if (wrap.len > 512)
			ym_db_die(NULL, "a wrap of a key is too long", "");
		ym_hex(wrap_hex, wrap.data, wrap.len);
		h->attrs[h->n_attrs++] = (struct ym_attr){ "wrap", wrap_hex };
	}
	ym_body_deflate(json, &deflated);
	if (deflated.len > YM_EVENT_SEALED_MAX - YM_SEAL_OVERHEAD)
		return ym_fail(err, YM_INVALID, N_("The content is too long for one event (3 MB): keep what is large as an attachment"),
			"%zu bytes", deflated.len);
	ym_seal_cipher(key, deflated.data, deflated.len, sealed);
	h->suite = YM_SUITE_SM4_CTR_HMAC_SM3;
	ym_sm3(sealed->data, sealed->len, h->body_sm3);
	return YM_OK;
}

static enum ym_code
insert(struct ym_db *db, const struct ym_event *ev, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(
		db, "INSERT INTO event (seq, header, hash) VALUES (:seq, :header, :hash)");
	enum ym_code code;

	ym_stmt_int(s, "seq", ev->h.seq);
	ym_stmt_blob(s, "header", ev->header, ev->header_n);
	ym_stmt_blob(s, "hash", ev->hash, sizeof ev->hash);
	code = ym_stmt_run(s, err);
	if (code || !ev->body)
		return code;
	s = ym_db_sql(db, "INSERT INTO event_body (seq, sealed) VALUES (:seq, :sealed)");
	ym_stmt_int(s, "seq", ev->h.seq);
	ym_stmt_blob(s, "sealed", ev->body, ev->body_n);
	code = ym_stmt_run(s, err);
	ym_stmt_done(s);
	return code;
}

static enum ym_code
append(struct ym_log *log, const struct ym_event_draft *d, int64_t *ret_seq, struct ym_error *err)
{
	char id[YM_UUID_LEN + 1], wrap_hex[1025];
	uint8_t chained[YM_SM3_LEN], key[YM_KEY_LEN] = { 0 };
	YM_BUF header = { 0 }, sealed = { 0 };
	struct ym_event ev = { 0 };
	struct ym_event_header *h = &ev.h;
	struct ym_sm3 *sm3;
	enum ym_code code = read_head(log->db, &h->seq, chained, err);

	if (code)
		return code;
	ym_uuid7(id);
	h->desk = log->who.desk;
	h->epoch = log->who.epoch;
	h->seq++;
	h->id = id;
	h->kind = d->kind ? d->kind : "";
	h->visit = d->visit ? d->visit : "";
	h->case_no = d->case_no ? d->case_no : "";
	h->item = d->item ? d->item : "";
	h->pack = d->pack ? d->pack : "";
	h->account = d->account ? d->account : "";
	h->wall_ms = ym_clock_wall();
	h->mono_ms = ym_clock_mono();
	h->offset_ms = log->offset_ms;
	h->boot = ym_clock_boot_id();
	h->n_attrs = d->n_attrs;
	if (d->n_attrs < 0 || d->n_attrs > YM_LOG_MAX_ATTRS)
		return ym_fail_on(err, YM_INVALID, N_("An event's header is not well formed"),
			"attributes", "%d", d->n_attrs);
	for (int i = 0; i < d->n_attrs; i++)
		h->attrs[i] = (struct ym_attr){ d->attrs[i].key,
			d->attrs[i].value ? d->attrs[i].value : "" };
	code = ym_header_check(h, err);
	if (code == YM_OK && d->body)
		code = seal_body(log, d->body, h, wrap_hex, key, &sealed, err);
	if (code)
		return code;
	ym_header_encode(h, &header);
	if (d->body)
		ym_seal_mac(key, header.data, header.len, &sealed, 0);
	explicit_bzero(key, sizeof key);
	sm3 = ym_sm3_new();
	ym_sm3_add(sm3, chained, sizeof chained);
	ym_sm3_add(sm3, header.data, header.len);
	ym_sm3_end(sm3, ev.hash);
	ym_sm3_free(sm3);
	ev.header = (const uint8_t *)header.data;
	ev.header_n = header.len;
	if (d->body) {
		ev.body = (const uint8_t *)sealed.data;
		ev.body_n = sealed.len;
	}
	code = insert(log->db, &ev, err);
	if (code == YM_OK && log->fold)
		code = log->fold(log->fold_user, log->db, &ev, d->body, err);
	if (code == YM_OK && ret_seq)
		*ret_seq = h->seq;
	return code;
}

enum ym_code
ym_log_append(struct ym_log *log, const struct ym_event_draft *draft, int64_t *ret_seq,
	struct ym_error *err)
{
	int64_t seq = 0;
	enum ym_code code = ym_db_begin(log->db, err);

	if (code)
		return code;
	code = append(log, draft, &seq, err);
	if (code) {
		ym_db_rollback(log->db);
		return code;
	}
	code = ym_db_commit(log->db, err);
	if (code == YM_OK && ret_seq)
		*ret_seq = seq;
	if (code == YM_OK && log->grew)
		log->grew(log->grew_user);
	return code;
}

void
ym_log_set_grew(struct ym_log *log, void (*fn)(void *user), void *user)
{
	log->grew = fn;
	log->grew_user = user;
}

/* -- walk -- */

/* Neighbouring events are mostly of one visit: its key is unsealed once. */
struct scope_cache {
	char scope[YM_SCOPE_SIZE];
	enum ym_code code;
	uint8_t key[YM_KEY_LEN];
};

static enum ym_code
find_key(struct ym_keys *keys, const struct ym_event_header *h, struct scope_cache *c,
	struct ym_error *err)
{
	char scope[YM_SCOPE_SIZE];
	bool fresh;

	ym_event_scope(h, scope);
	if (strcmp(scope, c->scope) != 0) {
		c->code = ym_keys_scope(keys, scope, false, c->key, &fresh, err);
		ym_strlcpy(c->scope, scope, sizeof c->scope);
	}
	return c->code;
}

/* Statements of its own, not from the pool: fn may walk again. */
enum ym_code
ym_log_walk(struct ym_db *desk, struct ym_keys *keys, int64_t from, int64_t to, ym_log_fn fn,
	void *user, struct ym_error *err)
{
	static const char sql[] =
		"SELECT e.header, e.hash, b.sealed FROM event e LEFT JOIN event_body b ON b.seq = e.seq "
		"WHERE e.seq BETWEEN :from AND :to ORDER BY e.seq";
	bool open = keys && ym_keys_is_unlocked(keys), more = true;
	struct scope_cache cache = { .code = YM_NOTFOUND };
	YM_BUF scratch = { 0 }, text = { 0 };
	sqlite3_stmt *s = NULL;
	enum ym_code code = YM_OK;
	int rc = sqlite3_prepare_v2(desk->h, sql, -1, &s, NULL);

	if (rc != SQLITE_OK)
		return ym_db_fail(desk, rc, err);
	sqlite3_bind_int64(s, 1, from);
	sqlite3_bind_int64(s, 2, to > 0 ? to : INT64_MAX);
	while (more && code == YM_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct ym_event ev = { 0 };
		const char *body = NULL;
		bool erased = false;

		ev.header = sqlite3_column_blob(s, 0);
		ev.header_n = (size_t)sqlite3_column_bytes(s, 0);
		code = ym_header_decode(ev.header, ev.header_n, &scratch, &ev.h, err);
		if (code) {
			code = ym_fail(err, YM_CORRUPT,
				N_("The header of an event in the log cannot be read"), "walk");
			break;
		}
		memcpy(ev.hash, sqlite3_column_blob(s, 1), YM_SM3_LEN);
		ev.body = sqlite3_column_blob(s, 2);
		ev.body_n = (size_t)sqlite3_column_bytes(s, 2);
		if (open && ev.h.suite != 0) {
			enum ym_code found = find_key(keys, &ev.h, &cache, NULL);

			erased = found == YM_GONE;
			ym_buf_clear(&text);
			if (found == YM_OK && ev.body &&
				ym_event_open_body(&ev, cache.key, &text, NULL) == YM_OK)
				body = ym_buf_str(&text);
		}
		more = fn(user, &ev, body, erased);
	}
	explicit_bzero(&cache, sizeof cache);
	if (more && code == YM_OK && rc != SQLITE_DONE)
		code = ym_db_fail(desk, sqlite3_extended_errcode(desk->h), err);
	sqlite3_finalize(s);
	return code;
}

/* -- rebuild -- */

struct rebuild {
	struct ym_log *log;
	enum ym_code code;
	struct ym_error *err;
};

static bool
fold_again(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	struct rebuild *r = user;
	char subject[40];

	if (ev->h.suite != 0 && !body && !erased) {
		snprintf(subject, sizeof subject, "%lld", (long long)ev->h.seq);
		r->code = ym_fail_on(r->err, YM_CORRUPT,
			N_("The content of an event in the log does not open"), subject,
			"event %lld", (long long)ev->h.seq);
		return false;
	}
	r->code = r->log->fold(r->log->fold_user, r->log->db, ev, body, r->err);
	return r->code == YM_OK;
}

static enum ym_code
empty_tables(struct ym_db *db, const char *const tables[], int n, struct ym_error *err)
{
	/* View tables may refer to each other: what counts is that nothing dangles at the end. */
	enum ym_code code = ym_db_exec(db, "PRAGMA defer_foreign_keys = ON", err);

	for (int i = 0; i < n && code == YM_OK; i++) {
		char *sql = sqlite3_mprintf("DELETE FROM \"%w\"", tables[i]);

		code = ym_db_exec(db, sql, err);
		sqlite3_free(sql);
	}
	return code;
}

enum ym_code
ym_log_rebuild(struct ym_log *log, const char *const view_tables[], int n, struct ym_error *err)
{
	struct rebuild r = { log, YM_OK, err };
	enum ym_code code;

	if (!log->fold)
		ym_db_die(NULL, "a rebuild without a fold", "");
	if (!log->keys || !ym_keys_is_unlocked(log->keys))
		return ym_fail(err, YM_STATE, N_("Sign in first: the desk is locked"), "rebuild");
	code = ym_db_begin(log->db, err);
	if (code)
		return code;
	code = empty_tables(log->db, view_tables, n, err);
	if (code == YM_OK)
		code = ym_log_walk(log->db, log->keys, 1, 0, fold_again, &r, err);
	if (code == YM_OK)
		code = r.code;
	if (code) {
		ym_db_rollback(log->db);
		return code;
	}
	return ym_db_commit(log->db, err);
}
