/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The reference central (design.md §8) without HTTP: requests in, answers out, a worker with its own cursor. Stateless between calls
 * but for its store. Not the server loop (src/helpers/yimen-central.c has libmicrohttpd).
 * Invariant: ingest verifies chain, signature and authority only, and opens nothing; the worker opens and routes.
 */
#pragma once

#include "catalog/pack.h"
#include "crypt/crypt.h"
#include "store/log.h"

struct ym_central;
struct ym_central_options { const char *dir /* central.db, key.sealed, packs/ */; const char *registers /* folder of test registers, or NULL */; const char *password /* unlocks the central key */; };
enum ym_code ym_central_init(const char *dir, const char *password, struct ym_error *err) YM_MUST;  /* makes the key and the store */
enum ym_code ym_central_open(const struct ym_central_options *opt, struct ym_central **ret, struct ym_error *err) YM_MUST;
void ym_central_close(struct ym_central *c);
void ym_central_public_hex(const struct ym_central *c, char ret[131]);

/* Administration: a desk to be, with its one-time code; an account; a pack to publish. */
enum ym_code ym_central_add_desk(struct ym_central *c, const struct ym_desk_identity *who, char ret_code[24], struct ym_error *err) YM_MUST;
enum ym_code ym_central_add_account(struct ym_central *c, const char *desk, const char *account, const char *name, bool officer, const char *posts, struct ym_error *err) YM_MUST;
enum ym_code ym_central_add_pack(struct ym_central *c, const void *data, size_t n, struct ym_error *err) YM_MUST;

/* One request. headers: "Name: value" lookups by the callback. reply body is complete JSON or blob bytes. *ret_wait_s > 0: a long poll with nothing yet
 * (ask again when ym_central_feed_serial changes or the time is over). */
struct ym_central_request { const char *method, *path /* with query */; const char *(*header)(void *user, const char *name); void *user; const void *body; size_t body_n; };
struct ym_central_reply { int status; struct ym_buf body; char headers[4][160]; int n_headers; bool is_json; };
void ym_central_handle(struct ym_central *c, const struct ym_central_request *req, struct ym_central_reply *ret, int *ret_wait_s);
uint64_t ym_central_feed_serial(const struct ym_central *c);
/* One slice of the worker: open envelopes, fold, answer checks, auto-review, hand-over, quarantine. Returns events worked. */
int ym_central_work(struct ym_central *c, int max_events, struct ym_error *err);

/* The approver's side until its screens exist (a later issue): decide a case that waits for review at the central. */
enum ym_code ym_central_review(struct ym_central *c, const char *case_no, const char *result, const char *reason, const char *by, struct ym_error *err) YM_MUST;
