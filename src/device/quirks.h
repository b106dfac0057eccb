/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Which device plays which role: rules from data/quirks/devices.json and a site's file of the same form.
 * Not for how to speak to a device (drivers). Invariant: a malformed file is refused whole, naming the entry.
 *
 * File: {"version": 1, "devices": [{...}]}. Members of an entry, all strings unless said otherwise:
 *   vid, pid      four hex digits each; both needed unless serial or port is given
 *   serial, port  as udev gives them (ID_SERIAL_SHORT, ID_PATH); narrow the entry to one unit or one socket
 *   on            node it is spoken to through: "tty" (default), "usb", "hidraw", "input", "video4linux", "usbmisc"; "tablet": an input node that udev says
 *                 a pen writes on (ID_INPUT_TABLET=1), for which an entry needs no vid and pid
 *   role          "idcard", "scanner" ... (ym_device_role_name), or "none" to leave it alone
 *   profile       framing or serial profile, for drivers that know several
 *   certain       boolean, default true; false: the port may be probed, and is let go when nothing answers
 *   note          for people
 * An entry without role only names a bridge chip: never touched until a site's entry or hwdb gives a role.
 */
#pragma once

#include "yimen/device.h"

struct ym_quirks;
struct ym_quirk {
	enum ym_device_role role; /* YM_ROLE_NONE: leave it alone */
	bool is_certain;
	const char *profile; /* "" none; lives as long as the table is not loaded again */
};

struct ym_quirks *ym_quirks_new(void);
void ym_quirks_free(struct ym_quirks *q);
/* Later files win over earlier ones, narrower entries over wider ones. NOTFOUND, INVALID (file and entry named). */
enum ym_code ym_quirks_load(struct ym_quirks *q, const char *path, struct ym_error *err) YM_MUST;
/* Borrowed strings, "" for what is not known. */
struct ym_quirk ym_quirks_match(const struct ym_quirks *q, const char *subsystem, const char *vid, const char *pid,
	const char *serial, const char *port);
/* A device that an officer named at the counter: written into the site's file (made when there is none) and loaded. serial
 * may be ""; then port narrows it to its socket. INVALID for a malformed file, IO. */
enum ym_code ym_quirks_add(struct ym_quirks *q, const char *path, const char *subsystem, const char *vid, const char *pid,
	const char *serial, const char *port, enum ym_device_role role, struct ym_error *err) YM_MUST;
