/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Rules: SQL expressions over facts, three-valued (model.md §6). Functions beside SQLite's own: age(birth, on), workdays(a, b),
 * re(pattern, text), add_months(date, n), province(division), city(division), label(table, code), is_valid(kind, number).
 * Parameters: `role.datum` is :role_datum (a role has no underscore), a question `q.x` is :q_x, context :today :division :province.
 * province() and city() give 6 digits ("220000", "220100") from a division or a 12-digit code; :division and :province are 6 digits too.
 * Facts compare as text, data of type int as numbers: `:q_lost = 1` and `:q_lost = '1'` are the same, `:case_copies > 2` counts.
 * A malformed argument, an unpublished calendar year, an unknown code make a function NULL.
 * Not where facts come from. Invariant: NULL means not known yet and never counts as false.
 */
#pragma once

#include "catalog/pack.h"

enum ym_truth { YM_FALSE, YM_TRUE, YM_UNKNOWN };
struct ym_rules;
/* fact name as in the expression without the colon; NULL when not known. */
typedef const char *(*ym_fact_fn)(void *user, const char *name);
enum ym_code ym_rules_new(struct ym_pack *p /* may be NULL while building */, struct ym_rules **ret, struct ym_error *err) YM_MUST;
void ym_rules_free(struct ym_rules *r);
/* Without a pack: which data (without role) are whole numbers. */
void ym_rules_know_numbers(struct ym_rules *r, bool (*is_number)(void *user, const char *datum), void *user);
enum ym_code ym_rules_check(struct ym_rules *r, const char *expr, struct ym_error *err) YM_MUST;
void ym_rules_params(struct ym_rules *r, const char *expr, void (*fn)(void *user, const char *name), void *user);
/* The value of an expression as text, for a field's default; false when it is NULL or fails. */
bool ym_rules_value(struct ym_rules *r, const char *expr, ym_fact_fn fact, void *user, char *ret, size_t size);
/* "" is TRUE. A runtime error (type, budget) is UNKNOWN and fills err with the code. */
enum ym_truth ym_rules_eval(struct ym_rules *r, const char *expr, ym_fact_fn fact, void *user, struct ym_error *err);
