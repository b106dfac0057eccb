/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Card readers on USB bulk pipes in a mock machine: the real helper, the real libusb, a simulated module
 * behind the mock kernel's pipes. Both framings, unplugged at any byte, silence, a lie. Run through umockdev-wrapper.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <linux/usbdevice_fs.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <umockdev.h>

#include "base/clock.h"
#include "base/mem.h"
#include "device/bed.h"
#include "device/cards.h"

#define URBS 16

/* The mock kernel's side of a reader; its ioctls come in a thread of umockdev's, one at a time. */
struct pipes {
	int fd;                 /* to the simulated module */
	bool is_apart;          /* four pipes: head and rest */
	bool is_gone;           /* every transfer fails with ENODEV from now on */
	size_t n_in, cut_at;    /* bytes given to the program; cut_at > 0: gone after so many */
	uint8_t wait[4096];     /* bytes of the module not yet fetched */
	size_t n_wait;
	size_t rest_left;
	UMockdevIoctlData *urbs[URBS], *buffers[URBS];
	bool is_discarded[URBS];
	int n_urbs;
};
static struct bed b;
static UMockdevTestbed *machine;
static UMockdevIoctlBase *handler;
static struct pipes pipes;

static void
fetch(void)
{
	ssize_t k = recv(pipes.fd, pipes.wait + pipes.n_wait, sizeof pipes.wait - pipes.n_wait, MSG_DONTWAIT);

	if (k > 0)
		pipes.n_wait += (size_t)k;
}

/* How many waiting bytes this pipe gives: of a four-pipe reader the head comes alone, then the rest. */
static size_t
offer(uint8_t endpoint, size_t room)
{
	size_t n = pipes.n_wait;

	if (pipes.is_apart && endpoint == 0x81) {
		if (pipes.rest_left || n < 7)
			return 0;
		pipes.rest_left = (size_t)(pipes.wait[5] << 8 | pipes.wait[6]);
		n = 7;
	} else if (pipes.is_apart) {
		if (!pipes.rest_left)
			return 0;
		n = n < pipes.rest_left ? n : pipes.rest_left;
		n = n < room ? n : room;
		pipes.rest_left -= n;
	}
	return n < room ? n : room;
}

static gboolean
submit(UMockdevIoctlClient *client)
{
	UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg(client);
	UMockdevIoctlData *data = umockdev_ioctl_data_resolve(arg, 0, sizeof(struct usbdevfs_urb), NULL);
	struct usbdevfs_urb urb;

	memcpy(&urb, data->data, sizeof urb);
	if (pipes.is_gone || pipes.n_urbs == URBS) {
		umockdev_ioctl_client_complete(client, -1, ENODEV);
		return TRUE;
	}
	pipes.urbs[pipes.n_urbs] = data;
	pipes.buffers[pipes.n_urbs] = umockdev_ioctl_data_resolve(data, offsetof(struct usbdevfs_urb, buffer), (gsize)urb.buffer_length, NULL);
	pipes.is_discarded[pipes.n_urbs++] = false;
	if (!(urb.endpoint & 0x80))
		(void)!send(pipes.fd, pipes.buffers[pipes.n_urbs - 1]->data, (size_t)urb.buffer_length, MSG_DONTWAIT | MSG_NOSIGNAL);
	umockdev_ioctl_client_complete(client, 0, 0);
	return TRUE;
}

/* What came for the i-th transfer, told to the program; false while it waits. */
static bool
finish(int i, struct usbdevfs_urb *urb)
{
	size_t n;

	memcpy(urb, pipes.urbs[i]->data, sizeof *urb);
	urb->status = pipes.is_gone ? -ESHUTDOWN : 0;
	if (pipes.is_gone || !(urb->endpoint & 0x80)) {
		urb->actual_length = pipes.is_gone ? 0 : urb->buffer_length;
		return true;
	}
	fetch();
	n = offer(urb->endpoint, (size_t)urb->buffer_length);
	if (pipes.cut_at && pipes.n_in + n >= pipes.cut_at) {
		n = pipes.cut_at - pipes.n_in;
		pipes.is_gone = true;
	}
	if (!n && !pipes.is_gone && !pipes.is_discarded[i])
		return false;
	urb->actual_length = (int)n;
	if (!n)
		urb->status = pipes.is_gone ? -ESHUTDOWN : -ENOENT;
	umockdev_ioctl_data_update(pipes.buffers[i], 0, pipes.wait, (int)n);
	memmove(pipes.wait, pipes.wait + n, pipes.n_wait - n);
	pipes.n_wait -= n;
	pipes.n_in += n;
	return true;
}

static gboolean
reap(UMockdevIoctlClient *client)
{
	for (int i = 0; i < pipes.n_urbs; i++) {
		UMockdevIoctlData *out;
		struct usbdevfs_urb urb;

		if (!finish(i, &urb))
			continue;
		umockdev_ioctl_data_update(pipes.urbs[i], 0, (guint8 *)&urb, sizeof urb);
		out = umockdev_ioctl_data_resolve(umockdev_ioctl_client_get_arg(client), 0, sizeof(void *), NULL);
		umockdev_ioctl_data_set_ptr(out, 0, pipes.urbs[i]);
		pipes.n_urbs--;
		for (int k = i; k < pipes.n_urbs; k++) {
			pipes.urbs[k] = pipes.urbs[k + 1];
			pipes.buffers[k] = pipes.buffers[k + 1];
			pipes.is_discarded[k] = pipes.is_discarded[k + 1];
		}
		umockdev_ioctl_client_complete(client, 0, 0);
		return TRUE;
	}
	umockdev_ioctl_client_complete(client, -1, pipes.is_gone ? ENODEV : EAGAIN);
	return TRUE;
}

static gboolean
on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer user)
{
	gulong request = umockdev_ioctl_client_get_request(client);
	guint32 capabilities = USBDEVFS_CAP_BULK_CONTINUATION;

	switch (request) {
	case USBDEVFS_GET_CAPABILITIES:
		umockdev_ioctl_data_update(umockdev_ioctl_data_resolve(umockdev_ioctl_client_get_arg(client), 0, sizeof capabilities, NULL), 0,
			(guint8 *)&capabilities, sizeof capabilities);
		umockdev_ioctl_client_complete(client, 0, 0);
		return TRUE;
	case USBDEVFS_DISCONNECT_CLAIM:
	case USBDEVFS_CLAIMINTERFACE:
	case USBDEVFS_RELEASEINTERFACE:
	case USBDEVFS_CLEAR_HALT:
		umockdev_ioctl_client_complete(client, 0, 0);
		return TRUE;
	case USBDEVFS_SUBMITURB:
		return submit(client);
	case USBDEVFS_DISCARDURB:
		for (int i = 0; i < pipes.n_urbs; i++)
			pipes.is_discarded[i] = true;
		umockdev_ioctl_client_complete(client, 0, 0);
		return TRUE;
	case USBDEVFS_REAPURB:
	case USBDEVFS_REAPURBNDELAY:
		return reap(client);
	default:
		umockdev_ioctl_client_complete(client, -1, ENOTTY);
		return TRUE;
	}
}

/* -- the bench -- */

static int n_plugged;

static void
plug_bulk(bool is_apart)
{
	/* device, one configuration, one interface, two or four bulk pipes; 64 bytes a packet */
	static const char two[] = "12010002000000400004" "5AC3" "0001" "00000001" "0902200001010080320904000002FF0000000705" "8102400000" "0705" "0202400000";
	static const char four[] = "12010002000000400004" "5AC3" "0001" "00000001" "09022E0001010080320904000004FF000000" "0705" "8102400000"
		"0705" "0202400000" "0705" "8502400000" "0705" "0602400000";
	int n = 5 + n_plugged++, pair[2];
	YM_FREE char *node = ym_asprintf("/dev/bus/usb/001/%03d", n);
	YM_FREE char *text = ym_asprintf("P: /devices/usb1/1-%d\nN: bus/usb/001/%03d\nE: DEVNAME=%s\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\n"
		"E: BUSNUM=001\nE: DEVNUM=%03d\nE: ID_VENDOR_ID=0400\nE: ID_MODEL_ID=c35a\nA: idVendor=0400\nA: idProduct=c35a\nA: busnum=1\n"
		"A: devnum=%d\nA: bConfigurationValue=1\nA: speed=12\nH: descriptors=%s\n", n, n, node, n, n, is_apart ? four : two);
	GError *error = NULL;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(fcntl(pair[1], F_SETFL, O_NONBLOCK), 0);
	pipes = (struct pipes){.fd = pair[0], .is_apart = is_apart};
	ym_sim_reader_plug_on(b.sim, pair[1], fcntl(pair[0], F_DUPFD_CLOEXEC, 3));
	handler = umockdev_ioctl_base_new();
	g_signal_connect(handler, "handle-ioctl", G_CALLBACK(on_ioctl), NULL);
	assert_true(umockdev_testbed_attach_ioctl(machine, node, handler, &error));
	umockdev_testbed_add_from_string(machine, text, &error);
	g_assert_no_error(error);
}

static void
unplug_bulk(void)
{
	YM_FREE char *path = ym_asprintf("/sys/devices/usb1/1-%d", 4 + n_plugged);

	umockdev_testbed_uevent(machine, path, "remove");
	umockdev_testbed_remove_device(machine, path);
	close(pipes.fd);
	g_clear_object(&handler);
}

static void
up(void)
{
	const struct ym_sim_options sim = {.chunk = 400, .chunk_ms = -1, .card_ms = -1};
	/* not opened again by itself: the mock kernel cannot tell a helper that dies while it is told of an event */
	struct ym_hub_options opt = {.timing = bed_timing(), .reopen_ms = 600000};

	bed_up_bare(&b, NULL, &opt);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	assert_int_equal(ym_sim_reader_new(b.loop, &sim, &b.sim, NULL), YM_OK);
}

static int
new_machine(void **state)
{
	machine = umockdev_testbed_new();
	n_plugged = 0;
	return !umockdev_in_mock_environment();
}

static int
free_machine(void **state)
{
	g_clear_object(&handler);
	g_object_unref(machine);
	return 0;
}

/* -- tests -- */

static void
both_framings_read_a_card_and_notice_its_lifting(void **state)
{
	for (int apart = 0; apart < 2; apart++) {
		int64_t began;

		up();
		began = ym_clock_mono();
		plug_bulk(apart);
		assert_true(bed_until_state(&b, YM_DEVICE_READY));
		print_message("# %s: hotplug to ready %lld ms\n", apart ? "four pipes" : "one pair", (long long)(ym_clock_mono() - began));
		assert_true(ym_clock_mono() - began < 1000);
		assert_string_equal(bed_info(&b).driver, "idcard-usb");
		assert_true(bed_info(&b).about[0]);
		assert_int_equal(ym_sim_reader_lay(b.sim, &card_moved, NULL), YM_OK);
		assert_true(bed_until(&b, bed_has_card));
		assert_string_equal(b.card.number, card_moved.number);
		assert_string_equal(b.card.new_address, card_moved.new_address);
		ym_sim_reader_lift(b.sim);
		assert_true(bed_until(&b, bed_has_lifted));
		unplug_bulk();
		bed_down(&b);
	}
}

static bool
has_no_device(struct bed *bed)
{
	return ym_hub_n_devices(bed->hub) == 0;
}

/* Dead, whether the loop has collected it or not. */
static bool
has_no_helper(struct bed *bed)
{
	siginfo_t info = {0};

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ? errno == ECHILD : info.si_pid != 0;
}

/* One byte less than the reader says up to a card with an added address: status 11, module id 27, find 15, select 19, read
 * 1295 (its payload is a thousand bytes of one kind), address 81. */
#define WHOLE 1447
#define PAYLOAD_FROM 100
#define PAYLOAD_TO 1360
#define SHARDS 6 /* most of the time is waiting for helpers to start and to end */

/* Every byte of both framings; within the payload every 21st, or every one too when YIMEN_EVERY_BYTE is set (minutes). */
static bool
is_looked_at(size_t cut)
{
	return getenv("YIMEN_EVERY_BYTE") || cut < PAYLOAD_FROM || cut > PAYLOAD_TO || cut % 21 == 0;
}

static void
cut_after(size_t cut, bool is_apart)
{
	up();
	plug_bulk(is_apart);
	pipes.cut_at = cut;
	assert_int_equal(ym_sim_reader_lay(b.sim, &card_moved, NULL), YM_OK);
	for (int64_t stop = ym_clock_mono() + 30000; !pipes.is_gone && ym_clock_mono() < stop;)
		ym_loop_turn(b.loop, 20);
	assert_true(bed_until_state(&b, YM_DEVICE_ABSENT));
	assert_int_equal(bed_info(&b).last_code, YM_GONE);
	assert_non_null(bed_info(&b).last_msgid);
	assert_int_equal(b.n_cards, 0);
	assert_true(bed_until(&b, has_no_helper));
	unplug_bulk();
	assert_true(bed_until(&b, has_no_device));
	bed_down(&b);
	while (waitpid(-1, NULL, 0) > 0)
		; /* the next helper is the only child */
}

static int shard; /* a part of the cuts, in a process of its own with a machine of its own */

static void
unplugged_after_the_bytes_of_a_shard(void **state)
{
	int n = 0;

	for (size_t cut = 1; cut <= WHOLE; cut++)
		for (int apart = 0; apart < 2; apart++)
			if (is_looked_at(cut) && n++ % SHARDS == shard)
				cut_after(cut, apart);
}

static void
unplugged_after_any_byte_it_is_told_and_it_comes_back(void **state)
{
	pid_t pids[SHARDS];
	int status;

	for (int k = 0; k < SHARDS; k++) {
		pids[k] = fork();
		if (!pids[k]) {
			const char number[] = {(char)('0' + k), 0};

			dup2(STDERR_FILENO, STDOUT_FILENO);
			execl("/proc/self/exe", "shard", "shard", number, NULL);
			_exit(127);
		}
	}
	for (int k = 0; k < SHARDS; k++) {
		assert_int_equal(waitpid(pids[k], &status, 0), pids[k]);
		assert_int_equal(status, 0);
	}
}

static void
a_reader_that_enumerates_and_never_answers_is_told(void **state)
{
	const struct ym_sim_fault silent = {.kind = YM_SIM_SILENT};

	up();
	ym_sim_reader_set_fault(b.sim, &silent);
	plug_bulk(true);
	assert_true(bed_until_state(&b, YM_DEVICE_ATTENTION));
	assert_int_equal(bed_info(&b).last_code, YM_TIMEOUT);
	ym_sim_reader_set_fault(b.sim, NULL);
	assert_true(bed_until_state(&b, YM_DEVICE_READY));
	unplug_bulk();
	bed_down(&b);
}

static void
a_wrong_checksum_and_an_endless_stream_are_told(void **state)
{
	static const enum ym_sim_fault_kind kinds[] = {YM_SIM_CHECKSUM, YM_SIM_LENGTH, YM_SIM_ENDLESS};

	for (size_t i = 0; i < YM_ARRAY_LEN(kinds); i++) {
		const struct ym_sim_fault fault = {.kind = kinds[i], .times = 1};

		up();
		ym_sim_reader_set_fault(b.sim, &fault);
		plug_bulk(false);
		assert_true(bed_until_state(&b, YM_DEVICE_ATTENTION));
		assert_non_null(bed_info(&b).last_msgid);
		ym_sim_reader_set_fault(b.sim, NULL);
		unplug_bulk();
		bed_down(&b);
	}
}

int
main(int argc, char **argv)
{
#define T(f) cmocka_unit_test_setup_teardown(f, new_machine, free_machine)
	const struct CMUnitTest tests[] = {
		T(both_framings_read_a_card_and_notice_its_lifting),
		T(unplugged_after_any_byte_it_is_told_and_it_comes_back),
		T(a_reader_that_enumerates_and_never_answers_is_told),
		T(a_wrong_checksum_and_an_endless_stream_are_told),
	};
	const char *preload = getenv("LD_PRELOAD");

	if (argc == 3 && !strcmp(argv[1], "shard")) {
		const struct CMUnitTest one[] = {T(unplugged_after_the_bytes_of_a_shard)};

		shard = argv[2][0] - '0';
		return cmocka_run_group_tests(one, NULL, NULL);
	}
	if (!preload || !strstr(preload, "umockdev")) {
		printf("1..%zu\n", YM_ARRAY_LEN(tests));
		for (size_t i = 0; i < YM_ARRAY_LEN(tests); i++)
			printf("ok %zu - %s # SKIP umockdev-wrapper is missing (package umockdev)\n", i + 1, tests[i].name);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
