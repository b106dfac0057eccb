/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What is refused, with which line, and that no error repeats what stood in the data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>

#include "base/json.h"

static void
check_refused(const char *text, size_t n, const char *subject)
{
	json_t *j = NULL;
	struct ym_error err;

	assert_int_equal(ym_json_parse(text, n, "pack.json", &j, &err), YM_INVALID);
	assert_null(j);
	assert_string_equal(err.subject, subject);
	assert_string_equal(err.msgid, "The data is not well-formed JSON");
}

static void
malformed_text_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *subject;
	} cases[] = {
		{ "", "pack.json:1" },
		{ "{", "pack.json:1" },
		{ "{\n\"a\": 1,\n\"b\" 2\n}", "pack.json:3" },
		{ "{\n\n\n\"a\": tru\n}", "pack.json:4" },
		{ "[1,2]\n]", "pack.json:2" },
		{ "{\"a\": 1,\n \"a\": 2}", "pack.json:2" },
		{ "[\"\\u0000\"]", "pack.json:1" },
		{ "{\"a\\u0000b\": 1}", "pack.json:1" },
		{ "[\"\xFF\"]", "pack.json:1" },
		{ "\"text\"", "pack.json:1" },
		{ "[1e999]", "pack.json:1" },
		{ "[99999999999999999999]", "pack.json:1" },
		{ "[NaN]", "pack.json:1" },
		{ "\xEF\xBB\xBF{}", "pack.json:1" },
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(cases); i++)
		check_refused(cases[i].text, strlen(cases[i].text), cases[i].subject);
	check_refused("{}\0{}", 5, "pack.json:1");
	check_refused("[\"a\0b\"]", 7, "pack.json:1");
}

static void
depth_is_limited(void **state)
{
	YM_BUF text = { 0 };

	for (int i = 0; i < 100000; i++)
		ym_buf_addc(&text, '[');
	check_refused(text.data, text.len, "pack.json:1");
}

static void
size_is_limited_before_anything_is_read(void **state)
{
	json_t *j = NULL;
	struct ym_error err;

	assert_int_equal(ym_json_parse("", (size_t)YM_JSON_MAX + 1, "pack.json", &j, &err), YM_INVALID);
	assert_string_equal(err.msgid, "The file is too large");
	assert_null(j);
}

static void
an_error_never_quotes_the_data(void **state)
{
	static const char *const texts[] = {
		"{\"name\": \"张三丰\" \"phone\"}", "{\"张三丰\": 1, \"张三丰\": 2}", "[张三丰]", "{\"a\": \"张三丰",
		"{\"n\":1} 张三丰", "[\"张三丰\\u0000\"]", "[\"张三丰\xFF\"]",
	};
	struct ym_error err;
	json_t *j = NULL;

	for (size_t i = 0; i < YM_ARRAY_LEN(texts); i++) {
		assert_int_equal(ym_json_parse(texts[i], strlen(texts[i]), "draft", &j, &err), YM_INVALID);
		assert_null(strstr(err.detail, "张"));
		assert_null(strstr(err.detail, "\xBC")); /* nor a byte of it */
		assert_non_null(strstr(err.detail, "line 1"));
	}
}

static void
a_dump_is_canonical(void **state)
{
	static const char text_a[] = "{\"b\": [1, 2.5], \"a\": \"门\"}";
	static const char text_b[] = " {\"a\":\"\\u95e8\",\n\"b\":[1,2.5]} ";
	YM_JSON *a = NULL, *b = NULL, *scalar = json_string("一");
	YM_FREE char *one = NULL, *two = NULL, *three = ym_json_dump(scalar);

	assert_int_equal(ym_json_parse(text_a, strlen(text_a), "a", &a, NULL), YM_OK);
	assert_int_equal(ym_json_parse(text_b, strlen(text_b), "b", &b, NULL), YM_OK);
	one = ym_json_dump(a);
	two = ym_json_dump(b);
	assert_string_equal(one, "{\"a\":\"门\",\"b\":[1,2.5]}");
	assert_string_equal(one, two);
	assert_string_equal(three, "\"一\"");
}

static void
lookups_fall_back_and_never_fail(void **state)
{
	YM_JSON *j = json_pack("{s:s, s:i, s:b, s:n}", "s", "text", "i", 7, "b", 1, "n");

	assert_string_equal(ym_json_str(j, "s"), "text");
	assert_string_equal(ym_json_str(j, "i"), "");
	assert_string_equal(ym_json_str(j, "absent"), "");
	assert_string_equal(ym_json_str(NULL, "s"), "");
	assert_string_equal(ym_json_str_or(j, "n", "else"), "else");
	assert_null(ym_json_str_or(j, "n", NULL));
	assert_int_equal(ym_json_int(j, "i", -1), 7);
	assert_int_equal(ym_json_int(j, "s", -1), -1);
	assert_int_equal(ym_json_int(NULL, "i", -1), -1);
	assert_true(ym_json_bool(j, "b", false));
	assert_true(ym_json_bool(j, "i", true));
	assert_false(ym_json_bool(NULL, "b", false));
}

static void
a_needed_entry_is_named_when_it_is_absent_or_of_another_type(void **state)
{
	YM_JSON *j = json_pack("{s:s, s:b}", "s", "text", "b", 0);
	json_t *found = NULL;
	struct ym_error err;

	assert_int_equal(ym_json_need(j, "s", JSON_STRING, "item.json", &found, &err), YM_OK);
	assert_string_equal(json_string_value(found), "text");
	assert_int_equal(ym_json_need(j, "b", JSON_TRUE, "item.json", &found, &err), YM_OK);
	assert_true(json_is_false(found));
	found = NULL;
	assert_int_equal(ym_json_need(j, "code", JSON_STRING, "item.json", &found, &err), YM_INVALID);
	assert_string_equal(err.subject, "item.json: code");
	assert_string_equal(err.msgid, "A required entry is missing");
	assert_int_equal(ym_json_need(j, "s", JSON_ARRAY, "item.json", &found, &err), YM_INVALID);
	assert_string_equal(err.msgid, "An entry has the wrong type");
	assert_int_equal(ym_json_need(NULL, "s", JSON_ARRAY, "item.json", &found, &err), YM_INVALID);
	assert_null(found);
}

static void
a_saved_file_loads_again_and_is_private(void **state)
{
	char folder[] = "/tmp/yimen-json-XXXXXX";
	YM_FREE char *path = NULL;
	YM_JSON *j = json_pack("{s:s}", "name", "一门"), *back = NULL;
	struct stat st;
	struct ym_error err;

	assert_non_null(mkdtemp(folder));
	path = ym_asprintf("%s/x.json", folder);
	assert_int_equal(ym_json_load(path, &back, &err), YM_NOTFOUND);
	assert_int_equal(ym_json_save(path, j, &err), YM_OK);
	assert_int_equal(ym_json_save(path, j, &err), YM_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(ym_json_load(path, &back, &err), YM_OK);
	assert_true(json_equal(j, back));
	unlink(path);
	rmdir(folder);
}

static void
an_empty_text_is_not_put(void **state)
{
	YM_JSON *j = json_object();

	ym_json_put(j, "name", "王");
	ym_json_put(j, "note", "");
	ym_json_put(j, "why", NULL);
	assert_int_equal(json_object_size(j), 1);
	assert_string_equal(ym_json_str(j, "name"), "王");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(malformed_text_is_refused_with_its_line),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(size_is_limited_before_anything_is_read),
		cmocka_unit_test(an_error_never_quotes_the_data),
		cmocka_unit_test(a_dump_is_canonical),
		cmocka_unit_test(lookups_fall_back_and_never_fail),
		cmocka_unit_test(a_needed_entry_is_named_when_it_is_absent_or_of_another_type),
		cmocka_unit_test(a_saved_file_loads_again_and_is_private),
		cmocka_unit_test(an_empty_text_is_not_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
