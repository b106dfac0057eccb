/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Opening and closing a file, the writer lock, settings, the ladder of schema steps, checkpoints.
 * Not statements (db.c). Invariant: a file that is handed out has exactly the version this program
 * knows.
 */
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/diag.h"

/* Readers never wait for the writer under WAL; what may be waited for is a recovery or a close next
 * door. */
#define BUSY_MS 250

static void
free_stmts(struct ym_db *db)
{
	for (size_t i = 0; i < YM_DB_STMT_BUCKETS; i++) {
		while (db->stmts[i]) {
			struct ym_stmt *s = db->stmts[i];

			db->stmts[i] = s->next;
			sqlite3_finalize(s->h);
			free(s);
		}
	}
}

void
ym_db_close(struct ym_db *db)
{
	if (!db)
		return;
	if (db->depth > 0)
		ym_diag(YM_DIAG_ERROR, "store", "closed inside the transaction of %s",
			db->opened_by);
	free_stmts(db);
	if (db->h && sqlite3_close(db->h) != SQLITE_OK)
		ym_db_die(db, "close", "");
	if (db->lock_fd >= 0)
		close(db->lock_fd);
	free(db);
}

static enum ym_code
fail_file(int os, const char *what, struct ym_error *err)
{
	const char *msgid = N_("The data file cannot be opened");

	if (os == ENOSPC || os == EDQUOT)
		msgid = N_("The disk is full");
	else if (os == EACCES || os == EROFS || os == EPERM)
		msgid = N_("The data folder cannot be written to");
	ym_fail(err, YM_IO, msgid, "%s: %s", what, strerror(os));
	if (err)
		err->sys = os;
	return YM_IO;
}

static enum ym_code
take_lock(struct ym_db *db, const char *path, struct ym_error *err)
{
	YM_FREE char *lock = ym_asprintf("%s.lock", path);

	db->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (db->lock_fd < 0)
		return fail_file(errno, "lock", err);
	if (flock(db->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return YM_OK;
	if (errno == EWOULDBLOCK)
		return ym_fail(err, YM_BUSY,
			N_("Another program is already working in this data folder"), "flock");
	return fail_file(errno, "flock", err);
}

static enum ym_code
run_pragma(struct ym_db *db, const char *sql, struct ym_error *err)
{
	int rc = sqlite3_exec(db->h, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? YM_OK : ym_db_fail(db, rc, err);
}

enum ym_code
ym_db_set_lazy(struct ym_db *db, bool on, struct ym_error *err)
{
	return run_pragma(db, on ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", err);
}

static enum ym_code
read_pragma(struct ym_db *db, const char *sql, int64_t *ret, struct ym_error *err)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db->h, sql, -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		*ret = sqlite3_column_int64(s, 0);
	else
		rc = sqlite3_extended_errcode(db->h);
	enum ym_code code = rc == SQLITE_ROW ? YM_OK : ym_db_fail(db, rc, err);
	sqlite3_finalize(s);
	return code;
}

static int
note_commit(void *user, sqlite3 *h, const char *name, int pages)
{
	struct ym_db *db = user;

	if (strcmp(name, "main") == 0)
		db->wal_pages = pages;
	return SQLITE_OK;
}

static enum ym_code
apply_settings(struct ym_db *db, unsigned flags, struct ym_error *err)
{
	sqlite3_db_config(db->h, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	sqlite3_db_config(db->h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(db->h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_busy_timeout(db->h, BUSY_MS);
	/* Nothing goes to a temporary file; checkpoints come in idle slices (ym_db_checkpoint),
	 * never in a decision. */
	enum ym_code code = run_pragma(db,
		"PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
		"PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -4096;",
		err);
	sqlite3_wal_hook(db->h, note_commit, db);
	if (code == YM_OK && (flags & YM_DB_SECURE_DELETE))
		code = run_pragma(db, "PRAGMA secure_delete = ON", err);
	return code;
}

static enum ym_code
climb(struct ym_db *db, const struct ym_schema *schema, struct ym_error *err)
{
	int64_t version = 0;
	char sql[96];
	enum ym_code code = ym_db_begin(db, err);

	if (code)
		return code;
	/* Read again: another program may have climbed while we waited for the lock. */
	code = read_pragma(db, "PRAGMA user_version", &version, err);
	for (int i = (int)version; code == YM_OK && i < schema->n_steps; i++) {
		if (schema->steps[i].sql)
			code = ym_db_exec(db, schema->steps[i].sql, err);
		if (code == YM_OK && schema->steps[i].fn)
			code = schema->steps[i].fn(db, err);
	}
	if (code == YM_OK) {
		/* A pragma takes no parameters; both values are our own numbers. */
		snprintf(sql, sizeof sql, "PRAGMA user_version = %d; PRAGMA application_id = %d",
			schema->n_steps, (int)schema->application_id);
		code = run_pragma(db, sql, err);
	}
	if (code == YM_OK)
		return ym_db_commit(db, err);
	ym_db_rollback(db);
	return code;
}

static enum ym_code
check_schema(struct ym_db *db, const struct ym_schema *schema, unsigned flags, struct ym_error *err)
{
	int64_t id = 0, version = 0, tables = 0;
	char sql[64];
	enum ym_code code = read_pragma(db, "PRAGMA application_id", &id, err);

	if (code == YM_OK)
		code = read_pragma(db, "PRAGMA user_version", &version, err);
	if (code == YM_OK)
		code = read_pragma(db, "SELECT count(*) FROM sqlite_schema", &tables, err);
	if (code)
		return code;
	if (id == 0 && version == 0 && tables == 0) {
		/* New, or a creation that died before its first commit. */
		if (!(flags & YM_DB_CREATE) || (flags & YM_DB_READONLY))
			return ym_fail_on(err, YM_NOTFOUND, N_("There is no data file yet"),
				schema->name, "empty");
		snprintf(sql, sizeof sql, "PRAGMA page_size = %d",
			schema->page_size > 0 ? schema->page_size : 4096);
		code = run_pragma(db, sql, err);
	} else if ((uint32_t)id != schema->application_id) {
		return ym_fail_on(err, YM_CORRUPT, N_("This is not a data file of this program"),
			schema->name, "application id %08x", (unsigned)id);
	} else if (version > schema->n_steps) {
		return ym_fail_on(err, YM_STATE,
			N_("The data was written by a newer version of this program: update the program"),
			schema->name, "version %d, known %d", (int)version, schema->n_steps);
	} else if (version < schema->n_steps && (flags & YM_DB_READONLY)) {
		return ym_fail_on(err, YM_STATE,
			N_("The data is of an older version: start the workstation once to bring it up to date"),
			schema->name, "version %d, known %d", (int)version, schema->n_steps);
	}
	if (code == YM_OK && !(flags & (YM_DB_READONLY | YM_DB_PLAIN)))
		code = run_pragma(db, "PRAGMA journal_mode = WAL", err);
	if (code == YM_OK && version < schema->n_steps)
		code = climb(db, schema, err);
	return code;
}

static enum ym_code
open_file(struct ym_db *db, const char *path, const struct ym_schema *schema, unsigned flags,
	struct ym_error *err)
{
	bool readonly = flags & YM_DB_READONLY;
	enum ym_code code;
	struct stat st;
	int rc, fd;

	if (stat(path, &st) != 0) {
		if (errno != ENOENT)
			return fail_file(errno, "stat", err);
		if (readonly || !(flags & YM_DB_CREATE))
			return ym_fail_on(err, YM_NOTFOUND, N_("There is no data file yet"),
				schema ? schema->name : "", "absent");
	}
	if (flags & YM_DB_LOCK) {
		code = take_lock(db, path, err);
		if (code)
			return code;
	}
	if (flags & YM_DB_CREATE) {
		/* Made here for its mode: SQLite gives the same to the files beside it. */
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return fail_file(errno, "create", err);
		close(fd);
	}
	rc = sqlite3_open_v2(path, &db->h,
		(readonly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_URI |
			SQLITE_OPEN_NOMUTEX,
		NULL);
	if (rc != SQLITE_OK)
		return ym_db_fail(db, rc, err);
	sqlite3_extended_result_codes(db->h, 1);
	/* SQLite falls back to reading only, without a word, where it may not write. */
	if (!readonly && sqlite3_db_readonly(db->h, "main") == 1)
		return ym_fail(err, YM_IO, N_("The data folder cannot be written to"),
			"opened for reading only");
	code = apply_settings(db, flags, err);
	if (code == YM_OK && schema)
		code = check_schema(db, schema, flags, err);
	return code;
}

enum ym_code
ym_db_open(const char *path, const struct ym_schema *schema, unsigned flags, struct ym_db **ret,
	struct ym_error *err)
{
	struct ym_db *db = ym_alloc(sizeof *db);
	enum ym_code code;

	db->lock_fd = -1;
	code = open_file(db, path, schema, flags, err);
	if (code) {
		ym_db_close(db);
		return code;
	}
	*ret = db;
	return YM_OK;
}

int
ym_db_wal_pages(const struct ym_db *db)
{
	return db->wal_pages;
}

int
ym_db_checkpoint(struct ym_db *db)
{
	int log = 0, done = 0;

	if (db->depth > 0)
		return -1;
	if (sqlite3_wal_checkpoint_v2(db->h, "main", SQLITE_CHECKPOINT_PASSIVE, &log, &done) !=
		SQLITE_OK)
		return -1;
	db->wal_pages = log > done ? log - done : 0;
	return db->wal_pages;
}

enum ym_code
ym_db_truncate(struct ym_db *db, struct ym_error *err)
{
	int rc;

	if (db->depth > 0)
		ym_db_die(db, "a truncation inside the transaction of", db->opened_by);
	rc = sqlite3_wal_checkpoint_v2(db->h, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if (rc == SQLITE_OK)
		db->wal_pages = 0;
	return rc == SQLITE_OK ? YM_OK : ym_db_fail(db, rc, err);
}

enum ym_code
ym_db_attach(struct ym_db *db, const char *path, const char *as, struct ym_error *err)
{
	YM_BUF uri = { 0 };
	struct ym_stmt *s;
	struct stat st;

	if (stat(path, &st) != 0)
		return ym_fail_on(err, YM_NOTFOUND, N_("There is no data file yet"), as, "absent");
	ym_buf_adds(&uri, "file:");
	for (const char *p = path; *p; p++) {
		if (strchr("%?#", *p))
			ym_buf_addf(&uri, "%%%02x", (unsigned char)*p);
		else
			ym_buf_addc(&uri, *p);
	}
	ym_buf_adds(&uri, "?mode=ro");
	s = ym_db_sql(db, "ATTACH :path AS :name");
	ym_stmt_text(s, "path", ym_buf_str(&uri));
	ym_stmt_text(s, "name", as);
	return ym_stmt_run(s, err);
}
