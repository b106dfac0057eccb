/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The reference central (design.md §8) without HTTP: requests in, answers out, a worker with its own cursor. Stateless between calls
 * but for its store. Not the server loop (src/helpers/central_serve.c has libmicrohttpd).
 * Invariant: ingest verifies chain, signature and authority only, and opens nothing; the worker opens and routes.
 */
#pragma once

#include "catalog/pack.h"
#include "crypt/crypt.h"
#include "store/log.h"

#define YM_CENTRAL_BATCH_EVENTS 200
#define YM_CENTRAL_BODY_MAX (4u << 20)          /* of a request */
#define YM_CENTRAL_BLOB_MAX (32u << 20)
#define YM_CENTRAL_FEED_PAGE 100
#define YM_CENTRAL_WAIT_MAX 55                  /* seconds of a long poll */

struct ym_central;
struct ym_central_options {
	const char *dir;        /* central.db, key.sealed, packs/ */
	const char *registers;  /* folder of test registers, or NULL */
	const char *password;   /* unlocks the central key; NULL: only what needs no key (status) */
};
/* Makes the key and the store. STATE when there is a central in dir already. */
enum ym_code ym_central_init(const char *dir, const char *password, struct ym_error *err) YM_MUST;
/* REFUSED: wrong password. NOTFOUND: no central there. Several programs may have one central open at once. */
enum ym_code ym_central_open(const struct ym_central_options *opt, struct ym_central **ret, struct ym_error *err) YM_MUST;
void ym_central_close(struct ym_central *c);
void ym_central_public_hex(const struct ym_central *c, char ret[131]);

/* Administration: a desk to be, with its one-time code; an account; a pack to publish. */
/* epoch 0: the letter after the highest one of this desk code, 'A' for a new desk. CONFLICT when that letter is taken. */
enum ym_code ym_central_add_desk(struct ym_central *c, const struct ym_desk_identity *who, char ret_code[24], struct ym_error *err) YM_MUST;
/* desk: code without the letter. An account that is there is replaced; an enrolled desk hears of it by account.changed. */
enum ym_code ym_central_add_account(struct ym_central *c, const char *desk, const char *account, const char *name, bool officer,
	const char *posts, struct ym_error *err) YM_MUST;
/* A pack document, or an envelope of one whose signature is right. It is compiled as a check, signed by this central, and announced.
 * CONFLICT: this version is published with another content. */
enum ym_code ym_central_add_pack(struct ym_central *c, const void *data, size_t n, struct ym_error *err) YM_MUST;

/* One request. path: with query. header: lookup by name, NULL when absent. body_n beyond YM_CENTRAL_BODY_MAX: body is not looked at. */
struct ym_central_request {
	const char *method, *path;
	const char *(*header)(void *user, const char *name);
	void *user;
	const void *body;
	size_t body_n;
};
struct ym_central_reply {
	int status;
	struct ym_buf body;             /* complete JSON, or the bytes of a blob or pack */
	int64_t length;                 /* of the body; a HEAD has a length and no body */
	char headers[4][160];           /* "Name: value" */
	int n_headers;
	bool is_json;
	char wait_desk[40];             /* a long poll with nothing yet: what it waits for */
	int64_t wait_after;
};
/* Fills *ret, which is released by ym_central_reply_release. *ret_wait_s > 0: a long poll with nothing yet; the answer may be held back:
 * ask again when ym_central_feed_ready, or with ret_wait_s NULL (answer now) when the time is over. */
void ym_central_handle(struct ym_central *c, const struct ym_central_request *req, struct ym_central_reply *ret, int *ret_wait_s);
void ym_central_reply_release(struct ym_central_reply *r);
bool ym_central_feed_ready(struct ym_central *c, const char *desk, int64_t after);
/* Rises with every feed entry, also of another program's. */
uint64_t ym_central_feed_serial(const struct ym_central *c);

/* Group commit: requests handled between the two are one transaction, and their answers are sent only after the commit succeeded.
 * When it fails nothing of the group is held: answer every request with ym_central_busy. */
enum ym_code ym_central_begin_group(struct ym_central *c, struct ym_error *err) YM_MUST;
enum ym_code ym_central_commit_group(struct ym_central *c, struct ym_error *err) YM_MUST;
void ym_central_busy(struct ym_central *c, const struct ym_central_request *req, struct ym_central_reply *ret);

/* One slice of the worker: open envelopes, fold, answer checks, auto-review, hand-over, quarantine; one transaction. Returns events
 * worked; 0: nothing to do (then it tidies the store); -1: err, nothing was done, try again later. */
int ym_central_work(struct ym_central *c, int max_events, struct ym_error *err);

/* The approver's side until its screens exist (a later issue): decide a case that waits for review at the central.
 * result: approved, denied, returned; the last two need a reason. NOTFOUND, STATE (not waiting). */
enum ym_code ym_central_review(struct ym_central *c, const char *case_no, const char *result, const char *reason, const char *by,
	struct ym_error *err) YM_MUST;
/* Cases that wait for an approver, oldest first. */
typedef void (*ym_central_review_fn)(void *user, const char *case_no, const char *item, const char *holder, int64_t since_ms);
enum ym_code ym_central_each_review(struct ym_central *c, ym_central_review_fn fn, void *user, struct ym_error *err) YM_MUST;
/* Counts, codes and clocks as JSON; no personal data. */
enum ym_code ym_central_status(struct ym_central *c, struct ym_buf *ret, struct ym_error *err) YM_MUST;
