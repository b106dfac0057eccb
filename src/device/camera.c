/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Cameras, for documents and for portraits: the driver's half; V4L2 and JPEG are in the helper yimen-camera.
 *
 * 1 open: the helper starts; READY or ATTENTION within OPEN_MS, else it hangs and is given up
 * 2 armed: previews come by themselves
 * 3 SHOOT: one picture or one fault within SHOT_MS, then ORDERED; the previews go on
 * 4 'G', a broken message or the end of the helper: what runs fails with GONE, then YM_DRIVER_GONE
 *
 * Invariant: a picture that was not asked for is dropped.
 */
#include <sys/stat.h>

#include "device/camera_wire.h"
#include "device/driver.h"
#include "device/helper.h"

#define OPEN_MS 6000
#define SHOT_MS 6000 /* the helper allows itself 3 s for a frame, the rest is encoding on a slow machine */

struct ym_driver_session {
	struct ym_driver_host host;
	struct ym_helper *helper;
	ym_source timer;
	bool is_ready, is_over, is_testing;
	uint32_t order; /* 0: none */
};

static void
tell(struct ym_driver_session *s, struct ym_driver_event ev)
{
	s->host.fn(s->host.user, &ev);
}

static void
set_deadline(struct ym_driver_session *s, int ms, ym_timer_fn fn)
{
	ym_loop_remove(s->host.loop, s->timer);
	s->timer = ms ? ym_loop_add_timer(s->host.loop, "camera", ms, fn, s) : 0;
}

static void
end_order(struct ym_driver_session *s, const struct ym_error *err)
{
	uint32_t order = s->order;
	bool was_testing = s->is_testing;

	set_deadline(s, 0, NULL);
	s->order = 0;
	s->is_testing = false;
	if (order)
		tell(s, (struct ym_driver_event){ .kind = YM_DRIVER_ORDERED, .order = order, .err = err });
	if (was_testing)
		tell(s, (struct ym_driver_event){ .kind = YM_DRIVER_TESTED, .err = err });
}

static void
leave(struct ym_driver_session *s, enum ym_code code, const char *msgid, const char *detail)
{
	struct ym_error err;

	if (s->is_over)
		return;
	s->is_over = true;
	ym_fail(&err, code, msgid, "%s", detail);
	end_order(s, &err);
	err.code = YM_GONE;
	tell(s, (struct ym_driver_event){ .kind = YM_DRIVER_GONE, .err = &err });
}

#define UNPLUGGED N_("The camera was unplugged: plug it in again, or mark the document as seen")

static void
on_deadline(void *user)
{
	struct ym_driver_session *s = user;
	struct ym_error err;

	s->timer = 0;
	ym_camera_fault_error(YM_CAMERA_SILENT, &err);
	leave(s, err.code, err.msgid, s->is_ready ? "no answer to an order" : "never said what it is");
}

static void
set_state(struct ym_driver_session *s, enum ym_device_state state, const char *about, const struct ym_error *err)
{
	tell(s, (struct ym_driver_event){ .kind = YM_DRIVER_STATE, .state = state, .about = about, .err = err });
}

static void
on_fault(struct ym_driver_session *s, const struct ym_camera_message *m)
{
	struct ym_error err = { 0 };

	ym_camera_fault_error(m->fault, &err);
	if (m->kind == 'N') {
		s->is_ready = false;
		end_order(s, &err);
		set_state(s, YM_DEVICE_ATTENTION, NULL, &err);
		return;
	}
	end_order(s, &err);
	set_state(s, s->is_ready ? YM_DEVICE_READY : YM_DEVICE_ATTENTION, NULL, NULL);
}

static void
on_message(void *user, uint8_t kind, const uint8_t *data, size_t n)
{
	struct ym_driver_session *s = user;
	struct ym_error fine = { 0 };
	struct ym_camera_message m;

	if (s->is_over)
		return;
	if (!ym_camera_wire_read(kind, data, n, &m)) {
		leave(s, YM_IO, N_("The camera's program said something that is not understood: plug the camera out and in again"), "malformed message");
		return;
	}
	switch (m.kind) {
	case 'R':
		s->is_ready = true;
		set_deadline(s, 0, NULL);
		set_state(s, YM_DEVICE_READY, m.text, NULL);
		break;
	case 'N':
	case 'F':
	case 'D':
		on_fault(s, &m);
		break;
	case 'V':
		tell(s, (struct ym_driver_event){ .kind = YM_DRIVER_PREVIEW, .image = &m.image });
		break;
	case 'I':
		if (!s->order)
			break;
		tell(s, (struct ym_driver_event){ .kind = YM_DRIVER_IMAGE, .image = &m.image, .order = s->order });
		end_order(s, &fine);
		set_state(s, YM_DEVICE_READY, NULL, NULL);
		break;
	case 'G':
		leave(s, YM_GONE, UNPLUGGED, "said so");
		break;
	default:
		break;
	}
}

static void
on_ended(void *user, const struct ym_error *err)
{
	struct ym_driver_session *s = user;

	leave(s, err->code, err->code == YM_GONE ? UNPLUGGED : err->msgid, err->detail);
}

static bool
send(struct ym_driver_session *s, const struct ym_camera_message *m)
{
	YM_BUF body = { 0 };

	ym_camera_wire_write(m, &body);
	return !s->is_over && ym_helper_send(s->helper, m->kind, body.data, body.len);
}

static enum ym_code
start_helper(struct ym_driver_session *s, const char *const *args, struct ym_error *err)
{
	static const struct ym_helper_calls calls = { .max = YM_CAMERA_MESSAGE_MAX, .message = on_message, .ended = on_ended };

	return ym_helper_new(s->host.loop, "yimen-camera", args, &calls, s, &s->helper, err);
}

static enum ym_code
camera_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	/* a folder instead of a node is the stand-in of practice and tests */
	struct stat st;
	const char *const node_args[] = { host->node, NULL }, *const folder_args[] = { "--pictures", host->node, NULL };
	struct ym_driver_session *s;
	enum ym_code rc;

	if (stat(host->node, &st))
		return ym_fail(err, YM_GONE, N_("The device is not plugged in"), "%m");
	s = ym_alloc(sizeof *s);
	s->host = *host;
	rc = start_helper(s, S_ISDIR(st.st_mode) ? folder_args : node_args, err);
	if (rc) {
		free(s);
		return rc;
	}
	set_deadline(s, host->timing.read_ms ? host->timing.read_ms : OPEN_MS, on_deadline);
	*ret = s;
	return YM_OK;
}

static void
camera_close(struct ym_driver_session *s)
{
	if (!s)
		return;
	ym_loop_remove(s->host.loop, s->timer);
	ym_helper_free(s->helper);
	free(s);
}

static void
camera_start(struct ym_driver_session *s)
{
	send(s, &(struct ym_camera_message){ .kind = 'P', .on = true });
}

static void
camera_cancel(struct ym_driver_session *s)
{
	send(s, &(struct ym_camera_message){ .kind = 'P', .on = false });
}

static void
camera_self_test(struct ym_driver_session *s)
{
	if (s->is_testing || s->order)
		return;
	s->is_testing = true;
	send(s, &(struct ym_camera_message){ .kind = 'T' });
	set_deadline(s, SHOT_MS, on_deadline);
}

static enum ym_code
camera_order(struct ym_driver_session *s, const struct ym_device_order *order, struct ym_error *err)
{
	if (order->kind != YM_ORDER_SHOOT)
		return ym_fail(err, YM_REFUSED, N_("This device cannot do that"), "order %d", order->kind);
	if (s->order || s->is_testing)
		return ym_fail(err, YM_BUSY, N_("The camera is still busy with the last picture"), "order %u", s->order);
	if (!s->is_ready)
		return ym_fail(err, YM_BUSY, N_("The camera is not ready yet"), "no 'R'");
	if (!send(s, &(struct ym_camera_message){ .kind = 'S', .rotate = order->rotate, .max_bytes = order->max_bytes }))
		return ym_fail(err, YM_GONE, UNPLUGGED, "send");
	s->order = order->id;
	set_deadline(s, s->host.timing.read_ms ? s->host.timing.read_ms : SHOT_MS, on_deadline);
	return YM_OK;
}

static const struct ym_driver_match match[] = {
	{ "video4linux", YM_ROLE_CAMERA }, { "video4linux", YM_ROLE_PORTRAIT }, { "file", YM_ROLE_CAMERA }, { "file", YM_ROLE_PORTRAIT }, { NULL, YM_ROLE_NONE },
};

const struct ym_driver ym_camera = {
	.name = "camera", .kind = YM_ROLE_CAMERA, .match = match, .open = camera_open, .close = camera_close, .start = camera_start,
	.cancel = camera_cancel, .self_test = camera_self_test, .order = camera_order,
};
