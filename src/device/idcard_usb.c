/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Drivers: ID-card readers on USB bulk pipes and on HID. The line is the helper program yimen-usb; what is said over it is
 * idcard.c's. Nothing here was measured on a physical reader.
 * Invariant: bytes that answer an earlier request are dropped; the helper never outlives the session.
 */
#include "base/mem.h"
#include "device/helper.h"
#include "device/idcard.h"
#include "device/sam.h"

#define MESSAGE_MAX 8192

struct ym_driver_session {
	struct ym_driver_host host;
	struct ym_idcard *card;
	struct ym_helper *helper;
	uint8_t count;           /* of the request that is being answered */
	bool is_over;
};

/* What the helper could not do, in words. GONE is told by idcard.c, which knows whether a card was being read. */
static void
fault(struct ym_driver_session *d, enum ym_code code, const char *detail)
{
	struct ym_error err;

	if (d->is_over)
		return;
	d->is_over = true;
	if (code == YM_GONE)
		return ym_idcard_lost(d->card);
	if (code == YM_REFUSED)
		ym_fail(&err, code, N_("This account may not use the card reader: tell maintenance"), "%s", detail);
	else if (code == YM_BUSY)
		ym_fail(&err, code, N_("Another program is using the card reader: close it"), "%s", detail);
	else if (code == YM_NOTFOUND)
		ym_fail(&err, YM_REFUSED, N_("This installation cannot speak to card readers of this kind: use one on a serial line"), "%s", detail);
	else
		ym_fail(&err, YM_IO, N_("The card reader cannot be opened: unplug it and plug it in again"), "%s", detail);
	d->host.fn(d->host.user, &(struct ym_driver_event){.kind = YM_DRIVER_GONE, .err = &err});
}

static void
on_message(void *user, uint8_t kind, const uint8_t *data, size_t n)
{
	struct ym_driver_session *d = user;
	char detail[128];

	if (d->is_over || n < 1)
		return;
	if (kind == 'E') {
		snprintf(detail, sizeof detail, "%.*s", (int)n - 1, (const char *)data + 1);
		return fault(d, data[0] <= YM_IO && data[0] ? (enum ym_code)data[0] : YM_IO, detail);
	}
	if (kind != 'D' || data[0] != d->count)
		return;
	for (size_t at = 1; at < n && !d->is_over; at += YM_IDCARD_CHUNK)
		ym_idcard_receive(d->card, data + at, n - at < YM_IDCARD_CHUNK ? n - at : YM_IDCARD_CHUNK);
}

static void
on_ended(void *user, const struct ym_error *err)
{
	fault(user, err->code == YM_GONE ? YM_GONE : YM_IO, err->detail);
}

/* -- the line, as idcard.c sees it -- */

static void
line_send(void *line, const uint8_t *request)
{
	struct ym_driver_session *d = line;
	uint8_t message[YM_SAM_REQUEST_LEN + 1] = {++d->count};

	memcpy(message + 1, request, YM_SAM_REQUEST_LEN);
	ym_helper_send(d->helper, 'S', message, sizeof message); /* a helper that hangs is silence to the deadline */
}

static bool
line_has_input(void *line)
{
	return false; /* the helper's deadline is its own: nothing waits that could be asked for */
}

static void
line_mute(void *line, bool on)
{
	ym_helper_pause(((struct ym_driver_session *)line)->helper, on);
}

static const struct ym_idcard_line usb_line = {line_send, line_has_input, line_mute};

/* -- the contract -- */

static enum ym_code
open_line(const struct ym_driver_host *host, const char *way, struct ym_driver_session **ret, struct ym_error *err)
{
	static const struct ym_helper_calls calls = {MESSAGE_MAX, on_message, on_ended};
	const char *const args[] = {way, host->node, NULL};
	struct ym_driver_session *d = ym_alloc(sizeof *d);
	enum ym_code rc;

	d->host = *host;
	rc = ym_helper_new(host->loop, "yimen-usb", args, &calls, d, &d->helper, err);
	if (rc) {
		free(d);
		/* a build without libusb and hidapi has no such program */
		return rc == YM_NOTFOUND ? ym_fail(err, YM_REFUSED,
			N_("This installation cannot speak to card readers of this kind: use one on a serial line"), "no yimen-usb") : rc;
	}
	d->card = ym_idcard_new(&d->host, &usb_line, d);
	*ret = d;
	return YM_OK;
}

static enum ym_code
bulk_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	return open_line(host, "bulk", ret, err);
}

static enum ym_code
hid_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	return open_line(host, "hid", ret, err);
}

static void
usb_close(struct ym_driver_session *d)
{
	if (!d)
		return;
	ym_idcard_free(d->card);
	ym_helper_free(d->helper);
	free(d);
}

static void
usb_start(struct ym_driver_session *d)
{
	ym_idcard_start(d->card);
}

static void
usb_cancel(struct ym_driver_session *d)
{
	ym_idcard_cancel(d->card);
}

static void
usb_self_test(struct ym_driver_session *d)
{
	ym_idcard_self_test(d->card);
}

static const struct ym_driver_match bulk_matches[] = {{"usb", YM_ROLE_IDCARD}, {0}};
static const struct ym_driver_match hid_matches[] = {{"hidraw", YM_ROLE_IDCARD}, {0}};

const struct ym_driver ym_idcard_usb = {
	.name = "idcard-usb",
	.kind = YM_ROLE_IDCARD,
	.match = bulk_matches,
	.open = bulk_open,
	.close = usb_close,
	.start = usb_start,
	.cancel = usb_cancel,
	.self_test = usb_self_test,
};
const struct ym_driver ym_idcard_usb_hid = {
	.name = "idcard-hid",
	.kind = YM_ROLE_IDCARD,
	.match = hid_matches,
	.open = hid_open,
	.close = usb_close,
	.start = usb_start,
	.cancel = usb_cancel,
	.self_test = usb_self_test,
};
