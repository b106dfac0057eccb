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
#include "device/helper_device.h"

#define OPEN_MS 6000
#define SHOT_MS 6000 /* the helper allows itself 3 s for a frame, the rest is encoding on a slow machine */

struct ym_driver_session {
	struct ym_helper_device d;
};

#define UNPLUGGED N_("The camera was unplugged: plug it in again, or mark the document as seen")

static void
on_deadline(void *user)
{
	struct ym_driver_session *s = user;
	struct ym_error err;

	ym_camera_fault_error(YM_CAMERA_SILENT, &err);
	ym_helper_device_leave(&s->d, err.code, err.msgid, s->d.is_ready ? "no answer to an order" : "never said what it is");
}

static void
on_fault(struct ym_driver_session *s, const struct ym_camera_message *m)
{
	struct ym_error err = { 0 };

	ym_camera_fault_error(m->fault, &err);
	if (m->kind == 'N') {
		s->d.is_ready = false;
		ym_helper_device_end(&s->d, &err);
		ym_helper_device_set_state(&s->d, YM_DEVICE_ATTENTION, NULL, &err);
		return;
	}
	ym_helper_device_end(&s->d, &err);
	ym_helper_device_set_state(&s->d, s->d.is_ready ? YM_DEVICE_READY : YM_DEVICE_ATTENTION, NULL, NULL);
}

static void
on_message(void *user, uint8_t kind, const uint8_t *data, size_t n)
{
	struct ym_driver_session *s = user;
	struct ym_error fine = { 0 };
	struct ym_camera_message m;

	if (s->d.is_over)
		return;
	if (!ym_camera_wire_read(kind, data, n, &m)) {
		ym_helper_device_leave(&s->d, YM_IO, N_("The camera's program said something that is not understood: plug the camera out and in again"), "malformed message");
		return;
	}
	switch (m.kind) {
	case 'R':
		ym_helper_device_is_ready(&s->d, m.text);
		break;
	case 'N':
	case 'F':
	case 'D':
		on_fault(s, &m);
		break;
	case 'V':
		ym_helper_device_tell(&s->d, (struct ym_driver_event){ .kind = YM_DRIVER_PREVIEW, .image = &m.image });
		break;
	case 'I':
		if (!s->d.order)
			break;
		ym_helper_device_tell(&s->d, (struct ym_driver_event){ .kind = YM_DRIVER_IMAGE, .image = &m.image, .order = s->d.order });
		ym_helper_device_end(&s->d, &fine);
		ym_helper_device_set_state(&s->d, YM_DEVICE_READY, NULL, NULL);
		break;
	case 'G':
		ym_helper_device_leave(&s->d, YM_GONE, UNPLUGGED, "said so");
		break;
	default:
		break;
	}
}

static void
on_ended(void *user, const struct ym_error *err)
{
	struct ym_driver_session *s = user;

	ym_helper_device_leave(&s->d, err->code, err->code == YM_GONE ? UNPLUGGED : err->msgid, err->detail);
}

static bool
send(struct ym_driver_session *s, const struct ym_camera_message *m)
{
	YM_BUF body = { 0 };

	ym_camera_wire_write(m, &body);
	return ym_helper_device_send(&s->d, m->kind, &body);
}

static enum ym_code
camera_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	static const struct ym_helper_calls calls = { .max = YM_CAMERA_MESSAGE_MAX, .message = on_message, .ended = on_ended };
	/* a folder instead of a node is the stand-in of practice and tests */
	struct stat st;
	const char *const node_args[] = { host->node, NULL }, *const folder_args[] = { "--pictures", host->node, NULL };
	struct ym_driver_session *s;
	enum ym_code rc;

	if (stat(host->node, &st))
		return ym_fail(err, YM_GONE, N_("The device is not plugged in"), "%m");
	s = ym_alloc(sizeof *s);
	rc = ym_helper_device_open(&s->d, host, "camera", "yimen-camera", S_ISDIR(st.st_mode) ? folder_args : node_args, &calls, OPEN_MS,
		on_deadline, s, err);
	if (rc) {
		free(s);
		return rc;
	}
	*ret = s;
	return YM_OK;
}

static void
camera_close(struct ym_driver_session *s)
{
	if (!s)
		return;
	ym_helper_device_close(&s->d);
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
	ym_helper_device_self_test(&s->d, SHOT_MS);
}

static enum ym_code
camera_order(struct ym_driver_session *s, const struct ym_device_order *order, struct ym_error *err)
{
	if (order->kind != YM_ORDER_SHOOT)
		return ym_fail(err, YM_REFUSED, N_("This device cannot do that"), "order %d", order->kind);
	if (s->d.order || s->d.is_testing)
		return ym_fail(err, YM_BUSY, N_("The camera is still busy with the last picture"), "order %u", s->d.order);
	if (!s->d.is_ready)
		return ym_fail(err, YM_BUSY, N_("The camera is not ready yet"), "no 'R'");
	if (!send(s, &(struct ym_camera_message){ .kind = 'S', .rotate = order->rotate, .max_bytes = order->max_bytes }))
		return ym_fail(err, YM_GONE, UNPLUGGED, "send");
	ym_helper_device_began(&s->d, order->id, SHOT_MS);
	return YM_OK;
}

static const struct ym_driver_match match[] = {
	{ "video4linux", YM_ROLE_CAMERA }, { "video4linux", YM_ROLE_PORTRAIT }, { "file", YM_ROLE_CAMERA }, { "file", YM_ROLE_PORTRAIT }, { NULL, YM_ROLE_NONE },
};

const struct ym_driver ym_camera = {
	.name = "camera", .kind = YM_ROLE_CAMERA, .match = match, .open = camera_open, .close = camera_close, .start = camera_start,
	.cancel = camera_cancel, .self_test = camera_self_test, .order = camera_order,
};
