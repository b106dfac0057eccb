/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Scanned codes told apart by form and check digits; a misread one is never taken for a good one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/number.h"
#include "yimen/barcode.h"

static struct ym_barcode
judge(const char *text)
{
	struct ym_barcode b;

	ym_barcode_parse(text, strlen(text), &b);
	return b;
}

/* An identifier with the right check character: invented type, issuer and serial. */
static void
certificate(char out[160], const char *tail)
{
	const char *body = "11220000000000000X001.112299010000000003.2026000123.001";
	char plain[100];
	size_t n = 0;

	for (const char *c = body; *c; c++)
		if (*c != '.')
			plain[n++] = *c;
	plain[n] = 0;
	snprintf(out, 160, "1.2.156.3005.2.%s.%c%s", body, ym_number_mod37_36(plain), tail);
}

static void
an_electronic_certificate_is_taken_apart(void **state)
{
	char text[160];
	struct ym_barcode b;

	certificate(text, "");
	b = judge(text);
	assert_int_equal(b.kind, YM_BARCODE_CERTIFICATE);
	assert_int_equal(b.check, YM_BARCODE_CHECKED);
	assert_string_equal(b.value, text);
	assert_string_equal(b.type, "11220000000000000X001");
	assert_string_equal(b.issuer, "112299010000000003");
	assert_string_equal(b.serial, "2026000123");
	assert_string_equal(b.version, "001");
	assert_int_equal(b.n_signed, 0);
	text[50] = text[50] == '7' ? '8' : '7';
	assert_int_equal(judge(text).check, YM_BARCODE_WRONG);
}

static void
its_time_limit_and_signature_are_found(void **state)
{
	char text[160];
	struct ym_barcode b;

	certificate(text, ";u=20261122101500;s=MEUCIQ==");
	b = judge(text);
	assert_int_equal(b.kind, YM_BARCODE_CERTIFICATE);
	assert_string_equal(b.until, "20261122101500");
	assert_string_equal(b.text + b.signature_at, "MEUCIQ==");
	assert_int_equal(b.n_signed, strlen(text) - strlen(";s=MEUCIQ=="));
	certificate(text, ";s=");
	b = judge(text);
	assert_int_equal(b.n_signed, 0);
}

static void
codes_of_the_house_come_back_as_they_were_made(void **state)
{
	char text[64];
	struct ym_barcode b;

	assert_true(ym_barcode_make(text, sizeof text, 'A', "0945:K3F9Q2"));
	b = judge(text);
	assert_int_equal(b.kind, YM_BARCODE_APPOINTMENT);
	assert_int_equal(b.check, YM_BARCODE_CHECKED);
	assert_string_equal(b.at, "09:45");
	assert_string_equal(b.value, "K3F9Q2");
	assert_true(ym_barcode_make(text, sizeof text, 'M', "birth_cert"));
	b = judge(text);
	assert_int_equal(b.kind, YM_BARCODE_MATERIAL);
	assert_string_equal(b.value, "birth_cert");
	assert_true(ym_barcode_make(text, sizeof text, 'T', "48213"));
	b = judge(text);
	assert_int_equal(b.kind, YM_BARCODE_TEACH);
	assert_string_equal(b.value, "48213");
	assert_false(ym_barcode_make(text, 8, 'T', "48213"));
}

static void
a_misread_house_code_says_so(void **state)
{
	char text[64];

	assert_true(ym_barcode_make(text, sizeof text, 'A', "0945:K3F9Q2"));
	for (size_t i = 5; i < strlen(text); i++) {
		char was = text[i];
		struct ym_barcode b;

		if (was == ':')
			continue;
		text[i] = was == '1' ? '2' : '1';
		b = judge(text);
		assert_false(b.kind == YM_BARCODE_APPOINTMENT && b.check == YM_BARCODE_CHECKED);
		text[i] = was;
	}
	assert_int_equal(judge("YM:A:2461:AB:0").kind, YM_BARCODE_TEXT);
	assert_int_equal(judge("YM:Z:1:0").kind, YM_BARCODE_TEXT);
	assert_int_equal(judge("YM:A::0").kind, YM_BARCODE_TEXT);
}

static void
mail_numbers_are_told_from_goods(void **state)
{
	/* UPU S10's own example */
	assert_int_equal(judge("RR473124829GB").kind, YM_BARCODE_MAIL);
	assert_int_equal(judge("RR473124829GB").check, YM_BARCODE_CHECKED);
	assert_int_equal(judge("RR473124828GB").check, YM_BARCODE_WRONG);
	assert_int_equal(judge("1012345678901").kind, YM_BARCODE_MAIL);
	assert_int_equal(judge("1012345678901").check, YM_BARCODE_NO_CHECK);
	assert_int_equal(judge("6901234567892").kind, YM_BARCODE_TEXT);
}

static void
case_and_identity_numbers_need_their_check_character(void **state)
{
	char text[40] = "22019999000003A2026112200007", id[20] = "22990119900307001";
	struct ym_barcode b;

	text[28] = ym_number_mod37_36(text);
	b = judge(text);
	assert_int_equal(b.kind, YM_BARCODE_CASE);
	assert_int_equal(b.check, YM_BARCODE_CHECKED);
	text[27] = '8';
	assert_int_equal(judge(text).check, YM_BARCODE_WRONG);
	id[17] = ym_number_id18_check(id);
	assert_int_equal(judge(id).kind, YM_BARCODE_IDENTITY);
	id[16] = '2';
	assert_int_equal(judge(id).kind, YM_BARCODE_TEXT);
}

static void
a_zone_is_known_with_and_without_faults(void **state)
{
	struct ym_barcode b = judge("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10");

	assert_int_equal(b.kind, YM_BARCODE_MRZ);
	assert_int_equal(b.check, YM_BARCODE_CHECKED);
	b = judge("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8989O2C36UTO7408122F1204159ZE184226B<<<<<10");
	assert_int_equal(b.kind, YM_BARCODE_MRZ);
	assert_int_equal(b.check, YM_BARCODE_WRONG);
}

static void
text_of_old_scanners_becomes_utf8_on_one_line(void **state)
{
	assert_string_equal(judge("户口簿\tA\r\n").text, "户口簿 A");
	assert_string_equal(judge("\xBB\xA7\xBF\xDA\xB2\xBE").text, "户口簿"); /* GB18030 */
	assert_string_equal(judge("\xFF\xFF" "AB").text, "AB");
	assert_string_equal(judge("  \x1D 01 ").text, "01");
}

static void
a_text_longer_than_any_code_is_cut_at_a_character(void **state)
{
	char text[YM_BARCODE_TEXT_MAX * 2 + 1];
	struct ym_barcode b;

	for (size_t i = 0; i < sizeof text - 3; i += 3)
		memcpy(text + i, "户", 4);
	b = judge(text);
	assert_int_equal(b.kind, YM_BARCODE_TEXT);
	assert_int_equal(strlen(b.text) % 3, 0);
	assert_true(strlen(b.text) > YM_BARCODE_TEXT_MAX - 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_electronic_certificate_is_taken_apart),
		cmocka_unit_test(its_time_limit_and_signature_are_found),
		cmocka_unit_test(codes_of_the_house_come_back_as_they_were_made),
		cmocka_unit_test(a_misread_house_code_says_so),
		cmocka_unit_test(mail_numbers_are_told_from_goods),
		cmocka_unit_test(case_and_identity_numbers_need_their_check_character),
		cmocka_unit_test(a_zone_is_known_with_and_without_faults),
		cmocka_unit_test(text_of_old_scanners_becomes_utf8_on_one_line),
		cmocka_unit_test(a_text_longer_than_any_code_is_cut_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
