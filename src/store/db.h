/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The one thin layer between the program and SQLite. Named parameters only; a parameter or statement error is a bug and
 * aborts; a full disk, a busy file or corruption is an error. Transactions nest and remember who opened them.
 * Not an SQL generator. Invariant: a statement is reset before its wrapper returns to the pool.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"

struct ym_db;
struct ym_stmt;

/* A ladder of schema steps, index 0 upgrades version 0 to 1. A step is SQL text, then an optional function. */
struct ym_schema_step {
	const char *sql;
	enum ym_code (*fn)(struct ym_db *db, struct ym_error *err);
};
struct ym_schema {
	const char *name;               /* "desk", "sync", "central", "pack": checked against application_id */
	uint32_t application_id;
	int page_size;                  /* for a new file */
	const struct ym_schema_step *steps;
	int n_steps;
};
enum ym_db_flags {
	YM_DB_READONLY = 1,
	YM_DB_CREATE = 2,
	YM_DB_LOCK = 4,                 /* take the writer lock (flock on PATH.lock); BUSY when another program has it */
	YM_DB_SECURE_DELETE = 8,
	YM_DB_PLAIN = 16,               /* with CREATE: no WAL, for a file compiled once and only read afterwards (a pack) */
};
/* Opens, applies settings (WAL, FULL, foreign_keys, trusted_schema off, defensive), climbs the ladder in one transaction.
 * NOTFOUND when there is no file and CREATE is not given; STATE "newer than this program" when user_version is beyond the
 * ladder, or behind it when opened read-only; CORRUPT when not a database or of another program; BUSY; IO otherwise. */
enum ym_code ym_db_open(const char *path, const struct ym_schema *schema, unsigned flags, struct ym_db **ret,
	struct ym_error *err) YM_MUST;
void ym_db_close(struct ym_db *db);
static inline void ym_db_p(struct ym_db **db) { ym_db_close(*db); *db = NULL; }

/* A cached statement, reset and unbound, borrowed until ym_stmt_done or the next ym_db_sql with the same text pointer.
 * sql is a constant: more than 1,024 different texts abort. A syntax error aborts; a file that cannot be read shows at
 * the first step. Parameters are named without their colon. */
struct ym_stmt *ym_db_sql(struct ym_db *db, const char *sql);
void ym_stmt_text(struct ym_stmt *s, const char *param, const char *value);        /* NULL binds NULL */
void ym_stmt_text_n(struct ym_stmt *s, const char *param, const char *value, size_t n);
void ym_stmt_int(struct ym_stmt *s, const char *param, int64_t value);
void ym_stmt_blob(struct ym_stmt *s, const char *param, const void *data, size_t n); /* NULL data binds NULL */
/* OK: a row is there. NOTFOUND: no more rows (err untouched). Others: real errors. */
enum ym_code ym_stmt_step(struct ym_stmt *s, struct ym_error *err) YM_MUST;
/* Step to the end, ignoring rows. */
enum ym_code ym_stmt_run(struct ym_stmt *s, struct ym_error *err) YM_MUST;
void ym_stmt_done(struct ym_stmt *s);              /* reset early; closes the read transaction */
const char *ym_stmt_col_text(struct ym_stmt *s, int col);   /* "" for NULL; borrowed until the next step */
int64_t ym_stmt_col_int(struct ym_stmt *s, int col);
const void *ym_stmt_col_blob(struct ym_stmt *s, int col, size_t *ret_n);
bool ym_stmt_col_is_null(struct ym_stmt *s, int col);

enum ym_code ym_db_exec(struct ym_db *db, const char *sql, struct ym_error *err) YM_MUST;  /* constant SQL script */
/* IMMEDIATE; nests. The outermost caller's name is kept for the message of a close with the transaction still open. */
#define ym_db_begin(db, err) ym_db_begin_at((db), __func__, (err))
enum ym_code ym_db_begin_at(struct ym_db *db, const char *where, struct ym_error *err) YM_MUST;
enum ym_code ym_db_commit(struct ym_db *db, struct ym_error *err) YM_MUST;
/* Rolls back to the outermost; until that one ends, writes and commits fail with STATE. */
void ym_db_rollback(struct ym_db *db);
/* While on, a commit does not wait for the disk: it outlives the program, but maybe not a power cut before the next commit that waits.
 * Never for what is in the log. Not inside a transaction. */
enum ym_code ym_db_set_lazy(struct ym_db *db, bool on, struct ym_error *err) YM_MUST;
bool ym_db_in_transaction(const struct ym_db *db);
int64_t ym_db_changes(struct ym_db *db);
/* PASSIVE checkpoint in an idle moment; never inside a transaction. Returns pages left, -1 when busy. */
int ym_db_checkpoint(struct ym_db *db);
/* Pages our commits have put into the write-ahead log. A checkpoint pays from about 1,000 on: the first commit after
 * a complete one begins the log anew and costs a second fdatasync. */
int ym_db_wal_pages(const struct ym_db *db);
/* Empty the write-ahead log as well (after an erasure, before a copy): BUSY while a reader is inside it. */
enum ym_code ym_db_truncate(struct ym_db *db, struct ym_error *err) YM_MUST;
/* Another file of ours, for reading only. NOTFOUND when absent. */
enum ym_code ym_db_attach(struct ym_db *db, const char *path, const char *as, struct ym_error *err) YM_MUST;
/* Text dump of named tables in primary-key order: rebuild and upgrade tests compare it. */
enum ym_code ym_db_dump(struct ym_db *db, const char *const tables[], int n, struct ym_buf *out, struct ym_error *err) YM_MUST;

/* -- the sealed connection for rule expressions (model.md §6) -- */
struct ym_rule_db;
/* A user function: gets argument texts (NULL for SQL NULL), writes its result into out or returns false for NULL. */
typedef bool (*ym_rule_fn)(void *user, int n_args, const char *const args[], struct ym_buf *out, bool *ret_is_int);
enum ym_code ym_rule_db_new(struct ym_rule_db **ret, struct ym_error *err) YM_MUST;
void ym_rule_db_free(struct ym_rule_db *r);
void ym_rule_db_function(struct ym_rule_db *r, const char *name, int n_args, ym_rule_fn fn, void *user);
/* Parse one expression: INVALID with the reason (syntax, a refused function or table by name, length over 2,000 bytes). */
enum ym_code ym_rule_db_check(struct ym_rule_db *r, const char *expr, struct ym_error *err) YM_MUST;
/* Names of the parameters the expression uses, without the colon, as calls of fn. */
enum ym_code ym_rule_db_params(struct ym_rule_db *r, const char *expr, void (*fn)(void *user, const char *name),
	void *user, struct ym_error *err) YM_MUST;
/* Evaluate. lookup gives a parameter's text or NULL when not known yet. *ret_value: "" with *ret_null when NULL.
 * Progress budget 100,000 virtual-machine steps: REFUSED beyond it. */
typedef const char *(*ym_rule_lookup)(void *user, const char *name);
enum ym_code ym_rule_db_eval(struct ym_rule_db *r, const char *expr, ym_rule_lookup lookup, void *user,
	struct ym_buf *ret_value, bool *ret_null, struct ym_error *err) YM_MUST;
