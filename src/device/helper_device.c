/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See helper_device.h.
 */
#include "device/helper_device.h"

static void
on_timer(void *user)
{
	struct ym_helper_device *d = user;

	d->timer = 0;
	d->on_late(d->user);
}

void
ym_helper_device_set_deadline(struct ym_helper_device *d, int ms)
{
	ym_loop_remove(d->host.loop, d->timer);
	d->timer = ym_loop_add_timer(d->host.loop, d->name, ms, on_timer, d);
}

static void
drop_deadline(struct ym_helper_device *d)
{
	ym_loop_remove(d->host.loop, d->timer);
	d->timer = 0;
}

static int
patience(const struct ym_helper_device *d, int ms)
{
	return d->host.timing.read_ms ? d->host.timing.read_ms : ms;
}

enum ym_code
ym_helper_device_open(struct ym_helper_device *d, const struct ym_driver_host *host, const char *name, const char *program,
	const char *const *args, const struct ym_helper_calls *calls, int open_ms, ym_timer_fn on_late, void *user, struct ym_error *err)
{
	enum ym_code rc;

	*d = (struct ym_helper_device){.host = *host, .name = name, .on_late = on_late, .user = user};
	rc = ym_helper_new(host->loop, program, args, calls, user, &d->helper, err);
	if (rc == YM_OK)
		ym_helper_device_set_deadline(d, patience(d, open_ms));
	return rc;
}

void
ym_helper_device_close(struct ym_helper_device *d)
{
	drop_deadline(d);
	ym_helper_free(d->helper);
}

void
ym_helper_device_tell(struct ym_helper_device *d, struct ym_driver_event ev)
{
	d->host.fn(d->host.user, &ev);
}

void
ym_helper_device_set_state(struct ym_helper_device *d, enum ym_device_state state, const char *about, const struct ym_error *err)
{
	ym_helper_device_tell(d, (struct ym_driver_event){.kind = YM_DRIVER_STATE, .state = state, .about = about, .err = err});
}

void
ym_helper_device_is_ready(struct ym_helper_device *d, const char *about)
{
	d->is_ready = true;
	drop_deadline(d);
	ym_helper_device_set_state(d, YM_DEVICE_READY, about, NULL);
}

void
ym_helper_device_began(struct ym_helper_device *d, uint32_t order, int ms)
{
	d->order = order;
	ym_helper_device_set_deadline(d, patience(d, ms));
}

void
ym_helper_device_self_test(struct ym_helper_device *d, int ms)
{
	if (d->is_testing || d->order)
		return;
	d->is_testing = true;
	ym_helper_device_send(d, 'T', &(struct ym_buf){0});
	ym_helper_device_set_deadline(d, ms);
}

void
ym_helper_device_end(struct ym_helper_device *d, const struct ym_error *err)
{
	uint32_t order = d->order;
	bool was_testing = d->is_testing;

	drop_deadline(d);
	d->order = 0;
	d->is_testing = false;
	if (order)
		ym_helper_device_tell(d, (struct ym_driver_event){.kind = YM_DRIVER_ORDERED, .order = order, .err = err});
	if (was_testing)
		ym_helper_device_tell(d, (struct ym_driver_event){.kind = YM_DRIVER_TESTED, .err = err});
}

void
ym_helper_device_leave(struct ym_helper_device *d, enum ym_code code, const char *msgid, const char *detail)
{
	struct ym_error err;

	if (d->is_over)
		return;
	d->is_over = true;
	ym_fail(&err, code, msgid, "%s", detail);
	ym_helper_device_end(d, &err);
	err.code = YM_GONE;
	ym_helper_device_tell(d, (struct ym_driver_event){.kind = YM_DRIVER_GONE, .err = &err});
}

bool
ym_helper_device_send(struct ym_helper_device *d, uint8_t kind, const struct ym_buf *body)
{
	return !d->is_over && ym_helper_send(d->helper, kind, body->data, body->len);
}
