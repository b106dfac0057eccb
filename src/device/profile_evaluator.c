/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Driver: an evaluator on a serial line, spoken to as its profile says. Asked, it waits for one of the five grades.
 * Not the rating's keeper (cases). Invariant: keys pressed while nobody asked are thrown away; one asking gives at most one
 * grade; no grade is ever written to a log or a transcript in clear.
 */
#include "device/profile_device.h"
#include "device/recorder.h"

#define FLOOD_BYTES 512
#define PAUSE_MS 200 /* silence that ends a key's bytes */

struct ym_driver_session {
	struct ym_profile_device on;
	struct ym_profile_ear ear;
	ym_source timer, pause;
	bool is_asking;
	uint32_t order;
	size_t n_heard;
};

static void
stop_timers(struct ym_driver_session *d)
{
	ym_loop_remove(d->on.host.loop, d->timer);
	ym_loop_remove(d->on.host.loop, d->pause);
	d->timer = d->pause = 0;
}

/* The asking is over; err->code says how. */
static void
end_asking(struct ym_driver_session *d, const struct ym_error *err)
{
	stop_timers(d);
	d->is_asking = false;
	explicit_bzero(&d->ear, sizeof d->ear);
	ym_line_mute(&d->on.line, true);
	if (err->code && d->on.profile.cancel.n)
		ym_line_send(&d->on.line, d->on.profile.cancel.data, d->on.profile.cancel.n);
	ym_profile_device_set_state(&d->on, YM_DEVICE_READY, err->code == YM_INVALID ? err : NULL);
	d->on.host.fn(d->on.host.user, &(struct ym_driver_event){.kind = YM_DRIVER_ORDERED, .order = d->order, .err = err});
}

static void
on_late(void *user)
{
	struct ym_driver_session *d = user;
	struct ym_error err;

	d->timer = 0;
	ym_fail(&err, YM_TIMEOUT, N_("The citizen has pressed no key of the evaluator"), "%d s", d->on.profile.seconds);
	end_asking(d, &err);
}

static void
on_pause(void *user)
{
	struct ym_driver_session *d = user;
	struct ym_error err;

	d->pause = 0;
	explicit_bzero(&d->ear, sizeof d->ear);
	ym_fail(&err, YM_INVALID, N_("The evaluator sent a key that its profile does not know: tell maintenance"), "unknown bytes");
	ym_profile_device_set_state(&d->on, YM_DEVICE_BUSY, &err);
}

static void
on_bytes(void *user, const uint8_t *data, size_t n)
{
	struct ym_driver_session *d = user;
	struct ym_error err = {0};

	ym_recorder_in(d->on.host.recorder, data, n, NULL);
	for (size_t i = 0; d->is_asking && i < n; i++) {
		int grade = ym_profile_hear(&d->on.profile, &d->ear, data[i]);

		if (grade) {
			stop_timers(d);
			d->on.host.fn(d->on.host.user, &(struct ym_driver_event){.kind = YM_DRIVER_PRESSED, .grade = grade});
			return end_asking(d, &err);
		}
	}
	d->n_heard += n;
	if (d->is_asking && d->n_heard > FLOOD_BYTES) {
		ym_fail(&err, YM_INVALID, N_("The evaluator sends without end: switch it off and on"), "flood");
		return end_asking(d, &err);
	}
	ym_loop_remove(d->on.host.loop, d->pause);
	d->pause = ym_loop_add_timer(d->on.host.loop, "evaluator", d->on.host.timing.settle_ms > 0 ? d->on.host.timing.settle_ms : PAUSE_MS,
		on_pause, d);
}

static void
on_lost(void *user)
{
	struct ym_driver_session *d = user;
	struct ym_error err;

	stop_timers(d);
	ym_fail(&err, YM_GONE, N_("The evaluator was unplugged: plug it in and ask again"), "hang-up");
	if (d->is_asking) {
		d->is_asking = false;
		d->on.host.fn(d->on.host.user, &(struct ym_driver_event){.kind = YM_DRIVER_ORDERED, .order = d->order, .err = &err});
	}
	d->on.host.fn(d->on.host.user, &(struct ym_driver_event){.kind = YM_DRIVER_GONE, .err = &err});
}

static enum ym_code
evaluator_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	struct ym_driver_session *d = ym_alloc(sizeof *d);
	const struct ym_line calls = {.on_bytes = on_bytes, .on_lost = on_lost, .user = d};
	enum ym_code code = ym_profile_device_open(&d->on, host, YM_ROLE_EVALUATOR, "evaluator", &calls, err);

	if (code)
		free(d);
	else
		*ret = d;
	return code;
}

static void
evaluator_close(struct ym_driver_session *d)
{
	if (!d)
		return;
	stop_timers(d);
	ym_profile_device_close(&d->on);
	explicit_bzero(d, sizeof *d);
	free(d);
}

static void
evaluator_start(struct ym_driver_session *d)
{
	(void)d; /* asked by an order alone */
}

static void
evaluator_cancel(struct ym_driver_session *d)
{
	struct ym_error err;

	if (!d->is_asking)
		return;
	ym_fail(&err, YM_CANCELLED, N_("The asking was taken back"), "cancel");
	end_asking(d, &err);
}

static void
evaluator_self_test(struct ym_driver_session *d)
{
	ym_profile_device_cannot_test(&d->on,
		N_("This device does not tell whether it works: ask for a rating in practice and press each key"));
}

static enum ym_code
evaluator_order(struct ym_driver_session *d, const struct ym_device_order *order, struct ym_error *err)
{
	if (order->kind != YM_ORDER_ASK)
		return ym_fail(err, YM_REFUSED, N_("This device cannot do that"), "order %d", order->kind);
	if (d->is_asking)
		return ym_fail(err, YM_BUSY, N_("The citizen is choosing on the evaluator"), "asking");
	stop_timers(d);
	d->is_asking = true;
	d->order = order->id;
	d->n_heard = 0;
	memset(&d->ear, 0, sizeof d->ear);
	ym_line_flush(&d->on.line); /* what was pressed before */
	ym_line_mute(&d->on.line, false);
	ym_recorder_out(d->on.host.recorder, d->on.profile.ask.data, d->on.profile.ask.n);
	ym_line_send(&d->on.line, d->on.profile.ask.data, d->on.profile.ask.n);
	d->timer = ym_loop_add_timer(d->on.host.loop, "evaluator",
		d->on.host.timing.read_ms > 0 ? d->on.host.timing.read_ms : d->on.profile.seconds * 1000, on_late, d);
	return YM_OK;
}

static const struct ym_driver_match matches[] = {{"tty", YM_ROLE_EVALUATOR}, {0}};

const struct ym_driver ym_profile_evaluator = {
	.name = "evaluator-profile",
	.kind = YM_ROLE_EVALUATOR,
	.match = matches,
	.open = evaluator_open,
	.close = evaluator_close,
	.start = evaluator_start,
	.cancel = evaluator_cancel,
	.self_test = evaluator_self_test,
	.order = evaluator_order,
};
