/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A far end in memory that does what yimen-sync(7) says of a central and no more: it verifies, stores and answers.
 * Not the reference central. A desk that agrees with it follows the page, whatever the central's code does.
 */
#pragma once

#include "sync/sync.h"

#define PEER_EVENTS 4096
#define PEER_BLOBS 16
#define PEER_FEED 4096

struct peer_blob { char sm3[65]; struct ym_buf bytes; int64_t total; bool whole; };
struct peer {
	struct ym_sm2 *key;
	const struct ym_sm2 *desk_key;
	char d[40];                             /* the one desk it knows */
	int n_events;
	char hashes[PEER_EVENTS][65];
	int n_feed;
	char feed_kinds[PEER_FEED][64];
	int n_blobs;
	struct peer_blob blobs[PEER_BLOBS];
	int64_t quarantined;
	/* what a test may bend */
	int64_t clock_ahead_ms;
	const char *say;                        /* answer everything with this code */
	int say_status;
	const char *retry_after;
	int most;                               /* events a batch, TOO_LARGE beyond; 0: 200 */
	int64_t tally_off;
	int feed_skip;                          /* leave this feed number out */
	const char *refuse_blob;
	const char *pack_version, *pack;        /* the one catalogue it has */
	/* what a test may look at */
	int n_requests, n_batches, n_stored, n_repeated, n_bad_signatures;
	int64_t blob_bytes;
};
void peer_init(struct peer *p, struct ym_sm2 *key, const struct ym_sm2 *desk_key, const char *d);
void peer_release(struct peer *p);
void peer_add_feed(struct peer *p, const char *kind);
/* Answers one request; *ret is emptied first. */
void peer_handle(struct peer *p, const struct ym_http_request *req, struct ym_http_reply *ret);
