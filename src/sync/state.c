/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The state row of sync.db and the raw feed, as the sync process writes and the workstation reads them.
 * Not the exchange (sync.c). Invariant: a reader never writes.
 */
#include "sync/internal.h"

#define COLUMNS "acked, acked_hash, feed_pulled, last_ok_ms, offset_ms, quarantined, central_events, outcome, detail"

static enum ym_outcome
outcome_of(const char *name)
{
	for (int o = YM_SYNC_DONE; o < YM_SYNC_FAILED_LOCAL; o++) {
		if (ym_streq(name, ym_outcome_name(o)))
			return o;
	}
	/* Nothing was exchanged yet. */
	return *name ? YM_SYNC_FAILED_LOCAL : YM_SYNC_MORE;
}

enum ym_code
ym_sync_state_load(struct ym_db *db, struct ym_sync_state *ret, struct ym_error *err)
{
	struct ym_stmt *q = ym_db_sql(db, "SELECT " COLUMNS " FROM state");
	enum ym_code code = ym_stmt_step(q, err);

	if (code == YM_NOTFOUND)
		return ym_fail(err, YM_CORRUPT, N_("The data file is damaged"), "sync.db: no state");
	if (code)
		return code;
	memset(ret, 0, sizeof *ret);
	ret->acked = ym_stmt_col_int(q, 0);
	ym_strlcpy(ret->acked_hash, ym_stmt_col_text(q, 1), sizeof ret->acked_hash);
	ret->feed_pulled = ym_stmt_col_int(q, 2);
	ret->last_ok_ms = ym_stmt_col_int(q, 3);
	ret->offset_ms = ym_stmt_col_int(q, 4);
	ret->quarantined = ym_stmt_col_int(q, 5);
	ret->central_events = ym_stmt_col_int(q, 6);
	ret->outcome = outcome_of(ym_stmt_col_text(q, 7));
	ym_strlcpy(ret->detail, ym_stmt_col_text(q, 8), sizeof ret->detail);
	ym_stmt_done(q);
	return YM_OK;
}

enum ym_code
ym_sync_state_save(struct ym_db *db, const struct ym_sync_state *st, struct ym_error *err)
{
	struct ym_stmt *q = ym_db_sql(db, "UPDATE state SET acked = :acked, acked_hash = :hash, feed_pulled = :feed, last_ok_ms = :ok, "
		"offset_ms = :offset, quarantined = :quarantined, central_events = :events, outcome = :outcome, detail = :detail");

	ym_stmt_int(q, "acked", st->acked);
	ym_stmt_text(q, "hash", st->acked_hash);
	ym_stmt_int(q, "feed", st->feed_pulled);
	ym_stmt_int(q, "ok", st->last_ok_ms);
	ym_stmt_int(q, "offset", st->offset_ms);
	ym_stmt_int(q, "quarantined", st->quarantined);
	ym_stmt_int(q, "events", st->central_events);
	ym_stmt_text(q, "outcome", ym_outcome_name(st->outcome));
	ym_stmt_text(q, "detail", st->detail);
	return ym_stmt_run(q, err);
}

static enum ym_code
open_to_read(const char *dir, struct ym_db **ret, struct ym_error *err)
{
	YM_FREE char *path = ym_asprintf("%s/sync.db", dir);

	return ym_db_open(path, &ym_schema_sync, YM_DB_READONLY, ret, err);
}

enum ym_code
ym_sync_state_read(const char *dir, struct ym_sync_state *ret, struct ym_error *err)
{
	struct ym_db *db = NULL;
	enum ym_code code = open_to_read(dir, &db, err);

	if (!code)
		code = ym_sync_state_load(db, ret, err);
	ym_db_close(db);
	return code;
}

bool
ym_sync_state_is_even(const struct ym_sync_state *st, int64_t head, int64_t feed_applied)
{
	return !ym_outcome_is_failure(st->outcome) && st->acked == head && st->central_events == head && st->feed_pulled == feed_applied;
}

enum ym_code
ym_sync_feed_each(const char *dir, int64_t after, ym_feed_raw_fn fn, void *user, struct ym_error *err)
{
	struct ym_db *db = NULL;
	struct ym_stmt *q;
	enum ym_code code = open_to_read(dir, &db, err);

	if (code)
		return code;
	q = ym_db_sql(db, "SELECT number, kind, sealed FROM feed WHERE number > :after ORDER BY number");
	ym_stmt_int(q, "after", after);
	while ((code = ym_stmt_step(q, err)) == YM_OK) {
		size_t n;
		const void *sealed = ym_stmt_col_blob(q, 2, &n);

		if (!fn(user, ym_stmt_col_int(q, 0), ym_stmt_col_text(q, 1), sealed, n))
			break;
	}
	ym_stmt_done(q);
	ym_db_close(db);
	return code == YM_NOTFOUND ? YM_OK : code;
}
