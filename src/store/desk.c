/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The desk's files and what lies beside its log: schemas, drafts, blobs, settings.
 * Not the log (log.c). Invariant: drafts and blobs leave this file sealed.
 */
#include "store/desk.h"

#include "base/clock.h"
#include "base/file.h"
#include "store/internal.h"

/* Released steps are never changed: a change is a new step at the end. */
static const struct ym_schema_step DESK_STEPS[] = {
	{ ym_schema_sql_desk_001, NULL }, /* 2026-11: the first */
	{ ym_schema_sql_desk_002, NULL }, /* 2026-11: clocks that stop and are extended */
};
static const struct ym_schema_step SYNC_STEPS[] = {
	{ ym_schema_sql_sync_001, NULL }, /* 2026-11: the first */
	{ ym_schema_sql_sync_002, NULL }, /* 2026-11: catalogue packs that came */
};

/* A decision touches thirty pages all over the views. Measured at 100,000 cases, KB of WAL: 53 at 1024, 81 at 2048,
 * 139 at 4096; below 2048 the sealed rows spill. */
#define DESK_PAGE_SIZE 2048
#define SYNC_PAGE_SIZE 4096

const struct ym_schema ym_schema_desk = {
	"desk",
	0x594d4453 /* YMDS */,
	DESK_PAGE_SIZE,
	DESK_STEPS,
	YM_ARRAY_LEN(DESK_STEPS),
};
const struct ym_schema ym_schema_sync = {
	"sync",
	0x594d5359 /* YMSY */,
	SYNC_PAGE_SIZE,
	SYNC_STEPS,
	YM_ARRAY_LEN(SYNC_STEPS),
};

enum ym_code
ym_desk_open(const char *dir, unsigned flags, struct ym_db **ret, struct ym_error *err)
{
	YM_FREE char *path = ym_asprintf("%s/desk.db", dir);

	if (flags & YM_DB_CREATE) {
		enum ym_code code = ym_file_mkdirs(dir, 0700, err);

		if (code)
			return code;
	}
	return ym_db_open(path, &ym_schema_desk, flags | YM_DB_SECURE_DELETE, ret, err);
}

/* -- drafts -- */

enum ym_code
ym_draft_save(struct ym_db *db, struct ym_keys *k, const char *name, const char *json,
	struct ym_error *err)
{
	struct ym_stmt *s;
	YM_BUF sealed = { 0 };

	if (!ym_keys_is_unlocked(k))
		return ym_fail(err, YM_STATE, N_("Sign in first: the desk is locked"), "draft");
	ym_keys_seal(k, YM_KEY_DRAFT, name, json, strlen(json), &sealed);
	if (sealed.overflow)
		return ym_fail(err, YM_INVALID, N_("The content is too long"), "draft of %zu bytes",
			strlen(json));
	s = ym_db_sql(db,
		"INSERT INTO draft (name, saved_ms, sealed) VALUES (:name, :now, :sealed) "
		"ON CONFLICT (name) DO UPDATE SET saved_ms = excluded.saved_ms, sealed = excluded.sealed");
	ym_stmt_text(s, "name", name);
	ym_stmt_int(s, "now", ym_clock_wall());
	ym_stmt_blob(s, "sealed", sealed.data, sealed.len);
	return ym_stmt_run(s, err);
}

enum ym_code
ym_draft_save_lazily(struct ym_db *db, struct ym_keys *k, const char *name, const char *json, struct ym_error *err)
{
	enum ym_code code = ym_db_set_lazy(db, true, err), back;

	if (!code)
		code = ym_draft_save(db, k, name, json, err);
	back = ym_db_set_lazy(db, false, code ? NULL : err);
	return code ? code : back;
}

enum ym_code
ym_draft_load(struct ym_db *db, struct ym_keys *k, const char *name, struct ym_buf *out,
	struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(db, "SELECT sealed FROM draft WHERE name = :name");
	enum ym_code code;
	const void *sealed;
	size_t n;

	ym_stmt_text(s, "name", name);
	code = ym_stmt_step(s, err);
	if (code == YM_NOTFOUND)
		return ym_fail(err, YM_NOTFOUND, N_("There is no saved draft"), "draft");
	if (code)
		return code;
	sealed = ym_stmt_col_blob(s, 0, &n);
	code = ym_keys_unseal(k, YM_KEY_DRAFT, name, sealed, n, out, err);
	ym_stmt_done(s);
	return code;
}

enum ym_code
ym_draft_drop(struct ym_db *db, const char *name, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(db, "DELETE FROM draft WHERE name = :name");

	ym_stmt_text(s, "name", name);
	return ym_stmt_run(s, err);
}

enum ym_code
ym_draft_list(struct ym_db *db, const char *prefix,
	void (*fn)(void *user, const char *name, int64_t saved_ms), void *user,
	struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(db,
		"SELECT name, saved_ms FROM draft "
		"WHERE substr(name, 1, length(:prefix)) = :prefix ORDER BY saved_ms DESC, name DESC");
	enum ym_code code;

	ym_stmt_text(s, "prefix", prefix);
	while ((code = ym_stmt_step(s, err)) == YM_OK)
		fn(user, ym_stmt_col_text(s, 0), ym_stmt_col_int(s, 1));
	return code == YM_NOTFOUND ? YM_OK : code;
}

/* -- blobs -- */

#define BLOB_AAD "blob"

enum ym_code
ym_blob_put(struct ym_db *db, const void *data, size_t n, const char *media, char ret_sm3[65],
	char ret_key_hex[65], struct ym_error *err)
{
	uint8_t key[YM_KEY_LEN], digest[YM_SM3_LEN];
	char sm3[65];
	struct ym_stmt *s;
	YM_BUF sealed = { 0 };
	enum ym_code code;

	if (n > YM_BLOB_MAX - YM_SEAL_OVERHEAD)
		return ym_fail(err, YM_INVALID, N_("The attachment is larger than 32 MiB"),
			"%zu bytes", n);
	ym_crypt_random(key, sizeof key);
	ym_seal(key, BLOB_AAD, strlen(BLOB_AAD), data, n, &sealed);
	ym_sm3(sealed.data, sealed.len, digest);
	ym_hex(sm3, digest, sizeof digest);
	s = ym_db_sql(db,
		"INSERT INTO blob (sm3, media, kept_ms, bytes) VALUES (:sm3, :media, :now, :bytes)");
	ym_stmt_text(s, "sm3", sm3);
	ym_stmt_text(s, "media", media);
	ym_stmt_int(s, "now", ym_clock_wall());
	ym_stmt_blob(s, "bytes", sealed.data, sealed.len);
	code = ym_stmt_run(s, err);
	ym_stmt_done(s);
	if (code == YM_OK) {
		memcpy(ret_sm3, sm3, sizeof sm3);
		ym_hex(ret_key_hex, key, sizeof key);
	}
	explicit_bzero(key, sizeof key);
	return code;
}

enum ym_code
ym_blob_open(
	const void *sealed, size_t n, const char *key_hex, struct ym_buf *out, struct ym_error *err)
{
	uint8_t key[YM_KEY_LEN];
	enum ym_code code;

	if (!ym_unhex(key, sizeof key, key_hex))
		return ym_fail(
			err, YM_INVALID, N_("The attachment's key is not well formed"), "hex");
	code = ym_unseal(key, BLOB_AAD, strlen(BLOB_AAD), sealed, n, out, err);
	explicit_bzero(key, sizeof key);
	return code;
}

enum ym_code
ym_blob_get(struct ym_db *db, const char *sm3, const char *key_hex, struct ym_buf *out,
	struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(db, "SELECT bytes FROM blob WHERE sm3 = :sm3");
	enum ym_code code;
	const void *sealed;
	size_t n;

	ym_stmt_text(s, "sm3", sm3);
	code = ym_stmt_step(s, err);
	if (code == YM_NOTFOUND)
		return ym_fail(
			err, YM_NOTFOUND, N_("The attachment is not at this desk"), "%.8s", sm3);
	if (code)
		return code;
	sealed = ym_stmt_col_blob(s, 0, &n);
	code = ym_blob_open(sealed, n, key_hex, out, err);
	ym_stmt_done(s);
	return code;
}

/* -- settings -- */

enum ym_code
ym_setting_set(struct ym_db *db, const char *key, const char *value, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(db,
		"INSERT INTO setting (key, value) VALUES (:key, :value) "
		"ON CONFLICT (key) DO UPDATE SET value = excluded.value");

	ym_stmt_text(s, "key", key);
	ym_stmt_text(s, "value", value ? value : "");
	return ym_stmt_run(s, err);
}

char *
ym_setting_get(struct ym_db *db, const char *key)
{
	struct ym_stmt *s = ym_db_sql(db, "SELECT value FROM setting WHERE key = :key");
	char *value = NULL;

	ym_stmt_text(s, "key", key);
	if (ym_stmt_step(s, NULL) == YM_OK)
		value = ym_strdup(ym_stmt_col_text(s, 0));
	ym_stmt_done(s);
	return value;
}
