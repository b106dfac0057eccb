/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Driver: a scanner (or a reader of passports and permits) on a serial line: CDC-ACM, a USB bridge, a pseudo-terminal. It
 * only ever sends. Speed 9600 8N1, the factory setting of bridge models; CDC lines ignore it. Profile "115200" asks for that.
 * Invariant: nothing blocks; a line that is gone is reported once.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "device/line.h"
#include "device/scanner.h"

struct ym_driver_session {
	struct ym_scanner scanner;
};

static void
on_ready(void *user, int fd, short revents)
{
	struct ym_driver_session *d = user;
	uint8_t buf[512];
	ssize_t k = read(fd, buf, sizeof buf);

	if (k > 0)
		ym_scanner_feed(&d->scanner, buf, (size_t)k);
	else
		ym_scanner_read_none(&d->scanner, k, revents);
	explicit_bzero(buf, sizeof buf);
}

static enum ym_code
serial_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	int fd = -1;
	enum ym_code rc = ym_scanner_open(host, O_RDWR, &fd, err);

	if (rc)
		return rc;
	ioctl(fd, TIOCEXCL);
	ym_line_make_raw(fd, &(struct ym_line_settings){.baud = ym_streq(host->profile, "115200") ? 115200 : 9600});
	*ret = ym_alloc(sizeof **ret);
	ym_scanner_init(&(*ret)->scanner, host, fd, on_ready);
	return YM_OK;
}

static void
serial_close(struct ym_driver_session *d)
{
	if (!d)
		return;
	ioctl(d->scanner.fd, TIOCNXCL); /* a pty's far end may keep the line alive, and the mark with it */
	ym_scanner_release(&d->scanner);
	free(d);
}

static const struct ym_driver_match matches[] = { { "tty", YM_ROLE_SCANNER }, { 0 } };

const struct ym_driver ym_scanner_serial = {
	.name = "scanner-serial",
	.kind = YM_ROLE_SCANNER,
	.match = matches,
	.open = serial_open,
	.close = serial_close,
	.start = ym_scanner_start,
	.cancel = ym_scanner_cancel,
	.self_test = ym_scanner_self_test,
};
