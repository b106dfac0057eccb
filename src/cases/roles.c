/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Which person plays which role of a case. What the officer bound stays; the rest is bound anew after every change:
 * the bundle's map, a person who came as this role, the item's default, the applicant is who came.
 * Invariant: a role names a person that exists, or nobody (0).
 */
#include "cases/inner.h"

int
ym_roles_index(const struct ym_item *it, const char *role)
{
	for (int r = 0; r < it->n_roles && r < YM_MAX_CASE_ROLES; r++)
		if (!strcmp(it->roles[r].id, role))
			return r;
	return -1;
}

const char *
ym_roles_split(const char *text, char mark, char ret_role[YM_ROLE_SIZE])
{
	const char *at = strchr(text, mark);
	if (!at || at - text >= YM_ROLE_SIZE)
		return NULL;
	memcpy(ret_role, text, (size_t)(at - text));
	ret_role[at - text] = 0;
	return at + 1;
}

int
ym_roles_who(const struct ym_visit *v, const struct ym_matter *m, const char *role)
{
	int r = ym_roles_index(m->item, role);
	if (r >= 0)
		return m->roles[r].who;
	struct ym_who *p = ym_who_by_as(v, role);
	return p ? p->key : 0;
}

const char *
ym_roles_label(struct ym_visit *v, const struct ym_matter *m, const char *role)
{
	int r = ym_roles_index(m->item, role);
	if (r >= 0 && *m->item->roles[r].label)
		return m->item->roles[r].label;
	const char *s = ym_pack_role_label(v->w->pack, role);
	return s ? s : "";
}

static const struct ym_bundle_item *
bundle_item(const struct ym_bundle *b, const char *item)
{
	for (int i = 0; i < b->n_items; i++)
		if (!strcmp(b->items[i].item, item))
			return &b->items[i];
	return NULL;
}

static const char *
party_of(const struct ym_bundle_item *bi, const char *role)
{
	for (int i = 0; bi && i < bi->n_roles; i++)
		if (!strcmp(bi->roles[i].code, role))
			return bi->roles[i].label;
	return "";
}

/* Who came is the party whose role, in one of the bundle's items, falls to the visitor by default. */
static bool
party_is_visitor(struct ym_visit *v, const struct ym_bundle *b, const char *party)
{
	for (int i = 0; i < b->n_items; i++) {
		const struct ym_item *it;
		if (ym_pack_item(v->w->pack, b->items[i].item, &it, NULL))
			continue;
		for (int r = 0; r < it->n_roles; r++)
			if (!strcmp(party_of(&b->items[i], it->roles[r].id), party) && !strcmp(it->roles[r].dflt, "visitor") && !it->roles[r].is_new)
				return true;
	}
	return false;
}

static int
only_org(const struct ym_visit *v)
{
	int key = 0;
	for (int i = 0; i < v->n_persons; i++)
		if (v->persons[i].is_org)
			key = key ? -1 : v->persons[i].key;
	return key > 0 ? key : 0;
}

static int
choose(struct ym_visit *v, struct ym_matter *m, int r, int depth)
{
	const struct ym_role *role = &m->item->roles[r];
	struct ym_who *visitor = ym_who_by_as(v, "visitor"), *p;
	const struct ym_bundle *b = NULL;
	if (m->roles[r].fixed)
		return m->roles[r].who;
	if (*m->bundle && !ym_pack_bundle(v->w->pack, m->bundle, &b, NULL)) {
		const char *party = party_of(bundle_item(b, m->item->id), role->id);
		if (*party && (p = ym_who_by_as(v, party)))
			return p->key;
		if (*party && visitor && !*visitor->party && party_is_visitor(v, b, party)) {
			ym_strlcpy(visitor->party, party, sizeof(visitor->party));
			return visitor->key;
		}
		if (*party)
			return 0;
	}
	if ((p = ym_who_by_as(v, role->id)) && p->is_org == role->is_org)
		return p->key;
	if (role->is_org)
		return only_org(v);
	if (!strcmp(role->dflt, "visitor"))
		return visitor && !visitor->is_org ? visitor->key : 0;
	if (*role->dflt && depth < YM_MAX_CASE_ROLES) {
		int other = ym_roles_index(m->item, role->dflt);
		return other >= 0 ? choose(v, m, other, depth + 1) : 0;
	}
	/* The applicant is who came, unless the item says that who came is somebody else. */
	bool taken = strcmp(role->id, "applicant") || role->is_new || !visitor || visitor->is_org;
	for (int i = 0; i < m->item->n_roles; i++)
		taken |= !strcmp(m->item->roles[i].dflt, "visitor");
	return taken ? 0 : visitor->key;
}

/* Somebody else applies and nobody is bound to who came: then who came is the agent, if the item knows one. */
static void
bind_agent(struct ym_visit *v, struct ym_matter *m)
{
	int a = ym_roles_index(m->item, "agent"), ap = ym_roles_index(m->item, "applicant");
	struct ym_who *visitor = ym_who_by_as(v, "visitor");
	if (a < 0 || m->roles[a].who || m->roles[a].fixed || !visitor)
		return;
	struct ym_who *applicant = ap >= 0 ? ym_who_by_key(v, m->roles[ap].who) : NULL;
	if (ap >= 0 && (!applicant || applicant == visitor || applicant->is_new))
		return;
	for (int r = 0; r < m->item->n_roles && r < YM_MAX_CASE_ROLES; r++)
		if (m->roles[r].who == visitor->key)
			return;
	m->roles[a].who = visitor->key;
}

void
ym_roles_bind(struct ym_visit *v)
{
	for (int c = 0; c < v->n_cases; c++) {
		struct ym_matter *m = &v->cases[c];
		for (int r = 0; r < m->item->n_roles && r < YM_MAX_CASE_ROLES; r++) {
			if (m->roles[r].who && !ym_who_by_key(v, m->roles[r].who))
				m->roles[r].who = 0, m->roles[r].fixed = false;
			/* A case with a number keeps whom it was decided for. */
			if (!m->case_no[0] || (!m->roles[r].who && ym_matter_is_open(m)))
				m->roles[r].who = choose(v, m, r, 0);
		}
		if (!m->case_no[0])
			bind_agent(v, m);
	}
}

/* An optional role whose every document and field is known not to be needed: a guardian of a grown-up. A role that holds no
 * document is only written down, so nothing says that it cannot be there. */
static bool
is_idle(struct ym_visit *v, struct ym_matter *m, const struct ym_role *role)
{
	size_t n = strlen(role->id);
	int held = 0;

	if (role->required || role->is_new)
		return false;
	for (int i = 0; i < m->item->n_materials; i++) {
		const struct ym_need_material *need = &m->item->materials[i];

		if (strcmp(need->holder, role->id))
			continue;
		if (!*need->when || ym_facts_eval(v, m, need->when) != YM_FALSE)
			return false;
		held++;
	}
	for (int i = 0; held && i < m->item->n_fields; i++) {
		const struct ym_need_field *f = &m->item->fields[i];

		if (strncmp(f->datum, role->id, n) || f->datum[n] != '.')
			continue;
		if (f->required || (*f->required_when && ym_facts_eval(v, m, f->required_when) != YM_FALSE))
			return false;
	}
	return held > 0;
}

void
ym_roles_mark_idle(struct ym_visit *v)
{
	for (int c = 0; c < v->n_cases; c++)
		for (int r = 0; r < v->cases[c].item->n_roles && r < YM_MAX_CASE_ROLES; r++)
			v->cases[c].roles[r].idle = !v->cases[c].roles[r].who && is_idle(v, &v->cases[c], &v->cases[c].item->roles[r]);
}

bool
ym_visit_role_is_idle(const struct ym_visit *v, int c, int role)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	return m && role >= 0 && role < m->item->n_roles && role < YM_MAX_CASE_ROLES && m->roles[role].idle;
}

int
ym_visit_n_roles(const struct ym_visit *v, int c)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	return m ? (m->item->n_roles < YM_MAX_CASE_ROLES ? m->item->n_roles : YM_MAX_CASE_ROLES) : 0;
}

const struct ym_role *
ym_visit_role(const struct ym_visit *v, int c, int role, int *ret_person)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	if (!m || role < 0 || role >= m->item->n_roles || role >= YM_MAX_CASE_ROLES)
		return NULL;
	if (ret_person)
		*ret_person = ym_who_index(v, m->roles[role].who);
	return &m->item->roles[role];
}

enum ym_code
ym_visit_bind(struct ym_visit *v, int c, const char *role, int person, struct ym_error *err)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	int r = m ? ym_roles_index(m->item, role) : -1;
	if (r < 0 || person >= v->n_persons)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such role or person"), "bind");
	if (!ym_matter_is_open(m))
		return ym_fail(err, YM_STATE, N_("The case is decided"), "bind decided");
	if (person >= 0 && v->persons[person].is_org != m->item->roles[r].is_org)
		return ym_fail_on(err, YM_REFUSED, N_("An organisation cannot take a person's role, nor a person an organisation's"),
			m->item->roles[r].label, "org");
	m->roles[r].who = person < 0 ? 0 : v->persons[person].key;
	m->roles[r].fixed = true;
	ym_visit_touch(v);
	return YM_OK;
}

int
ym_visit_open_roles(const struct ym_visit *v, struct ym_role *ret, int max)
{
	int n = 0;
	for (int pass = 0; pass < 2; pass++)
		for (int c = 0; c < v->n_cases; c++) {
			const struct ym_matter *m = &v->cases[c];
			const struct ym_bundle *b = NULL;
			if (!ym_matter_is_open(m))
				continue;
			if (*m->bundle && ym_pack_bundle(v->w->pack, m->bundle, &b, NULL))
				b = NULL;
			for (int r = 0; r < m->item->n_roles && r < YM_MAX_CASE_ROLES; r++) {
				struct ym_role role = m->item->roles[r];
				if (m->roles[r].who || m->roles[r].idle || role.required != (pass == 0))
					continue;
				const char *party = b ? party_of(bundle_item(b, m->item->id), role.id) : "";
				for (int k = 0; b && *party && k < b->n_parties; k++)
					if (!strcmp(b->parties[k].id, party)) {
						role.id = b->parties[k].id;
						role.label = b->parties[k].label;
						role.is_new = b->parties[k].is_new;
					}
				bool there = false;
				for (int k = 0; k < n; k++)
					there |= !strcmp(ret[k].id, role.id);
				if (!there && n < max)
					ret[n++] = role;
			}
		}
	return n;
}
