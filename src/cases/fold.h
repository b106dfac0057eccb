/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Folding events into the view tables of store/schema/desk-views-001.sql; shared by the desk and the central.
 * Views are a function of the log alone: attributes of the header give the clear columns, the body gives the sealed ones.
 * Not deciding anything. Invariant: folding the same log again gives the same views (sealed rows open to the same text).
 *
 * The body of a case event ("snapshot") is JSON:
 *   {"v":1,"key","item","pack","bundle","answers":{id:code},"facts":[known],"roles":{role:person key},
 *    "persons":[{"key","as","party","org","new","facts":[known]}],       known: {"d":datum,"v":value,"o":origin,"t":ms}
 *    "materials":[{"kind","role","who","state","note","t","pages":[{"sm3","key","media"}],"deadline"}],
 *    "checks":[{"id","reg","who","state","answer","source","valid_until"}],
 *    "missing":[text],"noticed":[key],"visible":[key],"notices","reason","who":name,"fee":{...},"delivery":{...},
 *    "form":{"role.datum":value}}
 */
#pragma once

#include "store/log.h"

struct json_t;
struct ym_fold_cache;

struct ym_fold_context {
	struct ym_keys *keys;           /* NULL (the central): nothing sealed is kept */
	const char *desk;               /* own desk code; "" at the central */
	const struct json_t *fresh;     /* the body of the event that is being appended, as it was made; NULL: its text is read */
	struct ym_fold_cache *cache;    /* NULL: none is kept. Whoever gives it empties it at lock (ym_fold_forget) */
};
/* The person that was archived last: a decision tells of the same person twice. What it holds is believed only while the
 * row on disk is, byte for byte, the one that it was opened from. */
struct ym_fold_cache *ym_fold_cache_new(void);
void ym_fold_forget(struct ym_fold_cache *c);
void ym_fold_cache_free(struct ym_fold_cache *c);
/* The tables, for ym_log_rebuild and ym_db_dump. sealed rows (view_sealed) are compared by opening them. */
const char *const *ym_fold_tables(int *ret_n);
/* Clear tables only. */
const char *const *ym_fold_clear_tables(int *ret_n);
enum ym_code ym_fold(void *user /* struct ym_fold_context */, struct ym_db *db, const struct ym_event *ev, const char *body,
	struct ym_error *err) YM_MUST;
/* One sealed row by its place ("case:NO", "person:HASH", ...). NOTFOUND when absent. */
enum ym_code ym_fold_open(const struct ym_fold_context *c, struct ym_db *db, const char *place, struct ym_buf *out, struct ym_error *err) YM_MUST;
/* Canonical text of every view, sealed rows opened: what a rebuild must give again. */
enum ym_code ym_fold_dump(const struct ym_fold_context *c, struct ym_db *db, struct ym_buf *out, struct ym_error *err) YM_MUST;
