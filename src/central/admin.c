/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Desks to be, their enrolment, their accounts, and the counts an administrator sees. Not packs (publish.c).
 * Invariant: a one-time code is kept as its SM3 alone and makes one key of one desk.
 */
#include "central/inner.h"

#include "base/clock.h"

/* Crockford's digits: nothing that is misread on paper. */
static const char DIGITS[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
#define CODE_GROUPS 4
#define ESCROW_MAX 1024

static bool
is_digits(const char *s, size_t n)
{
	return strlen(s) == n && strspn(s, "0123456789") == n;
}

/* The SM3 of a code as people type it: blanks and hyphens do not count, nor does the case. */
static void
code_digest(const char *code, char ret[2 * YM_SM3_LEN + 1])
{
	char plain[64];
	uint8_t digest[YM_SM3_LEN];
	size_t n = 0;

	for (; *code && n < sizeof plain; code++)
		if (*code != '-' && *code != ' ')
			plain[n++] =
				*code >= 'a' && *code <= 'z' ? (char)(*code - 'a' + 'A') : *code;
	ym_sm3(plain, n, digest);
	ym_hex(ret, digest, sizeof digest);
}

static void
make_code(char ret[24])
{
	uint8_t random[4 * CODE_GROUPS];
	size_t n = 0;

	ym_crypt_random(random, sizeof random);
	for (size_t i = 0; i < sizeof random; i++) {
		if (i && i % 4 == 0)
			ret[n++] = '-';
		ret[n++] = DIGITS[random[i] % 32];
	}
	ret[n] = 0;
}

/* -- desks -- */

static enum ym_code
check_identity(const struct ym_desk_identity *who, struct ym_error *err)
{
	static const char *const msgid = N_("A desk to be is not described correctly");
	const char *field = !is_digits(who->station, 12)                            ? "station"
		: !is_digits(who->desk, 14) || strncmp(who->desk, who->station, 12) ? "desk"
		: !is_digits(who->division, 6)                                      ? "division"
		: !who->window[0]                                                   ? "window"
		: !who->station_name[0]                                             ? "name"
		: strcmp(who->profile, "practice") && strcmp(who->profile, "production") ? "profile"
		: who->epoch && (who->epoch < 'A' || who->epoch > 'Z')                   ? "epoch"
											 : NULL;

	return field ? ym_fail_on(err, YM_INVALID, msgid, field, "add_desk") : YM_OK;
}

static enum ym_code
next_epoch(struct ym_central *c, const char *code_of_desk, char *ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT coalesce(max(unicode(epoch)), unicode('A') - 1) + 1 FROM desk WHERE code = :code");
	enum ym_code code;

	ym_stmt_text(s, "code", code_of_desk);
	code = ym_stmt_step(s, err);
	if (!code)
		*ret = (char)ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	if (!code && *ret > 'Z')
		return ym_fail(err, YM_REFUSED, N_("This desk code has used up its epoch letters"),
			"beyond Z");
	return code;
}

enum ym_code
ym_central_add_desk(struct ym_central *c, const struct ym_desk_identity *who, char ret_code[24],
	struct ym_error *err)
{
	char code_text[24], digest[2 * YM_SM3_LEN + 1], desk[40], epoch[2] = { who->epoch, 0 };
	struct ym_stmt *s;
	enum ym_code code = check_identity(who, err);

	if (!code && !who->epoch)
		code = next_epoch(c, who->desk, epoch, err);
	if (code)
		return code;
	make_code(code_text);
	code_digest(code_text, digest);
	snprintf(desk, sizeof desk, "%s%s", who->desk, epoch);
	s = ym_db_sql(c->db,
		"INSERT INTO desk (desk, code, epoch, station, station_name, division, window, profile, code_sm3)"
		" VALUES (:desk, :code, :epoch, :station, :station_name, :division, :window, :profile, :code_sm3)");
	ym_stmt_text(s, "desk", desk);
	ym_stmt_text(s, "code", who->desk);
	ym_stmt_text(s, "epoch", epoch);
	ym_stmt_text(s, "station", who->station);
	ym_stmt_text(s, "station_name", who->station_name);
	ym_stmt_text(s, "division", who->division);
	ym_stmt_text(s, "window", who->window);
	ym_stmt_text(s, "profile", who->profile);
	ym_stmt_text(s, "code_sm3", digest);
	code = ym_stmt_run(s, err);
	if (code == YM_CONFLICT)
		return ym_fail_on(
			err, YM_CONFLICT, N_("This desk is there already"), desk, "add_desk");
	if (!code)
		ym_strlcpy(ret_code, code_text, 24);
	return code;
}

/* -- accounts -- */

static void
account_place(char ret[160], const char *code, const char *account)
{
	snprintf(ret, 160, "account:%s:%s", code, account);
}

enum ym_code
ym_central_add_account(struct ym_central *c, const char *desk, const char *account,
	const char *name, bool officer, const char *posts, struct ym_error *err)
{
	char place[160];
	YM_BUF sealed = { 0 };
	YM_JSON *content = NULL;
	struct ym_stmt *s;
	enum ym_code code = ym_central_need_key(c, err);

	if (!code && (!*account || strlen(account) > 63 || !*name || !is_digits(desk, 14)))
		code = ym_fail_on(err, YM_INVALID, N_("An account needs a desk, an id and a name"),
			account, "add_account");
	if (!code)
		code = ym_db_begin(c->db, err);
	if (code)
		return code;
	account_place(place, desk, account);
	ym_central_seal(c, place, name, strlen(name), &sealed);
	s = ym_db_sql(c->db,
		"INSERT INTO account (code, account, name, officer, posts) VALUES (:code, :account, :name, :officer, :posts)"
		" ON CONFLICT (code, account) DO UPDATE SET name = excluded.name, officer = excluded.officer, posts = excluded.posts");
	ym_stmt_text(s, "code", desk);
	ym_stmt_text(s, "account", account);
	ym_stmt_blob(s, "name", sealed.data, sealed.len);
	ym_stmt_int(s, "officer", officer);
	ym_stmt_text(s, "posts", posts);
	code = ym_stmt_run(s, err);
	content = json_pack("{s:s,s:s,s:b,s:s,s:b}", "account", account, "name", name, "officer",
		officer, "posts", posts, "active", true);
	if (!code && !content)
		code = ym_fail_on(err, YM_INVALID, N_("An account needs a desk, an id and a name"),
			account, "not UTF-8");
	if (!code)
		code = ym_outbox_put_code(c, desk, "account.changed", content, err);
	if (!code)
		return ym_db_commit(c->db, err);
	ym_db_rollback(c->db);
	return code;
}

static json_t *
accounts_json(struct ym_central *c, const char *desk)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT account, name, officer, posts FROM account WHERE code = :code ORDER BY account");
	json_t *list = json_array();

	ym_stmt_text(s, "code", desk);
	while (!ym_stmt_step(s, NULL)) {
		char place[160];
		YM_BUF name = { .max = 4096 };
		size_t n;
		const void *sealed = ym_stmt_col_blob(s, 1, &n);

		account_place(place, desk, ym_stmt_col_text(s, 0));
		if (ym_central_unseal(c, place, sealed, n, &name, NULL))
			continue;
		json_array_append_new(list,
			json_pack("{s:s,s:s,s:b,s:s}", "account", ym_stmt_col_text(s, 0), "name",
				ym_buf_str(&name), "officer", (int)ym_stmt_col_int(s, 2), "posts",
				ym_stmt_col_text(s, 3)));
	}
	return list;
}

/* -- enrolment -- */

struct enrolment {
	const char *public_hex, *profile;
	char digest[2 * YM_SM3_LEN + 1];
	struct ym_buf escrow;
};

/* The escrow must open here, or it is worth nothing on the day it is needed. A practice desk has nothing to lose. */
static bool
check_escrow(struct ym_central *c, const struct enrolment *e)
{
	YM_BUF key = { .max = 256 };

	if (!e->escrow.len)
		return !strcmp(e->profile, "practice");
	return !ym_sm2_unwrap(c->key, e->escrow.data, e->escrow.len, &key, NULL) &&
		key.len == YM_KEY_LEN;
}

static void
enrol_answer(struct ym_central *c, struct ym_stmt *s, struct ym_central_answer *a)
{
	char code[32], pack[32] = "";
	json_t *data = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "desk", ym_stmt_col_text(s, 1),
		"epoch", ym_stmt_col_text(s, 2), "station", ym_stmt_col_text(s, 3), "station_name",
		ym_stmt_col_text(s, 4), "division", ym_stmt_col_text(s, 5), "window",
		ym_stmt_col_text(s, 6), "central", c->public_hex);

	ym_strlcpy(code, ym_stmt_col_text(s, 1), sizeof code);
	ym_stmt_done(s);
	ym_central_current_pack(c, pack);
	json_object_set_new(data, "accounts", accounts_json(c, code));
	json_object_set_new(data, "pack", json_string(pack));
	a->status = 200;
	a->data = data;
}

static enum ym_code
bind_key(struct ym_central *c, const char *desk, const struct enrolment *e)
{
	struct ym_central_desk bound;
	enum ym_code code;
	struct ym_stmt *s = ym_db_sql(c->db,
		"UPDATE desk SET public = :public, escrow = :escrow, enrolled_ms = :now WHERE desk = :desk");

	ym_stmt_text(s, "public", e->public_hex);
	ym_stmt_blob(s, "escrow", e->escrow.len ? e->escrow.data : NULL, e->escrow.len);
	ym_stmt_int(s, "now", ym_clock_wall());
	ym_stmt_text(s, "desk", desk);
	code = ym_db_begin(c->db, NULL);
	if (code)
		return code;
	code = ym_stmt_run(s, NULL);
	if (!code)
		code = ym_central_desk(c, desk, &bound, NULL);
	if (!code)
		code = ym_publish_tell_desk(c, &bound, NULL);
	if (!code)
		return ym_db_commit(c->db, NULL);
	ym_db_rollback(c->db);
	return code;
}

static void
enrol(struct ym_central *c, const struct enrolment *e, struct ym_central_answer *a)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT desk, code, epoch, station, station_name, division, window, profile, public FROM desk"
		" WHERE code_sm3 = :code_sm3");
	char desk[40];
	bool is_new;
	enum ym_code code;

	ym_stmt_text(s, "code_sm3", e->digest);
	code = ym_stmt_step(s, NULL);
	if (code && code != YM_NOTFOUND) {
		ym_central_trouble(a);
		return;
	}
	is_new = !code && !*ym_stmt_col_text(s, 8);
	/* The same key again is the same request again: its answer was lost. */
	if (code || strcmp(ym_stmt_col_text(s, 7), e->profile) ||
		(!is_new && strcmp(ym_stmt_col_text(s, 8), e->public_hex))) {
		ym_stmt_done(s);
		ym_central_refuse(
			a, 403, "REFUSED", "not an unused code of this central and profile");
		return;
	}
	ym_strlcpy(desk, ym_stmt_col_text(s, 0), sizeof desk);
	enrol_answer(c, s, a);
	if (is_new && bind_key(c, desk, e)) {
		json_decref(YM_TAKE(a->data));
		ym_central_trouble(a);
	}
}

void
ym_central_enrol(
	struct ym_central *c, const struct ym_central_request *req, struct ym_central_answer *a)
{
	YM_JSON *j = NULL;
	YM_SM2 *key = NULL;
	struct enrolment e = { .escrow.max = ESCROW_MAX };
	const char *escrow;
	char canonical[131];

	if (ym_json_parse(req->body_n ? req->body : "", req->body_n, "enrol", &j, NULL)) {
		ym_central_refuse(a, 400, "INVALID", "the body is not JSON");
		return;
	}
	e.public_hex = ym_json_str(j, "public");
	e.profile = ym_json_str(j, "profile");
	escrow = ym_json_str(j, "escrow");
	code_digest(ym_json_str(j, "code"), e.digest);
	if (ym_sm2_from_public_hex(e.public_hex, &key, NULL)) {
		ym_central_refuse(a, 400, "INVALID", "public is not a key");
		return;
	}
	ym_sm2_public_hex(key, canonical);
	e.public_hex = canonical;
	ym_buf_add(&e.escrow, escrow, strlen(escrow) / 2);
	if (strlen(escrow) % 2 || strlen(escrow) / 2 > ESCROW_MAX - 1 ||
		(*escrow && !ym_unhex(e.escrow.data, e.escrow.len, escrow)) || !check_escrow(c, &e))
		ym_central_refuse(a, 400, "INVALID", "escrow does not open here");
	else
		enrol(c, &e, a);
	ym_buf_release(&e.escrow);
}

/* -- counts -- */

static json_t *
status_desks(struct ym_central *c)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT d.desk, d.profile, d.enrolled_ms, d.seq, d.feed,"
		" (SELECT count(*) FROM quarantine q WHERE q.desk = d.desk AND q.repaired = 0) FROM desk d ORDER BY d.desk");
	json_t *list = json_array();

	while (!ym_stmt_step(s, NULL))
		json_array_append_new(list,
			json_pack("{s:s,s:s,s:b,s:I,s:I,s:I}", "desk", ym_stmt_col_text(s, 0),
				"profile", ym_stmt_col_text(s, 1), "enrolled",
				!ym_stmt_col_is_null(s, 2), "events",
				(json_int_t)ym_stmt_col_int(s, 3), "feed",
				(json_int_t)ym_stmt_col_int(s, 4), "quarantined",
				(json_int_t)ym_stmt_col_int(s, 5)));
	return list;
}

enum ym_code
ym_central_status(struct ym_central *c, struct ym_buf *ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT (SELECT coalesce(max(n), 0) FROM event), (SELECT cursor FROM worker),"
		" (SELECT count(*) FROM docket), (SELECT count(*) FROM docket WHERE review = 'waiting'),"
		" (SELECT count(*) FROM blob WHERE is_whole = 1), (SELECT count(*) FROM quarantine WHERE repaired = 0)");
	char pack[32] = "";
	YM_JSON *j = NULL;
	YM_FREE char *text = NULL;
	enum ym_code code = ym_stmt_step(s, err);

	if (code)
		return code;
	j = json_pack("{s:s,s:I,s:I,s:I,s:I,s:I,s:I}", "central", c->public_hex, "events",
		(json_int_t)ym_stmt_col_int(s, 0), "worked", (json_int_t)ym_stmt_col_int(s, 1),
		"cases", (json_int_t)ym_stmt_col_int(s, 2), "reviews",
		(json_int_t)ym_stmt_col_int(s, 3), "blobs", (json_int_t)ym_stmt_col_int(s, 4),
		"quarantined", (json_int_t)ym_stmt_col_int(s, 5));
	ym_stmt_done(s);
	ym_central_current_pack(c, pack);
	json_object_set_new(j, "pack", json_string(pack));
	json_object_set_new(j, "desks", status_desks(c));
	code = ym_standing_counts(c, j, err);
	if (code)
		return code;
	text = ym_json_dump(j);
	ym_buf_adds(ret, text);
	return YM_OK;
}
