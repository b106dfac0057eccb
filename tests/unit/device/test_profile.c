/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Device profiles: the shipped ones load, a fault names its member, bytes go both ways as the file says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "device/profile.h"

static enum ym_code
parse(const char *text, struct ym_profile *ret, struct ym_error *err)
{
	YM_JSON *root = NULL;

	assert_int_equal(ym_json_parse(text, strlen(text), "test", &root, err), YM_OK);
	return ym_profile_parse(root, "test", ret, err);
}

static void
refuses(const char *text, const char *member)
{
	struct ym_profile p;
	struct ym_error err = {0};

	assert_int_equal(parse(text, &p, &err), YM_INVALID);
	assert_string_equal(err.subject, member);
}

static void
test_every_shipped_profile_loads(void **state)
{
	static const struct {
		const char *name;
		enum ym_device_role role;
	} all[] = {{"practice-evaluator", YM_ROLE_EVALUATOR}, {"example-evaluator", YM_ROLE_EVALUATOR}, {"practice-display", YM_ROLE_DISPLAY},
		{"example-display", YM_ROLE_DISPLAY}, {"practice-pad", YM_ROLE_PAD}, {"receipt-58mm", YM_ROLE_RECEIPT},
		{"receipt-80mm", YM_ROLE_RECEIPT}, {"receipt-58mm-gbk", YM_ROLE_RECEIPT}};
	struct ym_profile p;
	struct ym_error err = {0};

	for (size_t i = 0; i < YM_ARRAY_LEN(all); i++)
		assert_int_equal(ym_profile_load(all[i].name, all[i].role, &p, &err), YM_OK);
	assert_int_equal(ym_profile_load("practice-evaluator", YM_ROLE_PAD, &p, &err), YM_CONFLICT);
	assert_int_equal(ym_profile_load("nobody-made-this", YM_ROLE_PAD, &p, &err), YM_NOTFOUND);
	assert_int_equal(ym_profile_load("", YM_ROLE_PAD, &p, &err), YM_NOTFOUND);
}

#define KEYS "\"keys\":[{\"bytes\":\"31\",\"grade\":1},{\"bytes\":\"32\",\"grade\":2},{\"bytes\":\"33\",\"grade\":3},{\"bytes\":\"34\",\"grade\":4},{\"bytes\":\"%s\",\"grade\":%s}]"
#define EVALUATOR "{\"version\":1,\"kind\":\"evaluator\"%s," KEYS "}"

static char *
evaluator(const char *more, const char *bytes, const char *grade)
{
	return ym_asprintf(EVALUATOR, more, bytes, grade);
}

static void
test_a_fault_names_its_member(void **state)
{
	static const struct {
		const char *more, *bytes, *grade, *member;
	} bad[] = {
		{",\"colour\":1", "35", "5", "colour"},       {",\"port\":{\"baud\":9601}", "35", "5", "port.baud"},
		{",\"port\":{\"bits\":8}", "35", "5", "bits"}, {",\"seconds\":1", "35", "5", "seconds"},
		{",\"ask\":\"1\"", "35", "5", "ask"},          {",\"ask\":\"zz\"", "35", "5", "ask"},
		{",\"ask\":7", "35", "5", "ask"},              {"", "", "5", "keys.bytes"},
		{"", "35", "6", "keys.grade"},                 {"", "35", "\"5\"", "keys.grade"},
		{"", "35", "4", "keys"},                       {"", "34", "5", "keys.bytes"},
		{"", "20 34", "5", "keys.bytes"},              {",\"port\":{\"parity\":\"mark\"}", "35", "5", "port.parity"},
	};
	struct ym_profile p;
	YM_FREE char *good = evaluator("", "35", "5");

	assert_int_equal(parse(good, &p, NULL), YM_OK);
	assert_int_equal(p.seconds, 30);
	for (size_t i = 0; i < YM_ARRAY_LEN(bad); i++) {
		YM_FREE char *text = evaluator(bad[i].more, bad[i].bytes, bad[i].grade);

		refuses(text, bad[i].member);
	}
	refuses("{\"version\":2,\"kind\":\"evaluator\"}", "version");
	refuses("[]", "version");
	refuses("{\"version\":1,\"kind\":\"idcard\"}", "kind");
	refuses("{\"version\":1,\"kind\":\"display\",\"call\":[{\"hex\":\"01\"}]}", "call");
	refuses("{\"version\":1,\"kind\":\"display\",\"call\":[{\"value\":\"name\"}]}", "call[0]");
	refuses("{\"version\":1,\"kind\":\"display\",\"call\":[{\"value\":\"ticket\",\"hex\":\"01\"}]}", "call[0]");
	refuses("{\"version\":1,\"kind\":\"display\",\"call\":[{\"value\":\"ticket\"},{\"check\":\"xor\",\"from\":2}]}", "call[1]");
	refuses("{\"version\":1,\"kind\":\"receipt\",\"columns\":8}", "columns");
	refuses("{\"version\":1,\"kind\":\"pad\",\"packet\":{\"length\":3,\"first_mask\":128,\"first_value\":64}}", "packet.first_value");
}

static void
test_a_call_is_built_part_by_part(void **state)
{
	struct ym_profile p;
	YM_BUF out = {.max = 256};
	uint8_t check = 0;

	assert_int_equal(ym_profile_load("example-display", YM_ROLE_DISPLAY, &p, NULL), YM_OK);
	ym_profile_call(&p, "A018", "3", &out);
	for (size_t i = 1; i + 1 < out.len; i++)
		check ^= (uint8_t)out.data[i];
	assert_memory_equal(out.data, "\x02\xC7\xEB""A018 \xBA\xC5\xB5\xBD""03\xBA\xC5\xB4\xB0\xBF\xDA\x03", 1 + 2 + 5 + 4 + 2 + 6 + 1);
	assert_int_equal(out.len, 22);
	assert_int_equal((uint8_t)out.data[21], check);
	/* Too long for its field: cut, never a longer message; nothing but printable ASCII. */
	ym_buf_clear(&out);
	ym_profile_call(&p, "A0188\x03""888", "123", &out);
	assert_int_equal(out.len, 22);
	assert_memory_equal(out.data + 3, "A0188", 5);
}

static void
test_a_key_is_heard_among_noise_and_in_pieces(void **state)
{
	static const uint8_t heard[] = {0x06, 0x06, 0x36, 0x0D, 0xFF, 0x06, 0x32, 0x0D};
	struct ym_profile p;
	struct ym_profile_ear ear = {0};

	assert_int_equal(ym_profile_load("practice-evaluator", YM_ROLE_EVALUATOR, &p, NULL), YM_OK);
	for (size_t i = 0; i < sizeof heard; i++)
		assert_int_equal(ym_profile_hear(&p, &ear, heard[i]), i == sizeof heard - 1 ? 2 : 0);
}

static void
test_a_lost_byte_costs_one_point(void **state)
{
	static const uint8_t sent[] = {0x80, 1, 2, 3, 4, 9, 0x80, 1, 2, 3, /* lost two */ 0x80, 0, 5, 0, 6, 7};
	struct ym_profile p;
	struct ym_profile_pen pen = {0};
	struct ym_stroke_point at[4] = {0};
	int n = 0;

	assert_int_equal(ym_profile_load("practice-pad", YM_ROLE_PAD, &p, NULL), YM_OK);
	assert_false(ym_profile_pen_feed(&p, &pen, 0x11, &at[0])); /* joined in the middle */
	for (size_t i = 0; i < sizeof sent; i++)
		n += ym_profile_pen_feed(&p, &pen, sent[i], &at[n]);
	assert_int_equal(n, 2);
	assert_int_equal(at[0].x, 1 << 7 | 2);
	assert_int_equal(at[0].y, 3 << 7 | 4);
	assert_int_equal(at[0].pressure, 9);
	assert_int_equal(at[1].x, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_shipped_profile_loads),
		cmocka_unit_test(test_a_fault_names_its_member),
		cmocka_unit_test(test_a_call_is_built_part_by_part),
		cmocka_unit_test(test_a_key_is_heard_among_noise_and_in_pieces),
		cmocka_unit_test(test_a_lost_byte_costs_one_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
