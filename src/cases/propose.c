/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What is proposed for each case, which exits are open to it, and what is missing across the visit. Not the reasons (reasons.c),
 * not deciding (decide.c). Invariant: what is proposed is also open.
 */
#include "cases/inner.h"

bool
ym_propose_ends_here(const struct ym_item *it)
{
	for (int i = 0; i < it->n_steps; i++)
		if (it->steps[i].by != YM_BY_WINDOW)
			return false;
	return it->instant;
}

static bool
is_complete(const struct ym_matter *m)
{
	return !m->n_open && !m->n_blank && !m->n_unknown && !m->n_waiting && !m->n_person && !m->n_returned && !m->n_hit && !m->blocked_by_other;
}

static enum ym_exit
proposal_of(struct ym_matter *m, enum ym_exit failed)
{
	bool refusable = m->item->refusable;
	if (failed == YM_EXIT_NOT_OURS || failed == YM_EXIT_NOT_REQUIRED)
		return refusable || failed == YM_EXIT_NOT_OURS ? failed : YM_EXIT_NOT_OURS;
	if (m->place == YM_PLACE_NOT_OURS || m->place == YM_PLACE_ONLINE)
		return YM_EXIT_NOT_OURS;
	if (m->age_limit == YM_AGE_COLLECT)
		return YM_EXIT_COLLECTED;
	if (failed == YM_EXIT_REFUSED || m->n_hit)
		return refusable ? YM_EXIT_REFUSED : YM_EXIT_NOT_OURS;
	if (m->n_open || m->n_returned)
		return YM_EXIT_RETURNED;
	if (!is_complete(m))
		return YM_EXIT_NONE;
	if (m->place == YM_PLACE_COLLECT)
		return YM_EXIT_COLLECTED;
	if (m->n_deferred)
		return m->state == YM_CASE_ACCEPTED ? YM_EXIT_NONE : YM_EXIT_DEFERRED;
	return ym_propose_ends_here(m->item) ? YM_EXIT_COMPLETED : YM_EXIT_ACCEPTED;
}

static void
choices(struct ym_visit *v, struct ym_matter *m, enum ym_exit failed)
{
	bool *can = m->line.can_exit;
	int blocks = 0;
	bool somebody = false;
	for (int i = 0; i < m->n_reasons; i++)
		blocks += m->reasons[i].weight == YM_BLOCK;
	for (int r = 0; r < m->item->n_roles && r < YM_MAX_CASE_ROLES; r++) {
		struct ym_who *p = ym_who_by_key(v, m->roles[r].who);
		somebody |= p && (p->hash[0] || *ym_who_name(p));
	}
	/* Blanks, nobody in a role, an unanswered question or a document that decides cannot be overruled. */
	bool acceptable = !m->n_blank && !m->n_person && !m->missing_main && !m->n_unknown && !m->line.waits_for && !m->blocked_by_other &&
		!m->n_waiting && failed != YM_EXIT_NOT_OURS && m->place != YM_PLACE_NOT_OURS && m->place != YM_PLACE_ONLINE;
	can[YM_EXIT_ACCEPTED] = acceptable && m->place != YM_PLACE_COLLECT && !m->n_deferred;
	can[YM_EXIT_DEFERRED] = acceptable && m->n_deferred && !m->n_open && m->state != YM_CASE_ACCEPTED && m->place != YM_PLACE_COLLECT;
	can[YM_EXIT_COMPLETED] = can[YM_EXIT_ACCEPTED] && !m->n_open && !m->n_hit && ym_propose_ends_here(m->item);
	can[YM_EXIT_COLLECTED] = somebody && m->place != YM_PLACE_NOT_OURS && m->place != YM_PLACE_ONLINE;
	can[YM_EXIT_RETURNED] = blocks > 0 && somebody;
	can[YM_EXIT_CORRECTED] = somebody;
	can[YM_EXIT_NOT_OURS] = true;
	can[YM_EXIT_NOT_REQUIRED] = m->item->refusable;
	can[YM_EXIT_REFUSED] = m->item->refusable && somebody;
	if (m->age_limit == YM_AGE_COLLECT)
		can[YM_EXIT_ACCEPTED] = can[YM_EXIT_DEFERRED] = can[YM_EXIT_COMPLETED] = can[YM_EXIT_REFUSED] = can[YM_EXIT_NOT_REQUIRED] = false;
	can[YM_EXIT_NONE] = false;
	enum ym_case_state to;
	for (int e = 1; e < YM_N_EXITS; e++)
		can[e] = can[e] && !ym_flow_step(m->state, ym_exit_action((enum ym_exit)e), &to, NULL);
}

static const char *
summary(const struct ym_matter *m)
{
	for (int weight = YM_BLOCK; weight >= YM_NOTE; weight--)
		for (int i = 0; i < m->n_reasons; i++)
			if ((int)m->reasons[i].weight == weight)
				return m->reasons[i].text;
	return N_("documents complete, conditions fulfilled");
}

static void
look(struct ym_visit *v, int c)
{
	struct ym_matter *m = &v->cases[c];
	struct ym_case_line *l = &m->line;
	enum ym_exit failed = YM_EXIT_NONE;
	m->n_reasons = m->n_open = m->n_blank = m->n_waiting = m->n_unknown = m->n_deferred = m->n_person = m->n_returned = m->n_hit = 0;
	m->missing_main = m->blocked_by_other = false;
	memset(l, 0, sizeof(*l));
	l->after = "";
	ym_place_judge(v, m);
	ym_fee_plan(v, m);
	bool open = ym_matter_is_open(m);
	m->age_limit = YM_AGE_FREE;
	if (open) {
		failed = ym_reasons_gather(v, c);
		if (!m->due_promised[0] && !m->due_statutory[0] && m->state != YM_CASE_ACCEPTED) {
			char p[16], s[16];
			ym_clocks_plan(v, m, ym_date_parse(v->today), p, s, &l->calendar_known);
			l->due_promised = ym_visit_keep(v, ym_strdup(p));
			l->due_statutory = ym_visit_keep(v, ym_strdup(s));
		}
		l->proposal = proposal_of(m, failed);
		choices(v, m, failed);
		if (l->proposal != YM_EXIT_NONE && !l->can_exit[l->proposal] && !l->waits_for)
			l->proposal = YM_EXIT_NONE;
	}
	if (!l->due_promised) {
		l->due_promised = m->due_promised;
		l->due_statutory = m->due_statutory;
		l->calendar_known = m->calendar_known;
	}
	l->item = m->item->id;
	l->name = m->item->name;
	l->category = m->item->category;
	l->case_no = m->case_no;
	l->bundle = m->bundle;
	l->state = m->state;
	l->is_open = open;
	l->confirm_age = open && m->age_limit == YM_AGE_CONFIRM && !m->age_confirmed;
	l->exit = m->exit;
	l->summary = open ? summary(m) : ym_case_state_label(m->state);
	l->reasons = m->reasons;
	l->n_reasons = m->n_reasons;
	l->fee_fen = m->exit != YM_EXIT_NONE || m->fee_state != YM_FEE_NONE ? m->fee_fen : m->fee_plan;
	l->fee_label = m->fee_label;
	l->fee_state = m->fee_state;
	l->delivery = m->delivery;
	l->decider = YM_BY_WINDOW;
	for (int i = 0; i < m->item->n_steps && l->decider == YM_BY_WINDOW; i++)
		l->decider = m->item->steps[i].by;
	l->scope_label = m->place_text;
}

static void
add_missing(struct ym_visit *v, struct ym_matter *m, const struct ym_reason *r)
{
	const char *text = r->text;
	for (int i = 0; i < v->n_missing; i++) {
		struct ym_missing *x = &v->missing[i];
		/* the same want may be seen from a line and from a condition */
		if (x->stage != r->stage || strcmp(x->text, text) || (x->line != r->line && x->line >= 0 && r->line >= 0))
			continue;
		if (x->line < 0)
			x->line = r->line;
		if (r->weight > x->weight)
			x->weight = r->weight;
		if (!strstr(x->cases, m->item->name))
			x->cases = ym_visit_keepf(v, "%s、%s", x->cases, m->item->name);
		return;
	}
	if (v->n_missing < YM_MAX_MISSING)
		v->missing[v->n_missing++] = (struct ym_missing){ r->weight, text, m->item->name, r->stage, r->line };
}

void
ym_propose(struct ym_visit *v)
{
	for (int c = 0; c < v->n_cases; c++)
		look(v, c);
	v->n_missing = 0;
	for (int stage = 0; stage < YM_N_STAGES; stage++)
		for (int c = 0; c < v->n_cases; c++)
			for (int i = 0; i < v->cases[c].n_reasons; i++) {
				const struct ym_reason *r = &v->cases[c].reasons[i];
				if ((int)r->stage == stage && r->weight != YM_NOTE && v->cases[c].reason_keys[i][0] != 'w')
					add_missing(v, &v->cases[c], r);
			}
}

int
ym_visit_n_cases(const struct ym_visit *v)
{
	return v->n_cases;
}

const struct ym_case_line *
ym_visit_case(const struct ym_visit *v, int index)
{
	struct ym_matter *m = ym_visit_matter(v, index);
	return m ? &m->line : NULL;
}

int
ym_visit_n_missing(const struct ym_visit *v)
{
	return v->n_missing;
}

const struct ym_missing *
ym_visit_missing(const struct ym_visit *v, int index)
{
	return index >= 0 && index < v->n_missing ? &v->missing[index] : NULL;
}
