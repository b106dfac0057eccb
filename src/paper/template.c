/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A template and a context become a document: placeholders resolved, repeats expanded, conditions applied.
 * Not layout. Invariant: either every placeholder is resolved or nothing is returned.
 */
#include "paper/paper.h"

#include <ctype.h>

#include "yimen/text.h"

#define TEXT_MAX (64u << 10)
#define BLOCKS_MAX 400

struct scope {
	const json_t *root;
	const json_t *element; /* inside an each, or NULL */
	size_t number;         /* of the element, from 1 */
};

struct block_kind {
	const char *type;
	const char *texts[2];  /* members that hold placeholder text */
	const char *others[6]; /* other members it may have */
};

static const struct block_kind block_kinds[] = {
	{ "title", { "text" }, { NULL } },
	{ "number", { "text" }, { NULL } },
	{ "heading", { "text" }, { NULL } },
	{ "text", { "text" }, { "align", "indent", "bold" } },
	{ "fields", { NULL }, { "columns", "rows", "each", "row" } },
	{ "table", { NULL }, { "columns", "each", "cells" } },
	{ "list", { "text" }, { "each", "items" } },
	{ "signature", { NULL }, { "items" } },
	{ "seal", { "text" }, { NULL } },
	{ "qr", { "text", "caption" }, { NULL } },
	{ "space", { NULL }, { "lines" } },
	{ "rule", { NULL }, { NULL } },
	{ "page", { NULL }, { NULL } },
};

static const char *const filters[] = { "mask", "name", "phone", "date", "money", "last4" };

static const struct block_kind *
kind_of(const char *type)
{
	for (size_t i = 0; i < YM_ARRAY_LEN(block_kinds); i++)
		if (ym_streq(block_kinds[i].type, type))
			return &block_kinds[i];
	return NULL;
}

static const json_t *
look_in(const json_t *from, const char *path, size_t n)
{
	while (from && n) {
		const char *dot = memchr(path, '.', n);
		size_t part = dot ? (size_t)(dot - path) : n;
		char key[64];

		if (part >= sizeof key)
			return NULL;
		memcpy(key, path, part);
		key[part] = 0;
		from = json_object_get(from, key);
		n -= part;
		path += part;
		if (n) {
			n--;
			path++;
		}
	}
	return from;
}

static const json_t *
look_up(const struct scope *s, const char *path, size_t n)
{
	const json_t *found = s->element ? look_in(s->element, path, n) : NULL;

	return found ? found : look_in(s->root, path, n);
}

static bool
is_present(const json_t *j)
{
	switch (j ? json_typeof(j) : JSON_NULL) {
	case JSON_NULL:
	case JSON_FALSE:
		return false;
	case JSON_STRING:
		return json_string_length(j) > 0;
	case JSON_INTEGER:
		return json_integer_value(j) != 0;
	case JSON_ARRAY:
		return json_array_size(j) > 0;
	case JSON_OBJECT:
		return json_object_size(j) > 0;
	default:
		return true;
	}
}

static bool
applies(const struct scope *s, const json_t *block)
{
	const char *when = ym_json_str(block, "when");
	bool negate = *when == '!';

	if (!*when)
		return true;
	when += negate;
	return is_present(look_up(s, when, strlen(when))) != negate;
}

static void
put_filtered(struct ym_buf *out, const char *value, const char *filter)
{
	char text[512];
	size_t n = strlen(value);

	if (!*filter) {
		ym_buf_adds(out, value);
	} else if (ym_streq(filter, "mask")) {
		ym_text_mask_number(text, sizeof text, value);
		ym_buf_adds(out, text);
	} else if (ym_streq(filter, "name")) {
		ym_text_mask_name(text, sizeof text, value);
		ym_buf_adds(out, text);
	} else if (ym_streq(filter, "phone")) {
		ym_text_mask_phone(text, sizeof text, value);
		ym_buf_adds(out, text);
	} else if (ym_streq(filter, "last4")) {
		ym_buf_adds(out, n > 4 ? value + n - 4 : value);
	} else if (ym_streq(filter, "money")) {
		long long fen = strtoll(value, NULL, 10);

		ym_buf_addf(out, "%lld.%02lld元", fen / 100, fen % 100);
	} else if (n >= 10 && value[4] == '-' && value[7] == '-') { /* date */
		ym_buf_addf(out, "%.4s年%d月%d日%s", value, atoi(value + 5), atoi(value + 8), value + 10);
	} else {
		ym_buf_adds(out, value);
	}
}

static enum ym_code
put_value(const struct scope *s, const char *spec, size_t n, struct ym_buf *out, struct ym_error *err)
{
	const char *bar = memchr(spec, '|', n);
	size_t path_n = bar ? (size_t)(bar - spec) : n;
	char filter[16] = "", path[96];
	bool optional;
	const json_t *j;

	if (bar)
		snprintf(filter, sizeof filter, "%.*s", (int)(n - path_n - 1), bar + 1);
	optional = path_n && spec[path_n - 1] == '?';
	path_n -= optional;
	if (path_n == 1 && *spec == '#') {
		ym_buf_addf(out, "%zu", s->number);
		return YM_OK;
	}
	j = look_up(s, spec, path_n);
	if (json_is_string(j)) {
		put_filtered(out, json_string_value(j), filter);
		return YM_OK;
	}
	if (json_is_integer(j)) {
		char number[24];

		snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
		put_filtered(out, number, filter);
		return YM_OK;
	}
	if (optional)
		return YM_OK;
	snprintf(path, sizeof path, "%.*s", (int)(path_n < 90 ? path_n : 90), spec);
	return ym_fail_on(err, YM_INVALID, N_("A value that this paper must carry is not known"), path, "%s", path);
}

/* Scan text; each placeholder goes to put (resolving) or is only looked at (put NULL: checking). */
static enum ym_code
expand(const struct scope *s, const char *text, struct ym_buf *out, struct ym_error *err)
{
	for (const char *p = text; *p; p++) {
		const char *end;
		enum ym_code code;

		if (p[0] == '{' && p[1] == '{') {
			ym_buf_addc(out, '{');
			p++;
			continue;
		}
		if (*p != '{' || !(end = strchr(p, '}'))) {
			ym_buf_addc(out, *p);
			continue;
		}
		code = put_value(s, p + 1, (size_t)(end - p - 1), out, err);
		if (code)
			return code;
		p = end;
	}
	return YM_OK;
}

static enum ym_code
expand_json(const struct scope *s, const json_t *text, json_t **ret, struct ym_error *err)
{
	YM_BUF out = { .max = TEXT_MAX };
	enum ym_code code = expand(s, json_is_string(text) ? json_string_value(text) : "", &out, err);

	if (!code)
		*ret = json_string(ym_buf_str(&out));
	return code;
}

/* An array of texts, or of arrays of texts, expanded. */
static enum ym_code
expand_array(const struct scope *s, const json_t *in, json_t *out, struct ym_error *err)
{
	for (size_t i = 0; i < json_array_size(in); i++) {
		const json_t *cell = json_array_get(in, i);
		json_t *done = NULL;
		enum ym_code code;

		if (json_is_array(cell)) {
			done = json_array();
			code = expand_array(s, cell, done, err);
		} else {
			code = expand_json(s, cell, &done, err);
		}
		if (code) {
			json_decref(done);
			return code;
		}
		json_array_append_new(out, done);
	}
	return YM_OK;
}

/* Repeat `pattern` (a text or an array of texts) over the array at each. */
static enum ym_code
repeat(const struct scope *s, const char *each, const json_t *pattern, json_t *out, struct ym_error *err)
{
	const json_t *array = look_up(s, each, strlen(each));

	for (size_t i = 0; i < json_array_size(array); i++) {
		struct scope inner = { s->root, json_array_get(array, i), i + 1 };
		json_t *done = NULL;
		enum ym_code code;

		if (json_is_array(pattern)) {
			done = json_array();
			code = expand_array(&inner, pattern, done, err);
		} else {
			code = expand_json(&inner, pattern, &done, err);
		}
		if (code) {
			json_decref(done);
			return code;
		}
		json_array_append_new(out, done);
	}
	return YM_OK;
}

static enum ym_code
resolve_rows(const struct scope *s, const json_t *block, const struct block_kind *kind, json_t *out, struct ym_error *err)
{
	const char *each = ym_json_str(block, "each");
	json_t *rows = json_array();
	enum ym_code code;
	const json_t *pattern;

	if (ym_streq(kind->type, "fields"))
		pattern = json_object_get(block, *each ? "row" : "rows");
	else if (ym_streq(kind->type, "table"))
		pattern = json_object_get(block, "cells");
	else
		pattern = json_object_get(block, *each ? "text" : "items");
	code = *each ? repeat(s, each, pattern, rows, err) : expand_array(s, pattern, rows, err);
	json_object_set_new(out, "rows", rows);
	return code;
}

static enum ym_code
resolve_block(const struct scope *s, const json_t *block, json_t *ret, struct ym_error *err)
{
	const struct block_kind *kind = kind_of(ym_json_str(block, "type"));
	YM_JSON *out = json_object();
	enum ym_code code = YM_OK;

	if (!kind)
		return ym_fail_on(err, YM_INVALID, N_("Unknown kind of block in a paper"), ym_json_str(block, "type"), NULL);
	json_object_set_new(out, "type", json_string(kind->type));
	for (size_t i = 0; i < YM_ARRAY_LEN(kind->others) && kind->others[i]; i++) {
		json_t *other = json_object_get(block, kind->others[i]);

		if (other && !ym_streq(kind->others[i], "rows") && !ym_streq(kind->others[i], "items"))
			json_object_set(out, kind->others[i], other);
	}
	if (ym_streq(kind->type, "fields") || ym_streq(kind->type, "table") || ym_streq(kind->type, "list") ||
	    ym_streq(kind->type, "signature")) {
		code = resolve_rows(s, block, kind, out, err);
	} else {
		for (size_t i = 0; i < YM_ARRAY_LEN(kind->texts) && kind->texts[i] && !code; i++) {
			json_t *text = NULL;

			code = expand_json(s, json_object_get(block, kind->texts[i]), &text, err);
			if (!code)
				json_object_set_new(out, kind->texts[i], text);
		}
	}
	if (!code)
		json_array_append(ret, out);
	return code;
}

enum ym_code
ym_paper_resolve(const json_t *tmpl, const json_t *context, json_t **ret, struct ym_error *err)
{
	static const char *const kept[] = { "id", "code", "size", "copies", "signable" };
	struct scope s = { context, NULL, 0 };
	YM_JSON *doc = json_object();
	json_t *blocks = json_array(), *title = NULL;
	const json_t *in = json_object_get(tmpl, "blocks");
	enum ym_code code;

	json_object_set_new(doc, "blocks", blocks);
	for (size_t i = 0; i < YM_ARRAY_LEN(kept); i++)
		if (json_object_get(tmpl, kept[i]))
			json_object_set(doc, kept[i], json_object_get(tmpl, kept[i]));
	json_object_set_new(doc, "practice", json_boolean(is_present(json_object_get(context, "practice"))));
	code = expand_json(&s, json_object_get(tmpl, "title"), &title, err);
	if (code)
		return code;
	json_object_set_new(doc, "title", title);
	for (size_t i = 0; i < json_array_size(in); i++) {
		const json_t *block = json_array_get(in, i);

		if (!applies(&s, block))
			continue;
		code = resolve_block(&s, block, blocks, err);
		if (code)
			return code;
	}
	*ret = json_incref(doc);
	return YM_OK;
}

static enum ym_code
check_text(const char *text, const char *name, struct ym_error *err)
{
	for (const char *p = text; (p = strchr(p, '{')); p++) {
		const char *end = strchr(p, '}'), *bar;
		bool known = false;

		if (p[1] == '{') {
			p++;
			continue;
		}
		if (!end || end == p + 1)
			return ym_fail_on(err, YM_INVALID, N_("A placeholder is not closed or is empty"), name, "%.60s", p);
		for (const char *q = p + 1; q < end; q++)
			if (!isalnum((unsigned char)*q) && !strchr("_.?#|", *q))
				return ym_fail_on(err, YM_INVALID, N_("A placeholder holds a character it may not"), name, "%.60s", p);
		bar = memchr(p, '|', (size_t)(end - p));
		for (size_t i = 0; bar && i < YM_ARRAY_LEN(filters); i++)
			known |= strlen(filters[i]) == (size_t)(end - bar - 1) && !strncmp(bar + 1, filters[i], strlen(filters[i]));
		if (bar && !known)
			return ym_fail_on(err, YM_INVALID, N_("A placeholder names an unknown filter"), name, "%.60s", p);
		p = end;
	}
	return YM_OK;
}

static enum ym_code
check_texts(const json_t *j, const char *name, struct ym_error *err)
{
	const char *key;
	json_t *value;
	enum ym_code code = YM_OK;

	if (json_is_string(j))
		return check_text(json_string_value(j), name, err);
	if (json_is_array(j))
		for (size_t i = 0; i < json_array_size(j) && !code; i++)
			code = check_texts(json_array_get(j, i), name, err);
	if (json_is_object(j))
		json_object_foreach((json_t *)j, key, value)
			if (!code)
				code = check_texts(value, name, err);
	return code;
}

static enum ym_code
check_block(const json_t *block, const char *name, struct ym_error *err)
{
	const char *type = ym_json_str(block, "type"), *key;
	const struct block_kind *kind = kind_of(type);
	json_t *value;

	if (!kind)
		return ym_fail_on(err, YM_INVALID, N_("Unknown kind of block in a paper"), name, "type \"%s\"", type);
	json_object_foreach((json_t *)block, key, value) {
		bool known = ym_streq(key, "type") || ym_streq(key, "when");

		for (size_t i = 0; i < YM_ARRAY_LEN(kind->texts) && kind->texts[i]; i++)
			known |= ym_streq(key, kind->texts[i]);
		for (size_t i = 0; i < YM_ARRAY_LEN(kind->others) && kind->others[i]; i++)
			known |= ym_streq(key, kind->others[i]);
		if (!known)
			return ym_fail_on(err, YM_INVALID, N_("A block of a paper has an unknown member"), name, "%s.%s", type, key);
	}
	return check_texts(block, name, err);
}

enum ym_code
ym_paper_check(const json_t *tmpl, const char *name, struct ym_error *err)
{
	static const char *const known[] = { "id", "code", "title", "size", "copies", "signable", "seal", "blocks", "source", "notes" };
	const json_t *blocks = json_object_get(tmpl, "blocks");
	const char *size = ym_json_str_or(tmpl, "size", "A4"), *key;
	json_t *value;
	enum ym_code code;

	if (!json_is_object(tmpl) || !*ym_json_str(tmpl, "id") || !*ym_json_str(tmpl, "title") || !json_is_array(blocks))
		return ym_fail_on(err, YM_INVALID, N_("A paper needs an id, a title and blocks"), name, NULL);
	json_object_foreach((json_t *)tmpl, key, value) {
		bool ok = false;

		for (size_t i = 0; i < YM_ARRAY_LEN(known); i++)
			ok |= ym_streq(key, known[i]);
		if (!ok)
			return ym_fail_on(err, YM_INVALID, N_("A paper has an unknown member"), name, "%s", key);
	}
	if (!ym_streq(size, "A4") && !ym_streq(size, "receipt"))
		return ym_fail_on(err, YM_INVALID, N_("A paper is A4 or a receipt"), name, "%s", size);
	if (json_array_size(blocks) > BLOCKS_MAX)
		return ym_fail_on(err, YM_INVALID, N_("A paper has too many blocks"), name, NULL);
	code = check_text(ym_json_str(tmpl, "title"), name, err);
	for (size_t i = 0; i < json_array_size(blocks) && !code; i++)
		code = check_block(json_array_get(blocks, i), name, err);
	return code;
}
