/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A card reader plugged in again and again, in a mock machine under the real libudev: from the kernel's event until the
 * workstation may use it. Not drivers' tests (tests/device). Needs umockdev-wrapper around it; prints one line of JSON.
 * Invariant: the hub has the times of a real counter.
 *
 *   hotplug TIMES
 */
#include <fcntl.h>
#include <umockdev.h>
#include <unistd.h>

#include "bench.h"
#include "device/hub.h"
#include "practice/sim_reader.h"

#define READY_MAX_MS 20000

struct bench {
	UMockdevTestbed *machine;
	struct ym_loop *loop;
	struct ym_hub *hub;
	struct ym_sim_reader *reader;
};

static void
until(struct bench *b, enum ym_device_state state)
{
	double end = bench_ms() + READY_MAX_MS;

	while (ym_hub_role_state(b->hub, YM_ROLE_IDCARD) != state) {
		if (bench_ms() > end) {
			fprintf(stderr, "hotplug: the reader is never %s\n", ym_device_state_name(state));
			exit(1);
		}
		ym_loop_turn(b->loop, 50);
	}
}

/* The i-th time; the mock machine gives a node's name only once. */
static double
plug(struct bench *b, int i)
{
	YM_FREE char *path = ym_asprintf("/devices/usb1/1-3/1-3:1.0/ttyUSB%d/tty/ttyUSB%d", i, i), *sys = ym_asprintf("/sys%s", path);
	YM_FREE char *node = ym_asprintf("/dev/ttyUSB%d", i);
	YM_FREE char *text = ym_asprintf("P: %s\nN: ttyUSB%d\nE: DEVNAME=%s\nE: SUBSYSTEM=tty\nE: ID_VENDOR_ID=10c4\n"
		"E: ID_MODEL_ID=ea60\nE: ID_PATH=pci-0000:00:14.0-usb-0:1-3\nE: YIMEN_ROLE=idcard\n", path, i, node);
	GError *error = NULL;
	double began = bench_ms(), took;
	int far_fd, near_fd;

	/* Adding it sends the kernel's event. */
	umockdev_testbed_add_from_string(b->machine, text, &error);
	far_fd = fcntl(umockdev_testbed_get_dev_fd(b->machine, node), F_DUPFD_CLOEXEC, 3);
	near_fd = open(node, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (error || far_fd < 0 || near_fd < 0 || fcntl(far_fd, F_SETFL, O_NONBLOCK)) {
		fputs("hotplug: the mock machine does not take the reader\n", stderr);
		exit(1);
	}
	ym_sim_reader_plug_on(b->reader, far_fd, near_fd);
	until(b, YM_DEVICE_READY);
	took = bench_ms() - began;
	ym_sim_reader_unplug(b->reader);
	umockdev_testbed_uevent(b->machine, sys, "remove");
	umockdev_testbed_remove_device(b->machine, sys);
	until(b, YM_DEVICE_ABSENT);
	return took;
}

int
main(int argc, char **argv)
{
	/* As slow as a module on 115200 baud. */
	const struct ym_sim_options options = { 0 };
	int n = argc == 2 ? atoi(argv[1]) : 0;
	struct ym_error err = { 0 };
	struct bench b = { 0 };
	double *ms;

	b.machine = umockdev_testbed_new();
	if (n < 1 || !umockdev_in_mock_environment()) {
		fputs("usage: umockdev-wrapper hotplug TIMES\n", stderr);
		return 2;
	}
	ms = ym_alloc((size_t)n * sizeof *ms);
	bench_need(ym_loop_new(&b.loop, &err), &err);
	bench_need(ym_hub_new(b.loop, NULL, &b.hub, &err), &err);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	bench_need(ym_sim_reader_new(b.loop, &options, &b.reader, &err), &err);
	ym_sim_reader_unplug(b.reader);
	for (int i = 0; i < n; i++)
		ms[i] = plug(&b, i);
	printf("{");
	bench_print("ready", ms, n);
	puts("}");
	ym_hub_free(b.hub);
	ym_sim_reader_free(b.reader);
	ym_loop_turn(b.loop, 0);
	ym_loop_free(b.loop);
	g_object_unref(b.machine);
	free(ms);
	return 0;
}
