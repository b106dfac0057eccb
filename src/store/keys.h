/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Keys of a desk (model.md §3-4, design.md §5): the data key in one slot per account, visit and day keys wrapped under it,
 * the desk's SM2 pair. Not accounts' posts and names (those are events). Invariant: the data key is in memory only between
 * ym_keys_unlock and ym_keys_lock.
 */
#pragma once

#include "crypt/crypt.h"
#include "store/db.h"

struct ym_keys;
/* Purposes derived from the data key; also the label. */
#define YM_KEY_DRAFT "draft"
#define YM_KEY_VIEW "view"        /* sealed columns of views */
#define YM_KEY_PERSON "person"    /* keyed hash of document numbers */
#define YM_KEY_WRAP "wrap"        /* visit and day keys, desk private key */

enum ym_code ym_keys_open(struct ym_db *desk, struct ym_keys **ret, struct ym_error *err) YM_MUST;
void ym_keys_close(struct ym_keys *k);            /* locks first */
/* A new desk: makes the data key, the SM2 pair, the first slot, and the escrow wrap for the central. In the caller's transaction:
 * when that is rolled back, close k. */
enum ym_code ym_keys_create(struct ym_keys *k, const char *account, const char *password, const struct ym_sm2 *central,
	struct ym_error *err) YM_MUST;
enum ym_code ym_keys_add_slot(struct ym_keys *k, const char *account, const char *password, struct ym_error *err) YM_MUST;
enum ym_code ym_keys_remove_slot(struct ym_keys *k, const char *account, struct ym_error *err) YM_MUST;
bool ym_keys_has_slot(struct ym_keys *k, const char *account);
/* Salt and iterations of a slot, for deriving in a child; NOTFOUND. */
enum ym_code ym_keys_slot(struct ym_keys *k, const char *account, uint8_t ret_salt[16], unsigned *ret_iterations,
	struct ym_error *err) YM_MUST;
/* REFUSED "wrong password"; from five failures in a row: REFUSED until a delay has passed, 30 s doubling to an hour, kept in
 * the database (err->subject says how many seconds are left); NOTFOUND: no slot. Never inside a transaction. */
enum ym_code ym_keys_unlock(struct ym_keys *k, const char *account, const uint8_t derived[YM_KEY_LEN], struct ym_error *err) YM_MUST;
enum ym_code ym_keys_unlock_password(struct ym_keys *k, const char *account, const char *password, struct ym_error *err) YM_MUST;
/* A second way in for an account that has a password: a token gives back `key` for `slot` (text of yimen-token, not secret).
 * Replaces an earlier one. STATE when locked, NOTFOUND when the account has no password slot. */
enum ym_code ym_keys_add_token(struct ym_keys *k, const char *account, const char *slot, const uint8_t key[YM_KEY_LEN],
	struct ym_error *err) YM_MUST;
enum ym_code ym_keys_remove_token(struct ym_keys *k, const char *account, struct ym_error *err) YM_MUST;
/* The text to ask the token with; NOTFOUND. */
enum ym_code ym_keys_token(struct ym_keys *k, const char *account, struct ym_buf *ret_slot, struct ym_error *err) YM_MUST;
/* As ym_keys_unlock, counted with the same failures. */
enum ym_code ym_keys_unlock_token(struct ym_keys *k, const char *account, const uint8_t key[YM_KEY_LEN], struct ym_error *err)
	YM_MUST;
void ym_keys_lock(struct ym_keys *k);             /* wipes everything held */
bool ym_keys_is_unlocked(const struct ym_keys *k);
/* Derived purpose key; aborts when locked. */
void ym_keys_purpose(struct ym_keys *k, const char *label, uint8_t out[YM_KEY_LEN]);
/* Keyed hash of a document (kind and normalised number) as 64 hex digits: the person's id on disk. */
void ym_keys_person_hash(struct ym_keys *k, const char *doc_kind, const char *number, char out[65]);
/* Locked: STATE. The key of a visit, or of a day ("day:2026-11-22"), made on first use (create true). NOTFOUND: never had it;
 * GONE: erased after retention. When made, *ret_fresh is true and the caller puts the central's wrap in the event. */
enum ym_code ym_keys_scope(struct ym_keys *k, const char *scope, bool create, uint8_t out[YM_KEY_LEN], bool *ret_fresh,
	struct ym_error *err) YM_MUST;
/* Take in a scope key that the central re-wrapped for this desk (hand-over). CONFLICT: another key is here; GONE: erased. */
enum ym_code ym_keys_adopt_scope(struct ym_keys *k, const char *scope, const uint8_t key[YM_KEY_LEN], struct ym_error *err) YM_MUST;
/* Destroys the wrap; call ym_db_truncate after the transaction. NOTFOUND: never had it. */
enum ym_code ym_keys_erase_scope(struct ym_keys *k, const char *scope, struct ym_error *err) YM_MUST;
const struct ym_sm2 *ym_keys_desk_pair(const struct ym_keys *k);     /* with its private half; NULL when locked */
const struct ym_sm2 *ym_keys_desk_public(const struct ym_keys *k);   /* NULL before ym_keys_create */
const struct ym_sm2 *ym_keys_central(const struct ym_keys *k);       /* public; NULL before ym_keys_create */
/* The data key wrapped for the central (SM2), as made at creation; appends. */
enum ym_code ym_keys_escrow(struct ym_keys *k, struct ym_buf *out, struct ym_error *err) YM_MUST;
/* Seal and open a small value for a named column or file place under a purpose key. */
void ym_keys_seal(struct ym_keys *k, const char *label, const char *place, const void *plain, size_t n, struct ym_buf *out);
enum ym_code ym_keys_unseal(struct ym_keys *k, const char *label, const char *place, const void *sealed, size_t n,
	struct ym_buf *out, struct ym_error *err) YM_MUST;
