/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The devices of a counter without a screen: what is there, a test, a recording, a recording played back to its driver.
 * Not for a running workstation (it has the devices; it shows them itself). Invariant: no card's contents are printed.
 */
#pragma once

#include "yimen/device.h"

typedef void (*ym_counter_say_fn)(void *user, const struct ym_device_info *device);
typedef void (*ym_counter_line_fn)(void *user, const char *line);

/* Looks at every device until none is busy (at most wait_ms), then says each. dir: of the desk, for the site's own devices;
 * NULL: the default. */
enum ym_code ym_counter_list(const char *dir, int wait_ms, ym_counter_say_fn say, void *user, struct ym_error *err) YM_MUST;
/* The A4 printers that CUPS has, and the one that the desk uses. */
enum ym_code ym_counter_printers(const char *dir, void (*fn)(void *user, const struct ym_printer *printer), void *user, struct ym_error *err) YM_MUST;
/* The self-test of the device with that identity (or of its role's first, by the role's name). NOTFOUND; else the fault. */
enum ym_code ym_counter_test(const char *dir, const char *which, struct ym_error *err) YM_MUST;
/* Records every session of the devices into folder for so many seconds. in_clear: with payload, for invented cards only. */
enum ym_code ym_counter_record(const char *dir, const char *folder, int seconds, bool in_clear, struct ym_error *err) YM_MUST;
/* Plays a transcript back to its driver; line is called for what the driver reports. CONFLICT when it left the recorded way
 * or reported something else than the file's "= " lines; INVALID for a malformed or a masked file. */
enum ym_code ym_counter_replay(const char *path, ym_counter_line_fn line, void *user, struct ym_error *err) YM_MUST;
