/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Commands without a screen, over the same station. See yimen/admin.h.
 */
#include "yimen/admin.h"

#include "base/file.h"
#include "base/json.h"
#include "catalog/build.h"
#include "station/private.h"
#include "station/visit_run.h"

enum ym_code
ym_station_add_password(struct ym_station *s, const char *account, const char *password, struct ym_error *err)
{
	if (!s->unlocked)
		return ym_fail(err, YM_STATE, N_("Sign in first"), NULL);
	if (strlen(password) < 8)
		return ym_fail(err, YM_INVALID, N_("A password needs at least 8 characters"), NULL);
	return ym_keys_add_slot(s->keys, account, password, err);
}

enum ym_code
ym_station_visit_run(struct ym_station *s, const char *path, char **ret_json, struct ym_error *err)
{
	YM_JSON *file = NULL, *report = NULL;
	enum ym_code code = ym_json_load(path, &file, err);

	if (!code)
		code = ym_station_run_file(s, file, &report, err);
	if (report)
		*ret_json = ym_json_dump(report);
	return code;
}

enum ym_code
ym_station_rebuild(struct ym_station *s, int64_t *ret_events, struct ym_error *err)
{
	uint8_t hash[YM_SM3_LEN];
	enum ym_code code;

	if (!s->unlocked)
		return ym_fail(err, YM_STATE, N_("Sign in first"), NULL);
	code = ym_casework_rebuild(s->work, err);
	if (!code)
		*ret_events = ym_log_head(s->log, hash);
	return code;
}

enum ym_code
ym_audit_verify(const char *dir, int64_t *ret_events, struct ym_error *err)
{
	YM_FREE char *path = dir ? ym_strdup(dir) : ym_station_default_dir(false);
	YM_CLEANUP(ym_db_p) struct ym_db *db = NULL;
	enum ym_code code = ym_desk_open(path, YM_DB_READONLY, &db, err);

	return code ? code : ym_log_verify(db, ret_events, err);
}

/* -- the catalogue without a desk -- */

struct ym_finder {
	struct ym_pack *pack;
	char *temporary;
};

/* The shipped pack document, compiled to a temporary file that is gone when the finder closes. */
static enum ym_code
open_shipped(struct ym_finder *f, struct ym_error *err)
{
	YM_FREE char *shipped = ym_file_data("yimen.ympack");
	YM_BUF text = { .max = 64u << 20 };
	const char *doc = NULL, *tmp = getenv("TMPDIR");
	size_t n = 0;
	int fd;
	enum ym_code code;

	if (!shipped)
		return ym_fail(err, YM_NOTFOUND, N_("There is neither a desk nor a shipped catalogue here"), NULL);
	code = ym_file_read(shipped, 64u << 20, &text, err);
	if (!code)
		code = ym_catalog_verify(NULL, ym_buf_str(&text), text.len, &doc, &n, err);
	if (code)
		return code;
	f->temporary = ym_asprintf("%s/yimen-pack-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	fd = mkstemp(f->temporary);
	if (fd < 0)
		return ym_fail(err, YM_IO, N_("A temporary file cannot be made"), "mkstemp: %m");
	close(fd);
	code = ym_catalog_compile(doc, n, f->temporary, err);
	return code ? code : ym_pack_open(f->temporary, &f->pack, err);
}

enum ym_code
ym_finder_open(const char *dir, struct ym_finder **ret, struct ym_error *err)
{
	YM_FREE char *folder = dir ? ym_strdup(dir) : ym_station_default_dir(false);
	YM_FREE char *path = ym_asprintf("%s/pack.db", folder);
	struct ym_finder *f = ym_alloc(sizeof *f);
	enum ym_code code = ym_file_exists(path) ? ym_pack_open(path, &f->pack, err) : open_shipped(f, err);

	if (code) {
		ym_finder_close(f);
		return code;
	}
	*ret = f;
	return YM_OK;
}

void
ym_finder_close(struct ym_finder *f)
{
	if (!f)
		return;
	ym_pack_close(f->pack);
	if (f->temporary)
		unlink(f->temporary);
	free(f->temporary);
	free(f);
}

struct ym_pack *
ym_finder_pack(struct ym_finder *f)
{
	return f->pack;
}

int
ym_finder_find(struct ym_finder *f, const char *query, struct ym_hit *ret, int max)
{
	return ym_pack_find(f->pack, query, ret, max);
}

enum ym_code
ym_finder_item(struct ym_finder *f, const char *id, const struct ym_item **ret, struct ym_error *err)
{
	return ym_pack_item(f->pack, id, ret, err);
}

const char *
ym_finder_kind_name(struct ym_finder *f, const char *kind)
{
	const struct ym_kind *k = ym_pack_kind(f->pack, kind);

	return k ? k->name : kind;
}

void
ym_harden_process(void)
{
	ym_crypt_harden();
}
