/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Driver: ID-card reader on a serial line (ttyUSB, ttyACM, pty), 115200 8N1. Opens, reads and writes the line; what is
 * said over it is idcard.c's. Nothing here was measured on a physical reader.
 * Invariant: nothing blocks; a line that is gone is closed at once and reported once.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "device/idcard.h"
#include "device/sam.h"

struct ym_driver_session {
	struct ym_driver_host host;
	struct ym_idcard *card;
	int fd;                  /* -1 when unplugged */
	ym_source source;
	uint8_t out[YM_SAM_REQUEST_LEN];
	size_t n_out;            /* bytes of out still to be written */
};

static void
unplugged(struct ym_driver_session *d)
{
	if (d->fd < 0)
		return;
	ym_loop_remove(d->host.loop, d->source);
	d->source = 0;
	ym_fd_close_p(&d->fd);
	ym_idcard_lost(d->card);
}

static bool
is_unplug(int e)
{
	return e == EIO || e == ENXIO || e == ENODEV || e == EPIPE || e == EBADF;
}

/* Writes what is left of the request. */
static void
push(struct ym_driver_session *d)
{
	ssize_t k = write(d->fd, d->out + sizeof d->out - d->n_out, d->n_out);

	if (k > 0)
		d->n_out -= (size_t)k;
	else if (k < 0 && is_unplug(errno))
		return unplugged(d);
	ym_loop_set_events(d->host.loop, d->source, d->n_out ? POLLIN | POLLOUT : POLLIN);
}

static void
on_ready(void *user, int fd, short revents)
{
	struct ym_driver_session *d = user;
	uint8_t buf[YM_IDCARD_CHUNK];
	ssize_t k;

	if ((revents & POLLOUT) && d->n_out)
		push(d);
	if (d->fd < 0 || !(revents & (POLLIN | POLLHUP | POLLERR | POLLNVAL)))
		return;
	k = read(d->fd, buf, sizeof buf);
	if (k > 0)
		ym_idcard_receive(d->card, buf, (size_t)k);
	else if (k == 0 || is_unplug(errno) || (revents & (POLLHUP | POLLERR | POLLNVAL)))
		unplugged(d);
	explicit_bzero(buf, sizeof buf);
}

/* -- the line, as idcard.c sees it -- */

static void
line_send(void *line, const uint8_t *request)
{
	struct ym_driver_session *d = line;

	if (d->fd < 0)
		return;
	tcflush(d->fd, TCIFLUSH); /* not a terminal: nothing to flush */
	memcpy(d->out, request, sizeof d->out);
	d->n_out = sizeof d->out;
	push(d);
}

static bool
line_has_input(void *line)
{
	const struct ym_driver_session *d = line;
	struct pollfd p = {.fd = d->fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static void
line_mute(void *line, bool on)
{
	struct ym_driver_session *d = line;

	/* A hang-up shows although nothing is asked for; an empty set would not be polled at all. */
	ym_loop_set_events(d->host.loop, d->source, on ? POLLPRI : POLLIN);
}

static const struct ym_idcard_line serial_line = {line_send, line_has_input, line_mute};

/* -- the contract -- */

static enum ym_code
fail_open(const char *node, struct ym_error *err)
{
	switch (errno) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
	case EIO:
		return ym_fail(err, YM_GONE, N_("The card reader is not plugged in"), "open %s: %m", node);
	case EACCES:
	case EPERM:
		return ym_fail(err, YM_REFUSED, N_("This account may not use the card reader: tell maintenance"), "open %s: %m",
			node);
	case EBUSY:
		return ym_fail(err, YM_BUSY, N_("Another program is using the card reader: close it"), "open %s: %m", node);
	default:
		return ym_fail(err, YM_IO, N_("The card reader cannot be opened: unplug it and plug it in again"), "open %s: %m",
			node);
	}
}

/* Nodes that are no terminal (a mock, a pipe) refuse the settings; bytes are bytes all the same. */
static void
make_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t))
		return;
	cfmakeraw(&t);
	cfsetspeed(&t, B115200);
	t.c_cflag = (t.c_cflag & ~(tcflag_t)(CSTOPB | CRTSCTS)) | CLOCAL | CREAD;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	tcsetattr(fd, TCSANOW, &t);
	tcflush(fd, TCIOFLUSH);
}

static enum ym_code
serial_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	int fd = open(host->node, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct ym_driver_session *d;

	if (fd < 0)
		return fail_open(host->node, err);
	ioctl(fd, TIOCEXCL); /* where it exists, nobody else opens the line */
	make_raw(fd);
	d = ym_alloc(sizeof *d);
	d->host = *host;
	d->fd = fd;
	d->source = ym_loop_add_fd(host->loop, "card reader", YM_PRIO_NORMAL, fd, POLLIN, on_ready, d);
	d->card = ym_idcard_new(&d->host, &serial_line, d);
	*ret = d;
	return YM_OK;
}

static void
serial_close(struct ym_driver_session *d)
{
	if (!d)
		return;
	ym_idcard_free(d->card);
	ym_loop_remove(d->host.loop, d->source);
	if (d->fd >= 0)
		ioctl(d->fd, TIOCNXCL); /* a pty's far end may keep the line alive, and the mark with it */
	ym_fd_close_p(&d->fd);
	free(d);
}

static void
serial_start(struct ym_driver_session *d)
{
	ym_idcard_start(d->card);
}

static void
serial_cancel(struct ym_driver_session *d)
{
	ym_idcard_cancel(d->card);
}

static void
serial_self_test(struct ym_driver_session *d)
{
	ym_idcard_self_test(d->card);
}

static const struct ym_driver_match matches[] = {{"tty", YM_ROLE_IDCARD}, {0}};

const struct ym_driver ym_idcard_serial = {
	.name = "idcard-serial",
	.kind = YM_ROLE_IDCARD,
	.match = matches,
	.open = serial_open,
	.close = serial_close,
	.start = serial_start,
	.cancel = serial_cancel,
	.self_test = serial_self_test,
};
