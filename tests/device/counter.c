/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See counter.h.
 */
#include "device/counter.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

static void
on_event(void *user, const struct ym_device_event *ev)
{
	struct counter *c = user;

	switch (ev->kind) {
	case YM_DEVICE_ORDERED:
		c->n_ordered++;
		c->order = ev->order;
		c->ordered = *ev->err;
		break;
	case YM_DEVICE_PRESSED:
		c->n_pressed++;
		c->grade = ev->grade;
		break;
	case YM_DEVICE_DRAWING:
		c->n_drawing++;
		break;
	case YM_DEVICE_SIGNED:
		c->n_signed++;
		c->n_points = ev->strokes->n;
		c->width = ev->strokes->width;
		c->height = ev->strokes->height;
		memcpy(c->points, ev->strokes->points, (c->n_points < 64 ? c->n_points : 64) * sizeof c->points[0]);
		break;
	case YM_DEVICE_TESTED:
		c->n_tested++;
		c->tested = *ev->err;
		break;
	default:
		break;
	}
}

void
counter_up(struct counter *c, enum ym_device_role role, const char *profile, const struct ym_driver_timing *timing)
{
	const struct ym_hub_options opt = {.no_udev = true, .timing = *timing, .reopen_ms = 2};

	memset(c, 0, sizeof *c);
	strcpy(c->folder, "/tmp/ym-counter-XXXXXX");
	if (!mkdtemp(c->folder))
		abort();
	snprintf(c->path, sizeof c->path, "%s/device", c->folder);
	if (ym_loop_new(&c->loop, NULL) || ym_hub_new(c->loop, &opt, &c->hub, NULL))
		abort();
	ym_hub_listen(c->hub, on_event, c);
	if (ym_hub_add_port(c->hub, &(struct ym_hub_port){.path = c->path, .role = role, .identity = "test:device", .profile = profile}, &c->ref, NULL))
		abort();
}

void
counter_down(struct counter *c)
{
	ym_hub_free(c->hub);
	ym_loop_turn(c->loop, 0);
	ym_loop_free(c->loop);
	unlink(c->path);
	rmdir(c->folder);
}

bool
counter_until(struct counter *c, bool (*done)(struct counter *c))
{
	int64_t stop = ym_clock_mono() + 10000;

	while (!done(c)) {
		if (ym_clock_mono() > stop)
			return false;
		ym_loop_turn(c->loop, 20);
	}
	return true;
}

struct ym_device_info
counter_info(struct counter *c)
{
	struct ym_device_info info = {0};

	ym_hub_find(c->hub, c->ref, &info);
	return info;
}

static enum ym_device_state wanted;

static bool
is_wanted(struct counter *c)
{
	return counter_info(c).state == wanted;
}

bool
counter_until_state(struct counter *c, enum ym_device_state state)
{
	wanted = state;
	return counter_until(c, is_wanted);
}

bool
counter_has_ordered(struct counter *c)
{
	return c->n_ordered > 0;
}

void
counter_idle(struct counter *c, int ms)
{
	int64_t stop = ym_clock_mono() + ms;

	while (ym_clock_mono() < stop)
		ym_loop_turn(c->loop, 2);
}

enum ym_code
counter_order(struct counter *c, enum ym_device_order_kind kind, const void *data, size_t n, const char *text)
{
	static uint32_t next;
	const struct ym_device_order order = {.id = ++next, .kind = kind, .data = data, .n = n, .text = text};

	c->n_ordered = 0;
	return ym_hub_order(c->hub, c->ref, &order, NULL);
}
