/* SPDX-License-Identifier: MulanPSL-2.0 */
/* How the pack fills its calendar; what a calendar answers stands in catalog/pack.h. Invariant: days are added in order. */
#pragma once

#include "catalog/pack.h"

struct ym_calendar *ym_calendar_new(void);
void ym_calendar_free(struct ym_calendar *c);
void ym_calendar_add_year(struct ym_calendar *c, int year);
/* A day that differs from its weekday: off, or worked. */
void ym_calendar_add_day(struct ym_calendar *c, ym_date day, bool is_work);
