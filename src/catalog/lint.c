/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the entries of a catalogue mean together: ids that lead somewhere, rules that parse and use only what is known,
 * questions that matter, calendars that are calendars. Not their form (spec.c).
 * Invariant: works on any JSON; what the form check refused is treated as absent.
 */
#include "catalog/lint.h"

#include "base/number.h"
#include "catalog/rule.h"

struct lint {
	struct ym_parts *parts;
	struct ym_rules *rules;
	/* id -> entry */
	json_t *ids[YM_N_PARTS];
	json_t *used[YM_N_PARTS]; /* ids that something refers to */
	json_t *questions; /* id -> {item, options, ask}: they merge across the items of a visit */
};
static ym_catalog_paper_fn paper_check;

void
ym_catalog_set_paper_check(ym_catalog_paper_fn fn)
{
	paper_check = fn;
}

/* -- reporting -- */

struct spot {
	struct lint *l;
	const struct ym_node *node;
	char path[200];
};

static struct spot spot(struct lint *l, const struct ym_node *node, const char *fmt, ...)
	YM_PRINTF(3, 4);

static struct spot
spot(struct lint *l, const struct ym_node *node, const char *fmt, ...)
{
	struct spot s = { l, node, "" };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s.path, sizeof s.path, fmt, ap);
	va_end(ap);
	return s;
}

static void
error_at(struct spot s, const char *msgid, const char *subject)
{
	ym_parts_report(s.l->parts, true, s.node, s.path, msgid, subject);
}

static void
warn_at(struct spot s, const char *msgid, const char *subject)
{
	ym_parts_report(s.l->parts, false, s.node, s.path, msgid, subject);
}

/* -- ids -- */

static json_t *
find(struct lint *l, enum ym_section section, const char *id)
{
	json_t *found = json_object_get(l->ids[section], id);

	if (found)
		json_object_set_new(l->used[section], id, json_true());
	return found;
}

static void
index_entry(struct spot s, enum ym_section section, json_t *entry)
{
	const char *id = ym_json_str(entry, "id");

	if (!id[0])
		return;
	if (json_object_get(s.l->ids[section], id))
		error_at(s, N_("The id stands there twice"), id);
	else
		json_object_set(s.l->ids[section], id, entry);
}

static void
index_all(struct lint *l)
{
	for (int section = 0; section < YM_N_PARTS; section++) {
		l->ids[section] = json_object();
		l->used[section] = json_object();
		for (int i = 0; i < l->parts->section[section].n; i++) {
			const struct ym_node *node = &l->parts->section[section].nodes[i];
			json_t *entry;
			size_t at;

			ym_spec_check(l->parts, node, (enum ym_section)section);
			if (json_is_object(node->json))
				index_entry(
					spot(l, node, "id"), (enum ym_section)section, node->json);
			json_array_foreach(node->json, at, entry) index_entry(
				spot(l, node, "[%zu].id", at), (enum ym_section)section, entry);
		}
	}
}

/* An id that must lead somewhere; "" is nothing to check. */
static void
need(struct spot s, enum ym_section section, const char *id, const char *msgid)
{
	if (id[0] && !find(s.l, section, id))
		error_at(s, msgid, id);
}

/* "datums/HZ-001.json" must hold HZ-001. */
static void
check_stem(struct lint *l, const struct ym_node *node)
{
	const char *slash = strrchr(node->file, '/'), *stem = slash ? slash + 1 : node->file,
		   *id = ym_json_str(node->json, "id");
	size_t n = strlen(id);

	if (stem[0] && id[0] && (strncmp(stem, id, n) || strcmp(stem + n, ".json")))
		error_at(spot(l, node, "id"), N_("The file is not named after its id"), id);
}

static json_t *
entry_with(const json_t *list, const char *key, const char *value)
{
	json_t *entry;
	size_t i;

	json_array_foreach((json_t *)list, i,
		entry) if (value[0] && !strcmp(ym_json_str(entry, key), value)) return entry;
	return NULL;
}

/* -- rules -- */

/* What a rule may name. In an item: its roles, its questions. In a bundle: its parties, all questions of its items. */
struct rule_scope {
	struct spot at;
	const json_t *item, *bundle;
	const char *question; /* the one whose own condition this is */
	json_t *used;         /* question ids */
};

static bool
bundle_asks(const struct rule_scope *r, const char *id)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(r->bundle, "items"), i, line)
	{
		const json_t *item =
			json_object_get(r->at.l->ids[YM_PART_ITEM], ym_json_str(line, "item"));

		if (entry_with(json_object_get(item, "questions"), "id", id))
			return true;
	}
	return false;
}

static void
check_question_name(struct rule_scope *r, const char *name)
{
	YM_FREE char *id = ym_asprintf("q.%s", name + 2);

	if (r->question && !strcmp(id, r->question))
		error_at(r->at, N_("A question depends on its own answer"), id);
	else if (r->bundle ? !bundle_asks(r, id)
			   : !entry_with(json_object_get(r->item, "questions"), "id", id))
		error_at(r->at, N_("The rule uses an answer that is not asked for"), id);
	else if (r->used)
		json_object_set_new(r->used, id, json_true());
}

static bool
may_be_known(const struct rule_scope *r, const char *role, const char *datum)
{
	static const char *const from_person[] = { "name", "sex", "birth", "ethnicity", "nation",
		"nationality", "address", "number", "doc_kind", "doc_number", "household_division",
		"phone" };
	YM_FREE char *field = ym_asprintf("%s.%s", role, datum);

	for (size_t i = 0; i < YM_ARRAY_LEN(from_person); i++)
		if (!strcmp(datum, from_person[i]))
			return true;
	return !r->item || entry_with(json_object_get(r->item, "fields"), "datum", field) ||
		!strcmp(ym_json_str(r->item, "responsible"), field);
}

static void
check_name(void *user, const char *name)
{
	static const char *const context[] = { "today", "division", "province" };
	struct rule_scope *r = user;
	const char *bar = strchr(name, '_');
	YM_FREE char *role = NULL;

	for (size_t i = 0; i < YM_ARRAY_LEN(context); i++)
		if (!strcmp(name, context[i]))
			return;
	if (!strncmp(name, "q_", 2)) {
		check_question_name(r, name);
		return;
	}
	role = ym_strndup(name, bar ? (size_t)(bar - name) : 0);
	if (!bar ||
		(strcmp(role, "case") && (!r->bundle || strcmp(role, "visitor")) &&
			!entry_with(json_object_get(r->bundle ? r->bundle : r->item,
					    r->bundle ? "parties" : "roles"),
				r->bundle ? "id" : "role", role)))
		error_at(r->at, N_("The rule uses a role that is not there"), name);
	else if (!find(r->at.l, YM_PART_DATUMS, bar + 1))
		error_at(r->at, N_("The rule uses an unknown datum"), name);
	else if (!may_be_known(r, role, bar + 1))
		warn_at(r->at, N_("The rule uses a datum that the item does not ask for"), name);
}

/* The literal first arguments of fn( in an expression: tables and kinds of numbers can be checked before they are used. */
static void
check_literals(struct rule_scope *r, const char *expr, const char *fn)
{
	for (const char *s = expr; (s = strstr(s, fn)); s++) {
		const char *open = s + strlen(fn) + strspn(s + strlen(fn), " "),
			   *quote = open + 1 + strspn(open[0] ? open + 1 : "", " ");
		YM_FREE char *literal = NULL;

		if (*open != '(' || *quote != '\'')
			continue;
		literal = ym_strndup(quote + 1, strcspn(quote + 1, "'"));
		if (!strcmp(fn, "label"))
			need(r->at, YM_PART_TABLE, literal, N_("There is no such code table"));
		else if (!ym_number_has_kind(literal))
			error_at(r->at, N_("There is no such kind of number"), literal);
	}
}

static void
check_rule(struct rule_scope r, const char *expr)
{
	static const char *const hiding[] = { "is null", "is not null", "ifnull", "coalesce" };
	struct ym_error err = { 0 };

	if (!expr[0])
		return;
	if (ym_rules_check(r.at.l->rules, expr, &err)) {
		error_at(r.at, N_("The rule does not parse"),
			err.subject[0] ? err.subject : err.msgid);
		return;
	}
	ym_rules_params(r.at.l->rules, expr, check_name, &r);
	check_literals(&r, expr, "label");
	check_literals(&r, expr, "is_valid");
	for (size_t i = 0; i < YM_ARRAY_LEN(hiding); i++)
		if (strcasestr(expr, hiding[i]))
			warn_at(r.at,
				N_("The rule makes something known of an unknown: is that meant?"),
				hiding[i]);
}

/* -- items -- */

struct item {
	struct lint *l;
	const struct ym_node *node;
	const json_t *json;
	json_t *used;
};

static bool
has_role(const struct item *it, const char *role)
{
	return entry_with(json_object_get(it->json, "roles"), "role", role) != NULL;
}

/* "role.datum": NULL when it leads nowhere, which has been reported. */
static const json_t *
need_datum(const struct item *it, struct spot s, const char *name)
{
	const char *dot = strchr(name, '.');
	YM_FREE char *role = ym_strndup(name, dot ? (size_t)(dot - name) : 0);
	const json_t *datum = dot ? find(it->l, YM_PART_DATUMS, dot + 1) : NULL;

	if (!dot)
		error_at(s, N_("A field is role.datum"), name);
	else if (strcmp(role, "case") && !has_role(it, role))
		error_at(s, N_("The item has no such role"), name);
	else if (!datum)
		error_at(s, N_("The vocabulary has no such datum"), name);
	return datum;
}

static void
item_rule(const struct item *it, const char *list, size_t i, const json_t *entry, const char *key)
{
	struct rule_scope r = { spot(it->l, it->node, "%s[%zu].%s", list, i, key), it->json, NULL,
		NULL, it->used };

	check_rule(r, ym_json_str(entry, key));
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
		struct spot s = spot(it->l, it->node, "roles[%zu].role", i);

		need(s, YM_PART_ROLES, id, N_("The vocabulary has no such role"));
		for (size_t k = 0; k < YM_ARRAY_LEN(reserved); k++)
			if (!strcmp(id, reserved[k]))
				error_at(s, N_("This word is kept for the rules"), id);
		if (id[0] && entry_with(list, "role", id) != role)
			error_at(s, N_("The id stands there twice"), id);
		if (dflt[0] && strcmp(dflt, "visitor") &&
			(!has_role(it, dflt) || !strcmp(dflt, id)))
			error_at(spot(it->l, it->node, "roles[%zu].default", i),
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
		struct spot s = spot(it->l, it->node, "questions[%zu].id", i);
		const json_t *other = json_object_get(it->l->questions, id);
		struct rule_scope r = { spot(it->l, it->node, "questions[%zu].when", i), it->json,
			NULL, id, it->used };

		check_rule(r, ym_json_str(q, "when"));
		if (strncmp(id, "q.", 2) || !id[2])
			error_at(s, N_("A question's id begins with q."), id);
		if (id[0] && entry_with(list, "id", id) != q)
			error_at(s, N_("The id stands there twice"), id);
		if (!other) {
			json_object_set_new(it->l->questions, id,
				json_pack("{s:s,s:O}", "item", item, "question", q));
			continue;
		}
		if (!json_equal(json_object_get(json_object_get(other, "question"), "options"),
			    json_object_get(q, "options")))
			error_at(s, N_("The same question has other answers in another item"),
				ym_json_str(other, "item"));
		else if (strcmp(ym_json_str(json_object_get(other, "question"), "ask"),
				 ym_json_str(q, "ask")))
			warn_at(s, N_("The same question is worded otherwise in another item"),
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
		struct spot s = spot(it->l, it->node, "materials[%zu].kind", i);

		need(s, YM_PART_KINDS, kind, N_("The vocabulary has no such document kind"));
		if (holder[0] && !has_role(it, holder))
			error_at(spot(it->l, it->node, "materials[%zu].holder", i),
				N_("The item has no such role"), holder);
		need(spot(it->l, it->node, "materials[%zu].check", i), YM_PART_REGISTERS,
			ym_json_str(m, "check"), N_("The vocabulary has no such register"));
		item_rule(it, "materials", i, m, "when");
		if (!strcmp(ym_json_str(m, "need"), "conditional") && !when[0])
			error_at(spot(it->l, it->node, "materials[%zu].need", i),
				N_("A conditional material needs a rule in `when`"), kind);
		if (ym_json_bool(m, "main", false) && ym_json_bool(m, "deferrable", false))
			error_at(spot(it->l, it->node, "materials[%zu].deferrable", i),
				N_("A main material is never deferrable"), kind);
		json_array_foreach((json_t *)list, k, other) if (k < i &&
			!strcmp(ym_json_str(other, "kind"), kind) &&
			!strcmp(ym_json_str(other, "holder"), holder) &&
			(!when[0] || !ym_json_str(other, "when")[0]))
			error_at(s, N_("The material stands there twice"), kind);
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
		struct spot s = spot(it->l, it->node, "fields[%zu].datum", i);

		need_datum(it, s, datum);
		for (size_t r = 0; r < YM_ARRAY_LEN(rules); r++)
			item_rule(it, "fields", i, f, rules[r]);
		if (ym_json_str(f, "rule")[0] && !ym_json_str(f, "message")[0])
			error_at(spot(it->l, it->node, "fields[%zu].rule", i),
				N_("A rule needs a message for the one who breaks it"), datum);
		json_array_foreach((json_t *)list, k, other) if (k < i &&
			!strcmp(ym_json_str(other, "datum"), datum) &&
			(!when[0] || !ym_json_str(other, "when")[0]))
			error_at(s, N_("The field stands there twice"), datum);
	}
}

static void
check_conditions(const struct item *it)
{
	const json_t *list = json_object_get(it->json, "conditions"), *c;
	size_t i;

	json_array_foreach((json_t *)list, i, c)
	{
		item_rule(it, "conditions", i, c, "require");
		if (entry_with(list, "id", ym_json_str(c, "id")) != c && ym_json_str(c, "id")[0])
			error_at(spot(it->l, it->node, "conditions[%zu].id", i),
				N_("The id stands there twice"), ym_json_str(c, "id"));
		if (!strcmp(ym_json_str(c, "otherwise"), "refused") &&
			!ym_json_bool(it->json, "refusable", false))
			error_at(spot(it->l, it->node, "conditions[%zu].otherwise", i),
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
	struct rule_scope r = { .item = it->json, .used = it->used };
	bool have_papers = it->l->parts->section[YM_PART_PAPER].n > 0;
	size_t i;

	if (responsible[0]) {
		struct spot s = spot(it->l, it->node, "responsible");
		const json_t *datum = need_datum(it, s, responsible);

		if (datum && strcmp(ym_json_str(datum, "type"), "division"))
			error_at(s, N_("The responsible division must be a datum of type division"),
				responsible);
	}
	list = json_object_get(it->json, "checks");
	json_array_foreach((json_t *)list, i, entry)
	{
		need(spot(it->l, it->node, "checks[%zu].register", i), YM_PART_REGISTERS,
			ym_json_str(entry, "register"), N_("The vocabulary has no such register"));
		if (!has_role(it, ym_json_str(entry, "subject")))
			error_at(spot(it->l, it->node, "checks[%zu].subject", i),
				N_("The item has no such role"), ym_json_str(entry, "subject"));
		if (ym_json_str(entry, "id")[0] &&
			entry_with(list, "id", ym_json_str(entry, "id")) != entry)
			error_at(spot(it->l, it->node, "checks[%zu].id", i),
				N_("The id stands there twice"), ym_json_str(entry, "id"));
	}
	for (int k = 0; k < 2; k++) {
		json_array_foreach(json_object_get(fee, k ? "exempt" : "tiers"), i, entry)
		{
			r.at = spot(it->l, it->node, "fee.%s[%zu].when", k ? "exempt" : "tiers", i);
			check_rule(r, ym_json_str(entry, "when"));
			if (!k && ym_json_int(entry, "fen", 0) < 0)
				error_at(spot(it->l, it->node, "fee.tiers[%zu].fen", i),
					N_("A fee is not negative"), "");
		}
		entry = json_object_get(limits, k ? "promised" : "statutory");
		if (entry &&
			(ym_json_int(entry, "value", 0) < 0 ||
				ym_json_int(entry, "value", 0) > 3650))
			error_at(spot(it->l, it->node, "limits.%s.value",
					 k ? "promised" : "statutory"),
				N_("A limit is between 0 and 3650"), "");
	}
	/* While no paper is there at all the folder is being built; then the names are taken on trust. */
	paper = ym_json_str(json_object_get(it->json, "application"), "paper");
	if (have_papers)
		need(spot(it->l, it->node, "application.paper"), YM_PART_PAPER, paper,
			N_("There is no such paper"));
	json_array_foreach(json_object_get(it->json, "results"), i, entry) if (have_papers)
		need(spot(it->l, it->node, "results[%zu].paper", i), YM_PART_PAPER,
			ym_json_str(entry, "paper"), N_("There is no such paper"));
	json_array_foreach(
		json_object_get(it->json, "scope"), i, entry) if (ym_json_str(entry, "until")[0] &&
		strcmp(ym_json_str(entry, "until"), ym_json_str(entry, "from")) < 0)
		error_at(spot(it->l, it->node, "scope[%zu].until", i),
			N_("The scope ends before it begins"), "");
}

static void
check_item(struct lint *l, const struct ym_node *node)
{
	YM_JSON *used = json_object();
	struct item it = { l, node, node->json, used };
	const json_t *q;
	size_t i;

	check_stem(l, node);
	check_roles(&it);
	check_questions(&it);
	check_conditions(&it);
	check_materials(&it);
	check_fields(&it);
	check_rest(&it);
	json_array_foreach(json_object_get(node->json, "questions"), i,
		q) if (!json_object_get(used, ym_json_str(q, "id")))
		warn_at(spot(l, node, "questions[%zu].id", i), N_("No rule uses the answer"),
			ym_json_str(q, "id"));
}

/* -- bundles -- */

/* Follow `after` from one line: longer than the list means a circle. */
static bool
is_circle(const json_t *items, const json_t *line)
{
	for (size_t n = 0; line; n++) {
		if (n > json_array_size(items))
			return true;
		line = entry_with(items, "item", ym_json_str(line, "after"));
	}
	return false;
}

static void
check_bundle_roles(struct lint *l, const struct ym_node *node, size_t i, const json_t *line,
	const json_t *item)
{
	const json_t *map = json_object_get(line, "roles"), *role;
	const char *key;
	json_t *party;
	size_t k;

	json_object_foreach((json_t *)map, key, party)
	{
		const char *id = json_is_string(party) ? json_string_value(party) : "";

		if (!entry_with(json_object_get(item, "roles"), "role", key))
			error_at(spot(l, node, "items[%zu].roles", i),
				N_("The item has no such role"), key);
		if (!entry_with(json_object_get(node->json, "parties"), "id", id) &&
			strcmp(id, "visitor"))
			error_at(spot(l, node, "items[%zu].roles.%s", i, key),
				N_("The bundle has no such party"), id);
	}
	json_array_foreach(json_object_get(item, "roles"), k, role)
	{
		const char *id = ym_json_str(role, "role");

		if (ym_json_bool(role, "required", false) && !ym_json_str(role, "default")[0] &&
			!json_object_get(map, id))
			error_at(spot(l, node, "items[%zu].roles", i),
				N_("Nobody of the bundle plays a required role"), id);
	}
}

static void
check_bundle(struct lint *l, const struct ym_node *node)
{
	const json_t *items = json_object_get(node->json, "items"), *line, *party;
	struct rule_scope r = { .bundle = node->json };
	size_t i;

	check_stem(l, node);
	json_array_foreach(json_object_get(node->json, "parties"), i,
		party) if (strchr(ym_json_str(party, "id"), '_'))
		error_at(spot(l, node, "parties[%zu].id", i), N_("A role has no underscore"),
			ym_json_str(party, "id"));
	json_array_foreach((json_t *)items, i, line)
	{
		const char *id = ym_json_str(line, "item"), *after = ym_json_str(line, "after");
		const json_t *item = find(l, YM_PART_ITEM, id);

		if (id[0] && !item)
			error_at(spot(l, node, "items[%zu].item", i), N_("There is no such item"),
				id);
		else
			check_bundle_roles(l, node, i, line, item);
		if (after[0] && !entry_with(items, "item", after))
			error_at(spot(l, node, "items[%zu].after", i),
				N_("The bundle has no such item"), after);
		else if (is_circle(items, line))
			error_at(spot(l, node, "items[%zu].after", i),
				N_("The items wait for each other"), id);
		r.at = spot(l, node, "items[%zu].when", i);
		check_rule(r, ym_json_str(line, "when"));
	}
}

/* -- vocabulary, calendars, papers, pack -- */

static void
check_vocabulary(struct lint *l)
{
	for (int s = YM_PART_ROLES; s <= YM_PART_REGISTERS; s++) {
		for (int n = 0; n < l->parts->section[s].n; n++) {
			const struct ym_node *node = &l->parts->section[s].nodes[n];
			const json_t *entry;
			size_t i;

			json_array_foreach(node->json, i, entry)
			{
				const char *type = ym_json_str(entry, "type"),
					   *table = ym_json_str(entry, "table");
				const char *check = ym_json_str(entry, "check");

				if (s == YM_PART_ROLES && strchr(ym_json_str(entry, "id"), '_'))
					error_at(spot(l, node, "[%zu].id", i),
						N_("A role has no underscore"),
						ym_json_str(entry, "id"));
				if (s == YM_PART_KINDS)
					need(spot(l, node, "[%zu].register", i), YM_PART_REGISTERS,
						ym_json_str(entry, "register"),
						N_("The vocabulary has no such register"));
				if (s != YM_PART_DATUMS)
					continue;
				need(spot(l, node, "[%zu].table", i), YM_PART_TABLE, table,
					N_("There is no such code table"));
				if (!strcmp(type, "code") && !table[0])
					error_at(spot(l, node, "[%zu].type", i),
						N_("A code needs a table"),
						ym_json_str(entry, "id"));
				if (!strcmp(type, "enum") &&
					!json_array_size(json_object_get(entry, "options")))
					error_at(spot(l, node, "[%zu].type", i),
						N_("An enumeration needs options"),
						ym_json_str(entry, "id"));
				if (!strcmp(type, "number") && !check[0])
					error_at(spot(l, node, "[%zu].type", i),
						N_("A number needs a check"),
						ym_json_str(entry, "id"));
				if (check[0] && !ym_number_has_kind(check))
					error_at(spot(l, node, "[%zu].check", i),
						N_("There is no such kind of number"), check);
			}
		}
	}
}

static void
check_calendar(struct lint *l, const struct ym_node *node)
{
	long long year = ym_json_int(node->json, "year", 0);
	ym_date last = YM_DATE_NONE;
	const json_t *day;
	size_t i;

	if (year < 2000 || year > 2100)
		error_at(spot(l, node, "year"), N_("A calendar is of one year, and named after it"),
			"");
	if (!json_array_size(json_object_get(node->json, "days")))
		error_at(spot(l, node, "days"), N_("The calendar has no day off"), "");
	json_array_foreach(json_object_get(node->json, "days"), i, day)
	{
		const char *text = json_string_value(json_array_get(day, 0)),
			   *kind = json_string_value(json_array_get(day, 1));
		ym_date d = text ? ym_date_parse(text) : YM_DATE_NONE;
		struct spot s = spot(l, node, "days[%zu]", i);
		int y = 0, m, dom;

		if (d == YM_DATE_NONE || !kind || json_array_size(day) != 3 ||
			!json_is_string(json_array_get(day, 2))) {
			error_at(s, N_("A calendar line is date,H or W,name"), text ? text : "");
			continue;
		}
		ym_date_split(d, &y, &m, &dom);
		if (y != year)
			error_at(s, N_("The day is not in this year"), text);
		if (d <= last)
			error_at(s, N_("The days must be in order, each once"), text);
		if (strcmp(kind, "H") && strcmp(kind, "W"))
			error_at(s, N_("A calendar line is date,H or W,name"), kind);
		else if (*kind == 'W' && ym_date_weekday(d) < 6)
			error_at(s, N_("Only a weekend day can be made a working day"), text);
		last = d;
	}
}

static void
check_paper(struct lint *l, const struct ym_node *node)
{
	const char *id = ym_json_str(node->json, "id");
	struct ym_error err = { 0 };

	check_stem(l, node);
	if (!id[0])
		error_at(spot(l, node, "id"), N_("A required entry is missing"), "id");
	if (!json_is_array(json_object_get(node->json, "blocks")))
		error_at(spot(l, node, "blocks"), N_("A required entry is missing"), "blocks");
	else if (paper_check && paper_check(node->json, id, &err))
		error_at(spot(l, node, "blocks"), err.msgid,
			err.detail[0] ? err.detail : err.subject);
}

static void
check_used(struct lint *l)
{
	static const enum ym_section sections[] = { YM_PART_KINDS, YM_PART_TABLE, YM_PART_REGISTERS,
		YM_PART_ROLES };

	for (size_t k = 0; k < YM_ARRAY_LEN(sections); k++) {
		for (int n = 0; n < l->parts->section[sections[k]].n; n++) {
			const struct ym_node *node = &l->parts->section[sections[k]].nodes[n];
			YM_JSON *one = json_pack("[O]", node->json);
			const json_t *list = json_is_array(node->json) ? node->json : one, *entry;
			size_t i;

			json_array_foreach((json_t *)list, i, entry)
			{
				const char *id = ym_json_str(entry, "id");
				struct spot s = list == one ? spot(l, node, "id")
							    : spot(l, node, "[%zu].id", i);

				if (id[0] && !json_object_get(l->used[sections[k]], id))
					warn_at(s, N_("Nothing uses this entry"), id);
			}
		}
	}
}

static void
check_all(struct lint *l)
{
	static void (*const checks[YM_N_PARTS])(struct lint *, const struct ym_node *) = {
		[YM_PART_ITEM] = check_item,
		[YM_PART_BUNDLE] = check_bundle,
		[YM_PART_CALENDAR] = check_calendar,
		[YM_PART_PAPER] = check_paper,
		[YM_PART_TABLE] = check_stem,
	};
	struct ym_parts *p = l->parts;

	check_vocabulary(l);
	for (int s = 0; s < YM_N_PARTS; s++)
		for (int i = 0; checks[s] && i < p->section[s].n; i++)
			checks[s](l, &p->section[s].nodes[i]);
	if (p->section[YM_PART_PACK].n != 1 && !p->n_errors)
		ym_parts_report(
			p, true, NULL, "", N_("The pack's version is missing"), "pack.json");
	if (!p->section[YM_PART_ITEM].n && !p->n_errors)
		ym_parts_report(p, true, NULL, "", N_("The catalogue has no item"), "");
	if (!p->section[YM_PART_CALENDAR].n)
		ym_parts_report(p, false, NULL, "", N_("There is no calendar of working days"), "");
	if (!p->n_errors)
		check_used(l);
}

enum ym_code
ym_lint_parts(struct ym_parts *p, struct ym_error *err)
{
	struct lint l = { .parts = p, .questions = json_object() };
	enum ym_code code = ym_rules_new(NULL, &l.rules, err);
	YM_FREE char *where = NULL;

	if (!code) {
		index_all(&l);
		if (!p->is_unbounded)
			check_all(&l);
	}
	ym_rules_free(l.rules);
	for (int s = 0; s < YM_N_PARTS; s++) {
		json_decref(l.ids[s]);
		json_decref(l.used[s]);
	}
	json_decref(l.questions);
	if (code || !p->n_errors)
		return code;
	where = ym_asprintf("%s:%d %s %s", p->first.file[0] ? p->first.file : "pack", p->first.line,
		p->first.where, p->first.subject);
	return ym_fail_on(err, YM_INVALID, p->first.msgid, where,
		"%d errors, %d warnings; first: %s", p->n_errors, p->n_warnings, p->first.text);
}
