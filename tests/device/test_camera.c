/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The camera driver with its real helper program over a stand-in camera: previews, shots, and everything that can go wrong
 * with one. Skipped where the helper was not built.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "device/hub.h"

struct bed {
	struct ym_loop *loop;
	struct ym_hub *hub;
	struct ym_device_ref ref;
	char dir[64];
	struct ym_buf jpeg;
	int n_previews, n_images, n_ordered, n_tested, width, height, sharpness, brightness, tilt, preview_w;
	struct ym_error done;
};

static void
on_device(void *user, const struct ym_device_event *ev)
{
	struct bed *b = user;

	switch (ev->kind) {
	case YM_DEVICE_PREVIEW:
		b->n_previews++;
		b->preview_w = ev->image->width;
		b->tilt = ev->image->tilt;
		b->brightness = ev->image->brightness;
		assert_false(ev->image->is_jpeg);
		break;
	case YM_DEVICE_IMAGE:
		b->n_images++;
		b->width = ev->image->width;
		b->height = ev->image->height;
		b->sharpness = ev->image->sharpness;
		ym_buf_clear(&b->jpeg);
		ym_buf_add(&b->jpeg, ev->image->data, ev->image->n);
		break;
	case YM_DEVICE_ORDERED:
		b->n_ordered++;
		b->done = *ev->err;
		break;
	case YM_DEVICE_TESTED:
		b->n_tested++;
		b->done = *ev->err;
		break;
	default:
		break;
	}
}

static void
show(struct bed *b, const char *json)
{
	YM_FREE char *path = ym_asprintf("%s/scene.json", b->dir);

	assert_int_equal(ym_file_write(path, json, strlen(json), 0600, NULL), YM_OK);
}

/* Turns until *count has moved on, or fails the test. */
static void
await(struct bed *b, const int *count)
{
	int was = *count;

	for (int64_t until = ym_clock_mono() + 20000; *count == was && ym_clock_mono() < until;)
		ym_loop_turn(b->loop, 50);
	assert_int_not_equal(*count, was);
}

static void
await_state(struct bed *b, enum ym_device_state state)
{
	struct ym_device_info info = { 0 };

	for (int64_t until = ym_clock_mono() + 20000; ym_clock_mono() < until;) {
		ym_loop_turn(b->loop, 50);
		if (ym_hub_find(b->hub, b->ref, &info) && info.state == state)
			return;
	}
	fail_msg("state is %s, not %s", ym_device_state_name(info.state), ym_device_state_name(state));
}

static void
open_bed(struct bed *b, int read_ms)
{
	const struct ym_hub_options options = { .no_udev = true, .reopen_ms = 100, .timing = { .read_ms = read_ms } };

	assert_int_equal(ym_loop_new(&b->loop, NULL), YM_OK);
	assert_int_equal(ym_hub_new(b->loop, &options, &b->hub, NULL), YM_OK);
	ym_hub_listen(b->hub, on_device, b);
	assert_int_equal(ym_hub_add_port(b->hub,
		&(struct ym_hub_port){ .path = b->dir, .role = YM_ROLE_CAMERA, .identity = "bed", .subsystem = "file" }, &b->ref, NULL), YM_OK);
}

static int
setup(void **state)
{
	YM_FREE char *helper = ym_file_helper("yimen-camera");
	struct bed *b;

	if (!helper || access(helper, X_OK)) {
		*state = NULL;
		return 0;
	}
	b = ym_alloc(sizeof *b);
	strcpy(b->dir, "/tmp/ym-camera-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	show(b, "{\"show\":\"page\",\"tilt\":5,\"width\":1200,\"height\":900}");
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bed *b = *state;
	YM_FREE char *clean = b ? ym_asprintf("rm -rf '%s'", b->dir) : NULL;

	if (!b)
		return 0;
	ym_hub_free(b->hub);
	ym_loop_turn(b->loop, 0);
	ym_loop_free(b->loop);
	ym_buf_release(&b->jpeg);
	if (system(clean))
		fail();
	free(b);
	return 0;
}

static struct bed *
bed_of(void **state)
{
	if (!*state)
		skip();
	return *state;
}

static enum ym_code
shoot(struct bed *b, int rotate, size_t max_bytes)
{
	const struct ym_device_order order = { .id = 7, .kind = YM_ORDER_SHOOT, .rotate = rotate, .max_bytes = max_bytes };

	return ym_hub_order(b->hub, b->ref, &order, NULL);
}

static void
test_previews_come_only_while_armed(void **state)
{
	struct bed *b = bed_of(state);
	int n;

	open_bed(b, 0);
	await_state(b, YM_DEVICE_READY);
	for (int i = 0; i < 6; i++)
		ym_loop_turn(b->loop, 50);
	assert_int_equal(b->n_previews, 0);
	ym_hub_arm(b->hub, YM_ROLE_CAMERA, true);
	await(b, &b->n_previews);
	assert_int_equal(b->preview_w, 320);
	assert_in_range(b->tilt, 4, 6);
	ym_hub_arm(b->hub, YM_ROLE_CAMERA, false);
	for (int64_t until = ym_clock_mono() + 400; ym_clock_mono() < until;)
		ym_loop_turn(b->loop, 50);
	n = b->n_previews;
	for (int64_t until = ym_clock_mono() + 500; ym_clock_mono() < until;)
		ym_loop_turn(b->loop, 50);
	assert_int_equal(b->n_previews, n);
}

static void
test_a_shot_is_one_whole_jpeg_under_the_goal(void **state)
{
	struct bed *b = bed_of(state);

	open_bed(b, 0);
	await_state(b, YM_DEVICE_READY);
	assert_int_equal(shoot(b, 0, 0), YM_OK);
	assert_int_equal(shoot(b, 0, 0), YM_BUSY);
	await(b, &b->n_ordered);
	assert_int_equal(b->done.code, YM_OK);
	assert_int_equal(b->n_images, 1);
	assert_int_equal(b->width, 1200);
	assert_int_equal(b->height, 900);
	assert_true(b->sharpness > 30);
	assert_memory_equal(b->jpeg.data, "\xFF\xD8\xFF", 3);
	assert_memory_equal(b->jpeg.data + b->jpeg.len - 2, "\xFF\xD9", 2);
	assert_true(b->jpeg.len > 60000);
	assert_int_equal(shoot(b, 90, 60000), YM_OK);
	await(b, &b->n_ordered);
	assert_int_equal(b->done.code, YM_OK);
	assert_true(b->jpeg.len <= 60000);
	assert_true(b->height > b->width);
}

static void
test_yuyv_is_encoded_here(void **state)
{
	struct bed *b = bed_of(state);

	show(b, "{\"show\":\"page\",\"format\":\"yuyv\",\"width\":800,\"height\":600,\"light\":45}");
	open_bed(b, 0);
	ym_hub_arm(b->hub, YM_ROLE_CAMERA, true);
	await(b, &b->n_previews);
	assert_in_range(b->brightness, 35, 50);
	assert_int_equal(shoot(b, 180, 0), YM_OK);
	await(b, &b->n_ordered);
	assert_int_equal(b->done.code, YM_OK);
	assert_int_equal(b->width, 800);
}

static void
fails_with(struct bed *b, const char *scene, enum ym_code code, const char *words)
{
	show(b, "{\"show\":\"page\",\"width\":320,\"height\":240}");
	open_bed(b, 0);
	await_state(b, YM_DEVICE_READY);
	show(b, scene);
	assert_int_equal(shoot(b, 0, 0), YM_OK);
	await(b, &b->n_ordered);
	assert_int_equal(b->done.code, code);
	assert_non_null(strstr(b->done.msgid, words));
	assert_int_equal(b->n_images, 0);
}

static void
test_faulty_frames_end_in_a_sentence(void **state)
{
	fails_with(bed_of(state), "{\"fault\":\"broken\"}", YM_BUSY, "incomplete");
}

static void
test_a_camera_that_sends_nothing_is_given_up(void **state)
{
	fails_with(bed_of(state), "{\"fault\":\"silent\"}", YM_TIMEOUT, "no picture");
}

static void
test_unplugged_between_frames(void **state)
{
	struct bed *b = bed_of(state);

	fails_with(b, "{\"fault\":\"gone\"}", YM_GONE, "unplugged");
	await_state(b, YM_DEVICE_ABSENT);
}

static void
test_unplugged_in_the_middle_of_a_picture(void **state)
{
	fails_with(bed_of(state), "{\"fault\":\"cut\"}", YM_GONE, "unplugged");
}

static void
test_a_damaged_picture_is_refused(void **state)
{
	struct bed *b = bed_of(state);
	YM_FREE char *path = ym_asprintf("%s/x.jpg", b->dir);

	open_bed(b, 0);
	await_state(b, YM_DEVICE_READY);
	assert_int_equal(shoot(b, 0, 0), YM_OK);
	await(b, &b->n_ordered);
	/* what was cut off decodes to a gray rest with a mere warning */
	assert_int_equal(ym_file_write(path, b->jpeg.data, b->jpeg.len / 2, 0600, NULL), YM_OK);
	show(b, "{\"file\":\"x.jpg\"}");
	b->n_images = 0;
	assert_int_equal(shoot(b, 0, 0), YM_OK);
	await(b, &b->n_ordered);
	assert_int_equal(b->done.code, YM_BUSY);
	assert_int_equal(b->n_images, 0);
	assert_non_null(strstr(b->done.msgid, "cannot be read"));
}

static void
test_a_sixty_megabyte_picture_is_refused(void **state)
{
	struct bed *b = bed_of(state);
	YM_FREE char *path = ym_asprintf("%s/x.jpg", b->dir);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(ftruncate(fileno(f), 60 << 20), 0);
	fclose(f);
	fails_with(b, "{\"file\":\"x.jpg\"}", YM_REFUSED, "too large");
}

static void
test_a_camera_without_a_usable_format_says_so(void **state)
{
	struct bed *b = bed_of(state);
	struct ym_device_info info;

	show(b, "{\"fault\":\"format\"}");
	open_bed(b, 0);
	await_state(b, YM_DEVICE_ATTENTION);
	assert_true(ym_hub_find(b->hub, b->ref, &info));
	assert_non_null(strstr(info.last_msgid, "MJPEG or YUYV"));
	assert_int_equal(shoot(b, 0, 0), YM_BUSY);
}

static void
test_one_that_enumerates_and_never_answers_is_given_up(void **state)
{
	struct bed *b = bed_of(state);
	struct ym_device_info info;

	show(b, "{\"fault\":\"hang\"}");
	open_bed(b, 300);
	await_state(b, YM_DEVICE_ABSENT);
	while (ym_hub_find(b->hub, b->ref, &info) && !info.last_msgid)
		ym_loop_turn(b->loop, 50);
	assert_non_null(strstr(info.last_msgid, "no picture"));
}

static void
test_self_test_takes_a_picture_and_keeps_none(void **state)
{
	struct bed *b = bed_of(state);

	open_bed(b, 0);
	await_state(b, YM_DEVICE_READY);
	assert_int_equal(ym_hub_test(b->hub, b->ref, NULL), YM_OK);
	await(b, &b->n_tested);
	assert_int_equal(b->done.code, YM_OK);
	assert_int_equal(b->n_images, 0);
}

int
main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_previews_come_only_while_armed),
		CASE(test_a_shot_is_one_whole_jpeg_under_the_goal),
		CASE(test_yuyv_is_encoded_here),
		CASE(test_faulty_frames_end_in_a_sentence),
		CASE(test_a_camera_that_sends_nothing_is_given_up),
		CASE(test_unplugged_between_frames),
		CASE(test_unplugged_in_the_middle_of_a_picture),
		CASE(test_a_damaged_picture_is_refused),
		CASE(test_a_sixty_megabyte_picture_is_refused),
		CASE(test_a_camera_without_a_usable_format_says_so),
		CASE(test_one_that_enumerates_and_never_answers_is_given_up),
		CASE(test_self_test_takes_a_picture_and_keeps_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
