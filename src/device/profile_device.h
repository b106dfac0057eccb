/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the drivers share whose device sits on a serial line and is described by a profile (evaluator, display, pad): the
 * profile loaded, the line open and muted until somebody is asked, READY told from the loop. Not for what is said.
 */
#pragma once

#include "device/driver.h"
#include "device/profile.h"

struct ym_profile_device {
	struct ym_driver_host host;
	struct ym_profile profile;
	struct ym_line line;
	const char *name;
	ym_source hello;
};

/* calls: the line's callbacks and user. Errors of ym_profile_load and ym_line_open. */
enum ym_code ym_profile_device_open(struct ym_profile_device *d, const struct ym_driver_host *host, enum ym_device_role role,
	const char *name, const struct ym_line *calls, struct ym_error *err) YM_MUST;
void ym_profile_device_close(struct ym_profile_device *d);
void ym_profile_device_set_state(struct ym_profile_device *d, enum ym_device_state state, const struct ym_error *err);
/* A self-test of a device that answers only by a person's hand would be a guess: msgid says what to do instead. */
void ym_profile_device_cannot_test(struct ym_profile_device *d, const char *msgid);
