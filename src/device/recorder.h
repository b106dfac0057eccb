/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The recorder: what went over a device's line, with times, as a text file that people and tests read. Off by default.
 * Not a log of cards: payload is masked unless the file is opened for test cards. Invariant: a masked byte never
 * reaches the file.
 *
 * Format, one line each:
 *     yimen-transcript 1
 *     driver idcard-serial
 *     payload clear            (or: payload masked; such a file cannot be replayed)
 *     # comment
 *       12 > AA AA AA 96 69 00 03 11 FF ED      12 ms after the first line: host to device
 *       15 < AA AA AA 96 69 00 04 00 00 90 94   device to host, "--" for each masked byte
 *       15 ! unplugged                          something that happened
 *     = card resident ...                       in replays: what the driver must report up to here, in order
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "yimen/error.h"

struct ym_recorder;
/* Creates the file (0600), refuses to replace one. is_test_cards: write payload in clear. */
enum ym_code ym_recorder_open(const char *path, const char *driver, bool is_test_cards, struct ym_recorder **ret,
	struct ym_error *err) YM_MUST;
void ym_recorder_close(struct ym_recorder *r);
/* All accept NULL. is_clear[i] tells that byte i is no payload; NULL: nothing is. */
void ym_recorder_out(struct ym_recorder *r, const uint8_t *data, size_t n);
void ym_recorder_in(struct ym_recorder *r, const uint8_t *data, size_t n, const bool *is_clear);
void ym_recorder_note(struct ym_recorder *r, const char *what);
