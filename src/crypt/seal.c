/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Sealing: SM4-CTR then HMAC-SM3 (encrypt-then-MAC), keys derived from one master key by label.
 * Not for long streams: a sealed value is held whole. Invariant: nothing is decrypted before its
 * MAC has been checked.
 */
#include "crypt/internal.h"

#include <openssl/crypto.h>

#define NONCE_LEN 16
#define HEAD_LEN (1 + NONCE_LEN)
#define CHUNK 4096

/* SM4 takes 16 bytes of key: the first half of the derived block. */
static void
derive_enc(const uint8_t key[YM_KEY_LEN], uint8_t out[YM_SM3_LEN])
{
	ym_hmac_sm3(key, YM_KEY_LEN, "seal.enc", 8, out);
}

static void
derive_mac(const uint8_t key[YM_KEY_LEN], uint8_t out[YM_SM3_LEN])
{
	ym_hmac_sm3(key, YM_KEY_LEN, "seal.mac", 8, out);
}

/* SM4-CTR of n bytes, appended to out. Encryption and decryption are the same. */
static void
run_cipher(const uint8_t enc[YM_SM3_LEN], const uint8_t *nonce, const uint8_t *in, size_t n,
	struct ym_buf *out)
{
	static EVP_CIPHER *cipher;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t chunk[CHUNK];
	size_t most = n < CHUNK ? n : CHUNK;

	if (!cipher)
		cipher = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
	if (!ctx || !cipher || EVP_EncryptInit_ex2(ctx, cipher, enc, nonce, NULL) != 1)
		ym_crypt_die("SM4-CTR");
	while (n > 0) {
		size_t part = n < CHUNK ? n : CHUNK;
		int done = 0;

		if (EVP_EncryptUpdate(ctx, chunk, &done, in, (int)part) != 1 ||
			(size_t)done != part)
			ym_crypt_die("SM4-CTR update");
		ym_buf_add(out, chunk, part);
		in += part;
		n -= part;
	}
	EVP_CIPHER_CTX_free(ctx);
	OPENSSL_cleanse(chunk, most);
}

static void
compute_mac(const uint8_t mac[YM_SM3_LEN], const void *aad, size_t aad_n, const uint8_t *sealed,
	size_t n, uint8_t out[YM_SM3_LEN])
{
	uint8_t length[8];
	EVP_MAC_CTX *ctx;

	for (int i = 0; i < 8; i++)
		length[i] = (uint8_t)((uint64_t)aad_n >> (56 - 8 * i));
	ctx = ym_digest_hmac(mac, YM_SM3_LEN);
	ym_digest_hmac_add(ctx, sealed, HEAD_LEN);
	ym_digest_hmac_add(ctx, length, sizeof length);
	ym_digest_hmac_add(ctx, aad, aad_n);
	ym_digest_hmac_add(ctx, sealed + HEAD_LEN, n - HEAD_LEN);
	ym_digest_hmac_end(ctx, out);
}

static void
add_cipher(const uint8_t enc[YM_SM3_LEN], const void *plain, size_t n, struct ym_buf *out)
{
	uint8_t head[HEAD_LEN] = { YM_SUITE_SM4_CTR_HMAC_SM3 };

	ym_crypt_random(head + 1, NONCE_LEN);
	ym_buf_add(out, head, sizeof head);
	run_cipher(enc, head + 1, plain, n, out);
}

static void
add_mac(const uint8_t mac[YM_SM3_LEN], const void *aad, size_t aad_n, struct ym_buf *out,
	size_t start)
{
	uint8_t tag[YM_SM3_LEN];

	if (out->overflow)
		return;
	if (start > out->len || out->len - start < HEAD_LEN)
		ym_crypt_die("a MAC over nothing");
	compute_mac(mac, aad, aad_n, (const uint8_t *)out->data + start, out->len - start, tag);
	ym_buf_add(out, tag, sizeof tag);
}

void
ym_seal_cipher(const uint8_t key[YM_KEY_LEN], const void *plain, size_t n, struct ym_buf *out)
{
	uint8_t enc[YM_SM3_LEN];

	derive_enc(key, enc);
	add_cipher(enc, plain, n, out);
	OPENSSL_cleanse(enc, sizeof enc);
}

void
ym_seal_mac(const uint8_t key[YM_KEY_LEN], const void *aad, size_t aad_n, struct ym_buf *out,
	size_t start)
{
	uint8_t mac[YM_SM3_LEN];

	derive_mac(key, mac);
	add_mac(mac, aad, aad_n, out, start);
	OPENSSL_cleanse(mac, sizeof mac);
}

void
ym_seal(const uint8_t key[YM_KEY_LEN], const void *aad, size_t aad_n, const void *plain, size_t n,
	struct ym_buf *out)
{
	size_t start = out->len;

	ym_seal_cipher(key, plain, n, out);
	ym_seal_mac(key, aad, aad_n, out, start);
}

static enum ym_code
open_sealed(const uint8_t enc[YM_SM3_LEN], const uint8_t mac[YM_SM3_LEN], const void *aad,
	size_t aad_n, const uint8_t *p, size_t n, struct ym_buf *out, struct ym_error *err)
{
	uint8_t tag[YM_SM3_LEN];
	size_t room = out->max ? out->max : (size_t)64 << 20;

	if (n < YM_SEAL_OVERHEAD)
		return ym_fail(
			err, YM_CORRUPT, N_("A sealed value is damaged"), "only %zu bytes", n);
	if (p[0] != YM_SUITE_SM4_CTR_HMAC_SM3)
		return ym_fail(
			err, YM_CORRUPT, N_("A sealed value is damaged"), "unknown suite %u", p[0]);
	compute_mac(mac, aad, aad_n, p, n - YM_SM3_LEN, tag);
	if (!ym_crypt_equal(tag, p + n - YM_SM3_LEN, YM_SM3_LEN))
		return ym_fail(
			err, YM_CORRUPT, N_("A sealed value is damaged"), "its MAC does not match");
	/* Appending half a value would break "nothing is appended then". */
	if (out->overflow || out->len > room || n - YM_SEAL_OVERHEAD > room - out->len)
		return ym_fail(err, YM_INVALID, N_("The content is too long"), "%zu bytes", n);
	run_cipher(enc, p + 1, p + HEAD_LEN, n - YM_SEAL_OVERHEAD, out);
	return YM_OK;
}

enum ym_code
ym_unseal(const uint8_t key[YM_KEY_LEN], const void *aad, size_t aad_n, const void *sealed,
	size_t n, struct ym_buf *out, struct ym_error *err)
{
	uint8_t enc[YM_SM3_LEN], mac[YM_SM3_LEN];
	enum ym_code code;

	derive_enc(key, enc);
	derive_mac(key, mac);
	code = open_sealed(enc, mac, aad, aad_n, sealed, n, out, err);
	OPENSSL_cleanse(enc, sizeof enc);
	OPENSSL_cleanse(mac, sizeof mac);
	return code;
}

/* -- a key that is used again and again -- */

void
ym_seal_key_set(struct ym_secret *pair, const uint8_t key[YM_KEY_LEN])
{
	ym_secret_release(pair);
	ym_secret_init(pair, 2 * YM_SM3_LEN);
	derive_enc(key, pair->data);
	derive_mac(key, pair->data + YM_SM3_LEN);
}

void
ym_seal_with(const struct ym_secret *pair, const void *aad, size_t aad_n, const void *plain,
	size_t n, struct ym_buf *out)
{
	size_t start = out->len;

	add_cipher(pair->data, plain, n, out);
	add_mac(pair->data + YM_SM3_LEN, aad, aad_n, out, start);
}

enum ym_code
ym_unseal_with(const struct ym_secret *pair, const void *aad, size_t aad_n, const void *sealed,
	size_t n, struct ym_buf *out, struct ym_error *err)
{
	return open_sealed(pair->data, pair->data + YM_SM3_LEN, aad, aad_n, sealed, n, out, err);
}
