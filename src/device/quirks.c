/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The quirk table. Invariant: at most QUIRKS_MAX entries; a load adds all of a file or nothing.
 */
#include "device/quirks.h"

#include <ctype.h>
#include <strings.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

#define QUIRKS_MAX 1024

struct entry {
	char vid[5], pid[5], serial[64], port[96], on[16], profile[32];
	struct ym_quirk quirk;
};
struct ym_quirks {
	struct entry *entries;
	size_t n;
};

struct ym_quirks *
ym_quirks_new(void)
{
	return ym_alloc(sizeof(struct ym_quirks));
}

void
ym_quirks_free(struct ym_quirks *q)
{
	if (!q)
		return;
	free(q->entries);
	free(q);
}

static bool
take_string(const json_t *obj, const char *key, char *dst, size_t size)
{
	const json_t *v = json_object_get(obj, key);

	if (!v)
		return true;
	if (!json_is_string(v) || json_string_length(v) >= size)
		return false;
	ym_strlcpy(dst, json_string_value(v), size);
	return true;
}

static bool
is_hex4(const char *s)
{
	return strlen(s) == 4 && strspn(s, "0123456789abcdefABCDEF") == 4;
}

/* The name of the member that is wrong, NULL when none is. */
static const char *
parse_entry(const json_t *obj, struct entry *e)
{
	static const char *const known[] = {"vid", "pid", "serial", "port", "on", "role", "profile", "certain", "note"};
	static const char *const subsystems[] = {"tty", "usb", "hidraw", "input", "video4linux", "usbmisc", "tablet"};
	bool is_on = false;
	const json_t *certain = json_object_get(obj, "certain");
	char role[16] = "";
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)obj, key, value) {
		bool is_known = false;

		for (size_t i = 0; i < YM_ARRAY_LEN(known); i++)
			is_known = is_known || ym_streq(key, known[i]);
		if (!is_known)
			return key;
	}
	ym_strlcpy(e->on, "tty", sizeof e->on);
	if (!take_string(obj, "vid", e->vid, sizeof e->vid) || (e->vid[0] && !is_hex4(e->vid)))
		return "vid";
	if (!take_string(obj, "pid", e->pid, sizeof e->pid) || (e->pid[0] && !is_hex4(e->pid)))
		return "pid";
	if (!take_string(obj, "serial", e->serial, sizeof e->serial))
		return "serial";
	if (!take_string(obj, "port", e->port, sizeof e->port))
		return "port";
	if (!take_string(obj, "on", e->on, sizeof e->on))
		return "on";
	for (size_t i = 0; i < YM_ARRAY_LEN(subsystems); i++)
		is_on = is_on || ym_streq(e->on, subsystems[i]);
	if (!is_on)
		return "on";
	if (!take_string(obj, "profile", e->profile, sizeof e->profile))
		return "profile";
	if ((!e->vid[0] || !e->pid[0]) && !e->serial[0] && !e->port[0] && !ym_streq(e->on, "tablet"))
		return "vid";
	if (!take_string(obj, "role", role, sizeof role))
		return "role";
	e->quirk.role = ym_device_role_of(role);
	if (role[0] && e->quirk.role == YM_ROLE_NONE && !ym_streq(role, "none"))
		return "role";
	if (certain && !json_is_boolean(certain))
		return "certain";
	e->quirk.is_certain = !certain || json_is_true(certain);
	return NULL;
}

enum ym_code
ym_quirks_load(struct ym_quirks *q, const char *path, struct ym_error *err)
{
	YM_JSON *root = NULL;
	YM_FREE struct entry *fresh = NULL;
	const json_t *devices, *obj;
	enum ym_code rc = ym_json_load(path, &root, err);
	size_t i, n;

	if (rc)
		return rc;
	devices = json_object_get(root, "devices");
	if (!json_is_array(devices) || ym_json_int(root, "version", 0) != 1)
		return ym_fail_on(err, YM_INVALID, N_("This is not a device file that this version can read"), path,
			"version or devices");
	n = json_array_size(devices);
	if (q->n + n > QUIRKS_MAX)
		return ym_fail_on(err, YM_INVALID, N_("The device file has too many entries"), path, "%zu", n);
	fresh = ym_alloc((n + 1) * sizeof *fresh);
	json_array_foreach(devices, i, obj) {
		const char *wrong = json_is_object(obj) ? parse_entry(obj, &fresh[i]) : "{}";

		if (wrong) {
			char where[96];

			snprintf(where, sizeof where, "devices[%zu].%s", i, wrong);
			return ym_fail_on(err, YM_INVALID, N_("An entry of the device file is wrong"), where, "%s", path);
		}
	}
	q->entries = ym_realloc_array(q->entries, q->n + n + 1, sizeof *q->entries);
	memcpy(q->entries + q->n, fresh, n * sizeof *fresh);
	q->n += n;
	return YM_OK;
}

/* How narrowly e names the device: -1 when it does not. */
static int
rank(const struct entry *e, const char *subsystem, const char *vid, const char *pid, const char *serial, const char *port)
{
	if (!ym_streq(e->on, subsystem) || (e->vid[0] && strcasecmp(e->vid, vid)) || (e->pid[0] && strcasecmp(e->pid, pid)) ||
	    (e->serial[0] && !ym_streq(e->serial, serial)) || (e->port[0] && !ym_streq(e->port, port)))
		return -1;
	return (e->port[0] != 0) * 4 + (e->serial[0] != 0) * 2 + (e->vid[0] != 0);
}

struct ym_quirk
ym_quirks_match(const struct ym_quirks *q, const char *subsystem, const char *vid, const char *pid, const char *serial,
	const char *port)
{
	struct ym_quirk best = {YM_ROLE_NONE, true, ""};
	int best_rank = -1;

	for (size_t i = 0; i < q->n; i++) {
		int r = rank(&q->entries[i], subsystem, vid, pid, serial, port);

		if (r >= 0 && r >= best_rank) {
			best = q->entries[i].quirk;
			best.profile = q->entries[i].profile;
			best_rank = r;
		}
	}
	return best;
}

enum ym_code
ym_quirks_add(struct ym_quirks *q, const char *path, const char *subsystem, const char *vid, const char *pid, const char *serial,
	const char *port, enum ym_device_role role, struct ym_error *err)
{
	YM_JSON *root = NULL;
	YM_FREE char *text = NULL;
	json_t *devices, *entry;
	enum ym_code rc = YM_OK;

	if (ym_file_exists(path))
		rc = ym_json_load(path, &root, err);
	else
		root = json_pack("{s:i, s:[]}", "version", 1, "devices");
	if (rc)
		return rc;
	devices = json_object_get(root, "devices");
	if (!json_is_array(devices))
		return ym_fail_on(err, YM_INVALID, N_("This is not a device file that this version can read"), path, "devices");
	entry = json_pack("{s:s, s:s, s:s, s:s}", "vid", vid, "pid", pid, "on", subsystem, "role", ym_device_role_name(role));
	if (*serial)
		json_object_set_new(entry, "serial", json_string(serial));
	else if (*port)
		json_object_set_new(entry, "port", json_string(port));
	json_array_append_new(devices, entry);
	text = json_dumps(root, JSON_INDENT(2));
	rc = ym_file_write(path, text, strlen(text), 0600, err);
	return rc ? rc : ym_quirks_load(q, path, err);
}
