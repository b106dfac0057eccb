/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Receipt printers in a mock machine (umockdev) under the real libudev, on usblp and on a serial line: found by the shipped list,
 * plugged in and out, pulled at every byte of a page, out of paper, open. What they print is decoded by the simulated printer.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <umockdev.h>

#include "base/clock.h"
#include "base/mem.h"
#include "device/escpos.h"
#include "device/hub.h"
#include "practice/sim_printer.h"

#define LONG_STOP_MS 30000

#define BOX "/devices/usb1/1-3"
#define INTERFACE BOX "/1-3:1.0"
#define IDENTITY "04b8:0e03:SN7"

/* Node numbers change with every plug. */
static const struct face {
	const char *path, *node, *properties;
} usblp = { INTERFACE "/usbmisc/lp%d", "usb/lp%d", "E: SUBSYSTEM=usbmisc\n" },
  serial = { INTERFACE "/tty/ttyUSB%d", "ttyUSB%d", "E: SUBSYSTEM=tty\nE: YIMEN_ROLE=receipt\n" };
static const struct face *const faces[] = { &usblp, &serial };

static struct bed {
	UMockdevTestbed *machine;
	struct ym_loop *loop;
	struct ym_hub *hub;
	struct ym_sim_printer *sim;
	int number;
	uint32_t n_ordered;
} b;

#define ORDERS_MAX 512
#define NOT_YET (-1)
static uint32_t n_printed;
static int codes[ORDERS_MAX]; /* how each order ended, by its id */

static void
on_event(void *user, const struct ym_device_event *ev)
{
	if (ev->kind == YM_DEVICE_ORDERED) {
		b.n_ordered++;
		assert_true(ev->order <= n_printed && codes[ev->order] == NOT_YET);
		codes[ev->order] = ev->err->code;
	}
}

static bool
until(bool (*done)(void))
{
	int64_t stop = ym_clock_mono() + LONG_STOP_MS;

	while (!done()) {
		if (ym_clock_mono() > stop)
			return false;
		ym_loop_turn(b.loop, 20);
	}
	return true;
}

static struct ym_device_info
info(void)
{
	struct ym_device_info i = { 0 };

	(void)ym_hub_role_device(b.hub, YM_ROLE_RECEIPT, &i);
	return i;
}

static bool
is_ready(void)
{
	return info().state == YM_DEVICE_READY;
}

static bool
needs_a_person(void)
{
	return info().state == YM_DEVICE_ATTENTION;
}

static bool
is_gone(void)
{
	return ym_hub_n_devices(b.hub) == 0;
}

static bool
has_ordered(void)
{
	return codes[n_printed] != NOT_YET;
}

static bool
is_pulled_or_printed(void)
{
	return !ym_sim_printer_is_plugged(b.sim) || has_ordered();
}

static void
add(const char *text)
{
	GError *error = NULL;

	umockdev_testbed_add_from_string(b.machine, text, &error);
	g_assert_no_error(error);
}

/* The box stays described; its node comes and goes. usbmisc nodes have no ids of their own: those are the usb device's. */
static void
describe(const char *vid, const char *pid)
{
	YM_FREE char *box = ym_asprintf("P: " BOX "\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nA: idVendor=%s\nA: idProduct=%s\nA: serial=SN7\n", vid, pid);

	add(box);
	add("P: " INTERFACE "\nE: DEVTYPE=usb_interface\nE: SUBSYSTEM=usb\n");
}

/* The far end is the simulated printer's; the near end is held, so that waiting is no hang-up. */
static void
plug(const struct face *f)
{
	YM_FREE char *path = NULL, *name = NULL, *node = NULL, *text = NULL;
	int far_fd, near_fd;

	b.number++;
	path = ym_asprintf(f->path, b.number);
	name = ym_asprintf(f->node, b.number);
	node = ym_asprintf("/dev/%s", name);
	text = ym_asprintf("P: %s\nN: %s\nE: DEVNAME=%s\n%s", path, name, node, f->properties);

	add(text);
	far_fd = fcntl(umockdev_testbed_get_dev_fd(b.machine, node), F_DUPFD_CLOEXEC, 3);
	near_fd = open(node, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(far_fd >= 0 && near_fd >= 0);
	assert_int_equal(fcntl(far_fd, F_SETFL, O_NONBLOCK), 0);
	ym_sim_printer_plug_on(b.sim, far_fd, near_fd);
}

static void
unplug(const struct face *f)
{
	YM_FREE char *device = ym_asprintf(f->path, b.number), *path = ym_asprintf("/sys%s", device);

	ym_sim_printer_unplug(b.sim);
	umockdev_testbed_uevent(b.machine, path, "remove");
	umockdev_testbed_remove_device(b.machine, path);
}

static void
up(void)
{
	const struct ym_hub_options options = { .timing = { .reply_ms = 500, .read_ms = 500, .poll_ms = 15, .settle_ms = 5 }, .reopen_ms = 5 };
	YM_FREE char *link = ym_asprintf("/tmp/ym-receipt-%d", (int)getpid());

	assert_int_equal(ym_loop_new(&b.loop, NULL), YM_OK);
	assert_int_equal(ym_hub_new(b.loop, &options, &b.hub, NULL), YM_OK);
	ym_hub_listen(b.hub, on_event, NULL);
	assert_int_equal(ym_sim_printer_new(b.loop, link, NULL, &b.sim, NULL), YM_OK);
}

static void
down(void)
{
	ym_hub_free(b.hub);
	ym_sim_printer_free(b.sim);
	ym_loop_turn(b.loop, 0);
	ym_loop_free(b.loop);
}

static int
new_machine(void **state)
{
	n_printed = 0;
	b = (struct bed){ .machine = umockdev_testbed_new() };
	return !umockdev_in_mock_environment();
}

static int
free_machine(void **state)
{
	g_object_unref(b.machine);
	return 0;
}

static uint32_t
print(void)
{
	YM_BUF page = { .max = 4096 };
	struct ym_escpos e;
	struct ym_device_order order = { .kind = YM_ORDER_PRINT };
	struct ym_error err = { 0 };

	ym_escpos_begin(&e, &page, YM_ESCPOS_GB18030);
	ym_escpos_line(&e, YM_ESCPOS_BIG, "回执");
	ym_escpos_line(&e, 0, "第7号");
	ym_escpos_end(&e, true);
	assert_true(n_printed < ORDERS_MAX - 1);
	order.id = ++n_printed;
	codes[order.id] = NOT_YET;
	order.data = (const uint8_t *)page.data;
	order.n = page.len;
	if (ym_hub_order(b.hub, info().ref, &order, &err))
		fail_msg("%s", err.msgid);
	return order.id;
}

static void
one_of_the_list_is_found_before_and_after_and_is_the_same(void **state)
{
	describe("04b8", "0e03");
	for (size_t i = 0; i < YM_ARRAY_LEN(faces); i++) {
		const struct face *f = faces[i];
		uint32_t generation;

		up();
		plug(f);
		assert_true(until(is_ready));
		assert_int_equal(ym_hub_n_devices(b.hub), 1);
		assert_string_equal(info().identity, IDENTITY);
		print();
		assert_true(until(has_ordered));
		assert_int_equal(codes[n_printed], YM_OK);
		assert_string_equal(ym_sim_printer_receipt(b.sim, 0), "##回执##\n第7号\n");
		generation = info().ref.generation;
		unplug(f);
		assert_true(until(is_gone));
		plug(f);
		assert_true(until(is_ready));
		assert_string_equal(info().identity, IDENTITY);
		assert_int_not_equal(info().ref.generation, generation);
		down();
		/* it was there before the hub */
		up();
		assert_int_equal(ym_hub_n_devices(b.hub), 1);
		assert_string_equal(info().identity, IDENTITY);
		unplug(f);
		down();
	}
}

/* A laser printer is on usblp too: receipts' bytes would come out as pages of nonsense. */
static void
one_that_is_in_no_list_gets_not_one_byte(void **state)
{
	describe("03f0", "0001");
	up();
	plug(&usblp);
	for (int64_t stop = ym_clock_mono() + 100; ym_clock_mono() < stop;)
		ym_loop_turn(b.loop, 10);
	assert_int_equal(ym_hub_n_devices(b.hub), 0);
	assert_int_equal(ym_sim_printer_n_bytes(b.sim), 0);
	unplug(&usblp);
	down();
}

/* A printer that leaves with an order is listened to for a while longer: many leave at the same time. */
#define LEAVING_MAX 12

static bool
few_are_leaving(void)
{
	return n_printed - b.n_ordered < LEAVING_MAX;
}

static bool
all_have_ordered(void)
{
	return b.n_ordered == n_printed;
}

static void
pulled_at_every_byte_of_a_page_it_is_lost_or_asked_about_and_comes_back(void **state)
{
	describe("04b8", "0e03");
	for (size_t i = 0; i < YM_ARRAY_LEN(faces); i++) {
		bool came_out[ORDERS_MAX] = { 0 }, is_over = false;
		uint32_t first = n_printed + 1;
		size_t at;

		up();
		/* until the plug is pulled too late to matter */
		for (at = 1; !is_over; at++) {
			size_t before = ym_sim_printer_n_receipts(b.sim);
			uint32_t id;

			assert_true(until(few_are_leaving));
			plug(faces[i]);
			assert_true(until(is_ready));
			assert_string_equal(info().identity, IDENTITY);
			ym_sim_printer_set_habits(b.sim, &(struct ym_sim_printer_habits){ .unplug_at = ym_sim_printer_n_bytes(b.sim) + at });
			id = print();
			assert_true(until(is_pulled_or_printed));
			is_over = codes[id] == YM_OK;
			came_out[id] = ym_sim_printer_n_receipts(b.sim) > before;
			unplug(faces[i]);
			assert_true(until(is_gone));
			ym_sim_printer_set_habits(b.sim, &(struct ym_sim_printer_habits){ 0 });
		}
		assert_true(until(all_have_ordered));
		assert_true(at > 40);
		for (uint32_t id = first; id < n_printed; id++) {
			assert_true(codes[id] == YM_GONE || codes[id] == YM_CONFLICT);
			if (codes[id] == YM_GONE) /* it will be printed again */
				assert_false(came_out[id]);
		}
		assert_true(came_out[n_printed]);
		down();
	}
}

static void
without_paper_or_open_it_says_so_and_is_ready_again_by_itself(void **state)
{
	describe("04b8", "0e03");
	for (size_t i = 0; i < YM_ARRAY_LEN(faces); i++) {
		up();
		plug(faces[i]);
		assert_true(until(is_ready));
		ym_sim_printer_set_cover(b.sim, true);
		assert_true(until(needs_a_person));
		assert_non_null(strstr(info().last_msgid, "cover"));
		ym_sim_printer_set_cover(b.sim, false);
		assert_true(until(is_ready));
		ym_sim_printer_set_habits(b.sim, &(struct ym_sim_printer_habits){ .paper_out_at = 30 });
		print();
		assert_true(until(needs_a_person));
		assert_non_null(strstr(info().last_msgid, "no paper"));
		assert_false(has_ordered());
		ym_sim_printer_set_paper(b.sim, true);
		assert_true(until(has_ordered));
		assert_int_equal(codes[n_printed], YM_OK);
		assert_int_equal(ym_sim_printer_n_receipts(b.sim), 1);
		unplug(faces[i]);
		down();
	}
}

int
main(void)
{
#define ON_A_MACHINE(test) cmocka_unit_test_setup_teardown(test, new_machine, free_machine)
	const struct CMUnitTest tests[] = {
		ON_A_MACHINE(one_of_the_list_is_found_before_and_after_and_is_the_same),
		ON_A_MACHINE(one_that_is_in_no_list_gets_not_one_byte),
		ON_A_MACHINE(pulled_at_every_byte_of_a_page_it_is_lost_or_asked_about_and_comes_back),
		ON_A_MACHINE(without_paper_or_open_it_says_so_and_is_ready_again_by_itself),
	};

	const char *preload = getenv("LD_PRELOAD");

	if (!preload || !strstr(preload, "umockdev")) {
		puts("1..0 # SKIP umockdev-wrapper is missing (package umockdev)");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
