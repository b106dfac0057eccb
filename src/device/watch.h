/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What udev says is plugged in: the monitor is opened first, then everything is listed, so nothing falls between.
 * The only user of libudev. Not for deciding what a device is good for (hub.h). Invariant: a listing stands between
 * SCAN_BEGIN and SCAN_END; after lost events a whole listing follows by itself.
 */
#pragma once

#include <stdbool.h>

#include "yimen/loop.h"

/* Borrowed for the call; "" where udev says nothing. On REMOVED only syspath is set: sysfs is gone by then. */
struct ym_watch_device {
	const char *syspath, *subsystem, *node;
	const char *vid, *pid, *serial;
	const char *path; /* ID_PATH: the physical port */
	const char *role; /* YIMEN_ROLE, from hwdb or a site's rule */
	bool is_tablet;   /* a pen writes on it */
	bool is_keyboard; /* it has a keyboard's keys: a keyboard, or a scanner that pretends to be one */
};
enum ym_watch_kind { YM_WATCH_ADDED, YM_WATCH_REMOVED, YM_WATCH_SCAN_BEGIN, YM_WATCH_SCAN_END };
typedef void (*ym_watch_fn)(void *user, enum ym_watch_kind kind, const struct ym_watch_device *device);

struct ym_watch;
/* The first listing happens before it returns. IO when there is no udev here; a hub works on without. */
enum ym_code ym_watch_new(struct ym_loop *loop, ym_watch_fn fn, void *user, struct ym_watch **ret, struct ym_error *err)
	YM_MUST;
void ym_watch_free(struct ym_watch *w);
