/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a site tells by hand: serial ports and what stands behind them (DIR/ports.json), and which printer takes which papers
 * (settings of the desk). Not found devices (the hub's quirks). Invariant: a file that cannot be read changes nothing and is told.
 */
#include "station/private.h"

#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/json.h"
#include "device/profile.h"
#include "yimen/admin.h"

#define PORTS_MAX 16

static const char *
subsystem_of(const char *port)
{
	static const struct {
		const char *prefix, *subsystem;
	} known[] = { { "/dev/usb/lp", "usbmisc" }, { "/dev/lp", "usbmisc" }, { "/dev/input/", "input" }, { "/dev/hidraw", "hidraw" } };

	for (size_t i = 0; i < YM_ARRAY_LEN(known); i++)
		if (!strncmp(port, known[i].prefix, strlen(known[i].prefix)))
			return known[i].subsystem;
	return "tty";
}

static enum ym_code
load(const char *dir, json_t **ret, struct ym_error *err)
{
	YM_FREE char *path = ym_asprintf("%s/ports.json", dir);
	enum ym_code code = YM_OK;

	if (!ym_file_exists(path)) {
		*ret = json_pack("{si s[]}", "version", 1, "ports");
		return YM_OK;
	}
	code = ym_json_load(path, ret, err);
	if (!code && (ym_json_int(*ret, "version", 0) != 1 || !json_is_array(json_object_get(*ret, "ports"))))
		return ym_fail_on(err, YM_INVALID, N_("This is not a device file that this version can read"), path, "ports");
	return code;
}

static enum ym_code
save(const char *dir, const json_t *root, struct ym_error *err)
{
	YM_FREE char *path = ym_asprintf("%s/ports.json", dir);

	return ym_json_save(path, root, err);
}

/* The entry of a port, or -1. */
static int
index_of(const json_t *ports, const char *port)
{
	for (size_t i = 0; i < json_array_size(ports); i++)
		if (ym_streq(ym_json_str(json_array_get(ports, i), "port"), port))
			return (int)i;
	return -1;
}

void
ym_station_ports_open(const char *dir, struct ym_hub *hub)
{
	YM_JSON *root = NULL;
	struct ym_error err = { 0 };
	const json_t *entry;
	size_t i;

	if (load(dir, &root, &err)) {
		ym_diag_error("ports", &err);
		return;
	}
	json_array_foreach(json_object_get(root, "ports"), i, entry) {
		const char *port = ym_json_str(entry, "port");
		YM_FREE char *identity = ym_asprintf("port:%s", port);
		const struct ym_hub_port p = { .path = port, .role = ym_device_role_of(ym_json_str(entry, "role")), .identity = identity,
			.subsystem = subsystem_of(port), .profile = ym_json_str(entry, "profile") };

		if (p.role != YM_ROLE_NONE && *port && ym_hub_add_port(hub, &p, NULL, &err))
			ym_diag_error("ports", &err);
	}
}

enum ym_code
ym_station_port_add(const char *dir, const char *port, const char *role, const char *profile, struct ym_error *err)
{
	YM_FREE char *place = dir ? ym_strdup(dir) : ym_station_default_dir(false);
	enum ym_device_role r = ym_device_role_of(role);
	struct ym_profile p;
	YM_JSON *root = NULL;
	json_t *ports;
	enum ym_code code = YM_OK;

	if (*port != '/')
		return ym_fail_on(err, YM_INVALID, N_("A port is a path: /dev/ttyUSB0, or better one of /dev/serial/by-id"), port, NULL);
	if (r == YM_ROLE_NONE)
		return ym_fail_on(err, YM_INVALID, N_("There is no such kind of device"), role, NULL);
	/* A profile is read now, so that a misspelt one is told to whoever typed it. */
	if (*profile || r == YM_ROLE_EVALUATOR || r == YM_ROLE_DISPLAY)
		code = ym_profile_load(profile, r, &p, err);
	if (!code)
		code = load(place, &root, err);
	if (code)
		return code;
	ports = json_object_get(root, "ports");
	if (index_of(ports, port) >= 0)
		return ym_fail_on(err, YM_CONFLICT, N_("This device is configured twice"), port, NULL);
	if (json_array_size(ports) >= PORTS_MAX)
		return ym_fail(err, YM_BUSY, N_("There are too many devices"), NULL);
	json_array_append_new(ports, json_pack("{ss ss ss}", "port", port, "role", role, "profile", profile));
	return save(place, root, err);
}

enum ym_code
ym_station_port_remove(const char *dir, const char *port, struct ym_error *err)
{
	YM_FREE char *place = dir ? ym_strdup(dir) : ym_station_default_dir(false);
	YM_JSON *root = NULL;
	enum ym_code code = load(place, &root, err);
	int i;

	if (code)
		return code;
	i = index_of(json_object_get(root, "ports"), port);
	if (i < 0)
		return ym_fail_on(err, YM_NOTFOUND, N_("No device is configured at this port"), port, NULL);
	json_array_remove(json_object_get(root, "ports"), (size_t)i);
	return save(place, root, err);
}

enum ym_code
ym_station_desk_set(const char *dir, const char *key, const char *value, struct ym_error *err)
{
	YM_FREE char *place = dir ? ym_strdup(dir) : ym_station_default_dir(false);
	struct ym_db *db = NULL;
	enum ym_code code;

	if (!strncmp(key, "print.paper.", 12)) {
		if (*value && !ym_streq(value, "a4") && !ym_streq(value, "receipt") && !ym_streq(value, "pdf"))
			return ym_fail_on(err, YM_INVALID, N_("A paper goes to a4, receipt or pdf"), value, NULL);
	} else if (ym_streq(key, "photo.decoder")) {
		if (*value && (*value != '/' || access(value, R_OK)))
			return ym_fail_on(err, YM_NOTFOUND, N_("The decoder is a file with its whole path"), value, "%m");
	} else if (!ym_streq(key, "print.a4") && !ym_streq(key, "print.receipt")) {
		return ym_fail_on(err, YM_INVALID, N_("There is no such setting: photo.decoder, print.a4, print.receipt or print.paper.NAME"), key, NULL);
	}
	code = ym_desk_open(place, YM_DB_LOCK, &db, err);
	if (!code)
		code = ym_setting_set(db, key, value, err);
	ym_db_close(db);
	return code;
}
