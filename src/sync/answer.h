/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The data of a signed answer, checked field by field: a head, a feed, a blob's state.
 * Not the envelope (store/wire.h). Invariant: an answer is taken whole or not at all.
 */
#pragma once

#include "base/json.h"

#define YM_ANSWER_FEED_MAX 100

struct ym_answer_head { int64_t seq, events, quarantined, feed; char hash[65]; };
/* INVALID when a number is missing or negative, or the hash is not 64 lower-case hexadecimal digits. */
enum ym_code ym_answer_head(const json_t *data, struct ym_answer_head *ret, struct ym_error *err) YM_MUST;

/* Entries above `after`: at most 100, numbered without a gap. fn gets each, the sealed bytes borrowed; its code stops and is returned.
 * INVALID before fn was called once when any entry is out of form. */
typedef enum ym_code (*ym_answer_feed_fn)(void *user, int64_t number, const char *kind, const void *sealed, size_t n, struct ym_error *err);
enum ym_code ym_answer_feed(const json_t *data, int64_t after, ym_answer_feed_fn fn, void *user, int *ret_n, struct ym_error *err) YM_MUST;

/* have in 0..total; whole exactly when the central says so and have is total. */
enum ym_code ym_answer_blob(const json_t *data, int64_t total, int64_t *ret_have, bool *ret_whole, struct ym_error *err) YM_MUST;
