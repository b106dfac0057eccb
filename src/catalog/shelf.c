/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Packs side by side in one folder. Every change is a link or a rename of a whole file, so a cut at any instant leaves a
 * pack in force, and the next call goes on where this one stopped. Not for the source folders of a catalogue.
 */
#include "catalog/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"

static char *
file_of(const char *dir, const char *name)
{
	return ym_asprintf("%s/%s", dir, name);
}

static enum ym_code
read_entry(const char *path, struct ym_shelf_entry *ret, struct ym_error *err)
{
	struct ym_pack *p = NULL;
	enum ym_code code = ym_pack_open(path, &p, err);

	if (!code) {
		ym_strlcpy(ret->version, ym_pack_version(p), sizeof ret->version);
		ym_strlcpy(ret->effective, ym_pack_effective(p), sizeof ret->effective);
	}
	ym_pack_close(p);
	return code;
}

enum ym_code
ym_shelf_next(const char *dir, struct ym_shelf_entry *ret, struct ym_error *err)
{
	YM_FREE char *next = file_of(dir, "pack.next.db");
	struct ym_shelf_entry e = { 0 };
	enum ym_code code;

	if (!ym_file_exists(next))
		return ym_fail(err, YM_NOTFOUND, N_("No catalogue waits for its date"), NULL);
	code = read_entry(next, &e, err);
	if (!code)
		*ret = e;
	return code;
}

static enum ym_code
sync_folder(const char *dir, struct ym_error *err)
{
	YM_FDCLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) ? ym_fail_on(err, YM_IO, N_("Cannot write the file"), dir, "fsync: %m") : YM_OK;
}

enum ym_code
ym_shelf_settle(const char *dir, ym_date today, bool *ret_changed, struct ym_error *err)
{
	YM_FREE char *next = file_of(dir, "pack.next.db"), *current = file_of(dir, "pack.db"), *kept = NULL;
	struct ym_shelf_entry waiting = { 0 }, old = { 0 };
	enum ym_code code;

	*ret_changed = false;
	if (!ym_file_exists(next))
		return YM_OK;
	code = read_entry(next, &waiting, err);
	if (code || ym_date_parse(waiting.effective) > today)
		return code;
	/* What was in force gets its own name before it loses this one. */
	if (ym_file_exists(current)) {
		code = read_entry(current, &old, err);
		if (code)
			return code;
		kept = ym_asprintf("%s/pack-%s.db", dir, old.version);
		if (link(current, kept) && errno != EEXIST)
			return ym_fail_on(err, YM_IO, N_("Cannot write the file"), kept, "link: %m");
	}
	if (rename(next, current))
		return ym_fail_on(err, YM_IO, N_("Cannot write the file"), current, "rename: %m");
	*ret_changed = true;
	return sync_folder(dir, err);
}

/* The document of an envelope that somebody trusted has signed. */
static enum ym_code
open_envelope(const char *data, size_t n, const struct ym_shelf_trust *trust, const char **ret_doc, size_t *ret_n, struct ym_error *err)
{
	enum ym_code code = YM_REFUSED;

	if (trust->allow_unsigned)
		return ym_catalog_verify(NULL, data, n, ret_doc, ret_n, err);
	if (!trust->n_keys)
		return ym_fail(err, YM_REFUSED, N_("This desk knows nobody whose catalogue it may trust"), NULL);
	for (int i = 0; code == YM_REFUSED && i < trust->n_keys; i++)
		code = ym_catalog_verify(trust->keys[i], data, n, ret_doc, ret_n, err);
	return code;
}

static enum ym_code
read_head(const char *doc, size_t n, struct ym_shelf_entry *ret, struct ym_error *err)
{
	YM_JSON *whole = NULL;
	enum ym_code code = ym_json_parse(doc, n, "pack", &whole, err);
	const json_t *head = json_object_get(whole, "pack");

	if (!code) {
		ym_strlcpy(ret->version, ym_json_str(head, "version"), sizeof ret->version);
		ym_strlcpy(ret->effective, ym_json_str(head, "effective"), sizeof ret->effective);
	}
	return code;
}

enum ym_code
ym_shelf_put(const char *dir, const char *data, size_t n, const struct ym_shelf_trust *trust, ym_date today, struct ym_shelf_entry *ret,
	struct ym_error *err)
{
	YM_FREE char *next = file_of(dir, "pack.next.db"), *current = file_of(dir, "pack.db");
	struct ym_shelf_entry fresh = { 0 }, held = { 0 };
	const char *doc = NULL;
	size_t doc_n = 0;
	bool changed;
	enum ym_code code = open_envelope(data, n, trust, &doc, &doc_n, err);

	if (!code)
		code = read_head(doc, doc_n, &fresh, err);
	if (code)
		return code;
	if (ym_file_exists(current)) {
		code = read_entry(current, &held, err);
		if (code)
			return code;
		if (!strcmp(held.version, fresh.version))
			return ym_fail_on(err, YM_STATE, N_("This catalogue is in force here already"), fresh.version, NULL);
		if (ym_date_parse(fresh.effective) < ym_date_parse(held.effective))
			return ym_fail_on(err, YM_REFUSED, N_("A newer catalogue is in force here"), held.version, "%s < %s", fresh.effective,
				held.effective);
	}
	code = ym_catalog_compile(doc, doc_n, next, err);
	if (!code)
		code = ym_shelf_settle(dir, today, &changed, err);
	if (code)
		return code;
	fresh.in_force = changed;
	*ret = fresh;
	return YM_OK;
}
