/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The central's folder: its key under a password, its store, the desks by name, groups. See central.h.
 * Not requests (handle.c). Invariant: the private half and the store key are in locked memory only, and on disk only sealed.
 */
#include "central/inner.h"

#include <sys/stat.h>

#include "base/file.h"

#define KEY_FILE_MAX 8192
#define KEY_AAD "yimen central key 1"

/* Released steps are never changed: a change is a new step at the end. */
static const struct ym_schema_step STEPS[] = {
	{ ym_schema_sql_central_001, NULL }, /* 2026-11: the first */
	{ ym_schema_sql_central_002, NULL }, /* 2026-11: due dates, ratings */
	{ ym_schema_sql_central_003, NULL }, /* 2026-11: cases given again under a later letter */
};
/* 8 KiB: most rows are events of some 2 KB. */
static const struct ym_schema SCHEMA = { "central", 0x594d4345 /* YMCE */, 8192, STEPS,
	YM_ARRAY_LEN(STEPS) };

/* -- the key file: {"v":1,"public","salt","iterations","sealed"}; sealed is the store key and the private key's DER -- */

static enum ym_code
write_key(const char *path, const char *password, struct ym_error *err)
{
	YM_SM2 *key = ym_sm2_generate();
	struct ym_secret der = { 0 }, plain = { 0 };
	uint8_t salt[16], derived[YM_KEY_LEN];
	char salt_hex[33], public_hex[131];
	YM_BUF sealed = { 0 }, text = { 0 };
	YM_JSON *j = NULL;
	YM_FREE char *out = NULL;

	ym_crypt_random(salt, sizeof salt);
	ym_hex(salt_hex, salt, sizeof salt);
	ym_sm2_public_hex(key, public_hex);
	ym_sm2_private_der(key, &der);
	ym_secret_init(&plain, YM_KEY_LEN + der.len);
	ym_crypt_random(plain.data, YM_KEY_LEN);
	memcpy(plain.data + YM_KEY_LEN, der.data, der.len);
	ym_kdf_password(password, salt, sizeof salt, YM_KDF_ITERATIONS, derived);
	ym_seal(derived, KEY_AAD, strlen(KEY_AAD), plain.data, plain.len, &sealed);
	explicit_bzero(derived, sizeof derived);
	ym_secret_release(&plain);
	ym_secret_release(&der);
	ym_base64(&text, sealed.data, sealed.len);
	j = json_pack("{s:i,s:s,s:s,s:i,s:s}", "v", 1, "public", public_hex, "salt", salt_hex,
		"iterations", YM_KDF_ITERATIONS, "sealed", ym_buf_str(&text));
	out = ym_json_dump(j);
	return ym_file_write(path, out, strlen(out), 0600, err);
}

static enum ym_code
unlock(struct ym_central *c, const json_t *file, const char *password, struct ym_error *err)
{
	long long iterations = ym_json_int(file, "iterations", 0);
	const char *sealed_text = ym_json_str(file, "sealed");
	uint8_t salt[16], derived[YM_KEY_LEN];
	char public_hex[131];
	YM_BUF sealed = { .max = KEY_FILE_MAX }, plain = { .max = KEY_FILE_MAX };
	YM_SM2 *key = NULL;
	enum ym_code code;

	if (!ym_unhex(salt, sizeof salt, ym_json_str(file, "salt")) || iterations < 1 ||
		iterations > 100000000 || !ym_unbase64(&sealed, sealed_text, strlen(sealed_text)))
		return ym_fail_on(err, YM_CORRUPT, N_("The central's key file cannot be read"),
			"key.sealed", "form");
	ym_kdf_password(password, salt, sizeof salt, (unsigned)iterations, derived);
	code = ym_unseal(derived, KEY_AAD, strlen(KEY_AAD), sealed.data, sealed.len, &plain, NULL);
	explicit_bzero(derived, sizeof derived);
	if (code || plain.len <= YM_KEY_LEN)
		return ym_fail(
			err, YM_REFUSED, N_("The central's password is wrong"), "key.sealed");
	code = ym_sm2_from_private_der(plain.data + YM_KEY_LEN, plain.len - YM_KEY_LEN, &key, err);
	if (code)
		return code;
	ym_sm2_public_hex(key, public_hex);
	if (strcmp(public_hex, c->public_hex))
		return ym_fail_on(err, YM_CORRUPT, N_("The central's key file cannot be read"),
			"key.sealed", "halves differ");
	ym_secret_set(&c->store, plain.data, YM_KEY_LEN);
	ym_sm2_free(c->key);
	c->key = YM_TAKE(key);
	return YM_OK;
}

static enum ym_code
read_key(struct ym_central *c, const char *password, struct ym_error *err)
{
	YM_FREE char *path = ym_asprintf("%s/key.sealed", c->dir);
	YM_BUF text = { 0 };
	YM_JSON *file = NULL;
	enum ym_code code = ym_file_read(path, KEY_FILE_MAX, &text, err);

	if (code == YM_NOTFOUND)
		return ym_fail_on(err, YM_NOTFOUND, N_("There is no central in this folder"),
			c->dir, "key.sealed");
	if (!code)
		code = ym_json_parse(ym_buf_str(&text), text.len, "key.sealed", &file, err);
	if (code)
		return code;
	ym_strlcpy(c->public_hex, ym_json_str(file, "public"), sizeof c->public_hex);
	if (ym_sm2_from_public_hex(c->public_hex, &c->key, NULL))
		return ym_fail_on(err, YM_CORRUPT, N_("The central's key file cannot be read"),
			"key.sealed", "public");
	return password ? unlock(c, file, password, err) : YM_OK;
}

/* -- opening -- */

enum ym_code
ym_central_init(const char *dir, const char *password, struct ym_error *err)
{
	YM_FREE char *key = ym_asprintf("%s/key.sealed", dir),
		     *path = ym_asprintf("%s/central.db", dir),
		     *packs = ym_asprintf("%s/packs", dir);
	struct ym_db *db = NULL;
	enum ym_code code;

	if (ym_file_exists(key) || ym_file_exists(path))
		return ym_fail_on(err, YM_STATE, N_("There is a central in this folder already"),
			dir, "init");
	if (strlen(password) < 8)
		return ym_fail(err, YM_INVALID, N_("A password needs at least 8 characters"), "%zu",
			strlen(password));
	code = ym_file_mkdirs(packs, 0700, err);
	if (!code)
		code = ym_db_open(path, &SCHEMA, YM_DB_CREATE, &db, err);
	ym_db_close(db);
	/* Last: a folder with a key is complete. */
	return code ? code : write_key(key, password, err);
}

enum ym_code
ym_central_open(const struct ym_central_options *opt, struct ym_central **ret, struct ym_error *err)
{
	YM_FREE char *path = ym_asprintf("%s/central.db", opt->dir);
	struct ym_central *c = ym_alloc(sizeof *c);
	enum ym_code code;

	c->dir = ym_strdup(opt->dir);
	code = read_key(c, opt->password, err);
	if (!code)
		code = ym_db_open(path, &SCHEMA, 0, &c->db, err);
	if (!code && opt->registers)
		code = ym_register_load(c, opt->registers, err);
	if (code) {
		ym_central_close(c);
		return code;
	}
	c->written = true;
	*ret = c;
	return YM_OK;
}

void
ym_central_close(struct ym_central *c)
{
	if (!c)
		return;
	for (int i = 0; i < c->n_packs; i++)
		ym_pack_close(c->packs[i].pack);
	ym_register_release(c);
	ym_db_close(c->db);
	ym_sm2_free(c->key);
	ym_secret_release(&c->store);
	free(c->dir);
	free(c);
}

void
ym_central_public_hex(const struct ym_central *c, char ret[131])
{
	ym_strlcpy(ret, c->public_hex, 131);
}

/* -- what lies at rest -- */

enum ym_code
ym_central_need_key(const struct ym_central *c, struct ym_error *err)
{
	return ym_secret_has(&c->store)
		? YM_OK
		: ym_fail(err, YM_STATE, N_("This needs the central's password"), "locked");
}

void
ym_central_seal(const struct ym_central *c, const char *place, const void *data, size_t n,
	struct ym_buf *out)
{
	ym_seal(c->store.data, place, strlen(place), data, n, out);
}

enum ym_code
ym_central_unseal(const struct ym_central *c, const char *place, const void *sealed, size_t n,
	struct ym_buf *out, struct ym_error *err)
{
	return ym_unseal(c->store.data, place, strlen(place), sealed, n, out, err);
}

/* -- desks -- */

static enum ym_code
read_desk(struct ym_stmt *s, struct ym_central_desk *ret, struct ym_error *err)
{
	enum ym_code code = ym_stmt_step(s, err);
	size_t n;

	if (code == YM_NOTFOUND)
		return ym_fail(err, YM_NOTFOUND, N_("The central does not know this desk"), "desk");
	if (code)
		return code;
	ym_strlcpy(ret->desk, ym_stmt_col_text(s, 0), sizeof ret->desk);
	ym_strlcpy(ret->code, ym_stmt_col_text(s, 1), sizeof ret->code);
	ret->epoch = ym_stmt_col_text(s, 2)[0];
	ym_strlcpy(ret->public_hex, ym_stmt_col_text(s, 3), sizeof ret->public_hex);
	ret->seq = ym_stmt_col_int(s, 4);
	memcpy(ret->hash, ym_stmt_col_blob(s, 5, &n), YM_SM3_LEN); /* 32 bytes by a CHECK */
	ret->feed = ym_stmt_col_int(s, 6);
	ym_strlcpy(ret->profile, ym_stmt_col_text(s, 7), sizeof ret->profile);
	ym_stmt_done(s);
	return YM_OK;
}

enum ym_code
ym_central_desk(
	struct ym_central *c, const char *desk, struct ym_central_desk *ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT desk, code, epoch, public, seq, hash, feed, profile FROM desk WHERE desk = :desk AND public <> ''");

	ym_stmt_text(s, "desk", desk);
	return read_desk(s, ret, err);
}

enum ym_code
ym_central_living_desk(
	struct ym_central *c, const char *code, struct ym_central_desk *ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT desk, code, epoch, public, seq, hash, feed, profile FROM desk WHERE code = :code AND public <> ''"
		" ORDER BY epoch DESC LIMIT 1");

	ym_stmt_text(s, "code", code);
	return read_desk(s, ret, err);
}

/* -- groups -- */

enum ym_code
ym_central_begin_group(struct ym_central *c, struct ym_error *err)
{
	return ym_db_begin(c->db, err);
}

enum ym_code
ym_central_commit_group(struct ym_central *c, struct ym_error *err)
{
	return ym_db_commit(c->db, err);
}
