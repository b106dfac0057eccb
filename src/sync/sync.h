/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The desk's half of yimen-sync(7) without the network: what to send next, what an answer means, what was learnt.
 * Not HTTP (src/helpers/yimen-sync.c has curl) and not folding (cases/casework.h).
 * Reads desk.db, writes sync.db only. Invariant: every step may be repeated.
 */
#pragma once

#include "store/desk.h"
#include "store/wire.h"

/* One exchange. Reality: curl in the helper. Tests and simulation: a lossy virtual network in one process. */
struct ym_http_request { const char *method, *path; const char *headers[12]; int n_headers; const void *body; size_t body_n; long timeout_ms; };
struct ym_http_reply { int status; struct ym_buf body; char retry_after[16], etag[72], have[24]; };
/* NONE: no connection, a time-out, or an answer cut short: the request may have arrived all the same. */
enum ym_link { YM_LINK_OK, YM_LINK_NONE, YM_LINK_CERTIFICATE, YM_LINK_CLOCK };
typedef enum ym_link (*ym_transport_fn)(void *user, const struct ym_http_request *req, struct ym_http_reply *ret);
/* Signing is done by whoever holds the desk's private key (the workstation, over a pipe; the cli itself). False when it may not now. */
typedef bool (*ym_sign_fn)(void *user, const void *msg, size_t n, char ret_sig_hex[161]);

/* The biggest answer that is taken (yimen-sync(7), FEED). */
#define YM_SYNC_REPLY_MAX (16u << 20)
/* The biggest catalogue pack. */
#define YM_SYNC_PACK_MAX (64u << 20)

enum ym_outcome { YM_SYNC_DONE /* nothing more */, YM_SYNC_MORE, YM_SYNC_FAILED_LINK, YM_SYNC_FAILED_PORTAL, YM_SYNC_FAILED_CERT, YM_SYNC_FAILED_CLOCK,
	YM_SYNC_FAILED_BUSY, YM_SYNC_FAILED_REFUSED, YM_SYNC_FAILED_FORK, YM_SYNC_FAILED_LOCAL };
/* "done", "more", "link", "portal", "certificate", "clock", "busy", "refused", "forked", "local". */
const char *ym_outcome_name(enum ym_outcome o);
static inline bool ym_outcome_is_failure(enum ym_outcome o) { return o > YM_SYNC_MORE; }

struct ym_sync;
/* transport may be NULL for a caller that uses ym_sync_begin and ym_sync_end only. seed: of the backoff's jitter, 0 for a real one. */
struct ym_sync_options { const char *dir; ym_transport_fn transport; ym_sign_fn sign; void *user; int batch /* 200 */; uint64_t seed; };
/* NOTFOUND: no desk in dir. STATE: the desk knows no central. BUSY: another program is synchronising this desk. */
enum ym_code ym_sync_open(const struct ym_sync_options *opt, struct ym_sync **ret, struct ym_error *err) YM_MUST;
void ym_sync_close(struct ym_sync *s);
/* One push step (learn the head, or send one batch, or one blob piece) / one feed step (wait_s long poll). */
enum ym_outcome ym_sync_push(struct ym_sync *s);
enum ym_outcome ym_sync_pull(struct ym_sync *s, int wait_s);
/* The next catalogue that the feed announced and the desk folded, into DIR/pack.incoming; DONE while that is not taken. */
enum ym_outcome ym_sync_pack(struct ym_sync *s);
/* All lanes until nothing more or a failure. A failure of one does not keep the others from going on. */
enum ym_outcome ym_sync_all(struct ym_sync *s);

/* The same steps in two halves, for a transport that has a push and a long poll under way at once. */
/* PACK: a catalogue on a slow line holds up neither events nor feed. */
enum ym_lane { YM_LANE_PUSH, YM_LANE_PULL, YM_LANE_PACK, YM_N_LANES };
/* MORE: *ret stands ready, borrowed until ym_sync_end of this lane. DONE: nothing to do (not PULL). Else the lane's failure.
 * No transaction is open after it returns. */
enum ym_outcome ym_sync_begin(struct ym_sync *s, enum ym_lane lane, int wait_s, const struct ym_http_request **ret);
/* reply is not looked at unless link is OK. */
enum ym_outcome ym_sync_end(struct ym_sync *s, enum ym_lane lane, enum ym_link link, const struct ym_http_reply *reply);
/* Until the lane should be tried again, after a failure: 2 s doubling with jitter to 5 min, Retry-After honoured; 0 after a success. */
int64_t ym_sync_retry_ms(struct ym_sync *s, enum ym_lane lane);
/* How the lane's last step ended; MORE before the first. One lane's failure says nothing about the other's. */
enum ym_outcome ym_sync_lane_outcome(const struct ym_sync *s, enum ym_lane lane);
/* A person asks: forget backoff, and a fork seen before; the head is learnt anew. */
void ym_sync_try_again(struct ym_sync *s);
/* Cannot even be tried, for this reason (a constant message): shown as "local". */
void ym_sync_note(struct ym_sync *s, const char *msgid);

/* What sync.db says, for the workstation. detail is an English message (gettext) or "". */
struct ym_sync_state { int64_t acked, feed_pulled, last_ok_ms, offset_ms, quarantined, central_events; enum ym_outcome outcome; char acked_hash[65], detail[120]; };
/* As last written; borrowed. */
const struct ym_sync_state *ym_sync_now(const struct ym_sync *s);
enum ym_code ym_sync_state_read(const char *dir, struct ym_sync_state *ret, struct ym_error *err) YM_MUST;
/* "Synchronised": everything up to head is acknowledged, the tallies agree at that seq, nothing failed, and the feed is folded up to what was pulled. */
bool ym_sync_state_is_even(const struct ym_sync_state *st, int64_t head, int64_t feed_applied);
/* Raw feed entries above `after` as stored, in order (the workstation opens them with the desk's key). fn returns false to stop. */
typedef bool (*ym_feed_raw_fn)(void *user, int64_t number, const char *kind, const void *sealed, size_t n);
enum ym_code ym_sync_feed_each(const char *dir, int64_t after, ym_feed_raw_fn fn, void *user, struct ym_error *err) YM_MUST;
