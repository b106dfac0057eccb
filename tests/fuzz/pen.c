/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A tablet that lies: any ranges, any events. What it takes for a point lies on the pad. Eight numbers of four bytes, then events of eight. */
#include <stdlib.h>
#include <string.h>

#include "device/pad_events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ym_pad_events e = { 0 };
	int v[8];

	if (size < sizeof v)
		return 0;
	memcpy(v, data, sizeof v);
	e.x = (struct ym_pad_axis){ v[0], v[1], v[2] };
	e.y = (struct ym_pad_axis){ v[3], v[4], v[5] };
	e.pressure = (struct ym_pad_axis){ v[6], v[7], 0 };
	e.has_touch = size & 1;
	e.has_pressure = size & 2;
	if (ym_pad_events_init(&e, NULL))
		return 0;
	if (e.width < 1 || e.width > 65535 || e.height < 1 || e.height > 65535)
		abort();
	for (size_t at = sizeof v; at + 8 <= size; at += 8) {
		struct ym_stroke_point p;
		uint16_t type, code;
		int value;

		memcpy(&type, data + at, 2);
		memcpy(&code, data + at + 2, 2);
		memcpy(&value, data + at + 4, 4);
		if (ym_pad_events_take(&e, type, code, value, &p) && (p.x > e.width || p.y > e.height))
			abort();
	}
	return 0;
}
