/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What is sealed of a signature opens for its own document alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "station/signing_text.h"

#define PAPER "{\"title\":\"T\",\"blocks\":[{\"type\":\"signature\",\"rows\":[\"A\"]},{\"type\":\"text\"},{\"type\":\"signature\",\"rows\":[\"B\"]}]}"

static json_t *
parsed(const char *text)
{
	json_t *j = NULL;

	assert_int_equal(ym_json_parse(text, strlen(text), "test", &j, NULL), YM_OK);
	return j;
}

static void
write_one(const json_t *document, struct ym_buf *ret)
{
	static const struct ym_stroke_point points[] = { { 1, 2, 300, 0 }, { 4, 5, 0, 17 } };
	const struct ym_strokes strokes = { points, 2, 1000, 500, true };

	ym_signing_write(document, &strokes, "2026年11月22日", ret);
}

static void
it_opens_with_its_strokes(void **state)
{
	YM_JSON *document = parsed(PAPER), *got = NULL;
	const json_t *strokes;
	YM_BUF text = { 0 };
	char digest[65];

	assert_int_equal(ym_signing_places(document), 2);
	ym_signing_digest(document, digest);
	write_one(document, &text);
	assert_non_null(strstr(ym_buf_str(&text), "\"ms\":[0,17]"));
	assert_int_equal(ym_signing_read(ym_buf_str(&text), text.len, digest, &got, NULL), YM_OK);
	strokes = json_object_get(got, "strokes");
	assert_int_equal(json_array_size(json_object_get(strokes, "points")), 6);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(strokes, "points"), 2)), 300);
	assert_string_equal(ym_json_str(strokes, "date"), "2026年11月22日");
	assert_true(ym_json_bool(strokes, "pressure", false));
	assert_string_equal(ym_json_str(got, "title"), "T");
}

static void
for_another_document_it_does_not_open(void **state)
{
	YM_JSON *document = parsed(PAPER), *other = parsed("{\"title\":\"U\",\"blocks\":[]}"), *got = NULL;
	YM_BUF text = { 0 };
	char digest[65];
	struct ym_error err;

	write_one(document, &text);
	ym_signing_digest(other, digest);
	assert_int_equal(ym_signing_read(ym_buf_str(&text), text.len, digest, &got, &err), YM_CORRUPT);
	assert_null(got);
	/* a word changed in the sealed text itself */
	ym_signing_digest(document, digest);
	strstr(text.data, "\"title\":\"T\"")[9] = 'U';
	assert_int_equal(ym_signing_read(ym_buf_str(&text), text.len, digest, &got, &err), YM_CORRUPT);
}

static void
strokes_of_another_form_do_not_open(void **state)
{
	static const char *const rows[] = {
		"", "{}", "[]", "{\"v\":2,\"document\":{},\"strokes\":{\"width\":9,\"height\":9,\"points\":[1,1,1],\"ms\":[0]}}",
		"{\"v\":1,\"document\":[],\"strokes\":{\"width\":9,\"height\":9,\"points\":[1,1,1],\"ms\":[0]}}",
		"{\"v\":1,\"document\":{},\"strokes\":{\"width\":0,\"height\":9,\"points\":[1,1,1],\"ms\":[0]}}",
		"{\"v\":1,\"document\":{},\"strokes\":{\"width\":9,\"height\":70000,\"points\":[1,1,1],\"ms\":[0]}}",
		"{\"v\":1,\"document\":{},\"strokes\":{\"width\":9,\"height\":9,\"points\":[1,1],\"ms\":[0]}}",
		"{\"v\":1,\"document\":{},\"strokes\":{\"width\":9,\"height\":9,\"points\":[1,1,-1],\"ms\":[0]}}",
		"{\"v\":1,\"document\":{},\"strokes\":{\"width\":9,\"height\":9,\"points\":[1,1,\"1\"],\"ms\":[0]}}",
		"{\"v\":1,\"document\":{},\"strokes\":{\"width\":9,\"height\":9,\"points\":[],\"ms\":[]}}",
	};
	YM_JSON *empty = json_object(), *got = NULL;
	char digest[65];

	ym_signing_digest(empty, digest);
	for (size_t i = 0; i < YM_ARRAY_LEN(rows); i++)
		assert_int_equal(ym_signing_read(rows[i], strlen(rows[i]), digest, &got, NULL), YM_CORRUPT);
	/* and the form that they miss does */
	assert_int_equal(ym_signing_read("{\"v\":1,\"document\":{},\"strokes\":{\"width\":9,\"height\":9,\"points\":[1,1,1],\"ms\":[0]}}", 80, digest, &got, NULL), YM_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_opens_with_its_strokes), cmocka_unit_test(for_another_document_it_does_not_open),
		cmocka_unit_test(strokes_of_another_form_do_not_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
