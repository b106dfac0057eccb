/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A pen's events to points, and a signature without an end. Through the kernel: device/test_pad.c. */
#include <linux/input-event-codes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "device/pad.h"
#include "device/pad_events.h"

static bool
report(struct ym_pad_events *e, struct ym_stroke_point *p)
{
	return ym_pad_events_take(e, EV_SYN, SYN_REPORT, 0, p);
}

static void
an_axis_that_does_not_change_keeps_its_value(void **state)
{
	struct ym_pad_events e = { .x = { 0, 1000, 0 }, .y = { 0, 500, 0 }, .has_touch = true, .at_y = 300 };
	struct ym_stroke_point p;

	assert_int_equal(ym_pad_events_init(&e, NULL), YM_OK);
	assert_false(ym_pad_events_take(&e, EV_KEY, BTN_TOUCH, 1, &p));
	assert_false(ym_pad_events_take(&e, EV_ABS, ABS_X, 40, &p));
	assert_true(report(&e, &p));
	assert_true(p.x == 40 && p.y == 300 && p.pressure == 1);
	assert_true(report(&e, &p));
	assert_true(p.x == 40 && p.y == 300);
}

static void
without_a_touch_key_the_pressure_tells(void **state)
{
	struct ym_pad_events e = { .x = { 0, 1000, 0 }, .y = { 0, 500, 0 }, .pressure = { 10, 210, 0 }, .has_pressure = true };
	struct ym_stroke_point p;

	assert_int_equal(ym_pad_events_init(&e, NULL), YM_OK);
	(void)ym_pad_events_take(&e, EV_ABS, ABS_PRESSURE, 10, &p);
	assert_true(report(&e, &p));
	assert_int_equal(p.pressure, 0);
	(void)ym_pad_events_take(&e, EV_ABS, ABS_PRESSURE, 110, &p);
	assert_true(report(&e, &p));
	assert_int_equal(p.pressure, 100);
}

static void
axes_that_count_differently_give_the_shape_of_the_pad(void **state)
{
	/* 100 mm by 50 mm */
	struct ym_pad_events e = { .x = { 0, 10000, 100 }, .y = { 0, 10000, 200 }, .has_touch = true };

	assert_int_equal(ym_pad_events_init(&e, NULL), YM_OK);
	assert_int_equal(e.width, 10000);
	assert_int_equal(e.height, 5000);
}

static void
what_lies_outside_its_range_is_put_at_the_edge(void **state)
{
	struct ym_pad_events e = { .x = { -500, 500, 0 }, .y = { 0, 500, 0 }, .has_touch = true };
	struct ym_stroke_point p;

	assert_int_equal(ym_pad_events_init(&e, NULL), YM_OK);
	(void)ym_pad_events_take(&e, EV_ABS, ABS_X, INT32_MIN, &p);
	(void)ym_pad_events_take(&e, EV_ABS, ABS_Y, INT32_MAX, &p);
	assert_true(report(&e, &p));
	assert_true(p.x == 0 && p.y == 500);
}

static int n_signed;
static enum ym_code over;

static void
on_driver(void *user, const struct ym_driver_event *ev)
{
	if (ev->kind == YM_DRIVER_SIGNED)
		n_signed++;
	if (ev->kind == YM_DRIVER_ORDERED)
		over = ev->err->code;
}

static void
a_signature_without_an_end_is_stopped_and_is_none(void **state)
{
	struct ym_driver_host host = { .fn = on_driver };
	struct ym_pad pad = { 0 };

	assert_int_equal(ym_loop_new(&host.loop, NULL), YM_OK);
	ym_pad_init(&pad, &host, "", 1000, 500, 60, 1000, NULL, NULL);
	assert_int_equal(ym_pad_ask(&pad, 7, NULL), YM_OK);
	over = YM_OK;
	for (int i = 0; i <= YM_PAD_POINTS && !over; i++)
		ym_pad_point(&pad, i % 1000, i % 500, 1);
	assert_int_equal(over, YM_INVALID);
	assert_int_equal(n_signed, 0);
	ym_pad_release(&pad);
	ym_loop_turn(host.loop, 0);
	ym_loop_free(host.loop);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_axis_that_does_not_change_keeps_its_value),
		cmocka_unit_test(without_a_touch_key_the_pressure_tells),
		cmocka_unit_test(axes_that_count_differently_give_the_shape_of_the_pad),
		cmocka_unit_test(what_lies_outside_its_range_is_put_at_the_edge),
		cmocka_unit_test(a_signature_without_an_end_is_stopped_and_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
