/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One checklist: materials of all cases, merged when kind and holder are the same. What was said about one is a mark.
 * Not scanning. Invariant: what decides a case (主审要件) is never deferred.
 */
#include "cases/inner.h"

static const char *const labels[YM_N_MAT_STATES] = {
	[YM_MAT_UNSEEN] = N_("not seen"), [YM_MAT_SEEN] = N_("original seen"), [YM_MAT_CAPTURED] = N_("captured"),
	[YM_MAT_SHARED] = N_("shared, exempt"), [YM_MAT_ELICENSE] = N_("electronic certificate"), [YM_MAT_DEFERRED] = N_("deferred"),
	[YM_MAT_MISSING] = N_("missing"), [YM_MAT_WRONG] = N_("not acceptable"), [YM_MAT_WAITING] = N_("waiting for the answer"),
	[YM_MAT_GENERATED] = N_("printed here to sign"), [YM_MAT_PROMISED] = N_("promised in writing, exempt"),
};

const char *
ym_material_state_label(enum ym_material_state s)
{
	return (unsigned)s < YM_N_MAT_STATES ? labels[s] : "";
}

bool
ym_material_is_here(enum ym_material_state s)
{
	return s == YM_MAT_SEEN || s == YM_MAT_CAPTURED || s == YM_MAT_SHARED || s == YM_MAT_ELICENSE || s == YM_MAT_GENERATED || s == YM_MAT_PROMISED;
}

static int
find_mark(const struct ym_visit *v, const char *kind, const char *role, int who)
{
	for (int i = 0; i < v->n_marks; i++)
		if (!strcmp(v->marks[i].kind, kind) && (who ? v->marks[i].who == who : !v->marks[i].who && !strcmp(v->marks[i].role, role)))
			return i;
	return -1;
}

struct ym_mark *
ym_checklist_mark(struct ym_visit *v, int line)
{
	int i = v->material_of[line].mark;
	if (i >= 0)
		return &v->marks[i];
	if (v->n_marks >= YM_MAX_MATERIALS)
		return NULL;
	struct ym_mark *k = &v->marks[v->n_marks++];
	*k = (struct ym_mark){ .who = v->material_of[line].who };
	ym_strlcpy(k->kind, v->materials[line].kind, sizeof(k->kind));
	ym_strlcpy(k->role, v->material_of[line].role, sizeof(k->role));
	v->material_of[line].mark = v->n_marks - 1;
	return k;
}

/* The card that was read here is the original that was seen. */
static bool
card_was_read(const struct ym_visit *v, const char *kind, int who)
{
	const struct ym_who *p = ym_who_by_key(v, who);
	struct ym_known *k = p ? ym_knowns_find(&p->facts, "id_number") : NULL;
	return !strcmp(kind, "id_card") && k && k->origin == YM_FROM_CARD;
}

void
ym_checklist_status(struct ym_mark *k, const char *text)
{
	const char *note = k->note ? k->note : "", *old = strstr(note, ";状态");
	char *fresh = ym_asprintf("%.*s;%s", old ? (int)(old - note) : (int)strlen(note), note, text);

	free(k->note);
	k->note = fresh;
}

/* rules.md §11: valid, cancelled or run out is the register's to say; what it does not know stays to be checked. */
static void
certificate_answer(struct ym_mark *k, const struct ym_inquiry *q)
{
	YM_FREE char *text = ym_asprintf("状态:%s", q->state == YM_CHECK_CLEAR ? (q->answer && *q->answer ? q->answer : "有效") :
		q->state == YM_CHECK_HIT ? (q->answer && *q->answer ? q->answer : "不在有效状态") : "查不到,待核");

	ym_checklist_status(k, text);
	if (q->state == YM_CHECK_CLEAR)
		k->origin = YM_FROM_CHECK;
	else if (q->state == YM_CHECK_HIT)
		k->state = YM_MAT_WRONG;
	else
		k->check[0] = 0;
	k->at = q->answered_at;
}

static void
answer_of(struct ym_visit *v, struct ym_mark *k)
{
	for (int i = 0; i < v->n_checks && k->check[0]; i++) {
		const struct ym_inquiry *q = &v->checks[i];
		if (*q->certificate && !strcmp(q->id, k->check) && k->state == YM_MAT_ELICENSE && k->origin != YM_FROM_CHECK &&
		    q->state != YM_CHECK_ASKED)
			certificate_answer(k, q);
		if (strcmp(q->id, k->check) || k->state != YM_MAT_WAITING || q->state == YM_CHECK_ASKED)
			continue;
		if (q->state == YM_CHECK_CLEAR) {
			k->state = YM_MAT_SHARED;
			k->origin = YM_FROM_CHECK;
			k->at = q->answered_at;
		} else {
			k->state = YM_MAT_UNSEEN;
			free(k->note);
			k->note = ym_strdup(q->answer ? q->answer : "");
		}
	}
}

static void
add_need(struct ym_visit *v, int c, int n)
{
	struct ym_matter *m = &v->cases[c];
	const struct ym_need_material *need = &m->item->materials[n];
	enum ym_truth applies = ym_facts_eval(v, m, need->when);
	if (applies == YM_FALSE)
		return;
	int who = ym_roles_who(v, m, need->holder), i;
	for (i = 0; i < v->n_materials; i++)
		if (!strcmp(v->materials[i].kind, need->kind) && v->material_of[i].who == who && (who || !strcmp(v->material_of[i].role, need->holder)))
			break;
	if (i == v->n_materials) {
		if (v->n_materials >= YM_MAX_MATERIALS)
			return;
		v->n_materials++;
		const struct ym_kind *kind = ym_pack_kind(v->w->pack, need->kind);
		struct ym_who *p = ym_who_by_key(v, who);
		const char *role = ym_roles_label(v, m, need->holder);
		memset(&v->material_of[i], 0, sizeof(v->material_of[i]));
		ym_strlcpy(v->material_of[i].role, need->holder, sizeof(v->material_of[i].role));
		v->material_of[i].who = who;
		v->material_of[i].mark = find_mark(v, need->kind, need->holder, who);
		v->materials[i] = (struct ym_material_line){ .kind = need->kind, .name = kind ? kind->name : need->kind,
			.holder_label = p && *ym_who_name(p) ? ym_visit_keepf(v, "%s · %s", role, ym_who_name(p)) : role, .form = need->form,
			.note = need->note, .check = need->check, .origin = need->origin, .deadline = "", .holder = ym_who_index(v, who),
			.need = need->need, .main = need->main, .deferrable = need->deferrable, .retained = need->retained,
			.applies_known = applies == YM_TRUE,
			.is_live = kind && (!strcmp(kind->capture, "photo") || !strcmp(kind->capture, "finger")) };
		if (!*need->check && kind && *kind->reg)
			v->materials[i].check = kind->reg;
	}
	struct ym_material_line *l = &v->materials[i];
	/* The strictest need of the cases that share it. */
	if (need->need < l->need)
		l->need = need->need;
	l->main |= need->main;
	l->deferrable &= need->deferrable;
	l->retained |= need->retained;
	l->applies_known |= applies == YM_TRUE;
	if (v->material_of[i].n_of < YM_MAX_CASES)
		v->material_of[i].of[v->material_of[i].n_of++] = (struct ym_material_of){ c, n };
	l->n_cases = v->material_of[i].n_of;
}

static void
finish_line(struct ym_visit *v, int i)
{
	struct ym_material_line *l = &v->materials[i];
	int mark = v->material_of[i].mark;
	if (mark >= 0) {
		struct ym_mark *k = &v->marks[mark];
		answer_of(v, k);
		l->state = k->state;
		l->pages = k->n_pages;
		l->at = k->at;
		l->deadline = k->deadline;
		l->is_asked = k->state == YM_MAT_ELICENSE && k->check[0];
		l->is_confirmed = k->origin == YM_FROM_CHECK;
		if (k->note && *k->note)
			l->note = k->note;
	}
	if ((l->state == YM_MAT_UNSEEN) && card_was_read(v, l->kind, v->material_of[i].who)) {
		struct ym_mark *k = ym_checklist_mark(v, i);
		if (k) {
			k->state = l->state = YM_MAT_SEEN;
			k->origin = YM_FROM_CARD;
			k->at = l->at = ym_log_now(v->w->log);
		}
	}
	if (l->n_cases > 1 && l->n_cases == v->n_cases) {
		l->cases = ym_visit_keepf(v, "%d 件共用", l->n_cases);
		return;
	}
	YM_BUF names = { 0 };
	for (int k = 0; k < v->material_of[i].n_of; k++)
		ym_buf_addf(&names, "%s%s", k ? "、" : "", v->cases[v->material_of[i].of[k].matter].item->name);
	l->cases = ym_visit_keep(v, ym_strdup(ym_buf_str(&names)));
}

void
ym_checklist_build(struct ym_visit *v)
{
	v->n_materials = 0;
	for (int c = 0; c < v->n_cases; c++)
		for (int n = 0; n < v->cases[c].item->n_materials; n++)
			add_need(v, c, n);
	for (int i = 0; i < v->n_materials; i++)
		finish_line(v, i);
}

int
ym_visit_n_materials(const struct ym_visit *v)
{
	return v->n_materials;
}

const struct ym_material_line *
ym_visit_material(const struct ym_visit *v, int index)
{
	return index >= 0 && index < v->n_materials ? &v->materials[index] : NULL;
}

/* rules.md §3: at most the item's days and twenty working days, two days before the promised end; never beyond that end. */
static ym_date
deadline(struct ym_visit *v, const struct ym_matter *m)
{
	const struct ym_calendar *cal = ym_pack_calendar(v->w->pack);
	ym_date today = ym_date_parse(v->today);
	bool known;
	struct ym_limit most = { .known = true, .value = m->item->defer_days < 20 ? m->item->defer_days : 20, .unit = YM_UNIT_WORKDAY };
	ym_date due = ym_calendar_due(cal, today, &most, &known);
	if (m->item->promised.known && m->item->promised.value > 0) {
		ym_date end = ym_calendar_due(cal, today, &m->item->promised, &known), early = end;
		for (int left = 2; left > 0; early--)
			left -= ym_calendar_is_workday(cal, early, &known);
		while (!ym_calendar_is_workday(cal, early, &known))
			early--;
		if (early <= today)
			early = end;
		if (early < due)
			due = early;
	}
	return due;
}

static enum ym_code
may_defer(struct ym_visit *v, int material, ym_date *ret, struct ym_error *err)
{
	struct ym_material_line *l = &v->materials[material];
	ym_date due = YM_DATE_NONE;
	for (int k = 0; k < v->material_of[material].n_of; k++) {
		const struct ym_matter *m = &v->cases[v->material_of[material].of[k].matter];
		const struct ym_need_material *n = &m->item->materials[v->material_of[material].of[k].need];
		if (!ym_matter_is_open(m))
			continue;
		if (n->main)
			return ym_fail_on(err, YM_REFUSED, N_("This document decides the case and cannot be deferred"), l->name, "%s", n->origin);
		if (!n->deferrable || m->item->defer_days <= 0)
			return ym_fail_on(err, YM_REFUSED, N_("The item does not let this document be brought later"), l->name, "%s", n->origin);
		ym_date d = deadline(v, m);
		if (due == YM_DATE_NONE || d < due)
			due = d;
	}
	if (due == YM_DATE_NONE)
		return ym_fail(err, YM_STATE, N_("The case is decided"), "defer decided");
	*ret = due;
	return YM_OK;
}

/* 国办发〔2020〕42号: the applicant chooses, where the item lets a written promise stand for the proof. */
static enum ym_code
may_promise(struct ym_visit *v, int material, struct ym_error *err)
{
	for (int k = 0; k < v->material_of[material].n_of; k++) {
		const struct ym_matter *m = &v->cases[v->material_of[material].of[k].matter];
		if (!m->item->materials[v->material_of[material].of[k].need].promisable)
			return ym_fail_on(err, YM_REFUSED, N_("The item does not let a written promise stand for this document"), v->materials[material].name,
				"%s", m->item->name);
	}
	return YM_OK;
}

static bool
all_decided(const struct ym_visit *v, int material)
{
	for (int k = 0; k < v->material_of[material].n_of; k++) {
		const struct ym_matter *m = &v->cases[v->material_of[material].of[k].matter];
		if (ym_matter_is_open(m))
			return false;
	}
	return true;
}

enum ym_code
ym_visit_mark(struct ym_visit *v, int material, enum ym_material_state state, const char *note, struct ym_error *err)
{
	if (material < 0 || material >= v->n_materials || (unsigned)state >= YM_N_MAT_STATES)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such material"), "index");
	struct ym_material_line *l = &v->materials[material];
	if (all_decided(v, material))
		return ym_fail(err, YM_STATE, N_("The case is decided"), "mark decided");
	if (state == YM_MAT_WAITING)
		return ym_visit_ask_material(v, material, err);
	if (state == YM_MAT_SHARED)
		return ym_fail_on(err, YM_REFUSED, N_("Ask the register first: only its answer replaces the document"), l->name, "not asked");
	if (state == YM_MAT_CAPTURED && !l->pages)
		return ym_fail_on(err, YM_REFUSED, N_("Nothing was captured yet"), l->name, "no page");
	if (state == YM_MAT_WRONG && (!note || strlen(note) < 4))
		return ym_fail_on(err, YM_INVALID, N_("Say what is wrong with it: the notice will tell the citizen"), l->name, "no note");
	ym_date due = YM_DATE_NONE;
	enum ym_code rc;
	if (state == YM_MAT_DEFERRED && (rc = may_defer(v, material, &due, err)))
		return rc;
	if (state == YM_MAT_PROMISED && (rc = may_promise(v, material, err)))
		return rc;
	struct ym_mark *k = ym_checklist_mark(v, material);
	if (!k)
		return ym_fail(err, YM_REFUSED, N_("Too many materials"), "max marks");
	k->state = state;
	k->origin = YM_FROM_TYPED;
	k->at = ym_log_now(v->w->log);
	free(k->note);
	k->note = ym_strdup(note ? note : "");
	ym_date_format(k->deadline, due);
	ym_visit_touch(v);
	return YM_OK;
}

enum ym_code
ym_visit_attach(struct ym_visit *v, int material, const void *data, size_t n, const char *media, struct ym_error *err)
{
	struct ym_capture_page page = { 0 };

	if (material < 0 || material >= v->n_materials)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such material"), "index");
	if (all_decided(v, material))
		return ym_fail(err, YM_STATE, N_("The case is decided"), "attach decided");
	if (ym_visit_n_pages(v, material) >= YM_MAX_PAGES)
		return ym_fail(err, YM_REFUSED, N_("Too many pages"), "max pages");
	enum ym_code rc = ym_blob_put(v->w->db, data, n, media, page.sm3, page.key, err);
	if (rc)
		return rc;
	ym_strlcpy(page.media, media, sizeof(page.media));
	return ym_visit_keep_pages(v, material, &page, 1, false, &(struct ym_capture_source){ .origin = YM_FROM_TYPED }, err);
}
