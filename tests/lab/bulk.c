/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * ID-card readers that are no serial line: 0400:c35a on two pairs and 0316:5020 on one pair of bulk pipes (FunctionFS), and
 * 2b8b:2721 on HID, through the hub and its helper yimen-usb. The module is the project's simulator; a child process
 * carries its bytes over the gadget, because the far end of a pipe waits.
 * Invariant: the framings are those of the notes on devices, not of any physical reader.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "device/cards.h"
#include "device/sam.h"
#include "lab/lab.h"

#define HEAD 7
#define REPORT 64

/* One reader of the table below. */
struct way {
	const char *gadget, *vid, *pid, *driver;
	int n_pairs; /* of bulk pipes; 0: HID */
};

/* -- carrying -- */

static bool
take(int fd, uint8_t *b, size_t n)
{
	for (size_t got = 0; got < n;) {
		ssize_t k = read(fd, b + got, n - got);

		if (k <= 0)
			return false;
		got += (size_t)k;
	}
	return true;
}

/* Whole answers of the module, however they come out of it; false at its end. */
static bool
take_answer(int module, uint8_t *b, size_t *ret_n)
{
	size_t len;

	if (!take(module, b, HEAD))
		return false;
	len = (size_t)b[5] << 8 | b[6];
	*ret_n = HEAD + len;
	return *ret_n <= YM_SAM_FRAME_MAX && take(module, b + HEAD, len);
}

/* Requests have ten bytes, so that what pads a report or a packet is known. An unplug ends a read with an error; plugged in
 * again the pipes are the same files. */
static void
carry(const struct way *way, const char *folder, int module)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, hid = -1;
	uint8_t b[YM_SAM_FRAME_MAX + REPORT];
	size_t n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < way->n_pairs; i++) {
		in[i] = lab_pipe_open(folder, 1 + 2 * i);
		out[i] = lab_pipe_open(folder, 2 + 2 * i);
	}
	for (;;) {
		ssize_t k;

		if (!way->n_pairs && hid < 0)
			hid = open(folder, O_RDWR | O_CLOEXEC); /* only there while it is plugged in */
		k = read(way->n_pairs ? out[0] : hid, b, sizeof b);
		if (k <= 0) {
			if (hid >= 0)
				ym_fd_close_p(&hid);
			usleep(20000);
			continue;
		}
		if (way->n_pairs == 2 && k == HEAD && (k = read(out[1], b + HEAD, sizeof b - HEAD)) > 0)
			k += HEAD;
		if (k < YM_SAM_REQUEST_LEN)
			continue;
		if (write(module, b, YM_SAM_REQUEST_LEN) != YM_SAM_REQUEST_LEN || !take_answer(module, b, &n))
			_exit(0);
		if (way->n_pairs == 2) {
			if (write(in[0], b, HEAD) < 0 || write(in[1], b + HEAD, n - HEAD) < 0)
				continue;
		} else if (way->n_pairs) {
			if (write(in[0], b, n) < 0)
				continue;
		} else {
			memset(b + n, 0, REPORT);
			for (size_t at = 0; at < n && write(hid, b + at, REPORT) > 0; at += REPORT)
				;
		}
	}
}

/* -- the parts -- */

static bool
is_reading(struct lab *l)
{
	struct ym_device_info info = lab_info(l);

	return info.state == YM_DEVICE_BUSY && info.has_card;
}

static void
with_reader(struct lab *l, struct ym_sim_reader *sim, const struct way *way)
{
	const struct ym_sim_fault silent = {.kind = YM_SIM_SILENT, .command = YM_SAM_READ};
	int64_t laid;

	if (!lab_plug_ready(l, way->gadget))
		return;
	lab_point(ym_streq(lab_info(l).driver, way->driver), "the list brings the driver: %s on %s", lab_info(l).driver, lab_info(l).node);
	lab_point_access(l, "plugdev");
	laid = ym_clock_mono();
	lab_point(!ym_sim_reader_lay(sim, &card_resident, NULL) && lab_until(l, lab_has_card) && ym_streq(l->card.number, card_resident.number) &&
			ym_streq(l->card.name, card_resident.name),
		"a card is read");
	lab_note("measured: card laid to card read %lld ms, of them the card's own 350 ms, emulated", (long long)(l->card_at - laid));
	ym_sim_reader_lift(sim);
	lab_idle(l, 1500);
	l->n_cards = l->n_failed = 0;
	ym_sim_reader_set_fault(sim, &silent);
	if (ym_sim_reader_lay(sim, &card_moved, NULL) || !lab_point(lab_until(l, is_reading), "the second card is being read"))
		return;
	lab_gadget_unplug(way->gadget);
	lab_until(l, lab_has_failed);
	lab_point(l->n_failed == 1 && l->failed.code == YM_GONE && !l->n_cards, "unplugged while reading: failed once, with GONE (%d, %s)",
		l->n_failed, ym_code_name(l->failed.code));
	lab_point(lab_until_gone(l), "unplugged: the reader is not listed any more");
}

static void
run(const struct way *way, const char *folder)
{
	int line[2];
	struct ym_sim_reader *sim;
	struct lab l;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) || !lab_up(&l, YM_ROLE_IDCARD, way->n_pairs ? "1-" : "hidraw"))
		return;
	pid = fork();
	if (!pid) {
		close(line[0]);
		carry(way, folder, line[1]);
	}
	close(line[1]);
	fcntl(line[0], F_SETFL, O_NONBLOCK);
	if (ym_sim_reader_new(l.loop, NULL, &sim, NULL)) {
		lab_point(false, "no simulated reader");
	} else {
		ym_sim_reader_plug_on(sim, line[0], fcntl(line[0], F_DUPFD_CLOEXEC, 3));
		with_reader(&l, sim, way);
		ym_sim_reader_free(sim);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	lab_down(&l);
}

static bool
has_helper(void)
{
	YM_FREE char *path = ym_asprintf("%s/yimen-usb", getenv("YIMEN_LIBEXEC"));

	if (!access(path, X_OK))
		return true;
	lab_skip("this build has no yimen-usb");
	return false;
}

void
lab_bulk(void)
{
	static const struct way ways[] = {{"bulk4", "0400", "c35a", "idcard-usb", 2}, {"bulk2", "0316", "5020", "idcard-usb", 1}};

	if (!has_helper())
		return;
	for (size_t i = 0; i < YM_ARRAY_LEN(ways); i++) {
		const struct way *w = &ways[i];
		YM_FREE char *function = ym_asprintf("ffs.%s", w->gadget), *folder = ym_asprintf("/run/%s", w->gadget);
		const struct lab_pipes pipes = {.class = 0xFF, .n_pairs = w->n_pairs};
		int control;

		lab_note("%s:%s, %d pair(s) of bulk pipes", w->vid, w->pid, w->n_pairs);
		if (!lab_gadget_make(w->gadget, w->vid, w->pid, "LAB4") || !lab_gadget_function(w->gadget, function) ||
			!lab_gadget_use(w->gadget, function)) {
			lab_skip("this kernel makes no FunctionFS gadget");
			return;
		}
		control = lab_pipes_open(w->gadget, folder, &pipes);
		if (lab_point(control >= 0, "the gadget has its pipes"))
			run(w, folder);
		ym_fd_close_p(&control);
	}
}

void
lab_hid(void)
{
	/* Vendor page, 64 bytes each way, no report numbers. */
	static const uint8_t descriptor[] = {0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, REPORT,
		0x09, 0x02, 0x81, 0x02, 0x09, 0x03, 0x91, 0x02, 0xC0};
	static const struct lab_hid hid = {"0", "0", "64", descriptor, sizeof descriptor};
	static const struct way way = {"hidcard", "2b8b", "2721", "idcard-hid", 0};
	YM_FREE char *far = NULL;

	if (!has_helper())
		return;
	if (!lab_gadget_hid(way.gadget, way.vid, way.pid, "LAB5", "hid.9", &hid)) {
		lab_skip("this kernel makes no HID gadget");
		return;
	}
	far = lab_gadget_far(way.gadget, "hid.9");
	if (lab_point(far != NULL, "the far end has a name"))
		run(&way, far);
}
