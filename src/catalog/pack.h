/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The compiled catalogue pack: a read-only SQLite file opened in under 2 ms; items load on demand and stay cached.
 * Not the source format (catalog/build.h) and not rule evaluation (catalog/rule.h).
 * Invariant: everything returned is owned by the pack and lives until ym_pack_close.
 */
#pragma once

#include "base/clock.h"
#include "store/db.h"
#include "yimen/item.h"

struct ym_pack;
/* NOTFOUND: no file; CORRUPT: not a compiled pack, or damaged; STATE: made by a newer program. */
enum ym_code ym_pack_open(const char *path, struct ym_pack **ret, struct ym_error *err) YM_MUST;
void ym_pack_close(struct ym_pack *p);
const char *ym_pack_version(const struct ym_pack *p);     /* "2026.11.0" */
const char *ym_pack_effective(const struct ym_pack *p);   /* ISO date */
const char *ym_pack_published(const struct ym_pack *p);   /* ISO date: fresh, old, stale are judged from it */
int ym_pack_n_items(const struct ym_pack *p);
enum ym_code ym_pack_item(struct ym_pack *p, const char *id, const struct ym_item **ret, struct ym_error *err) YM_MUST;
enum ym_code ym_pack_bundle(struct ym_pack *p, const char *id, const struct ym_bundle **ret, struct ym_error *err) YM_MUST;
/* Every id, in catalogue order. */
void ym_pack_each_item(struct ym_pack *p, void (*fn)(void *user, const char *id, const char *name, const char *category), void *user);
void ym_pack_each_bundle(struct ym_pack *p, void (*fn)(void *user, const char *id, const char *name), void *user);
const struct ym_datum *ym_pack_datum(struct ym_pack *p, const char *id);      /* without role; NULL when unknown */
const char *ym_pack_role_label(struct ym_pack *p, const char *role);          /* shared label; the item's own wins */
const char *ym_pack_register_label(struct ym_pack *p, const char *reg);       /* "" when unknown */
const struct ym_kind *ym_pack_kind(struct ym_pack *p, const char *id);
/* Code tables: label of a code ("" unknown); ordered options of a small table (NULL and 0 beyond 600 codes: those are searched);
 * search by code or label part, up to three words, in a table of any size (divisions). */
const char *ym_pack_code_label(struct ym_pack *p, const char *table, const char *code);
const struct ym_option *ym_pack_table(struct ym_pack *p, const char *table, int *ret_n);
int ym_pack_code_search(struct ym_pack *p, const char *table, const char *text, struct ym_option *ret, int max);
/* Paper templates and other JSON documents of the pack ("paper/acceptance"); NULL when absent. Borrowed JSON text. */
const char *ym_pack_document(struct ym_pack *p, const char *name);

/* Find items and bundles: code, name part, colloquial alias, pinyin, initials, mixed, one slip. Best first. */
int ym_pack_find(struct ym_pack *p, const char *query, struct ym_hit *ret, int max);

/* -- working days (rules.md §4) -- */
struct ym_calendar;
const struct ym_calendar *ym_pack_calendar(struct ym_pack *p);
bool ym_calendar_is_workday(const struct ym_calendar *c, ym_date d, bool *ret_known);
/* Due date of a limit that starts the day after `from`; months and days end on the next working day. *ret_known is false when
 * the span reaches a year without a published calendar (then weekends only are counted, and the paper says so). */
ym_date ym_calendar_due(const struct ym_calendar *c, ym_date from, const struct ym_limit *limit, bool *ret_known);
int ym_calendar_workdays(const struct ym_calendar *c, ym_date after, ym_date through, bool *ret_known);
