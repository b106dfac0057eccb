/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Working days and due dates (domain rules §4; 行政许可法 82; the State Council's yearly arrangement). Not the clock.
 * Invariant: without a published year weekends alone are counted, and the answer says that it is not known.
 */
#include "catalog/calendar.h"

#define YEAR_MIN 2000
#define YEAR_MAX 2100
#define LIMIT_MAX 3650

struct exception {
	ym_date day;
	bool is_work;
};
struct ym_calendar {
	bool known[YEAR_MAX - YEAR_MIN + 1];
	struct exception *days;
	size_t n_days;
};

struct ym_calendar *
ym_calendar_new(void)
{
	return ym_alloc(sizeof(struct ym_calendar));
}

void
ym_calendar_free(struct ym_calendar *c)
{
	if (!c)
		return;
	free(c->days);
	free(c);
}

void
ym_calendar_add_year(struct ym_calendar *c, int year)
{
	if (year >= YEAR_MIN && year <= YEAR_MAX)
		c->known[year - YEAR_MIN] = true;
}

void
ym_calendar_add_day(struct ym_calendar *c, ym_date day, bool is_work)
{
	c->days = ym_realloc_array(c->days, c->n_days + 1, sizeof *c->days);
	c->days[c->n_days++] = (struct exception){ day, is_work };
}

static int
by_day(const void *key, const void *element)
{
	ym_date a = *(const ym_date *)key, b = ((const struct exception *)element)->day;

	return (a > b) - (a < b);
}

/* Clears *known when the day's year was not published; never sets it. */
static bool
is_workday(const struct ym_calendar *c, ym_date d, bool *known)
{
	const struct exception *e =
		c->n_days ? bsearch(&d, c->days, c->n_days, sizeof *c->days, by_day) : NULL;
	int year, month, day;

	ym_date_split(d, &year, &month, &day);
	if (year < YEAR_MIN || year > YEAR_MAX || !c->known[year - YEAR_MIN])
		*known = false;
	return e ? e->is_work : ym_date_weekday(d) <= 5;
}

bool
ym_calendar_is_workday(const struct ym_calendar *c, ym_date d, bool *ret_known)
{
	bool known = d != YM_DATE_NONE, work = known && is_workday(c, d, &known);

	if (ret_known)
		*ret_known = known;
	return work;
}

static ym_date
next_workday(const struct ym_calendar *c, ym_date d, bool *known)
{
	while (!is_workday(c, d, known))
		d++;
	return d;
}

ym_date
ym_calendar_due(
	const struct ym_calendar *c, ym_date from, const struct ym_limit *limit, bool *ret_known)
{
	int value = limit->value > LIMIT_MAX ? LIMIT_MAX : limit->value;
	ym_date due = from;
	bool known = true;

	if (from == YM_DATE_NONE || !limit->known || value < 0) {
		due = YM_DATE_NONE;
		known = false;
	} else if (value > 0) {
		switch (limit->unit) {
		case YM_UNIT_WORKDAY:
			for (int n = 0; n < value;)
				n += is_workday(c, ++due, &known);
			break;
		case YM_UNIT_DAY:
			due = next_workday(c, from + value, &known);
			break;
		case YM_UNIT_HOUR:
			/* Hours run through days off; a date can only say the day on which they end. */
			due = from + (value + 23) / 24;
			break;
		case YM_UNIT_MONTH:
			due = next_workday(c, ym_date_add_months(from, value), &known);
			break;
		}
	}
	if (ret_known)
		*ret_known = known;
	return due;
}

int
ym_calendar_workdays(const struct ym_calendar *c, ym_date after, ym_date through, bool *ret_known)
{
	bool known = after != YM_DATE_NONE && through != YM_DATE_NONE;
	int n = 0;

	if (known && (int64_t)through - after <= 366 * 100)
		for (ym_date d = after + 1; d <= through; d++)
			n += is_workday(c, d, &known);
	else
		known = false;
	if (ret_known)
		*ret_known = known;
	return n;
}
