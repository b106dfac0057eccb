/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The texts of yimen-sync(7) that are signed, and the envelope of an answer: shared by desk and central.
 * Not transport. Invariant: the same values always give the same bytes.
 */
#pragma once

#include "base/json.h"
#include "crypt/crypt.h"

void ym_wire_request_text(struct ym_buf *out, const char *method, const char *path, int64_t time_ms, const void *body, size_t n);
void ym_wire_answer_text(struct ym_buf *out, const char *method, const char *path, int status, int64_t time_ms, const char *canonical_data);
void ym_wire_batch_text(struct ym_buf *out, const char *desk, int64_t first, int64_t last, const char *head_hex);
/* Associated data of a sealed feed entry. */
void ym_wire_feed_aad(struct ym_buf *out, const char *desk, int64_t number, const char *kind);

/* The central's side: a signed envelope around data (borrowed, may be NULL). code NULL: ok. */
void ym_wire_make_answer(const struct ym_sm2 *central, const char *method, const char *path, int status, int64_t time_ms, const char *code,
	const char *message, const json_t *data, struct ym_buf *out);
/* The desk's side. time_ms is the central's clock; data is never NULL after success; code is "" when ok. */
struct ym_wire_answer { bool ok; int64_t time_ms; json_t *data; char code[16]; };
void ym_wire_answer_release(struct ym_wire_answer *a);
/* Parse and verify. REFUSED when it is not this central's answer (a portal is in the way). Release *ret. */
enum ym_code ym_wire_open_answer(const struct ym_sm2 *central, const char *method, const char *path, int status, const char *body, size_t n,
	struct ym_wire_answer *ret, struct ym_error *err) YM_MUST;
/* Hex signature helpers. */
bool ym_wire_verify_hex(const struct ym_sm2 *key, const void *msg, size_t n, const char *sig_hex);
void ym_wire_sign_hex(const struct ym_sm2 *key, const void *msg, size_t n, char ret_hex[161]);
