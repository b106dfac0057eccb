/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The capture at the window: which device, what it does now, what it brought. Pictures are cut and opened in
 * capture_picture.c, sealed in capture_keep.c, fingers are capture_finger.c's.
 * Invariant: a picture belongs to the material for which its order was given, or is dropped.
 */
#include "station/capture_inner.h"

#include "store/desk.h"

#define NOT_CAPTURING N_("Nothing is being captured")

/* -- what is going on -- */

static void
look_at_device(struct ym_capturing *c)
{
	struct ym_device_info info = { 0 };
	struct ym_hub *hub = c->station->hub;

	/* one camera may do for both: many counters have no second one */
	if (c->view.mode == YM_CAPTURE_PORTRAIT && !c->order && hub)
		c->role = ym_hub_role_state(hub, YM_ROLE_PORTRAIT) != YM_DEVICE_ABSENT ? YM_ROLE_PORTRAIT : YM_ROLE_CAMERA;
	if (hub && ym_hub_role_device(hub, c->role, &info))
		c->view.device = info;
	else
		c->view.device = (struct ym_device_info){ 0 };
}

static enum ym_capture_phase
phase_of(const struct ym_capturing *c)
{
	if (c->job || c->n_writers)
		return YM_PHASE_WORKING;
	if (c->is_judging)
		return YM_PHASE_JUDGE;
	if (c->view.mode == YM_CAPTURE_FINGERS) {
		bool all = true;

		for (int i = 0; i < YM_FINGERS; i++)
			all = all && (c->view.fingers[i].state == YM_FINGER_TAKEN || c->view.fingers[i].state == YM_FINGER_EXCEPTED);
		if (all)
			return YM_PHASE_DONE;
	} else if (c->order) {
		return YM_PHASE_SHOOTING;
	}
	switch (c->view.device.state) {
	case YM_DEVICE_READY:
		return YM_PHASE_LIVE;
	case YM_DEVICE_BUSY:
		return c->order ? YM_PHASE_LIVE : YM_PHASE_STARTING;
	case YM_DEVICE_ATTENTION:
		return YM_PHASE_FAULT;
	default:
		return YM_PHASE_NO_DEVICE;
	}
}

void
ym_capture_changed(struct ym_capturing *c)
{
	look_at_device(c);
	c->view.phase = phase_of(c);
	if (c->view.phase == YM_PHASE_NO_DEVICE && c->view.shown_page < 0)
		c->view.image.data = NULL;
	ym_station_notify(c->station, YM_NOTICE_CAPTURE);
}

void
ym_capture_failed(struct ym_capturing *c, const struct ym_error *err)
{
	if (err->code != YM_CANCELLED)
		c->view.error = *err;
	ym_capture_changed(c);
}

void
ym_capture_show(struct ym_capturing *c, const struct ym_image *gray, int page)
{
	if (gray->n > sizeof c->pixels)
		return;
	memcpy(c->pixels, gray->data, gray->n);
	c->view.image = *gray;
	c->view.image.data = c->pixels;
	c->view.shown_page = page;
}

const struct ym_capture *
ym_station_capture(struct ym_station *s)
{
	return s->capturing ? &s->capturing->view : NULL;
}

bool
ym_station_capture_mode(struct ym_station *s, const char *kind, enum ym_capture_mode *ret)
{
	const struct ym_kind *k = s->pack ? ym_pack_kind(s->pack, kind) : NULL;

	if (!k || ym_streq(k->capture, "signature"))
		return false;
	*ret = ym_streq(k->capture, "finger") ? YM_CAPTURE_FINGERS :
		ym_streq(k->capture, "photo") && ym_capture_is_portrait(s, kind) ? YM_CAPTURE_PORTRAIT : YM_CAPTURE_PAGES;
	return true;
}

/* -- begin and end -- */

static void
arm(struct ym_capturing *c, bool on)
{
	if (!c->station->hub)
		return;
	/* the other camera may come while we wait */
	if (c->view.mode == YM_CAPTURE_PORTRAIT)
		ym_hub_arm(c->station->hub, YM_ROLE_PORTRAIT, on);
	ym_hub_arm(c->station->hub, c->view.mode == YM_CAPTURE_FINGERS ? YM_ROLE_FINGER : YM_ROLE_CAMERA, on);
}

enum ym_code
ym_station_capture_begin(struct ym_station *s, int material, struct ym_error *err)
{
	const struct ym_material_line *line = s->visit ? ym_visit_material(s->visit, material) : NULL;
	enum ym_capture_mode mode;
	struct ym_capturing *c;

	ym_station_capture_end(s);
	if (!s->visit)
		return ym_fail(err, YM_STATE, N_("No visit is open at this window"), NULL);
	if (!line || !ym_station_capture_mode(s, line->kind, &mode))
		return ym_fail(err, YM_REFUSED, N_("This is not something that is captured with a device"), NULL);
	c = s->capturing = ym_alloc(sizeof *c);
	c->station = s;
	c->view.mode = mode;
	c->view.material = material;
	c->view.shown_page = -1;
	c->role = mode == YM_CAPTURE_FINGERS ? YM_ROLE_FINGER : YM_ROLE_CAMERA;
	ym_strlcpy(c->visit, ym_visit_id(s->visit), sizeof c->visit);
	if (mode == YM_CAPTURE_PORTRAIT)
		ym_capture_standard(c, line->kind);
	if (mode == YM_CAPTURE_FINGERS)
		ym_capture_fingers_begin(c);
	arm(c, true);
	look_at_device(c);
	c->view.phase = phase_of(c);
	ym_capture_fingers_go_on(c);
	return YM_OK;
}

void
ym_station_capture_end(struct ym_station *s)
{
	struct ym_capturing *c = YM_TAKE(s->capturing);

	if (!c)
		return;
	arm(c, false);
	ym_capture_picture_stop(c);
	ym_capture_keep_stop(c);
	ym_capture_fingers_stop(c);
	ym_buf_release(&c->whole);
	ym_buf_release(&c->cut);
	explicit_bzero(c, sizeof *c);
	free(c);
}

static enum ym_code
need(struct ym_station *s, struct ym_capturing **ret, struct ym_error *err)
{
	if (!s->capturing || !s->visit || strcmp(s->capturing->visit, ym_visit_id(s->visit)))
		return ym_fail(err, YM_STATE, NOT_CAPTURING, NULL);
	*ret = s->capturing;
	return YM_OK;
}

/* -- the device -- */

enum ym_code
ym_capture_order(struct ym_capturing *c, struct ym_device_order *order, struct ym_error *err)
{
	struct ym_hub *hub = c->station->hub;
	enum ym_code code;

	look_at_device(c);
	if (!hub || !c->view.device.ref.generation)
		return ym_fail(err, YM_GONE, N_("There is no such device at this counter"), NULL);
	order->id = YM_CAPTURE_ORDER_BASE + ++c->n_orders;
	code = ym_hub_order(hub, c->view.device.ref, order, err);
	if (!code)
		c->order = order->id;
	return code;
}

enum ym_code
ym_station_capture_shoot(struct ym_station *s, struct ym_error *err)
{
	struct ym_capturing *c;
	struct ym_device_order order = { .kind = YM_ORDER_SHOOT, .max_bytes = YM_CAPTURE_PAGE_BYTES };
	enum ym_code code = need(s, &c, err);

	if (code)
		return code;
	if (c->order || c->job || c->n_writers)
		return ym_fail(err, YM_BUSY, N_("The camera is still busy with the last picture"), NULL);
	if (c->view.mode == YM_CAPTURE_PAGES && ym_visit_n_pages(s->visit, c->view.material) >= YM_CAPTURE_PAGES_MAX)
		return ym_fail(err, YM_REFUSED, N_("Too many pages"), NULL);
	if (c->view.mode == YM_CAPTURE_PORTRAIT)
		order.max_bytes = YM_CAPTURE_PORTRAIT_BYTES;
	order.rotate = c->view.rotate;
	c->is_judging = false;
	c->view.error = (struct ym_error){ 0 };
	c->view.shown_page = -1;
	code = ym_capture_order(c, &order, err);
	if (!code)
		ym_capture_changed(c);
	return code;
}

void
ym_station_capture_turn(struct ym_station *s)
{
	if (s->capturing)
		s->capturing->view.rotate = (s->capturing->view.rotate + 90) % 360;
}

static void
on_image(struct ym_capturing *c, const struct ym_image *image)
{
	struct ym_error err = { 0 };

	if (c->view.mode == YM_CAPTURE_PORTRAIT) {
		ym_buf_clear(&c->whole);
		ym_buf_add(&c->whole, image->data, image->n);
		c->whole_page = (struct ym_capture_page){ 0 };
		c->source = (struct ym_capture_source){ .origin = YM_FROM_TYPED };
		if (ym_capture_picture_cut(c, &err))
			ym_capture_failed(c, &err);
		return;
	}
	YM_BUF page = { 0 };

	ym_buf_add(&page, image->data, image->n);
	c->replaces = false;
	ym_capture_keep(c, &page, "image/jpeg", "");
}

/* An order of ours is over; the picture, when there is one, came before. */
static void
on_ordered(struct ym_capturing *c, const struct ym_error *err)
{
	c->order = 0;
	if (c->view.mode == YM_CAPTURE_FINGERS)
		ym_capture_finger_over(c, err);
	else if (err && err->code)
		ym_capture_failed(c, err);
	else
		ym_capture_changed(c);
}

bool
ym_station_on_capture(struct ym_station *s, const struct ym_device_event *event)
{
	struct ym_capturing *c = s->capturing;
	bool is_ours;

	if (!c || !s->unlocked)
		return false;
	is_ours = c->order && event->order == c->order;
	switch (event->kind) {
	case YM_DEVICE_IMAGE:
		if (is_ours)
			on_image(c, event->image);
		return is_ours;
	case YM_DEVICE_ORDERED:
		if (is_ours)
			on_ordered(c, event->err);
		return is_ours;
	case YM_DEVICE_FINGER:
		if (is_ours)
			ym_capture_on_finger(c, event->finger);
		return is_ours;
	case YM_DEVICE_PREVIEW:
		if (event->ref.generation == c->view.device.ref.generation && c->view.shown_page < 0 && !c->is_judging && c->job == YM_PICTURE_NONE) {
			ym_capture_show(c, event->image, -1);
			ym_capture_changed(c);
		}
		return true;
	case YM_DEVICE_CHANGED:
		ym_capture_changed(c);
		ym_capture_fingers_go_on(c);
		return false;
	default:
		return false;
	}
}

/* -- pages -- */

enum ym_code
ym_station_capture_look(struct ym_station *s, int page, struct ym_error *err)
{
	struct ym_capturing *c;
	struct ym_capture_page p;
	YM_BUF jpeg = { 0 };
	enum ym_code code = need(s, &c, err);

	if (code)
		return code;
	if (page < 0) {
		c->view.shown_page = -1;
		c->view.image.data = NULL;
		ym_capture_changed(c);
		return YM_OK;
	}
	if (!ym_visit_page(s->visit, c->view.material, page, &p))
		return ym_fail(err, YM_NOTFOUND, N_("There is no such page"), NULL);
	if (strcmp(p.media, "image/jpeg"))
		return ym_fail(err, YM_REFUSED, N_("This page is not a picture that can be shown here"), "%s", p.media);
	code = ym_blob_get(s->db, p.sm3, p.key, &jpeg, err);
	explicit_bzero(p.key, sizeof p.key);
	return code ? code : ym_capture_picture_look(c, jpeg.data, jpeg.len, page, err);
}

enum ym_code
ym_station_capture_drop(struct ym_station *s, int page, struct ym_error *err)
{
	struct ym_capturing *c;
	enum ym_code code = need(s, &c, err);

	if (!code)
		code = ym_visit_drop_page(s->visit, c->view.material, page, err);
	/* a portrait is one thing: the cut and what it was cut from go together */
	while (!code && c->view.mode != YM_CAPTURE_PAGES && ym_visit_n_pages(s->visit, c->view.material) > 0)
		code = ym_visit_drop_page(s->visit, c->view.material, 0, err);
	if (code)
		return code;
	if (c->view.mode == YM_CAPTURE_FINGERS)
		ym_capture_fingers_begin(c);
	c->is_judging = false;
	c->view.shown_page = -1;
	ym_capture_changed(c);
	ym_station_notify(s, YM_NOTICE_VISIT);
	return YM_OK;
}

/* -- what there is already -- */

int
ym_station_capture_offers(struct ym_station *s, struct ym_offer *ret, int max)
{
	struct ym_capturing *c;
	int n;

	if (need(s, &c, NULL) || max < 1)
		return 0;
	n = ym_capture_card_offer(c, ret);
	return n + ym_visit_offers(s->visit, c->view.material, c->view.mode == YM_CAPTURE_PORTRAIT, ret + n, max - n);
}

static enum ym_code
cut_again(struct ym_capturing *c, const struct ym_offer *offer, const struct ym_capture_page *pages, int n, struct ym_error *err)
{
	enum ym_code code = YM_NOTFOUND;

	ym_buf_clear(&c->whole);
	for (int i = 0; i < n && code; i++)
		if (ym_streq(pages[i].what, "portrait")) {
			c->whole_page = pages[i];
			code = ym_blob_get(c->station->db, pages[i].sm3, pages[i].key, &c->whole, err);
		}
	if (code)
		return code;
	ym_strlcpy(c->source_desk, offer->desk, sizeof c->source_desk);
	c->source = (struct ym_capture_source){ .origin = YM_FROM_ARCHIVE, .at = offer->at, .desk = c->source_desk };
	return ym_capture_picture_cut(c, err);
}

enum ym_code
ym_station_capture_reuse(struct ym_station *s, const struct ym_offer *offer, struct ym_error *err)
{
	struct ym_capturing *c;
	struct ym_capture_page pages[YM_CAPTURE_PAGES_MAX];
	const struct ym_capture_source source = { .origin = YM_FROM_ARCHIVE, .at = offer->at, .desk = offer->desk };
	enum ym_code code = need(s, &c, err);
	int n;

	if (code)
		return code;
	if (offer->is_beside)
		return ym_capture_with_card(c, err);
	if (!offer->usable)
		return ym_fail(err, YM_REFUSED, N_("This was captured too long ago to be used again: capture it anew"), NULL);
	n = ym_visit_offer_pages(s->visit, c->view.material, c->view.mode == YM_CAPTURE_PORTRAIT, offer->index, pages, YM_ARRAY_LEN(pages));
	if (!n)
		code = ym_fail(err, YM_NOTFOUND, N_("Nothing is kept about this"), NULL);
	else if (offer->needs_cut)
		code = cut_again(c, offer, pages, n, err);
	else
		code = ym_visit_keep_pages(s->visit, c->view.material, pages, n, true, &source, err);
	explicit_bzero(pages, sizeof pages);
	if (code)
		return code;
	ym_capture_changed(c);
	ym_station_notify(s, YM_NOTICE_VISIT);
	return YM_OK;
}
