/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See pad_events.h. Raw units where they fit; both axes are made smaller alike where they do not, or count differently.
 */
#include "device/pad_events.h"

#include <linux/input-event-codes.h>

#include "base/mem.h"

#define RANGE_LEAST 100
#define RANGE_MOST 10000000
#define SHAPE_MOST 10 /* no pad is longer than so many times its width */

static double
range_of(const struct ym_pad_axis *a)
{
	return (double)a->max - (double)a->min;
}

enum ym_code
ym_pad_events_init(struct ym_pad_events *e, struct ym_error *err)
{
	double w = range_of(&e->x), h = range_of(&e->y), least = 1;

	if (w < RANGE_LEAST || w > RANGE_MOST || h < RANGE_LEAST || h > RANGE_MOST)
		return ym_fail(err, YM_REFUSED, N_("This signature pad tells a size that no pad has: unplug it and plug it in again, or use another one"),
			"x %d..%d, y %d..%d", e->x.min, e->x.max, e->y.min, e->y.max);
	if (e->x.resolution > 0 && e->y.resolution > 0)
		h *= (double)e->x.resolution / e->y.resolution;
	if (w > h * SHAPE_MOST || h > w * SHAPE_MOST)
		return ym_fail(err, YM_REFUSED, N_("This signature pad tells a size that no pad has: unplug it and plug it in again, or use another one"),
			"%.0f by %.0f", w, h);
	least = w > 65535 || h > 65535 ? 65535 / (w > h ? w : h) : 1;
	e->width = (int)(w * least);
	e->height = (int)(h * least);
	e->has_pressure = e->has_pressure && range_of(&e->pressure) >= 2;
	return YM_OK;
}

static uint16_t
scaled(int value, const struct ym_pad_axis *a, int to)
{
	double v = ((double)value - a->min) * to / range_of(a);

	return (uint16_t)(v < 0 ? 0 : v > to ? to : v);
}

static struct ym_stroke_point
point_of(const struct ym_pad_events *e)
{
	struct ym_stroke_point p = { .x = scaled(e->at_x, &e->x, e->width), .y = scaled(e->at_y, &e->y, e->height) };
	bool touches = !e->is_rubber && (e->has_touch ? e->is_touching : e->at_pressure > e->pressure.min);
	double range = range_of(&e->pressure);

	if (touches && e->has_pressure)
		p.pressure = scaled(e->at_pressure, &e->pressure, range > 65535 ? 65535 : (int)range);
	/* a touch without weight is a touch all the same */
	if (touches && !p.pressure)
		p.pressure = 1;
	return p;
}

bool
ym_pad_events_take(struct ym_pad_events *e, unsigned type, unsigned code, int value, struct ym_stroke_point *ret)
{
	if (type == EV_ABS && code == ABS_X)
		e->at_x = value;
	else if (type == EV_ABS && code == ABS_Y)
		e->at_y = value;
	else if (type == EV_ABS && code == ABS_PRESSURE)
		e->at_pressure = value;
	else if (type == EV_KEY && code == BTN_TOUCH)
		e->is_touching = value != 0;
	else if (type == EV_KEY && code == BTN_TOOL_RUBBER)
		e->is_rubber = value != 0;
	if (type != EV_SYN || code != SYN_REPORT)
		return false;
	*ret = point_of(e);
	return true;
}
