/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Papers that the citizen signed: by hand, or on the pad (yimen/signature.h). Row "signed:PAPER" of the views: {"document","before",
 * "page":{"sm3","key","media"}}. Not what is sealed (station/signing_text.c). Invariant: one paper, one signature, one event.
 */
#include "yimen/signature.h"

#include "cases/inner.h"

struct act {
	const struct ym_paper_line *p;
	const struct ym_signature *drawn;  /* NULL: by hand */
	struct ym_matter *issue;
};

enum ym_code
ym_visit_may_sign(struct ym_visit *v, int paper, struct ym_error *err)
{
	const struct ym_paper_line *p = ym_visit_paper(v, paper);
	const struct ym_matter *m = p ? ym_visit_matter(v, p->case_index) : NULL;
	if (!p)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such paper"), "index");
	if (!p->signable)
		return ym_fail_on(err, YM_STATE, N_("This paper is not signed"), p->title, "signable");
	if (p->is_void)
		return ym_fail_on(err, YM_STATE, N_("This paper is void"), p->title, "void");
	if (p->is_signed)
		return ym_fail_on(err, YM_STATE, N_("This paper is signed already"), p->title, "signed");
	if (m && !strcmp(p->template_id, "sign-for") && ym_flow_row(m->state, "issue") && m->fee_state == YM_FEE_DUE)
		return ym_fail_on(err, YM_STATE, N_("A fee is still due: take it or waive it with a reason"), m->item->name, "fee due");
	return YM_OK;
}

/* The strokes are stored in the event's transaction: both are there, or neither. */
static enum ym_code
draft_drawn(struct ym_visit *v, const struct act *a, struct ym_event_draft *d, json_t **ret, struct ym_error *err)
{
	const struct ym_who *who = &v->persons[a->drawn->person];
	struct ym_capture_page page = { 0 };
	enum ym_code rc = ym_blob_put(v->w->db, a->drawn->data, a->drawn->n, a->drawn->media, page.sm3, page.key, err);
	if (rc)
		return rc;
	ym_strlcpy(page.media, a->drawn->media, sizeof(page.media));
	ym_strlcpy(page.what, "strokes", sizeof(page.what));
	ym_emit_attr(d, "source", "pad");
	ym_emit_attr(d, "person", who->hash);
	*ret = json_pack("{ss ss ss ss si s[o]}", "document", a->drawn->document, "purpose", a->p->title, "grade", "A", "signer", ym_who_name(who),
		"before", v->fates[ym_papers_fate(v, a->p->id)].printed, "pages", ym_page_to_json(&page));
	explicit_bzero(&page, sizeof(page));
	return YM_OK;
}

static enum ym_code
emit_signed(struct ym_visit *v, void *user, struct ym_error *err)
{
	struct act *a = user;
	struct ym_event_draft d;
	YM_JSON *body = NULL;
	enum ym_code rc = YM_OK;
	ym_papers_draft(v, a->p, "paper.signed", &d);
	if (a->drawn)
		rc = draft_drawn(v, a, &d, &body, err);
	if (!rc)
		rc = ym_emit_append(v->w, &d, body, err);
	if (rc || !a->issue)
		return rc;
	struct ym_attr attrs[] = { { "state", ym_case_state_name(YM_CASE_DELIVERED) }, { "how", *a->issue->delivery ? a->issue->delivery : "window" } };
	return ym_emit_case(v, a->issue, "case.issued", attrs, 2, NULL, err);
}

/* The sign-for is the handing over: the result is issued with it, unless it is mailed or the case owes something. */
static enum ym_code
sign(struct ym_visit *v, const struct ym_paper_line *p, const struct ym_signature *drawn, struct ym_error *err)
{
	struct ym_matter *m = ym_visit_matter(v, p->case_index);
	struct act a = { p, drawn, NULL };
	enum ym_case_state old = m ? m->state : YM_CASE_DRAFT, to = YM_CASE_DRAFT;
	if (m && !strcmp(p->template_id, "sign-for") && !ym_flow_step(m->state, "issue", &to, NULL)) {
		a.issue = m;
		m->state = to;
	}
	int fate = ym_papers_fate(v, p->id);
	enum ym_code rc = ym_visit_commit(v, emit_signed, &a, err);
	if (rc) {
		if (a.issue)
			m->state = old;
		return rc;
	}
	v->fates[fate].is_signed = true;
	if (drawn) {
		v->fates[fate].is_drawn = true;
		v->fates[fate].before = v->fates[fate].printed;
	}
	ym_visit_evaluate(v);
	return YM_OK;
}

enum ym_code
ym_visit_sign(struct ym_visit *v, int paper, struct ym_error *err)
{
	const struct ym_paper_line *p = ym_visit_paper(v, paper);
	if (p && p->is_signed)
		return YM_OK;
	enum ym_code rc = ym_visit_may_sign(v, paper, err);
	if (rc)
		return rc;
	if (!p->printed)
		return ym_fail_on(err, YM_STATE, N_("Print the paper first"), p->title, "not printed");
	return sign(v, p, NULL, err);
}

enum ym_code
ym_visit_sign_drawn(struct ym_visit *v, int paper, const struct ym_signature *s, struct ym_error *err)
{
	enum ym_code rc = ym_visit_may_sign(v, paper, err);
	if (rc)
		return rc;
	if (s->person < 0 || s->person >= v->n_persons || !v->persons[s->person].hash[0] || v->persons[s->person].is_org)
		return ym_fail(err, YM_REFUSED, N_("Whoever signs has to be identified first"), "person %d", s->person);
	return sign(v, ym_visit_paper(v, paper), s, err);
}

/* -- what is kept -- */

static enum ym_code
load(struct ym_casework *w, const char *paper, json_t **ret, struct ym_error *err)
{
	char place[96];
	YM_BUF text = { 0 };
	snprintf(place, sizeof(place), "signed:%s", paper);
	enum ym_code rc = ym_fold_open(&w->fold, w->db, place, &text, err);
	return rc ? rc : ym_json_parse(text.data, text.len, "signed", ret, err);
}

bool
ym_signature_before(struct ym_casework *w, const char *paper, int *ret)
{
	YM_JSON *j = NULL;
	if (load(w, paper, &j, NULL))
		return false;
	*ret = (int)ym_json_int(j, "before", 0);
	return true;
}

enum ym_code
ym_visit_signature(const struct ym_visit *v, int paper, struct ym_signature_kept *ret, struct ym_error *err)
{
	const struct ym_paper_line *p = ym_visit_paper(v, paper);
	struct ym_capture_page page;
	YM_JSON *j = NULL;
	if (!p)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such paper"), "index");
	enum ym_code rc = load(v->w, p->id, &j, err);
	if (rc)
		return rc;
	ym_page_from_json(json_object_get(j, "page"), &page);
	memcpy(ret->sm3, page.sm3, sizeof(ret->sm3));
	memcpy(ret->key, page.key, sizeof(ret->key));
	ym_strlcpy(ret->document, ym_json_str(j, "document"), sizeof(ret->document));
	explicit_bzero(&page, sizeof(page));
	return YM_OK;
}
