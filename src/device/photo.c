/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See photo.h. The words are those of yimen-camera's looking (camera_wire.h).
 */
#include "device/photo.h"

#include <unistd.h>

#include "device/camera_wire.h"
#include "device/helper.h"

#define WAIT_MS 3000

struct ym_photo {
	struct ym_loop *loop;
	struct ym_helper *helper;
	ym_source timer;
	ym_photo_fn fn;
	void *user;
	bool is_over;
};

static void
over(struct ym_photo *p, const struct ym_image *gray, enum ym_code code, const char *msgid, const char *detail)
{
	struct ym_error err;

	if (p->is_over)
		return;
	p->is_over = true;
	ym_loop_remove(p->loop, p->timer);
	p->timer = 0;
	ym_fail(&err, code, msgid, "%s", detail);
	p->fn(p->user, gray, &err);
}

static void
on_message(void *user, uint8_t kind, const uint8_t *data, size_t n)
{
	struct ym_photo *p = user;
	struct ym_camera_message m;

	if (!ym_camera_wire_read(kind, data, n, &m) || (m.kind != 'V' && m.kind != 'F'))
		over(p, NULL, YM_IO, N_("The decoder of card photos failed: compare with the card itself"), "malformed message");
	else if (m.kind == 'V')
		over(p, &m.image, YM_OK, NULL, "");
	else if (m.fault == YM_CAMERA_NO_FORMAT)
		over(p, NULL, YM_REFUSED, N_("The decoder of card photos that is set cannot be used here: tell maintenance"), "no decoder of this ABI");
	else
		over(p, NULL, YM_INVALID, N_("The decoder does not read this card's photo: compare with the card itself"), "refused by the decoder");
}

static void
on_ended(void *user, const struct ym_error *err)
{
	over(user, NULL, YM_IO, N_("The decoder of card photos failed: compare with the card itself"), err->detail);
}

static void
on_late(void *user)
{
	struct ym_photo *p = user;

	p->timer = 0;
	over(p, NULL, YM_TIMEOUT, N_("The decoder of card photos does not answer: compare with the card itself"), "deadline");
}

enum ym_code
ym_photo_decode(struct ym_loop *loop, const char *decoder, const uint8_t *wlt, size_t n, int wait_ms, ym_photo_fn fn, void *user,
	struct ym_photo **ret, struct ym_error *err)
{
	static const struct ym_helper_calls calls = { YM_CAMERA_MESSAGE_MAX, on_message, on_ended };
	const struct ym_camera_message m = { .kind = 'L', .w = YM_CAMERA_PREVIEW_W, .h = YM_CAMERA_PREVIEW_H, .data = wlt, .n = n };
	const char *const args[] = { decoder, NULL };
	YM_BUF body = { 0 };
	struct ym_photo *p;
	enum ym_code rc;

	if (access(decoder, R_OK))
		return ym_fail_on(err, YM_NOTFOUND, N_("The decoder of card photos that is set is not there: tell maintenance"), decoder, "%m");
	p = ym_alloc(sizeof *p);
	*p = (struct ym_photo){ .loop = loop, .fn = fn, .user = user };
	rc = ym_helper_new(loop, "yimen-photo", args, &calls, p, &p->helper, err);
	if (rc) {
		free(p);
		return rc;
	}
	ym_camera_wire_write(&m, &body);
	ym_helper_send(p->helper, m.kind, body.data, body.len);
	if (body.data)
		explicit_bzero(body.data, body.len);
	p->timer = ym_loop_add_timer(loop, "photo", wait_ms ? wait_ms : WAIT_MS, on_late, p);
	*ret = p;
	return YM_OK;
}

void
ym_photo_free(struct ym_photo *p)
{
	if (!p)
		return;
	ym_loop_remove(p->loop, p->timer);
	ym_helper_free(p->helper);
	free(p);
}
