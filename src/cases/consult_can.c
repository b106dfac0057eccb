/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a person can do: the whole catalogue against the little that is known. Conditions that fail on it are the reason why not;
 * what is not known stands against nothing. Not search (catalog/find.h).
 * Invariant: no item is missing from the answer; one that is impossible comes last and says why.
 */
#include "cases/consult_inner.h"

#define MAX_IDS 1000

struct ids { struct ym_casework *w; char (*id)[40]; int n; };

static void
take_id(void *user, const char *id, const char *name, const char *category)
{
	struct ids *l = user;
	if (l->n < MAX_IDS)
		ym_strlcpy(l->id[l->n++], id, sizeof(l->id[0]));
}

/* How often it was asked for at this desk. */
static int
asked(struct ym_casework *w, const char *item)
{
	char scope[64];
	if (!w->db)
		return 0;
	snprintf(scope, sizeof(scope), "consult:%s", item);
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT count(*) FROM view_trail WHERE scope = :scope");
	ym_stmt_text(s, ":scope", scope);
	int n = ym_stmt_step(s, NULL) ? 0 : (int)ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return n;
}

static bool
is_for_orgs(const struct ym_item *it)
{
	for (int r = 0; r < it->n_roles; r++)
		if (it->roles[r].is_org && it->roles[r].required)
			return true;
	return false;
}

static bool
is_for(const struct ym_item *it, const char *kind)
{
	if (!*kind || is_for_orgs(it))
		return true;
	for (int i = 0; i < it->n_whom; i++)
		if (!strcmp(it->whom[i], kind))
			return true;
	return !it->n_whom && !strcmp(kind, "resident");
}

static void
judge(struct ym_consult *c, struct ym_visit *probe, const struct ym_item *it, struct ym_consult_can *out)
{
	struct ym_matter *m = ym_visit_new_matter(probe, it);
	ym_roles_bind(probe);
	ym_place_judge(probe, m);
	out->standing = YM_STANDING_MET;
	for (int k = 0; k < it->n_conditions; k++) {
		enum ym_truth t = ym_facts_eval(probe, m, it->conditions[k].require);
		if (t == YM_UNKNOWN && out->standing == YM_STANDING_MET)
			out->standing = YM_STANDING_OPEN;
		if (t != YM_FALSE)
			continue;
		out->standing = YM_STANDING_NOT;
		ym_strlcpy(out->why, it->conditions[k].message, sizeof(out->why));
		break;
	}
	if (!ym_place_is_in_force(it)) {
		out->others = true;
		out->standing = YM_STANDING_NOT;
		if (!*out->why)
			ym_strlcpy(out->why, it->status, sizeof(out->why));
	} else if (out->standing != YM_STANDING_NOT && m->place == YM_PLACE_NOT_OURS) {
		char *why = ym_asprintf("由%s公安机关办理", m->place_text);
		out->standing = YM_STANDING_NOT;
		ym_strlcpy(out->why, why, sizeof(out->why));
		free(why);
	} else if (out->standing != YM_STANDING_NOT && !is_for(it, c->kind)) {
		out->standing = YM_STANDING_NOT;
		ym_strlcpy(out->why, !it->n_whom ? "限有居民身份证的内地居民" : !strcmp(it->whom[0], "foreign") ? "限外国人" : "限港澳台居民",
			sizeof(out->why));
	} else if (out->standing != YM_STANDING_NOT && m->place == YM_PLACE_COLLECT) {
		char *why = ym_asprintf("代收,转%s公安机关", m->place_text);
		ym_strlcpy(out->why, why, sizeof(out->why));
		free(why);
	}
	probe->n_cases = 0;
}

static int
by_rank(const void *a, const void *b)
{
	const struct ym_consult_can *x = a, *y = b;
	int kx = x->others ? 2 : x->standing == YM_STANDING_NOT, ky = y->others ? 2 : y->standing == YM_STANDING_NOT;
	if (kx != ky)
		return kx - ky;
	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	if (x->is_org != y->is_org)
		return x->is_org - y->is_org;
	return strcmp(x->id, y->id);
}

int
ym_consult_can(struct ym_consult *c, struct ym_consult_can *ret, int max)
{
	struct ids ids = { .w = c->w, .id = ym_alloc(MAX_IDS * sizeof(*ids.id)) };
	struct ym_visit *probe = ym_visit_blank(c->w);
	struct ym_who *who = ym_who_new(probe, "visitor", false);
	const struct ym_knowns *known = &ym_consult_who(c)->facts;
	int n = 0;
	for (int i = 0; i < known->n; i++)
		ym_knowns_set(&who->facts, known->p[i].datum, known->p[i].value, known->p[i].origin, known->p[i].at);
	ym_visit_evaluate(probe);
	ym_pack_each_item(c->w->pack, take_id, &ids);
	for (int i = 0; i < ids.n && n < max; i++) {
		const struct ym_item *it;
		if (ym_pack_item(c->w->pack, ids.id[i], &it, NULL))
			continue;
		struct ym_consult_can *out = &ret[n++];
		*out = (struct ym_consult_can){ .is_org = is_for_orgs(it) };
		ym_strlcpy(out->id, it->id, sizeof(out->id));
		ym_strlcpy(out->name, it->name, sizeof(out->name));
		ym_strlcpy(out->category, it->category, sizeof(out->category));
		out->rank = it->common + 2 * asked(c->w, it->id);
		judge(c, probe, it, out);
	}
	ym_visit_free(probe);
	free(ids.id);
	qsort(ret, (size_t)n, sizeof(*ret), by_rank);
	return n;
}
