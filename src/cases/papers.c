/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Which papers an exit brings; printed and signed. Not what a template may ask for (paper_context.c), not layout (src/paper), not the
 * papers' words (data/papers). Invariant: a paper says no more than was decided.
 */
#include "cases/inner.h"

/* Title and signable of a paper, NULL when the pack has none. A template is long, and every key a person presses asks again. */
static const json_t *
paper_head(struct ym_casework *w, const char *template_id)
{
	char name[80];
	json_t *head = json_object_get(w->paper_heads, template_id);
	if (head || !*template_id)
		return head;
	snprintf(name, sizeof(name), "paper/%s", template_id);
	const char *text = ym_pack_document(w->pack, name);
	YM_JSON *j = NULL;
	if (!text || ym_json_parse(text, strlen(text), name, &j, NULL))
		return NULL;
	head = json_pack("{ss}", "title", ym_json_str(j, "title"));
	if (json_object_get(j, "signable"))
		json_object_set(head, "signable", json_object_get(j, "signable"));
	if (!w->paper_heads)
		w->paper_heads = json_object();
	json_object_set_new(w->paper_heads, template_id, head);
	return head;
}

static void
add_paper(struct ym_visit *v, int c, const char *template_id, bool signable)
{
	const json_t *j = paper_head(v->w, template_id);
	if (!j || v->n_papers >= YM_MAX_PAPERS)
		return;
	struct ym_matter *m = ym_visit_matter(v, c);
	const char *no = m ? m->case_no : "";
	for (int i = 0; i < v->n_cases && !m && !*no; i++)
		no = v->cases[i].case_no;
	struct ym_paper_line *p = &v->papers[v->n_papers];
	char *id = m && m->notices > 1 && !strcmp(template_id, "notice") ? ym_asprintf("%s-%s-%d", no, template_id, m->notices) :
		ym_asprintf("%s-%s", no, template_id);
	*p = (struct ym_paper_line){ .id = ym_visit_keep(v, id), .template_id = template_id,
		.title = ym_visit_keep(v, ym_strdup(ym_json_str(j, "title"))), .case_no = m ? m->case_no : "", .case_index = m ? c : -1,
		.signable = ym_json_bool(j, "signable", signable) };
	if (m && !strncmp(template_id, "application", 11) && *m->item->application_title)
		p->title = m->item->application_title;
	for (int i = 0; i < v->n_fates; i++)
		if (!strcmp(v->fates[i].id, p->id)) {
			p->printed = v->fates[i].printed;
			p->is_signed = v->fates[i].is_signed;
			p->is_void = v->fates[i].is_void;
		}
	v->n_papers++;
}

void
ym_papers_plan(struct ym_visit *v)
{
	bool any = false, noticed = false;
	v->n_papers = 0;
	for (int c = 0; c < v->n_cases; c++) {
		struct ym_matter *m = &v->cases[c];
		any |= m->exit != YM_EXIT_NONE && m->exit != YM_EXIT_CORRECTED;
		switch (m->exit) {
		case YM_EXIT_ACCEPTED:
		case YM_EXIT_DEFERRED:
		case YM_EXIT_COMPLETED:
			if (m->begun != YM_CASE_ACCEPTED)
				add_paper(v, c, m->item->application_paper, true);
			if (m->exit == YM_EXIT_ACCEPTED && m->begun != YM_CASE_ACCEPTED)
				add_paper(v, c, "acceptance", true);
			if (m->exit == YM_EXIT_DEFERRED)
				add_paper(v, c, "deferral", true);
			if (m->exit != YM_EXIT_COMPLETED)
				break;
			for (int i = 0; i < m->item->n_results; i++)
				if (strcmp(m->item->results[i].paper, "sign-for"))
					add_paper(v, c, m->item->results[i].paper, false);
			add_paper(v, c, "sign-for", true);
			break;
		case YM_EXIT_COLLECTED:
			add_paper(v, c, m->item->application_paper, true);
			add_paper(v, c, "collection-slip", true);
			break;
		case YM_EXIT_RETURNED:
			noticed = true;
			break;
		case YM_EXIT_REFUSED:
		case YM_EXIT_NOT_OURS:
		case YM_EXIT_NOT_REQUIRED:
			add_paper(v, c, "refusal", true);
			break;
		default:
			/* Come to collect a result: only the sign-for is left. */
			if (m->state == YM_CASE_APPROVED || m->state == YM_CASE_TO_COLLECT)
				add_paper(v, c, "sign-for", true);
			break;
		}
	}
	if (noticed)
		add_paper(v, -1, "notice", true);
	if (any)
		add_paper(v, -1, "receipt", false);
}

void
ym_papers_load(struct ym_visit *v)
{
	v->n_fates = 0;
	struct ym_stmt *s = ym_db_sql(v->w->db, "SELECT id, printed, signed, void FROM view_paper WHERE visit = :visit");
	ym_stmt_text(s, ":visit", v->id);
	while (!ym_stmt_step(s, NULL) && v->n_fates < YM_MAX_PAPERS) {
		ym_strlcpy(v->fates[v->n_fates].id, ym_stmt_col_text(s, 0), sizeof(v->fates[0].id));
		v->fates[v->n_fates].printed = (int)ym_stmt_col_int(s, 1);
		v->fates[v->n_fates].is_signed = ym_stmt_col_int(s, 2);
		v->fates[v->n_fates].is_void = ym_stmt_col_int(s, 3);
		v->n_fates++;
	}
	ym_stmt_done(s);
}

int
ym_visit_n_papers(const struct ym_visit *v)
{
	return v->n_papers;
}

const struct ym_paper_line *
ym_visit_paper(const struct ym_visit *v, int index)
{
	return index >= 0 && index < v->n_papers ? &v->papers[index] : NULL;
}

/* -- printed, signed -- */

struct paper_act { const struct ym_paper_line *p; const char *kind, *device; struct ym_matter *issue; };

static enum ym_code
emit_paper(struct ym_visit *v, void *user, struct ym_error *err)
{
	struct paper_act *a = user;
	struct ym_event_draft d = { .kind = a->kind, .visit = v->id, .case_no = a->p->case_no };
	ym_emit_attr(&d, "paper", a->p->id);
	ym_emit_attr(&d, "template", a->p->template_id);
	ym_emit_attr(&d, "device", a->device);
	enum ym_code rc = ym_emit_append(v->w, &d, NULL, err);
	if (rc || !a->issue)
		return rc;
	struct ym_attr attrs[] = { { "state", ym_case_state_name(YM_CASE_DELIVERED) }, { "how", *a->issue->delivery ? a->issue->delivery : "window" } };
	return ym_emit_case(v, a->issue, "case.issued", attrs, 2, NULL, err);
}

static int
fate_of(struct ym_visit *v, const char *id)
{
	for (int i = 0; i < v->n_fates; i++)
		if (!strcmp(v->fates[i].id, id))
			return i;
	if (v->n_fates >= YM_MAX_PAPERS)
		return YM_MAX_PAPERS - 1;
	ym_strlcpy(v->fates[v->n_fates].id, id, sizeof(v->fates[0].id));
	v->fates[v->n_fates].printed = 0;
	v->fates[v->n_fates].is_signed = v->fates[v->n_fates].is_void = false;
	return v->n_fates++;
}

enum ym_code
ym_visit_printed(struct ym_visit *v, int paper, const char *device, struct ym_error *err)
{
	const struct ym_paper_line *p = ym_visit_paper(v, paper);
	if (!p)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such paper"), "index");
	struct paper_act a = { p, "paper.printed", device, NULL };
	enum ym_code rc = ym_visit_commit(v, emit_paper, &a, err);
	if (rc)
		return rc;
	v->fates[fate_of(v, p->id)].printed++;
	ym_visit_evaluate(v);
	return YM_OK;
}

enum ym_code
ym_papers_printed(struct ym_casework *w, const char *visit, const char *case_no, const char *paper, const char *template_id,
	const char *device, struct ym_error *err)
{
	struct ym_event_draft d = { .kind = "paper.printed", .visit = visit, .case_no = case_no };
	ym_emit_attr(&d, "paper", paper);
	ym_emit_attr(&d, "template", template_id);
	ym_emit_attr(&d, "device", device);
	return ym_emit_append(w, &d, NULL, err);
}

/* The sign-for is the handing over: the result is issued with it, unless it is mailed or the case owes something. */
enum ym_code
ym_visit_sign(struct ym_visit *v, int paper, struct ym_error *err)
{
	const struct ym_paper_line *p = ym_visit_paper(v, paper);
	if (!p)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such paper"), "index");
	if (!p->signable)
		return ym_fail_on(err, YM_STATE, N_("This paper is not signed"), p->title, "signable");
	if (!p->printed)
		return ym_fail_on(err, YM_STATE, N_("Print the paper first"), p->title, "not printed");
	if (p->is_signed)
		return YM_OK;
	struct ym_matter *m = ym_visit_matter(v, p->case_index);
	struct paper_act a = { p, "paper.signed", NULL, NULL };
	enum ym_case_state to = YM_CASE_DRAFT;
	if (m && !strcmp(p->template_id, "sign-for") && !ym_flow_step(m->state, "issue", &to, NULL)) {
		if (m->fee_state == YM_FEE_DUE)
			return ym_fail_on(err, YM_STATE, N_("A fee is still due: take it or waive it with a reason"), m->item->name, "fee due");
		a.issue = m;
	}
	enum ym_case_state old = m ? m->state : YM_CASE_DRAFT;
	if (a.issue)
		m->state = to;
	enum ym_code rc = ym_visit_commit(v, emit_paper, &a, err);
	if (rc) {
		if (a.issue)
			m->state = old;
		return rc;
	}
	v->fates[fate_of(v, p->id)].is_signed = true;
	ym_visit_evaluate(v);
	return YM_OK;
}
