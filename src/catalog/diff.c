/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What changed between two catalogues: their entries, each a list of facts (diff_facts.h), compared by part and key. So a
 * reader sees what a rule or a material was and what it is, never a line of JSON.
 */
#include "catalog/diff.h"

#include <sys/stat.h>

#include "base/file.h"
#include "catalog/diff_facts.h"

struct diff {
	ym_say_fn say;
	ym_change_fn fn;
	void *user;
	int n;
	json_t *kinds; /* id -> name, of both */
};

static const struct ym_diff_fact *
find(const struct ym_diff_facts *f, const struct ym_diff_fact *like)
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
compare_facts(struct diff *d, struct ym_change c, const struct ym_diff_facts *a, const struct ym_diff_facts *b)
{
	for (int side = 0; side < 2; side++)
		for (int i = 0; i < (side ? b : a)->n; i++) {
			const struct ym_diff_fact *one = &(side ? b : a)->p[i], *other = find(side ? a : b, one);
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
	YM_DIFF_FACTS was = { .say = d->say };
	YM_DIFF_FACTS is = { .say = d->say };

	if (section == YM_PART_CALENDAR) {
		snprintf(year, sizeof year, "%lld", ym_json_int(any, "year", 0));
		c.id = year;
	}
	if (!c.name[0])
		c.name = ym_json_str(any, ym_json_str(any, "label")[0] ? "label" : "title");
	if (a && b) {
		ym_diff_facts_collect(&was, section, a);
		ym_diff_facts_collect(&is, section, b);
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
