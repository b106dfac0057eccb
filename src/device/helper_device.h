/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What drivers share whose device is driven by a helper program (cameras, fingerprint readers): one order or test at a time
 * with one deadline, and the end of it all told once. Not for what is said to the helper (camera_wire.h, finger_wire.h).
 * Invariant: an order ends in one ORDERED, a test in one TESTED, and nothing follows GONE.
 */
#pragma once

#include "device/driver.h"
#include "device/helper.h"

struct ym_helper_device {
	struct ym_driver_host host;
	struct ym_helper *helper;
	const char *name;
	ym_source timer;
	bool is_ready, is_over, is_testing;
	uint32_t order; /* 0: none */
	ym_timer_fn on_late; /* of the device; the timer is gone by then */
	void *user;
};

/* Starts the helper. It has open_ms (or the site's read_ms) to say what it drives; on_late is called with user when
 * that or an order's time is over. */
enum ym_code ym_helper_device_open(struct ym_helper_device *d, const struct ym_driver_host *host, const char *name, const char *program,
	const char *const *args, const struct ym_helper_calls *calls, int open_ms, ym_timer_fn on_late, void *user, struct ym_error *err) YM_MUST;
void ym_helper_device_close(struct ym_helper_device *d);
void ym_helper_device_tell(struct ym_helper_device *d, struct ym_driver_event ev);
void ym_helper_device_set_state(struct ym_helper_device *d, enum ym_device_state state, const char *about, const struct ym_error *err);
void ym_helper_device_set_deadline(struct ym_helper_device *d, int ms);
/* The helper said that it is ready: about is what it drives. */
void ym_helper_device_is_ready(struct ym_helper_device *d, const char *about);
/* An order was sent; it has ms, unless the site's or a test's read_ms says otherwise. */
void ym_helper_device_began(struct ym_helper_device *d, uint32_t order, int ms);
/* 'T' to the helper, when nothing runs. */
void ym_helper_device_self_test(struct ym_helper_device *d, int ms);
/* The order or the test that runs is over. */
void ym_helper_device_end(struct ym_helper_device *d, const struct ym_error *err);
/* The device, or its helper, is no more: what runs ends with code, then GONE. */
void ym_helper_device_leave(struct ym_helper_device *d, enum ym_code code, const char *msgid, const char *detail);
bool ym_helper_device_send(struct ym_helper_device *d, uint8_t kind, const struct ym_buf *body);
