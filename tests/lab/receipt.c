/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A receipt printer behind usblp: the near end is /dev/usb/lpN, the far end keeps every byte and answers as an ESC/POS printer
 * does. The gadget is of the printer class over FunctionFS: the kernel's own printer function frees a buffer twice when it is
 * unplugged half read (6.1). Not how a receipt looks (tests/device).
 */
#include <errno.h>
#include <linux/usb/functionfs.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device/escpos.h"
#include "lab/lab.h"

#define FOLDER "/run/printer"

static struct far {
	struct ym_loop *loop;
	int fd;
	ym_source source;
	struct ym_buf got;
	size_t looked_at; /* answered up to here */
	bool is_silent;
	size_t stop_at;   /* takes no more than so many bytes; 0: all */
} far;

static void
reply(uint8_t byte)
{
	if (write(far.fd, &byte, 1) != 1)
		lab_note("the printer's answer was not taken: %s", strerror(errno));
}

static void
answer(void)
{
	const uint8_t *p = (const uint8_t *)far.got.data;

	for (; far.looked_at + 3 <= far.got.len; far.looked_at++) {
		const uint8_t *q = p + far.looked_at;

		if (q[0] == 0x10 && q[1] == 0x04 && q[2] >= 1 && q[2] <= 4)
			reply(0x12);
		else if (q[0] == 0x1D && q[1] == 0x72 && q[2] == 1)
			reply(0);
	}
}

static void
on_bytes(void *user, int fd, short revents)
{
	uint8_t b[4096];
	size_t room = far.stop_at ? far.stop_at - far.got.len : sizeof b;
	ssize_t k = read(fd, b, room < sizeof b ? room : sizeof b);

	if (k > 0)
		ym_buf_add(&far.got, b, (size_t)k);
	if (far.stop_at && far.got.len >= far.stop_at) {
		ym_loop_remove(far.loop, far.source);
		far.source = 0;
	}
	if (!far.is_silent)
		answer();
}

static void
begin(bool is_silent, size_t stop_at)
{
	ym_buf_clear(&far.got);
	far.looked_at = 0;
	far.is_silent = is_silent;
	far.stop_at = stop_at;
}

/* -- the gadget's side: one process a pipe, because each waits -- */

static int control = -1;
static pid_t carriers[3];

/* GET_DEVICE_ID, GET_PORT_STATUS, SOFT_RESET of the printer class. */
static void
serve_control(void)
{
	static const char id[] = "\0\x20MFG:yimen;MDL:lab;CLS:PRINTER;";
	static const uint8_t fine = 0x18;
	struct usb_functionfs_event ev;

	while (read(control, &ev, sizeof ev) == sizeof ev) {
		const struct usb_ctrlrequest *q = &ev.u.setup;
		size_t n = q->bRequest == 0 ? sizeof id - 1 : 1;

		if (ev.type != FUNCTIONFS_SETUP)
			continue;
		if (!(q->bRequestType & USB_DIR_IN))
			n = (size_t)read(control, NULL, 0);
		else if (write(control, q->bRequest == 0 ? id : (const char *)&fine, n < q->wLength ? n : q->wLength) < 0)
			_exit(1);
	}
	_exit(1);
}

/* From one descriptor to the other; an unplug is an error of the pipe, after which it may come back. */
static void
carry(int from, int to)
{
	uint8_t b[512];

	for (;;) {
		ssize_t k = read(from, b, sizeof b), done = 0;

		if (k <= 0)
			usleep(20000);
		while (k > 0 && done < k) {
			ssize_t n = write(to, b + done, (size_t)(k - done));

			if (n > 0)
				done += n;
			else
				usleep(20000);
		}
	}
}

static pid_t
start(int which, int line)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (which == 0)
		serve_control();
	if (which == 1)
		carry(lab_pipe_open(FOLDER, 2), line);
	carry(line, lab_pipe_open(FOLDER, 1));
	_exit(1);
}

static bool
switch_on(struct lab *l)
{
	int line[2], small = 4096;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line))
		return lab_point(false, "no socket");
	/* what stands in it is neither here nor there: little */
	setsockopt(line[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
	far.loop = l->loop;
	far.fd = line[0];
	far.source = ym_loop_add_fd(l->loop, "far printer", YM_PRIO_NORMAL, far.fd, POLLIN, on_bytes, NULL);
	for (int i = 0; i < 3; i++)
		carriers[i] = start(i, line[1]);
	close(line[1]);
	return lab_plug_ready(l, "printer");
}

static void
unplug(struct lab *l)
{
	if (far.fd < 0)
		return;
	ym_loop_remove(l->loop, far.source);
	far.source = 0;
	lab_gadget_unplug("printer");
	for (int i = 0; i < 3; i++) {
		kill(carriers[i], SIGKILL);
		waitpid(carriers[i], NULL, 0);
	}
	ym_fd_close_p(&far.fd);
}

static void
make_receipt(struct ym_buf *out, int n_lines)
{
	struct ym_escpos e;

	ym_escpos_begin(&e, out, YM_ESCPOS_GB18030);
	for (int i = 0; i < n_lines; i++)
		ym_escpos_line(&e, i % 5 ? 0 : YM_ESCPOS_BOLD, "收件回执 第 229901 号 练习用 户口登记 材料齐全");
	ym_escpos_end(&e, true);
}

static bool
print(struct lab *l, const struct ym_buf *data)
{
	static uint32_t id;
	const struct ym_device_order order = {.id = ++id, .kind = YM_ORDER_PRINT, .data = (const uint8_t *)data->data, .n = data->len};
	struct ym_error err;

	l->n_ordered = 0;
	if (ym_hub_order(l->hub, lab_info(l).ref, &order, &err))
		return lab_point(false, "the order was not taken: %s", err.detail);
	return true;
}

static bool
has_whole(const struct ym_buf *data)
{
	return far.got.len >= data->len && memmem(far.got.data, far.got.len, data->data, data->len);
}

static bool
has_started(struct lab *l)
{
	return far.got.len >= far.stop_at;
}

static void
with_printer(struct lab *l)
{
	YM_BUF small = {.max = 1 << 16}, large = {.max = 1 << 20};

	make_receipt(&small, 60);
	make_receipt(&large, 1500);
	begin(false, 0);
	if (!switch_on(l))
		return;
	lab_point(ym_streq(lab_info(l).driver, "receipt-escpos"), "the site's rule brings the driver: %s on %s", lab_info(l).driver,
		lab_info(l).node);
	lab_point_access(l, "lp");
	if (print(l, &small)) {
		lab_until(l, lab_has_ordered);
		lab_point(l->n_ordered == 1 && l->ordered.code == YM_OK, "a receipt is printed and confirmed (%s)",
			ym_code_name(l->ordered.code));
		lab_point(has_whole(&small), "its %zu bytes arrive whole through usblp", small.len);
	}
	lab_until_state(l, YM_DEVICE_READY);
	/* The far end takes 5000 bytes and stands still: what the kernel holds is never printed. */
	begin(false, 5000);
	if (print(l, &large)) {
		lab_point(lab_until(l, has_started) && l->n_ordered == 0, "a long receipt (%zu bytes) is under way", large.len);
		unplug(l);
		lab_until(l, lab_has_ordered);
		/* CONFLICT: usblp takes more while it is pulled out, and says nothing of what is lost. */
		lab_point(l->n_ordered == 1 && (l->ordered.code == YM_GONE || l->ordered.code == YM_CONFLICT),
			"unplugged in the middle: the order ends, and not as printed (%s)",
			l->n_ordered ? ym_code_name(l->ordered.code) : "the order has no end");
	}
	lab_point(lab_until_gone(l), "unplugged: the printer is not listed any more");
	begin(true, 0);
	l->is_mute = true;
	if (!switch_on(l))
		return;
	if (print(l, &small)) {
		lab_until(l, lab_has_ordered);
		lab_point(l->n_ordered == 1 && l->ordered.code == YM_CONFLICT, "plugged in again and silent: nobody knows (%s)",
			ym_code_name(l->ordered.code));
		lab_idle(l, 500);
		lab_point(has_whole(&small), "and the bytes are all there");
	}
	unplug(l);
	lab_until_gone(l);
}

void
lab_receipt(void)
{
	static const struct lab_pipes class = {.class = 7, .subclass = 1, .protocol = 2, .n_pairs = 1};
	struct lab l;

	if (!lab_gadget_make("printer", "0416", "5011", "LAB3") || !lab_gadget_function("printer", "ffs.printer") ||
		!lab_gadget_use("printer", "ffs.printer")) {
		lab_skip("this kernel makes no FunctionFS gadget");
		return;
	}
	far.fd = -1;
	far.got.max = 1 << 21;
	control = lab_pipes_open("printer", FOLDER, &class);
	if (!lab_point(control >= 0, "the gadget has its pipes"))
		return;
	if (lab_up(&l, YM_ROLE_RECEIPT, "lp")) {
		with_printer(&l);
		unplug(&l);
		lab_down(&l);
	}
	ym_fd_close_p(&control);
	ym_buf_release(&far.got);
}
