/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The desk's half of yimen-sync(7) without the network: what to send next, what an answer means, what was learnt.
 * Not HTTP (src/helpers/yimen-sync.c has curl, behind struct ym_transport) and not folding (cases/feed).
 * Reads desk.db, writes sync.db only. Invariant: every step may be repeated.
 */
#pragma once

#include "store/desk.h"
#include "store/wire.h"

/* One exchange. Reality: curl in the helper. Tests and simulation: a lossy virtual network in one process. */
struct ym_http_request { const char *method, *path; const char *headers[12]; int n_headers; const void *body; size_t body_n; long timeout_ms; };
struct ym_http_reply { int status; struct ym_buf body; char retry_after[16], etag[72], have[24]; };
enum ym_link { YM_LINK_OK, YM_LINK_NONE, YM_LINK_CERTIFICATE, YM_LINK_CLOCK };
typedef enum ym_link (*ym_transport_fn)(void *user, const struct ym_http_request *req, struct ym_http_reply *ret);
/* Signing is done by whoever holds the desk's private key (the workstation, over a pipe; the cli itself). False when it may not now. */
typedef bool (*ym_sign_fn)(void *user, const void *msg, size_t n, char ret_sig_hex[161]);

enum ym_outcome { YM_SYNC_DONE /* nothing more */, YM_SYNC_MORE, YM_SYNC_FAILED_LINK, YM_SYNC_FAILED_PORTAL, YM_SYNC_FAILED_CERT, YM_SYNC_FAILED_CLOCK,
	YM_SYNC_FAILED_BUSY, YM_SYNC_FAILED_REFUSED, YM_SYNC_FAILED_FORK, YM_SYNC_FAILED_LOCAL };
const char *ym_outcome_name(enum ym_outcome o);

struct ym_sync;
struct ym_sync_options { const char *dir; ym_transport_fn transport; ym_sign_fn sign; void *user; int batch /* 200 */; };
enum ym_code ym_sync_open(const struct ym_sync_options *opt, struct ym_sync **ret, struct ym_error *err) YM_MUST;
void ym_sync_close(struct ym_sync *s);
/* One push step (learn the head, or send one batch, or one blob piece) / one feed step (wait_s long poll). */
enum ym_outcome ym_sync_push(struct ym_sync *s);
enum ym_outcome ym_sync_pull(struct ym_sync *s, int wait_s);
/* Push and pull until nothing more or a failure. */
enum ym_outcome ym_sync_all(struct ym_sync *s);
int64_t ym_sync_retry_ms(struct ym_sync *s, enum ym_outcome o);   /* backoff with jitter, Retry-After honoured, <= 5 min */
/* Status written to sync.db for the workstation: acked seq and hash, feed pulled, last outcome, central offset, quarantined. */
struct ym_sync_state { int64_t acked, feed_pulled, last_ok_ms, offset_ms, quarantined, central_events; enum ym_outcome outcome; char acked_hash[65], detail[120]; };
enum ym_code ym_sync_state_read(const char *dir, struct ym_sync_state *ret, struct ym_error *err) YM_MUST;
/* Raw feed entries above `after` as stored, in order (the workstation opens them with the desk's key). */
typedef bool (*ym_feed_raw_fn)(void *user, int64_t number, const char *kind, const void *sealed, size_t n);
enum ym_code ym_sync_feed_each(const char *dir, int64_t after, ym_feed_raw_fn fn, void *user, struct ym_error *err) YM_MUST;
