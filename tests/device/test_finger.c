/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The fingerprint driver with its real helper: over the stand-in, and over libfprint's own virtual reader (skipped where
 * the helper was built without libfprint).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/file.h"
#include "device/hub.h"

struct bed {
	struct ym_loop *loop;
	struct ym_hub *hub;
	struct ym_device_ref ref;
	char dir[64], socket[96];
	struct ym_buf template;
	int n_scans, n_again, n_ordered, scan;
	struct ym_error done;
};

static void
on_device(void *user, const struct ym_device_event *ev)
{
	struct bed *b = user;

	if (ev->kind == YM_DEVICE_FINGER) {
		b->n_scans++;
		b->n_again += ev->finger->again != NULL;
		if (ev->finger->data) {
			ym_buf_clear(&b->template);
			ym_buf_add(&b->template, ev->finger->data, ev->finger->n);
		}
	} else if (ev->kind == YM_DEVICE_ORDERED) {
		b->n_ordered++;
		b->done = *ev->err;
	}
}

static int
setup(void **state)
{
	struct bed *b = ym_alloc(sizeof *b);

	strcpy(b->dir, "/tmp/ym-finger-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->socket, sizeof b->socket, "%s/virtual", b->dir);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bed *b = *state;
	YM_FREE char *clean = ym_asprintf("rm -rf '%s'", b->dir);

	unsetenv("FP_VIRTUAL_DEVICE");
	ym_hub_free(b->hub);
	ym_loop_turn(b->loop, 0);
	ym_loop_free(b->loop);
	ym_buf_release(&b->template);
	if (system(clean))
		fail();
	free(b);
	return 0;
}

static enum ym_device_state
state_of(struct bed *b)
{
	struct ym_device_info info = { 0 };

	return ym_hub_find(b->hub, b->ref, &info) ? info.state : YM_DEVICE_ABSENT;
}

static bool
open_bed(struct bed *b, const char *path)
{
	const struct ym_hub_options options = { .no_udev = true, .reopen_ms = 200 };

	assert_int_equal(ym_loop_new(&b->loop, NULL), YM_OK);
	assert_int_equal(ym_hub_new(b->loop, &options, &b->hub, NULL), YM_OK);
	ym_hub_listen(b->hub, on_device, b);
	assert_int_equal(ym_hub_add_port(b->hub,
		&(struct ym_hub_port){ .path = path, .role = YM_ROLE_FINGER, .identity = "bed", .subsystem = "libfprint" }, &b->ref, NULL), YM_OK);
	ym_hub_arm(b->hub, YM_ROLE_FINGER, true);
	for (int64_t until = ym_clock_mono() + 10000; ym_clock_mono() < until && state_of(b) != YM_DEVICE_READY;)
		ym_loop_turn(b->loop, 50);
	return state_of(b) == YM_DEVICE_READY;
}

static enum ym_code
order(struct bed *b, int finger, const struct ym_buf *other)
{
	const struct ym_device_order o = { .id = 5, .kind = YM_ORDER_FINGER, .finger = finger, .data = other ? (const uint8_t *)other->data : NULL,
		.n = other ? other->len : 0 };

	return ym_hub_order(b->hub, b->ref, &o, NULL);
}

static void
await(struct bed *b, const int *count)
{
	int was = *count;

	for (int64_t until = ym_clock_mono() + 15000; *count == was && ym_clock_mono() < until;)
		ym_loop_turn(b->loop, 50);
	assert_int_not_equal(*count, was);
}

static void
lay(struct bed *b, int finger, const char *again)
{
	YM_FREE char *path = ym_asprintf("%s/finger.json", b->dir), *text = ym_asprintf("{\"finger\":%d,\"who\":\"a\",\"n\":%d,\"again\":\"%s\"}", finger,
		++b->scan, again);

	assert_int_equal(ym_file_write(path, text, strlen(text), 0600, NULL), YM_OK);
	await(b, &b->n_scans);
}

static void
test_three_scans_make_a_template_and_a_bad_one_is_no_failure(void **state)
{
	struct bed *b = *state;

	assert_true(open_bed(b, b->dir));
	assert_int_equal(order(b, 11, NULL), YM_OK);
	assert_int_equal(order(b, 16, NULL), YM_BUSY);
	lay(b, 11, "");
	lay(b, 11, "center");
	lay(b, 11, "");
	assert_int_equal(b->n_ordered, 0);
	lay(b, 11, "");
	if (!b->n_ordered)
		await(b, &b->n_ordered);
	assert_int_equal(b->done.code, YM_OK);
	assert_int_equal(b->n_again, 1);
	assert_true(b->template.len > 0);
}

static void
test_the_same_finger_twice_is_refused(void **state)
{
	struct bed *b = *state;
	const struct ym_buf first = { .data = (char *)"stand-in a 11", .len = 13 };
	YM_FREE char *path = ym_asprintf("%s/finger.json", b->dir);

	assert_true(open_bed(b, b->dir));
	assert_int_equal(order(b, 16, &first), YM_OK);
	assert_int_equal(ym_file_write(path, "{\"finger\":11,\"who\":\"a\",\"n\":9}", 29, 0600, NULL), YM_OK);
	await(b, &b->n_ordered);
	assert_int_equal(b->done.code, YM_CONFLICT);
	assert_int_equal(b->template.len, 0);
}

static void
test_disarming_ends_the_order_in_silence(void **state)
{
	struct bed *b = *state;

	assert_true(open_bed(b, b->dir));
	assert_int_equal(order(b, 11, NULL), YM_OK);
	ym_hub_arm(b->hub, YM_ROLE_FINGER, false);
	await(b, &b->n_ordered);
	assert_int_equal(b->done.code, YM_CANCELLED);
}

/* One command a connection, as libfprint's virtual reader wants it; repeated until it listens. */
static void
virtual(struct bed *b, const char *command)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	ym_strlcpy(address.sun_path, b->socket, sizeof address.sun_path);
	for (int64_t until = ym_clock_mono() + 8000; ym_clock_mono() < until; ym_loop_turn(b->loop, 30)) {
		YM_FDCLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (!connect(fd, (struct sockaddr *)&address, sizeof address) && write(fd, command, strlen(command)) == (ssize_t)strlen(command)) {
			for (int i = 0; i < 6; i++)
				ym_loop_turn(b->loop, 40);
			return;
		}
	}
	fail_msg("the virtual reader does not listen");
}

static void
enroll(struct bed *b, int finger, const char *scan)
{
	int before = b->n_ordered;

	for (int i = 0; i < 12 && b->n_ordered == before; i++)
		virtual(b, scan);
	assert_int_equal(b->n_ordered, before + 1);
}

static void
test_libfprint_two_fingers_that_differ(void **state)
{
	struct bed *b = *state;
	YM_BUF first = { 0 };

	setenv("FP_VIRTUAL_DEVICE", b->socket, 1);
	if (!open_bed(b, "libfprint"))
		skip();
	assert_int_equal(order(b, 11, NULL), YM_OK);
	virtual(b, "RETRY 1");
	enroll(b, 11, "SCAN right");
	assert_int_equal(b->done.code, YM_OK);
	assert_true(b->n_again >= 1);
	ym_buf_add(&first, b->template.data, b->template.len);
	ym_buf_clear(&b->template);
	assert_int_equal(order(b, 16, &first), YM_OK);
	enroll(b, 16, "SCAN right");
	assert_int_equal(b->done.code, YM_CONFLICT);
	assert_int_equal(order(b, 16, &first), YM_OK);
	enroll(b, 16, "SCAN left");
	assert_int_equal(b->done.code, YM_OK);
	assert_true(b->template.len > 0);
}

int
main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_three_scans_make_a_template_and_a_bad_one_is_no_failure),
		CASE(test_the_same_finger_twice_is_refused),
		CASE(test_disarming_ends_the_order_in_silence),
		CASE(test_libfprint_two_fingers_that_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
