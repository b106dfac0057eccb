/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Driver: a scanner (or a reader of passports and permits) on a serial line: CDC-ACM, a USB bridge, a pseudo-terminal. It
 * only ever sends. Speed 9600 8N1, the factory setting of bridge models; CDC lines ignore it. Profile "115200" asks for that.
 * Invariant: nothing blocks; a line that is gone is closed at once and reported once.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "device/scanner.h"

struct ym_driver_session {
	struct ym_driver_host host;
	struct ym_scanner scanner;
	int fd;
	ym_source source;
};

static void
mute(void *line, bool on)
{
	struct ym_driver_session *d = line;

	ym_loop_set_events(d->host.loop, d->source, on ? POLLPRI : POLLIN);
	if (!on)
		tcflush(d->fd, TCIFLUSH);
}

static void
on_ready(void *user, int fd, short revents)
{
	struct ym_driver_session *d = user;
	uint8_t buf[512];
	ssize_t k = read(fd, buf, sizeof buf);

	if (k > 0) {
		ym_scanner_feed(&d->scanner, buf, (size_t)k);
	} else if (k == 0 || (errno != EAGAIN && errno != EINTR) || (revents & (POLLHUP | POLLERR))) {
		ym_loop_remove(d->host.loop, d->source);
		d->source = 0;
		ym_fd_close_p(&d->fd);
		ym_scanner_lost(&d->scanner);
	}
	explicit_bzero(buf, sizeof buf);
}

/* Nodes that are no terminal refuse the settings; bytes are bytes all the same. */
static void
make_raw(int fd, const char *profile)
{
	struct termios t;

	if (tcgetattr(fd, &t))
		return;
	cfmakeraw(&t);
	cfsetspeed(&t, ym_streq(profile, "115200") ? B115200 : B9600);
	t.c_cflag = (t.c_cflag & ~(tcflag_t)(CSTOPB | CRTSCTS)) | CLOCAL | CREAD;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	tcsetattr(fd, TCSANOW, &t);
	tcflush(fd, TCIFLUSH); /* what was scanned before anybody listened */
}

static enum ym_code
serial_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	int fd = open(host->node, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct ym_driver_session *d;

	if (fd < 0)
		return ym_scanner_fail_open(host->node, err);
	ioctl(fd, TIOCEXCL);
	make_raw(fd, host->profile);
	d = ym_alloc(sizeof *d);
	d->host = *host;
	d->fd = fd;
	d->source = ym_loop_add_fd(host->loop, "scanner", YM_PRIO_NORMAL, fd, POLLIN, on_ready, d);
	ym_scanner_init(&d->scanner, &d->host, mute, d);
	*ret = d;
	return YM_OK;
}

static void
serial_close(struct ym_driver_session *d)
{
	if (!d)
		return;
	ym_scanner_release(&d->scanner);
	ym_loop_remove(d->host.loop, d->source);
	if (d->fd >= 0)
		ioctl(d->fd, TIOCNXCL);
	ym_fd_close_p(&d->fd);
	free(d);
}

static void
serial_start(struct ym_driver_session *d)
{
	d->scanner.is_armed = true;
}

static void
serial_cancel(struct ym_driver_session *d)
{
	d->scanner.is_armed = false;
}

static void
serial_test(struct ym_driver_session *d)
{
	ym_scanner_test(&d->scanner);
}

static const struct ym_driver_match matches[] = { { "tty", YM_ROLE_SCANNER }, { 0 } };

const struct ym_driver ym_scanner_serial = {
	.name = "scanner-serial",
	.kind = YM_ROLE_SCANNER,
	.match = matches,
	.open = serial_open,
	.close = serial_close,
	.start = serial_start,
	.cancel = serial_cancel,
	.self_test = serial_test,
};
