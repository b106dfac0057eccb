/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One signing act: the document is taken as it stands, the pad is asked, the officer looks, the signature is kept.
 *
 *   begin --pad there--> waiting --pen--> drawing --pen rests--> judge --accept--> done
 *     |                     |                |                     | \--ask again--> waiting
 *     +--no pad: idle <-----+---unplugged, nothing came, too long--+
 *
 * Not the strokes' form (signing_text.c). Invariant: what is kept was drawn after this document was taken, by the person chosen then.
 */
#include "yimen/signing.h"

#include "store/desk.h"
#include "station/private.h"
#include "station/signing_text.h"

#define NOT_SIGNING N_("Nothing is being signed on the pad")

struct ym_signing_act {
	struct ym_station *station;
	struct ym_signing view;
	char visit[40], paper[128], digest[65];
	json_t *document;
	struct ym_device_ref pad;   /* that was asked */
	uint32_t order;             /* 0: it is not being asked */
	bool wants;                 /* ask as soon as there is a pad */
	bool is_whole, is_kept;     /* strokes: a signature, kept */
	struct ym_stroke_point *points;
	size_t cap;
};

static void
wipe(struct ym_signing_act *a)
{
	if (a->points)
		explicit_bzero(a->points, a->cap * sizeof *a->points);
	a->view.strokes = (struct ym_strokes){ 0 };
	a->is_whole = false;
}

static enum ym_signing_phase
phase_of(const struct ym_signing_act *a)
{
	if (a->is_kept)
		return YM_SIGNING_DONE;
	if (a->order)
		return a->view.strokes.n ? YM_SIGNING_DRAWING : YM_SIGNING_WAITING;
	if (a->is_whole)
		return YM_SIGNING_JUDGE;
	switch (a->view.device.state) {
	case YM_DEVICE_READY:
		return YM_SIGNING_IDLE;
	case YM_DEVICE_BUSY:
		return YM_SIGNING_STARTING;
	case YM_DEVICE_ATTENTION:
		return YM_SIGNING_FAULT;
	default:
		return YM_SIGNING_NO_PAD;
	}
}

static void
changed(struct ym_signing_act *a)
{
	struct ym_hub *hub = a->station->hub;
	struct ym_device_info info = { 0 };

	if (!hub || !ym_hub_role_device(hub, YM_ROLE_PAD, &info) || info.state == YM_DEVICE_ABSENT)
		info = (struct ym_device_info){ 0 };
	a->view.device = info;
	a->view.phase = phase_of(a);
	ym_station_notify(a->station, YM_NOTICE_CAPTURE);
}

const struct ym_signing *
ym_station_signing(struct ym_station *s)
{
	return s->signing ? &s->signing->view : NULL;
}

bool
ym_station_has_pad(struct ym_station *s)
{
	return s->hub && ym_hub_role_state(s->hub, YM_ROLE_PAD) != YM_DEVICE_ABSENT;
}

static enum ym_code
need(struct ym_station *s, struct ym_signing_act **ret, struct ym_error *err)
{
	struct ym_signing_act *a = s->signing;
	const struct ym_paper_line *p = a && s->visit ? ym_visit_paper(s->visit, a->view.paper) : NULL;

	if (!p || a->is_kept || strcmp(a->visit, ym_visit_id(s->visit)) || strcmp(a->paper, p->id))
		return ym_fail(err, YM_STATE, NOT_SIGNING, NULL);
	*ret = a;
	return YM_OK;
}

/* -- who signs -- */

#define SIGNS_FROM 8 /* years: for whoever is younger a guardian acts (民法典 第二十条) */

static bool
may_sign(const struct ym_person *p)
{
	return p->identified && !p->is_org && (p->age < 0 || p->age >= SIGNS_FROM);
}

static int
signer_after(struct ym_visit *v, int person)
{
	int n = ym_visit_n_persons(v);

	for (int k = 1; k <= n; k++) {
		const struct ym_person *p = ym_visit_person(v, (person + k + n) % n);

		if (may_sign(p))
			return (person + k + n) % n;
	}
	return -1;
}

/* Who came signs, unless the officer says otherwise. */
static int
first_signer(struct ym_visit *v)
{
	for (int i = 0; i < ym_visit_n_persons(v); i++) {
		const struct ym_person *p = ym_visit_person(v, i);

		if (may_sign(p) && ym_streq(p->as, "visitor"))
			return i;
	}
	return signer_after(v, -1);
}

/* -- the pad -- */

static enum ym_code
ask(struct ym_signing_act *a, struct ym_error *err)
{
	struct ym_station *s = a->station;
	const struct ym_paper_line *p = ym_visit_paper(s->visit, a->view.paper);
	struct ym_device_order order = { .kind = YM_ORDER_ASK, .text = p->title };
	enum ym_code code;

	wipe(a);
	if (!a->view.device.ref.generation)
		return ym_fail(err, YM_GONE, N_("There is no signature pad: plug it in, or sign on paper"), NULL);
	order.id = ++s->next_order;
	a->pad = a->view.device.ref;
	code = ym_hub_order(s->hub, a->pad, &order, err);
	if (!code) {
		a->order = order.id;
		a->wants = false;
		a->view.error = (struct ym_error){ 0 };
	}
	return code;
}

static void
go_on(struct ym_signing_act *a)
{
	if (a->wants && a->view.phase == YM_SIGNING_IDLE) {
		a->wants = false; /* one attempt: a pad that refuses is not asked in a circle */
		(void)ask(a, &a->view.error);
		changed(a);
	}
}

/* The asking goes before its answer is told: that one is for nobody. */
static void
take_back(struct ym_signing_act *a)
{
	struct ym_hub *hub = a->station->hub;

	if (!a->order)
		return;
	a->order = 0;
	ym_hub_arm(hub, YM_ROLE_PAD, false);
	ym_hub_arm(hub, YM_ROLE_PAD, true);
}

static void
take_strokes(struct ym_signing_act *a, const struct ym_strokes *strokes)
{
	if (strokes->n > YM_SIGNING_POINTS)
		return;
	if (strokes->n > a->cap) {
		/* not realloc: what it leaves behind is somebody's signature */
		struct ym_stroke_point *more = ym_realloc_array(NULL, strokes->n * 2, sizeof *more);

		wipe(a);
		free(a->points);
		a->points = more;
		a->cap = strokes->n * 2;
	}
	memcpy(a->points, strokes->points, strokes->n * sizeof *strokes->points);
	a->view.strokes = *strokes;
	a->view.strokes.points = a->points;
}

static void
on_ordered(struct ym_signing_act *a, const struct ym_error *err)
{
	a->order = 0;
	if (err->code || !a->is_whole) {
		wipe(a);
		if (err->code != YM_CANCELLED)
			a->view.error = *err;
	}
}

bool
ym_station_on_signing(struct ym_station *s, const struct ym_device_event *event)
{
	struct ym_signing_act *a = s->signing;
	bool is_ours = a && s->unlocked && a->order && event->ref.slot == a->pad.slot && event->ref.generation == a->pad.generation;

	if (!a)
		return false;
	switch (event->kind) {
	case YM_DEVICE_DRAWING:
	case YM_DEVICE_SIGNED:
		if (!is_ours)
			return true;
		take_strokes(a, event->strokes);
		a->is_whole = event->kind == YM_DEVICE_SIGNED;
		break;
	case YM_DEVICE_ORDERED:
		if (!is_ours || event->order != a->order)
			return false;
		on_ordered(a, event->err);
		break;
	case YM_DEVICE_CHANGED:
		changed(a);
		go_on(a);
		return false;
	default:
		return false;
	}
	changed(a);
	return true;
}

/* -- begin and end -- */

enum ym_code
ym_station_signing_begin(struct ym_station *s, int paper, struct ym_error *err)
{
	struct ym_signing_act *a;
	YM_JSON *document = NULL;
	enum ym_code code;

	ym_station_signing_end(s);
	if (!s->visit || !s->unlocked)
		return ym_fail(err, YM_STATE, N_("No visit is open at this window"), NULL);
	code = ym_visit_may_sign(s->visit, paper, err);
	if (!code && first_signer(s->visit) < 0)
		code = ym_fail(err, YM_REFUSED, N_("Whoever signs has to be identified first"), NULL);
	if (!code)
		code = ym_station_resolve_paper(s, paper, &document, err);
	if (code)
		return code;
	json_object_del(document, "reprint"); /* of the sheet, not of what is signed */
	a = s->signing = ym_alloc(sizeof *a);
	a->station = s;
	a->document = YM_TAKE(document);
	ym_signing_digest(a->document, a->digest);
	a->view.paper = paper;
	a->view.person = first_signer(s->visit);
	a->view.n_places = ym_signing_places(a->document);
	a->wants = true;
	ym_strlcpy(a->visit, ym_visit_id(s->visit), sizeof a->visit);
	ym_strlcpy(a->paper, ym_visit_paper(s->visit, paper)->id, sizeof a->paper);
	if (s->hub)
		ym_hub_arm(s->hub, YM_ROLE_PAD, true);
	changed(a);
	go_on(a);
	return YM_OK;
}

void
ym_station_signing_end(struct ym_station *s)
{
	struct ym_signing_act *a = YM_TAKE(s->signing);

	if (!a)
		return;
	if (s->hub)
		ym_hub_arm(s->hub, YM_ROLE_PAD, false);
	wipe(a);
	free(a->points);
	json_decref(a->document);
	explicit_bzero(a, sizeof *a);
	free(a);
}

/* -- what the officer says -- */

enum ym_code
ym_station_signing_ask(struct ym_station *s, struct ym_error *err)
{
	struct ym_signing_act *a;
	enum ym_code code = need(s, &a, err);

	if (code)
		return code;
	if (a->order)
		return ym_fail(err, YM_BUSY, N_("The citizen is signing on the pad"), NULL);
	code = ask(a, err);
	a->wants = code == YM_GONE; /* plugged in, it is asked by itself */
	changed(a);
	return code;
}

enum ym_code
ym_station_signing_other(struct ym_station *s, struct ym_error *err)
{
	struct ym_signing_act *a;
	enum ym_code code = need(s, &a, err);
	int next;

	if (code)
		return code;
	next = signer_after(s->visit, a->view.person);
	if (next == a->view.person)
		return ym_fail(err, YM_STATE, N_("Nobody else in this visit could sign"), NULL);
	take_back(a);
	wipe(a);
	a->view.person = next;
	a->wants = true;
	changed(a);
	go_on(a);
	return YM_OK;
}

/* A sheet that was drawn without the signature must not come out, and be counted, after it. */
static enum ym_code
is_not_on_its_way(struct ym_station *s, int paper, struct ym_error *err)
{
	const struct ym_paper_line *p = ym_visit_paper(s->visit, paper);
	enum ym_paper_job state;
	char text[160];

	if (ym_station_spool_find(s, ym_visit_id(s->visit), p->id, &state, text, sizeof text))
		return ym_fail_on(err, YM_BUSY, N_("This paper is on its way to a printer: wait until it is out, or take it back"), p->title, NULL);
	if (ym_station_drawn(s, p->id, text, sizeof text) == YM_JOB_WAITING)
		return ym_fail(err, YM_BUSY, N_("Papers are still being drawn"), NULL);
	return YM_OK;
}

/* What was handed out as a file before is replaced by the signed one. */
static void
make_again(struct ym_station *s, int paper)
{
	char text[160];
	struct ym_error err = { 0 };

	if (ym_station_drawn(s, ym_visit_paper(s->visit, paper)->id, text, sizeof text) == YM_JOB_DONE && ym_station_make_pdf(s, paper, &err))
		s->signing->view.error = err;
}

enum ym_code
ym_station_signing_accept(struct ym_station *s, struct ym_error *err)
{
	struct ym_signing_act *a;
	struct ym_signature signature = { .media = YM_SIGNING_MEDIA };
	enum ym_code code = need(s, &a, err);
	YM_BUF text = { 0 };
	char day[16], date[32];

	if (code)
		return code;
	if (!a->is_whole || a->order)
		return ym_fail(err, YM_STATE, N_("The citizen has not signed on the pad: ask again, or sign on paper"), NULL);
	code = is_not_on_its_way(s, a->view.paper, err);
	if (code)
		return code;
	ym_date_format(day, ym_date_at(ym_log_now(s->log)));
	snprintf(date, sizeof date, "%.4s年%d月%d日", day, atoi(day + 5), atoi(day + 8)); /* a paper's words */
	ym_signing_write(a->document, &a->view.strokes, date, &text);
	signature.person = a->view.person;
	signature.document = a->digest;
	signature.data = ym_buf_str(&text);
	signature.n = text.len;
	code = ym_visit_sign_drawn(s->visit, a->view.paper, &signature, err);
	if (code)
		return code;
	a->is_kept = true;
	wipe(a);
	make_again(s, a->view.paper);
	changed(a);
	ym_station_notify(s, YM_NOTICE_VISIT);
	return YM_OK;
}

/* -- the signed paper -- */

enum ym_code
ym_station_signed_document(struct ym_station *s, int paper, json_t **ret, struct ym_error *err)
{
	struct ym_signature_kept kept;
	YM_BUF text = { 0 };
	enum ym_code code = ym_visit_signature(s->visit, paper, &kept, err);

	if (!code)
		code = ym_blob_get(s->db, kept.sm3, kept.key, &text, err);
	explicit_bzero(kept.key, sizeof kept.key);
	if (!code)
		code = ym_signing_read(ym_buf_str(&text), text.len, kept.document, ret, err);
	return code;
}
