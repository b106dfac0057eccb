/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What every scanner driver shares: bytes are gathered until an end mark (CR, LF, tab) or a short silence, the lines of one
 * machine-readable zone are kept together, and a sender without end is silenced. Not for how bytes are read (scanner_serial.c,
 * scanner_wedge.c, scanner_hid.c) and not for what a code means (yimen/barcode.h).
 * Invariant: one scan event a code; what was gathered is wiped when it has been told.
 */
#pragma once

#include <sys/types.h>

#include "device/driver.h"

#define YM_SCANNER_SILENCE_MS 100

/* The first member of each scanner driver's session. */
struct ym_scanner {
	struct ym_driver_host host;
	int fd;
	ym_source source;
	bool is_armed, is_flooded, wants_test;
	uint8_t data[YM_SCAN_MAX];
	size_t n;
	ym_source timer, hello;
};
/* Opens the host's node; errors in a scanner's words. */
enum ym_code ym_scanner_open(const struct ym_driver_host *host, int flags, int *ret_fd, struct ym_error *err) YM_MUST;
/* The same words for errno of another call on the node. */
enum ym_code ym_scanner_fail_open(const char *node, struct ym_error *err) YM_MUST;
/* Takes fd, which is listened to from now on. The state READY follows from the loop. */
void ym_scanner_init(struct ym_scanner *s, const struct ym_driver_host *host, int fd, ym_fd_fn on_ready);
void ym_scanner_release(struct ym_scanner *s); /* with fd */
/* Bytes from the device; the caller wipes its copy. */
void ym_scanner_feed(struct ym_scanner *s, const uint8_t *data, size_t n);
/* Characters were lost on the way (a kernel buffer ran over): what was gathered is no code. */
void ym_scanner_spoilt(struct ym_scanner *s);
/* read gave k <= 0: the last event of the session when that means that the device left. */
void ym_scanner_read_none(struct ym_scanner *s, ssize_t k, short revents);
/* The device left: the last event of the session. */
void ym_scanner_lost(struct ym_scanner *s);

/* For the driver's table. */
void ym_scanner_start(struct ym_driver_session *session);
void ym_scanner_cancel(struct ym_driver_session *session);
void ym_scanner_self_test(struct ym_driver_session *session);
