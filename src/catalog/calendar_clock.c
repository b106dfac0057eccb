/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Clocks that stop: pauses, extensions, what counts as accepted, lamps (domain rules §4, §5). Not the days themselves
 * (calendar.c). Invariant: a pause never shortens a limit.
 */
#include "catalog/calendar.h"

#define NOTICE_DAYS 5

static bool
is_paused(ym_date d, const struct ym_pause *pauses, int n)
{
	for (int i = 0; i < n; i++)
		if (d >= pauses[i].from && (pauses[i].until == YM_DATE_NONE || d <= pauses[i].until))
			return true;
	return false;
}

static bool
is_open(const struct ym_pause *pauses, int n)
{
	for (int i = 0; i < n; i++)
		if (pauses[i].until == YM_DATE_NONE)
			return true;
	return false;
}

/* The day on which `days` working days have passed that no pause holds. */
static ym_date
count_on(const struct ym_calendar *c, ym_date from, int days, const struct ym_pause *pauses, int n, bool *known)
{
	ym_date due = from;

	for (int done = 0; done < days;) {
		bool this_known;
		bool work = ym_calendar_is_workday(c, ++due, &this_known);

		*known &= this_known;
		done += work && !is_paused(due, pauses, n);
	}
	return due;
}

ym_date
ym_calendar_due_paused(const struct ym_calendar *c, ym_date from, const struct ym_limit *limit, const struct ym_pause *pauses,
	int n_pauses, int extra, bool *ret_known)
{
	bool known = true;
	ym_date due = ym_calendar_due(c, from, limit, &known);

	if (due != YM_DATE_NONE && is_open(pauses, n_pauses))
		due = YM_DATE_NONE;
	if (due == YM_DATE_NONE) {
		known = false;
	} else {
		if (limit->unit == YM_UNIT_WORKDAY) {
			int value = limit->value > 3650 ? 3650 : limit->value;

			known = true;
			due = count_on(c, from, value, pauses, n_pauses, &known);
		} else if (n_pauses) {
			bool this_known;
			ym_date end = due;

			/* Every paused day gives one back; that one may be paused too. */
			for (ym_date d = from + 1; d <= end; d++)
				end += is_paused(d, pauses, n_pauses);
			while (limit->unit != YM_UNIT_HOUR && !ym_calendar_is_workday(c, end, &this_known))
				end++;
			known &= limit->unit == YM_UNIT_HOUR || this_known;
			due = end;
		}
		if (extra > 0)
			due = count_on(c, due, extra, pauses, n_pauses, &known);
	}
	if (ret_known)
		*ret_known = known;
	return due;
}

int
ym_calendar_used(const struct ym_calendar *c, ym_date from, ym_date today, const struct ym_pause *pauses, int n_pauses, bool *ret_known)
{
	int used = ym_calendar_workdays(c, from, today, ret_known);

	/* ret_known is of the whole span: a paused day in an unpublished year may have been a day off. */
	for (ym_date d = from + 1; used > 0 && n_pauses && d <= today; d++)
		used -= is_paused(d, pauses, n_pauses) && ym_calendar_is_workday(c, d, NULL);
	return used;
}

enum ym_code
ym_calendar_check_pauses(const struct ym_pause *pauses, int n_pauses, struct ym_error *err)
{
	for (int i = 0; i < n_pauses; i++) {
		if (pauses[i].from == YM_DATE_NONE || (pauses[i].until != YM_DATE_NONE && pauses[i].until < pauses[i].from))
			return ym_fail(err, YM_INVALID, N_("The suspension ends before it begins"), "pause %d", i);
		if (i && (pauses[i - 1].until == YM_DATE_NONE || pauses[i].from <= pauses[i - 1].until))
			return ym_fail(err, YM_INVALID, N_("The limit is suspended already"), "pause %d", i);
	}
	return YM_OK;
}

ym_date
ym_calendar_notice_due(const struct ym_calendar *c, ym_date received, bool *ret_known)
{
	struct ym_limit five = { .known = true, .value = NOTICE_DAYS, .unit = YM_UNIT_WORKDAY, .text = "" };

	return ym_calendar_due(c, received, &five, ret_known);
}

bool
ym_calendar_is_deemed_accepted(const struct ym_calendar *c, ym_date received, ym_date today)
{
	ym_date due = ym_calendar_notice_due(c, received, NULL);

	return due != YM_DATE_NONE && today != YM_DATE_NONE && today > due;
}

enum ym_lamp
ym_calendar_lamp(const struct ym_calendar *c, ym_date from, ym_date today, ym_date promised, ym_date statutory,
	const struct ym_pause *pauses, int n_pauses)
{
	ym_date due = promised != YM_DATE_NONE ? promised : statutory;
	int total, left;

	if (due == YM_DATE_NONE || from == YM_DATE_NONE || today == YM_DATE_NONE)
		return YM_LAMP_NONE;
	if (statutory != YM_DATE_NONE && today > statutory)
		return YM_LAMP_BLACK;
	if (today > due)
		return YM_LAMP_RED;
	total = ym_calendar_used(c, from, due, pauses, n_pauses, NULL);
	left = ym_calendar_used(c, today, due, pauses, n_pauses, NULL);
	if (left <= 1 || left * 5 <= total)
		return YM_LAMP_YELLOW;
	return left * 2 <= total ? YM_LAMP_BLUE : YM_LAMP_GREEN;
}
