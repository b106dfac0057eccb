/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What rules may ask about a case: role.datum of the person who plays the role, answers, the station's context.
 * Also defaults and the situational questions. Invariant: what nobody said is NULL, never "" and never false.
 */
#include "cases/inner.h"

struct asking { struct ym_visit *v; struct ym_matter *m; struct ym_buf *out; int n, line; };

static const char *
reply(const struct ym_visit *v, const char *id)
{
	for (int i = 0; i < v->n_replies; i++)
		if (!strcmp(v->replies[i].id, id))
			return v->replies[i].code;
	return NULL;
}

const char *
ym_facts_of(struct ym_visit *v, struct ym_matter *m, const char *role, const char *datum)
{
	if (!strcmp(role, "case"))
		return ym_knowns_get(&m->facts, datum);
	struct ym_who *p = ym_who_by_key(v, ym_roles_who(v, m, role));
	return p ? ym_knowns_get(&p->facts, datum) : NULL;
}

static const char *
lookup(void *user, const char *name)
{
	struct asking *a = user;
	if (!strcmp(name, "today"))
		return a->v->today;
	if (!strcmp(name, "division"))
		return ym_log_identity(a->v->w->log)->division;
	if (!strcmp(name, "province"))
		return a->v->province;
	char role[YM_ROLE_SIZE];
	const char *datum = ym_roles_split(name, '_', role);
	if (!datum)
		return NULL;
	if (!strcmp(role, "q")) {
		snprintf(role, sizeof(role), "q.%s", datum);
		return reply(a->v, role);
	}
	return ym_facts_of(a->v, a->m, role, datum);
}

enum ym_truth
ym_facts_eval(struct ym_visit *v, struct ym_matter *m, const char *rule)
{
	struct asking a = { .v = v, .m = m };
	return *rule ? ym_rules_eval(v->w->rules, rule, lookup, &a, NULL) : YM_TRUE;
}

bool
ym_facts_value(struct ym_visit *v, struct ym_matter *m, const char *rule, char *ret, size_t size)
{
	struct asking a = { .v = v, .m = m };
	return *rule && ym_rules_value(v->w->rules, rule, lookup, &a, ret, size);
}

static void
name_unknown(void *user, const char *name)
{
	struct asking *a = user;
	if (lookup(a, name))
		return;
	char id[YM_ROLE_SIZE];
	const char *what = ym_roles_split(name, '_', id);
	if (!what || a->n++ > 3)
		return;
	if (a->out->len)
		ym_buf_adds(a->out, "、");
	if (!strcmp(id, "q")) {
		snprintf(id, sizeof(id), "q.%s", what);
		for (int c = 0; c < a->v->n_cases; c++)
			for (int i = 0; i < a->v->cases[c].item->n_questions; i++)
				if (!strcmp(a->v->cases[c].item->questions[i].id, id)) {
					ym_buf_adds(a->out, a->v->cases[c].item->questions[i].ask);
					return;
				}
		return;
	}
	const struct ym_datum *d = ym_pack_datum(a->v->w->pack, what);
	ym_buf_addf(a->out, "%s%s", strcmp(id, "case") ? ym_roles_label(a->v, a->m, id) : "", d ? d->label : what);
}

static void
line_unknown(void *user, const char *name)
{
	struct asking *a = user;
	char role[YM_ROLE_SIZE];
	const char *datum = ym_roles_split(name, '_', role);
	if (lookup(a, name))
		return;
	a->n++;
	if (!datum)
		return;
	int who = ym_roles_who(a->v, a->m, role);
	for (int i = 0; i < a->v->n_form; i++)
		if (a->v->form_of[i].who == who && !strcmp(a->v->form_of[i].datum, datum))
			a->line = i;
}

int
ym_facts_unknown_line(struct ym_visit *v, struct ym_matter *m, const char *rule)
{
	struct asking a = { .v = v, .m = m, .line = -1 };
	ym_rules_params(v->w->rules, rule, line_unknown, &a);
	return a.n == 1 ? a.line : -1;
}

const char *
ym_facts_unknown(struct ym_visit *v, struct ym_matter *m, const char *rule)
{
	YM_BUF out = { 0 };
	struct asking a = { .v = v, .m = m, .out = &out };
	ym_rules_params(v->w->rules, rule, name_unknown, &a);
	return ym_visit_keep(v, ym_strdup(ym_buf_str(&out)));
}

/* Rules fill what is empty; what a rule filled follows the rule until somebody types over it. */
void
ym_facts_defaults(struct ym_visit *v)
{
	char value[YM_MAX_VALUE];
	for (int pass = 0; pass < 4; pass++) {
		bool changed = false;
		for (int c = 0; c < v->n_cases; c++) {
			struct ym_matter *m = &v->cases[c];
			if (!ym_matter_is_open(m))
				continue;
			for (int i = 0; i < m->item->n_fields; i++) {
				const struct ym_need_field *f = &m->item->fields[i];
				char role[YM_ROLE_SIZE];
				const char *datum = ym_roles_split(f->datum, '.', role);
				if (!f->dflt || !*f->dflt || !datum)
					continue;
				struct ym_who *p = ym_who_by_key(v, ym_roles_who(v, m, role));
				struct ym_knowns *k = !strcmp(role, "case") ? &m->facts : p ? &p->facts : NULL;
				struct ym_known *old = k ? ym_knowns_find(k, datum) : NULL;
				if (!k || (old && old->origin != YM_FROM_RULE))
					continue;
				bool known = ym_facts_value(v, m, f->dflt, value, sizeof(value)) && *value;
				if (known ? (old && !strcmp(old->value, value)) : !old)
					continue;
				ym_knowns_set(k, datum, known ? value : "", YM_FROM_RULE, ym_log_now(v->w->log));
				changed = true;
			}
		}
		if (!changed)
			break;
	}
	explicit_bzero(value, sizeof(value));
}

/* A question stands when its `when` holds; one that hangs on something unknown waits until that is known. */
void
ym_facts_questions(struct ym_visit *v)
{
	v->n_questions = 0;
	for (int c = 0; c < v->n_cases; c++) {
		struct ym_matter *m = &v->cases[c];
		if (!ym_matter_is_open(m))
			continue;
		for (int i = 0; i < m->item->n_questions; i++) {
			const struct ym_question *q = &m->item->questions[i];
			bool there = false;
			for (int k = 0; k < v->n_questions; k++)
				there |= !strcmp(v->questions[k].q->id, q->id);
			if (there || v->n_questions >= YM_MAX_QUESTIONS || ym_facts_eval(v, m, q->when) != YM_TRUE)
				continue;
			const char *code = reply(v, q->id);
			v->questions[v->n_questions++] = (struct ym_question_line){ q, code ? code : "" };
		}
	}
}

int
ym_visit_n_questions(const struct ym_visit *v)
{
	return v->n_questions;
}

const struct ym_question_line *
ym_visit_question(const struct ym_visit *v, int index)
{
	return index >= 0 && index < v->n_questions ? &v->questions[index] : NULL;
}

enum ym_code
ym_visit_answer(struct ym_visit *v, int index, const char *code, struct ym_error *err)
{
	const struct ym_question_line *q = ym_visit_question(v, index);
	if (!q)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such question"), "index");
	bool known = !*code || (q->q->is_bool && (!strcmp(code, "1") || !strcmp(code, "0")));
	for (int i = 0; i < q->q->n_options; i++)
		known |= !strcmp(q->q->options[i].code, code);
	if (!known || strlen(code) >= sizeof(v->replies[0].code))
		return ym_fail(err, YM_INVALID, N_("This is not one of the answers"), "%s", q->q->id);
	int at = -1;
	for (int i = 0; i < v->n_replies; i++)
		if (!strcmp(v->replies[i].id, q->q->id))
			at = i;
	if (!*code) {
		if (at >= 0)
			v->replies[at] = v->replies[--v->n_replies];
	} else {
		if (at < 0) {
			if (v->n_replies >= YM_MAX_QUESTIONS)
				return ym_fail(err, YM_REFUSED, N_("Too many questions"), "max");
			at = v->n_replies++;
		}
		ym_strlcpy(v->replies[at].id, q->q->id, sizeof(v->replies[at].id));
		ym_strlcpy(v->replies[at].code, code, sizeof(v->replies[at].code));
	}
	ym_visit_touch(v);
	return YM_OK;
}
