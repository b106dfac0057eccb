/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Wall and monotonic clocks behind one replaceable table, and civil dates of the office.
 * Not a calendar of working days. The date arithmetic is done here and not by timegm, which takes
 * the zone lock and turns 30 February into 2 March; the tests compare the two day by day.
 * Invariant: civil time is UTC+8 whatever TZ says.
 */
#include "base/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DAY_MS 86400000
#define ZONE_MS (8 * 3600000)

static struct ym_clock virtual_clock;

void
ym_clock_set(const struct ym_clock *clock)
{
	virtual_clock = clock ? *clock : (struct ym_clock){ 0 };
}

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
ym_clock_wall(void)
{
	if (virtual_clock.wall_ms)
		return virtual_clock.wall_ms(virtual_clock.user);
	return read_clock(CLOCK_REALTIME);
}

int64_t
ym_clock_mono(void)
{
	if (virtual_clock.mono_ms)
		return virtual_clock.mono_ms(virtual_clock.user);
	return read_clock(CLOCK_MONOTONIC);
}

const char *
ym_clock_boot_id(void)
{
	static char id[40];

	if (!id[0]) {
		int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
		ssize_t n = fd >= 0 ? read(fd, id, 36) : -1;

		if (fd >= 0)
			close(fd);
		if (n != 36)
			strcpy(id, "unknown");
	}
	return id;
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days are counted in eras of 400 years that begin on 1 March, so that the leap day comes last. */
ym_date
ym_date_of(int year, int month, int day)
{
	int y, era, of_era, of_year;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
		day > month_days(year, month))
		return YM_DATE_NONE;
	y = month <= 2 ? year - 1 : year;
	era = y / 400;
	of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	of_era = y % 400;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void
ym_date_split(ym_date d, int *year, int *month, int *day)
{
	int64_t z = (int64_t)d + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int of_era = (int)(z - era * 146097);
	int y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * y + y / 4 - y / 100);
	int m = (5 * of_year + 2) / 153;

	*day = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = (int)(y + era * 400) + (*month <= 2);
}

int
ym_date_weekday(ym_date d)
{
	return (int)((((int64_t)d + 3) % 7 + 7) % 7) + 1;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

ym_date
ym_date_at(int64_t wall_ms)
{
	return (ym_date)floor_div(wall_ms + ZONE_MS, DAY_MS);
}

ym_date
ym_date_today(void)
{
	return ym_date_at(ym_clock_wall());
}

/* Exactly n digits at s, or -1. */
static int
digits(const char *s, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

ym_date
ym_date_parse(const char *s)
{
	size_t n = s ? strnlen(s, 11) : 0;

	if (n == 8)
		return ym_date_of(digits(s, 4), digits(s + 4, 2), digits(s + 6, 2));
	if (n == 10 && s[4] == '-' && s[7] == '-')
		return ym_date_of(digits(s, 4), digits(s + 5, 2), digits(s + 8, 2));
	return YM_DATE_NONE;
}

void
ym_date_format(char buf[16], ym_date d)
{
	int y, m, day;

	buf[0] = 0;
	if (d == YM_DATE_NONE)
		return;
	ym_date_split(d, &y, &m, &day);
	snprintf(buf, 16, "%04d-%02d-%02d", y, m, day);
}

ym_date
ym_date_add_months(ym_date d, int n)
{
	int y, m, day;
	int64_t months;

	if (d == YM_DATE_NONE)
		return YM_DATE_NONE;
	ym_date_split(d, &y, &m, &day);
	months = (int64_t)y * 12 + m - 1 + n;
	if (months < 12 || months >= 10000 * 12)
		return YM_DATE_NONE;
	y = (int)(months / 12);
	m = (int)(months % 12) + 1;
	if (day > month_days(y, m))
		day = month_days(y, m);
	return ym_date_of(y, m, day);
}

int
ym_date_age(ym_date birth, ym_date on)
{
	int by, bm, bd, y, m, d;

	if (birth == YM_DATE_NONE || on == YM_DATE_NONE || on < birth)
		return -1;
	ym_date_split(birth, &by, &bm, &bd);
	ym_date_split(on, &y, &m, &d);
	return y - by - (m < bm || (m == bm && d < bd));
}

void
ym_time_format_hm(char buf[8], int64_t wall_ms)
{
	int minutes = (int)((wall_ms + ZONE_MS - ym_date_at(wall_ms) * (int64_t)DAY_MS) / 60000);

	snprintf(buf, 8, "%02d:%02d", minutes / 60 % 24, minutes % 60);
}

void
ym_time_format_local(char buf[24], int64_t wall_ms)
{
	char date[16], hm[8];

	ym_date_format(date, ym_date_at(wall_ms));
	ym_time_format_hm(hm, wall_ms);
	snprintf(buf, 24, "%s %s", date, hm);
}

void
ym_time_format_utc(char buf[32], int64_t wall_ms)
{
	int64_t day = floor_div(wall_ms, DAY_MS);
	unsigned of_day = (unsigned)(wall_ms - day * DAY_MS);
	char date[16];

	ym_date_format(date, (ym_date)day);
	snprintf(buf, 32, "%sT%02u:%02u:%02u.%03uZ", date, of_day / 3600000 % 24,
		of_day / 60000 % 60, of_day / 1000 % 60, of_day % 1000);
}

/* "Z", "+08:00", "-00:30": minutes east of UTC. */
static bool
parse_zone(const char *s, int *ret_minutes)
{
	int h, m;

	if (!strcmp(s, "Z")) {
		*ret_minutes = 0;
		return true;
	}
	if ((s[0] != '+' && s[0] != '-') || strlen(s) != 6 || s[3] != ':')
		return false;
	h = digits(s + 1, 2);
	m = digits(s + 4, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59)
		return false;
	*ret_minutes = (s[0] == '-' ? -1 : 1) * (h * 60 + m);
	return true;
}

int64_t
ym_time_parse_utc(const char *s)
{
	ym_date d;
	int h, min, sec, zone, ms = 0, scale = 100;
	int64_t t;

	if (!s || strnlen(s, 36) < 20 || strnlen(s, 36) > 35 || s[4] != '-' || s[7] != '-' ||
		s[10] != 'T' || s[13] != ':' || s[16] != ':')
		return -1;
	d = ym_date_of(digits(s, 4), digits(s + 5, 2), digits(s + 8, 2));
	h = digits(s + 11, 2);
	min = digits(s + 14, 2);
	sec = digits(s + 17, 2);
	if (d == YM_DATE_NONE || h < 0 || h > 23 || min < 0 || min > 59 || sec < 0 || sec > 59)
		return -1;
	s += 19;
	if (*s == '.') {
		const char *first = ++s;

		for (; *s >= '0' && *s <= '9'; s++, scale /= 10)
			ms += (*s - '0') * scale;
		if (s == first)
			return -1;
	}
	if (!parse_zone(s, &zone))
		return -1;
	t = (int64_t)d * DAY_MS + h * 3600000 + min * 60000 + sec * 1000 + ms -
		zone * (int64_t)60000;
	return t < 0 ? -1 : t;
}
