/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Rules of the catalogue: they parse, and name only what their item or bundle can know. Not their evaluation (rule.c).
 * Invariant: a rule without a report parses at the counter too.
 */
#include "base/number.h"
#include "catalog/lint_parts.h"

static bool
bundle_asks(const struct ym_rule_scope *r, const char *id)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(r->bundle, "items"), i, line)
	{
		const json_t *item =
			json_object_get(r->at.l->ids[YM_PART_ITEM], ym_json_str(line, "item"));

		if (ym_lint_entry(json_object_get(item, "questions"), "id", id))
			return true;
	}
	return false;
}

static void
check_question_name(struct ym_rule_scope *r, const char *name)
{
	YM_FREE char *id = ym_asprintf("q.%s", name + 2);

	if (r->question && !strcmp(id, r->question))
		ym_lint_error(r->at, N_("A question depends on its own answer"), id);
	else if (r->bundle ? !bundle_asks(r, id)
			   : !ym_lint_entry(json_object_get(r->item, "questions"), "id", id))
		ym_lint_error(r->at, N_("The rule uses an answer that is not asked for"), id);
	else if (r->used && !json_object_get(r->used, id))
		json_object_set_new(r->used, id, json_true());
}

/* What a card, a passport or the identity screen itself tells of a person. */
static bool
is_from_person(const char *datum)
{
	static const char *const from_person[] = { "name", "sex", "birth", "ethnicity", "nation",
		"nationality", "address", "number", "doc_kind", "doc_number", "household_division",
		"phone" };

	for (size_t i = 0; i < YM_ARRAY_LEN(from_person); i++)
		if (!strcmp(datum, from_person[i]))
			return true;
	return false;
}

static bool
may_be_known(const struct ym_rule_scope *r, const char *role, const char *datum)
{
	YM_FREE char *field = ym_asprintf("%s.%s", role, datum);

	return is_from_person(datum) || !r->item || ym_lint_entry(json_object_get(r->item, "fields"), "datum", field) ||
		!strcmp(ym_json_str(r->item, "responsible"), field);
}

static void
check_name(void *user, const char *name)
{
	static const char *const context[] = { "today", "division", "province" };
	struct ym_rule_scope *r = user;
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
		(strcmp(role, "case") != 0 && (!r->bundle || strcmp(role, "visitor") != 0) &&
			!ym_lint_entry(json_object_get(r->bundle ? r->bundle : r->item,
					       r->bundle ? "parties" : "roles"),
				r->bundle ? "id" : "role", role)))
		ym_lint_error(r->at, N_("The rule uses a role that is not there"), name);
	else if (!ym_lint_find(r->at.l, YM_PART_DATUMS, bar + 1))
		ym_lint_error(r->at, N_("The rule uses an unknown datum"), name);
	else if (!may_be_known(r, role, bar + 1))
		ym_lint_warn(
			r->at, N_("The rule uses a datum that the item does not ask for"), name);
}

static void
check_waits(void *user, const char *name)
{
	struct ym_rule_scope *r = user;
	const char *bar = strchr(name, '_');
	YM_FREE char *field = ym_strdup(name);
	const json_t *f;

	if (!bar || !strncmp(name, "q_", 2) || is_from_person(bar + 1))
		return;
	field[bar - name] = '.';
	f = ym_lint_entry(json_object_get(r->item, "fields"), "datum", field);
	if (f && !ym_json_bool(f, "required", false) && !ym_json_str(f, "required_when")[0] && !ym_json_str(f, "default")[0])
		ym_lint_warn(r->at, N_("The condition waits for a field that may stay empty"), field);
}

void
ym_lint_waits(struct ym_rule_scope r, const char *expr)
{
	if (expr[0] && ym_rules_check(r.at.l->rules, expr, NULL) == YM_OK)
		ym_rules_params(r.at.l->rules, expr, check_waits, &r);
}

/* The literal first arguments of fn( in an expression: tables and kinds of numbers can be checked before they are used. */
static void
check_literals(struct ym_rule_scope *r, const char *expr, const char *fn)
{
	for (const char *s = expr; (s = strstr(s, fn)); s++) {
		const char *open = s + strlen(fn) + strspn(s + strlen(fn), " "),
			   *quote = open + 1 + strspn(open[0] ? open + 1 : "", " ");
		YM_FREE char *literal = NULL;

		if (*open != '(' || *quote != '\'')
			continue;
		literal = ym_strndup(quote + 1, strcspn(quote + 1, "'"));
		if (!strcmp(fn, "label"))
			ym_lint_need(
				r->at, YM_PART_TABLE, literal, N_("There is no such code table"));
		else if (!ym_number_has_kind(literal))
			ym_lint_error(r->at, N_("There is no such kind of number"), literal);
	}
}

void
ym_lint_rule(struct ym_rule_scope r, const char *expr)
{
	static const char *const hiding[] = { "is null", "is not null", "ifnull", "coalesce" };
	struct ym_error err = { 0 };

	if (!expr[0])
		return;
	if (ym_rules_check(r.at.l->rules, expr, &err)) {
		ym_lint_error(r.at, N_("The rule does not parse"),
			err.subject[0] ? err.subject : err.msgid);
		return;
	}
	ym_rules_params(r.at.l->rules, expr, check_name, &r);
	check_literals(&r, expr, "label");
	check_literals(&r, expr, "is_valid");
	for (size_t i = 0; i < YM_ARRAY_LEN(hiding); i++)
		if (strcasestr(expr, hiding[i]))
			ym_lint_warn(r.at,
				N_("The rule makes something known of an unknown: is that meant?"),
				hiding[i]);
	ym_lint_choices(&r, expr);
	if (r.at.l->parts->is_deep)
		ym_lint_truth(&r, expr);
}
