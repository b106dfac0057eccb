/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What changed between two catalogues. Every entry becomes a list of facts, each with its part, its key and its text; two
 * lists are compared by part and key. So a reader sees what a rule or a material was and what it is, never a line of JSON.
 */
#include "catalog/diff.h"

#include <sys/stat.h>

#include "base/file.h"
#include "catalog/parts.h"

#define FACTS_MAX 4000

struct fact {
	const char *part;   /* said */
	char *key, *label, *text;
	const char *source; /* the JSON's */
};
struct facts {
	struct fact *p;
	int n;
	ym_say_fn say;
};

static void
facts_release(struct facts *f)
{
	for (int i = 0; i < f->n; i++) {
		free(f->p[i].key);
		free(f->p[i].label);
		free(f->p[i].text);
	}
	free(f->p);
}
#define FACTS YM_CLEANUP(facts_release) struct facts

/* Takes text; "" is no fact. */
static void
add(struct facts *f, const char *part, const char *key, const char *label, char *text, const char *source)
{
	size_t key_n = strlen(key);
	int nth = 1;

	if (!text || !text[0] || f->n >= FACTS_MAX) {
		free(text);
		return;
	}
	if (f->n % 64 == 0)
		f->p = ym_realloc_array(f->p, (size_t)f->n + 64, sizeof *f->p);
	for (int i = 0; i < f->n; i++)
		nth += !strcmp(f->p[i].part, part) && !strncmp(f->p[i].key, key, key_n) && (!f->p[i].key[key_n] || f->p[i].key[key_n] == '\n');
	/* Two of one key, as two scopes of one mode: the first answers to the first, the second to the second. */
	f->p[f->n++] = (struct fact){ part, nth > 1 ? ym_asprintf("%s\n%d", key, nth) : ym_strdup(key), ym_strdup(label), text, source };
}

static void
add_text(struct facts *f, const char *msgid, const json_t *obj, const char *key)
{
	add(f, f->say(msgid), key, "", ym_strdup(ym_json_str(obj, key)), "");
}

static void
add_flag(struct facts *f, const char *msgid, const json_t *obj, const char *key)
{
	add(f, f->say(msgid), key, "", ym_strdup(f->say(ym_json_bool(obj, key, false) ? N_("yes") : N_("no"))), "");
}

/* The rule after its words, for who wants it exact. */
static void
add_rule(struct ym_buf *out, struct facts *f, const char *msgid, const json_t *obj, const char *key)
{
	const char *rule = ym_json_str(obj, key);

	if (rule[0])
		ym_buf_addf(out, "%s%s %s", out->len ? "; " : "", f->say(msgid), rule);
}

/* -- the lists of an item -- */

static void
add_scope(struct facts *f, const json_t *e)
{
	YM_BUF text = { 0 };
	const char *mode = ym_json_str(e, "mode"), *from = ym_json_str(e, "from"), *until = ym_json_str(e, "until");

	ym_buf_adds(&text, ym_catalog_say_mode(mode, f->say));
	if (from[0] || until[0])
		ym_buf_addf(&text, " (%s – %s)", from, until);
	if (ym_json_str(e, "text")[0])
		ym_buf_addf(&text, "; %s", ym_json_str(e, "text"));
	add(f, f->say(N_("Where")), mode, "", ym_buf_take(&text), ym_json_str(e, "source"));
}

static void
add_question(struct facts *f, const json_t *e)
{
	YM_BUF text = { 0 };
	const json_t *pair;
	size_t i;

	ym_buf_adds(&text, ym_json_str(e, "ask"));
	json_array_foreach(json_object_get(e, "options"), i, pair)
		ym_buf_addf(&text, "%s%s", i ? " / " : " ", json_string_value(json_array_get(pair, 1)));
	add_rule(&text, f, N_("asked when"), e, "when");
	add(f, f->say(N_("Question")), ym_json_str(e, "id"), "", ym_buf_take(&text), ym_json_str(e, "source"));
}

static void
add_condition(struct facts *f, const json_t *e)
{
	static const struct {
		const char *exit, *msgid;
	} exits[] = { { "not_required", N_("else: not required") }, { "not_ours", N_("else: not ours") },
		{ "returned", N_("else: returned with a notice") }, { "refused", N_("else: refused") } };
	YM_BUF text = { 0 };

	ym_buf_adds(&text, ym_json_str(e, "message"));
	for (size_t i = 0; i < YM_ARRAY_LEN(exits); i++)
		if (!strcmp(exits[i].exit, ym_json_str(e, "otherwise")))
			ym_buf_addf(&text, "; %s", f->say(exits[i].msgid));
	add_rule(&text, f, N_("rule"), e, "require");
	if (ym_json_str(e, "responsible")[0])
		ym_buf_addf(&text, "; %s", ym_json_str(e, "responsible"));
	add(f, f->say(N_("Condition")), ym_json_str(e, "id"), "", ym_buf_take(&text), ym_json_str(e, "source"));
}

static void
add_warning(struct facts *f, const json_t *e)
{
	YM_BUF text = { 0 };

	ym_buf_adds(&text, ym_json_str(e, "message"));
	add_rule(&text, f, N_("when"), e, "when");
	add(f, f->say(N_("Reminder")), ym_json_str(e, "message"), "", ym_buf_take(&text), ym_json_str(e, "source"));
}

static void
add_material(struct facts *f, const json_t *e)
{
	static const struct {
		const char *need, *msgid;
	} needs[] = { { "required", N_("required") }, { "conditional", N_("where it applies") }, { "optional", N_("optional") } };
	YM_FREE char *key = ym_asprintf("%s %s %s", ym_json_str(e, "kind"), ym_json_str(e, "holder"), ym_json_str(e, "when"));
	YM_BUF text = { 0 };

	for (size_t i = 0; i < YM_ARRAY_LEN(needs); i++)
		if (!strcmp(needs[i].need, ym_json_str(e, "need")))
			ym_buf_adds(&text, f->say(needs[i].msgid));
	ym_buf_addf(&text, "; %s × %lld", ym_json_str(e, "form"), ym_json_int(e, "copies", 1));
	if (ym_json_bool(e, "main", false))
		ym_buf_addf(&text, "; %s", f->say(N_("decisive")));
	if (ym_json_bool(e, "deferrable", false))
		ym_buf_addf(&text, "; %s", f->say(N_("may be brought later")));
	if (ym_json_bool(e, "retained", false))
		ym_buf_addf(&text, "; %s", f->say(N_("kept")));
	add_rule(&text, f, N_("when"), e, "when");
	if (ym_json_str(e, "note")[0])
		ym_buf_addf(&text, "; %s", ym_json_str(e, "note"));
	add(f, f->say(N_("Material")), key, ym_json_str(e, "kind"), ym_buf_take(&text), ym_json_str(e, "origin"));
}

static void
add_field(struct facts *f, const json_t *e)
{
	YM_FREE char *key = ym_asprintf("%s %s", ym_json_str(e, "datum"), ym_json_str(e, "when"));
	YM_BUF text = { 0 };

	ym_buf_adds(&text, f->say(ym_json_bool(e, "required", false) ? N_("required") : N_("optional")));
	add_rule(&text, f, N_("required when"), e, "required_when");
	add_rule(&text, f, N_("when"), e, "when");
	add_rule(&text, f, N_("rule"), e, "rule");
	add_rule(&text, f, N_("filled with"), e, "default");
	add(f, f->say(N_("Field")), key, ym_json_str(e, "datum"), ym_buf_take(&text), ym_json_str(e, "basis"));
}

static void
add_step(struct facts *f, const json_t *e)
{
	YM_BUF text = { 0 };

	ym_buf_addf(&text, "%s %s", ym_json_str(e, "post"), ym_json_str(e, "by"));
	if (ym_json_int(e, "days", -1) >= 0) {
		ym_buf_adds(&text, "; ");
		ym_catalog_say_limit("workday", ym_json_int(e, "days", -1), f->say, &text);
	}
	add(f, f->say(N_("Step")), ym_json_str(e, "name"), ym_json_str(e, "name"), ym_buf_take(&text), "");
}

static void
add_fee(struct facts *f, const char *msgid, const json_t *e, bool has_price)
{
	YM_BUF text = { 0 };
	long long fen = ym_json_int(e, "fen", 0);

	if (has_price)
		ym_buf_addf(&text, "%lld.%02lld", fen / 100, fen % 100);
	else
		ym_buf_adds(&text, ym_json_str(e, "label"));
	add_rule(&text, f, N_("when"), e, "when");
	add(f, f->say(msgid), ym_json_str(e, "label"), ym_json_str(e, "label"), ym_buf_take(&text), "");
}

static void
add_check(struct facts *f, const json_t *e)
{
	add(f, f->say(N_("Check")), ym_json_str(e, "id"), ym_json_str(e, "register"),
		ym_asprintf("%s; %s; %s", ym_json_str(e, "subject"), ym_json_str(e, "purpose"),
			f->say(ym_json_bool(e, "required", false) ? N_("required") : N_("optional"))), "");
}

static void
add_law(struct facts *f, const json_t *e)
{
	YM_FREE char *key = ym_asprintf("%s %s", ym_json_str(e, "law"), ym_json_str(e, "article"));

	add(f, f->say(N_("Law")), key, "", ym_strdup(key), "");
}

static void
add_result(struct facts *f, const json_t *e)
{
	add(f, f->say(N_("Result")), ym_json_str(e, "name"), ym_json_str(e, "name"),
		ym_asprintf("%s %s", ym_json_str(e, "name"), ym_json_str(e, "validity")), "");
}

static void
add_each(struct facts *f, const json_t *list, void (*fn)(struct facts *, const json_t *))
{
	const json_t *e;
	size_t i;

	json_array_foreach((json_t *)list, i, e) fn(f, e);
}

static void
add_limit(struct facts *f, const char *msgid, const json_t *limits, const char *which)
{
	const json_t *limit = json_object_get(limits, which);
	YM_BUF text = { 0 };

	if (!json_is_object(limit))
		return;
	ym_catalog_say_limit(ym_json_str(limit, "unit"), ym_json_int(limit, "value", -1), f->say, &text);
	add(f, f->say(msgid), which, "", ym_buf_take(&text), ym_json_str(limit, "text"));
}

static void
item_facts(struct facts *f, const json_t *it)
{
	const json_t *fee = json_object_get(it, "fee"), *e;
	YM_BUF defer = { 0 };
	size_t i;

	add_text(f, N_("Name"), it, "name");
	add_text(f, N_("Class"), it, "class");
	add_text(f, N_("State"), it, "status");
	add_flag(f, N_("A permit"), it, "permit");
	add_flag(f, N_("Can be refused"), it, "refusable");
	add_flag(f, N_("Done at once"), it, "instant");
	add_text(f, N_("Responsible division"), it, "responsible");
	add_each(f, json_object_get(it, "scope"), add_scope);
	add_each(f, json_object_get(it, "conditions"), add_condition);
	add_each(f, json_object_get(it, "questions"), add_question);
	add_each(f, json_object_get(it, "materials"), add_material);
	add_limit(f, N_("Statutory limit"), json_object_get(it, "limits"), "statutory");
	add_limit(f, N_("Promised limit"), json_object_get(it, "limits"), "promised");
	if (ym_json_int(json_object_get(it, "defer"), "days", 0) > 0)
		ym_catalog_say_limit("workday", ym_json_int(json_object_get(it, "defer"), "days", 0), f->say, &defer);
	add(f, f->say(N_("Materials brought later")), "defer", "", ym_buf_take(&defer), ym_json_str(json_object_get(it, "defer"), "text"));
	json_array_foreach(json_object_get(fee, "tiers"), i, e) add_fee(f, N_("Fee"), e, true);
	json_array_foreach(json_object_get(fee, "exempt"), i, e) add_fee(f, N_("Exemption"), e, false);
	add_text(f, N_("Fee's basis"), fee, "basis");
	add_each(f, json_object_get(it, "fields"), add_field);
	add_each(f, json_object_get(it, "checks"), add_check);
	add_each(f, json_object_get(it, "steps"), add_step);
	add_each(f, json_object_get(it, "results"), add_result);
	add_each(f, json_object_get(it, "laws"), add_law);
	add_each(f, json_object_get(it, "warnings"), add_warning);
	json_array_foreach(json_object_get(it, "channels"), i, e) add(f, f->say(N_("Channels")), "channels", json_string_value(e), ym_strdup(json_string_value(e)), "");
	add_text(f, N_("Guide"), it, "guide");
}

/* -- other entries -- */

static void
add_pairs(struct facts *f, const char *msgid, const json_t *pairs)
{
	const json_t *pair;
	size_t i;

	json_array_foreach((json_t *)pairs, i, pair) add(f, f->say(msgid), json_string_value(json_array_get(pair, 0)),
		json_string_value(json_array_get(pair, 0)), ym_strdup(json_string_value(json_array_get(pair, 1))), "");
}

static void
bundle_facts(struct facts *f, const json_t *b)
{
	const json_t *line;
	size_t i;

	add_text(f, N_("Name"), b, "name");
	json_array_foreach(json_object_get(b, "items"), i, line)
	{
		YM_BUF text = { 0 };

		ym_buf_adds(&text, f->say(ym_json_bool(line, "optional", false) ? N_("optional") : N_("required")));
		add_rule(&text, f, N_("when"), line, "when");
		add_rule(&text, f, N_("after"), line, "after");
		add(f, f->say(N_("Item")), ym_json_str(line, "item"), ym_json_str(line, "item"), ym_buf_take(&text), "");
	}
}

static void
word_facts(struct facts *f, const json_t *w)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)w, key, value) if (json_is_string(value) && strcmp(key, "id") != 0)
		add(f, key, key, "", ym_strdup(json_string_value(value)), "");
	add_pairs(f, N_("Code"), json_object_get(w, "options"));
}

static void
year_facts(struct facts *f, const json_t *y)
{
	const json_t *day;
	size_t i;

	json_array_foreach(json_object_get(y, "days"), i, day)
	{
		const char *date = json_string_value(json_array_get(day, 0)), *kind = json_string_value(json_array_get(day, 1)),
			   *name = json_string_value(json_array_get(day, 2));

		if (date && kind && name)
			add(f, f->say(N_("Day")), date, date, ym_asprintf("%s %s", f->say(*kind == 'W' ? N_("worked") : N_("off")), name), "");
	}
}

static void
paper_facts(struct facts *f, const json_t *p)
{
	uint8_t digest[YM_SM3_LEN];
	char hex[2 * YM_SM3_LEN + 1];
	YM_FREE char *text = ym_json_dump(p);

	ym_sm3(text, strlen(text), digest);
	ym_hex(hex, digest, sizeof digest);
	add_text(f, N_("Name"), p, "title");
	add(f, f->say(N_("Text, digest")), "text", "", ym_asprintf("%.12s", hex), "");
}

static void
collect(struct facts *f, enum ym_section section, const json_t *json)
{
	switch (section) {
	case YM_PART_ITEM:
		item_facts(f, json);
		break;
	case YM_PART_BUNDLE:
		bundle_facts(f, json);
		break;
	case YM_PART_TABLE:
		add_text(f, N_("Standard"), json, "standard");
		add_pairs(f, N_("Code"), json_object_get(json, "codes"));
		break;
	case YM_PART_CALENDAR:
		year_facts(f, json);
		break;
	case YM_PART_PAPER:
		paper_facts(f, json);
		break;
	case YM_PART_PACK:
	case YM_PART_ROLES:
	case YM_PART_DATUMS:
	case YM_PART_KINDS:
	case YM_PART_REGISTERS:
		word_facts(f, json);
		break;
	case YM_N_PARTS:
		break;
	}
}

/* -- comparing -- */

struct diff {
	ym_say_fn say;
	ym_change_fn fn;
	void *user;
	int n;
	json_t *kinds; /* id -> name, of both */
};

static const struct fact *
find(const struct facts *f, const struct fact *like)
{
	for (int i = 0; i < f->n; i++)
		if (!strcmp(f->p[i].part, like->part) && !strcmp(f->p[i].key, like->key))
			return &f->p[i];
	return NULL;
}

static void
tell(struct diff *d, const struct ym_change *c)
{
	d->n++;
	d->fn(d->user, c);
}

static void
compare_facts(struct diff *d, struct ym_change c, const struct facts *a, const struct facts *b)
{
	for (int side = 0; side < 2; side++)
		for (int i = 0; i < (side ? b : a)->n; i++) {
			const struct fact *one = &(side ? b : a)->p[i], *other = find(side ? a : b, one);
			const char *kind = ym_json_str(d->kinds, one->label);

			if (other && (side || !strcmp(one->text, other->text)))
				continue;
			c.part = one->part;
			c.label = kind[0] ? kind : one->label;
			c.was = side ? NULL : one->text;
			c.is = side ? one->text : other ? other->text : NULL;
			c.source = other && other->source[0] && !side ? other->source : one->source;
			tell(d, &c);
		}
}

/* One entry, on one side or on both. */
static void
compare(struct diff *d, enum ym_section section, const json_t *a, const json_t *b)
{
	static const char *const names[YM_N_PARTS] = { N_("Catalogue"), N_("Role"), N_("Datum"), N_("Document kind"), N_("Register"),
		N_("Code table"), N_("Calendar"), N_("Item"), N_("Life event"), N_("Paper") };
	const json_t *any = b ? b : a;
	char year[16];
	struct ym_change c = { .entry = d->say(names[section]), .id = ym_json_str(any, "id"), .name = ym_json_str(any, "name"),
		.part = "", .label = "", .source = "" };
	FACTS was = { .say = d->say };
	FACTS is = { .say = d->say };

	if (section == YM_PART_CALENDAR) {
		snprintf(year, sizeof year, "%lld", ym_json_int(any, "year", 0));
		c.id = year;
	}
	if (!c.name[0])
		c.name = ym_json_str(any, ym_json_str(any, "label")[0] ? "label" : "title");
	if (a && b) {
		collect(&was, section, a);
		collect(&is, section, b);
		compare_facts(d, c, &was, &is);
		return;
	}
	c.was = a ? c.name : NULL;
	c.is = b ? c.name : NULL;
	tell(d, &c);
}

/* Every entry of a section under its id, or year. */
static json_t *
index_section(const struct ym_parts *p, enum ym_section section)
{
	json_t *all = json_object(), *e;
	size_t k;

	for (int i = 0; i < p->section[section].n; i++) {
		json_t *json = p->section[section].nodes[i].json;
		YM_JSON *list = json_is_array(json) ? json_incref(json) : json_pack("[O]", json);

		json_array_foreach(list, k, e)
		{
			char id[64];

			if (section == YM_PART_PACK)
				snprintf(id, sizeof id, "pack");
			else if (section == YM_PART_CALENDAR)
				snprintf(id, sizeof id, "%lld", ym_json_int(e, "year", 0));
			else
				snprintf(id, sizeof id, "%s", ym_json_str(e, "id"));
			json_object_set(all, id, e);
		}
	}
	return all;
}

static enum ym_code
load(const char *path, struct ym_parts *p, struct ym_buf *text, struct ym_error *err)
{
	struct stat st;
	const char *doc = NULL;
	size_t n = 0;
	enum ym_code code;

	if (!stat(path, &st) && S_ISDIR(st.st_mode)) {
		code = ym_parts_load(p, path, err);
	} else {
		code = ym_file_read(path, YM_JSON_MAX, text, err);
		if (!code)
			code = ym_catalog_verify(NULL, ym_buf_str(text), text->len, &doc, &n, err);
		if (!code)
			code = ym_parts_parse(p, doc, n, err);
	}
	if (!code && p->n_errors)
		code = ym_fail_on(err, YM_INVALID, p->first.msgid, p->first.file[0] ? p->first.file : path, "%s", p->first.text);
	return code;
}

enum ym_code
ym_catalog_diff(const char *a, const char *b, ym_say_fn say, ym_change_fn fn, void *user, int *ret_n, struct ym_error *err)
{
	static const enum ym_section order[] = { YM_PART_PACK, YM_PART_ITEM, YM_PART_BUNDLE, YM_PART_TABLE, YM_PART_CALENDAR,
		YM_PART_PAPER, YM_PART_ROLES, YM_PART_DATUMS, YM_PART_KINDS, YM_PART_REGISTERS };
	YM_JSON *kinds = json_object();
	struct diff d = { say, fn, user, 0, kinds };
	YM_PARTS was = { 0 };
	YM_PARTS is = { 0 };
	YM_BUF was_text = { .max = YM_JSON_MAX };
	YM_BUF is_text = { .max = YM_JSON_MAX };
	enum ym_code code = load(a, &was, &was_text, err);

	if (!code)
		code = load(b, &is, &is_text, err);
	if (code)
		return code;
	for (size_t i = 0; i < YM_ARRAY_LEN(order); i++) {
		YM_JSON *old = index_section(&was, order[i]), *new = index_section(&is, order[i]);
		const char *id;
		json_t *e;

		if (!i) {
			YM_JSON *both = index_section(&was, YM_PART_KINDS), *more = index_section(&is, YM_PART_KINDS);

			json_object_update(both, more);
			json_object_foreach(both, id, e) json_object_set_new(kinds, id, json_string(ym_json_str(e, "name")));
		}
		json_object_foreach(old, id, e) compare(&d, order[i], e, json_object_get(new, id));
		json_object_foreach(new, id, e) if (!json_object_get(old, id)) compare(&d, order[i], NULL, e);
	}
	*ret_n = d.n;
	return YM_OK;
}
