/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The inside of the fold, shared by the fold_*.c files: one event while it is folded, and what a kind's function may call.
 * Not for any other file. Invariant: a row is a function of headers and bodies alone.
 */
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "cases/fold.h"
#include "cases/inner.h"

struct ym_folding {
	struct ym_fold_context *c;
	struct ym_db *db;
	const struct ym_event *ev;
	const struct ym_event_header *h;
	json_t *body;                   /* NULL when there is none or it cannot be opened */
	int64_t at;                     /* corrected clock */
	char day[16];
	struct ym_error *err;
};
struct ym_fold_kind { const char *kind; enum ym_code (*fn)(struct ym_folding *f); };
/* Each file's kinds, ended by an empty one. */
extern const struct ym_fold_kind ym_fold_visit_kinds[], ym_fold_case_kinds[], ym_fold_desk_kinds[], ym_fold_feed_kinds[];

const char *ym_fold_attr(const struct ym_folding *f, const char *key);              /* "" when absent */
const char *ym_fold_attr_or_null(const struct ym_folding *f, const char *key);      /* for coalesce(): the old value is kept then */
int64_t ym_fold_attr_int(const struct ym_folding *f, const char *key);

/* One statement with its values. A text of NULL binds NULL. */
struct ym_fold_value { const char *name, *text; int64_t number; bool is_number; };
#define YM_FOLD_TEXT(n, t) { (n), (t), 0, false }
#define YM_FOLD_INT(n, i) { (n), NULL, (i), true }
enum ym_code ym_fold_run(struct ym_folding *f, const char *sql, const struct ym_fold_value *values, int n) YM_MUST;
#define YM_FOLD_RUN(f, sql, ...) \
	ym_fold_run(f, sql, (const struct ym_fold_value[]){ __VA_ARGS__ }, (int)YM_ARRAY_LEN(((const struct ym_fold_value[]){ __VA_ARGS__ })))

/* Sealed rows. seal takes the reference of j; nothing is kept without keys. seal_row appends the sealed bytes to sealed. */
enum ym_code ym_fold_seal(struct ym_folding *f, const char *kind, const char *id, json_t *j) YM_MUST;
enum ym_code ym_fold_seal_row(struct ym_folding *f, const char *place, json_t *j, struct ym_buf *sealed) YM_MUST;
enum ym_code ym_fold_drop(struct ym_folding *f, const char *kind, const char *id) YM_MUST;
enum ym_code ym_fold_trail(struct ym_folding *f, const char *scope) YM_MUST;
enum ym_code ym_fold_serial(struct ym_folding *f, const char *day, const char *kind, int64_t last) YM_MUST;
/* -- fold_archive.c -- */
/* The archive of persons: a newer or better value replaces. */
enum ym_code ym_fold_archive(struct ym_folding *f, const char *hash, const json_t *facts) YM_MUST;

/* -- fold_capture.c: what was captured of person `who` of a snapshot; and the end of it with an erased visit -- */
enum ym_code ym_fold_captures(struct ym_folding *f, const char *hash, int who, const json_t *snapshot) YM_MUST;
enum ym_code ym_fold_captures_forget(struct ym_folding *f) YM_MUST;
enum ym_code ym_fold_captures_forget_of(struct ym_folding *f, const char *hash) YM_MUST; /* one person's part of it */
enum ym_code ym_fold_signature(struct ym_folding *f, const char *hash) YM_MUST;     /* drawn on the pad: of paper.signed */

/* -- fold_case.c -- */
/* Attributes into the row; what an event does not say stays. snapshot: the event's body holds the whole case. */
enum ym_code ym_fold_case_row(struct ym_folding *f, const char *state, const char *holder, bool snapshot) YM_MUST;
/* A whole case, new or as another desk had it. */
enum ym_code ym_fold_case_whole(struct ym_folding *f, const char *state, const char *holder, const json_t *snapshot) YM_MUST;
enum ym_code ym_fold_case_any(struct ym_folding *f) YM_MUST;                        /* a case.* event without a function of its own */
enum ym_code ym_fold_case_handed(struct ym_folding *f) YM_MUST;
/* -- fold_erase.c, fold_feed.c -- */
enum ym_code ym_fold_erase_visit(struct ym_folding *f) YM_MUST;
enum ym_code ym_fold_feed_reason(struct ym_folding *f, const char *case_no, const char *body) YM_MUST;
/* -- fold_visit.c, fold_desk.c -- */
enum ym_code ym_fold_check_answer(struct ym_folding *f, const json_t *content) YM_MUST;
enum ym_code ym_fold_ticket_new(struct ym_folding *f, const json_t *content) YM_MUST;
enum ym_code ym_fold_account(struct ym_folding *f, const json_t *content) YM_MUST;
