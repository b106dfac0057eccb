/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One value of the form: brought into its stored shape, and judged by its datum's type. Not rules across data (facts.c).
 * Invariant: judging changes nothing.
 */
#pragma once

#include "catalog/pack.h"

/* Full width to half, dates to ISO, numbers to capitals. dst always ends with NUL. */
void ym_form_clean(struct ym_pack *p, const char *datum, const char *value, char *dst, size_t size);
/* NULL when fine, else a msgid. "" is fine: whether it may be empty is the item's word. An unknown datum is a fault. */
const char *ym_form_check_value(struct ym_pack *p, const char *datum, const char *value);
