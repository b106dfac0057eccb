/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * jansson behind limits and errors that name file and line. Not a schema validator.
 * Invariant: the text of a parse error never quotes the data, which may be personal.
 */
#include "base/json.h"

#include "base/file.h"

enum ym_code
ym_json_parse(const char *data, size_t n, const char *name, json_t **ret, struct ym_error *err)
{
	json_error_t why;
	char where[96];
	char *quote;
	json_t *j;

	if (n > YM_JSON_MAX)
		return ym_fail_on(
			err, YM_INVALID, N_("The file is too large"), name, "%zu bytes of JSON", n);
	j = json_loadb(n ? data : "", n, JSON_REJECT_DUPLICATES, &why);
	if (j) {
		*ret = j;
		return YM_OK;
	}
	/* jansson quotes what stands near the fault; that may be somebody's name. */
	quote = strstr(why.text, " near ");
	if (quote)
		*quote = 0;
	snprintf(where, sizeof where, "%.70s:%d", name ? name : "", why.line < 1 ? 1 : why.line);
	return ym_fail_on(err, YM_INVALID, N_("The data is not well-formed JSON"), where,
		"line %d column %d: %s", why.line, why.column, why.text);
}

enum ym_code
ym_json_load(const char *path, json_t **ret, struct ym_error *err)
{
	YM_BUF text = { 0 };
	enum ym_code code = ym_file_read(path, YM_JSON_MAX, &text, err);
	const char *base = strrchr(path, '/');

	if (code)
		return code;
	return ym_json_parse(ym_buf_str(&text), text.len, base ? base + 1 : path, ret, err);
}

char *
ym_json_dump(const json_t *j)
{
	char *s = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

	if (!s)
		abort(); /* no value, a cycle, or memory: ours in every case */
	return s;
}

char *
ym_json_line(const json_t *j)
{
	char *s = json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);

	if (!s)
		abort(); /* as above */
	return s;
}

enum ym_code
ym_json_save(const char *path, const json_t *j, struct ym_error *err)
{
	YM_FREE char *s = json_dumps(j, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	YM_BUF text = { 0 };

	if (!s)
		abort();
	ym_buf_adds(&text, s);
	ym_buf_addc(&text, '\n');
	explicit_bzero(s, strlen(s));
	if (text.overflow)
		return ym_fail_on(err, YM_INVALID, N_("The file is too large"), path, NULL);
	return ym_file_write(path, text.data, text.len, 0600, err);
}

const char *
ym_json_str_or(const json_t *obj, const char *key, const char *dflt)
{
	const char *s = json_string_value(json_object_get(obj, key));

	return s ? s : dflt;
}

const char *
ym_json_str(const json_t *obj, const char *key)
{
	return ym_json_str_or(obj, key, "");
}

long long
ym_json_int(const json_t *obj, const char *key, long long dflt)
{
	const json_t *v = json_object_get(obj, key);

	return json_is_integer(v) ? json_integer_value(v) : dflt;
}

bool
ym_json_bool(const json_t *obj, const char *key, bool dflt)
{
	const json_t *v = json_object_get(obj, key);

	return json_is_boolean(v) ? json_is_true(v) : dflt;
}

void
ym_json_put(json_t *obj, const char *key, const char *value)
{
	if (value && *value)
		json_object_set_new(obj, key, json_string(value));
}

enum ym_code
ym_json_need(const json_t *obj, const char *key, json_type type, const char *name, json_t **ret,
	struct ym_error *err)
{
	json_t *v = json_object_get(obj, key);
	char where[96];

	/* One boolean type to the reader, two to jansson. */
	bool fits = v &&
		(json_typeof(v) == type ||
			(json_is_boolean(v) && (type == JSON_TRUE || type == JSON_FALSE)));

	if (fits) {
		*ret = v;
		return YM_OK;
	}
	snprintf(where, sizeof where, "%.60s: %.30s", name ? name : "", key);
	return ym_fail_on(err, YM_INVALID,
		v ? N_("An entry has the wrong type") : N_("A required entry is missing"), where,
		NULL);
}
