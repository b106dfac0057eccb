/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the workstation and the helper program yimen-finger say to each other, in messages of device/helper.h.
 * Not libfprint (in the helper). Invariant: a message is taken whole or not.
 *
 * To the helper:   'E' take: finger u8, template of the finger it must differ from (may be empty)   'X' stop   'T' self-test
 * From the helper: 'R' ready: what the reader is, text   'A' no reader is there   'D' tested: fault byte
 *                  'S' scanned: finger, stage, stages, again byte   'K' finger u8, template   'F' fault byte
 * After 'E' come any 'S' and then exactly one 'K' or 'F'.
 */
#pragma once

#include "base/mem.h"
#include "yimen/device.h"

#define YM_FINGER_MESSAGE_MAX (256u << 10)

enum ym_finger_fault {
	YM_FINGER_FINE,
	YM_FINGER_SAME,      /* it is the finger that it must differ from */
	YM_FINGER_STOPPED,
	YM_FINGER_BUSY,      /* another program has the reader */
	YM_FINGER_FORBIDDEN,
	YM_FINGER_ABSENT,
	YM_FINGER_POOR,      /* the reader found no usable print in all its scans */
	YM_FINGER_FAILED,
	YM_N_FINGER_FAULTS
};
enum ym_finger_again { YM_FINGER_GOOD, YM_FINGER_AGAIN, YM_FINGER_TOO_SHORT, YM_FINGER_CENTER, YM_FINGER_LIFT, YM_N_FINGER_AGAINS };

enum ym_code ym_finger_fault_error(enum ym_finger_fault fault, struct ym_error *ret);
const char *ym_finger_again_text(enum ym_finger_again again); /* msgid; NULL for GOOD */

struct ym_finger_message {
	uint8_t kind;
	int finger, stage, stages;
	enum ym_finger_again again;
	enum ym_finger_fault fault;
	const uint8_t *data; /* E, K */
	size_t n;
	char text[64];
};
bool ym_finger_wire_read(uint8_t kind, const uint8_t *data, size_t n, struct ym_finger_message *ret);
void ym_finger_wire_write(const struct ym_finger_message *m, struct ym_buf *out);
