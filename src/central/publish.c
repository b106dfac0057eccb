/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Taking a pack in: compiled as a check, signed by this central, announced; and the compiled packs the worker reads.
 * Not handing packs out (packs.c). Invariant: a version has one content for ever.
 */
#include "central/inner.h"

#include "base/clock.h"
#include "base/file.h"
#include "catalog/build.h"

#define MAGIC "YMPACK1\n"

/* It becomes a file's name. */
static bool
is_version(const struct ym_central *c, const char *s)
{
	return ym_file_is_word(s) && strlen(s) < sizeof c->packs[0].version;
}

static char *
compiled_path(const struct ym_central *c, const char *version)
{
	return ym_asprintf("%s/packs/%s.db", c->dir, version);
}

/* The document that is published as a version; NOTFOUND. Borrowed from bytes. */
static enum ym_code
published(struct ym_central *c, const char *version, struct ym_buf *bytes, const char **ret_doc,
	size_t *ret_n, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db, "SELECT bytes FROM pack WHERE version = :version");
	enum ym_code code;

	ym_stmt_text(s, "version", version);
	code = ym_stmt_step(s, err);
	if (!code) {
		size_t n;
		const void *data = ym_stmt_col_blob(s, 0, &n);

		ym_buf_add(bytes, data, n);
	}
	ym_stmt_done(s);
	return code ? code
		    : ym_catalog_verify(c->key, ym_buf_str(bytes), bytes->len, ret_doc, ret_n, err);
}

static enum ym_code
announce(struct ym_central *c, const char *version, const char *effective, const char *sm3,
	struct ym_error *err)
{
	YM_JSON *content =
		json_pack("{s:s,s:s,s:s}", "version", version, "effective", effective, "sm3", sm3);
	YM_JSON *codes = json_array();
	struct ym_stmt *s = ym_db_sql(c->db, "SELECT DISTINCT code FROM desk WHERE public <> ''");
	enum ym_code code;

	while (!(code = ym_stmt_step(s, err)))
		json_array_append_new(codes, json_string(ym_stmt_col_text(s, 0)));
	if (code != YM_NOTFOUND)
		return code;
	code = YM_OK;
	for (size_t i = 0; i < json_array_size(codes) && !code; i++)
		code = ym_outbox_put_code(c, json_string_value(json_array_get(codes, i)),
			"pack.available", content, err);
	return code;
}

enum ym_code
ym_publish_tell_desk(struct ym_central *c, const struct ym_central_desk *desk, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"SELECT version, effective, sm3 FROM pack WHERE effective > :today ORDER BY effective, added_ms");
	YM_JSON *list = json_array();
	char today[16];
	enum ym_code code;

	ym_date_format(today, ym_date_today());
	ym_stmt_text(s, "today", today);
	while (!(code = ym_stmt_step(s, err)))
		json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "version", ym_stmt_col_text(s, 0), "effective",
			ym_stmt_col_text(s, 1), "sm3", ym_stmt_col_text(s, 2)));
	if (code != YM_NOTFOUND)
		return code;
	code = YM_OK;
	for (size_t i = 0; i < json_array_size(list) && !code; i++)
		code = ym_outbox_put(c, desk, "pack.available", json_array_get(list, i), err);
	return code;
}

static enum ym_code
publish(struct ym_central *c, const char *version, const char *effective, const char *doc, size_t n,
	struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(c->db,
		"INSERT INTO pack (version, effective, sm3, added_ms, bytes)"
		" VALUES (:version, :effective, :sm3, :now, :bytes)");
	YM_BUF bytes = { .max = YM_JSON_MAX + 1024 };
	uint8_t digest[YM_SM3_LEN];
	char sm3[2 * YM_SM3_LEN + 1];
	enum ym_code code = ym_db_begin(c->db, err);

	if (code)
		return code;
	ym_catalog_sign(c->key, doc, n, &bytes);
	ym_sm3(bytes.data, bytes.len, digest);
	ym_hex(sm3, digest, sizeof digest);
	ym_stmt_text(s, "version", version);
	ym_stmt_text(s, "effective", effective);
	ym_stmt_text(s, "sm3", sm3);
	ym_stmt_int(s, "now", ym_clock_wall());
	ym_stmt_blob(s, "bytes", bytes.data, bytes.len);
	code = ym_stmt_run(s, err);
	ym_stmt_done(s);
	if (!code)
		code = announce(c, version, effective, sm3, err);
	if (!code)
		return ym_db_commit(c->db, err);
	ym_db_rollback(c->db);
	return code;
}

enum ym_code
ym_central_add_pack(struct ym_central *c, const void *data, size_t n, struct ym_error *err)
{
	const char *doc = data, *old, *version, *effective;
	size_t doc_n = n, old_n;
	YM_JSON *j = NULL;
	YM_BUF held = { .max = YM_JSON_MAX + 1024 };
	YM_FREE char *path = NULL;
	enum ym_code code = ym_central_need_key(c, err);

	if (!code && n >= strlen(MAGIC) && !memcmp(data, MAGIC, strlen(MAGIC)))
		code = ym_catalog_verify(NULL, data, n, &doc, &doc_n, err);
	if (!code)
		code = ym_json_parse(doc, doc_n, "pack", &j, err);
	if (code)
		return code;
	version = ym_json_str(json_object_get(j, "pack"), "version");
	effective = ym_json_str(json_object_get(j, "pack"), "effective");
	if (!is_version(c, version) || ym_date_parse(effective) == YM_DATE_NONE)
		return ym_fail_on(err, YM_INVALID,
			N_("This is not a catalogue pack, or it was cut off"),
			"pack.version, pack.effective", "publish");
	code = published(c, version, &held, &old, &old_n, err);
	if (!code)
		return old_n == doc_n && !memcmp(old, doc, doc_n)
			? YM_OK
			: ym_fail_on(err, YM_CONFLICT,
				  N_("This version of the catalogue is published with another content"),
				  version, "publish");
	if (code != YM_NOTFOUND)
		return code;
	path = compiled_path(c, version);
	code = ym_catalog_compile(doc, doc_n, path, err);
	return code ? code : publish(c, version, effective, doc, doc_n, err);
}

/* -- for the worker -- */

static enum ym_code
open_compiled(struct ym_central *c, const char *version, struct ym_pack **ret, struct ym_error *err)
{
	YM_FREE char *path = compiled_path(c, version);
	YM_BUF bytes = { .max = YM_JSON_MAX + 1024 };
	const char *doc;
	size_t n;
	enum ym_code code = YM_OK;

	/* The folder is a cache of what the store holds. */
	if (!ym_file_exists(path)) {
		code = published(c, version, &bytes, &doc, &n, err);
		if (!code)
			code = ym_catalog_compile(doc, n, path, err);
	}
	return code ? code : ym_pack_open(path, ret, err);
}

static enum ym_code
find_pack(struct ym_central *c, const char *version, struct ym_pack **ret, struct ym_error *err)
{
	struct ym_pack *p = NULL;
	enum ym_code code;
	int i;

	for (i = 0; i < c->n_packs; i++)
		if (!strcmp(c->packs[i].version, version)) {
			*ret = c->packs[i].pack;
			return YM_OK;
		}
	if (!is_version(c, version))
		return ym_fail(err, YM_NOTFOUND,
			N_("The central does not have this catalogue pack"), "version");
	code = open_compiled(c, version, &p, err);
	if (code)
		return code;
	if (c->n_packs == (int)YM_ARRAY_LEN(c->packs)) {
		ym_pack_close(c->packs[0].pack);
		memmove(&c->packs[0], &c->packs[1], sizeof c->packs - sizeof c->packs[0]);
		c->n_packs--;
	}
	i = c->n_packs++;
	ym_strlcpy(c->packs[i].version, version, sizeof c->packs[i].version);
	*ret = c->packs[i].pack = p;
	return YM_OK;
}

enum ym_code
ym_publish_item(struct ym_central *c, const char *pack, const char *item, struct ym_pack **ret_pack,
	const struct ym_item **ret, struct ym_error *err)
{
	struct ym_pack *p = NULL;
	char current[32] = "";
	enum ym_code code = find_pack(c, pack, &p, err);

	if (code == YM_NOTFOUND) {
		code = ym_central_current_pack(c, current);
		if (code == YM_NOTFOUND) {
			*ret_pack = NULL;
			*ret = NULL;
			return YM_OK;
		}
		if (!code)
			code = find_pack(c, current, &p, err);
	}
	if (!code)
		code = ym_pack_item(p, item, ret, err);
	if (!code)
		*ret_pack = p;
	return code;
}
