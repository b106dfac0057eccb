/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Driver: a scanner in HID point-of-sale mode (usage page 8C), read from its hidraw node. The report most models send:
 * report id 2, length, three bytes of symbology, 56 bytes of data, more symbology, and a last byte whose lowest bit says
 * that the code goes on in the next report [one manual]. A model with another report shape shows nothing but silence.
 * Invariant: nothing blocks; a report is taken only as long as it says it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/mem.h"
#include "device/scanner.h"

#define REPORT_LEN 64
#define DATA_AT 5
#define DATA_MAX 56

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
}

static void
on_ready(void *user, int fd, short revents)
{
	struct ym_driver_session *d = user;
	uint8_t report[REPORT_LEN];
	ssize_t k = read(fd, report, sizeof report);

	if (k >= DATA_AT && report[0] == 2 && report[1] <= DATA_MAX && DATA_AT + report[1] <= k) {
		bool goes_on = k == REPORT_LEN && (report[REPORT_LEN - 1] & 1);

		ym_scanner_feed(&d->scanner, report + DATA_AT, report[1]);
		if (!goes_on)
			ym_scanner_feed(&d->scanner, (const uint8_t *)"\r", 1);
	} else if (k == 0 || (k < 0 && errno != EAGAIN && errno != EINTR) || (k < 0 && (revents & (POLLHUP | POLLERR)))) {
		ym_loop_remove(d->host.loop, d->source);
		d->source = 0;
		ym_fd_close_p(&d->fd);
		ym_scanner_lost(&d->scanner);
	}
	explicit_bzero(report, sizeof report);
}

static enum ym_code
hid_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	int fd = open(host->node, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	struct ym_driver_session *d;

	if (fd < 0)
		return ym_scanner_fail_open(host->node, err);
	d = ym_alloc(sizeof *d);
	d->host = *host;
	d->fd = fd;
	d->source = ym_loop_add_fd(host->loop, "scanner", YM_PRIO_NORMAL, fd, POLLIN, on_ready, d);
	ym_scanner_init(&d->scanner, &d->host, mute, d);
	*ret = d;
	return YM_OK;
}

static void
hid_close(struct ym_driver_session *d)
{
	if (!d)
		return;
	ym_scanner_release(&d->scanner);
	ym_loop_remove(d->host.loop, d->source);
	ym_fd_close_p(&d->fd);
	free(d);
}

static void
hid_start(struct ym_driver_session *d)
{
	d->scanner.is_armed = true;
}

static void
hid_cancel(struct ym_driver_session *d)
{
	d->scanner.is_armed = false;
}

static void
hid_test(struct ym_driver_session *d)
{
	ym_scanner_test(&d->scanner);
}

static const struct ym_driver_match matches[] = { { "hidraw", YM_ROLE_SCANNER }, { 0 } };

const struct ym_driver ym_scanner_hid = {
	.name = "scanner-hid",
	.kind = YM_ROLE_SCANNER,
	.match = matches,
	.open = hid_open,
	.close = hid_close,
	.start = hid_start,
	.cancel = hid_cancel,
	.self_test = hid_test,
};
