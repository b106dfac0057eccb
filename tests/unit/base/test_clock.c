/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Dates compared with the C library day by day, and the clock that practice puts in place of
 * ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"

static void
dates_agree_with_the_c_library_from_1900_to_2100(void **state)
{
	struct tm first = { .tm_year = 0, .tm_mon = 0, .tm_mday = 1 };
	struct tm last = { .tm_year = 200, .tm_mon = 11, .tm_mday = 31 };
	int64_t from = timegm(&first) / 86400, to = timegm(&last) / 86400;

	assert_int_equal(to - from, 73413);
	for (int64_t day = from; day <= to; day++) {
		time_t t = (time_t)(day * 86400);
		struct tm tm;
		int y, m, d;

		gmtime_r(&t, &tm);
		ym_date_split((ym_date)day, &y, &m, &d);
		assert_int_equal(y, tm.tm_year + 1900);
		assert_int_equal(m, tm.tm_mon + 1);
		assert_int_equal(d, tm.tm_mday);
		assert_int_equal(ym_date_of(y, m, d), day);
		assert_int_equal(ym_date_weekday((ym_date)day), tm.tm_wday ? tm.tm_wday : 7);
	}
}

static void
impossible_dates_are_none(void **state)
{
	static const int bad[][3] = {
		{ 2026, 2, 29 }, { 1900, 2, 29 }, { 2100, 2, 29 }, { 2026, 4, 31 }, { 2026, 0, 1 },
		{ 2026, 13, 1 }, { 2026, 1, 0 }, { 2026, 1, 32 }, { 0, 1, 1 }, { 10000, 1, 1 }, { -1, -1, -1 },
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(bad); i++)
		assert_int_equal(ym_date_of(bad[i][0], bad[i][1], bad[i][2]), YM_DATE_NONE);
	assert_int_not_equal(ym_date_of(2000, 2, 29), YM_DATE_NONE);
	assert_int_not_equal(ym_date_of(2024, 2, 29), YM_DATE_NONE);
}

static void
parsing_takes_two_forms_only(void **state)
{
	static const char *const bad[] = { "", "2026-11-2", "2026-11-222", "2026/11/22", "202611220", "2026112",
		"2026-02-30", "20260230", "+026-11-22", " 20261122", "2026-11-22 ", "2026-1--22", "２０２６" };
	char buf[16];

	assert_int_equal(ym_date_parse("2026-11-22"), ym_date_of(2026, 11, 22));
	assert_int_equal(ym_date_parse("20261122"), ym_date_of(2026, 11, 22));
	for (size_t i = 0; i < YM_ARRAY_LEN(bad); i++)
		assert_int_equal(ym_date_parse(bad[i]), YM_DATE_NONE);
	assert_int_equal(ym_date_parse(NULL), YM_DATE_NONE);
	ym_date_format(buf, ym_date_of(2026, 1, 2));
	assert_string_equal(buf, "2026-01-02");
	ym_date_format(buf, YM_DATE_NONE);
	assert_string_equal(buf, "");
	ym_date_format(buf, INT32_MAX);
	ym_date_format(buf, INT32_MIN + 1);
}

static void
adding_months_stays_within_the_month(void **state)
{
	assert_int_equal(ym_date_add_months(ym_date_of(2026, 1, 31), 1), ym_date_of(2026, 2, 28));
	assert_int_equal(ym_date_add_months(ym_date_of(2024, 1, 31), 1), ym_date_of(2024, 2, 29));
	assert_int_equal(ym_date_add_months(ym_date_of(2024, 2, 29), 12), ym_date_of(2025, 2, 28));
	assert_int_equal(ym_date_add_months(ym_date_of(2026, 3, 31), -1), ym_date_of(2026, 2, 28));
	assert_int_equal(ym_date_add_months(ym_date_of(2026, 1, 15), -1), ym_date_of(2025, 12, 15));
	assert_int_equal(ym_date_add_months(ym_date_of(2026, 12, 8), 120), ym_date_of(2036, 12, 8));
	assert_int_equal(ym_date_add_months(ym_date_of(2026, 12, 8), INT32_MAX), YM_DATE_NONE);
	assert_int_equal(ym_date_add_months(ym_date_of(2026, 12, 8), INT32_MIN), YM_DATE_NONE);
	assert_int_equal(ym_date_add_months(YM_DATE_NONE, 1), YM_DATE_NONE);
}

static void
age_grows_on_the_birthday(void **state)
{
	ym_date birth = ym_date_of(2008, 2, 29);

	assert_int_equal(ym_date_age(birth, ym_date_of(2026, 2, 28)), 17);
	assert_int_equal(ym_date_age(birth, ym_date_of(2026, 3, 1)), 18);
	assert_int_equal(ym_date_age(birth, ym_date_of(2024, 2, 28)), 15);
	assert_int_equal(ym_date_age(birth, ym_date_of(2024, 2, 29)), 16);
	assert_int_equal(ym_date_age(birth, birth), 0);
	assert_int_equal(ym_date_age(birth, birth - 1), -1);
	assert_int_equal(ym_date_age(YM_DATE_NONE, birth), -1);
	assert_int_equal(ym_date_age(birth, YM_DATE_NONE), -1);
}

static void
office_time_is_eight_hours_ahead_whatever_tz_says(void **state)
{
	const int64_t wall = 1795311660123; /* 2026-11-22T01:41:00.123Z */
	char buf[32];

	setenv("TZ", "America/New_York", 1);
	tzset();
	ym_time_format_utc(buf, wall);
	assert_string_equal(buf, "2026-11-22T01:41:00.123Z");
	ym_time_format_hm(buf, wall);
	assert_string_equal(buf, "09:41");
	ym_time_format_local(buf, wall);
	assert_string_equal(buf, "2026-11-22 09:41");
	assert_int_equal(ym_date_at(wall), ym_date_of(2026, 11, 22));
	assert_int_equal(ym_date_at(1795276799999), ym_date_of(2026, 11, 21)); /* 15:59:59.999Z */
	assert_int_equal(ym_date_at(1795276800000), ym_date_of(2026, 11, 22));
	assert_int_equal(ym_date_at(-28800001), ym_date_of(1969, 12, 31));
	ym_time_format_utc(buf, -1);
	assert_string_equal(buf, "1969-12-31T23:59:59.999Z");
	unsetenv("TZ");
	tzset();
}

static void
utc_times_are_read_back(void **state)
{
	static const char *const bad[] = { "", "2026-11-22", "2026-11-22T01:41:00", "2026-11-22T01:41Z",
		"2026-11-22 01:41:00Z", "2026-11-22T24:00:00Z", "2026-11-22T01:60:00Z", "2026-11-22T01:41:00.Z",
		"2026-11-22T01:41:00.1", "2026-11-22T01:41:00+8:00", "2026-11-22T01:41:00+24:00",
		"2026-11-22T01:41:00ZZ", "2026-02-30T01:41:00Z", "1969-12-31T23:59:59Z" };
	char buf[32];

	assert_int_equal(ym_time_parse_utc("2026-11-22T01:41:00.123Z"), 1795311660123);
	assert_int_equal(ym_time_parse_utc("2026-11-22T01:41:00Z"), 1795311660000);
	assert_int_equal(ym_time_parse_utc("2026-11-22T09:41:00.1+08:00"), 1795311660100);
	assert_int_equal(ym_time_parse_utc("2026-11-21T22:11:00.123456789-03:30"), 1795311660123);
	for (size_t i = 0; i < YM_ARRAY_LEN(bad); i++)
		if (ym_time_parse_utc(bad[i]) != -1)
			fail_msg("accepted %s", bad[i]);
	assert_int_equal(ym_time_parse_utc(NULL), -1);
	for (int64_t t = 0; t < 4102444800000; t += 86399999 * (int64_t)17) {
		ym_time_format_utc(buf, t);
		assert_int_equal(ym_time_parse_utc(buf), t);
	}
}

static int64_t
fixed(void *user)
{
	return *(int64_t *)user;
}

static void
a_virtual_clock_replaces_both_clocks(void **state)
{
	int64_t now = 1795311660123;
	const struct ym_clock clock = { .wall_ms = fixed, .mono_ms = fixed, .user = &now };
	int64_t before = ym_clock_wall();

	ym_clock_set(&clock);
	assert_int_equal(ym_clock_wall(), now);
	assert_int_equal(ym_clock_mono(), now);
	assert_int_equal(ym_date_today(), ym_date_of(2026, 11, 22));
	now += 86400000;
	assert_int_equal(ym_date_today(), ym_date_of(2026, 11, 23));
	ym_clock_set(NULL);
	assert_true(ym_clock_wall() >= before && ym_clock_wall() < before + 60000);
}

static void
boot_id_is_constant(void **state)
{
	const char *id = ym_clock_boot_id();

	assert_true(strlen(id) == 36 || ym_streq(id, "unknown"));
	assert_string_equal(ym_clock_boot_id(), id);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_agree_with_the_c_library_from_1900_to_2100),
		cmocka_unit_test(impossible_dates_are_none),
		cmocka_unit_test(parsing_takes_two_forms_only),
		cmocka_unit_test(adding_months_stays_within_the_month),
		cmocka_unit_test(age_grows_on_the_birthday),
		cmocka_unit_test(office_time_is_eight_hours_ahead_whatever_tz_says),
		cmocka_unit_test(utc_times_are_read_back),
		cmocka_unit_test(a_virtual_clock_replaces_both_clocks),
		cmocka_unit_test(boot_id_is_constant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
