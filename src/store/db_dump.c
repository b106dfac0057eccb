/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Tables as text in primary-key order, for the tests that compare a rebuild or an upgrade with a
 * fresh file.
 * Not an export. Invariant: equal contents give equal text. Table names cannot be parameters, so
 * this one file joins SQL: names are quoted, and come from our own lists.
 */
#include "store/internal.h"

static enum ym_code
dump_table(struct ym_db *db, const char *table, struct ym_buf *out, struct ym_error *err)
{
	struct ym_stmt *s =
		ym_db_sql(db, "SELECT name, pk FROM pragma_table_info(:t) ORDER BY cid");
	YM_BUF sql = { 0 }, order = { 0 }, keys = { 0 };
	sqlite3_stmt *rows = NULL;
	enum ym_code code;
	int n = 0, rc;

	ym_buf_adds(&sql, "SELECT ");
	ym_stmt_text(s, "t", table);
	while ((code = ym_stmt_step(s, err)) == YM_OK) {
		char *part = sqlite3_mprintf(
			"%squote(\"%w\")", n > 0 ? ", " : "", ym_stmt_col_text(s, 0));

		ym_buf_adds(&sql, part);
		sqlite3_free(part);
		part = sqlite3_mprintf("%s\"%w\"", n > 0 ? ", " : "", ym_stmt_col_text(s, 0));
		ym_buf_adds(&order, part);
		if (ym_stmt_col_int(s, 1) > 0) {
			if (keys.len > 0)
				ym_buf_adds(&keys, ", ");
			ym_buf_adds(&keys, part + (n > 0 ? 2 : 0));
		}
		sqlite3_free(part);
		n++;
	}
	if (code != YM_NOTFOUND)
		return code;
	if (n == 0)
		ym_db_die(db, "a dump of an unknown table", table);
	/* The columns of the primary key first; without one every column orders. */
	char *tail = sqlite3_mprintf(" FROM \"%w\" ORDER BY %s", table,
		keys.len > 0 ? ym_buf_str(&keys) : ym_buf_str(&order));
	ym_buf_adds(&sql, tail);
	sqlite3_free(tail);
	ym_buf_addf(out, "-- %s\n", table);
	rc = sqlite3_prepare_v2(db->h, ym_buf_str(&sql), -1, &rows, NULL);
	if ((rc & 0xff) == SQLITE_ERROR)
		ym_db_die(db, "dump", ym_buf_str(&sql));
	while (rc == SQLITE_OK && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
		for (int i = 0; i < n; i++) {
			const char *text = (const char *)sqlite3_column_text(rows, i);

			if (i > 0)
				ym_buf_addc(out, '|');
			ym_buf_adds(out, text ? text : "");
		}
		ym_buf_addc(out, '\n');
		rc = SQLITE_OK;
	}
	code = rc == SQLITE_DONE ? YM_OK : ym_db_fail(db, sqlite3_extended_errcode(db->h), err);
	sqlite3_finalize(rows);
	return code;
}

enum ym_code
ym_db_dump(struct ym_db *db, const char *const tables[], int n, struct ym_buf *out,
	struct ym_error *err)
{
	for (int i = 0; i < n; i++) {
		enum ym_code code = dump_table(db, tables[i], out, err);

		if (code)
			return code;
	}
	return YM_OK;
}
