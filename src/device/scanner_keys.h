/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Keys of a scanner that pretends to be a keyboard, as text: the fixed US layout that scanners are set to; Alt with digits
 * gives bytes that are not on it. Not for people's keyboards. Invariant: pure, no descriptor.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ym_scanner_keys {
	bool shift, alt;
	unsigned alt_code;
};
/* One EV_KEY event (value 1 pressed, 0 released, 2 repeated). Returns how many bytes it gives; Enter is CR. */
size_t ym_scanner_keys_take(struct ym_scanner_keys *k, unsigned code, int value, uint8_t ret[2]);
