/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Driver: a queue display or caller on a serial line, spoken to as its profile says. It never answers.
 * Not the queue. Invariant: a ticket number and a window are all that goes out: no name.
 */
#include "device/profile_device.h"
#include "device/recorder.h"

#define TAKE_MS 3000

struct ym_driver_session {
	struct ym_profile_device on;
	ym_source timer;
	bool has_order, is_test;
	uint32_t order;
};

static void
end_order(struct ym_driver_session *d, const struct ym_error *err)
{
	struct ym_driver_event ev = {.kind = d->is_test ? YM_DRIVER_TESTED : YM_DRIVER_ORDERED, .order = d->order, .err = err};

	ym_loop_remove(d->on.host.loop, d->timer);
	d->timer = 0;
	d->has_order = d->is_test = false;
	d->on.host.fn(d->on.host.user, &ev);
}

static void
on_late(void *user)
{
	struct ym_driver_session *d = user;
	struct ym_error err;

	d->timer = 0;
	ym_line_drop(&d->on.line);
	ym_fail(&err, YM_TIMEOUT, N_("The queue display takes nothing: is it switched on? Call the ticket aloud"), "not drained");
	ym_profile_device_set_state(&d->on, YM_DEVICE_ATTENTION, &err);
	end_order(d, &err);
}

static void
on_drained(void *user)
{
	struct ym_driver_session *d = user;
	struct ym_error fine = {0};

	if (!d->has_order)
		return;
	ym_profile_device_set_state(&d->on, YM_DEVICE_READY, NULL);
	end_order(d, &fine);
}

static void
on_bytes(void *user, const uint8_t *data, size_t n)
{
	(void)user; /* muted: nothing is read */
	(void)data;
	(void)n;
}

static void
on_lost(void *user)
{
	struct ym_driver_session *d = user;
	struct ym_error err;

	ym_fail(&err, YM_GONE, N_("The queue display was unplugged: call the ticket aloud"), "hang-up");
	if (d->has_order)
		end_order(d, &err);
	d->on.host.fn(d->on.host.user, &(struct ym_driver_event){.kind = YM_DRIVER_GONE, .err = &err});
}

static enum ym_code
display_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	struct ym_driver_session *d = ym_alloc(sizeof *d);
	const struct ym_line calls = {.on_bytes = on_bytes, .on_drained = on_drained, .on_lost = on_lost, .user = d};
	enum ym_code code = ym_profile_device_open(&d->on, host, YM_ROLE_DISPLAY, "queue display", &calls, err);

	if (code)
		free(d);
	else
		*ret = d;
	return code;
}

static void
display_close(struct ym_driver_session *d)
{
	if (!d)
		return;
	ym_loop_remove(d->on.host.loop, d->timer);
	ym_profile_device_close(&d->on);
	free(d);
}

static void
display_nothing(struct ym_driver_session *d)
{
	(void)d;
}

static enum ym_code
show(struct ym_driver_session *d, const char *ticket, const char *window, struct ym_error *err)
{
	YM_BUF out = {.max = 4096};

	ym_profile_call(&d->on.profile, ticket, window, &out);
	ym_recorder_out(d->on.host.recorder, (const uint8_t *)out.data, out.len);
	if (!ym_line_send(&d->on.line, out.data, out.len))
		return ym_fail(err, YM_GONE, N_("The queue display was unplugged: call the ticket aloud"), "send");
	ym_loop_remove(d->on.host.loop, d->timer);
	d->has_order = true;
	d->timer = ym_loop_add_timer(d->on.host.loop, "queue display", d->on.host.timing.read_ms > 0 ? d->on.host.timing.read_ms : TAKE_MS, on_late, d);
	return YM_OK;
}

static void
display_self_test(struct ym_driver_session *d)
{
	struct ym_error err = {0};

	if (d->has_order)
		return;
	d->is_test = true;
	if (show(d, "8888", "88", &err))
		end_order(d, &err);
}

/* The text is the ticket, a tab and the window. */
static enum ym_code
display_order(struct ym_driver_session *d, const struct ym_device_order *order, struct ym_error *err)
{
	const char *tab = order->text ? strchr(order->text, '\t') : NULL;
	YM_FREE char *ticket = tab ? ym_strndup(order->text, (size_t)(tab - order->text)) : NULL;

	if (order->kind != YM_ORDER_SHOW || !tab)
		return ym_fail(err, YM_REFUSED, N_("This device cannot do that"), "order %d", order->kind);
	if (d->has_order)
		return ym_fail(err, YM_BUSY, N_("The queue display is busy"), "one at a time");
	d->order = order->id;
	return show(d, ticket, tab + 1, err);
}

static const struct ym_driver_match matches[] = {{"tty", YM_ROLE_DISPLAY}, {0}};

const struct ym_driver ym_profile_display = {
	.name = "display-profile",
	.kind = YM_ROLE_DISPLAY,
	.match = matches,
	.open = display_open,
	.close = display_close,
	.start = display_nothing,
	.cancel = display_nothing,
	.self_test = display_self_test,
	.order = display_order,
};
