/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Packs side by side in one folder. Every change is a link or a rename of a whole file, so a cut at any instant leaves a
 * pack in force, and the next call goes on where this one stopped. Not for the source folders of a catalogue.
 */
#include "catalog/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/diag.h"
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

static bool
is_waiting_name(const char *name)
{
	size_t n = strlen(name);

	return !strncmp(name, "pack.next", 9) && n >= strlen("pack.next.db") && !strcmp(name + n - 3, ".db");
}

/* What waits: the first that comes of date, or with due the last one whose date has come. Two of one day: the higher version. */
static enum ym_code
find_waiting(const char *dir, ym_date due, char **ret_path, struct ym_shelf_entry *ret, struct ym_error *err)
{
	DIR *d = opendir(dir);
	const struct dirent *file;

	*ret_path = NULL;
	if (!d)
		return ym_fail_on(err, YM_IO, N_("Cannot read the file"), dir, "opendir: %m");
	while ((file = readdir(d))) {
		YM_FREE char *path = is_waiting_name(file->d_name) ? file_of(dir, file->d_name) : NULL;
		struct ym_shelf_entry e = { 0 };
		struct ym_error why = { 0 };
		ym_date at;
		int later;

		if (!path)
			continue;
		/* One that is damaged holds up no other. */
		if (read_entry(path, &e, &why)) {
			ym_diag_error("pack", &why);
			continue;
		}
		at = ym_date_parse(e.effective);
		if (due != YM_DATE_NONE && at > due)
			continue;
		later = strcmp(e.effective, ret->effective);
		if (later == 0)
			later = strverscmp(e.version, ret->version);
		if (*ret_path && (due != YM_DATE_NONE ? later < 0 : later > 0))
			continue;
		free(*ret_path);
		*ret_path = YM_TAKE(path);
		*ret = e;
	}
	closedir(d);
	return YM_OK;
}

enum ym_code
ym_shelf_next(const char *dir, struct ym_shelf_entry *ret, struct ym_error *err)
{
	YM_FREE char *next = NULL;
	struct ym_shelf_entry e = { 0 };
	enum ym_code code = find_waiting(dir, YM_DATE_NONE, &next, &e, err);

	if (!code && !next)
		return ym_fail(err, YM_NOTFOUND, N_("No catalogue waits for its date"), NULL);
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

/* Those whose day went by while the desk was switched off: another one is in force in their place. Handed-over cases may name them. */
static enum ym_code
put_away_passed(const char *dir, const char *in_force, struct ym_error *err)
{
	for (;;) {
		YM_FREE char *path = NULL, *kept = NULL;
		struct ym_shelf_entry e = { 0 };
		enum ym_code code = find_waiting(dir, YM_DATE_NONE, &path, &e, err);

		if (code || !path || strcmp(e.effective, in_force) > 0)
			return code;
		kept = ym_asprintf("%s/pack-%s.db", dir, e.version);
		if (rename(path, kept))
			return ym_fail_on(err, YM_IO, N_("Cannot write the file"), kept, "rename: %m");
	}
}

enum ym_code
ym_shelf_settle(const char *dir, ym_date today, bool *ret_changed, struct ym_error *err)
{
	YM_FREE char *next = NULL, *current = file_of(dir, "pack.db"), *kept = NULL;
	struct ym_shelf_entry due = { 0 }, old = { 0 };
	enum ym_code code;

	*ret_changed = false;
	code = today == YM_DATE_NONE ? YM_OK : find_waiting(dir, today, &next, &due, err);
	if (code || !next)
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
	code = put_away_passed(dir, due.effective, err);
	return code ? code : sync_folder(dir, err);
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
	YM_FREE char *next = NULL, *current = file_of(dir, "pack.db");
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
	if (!ym_file_is_word(fresh.version))
		return ym_fail_on(err, YM_INVALID, N_("This is not a catalogue pack, or it was cut off"), "pack.version", NULL);
	next = ym_asprintf("%s/pack.next-%s.db", dir, fresh.version);
	code = ym_catalog_compile(doc, doc_n, next, err);
	if (!code)
		code = ym_shelf_settle(dir, today, &changed, err);
	if (!code)
		code = read_entry(current, &held, err);
	if (code == YM_NOTFOUND) /* the desk's first, and its date is to come */
		code = YM_OK;
	if (code)
		return code;
	fresh.in_force = !strcmp(held.version, fresh.version);
	*ret = fresh;
	return YM_OK;
}
