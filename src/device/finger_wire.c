/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reading and writing the messages of yimen-finger. Invariant: every length is checked before a byte behind it is used.
 */
#include "device/finger_wire.h"

enum ym_code
ym_finger_fault_error(enum ym_finger_fault fault, struct ym_error *ret)
{
	static const struct {
		enum ym_code code;
		const char *msgid;
	} words[YM_N_FINGER_FAULTS] = {
		[YM_FINGER_SAME] = { YM_CONFLICT, N_("This is the finger that was taken before: lay the other hand's finger") },
		[YM_FINGER_STOPPED] = { YM_CANCELLED, N_("The finger was not taken") },
		[YM_FINGER_BUSY] = { YM_BUSY, N_("Another program is using the fingerprint reader: close it there") },
		[YM_FINGER_FORBIDDEN] = { YM_REFUSED, N_("This user may not use the fingerprint reader: the device rules are not installed") },
		[YM_FINGER_ABSENT] = { YM_GONE, N_("The fingerprint reader was unplugged: plug it in again, or record an exception") },
		[YM_FINGER_POOR] = { YM_REFUSED, N_("No usable print was found: clean the finger and the reader, or take another finger") },
		[YM_FINGER_FAILED] = { YM_IO, N_("The fingerprint reader failed: plug it out and in again") },
	};

	if (fault <= YM_FINGER_FINE || fault >= YM_N_FINGER_FAULTS)
		return ym_fail(ret, YM_OK, NULL, NULL);
	return ym_fail(ret, words[fault].code, words[fault].msgid, "finger fault %d", fault);
}

const char *
ym_finger_again_text(enum ym_finger_again again)
{
	static const char *const words[YM_N_FINGER_AGAINS] = { NULL, N_("Once more: lay the finger on the reader"),
		N_("Too short: leave the finger on the reader a moment longer"), N_("Lay the finger on the middle of the reader"),
		N_("Lift the finger and lay it down again") };

	return again > YM_FINGER_GOOD && again < YM_N_FINGER_AGAINS ? words[again] : NULL;
}

static bool
is_finger(int finger)
{
	return finger >= 11 && finger <= 20;
}

bool
ym_finger_wire_read(uint8_t kind, const uint8_t *data, size_t n, struct ym_finger_message *ret)
{
	*ret = (struct ym_finger_message){ .kind = kind };
	switch (kind) {
	case 'X':
	case 'T':
	case 'A':
		return n == 0;
	case 'E':
	case 'K':
		if (n < 1 || !is_finger(data[0]) || (kind == 'K' && n < 2))
			return false;
		ret->finger = data[0];
		ret->data = data + 1;
		ret->n = n - 1;
		return true;
	case 'S':
		if (n != 4 || !is_finger(data[0]) || data[1] > data[2] || data[3] >= YM_N_FINGER_AGAINS)
			return false;
		ret->finger = data[0];
		ret->stage = data[1];
		ret->stages = data[2];
		ret->again = (enum ym_finger_again)data[3];
		return true;
	case 'D':
	case 'F':
		if (n != 1 || data[0] >= YM_N_FINGER_FAULTS)
			return false;
		ret->fault = (enum ym_finger_fault)data[0];
		return true;
	case 'R':
		if (n >= sizeof ret->text)
			return false;
		for (size_t i = 0; i < n; i++)
			if (data[i] < 0x20 || data[i] > 0x7E)
				return false;
		memcpy(ret->text, data, n);
		return true;
	default:
		return false;
	}
}

void
ym_finger_wire_write(const struct ym_finger_message *m, struct ym_buf *out)
{
	switch (m->kind) {
	case 'E':
	case 'K':
		ym_buf_addc(out, (char)m->finger);
		if (m->n)
			ym_buf_add(out, m->data, m->n);
		break;
	case 'S':
		ym_buf_addc(out, (char)m->finger);
		ym_buf_addc(out, (char)m->stage);
		ym_buf_addc(out, (char)m->stages);
		ym_buf_addc(out, (char)m->again);
		break;
	case 'D':
	case 'F':
		ym_buf_addc(out, (char)m->fault);
		break;
	case 'R':
		ym_buf_adds(out, m->text);
		break;
	default:
		break;
	}
}
