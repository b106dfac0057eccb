/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Templates: placeholders, filters, repeats, conditions, refusals; the text layout.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "paper/paper.h"
#include "yimen/text.h"

static json_t *
parse(const char *text)
{
	json_t *j = json_loads(text, 0, NULL);

	assert_non_null(j);
	return j;
}

static const char context_text[] =
	"{\"case\":{\"no\":\"X1\",\"fee\":12000,\"empty\":\"\"},\"date\":\"2026-11-22\",\"practice\":false,"
	"\"person\":{\"name\":\"王小明\",\"id_number\":\"229901199003070012\"},"
	"\"materials\":[{\"name\":\"户口簿\",\"copies\":1},{\"name\":\"照片\",\"copies\":2}],\"none\":[]}";

/* Resolve one block and return its first string member `key`; NULL when refused (err filled). */
static char *
resolve_text(const char *block, const char *key, struct ym_error *err)
{
	YM_JSON *context = parse(context_text);
	YM_JSON *tmpl = json_pack("{s:s,s:s,s:[o]}", "id", "t", "title", "t", "blocks", parse(block));
	YM_JSON *doc = NULL;

	if (ym_paper_resolve(tmpl, context, &doc, err))
		return NULL;
	return ym_strdup(ym_json_str(json_array_get(json_object_get(doc, "blocks"), 0), key));
}

static void
test_placeholders_and_filters(void **state)
{
	static const char *const cases[][2] = {
		{ "编号{case.no}", "编号X1" }, { "{case.fee|money}", "120.00元" }, { "{date|date}", "2026年11月22日" },
		{ "{person.name|name}", "王**" }, { "{person.id_number|last4}", "0012" }, { "{case.nothing?}.", "." },
		{ "{{x}", "{x}" }, { "{case.empty}", "" },
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(cases); i++) {
		YM_FREE char *block = ym_asprintf("{\"type\":\"text\",\"text\":\"%s\"}", cases[i][0]);
		YM_FREE char *got = resolve_text(block, "text", NULL);

		assert_non_null(got);
		assert_string_equal(got, cases[i][1]);
	}
}

static void
test_missing_value_is_refused_by_name(void **state)
{
	struct ym_error err = { 0 };

	assert_null(resolve_text("{\"type\":\"text\",\"text\":\"{case.due}\"}", "text", &err));
	assert_int_equal(err.code, YM_INVALID);
	assert_string_equal(err.subject, "case.due");
}

static void
test_conditions_and_repeats(void **state)
{
	YM_JSON *context = parse(context_text);
	YM_JSON *tmpl = parse("{\"id\":\"t\",\"title\":\"T {case.no}\",\"blocks\":["
			      "{\"type\":\"heading\",\"when\":\"none\",\"text\":\"hidden\"},"
			      "{\"type\":\"heading\",\"when\":\"!none\",\"text\":\"shown\"},"
			      "{\"type\":\"table\",\"columns\":[{\"title\":\"名\",\"width\":50},{\"title\":\"数\",\"width\":50}],"
			      "\"each\":\"materials\",\"cells\":[\"{#} {name}\",\"{copies}\"]},"
			      "{\"type\":\"list\",\"each\":\"materials\",\"text\":\"{name} {case.no}\"}]}");
	YM_JSON *doc = NULL;
	const json_t *blocks;

	assert_int_equal(ym_paper_resolve(tmpl, context, &doc, NULL), YM_OK);
	blocks = json_object_get(doc, "blocks");
	assert_int_equal(json_array_size(blocks), 3);
	assert_string_equal(ym_json_str(json_array_get(blocks, 0), "text"), "shown");
	assert_string_equal(
		json_string_value(json_array_get(json_array_get(json_object_get(json_array_get(blocks, 1), "rows"), 1), 0)), "2 照片");
	assert_string_equal(json_string_value(json_array_get(json_object_get(json_array_get(blocks, 2), "rows"), 0)), "户口簿 X1");
	assert_string_equal(ym_json_str(doc, "title"), "T X1");
}

static void
test_check_refuses_each_fault(void **state)
{
	static const char *const bad[] = {
		"{\"title\":\"t\",\"blocks\":[]}",
		"{\"id\":\"a\",\"title\":\"t\",\"blocks\":[{\"type\":\"picture\"}]}",
		"{\"id\":\"a\",\"title\":\"t\",\"blocks\":[{\"type\":\"text\",\"txet\":\"x\"}]}",
		"{\"id\":\"a\",\"title\":\"t\",\"blocks\":[{\"type\":\"text\",\"text\":\"{case.no\"}]}",
		"{\"id\":\"a\",\"title\":\"t\",\"blocks\":[{\"type\":\"text\",\"text\":\"{}\"}]}",
		"{\"id\":\"a\",\"title\":\"t\",\"blocks\":[{\"type\":\"text\",\"text\":\"{a|shout}\"}]}",
		"{\"id\":\"a\",\"title\":\"t\",\"size\":\"A3\",\"blocks\":[]}",
		"{\"id\":\"a\",\"title\":\"t\",\"colour\":1,\"blocks\":[]}",
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(bad); i++) {
		YM_JSON *tmpl = parse(bad[i]);

		assert_int_equal(ym_paper_check(tmpl, "x.json", NULL), YM_INVALID);
	}
}

static void
test_no_line_is_wider_than_asked(void **state)
{
	YM_JSON *doc = parse("{\"blocks\":[{\"type\":\"title\",\"text\":\"补正材料一次性告知书补正材料一次性告知书\"},"
			     "{\"type\":\"text\",\"indent\":true,\"text\":\"根据《中华人民共和国行政许可法》第三十二条的规定,请补齐。\"},"
			     "{\"type\":\"fields\",\"rows\":[[\"姓名\",\"王小明\"],[\"住址\",\"吉林省长春市某区某街道某某路一百二十三号四单元五零六室\"]]},"
			     "{\"type\":\"list\",\"rows\":[\"户口簿原件没有带来,请带户口簿原件再来窗口\"]},{\"type\":\"rule\"}]}");

	for (int columns = 20; columns < 100; columns += 7) {
		YM_FREE char *text = ym_paper_text(doc, columns);
		const char *line = text;

		assert_non_null(strstr(text, "王小明"));
		for (const char *end; (end = strchr(line, '\n')); line = end + 1)
			assert_true(ym_text_width_n(line, (size_t)(end - line)) <= columns);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_placeholders_and_filters),
		cmocka_unit_test(test_missing_value_is_refused_by_name),
		cmocka_unit_test(test_conditions_and_repeats),
		cmocka_unit_test(test_check_refuses_each_fault),
		cmocka_unit_test(test_no_line_is_wider_than_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
