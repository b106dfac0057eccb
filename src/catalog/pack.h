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
/* The item as it stood in the pack under which a case was begun: a case finishes under the rules it began with. version "" or
 * this pack's: the same as ym_pack_item. An older pack is opened where it lies beside this one (catalog/shelf.h) and kept;
 * when it is not there (a case handed over from another desk), this pack's item. */
enum ym_code ym_pack_item_of(struct ym_pack *p, const char *version, const char *id, const struct ym_item **ret,
	struct ym_error *err) YM_MUST;
/* An ageing catalogue (design §10), judged from the published date; the thresholds stand in pack.json (180 and 365 days when not).
 * today before the publication is fresh: the clock is doubted elsewhere. */
enum ym_age { YM_AGE_FRESH, YM_AGE_OLD, YM_AGE_STALE };
enum ym_age ym_pack_age(const struct ym_pack *p, ym_date today);
/* What the age still allows for an item. CONFIRM: the officer confirms that nothing has changed since (logged). COLLECT: documents are
 * collected with a collection slip, the decision waits for a current catalogue.
 *            fresh   old       stale
 *   permit   free    confirm   collect
 *   other    free    free      confirm     (what can never be refused, such as a report: free) */
enum ym_age_limit { YM_AGE_FREE, YM_AGE_CONFIRM, YM_AGE_COLLECT };
enum ym_age_limit ym_pack_age_limit(const struct ym_pack *p, const struct ym_item *item, ym_date today);
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
/* Days that do not count (domain rules §4: hearing, inspection, correction, announcement ...), both ends included;
 * until YM_DATE_NONE: not over yet. */
struct ym_pause { ym_date from, until; };
/* The same due date with pauses taken out: a working day inside a pause is not counted, a limit of days moves by the paused
 * days, hours by a whole day each. Then `extra` working days of an extension. NONE while a pause is not over. */
ym_date ym_calendar_due_paused(const struct ym_calendar *c, ym_date from, const struct ym_limit *limit, const struct ym_pause *pauses,
	int n_pauses, int extra, bool *ret_known);
/* Working days used up: after `from`, through `today`, without the pauses. */
int ym_calendar_used(const struct ym_calendar *c, ym_date from, ym_date today, const struct ym_pause *pauses, int n_pauses, bool *ret_known);
/* May a pause begin: none is open, and it begins after the last one ended. INVALID otherwise. */
enum ym_code ym_calendar_check_pauses(const struct ym_pause *pauses, int n_pauses, struct ym_error *err) YM_MUST;
/* The last day on which what is missing can be told at once (行政许可法 32: five working days). When it has passed without a word,
 * the application counts as accepted on the day it was received. */
ym_date ym_calendar_notice_due(const struct ym_calendar *c, ym_date received, bool *ret_known);
bool ym_calendar_is_deemed_accepted(const struct ym_calendar *c, ym_date received, ym_date today);
/* The lamp (domain rules §5): green above half of the promised time, blue, yellow at a fifth or one working day left, red beyond
 * the promise, black beyond the law. promised or statutory may be NONE; both: none. */
enum ym_lamp { YM_LAMP_NONE, YM_LAMP_GREEN, YM_LAMP_BLUE, YM_LAMP_YELLOW, YM_LAMP_RED, YM_LAMP_BLACK };
enum ym_lamp ym_calendar_lamp(const struct ym_calendar *c, ym_date from, ym_date today, ym_date promised, ym_date statutory,
	const struct ym_pause *pauses, int n_pauses);
/* Working days after one day, through another. */
int ym_calendar_workdays(const struct ym_calendar *c, ym_date after, ym_date through, bool *ret_known);
