/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What an item, a bundle, a word, a year or a paper says, fact by fact. Not comparing (diff.c).
 * Invariant: what is absent is no fact.
 */
#include "catalog/diff_facts.h"

#define FACTS_MAX 4000

void
ym_diff_facts_release(struct ym_diff_facts *f)
{
	for (int i = 0; i < f->n; i++) {
		free(f->p[i].key);
		free(f->p[i].label);
		free(f->p[i].text);
	}
	free(f->p);
}

/* Takes text; "" is no fact. */
static void
add(struct ym_diff_facts *f, const char *part, const char *key, const char *label, char *text, const char *source)
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
	f->p[f->n++] = (struct ym_diff_fact){ part, nth > 1 ? ym_asprintf("%s\n%d", key, nth) : ym_strdup(key), ym_strdup(label), text, source };
}

static void
add_text(struct ym_diff_facts *f, const char *msgid, const json_t *obj, const char *key)
{
	add(f, f->say(msgid), key, "", ym_strdup(ym_json_str(obj, key)), "");
}

static void
add_flag(struct ym_diff_facts *f, const char *msgid, const json_t *obj, const char *key)
{
	add(f, f->say(msgid), key, "", ym_strdup(f->say(ym_json_bool(obj, key, false) ? N_("yes") : N_("no"))), "");
}

/* The rule after its words, for who wants it exact. */
static void
add_rule(struct ym_buf *out, struct ym_diff_facts *f, const char *msgid, const json_t *obj, const char *key)
{
	const char *rule = ym_json_str(obj, key);

	if (rule[0])
		ym_buf_addf(out, "%s%s %s", out->len ? "; " : "", f->say(msgid), rule);
}

/* -- the lists of an item -- */

static void
add_scope(struct ym_diff_facts *f, const json_t *e)
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
add_question(struct ym_diff_facts *f, const json_t *e)
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
add_condition(struct ym_diff_facts *f, const json_t *e)
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
add_warning(struct ym_diff_facts *f, const json_t *e)
{
	YM_BUF text = { 0 };

	ym_buf_adds(&text, ym_json_str(e, "message"));
	add_rule(&text, f, N_("when"), e, "when");
	add(f, f->say(N_("Reminder")), ym_json_str(e, "message"), "", ym_buf_take(&text), ym_json_str(e, "source"));
}

static void
add_material(struct ym_diff_facts *f, const json_t *e)
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
add_field(struct ym_diff_facts *f, const json_t *e)
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
add_step(struct ym_diff_facts *f, const json_t *e)
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
add_fee(struct ym_diff_facts *f, const char *msgid, const json_t *e, bool has_price)
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
add_check(struct ym_diff_facts *f, const json_t *e)
{
	add(f, f->say(N_("Check")), ym_json_str(e, "id"), ym_json_str(e, "register"),
		ym_asprintf("%s; %s; %s", ym_json_str(e, "subject"), ym_json_str(e, "purpose"),
			f->say(ym_json_bool(e, "required", false) ? N_("required") : N_("optional"))), "");
}

static void
add_law(struct ym_diff_facts *f, const json_t *e)
{
	YM_FREE char *key = ym_asprintf("%s %s", ym_json_str(e, "law"), ym_json_str(e, "article"));

	add(f, f->say(N_("Law")), key, "", ym_strdup(key), "");
}

static void
add_result(struct ym_diff_facts *f, const json_t *e)
{
	add(f, f->say(N_("Result")), ym_json_str(e, "name"), ym_json_str(e, "name"),
		ym_asprintf("%s %s", ym_json_str(e, "name"), ym_json_str(e, "validity")), "");
}

static void
add_each(struct ym_diff_facts *f, const json_t *list, void (*fn)(struct ym_diff_facts *, const json_t *))
{
	const json_t *e;
	size_t i;

	json_array_foreach((json_t *)list, i, e) fn(f, e);
}

static void
add_limit(struct ym_diff_facts *f, const char *msgid, const json_t *limits, const char *which)
{
	const json_t *limit = json_object_get(limits, which);
	YM_BUF text = { 0 };

	if (!json_is_object(limit))
		return;
	ym_catalog_say_limit(ym_json_str(limit, "unit"), ym_json_int(limit, "value", -1), f->say, &text);
	add(f, f->say(msgid), which, "", ym_buf_take(&text), ym_json_str(limit, "text"));
}

static void
item_facts(struct ym_diff_facts *f, const json_t *it)
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
add_pairs(struct ym_diff_facts *f, const char *msgid, const json_t *pairs)
{
	const json_t *pair;
	size_t i;

	json_array_foreach((json_t *)pairs, i, pair) add(f, f->say(msgid), json_string_value(json_array_get(pair, 0)),
		json_string_value(json_array_get(pair, 0)), ym_strdup(json_string_value(json_array_get(pair, 1))), "");
}

static void
bundle_facts(struct ym_diff_facts *f, const json_t *b)
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
word_facts(struct ym_diff_facts *f, const json_t *w)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)w, key, value) if (json_is_string(value) && strcmp(key, "id") != 0)
		add(f, key, key, "", ym_strdup(json_string_value(value)), "");
	add_pairs(f, N_("Code"), json_object_get(w, "options"));
}

static void
year_facts(struct ym_diff_facts *f, const json_t *y)
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
paper_facts(struct ym_diff_facts *f, const json_t *p)
{
	uint8_t digest[YM_SM3_LEN];
	char hex[2 * YM_SM3_LEN + 1];
	YM_FREE char *text = ym_json_dump(p);

	ym_sm3(text, strlen(text), digest);
	ym_hex(hex, digest, sizeof digest);
	add_text(f, N_("Name"), p, "title");
	add(f, f->say(N_("Text, digest")), "text", "", ym_asprintf("%.12s", hex), "");
}

void
ym_diff_facts_collect(struct ym_diff_facts *f, enum ym_section section, const json_t *json)
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
