/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A consultation is a visit that is never opened: the same evaluation answers, so that the guide desk and the window cannot say different
 * things. Not its event (consult_give.c) nor its paper (consult_paper.c). Invariant: the visit inside has no id and writes nothing.
 */
#include "cases/consult_inner.h"

#include "yimen/text.h"

static const char *const kinds[] = { "resident", "hk_mo", "tw", "foreign" };

struct ym_who *
ym_consult_who(const struct ym_consult *c)
{
	return ym_who_by_as(c->v, "visitor");
}

static void
look_at_conditions(struct ym_consult *c, int i)
{
	struct ym_matter *m = &c->v->cases[i];
	struct ym_consult_item *line = &c->items[i];
	line->standing = YM_STANDING_MET;
	for (int k = 0; k < m->item->n_conditions && c->n_conditions < CONSULT_MAX_CONDITIONS; k++) {
		const struct ym_condition *from = &m->item->conditions[k];
		enum ym_truth t = ym_facts_eval(c->v, m, from->require);
		enum ym_standing standing = t == YM_TRUE ? YM_STANDING_MET : t == YM_FALSE ? YM_STANDING_NOT : YM_STANDING_OPEN;
		c->conditions[c->n_conditions++] = (struct ym_consult_condition){ i, from->message, from->source, from->responsible,
			t == YM_UNKNOWN ? ym_facts_unknown(c->v, m, from->require) : "", standing };
		if (standing == YM_STANDING_NOT || (standing == YM_STANDING_OPEN && line->standing == YM_STANDING_MET))
			line->standing = standing;
	}
}

/* A name, or the division that a datum says. */
static const char *
responsible(struct ym_consult *c, struct ym_matter *m, const char *from)
{
	char role[YM_ROLE_SIZE];
	const char *datum = ym_roles_split(from, '.', role);
	if (!datum || strchr(from, ' '))
		return from;
	const char *division = ym_facts_of(c->v, m, role, datum);
	const char *label = division ? ym_pack_code_label(c->w->pack, "divisions", division) : "";
	return *label ? ym_visit_keepf(c->v, "%s公安机关", label) : "";
}

static void
look_at_place(struct ym_consult *c, int i)
{
	static const enum ym_consult_where places[] = { [YM_PLACE_UNKNOWN] = YM_WHERE_OPEN, [YM_PLACE_HERE] = YM_WHERE_HERE,
		[YM_PLACE_COLLECT] = YM_WHERE_COLLECT, [YM_PLACE_ONLINE] = YM_WHERE_ONLINE, [YM_PLACE_NOT_OURS] = YM_WHERE_ELSEWHERE };
	struct ym_matter *m = &c->v->cases[i];
	struct ym_consult_item *line = &c->items[i];
	const char *who = "";
	bool not_ours = false;
	line->where_source = m->place_source;
	line->scope_text = m->item->n_scopes ? m->item->scopes[0].text : "";
	for (int k = 0; k < m->item->n_conditions; k++) {
		const struct ym_condition *from = &m->item->conditions[k];
		if (strcmp(from->otherwise, "not_ours") || ym_facts_eval(c->v, m, from->require) != YM_FALSE)
			continue;
		not_ours = true;
		line->where_source = from->source;
		if (!*who)
			who = responsible(c, m, from->responsible);
	}
	if (!ym_place_is_in_force(m->item)) {
		line->where = YM_WHERE_OTHERS;
		line->where_text = *who ? who : line->scope_text;
	} else if (not_ours) {
		line->where = YM_WHERE_ELSEWHERE;
		line->where_text = who;
	} else {
		line->where = places[m->place];
		line->where_text = *m->place_text ? ym_visit_keepf(c->v, "%s公安机关", m->place_text) : "";
		char role[YM_ROLE_SIZE];
		const char *datum = ym_roles_split(m->item->responsible, '.', role);
		if (line->where == YM_WHERE_OPEN && datum)
			line->where_text = ym_facts_unknown(c->v, m, ym_visit_keepf(c->v, ":%s_%s", role, datum));
	}
}

static void
look_at_decider(struct ym_consult_item *line)
{
	line->decider_step = "";
	line->decider = YM_BY_WINDOW;
	for (int i = 0; i < line->item->n_steps; i++) {
		const struct ym_step *s = &line->item->steps[i];
		if (s->by > line->decider || (s->by == YM_BY_WINDOW && line->decider == YM_BY_WINDOW && !strcmp(s->post, "review"))) {
			line->decider = s->by;
			line->decider_step = s->name;
		}
	}
}

static void
look_at_items(struct ym_consult *c)
{
	c->n_conditions = 0;
	for (int i = 0; i < c->v->n_cases; i++) {
		struct ym_matter *m = &c->v->cases[i];
		c->items[i] = (struct ym_consult_item){ .item = m->item, .bundle = m->bundle, .due_promised = m->line.due_promised,
			.due_statutory = m->line.due_statutory, .calendar_known = m->line.calendar_known, .fee_known = m->fee_known,
			.fee_exempt = m->fee_exempt, .fee_fen = m->fee_plan, .fee_label = m->fee_label };
		look_at_conditions(c, i);
		look_at_place(c, i);
		look_at_decider(&c->items[i]);
	}
}

static void
look_at_materials(struct ym_consult *c)
{
	struct ym_visit *v = c->v;
	c->n_materials = 0;
	for (int i = 0; i < v->n_materials; i++) {
		const struct ym_material_line *l = &v->materials[i];
		struct ym_consult_material *out = &c->materials[c->n_materials++];
		*out = (struct ym_consult_material){ .name = l->name, .form = l->form, .note = l->note, .waits_for = "", .reg = "",
			.items = v->n_cases > 1 ? l->cases : "", .optional = l->need == YM_NEED_OPTIONAL, .main = l->main, .copies = 1,
			.deferrable = l->deferrable && !l->main, .retained = l->retained };
		for (int k = 0; k < v->material_of[i].n_of; k++) {
			struct ym_matter *m = &v->cases[v->material_of[i].of[k].matter];
			const struct ym_need_material *need = &m->item->materials[v->material_of[i].of[k].need];
			if (!out->holder)
				out->holder = ym_roles_label(v, m, need->holder);
			if (need->copies > out->copies)
				out->copies = need->copies;
			out->deferrable &= m->item->defer_days > 0;
			if (!l->applies_known && !*out->waits_for && ym_facts_eval(v, m, need->when) == YM_UNKNOWN)
				out->waits_for = ym_facts_unknown(v, m, need->when);
		}
		if (*l->check) {
			out->reg = ym_pack_register_label(c->w->pack, l->check);
			out->way = YM_WAY_SHARED;
		} else if (l->is_live) {
			out->way = YM_WAY_TAKEN;
		} else if (strstr(l->form, "系统生成")) {
			out->way = YM_WAY_MADE;
		}
	}
}

void
ym_consult_look(struct ym_consult *c)
{
	ym_visit_evaluate(c->v);
	look_at_items(c);
	look_at_materials(c);
}

static void
changed(struct ym_consult *c)
{
	c->open = c->v->n_cases > 0;
	ym_consult_look(c);
}

/* -- life -- */

static struct ym_visit *
nobody(struct ym_casework *w)
{
	struct ym_visit *v = ym_visit_blank(w);
	ym_who_new(v, "visitor", false);
	ym_visit_evaluate(v);
	return v;
}

struct ym_consult *
ym_consult_new(struct ym_casework *w)
{
	struct ym_consult *c = ym_alloc(sizeof(*c));
	c->w = w;
	c->v = nobody(w);
	return c;
}

void
ym_consult_free(struct ym_consult *c)
{
	if (!c)
		return;
	ym_visit_free(c->v);
	explicit_bzero(c, sizeof(*c));
	free(c);
}

void
ym_consult_clear(struct ym_consult *c)
{
	ym_visit_free(c->v);
	*c = (struct ym_consult){ .w = c->w, .v = nobody(c->w) };
}

enum ym_code
ym_consult_add(struct ym_consult *c, const char *id, bool is_bundle, struct ym_error *err)
{
	int at;
	enum ym_code rc = is_bundle ? ym_visit_add_bundle(c->v, id, err) : ym_visit_add_item(c->v, id, &at, err);
	if (rc)
		ym_consult_look(c);
	else
		changed(c);
	return rc;
}

enum ym_code
ym_consult_drop(struct ym_consult *c, int item, struct ym_error *err)
{
	enum ym_code rc = ym_visit_drop_case(c->v, item, err);
	if (!rc)
		changed(c);
	return rc;
}

/* -- who asks -- */

enum ym_code
ym_consult_set(struct ym_consult *c, const char *what, const char *value, struct ym_error *err)
{
	struct ym_who *p = ym_consult_who(c);
	char text[16] = "";
	if (!strcmp(what, "kind")) {
		bool known = !*value;
		for (size_t i = 0; i < YM_ARRAY_LEN(kinds); i++)
			known |= !strcmp(kinds[i], value);
		if (!known)
			return ym_fail(err, YM_INVALID, N_("Not one of the choices"), "kind");
		ym_strlcpy(c->kind, value, sizeof(c->kind));
	} else if (!strcmp(what, "age")) {
		char *end = NULL;
		long age = *value ? strtol(value, &end, 10) : 0;
		if (*value && (*end || age < 0 || age > 130))
			return ym_fail(err, YM_INVALID, N_("An age in years, such as 35"), "age");
		if (*value)
			ym_date_format(text, ym_date_add_months(ym_date_at(ym_log_now(c->w->log)), (int)(-12 * age)));
		ym_strlcpy(c->age, value, sizeof(c->age));
		ym_knowns_set(&p->facts, "birth", text, YM_FROM_TYPED, ym_log_now(c->w->log));
	} else if (!strcmp(what, "household_division")) {
		if (*value && !*ym_pack_code_label(c->w->pack, "divisions", value))
			return ym_fail(err, YM_INVALID, N_("Not a division: six digits of GB/T 2260"), "division");
		ym_knowns_set(&p->facts, what, value, YM_FROM_TYPED, ym_log_now(c->w->log));
	} else {
		return ym_fail(err, YM_INVALID, N_("The guide desk does not ask for this"), "%s", what);
	}
	changed(c);
	return YM_OK;
}

const char *
ym_consult_get(const struct ym_consult *c, const char *what)
{
	if (!strcmp(what, "kind"))
		return c->kind;
	if (!strcmp(what, "age"))
		return c->age;
	const char *value = !strcmp(what, "household_division") ? ym_knowns_get(&ym_consult_who(c)->facts, what) : NULL;
	return value ? value : "";
}

/* -- answers -- */

int
ym_consult_n_items(const struct ym_consult *c)
{
	return c->v->n_cases;
}

const struct ym_consult_item *
ym_consult_item(const struct ym_consult *c, int index)
{
	return index >= 0 && index < c->v->n_cases ? &c->items[index] : NULL;
}

int
ym_consult_n_questions(const struct ym_consult *c)
{
	return ym_visit_n_questions(c->v);
}

const struct ym_question_line *
ym_consult_question(const struct ym_consult *c, int index)
{
	return ym_visit_question(c->v, index);
}

enum ym_code
ym_consult_answer(struct ym_consult *c, int index, const char *code, struct ym_error *err)
{
	enum ym_code rc = ym_visit_answer(c->v, index, code, err);
	if (!rc)
		changed(c);
	return rc;
}

int
ym_consult_n_conditions(const struct ym_consult *c)
{
	return c->n_conditions;
}

const struct ym_consult_condition *
ym_consult_condition(const struct ym_consult *c, int index)
{
	return index >= 0 && index < c->n_conditions ? &c->conditions[index] : NULL;
}

int
ym_consult_n_materials(const struct ym_consult *c)
{
	return c->n_materials;
}

const struct ym_consult_material *
ym_consult_material(const struct ym_consult *c, int index)
{
	return index >= 0 && index < c->n_materials ? &c->materials[index] : NULL;
}

const char *
ym_consult_no(const struct ym_consult *c)
{
	return c->no;
}

bool
ym_consult_is_open(const struct ym_consult *c)
{
	return c->open;
}
