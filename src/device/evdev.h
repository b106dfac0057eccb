/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reading an input device, for the drivers that grab one. Not what its events mean (scanner_keys.h, pad_events.h).
 * Invariant: after a loss the driver is told, before anything that comes later.
 */
#pragma once

#include <stdbool.h>

struct input_event;
struct libevdev;

struct ym_evdev_calls {
	/* is_news: false while what stands now is told again after a loss */
	void (*take)(void *user, const struct input_event *event, bool is_news);
	void (*lost)(void *user); /* the kernel's buffer ran over */
};
/* What waits, a bounded piece a turn. False when the device left. */
bool ym_evdev_read(struct libevdev *dev, short revents, const struct ym_evdev_calls *calls, void *user);
