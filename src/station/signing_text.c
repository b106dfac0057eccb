/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See signing_text.h. Times and pressures are kept as they were measured: whoever has to compare signatures one day needs them.
 */
#include "station/signing_text.h"

#include "crypt/crypt.h"

#define UNREADABLE N_("The signature of this paper cannot be opened: the paper is not shown without it")

void
ym_signing_digest(const json_t *document, char ret[65])
{
	char *text = ym_json_dump(document);
	uint8_t digest[YM_SM3_LEN];

	ym_sm3(text, strlen(text), digest);
	ym_hex(ret, digest, sizeof digest);
	explicit_bzero(text, strlen(text));
	free(text);
}

int
ym_signing_places(const json_t *document)
{
	const json_t *block;
	size_t i;
	int n = 0;

	json_array_foreach(json_object_get(document, "blocks"), i, block)
		n += ym_streq(ym_json_str(block, "type"), "signature");
	return n;
}

void
ym_signing_write(const json_t *document, const struct ym_strokes *strokes, const char *date, struct ym_buf *ret)
{
	json_t *points = json_array(), *ms = json_array();
	YM_JSON *all = NULL;
	char *text;

	for (size_t i = 0; i < strokes->n; i++) {
		const struct ym_stroke_point *p = &strokes->points[i];

		json_array_append_new(points, json_integer(p->x));
		json_array_append_new(points, json_integer(p->y));
		json_array_append_new(points, json_integer(p->pressure));
		json_array_append_new(ms, json_integer(p->ms));
	}
	all = json_pack("{si ss sO s{si si sb so so}}", "v", 1, "date", date, "document", document, "strokes", "width", strokes->width, "height",
		strokes->height, "pressure", strokes->has_pressure, "points", points, "ms", ms);
	text = ym_json_line(all);
	ym_buf_adds(ret, text);
	explicit_bzero(text, strlen(text));
	free(text);
}

static bool
are_numbers(const json_t *list, long long max)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > max)
			return false;
	return json_is_array(list);
}

static bool
are_strokes(const json_t *s)
{
	const json_t *points = json_object_get(s, "points"), *ms = json_object_get(s, "ms");
	size_t n = json_array_size(ms);
	long long w = ym_json_int(s, "width", 0), h = ym_json_int(s, "height", 0);

	return w > 0 && w <= 65535 && h > 0 && h <= 65535 && n > 0 && n <= YM_SIGNING_POINTS && json_array_size(points) == 3 * n &&
		are_numbers(points, 65535) && are_numbers(ms, UINT32_MAX);
}

enum ym_code
ym_signing_read(const char *text, size_t n, const char *digest, json_t **ret, struct ym_error *err)
{
	YM_JSON *all = NULL;
	json_t *document, *strokes, *drawn;
	char own[65];

	if (ym_json_parse(text, n, "signature", &all, NULL))
		return ym_fail(err, YM_CORRUPT, UNREADABLE, "no JSON");
	document = json_object_get(all, "document");
	strokes = json_object_get(all, "strokes");
	if (ym_json_int(all, "v", 0) != 1 || !json_is_object(document) || !are_strokes(strokes))
		return ym_fail(err, YM_CORRUPT, UNREADABLE, "form");
	ym_signing_digest(document, own);
	if (strcmp(own, digest))
		return ym_fail(err, YM_CORRUPT, UNREADABLE, "another document");
	drawn = json_pack("{sO sO sO ss}", "width", json_object_get(strokes, "width"), "height", json_object_get(strokes, "height"), "points",
		json_object_get(strokes, "points"), "date", ym_json_str(all, "date"));
	json_object_set_new(drawn, "pressure", json_boolean(ym_json_bool(strokes, "pressure", false)));
	json_object_set_new(document, "strokes", drawn);
	*ret = json_incref(document);
	return YM_OK;
}
