/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The desk's log: append-only, hash-chained, clear headers, sealed bodies (model.md §3). The truth of the house.
 * Not the views (cases/fold.h). Invariant: hash(n) = SM3(hash(n-1) || header(n)), seq without gaps from 1.
 */
#pragma once

#include "store/keys.h"

#define YM_LOG_MAX_ATTRS 32
/* Of one sealed body: with the biggest header, in base64, it fits a request of 4 MiB (yimen-sync(7), PUSHING EVENTS). */
#define YM_EVENT_SEALED_MAX ((3u << 20) - (64u << 10))

/* A code, state, clock or keyed hash that flow, tally and statistics need. Clear text: never personal data. */
struct ym_attr { const char *key; const char *value; };

/* The header of one event, decoded. All strings are borrowed from the buffer it was decoded from, NUL-terminated. */
struct ym_event_header {
	const char *desk;          /* desk code */
	char epoch;                /* 'A' .. */
	int64_t seq;
	const char *id;            /* UUIDv7 */
	const char *kind;          /* "case.accepted" */
	const char *visit;         /* UUIDv7 or "" */
	const char *case_no;       /* 受理编号 or "" */
	const char *item;          /* item id or "" */
	const char *pack;          /* pack version or "" */
	const char *account;       /* or "" */
	int64_t wall_ms, mono_ms, offset_ms;
	const char *boot;
	struct ym_attr attrs[YM_LOG_MAX_ATTRS];
	int n_attrs;
	uint8_t suite;             /* 0: no body */
	uint8_t body_sm3[YM_SM3_LEN]; /* of the sealed body without its MAC; zeros when no body */
};
/* What a caller gives to append; desk, epoch, seq, id, clocks and boot id are filled by the log. */
struct ym_event_draft {
	const char *kind, *visit, *case_no, *item, *pack, *account;
	struct ym_attr attrs[YM_LOG_MAX_ATTRS];
	int n_attrs;
	const char *body;          /* JSON text or NULL; personal data lives here only */
};
struct ym_event {
	struct ym_event_header h;
	uint8_t hash[YM_SM3_LEN];
	const uint8_t *header; size_t header_n;  /* encoded bytes */
	const uint8_t *body; size_t body_n;      /* sealed; NULL when none or erased */
};
const char *ym_event_attr(const struct ym_event_header *h, const char *key); /* "" when absent */
/* Which key the body is under: the visit, or the day in the office's zone by the corrected clock ("day:2026-11-22"). */
#define YM_SCOPE_SIZE 64
void ym_event_scope(const struct ym_event_header *h, char out[YM_SCOPE_SIZE]);

/* Header codec (yimen-sync(7), EVENT). Limits: 127 bytes a string, 63 an attribute's key, 1,024 its value; clean UTF-8;
 * check gives INVALID naming the field, encode aborts beyond them. Decode checks every length and refuses trailing bytes:
 * INVALID. `scratch` is emptied and then holds the strings; what decodes encodes to the same bytes. */
enum ym_code ym_header_check(const struct ym_event_header *h, struct ym_error *err) YM_MUST;
void ym_header_encode(const struct ym_event_header *h, struct ym_buf *out);
enum ym_code ym_header_decode(const void *data, size_t n, struct ym_buf *scratch, struct ym_event_header *ret,
	struct ym_error *err) YM_MUST;

struct ym_log;
struct ym_desk_identity {
	char desk[32];             /* desk code: organisation 12 digits + window 2 digits */
	char epoch;
	char station[16];          /* 12-digit organisation code */
	char station_name[96];
	char division[8];          /* GB/T 2260 */
	char window[16];
	char profile[16];          /* "production" or "practice" */
};
/* fold is called inside the transaction for each appended event with its clear body; it updates the views. */
typedef enum ym_code (*ym_fold_fn)(void *user, struct ym_db *db, const struct ym_event *ev, const char *body,
	struct ym_error *err);
enum ym_code ym_log_open(struct ym_db *desk, struct ym_keys *keys, struct ym_log **ret, struct ym_error *err) YM_MUST;
void ym_log_close(struct ym_log *log);
void ym_log_set_fold(struct ym_log *log, ym_fold_fn fn, void *user);
/* fn is called after each append, perhaps still inside the caller's transaction: look at the log in a later turn. */
void ym_log_set_grew(struct ym_log *log, void (*fn)(void *user), void *user);
const struct ym_desk_identity *ym_log_identity(const struct ym_log *log);
enum ym_code ym_log_create(struct ym_db *desk, const struct ym_desk_identity *who, struct ym_error *err) YM_MUST;
/* Append in the caller's transaction (opens its own when none). *ret_seq may be NULL. Locked keys with a body: STATE. */
/* INVALID: beyond the header's limits, or YM_EVENT_SEALED_MAX. GONE: the visit was erased. When fold fails, everything is rolled back. */
enum ym_code ym_log_append(struct ym_log *log, const struct ym_event_draft *draft, int64_t *ret_seq, struct ym_error *err) YM_MUST;
/* seq and hash of the last event; 0 and zeros when empty. */
int64_t ym_log_head(const struct ym_log *log, uint8_t ret_hash[YM_SM3_LEN]);
void ym_log_set_offset(struct ym_log *log, int64_t central_offset_ms);
/* Corrected wall clock: ours + the central's offset. */
int64_t ym_log_now(const struct ym_log *log);

/* Walk from `from` to `to` (inclusive; to 0: the end), a read transaction open meanwhile; fn returns false to stop. body is NULL unless the keys are unlocked and it opens;
 * *erased says that its key is gone. Works without keys (NULL) for headers. */
typedef bool (*ym_log_fn)(void *user, const struct ym_event *ev, const char *body, bool erased);
enum ym_code ym_log_walk(struct ym_db *desk, struct ym_keys *keys, int64_t from, int64_t to, ym_log_fn fn, void *user,
	struct ym_error *err) YM_MUST;
/* Verify chain, order and body digests. CORRUPT names the first broken seq in err->subject. *ret_n events verified. */
enum ym_code ym_log_verify(struct ym_db *desk, int64_t *ret_n, struct ym_error *err) YM_MUST;
/* The same check for one event against its predecessor's hash; shared with the central. Reads header, hash and body, not h;
 * a missing body is CORRUPT here (ym_log_verify lets it pass when its key was erased). */
enum ym_code ym_event_verify(const struct ym_event *ev, const uint8_t previous[YM_SM3_LEN], struct ym_error *err) YM_MUST;
/* The same for an event whose body was erased after retention: chain and order, and that a body was there. INVALID otherwise. */
enum ym_code ym_event_verify_erased(const struct ym_event *ev, const uint8_t previous[YM_SM3_LEN], struct ym_error *err) YM_MUST;
/* Was the key of this event's body destroyed? Works without keys. */
enum ym_code ym_event_is_erased(struct ym_db *desk, const struct ym_event_header *h, bool *ret, struct ym_error *err) YM_MUST;
/* For the side that a log comes to: h and hash are filled (h borrows from scratch), the body is held against the header, or its absence
 * when it is said to be erased. The hash says that the event follows only when it, or one behind it, is the one that was signed. INVALID, CORRUPT. */
enum ym_code ym_event_take(struct ym_event *ev, const uint8_t previous[YM_SM3_LEN], bool is_erased, struct ym_buf *scratch,
	struct ym_sm3 *sm3, struct ym_error *err) YM_MUST;
/* Open a sealed body with its scope key: inflate and return JSON text in out. */
enum ym_code ym_event_open_body(const struct ym_event *ev, const uint8_t key[YM_KEY_LEN], struct ym_buf *out, struct ym_error *err) YM_MUST;
/* Drop all views and fold the whole log again (in one transaction). STATE when locked; CORRUPT when a body does not open. */
enum ym_code ym_log_rebuild(struct ym_log *log, const char *const view_tables[], int n, struct ym_error *err) YM_MUST;
