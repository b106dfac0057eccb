/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reading the files of a data folder, or one pack document, into nodes. Not their meaning (lint.c).
 * Invariant: a file that is left out has been reported as an error.
 */
#include "catalog/parts.h"

#include <dirent.h>

#include "base/file.h"

#define FILE_MAX (8u << 20)

static const char *const vocabulary[] = { "roles", "datums", "kinds", "registers" };

/* -- lines -- */

static const char *
skip_blank(const char *s)
{
	return s + strspn(s, " \t\r\n");
}

static const char *
skip_string(const char *s)
{
	for (s++; *s && *s != '"'; s++)
		if (*s == '\\' && s[1])
			s++;
	return *s ? s + 1 : s;
}

/* Past one value; the text is known to be well-formed. */
static const char *
skip_value(const char *s)
{
	int depth = 0;

	s = skip_blank(s);
	do {
		if (*s == '"') {
			s = skip_string(s);
			continue;
		}
		if (*s == '{' || *s == '[')
			depth++;
		else if (*s == '}' || *s == ']')
			depth--;
		else if (depth == 0)
			return s + strcspn(s, ",]} \t\r\n");
		if (*s)
			s++;
	} while (*s && depth > 0);
	return s;
}

/* The value of one path step inside the value at s; NULL when it is not there. *path moves past the step. */
static const char *
descend(const char *s, const char **path)
{
	size_t n;

	s = skip_blank(s);
	if (**path == '[') {
		char *end;
		long i = strtol(*path + 1, &end, 10);

		*path = *end ? end + 1 : end;
		if (*s != '[')
			return NULL;
		for (s = skip_blank(s + 1); i > 0 && *s && *s != ']'; i--) {
			s = skip_blank(skip_value(s));
			if (*s == ',')
				s = skip_blank(s + 1);
		}
		return *s && *s != ']' ? s : NULL;
	}
	if (**path == '.')
		(*path)++;
	n = strcspn(*path, ".[");
	if (*s != '{') {
		*path += n;
		return NULL;
	}
	for (s = skip_blank(s + 1); *s == '"';) {
		const char *key = s + 1, *end = skip_string(s);
		bool same = (size_t)(end - 1 - key) == n && !memcmp(key, *path, n);

		s = skip_blank(end);
		if (*s == ':')
			s = skip_blank(s + 1);
		if (same) {
			*path += n;
			return s;
		}
		s = skip_blank(skip_value(s));
		if (*s == ',')
			s = skip_blank(s + 1);
	}
	*path += n;
	return NULL;
}

/* The line of "days[i]" of a calendar file. */
static int
calendar_line(const char *text, const char *path)
{
	const char *index = strchr(path, '[');
	int i = index ? atoi(index + 1) : 0, line = 1;

	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n', line++)
		if (*s != '#' && *s != '\n' && *s != '\r' && i-- == 0)
			return line;
	return line;
}

int
ym_parts_line(const char *text, const char *path)
{
	const char *at = skip_blank(text), *next;
	int line = 1;

	if (*at != '{' && *at != '[')
		return calendar_line(text, path);

	while (*path && (next = descend(at, &path)))
		at = next;
	for (const char *s = text; s < at; s++)
		line += *s == '\n';
	return line;
}

/* -- reports -- */

void
ym_parts_report(struct ym_parts *p, bool is_error, const struct ym_node *node, const char *path,
	const char *msgid, const char *subject)
{
	struct ym_problem problem = { .is_error = is_error, .msgid = msgid };
	const char *id = "";
	char full[256];

	if (p->n_errors + p->n_warnings >= YM_PARTS_MAX_PROBLEMS) {
		p->n_errors += is_error;
		return;
	}
	if (node) {
		snprintf(full, sizeof full, "%s%s%s", node->prefix,
			node->prefix[0] && path[0] && path[0] != '[' ? "." : "", path);
		problem.line = node->text ? ym_parts_line(node->text, full) : 0;
		if (json_is_object(node->json))
			id = ym_json_str(node->json, "id");
		if (!node->file[0] && !id[0])
			id = node->prefix;
		ym_strlcpy(problem.file, node->file, sizeof problem.file);
	}
	snprintf(full, sizeof full, "%s%s%s", id, id[0] && path[0] ? " " : "", path);
	ym_strlcpy(problem.where, full, sizeof problem.where);
	ym_strlcpy(problem.subject, subject, sizeof problem.subject);
	snprintf(full, sizeof full, "%s%s%s", msgid, problem.subject[0] ? ": " : "",
		problem.subject);
	ym_strlcpy(problem.text, full, sizeof problem.text);
	if (is_error && !p->n_errors++)
		p->first = problem;
	p->n_warnings += !is_error;
	if (p->fn)
		p->fn(p->user, &problem);
}

/* A file that could not be read or parsed; err->subject ends in ":line" for bad JSON. */
static void
report_file(struct ym_parts *p, const char *file, const struct ym_error *err)
{
	struct ym_problem problem = { .is_error = true, .msgid = err->msgid, .line = 1 };
	const char *colon = strrchr(err->subject, ':');

	if (colon && colon[1] >= '0' && colon[1] <= '9')
		problem.line = atoi(colon + 1);
	ym_strlcpy(problem.file, file, sizeof problem.file);
	ym_strlcpy(problem.subject, err->detail, sizeof problem.subject);
	snprintf(problem.text, sizeof problem.text, "%s: %.150s", err->msgid, err->detail);
	if (!p->n_errors++)
		p->first = problem;
	if (p->fn)
		p->fn(p->user, &problem);
}

/* -- nodes -- */

static char *
own(struct ym_parts *p, char *s)
{
	p->owned = ym_realloc_array(p->owned, (size_t)p->n_owned + 1, sizeof *p->owned);
	return p->owned[p->n_owned++] = s;
}

static bool
is_same(const json_t *a, const json_t *b)
{
	const char *id = ym_json_str(a, "id");

	if (json_object_get(a, "year"))
		return ym_json_int(a, "year", 0) == ym_json_int(b, "year", 0);
	return id[0] && !strcmp(id, ym_json_str(b, "id"));
}

static void
add_node(struct ym_parts *p, enum ym_section s, const char *file, const char *text,
	const char *prefix, json_t *json, bool replace)
{
	struct ym_section_nodes *all = &p->section[s];
	struct ym_node *node = NULL;

	for (int i = 0; replace && i < all->n && !node; i++)
		if (s < YM_PART_TABLE || is_same(json, all->nodes[i].json))
			node = &all->nodes[i];
	if (node) {
		json_decref(node->json);
	} else if (all->n >= YM_PARTS_MAX) {
		json_decref(json);
		ym_parts_report(p, true, NULL, "", N_("The catalogue has too many entries"), file);
		return;
	} else {
		all->nodes = ym_realloc_array(all->nodes, (size_t)all->n + 1, sizeof *all->nodes);
		node = &all->nodes[all->n++];
	}
	*node = (struct ym_node){ .file = file, .text = text, .json = json };
	ym_strlcpy(node->prefix, prefix, sizeof node->prefix);
}

/* The named arrays of an object as nodes of their own. */
static void
add_vocabulary(
	struct ym_parts *p, const char *file, const char *text, const json_t *whole, bool replace)
{
	for (size_t i = 0; i < YM_ARRAY_LEN(vocabulary); i++) {
		json_t *list = json_object_get(whole, vocabulary[i]);

		if (list)
			add_node(p, (enum ym_section)(YM_PART_ROLES + i), file, text, vocabulary[i],
				json_incref(list), replace);
	}
}

/* -- folders -- */

/* The calendar's lines as the JSON the document holds; every bad line is reported. */
static json_t *
parse_calendar(struct ym_parts *p, const char *file, const char *text)
{
	const char *stem = strrchr(file, '/');
	json_t *year = json_object(), *days = json_array();
	struct ym_node at = { .file = file, .text = text };
	int entry = 0;

	json_object_set_new(year, "year", json_integer(atoi(stem ? stem + 1 : file)));
	json_object_set_new(year, "days", days);
	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		size_t n = strcspn(s, "\r\n");

		if (n == 0 || *s == '#')
			continue;
		entry++;
		if (n < 13 || n > 80 || s[10] != ',' || s[12] != ',') {
			char where[32];

			snprintf(where, sizeof where, "days[%d]", entry - 1);
			ym_parts_report(
				p, true, &at, where, N_("A calendar line is date,H or W,name"), "");
			continue;
		}
		json_array_append_new(
			days, json_pack("[s#s#s#]", s, 10, s + 11, 1, s + 13, (int)n - 13));
	}
	return year;
}

static void
load_file(
	struct ym_parts *p, const char *dir, const char *rel, enum ym_section section, bool replace)
{
	YM_FREE char *path = ym_asprintf("%s/%s", dir, rel);
	YM_BUF text = { 0 };
	struct ym_error err = { 0 };
	char *file, *bytes;
	json_t *json;
	int before = p->n_errors;

	if (ym_file_read(path, FILE_MAX, &text, &err)) {
		report_file(p, rel, &err);
		return;
	}
	if (section == YM_PART_CALENDAR) {
		file = own(p, ym_strdup(rel));
		bytes = own(p, ym_strdup(ym_buf_str(&text)));
		json = parse_calendar(p, file, bytes);
		if (p->n_errors == before)
			add_node(p, section, file, bytes, "", json, replace);
		else
			json_decref(json);
		return;
	}
	if (ym_json_parse(ym_buf_str(&text), text.len, rel, &json, &err)) {
		report_file(p, rel, &err);
		return;
	}
	file = own(p, ym_strdup(rel));
	bytes = own(p, ym_buf_take(&text));
	if (!json_is_object(json)) {
		struct ym_node node = { .file = file, .text = bytes, .json = json };

		ym_parts_report(p, true, &node, "", N_("The file must hold one JSON object"), "");
		json_decref(json);
		return;
	}
	if (section == YM_PART_ROLES) {
		struct ym_node node = { .file = file, .text = bytes, .json = json };
		const char *key;
		json_t *value;

		json_object_foreach(json, key, value)
		{
			bool known = false;

			for (size_t i = 0; i < YM_ARRAY_LEN(vocabulary); i++)
				known |= !strcmp(key, vocabulary[i]);
			if (!known)
				ym_parts_report(p, true, &node, key, N_("Unknown key"), key);
		}
		add_vocabulary(p, file, bytes, json, replace);
		json_decref(json);
		return;
	}
	add_node(p, section, file, bytes, "", json, replace);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every file below dir/rel with the given end, two levels deep at most, in order of name. */
static void
load_folder(struct ym_parts *p, const char *dir, const char *rel, const char *end, int depth,
	enum ym_section section, bool replace)
{
	YM_FREE char *path = ym_asprintf("%s/%s", dir, rel);
	DIR *d = opendir(path);
	struct dirent *e;
	char **names = NULL;
	size_t n = 0;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] != '.' && n < YM_PARTS_MAX) {
			names = ym_realloc_array(names, n + 1, sizeof *names);
			names[n++] = ym_strdup(e->d_name);
		}
	}
	if (d)
		closedir(d);
	if (n)
		qsort(names, n, sizeof *names, by_name);
	for (size_t i = 0; i < n; i++) {
		YM_FREE char *below = ym_asprintf("%s/%s", rel, names[i]);
		size_t len = strlen(names[i]), end_len = strlen(end);

		if (len > end_len && !strcmp(names[i] + len - end_len, end))
			load_file(p, dir, below, section, replace);
		else if (depth > 0)
			load_folder(p, dir, below, end, depth - 1, section, replace);
		free(names[i]);
	}
	free(names);
}

static enum ym_code
load(struct ym_parts *p, const char *dir, bool overlay, struct ym_error *err)
{
	static const struct {
		const char *folder, *end;
		int depth;
		enum ym_section section;
	} folders[] = {
		{ "vocabulary", ".json", 0, YM_PART_ROLES },
		{ "tables", ".json", 0, YM_PART_TABLE },
		{ "calendar", ".csv", 0, YM_PART_CALENDAR },
		{ "catalog", ".json", 1, YM_PART_ITEM },
		{ "bundles", ".json", 0, YM_PART_BUNDLE },
		{ "papers", ".json", 0, YM_PART_PAPER },
	};
	YM_FREE char *pack = ym_asprintf("%s/pack.json", dir);

	if (access(dir, R_OK | X_OK))
		return ym_fail_on(err, YM_IO, N_("Cannot read the folder of the catalogue"), dir,
			"access: %m");
	if (!overlay || ym_file_exists(pack))
		load_file(p, dir, "pack.json", YM_PART_PACK, overlay);
	for (size_t i = 0; i < YM_ARRAY_LEN(folders); i++)
		load_folder(p, dir, folders[i].folder, folders[i].end, folders[i].depth,
			folders[i].section, overlay);
	return YM_OK;
}

enum ym_code
ym_parts_load(struct ym_parts *p, const char *dir, struct ym_error *err)
{
	return load(p, dir, false, err);
}

enum ym_code
ym_parts_overlay(struct ym_parts *p, const char *dir, struct ym_error *err)
{
	return load(p, dir, true, err);
}

/* -- documents -- */

enum ym_code
ym_parts_parse(struct ym_parts *p, const char *doc, size_t n, struct ym_error *err)
{
	static const struct {
		const char *key;
		enum ym_section section;
	} lists[] = {
		{ "tables", YM_PART_TABLE },
		{ "calendar", YM_PART_CALENDAR },
		{ "items", YM_PART_ITEM },
		{ "bundles", YM_PART_BUNDLE },
		{ "papers", YM_PART_PAPER },
	};
	YM_JSON *whole = NULL;
	enum ym_code code = ym_json_parse(doc, n, "", &whole, err);
	struct ym_node top = { .file = "" };
	const char *text, *key;
	json_t *value;

	if (code)
		return code;
	if (!json_is_object(whole) || ym_json_int(whole, "format", 0) != YM_PARTS_FORMAT)
		return ym_fail(err, YM_INVALID,
			N_("This is not a catalogue pack of a known format"), NULL);
	text = own(p, ym_strndup(doc, n));
	top.text = text;
	json_object_foreach(whole, key, value)
	{
		bool is_known = !strcmp(key, "format") || !strcmp(key, "pack");

		for (size_t i = 0; i < YM_ARRAY_LEN(vocabulary); i++)
			is_known |= !strcmp(key, vocabulary[i]);
		for (size_t i = 0; i < YM_ARRAY_LEN(lists); i++)
			is_known |= !strcmp(key, lists[i].key);
		if (!is_known)
			ym_parts_report(p, true, &top, key, N_("Unknown key"), key);
	}
	value = json_object_get(whole, "pack");
	if (value)
		add_node(p, YM_PART_PACK, "", text, "pack", json_incref(value), false);
	add_vocabulary(p, "", text, whole, false);
	for (size_t i = 0; i < YM_ARRAY_LEN(lists); i++) {
		json_t *list = json_object_get(whole, lists[i].key), *element;
		size_t at;

		if (list && !json_is_array(list))
			ym_parts_report(p, true, &top, lists[i].key,
				N_("An entry has the wrong type"), lists[i].key);
		json_array_foreach(list, at, element)
		{
			char prefix[48];

			snprintf(prefix, sizeof prefix, "%s[%zu]", lists[i].key, at);
			if (p->section[lists[i].section].n >= YM_PARTS_MAX)
				return ym_fail(err, YM_INVALID,
					N_("The catalogue has too many entries"), NULL);
			add_node(
				p, lists[i].section, "", text, prefix, json_incref(element), false);
		}
	}
	return YM_OK;
}

void
ym_parts_release(struct ym_parts *p)
{
	for (int s = 0; s < YM_N_PARTS; s++) {
		for (int i = 0; i < p->section[s].n; i++)
			json_decref(p->section[s].nodes[i].json);
		free(p->section[s].nodes);
	}
	for (int i = 0; i < p->n_owned; i++)
		free(p->owned[i]);
	free(p->owned);
	memset(p, 0, sizeof *p);
}
