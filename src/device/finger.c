/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Fingerprint readers: the driver's half; libfprint finds and drives them in the helper yimen-finger, so this device has no
 * node of its own. A finger is taken by order, several scans a finger; a scan to be repeated is told and is no failure.
 *
 * 1 open: the helper starts; 'R' or 'A' within OPEN_MS
 * 2 FINGER: 'E', any number of 'S', one 'K' or 'F' within FINGER_MS, then ORDERED
 * 3 cancel (disarmed): 'X'; the order ends CANCELLED
 *
 * Invariant: a template goes out only for the finger that was ordered.
 */
#include "device/finger_wire.h"
#include "device/helper_device.h"

#define OPEN_MS 8000
#define FINGER_MS 90000 /* old hands need several attempts */

struct ym_driver_session {
	struct ym_helper_device d;
	bool is_stopping;
	int finger;
};

static void
end_order(struct ym_driver_session *s, const struct ym_error *err)
{
	s->is_stopping = false;
	ym_helper_device_end(&s->d, err);
}

static bool
send(struct ym_driver_session *s, const struct ym_finger_message *m)
{
	YM_BUF body = { 0 };

	ym_finger_wire_write(m, &body);
	return ym_helper_device_send(&s->d, m->kind, &body);
}

static void
on_late(void *user)
{
	struct ym_driver_session *s = user;

	if (s->d.is_ready && s->d.order && !s->is_stopping) {
		struct ym_error err;
		uint32_t order = s->d.order;

		/* nobody came: the reader is fine, only this finger is not there */
		s->d.order = 0;
		s->is_stopping = true;
		send(s, &(struct ym_finger_message){ .kind = 'X' });
		ym_helper_device_set_deadline(&s->d, OPEN_MS);
		ym_fail(&err, YM_TIMEOUT, N_("No finger was laid on the reader: begin again, or record an exception"), "deadline");
		ym_helper_device_tell(&s->d, (struct ym_driver_event){ .kind = YM_DRIVER_ORDERED, .order = order, .err = &err });
		return;
	}
	ym_helper_device_leave(&s->d, YM_TIMEOUT, N_("The fingerprint reader does not answer: plug it out and in again"), "silent");
}

static void
on_fault(struct ym_driver_session *s, const struct ym_finger_message *m)
{
	struct ym_error err = { 0 };

	ym_finger_fault_error(m->fault, &err);
	s->is_stopping = false;
	end_order(s, &err);
	if (m->fault == YM_FINGER_ABSENT)
		s->d.is_ready = false;
	ym_helper_device_set_state(&s->d, m->fault == YM_FINGER_ABSENT ? YM_DEVICE_ABSENT : YM_DEVICE_READY, NULL, NULL);
}

static void
on_scan(struct ym_driver_session *s, const struct ym_finger_message *m)
{
	const struct ym_finger finger = { .finger = m->finger, .stage = m->stage, .stages = m->stages, .again = ym_finger_again_text(m->again),
		.data = m->data, .n = m->n };
	struct ym_error fine = { 0 };

	if (!s->d.order || m->finger != s->finger)
		return;
	ym_helper_device_tell(&s->d, (struct ym_driver_event){ .kind = YM_DRIVER_FINGER, .finger = &finger, .order = s->d.order });
	if (m->kind != 'K')
		return;
	end_order(s, &fine);
	ym_helper_device_set_state(&s->d, YM_DEVICE_READY, NULL, NULL);
}

static void
on_message(void *user, uint8_t kind, const uint8_t *data, size_t n)
{
	struct ym_driver_session *s = user;
	struct ym_finger_message m;

	if (s->d.is_over)
		return;
	if (!ym_finger_wire_read(kind, data, n, &m)) {
		ym_helper_device_leave(&s->d, YM_IO, N_("The fingerprint reader's program said something that is not understood"), "malformed message");
		return;
	}
	switch (m.kind) {
	case 'R':
		ym_helper_device_is_ready(&s->d, m.text);
		break;
	case 'A':
		/* libfprint will tell when one comes */
		m.fault = YM_FINGER_ABSENT;
		on_fault(s, &m);
		break;
	case 'S':
	case 'K':
		on_scan(s, &m);
		break;
	case 'F':
	case 'D':
		on_fault(s, &m);
		break;
	default:
		break;
	}
}

static void
on_ended(void *user, const struct ym_error *err)
{
	struct ym_driver_session *s = user;

	ym_helper_device_leave(&s->d, err->code, err->msgid, err->detail);
}

static enum ym_code
finger_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	static const struct ym_helper_calls calls = { .max = YM_FINGER_MESSAGE_MAX, .message = on_message, .ended = on_ended };
	/* a folder is the stand-in of practice and tests; "libfprint" is whatever libfprint finds */
	const char *const stand_in[] = { "--stand-in", host->node, NULL };
	struct ym_driver_session *s = ym_alloc(sizeof *s);
	enum ym_code rc;

	rc = ym_helper_device_open(&s->d, host, "finger", "yimen-finger", host->node[0] == '/' ? stand_in : NULL, &calls, OPEN_MS, on_late, s, err);
	if (rc) {
		free(s);
		return rc;
	}
	*ret = s;
	return YM_OK;
}

static void
finger_close(struct ym_driver_session *s)
{
	if (!s)
		return;
	ym_helper_device_close(&s->d);
	free(s);
}

static void
finger_start(struct ym_driver_session *s)
{
	(void)s; /* a finger is taken by order only */
}

static void
finger_cancel(struct ym_driver_session *s)
{
	if (!s->d.order || s->is_stopping)
		return;
	s->is_stopping = true;
	send(s, &(struct ym_finger_message){ .kind = 'X' });
	ym_helper_device_set_deadline(&s->d, OPEN_MS);
}

static void
finger_self_test(struct ym_driver_session *s)
{
	ym_helper_device_self_test(&s->d, OPEN_MS);
}

static enum ym_code
finger_order(struct ym_driver_session *s, const struct ym_device_order *order, struct ym_error *err)
{
	if (order->kind != YM_ORDER_FINGER)
		return ym_fail(err, YM_REFUSED, N_("This device cannot do that"), "order %d", order->kind);
	if (s->d.order || s->d.is_testing || s->is_stopping)
		return ym_fail(err, YM_BUSY, N_("The fingerprint reader is still busy with the last finger"), "order %u", s->d.order);
	if (!s->d.is_ready)
		return ym_fail(err, YM_GONE, N_("The device is not plugged in"), "no reader");
	if (!send(s, &(struct ym_finger_message){ .kind = 'E', .finger = order->finger, .data = order->data, .n = order->n }))
		return ym_fail(err, YM_GONE, N_("The device is not plugged in"), "send");
	s->finger = order->finger;
	ym_helper_device_began(&s->d, order->id, FINGER_MS);
	return YM_OK;
}

static const struct ym_driver_match match[] = { { "libfprint", YM_ROLE_FINGER }, { NULL, YM_ROLE_NONE } };

const struct ym_driver ym_finger = {
	.name = "finger", .kind = YM_ROLE_FINGER, .match = match, .open = finger_open, .close = finger_close, .start = finger_start,
	.cancel = finger_cancel, .self_test = finger_self_test, .order = finger_order,
};
