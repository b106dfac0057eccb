/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Buffers and their ceiling, strings, hexadecimal, and the error struct. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "base/mem.h"
#include "yimen/text.h"

static void
a_buffer_grows_and_stays_terminated(void **state)
{
	YM_BUF b = { 0 };

	assert_string_equal(ym_buf_str(&b), "");
	ym_buf_adds(&b, NULL);
	ym_buf_add(&b, NULL, 0);
	for (int i = 0; i < 10000; i++) {
		ym_buf_addf(&b, "%d,", i % 10);
		assert_int_equal(b.data[b.len], 0);
	}
	assert_int_equal(b.len, 20000);
	ym_buf_drop(&b, 19998);
	assert_string_equal(ym_buf_str(&b), "9,");
	ym_buf_addc(&b, '!');
	assert_string_equal(ym_buf_str(&b), "9,!");
	ym_buf_drop(&b, 1000);
	assert_string_equal(ym_buf_str(&b), "");
	assert_int_equal(b.len, 0);
}

static void
a_write_past_the_maximum_is_ignored_and_remembered(void **state)
{
	YM_BUF b;

	ym_buf_init(&b, 5);
	ym_buf_adds(&b, "12345");
	assert_false(b.overflow);
	ym_buf_addc(&b, '6');
	assert_true(b.overflow);
	assert_string_equal(ym_buf_str(&b), "12345");
	ym_buf_drop(&b, 3);
	/* Half of a message is worse than none: later writes stay out too. */
	ym_buf_addc(&b, '6');
	assert_string_equal(ym_buf_str(&b), "45");
	ym_buf_clear(&b);
	ym_buf_addf(&b, "%s", "abc");
	assert_false(b.overflow);
	ym_buf_addf(&b, "%s", "defg");
	assert_true(b.overflow);
	assert_string_equal(ym_buf_str(&b), "abc");
	ym_buf_release(&b);
	ym_buf_adds(&b, "123456");
	assert_true(b.overflow); /* the maximum outlives a release */
}

static void
the_default_maximum_is_64_mib(void **state)
{
	YM_BUF b = { 0 };
	YM_FREE char *big = ym_alloc(64u << 20);

	ym_buf_add(&b, big, 64u << 20);
	assert_false(b.overflow);
	ym_buf_addc(&b, 'x');
	assert_true(b.overflow);
}

static void
taking_hands_the_bytes_over(void **state)
{
	YM_BUF b = { 0 };
	YM_FREE char *empty = ym_buf_take(&b), *text = NULL;

	assert_string_equal(empty, "");
	ym_buf_adds(&b, "text");
	text = ym_buf_take(&b);
	assert_string_equal(text, "text");
	assert_null(b.data);
	assert_int_equal(b.len, 0);
}

static void
release_accepts_null_and_twice(void **state)
{
	struct ym_buf b = { 0 };

	ym_buf_release(NULL);
	ym_buf_release(&b);
	ym_buf_adds(&b, "x");
	ym_buf_release(&b);
	ym_buf_release(&b);
}

static void
copies_truncate_on_a_character(void **state)
{
	for (size_t size = 1; size < 16; size++) {
		char *buf = ym_alloc(size);

		assert_ptr_equal(ym_strlcpy(buf, "a一𠮷é", size), buf);
		assert_true(ym_text_is_clean(buf, false));
		assert_true(strlen(buf) + 4 >= (size - 1 < 10 ? size - 1 : 10));
		assert_memory_equal(buf, "a一𠮷é", strlen(buf));
		free(buf);
	}
	ym_strlcpy(NULL, "x", 0);
}

static void
strings_may_be_null(void **state)
{
	YM_FREE char *copy = ym_strndup("一门", 3);
	YM_FREE char *text = ym_asprintf("%s-%d", "a", 7);

	assert_null(ym_strdup(NULL));
	assert_null(ym_strndup(NULL, 3));
	assert_string_equal(copy, "一");
	assert_string_equal(text, "a-7");
	assert_true(ym_streq(NULL, NULL));
	assert_false(ym_streq("", NULL));
	assert_false(ym_streq("a", "b"));
	assert_true(ym_streq("a", copy ? "a" : ""));
}

static void
hexadecimal_goes_both_ways(void **state)
{
	uint8_t bytes[256], back[256];
	char text[513];

	for (int i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	ym_hex(text, bytes, 256);
	assert_int_equal(strlen(text), 512);
	assert_memory_equal(text, "000102", 6);
	assert_memory_equal(text + 506, "fdfeff", 6);
	assert_true(ym_unhex(back, 256, text));
	assert_memory_equal(bytes, back, 256);
	assert_true(ym_unhex(back, 2, "Ab0F"));
	assert_int_equal(back[0], 0xAB);
}

static void
unhex_refuses_other_lengths_and_characters_and_writes_nothing(void **state)
{
	static const char *const bad[] = { "", "abc", "abcd0", "abcde", "abcg", "ab d", "0xab", "ab\xFF\x30" };
	uint8_t out[2] = { 1, 2 };

	for (size_t i = 0; i < YM_ARRAY_LEN(bad); i++)
		assert_false(ym_unhex(out, 2, bad[i]));
	assert_false(ym_unhex(out, 2, NULL));
	assert_int_equal(out[0], 1);
	assert_int_equal(out[1], 2);
}

static enum ym_code
fail_with_errno(struct ym_error *err)
{
	errno = ENOSPC;
	return ym_fail_on(err, YM_IO, N_("Cannot write the file"), "subject", "write: %m, %d", 42);
}

static void
failing_fills_the_error_and_keeps_errno(void **state)
{
	struct ym_error err;
	YM_BUF long_text = { 0 };

	assert_int_equal(fail_with_errno(&err), YM_IO);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(err.code, YM_IO);
	assert_int_equal(err.sys, 0);
	assert_string_equal(err.msgid, "Cannot write the file");
	assert_string_equal(err.subject, "subject");
	assert_string_equal(err.detail, "write: No space left on device, 42");
	assert_int_equal(fail_with_errno(NULL), YM_IO);
	assert_int_equal(ym_fail(&err, YM_BUSY, "Busy", NULL), YM_BUSY);
	assert_string_equal(err.subject, "");
	assert_string_equal(err.detail, "");
	for (int i = 0; i < 200; i++)
		ym_buf_adds(&long_text, "窗口");
	ym_fail_on(&err, YM_IO, "x", ym_buf_str(&long_text), "%s", ym_buf_str(&long_text));
	assert_true(strlen(err.subject) < sizeof err.subject && ym_text_is_clean(err.subject, false));
	assert_true(strlen(err.detail) < sizeof err.detail);
}

static void
every_code_has_a_name(void **state)
{
	assert_string_equal(ym_code_name(YM_OK), "OK");
	assert_string_equal(ym_code_name(YM_IO), "IO");
	assert_string_equal(ym_code_name(YM_CORRUPT), "CORRUPT");
	assert_string_equal(ym_code_name((enum ym_code)99), "UNKNOWN");
	assert_string_equal(ym_code_name((enum ym_code)-1), "UNKNOWN");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_grows_and_stays_terminated),
		cmocka_unit_test(a_write_past_the_maximum_is_ignored_and_remembered),
		cmocka_unit_test(the_default_maximum_is_64_mib),
		cmocka_unit_test(taking_hands_the_bytes_over),
		cmocka_unit_test(release_accepts_null_and_twice),
		cmocka_unit_test(copies_truncate_on_a_character),
		cmocka_unit_test(strings_may_be_null),
		cmocka_unit_test(hexadecimal_goes_both_ways),
		cmocka_unit_test(unhex_refuses_other_lengths_and_characters_and_writes_nothing),
		cmocka_unit_test(failing_fills_the_error_and_keeps_errno),
		cmocka_unit_test(every_code_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
