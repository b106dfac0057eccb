/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The cipher suite: SM3, HMAC-SM3, SM4-CTR + HMAC-SM3 sealing, SM2 keys, PBKDF2-HMAC-SM3, locked secrets. All over libcrypto.
 * Not a key store (store/keys.h) and not a policy. Invariant: a key leaves a struct ym_secret only into libcrypto.
 * Sources: GB/T 32905 (SM3), GB/T 32907 (SM4), GB/T 32918 (SM2), RFC 8018 (PBKDF2), RFC 5869-style labels for derivation.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

#define YM_SM3_LEN 32
#define YM_KEY_LEN 32          /* a master key; cipher and MAC keys are derived from it */
#define YM_SEAL_OVERHEAD (1 + 16 + 32)  /* suite byte, nonce, HMAC-SM3 */
#define YM_SUITE_SM4_CTR_HMAC_SM3 1

/* -- digests -- */
struct ym_sm3;                 /* incremental */
struct ym_sm3 *ym_sm3_new(void);
void ym_sm3_free(struct ym_sm3 *s);
void ym_sm3_add(struct ym_sm3 *s, const void *data, size_t n);
void ym_sm3_end(struct ym_sm3 *s, uint8_t out[YM_SM3_LEN]);   /* may be reused afterwards */
void ym_sm3(const void *data, size_t n, uint8_t out[YM_SM3_LEN]);
void ym_hmac_sm3(const void *key, size_t key_n, const void *data, size_t n, uint8_t out[YM_SM3_LEN]);
bool ym_crypt_equal(const void *a, const void *b, size_t n);  /* constant time */
void ym_crypt_random(void *buf, size_t n);                    /* aborts when the kernel refuses */

/* -- secrets: own locked pages, excluded from dumps, wiped at release -- */
struct ym_secret { uint8_t *data; size_t len; };
void ym_secret_init(struct ym_secret *s, size_t len);         /* zeroed locked memory */
void ym_secret_random(struct ym_secret *s, size_t len);
void ym_secret_set(struct ym_secret *s, const void *data, size_t len);
void ym_secret_release(struct ym_secret *s);                  /* wipes; idempotent */
static inline bool ym_secret_has(const struct ym_secret *s) { return s->data != NULL; }
/* PR_SET_DUMPABLE 0, RLIMIT_CORE 0. First thing in every main. */
void ym_crypt_harden(void);

/* Key for one purpose from a master key: HMAC-SM3(master, label). */
void ym_key_derive(const struct ym_secret *master, const char *label, uint8_t out[YM_KEY_LEN]);

/* -- sealing: out = suite | nonce | ciphertext | HMAC-SM3(suite|nonce|aad_len|aad|ciphertext) -- */
/* Appends to out. aad binds the place (header bytes, table and key). */
void ym_seal(const uint8_t key[YM_KEY_LEN], const void *aad, size_t aad_n, const void *plain, size_t n, struct ym_buf *out);
/* The same in two parts, for aad that itself names a digest of the ciphertext (an event's header): the first appends
 * suite | nonce | ciphertext, the second the MAC over what stands in out from `start` on. */
void ym_seal_cipher(const uint8_t key[YM_KEY_LEN], const void *plain, size_t n, struct ym_buf *out);
void ym_seal_mac(const uint8_t key[YM_KEY_LEN], const void *aad, size_t aad_n, struct ym_buf *out, size_t start);
/* The same bytes part by part, for what is too long for one turn of the loop: nothing opens before the end, which frees it. */
struct ym_sealing;
struct ym_sealing *ym_sealing_new(const uint8_t key[YM_KEY_LEN], const void *aad, size_t aad_n, struct ym_buf *out);
void ym_sealing_add(struct ym_sealing *s, const void *plain, size_t n);
void ym_sealing_end(struct ym_sealing *s);
void ym_sealing_free(struct ym_sealing *s);                   /* given up; accepts NULL */
/* CORRUPT when the MAC fails or the form is wrong; nothing is appended then. */
enum ym_code ym_unseal(const uint8_t key[YM_KEY_LEN], const void *aad, size_t aad_n, const void *sealed, size_t n,
	struct ym_buf *out, struct ym_error *err) YM_MUST;
/* For a key that is used again and again: its cipher and MAC keys are derived once, into locked pages of their own; the
 * sealed bytes are those of ym_seal. Release with ym_secret_release. */
void ym_seal_key_set(struct ym_secret *pair, const uint8_t key[YM_KEY_LEN]);
void ym_seal_with(const struct ym_secret *pair, const void *aad, size_t aad_n, const void *plain, size_t n, struct ym_buf *out);
enum ym_code ym_unseal_with(const struct ym_secret *pair, const void *aad, size_t aad_n, const void *sealed, size_t n,
	struct ym_buf *out, struct ym_error *err) YM_MUST;

/* -- passwords: PBKDF2-HMAC-SM3 -- */
#define YM_KDF_ITERATIONS 200000
void ym_kdf_password(const char *password, const uint8_t *salt, size_t salt_n, unsigned iterations, uint8_t out[YM_KEY_LEN]);

/* -- SM2 -- */
struct ym_sm2;                 /* a public key, perhaps with its private half */
void ym_sm2_free(struct ym_sm2 *k);
static inline void ym_sm2_p(struct ym_sm2 **k) { ym_sm2_free(*k); *k = NULL; }
#define YM_SM2 YM_CLEANUP(ym_sm2_p) struct ym_sm2
struct ym_sm2 *ym_sm2_generate(void);
bool ym_sm2_has_private(const struct ym_sm2 *k);
/* Public half as hex of the uncompressed point (130 digits). */
void ym_sm2_public_hex(const struct ym_sm2 *k, char out[131]);
enum ym_code ym_sm2_from_public_hex(const char *hex, struct ym_sm2 **ret, struct ym_error *err) YM_MUST;
/* The key of the first certificate or public key in PEM text. INVALID when there is none, or it is not of the SM2 curve. */
enum ym_code ym_sm2_from_pem(const void *text, size_t n, struct ym_sm2 **ret, struct ym_error *err) YM_MUST;
/* Private half as DER (PKCS#8) in a secret, and back (brings the public half with it). */
void ym_sm2_private_der(const struct ym_sm2 *k, struct ym_secret *ret);
enum ym_code ym_sm2_from_private_der(const void *der, size_t n, struct ym_sm2 **ret, struct ym_error *err) YM_MUST;
/* Signature over a message (SM3 with the standard's default id), DER, at most 80 bytes; returns its length. */
size_t ym_sm2_sign(const struct ym_sm2 *k, const void *msg, size_t n, uint8_t sig[80]);
bool ym_sm2_verify(const struct ym_sm2 *k, const void *msg, size_t n, const void *sig, size_t sig_n);
/* Public-key wrap of up to 4 KiB directly; appends. REFUSED/CORRUPT when unwrapping fails. */
void ym_sm2_wrap(const struct ym_sm2 *k, const void *plain, size_t n, struct ym_buf *out);
enum ym_code ym_sm2_unwrap(const struct ym_sm2 *k, const void *sealed, size_t n, struct ym_buf *out, struct ym_error *err) YM_MUST;
/* Hybrid for longer contents: fresh key wrapped by SM2, body sealed under it. */
void ym_sm2_seal_to(const struct ym_sm2 *k, const void *aad, size_t aad_n, const void *plain, size_t n, struct ym_buf *out);
enum ym_code ym_sm2_open(const struct ym_sm2 *k, const void *aad, size_t aad_n, const void *sealed, size_t n,
	struct ym_buf *out, struct ym_error *err) YM_MUST;

/* -- base64 (RFC 4648), no line breaks -- */
void ym_base64(struct ym_buf *out, const void *data, size_t n);
/* False on a bad character or length; out may hold a part then. */
bool ym_unbase64(struct ym_buf *out, const char *text, size_t n);
