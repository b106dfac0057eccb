/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The clock as people see it: the office's zone (UTC+8, no daylight saving), whatever the machine's zone is.
 * Not calendars (base/clock.h, catalog). Invariant: every time on a screen or paper goes through here.
 */
#pragma once

#include <stdint.h>

int64_t ym_clock_wall(void);                           /* ms since 1970 UTC; virtual in practice and simulation */
/* "09:41" and "2026-11-22 09:41" of a wall time. */
void ym_time_format_hm(char buf[8], int64_t wall_ms);
void ym_time_format_local(char buf[24], int64_t wall_ms);
