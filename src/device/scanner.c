/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Gathering a scan (scanner.h). A scanner cannot be asked anything, so its self-test is that its line is open.
 */
#include "device/scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>

#include "base/mem.h"
#include "device/line.h"
#include "device/recorder.h"
#include "yimen/mrz.h"

#define REST_MS 1000
#define UNPLUGGED N_("The scanner was unplugged: plug it in again, or type what is on the code")

static void
emit(struct ym_scanner *s, struct ym_driver_event ev)
{
	s->host.fn(s->host.user, &ev);
}

static void
emit_state(struct ym_scanner *s, enum ym_device_state state, const struct ym_error *err)
{
	emit(s, (struct ym_driver_event){ .kind = YM_DRIVER_STATE, .state = state, .err = err });
}

static void
wipe(struct ym_scanner *s)
{
	explicit_bzero(s->data, s->n);
	s->n = 0;
	ym_loop_remove(s->host.loop, s->timer);
	s->timer = 0;
}

static void
deliver(struct ym_scanner *s)
{
	uint8_t data[YM_SCAN_MAX];
	size_t n = s->n;

	while (n && (s->data[n - 1] == '\n' || s->data[n - 1] == ' '))
		n--;
	memcpy(data, s->data, n);
	wipe(s);
	if (n && s->is_armed) {
		const struct ym_scan scan = { data, n };

		emit(s, (struct ym_driver_event){ .kind = YM_DRIVER_SCANNED, .scan = &scan });
	}
	explicit_bzero(data, n);
}

static void
mute(struct ym_scanner *s, bool on)
{
	/* A hang-up shows although nothing is asked for; an empty set would not be polled at all. */
	ym_loop_set_events(s->host.loop, s->source, on ? POLLPRI : POLLIN);
	if (!on)
		tcflush(s->fd, TCIFLUSH); /* not a terminal: nothing to flush */
}

static void
on_silence(void *user)
{
	struct ym_scanner *s = user;

	s->timer = 0;
	deliver(s);
}

static void
on_rested(void *user)
{
	struct ym_scanner *s = user;

	s->timer = 0;
	s->is_flooded = false;
	mute(s, false);
	emit_state(s, YM_DEVICE_READY, NULL);
}

static void
flooded(struct ym_scanner *s)
{
	struct ym_error err;

	wipe(s);
	s->is_flooded = true;
	mute(s, true);
	s->timer = ym_loop_add_timer(s->host.loop, "scanner", REST_MS, on_rested, s);
	ym_fail(&err, YM_IO, N_("The scanner sends without end: unplug it and plug it in again"), "more than %d bytes", YM_SCAN_MAX);
	emit_state(s, YM_DEVICE_ATTENTION, &err);
}

void
ym_scanner_feed(struct ym_scanner *s, const uint8_t *data, size_t n)
{
	if (!n)
		return;
	ym_recorder_in(s->host.recorder, data, n, NULL);
	for (size_t i = 0; i < n && !s->is_flooded; i++) {
		bool is_end = data[i] == '\r' || data[i] == '\n' || data[i] == '\t';

		if (is_end && s->n && ym_mrz_wants_more((const char *)s->data, s->n)) {
			if (s->data[s->n - 1] != '\n' && s->n < sizeof s->data)
				s->data[s->n++] = '\n'; /* the other lines follow; CR and LF are one end */
		} else if (is_end) {
			deliver(s);
		} else if (data[i] < 0x20 && data[i] != 0x1D && data[i] != 0x1E) {
			continue; /* STX and ETX of some models */
		} else if (s->n == sizeof s->data) {
			flooded(s);
		} else {
			s->data[s->n++] = data[i];
		}
	}
	if (s->is_flooded || !s->n)
		return;
	ym_loop_remove(s->host.loop, s->timer);
	s->timer = ym_loop_add_timer(s->host.loop, "scanner", YM_SCANNER_SILENCE_MS, on_silence, s);
}

void
ym_scanner_spoilt(struct ym_scanner *s)
{
	struct ym_error err;

	wipe(s);
	ym_fail(&err, YM_BUSY, N_("Part of the code was lost: scan it again"), "events dropped");
	emit(s, (struct ym_driver_event){ .kind = YM_DRIVER_FAILED, .err = &err });
}

void
ym_scanner_lost(struct ym_scanner *s)
{
	struct ym_error err;

	wipe(s); /* half a code is none */
	ym_loop_remove(s->host.loop, s->source);
	ym_loop_remove(s->host.loop, s->hello);
	s->source = s->hello = 0;
	ym_recorder_note(s->host.recorder, "unplugged");
	ym_fail(&err, YM_GONE, UNPLUGGED, "line is gone");
	if (s->wants_test)
		emit(s, (struct ym_driver_event){ .kind = YM_DRIVER_TESTED, .err = &err });
	emit(s, (struct ym_driver_event){ .kind = YM_DRIVER_GONE, .err = &err });
}

static void
on_hello(void *user)
{
	struct ym_scanner *s = user;
	const struct ym_error fine = { 0 };

	s->hello = 0;
	if (!s->is_flooded)
		emit_state(s, YM_DEVICE_READY, NULL);
	if (s->wants_test) {
		s->wants_test = false;
		emit(s, (struct ym_driver_event){ .kind = YM_DRIVER_TESTED, .err = &fine });
	}
}

void
ym_scanner_read_none(struct ym_scanner *s, ssize_t k, short revents)
{
	if (k == 0 || (errno != EAGAIN && errno != EINTR) || (revents & (POLLHUP | POLLERR)))
		ym_scanner_lost(s);
}

enum ym_code
ym_scanner_fail_open(const char *node, struct ym_error *err)
{
	static const struct ym_line_words words = {N_("The scanner is not plugged in"),
		N_("This account may not use the scanner: tell maintenance"), N_("Another program is using the scanner: close it"),
		N_("The scanner cannot be opened: unplug it and plug it in again")};

	return ym_line_fail_open(node, &words, err);
}

enum ym_code
ym_scanner_open(const struct ym_driver_host *host, int flags, int *ret_fd, struct ym_error *err)
{
	int fd = open(host->node, flags | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return ym_scanner_fail_open(host->node, err);
	*ret_fd = fd;
	return YM_OK;
}

void
ym_scanner_init(struct ym_scanner *s, const struct ym_driver_host *host, int fd, ym_fd_fn on_ready)
{
	s->host = *host;
	s->fd = fd;
	s->source = ym_loop_add_fd(host->loop, "scanner", YM_PRIO_NORMAL, fd, POLLIN, on_ready, s);
	s->hello = ym_loop_add_timer(host->loop, "scanner", 0, on_hello, s);
}

void
ym_scanner_release(struct ym_scanner *s)
{
	wipe(s);
	ym_loop_remove(s->host.loop, s->hello);
	ym_loop_remove(s->host.loop, s->source);
	ym_fd_close_p(&s->fd);
}

/* -- the driver's table -- */

static struct ym_scanner *
of(struct ym_driver_session *session)
{
	return (struct ym_scanner *)session; /* its first member */
}

void
ym_scanner_start(struct ym_driver_session *session)
{
	of(session)->is_armed = true;
}

void
ym_scanner_cancel(struct ym_driver_session *session)
{
	of(session)->is_armed = false;
}

void
ym_scanner_self_test(struct ym_driver_session *session)
{
	struct ym_scanner *s = of(session);

	s->wants_test = true;
	if (!s->hello)
		s->hello = ym_loop_add_timer(s->host.loop, "scanner", 0, on_hello, s);
}
