/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The rows of the one-time notice: what stood against a case when it was returned, in words, each thing once. Not the paper around
 * them (paper_context.c). Invariant: a copy made later says what was handed over.
 */
#include "cases/inner.h"

#define NOTICE_DAYS 20 /* working days to bring what a notice names */

struct notice {
	struct ym_visit *v;
	struct ym_matter *m;
	const char *deadline;
	json_t *rows;
};

/* One row a thing; a row that stands there already names one item more. */
static void
add_row(json_t *rows, const char *name, const char *problem, const char *how, const char *item, const char *deadline)
{
	size_t i;
	json_t *o;
	json_array_foreach(rows, i, o)
		if (!strcmp(ym_json_str(o, "name"), name) && !strcmp(ym_json_str(o, "problem"), problem)) {
			if (!strstr(ym_json_str(o, "case"), item))
				json_object_set_new(o, "case", json_pack("s++", ym_json_str(o, "case"), "、", item));
			return;
		}
	o = json_object();
	ym_json_put(o, "name", name);
	ym_json_put(o, "problem", problem);
	ym_json_put(o, "how", how);
	ym_json_put(o, "case", item);
	ym_json_put(o, "deadline", deadline);
	json_array_append_new(rows, o);
}

static void
add(struct notice *n, const char *name, const char *problem, const char *how)
{
	add_row(n->rows, name, problem, how, n->m->item->name, n->deadline);
}

/* "hukou:applicant" */
static void
add_material(struct notice *n, const char *key)
{
	struct ym_visit *v = n->v;
	for (int i = 0; i < v->n_materials; i++)
		for (int x = 0; x < v->material_of[i].n_of; x++) {
			if (&v->cases[v->material_of[i].of[x].matter] != n->m)
				continue;
			const struct ym_need_material *need = &n->m->item->materials[v->material_of[i].of[x].need];
			YM_FREE char *own = ym_asprintf("%s:%s", need->kind, need->holder);
			if (strcmp(own, key))
				continue;
			bool wrong = v->materials[i].state == YM_MAT_WRONG;
			int mark = v->material_of[i].mark;
			const char *note = wrong && mark >= 0 ? v->marks[mark].note : NULL;
			YM_FREE char *how = ym_asprintf("%s%s%s", need->form, *need->note && *need->form ? ";" : "", need->note);
			add(n, v->materials[i].name, note && *note ? note : wrong ? "不合格" : "缺少", how);
		}
}

/* "child.birth" */
static void
add_field(struct notice *n, const char *key)
{
	char role[YM_ROLE_SIZE] = "";
	const char *datum = ym_roles_split(key, '.', role);
	const struct ym_datum *d = datum ? ym_pack_datum(n->v->w->pack, datum) : NULL;
	YM_FREE char *name = ym_asprintf("%s%s", strcmp(role, "case") ? ym_roles_label(n->v, n->m, role) : "", d ? d->label : "");
	add(n, name, datum && ym_facts_of(n->v, n->m, role, datum) ? "填写有误" : "未填写", "到窗口更正填写");
}

static void
add_condition(struct notice *n, const char *id)
{
	for (int i = 0; i < n->m->item->n_conditions; i++)
		if (!strcmp(n->m->item->conditions[i].id, id))
			add(n, n->m->item->conditions[i].message, "不符合条件", "");
}

json_t *
ym_papers_told(struct ym_visit *v, struct ym_matter *m, char ret_due[16])
{
	struct ym_limit twenty = { .known = true, .value = NOTICE_DAYS, .unit = YM_UNIT_WORKDAY };
	struct notice n = { v, m, ret_due, json_array() };
	size_t i;
	json_t *k;
	ym_date_format(ret_due, ym_calendar_due(ym_pack_calendar(v->w->pack), ym_date_parse(v->today), &twenty, NULL));
	json_array_foreach(m->noticed, i, k) {
		const char *key = json_string_value(k);
		if (!strncmp(key, "m:", 2))
			add_material(&n, key + 2);
		else if (!strncmp(key, "f:", 2))
			add_field(&n, key + 2);
		else if (!strncmp(key, "r:", 2))
			add(&n, ym_roles_label(v, m, key + 2), "身份未核实", "本人到场,或者提供身份证件");
		else if (!strncmp(key, "c:", 2))
			add_condition(&n, key + 2);
	}
	return n.rows;
}

void
ym_papers_add_told(struct ym_visit *v, struct ym_matter *m, json_t *missing)
{
	size_t i;
	json_t *r;
	char due[16];
	YM_JSON *now = m->told ? NULL : ym_papers_told(v, m, due);
	json_array_foreach(m->told ? m->told : now, i, r)
		add_row(missing, ym_json_str(r, "name"), ym_json_str(r, "problem"), ym_json_str(r, "how"), ym_json_str(r, "case"),
			ym_json_str(r, "deadline"));
}
