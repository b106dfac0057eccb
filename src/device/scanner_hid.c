/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Driver: a scanner in HID point-of-sale mode (usage page 8C), read from its hidraw node. The report most models send:
 * report id 2, length, three bytes of symbology, 56 bytes of data, more symbology, and a last byte whose lowest bit says
 * that the code goes on in the next report [one manual]. A model with another report shape shows nothing but silence.
 * Invariant: nothing blocks; a report is taken only as long as it says it is.
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "device/scanner.h"

#define REPORT_LEN 64
#define DATA_AT 5
#define DATA_MAX 56

struct ym_driver_session {
	struct ym_scanner scanner;
};

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
	} else if (k <= 0) {
		ym_scanner_read_none(&d->scanner, k, revents);
	}
	explicit_bzero(report, sizeof report);
}

static enum ym_code
hid_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	int fd = -1;
	enum ym_code rc = ym_scanner_open(host, O_RDWR, &fd, err);

	if (rc)
		return rc;
	*ret = ym_alloc(sizeof **ret);
	ym_scanner_init(&(*ret)->scanner, host, fd, on_ready);
	return YM_OK;
}

static void
hid_close(struct ym_driver_session *d)
{
	if (!d)
		return;
	ym_scanner_release(&d->scanner);
	free(d);
}

static const struct ym_driver_match matches[] = { { "hidraw", YM_ROLE_SCANNER }, { 0 } };

const struct ym_driver ym_scanner_hid = {
	.name = "scanner-hid",
	.kind = YM_ROLE_SCANNER,
	.match = matches,
	.open = hid_open,
	.close = hid_close,
	.start = ym_scanner_start,
	.cancel = ym_scanner_cancel,
	.self_test = ym_scanner_self_test,
};
