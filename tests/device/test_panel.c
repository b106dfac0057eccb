/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Evaluator, queue display and signature pad through the hub, against simulated ones over real pseudo-terminals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "device/counter.h"
#include "practice/sim_panel.h"

static struct counter c;
static struct ym_sim_panel sim;

static void
up(enum ym_device_role role, const char *profile, int limit_ms)
{
	const struct ym_driver_timing timing = {.read_ms = limit_ms, .settle_ms = 40};

	counter_up(&c, role, profile, &timing);
	memset(&sim, 0, sizeof sim);
	assert_int_equal(ym_sim_panel_open(&sim, c.loop, c.path, profile, role, NULL), YM_OK);
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
}

static void
down(void)
{
	ym_hub_free(c.hub);
	c.hub = NULL;
	ym_sim_panel_close(&sim);
	counter_down(&c);
}

static bool
is_asked(struct counter *x)
{
	(void)x;
	return sim.is_asked;
}

static void
assert_ends(enum ym_code code)
{
	assert_true(counter_until(&c, counter_has_ordered));
	assert_int_equal(c.n_ordered, 1);
	assert_int_equal(c.ordered.code, code);
}

/* -- evaluator -- */

static void
ask(void)
{
	assert_int_equal(counter_order(&c, YM_ORDER_ASK, NULL, 0, NULL), YM_OK);
	assert_true(counter_until(&c, is_asked));
}

static void
test_each_key_gives_its_grade(void **state)
{
	up(YM_ROLE_EVALUATOR, "practice-evaluator", 5000);
	for (int grade = 1; grade <= 5; grade++) {
		ask();
		ym_sim_panel_press(&sim, grade);
		assert_ends(YM_OK);
		assert_int_equal(c.n_pressed, grade);
		assert_int_equal(c.grade, grade);
	}
	down();
}

static void
test_a_key_nobody_asked_for_counts_nothing(void **state)
{
	up(YM_ROLE_EVALUATOR, "practice-evaluator", 200);
	ym_sim_panel_press(&sim, 1);
	counter_idle(&c, 30);
	ask();
	assert_ends(YM_TIMEOUT);
	assert_int_equal(c.n_pressed, 0);
	counter_idle(&c, 20);
	assert_false(sim.is_asked); /* put to sleep again */
	down();
}

static void
test_the_second_key_of_an_asking_counts_nothing(void **state)
{
	up(YM_ROLE_EVALUATOR, "practice-evaluator", 5000);
	ask();
	ym_sim_panel_press(&sim, 5);
	ym_sim_panel_press(&sim, 1);
	assert_ends(YM_OK);
	counter_idle(&c, 60);
	assert_int_equal(c.n_pressed, 1);
	assert_int_equal(c.grade, 5);
	down();
}

static void
test_a_key_outside_the_map_is_told_and_the_asking_goes_on(void **state)
{
	up(YM_ROLE_EVALUATOR, "practice-evaluator", 5000);
	ask();
	ym_sim_line_send(&sim.line, "\x06\x39\x0D", 3);
	counter_idle(&c, 120);
	assert_int_equal(c.n_ordered, 0);
	assert_non_null(strstr(counter_info(&c).last_msgid, "does not know"));
	ym_sim_panel_press(&sim, 4);
	assert_ends(YM_OK);
	assert_int_equal(c.grade, 4);
	down();
}

static void
test_an_evaluator_that_sends_without_end_is_stopped(void **state)
{
	uint8_t noise[200];

	memset(noise, 0x55, sizeof noise);
	up(YM_ROLE_EVALUATOR, "practice-evaluator", 5000);
	ask();
	for (int i = 0; i < 5; i++) {
		ym_sim_line_send(&sim.line, noise, sizeof noise);
		counter_idle(&c, 5);
	}
	assert_ends(YM_INVALID);
	assert_int_equal(c.n_pressed, 0);
	down();
}

static void
test_one_asking_at_a_time_and_it_can_be_taken_back(void **state)
{
	up(YM_ROLE_EVALUATOR, "practice-evaluator", 5000);
	ym_hub_arm(c.hub, YM_ROLE_EVALUATOR, true);
	ask();
	assert_int_equal(counter_order(&c, YM_ORDER_ASK, NULL, 0, NULL), YM_BUSY);
	ym_hub_arm(c.hub, YM_ROLE_EVALUATOR, false);
	assert_ends(YM_CANCELLED);
	counter_idle(&c, 20);
	assert_false(sim.is_asked);
	down();
}

static void
test_an_evaluator_pulled_out_ends_the_asking(void **state)
{
	up(YM_ROLE_EVALUATOR, "practice-evaluator", 5000);
	for (int i = 0; i < 3; i++) {
		ask();
		ym_sim_line_send(&sim.line, "\x06\x35\x0D", (size_t)i); /* in the middle of a key */
		ym_sim_line_unplug(&sim.line);
		assert_ends(YM_GONE);
		assert_int_equal(c.n_pressed, 0);
		sim.is_asked = false;
		assert_int_equal(ym_sim_line_plug(&sim.line, NULL), YM_OK);
		assert_true(counter_until_state(&c, YM_DEVICE_READY));
	}
	down();
}

static void
test_without_its_profile_it_says_so(void **state)
{
	const struct ym_driver_timing timing = {0};

	counter_up(&c, YM_ROLE_EVALUATOR, "no-such-profile", &timing);
	assert_true(counter_until_state(&c, YM_DEVICE_ATTENTION));
	assert_non_null(strstr(counter_info(&c).last_msgid, "no such device profile"));
	counter_down(&c);
}

/* -- display -- */

static bool
shows(struct counter *x)
{
	char text[200];

	(void)x;
	ym_sim_panel_shown(&sim, text, sizeof text);
	return !strcmp(text, "请A018号到03号窗口");
}

static void
test_a_call_is_shown(void **state)
{
	up(YM_ROLE_DISPLAY, "practice-display", 1000);
	assert_int_equal(counter_order(&c, YM_ORDER_SHOW, NULL, 0, "B001\t03"), YM_OK);
	assert_ends(YM_OK);
	assert_int_equal(counter_order(&c, YM_ORDER_SHOW, NULL, 0, "A018\t03"), YM_OK);
	assert_ends(YM_OK);
	assert_true(counter_until(&c, shows));
	assert_int_equal(counter_order(&c, YM_ORDER_SHOW, NULL, 0, "A018"), YM_REFUSED);
	ym_sim_line_unplug(&sim.line);
	assert_true(counter_until_state(&c, YM_DEVICE_ABSENT));
	down();
}

/* -- pad -- */

static struct ym_stroke_point hand[600];

static void
test_a_signature_comes_as_it_was_drawn(void **state)
{
	size_t n;

	up(YM_ROLE_PAD, "practice-pad", 8000);
	n = ym_sim_panel_scribble(&sim, hand, YM_ARRAY_LEN(hand));
	assert_true(n > 60);
	ask();
	ym_sim_panel_draw(&sim, hand, n);
	assert_ends(YM_OK);
	assert_int_equal(c.n_signed, 1);
	/* told while it was drawn, though not each point */
	assert_true(c.n_drawing > 1 && c.n_drawing < (int)n);
	assert_int_equal(c.width, 4000);
	assert_int_equal(c.height, 1600);
	assert_true(c.n_points >= n - 1 && c.n_points <= n);
	for (size_t i = 0; i < 60; i++) {
		assert_int_equal(c.points[i].x, hand[i].x);
		assert_int_equal(c.points[i].y, hand[i].y);
		assert_int_equal(c.points[i].pressure, hand[i].pressure);
		assert_true(i == 0 || c.points[i].ms >= c.points[i - 1].ms);
	}
	down();
}

static void
test_a_dot_is_no_signature(void **state)
{
	up(YM_ROLE_PAD, "practice-pad", 300);
	ask();
	ym_sim_panel_draw(&sim, (struct ym_stroke_point[]){{100, 100, 50, 0}, {100, 101, 0, 0}}, 2);
	assert_ends(YM_TIMEOUT);
	assert_int_equal(c.n_signed, 0);
	down();
}

static void
test_a_pad_pulled_out_in_the_middle_of_a_stroke_gives_no_half_signature(void **state)
{
	size_t n;

	up(YM_ROLE_PAD, "practice-pad", 8000);
	n = ym_sim_panel_scribble(&sim, hand, YM_ARRAY_LEN(hand));
	for (size_t at = 1; at < n; at += 13) {
		sim.unplug_at = at;
		ask();
		ym_sim_panel_draw(&sim, hand, n);
		assert_ends(YM_GONE);
		assert_int_equal(c.n_signed, 0);
		sim.is_asked = false;
		assert_int_equal(ym_sim_line_plug(&sim.line, NULL), YM_OK);
		assert_true(counter_until_state(&c, YM_DEVICE_READY));
	}
	sim.unplug_at = 0;
	ask();
	ym_sim_panel_draw(&sim, hand, n);
	assert_ends(YM_OK);
	assert_int_equal(c.n_signed, 1);
	down();
}

static void
test_a_vendors_own_pad_is_refused_in_words(void **state)
{
	const struct ym_driver_timing timing = {0};
	struct ym_device_ref ref;
	struct ym_device_info info;

	counter_up(&c, YM_ROLE_DISPLAY, "practice-display", &timing);
	assert_int_equal(ym_hub_add_port(c.hub, &(struct ym_hub_port){.path = "/dev/null", .role = YM_ROLE_PAD, .identity = "vendor", .subsystem = "hidraw"}, &ref, NULL), YM_OK);
	counter_idle(&c, 20);
	assert_true(ym_hub_find(c.hub, ref, &info));
	assert_int_equal(info.state, YM_DEVICE_ATTENTION);
	assert_non_null(strstr(info.last_msgid, "maker's own protocol"));
	counter_down(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_key_gives_its_grade),
		cmocka_unit_test(test_a_key_nobody_asked_for_counts_nothing),
		cmocka_unit_test(test_the_second_key_of_an_asking_counts_nothing),
		cmocka_unit_test(test_a_key_outside_the_map_is_told_and_the_asking_goes_on),
		cmocka_unit_test(test_an_evaluator_that_sends_without_end_is_stopped),
		cmocka_unit_test(test_one_asking_at_a_time_and_it_can_be_taken_back),
		cmocka_unit_test(test_an_evaluator_pulled_out_ends_the_asking),
		cmocka_unit_test(test_without_its_profile_it_says_so),
		cmocka_unit_test(test_a_call_is_shown),
		cmocka_unit_test(test_a_signature_comes_as_it_was_drawn),
		cmocka_unit_test(test_a_dot_is_no_signature),
		cmocka_unit_test(test_a_pad_pulled_out_in_the_middle_of_a_stroke_gives_no_half_signature),
		cmocka_unit_test(test_a_vendors_own_pad_is_refused_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
