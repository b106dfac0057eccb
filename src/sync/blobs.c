/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Sending attachments in pieces, when every event is held.
 * Not their content: it is ciphertext, named by its SM3. Invariant: sent only by a signed "whole"; one bad blob holds up no other.
 */
#include "sync/internal.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/diag.h"

#define PIECE_TIMEOUT_MS 90000

static enum ym_code
read_sent(struct ym_sync *s, const char *sm3, bool *ret_whole, struct ym_error *err)
{
	struct ym_stmt *q = ym_db_sql(s->sync_db, "SELECT whole FROM blob_sent WHERE sm3 = :sm3");
	enum ym_code code;

	ym_stmt_text(q, "sm3", sm3);
	code = ym_stmt_step(q, err);
	*ret_whole = code == YM_OK && ym_stmt_col_int(q, 0) != 0;
	ym_stmt_done(q);
	return code == YM_NOTFOUND ? YM_OK : code;
}

static enum ym_code
write_sent(struct ym_sync *s, bool whole, struct ym_error *err)
{
	struct ym_stmt *q = ym_db_sql(s->sync_db, "INSERT INTO blob_sent (sm3, have, whole) VALUES (:sm3, :have, :whole) "
		"ON CONFLICT (sm3) DO UPDATE SET have = excluded.have, whole = excluded.whole");

	ym_stmt_text(q, "sm3", s->blob_sm3);
	ym_stmt_int(q, "have", s->blob_have);
	ym_stmt_int(q, "whole", whole);
	return ym_stmt_run(q, err);
}

/* The next blob of desk.db that is not at the central; NOTFOUND when there is none. */
static enum ym_code
find_blob(struct ym_sync *s, struct ym_error *err)
{
	for (;;) {
		struct ym_stmt *q = ym_db_sql(s->desk_db, "SELECT rowid, sm3, length(bytes) FROM blob WHERE rowid > :row ORDER BY rowid LIMIT 1");
		bool whole = false;
		enum ym_code code;

		ym_stmt_int(q, "row", s->blob_row);
		code = ym_stmt_step(q, err);
		if (code)
			return code;
		s->blob_at_row = ym_stmt_col_int(q, 0);
		ym_strlcpy(s->blob_sm3, ym_stmt_col_text(q, 1), sizeof s->blob_sm3);
		s->blob_total = ym_stmt_col_int(q, 2);
		ym_stmt_done(q);
		code = read_sent(s, s->blob_sm3, &whole, err);
		if (code)
			return code;
		if (!whole) {
			s->blob_have = -1;
			return YM_OK;
		}
		s->blob_row = s->blob_at_row;
	}
}

static enum ym_code
read_piece(struct ym_sync *s, struct ym_buf *out, struct ym_error *err)
{
	struct ym_stmt *q = ym_db_sql(s->desk_db, "SELECT substr(bytes, :at + 1, :n) FROM blob WHERE sm3 = :sm3");
	enum ym_code code;
	const void *data;
	size_t n;

	ym_stmt_int(q, "at", s->blob_have);
	ym_stmt_int(q, "n", YM_SYNC_PIECE);
	ym_stmt_text(q, "sm3", s->blob_sm3);
	code = ym_stmt_step(q, err);
	if (code)
		return code;
	data = ym_stmt_col_blob(q, 0, &n);
	ym_buf_add(out, data, n);
	ym_stmt_done(q);
	return YM_OK;
}

enum ym_outcome
ym_sync_blob_begin(struct ym_sync *s, struct ym_lane_state *lane)
{
	struct ym_error err = { 0 };
	char range[80];
	enum ym_code code;

	if (!s->blob_sm3[0] && ym_clock_mono() - s->blobs_ms > YM_SYNC_BLOBS_FRESH_MS) {
		s->blob_row = 0;
		s->blobs_ms = ym_clock_mono();
	}
	code = s->blob_sm3[0] ? YM_OK : find_blob(s, &err);
	if (code == YM_OK && s->blob_have >= 0)
		code = read_piece(s, &lane->body, &err);
	if (code == YM_NOTFOUND) {
		s->blob_sm3[0] = 0;
		return YM_SYNC_DONE;
	}
	if (code)
		return ym_sync_fail_local(lane, &err);
	if (lane->body.len > 0)
		snprintf(range, sizeof range, "bytes %" PRId64 "-%" PRId64 "/%" PRId64, s->blob_have, s->blob_have + (int64_t)lane->body.len - 1,
			s->blob_total);
	else
		snprintf(range, sizeof range, "bytes */%" PRId64, s->blob_total);
	snprintf(lane->path, sizeof lane->path, "/v1/blobs/%s", s->blob_sm3);
	if (!ym_sync_prepare(s, lane, "PUT", range, PIECE_TIMEOUT_MS))
		return lane->outcome;
	lane->step = YM_STEP_BLOB;
	return YM_SYNC_MORE;
}

/* Not again for an hour, or until a person asks. */
static enum ym_outcome
pass_over(struct ym_sync *s, struct ym_lane_state *lane)
{
	ym_diag(YM_DIAG_WARN, "sync", "the central does not take blob %.8s", s->blob_sm3);
	s->blob_row = s->blob_at_row;
	s->blob_sm3[0] = 0;
	return ym_sync_say(lane, YM_SYNC_MORE, "");
}

enum ym_outcome
ym_sync_blob_end(struct ym_sync *s, struct ym_lane_state *lane, const struct ym_wire_answer *a)
{
	struct ym_error err = { 0 };
	int64_t have = 0, asked_at = s->blob_have;
	bool whole = false;

	if ((!a->ok && !ym_streq(a->code, "GAP")) || ym_answer_blob(a->data, s->blob_total, &have, &whole, &err))
		return pass_over(s, lane);
	/* No step forward: the same piece would be sent for ever. */
	if (asked_at >= 0 && !whole && (have == asked_at || have == s->blob_total))
		return pass_over(s, lane);
	s->blob_have = have;
	if (write_sent(s, whole, &err))
		return ym_sync_fail_local(lane, &err);
	if (whole) {
		s->blob_row = s->blob_at_row;
		s->blob_sm3[0] = 0;
	}
	return ym_sync_say(lane, YM_SYNC_MORE, "");
}
