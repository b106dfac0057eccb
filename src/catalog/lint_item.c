/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the parts of one item mean together. Not their form (spec.c). Invariant: works on any JSON object.
 */
#include "catalog/lint_parts.h"

struct item {
	struct ym_lint *l;
	const struct ym_node *node;
	const json_t *json;
	json_t *used;
};

static bool
has_role(const struct item *it, const char *role)
{
	return ym_lint_entry(json_object_get(it->json, "roles"), "role", role) != NULL;
}

/* "role.datum": NULL when it leads nowhere, which has been reported. */
static const json_t *
need_datum(const struct item *it, struct ym_spot s, const char *name)
{
	const char *dot = strchr(name, '.');
	YM_FREE char *role = ym_strndup(name, dot ? (size_t)(dot - name) : 0);
	const json_t *datum = dot ? ym_lint_find(it->l, YM_PART_DATUMS, dot + 1) : NULL;

	if (!dot)
		ym_lint_error(s, N_("A field is role.datum"), name);
	else if (strcmp(role, "case") != 0 && !has_role(it, role))
		ym_lint_error(s, N_("The item has no such role"), name);
	else if (!datum)
		ym_lint_error(s, N_("The vocabulary has no such datum"), name);
	return datum;
}

static void
item_rule(const struct item *it, const char *list, size_t i, const json_t *entry, const char *key)
{
	struct ym_rule_scope r = { ym_lint_spot(it->l, it->node, "%s[%zu].%s", list, i, key),
		it->json, NULL, NULL, it->used };

	ym_lint_rule(r, ym_json_str(entry, key));
}

static void
check_roles(const struct item *it)
{
	static const char *const reserved[] = { "q", "today", "division", "province", "case",
		"visitor" };
	const json_t *list = json_object_get(it->json, "roles"), *role;
	size_t i;

	json_array_foreach((json_t *)list, i, role)
	{
		const char *id = ym_json_str(role, "role"), *dflt = ym_json_str(role, "default");
		struct ym_spot s = ym_lint_spot(it->l, it->node, "roles[%zu].role", i);

		ym_lint_need(s, YM_PART_ROLES, id, N_("The vocabulary has no such role"));
		for (size_t k = 0; k < YM_ARRAY_LEN(reserved); k++)
			if (!strcmp(id, reserved[k]))
				ym_lint_error(s, N_("This word is kept for the rules"), id);
		if (id[0] && ym_lint_entry(list, "role", id) != role)
			ym_lint_error(s, N_("The id stands there twice"), id);
		if (dflt[0] && strcmp(dflt, "visitor") != 0 &&
			(!has_role(it, dflt) || !strcmp(dflt, id)))
			ym_lint_error(ym_lint_spot(it->l, it->node, "roles[%zu].default", i),
				N_("The item has no such role"), dflt);
	}
}

static void
check_questions(const struct item *it)
{
	const json_t *list = json_object_get(it->json, "questions"), *q;
	size_t i;

	json_array_foreach((json_t *)list, i, q)
	{
		const char *id = ym_json_str(q, "id"), *item = ym_json_str(it->json, "id");
		struct ym_spot s = ym_lint_spot(it->l, it->node, "questions[%zu].id", i);
		const json_t *other = json_object_get(it->l->questions, id);
		struct ym_rule_scope r = { ym_lint_spot(it->l, it->node, "questions[%zu].when", i),
			it->json, NULL, id, it->used };

		ym_lint_rule(r, ym_json_str(q, "when"));
		if (strncmp(id, "q.", 2) != 0 || !id[2])
			ym_lint_error(s, N_("A question's id begins with q."), id);
		if (id[0] && ym_lint_entry(list, "id", id) != q)
			ym_lint_error(s, N_("The id stands there twice"), id);
		if (!other) {
			json_object_set_new(it->l->questions, id,
				json_pack("{s:s,s:O}", "item", item, "question", q));
			continue;
		}
		if (!json_equal(json_object_get(json_object_get(other, "question"), "options"),
			    json_object_get(q, "options")))
			ym_lint_error(s, N_("The same question has other answers in another item"),
				ym_json_str(other, "item"));
		else if (strcmp(ym_json_str(json_object_get(other, "question"), "ask"),
				 ym_json_str(q, "ask")) != 0)
			ym_lint_warn(s, N_("The same question is worded otherwise in another item"),
				ym_json_str(other, "item"));
	}
}

static void
check_materials(const struct item *it)
{
	const json_t *list = json_object_get(it->json, "materials"), *m, *other;
	size_t i, k;

	json_array_foreach((json_t *)list, i, m)
	{
		const char *kind = ym_json_str(m, "kind"), *holder = ym_json_str(m, "holder"),
			   *when = ym_json_str(m, "when");
		struct ym_spot s = ym_lint_spot(it->l, it->node, "materials[%zu].kind", i);

		ym_lint_need(
			s, YM_PART_KINDS, kind, N_("The vocabulary has no such document kind"));
		if (holder[0] && !has_role(it, holder))
			ym_lint_error(ym_lint_spot(it->l, it->node, "materials[%zu].holder", i),
				N_("The item has no such role"), holder);
		ym_lint_need(ym_lint_spot(it->l, it->node, "materials[%zu].check", i),
			YM_PART_REGISTERS, ym_json_str(m, "check"),
			N_("The vocabulary has no such register"));
		item_rule(it, "materials", i, m, "when");
		if (!strcmp(ym_json_str(m, "need"), "conditional") && !when[0])
			ym_lint_error(ym_lint_spot(it->l, it->node, "materials[%zu].need", i),
				N_("A conditional material needs a rule in `when`"), kind);
		if (ym_json_bool(m, "main", false) && ym_json_bool(m, "deferrable", false))
			ym_lint_error(ym_lint_spot(it->l, it->node, "materials[%zu].deferrable", i),
				N_("A main material is never deferrable"), kind);
		json_array_foreach((json_t *)list, k, other) if (k < i &&
			!strcmp(ym_json_str(other, "kind"), kind) &&
			!strcmp(ym_json_str(other, "holder"), holder) &&
			(!when[0] || !ym_json_str(other, "when")[0]))
			ym_lint_error(s, N_("The material stands there twice"), kind);
	}
}

static void
check_fields(const struct item *it)
{
	static const char *const rules[] = { "when", "required_when", "rule", "default" };
	const json_t *list = json_object_get(it->json, "fields"), *f, *other;
	size_t i, k;

	json_array_foreach((json_t *)list, i, f)
	{
		const char *datum = ym_json_str(f, "datum"), *when = ym_json_str(f, "when");
		struct ym_spot s = ym_lint_spot(it->l, it->node, "fields[%zu].datum", i);

		need_datum(it, s, datum);
		for (size_t r = 0; r < YM_ARRAY_LEN(rules); r++)
			item_rule(it, "fields", i, f, rules[r]);
		if (ym_json_str(f, "rule")[0] && !ym_json_str(f, "message")[0])
			ym_lint_error(ym_lint_spot(it->l, it->node, "fields[%zu].rule", i),
				N_("A rule needs a message for the one who breaks it"), datum);
		json_array_foreach((json_t *)list, k, other) if (k < i &&
			!strcmp(ym_json_str(other, "datum"), datum) &&
			(!when[0] || !ym_json_str(other, "when")[0]))
			ym_lint_error(s, N_("The field stands there twice"), datum);
	}
}

static void
check_conditions(const struct item *it)
{
	const json_t *list = json_object_get(it->json, "conditions"), *c;
	size_t i;

	json_array_foreach((json_t *)list, i, c)
	{
		struct ym_rule_scope waits = { ym_lint_spot(it->l, it->node, "conditions[%zu].require", i), it->json, NULL, NULL, NULL };

		item_rule(it, "conditions", i, c, "require");
		ym_lint_waits(waits, ym_json_str(c, "require"));
		if (ym_lint_entry(list, "id", ym_json_str(c, "id")) != c && ym_json_str(c, "id")[0])
			ym_lint_error(ym_lint_spot(it->l, it->node, "conditions[%zu].id", i),
				N_("The id stands there twice"), ym_json_str(c, "id"));
		if (!strcmp(ym_json_str(c, "otherwise"), "refused") &&
			!ym_json_bool(it->json, "refusable", false))
			ym_lint_error(ym_lint_spot(it->l, it->node, "conditions[%zu].otherwise", i),
				N_("This item cannot be refused"), "refusable");
	}
	list = json_object_get(it->json, "warnings");
	json_array_foreach((json_t *)list, i, c) item_rule(it, "warnings", i, c, "when");
}

static void
check_rest(const struct item *it)
{
	const char *responsible = ym_json_str(it->json, "responsible"), *paper;
	const json_t *fee = json_object_get(it->json, "fee"),
		     *limits = json_object_get(it->json, "limits"), *list, *entry;
	struct ym_rule_scope r = { .item = it->json, .used = it->used };
	bool have_papers = it->l->parts->section[YM_PART_PAPER].n > 0;
	size_t i;

	if (responsible[0]) {
		struct ym_spot s = ym_lint_spot(it->l, it->node, "responsible");
		const json_t *datum = need_datum(it, s, responsible);

		if (datum && strcmp(ym_json_str(datum, "type"), "division") != 0)
			ym_lint_error(s,
				N_("The responsible division must be a datum of type division"),
				responsible);
	}
	list = json_object_get(it->json, "checks");
	json_array_foreach((json_t *)list, i, entry)
	{
		ym_lint_need(ym_lint_spot(it->l, it->node, "checks[%zu].register", i),
			YM_PART_REGISTERS, ym_json_str(entry, "register"),
			N_("The vocabulary has no such register"));
		if (!has_role(it, ym_json_str(entry, "subject")))
			ym_lint_error(ym_lint_spot(it->l, it->node, "checks[%zu].subject", i),
				N_("The item has no such role"), ym_json_str(entry, "subject"));
		if (ym_json_str(entry, "id")[0] &&
			ym_lint_entry(list, "id", ym_json_str(entry, "id")) != entry)
			ym_lint_error(ym_lint_spot(it->l, it->node, "checks[%zu].id", i),
				N_("The id stands there twice"), ym_json_str(entry, "id"));
	}
	for (int k = 0; k < 2; k++) {
		json_array_foreach(json_object_get(fee, k ? "exempt" : "tiers"), i, entry)
		{
			r.at = ym_lint_spot(
				it->l, it->node, "fee.%s[%zu].when", k ? "exempt" : "tiers", i);
			ym_lint_rule(r, ym_json_str(entry, "when"));
			if (!k && ym_json_int(entry, "fen", 0) < 0)
				ym_lint_error(
					ym_lint_spot(it->l, it->node, "fee.tiers[%zu].fen", i),
					N_("A fee is not negative"), "");
		}
		entry = json_object_get(limits, k ? "promised" : "statutory");
		if (entry &&
			(ym_json_int(entry, "value", 0) < 0 ||
				ym_json_int(entry, "value", 0) > 3650))
			ym_lint_error(ym_lint_spot(it->l, it->node, "limits.%s.value",
					      k ? "promised" : "statutory"),
				N_("A limit is between 0 and 3650"), "");
	}
	/* While no paper is there at all the folder is being built; then the names are taken on trust. */
	paper = ym_json_str(json_object_get(it->json, "application"), "paper");
	if (have_papers)
		ym_lint_need(ym_lint_spot(it->l, it->node, "application.paper"), YM_PART_PAPER,
			paper, N_("There is no such paper"));
	json_array_foreach(json_object_get(it->json, "results"), i, entry) if (have_papers)
		ym_lint_need(ym_lint_spot(it->l, it->node, "results[%zu].paper", i), YM_PART_PAPER,
			ym_json_str(entry, "paper"), N_("There is no such paper"));
	json_array_foreach(
		json_object_get(it->json, "scope"), i, entry) if (ym_json_str(entry, "until")[0] &&
		strcmp(ym_json_str(entry, "until"), ym_json_str(entry, "from")) < 0)
		ym_lint_error(ym_lint_spot(it->l, it->node, "scope[%zu].until", i),
			N_("The scope ends before it begins"), "");
}

void
ym_lint_item(struct ym_lint *l, const struct ym_node *node)
{
	YM_JSON *used = json_object();
	struct item it = { l, node, node->json, used };
	const json_t *q;
	size_t i;

	ym_lint_stem(l, node);
	check_roles(&it);
	check_questions(&it);
	check_conditions(&it);
	check_materials(&it);
	check_fields(&it);
	check_rest(&it);
	ym_lint_limits(l, node);
	json_array_foreach(json_object_get(node->json, "questions"), i, q)
	{
		const json_t *use = json_object_get(used, ym_json_str(q, "id"));

		if (!use || (l->parts->is_deep && !json_is_integer(use)))
			ym_lint_warn(ym_lint_spot(l, node, "questions[%zu].id", i),
				use ? N_("No answer to the question changes anything")
				    : N_("No rule uses the answer"),
				ym_json_str(q, "id"));
	}
}
