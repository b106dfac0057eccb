/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Sending the log: learn the head, then batches that continue it.
 * Not attachments (blobs.c), which follow when every event is held. Invariant: only what a signed answer says, and our own chain
 * confirms, counts as held.
 */
#include "sync/internal.h"

#include <inttypes.h>

#include "base/clock.h"

#define HEAD_TIMEOUT_MS 30000
#define SEND_TIMEOUT_MS 60000
#define SLOWEST_BYTES_PER_MS 4   /* a line worse than 32 kbit/s is no link */
#define FORKED N_("The central holds another log under this desk's name: call maintenance")
/* Room for the fields around the events. */
#define BATCH_FRAME 1024
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

/* -- the head -- */

static enum ym_code
own_hash(struct ym_sync *s, int64_t seq, char ret[65], struct ym_error *err)
{
	struct ym_stmt *q = ym_db_sql(s->desk_db, "SELECT hash FROM event WHERE seq = :seq");
	enum ym_code code;
	size_t n;

	ym_strlcpy(ret, ZEROS, 65);
	if (seq == 0)
		return YM_OK;
	ym_stmt_int(q, "seq", seq);
	code = ym_stmt_step(q, err);
	if (code)
		return code;
	ym_hex(ret, ym_stmt_col_blob(q, 0, &n), YM_SM3_LEN);
	ym_stmt_done(q);
	return YM_OK;
}

static enum ym_code
own_last(struct ym_sync *s, int64_t *ret, struct ym_error *err)
{
	struct ym_stmt *q = ym_db_sql(s->desk_db, "SELECT coalesce(max(seq), 0) FROM event");
	enum ym_code code = ym_stmt_step(q, err);

	if (code)
		return code;
	*ret = ym_stmt_col_int(q, 0);
	ym_stmt_done(q);
	return YM_OK;
}

static enum ym_outcome
fork_found(struct ym_sync *s, struct ym_lane_state *lane)
{
	s->forked = true;
	return ym_sync_say(lane, YM_SYNC_FAILED_FORK, FORKED);
}

/* What the central holds must be a beginning of our own chain: else one of the two is not this desk's. */
static enum ym_outcome
take_head(struct ym_sync *s, struct ym_lane_state *lane, const json_t *data)
{
	struct ym_answer_head head;
	struct ym_error err = { 0 };
	char hash[65];
	enum ym_code code;

	if (ym_answer_head(data, &head, &err))
		return ym_sync_say(lane, YM_SYNC_FAILED_REFUSED, err.msgid);
	code = own_hash(s, head.seq, hash, &err);
	if (code == YM_NOTFOUND || (!code && !ym_streq(hash, head.hash)))
		return fork_found(s, lane);
	if (code)
		return ym_sync_fail_local(lane, &err);
	s->state.acked = head.seq;
	ym_strlcpy(s->state.acked_hash, head.hash, sizeof s->state.acked_hash);
	s->state.central_events = head.events;
	s->state.quarantined = head.quarantined;
	s->head_known = true;
	s->head_ms = ym_clock_mono();
	return ym_sync_say(lane, YM_SYNC_MORE, "");
}

static enum ym_outcome
ask_head(struct ym_sync *s, struct ym_lane_state *lane)
{
	snprintf(lane->path, sizeof lane->path, "/v1/desks/%s/head", s->desk);
	if (!ym_sync_prepare(s, lane, "GET", NULL, HEAD_TIMEOUT_MS))
		return lane->outcome;
	lane->step = YM_STEP_HEAD;
	return YM_SYNC_MORE;
}

/* -- a batch -- */

static json_t *
text_of(const void *data, size_t n)
{
	YM_BUF text = { 0 };

	ym_base64(&text, data, n);
	return json_stringn_nocheck(ym_buf_str(&text), text.len);
}

/* A body that is not there was erased after its retention, or there never was one; anything else is damage. */
static enum ym_code
read_erased(struct ym_sync *s, const void *header, size_t n, bool *ret, struct ym_error *err)
{
	YM_BUF scratch = { 0 };
	struct ym_event_header h;
	enum ym_code code = ym_header_decode(header, n, &scratch, &h, err);

	if (code || h.suite == 0)
		return code;
	code = ym_event_is_erased(s->desk_db, &h, ret, err);
	if (!code && !*ret)
		code = ym_fail(err, YM_CORRUPT, N_("The content of an event is damaged"), "%" PRId64, h.seq);
	return code;
}

/* Reads events from acked + 1 on until the batch is full; the last one's hash goes to head. */
static enum ym_code
read_batch(struct ym_sync *s, json_t *events, char head[65], struct ym_error *err)
{
	struct ym_stmt *q = ym_db_sql(s->desk_db, "SELECT e.seq, e.header, e.hash, b.sealed FROM event e LEFT JOIN event_body b USING (seq) "
		"WHERE e.seq >= :first ORDER BY e.seq LIMIT :n");
	size_t bytes = BATCH_FRAME;
	enum ym_code code;

	ym_stmt_int(q, "first", s->first);
	ym_stmt_int(q, "n", s->batch);
	s->last = s->first - 1;
	while ((code = ym_stmt_step(q, err)) == YM_OK) {
		size_t header_n, body_n, hash_n, size;
		const void *header = ym_stmt_col_blob(q, 1, &header_n), *hash = ym_stmt_col_blob(q, 2, &hash_n);
		const void *body = ym_stmt_col_blob(q, 3, &body_n);
		bool erased = false;

		if (ym_stmt_col_int(q, 0) != s->last + 1) {
			ym_stmt_done(q);
			return ym_fail(err, YM_CORRUPT, N_("An event in the log is missing or out of order"), "after %" PRId64, s->last);
		}
		if (!body_n && (code = read_erased(s, header, header_n, &erased, err))) {
			ym_stmt_done(q);
			return code;
		}
		/* Base64 and the JSON around it. One event always fits: YM_EVENT_SEALED_MAX. */
		size = (header_n + body_n) * 4 / 3 + 48;
		if (s->last >= s->first && bytes + size > YM_SYNC_BATCH_BYTES)
			break;
		bytes += size;
		json_array_append_new(events, json_pack("{s:o,s:o}", "header", text_of(header, header_n), "body", text_of(body, body_n)));
		if (erased)
			json_object_set_new(json_array_get(events, json_array_size(events) - 1), "erased", json_true());
		ym_hex(head, hash, YM_SM3_LEN);
		s->last++;
	}
	ym_stmt_done(q);
	return code == YM_NOTFOUND ? YM_OK : code;
}

static enum ym_outcome
send_batch(struct ym_sync *s, struct ym_lane_state *lane)
{
	YM_JSON *events = json_array(), *batch = NULL;
	YM_FREE char *body = NULL;
	YM_BUF text = { .max = 4096 };
	struct ym_error err = { 0 };
	char head[65] = "", sig[161];

	s->first = s->state.acked + 1;
	if (read_batch(s, events, head, &err))
		return ym_sync_fail_local(lane, &err);
	ym_wire_batch_text(&text, s->desk, s->first, s->last, head);
	if (!s->opt.sign(s->opt.user, text.data, text.len, sig))
		return ym_sync_say(lane, YM_SYNC_FAILED_LOCAL, N_("Nobody is signed in: sending and fetching wait"));
	batch = json_pack("{s:I,s:I,s:s,s:s,s:O}", "first", (json_int_t)s->first, "last", (json_int_t)s->last, "head", head, "sig", sig,
		"events", events);
	body = ym_json_dump(batch);
	ym_buf_adds(&lane->body, body);
	snprintf(lane->path, sizeof lane->path, "/v1/desks/%s/events", s->desk);
	if (!ym_sync_prepare(s, lane, "POST", NULL, SEND_TIMEOUT_MS + (long)(lane->body.len / SLOWEST_BYTES_PER_MS)))
		return lane->outcome;
	lane->step = YM_STEP_EVENTS;
	return YM_SYNC_MORE;
}

/* -- steps -- */

enum ym_outcome
ym_sync_push_begin(struct ym_sync *s, struct ym_lane_state *lane)
{
	struct ym_error err = { 0 };
	int64_t last = 0;
	enum ym_outcome o;

	if (s->forked)
		return ym_sync_say(lane, YM_SYNC_FAILED_FORK, FORKED);
	if (!s->head_known) {
		s->blob_have = -1;
		return ask_head(s, lane);
	}
	if (own_last(s, &last, &err))
		return ym_sync_fail_local(lane, &err);
	if (last > s->state.acked)
		return send_batch(s, lane);
	o = ym_sync_blob_begin(s, lane);
	if (o == YM_SYNC_DONE && ym_clock_mono() - s->head_ms > YM_SYNC_HEAD_FRESH_MS)
		return ask_head(s, lane);
	return o;
}

static enum ym_outcome
take_refusal(struct ym_sync *s, struct ym_lane_state *lane, const struct ym_wire_answer *a)
{
	if (ym_streq(a->code, "FORK"))
		return fork_found(s, lane);
	if (ym_streq(a->code, "GAP")) {
		int64_t acked = s->state.acked;
		enum ym_outcome o = take_head(s, lane, a->data);

		/* The same place again would be sent for ever. */
		if (o == YM_SYNC_MORE && s->state.acked == acked && s->first == acked + 1)
			return ym_sync_say(lane, YM_SYNC_FAILED_REFUSED, N_("The central does not take this desk's events"));
		return o;
	}
	if (ym_streq(a->code, "TOO_LARGE") && s->last > s->first) {
		s->batch = (int)(s->last - s->first + 1) / 2;
		return ym_sync_say(lane, YM_SYNC_MORE, "");
	}
	return ym_sync_say(lane, YM_SYNC_FAILED_REFUSED, N_("The central does not take this desk's events"));
}

enum ym_outcome
ym_sync_push_end(struct ym_sync *s, struct ym_lane_state *lane, const struct ym_wire_answer *a)
{
	enum ym_outcome o;

	if (lane->step == YM_STEP_BLOB)
		return ym_sync_blob_end(s, lane, a);
	if (!a->ok)
		return take_refusal(s, lane, a);
	o = take_head(s, lane, a->data);
	if (o == YM_SYNC_MORE && lane->step == YM_STEP_EVENTS)
		s->batch = s->opt.batch;
	return o;
}
