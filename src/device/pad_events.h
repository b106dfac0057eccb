/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A pen tablet's events to points of a signature: the axes' ranges, the touch, the pressure. No device here; one event at a time.
 * Source: the kernel's Documentation/input/event-codes.rst. Invariant: a point lies inside width and height.
 */
#pragma once

#include "yimen/device.h"

struct ym_pad_axis {
	int min, max;
	int resolution; /* units a millimetre; 0 not known */
};
struct ym_pad_events {
	struct ym_pad_axis x, y, pressure;
	bool has_touch;      /* BTN_TOUCH; otherwise the pressure tells */
	bool has_pressure;   /* init clears it where the range says nothing */
	int width, height;   /* init: range of the points, in the pad's shape */
	/* what stands now */
	int at_x, at_y, at_pressure;
	bool is_touching, is_rubber;
};
/* After the axes are set. REFUSED when no pad can have such ranges. */
enum ym_code ym_pad_events_init(struct ym_pad_events *e, struct ym_error *err) YM_MUST;
/* True when *ret is a point (pressure 0: the pen does not touch; ms is the caller's). */
bool ym_pad_events_take(struct ym_pad_events *e, unsigned type, unsigned code, int value, struct ym_stroke_point *ret);
