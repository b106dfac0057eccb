/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Filling the plain values of yimen/item.h from JSON. Not reading the pack (pack.c). */
#include "catalog/held.h"

typedef void (*fill_fn)(struct ym_held *h, const json_t *entry, void *ret);

void
ym_held_release(struct ym_held *h)
{
	for (int i = 0; i < h->n_blocks; i++)
		free(h->blocks[i]);
	free(h->blocks);
	json_decref(h->json);
	memset(h, 0, sizeof *h);
}

static void *
hold(struct ym_held *h, size_t size)
{
	h->blocks = ym_realloc_array(h->blocks, (size_t)h->n_blocks + 1, sizeof *h->blocks);
	return h->blocks[h->n_blocks++] = ym_alloc(size);
}

static const void *
list(struct ym_held *h, const json_t *array, size_t size, fill_fn fill, int *ret_n)
{
	size_t n = json_array_size(array), i;
	const json_t *entry;
	char *out;

	*ret_n = (int)n;
	if (!n)
		return NULL;
	out = hold(h, n * size);
	json_array_foreach((json_t *)array, i, entry) fill(h, entry, out + i * size);
	return out;
}

/* The place of a name in a list of names; `absent` when it is not there. */
static int
choice(const char *name, const char *const names[], int n, int absent)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(name, names[i]))
			return i;
	return absent;
}
#define CHOICE(obj, key, names, absent)                                                            \
	choice(ym_json_str(obj, key), names, (int)YM_ARRAY_LEN(names), absent)

static void
fill_string(struct ym_held *h, const json_t *entry, void *ret)
{
	const char *s = json_string_value(entry);

	*(const char **)ret = s ? s : "";
}

static void
fill_option(struct ym_held *h, const json_t *entry, void *ret)
{
	struct ym_option *o = ret;

	fill_string(h, json_array_get(entry, 0), &o->code);
	fill_string(h, json_array_get(entry, 1), &o->label);
}

static void
fill_role(struct ym_held *h, const json_t *e, void *ret)
{
	*(struct ym_role *)ret = (struct ym_role){
		.id = ym_json_str(e, "role"),
		.label = ym_json_str(e, "label"),
		.required = ym_json_bool(e, "required", false),
		.is_new = ym_json_bool(e, "new", false),
		.is_org = ym_json_bool(e, "org", false),
		.dflt = ym_json_str(e, "default"),
	};
}

static void
fill_scope(struct ym_held *h, const json_t *e, void *ret)
{
	static const char *const modes[] = { "local", "province", "national", "cross_collect",
		"cross_online", "cross_multi" };

	*(struct ym_scope *)ret = (struct ym_scope){
		.mode = (enum ym_scope_mode)CHOICE(e, "mode", modes, YM_SCOPE_LOCAL),
		.from = ym_json_str(e, "from"),
		.until = ym_json_str(e, "until"),
		.text = ym_json_str(e, "text"),
		.source = ym_json_str(e, "source"),
	};
}

static void
fill_question(struct ym_held *h, const json_t *e, void *ret)
{
	struct ym_question *q = ret;

	*q = (struct ym_question){
		.id = ym_json_str(e, "id"),
		.ask = ym_json_str(e, "ask"),
		.when = ym_json_str(e, "when"),
		.source = ym_json_str(e, "source"),
	};
	q->options = list(
		h, json_object_get(e, "options"), sizeof *q->options, fill_option, &q->n_options);
	q->is_bool = q->n_options == 0;
}

static void
fill_condition(struct ym_held *h, const json_t *e, void *ret)
{
	*(struct ym_condition *)ret = (struct ym_condition){
		.id = ym_json_str(e, "id"),
		.require = ym_json_str(e, "require"),
		.otherwise = ym_json_str(e, "otherwise"),
		.message = ym_json_str(e, "message"),
		.responsible = ym_json_str(e, "responsible"),
		.source = ym_json_str(e, "source"),
	};
}

static void
fill_warning(struct ym_held *h, const json_t *e, void *ret)
{
	*(struct ym_warning *)ret = (struct ym_warning){
		.when = ym_json_str(e, "when"),
		.message = ym_json_str(e, "message"),
		.source = ym_json_str(e, "source"),
	};
}

static void
fill_material(struct ym_held *h, const json_t *e, void *ret)
{
	static const char *const needs[] = { "required", "conditional", "optional" };

	*(struct ym_need_material *)ret = (struct ym_need_material){
		.kind = ym_json_str(e, "kind"),
		.holder = ym_json_str(e, "holder"),
		.form = ym_json_str(e, "form"),
		.when = ym_json_str(e, "when"),
		.check = ym_json_str(e, "check"),
		.note = ym_json_str(e, "note"),
		.origin = ym_json_str(e, "origin"),
		.grade = ym_json_str(e, "grade"),
		.need = (enum ym_need)CHOICE(e, "need", needs, YM_NEED_REQUIRED),
		.main = ym_json_bool(e, "main", false),
		.deferrable = ym_json_bool(e, "deferrable", false),
		.promisable = ym_json_bool(e, "promise", false),
		.retained = ym_json_bool(e, "retained", false),
		.copies = (int)ym_json_int(e, "copies", 1),
	};
}

static void
fill_field(struct ym_held *h, const json_t *e, void *ret)
{
	*(struct ym_need_field *)ret = (struct ym_need_field){
		.datum = ym_json_str(e, "datum"),
		.when = ym_json_str(e, "when"),
		.required_when = ym_json_str(e, "required_when"),
		.rule = ym_json_str(e, "rule"),
		.message = ym_json_str(e, "message"),
		.hint = ym_json_str(e, "hint"),
		.basis = ym_json_str(e, "basis"),
		.required = ym_json_bool(e, "required", false),
		.is_result = ym_json_bool(e, "result", false),
		.dflt = ym_json_str(e, "default"),
	};
}

static void
fill_check(struct ym_held *h, const json_t *e, void *ret)
{
	*(struct ym_item_check *)ret = (struct ym_item_check){
		.id = ym_json_str(e, "id"),
		.reg = ym_json_str(e, "register"),
		.subject = ym_json_str(e, "subject"),
		.purpose = ym_json_str(e, "purpose"),
		.required = ym_json_bool(e, "required", false),
	};
}

static void
fill_step(struct ym_held *h, const json_t *e, void *ret)
{
	static const char *const deciders[] = { "window", "auto", "approver" };

	*(struct ym_step *)ret = (struct ym_step){
		.name = ym_json_str(e, "name"),
		.post = ym_json_str(e, "post"),
		.text = ym_json_str(e, "text"),
		.by = (enum ym_decider)CHOICE(e, "by", deciders, YM_BY_APPROVER),
		.days = (int)ym_json_int(e, "days", -1),
	};
}

static void
fill_tier(struct ym_held *h, const json_t *e, void *ret)
{
	*(struct ym_fee_tier *)ret = (struct ym_fee_tier){
		.label = ym_json_str(e, "label"),
		.when = ym_json_str(e, "when"),
		.fen = ym_json_int(e, "fen", 0),
	};
}

static void
fill_result(struct ym_held *h, const json_t *e, void *ret)
{
	*(struct ym_result *)ret = (struct ym_result){
		.name = ym_json_str(e, "name"),
		.validity = ym_json_str(e, "validity"),
		.paper = ym_json_str(e, "paper"),
	};
}

static void
fill_law(struct ym_held *h, const json_t *e, void *ret)
{
	*(struct ym_law *)ret = (struct ym_law){ .law = ym_json_str(e, "law"),
		.article = ym_json_str(e, "article") };
}

static void
fill_source(struct ym_held *h, const json_t *e, void *ret)
{
	*(struct ym_source_note *)ret = (struct ym_source_note){
		.key = ym_json_str(e, "key"),
		.grade = ym_json_str(e, "grade"),
		.title = ym_json_str(e, "title"),
		.ref = ym_json_str(e, "ref"),
	};
}

static struct ym_limit
limit_of(const json_t *e)
{
	static const char *const units[] = { "workday", "day", "hour", "month" };

	return (struct ym_limit){
		.known = json_is_object(e),
		.value = (int)ym_json_int(e, "value", 0),
		.unit = (enum ym_limit_unit)CHOICE(e, "unit", units, YM_UNIT_WORKDAY),
		.text = ym_json_str(e, "text"),
	};
}

#define FILL(value, member, array, fill)                                                           \
	((value)->member = list(h, array, sizeof *(value)->member, fill, &(value)->n_##member))

void
ym_held_item(struct ym_held *h, json_t *json, struct ym_item *ret)
{
	const json_t *code = json_array_get(json_object_get(json, "codes"), 0),
		     *limits = json_object_get(json, "limits");
	const json_t *fee = json_object_get(json, "fee"), *defer = json_object_get(json, "defer");
	const json_t *application = json_object_get(json, "application");

	h->json = json;
	*ret = (struct ym_item){
		.id = ym_json_str(json, "id"),
		.name = ym_json_str(json, "name"),
		.category = ym_json_str(json, "category"),
		.clazz = ym_json_str(json, "class"),
		.status = ym_json_str(json, "status"),
		.code = ym_json_str(code, "value"),
		.code_kind = ym_json_str(code, "kind"),
		.responsible = ym_json_str(json, "responsible"),
		.application_paper = ym_json_str(application, "paper"),
		.application_title = ym_json_str(application, "title"),
		.guide_text = ym_json_str(json, "guide"),
		.notes = ym_json_str(json, "notes"),
		.trust = ym_json_str(json, "trust"),
		.fee_basis = ym_json_str(fee, "basis"),
		.defer_text = ym_json_str(defer, "text"),
		.permit = ym_json_bool(json, "permit", false),
		.refusable = ym_json_bool(json, "refusable", false),
		.instant = ym_json_bool(json, "instant", false),
		.statutory = limit_of(json_object_get(limits, "statutory")),
		.promised = limit_of(json_object_get(limits, "promised")),
		.defer_days = (int)ym_json_int(defer, "days", 0),
		.common = (int)ym_json_int(json, "common", 0),
	};
	FILL(ret, roles, json_object_get(json, "roles"), fill_role);
	FILL(ret, scopes, json_object_get(json, "scope"), fill_scope);
	FILL(ret, questions, json_object_get(json, "questions"), fill_question);
	FILL(ret, conditions, json_object_get(json, "conditions"), fill_condition);
	FILL(ret, warnings, json_object_get(json, "warnings"), fill_warning);
	FILL(ret, materials, json_object_get(json, "materials"), fill_material);
	FILL(ret, fields, json_object_get(json, "fields"), fill_field);
	FILL(ret, checks, json_object_get(json, "checks"), fill_check);
	FILL(ret, steps, json_object_get(json, "steps"), fill_step);
	FILL(ret, fees, json_object_get(fee, "tiers"), fill_tier);
	FILL(ret, exemptions, json_object_get(fee, "exempt"), fill_tier);
	FILL(ret, results, json_object_get(json, "results"), fill_result);
	FILL(ret, whom, json_object_get(json, "for"), fill_string);
	FILL(ret, channels, json_object_get(json, "channels"), fill_string);
	FILL(ret, delivery, json_object_get(json, "delivery"), fill_string);
	FILL(ret, aliases, json_object_get(json, "aliases"), fill_string);
	FILL(ret, rejections, json_object_get(json, "rejections"), fill_string);
	FILL(ret, laws, json_object_get(json, "laws"), fill_law);
	FILL(ret, sources, json_object_get(json, "sources"), fill_source);
}

static void
fill_party(struct ym_held *h, const json_t *e, void *ret)
{
	*(struct ym_party *)ret = (struct ym_party){
		.id = ym_json_str(e, "id"),
		.label = ym_json_str(e, "label"),
		.is_new = ym_json_bool(e, "new", false),
	};
}

static void
fill_bundle_item(struct ym_held *h, const json_t *e, void *ret)
{
	struct ym_bundle_item *line = ret;
	json_t *map = json_object_get(e, "roles"), *party;
	struct ym_option *roles;
	const char *key;

	*line = (struct ym_bundle_item){
		.item = ym_json_str(e, "item"),
		.when = ym_json_str(e, "when"),
		.after = ym_json_str(e, "after"),
		.optional = ym_json_bool(e, "optional", false),
	};
	if (!json_object_size(map))
		return;
	line->roles = roles = hold(h, json_object_size(map) * sizeof *roles);
	json_object_foreach(map, key, party)
	{
		roles[line->n_roles].code = key;
		fill_string(h, party, &roles[line->n_roles++].label);
	}
}

void
ym_held_bundle(struct ym_held *h, json_t *json, struct ym_bundle *ret)
{
	h->json = json;
	*ret = (struct ym_bundle){
		.id = ym_json_str(json, "id"),
		.name = ym_json_str(json, "name"),
		.text = ym_json_str(json, "text"),
		.source = ym_json_str(json, "source"),
	};
	FILL(ret, parties, json_object_get(json, "parties"), fill_party);
	FILL(ret, items, json_object_get(json, "items"), fill_bundle_item);
	FILL(ret, aliases, json_object_get(json, "aliases"), fill_string);
}

void
ym_held_datum(struct ym_held *h, json_t *json, struct ym_datum *ret)
{
	static const char *const types[] = { "text", "multiline", "code", "enum", "date", "time",
		"int", "bool", "number", "division", "address", "phone", "capture" };

	h->json = json;
	*ret = (struct ym_datum){
		.id = ym_json_str(json, "id"),
		.label = ym_json_str(json, "label"),
		.table = ym_json_str(json, "table"),
		.check = ym_json_str(json, "check"),
		.hint = ym_json_str(json, "hint"),
		.standard = ym_json_str(json, "standard"),
		.type = (enum ym_datum_type)CHOICE(json, "type", types, YM_DATUM_TEXT),
		.max = (int)ym_json_int(json, "max", 0),
		.personal = ym_json_bool(json, "personal", false),
	};
	FILL(ret, options, json_object_get(json, "options"), fill_option);
}

void
ym_held_kind(struct ym_held *h, json_t *json, struct ym_kind *ret)
{
	h->json = json;
	*ret = (struct ym_kind){
		.id = ym_json_str(json, "id"),
		.name = ym_json_str(json, "name"),
		.capture = ym_json_str(json, "capture"),
		.reg = ym_json_str(json, "register"),
	};
}
