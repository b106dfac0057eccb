/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Due dates (domain rules §4) on the calendars of 2025 and 2026: the day after is the first, days off are skipped, worked
 * weekend days count, months and days end on a working day, an unpublished year is said to be unknown.
 */
#include "fixture.h"

static const struct ym_calendar *
calendar(void **state)
{
	return ym_pack_calendar(((struct fixture *)*state)->pack);
}

static void
due(void **state, const char *from, int value, enum ym_limit_unit unit, const char *want,
	bool want_known)
{
	struct ym_limit limit = { .known = true, .value = value, .unit = unit, .text = "" };
	bool known = !want_known;
	char got[16];

	ym_date_format(got, ym_calendar_due(calendar(state), ym_date_parse(from), &limit, &known));
	assert_string_equal(got, want);
	assert_int_equal(known, want_known);
}

static void
working_days_begin_the_day_after(void **state)
{
	due(state, "2026-11-20", 1, YM_UNIT_WORKDAY, "2026-11-23", true); /* Friday: Monday */
	due(state, "2026-11-16", 1, YM_UNIT_WORKDAY, "2026-11-17", true);
	due(state, "2026-11-16", 5, YM_UNIT_WORKDAY, "2026-11-23", true);
	due(state, "2026-11-21", 1, YM_UNIT_WORKDAY, "2026-11-23",
		true); /* received on a Saturday */
	due(state, "2026-11-20", 20, YM_UNIT_WORKDAY, "2026-12-18", true);
	due(state, "2026-11-20", 0, YM_UNIT_WORKDAY, "2026-11-20", true); /* the same day */
}

static void
days_off_are_skipped_and_worked_weekends_count(void **state)
{
	due(state, "2026-09-30", 1, YM_UNIT_WORKDAY, "2026-10-08",
		true); /* before the national day */
	due(state, "2026-10-08", 2, YM_UNIT_WORKDAY, "2026-10-10", true); /* Saturday worked */
	due(state, "2026-09-18", 1, YM_UNIT_WORKDAY, "2026-09-20", true); /* Sunday worked */
	due(state, "2026-02-13", 1, YM_UNIT_WORKDAY, "2026-02-14",
		true); /* the worked Saturday before the new year */
	due(state, "2026-02-14", 1, YM_UNIT_WORKDAY, "2026-02-24", true);
	due(state, "2025-01-27", 1, YM_UNIT_WORKDAY, "2025-02-05", true);
	due(state, "2025-12-31", 1, YM_UNIT_WORKDAY, "2026-01-04",
		true); /* across years, a worked Sunday */
}

static void
days_and_months_end_on_a_working_day(void **state)
{
	due(state, "2026-11-20", 1, YM_UNIT_DAY, "2026-11-23", true);
	due(state, "2026-11-16", 15, YM_UNIT_DAY, "2026-12-01", true);
	due(state, "2026-09-21", 10, YM_UNIT_DAY, "2026-10-08", true); /* 1 October */
	due(state, "2026-09-30", 10, YM_UNIT_DAY, "2026-10-10",
		true); /* a worked Saturday is no day off */
	due(state, "2026-08-01", 2, YM_UNIT_MONTH, "2026-10-08", true);
	due(state, "2026-01-31", 1, YM_UNIT_MONTH, "2026-02-28",
		true); /* no 31st; a worked Saturday */
	due(state, "2026-03-16", 1, YM_UNIT_MONTH, "2026-04-16", true);
	due(state, "2026-09-30", 48, YM_UNIT_HOUR, "2026-10-02",
		true); /* hours run through days off */
	due(state, "2026-11-20", 24, YM_UNIT_HOUR, "2026-11-21", true);
}

static void
an_unpublished_year_is_said_to_be_unknown(void **state)
{
	due(state, "2026-12-31", 1, YM_UNIT_WORKDAY, "2027-01-01",
		false); /* a Friday, as far as weekdays tell */
	due(state, "2026-12-25", 4, YM_UNIT_WORKDAY, "2026-12-31", true);
	due(state, "2026-12-25", 5, YM_UNIT_WORKDAY, "2027-01-01", false);
	due(state, "2026-12-01", 3, YM_UNIT_MONTH, "2027-03-01", false);
	due(state, "2024-12-30", 1, YM_UNIT_WORKDAY, "2024-12-31", false);
}

static void
an_unknown_limit_has_no_due_date(void **state)
{
	struct ym_limit unknown = { .known = false, .value = 5 };
	bool known = true;

	assert_int_equal(
		ym_calendar_due(calendar(state), ym_date_parse("2026-11-20"), &unknown, &known),
		YM_DATE_NONE);
	assert_false(known);
	due(state, "not a date", 1, YM_UNIT_WORKDAY, "", false);
}

static void
workdays_between_are_counted(void **state)
{
	const struct ym_calendar *c = calendar(state);
	bool known;

	assert_int_equal(ym_calendar_workdays(c, ym_date_parse("2026-09-30"),
				 ym_date_parse("2026-10-10"), &known),
		3);
	assert_true(known);
	assert_int_equal(ym_calendar_workdays(c, ym_date_parse("2026-11-20"),
				 ym_date_parse("2026-11-20"), &known),
		0);
	assert_int_equal(ym_calendar_workdays(c, ym_date_parse("2026-11-20"),
				 ym_date_parse("2026-11-01"), &known),
		0);
	ym_calendar_workdays(c, ym_date_parse("2026-12-30"), ym_date_parse("2027-01-04"), &known);
	assert_false(known);
	assert_true(ym_calendar_is_workday(c, ym_date_parse("2026-10-10"), &known));
	assert_false(ym_calendar_is_workday(c, ym_date_parse("2026-10-01"), &known));
	assert_true(known);
	assert_true(ym_calendar_is_workday(c, ym_date_parse("2027-10-01"), &known));
	assert_false(known);
}

/* The due date of n working days is n working days away, from any day of two years. */
static void
due_and_count_agree(void **state)
{
	const struct ym_calendar *c = calendar(state);

	for (ym_date d = ym_date_parse("2025-01-01"); d <= ym_date_parse("2026-10-01"); d++) {
		struct ym_limit limit = {
			.known = true, .value = 1 + d % 20, .unit = YM_UNIT_WORKDAY
		};
		bool known;
		ym_date end = ym_calendar_due(c, d, &limit, &known);

		assert_int_equal(ym_calendar_workdays(c, d, end, &known), limit.value);
		assert_true(ym_calendar_is_workday(c, end, &known));
	}
}

static ym_date
day(const char *text)
{
	return ym_date_parse(text);
}

static void
due_paused(void **state, const char *from, int value, enum ym_limit_unit unit, const struct ym_pause *pauses, int n, int extra,
	const char *want)
{
	struct ym_limit limit = { .known = true, .value = value, .unit = unit, .text = "" };
	char got[16];

	ym_date_format(got, ym_calendar_due_paused(calendar(state), day(from), &limit, pauses, n, extra, NULL));
	assert_string_equal(got, want);
}

static void
a_suspension_takes_its_working_days_out(void **state)
{
	struct ym_pause week = { day("2026-11-18"), day("2026-11-24") }, weekend = { day("2026-11-21"), day("2026-11-22") },
			open = { day("2026-11-18"), YM_DATE_NONE };
	struct ym_pause two[] = { { day("2026-11-17"), day("2026-11-17") }, { day("2026-11-19"), day("2026-11-19") } };

	due_paused(state, "2026-11-16", 5, YM_UNIT_WORKDAY, NULL, 0, 0, "2026-11-23");
	/* 18, 19, 20, 23, 24 do not count: five more */
	due_paused(state, "2026-11-16", 5, YM_UNIT_WORKDAY, &week, 1, 0, "2026-11-30");
	due_paused(state, "2026-11-16", 5, YM_UNIT_WORKDAY, &weekend, 1, 0, "2026-11-23");
	due_paused(state, "2026-11-16", 5, YM_UNIT_WORKDAY, two, 2, 0, "2026-11-25");
	/* nobody knows the end while it lasts */
	due_paused(state, "2026-11-16", 5, YM_UNIT_WORKDAY, &open, 1, 0, "");
	/* days of the calendar move by as many days, and end on a working day: 10 + 7 is a Thursday */
	due_paused(state, "2026-11-16", 10, YM_UNIT_DAY, &week, 1, 0, "2026-12-03");
	due_paused(state, "2026-11-16", 3, YM_UNIT_DAY, &week, 1, 0, "2026-11-26");
	due_paused(state, "2026-11-16", 48, YM_UNIT_HOUR, &week, 1, 0, "2026-11-25");
	/* a pause after the end changes nothing */
	due_paused(state, "2026-11-02", 5, YM_UNIT_WORKDAY, &week, 1, 0, "2026-11-09");
}

static void
an_extension_counts_on_from_the_due_date(void **state)
{
	struct ym_pause week = { day("2026-11-18"), day("2026-11-24") };

	due_paused(state, "2026-11-16", 20, YM_UNIT_WORKDAY, NULL, 0, 10, "2026-12-28");
	due_paused(state, "2026-11-16", 5, YM_UNIT_WORKDAY, &week, 1, 10, "2026-12-14");
	due_paused(state, "2026-11-16", 1, YM_UNIT_MONTH, NULL, 0, 10, "2026-12-30");
}

static void
working_days_used_leave_out_the_suspension(void **state)
{
	struct ym_pause week = { day("2026-11-18"), day("2026-11-24") }, open = { day("2026-11-18"), YM_DATE_NONE };
	bool known = false;

	assert_int_equal(ym_calendar_used(calendar(state), day("2026-11-16"), day("2026-11-26"), NULL, 0, &known), 8);
	assert_true(known);
	assert_int_equal(ym_calendar_used(calendar(state), day("2026-11-16"), day("2026-11-26"), &week, 1, NULL), 3);
	assert_int_equal(ym_calendar_used(calendar(state), day("2026-11-16"), day("2026-11-26"), &open, 1, NULL), 1);
	assert_int_equal(ym_calendar_used(calendar(state), day("2026-12-25"), day("2027-01-05"), NULL, 0, &known), 7);
	assert_false(known); /* 2027 is not published */
}

static void
one_suspension_at_a_time(void **state)
{
	struct ym_pause good[] = { { day("2026-11-17"), day("2026-11-18") }, { day("2026-11-19"), YM_DATE_NONE } };
	struct ym_pause overlap[] = { { day("2026-11-17"), day("2026-11-18") }, { day("2026-11-18"), day("2026-11-20") } };
	struct ym_pause still[] = { { day("2026-11-17"), YM_DATE_NONE }, { day("2026-11-19"), day("2026-11-20") } };
	struct ym_pause back = { day("2026-11-17"), day("2026-11-16") };

	assert_int_equal(ym_calendar_check_pauses(good, 2, NULL), YM_OK);
	assert_int_equal(ym_calendar_check_pauses(overlap, 2, NULL), YM_INVALID);
	assert_int_equal(ym_calendar_check_pauses(still, 2, NULL), YM_INVALID);
	assert_int_equal(ym_calendar_check_pauses(&back, 1, NULL), YM_INVALID);
}

static void
silence_of_five_working_days_is_acceptance(void **state)
{
	const struct ym_calendar *c = calendar(state);
	char text[16];

	ym_date_format(text, ym_calendar_notice_due(c, day("2026-11-20"), NULL));
	assert_string_equal(text, "2026-11-27");
	assert_false(ym_calendar_is_deemed_accepted(c, day("2026-11-20"), day("2026-11-27")));
	assert_true(ym_calendar_is_deemed_accepted(c, day("2026-11-20"), day("2026-11-28")));
	/* across the national days: 8, 9, 10 (worked), 12 October after 30 September */
	assert_false(ym_calendar_is_deemed_accepted(c, day("2026-09-29"), day("2026-10-10")));
	assert_false(ym_calendar_is_deemed_accepted(c, YM_DATE_NONE, day("2026-10-10")));
}

static void
lamps_follow_the_promise_and_the_law(void **state)
{
	static const struct {
		const char *today;
		enum ym_lamp lamp;
	} days[] = { { "2026-11-16", YM_LAMP_GREEN }, { "2026-11-20", YM_LAMP_GREEN }, { "2026-11-23", YM_LAMP_BLUE },
		{ "2026-11-25", YM_LAMP_BLUE }, { "2026-11-26", YM_LAMP_YELLOW }, { "2026-11-30", YM_LAMP_YELLOW },
		{ "2026-12-01", YM_LAMP_RED }, { "2026-12-14", YM_LAMP_RED }, { "2026-12-15", YM_LAMP_BLACK } };
	const struct ym_calendar *c = calendar(state);
	struct ym_pause week = { day("2026-11-18"), day("2026-11-24") };

	/* from 16 November, promised 10 working days (30 November), statutory 20 (14 December) */
	for (size_t i = 0; i < YM_ARRAY_LEN(days); i++)
		if (ym_calendar_lamp(c, day("2026-11-16"), day(days[i].today), day("2026-11-30"), day("2026-12-14"), NULL, 0) !=
			days[i].lamp)
			fail_msg("%s is not %d", days[i].today, days[i].lamp);
	assert_int_equal(ym_calendar_lamp(c, day("2026-11-16"), day("2026-11-24"), day("2026-12-07"), YM_DATE_NONE, &week, 1), YM_LAMP_GREEN);
	assert_int_equal(ym_calendar_lamp(c, day("2026-11-16"), day("2026-11-24"), YM_DATE_NONE, YM_DATE_NONE, NULL, 0), YM_LAMP_NONE);
	assert_int_equal(ym_calendar_lamp(c, day("2026-11-16"), day("2026-12-15"), YM_DATE_NONE, day("2026-12-14"), NULL, 0), YM_LAMP_BLACK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(working_days_begin_the_day_after),
		cmocka_unit_test(days_off_are_skipped_and_worked_weekends_count),
		cmocka_unit_test(days_and_months_end_on_a_working_day),
		cmocka_unit_test(an_unpublished_year_is_said_to_be_unknown),
		cmocka_unit_test(an_unknown_limit_has_no_due_date),
		cmocka_unit_test(workdays_between_are_counted),
		cmocka_unit_test(due_and_count_agree),
		cmocka_unit_test(a_suspension_takes_its_working_days_out),
		cmocka_unit_test(an_extension_counts_on_from_the_due_date),
		cmocka_unit_test(working_days_used_leave_out_the_suspension),
		cmocka_unit_test(one_suspension_at_a_time),
		cmocka_unit_test(silence_of_five_working_days_is_acceptance),
		cmocka_unit_test(lamps_follow_the_promise_and_the_law),
	};

	return cmocka_run_group_tests(tests, fixture_setup_pack, fixture_teardown);
}
