/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Pictures without a camera: a stored page is opened for looking, a portrait is cut, in yimen-camera --picture; JPEG is not
 * decoded in the workstation. Invariant: one job at a time; its end is always told.
 */
#include "station/capture_inner.h"

static void
job_over(struct ym_capturing *c, const struct ym_error *err)
{
	c->job = YM_PICTURE_NONE;
	if (err)
		ym_capture_failed(c, err);
	else
		ym_capture_changed(c);
}

static void
on_cut(struct ym_capturing *c, const struct ym_image *image)
{
	ym_buf_clear(&c->cut);
	ym_buf_add(&c->cut, image->data, image->n);
	ym_capture_check(c, image);
	c->is_judging = true;
}

static void
on_message(void *user, uint8_t kind, const uint8_t *data, size_t n)
{
	struct ym_capturing *c = user;
	struct ym_camera_message m;
	struct ym_error err = { 0 };

	if (!c->job)
		return;
	if (!ym_camera_wire_read(kind, data, n, &m)) {
		ym_fail(&err, YM_IO, N_("The picture could not be worked on: try again"), "malformed message");
		job_over(c, &err);
		return;
	}
	switch (m.kind) {
	case 'O':
		c->portrait = m.portrait;
		break;
	case 'I':
		on_cut(c, &m.image);
		break;
	case 'V': /* always the last */
		ym_capture_show(c, &m.image, c->job == YM_PICTURE_LOOK ? c->job_page : -1);
		job_over(c, NULL);
		break;
	case 'F':
		ym_camera_fault_error(m.fault, &err);
		job_over(c, &err);
		break;
	default:
		break;
	}
}

static void
on_ended(void *user, const struct ym_error *err)
{
	struct ym_capturing *c = user;

	/* freed with the capture: not from inside its own call */
	if (c->job)
		job_over(c, err);
}

void
ym_capture_picture_stop(struct ym_capturing *c)
{
	ym_helper_free(YM_TAKE(c->pictures));
	c->job = YM_PICTURE_NONE;
}

static enum ym_code
ask(struct ym_capturing *c, const struct ym_camera_message *m, struct ym_error *err)
{
	static const struct ym_helper_calls calls = { YM_CAMERA_MESSAGE_MAX, on_message, on_ended };
	static const char *const args[] = { "--picture", NULL };
	YM_BUF body = { .max = YM_CAMERA_MESSAGE_MAX };
	enum ym_code code = YM_OK;

	if (c->job || c->n_writers)
		return ym_fail(err, YM_BUSY, N_("The camera is still busy with the last picture"), NULL);
	ym_camera_wire_write(m, &body);
	/* one that ended before takes nothing any more: another is started, once */
	for (int attempt = 0; attempt < 2; attempt++) {
		if (c->pictures && ym_helper_send(c->pictures, m->kind, body.data, body.len))
			return YM_OK;
		ym_helper_free(YM_TAKE(c->pictures));
		if ((code = ym_helper_new(c->station->loop, "yimen-camera", args, &calls, c, &c->pictures, err)))
			return code;
	}
	return c->pictures && ym_helper_send(c->pictures, m->kind, body.data, body.len) ? YM_OK :
		ym_fail(err, YM_IO, N_("The picture could not be worked on: try again"), "send");
}

enum ym_code
ym_capture_picture_look(struct ym_capturing *c, const void *jpeg, size_t n, int page, struct ym_error *err)
{
	const struct ym_camera_message m = { .kind = 'L', .w = YM_CAMERA_PREVIEW_W, .h = YM_CAMERA_PREVIEW_H, .data = jpeg, .n = n };
	enum ym_code code = ask(c, &m, err);

	if (!code) {
		c->job = YM_PICTURE_LOOK;
		c->job_page = page;
		ym_capture_changed(c);
	}
	return code;
}

enum ym_code
ym_capture_picture_cut(struct ym_capturing *c, struct ym_error *err)
{
	const struct ym_camera_message m = { .kind = 'C', .cut = c->cut_order, .data = (const uint8_t *)c->whole.data, .n = c->whole.len };
	enum ym_code code = ask(c, &m, err);

	if (!code) {
		c->job = YM_PICTURE_CUT;
		c->is_judging = false;
		ym_capture_changed(c);
	}
	return code;
}
