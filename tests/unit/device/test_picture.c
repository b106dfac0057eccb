/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What is told of pictures: made here by formula, so that the right answer is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "base/mem.h"
#include "device/picture.h"
#include "device/portrait.h"
#include "yimen/device.h"

#define W 480
#define H 360

/* A white sheet with dark lines of print, turned clockwise by `degrees`, on a dark table; antialiased. */
static double
sheet_at(double x, double y)
{
	if (fabs(x) > 110 || fabs(y) > 150)
		return 40;
	return fmod(y + 200, 12) < 4 && fabs(x) < 90 && fmod(x + 200, 9) < 7 ? 30 : 235;
}

static void
draw_sheet(uint8_t *p, double degrees, double light, int blur)
{
	double a = degrees * M_PI / 180;

	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			double sum = 0;

			for (int i = 0; i < 9; i++) {
				double u = x + (i % 3) / 3.0 - W / 2.0, v = y + (i / 3) / 3.0 - H / 2.0;

				sum += sheet_at(u * cos(a) + v * sin(a), -u * sin(a) + v * cos(a));
			}
			p[y * W + x] = (uint8_t)fmin(255, sum / 9 * light);
		}
	for (int y = 0; blur && y < H; y++) {
		uint8_t row[W];

		memcpy(row, p + y * W, W);
		for (int x = blur; x + blur < W; x++) {
			int sum = 0;

			for (int k = -blur; k <= blur; k++)
				sum += row[x + k];
			p[y * W + x] = (uint8_t)(sum / (2 * blur + 1));
		}
	}
}

static void
test_tilt_is_the_angle_that_the_page_was_turned(void **state)
{
	YM_FREE uint8_t *p = ym_alloc(W * H);
	const struct ym_gray g = { p, W, H };

	for (int degrees = -20; degrees <= 20; degrees += 4) {
		draw_sheet(p, degrees, 1, 0);
		assert_in_range(ym_picture_tilt(&g) + 100, degrees + 99, degrees + 101);
	}
}

static void
test_tilt_of_nothing_straight_is_not_claimed(void **state)
{
	YM_FREE uint8_t *p = ym_alloc(W * H);
	const struct ym_gray g = { p, W, H };

	memset(p, 50, W * H);
	assert_int_equal(ym_picture_tilt(&g), YM_TILT_UNKNOWN);
	for (int y = 0; y < H; y++) /* rings: every direction alike */
		for (int x = 0; x < W; x++)
			p[y * W + x] = (uint8_t)(128 + 100 * sin(hypot(x - W / 2, y - H / 2) / 4));
	assert_int_equal(ym_picture_tilt(&g), YM_TILT_UNKNOWN);
}

static void
test_blur_lowers_sharpness_and_darkness_does_not(void **state)
{
	YM_FREE uint8_t *p = ym_alloc(W * H);
	const struct ym_gray g = { p, W, H };
	int sharp, dark, last;

	draw_sheet(p, 2, 1, 0);
	last = sharp = ym_picture_sharpness(&g);
	assert_in_range(sharp, 50, 100);
	draw_sheet(p, 2, 0.6, 0);
	dark = ym_picture_sharpness(&g);
	assert_in_range(dark, sharp - 8, sharp + 8);
	for (int blur = 1; blur <= 3; blur++) {
		draw_sheet(p, 2, 1, blur);
		assert_true(ym_picture_sharpness(&g) < last);
		last = ym_picture_sharpness(&g);
	}
	assert_in_range(last, 0, 24);
	memset(p, 200, W * H);
	assert_int_equal(ym_picture_sharpness(&g), -1);
}

static void
test_brightness_is_that_of_the_paper(void **state)
{
	YM_FREE uint8_t *p = ym_alloc(W * H);
	const struct ym_gray g = { p, W, H };

	draw_sheet(p, 0, 1, 0);
	assert_in_range(ym_picture_brightness(&g), 90, 93);
	draw_sheet(p, 0, 0.4, 0);
	assert_in_range(ym_picture_brightness(&g), 35, 38);
	assert_int_equal(ym_picture_brightness(&(struct ym_gray){ p, 0, 0 }), -1);
}

static void
test_shrinking_keeps_shape_and_mean_and_never_enlarges(void **state)
{
	YM_FREE uint8_t *p = ym_alloc(W * H), *out = ym_alloc(160 * 160);
	int w, h, sum = 0;

	memset(p, 90, W * H);
	ym_picture_shrink(&(struct ym_gray){ p, W, H }, 160, 160, out, &w, &h);
	assert_int_equal(w, 160);
	assert_int_equal(h, 120);
	for (int i = 0; i < w * h; i++)
		sum += out[i];
	assert_int_equal(sum / (w * h), 90);
	ym_picture_shrink(&(struct ym_gray){ p, 20, 10 }, 160, 160, out, &w, &h);
	assert_int_equal(w, 20);
	assert_int_equal(h, 10);
}

/* -- portraits -- */

struct sitter {
	int ground, noise;   /* of the background */
	bool has_person;
	double aside;        /* of the width */
};

static void
draw_sitter(uint8_t *p, const struct sitter *s)
{
	uint32_t seed = 1;

	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			double u = (x - W * (0.5 + s->aside)) / (double)H, v = y / (double)H;
			bool in = hypot(u / 0.15, (v - 0.40) / 0.2) < 1 || (fabs(u) < 0.07 && v > 0.55 && v < 0.75) || (v > 0.7 + u * u && fabs(u) < 0.4);
			int level;

			seed = seed * 1664525 + 1013904223;
			level = s->ground + (s->noise ? (int)(seed >> 16) % s->noise - s->noise / 2 : 0);
			for (int c = 0; c < 3; c++)
				p[(y * W + x) * 3 + c] = (uint8_t)(s->has_person && in ? 70 + 40 * c : level > 255 ? 255 : level);
		}
}

static void
test_a_head_over_shoulders_is_measured(void **state)
{
	YM_FREE uint8_t *p = ym_alloc(W * H * 3);
	const struct ym_rgb rgb = { p, W, H };
	struct ym_portrait at;

	draw_sitter(p, &(struct sitter){ 240, 4, true, 0.05 });
	ym_portrait_look(&rgb, &at);
	assert_true(at.has_head);
	assert_in_range(at.red, 236, 242);
	assert_in_range(at.spread, 0, 3);
	assert_in_range(at.head_top, 0.19 * H, 0.22 * H);
	assert_in_range(at.chin, 0.5 * H, 0.64 * H);
	assert_in_range(at.head_right - at.head_left, 0.28 * H, 0.32 * H);
	assert_in_range((at.head_left + at.head_right) / 2, W * 0.55 - 4, W * 0.55 + 4);
}

static void
test_no_head_is_claimed_without_one_or_before_an_uneven_wall(void **state)
{
	YM_FREE uint8_t *p = ym_alloc(W * H * 3);
	const struct ym_rgb rgb = { p, W, H };
	struct ym_portrait at;

	draw_sitter(p, &(struct sitter){ 240, 0, false, 0 });
	ym_portrait_look(&rgb, &at);
	assert_false(at.has_head);
	draw_sitter(p, &(struct sitter){ 150, 120, true, 0 });
	ym_portrait_look(&rgb, &at);
	assert_false(at.has_head);
	assert_true(at.spread > 14);
	ym_portrait_look(&(struct ym_rgb){ p, 8, 8 }, &at);
	assert_false(at.has_head);
}

static void
test_a_cut_has_the_shape_stays_inside_and_centres_the_head(void **state)
{
	YM_FREE uint8_t *p = ym_alloc(W * H * 3);
	const struct ym_rgb rgb = { p, W, H };
	struct ym_portrait at;
	int x, y, w, h;

	for (int side = -10; side <= 10; side += 5) {
		draw_sitter(p, &(struct sitter){ 240, 0, true, side / 100.0 });
		ym_portrait_look(&rgb, &at);
		ym_portrait_cut(&rgb, &at, 33, 48, 620, 80, &x, &y, &w, &h);
		assert_true(x >= 0 && y >= 0 && x + w <= W && y + h <= H);
		assert_in_range(w * 48, h * 33 - 48, h * 33 + 48);
		assert_in_range((at.head_left + at.head_right) / 2, x + w / 2 - 3, x + w / 2 + 3);
	}
	ym_portrait_cut(&rgb, &(struct ym_portrait){ 0 }, 358, 441, 620, 80, &x, &y, &w, &h);
	assert_int_equal(h, H);
	assert_int_equal(x, (W - w) / 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tilt_is_the_angle_that_the_page_was_turned),
		cmocka_unit_test(test_tilt_of_nothing_straight_is_not_claimed),
		cmocka_unit_test(test_blur_lowers_sharpness_and_darkness_does_not),
		cmocka_unit_test(test_brightness_is_that_of_the_paper),
		cmocka_unit_test(test_shrinking_keeps_shape_and_mean_and_never_enlarges),
		cmocka_unit_test(test_a_head_over_shoulders_is_measured),
		cmocka_unit_test(test_no_head_is_claimed_without_one_or_before_an_uneven_wall),
		cmocka_unit_test(test_a_cut_has_the_shape_stays_inside_and_centres_the_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
