/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Shared inside src/sync only: the open files, what was learnt, and the three lanes. */
#pragma once

#include "sync/answer.h"
#include "sync/sync.h"

#define YM_SYNC_BATCH 200
#define YM_SYNC_BATCH_BYTES (4u << 20)   /* of the request's body: yimen-sync(7), PUSHING EVENTS */
#define YM_SYNC_PIECE (256u << 10)       /* about a second of a 2 Mbit/s line: events go first again after each */

#define YM_SYNC_BLOBS_FRESH_MS 3600000  /* blobs that were refused, or came under an old row number, are looked for again */
#define YM_SYNC_HEAD_FRESH_MS 300000     /* a worker quarantines later: the tally is looked at again */

enum ym_step { YM_STEP_NONE, YM_STEP_HEAD, YM_STEP_EVENTS, YM_STEP_BLOB, YM_STEP_FEED, YM_STEP_PACK };

/* One direction: at most one exchange under way. */
struct ym_lane_state {
	enum ym_step step;
	struct ym_http_request req;
	char path[160], desk[64], time[48], sig[192], range[96];
	struct ym_buf body;
	int64_t began_ms;                /* monotonic */
	int failures;                    /* in a row: the backoff's exponent */
	int64_t retry_after_ms;
	enum ym_outcome outcome;
	const char *detail;              /* a constant message, or "" */
};

struct ym_sync {
	struct ym_sync_options opt;
	struct ym_db *desk_db, *sync_db;
	struct ym_sm2 *central;
	char desk[40];                   /* desk code and epoch letter */
	uint64_t random;
	struct ym_sync_state state;
	struct ym_lane_state lanes[YM_N_LANES];
	bool head_known, forked;
	int64_t head_ms;                 /* monotonic: when it was learnt */
	int batch;                       /* smaller for a while after "too large" */
	/* events under way, and the blob */
	int64_t first, last;
	int64_t blobs_ms;                /* monotonic: when all were looked through */
	int64_t blob_row;                /* blobs up to this row are sent, or were refused since the start */
	int64_t blob_at_row, blob_total, blob_have;   /* have -1: to be asked */
	char blob_sm3[65];               /* under way, or "" */
	/* pack: announced up to this feed number were refused since the start; all looked through up to; and the one under way */
	int64_t pack_passed, pack_looked, pack_number;
	char pack_version[40], pack_sm3[65];
	/* feed: what the request asked for */
	int64_t after;
	int wait_s;
};

/* -- sync.c -- */
/* Fills lane->req around lane->path and lane->body, signed. False: it may not be signed now. */
bool ym_sync_prepare(struct ym_sync *s, struct ym_lane_state *lane, const char *method, const char *range, long timeout_ms);
/* The lane ends with this outcome and message; returns the outcome. */
enum ym_outcome ym_sync_say(struct ym_lane_state *lane, enum ym_outcome o, const char *detail);
enum ym_outcome ym_sync_fail_local(struct ym_lane_state *lane, const struct ym_error *err);

/* -- state.c -- */
enum ym_code ym_sync_state_load(struct ym_db *db, struct ym_sync_state *ret, struct ym_error *err) YM_MUST;
enum ym_code ym_sync_state_save(struct ym_db *db, const struct ym_sync_state *st, struct ym_error *err) YM_MUST;

/* -- push.c: begin returns MORE with lane->req ready; end gets a verified answer -- */
enum ym_outcome ym_sync_push_begin(struct ym_sync *s, struct ym_lane_state *lane);
enum ym_outcome ym_sync_push_end(struct ym_sync *s, struct ym_lane_state *lane, const struct ym_wire_answer *a);

/* -- blobs.c: DONE when every blob is at the central -- */
enum ym_outcome ym_sync_blob_begin(struct ym_sync *s, struct ym_lane_state *lane);
enum ym_outcome ym_sync_blob_end(struct ym_sync *s, struct ym_lane_state *lane, const struct ym_wire_answer *a);

/* -- pack.c: DONE when nothing announced is missing, or the last one was not taken yet -- */
enum ym_outcome ym_sync_pack_begin(struct ym_sync *s, struct ym_lane_state *lane);
enum ym_outcome ym_sync_pack_end(struct ym_sync *s, struct ym_lane_state *lane, const struct ym_http_reply *reply);

/* -- pull.c -- */
enum ym_outcome ym_sync_pull_begin(struct ym_sync *s, struct ym_lane_state *lane, int wait_s);
enum ym_outcome ym_sync_pull_end(struct ym_sync *s, struct ym_lane_state *lane, const struct ym_wire_answer *a);
