/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Two fingers as the identity card asks: one of each hand, thumb first, then index, middle, ring and little finger; when a
 * hand gives none, that is an exception with its reason (rules: 残缺或确实无法采集的注明). Templates and exceptions are one sealed
 * page. Not matching against any register. Invariant: two templates are never of the same finger as far as the reader can tell.
 */
#include "station/capture_inner.h"

#include "base/json.h"
#include "crypt/crypt.h"

#define FINGERS_MEDIA "application/x-yimen-fingers+json"

const char *
ym_station_finger_text(int finger)
{
	static const char *const words[] = { N_("right thumb"), N_("right index finger"), N_("right middle finger"), N_("right ring finger"),
		N_("right little finger"), N_("left thumb"), N_("left index finger"), N_("left middle finger"), N_("left ring finger"),
		N_("left little finger") };

	return finger >= 11 && finger <= 20 ? words[finger - 11] : N_("finger");
}

void
ym_capture_fingers_begin(struct ym_capturing *c)
{
	for (int i = 0; i < YM_FINGERS; i++) {
		c->view.fingers[i] = (struct ym_finger_line){ .finger = 11 + 5 * i };
		ym_buf_release(&c->templates[i]);
	}
	c->view.finger = 0;
	c->view.with_card = false;
	ym_buf_release(&c->skipped);
}

void
ym_capture_fingers_stop(struct ym_capturing *c)
{
	for (int i = 0; i < YM_FINGERS; i++)
		ym_buf_release(&c->templates[i]);
	ym_buf_release(&c->skipped);
}

static const char *
number_of_holder(const struct ym_capturing *c)
{
	struct ym_visit *v = c->station->visit;
	const struct ym_material_line *line = ym_visit_material(v, c->view.material);
	const struct ym_person *p = line ? ym_visit_person(v, line->holder) : NULL;

	return p ? p->doc_number : "";
}

static void
keep_card(struct ym_capturing *c)
{
	YM_BUF page = { 0 };

	if (ym_station_prints_json(c->station, number_of_holder(c), &page))
		ym_capture_keep(c, &page, FINGERS_MEDIA, "card");
}

bool
ym_capture_card_offer(struct ym_capturing *c, struct ym_offer *ret)
{
	struct ym_visit *v = c->station->visit;
	struct ym_capture_page page;
	int fingers[YM_FINGERS];

	if (c->view.mode != YM_CAPTURE_FINGERS || c->view.with_card || !ym_station_prints(c->station, number_of_holder(c), fingers))
		return false;
	for (int i = 0; ym_visit_page(v, c->view.material, i, &page); i++)
		if (ym_streq(page.what, "card"))
			return false;
	*ret = (struct ym_offer){ .name = "", .grade = 'A', .usable = true, .is_here = true, .is_now = true, .is_beside = true, .n_pages = 1,
		.fingers = { fingers[0], fingers[1] } };
	return true;
}

/* They never stand alone: who takes an identity card is captured here, whatever the old card says. */
enum ym_code
ym_capture_with_card(struct ym_capturing *c, struct ym_error *err)
{
	if (c->n_writers)
		return ym_fail(err, YM_BUSY, N_("The fingerprints are just being kept: try again"), NULL);
	c->view.with_card = true;
	if (ym_visit_n_pages(c->station->visit, c->view.material) > 0) {
		c->replaces = false;
		c->source = (struct ym_capture_source){ .origin = YM_FROM_TYPED };
		keep_card(c);
	}
	ym_capture_changed(c);
	return YM_OK;
}

static void
keep_both(struct ym_capturing *c)
{
	YM_JSON *list = json_array();
	YM_JSON *all = NULL;
	YM_BUF page = { 0 };
	char *text;

	for (int i = 0; i < YM_FINGERS; i++) {
		const struct ym_finger_line *f = &c->view.fingers[i];
		YM_BUF template = { 0 };

		ym_base64(&template, c->templates[i].data, c->templates[i].len);
		json_array_append_new(list, f->state == YM_FINGER_TAKEN ?
			json_pack("{si ss ss}", "finger", f->finger, "format", "libfprint", "template", ym_buf_str(&template)) :
			json_pack("{si ss}", "finger", f->finger, "exception", f->reason));
	}
	all = json_pack("{si sO ss}", "v", 1, "fingers", list, "skipped", ym_buf_str(&c->skipped));
	text = ym_json_line(all);
	ym_buf_adds(&page, text);
	explicit_bzero(text, strlen(text));
	free(text);
	c->replaces = true;
	c->source = (struct ym_capture_source){ .origin = YM_FROM_TYPED, .note = ym_buf_str(&c->skipped) };
	ym_capture_keep(c, &page, FINGERS_MEDIA, "fingers");
	if (c->view.with_card)
		keep_card(c);
}

/* The next finger that is wanted begins by itself; after the last both are kept. */
void
ym_capture_fingers_go_on(struct ym_capturing *c)
{
	struct ym_error err = { 0 };

	if (c->view.mode != YM_CAPTURE_FINGERS || c->order || c->n_writers)
		return;
	while (c->view.finger < YM_FINGERS && c->view.fingers[c->view.finger].state >= YM_FINGER_TAKEN)
		c->view.finger++;
	if (c->view.finger == YM_FINGERS) {
		c->view.finger = YM_FINGERS - 1;
		return;
	}
	if (c->view.phase == YM_PHASE_LIVE && !c->view.error.code && ym_station_finger_take(c->station, &err))
		ym_capture_failed(c, &err);
}

static void
settled(struct ym_capturing *c)
{
	bool all = true;

	for (int i = 0; i < YM_FINGERS; i++)
		all = all && c->view.fingers[i].state >= YM_FINGER_TAKEN;
	if (all)
		keep_both(c);
	ym_capture_changed(c);
	ym_capture_fingers_go_on(c);
}

enum ym_code
ym_station_finger_take(struct ym_station *s, struct ym_error *err)
{
	struct ym_capturing *c = s->capturing;
	struct ym_finger_line *f = c ? &c->view.fingers[c->view.finger] : NULL;
	struct ym_device_order order = { .kind = YM_ORDER_FINGER };
	enum ym_code code;

	if (!c || c->view.mode != YM_CAPTURE_FINGERS || f->state >= YM_FINGER_TAKEN)
		return ym_fail(err, YM_STATE, N_("Nothing is being captured"), NULL);
	if (c->order)
		return YM_OK;
	order.finger = f->finger;
	for (int i = 0; i < YM_FINGERS; i++)
		if (c->view.fingers[i].state == YM_FINGER_TAKEN) {
			order.data = (const uint8_t *)c->templates[i].data;
			order.n = c->templates[i].len;
		}
	code = ym_capture_order(c, &order, err);
	if (code)
		return code;
	c->view.error = (struct ym_error){ 0 };
	f->state = YM_FINGER_TAKING;
	f->stage = f->stages = 0;
	f->again = NULL;
	ym_capture_changed(c);
	return YM_OK;
}

void
ym_capture_on_finger(struct ym_capturing *c, const struct ym_finger *finger)
{
	struct ym_finger_line *f = &c->view.fingers[c->view.finger];

	if (finger->finger != f->finger)
		return;
	f->stage = finger->stage;
	f->stages = finger->stages;
	f->again = finger->again;
	if (finger->data && finger->n <= YM_CAPTURE_FINGER_BYTES) {
		ym_buf_clear(&c->templates[c->view.finger]);
		ym_buf_add(&c->templates[c->view.finger], finger->data, finger->n);
	}
	ym_capture_changed(c);
}

void
ym_capture_finger_over(struct ym_capturing *c, const struct ym_error *err)
{
	struct ym_finger_line *f = &c->view.fingers[c->view.finger];

	if (f->state != YM_FINGER_TAKING)
		return ym_capture_changed(c);
	/* the driver's "ok" is not enough: a template must be there */
	if (!err->code && c->templates[c->view.finger].len) {
		f->state = YM_FINGER_TAKEN;
		settled(c);
		return;
	}
	f->state = YM_FINGER_WANTED;
	ym_buf_release(&c->templates[c->view.finger]);
	ym_capture_failed(c, err);
}

static void
note_skipped(struct ym_capturing *c, int finger, const char *reason)
{
	static const char *const names[] = { "右手拇指", "右手食指", "右手中指", "右手环指", "右手小指", "左手拇指", "左手食指", "左手中指", "左手环指", "左手小指" };

	ym_buf_addf(&c->skipped, "%s%s: %s", c->skipped.len ? ";" : "", names[finger - 11], reason);
}

static enum ym_code
set_aside(struct ym_station *s, const char *reason, struct ym_capturing **ret, struct ym_error *err)
{
	struct ym_capturing *c = s->capturing;

	if (!c || c->view.mode != YM_CAPTURE_FINGERS || c->view.fingers[c->view.finger].state >= YM_FINGER_TAKEN)
		return ym_fail(err, YM_STATE, N_("Nothing is being captured"), NULL);
	if (!reason || strlen(reason) < 4)
		return ym_fail(err, YM_INVALID, N_("Say why this finger cannot be taken"), NULL);
	/* whatever the reader still does for this finger is not ours any more */
	if (c->order && s->hub) {
		c->order = 0;
		ym_hub_arm(s->hub, YM_ROLE_FINGER, false);
		ym_hub_arm(s->hub, YM_ROLE_FINGER, true);
	}
	c->view.error = (struct ym_error){ 0 };
	note_skipped(c, c->view.fingers[c->view.finger].finger, reason);
	*ret = c;
	return YM_OK;
}

enum ym_code
ym_station_finger_other(struct ym_station *s, const char *reason, struct ym_error *err)
{
	struct ym_capturing *c;
	enum ym_code code;

	if (s->capturing && s->capturing->view.fingers[s->capturing->view.finger].finger % 5 == 0)
		return ym_fail(err, YM_REFUSED, N_("That was the last finger of this hand: record the exception"), NULL);
	code = set_aside(s, reason, &c, err);
	if (code)
		return code;
	c->view.fingers[c->view.finger] = (struct ym_finger_line){ .finger = c->view.fingers[c->view.finger].finger + 1 };
	settled(c);
	return YM_OK;
}

enum ym_code
ym_station_finger_except(struct ym_station *s, const char *reason, struct ym_error *err)
{
	struct ym_capturing *c;
	enum ym_code code = set_aside(s, reason, &c, err);

	if (code)
		return code;
	c->view.fingers[c->view.finger].state = YM_FINGER_EXCEPTED;
	ym_strlcpy(c->view.fingers[c->view.finger].reason, reason, sizeof c->view.fingers[0].reason);
	settled(c);
	return YM_OK;
}
