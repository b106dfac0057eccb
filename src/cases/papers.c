/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Which papers an exit brings, and which were printed. Not signing (signature.c), not what a template may ask for (paper_context.c), not
 * layout (src/paper), not the papers' words (data/papers). Invariant: a paper says no more than was decided.
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

static int
fate_at(const struct ym_visit *v, const char *id)
{
	for (int i = 0; i < v->n_fates; i++)
		if (!strcmp(v->fates[i].id, id))
			return i;
	return -1;
}

/* Printed, or signed on the pad: then it is there without a print. */
static bool
was_made(const struct ym_visit *v, int fate)
{
	return v->fates[fate].printed || v->fates[fate].is_drawn;
}

/* One paper. count tells a second notice or suspension from the first; 1 is not written. again: only to print it once more. */
static void
add(struct ym_visit *v, int c, const char *template_id, bool signable, int count, bool again)
{
	const json_t *j = paper_head(v->w, template_id);
	if (!j || v->n_papers >= YM_MAX_PAPERS)
		return;
	struct ym_matter *m = ym_visit_matter(v, c);
	const char *no = m ? m->case_no : "";
	for (int i = 0; i < v->n_cases && !m && !*no; i++)
		no = v->cases[i].case_no;
	const char *id = ym_visit_keep(v, count > 1 ? ym_asprintf("%s-%s-%d", no, template_id, count) : ym_asprintf("%s-%s", no, template_id));
	int fate = fate_at(v, id);
	if (again && (fate < 0 || !was_made(v, fate)))
		return;
	for (int i = 0; i < v->n_papers; i++)
		if (!strcmp(v->papers[i].id, id))
			return;
	struct ym_paper_line *p = &v->papers[v->n_papers];
	*p = (struct ym_paper_line){ .id = id, .template_id = template_id,
		.title = ym_visit_keep(v, ym_strdup(ym_json_str(j, "title"))), .case_no = m ? m->case_no : "", .case_index = m ? c : -1,
		.signable = ym_json_bool(j, "signable", signable) };
	if (m && !strncmp(template_id, "application", 11) && *m->item->application_title)
		p->title = m->item->application_title;
	if (fate >= 0) {
		p->printed = v->fates[fate].printed - v->fates[fate].before;
		p->is_drawn = v->fates[fate].is_drawn;
		p->is_signed = v->fates[fate].is_signed;
		p->is_void = v->fates[fate].is_void;
	}
	v->n_papers++;
}

static void
add_paper(struct ym_visit *v, int c, const char *template_id, bool signable)
{
	add(v, c, template_id, signable, 1, false);
}

/* How a delivered case was decided: by what it was when it came, or by the paper that was handed over. */
static bool
was_denied(const struct ym_visit *v, const struct ym_matter *m)
{
	char id[64];
	snprintf(id, sizeof(id), "%s-denial", m->case_no);
	int fate = fate_at(v, id);
	return m->begun == YM_CASE_DENIED || (m->acted & 1u << YM_PROCEED_DENY) || (fate >= 0 && was_made(v, fate));
}

static bool
is_in_force(enum ym_case_state s)
{
	return s == YM_CASE_ACCEPTED || s == YM_CASE_REVIEWING || s == YM_CASE_SPECIAL || s == YM_CASE_DECIDING || s == YM_CASE_EXTENDED;
}

/* What an exit brings; again: it was an earlier visit's, and only what was printed then is offered once more. */
static void
plan_exit(struct ym_visit *v, int c, enum ym_exit exit, bool again)
{
	struct ym_matter *m = &v->cases[c];
	bool supplement = !again && m->begun == YM_CASE_ACCEPTED;
	switch (exit) {
	case YM_EXIT_ACCEPTED:
	case YM_EXIT_DEFERRED:
	case YM_EXIT_COMPLETED:
		add(v, c, m->item->application_paper, true, 1, again || supplement);
		if (exit != YM_EXIT_COMPLETED)
			add(v, c, exit == YM_EXIT_DEFERRED ? "deferral" : "acceptance", true, 1, again || (supplement && exit == YM_EXIT_ACCEPTED));
		if (ym_papers_has_promise(v, m))
			add(v, c, "commitment", true, 1, again);
		if (exit != YM_EXIT_COMPLETED)
			break;
		for (int i = 0; i < m->item->n_results; i++)
			if (strcmp(m->item->results[i].paper, "sign-for"))
				add(v, c, m->item->results[i].paper, false, 1, again);
		add(v, c, "sign-for", true, 1, again);
		break;
	case YM_EXIT_COLLECTED:
		add(v, c, m->item->application_paper, true, 1, again);
		add(v, c, "collection-slip", true, 1, again);
		break;
	case YM_EXIT_REFUSED:
	case YM_EXIT_NOT_OURS:
	case YM_EXIT_NOT_REQUIRED:
		add(v, c, "refusal", true, 1, again);
		break;
	default:
		break;
	}
}

/* W07, W08, W11, W10, W09: each when this visit took the step; an older one to print it again. */
static void
plan_steps(struct ym_visit *v, int c)
{
	struct ym_matter *m = &v->cases[c];
	if (m->n_holds)
		add(v, c, "special-procedure", true, m->n_holds, !(m->acted & 1u << YM_PROCEED_SPECIAL));
	if (m->extension.days)
		add(v, c, "extension", true, 1, !(m->acted & 1u << YM_PROCEED_EXTEND));
	if (m->state == YM_CASE_WITHDRAWN || m->state == YM_CASE_TERMINATED)
		add(v, c, "termination", true, 1, !(m->acted & (1u << YM_PROCEED_WITHDRAW | 1u << YM_PROCEED_TERMINATE)));
	/* What this visit took in is not collected in it, though the answer may come while the citizen stands here. */
	if (m->exit == YM_EXIT_COMPLETED || m->was == YM_EXIT_COMPLETED)
		return;
	/* Come to collect: the decision and its sign-for; both stay to be printed again when they have been handed over. */
	bool granted = m->state == YM_CASE_APPROVED || m->state == YM_CASE_TO_COLLECT, over = m->state == YM_CASE_DELIVERED;
	bool collecting = m->begun == YM_CASE_APPROVED || m->begun == YM_CASE_TO_COLLECT || m->begun == YM_CASE_DENIED ||
		(m->acted & (1u << YM_PROCEED_APPROVE | 1u << YM_PROCEED_DENY));
	if (m->state == YM_CASE_DENIED || (over && was_denied(v, m)))
		add(v, c, "denial", true, 1, over && !collecting);
	else if ((granted || over) && m->item->permit)
		add(v, c, "grant", true, 1, over && !collecting);
	/* Approved by the register while the citizen still sits here: what is to be handed over does not exist yet. */
	if ((granted && (collecting || m->state == YM_CASE_TO_COLLECT)) || m->state == YM_CASE_DENIED || over)
		add(v, c, "sign-for", true, 1, over && !collecting);
}

void
ym_papers_plan(struct ym_visit *v)
{
	bool any = false, noticed = false;
	int most = 1;
	v->n_papers = 0;
	for (int c = 0; c < v->n_cases; c++) {
		struct ym_matter *m = &v->cases[c];
		any |= (m->exit != YM_EXIT_NONE && m->exit != YM_EXIT_CORRECTED) || m->acted;
		if (ym_papers_tells(m)) {
			noticed = true;
			most = m->notices > most ? m->notices : most;
		}
		plan_exit(v, c, m->exit, false);
		/* The law made this acceptance: its written word is still owed (W02). */
		if (m->deemed && m->exit == YM_EXIT_NONE && is_in_force(m->state))
			add_paper(v, c, "acceptance", true);
		plan_steps(v, c);
		if (m->exit == YM_EXIT_NONE)
			plan_exit(v, c, m->was, true);
	}
	if (noticed)
		add(v, -1, "notice", true, most, false);
	if (any)
		add_paper(v, -1, "receipt", false);
}

bool
ym_papers_tells(const struct ym_matter *m)
{
	return m->notices > m->notices_begun && m->noticed;
}

bool
ym_papers_has_promise(const struct ym_visit *v, const struct ym_matter *m)
{
	for (int i = 0; i < v->n_materials; i++)
		for (int k = 0; k < v->material_of[i].n_of && v->materials[i].state == YM_MAT_PROMISED; k++)
			if (&v->cases[v->material_of[i].of[k].matter] == m)
				return true;
	return false;
}


static void
load(struct ym_visit *v, struct ym_stmt *s)
{
	while (v->n_fates < YM_MAX_PAPERS && !ym_stmt_step(s, NULL)) {
		if (fate_at(v, ym_stmt_col_text(s, 0)) >= 0)
			continue;
		ym_strlcpy(v->fates[v->n_fates].id, ym_stmt_col_text(s, 0), sizeof(v->fates[0].id));
		v->fates[v->n_fates].printed = (int)ym_stmt_col_int(s, 1);
		v->fates[v->n_fates].is_signed = ym_stmt_col_int(s, 2);
		v->fates[v->n_fates].is_void = ym_stmt_col_int(s, 3);
		v->fates[v->n_fates].before = 0;
		v->fates[v->n_fates].is_drawn = v->fates[v->n_fates].is_signed &&
			ym_signature_before(v->w, v->fates[v->n_fates].id, &v->fates[v->n_fates].before);
		v->n_fates++;
	}
	ym_stmt_done(s);
}

/* Of this visit, and what earlier visits printed for its cases: a paper's serial begins with the case's number. */
void
ym_papers_load(struct ym_visit *v)
{
	v->n_fates = 0;
	struct ym_stmt *s = ym_db_sql(v->w->db, "SELECT id, printed, signed, void FROM view_paper WHERE visit = :visit");
	ym_stmt_text(s, ":visit", v->id);
	load(v, s);
	for (int c = 0; c < v->n_cases; c++) {
		if (!v->cases[c].case_no[0])
			continue;
		s = ym_db_sql(v->w->db, "SELECT id, printed, signed, void FROM view_paper WHERE id >= :no || '-' AND id < :no || '.' AND case_no = :no");
		ym_stmt_text(s, ":no", v->cases[c].case_no);
		load(v, s);
	}
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

/* -- printed -- */

void
ym_papers_draft(const struct ym_visit *v, const struct ym_paper_line *p, const char *kind, struct ym_event_draft *ret)
{
	*ret = (struct ym_event_draft){ .kind = kind, .visit = v->id, .case_no = p->case_no };
	/* A paper of one case belongs to the catalogue that the case began under. */
	for (int c = 0; c < v->n_cases && p->case_no && *p->case_no; c++)
		if (ym_streq(v->cases[c].case_no, p->case_no))
			ret->pack = v->cases[c].item->pack;
	ym_emit_attr(ret, "paper", p->id);
	ym_emit_attr(ret, "template", p->template_id);
}

struct print { const struct ym_paper_line *p; const char *device; };

static enum ym_code
emit_printed(struct ym_visit *v, void *user, struct ym_error *err)
{
	struct print *a = user;
	struct ym_event_draft d;
	ym_papers_draft(v, a->p, "paper.printed", &d);
	ym_emit_attr(&d, "device", a->device);
	return ym_emit_append(v->w, &d, NULL, err);
}

int
ym_papers_fate(struct ym_visit *v, const char *id)
{
	int at = fate_at(v, id);
	if (at >= 0)
		return at;
	if (v->n_fates >= YM_MAX_PAPERS)
		return YM_MAX_PAPERS - 1;
	memset(&v->fates[v->n_fates], 0, sizeof(v->fates[0]));
	ym_strlcpy(v->fates[v->n_fates].id, id, sizeof(v->fates[0].id));
	return v->n_fates++;
}

enum ym_code
ym_visit_printed(struct ym_visit *v, int paper, const char *device, struct ym_error *err)
{
	const struct ym_paper_line *p = ym_visit_paper(v, paper);
	if (!p)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such paper"), "index");
	struct print a = { p, device };
	enum ym_code rc = ym_visit_commit(v, emit_printed, &a, err);
	if (rc)
		return rc;
	v->fates[ym_papers_fate(v, p->id)].printed++;
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
