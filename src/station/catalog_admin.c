/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The catalogue's maintenance for commands, and what a desk does with a pack that came: checked against whom it trusts, put
 * on the shelf, in force on its day. Not the fetching (sync). Invariant: see catalog/shelf.h.
 */
#include "yimen/catalog.h"

#include "base/diag.h"
#include "base/file.h"
#include "catalog/diff.h"
#include "catalog/shelf.h"
#include "station/private.h"
#include "yimen/admin.h"

#define PACK_MAX (64u << 20)
#define KEY_MAX 4096
#define TRUST_MAX 16

/* -- making packs -- */

struct sayer {
	ym_say_line_fn say;
	void *user;
};

static void
say_problem(void *user, const struct ym_problem *p)
{
	struct sayer *s = user;
	YM_FREE char *line = ym_asprintf("%s:%d: %s: %s%s%s", p->file, p->line, p->is_error ? "error" : "warning", p->where, *p->where ? ": " : "",
		p->text);

	s->say(s->user, line);
}

enum ym_code
ym_admin_catalog_check(const char *dir, ym_say_line_fn say, void *user, struct ym_error *err)
{
	struct sayer s = { say, user };

	return ym_catalog_check(dir, say_problem, &s, err);
}

enum ym_code
ym_admin_catalog_build(const char *dir, const char *extra, const char *out, ym_say_line_fn say, void *user, struct ym_error *err)
{
	struct sayer s = { say, user };
	YM_BUF doc = { 0 };
	YM_BUF envelope = { 0 };
	enum ym_code code = ym_catalog_bundle_up(dir, extra, say_problem, &s, &doc, err);

	if (code)
		return code;
	ym_catalog_sign(NULL, doc.data, doc.len, &envelope);
	return ym_file_write(out, envelope.data, envelope.len, 0644, err);
}

enum ym_code
ym_admin_catalog_keygen(const char *out, struct ym_error *err)
{
	YM_FREE char *pub = ym_asprintf("%s.pub", out);
	YM_SM2 *key = NULL;
	struct ym_secret der = { 0 };
	char hex[132];
	enum ym_code code;

	if (ym_file_exists(out) || ym_file_exists(pub))
		return ym_fail_on(err, YM_STATE, N_("A key stands there already; a signing key is never replaced"), out, NULL);
	key = ym_sm2_generate();
	ym_sm2_private_der(key, &der);
	code = ym_file_write(out, der.data, der.len, 0600, err);
	ym_secret_release(&der);
	ym_sm2_public_hex(key, hex);
	strcat(hex, "\n");
	return code ? code : ym_file_write(pub, hex, strlen(hex), 0644, err);
}

enum ym_code
ym_admin_catalog_sign(const char *pack, const char *key_file, const char *out, struct ym_error *err)
{
	YM_BUF der = { 0 };
	YM_BUF data = { .max = PACK_MAX };
	YM_BUF signed_pack = { .max = PACK_MAX + 1024 };
	YM_SM2 *key = NULL;
	const char *doc = NULL;
	size_t n = 0;
	enum ym_code code = ym_file_read(key_file, KEY_MAX, &der, err);

	if (!code)
		code = ym_sm2_from_private_der(der.data, der.len, &key, err);
	if (!code)
		code = ym_file_read(pack, PACK_MAX, &data, err);
	if (!code)
		code = ym_catalog_verify(NULL, ym_buf_str(&data), data.len, &doc, &n, err);
	if (!code)
		code = ym_catalog_check_document(doc, n, NULL, NULL, err);
	if (code)
		return code;
	ym_catalog_sign(key, doc, n, &signed_pack);
	return ym_file_write(out, signed_pack.data, signed_pack.len, 0644, err);
}

/* -- bringing packs to a desk -- */

struct trust {
	struct ym_sm2 *keys[TRUST_MAX];
	struct ym_shelf_trust of;
};

static void
trust_release(struct trust *t)
{
	for (int i = 0; i < t->of.n_keys; i++)
		ym_sm2_free(t->keys[i]);
}

static enum ym_code
trust_key(struct trust *t, const char *hex, const char *where, struct ym_error *err)
{
	if (t->of.n_keys >= TRUST_MAX || ym_sm2_from_public_hex(hex, &t->keys[t->of.n_keys], NULL))
		return ym_fail_on(err, YM_INVALID, N_("This is not a list of public keys"), where, NULL);
	t->of.n_keys++;
	return YM_OK;
}

/* The central of the desk, and the lines of catalog.trust. */
static enum ym_code
trust_load(struct trust *t, struct ym_db *db, const char *dir, bool practice, struct ym_error *err)
{
	YM_FREE char *central = ym_setting_get(db, "central.public"), *path = ym_asprintf("%s/catalog.trust", dir);
	YM_BUF text = { 0 };
	enum ym_code code = YM_OK;

	t->of.keys = t->keys;
	t->of.allow_unsigned = practice;
	if (central && *central)
		code = trust_key(t, central, "central.public", err);
	if (code || !ym_file_exists(path))
		return code;
	code = ym_file_read(path, KEY_MAX, &text, err);
	for (char *rest = text.data, *line; !code && rest && (line = strsep(&rest, "\n"));)
		if (*line && *line != '#')
			code = trust_key(t, line, path, err);
	return code;
}

static enum ym_code
import_file(struct ym_db *db, const char *dir, bool practice, const char *path, ym_date today, struct ym_shelf_entry *ret,
	struct ym_error *err)
{
	YM_CLEANUP(trust_release) struct trust trust = { 0 };
	YM_BUF data = { .max = PACK_MAX };
	enum ym_code code = trust_load(&trust, db, dir, practice, err);

	if (!code)
		code = ym_file_read(path, PACK_MAX, &data, err);
	return code ? code : ym_shelf_put(dir, ym_buf_str(&data), data.len, &trust.of, today, ret, err);
}

enum ym_code
ym_admin_catalog_import(const char *dir, bool practice, const char *pack, struct ym_pack_news *ret, struct ym_error *err)
{
	YM_FREE char *folder = dir ? ym_strdup(dir) : ym_station_default_dir(practice);
	YM_CLEANUP(ym_db_p) struct ym_db *db = NULL;
	struct ym_keys *keys = NULL;
	struct ym_log *log = NULL;
	struct ym_shelf_entry entry = { 0 };
	enum ym_code code = ym_desk_open(folder, YM_DB_READONLY, &db, err);

	if (!code)
		code = ym_keys_open(db, &keys, err);
	if (!code)
		code = ym_log_open(db, keys, &log, err);
	/* What the desk is says its own identity, not the caller. */
	if (!code)
		code = import_file(db, folder, ym_streq(ym_log_identity(log)->profile, "practice"), pack, ym_date_today(), &entry, err);
	ym_log_close(log);
	ym_keys_close(keys);
	if (code)
		return code;
	ym_strlcpy(ret->version, entry.version, sizeof ret->version);
	ym_strlcpy(ret->effective, entry.effective, sizeof ret->effective);
	ret->in_force = entry.in_force;
	return YM_OK;
}

static void
note_refusal(struct ym_station *s, const char *msgid)
{
	struct ym_error err = { 0 };

	if (ym_setting_set(s->db, "catalog.refused", msgid ? msgid : "", &err))
		ym_diag_error("pack", &err);
}

void
ym_station_pack_outlook(struct ym_station *s, struct ym_pack_outlook *ret)
{
	YM_FREE char *refused = ym_setting_get(s->db, "catalog.refused");
	struct ym_shelf_entry next = { 0 };

	memset(ret, 0, sizeof *ret);
	if (ym_shelf_next(s->dir, &next, NULL) == YM_OK) {
		ym_strlcpy(ret->next_version, next.version, sizeof ret->next_version);
		ym_strlcpy(ret->next_effective, next.effective, sizeof ret->next_effective);
	}
	ym_strlcpy(ret->refused, refused ? refused : "", sizeof ret->refused);
}

/*
 * What sync fetched lies whole in DIR/pack.incoming. It is taken once: refused, it becomes pack.refused for whoever looks
 * after the desk, the reason stands in `yimen status`, and the desk works on with the pack it has.
 */
void
ym_station_settle_packs(struct ym_station *s, bool *ret_changed)
{
	YM_FREE char *incoming = ym_asprintf("%s/pack.incoming", s->dir), *refused = ym_asprintf("%s/pack.refused", s->dir);
	ym_date today = ym_date_at(ym_log_now(s->log));
	struct ym_shelf_entry entry;
	struct ym_error err = { 0 };
	bool settled = false;

	*ret_changed = false;
	if (ym_file_exists(incoming)) {
		enum ym_code code = import_file(s->db, s->dir, s->practice, incoming, today, &entry, &err);

		*ret_changed = !code && entry.in_force;
		if (code)
			ym_diag_error("pack", &err);
		note_refusal(s, code == YM_STATE || code == YM_IO ? "" : err.msgid);
		if (code == YM_IO)
			return; /* the disk may have room again tomorrow */
		if (code && code != YM_STATE)
			(void)!rename(incoming, refused);
		else
			unlink(incoming);
	}
	if (ym_shelf_settle(s->dir, today, &settled, &err))
		ym_diag_error("pack", &err);
	*ret_changed |= settled;
}

/* -- reading -- */

struct translator {
	ym_catalog_change_fn fn;
	void *user;
};

static void
pass_change(void *user, const struct ym_change *c)
{
	struct translator *t = user;
	struct ym_catalog_change out = { c->entry, c->id, c->name, c->part, c->label, c->was, c->is, c->source };

	t->fn(t->user, &out);
}

enum ym_code
ym_admin_catalog_diff(const char *a, const char *b, ym_translate_fn tr, ym_catalog_change_fn fn, void *user, int *ret_n,
	struct ym_error *err)
{
	struct translator t = { fn, user };

	return ym_catalog_diff(a, b, tr, pass_change, &t, ret_n, err);
}
