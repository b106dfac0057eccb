/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Driver: ID-card reader on a serial line (ttyUSB, ttyACM, pty), 115200 8N1. Opens, reads and writes the line; what is
 * said over it is idcard.c's. Nothing here was measured on a physical reader.
 * Invariant: nothing blocks; a line that is gone is closed at once and reported once.
 */
#include <poll.h>

#include "device/idcard.h"
#include "device/line.h"
#include "device/sam.h"

struct ym_driver_session {
	struct ym_driver_host host;
	struct ym_idcard *card;
	struct ym_line line;
};

static void
on_bytes(void *user, const uint8_t *data, size_t n)
{
	struct ym_driver_session *d = user;

	ym_idcard_receive(d->card, data, n);
}

static void
on_lost(void *user)
{
	struct ym_driver_session *d = user;

	ym_idcard_lost(d->card);
}

/* -- the line, as idcard.c sees it -- */

static void
line_send(void *line, const uint8_t *request)
{
	struct ym_driver_session *d = line;

	ym_line_flush(&d->line);
	ym_line_drop(&d->line);
	ym_line_send(&d->line, request, YM_SAM_REQUEST_LEN); /* a line that is lost tells so itself */
}

static bool
line_has_input(void *line)
{
	const struct ym_driver_session *d = line;
	struct pollfd p = {.fd = d->line.fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static void
line_mute(void *line, bool on)
{
	struct ym_driver_session *d = line;

	ym_line_mute(&d->line, on);
}

static const struct ym_idcard_line serial_line = {line_send, line_has_input, line_mute};

/* -- the contract -- */

static enum ym_code
serial_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	static const struct ym_line_words words = {N_("The card reader is not plugged in"),
		N_("This account may not use the card reader: tell maintenance"), N_("Another program is using the card reader: close it"),
		N_("The card reader cannot be opened: unplug it and plug it in again")};
	static const struct ym_line_settings settings = {.baud = 115200};
	struct ym_driver_session *d = ym_alloc(sizeof *d);
	enum ym_code rc;

	d->host = *host;
	d->line = (struct ym_line){.fd = -1, .on_bytes = on_bytes, .on_lost = on_lost, .user = d, .words = &words};
	rc = ym_line_open(&d->line, host->loop, "card reader", host->node, &settings, err);
	if (rc) {
		free(d);
		return rc;
	}
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
	ym_line_close(&d->line);
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
