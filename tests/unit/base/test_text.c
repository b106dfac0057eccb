/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Cells, cuts, lines and masks; the widths beside those of the C library where it knows the
 * character. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <wchar.h>

#include "base/mem.h"
#include "yimen/text.h"

static void
every_code_point_survives_encoding(void **state)
{
	for (uint32_t c = 0; c <= 0x10FFFF; c++) {
		char buf[4];
		uint32_t back = 0;
		size_t n = ym_text_encode(c, buf);

		assert_int_equal(ym_text_decode(buf, n, &back), n);
		assert_int_equal(back, c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c);
	}
	for (uint32_t c = 0x110000; c && c >= 0x110000; c += 0x1000001) {
		char buf[4];

		assert_int_equal(ym_text_encode(c, buf), 3);
		assert_memory_equal(buf, "\xEF\xBF\xBD", 3);
	}
}

static void
an_invalid_byte_counts_as_one_replacement(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xBF", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xE0\x9F\xBF", "\xED\xA0\x80",
		"\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF",
		"\xC3", "\xE4\xB8", "\xF0\xA0\x80", "\xE4\xB8z", "\xC3\xC3",
	};
	uint32_t c;

	for (size_t i = 0; i < YM_ARRAY_LEN(bad); i++) {
		assert_int_equal(ym_text_decode(bad[i], strlen(bad[i]), &c), 1);
		assert_int_equal(c, 0xFFFD);
		assert_false(ym_text_is_clean(bad[i], true));
	}
	/* A true U+FFFD is a character like any other. */
	assert_true(ym_text_is_clean("\xEF\xBF\xBD", false));
	c = 7;
	assert_int_equal(ym_text_decode("", 0, &c), 0);
	assert_int_equal(c, 7);
	assert_int_equal(ym_text_decode("中", 2, &c), 1);
}

static void
widths_agree_with_the_c_library_where_it_knows(void **state)
{
	int known = 0;

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	for (uint32_t c = 1; c <= 0x10FFFF; c++) {
		int lib = c >= 0xD800 && c <= 0xDFFF ? -1 : wcwidth((wchar_t)c);

		if (lib < 0)
			continue;
		known++;
		if (ym_text_cell(c) != lib)
			fail_msg("U+%04X: %d cells, the C library says %d", c, ym_text_cell(c), lib);
	}
	assert_true(known > 100000);
	setlocale(LC_CTYPE, "C");
}

static void
ideographs_of_all_extensions_are_two_cells_in_any_locale(void **state)
{
	static const uint32_t planes[][2] = {
		{ 0x3400, 0x4DBF }, { 0x4E00, 0x9FFF }, { 0xF900, 0xFAFF },
		{ 0x20000, 0x2A6DF }, /* B */
		{ 0x2A700, 0x2EBE0 }, /* C to F */
		{ 0x2EBF0, 0x2EE5D }, /* I, younger than the C library */
		{ 0x2F800, 0x2FA1F },
		{ 0x30000, 0x323AF }, /* G, H */
	};

	setlocale(LC_CTYPE, "C");
	for (size_t i = 0; i < YM_ARRAY_LEN(planes); i++)
		for (uint32_t c = planes[i][0]; c <= planes[i][1]; c++)
			assert_int_equal(ym_text_cell(c), 2);
	assert_int_equal(ym_text_width("王𠮷㛃𬱖𰻝"), 10);
}

static void
single_characters_have_their_cells(void **state)
{
	static const struct {
		uint32_t c;
		int cells;
	} cases[] = {
		{ 0, 0 }, { '\n', 0 }, { 0x7F, 0 }, { 0x85, 0 }, { ' ', 1 }, { 'A', 1 }, { 0xA0, 1 }, { 0xAD, 1 },
		{ 0x301, 0 }, { 0x200B, 0 }, { 0x200D, 0 }, { 0xFE0F, 0 }, { 0x20DD, 0 }, { 0x3099, 0 },
		{ 0xB7, 1 }, { 0x2026, 1 }, { 0x25CF, 1 }, { 0x25CB, 1 }, { 0x2192, 1 }, { 0xD7, 1 }, { 0x201C, 1 },
		{ 0x3000, 2 }, { 0x3001, 2 }, { 0xFF01, 2 }, { 0xFF0C, 2 }, { 0xFF76, 1 }, { 0xAC00, 2 },
		{ 0x1160, 0 }, { 0x1F600, 2 }, { 0x3013, 2 }, { 0xE000, 1 }, { 0xFFFD, 1 },
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(cases); i++)
		if (ym_text_cell(cases[i].c) != cases[i].cells)
			fail_msg("U+%04X: %d cells", cases[i].c, ym_text_cell(cases[i].c));
}

static void
strings_are_as_wide_as_their_characters(void **state)
{
	assert_int_equal(ym_text_width(""), 0);
	assert_int_equal(ym_text_width("护照 E12345678"), 14);
	assert_int_equal(ym_text_width("e\xCC\x81"), 1);
	assert_int_equal(ym_text_width("\xFF\xFE"), 2);
	assert_int_equal(ym_text_width_n("一门", 3), 2);
	assert_int_equal(ym_text_width_n("一门", 4), 3); /* a lone lead byte is shown as one replacement */
}

static void
fitting_never_splits_a_character(void **state)
{
	assert_int_equal(ym_text_fit("一门通办", 5), 6);
	assert_int_equal(ym_text_fit("一门通办", 4), 6);
	assert_int_equal(ym_text_fit("一门通办", 1), 0);
	assert_int_equal(ym_text_fit("一门通办", 0), 0);
	assert_int_equal(ym_text_fit("一门通办", -3), 0);
	assert_int_equal(ym_text_fit("一门通办", 100), 12);
	/* A combining mark stays with what it combines. */
	assert_int_equal(ym_text_fit("e\xCC\x81x", 1), 3);
}

static void
check_cut(const char *s, int cells, const char *want)
{
	char buf[64];
	int width = ym_text_cut(buf, sizeof buf, s, cells);

	assert_string_equal(buf, want);
	assert_int_equal(width, ym_text_width(want));
	assert_true(width <= (cells < 0 ? 0 : cells));
}

static void
cutting_marks_what_is_lost(void **state)
{
	check_cut("机动车转让登记", 14, "机动车转让登记");
	check_cut("机动车转让登记", 13, "机动车转让登…");
	check_cut("机动车转让登记", 12, "机动车转让…");
	check_cut("abc", 3, "abc");
	check_cut("abcd", 3, "ab…");
	check_cut("abcd", 1, "…");
	check_cut("机", 1, "…");
	check_cut("abcd", 0, "");
	check_cut("abcd", -1, "");
	check_cut("", 5, "");
	check_cut("e\xCC\x81zz", 2, "e\xCC\x81…");
}

static void
cutting_respects_small_buffers(void **state)
{
	for (size_t size = 0; size < 20; size++) {
		char *buf = ym_alloc(size + 1);
		int width;

		memset(buf, 'X', size + 1);
		width = ym_text_cut(buf, size, "一门通办", 8);
		assert_int_equal(buf[size], 'X');
		if (size) {
			assert_true(ym_text_is_clean(buf, false));
			assert_int_equal(width, ym_text_width(buf));
		}
		if (size > 12)
			assert_string_equal(buf, "一门通办");
		else if (size >= 4)
			assert_non_null(strstr(buf, "…"));
		free(buf);
	}
}

/* The lines of s with | between them. */
static char *
wrapped(const char *s, int cells)
{
	YM_BUF out = { 0 };
	const char *next;

	for (; *s; s = next) {
		size_t n = ym_text_wrap(s, cells, &next);

		assert_true(next > s);
		if (out.len)
			ym_buf_addc(&out, '|');
		ym_buf_add(&out, s, n);
	}
	return ym_buf_take(&out);
}

static void
check_wrap(const char *s, int cells, const char *want)
{
	YM_FREE char *got = wrapped(s, cells);

	assert_string_equal(got, want);
}

static void
chinese_wraps_between_characters_but_not_before_a_stop(void **state)
{
	check_wrap("户口簿由公安机关共享核验", 8, "户口簿由|公安机关|共享核验");
	check_wrap("户口簿由公安机关共享核验", 9, "户口簿由|公安机关|共享核验");
	check_wrap("户口簿由，公安机关", 8, "户口簿|由，公安|机关");
	check_wrap("见《护照法》第五条。", 8, "见《护照|法》第五|条。");
	check_wrap("依照《护照法》", 6, "依照|《护照|法》");
	check_wrap("依照（护照）", 6, "依照|（护|照）");
	/* Nothing but stops: they are split like anything else. */
	check_wrap("。。。。。", 4, "。。|。。|。");
	check_wrap("“当场办结”", 6, "“当场|办结”");
	check_wrap("“当场办结”", 4, "“当|场办|结”");
}

static void
words_wrap_at_blanks_and_long_ones_are_split(void **state)
{
	check_wrap("the quick brown fox", 10, "the quick|brown fox");
	check_wrap("the quick brown fox", 9, "the quick|brown fox");
	check_wrap("the   quick", 5, "the|quick");
	check_wrap("abcdefghij", 4, "abcd|efgh|ij");
	check_wrap("to E12345678 end", 5, "to|E1234|5678|end");
	check_wrap("费用 120 元", 7, "费用|120 元");
	check_wrap("换E12345678照", 9, "换|E12345678|照");
	check_wrap("trailing   ", 20, "trailing");
	check_wrap("全角　空格", 5, "全角|空格");
}

static void
line_ends_and_empty_lines_are_kept(void **state)
{
	check_wrap("a\nb", 10, "a|b");
	check_wrap("a\n\nb", 10, "a||b");
	check_wrap("a\r\nb\n", 10, "a|b");
	check_wrap("", 10, "");
}

static void
wrapping_always_advances_and_loses_only_blanks(void **state)
{
	static const char text[] = "申请人(王*) should come “before” 2026-12-08，携带: 户口簿、照片…\n\n  e\xCC\x81\xFF 𠮷。\tx";

	for (int cells = -2; cells < 80; cells++) {
		const char *next;
		size_t kept = 0, black = 0;

		for (const char *s = text; *s; s = next) {
			size_t n = ym_text_wrap(s, cells, &next);

			assert_true(next > s && s + n <= next);
			assert_true(ym_text_width_n(s, n) <= (cells < 2 ? 2 : cells));
			for (size_t i = 0; i < n; i++)
				kept += !strchr(" \t\r\n", s[i]);
		}
		for (const char *p = text; *p; p++)
			black += !strchr(" \t\r\n", *p);
		assert_int_equal(kept, black);
	}
}

static void
control_characters_are_not_clean(void **state)
{
	assert_true(ym_text_is_clean("", false));
	assert_true(ym_text_is_clean("张三 E1", false));
	assert_false(ym_text_is_clean("a\nb", false));
	assert_true(ym_text_is_clean("a\n\tb", true));
	assert_false(ym_text_is_clean("a\rb", true));
	assert_false(ym_text_is_clean("a\x1B[2J", true));
	assert_false(ym_text_is_clean("a\x7F", true));
	assert_false(ym_text_is_clean("\xC2\x9B" "2J", true)); /* the C1 form of the same escape */
}

static void
check_normal(const char *s, const char *want)
{
	YM_FREE char *copy = ym_strdup(s);

	ym_text_normalize(copy);
	assert_string_equal(copy, want);
	/* A second time changes nothing. */
	ym_text_normalize(copy);
	assert_string_equal(copy, want);
}

static void
normalizing_folds_width_blanks_and_dots(void **state)
{
	check_normal("Ｅ１２３４", "E1234");
	check_normal("　 张三\t\n", "张三");
	check_normal("张　三", "张 三");
	check_normal("买买提•艾山", "买买提·艾山");
	check_normal("买买提・艾山", "买买提·艾山");
	check_normal("买买提･艾山", "买买提·艾山");
	check_normal("买买提‧艾山", "买买提·艾山");
	check_normal("（１）～", "(1)~");
	check_normal("", "");
	check_normal(" 　 ", "");
	check_normal("\xFF a\xE4\xB8", "\xFF a\xE4\xB8");
}

static void
check_mask(void (*mask)(char *, size_t, const char *), const char *s, const char *want)
{
	char buf[128];

	mask(buf, sizeof buf, s);
	assert_string_equal(buf, want);
	/* Small buffers end on a character, never past the end. */
	for (size_t size = 1; size < 12; size++) {
		char *small = ym_alloc(size + 1);

		small[size] = 'X';
		mask(small, size, s);
		assert_int_equal(small[size], 'X');
		assert_true(strlen(small) < size);
		assert_true(ym_text_is_clean(small, false));
		free(small);
	}
}

static void
numbers_and_phones_are_masked(void **state)
{
	check_mask(ym_text_mask_number, "110105194912311234", "110***********1234");
	check_mask(ym_text_mask_number, "11010519491231002X", "110***********002X");
	check_mask(ym_text_mask_number, "E12345678", "E1****678");
	check_mask(ym_text_mask_number, "12345", "1***5");
	check_mask(ym_text_mask_number, "123", "***");
	check_mask(ym_text_mask_number, "", "");
	check_mask(ym_text_mask_phone, "13812345678", "138****5678");
	check_mask(ym_text_mask_phone, "043112345678", "043*****5678");
	check_mask(ym_text_mask_phone, "88888888", "****8888");
	check_mask(ym_text_mask_phone, "12345", "***45");
	check_mask(ym_text_mask_phone, "123", "***");
}

static void
names_keep_their_first_character(void **state)
{
	check_mask(ym_text_mask_name, "张三", "张*");
	check_mask(ym_text_mask_name, "李小明", "李**");
	check_mask(ym_text_mask_name, "买买提·艾山", "买**");
	check_mask(ym_text_mask_name, "𠮷野", "𠮷*");
	check_mask(ym_text_mask_name, "张", "*");
	check_mask(ym_text_mask_name, "", "");
}

static void
addresses_end_after_the_street_level(void **state)
{
	check_mask(ym_text_mask_address, "吉林省长春市朝阳区红旗街道同志街12号3单元401室", "吉林省长春市朝阳区红旗街道***");
	check_mask(ym_text_mask_address, "吉林省长春市朝阳区红旗街1234号", "吉林省长春市朝阳区红旗街***");
	check_mask(ym_text_mask_address, "江西省景德镇市浮梁县瑶里镇1组", "江西省景德镇市浮梁县瑶里镇***");
	check_mask(ym_text_mask_address, "江苏省镇江市丹阳市陵口镇2组", "江苏省镇江市丹阳市陵口镇***");
	check_mask(ym_text_mask_address, "广东省东莞市虎门镇3号", "广东省东莞市虎门镇***");
	check_mask(ym_text_mask_address, "内蒙古自治区锡林郭勒盟正蓝旗桑根达来镇5号", "内蒙古自治区锡林郭勒盟正蓝旗桑根达来镇***");
	check_mask(ym_text_mask_address, "北京市东城区9号", "北京市东城区***");
	check_mask(ym_text_mask_address, "某地9号院", "某地***");
	check_mask(ym_text_mask_address, "9", "***");
	check_mask(ym_text_mask_address, "", "");
}

static void
a_length_counts_characters(void **state)
{
	assert_int_equal(ym_text_length("补正a"), 3);
	assert_int_equal(ym_text_length(""), 0);
	assert_int_equal(ym_text_length(NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_survives_encoding),
		cmocka_unit_test(an_invalid_byte_counts_as_one_replacement),
		cmocka_unit_test(widths_agree_with_the_c_library_where_it_knows),
		cmocka_unit_test(ideographs_of_all_extensions_are_two_cells_in_any_locale),
		cmocka_unit_test(single_characters_have_their_cells),
		cmocka_unit_test(strings_are_as_wide_as_their_characters),
		cmocka_unit_test(fitting_never_splits_a_character),
		cmocka_unit_test(cutting_marks_what_is_lost),
		cmocka_unit_test(cutting_respects_small_buffers),
		cmocka_unit_test(chinese_wraps_between_characters_but_not_before_a_stop),
		cmocka_unit_test(words_wrap_at_blanks_and_long_ones_are_split),
		cmocka_unit_test(line_ends_and_empty_lines_are_kept),
		cmocka_unit_test(wrapping_always_advances_and_loses_only_blanks),
		cmocka_unit_test(control_characters_are_not_clean),
		cmocka_unit_test(normalizing_folds_width_blanks_and_dots),
		cmocka_unit_test(numbers_and_phones_are_masked),
		cmocka_unit_test(names_keep_their_first_character),
		cmocka_unit_test(addresses_end_after_the_street_level),
		cmocka_unit_test(a_length_counts_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
