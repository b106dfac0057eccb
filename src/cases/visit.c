/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The life of a visit: opened, saved, parked, resumed, closed; and the one evaluation behind every line.
 * Not what the lines say (checklist, form, propose ...). Invariant: what a view says is decided is decided, whatever the draft says.
 */
#include "cases/consult_inner.h"

#include "yimen/text.h"

const char *
ym_visit_keep(struct ym_visit *v, char *s)
{
	if (v->n_kept == v->cap_kept) {
		v->cap_kept = v->cap_kept ? v->cap_kept * 2 : 64;
		v->kept = ym_realloc_array(v->kept, (size_t)v->cap_kept, sizeof(*v->kept));
	}
	return v->kept[v->n_kept++] = s;
}

const char *
ym_visit_keepf(struct ym_visit *v, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		abort();
	va_end(ap);
	return ym_visit_keep(v, s);
}

static void
forget_kept(struct ym_visit *v)
{
	for (int i = 0; i < v->n_kept; i++) {
		explicit_bzero(v->kept[i], strlen(v->kept[i]));
		free(v->kept[i]);
	}
	v->n_kept = 0;
}

void
ym_visit_evaluate(struct ym_visit *v)
{
	forget_kept(v);
	ym_date_format(v->today, ym_date_at(ym_log_now(v->w->log)));
	snprintf(v->province, sizeof(v->province), "%.2s0000", ym_log_identity(v->w->log)->division);
	ym_roles_bind(v);
	ym_facts_defaults(v);
	ym_who_lines(v);
	ym_facts_questions(v);
	ym_roles_mark_idle(v);
	ym_checks_build(v);
	ym_checklist_build(v);
	ym_form_build(v);
	ym_propose(v);
	ym_papers_plan(v);
}

void
ym_visit_touch(struct ym_visit *v)
{
	v->dirty = true;
	ym_visit_evaluate(v);
}

struct ym_visit *
ym_visit_blank(struct ym_casework *w)
{
	struct ym_visit *v = ym_alloc(sizeof(*v));
	v->w = w;
	v->next_who = 1;
	v->cases = ym_alloc(YM_MAX_CASES * sizeof(*v->cases));
	ym_date_format(v->today, ym_date_at(ym_log_now(w->log)));
	return v;
}

void
ym_visit_free(struct ym_visit *v)
{
	if (!v)
		return;
	forget_kept(v);
	free(v->kept);
	for (int i = 0; i < v->n_persons; i++)
		ym_knowns_release(&v->persons[i].facts);
	for (int i = 0; i < v->n_cases; i++)
		ym_matter_release(&v->cases[i]);
	for (int i = 0; i < v->n_marks; i++) {
		free(v->marks[i].note);
		free(v->marks[i].pages);
	}
	for (int i = 0; i < v->n_checks; i++) {
		free(v->checks[i].answer);
		free(v->checks[i].source);
	}
	explicit_bzero(v->cases, YM_MAX_CASES * sizeof(*v->cases));
	free(v->cases);
	explicit_bzero(v, sizeof(*v));
	free(v);
}

enum ym_code
ym_visit_store_draft(struct ym_visit *v, struct ym_error *err)
{
	char name[64];
	snprintf(name, sizeof(name), "visit:%s", v->id);
	YM_JSON *j = ym_visit_to_json(v);
	char *text = ym_json_line(j);
	enum ym_code rc = ym_draft_save(v->w->db, v->w->keys, name, text, err);
	explicit_bzero(text, strlen(text));
	free(text);
	return rc;
}

enum ym_code
ym_visit_commit(struct ym_visit *v, ym_emit_fn fn, void *user, struct ym_error *err)
{
	bool logged[YM_MAX_PERSONS];
	enum ym_code rc = ym_db_begin(v->w->db, err);
	if (rc)
		return rc;
	for (int i = 0; i < v->n_persons; i++)
		logged[i] = v->persons[i].logged;
	rc = fn(v, user, err);
	if (!rc)
		rc = ym_visit_store_draft(v, err);
	if (rc)
		ym_db_rollback(v->w->db);
	else
		rc = ym_db_commit(v->w->db, err);
	for (int i = 0; i < v->n_persons && rc; i++)
		v->persons[i].logged = logged[i];
	v->dirty &= rc != YM_OK;
	return rc;
}

/* With a body, so that the visit's key is made and wrapped for the central now and not inside the first decision. */
enum ym_code
ym_visit_emit_opened(struct ym_visit *v, void *user, struct ym_error *err)
{
	YM_JSON *body = json_pack("{ss}", "claim", v->claim);
	struct ym_attr attrs[] = { { "ticket", v->ticket_id }, { "continues", user ? user : "" } };
	return ym_emit_visit(v, "visit.opened", attrs, 2, body, err);
}

enum ym_code
ym_visit_open(struct ym_casework *w, const char *ticket, struct ym_visit **ret, struct ym_error *err)
{
	if (!*w->account)
		return ym_fail(err, YM_STATE, N_("Sign in first"), "no account");
	struct ym_visit *v = ym_visit_blank(w);
	ym_uuid7(v->id);
	v->opened_at = ym_log_now(w->log);
	if (ticket && *ticket) {
		struct ym_stmt *s = ym_db_sql(w->db, "SELECT no FROM view_ticket WHERE id = :id AND state <> 'done'");
		ym_stmt_text(s, ":id", ticket);
		enum ym_code rc = ym_stmt_step(s, err);
		if (!rc)
			ym_strlcpy(v->ticket, ym_stmt_col_text(s, 0), sizeof(v->ticket));
		ym_stmt_done(s);
		if (rc) {
			ym_visit_free(v);
			return rc == YM_NOTFOUND ? ym_fail(err, rc, N_("This ticket is not waiting any more"), "ticket") : rc;
		}
		ym_strlcpy(v->ticket_id, ticket, sizeof(v->ticket_id));
		char place[64];
		snprintf(place, sizeof(place), "ticket:%s", ticket);
		YM_BUF text = { 0 };
		YM_JSON *j = NULL;
		if (!ym_fold_open(&w->fold, w->db, place, &text, NULL) && !ym_json_parse(text.data, text.len, "ticket", &j, NULL))
			ym_strlcpy(v->claim, ym_json_str(j, "claim"), sizeof(v->claim));
		ym_who_new(v, "visitor", false);
		if (json_is_object(json_object_get(j, "consult")))
			ym_consult_unload(v, json_object_get(j, "consult"));
	} else {
		ym_who_new(v, "visitor", false);
	}
	enum ym_code rc = ym_visit_commit(v, ym_visit_emit_opened, NULL, err);
	if (rc) {
		ym_visit_free(v);
		return rc;
	}
	ym_visit_evaluate(v);
	*ret = v;
	return YM_OK;
}

static enum ym_code
emit_parked(struct ym_visit *v, void *user, struct ym_error *err)
{
	struct ym_who *p = ym_who_by_as(v, "visitor");
	YM_JSON *body = json_pack("{ss ss si}", "why", v->why, "who", p ? ym_who_name(p) : "", "n", v->n_cases);
	return ym_emit_visit(v, "visit.parked", NULL, 0, body, err);
}

enum ym_code
ym_visit_park(struct ym_visit *v, const char *why, struct ym_error *err)
{
	ym_strlcpy(v->why, why ? why : "", sizeof(v->why));
	return ym_visit_commit(v, emit_parked, NULL, err);
}

bool
ym_visit_is_dirty(const struct ym_visit *v)
{
	return v->dirty;
}

enum ym_code
ym_visit_save(struct ym_visit *v, struct ym_error *err)
{
	if (!v->dirty)
		return YM_OK;
	enum ym_code rc = ym_visit_store_draft(v, err);
	if (!rc)
		v->dirty = false;
	return rc;
}

static enum ym_code
close_it(struct ym_visit *v, struct ym_error *err)
{
	char name[64];
	struct ym_attr attrs[] = { { "rating", v->rating == YM_RATING_GIVEN ? "" : "skipped" } };
	enum ym_code rc = ym_emit_visit(v, "visit.closed", attrs, 1, NULL, err);
	snprintf(name, sizeof(name), "visit:%s", v->id);
	return rc ? rc : ym_draft_drop(v->w->db, name, err);
}

enum ym_code
ym_visit_finish(struct ym_visit *v, struct ym_error *err)
{
	for (int c = 0; c < v->n_cases; c++)
		if (v->cases[c].exit != YM_EXIT_NONE && v->cases[c].fee_state == YM_FEE_DUE)
			return ym_fail_on(err, YM_STATE, N_("A fee is still due: take it or waive it with a reason"), v->cases[c].item->name, "fee due");
	enum ym_code rc = ym_db_begin(v->w->db, err);
	if (rc)
		return rc;
	if ((rc = close_it(v, err))) {
		ym_db_rollback(v->w->db);
		return rc;
	}
	if ((rc = ym_db_commit(v->w->db, err)))
		return rc;
	if (v->rating != YM_RATING_GIVEN)
		v->rating = YM_RATING_SKIPPED;
	v->dirty = false;
	return YM_OK;
}

/* -- small answers -- */

const char *
ym_visit_id(const struct ym_visit *v)
{
	return v->id;
}

const char *
ym_visit_ticket(const struct ym_visit *v)
{
	return v->ticket;
}

const char *
ym_visit_claim(const struct ym_visit *v)
{
	return v->claim;
}

enum ym_stage
ym_visit_stage(const struct ym_visit *v)
{
	return v->stage;
}

void
ym_visit_set_stage(struct ym_visit *v, enum ym_stage s)
{
	if ((unsigned)s >= YM_N_STAGES || v->stage == s)
		return;
	v->stage = s;
	v->dirty = true;
}

void
ym_visit_set_caret(struct ym_visit *v, const char *caret)
{
	if (!caret || !strcmp(v->caret, caret))
		return;
	ym_strlcpy(v->caret, caret, sizeof(v->caret));
	v->dirty = true;
}

const char *
ym_visit_caret(const struct ym_visit *v)
{
	return v->caret;
}

void
ym_visit_progress(const struct ym_visit *v, enum ym_stage s, int *ret_done, int *ret_total)
{
	int done = 0, total = 0;
	struct ym_role open[YM_MAX_CASE_ROLES];
	switch (s) {
	case YM_STAGE_IDENTITY:
		for (int i = 0; i < v->n_persons; i++)
			done += v->persons[i].hash[0] || (v->persons[i].is_new && *ym_who_name(&v->persons[i]));
		total = v->n_persons;
		for (int i = 0, n = ym_visit_open_roles(v, open, YM_MAX_CASE_ROLES); i < n; i++)
			total += open[i].required;
		break;
	case YM_STAGE_ITEMS:
		total = v->n_questions + 1;
		done = v->n_cases > 0;
		for (int i = 0; i < v->n_questions; i++)
			done += *v->questions[i].answer != 0;
		break;
	case YM_STAGE_MATERIALS:
		for (int i = 0; i < v->n_materials; i++) {
			const struct ym_material_line *l = &v->materials[i];
			if (l->need == YM_NEED_OPTIONAL || !l->applies_known)
				continue;
			total++;
			done += ym_material_is_here(l->state) || l->state == YM_MAT_DEFERRED;
		}
		break;
	case YM_STAGE_FORM:
		for (int i = 0; i < v->n_form; i++) {
			total += v->form[i].required || *v->form[i].error;
			done += v->form[i].required && v->form[i].has_value && !*v->form[i].error;
		}
		if (!total && v->n_cases) /* nothing to fill, or nothing any more: what is decided has left the form */
			total = done = 1;
		break;
	case YM_STAGE_DECIDE:
		total = v->n_cases;
		for (int c = 0; c < v->n_cases; c++)
			done += !ym_matter_is_open(&v->cases[c]);
		break;
	case YM_STAGE_FEE:
		for (int c = 0; c < v->n_cases; c++) {
			total += v->cases[c].fee_state != YM_FEE_NONE;
			done += v->cases[c].fee_state == YM_FEE_PAID || v->cases[c].fee_state == YM_FEE_WAIVED;
		}
		break;
	case YM_STAGE_PAPERS:
		total = v->n_papers;
		for (int i = 0; i < v->n_papers; i++)
			done += v->papers[i].printed > 0;
		break;
	default:
		total = 1;
		done = v->rating == YM_RATING_GIVEN;
	}
	*ret_done = done;
	*ret_total = total;
}
