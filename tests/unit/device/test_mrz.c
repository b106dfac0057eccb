/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Machine-readable zones: ICAO 9303's own specimens, every single misread character, hints, what is no zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "yimen/mrz.h"

#define TD3 "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
#define TD2 "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\rD231458907UTO7408122F1204159<<<<<<<6"
#define TD1 "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
#define TD1_LONG "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<"
#define MRVA "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<"

static int64_t now_ms;

static struct ym_mrz
read_zone(const char *text)
{
	struct ym_mrz m;

	assert_true(ym_mrz_parse(text, strlen(text), now_ms, &m));
	return m;
}

static void
the_passport_specimen_is_read_whole(void **state)
{
	struct ym_mrz m = read_zone(TD3);

	assert_int_equal(m.format, YM_MRZ_TD3);
	assert_int_equal(m.n_faults, 0);
	assert_string_equal(m.code, "P");
	assert_string_equal(m.issuer, "UTO");
	assert_string_equal(m.nationality, "UTO");
	assert_string_equal(m.number, "L898902C3");
	assert_string_equal(m.surname, "ERIKSSON");
	assert_string_equal(m.given, "ANNA MARIA");
	assert_string_equal(m.birth, "1974-08-12");
	assert_string_equal(m.expiry, "2012-04-15");
	assert_string_equal(m.optional, "ZE184226B");
	assert_int_equal(m.sex, 2);
}

static void
cards_of_both_sizes_and_a_visa_are_read(void **state)
{
	struct ym_mrz m = read_zone(TD2);

	assert_int_equal(m.format, YM_MRZ_TD2);
	assert_int_equal(m.n_faults, 0);
	assert_string_equal(m.number, "D23145890");
	m = read_zone(TD1);
	assert_int_equal(m.format, YM_MRZ_TD1);
	assert_int_equal(m.n_faults, 0);
	assert_string_equal(m.number, "D23145890");
	assert_string_equal(m.given, "ANNA MARIA");
	m = read_zone(MRVA);
	assert_int_equal(m.format, YM_MRZ_MRVA);
	assert_int_equal(m.n_faults, 0);
	assert_string_equal(m.number, "L8988901C");
	assert_string_equal(m.nationality, "XXX");
}

static void
a_number_longer_than_its_place_is_joined_and_checked(void **state)
{
	struct ym_mrz m = read_zone(TD1_LONG);

	assert_int_equal(m.n_faults, 0);
	assert_string_equal(m.number, "D23145890734");
	assert_string_equal(m.surname, "STEVENSON");
}

static void
lines_may_run_together_and_be_in_small_letters(void **state)
{
	struct ym_mrz m = read_zone("p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<<l898902c36uto7408122f1204159ze184226b<<<<<10");

	assert_int_equal(m.n_faults, 0);
	assert_string_equal(m.number, "L898902C3");
}

static void
a_confused_character_is_named_with_what_it_should_be(void **state)
{
	struct ym_mrz m = read_zone("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8989O2C36UTO7408122F1204159ZE184226B<<<<<10");

	assert_int_equal(m.n_faults, 1);
	assert_int_equal(m.faults[0].field, YM_MRZ_NUMBER);
	assert_int_equal(m.faults[0].line, 2);
	assert_int_equal(m.faults[0].column, 1);
	assert_string_equal(m.faults[0].read, "L8989O2C36");
	assert_string_equal(m.faults[0].hints[0], "L898902C36");
	m = read_zone("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO74O8122F1204159ZE184226B<<<<<10");
	assert_int_equal(m.n_faults, 1);
	assert_int_equal(m.faults[0].field, YM_MRZ_BIRTH);
	assert_string_equal(m.faults[0].hints[0], "7408122");
	assert_string_equal(m.birth, "");
}

static void
every_single_changed_digit_is_noticed(void **state)
{
	static const char *const zones[] = { TD3, TD2, TD1 };

	for (size_t z = 0; z < 3; z++)
		for (size_t i = 0; i < strlen(zones[z]); i++) {
			char text[128];
			struct ym_mrz m;

			strcpy(text, zones[z]);
			if (text[i] < '0' || text[i] > '9')
				continue;
			text[i] = (char)('0' + (text[i] - '0' + 1) % 10);
			assert_true(ym_mrz_parse(text, strlen(text), now_ms, &m));
			if (!m.n_faults)
				fail_msg("zone %zu: a changed digit at %zu passed", z, i);
		}
}

static void
digits_in_a_name_and_an_impossible_sex_are_faults(void **state)
{
	struct ym_mrz m = read_zone("P<UTOER1KSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10");

	assert_int_equal(m.n_faults, 1);
	assert_int_equal(m.faults[0].field, YM_MRZ_LETTERS);
	m = read_zone("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122K1204159ZE184226B<<<<<10");
	assert_int_equal(m.n_faults, 1);
	assert_int_equal(m.faults[0].field, YM_MRZ_SEX);
}

static void
the_century_is_settled_by_today(void **state)
{
	struct ym_mrz m = read_zone("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO2608127F3004156ZE184226B<<<<<10");

	assert_string_equal(m.birth, "2026-08-12");
	assert_string_equal(m.expiry, "2030-04-15");
	m = read_zone("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO2612127F7704156ZE184226B<<<<<10");
	assert_string_equal(m.birth, "1926-12-12");
	assert_string_equal(m.expiry, "1977-04-15");
}

static void
what_is_no_zone_is_not_taken_for_one(void **state)
{
	struct ym_mrz m;
	static const char *const no[] = { "", "P", "https://example.cn/1234567890123456789012345678901234567890123456789012345678901234567890",
		"XSUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10",
		"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10" };

	for (size_t i = 0; i < YM_ARRAY_LEN(no); i++)
		assert_false(ym_mrz_parse(no[i], strlen(no[i]), now_ms, &m));
}

static void
a_first_line_waits_for_the_others(void **state)
{
	assert_true(ym_mrz_wants_more("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", 44));
	assert_true(ym_mrz_wants_more("I<UTOD231458907<<<<<<<<<<<<<<<", 30));
	assert_true(ym_mrz_wants_more("I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6", 61));
	assert_false(ym_mrz_wants_more(TD3, strlen(TD3)));
	assert_false(ym_mrz_wants_more(TD1, strlen(TD1)));
	assert_false(ym_mrz_wants_more("PACKAGE 1234567890123456789012345678901234567", 44));
	assert_false(ym_mrz_wants_more("", 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_passport_specimen_is_read_whole),
		cmocka_unit_test(cards_of_both_sizes_and_a_visa_are_read),
		cmocka_unit_test(a_number_longer_than_its_place_is_joined_and_checked),
		cmocka_unit_test(lines_may_run_together_and_be_in_small_letters),
		cmocka_unit_test(a_confused_character_is_named_with_what_it_should_be),
		cmocka_unit_test(every_single_changed_digit_is_noticed),
		cmocka_unit_test(digits_in_a_name_and_an_impossible_sex_are_faults),
		cmocka_unit_test(the_century_is_settled_by_today),
		cmocka_unit_test(what_is_no_zone_is_not_taken_for_one),
		cmocka_unit_test(a_first_line_waits_for_the_others),
	};

	now_ms = (int64_t)ym_date_of(2026, 11, 22) * 86400000;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
