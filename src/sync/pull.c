/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The desk's feed: fetched in order, stored raw.
 * Not opened and not folded here: this process has no key. Invariant: numbers in sync.db have no gaps.
 */
#include "sync/internal.h"

#include <inttypes.h>

#include "base/diag.h"

#define WAIT_MAX_S 55
#define FEED_TIMEOUT_MS 60000

enum ym_outcome
ym_sync_pull_begin(struct ym_sync *s, struct ym_lane_state *lane, int wait_s)
{
	s->after = s->state.feed_pulled;
	s->wait_s = wait_s < 0 ? 0 : wait_s > WAIT_MAX_S ? WAIT_MAX_S : wait_s;
	snprintf(lane->path, sizeof lane->path, "/v1/desks/%s/feed?after=%" PRId64 "&wait=%d", s->desk, s->after, s->wait_s);
	if (!ym_sync_prepare(s, lane, "GET", NULL, FEED_TIMEOUT_MS + s->wait_s * 1000L))
		return lane->outcome;
	lane->step = YM_STEP_FEED;
	return YM_SYNC_MORE;
}

static enum ym_code
store(void *user, int64_t number, const char *kind, const void *sealed, size_t n, struct ym_error *err)
{
	struct ym_sync *s = user;
	struct ym_stmt *q = ym_db_sql(s->sync_db, "INSERT INTO feed (number, kind, sealed) VALUES (:number, :kind, :sealed)");
	enum ym_code code;

	ym_stmt_int(q, "number", number);
	ym_stmt_text(q, "kind", kind);
	ym_stmt_blob(q, "sealed", sealed, n);
	code = ym_stmt_run(q, err);
	ym_stmt_done(q);
	if (code)
		return code;
	s->state.feed_pulled = number;
	/* The tally is another now. */
	if (ym_streq(kind, "event.quarantined"))
		s->head_known = false;
	return YM_OK;
}

enum ym_outcome
ym_sync_pull_end(struct ym_sync *s, struct ym_lane_state *lane, const struct ym_wire_answer *a)
{
	struct ym_error err = { 0 };
	int64_t pulled = s->state.feed_pulled;
	int n = 0;
	enum ym_code code;

	if (!a->ok)
		return ym_sync_say(lane, YM_SYNC_FAILED_REFUSED, N_("The central does not hand out this desk's feed"));
	code = ym_answer_feed(a->data, s->after, store, s, &n, &err);
	if (code == YM_OK)
		return ym_sync_say(lane, n > 0 ? YM_SYNC_MORE : YM_SYNC_DONE, "");
	if (code != YM_INVALID)
		return ym_sync_fail_local(lane, &err);
	s->state.feed_pulled = pulled;
	ym_diag_error("sync", &err);
	return ym_sync_say(lane, YM_SYNC_FAILED_REFUSED, N_("The central's feed has a gap or is not well formed: nothing of it was taken"));
}
