/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Bytes from the fingerprint reader's helper: a byte of kind, then the body. What is taken is written the same way again. */
#include <stdlib.h>
#include <string.h>

#include "device/finger_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ym_finger_message m;
	YM_BUF again = { 0 };

	if (size < 1 || !ym_finger_wire_read(data[0], data + 1, size - 1, &m))
		return 0;
	if (m.data && m.data + m.n != data + size)
		abort();
	ym_finger_wire_write(&m, &again);
	if (again.len != size - 1 || memcmp(ym_buf_str(&again), data + 1, size - 1))
		abort();
	return 0;
}
