/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the rules say about a case: every condition, document, field, question and check is looked at, none stops the rest.
 * Not what follows from it (propose.c). Invariant: unknown raises a question; it is never counted as false, and never as fulfilled.
 */
#include "cases/inner.h"

static void
say(struct ym_matter *m, enum ym_weight weight, const char *text, const char *source, const char *cure, enum ym_stage stage, int line,
	const char *key_fmt, ...)
{
	if (m->n_reasons >= YM_MAX_REASONS)
		return;
	va_list ap;
	va_start(ap, key_fmt);
	vsnprintf(m->reason_keys[m->n_reasons], sizeof(m->reason_keys[0]), key_fmt, ap);
	va_end(ap);
	m->reasons[m->n_reasons++] = (struct ym_reason){ weight, text, source, cure, stage, line };
}

static void
look_at_roles(struct ym_visit *v, struct ym_matter *m)
{
	for (int r = 0; r < m->item->n_roles && r < YM_MAX_CASE_ROLES; r++) {
		const struct ym_role *role = &m->item->roles[r];
		if (m->roles[r].who || !role->required)
			continue;
		m->n_person++;
		say(m, YM_BLOCK, role->label, "", N_("say who this is"), YM_STAGE_IDENTITY, -1, "r:%s", role->id);
	}
	/* A field that is due although nobody plays its role. */
	for (int i = 0; i < m->item->n_fields; i++) {
		const struct ym_need_field *f = &m->item->fields[i];
		char id[YM_ROLE_SIZE];
		if (!*f->required_when || !ym_roles_split(f->datum, '.', id))
			continue;
		int r = ym_roles_index(m->item, id);
		if (r < 0 || m->roles[r].who || m->item->roles[r].required || ym_facts_eval(v, m, f->required_when) != YM_TRUE)
			continue;
		bool said = false;
		for (int k = 0; k < m->n_reasons; k++)
			said |= m->reason_keys[k][0] == 'r' && !strcmp(m->reason_keys[k] + 2, id);
		if (said)
			continue;
		m->n_person++;
		say(m, YM_BLOCK, m->item->roles[r].label, f->basis, N_("say who this is"), YM_STAGE_IDENTITY, -1, "r:%s", id);
	}
}

static void
unknown(struct ym_visit *v, struct ym_matter *m, const char *rule, const char *source, const char *id)
{
	m->n_unknown++;
	int line = ym_facts_unknown_line(v, m, rule); /* then it is told once, as that line */
	const char *what = line >= 0 ? v->form[line].label : ym_facts_unknown(v, m, rule);
	say(m, YM_WARN, *what ? what : N_("A condition cannot be judged yet"), source, N_("needed to judge a condition"), YM_STAGE_FORM, line,
		"u:%s", id);
}

/* Conditions in the catalogue's order: the first that fails names the exit, all that fail are told. */
static enum ym_exit
look_at_conditions(struct ym_visit *v, struct ym_matter *m)
{
	enum ym_exit worst = YM_EXIT_NONE;
	for (int i = 0; i < m->item->n_conditions; i++) {
		const struct ym_condition *k = &m->item->conditions[i];
		enum ym_truth t = ym_facts_eval(v, m, k->require);
		if (t == YM_UNKNOWN)
			unknown(v, m, k->require, k->source, k->id);
		if (t != YM_FALSE)
			continue;
		enum ym_exit e = ym_exit_by_name(k->otherwise);
		say(m, YM_BLOCK, k->message, k->source, "", YM_STAGE_DECIDE, -1, "c:%s", k->id);
		if (e == YM_EXIT_RETURNED)
			m->n_returned++;
		else if (worst == YM_EXIT_NONE)
			worst = e;
	}
	for (int i = 0; i < m->item->n_warnings; i++)
		if (*m->item->warnings[i].when && ym_facts_eval(v, m, m->item->warnings[i].when) == YM_TRUE)
			say(m, YM_WARN, m->item->warnings[i].message, m->item->warnings[i].source, "", YM_STAGE_DECIDE, -1, "w:%d", i);
	return worst;
}

static void
look_at_place(struct ym_visit *v, struct ym_matter *m)
{
	char role[YM_ROLE_SIZE];
	const char *datum = ym_roles_split(m->item->responsible, '.', role);
	switch (m->place) {
	case YM_PLACE_UNKNOWN:
		m->n_unknown++;
		for (int i = 0; datum && i < v->n_form; i++)
			if (!strcmp(v->form_of[i].datum, datum) && !v->form[i].has_value) {
				say(m, YM_WARN, v->form[i].label, m->place_source, N_("needed to know whose case this is"), YM_STAGE_FORM, i, "u:place");
				return;
			}
		say(m, YM_WARN, N_("The responsible division is not known yet"), m->place_source, N_("needed to know whose case this is"),
			YM_STAGE_FORM, -1, "u:place");
		return;
	case YM_PLACE_COLLECT:
		say(m, YM_NOTE, m->place_text, m->place_source, N_("taken in here and forwarded there: they accept and decide"), YM_STAGE_DECIDE, -1, "p:collect");
		return;
	case YM_PLACE_ONLINE:
		say(m, YM_BLOCK, m->place_text, m->place_source, N_("done online: show how"), YM_STAGE_DECIDE, -1, "p:online");
		return;
	case YM_PLACE_NOT_OURS:
		say(m, YM_BLOCK, m->place_text, m->place_source, ym_place_is_in_force(m->item) ? N_("belongs to the police there") :
			N_("not in force here: tell whom to ask"), YM_STAGE_DECIDE, -1, "p:elsewhere");
		return;
	default:
		return;
	}
}

static void
look_at_material(struct ym_visit *v, struct ym_matter *m, int line, const struct ym_need_material *need)
{
	const struct ym_material_line *l = &v->materials[line];
	enum ym_truth applies = ym_facts_eval(v, m, need->when);
	char key[80];
	snprintf(key, sizeof(key), "m:%s:%s", need->kind, need->holder);
	if (ym_material_is_here(l->state) || need->need == YM_NEED_OPTIONAL || applies == YM_FALSE) {
		if (l->state == YM_MAT_WRONG && applies != YM_FALSE) {
			m->n_open++;
			say(m, YM_BLOCK, l->name, need->origin, l->note, YM_STAGE_MATERIALS, line, "%s", key);
		}
		/* rules.md §11: offline an electronic certificate stays to be checked */
		if (l->state == YM_MAT_ELICENSE && !l->is_confirmed)
			say(m, YM_WARN, l->name, need->origin, N_("the certificate's status was not confirmed: it stays to be checked"), YM_STAGE_MATERIALS,
				line, "e:%s", key);
		return;
	}
	if (applies == YM_UNKNOWN) {
		m->n_unknown++;
		const char *what = ym_facts_unknown(v, m, need->when);
		say(m, YM_WARN, l->name, need->origin, *what ? what : N_("not known yet whether it is needed"), YM_STAGE_MATERIALS, line, "u:%s", key);
		return;
	}
	switch (l->state) {
	case YM_MAT_DEFERRED:
		m->n_deferred++;
		say(m, YM_NOTE, l->name, need->origin, N_("promised for later"), YM_STAGE_MATERIALS, line, "d:%s", key);
		return;
	case YM_MAT_WAITING:
		m->n_waiting++;
		say(m, YM_WARN, l->name, need->origin, N_("waiting for the answer"), YM_STAGE_MATERIALS, line, "%s", key);
		m->missing_main |= need->main;
		return;
	case YM_MAT_WRONG:
		m->n_open++;
		m->missing_main |= need->main;
		say(m, YM_BLOCK, l->name, need->origin, l->note, YM_STAGE_MATERIALS, line, "%s", key);
		return;
	default:
		m->n_open++;
		m->missing_main |= need->main;
		say(m, YM_BLOCK, l->name, need->origin, *l->check ? N_("missing: show it, or ask the register") :
			need->deferrable && !need->main ? N_("missing: may be deferred") : N_("missing"), YM_STAGE_MATERIALS, line, "%s", key);
	}
}

static void
look_at_materials(struct ym_visit *v, struct ym_matter *m, int c)
{
	for (int i = 0; i < v->n_materials; i++)
		for (int k = 0; k < v->material_of[i].n_of; k++)
			if (v->material_of[i].of[k].matter == c)
				look_at_material(v, m, i, &m->item->materials[v->material_of[i].of[k].need]);
}

static int
form_line(const struct ym_visit *v, const struct ym_matter *m, int c, const struct ym_need_field *f)
{
	char role[YM_ROLE_SIZE];
	const char *datum = ym_roles_split(f->datum, '.', role);
	if (!datum)
		return -1;
	bool own = !strcmp(role, "case");
	int who = own ? 0 : ym_roles_who(v, m, role);
	for (int i = 0; i < v->n_form; i++)
		if (!strcmp(v->form_of[i].datum, datum) && v->form_of[i].who == who && (who || (own && v->form_of[i].matter == c)))
			return i;
	return -1;
}

static void
look_at_fields(struct ym_visit *v, struct ym_matter *m, int c)
{
	for (int i = 0; i < m->item->n_fields; i++) {
		const struct ym_need_field *f = &m->item->fields[i];
		int line = form_line(v, m, c, f);
		if (line < 0) {
			if (f->required && !f->is_result && *f->when && ym_facts_eval(v, m, f->when) == YM_UNKNOWN)
				unknown(v, m, f->when, f->basis, f->datum);
			continue;
		}
		const struct ym_form_line *l = &v->form[line];
		enum ym_truth due = f->required ? YM_TRUE : *f->required_when ? ym_facts_eval(v, m, f->required_when) : YM_FALSE;
		if (l->has_value && *l->error) {
			m->n_blank++;
			say(m, YM_BLOCK, l->label, l->basis, l->error, YM_STAGE_FORM, line, "f:%s", f->datum);
		} else if (!l->has_value && due == YM_TRUE) {
			/* A result is the officer's to fill: no notice asks the citizen for it. */
			m->n_blank++;
			say(m, f->is_result ? YM_WARN : YM_BLOCK, l->label, l->basis, N_("to be filled in"), YM_STAGE_FORM, line, "%s:%s",
				f->is_result ? "u" : "f", f->datum);
		} else if (!l->has_value && due == YM_UNKNOWN) {
			unknown(v, m, f->required_when, l->basis, f->datum);
		}
	}
}

static void
look_at_questions(struct ym_visit *v, struct ym_matter *m)
{
	for (int i = 0; i < v->n_questions; i++) {
		const struct ym_question_line *q = &v->questions[i];
		bool ours = false;
		for (int k = 0; k < m->item->n_questions; k++)
			ours |= !strcmp(m->item->questions[k].id, q->q->id);
		if (!ours || *q->answer)
			continue;
		m->n_unknown++;
		say(m, YM_WARN, q->q->ask, q->q->source, N_("answer the question"), YM_STAGE_ITEMS, i, "q:%s", q->q->id);
	}
}

static void
look_at_checks(struct ym_visit *v, struct ym_matter *m)
{
	for (int i = 0; i < m->item->n_checks; i++) {
		const struct ym_item_check *k = &m->item->checks[i];
		int who = ym_roles_who(v, m, k->subject), line = -1;
		for (int n = 0; n < v->n_check_lines; n++)
			if (!strcmp(v->check_lines[n].reg, k->reg) && v->check_who[n] == who)
				line = n;
		if (line < 0)
			continue;
		const struct ym_check_line *l = &v->check_lines[line];
		switch (l->state) {
		case YM_CHECK_CLEAR:
			break;
		case YM_CHECK_HIT:
			m->n_hit += k->required;
			say(m, k->required ? YM_BLOCK : YM_WARN, l->label, *l->source ? l->source : "", *l->answer ? l->answer : N_("the register has an entry"),
				YM_STAGE_MATERIALS, -1, "k:%s", k->reg);
			break;
		case YM_CHECK_ASKED:
			/* Offline the answer comes later, before whoever decides: the case may be taken in. */
			if (k->required && (v->w->online || ym_propose_ends_here(m->item)))
				m->n_waiting++;
			say(m, YM_WARN, l->label, "", N_("waiting for the answer"), YM_STAGE_MATERIALS, -1, "k:%s", k->reg);
			break;
		default:
			if (!k->required)
				break;
			m->n_waiting++;
			say(m, YM_WARN, l->label, "", l->state == YM_CHECK_NOT_ASKED ? N_("ask this register") : N_("no answer: ask again"),
				YM_STAGE_MATERIALS, -1, "k:%s", k->reg);
		}
	}
}

/* An ageing catalogue (design.md §10), item by item. A case that is accepted already finishes under the pack it began with. */
static void
look_at_age(struct ym_visit *v, struct ym_matter *m)
{
	ym_date today = ym_date_parse(v->today);
	m->age_limit = m->state == YM_CASE_ACCEPTED ? YM_AGE_FREE : ym_pack_age_limit(v->w->pack, m->item, today);
	if (ym_pack_age(v->w->pack, today) == YM_AGE_FRESH)
		return;
	if (m->age_limit == YM_AGE_CONFIRM && !m->age_confirmed)
		m->n_unknown++;
	say(m, m->age_limit == YM_AGE_CONFIRM && m->age_confirmed ? YM_NOTE : YM_WARN, N_("The catalogue is old"), ym_pack_version(v->w->pack),
		m->age_limit == YM_AGE_COLLECT ? N_("stale: take the documents in, accept after the update") :
		m->age_limit == YM_AGE_FREE ? N_("update it soon: limits and fees may have changed") :
		m->age_confirmed ? N_("you confirmed that nothing has changed since") : N_("confirm that nothing has changed since"),
		YM_STAGE_DECIDE, -1, "w:age");
}

/* A case of a bundle that starts when another one ends. */
static void
look_at_order(struct ym_visit *v, struct ym_matter *m)
{
	m->line.waits_for = false;
	m->line.after = "";
	for (int c = 0; c < v->n_cases && *m->after; c++) {
		const struct ym_matter *o = &v->cases[c];
		if (o == m || strcmp(o->item->id, m->after) || strcmp(o->bundle, m->bundle))
			continue;
		m->line.after = o->item->name;
		if (ym_matter_is_open(o)) {
			m->line.waits_for = true;
			say(m, YM_NOTE, o->item->name, "", N_("is decided first"), YM_STAGE_DECIDE, -1, "o:%s", o->item->id);
		} else if (o->exit != YM_EXIT_NONE && o->exit != YM_EXIT_ACCEPTED && o->exit != YM_EXIT_COMPLETED && o->exit != YM_EXIT_DEFERRED) {
			m->blocked_by_other = true;
			say(m, YM_BLOCK, o->item->name, "", N_("must come to a good end first"), YM_STAGE_DECIDE, -1, "o:%s", o->item->id);
		}
	}
}

enum ym_exit
ym_reasons_gather(struct ym_visit *v, int c)
{
	struct ym_matter *m = &v->cases[c];
	look_at_roles(v, m);
	look_at_place(v, m);
	enum ym_exit failed = look_at_conditions(v, m);
	look_at_materials(v, m, c);
	look_at_fields(v, m, c);
	look_at_questions(v, m);
	look_at_checks(v, m);
	look_at_order(v, m);
	look_at_age(v, m);
	if (!m->fee_known) {
		m->n_unknown++;
		say(m, YM_WARN, N_("The fee cannot be told yet"), m->item->fee_basis, N_("a question or a field decides it"), YM_STAGE_FORM, -1, "u:fee");
	}
	return failed;
}
