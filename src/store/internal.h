/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Shared inside src/store only: the connection's inside, the one conversion of SQLite's codes, the log's body codec. */
#pragma once

#include <sqlite3.h>

#include "store/db.h"
#include "store/log.h"

#define YM_DB_STMT_BUCKETS 256
#define YM_DB_STMT_MAX 1024

struct ym_stmt {
	struct ym_db *db;
	const char *text;         /* the caller's pointer: the key */
	sqlite3_stmt *h;
	int prepare_rc;           /* the file could not be read when preparing */
	struct ym_stmt *next;
};

struct ym_db {
	sqlite3 *h;
	int depth;
	bool broken;              /* rolled back inside; the outermost has not noticed yet */
	char opened_by[64];
	int lock_fd;
	int wal_pages;
	int n_stmts;
	struct ym_stmt *stmts[YM_DB_STMT_BUCKETS];
};

/* rc of SQLite to ours; the message names the case, detail has SQLite's own words (columns and codes, never values). */
enum ym_code ym_db_fail(struct ym_db *db, int rc, struct ym_error *err);
_Noreturn void ym_db_die(struct ym_db *db, const char *what, const char *sql);

/* -- keys.c, keys_slot.c, keys_scope.c -- */
#define YM_PURPOSES_MAX 8
struct ym_purpose {
	char label[24];
	struct ym_secret key, seal;   /* the purpose's key, and its cipher and MAC keys (ym_seal_key_set) */
};
struct ym_keys {
	struct ym_db *db;
	struct ym_secret data;
	struct ym_purpose purposes[YM_PURPOSES_MAX];
	int n_purposes;
	struct ym_sm2 *pair, *public, *central;
};
enum ym_code ym_keys_fail_locked(struct ym_error *err);
/* NOTFOUND when absent; appends. */
enum ym_code ym_keys_put_item(struct ym_keys *k, const char *name, const void *value, size_t n, struct ym_error *err) YM_MUST;
enum ym_code ym_keys_get_item(struct ym_keys *k, const char *name, struct ym_buf *out, struct ym_error *err) YM_MUST;
enum ym_code ym_keys_put_slot(struct ym_keys *k, const char *account, const char *password, struct ym_error *err) YM_MUST;
/* Unlocked only. */
void ym_keys_seal_at(struct ym_keys *k, const char *label, const char *kind, const char *name, const void *plain, size_t n,
	struct ym_buf *out);
enum ym_code ym_keys_unseal_at(struct ym_keys *k, const char *label, const char *kind, const char *name, const void *sealed,
	size_t n, struct ym_buf *out, struct ym_error *err) YM_MUST;

/* -- log_body.c -- */
#define YM_BODY_MAX (16u << 20)
/* JSON text to a zlib stream with our preset dictionary, and back. */
void ym_body_deflate(const char *json, struct ym_buf *out);
enum ym_code ym_body_inflate(const void *data, size_t n, struct ym_buf *out, struct ym_error *err) YM_MUST;

/* -- generated from src/store/schema by its embed.py -- */
extern const char ym_schema_sql_desk_001[], ym_schema_sql_desk_002[],
	ym_schema_sql_sync_001[], ym_schema_sql_sync_002[];
