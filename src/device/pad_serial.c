/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Drivers: a signature pad on a serial line, its packets described by a profile; and the plain word about pads that speak
 * only their maker's protocol over HID. The signing itself is pad.c's.
 */
#include "device/pad.h"
#include "device/profile_device.h"
#include "device/recorder.h"

struct ym_driver_session {
	struct ym_profile_device on;
	struct ym_profile_pen pen;
	struct ym_pad pad;
};

static void
on_end(void *user, bool signed_it)
{
	struct ym_driver_session *d = user;

	ym_line_mute(&d->on.line, true);
	memset(&d->pen, 0, sizeof d->pen);
	if (!signed_it && d->on.profile.cancel.n)
		ym_line_send(&d->on.line, d->on.profile.cancel.data, d->on.profile.cancel.n);
}

static void
on_bytes(void *user, const uint8_t *data, size_t n)
{
	struct ym_driver_session *d = user;
	struct ym_stroke_point point = {0};

	ym_recorder_in(d->on.host.recorder, data, n, NULL);
	for (size_t i = 0; i < n; i++)
		if (ym_profile_pen_feed(&d->on.profile, &d->pen, data[i], &point))
			ym_pad_point(&d->pad, point.x, point.y, point.pressure);
}

static void
on_lost(void *user)
{
	struct ym_driver_session *d = user;

	ym_pad_lost(&d->pad);
}

static enum ym_code
serial_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	struct ym_driver_session *d = ym_alloc(sizeof *d);
	const struct ym_line calls = {.on_bytes = on_bytes, .on_lost = on_lost, .user = d};
	enum ym_code code = ym_profile_device_open(&d->on, host, YM_ROLE_PAD, "signature pad", &calls, err);
	const struct ym_profile *p = &d->on.profile;

	if (code) {
		free(d);
		return code;
	}
	ym_pad_init(&d->pad, &d->on.host, p->name, p->width, p->height, p->seconds, p->idle_ms, on_end, d);
	d->pad.has_pressure = p->pressure.n > 1 || p->pressure.n_bits[0] > 1;
	*ret = d;
	return YM_OK;
}

static void
serial_close(struct ym_driver_session *d)
{
	if (!d)
		return;
	ym_pad_release(&d->pad);
	ym_profile_device_close(&d->on);
	explicit_bzero(d, sizeof *d);
	free(d);
}

static void
serial_start(struct ym_driver_session *d)
{
	(void)d; /* asked by an order alone */
}

static void
serial_cancel(struct ym_driver_session *d)
{
	ym_pad_cancel(&d->pad);
}

static void
serial_self_test(struct ym_driver_session *d)
{
	ym_profile_device_cannot_test(&d->on, N_("This device does not tell whether it works: sign on it in practice"));
}

static enum ym_code
serial_order(struct ym_driver_session *d, const struct ym_device_order *order, struct ym_error *err)
{
	enum ym_code code;

	if (order->kind != YM_ORDER_ASK)
		return ym_fail(err, YM_REFUSED, N_("This device cannot do that"), "order %d", order->kind);
	code = ym_pad_ask(&d->pad, order->id, err);
	if (code)
		return code;
	ym_line_flush(&d->on.line);
	ym_line_mute(&d->on.line, false);
	if (d->on.profile.ask.n)
		ym_line_send(&d->on.line, d->on.profile.ask.data, d->on.profile.ask.n);
	return YM_OK;
}

static const struct ym_driver_match serial_matches[] = {{"tty", YM_ROLE_PAD}, {0}};

const struct ym_driver ym_pad_serial = {
	.name = "pad-serial",
	.kind = YM_ROLE_PAD,
	.match = serial_matches,
	.open = serial_open,
	.close = serial_close,
	.start = serial_start,
	.cancel = serial_cancel,
	.self_test = serial_self_test,
	.order = serial_order,
};

static enum ym_code
vendor_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	(void)host;
	(void)ret;
	return ym_fail(err, YM_REFUSED,
		N_("This signature pad speaks only its maker's own protocol, which yimen does not: use one that works as a tablet"), "vendor HID");
}

static const struct ym_driver_match vendor_matches[] = {{"hidraw", YM_ROLE_PAD}, {0}};

/* Never has a session: open refuses. */
const struct ym_driver ym_pad_vendor = {
	.name = "pad-vendor",
	.kind = YM_ROLE_PAD,
	.match = vendor_matches,
	.open = vendor_open,
};
