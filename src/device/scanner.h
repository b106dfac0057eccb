/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What every scanner driver shares: bytes are gathered until an end mark (CR, LF, tab) or a short silence, the lines of one
 * machine-readable zone are kept together, and a sender without end is silenced. Not for opening lines (scanner_serial.c,
 * scanner_wedge.c, scanner_hid.c) and not for what a code means (yimen/barcode.h).
 * Invariant: one scan event a code; what was gathered is wiped when it has been told.
 */
#pragma once

#include "device/driver.h"

#define YM_SCANNER_SILENCE_MS 100

struct ym_scanner {
	const struct ym_driver_host *host;
	void (*mute)(void *line, bool on); /* stop listening to anything but a hang-up, and listen again */
	void *line;
	bool is_armed, is_flooded, wants_test;
	uint8_t data[YM_SCAN_MAX];
	size_t n;
	ym_source timer, hello;
};
/* host is borrowed. The state READY follows from the loop. */
void ym_scanner_init(struct ym_scanner *s, const struct ym_driver_host *host, void (*mute)(void *line, bool on), void *line);
void ym_scanner_release(struct ym_scanner *s);
/* Bytes from the device; the caller wipes its copy. */
void ym_scanner_feed(struct ym_scanner *s, const uint8_t *data, size_t n);
/* Characters were lost on the way (a kernel buffer ran over): what was gathered is no code. */
void ym_scanner_spoilt(struct ym_scanner *s);
/* The device left: the last event of the session. */
void ym_scanner_lost(struct ym_scanner *s);
void ym_scanner_test(struct ym_scanner *s);
/* Errors of opening a node, in a scanner's words. */
enum ym_code ym_scanner_fail_open(const char *node, struct ym_error *err) YM_MUST;
