/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * ESC/POS: bytes of a receipt as the manuals have them, and what status bytes mean.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "device/escpos.h"

static void
assert_bytes(const struct ym_buf *b, const void *want, size_t n)
{
	assert_int_equal(b->len, n);
	assert_memory_equal(b->data, want, n);
}

static void
test_a_receipt_is_these_bytes(void **state)
{
	static const uint8_t want[] = {
		0x1B, 0x40, 0x1C, 0x26,                              /* begin, Chinese on */
		0x1B, 0x61, 1, 0x1B, 0x45, 1, 0x1D, 0x21, 0x11,      /* centred, bold, twice the size */
		0xCA, 0xDC, 0xC0, 0xED, 0x0A,                        /* 受理 */
		0x1B, 0x61, 0, 0x1B, 0x45, 0, 0x1D, 0x21, 0, 'N', 'o', ' ', '7', 0x0A,
		0x1B, 0x61, 1,
		0x1D, 0x28, 0x6B, 4, 0, 0x31, 0x41, 0x32, 0, 0x1D, 0x28, 0x6B, 3, 0, 0x31, 0x43, 6,
		0x1D, 0x28, 0x6B, 3, 0, 0x31, 0x45, 0x31, 0x1D, 0x28, 0x6B, 5, 0, 0x31, 0x50, 0x30, 'q', 'r',
		0x1D, 0x28, 0x6B, 3, 0, 0x31, 0x51, 0x30, 0x0A,
		0x1B, 0x61, 0, 0x1C, 0x2E, 0x1B, 0x64, 3, 0x1D, 0x56, 0x42, 0};
	YM_BUF out = {.max = 4096};
	struct ym_escpos e;

	ym_escpos_begin(&e, &out, YM_ESCPOS_GB18030);
	ym_escpos_line(&e, YM_ESCPOS_CENTER | YM_ESCPOS_BOLD | YM_ESCPOS_BIG, "受理");
	ym_escpos_line(&e, 0, "No 7");
	ym_escpos_qr(&e, "qr");
	ym_escpos_end(&e, true);
	assert_bytes(&out, want, sizeof want);
	assert_int_equal(e.n_replaced, 0);
}

static void
test_gb18030_writes_a_rare_character_in_four_bytes(void **state)
{
	YM_BUF out = {.max = 4096};
	struct ym_escpos e;

	ym_escpos_begin(&e, &out, YM_ESCPOS_GB18030);
	ym_escpos_line(&e, 0, "\xF0\xA0\xAE\xB7"); /* U+20BB7 */
	assert_bytes(&out, "\x1B\x40\x1C\x26\x95\x34\xB2\x35\x0A", 9);
	assert_int_equal(e.n_replaced, 0);
}

static void
test_gbk_replaces_what_it_does_not_have_and_counts_it(void **state)
{
	YM_BUF out = {.max = 4096};
	struct ym_escpos e;

	ym_escpos_begin(&e, &out, YM_ESCPOS_GBK);
	ym_escpos_line(&e, 0, "王\xF0\xA0\xAE\xB7""a");
	assert_bytes(&out, "\x1B\x40\x1C\x26\xCD\xF5\xA1\xFE""a\x0A", 10);
	assert_int_equal(e.n_replaced, 1);
}

static void
test_no_text_becomes_a_command(void **state)
{
	YM_BUF out = {.max = 4096};
	struct ym_escpos e;

	ym_escpos_begin(&e, &out, YM_ESCPOS_GBK);
	ym_escpos_line(&e, 0, "a\x1B\x40\x10\x04\x1D\x7F""b\xC2\x9B\xFF");
	/* the broken byte is U+FFFD: replaced */
	assert_bytes(&out, "\x1B\x40\x1C\x26""a@b\xA1\xFE\x0A", 10);
}

static void
test_a_code_too_long_comes_out_as_text(void **state)
{
	YM_BUF out = {.max = 8192};
	struct ym_escpos e;
	char longest[YM_ESCPOS_QR_MAX + 2];

	memset(longest, 'x', sizeof longest);
	longest[YM_ESCPOS_QR_MAX + 1] = 0;
	ym_escpos_begin(&e, &out, YM_ESCPOS_GBK);
	ym_escpos_qr(&e, longest);
	assert_int_equal(out.len, 4 + YM_ESCPOS_QR_MAX + 1 + 1);
}

static void
test_what_is_not_ascii_takes_two_columns(void **state)
{
	assert_int_equal(ym_escpos_width("a1 "), 3);
	assert_int_equal(ym_escpos_width("受理"), 4);
	assert_int_equal(ym_escpos_width("·—"), 4); /* one cell each on a terminal */
}

static void
test_status_bytes_mean_what_the_manuals_say(void **state)
{
	assert_true(ym_escpos_is_status(0x12));
	assert_true(ym_escpos_is_status(0x7E));
	assert_false(ym_escpos_is_status(0x00));
	assert_false(ym_escpos_is_status(0x10)); /* automatic status */
	assert_true(ym_escpos_is_done(0x00));
	assert_true(ym_escpos_is_done(0x0F));
	assert_false(ym_escpos_is_done(0x12));
	assert_int_equal(ym_escpos_faults(1, 0x12), 0);
	assert_int_equal(ym_escpos_faults(1, 0x1A), YM_ESCPOS_OFFLINE);
	assert_int_equal(ym_escpos_faults(2, 0x16), YM_ESCPOS_COVER);
	assert_int_equal(ym_escpos_faults(2, 0x32), YM_ESCPOS_PAPER_OUT);
	assert_int_equal(ym_escpos_faults(2, 0x52), YM_ESCPOS_ERROR);
	assert_int_equal(ym_escpos_faults(4, 0x1E), YM_ESCPOS_PAPER_LOW);
	assert_int_equal(ym_escpos_faults(4, 0x72), YM_ESCPOS_PAPER_OUT);
	assert_int_equal(ym_escpos_done_faults(0x0C), YM_ESCPOS_PAPER_OUT);
}

static void
test_the_gravest_fault_has_the_sentence(void **state)
{
	assert_null(ym_escpos_fault_text(0));
	assert_string_equal(ym_escpos_fault_text(YM_ESCPOS_OFFLINE | YM_ESCPOS_COVER), ym_escpos_fault_text(YM_ESCPOS_COVER));
	for (int f = 1; f < 32; f++)
		assert_non_null(ym_escpos_fault_text(f));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_receipt_is_these_bytes),
		cmocka_unit_test(test_gb18030_writes_a_rare_character_in_four_bytes),
		cmocka_unit_test(test_gbk_replaces_what_it_does_not_have_and_counts_it),
		cmocka_unit_test(test_no_text_becomes_a_command),
		cmocka_unit_test(test_a_code_too_long_comes_out_as_text),
		cmocka_unit_test(test_what_is_not_ascii_takes_two_columns),
		cmocka_unit_test(test_status_bytes_mean_what_the_manuals_say),
		cmocka_unit_test(test_the_gravest_fault_has_the_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
