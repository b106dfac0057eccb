/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The cases of a visit: items and bundles added, dropped, the persons that come and go with them.
 * Not what is decided about them. Invariant: an item stands once in a visit for the same people.
 */
#include "cases/inner.h"

struct ym_matter *
ym_visit_matter(const struct ym_visit *v, int c)
{
	return c >= 0 && c < v->n_cases ? &v->cases[c] : NULL;
}

struct ym_matter *
ym_visit_new_matter(struct ym_visit *v, const struct ym_item *item)
{
	if (v->n_cases >= YM_MAX_CASES)
		return NULL;
	struct ym_matter *m = &v->cases[v->n_cases++];
	*m = (struct ym_matter){ .item = item, .calendar_known = true };
	ym_uuid7(m->key);
	return m;
}

void
ym_matter_release(struct ym_matter *m)
{
	ym_knowns_release(&m->facts);
	json_decref(m->noticed);
	json_decref(m->visible);
	json_decref(m->told);
	ym_proceed_forget(m);
}

/* A role that has no document yet gets its person at once: nothing has to be asked for that. */
static void
seat_the_new(struct ym_visit *v, const struct ym_item *it, const struct ym_bundle *b)
{
	for (int r = 0; r < it->n_roles; r++)
		if (it->roles[r].is_new && it->roles[r].required && !b && !ym_who_by_as(v, it->roles[r].id)) {
			struct ym_who *p = ym_who_new(v, it->roles[r].id, it->roles[r].is_org);
			if (p)
				p->is_new = true;
		}
	for (int i = 0; b && i < b->n_parties; i++)
		if (b->parties[i].is_new && !ym_who_by_as(v, b->parties[i].id)) {
			struct ym_who *p = ym_who_new(v, b->parties[i].id, false);
			if (p)
				p->is_new = true;
		}
}

static bool
same_people(const struct ym_matter *a, const struct ym_matter *b)
{
	for (int r = 0; r < a->item->n_roles && r < YM_MAX_CASE_ROLES; r++)
		if (a->roles[r].who != b->roles[r].who)
			return false;
	return true;
}

static void
remove_matter(struct ym_visit *v, int c)
{
	ym_matter_release(&v->cases[c]);
	memmove(&v->cases[c], &v->cases[c + 1], (size_t)(v->n_cases - c - 1) * sizeof(*v->cases));
	v->n_cases--;
	/* Nobody plays what was seated for it: an empty new person leaves with the last case that wanted it. */
	for (int i = v->n_persons - 1; i >= 0; i--) {
		struct ym_who *p = &v->persons[i];
		bool used = !p->is_new || !ym_who_is_blank(p) || !strcmp(p->as, "visitor");
		for (int k = 0; k < v->n_cases; k++)
			for (int r = 0; r < v->cases[k].item->n_roles && r < YM_MAX_CASE_ROLES; r++)
				used |= v->cases[k].roles[r].who == p->key;
		if (used)
			continue;
		ym_knowns_release(&p->facts);
		memmove(p, p + 1, (size_t)(v->n_persons - i - 1) * sizeof(*p));
		v->n_persons--;
	}
}

static enum ym_code
add(struct ym_visit *v, const char *id, const char *bundle, const char *after, int *ret, struct ym_error *err)
{
	const struct ym_item *it;
	const struct ym_bundle *b = NULL;
	enum ym_code rc = ym_pack_item(v->w->pack, id, &it, err);
	if (rc)
		return rc;
	if (*bundle && (rc = ym_pack_bundle(v->w->pack, bundle, &b, err)))
		return rc;
	struct ym_matter *m = ym_visit_new_matter(v, it);
	if (!m)
		return ym_fail(err, YM_REFUSED, N_("A visit holds no more cases"), "max cases");
	ym_strlcpy(m->bundle, bundle, sizeof(m->bundle));
	ym_strlcpy(m->after, after, sizeof(m->after));
	seat_the_new(v, it, b);
	ym_roles_bind(v);
	for (int c = 0; c < v->n_cases - 1; c++)
		if (v->cases[c].item == it && ym_matter_is_open(&v->cases[c]) && same_people(&v->cases[c], m)) {
			remove_matter(v, v->n_cases - 1);
			ym_visit_evaluate(v);
			return ym_fail_on(err, YM_CONFLICT, N_("This item is in the visit already for the same person"), it->name, "twice");
		}
	*ret = v->n_cases - 1;
	return YM_OK;
}

enum ym_code
ym_visit_add_item(struct ym_visit *v, const char *item, int *ret, struct ym_error *err)
{
	int c = 0;
	enum ym_code rc = add(v, item, "", "", &c, err);
	if (rc)
		return rc;
	if (ret)
		*ret = c;
	ym_visit_touch(v);
	return YM_OK;
}

enum ym_code
ym_visit_add_bundle(struct ym_visit *v, const char *bundle, struct ym_error *err)
{
	const struct ym_bundle *b;
	enum ym_code rc = ym_pack_bundle(v->w->pack, bundle, &b, err);
	if (rc)
		return rc;
	if (v->n_cases + b->n_items > YM_MAX_CASES)
		return ym_fail(err, YM_REFUSED, N_("A visit holds no more cases"), "max cases");
	int added = 0;
	for (int i = 0; i < b->n_items; i++) {
		int c;
		rc = add(v, b->items[i].item, bundle, b->items[i].after, &c, err);
		if (rc == YM_CONFLICT)
			continue;
		if (rc)
			break;
		added++;
		/* What does not apply leaves again; what is not known yet stays until it is. */
		if (ym_facts_eval(v, &v->cases[c], b->items[i].when) == YM_FALSE) {
			remove_matter(v, c);
			added--;
		}
	}
	ym_visit_touch(v);
	if (rc && rc != YM_CONFLICT)
		return rc;
	return added ? YM_OK : ym_fail_on(err, YM_CONFLICT, N_("Everything of this bundle is in the visit already"), b->name, "twice");
}

enum ym_code
ym_visit_drop_case(struct ym_visit *v, int c, struct ym_error *err)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	if (!m)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such case"), "index");
	if (m->case_no[0])
		return ym_fail(err, YM_STATE, N_("The case is decided"), "drop decided");
	remove_matter(v, c);
	ym_visit_touch(v);
	return YM_OK;
}
