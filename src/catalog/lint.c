/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the entries of a catalogue mean together: ids that lead somewhere, rules that parse and use only what is known,
 * questions that matter, calendars that are calendars. Not their form (spec.c).
 * Invariant: works on any JSON; what the form check refused is treated as absent.
 */
#include "base/number.h"
#include "catalog/compiled.h"
#include "catalog/lint_parts.h"

static ym_catalog_paper_fn paper_check;

void
ym_catalog_set_paper_check(ym_catalog_paper_fn fn)
{
	paper_check = fn;
}

/* -- reporting -- */

struct ym_spot
ym_lint_spot(struct ym_lint *l, const struct ym_node *node, const char *fmt, ...)
{
	struct ym_spot s = { l, node, "" };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s.path, sizeof s.path, fmt, ap);
	va_end(ap);
	return s;
}

void
ym_lint_error(struct ym_spot s, const char *msgid, const char *subject)
{
	ym_parts_report(s.l->parts, true, s.node, s.path, msgid, subject);
}

void
ym_lint_warn(struct ym_spot s, const char *msgid, const char *subject)
{
	ym_parts_report(s.l->parts, false, s.node, s.path, msgid, subject);
}

/* -- ids -- */

json_t *
ym_lint_find(struct ym_lint *l, enum ym_section section, const char *id)
{
	json_t *found = json_object_get(l->ids[section], id);

	if (found)
		json_object_set_new(l->used[section], id, json_true());
	return found;
}

static void
index_entry(struct ym_spot s, enum ym_section section, json_t *entry)
{
	const char *id = ym_json_str(entry, "id");

	if (!id[0])
		return;
	if (json_object_get(s.l->ids[section], id))
		ym_lint_error(s, N_("The id stands there twice"), id);
	else
		json_object_set(s.l->ids[section], id, entry);
}

static void
index_all(struct ym_lint *l)
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
				index_entry(ym_lint_spot(l, node, "id"), (enum ym_section)section,
					node->json);
			json_array_foreach(node->json, at, entry)
				index_entry(ym_lint_spot(l, node, "[%zu].id", at),
					(enum ym_section)section, entry);
		}
	}
}

/* An id that must lead somewhere; "" is nothing to check. */
void
ym_lint_need(struct ym_spot s, enum ym_section section, const char *id, const char *msgid)
{
	if (id[0] && !ym_lint_find(s.l, section, id))
		ym_lint_error(s, msgid, id);
}

/* "datums/HZ-001.json" must hold HZ-001. */
void
ym_lint_stem(struct ym_lint *l, const struct ym_node *node)
{
	const char *slash = strrchr(node->file, '/'), *stem = slash ? slash + 1 : node->file,
		   *id = ym_json_str(node->json, "id");
	size_t n = strlen(id);

	if (stem[0] && id[0] && (strncmp(stem, id, n) != 0 || strcmp(stem + n, ".json") != 0))
		ym_lint_error(
			ym_lint_spot(l, node, "id"), N_("The file is not named after its id"), id);
}

json_t *
ym_lint_entry(const json_t *list, const char *key, const char *value)
{
	json_t *entry;
	size_t i;

	json_array_foreach((json_t *)list, i,
		entry) if (value[0] && !strcmp(ym_json_str(entry, key), value)) return entry;
	return NULL;
}

/* -- vocabulary, calendars, papers, pack -- */

static void
check_vocabulary(struct ym_lint *l)
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
					ym_lint_error(ym_lint_spot(l, node, "[%zu].id", i),
						N_("A role has no underscore"),
						ym_json_str(entry, "id"));
				if (s == YM_PART_KINDS)
					ym_lint_need(ym_lint_spot(l, node, "[%zu].register", i),
						YM_PART_REGISTERS, ym_json_str(entry, "register"),
						N_("The vocabulary has no such register"));
				if (s != YM_PART_DATUMS)
					continue;
				ym_lint_need(ym_lint_spot(l, node, "[%zu].table", i), YM_PART_TABLE,
					table, N_("There is no such code table"));
				if (!strcmp(type, "code") && !table[0])
					ym_lint_error(ym_lint_spot(l, node, "[%zu].type", i),
						N_("A code needs a table"),
						ym_json_str(entry, "id"));
				if (!strcmp(type, "enum") &&
					!json_array_size(json_object_get(entry, "options")))
					ym_lint_error(ym_lint_spot(l, node, "[%zu].type", i),
						N_("An enumeration needs options"),
						ym_json_str(entry, "id"));
				if (!strcmp(type, "number") && !check[0])
					ym_lint_error(ym_lint_spot(l, node, "[%zu].type", i),
						N_("A number needs a check"),
						ym_json_str(entry, "id"));
				if (check[0] && !ym_number_has_kind(check))
					ym_lint_error(ym_lint_spot(l, node, "[%zu].check", i),
						N_("There is no such kind of number"), check);
			}
		}
	}
}

static void
check_calendar(struct ym_lint *l, const struct ym_node *node)
{
	long long year = ym_json_int(node->json, "year", 0);
	ym_date last = YM_DATE_NONE;
	const json_t *day;
	size_t i;

	if (year < 2000 || year > 2100)
		ym_lint_error(ym_lint_spot(l, node, "year"),
			N_("A calendar is of one year, and named after it"), "");
	if (!json_array_size(json_object_get(node->json, "days")))
		ym_lint_error(ym_lint_spot(l, node, "days"), N_("The calendar has no day off"), "");
	json_array_foreach(json_object_get(node->json, "days"), i, day)
	{
		const char *text = json_string_value(json_array_get(day, 0)),
			   *kind = json_string_value(json_array_get(day, 1));
		ym_date d = text ? ym_date_parse(text) : YM_DATE_NONE;
		struct ym_spot s = ym_lint_spot(l, node, "days[%zu]", i);
		int y = 0, m, dom;

		if (d == YM_DATE_NONE || !kind || json_array_size(day) != 3 ||
			!json_is_string(json_array_get(day, 2))) {
			ym_lint_error(
				s, N_("A calendar line is date,H or W,name"), text ? text : "");
			continue;
		}
		ym_date_split(d, &y, &m, &dom);
		if (y != year)
			ym_lint_error(s, N_("The day is not in this year"), text);
		if (d <= last)
			ym_lint_error(s, N_("The days must be in order, each once"), text);
		if (strcmp(kind, "H") != 0 && strcmp(kind, "W") != 0)
			ym_lint_error(s, N_("A calendar line is date,H or W,name"), kind);
		else if (*kind == 'W' && ym_date_weekday(d) < 6)
			ym_lint_error(s, N_("Only a weekend day can be made a working day"), text);
		last = d;
	}
}

static void
check_paper(struct ym_lint *l, const struct ym_node *node)
{
	const char *id = ym_json_str(node->json, "id");
	struct ym_error err = { 0 };

	ym_lint_stem(l, node);
	if (!id[0])
		ym_lint_error(ym_lint_spot(l, node, "id"), N_("A required entry is missing"), "id");
	if (!json_is_array(json_object_get(node->json, "blocks")))
		ym_lint_error(ym_lint_spot(l, node, "blocks"), N_("A required entry is missing"),
			"blocks");
	else if (paper_check && paper_check(node->json, id, &err))
		ym_lint_error(ym_lint_spot(l, node, "blocks"), err.msgid,
			err.detail[0] ? err.detail : err.subject);
}

/* What the program itself asks for by name. */
static bool
is_of_program(enum ym_section section, const char *id)
{
	static const char *const tables[] = { "exit", "event_kind" },
				 *const datums[] = { "name", "sex", "birth", "nation", "nationality", "address", "number",
		"doc_kind", "doc_number", "household_division", "phone" };

	for (size_t i = 0; section == YM_PART_TABLE && i < YM_ARRAY_LEN(tables); i++)
		if (!strcmp(tables[i], id))
			return true;
	for (size_t i = 0; section == YM_PART_DATUMS && i < YM_ARRAY_LEN(datums); i++)
		if (!strcmp(datums[i], id))
			return true;
	return false;
}

static void
check_used(struct ym_lint *l)
{
	static const enum ym_section sections[] = { YM_PART_KINDS, YM_PART_TABLE, YM_PART_REGISTERS,
		YM_PART_ROLES, YM_PART_DATUMS };

	for (size_t k = 0; k < YM_ARRAY_LEN(sections); k++) {
		for (int n = 0; n < l->parts->section[sections[k]].n; n++) {
			const struct ym_node *node = &l->parts->section[sections[k]].nodes[n];
			YM_JSON *one = json_pack("[O]", node->json);
			const json_t *list = json_is_array(node->json) ? node->json : one, *entry;
			size_t i;

			json_array_foreach((json_t *)list, i, entry)
			{
				const char *id = ym_json_str(entry, "id");
				struct ym_spot s = list == one
					? ym_lint_spot(l, node, "id")
					: ym_lint_spot(l, node, "[%zu].id", i);

				if (id[0] && !json_object_get(l->used[sections[k]], id) &&
					!is_of_program(sections[k], id))
					ym_lint_warn(s, N_("Nothing uses this entry"), id);
			}
		}
	}
}

/* Days since the publication: old first, then stale. */
static void
check_pack(struct ym_lint *l, const struct ym_node *node)
{
	long long old = ym_json_int(node->json, "old_days", YM_COMPILED_OLD_DAYS),
		  stale = ym_json_int(node->json, "stale_days", YM_COMPILED_STALE_DAYS);

	if (old < 1 || stale <= old || stale > 3650)
		ym_lint_error(ym_lint_spot(l, node, json_object_get(node->json, "stale_days") ? "stale_days" : "old_days"),
			N_("A catalogue is old after at least a day, and stale later"), "");
}

static void
check_all(struct ym_lint *l)
{
	static void (*const checks[YM_N_PARTS])(struct ym_lint *, const struct ym_node *) = {
		[YM_PART_PACK] = check_pack,
		[YM_PART_ITEM] = ym_lint_item,
		[YM_PART_BUNDLE] = ym_lint_bundle,
		[YM_PART_CALENDAR] = check_calendar,
		[YM_PART_PAPER] = check_paper,
		[YM_PART_TABLE] = ym_lint_stem,
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

static bool
is_number(void *user, const char *datum)
{
	const struct ym_lint *l = user;

	return !strcmp(ym_json_str(json_object_get(l->ids[YM_PART_DATUMS], datum), "type"), "int");
}

enum ym_code
ym_lint_parts(struct ym_parts *p, struct ym_error *err)
{
	struct ym_lint l = { .parts = p, .questions = json_object() };
	enum ym_code code = ym_rules_new(NULL, &l.rules, err);
	YM_FREE char *where = NULL;

	if (!code) {
		index_all(&l);
		ym_rules_know_numbers(l.rules, is_number, &l);
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
