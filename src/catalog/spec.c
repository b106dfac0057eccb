/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The form of every object of the catalogue as tables (data/schema/README.md says it in prose): keys, types, choices, and
 * what must be there. Not what entries mean together (lint.c). Invariant: an unknown key is an error, at any depth.
 */
#include "catalog/lint.h"

#include "yimen/text.h"

enum form {
	STR,  /* a string */
	ID,   /* letters, digits, . - _ ; at most 39 bytes */
	DATE, /* an ISO date or "" */
	RULE, /* an expression; parsed by lint.c */
	INT,
	BOOL,
	LIST,  /* an array of objects of the form `sub` */
	OBJ,   /* an object of the form `sub`, or null */
	STRS,  /* an array of strings */
	PAIRS, /* an array of [code, label] */
	MAP,   /* an object of strings */
	ANY,   /* checked elsewhere */
};
#define MUST 1  /* there, and not empty */
#define SHORT 2 /* at most 150 bytes */
#define LIST_MAX 2000

struct spec {
	const char *key;
	enum form form;
	unsigned flags;
	const char *choices; /* a|b|c; "" is allowed unless MUST */
	const struct spec *sub;
};

static const struct spec code_spec[] = { { "kind", STR }, { "value", STR }, { "origin", STR },
	{ 0 } };
static const struct spec law_spec[] = { { "law", STR, MUST }, { "article", STR }, { 0 } };
static const struct spec role_spec[] = {
	{ "role", ID, MUST },
	{ "label", STR, SHORT },
	{ "required", BOOL },
	{ "new", BOOL },
	{ "org", BOOL },
	{ "default", STR },
	{ 0 },
};
static const struct spec scope_spec[] = {
	{ "mode", STR, MUST, "local|province|national|cross_collect|cross_online|cross_multi" },
	{ "from", DATE },
	{ "until", DATE },
	{ "text", STR },
	{ "source", STR },
	{ 0 },
};
static const struct spec question_spec[] = {
	{ "id", ID, MUST },
	{ "ask", STR, MUST },
	{ "when", RULE },
	{ "options", PAIRS },
	{ "source", STR },
	{ 0 },
};
static const struct spec condition_spec[] = {
	{ "id", ID, MUST },
	{ "require", RULE, MUST },
	{ "otherwise", STR, MUST, "not_required|not_ours|returned|refused" },
	{ "message", STR, MUST },
	{ "responsible", STR },
	{ "source", STR },
	{ 0 },
};
static const struct spec warning_spec[] = {
	{ "when", RULE, MUST },
	{ "message", STR, MUST },
	{ "source", STR },
	{ 0 },
};
static const struct spec material_spec[] = {
	{ "kind", ID, MUST },
	{ "holder", STR },
	{ "form", STR },
	{ "copies", INT },
	{ "need", STR, MUST, "required|conditional|optional" },
	{ "when", RULE },
	{ "main", BOOL },
	{ "deferrable", BOOL },
	{ "promise", BOOL },
	{ "retained", BOOL },
	{ "check", STR },
	{ "note", STR },
	{ "origin", STR },
	{ "grade", STR, 0, "A|B|K" },
	{ 0 },
};
static const struct spec field_spec[] = {
	{ "datum", STR, MUST },
	{ "required", BOOL },
	{ "required_when", RULE },
	{ "when", RULE },
	{ "rule", RULE },
	{ "message", STR },
	{ "hint", STR },
	{ "basis", STR },
	{ "result", BOOL },
	{ "default", RULE },
	{ 0 },
};
static const struct spec check_spec[] = {
	{ "id", ID, MUST },
	{ "register", STR, MUST },
	{ "subject", STR, MUST },
	{ "purpose", STR, MUST },
	{ "required", BOOL },
	{ 0 },
};
static const struct spec step_spec[] = {
	{ "name", STR, MUST },
	{ "post", STR },
	{ "by", STR, MUST, "window|auto|approver" },
	{ "days", INT },
	{ "text", STR },
	{ 0 },
};
static const struct spec limit_spec[] = {
	{ "value", INT, MUST },
	{ "unit", STR, MUST, "workday|day|hour|month" },
	{ "text", STR },
	{ 0 },
};
static const struct spec limits_spec[] = {
	{ "statutory", OBJ, 0, NULL, limit_spec },
	{ "promised", OBJ, 0, NULL, limit_spec },
	{ 0 },
};
static const struct spec defer_spec[] = { { "days", INT, MUST }, { "text", STR }, { 0 } };
static const struct spec tier_spec[] = { { "label", STR, MUST }, { "fen", INT, MUST },
	{ "when", RULE }, { 0 } };
static const struct spec exempt_spec[] = { { "label", STR, MUST }, { "when", RULE }, { 0 } };
static const struct spec fee_spec[] = {
	{ "basis", STR },
	{ "tiers", LIST, 0, NULL, tier_spec },
	{ "exempt", LIST, 0, NULL, exempt_spec },
	{ 0 },
};
static const struct spec result_spec[] = { { "name", STR, MUST }, { "validity", STR },
	{ "paper", STR }, { 0 } };
static const struct spec application_spec[] = { { "paper", STR }, { "title", STR }, { 0 } };
static const struct spec source_spec[] = {
	{ "key", STR, MUST },
	{ "grade", STR, MUST, "A|B|K" },
	{ "title", STR },
	{ "ref", STR },
	{ "covers", STRS },
	{ 0 },
};
static const struct spec item_spec[] = {
	{ "id", ID, MUST },
	{ "name", STR, MUST | SHORT },
	{ "aliases", STRS },
	{ "category", STR, MUST | SHORT },
	{ "class", STR },
	{ "permit", BOOL },
	{ "refusable", BOOL },
	{ "status", STR },
	{ "trust", STR },
	{ "notes", STR },
	{ "guide", STR },
	{ "for", STRS, 0, "resident|hk_mo|tw|foreign" },
	{ "common", INT },
	{ "channels", STRS },
	{ "codes", LIST, 0, NULL, code_spec },
	{ "laws", LIST, 0, NULL, law_spec },
	{ "roles", LIST, MUST, NULL, role_spec },
	{ "responsible", STR },
	{ "scope", LIST, 0, NULL, scope_spec },
	{ "questions", LIST, 0, NULL, question_spec },
	{ "conditions", LIST, 0, NULL, condition_spec },
	{ "warnings", LIST, 0, NULL, warning_spec },
	{ "materials", LIST, 0, NULL, material_spec },
	{ "fields", LIST, 0, NULL, field_spec },
	{ "checks", LIST, 0, NULL, check_spec },
	{ "steps", LIST, MUST, NULL, step_spec },
	{ "limits", OBJ, 0, NULL, limits_spec },
	{ "instant", BOOL },
	{ "defer", OBJ, 0, NULL, defer_spec },
	{ "fee", OBJ, 0, NULL, fee_spec },
	{ "results", LIST, 0, NULL, result_spec },
	{ "delivery", STRS, 0, "window|mail|electronic" },
	{ "application", OBJ, 0, NULL, application_spec },
	{ "rejections", STRS },
	{ "sources", LIST, 0, NULL, source_spec },
	{ 0 },
};

static const struct spec pack_spec[] = {
	{ "version", ID, MUST },
	{ "effective", DATE, MUST },
	{ "published", DATE, MUST },
	{ "old_days", INT },
	{ "stale_days", INT },
	{ 0 },
};
static const struct spec shared_role_spec[] = { { "id", ID, MUST }, { "label", STR, MUST | SHORT },
	{ 0 } };
static const struct spec datum_spec[] = {
	{ "id", ID, MUST },
	{ "label", STR, MUST | SHORT },
	{ "type", STR, MUST,
		"text|multiline|code|enum|date|time|int|bool|number|division|address|phone|capture" },
	{ "table", STR },
	{ "check", STR },
	{ "options", PAIRS },
	{ "max", INT },
	{ "hint", STR },
	{ "standard", STR },
	{ "personal", BOOL },
	{ 0 },
};
static const struct spec kind_spec[] = {
	{ "id", ID, MUST },
	{ "name", STR, MUST | SHORT },
	{ "capture", STR, 0, "scan|photo|finger|signature" },
	{ "register", STR },
	{ 0 },
};
static const struct spec register_spec[] = {
	{ "id", ID, MUST },
	{ "name", STR, MUST | SHORT },
	{ "owner", STR },
	{ "hint", STR },
	{ 0 },
};
static const struct spec table_spec[] = {
	{ "id", ID, MUST },
	{ "name", STR, MUST },
	{ "standard", STR },
	{ "source", STR },
	{ "codes", PAIRS, MUST },
	{ 0 },
};
static const struct spec calendar_spec[] = { { "year", INT, MUST }, { "days", ANY, MUST }, { 0 } };
static const struct spec party_spec[] = { { "id", ID, MUST }, { "label", STR, MUST | SHORT },
	{ "new", BOOL }, { 0 } };
static const struct spec bundle_item_spec[] = {
	{ "item", ID, MUST },
	{ "roles", MAP },
	{ "optional", BOOL },
	{ "when", RULE },
	{ "after", STR },
	{ 0 },
};
static const struct spec bundle_spec[] = {
	{ "id", ID, MUST },
	{ "name", STR, MUST | SHORT },
	{ "aliases", STRS },
	{ "text", STR },
	{ "source", STR },
	{ "parties", LIST, MUST, NULL, party_spec },
	{ "items", LIST, MUST, NULL, bundle_item_spec },
	{ 0 },
};

static const struct {
	const struct spec *spec;
	bool is_list;
} specs[YM_N_PARTS] = {
	[YM_PART_PACK] = { pack_spec },
	[YM_PART_ROLES] = { shared_role_spec, true },
	[YM_PART_DATUMS] = { datum_spec, true },
	[YM_PART_KINDS] = { kind_spec, true },
	[YM_PART_REGISTERS] = { register_spec, true },
	[YM_PART_TABLE] = { table_spec },
	[YM_PART_CALENDAR] = { calendar_spec },
	[YM_PART_ITEM] = { item_spec },
	[YM_PART_BUNDLE] = { bundle_spec },
};

struct walk {
	struct ym_parts *parts;
	const struct ym_node *node;
};

static void
fault(struct walk *w, const char *path, const char *msgid, const char *subject)
{
	ym_parts_report(w->parts, true, w->node, path, msgid, subject);
}

static bool
is_choice(const char *choices, const char *value)
{
	size_t n = strlen(value);

	for (const char *c = choices; *c; c += strcspn(c, "|"), c += *c == '|')
		if (strcspn(c, "|") == n && !memcmp(c, value, n))
			return true;
	return false;
}

static void
check_string(struct walk *w, const struct spec *s, const char *path, const char *value)
{
	static const char id_bytes[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t n = strlen(value);

	if (s->flags & MUST && n == 0)
		fault(w, path, N_("A required entry is empty"), s->key);
	else if (s->choices && n && !is_choice(s->choices, value))
		fault(w, path, N_("The value is not one of those allowed"), value);
	if (!ym_text_is_clean(value, true))
		fault(w, path, N_("The text has control characters"), s->key);
	if (n > (s->flags & SHORT ? 150u : s->form == RULE ? 2000u : 8000u))
		fault(w, path, N_("The text is too long"), s->key);
	if (s->form == ID && (strspn(value, id_bytes) != n || n > 39))
		fault(w, path,
			N_("An id has letters, digits, dot, dash and underscore, at most 39"),
			value);
	if (s->form == DATE && n && (n != 10 || ym_date_parse(value) == YM_DATE_NONE))
		fault(w, path, N_("This is not a date like 2026-11-22"), value);
}

static void check_object(
	struct walk *w, const struct spec *spec, const char *path, const json_t *obj);

static void
check_pairs(struct walk *w, const char *path, const json_t *list)
{
	YM_JSON *seen = json_object();
	const json_t *pair;
	size_t i;

	json_array_foreach((json_t *)list, i, pair)
	{
		const char *code = json_string_value(json_array_get(pair, 0));
		char at[160];

		snprintf(at, sizeof at, "%s[%zu]", path, i);
		if (json_array_size(pair) != 2 || !code || !code[0] || strlen(code) > 60 ||
			!json_is_string(json_array_get(pair, 1)) ||
			!json_string_length(json_array_get(pair, 1)))
			fault(w, at, N_("Expected a pair of code and label"), "");
		else if (json_object_get(seen, code))
			fault(w, at, N_("The code stands there twice"), code);
		else
			json_object_set_new(seen, code, json_true());
		/* A label of letters alone that repeats the code tells the officer nothing (a size XL or a class C1 is its own word). */
		if (code && strlen(code) > 3 && json_is_string(json_array_get(pair, 1)) &&
			!strcmp(code, json_string_value(json_array_get(pair, 1))))
			ym_parts_report(w->parts, false, w->node, at, N_("The code has no words"), code);
	}
}

static void
check_list(struct walk *w, const struct spec *s, const char *path, const json_t *list)
{
	const json_t *element;
	size_t i;

	if (s->form == PAIRS) {
		check_pairs(w, path, list);
		return;
	}
	if (json_array_size(list) > LIST_MAX) {
		w->parts->is_unbounded = true;
		fault(w, path, N_("The list is too long"), s->key);
		return;
	}
	json_array_foreach((json_t *)list, i, element)
	{
		char at[160];

		snprintf(at, sizeof at, "%s[%zu]", path, i);
		if (s->form == LIST && json_is_object(element))
			check_object(w, s->sub, at, element);
		else if (s->form == STRS && json_is_string(element) && json_string_length(element))
			check_string(w, &(struct spec){ s->key, STR, 0, s->choices }, at,
				json_string_value(element));
		else
			fault(w, at, N_("An entry has the wrong type"), s->key);
	}
}

static void
check_value(struct walk *w, const struct spec *s, const char *path, const json_t *v)
{
	const char *key;
	json_t *sub;

	switch (s->form) {
	case STR:
	case ID:
	case DATE:
	case RULE:
		if (json_is_string(v))
			check_string(w, s, path, json_string_value(v));
		else
			fault(w, path, N_("An entry has the wrong type"), s->key);
		break;
	case INT:
		if (!json_is_integer(v) || json_integer_value(v) < -1 ||
			json_integer_value(v) > 1000000000)
			fault(w, path, N_("Expected a whole number"), s->key);
		break;
	case BOOL:
		if (!json_is_boolean(v))
			fault(w, path, N_("Expected true or false"), s->key);
		break;
	case LIST:
	case STRS:
	case PAIRS:
		if (!json_is_array(v))
			fault(w, path, N_("An entry has the wrong type"), s->key);
		else if (s->flags & MUST && json_array_size(v) == 0)
			fault(w, path, N_("A required entry is empty"), s->key);
		else
			check_list(w, s, path, v);
		break;
	case OBJ:
		if (json_is_object(v))
			check_object(w, s->sub, path, v);
		else if (!json_is_null(v))
			fault(w, path, N_("An entry has the wrong type"), s->key);
		break;
	case MAP:
		if (!json_is_object(v))
			fault(w, path, N_("An entry has the wrong type"), s->key);
		json_object_foreach((json_t *)v, key, sub) if (!json_is_string(sub))
			fault(w, path, N_("An entry has the wrong type"), key);
		break;
	case ANY:
		break;
	}
}

static void
check_object(struct walk *w, const struct spec *spec, const char *path, const json_t *obj)
{
	const char *dot = path[0] ? "." : "", *key;
	char at[200];
	json_t *v;

	json_object_foreach((json_t *)obj, key, v)
	{
		const struct spec *s = spec;

		while (s->key && strcmp(s->key, key) != 0)
			s++;
		snprintf(at, sizeof at, "%s%s%s", path, dot, key);
		if (s->key)
			check_value(w, s, at, v);
		else
			fault(w, at, N_("Unknown key"), key);
	}
	for (const struct spec *s = spec; s->key; s++)
		if (s->flags & MUST && !json_object_get(obj, s->key))
			fault(w, path, N_("A required entry is missing"), s->key);
}

void
ym_spec_check(struct ym_parts *p, const struct ym_node *node, enum ym_section section)
{
	struct walk w = { p, node };
	const struct spec *spec = specs[section].spec, list = { "", LIST, 0, NULL, spec };

	if (!spec)
		return;
	if (specs[section].is_list)
		check_value(&w, &list, "", node->json);
	else if (json_is_object(node->json))
		check_object(&w, spec, "", node->json);
	else
		fault(&w, "", N_("An entry has the wrong type"), node->prefix);
}
