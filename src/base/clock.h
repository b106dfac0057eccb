/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Time: wall clock (ms UTC), monotonic clock (ms), civil dates in the office's zone (Asia/Shanghai,
 * UTC+8, no DST). Not a calendar of working days (catalog/calendar.h). A virtual clock stands in
 * for practice and tests.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "yimen/error.h"
#include "yimen/time.h"

/* The process-wide clock. Practice and simulation replace it once at start; NULL restores the real
 * one. */
struct ym_clock {
	int64_t (*wall_ms)(void *user);
	int64_t (*mono_ms)(void *user);
	void *user;
};
void ym_clock_set(const struct ym_clock *clock);
int64_t ym_clock_mono(void);   /* ms, never backwards */
/* The kernel's boot id, 36 characters; "unknown" when it cannot be read. */
const char *ym_clock_boot_id(void);

/* Civil date as days since 1970-01-01. */
typedef int32_t ym_date;
#define YM_DATE_NONE INT32_MIN
ym_date ym_date_of(int year, int month, int day);     /* YM_DATE_NONE when not a real date */
void ym_date_split(ym_date d, int *year, int *month, int *day);
int ym_date_weekday(ym_date d);                        /* 1 Monday .. 7 Sunday */
ym_date ym_date_at(int64_t wall_ms);                   /* the office's civil date */
ym_date ym_date_today(void);
/* "2026-11-22" or "20261122"; YM_DATE_NONE when malformed. */
ym_date ym_date_parse(const char *s);
void ym_date_format(char buf[16], ym_date d);          /* 2026-11-22, "" for NONE */
/* Clamps to the month's end; NONE outside years 1..9999. */
ym_date ym_date_add_months(ym_date d, int n);
/* Completed years, reached on the birthday itself (29 February: on 1 March of other years). -1 when
 * either date is NONE or `on` lies before the birth. */
int ym_date_age(ym_date birth, ym_date on);
/* "09:41", "2026-11-22 09:41", and RFC 3339 with ms in UTC, of a wall time. */
void ym_time_format_utc(char buf[32], int64_t wall_ms);
/* RFC 3339 with Z or an offset, fraction optional (cut to ms). -1 when malformed or before 1970. */
int64_t ym_time_parse_utc(const char *s);
