/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Statements, transactions and the one conversion of SQLite's codes.
 * Not opening (db_open.c). Invariant: after a rollback nothing is written until the outermost
 * transaction has ended.
 */
#include "store/internal.h"

#include <errno.h>

#include "base/diag.h"

void
ym_db_die(struct ym_db *db, const char *what, const char *sql)
{
	fprintf(stderr, "yimen: store: %s: %s\n  in: %s\n", what,
		db && db->h ? sqlite3_errmsg(db->h) : "", sql ? sql : "");
	abort();
}

enum ym_code
ym_db_fail(struct ym_db *db, int rc, struct ym_error *err)
{
	const char *why = db && db->h ? sqlite3_errmsg(db->h) : sqlite3_errstr(rc);
	int os = db && db->h ? sqlite3_system_errno(db->h) : 0;
	enum ym_code code = YM_IO;
	const char *msgid = N_("The data file cannot be read or written");

	switch (rc & 0xff) {
	case SQLITE_FULL:
		msgid = N_("The disk is full");
		break;
	case SQLITE_IOERR:
		if (os == ENOSPC || os == EDQUOT)
			msgid = N_("The disk is full");
		break;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		msgid = N_("The data folder cannot be written to");
		break;
	case SQLITE_CANTOPEN:
		if (os == EACCES || os == EROFS || os == EPERM)
			msgid = N_("The data folder cannot be written to");
		else if (os == ENOSPC || os == EDQUOT)
			msgid = N_("The disk is full");
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		code = YM_BUSY;
		msgid = N_("The data file is in use by another program: try again");
		break;
	case SQLITE_NOTADB:
		code = YM_CORRUPT;
		msgid = N_("This is not a data file of this program");
		break;
	case SQLITE_CORRUPT:
		code = YM_CORRUPT;
		msgid = N_("The data file is damaged");
		break;
	case SQLITE_CONSTRAINT:
		code = rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ||
				rc == SQLITE_CONSTRAINT_ROWID
			? YM_CONFLICT
			: YM_INVALID;
		msgid = code == YM_CONFLICT ? N_("This is already there")
					    : N_("The record does not fit the data file");
		break;
	case SQLITE_TOOBIG:
		code = YM_INVALID;
		msgid = N_("The content is too long");
		break;
	case SQLITE_INTERRUPT:
		code = YM_CANCELLED;
		msgid = N_("Cancelled");
		break;
	case SQLITE_NOMEM:
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		ym_db_die(db, "refused", why);
	}
	ym_fail(err, code, msgid, "sqlite %d, errno %d: %s", rc, os, why);
	if (err)
		err->sys = rc;
	return code;
}

/* SQLite itself rolls back on a full disk and some I/O errors: everybody up to the outermost must
 * hear of it. */
static void
notice_rollback(struct ym_db *db)
{
	if (db->depth > 0 && sqlite3_get_autocommit(db->h))
		db->broken = true;
}

static enum ym_code
fail_broken(struct ym_error *err)
{
	return ym_fail(err, YM_STATE, N_("The step was undone and nothing was saved"),
		"rolled back inside");
}

/* -- statements -- */

static void
prepare(struct ym_stmt *s)
{
	int rc = sqlite3_prepare_v3(s->db->h, s->text, -1, SQLITE_PREPARE_PERSISTENT, &s->h, NULL);

	if (rc == SQLITE_OK && !s->h)
		ym_db_die(s->db, "an empty statement", s->text);
	if ((rc & 0xff) == SQLITE_ERROR || (rc & 0xff) == SQLITE_MISUSE)
		ym_db_die(s->db, "a statement does not parse", s->text);
	s->prepare_rc = rc;
}

struct ym_stmt *
ym_db_sql(struct ym_db *db, const char *sql)
{
	struct ym_stmt **at = &db->stmts[((uintptr_t)sql >> 3) % YM_DB_STMT_BUCKETS];
	struct ym_stmt *s;

	for (s = *at; s && s->text != sql; s = s->next)
		;
	if (!s) {
		if (++db->n_stmts > YM_DB_STMT_MAX)
			ym_db_die(db, "too many statement texts: they must be constants", sql);
		s = ym_alloc(sizeof *s);
		s->db = db;
		s->text = sql;
		s->next = *at;
		*at = s;
	} else if (s->h && strcmp(sqlite3_sql(s->h), sql) != 0) {
		ym_db_die(db, "a statement text changed under its pointer", sql);
	}
	if (!s->h) {
		prepare(s);
	} else {
		sqlite3_reset(s->h);
		sqlite3_clear_bindings(s->h);
	}
	return s;
}

/* 0 when the statement could not be prepared: its error shows at the step. */
static int
find_param(struct ym_stmt *s, const char *param)
{
	char name[72] = ":";
	int i;

	if (!s->h)
		return 0;
	if (param[0] != ':')
		ym_strlcpy(name + 1, param, sizeof name - 1);
	i = sqlite3_bind_parameter_index(s->h, param[0] == ':' ? param : name);
	if (i == 0)
		ym_db_die(s->db, param, s->text);
	return i;
}

static void
check_bind(struct ym_stmt *s, int rc)
{
	if (rc == SQLITE_TOOBIG)
		s->prepare_rc = rc;
	else if (rc != SQLITE_OK)
		ym_db_die(s->db, "bind", s->text);
}

void
ym_stmt_text_n(struct ym_stmt *s, const char *param, const char *value, size_t n)
{
	int i = find_param(s, param);

	if (i == 0)
		return;
	if (value)
		check_bind(
			s, sqlite3_bind_text64(s->h, i, value, n, SQLITE_TRANSIENT, SQLITE_UTF8));
	else
		check_bind(s, sqlite3_bind_null(s->h, i));
}

void
ym_stmt_text(struct ym_stmt *s, const char *param, const char *value)
{
	ym_stmt_text_n(s, param, value, value ? strlen(value) : 0);
}

void
ym_stmt_int(struct ym_stmt *s, const char *param, int64_t value)
{
	int i = find_param(s, param);

	if (i > 0)
		check_bind(s, sqlite3_bind_int64(s->h, i, value));
}

void
ym_stmt_blob(struct ym_stmt *s, const char *param, const void *data, size_t n)
{
	int i = find_param(s, param);

	if (i == 0)
		return;
	if (data)
		check_bind(s, sqlite3_bind_blob64(s->h, i, data, n, SQLITE_TRANSIENT));
	else
		check_bind(s, sqlite3_bind_null(s->h, i));
}

enum ym_code
ym_stmt_step(struct ym_stmt *s, struct ym_error *err)
{
	struct ym_db *db = s->db;
	int rc;

	if (s->prepare_rc != SQLITE_OK) {
		rc = s->prepare_rc;
		s->prepare_rc = SQLITE_OK;
		return ym_db_fail(db, rc, err);
	}
	if (!s->h)
		ym_db_die(db, "a step after a failed one", s->text);
	if (db->broken && !sqlite3_stmt_readonly(s->h))
		return fail_broken(err);
	rc = sqlite3_step(s->h);
	if (rc == SQLITE_ROW)
		return YM_OK;
	if (rc != SQLITE_DONE) {
		enum ym_code code;

		rc = sqlite3_extended_errcode(db->h);
		code = ym_db_fail(db, rc, err);
		sqlite3_reset(s->h);
		notice_rollback(db);
		return code;
	}
	sqlite3_reset(s->h);
	return YM_NOTFOUND;
}

enum ym_code
ym_stmt_run(struct ym_stmt *s, struct ym_error *err)
{
	enum ym_code code;

	do
		code = ym_stmt_step(s, err);
	while (code == YM_OK);
	return code == YM_NOTFOUND ? YM_OK : code;
}

void
ym_stmt_done(struct ym_stmt *s)
{
	if (!s || !s->h)
		return;
	sqlite3_reset(s->h);
	sqlite3_clear_bindings(s->h);
}

const char *
ym_stmt_col_text(struct ym_stmt *s, int col)
{
	const unsigned char *text = sqlite3_column_text(s->h, col);

	return text ? (const char *)text : "";
}

int64_t
ym_stmt_col_int(struct ym_stmt *s, int col)
{
	return sqlite3_column_int64(s->h, col);
}

const void *
ym_stmt_col_blob(struct ym_stmt *s, int col, size_t *ret_n)
{
	const void *data = sqlite3_column_blob(s->h, col);

	*ret_n = (size_t)sqlite3_column_bytes(s->h, col);
	/* SQLite gives NULL for a blob of no bytes; a caller that asked is_null knows better. */
	return data ? data : "";
}

bool
ym_stmt_col_is_null(struct ym_stmt *s, int col)
{
	return sqlite3_column_type(s->h, col) == SQLITE_NULL;
}

/* -- scripts and transactions -- */

enum ym_code
ym_db_exec(struct ym_db *db, const char *sql, struct ym_error *err)
{
	int rc;

	if (db->broken)
		return fail_broken(err);
	rc = sqlite3_exec(db->h, sql, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		return YM_OK;
	if ((rc & 0xff) == SQLITE_ERROR)
		ym_db_die(db, "a script does not run", sql);
	enum ym_code code = ym_db_fail(db, rc, err);
	notice_rollback(db);
	return code;
}

enum ym_code
ym_db_begin_at(struct ym_db *db, const char *where, struct ym_error *err)
{
	if (db->broken)
		return fail_broken(err);
	if (db->depth == 0) {
		enum ym_code code = ym_stmt_run(ym_db_sql(db, "BEGIN IMMEDIATE"), err);

		if (code)
			return code;
		snprintf(db->opened_by, sizeof db->opened_by, "%s", where);
	}
	db->depth++;
	return YM_OK;
}

static void
undo(struct ym_db *db)
{
	if (!sqlite3_get_autocommit(db->h))
		sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
}

enum ym_code
ym_db_commit(struct ym_db *db, struct ym_error *err)
{
	enum ym_code code;

	if (db->depth == 0)
		ym_db_die(db, "a commit without a begin", "");
	db->depth--;
	if (db->broken) {
		if (db->depth == 0)
			db->broken = false;
		return fail_broken(err);
	}
	if (db->depth > 0)
		return YM_OK;
	code = ym_stmt_run(ym_db_sql(db, "COMMIT"), err);
	if (code)
		undo(db);
	return code;
}

void
ym_db_rollback(struct ym_db *db)
{
	if (db->depth == 0)
		ym_db_die(db, "a rollback without a begin", "");
	undo(db);
	db->depth--;
	db->broken = db->depth > 0;
}

bool
ym_db_in_transaction(const struct ym_db *db)
{
	return db->depth > 0;
}

int64_t
ym_db_changes(struct ym_db *db)
{
	return sqlite3_changes64(db->h);
}
