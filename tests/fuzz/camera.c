/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Bytes from the camera's helper: a byte of kind, then the body. What is taken lies inside the message, has the shape it
 * claims, and is written the same way again.
 */
#include <stdlib.h>
#include <string.h>

#include "device/camera_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ym_camera_message m;
	YM_BUF again = { 0 };

	if (size < 1 || !ym_camera_wire_read(data[0], data + 1, size - 1, &m))
		return 0;
	if ((m.kind == 'V' || m.kind == 'I') && (m.image.data < data || m.image.data + m.image.n != data + size))
		abort();
	if (m.kind == 'V' && (size_t)m.image.width * (size_t)m.image.height != m.image.n)
		abort();
	if ((m.kind == 'L' || m.kind == 'C') && (m.data < data || m.data + m.n != data + size))
		abort();
	if (strlen(m.text) >= sizeof m.text)
		abort();
	ym_camera_wire_write(&m, &again);
	if (again.len != size - 1 || memcmp(ym_buf_str(&again), data + 1, size - 1))
		abort();
	return 0;
}
