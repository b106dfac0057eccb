/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A card reader on HID in a mock machine: the real helper, the real hidapi, a simulated module behind 64-byte reports on a mock
 * hidraw node. The framing has one source (devices.md 2.1) and no physical reader was seen. Run through umockdev-wrapper.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/hidraw.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <umockdev.h>

#include "base/clock.h"
#include "base/mem.h"
#include "device/bed.h"
#include "device/cards.h"
#include "device/sam.h"

#define REPORT 64
#define PATH "/devices/usb1/1-7/1-7:1.0/0003/hidraw/hidraw0"

static struct bed b;
static UMockdevTestbed *machine;
static UMockdevIoctlBase *handler;
/* Between the node's far end, which speaks reports, and the module, which speaks bytes. */
static struct {
	int reports, module;
	ym_source sources[2];
	uint8_t out[REPORT + 1], in[REPORT];
	size_t n_out, n_in;
	int n_reports, most;     /* given to the program; gone after `most`, 0: never */
} bridge;

/* A vendor's page, 64 bytes each way, no report numbers. */
static const uint8_t descriptor[] = {0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x09, 0x02, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40,
	0x81, 0x02, 0x09, 0x03, 0x95, 0x40, 0x91, 0x02, 0xC0};

static gboolean
on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer user)
{
	UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg(client);

	if (umockdev_ioctl_client_get_request(client) == HIDIOCGRDESCSIZE) {
		int size = sizeof descriptor;

		umockdev_ioctl_data_update(umockdev_ioctl_data_resolve(arg, 0, sizeof size, NULL), 0, (guint8 *)&size, sizeof size);
	} else if (umockdev_ioctl_client_get_request(client) == HIDIOCGRDESC) {
		struct hidraw_report_descriptor d = {.size = sizeof descriptor};

		memcpy(d.value, descriptor, sizeof descriptor);
		umockdev_ioctl_data_update(umockdev_ioctl_data_resolve(arg, 0, sizeof d, NULL), 0, (guint8 *)&d, sizeof d);
	} else {
		umockdev_ioctl_client_complete(client, -1, ENOTTY);
		return TRUE;
	}
	umockdev_ioctl_client_complete(client, 0, 0);
	return TRUE;
}

/* From the program: a report number, then 64 bytes of which ten are a request. */
static void
on_report(void *user, int fd, short revents)
{
	ssize_t k = read(fd, bridge.out + bridge.n_out, sizeof bridge.out - bridge.n_out);

	if (k <= 0)
		return;
	bridge.n_out += (size_t)k;
	if (bridge.n_out < sizeof bridge.out)
		return;
	assert_int_equal(bridge.out[0], 0);
	assert_int_equal(write(bridge.module, bridge.out + 1, YM_SAM_REQUEST_LEN), YM_SAM_REQUEST_LEN);
	bridge.n_out = 0;
}

static void
give_report(void)
{
	if (bridge.most && bridge.n_reports >= bridge.most)
		return;
	memset(bridge.in + bridge.n_in, 0, REPORT - bridge.n_in);
	assert_int_equal(write(bridge.reports, bridge.in, REPORT), REPORT);
	bridge.n_in = 0;
	bridge.n_reports++;
}

/* From the module: cut into reports, the last of an answer padded. */
static void
on_answer(void *user, int fd, short revents)
{
	while (true) {
		ssize_t k = recv(fd, bridge.in + bridge.n_in, REPORT - bridge.n_in, MSG_DONTWAIT);

		if (k <= 0)
			break;
		bridge.n_in += (size_t)k;
		if (bridge.n_in == REPORT)
			give_report();
	}
	if (bridge.n_in)
		give_report();
}

static void
plug(void)
{
	GError *error = NULL;
	int pair[2];

	handler = umockdev_ioctl_base_new();
	g_signal_connect(handler, "handle-ioctl", G_CALLBACK(on_ioctl), NULL);
	assert_true(umockdev_testbed_attach_ioctl(machine, "/dev/hidraw0", handler, &error));
	umockdev_testbed_add_from_string(machine, "P: " PATH "\nN: hidraw0\nE: DEVNAME=/dev/hidraw0\nE: SUBSYSTEM=hidraw\n"
		"E: ID_VENDOR_ID=2b8b\nE: ID_MODEL_ID=2721\nE: ID_PATH=pci-0000:00:14.0-usb-0:7\n", &error);
	g_assert_no_error(error);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(fcntl(pair[1], F_SETFL, O_NONBLOCK), 0);
	memset(&bridge, 0, sizeof bridge);
	bridge.reports = umockdev_testbed_get_dev_fd(machine, "/dev/hidraw0");
	assert_true(bridge.reports >= 0);
	bridge.module = pair[0];
	ym_sim_reader_plug_on(b.sim, pair[1], fcntl(pair[0], F_DUPFD_CLOEXEC, 3));
	bridge.sources[0] = ym_loop_add_fd(b.loop, "reports", YM_PRIO_NORMAL, bridge.reports, POLLIN, on_report, NULL);
	bridge.sources[1] = ym_loop_add_fd(b.loop, "module", YM_PRIO_NORMAL, bridge.module, POLLIN, on_answer, NULL);
}

static int
up(void **state)
{
	/* chunks larger than an answer: one report is padded an answer, as on the wire */
	const struct ym_sim_options sim = {.chunk = 4096, .chunk_ms = -1, .card_ms = -1, .fingers = 2};
	struct ym_hub_options opt = {.timing = bed_timing(), .reopen_ms = 20};

	machine = umockdev_testbed_new();
	bed_up_bare(&b, NULL, &opt);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	assert_int_equal(ym_sim_reader_new(b.loop, &sim, &b.sim, NULL), YM_OK);
	plug();
	return !umockdev_in_mock_environment();
}

static int
down(void **state)
{
	for (int i = 0; i < 2; i++)
		ym_loop_remove(b.loop, bridge.sources[i]);
	bed_down(&b);
	close(bridge.module);
	g_clear_object(&handler);
	g_object_unref(machine);
	return 0;
}

static void
a_card_is_read_in_reports_and_its_lifting_noticed(void **state)
{
	assert_true(bed_until_state(&b, YM_DEVICE_READY));
	assert_string_equal(bed_info(&b).driver, "idcard-hid");
	assert_true(bed_info(&b).about[0]);
	assert_int_equal(ym_sim_reader_lay(b.sim, &card_moved, NULL), YM_OK);
	assert_true(bed_until(&b, bed_has_card));
	assert_string_equal(b.card.number, card_moved.number);
	assert_string_equal(b.card.new_address, card_moved.new_address);
	assert_int_equal(b.card.photo_len, YM_CARD_PHOTO_MAX);
	ym_sim_reader_lift(b.sim);
	assert_true(bed_until(&b, bed_has_lifted));
	b.n_cards = 0;
	assert_int_equal(ym_sim_reader_lay(b.sim, &card_resident, NULL), YM_OK);
	assert_true(bed_until(&b, bed_has_card));
	assert_string_equal(b.card.number, card_resident.number);
}

static void
a_reader_that_never_answers_is_told_and_comes_back(void **state)
{
	const struct ym_sim_fault silent = {.kind = YM_SIM_SILENT};

	ym_sim_reader_set_fault(b.sim, &silent);
	assert_true(bed_until_state(&b, YM_DEVICE_ATTENTION));
	assert_int_equal(bed_info(&b).last_code, YM_TIMEOUT);
	ym_sim_reader_set_fault(b.sim, NULL);
	assert_true(bed_until_state(&b, YM_DEVICE_READY));
}

static void
a_wrong_checksum_is_no_card(void **state)
{
	const struct ym_sim_fault wrong = {.kind = YM_SIM_CHECKSUM, .command = YM_SAM_READ, .times = 1};

	assert_true(bed_until_state(&b, YM_DEVICE_READY));
	ym_sim_reader_set_fault(b.sim, &wrong);
	assert_int_equal(ym_sim_reader_lay(b.sim, &card_resident, NULL), YM_OK);
	assert_true(bed_until(&b, bed_has_failed));
	assert_int_equal(b.n_cards, 0);
}

static void
an_answer_that_stops_in_the_middle_is_told(void **state)
{
	assert_true(bed_until_state(&b, YM_DEVICE_READY));
	bridge.most = bridge.n_reports + 12; /* find, select, and half a card */
	assert_int_equal(ym_sim_reader_lay(b.sim, &card_resident, NULL), YM_OK);
	assert_true(bed_until(&b, bed_has_failed));
	assert_int_equal(b.failed.code, YM_TIMEOUT);
	assert_int_equal(b.n_cards, 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, up, down)
	const struct CMUnitTest tests[] = {
		T(a_card_is_read_in_reports_and_its_lifting_noticed),
		T(a_reader_that_never_answers_is_told_and_comes_back),
		T(a_wrong_checksum_is_no_card),
		T(an_answer_that_stops_in_the_middle_is_told),
	};
	const char *preload = getenv("LD_PRELOAD");

	if (!preload || !strstr(preload, "umockdev")) {
		printf("1..%zu\n", YM_ARRAY_LEN(tests));
		for (size_t i = 0; i < YM_ARRAY_LEN(tests); i++)
			printf("ok %zu - %s # SKIP umockdev-wrapper is missing (package umockdev)\n", i + 1, tests[i].name);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
