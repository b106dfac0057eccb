/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See line.h. Nothing blocks.
 */
#include "device/line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

static const struct {
	int baud;
	speed_t speed;
} speeds[] = {{1200, B1200}, {2400, B2400}, {4800, B4800}, {9600, B9600}, {19200, B19200}, {38400, B38400},
	{57600, B57600}, {115200, B115200}, {230400, B230400}};

static speed_t
speed_of(int baud)
{
	for (size_t i = 0; i < YM_ARRAY_LEN(speeds); i++)
		if (speeds[i].baud == baud)
			return speeds[i].speed;
	return 0;
}

bool
ym_line_is_speed(int baud)
{
	return speed_of(baud) != 0;
}

static bool
is_unplug(int e)
{
	return e == EIO || e == ENXIO || e == ENODEV || e == EPIPE || e == EBADF;
}

static void
lost(struct ym_line *l)
{
	if (l->fd < 0)
		return;
	ym_line_close(l);
	if (l->on_lost)
		l->on_lost(l->user);
}

static void
watch(struct ym_line *l)
{
	/* A hang-up shows although nothing is asked for; an empty set would not be polled at all. */
	ym_loop_set_events(l->loop, l->source, (short)((l->is_muted ? POLLPRI : POLLIN) | (l->out.len ? POLLOUT : 0)));
}

static bool
push(struct ym_line *l)
{
	ssize_t k = write(l->fd, l->out.data, l->out.len);

	if (k > 0)
		ym_buf_drop(&l->out, (size_t)k);
	else if (k < 0 && is_unplug(errno))
		return false;
	watch(l);
	return true;
}

static void
on_ready(void *user, int fd, short revents)
{
	struct ym_line *l = user;
	uint8_t buf[YM_LINE_CHUNK];
	ssize_t k;

	if ((revents & POLLOUT) && l->out.len) {
		if (!push(l))
			return lost(l);
		if (!l->out.len && l->on_drained)
			l->on_drained(l->user);
	}
	/* the callback may have closed the line */
	if (l->fd != fd || !(revents & (POLLIN | POLLHUP | POLLERR | POLLNVAL)))
		return;
	k = read(fd, buf, sizeof buf);
	if (k > 0) {
		if (!l->is_muted)
			l->on_bytes(l->user, buf, (size_t)k);
		explicit_bzero(buf, sizeof buf);
	} else if ((k == 0 && (revents & (POLLHUP | POLLERR))) || (k < 0 && is_unplug(errno)) ||
		   (k < 0 && (revents & (POLLHUP | POLLERR | POLLNVAL)))) {
		lost(l);
	} else if (k == 0 && isatty(fd)) {
		lost(l); /* a terminal that was hung up reads as its end */
	}
}

enum ym_code
ym_line_fail_open(const char *node, const struct ym_line_words *words, struct ym_error *err)
{
	switch (errno) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
	case EIO:
		return ym_fail(err, YM_GONE, words->gone, "open %s: %m", node);
	case EACCES:
	case EPERM:
		return ym_fail(err, YM_REFUSED, words->refused, "open %s: %m", node);
	case EBUSY:
		return ym_fail(err, YM_BUSY, words->busy, "open %s: %m", node);
	default:
		return ym_fail(err, YM_IO, words->broken, "open %s: %m", node);
	}
}

void
ym_line_make_raw(int fd, const struct ym_line_settings *want)
{
	struct termios t;

	if (tcgetattr(fd, &t))
		return;
	cfmakeraw(&t);
	cfsetspeed(&t, speed_of(want->baud ? want->baud : 9600));
	t.c_cflag = (t.c_cflag & ~(tcflag_t)(CSTOPB | CRTSCTS | CSIZE | PARENB | PARODD)) | CLOCAL | CREAD;
	t.c_cflag |= want->data_bits == 7 ? CS7 : CS8;
	if (want->parity == 'e' || want->parity == 'o')
		t.c_cflag |= PARENB | (want->parity == 'o' ? PARODD : 0);
	if (want->stop_bits == 2)
		t.c_cflag |= CSTOPB;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	tcsetattr(fd, TCSANOW, &t);
	tcflush(fd, TCIOFLUSH);
}

enum ym_code
ym_line_open(struct ym_line *l, struct ym_loop *loop, const char *name, const char *node, const struct ym_line_settings *settings,
	struct ym_error *err)
{
	static const struct ym_line_settings plain;
	static const struct ym_line_words words = {N_("The device is not plugged in"), N_("This account may not use the device: tell maintenance"),
		N_("Another program is using the device: close it"), N_("The device cannot be opened: unplug it and plug it in again")};
	int fd = open(node, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return ym_line_fail_open(node, l->words ? l->words : &words, err);
	ioctl(fd, TIOCEXCL); /* where it exists, nobody else opens the line */
	ym_line_make_raw(fd, settings ? settings : &plain);
	l->loop = loop;
	l->fd = fd;
	l->is_muted = false;
	l->out.max = YM_LINE_OUT_MAX;
	l->source = ym_loop_add_fd(loop, name, YM_PRIO_NORMAL, fd, POLLIN, on_ready, l);
	return YM_OK;
}

void
ym_line_close(struct ym_line *l)
{
	if (!l->loop)
		return;
	ym_loop_remove(l->loop, l->source);
	l->source = 0;
	if (l->fd >= 0)
		ioctl(l->fd, TIOCNXCL); /* a pty's far end may keep the line alive, and the mark with it */
	ym_fd_close_p(&l->fd);
	ym_buf_release(&l->out);
}

bool
ym_line_send(struct ym_line *l, const void *data, size_t n)
{
	if (l->fd < 0 || l->out.len + n > YM_LINE_OUT_MAX)
		return false;
	l->out.max = YM_LINE_OUT_MAX;
	ym_buf_add(&l->out, data, n);
	watch(l);
	return true;
}

size_t
ym_line_waiting(const struct ym_line *l)
{
	return l->out.len;
}

void
ym_line_drop(struct ym_line *l)
{
	ym_buf_clear(&l->out);
	if (l->fd >= 0)
		watch(l);
}

void
ym_line_mute(struct ym_line *l, bool on)
{
	l->is_muted = on;
	if (l->fd >= 0)
		watch(l);
}

void
ym_line_flush(struct ym_line *l)
{
	if (l->fd >= 0)
		tcflush(l->fd, TCIFLUSH); /* not a terminal: nothing to flush */
}
