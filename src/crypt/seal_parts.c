/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The sealing of seal.c for what is too long for one turn of the loop: the same bytes, made part by part.
 * Invariant: until the end nothing that was made can be opened.
 */
#include <openssl/crypto.h>

#include "crypt/internal.h"

#define NONCE_LEN 16
#define CHUNK 4096

struct ym_sealing {
	EVP_CIPHER_CTX *cipher;
	EVP_MAC_CTX *mac;
	struct ym_buf *out;
};

struct ym_sealing *
ym_sealing_new(const uint8_t key[YM_KEY_LEN], const void *aad, size_t aad_n, struct ym_buf *out)
{
	struct ym_sealing *s = ym_alloc(sizeof *s);
	EVP_CIPHER *sm4 = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
	uint8_t derived[YM_SM3_LEN], head[1 + NONCE_LEN] = { YM_SUITE_SM4_CTR_HMAC_SM3 }, length[8];

	ym_crypt_random(head + 1, NONCE_LEN);
	ym_hmac_sm3(key, YM_KEY_LEN, "seal.enc", 8, derived);
	s->cipher = EVP_CIPHER_CTX_new();
	if (!s->cipher || !sm4 || EVP_EncryptInit_ex2(s->cipher, sm4, derived, head + 1, NULL) != 1)
		ym_crypt_die("SM4-CTR");
	EVP_CIPHER_free(sm4);
	ym_hmac_sm3(key, YM_KEY_LEN, "seal.mac", 8, derived);
	s->mac = ym_digest_hmac(derived, sizeof derived);
	for (int i = 0; i < 8; i++)
		length[i] = (uint8_t)((uint64_t)aad_n >> (56 - 8 * i));
	ym_digest_hmac_add(s->mac, head, sizeof head);
	ym_digest_hmac_add(s->mac, length, sizeof length);
	ym_digest_hmac_add(s->mac, aad, aad_n);
	s->out = out;
	ym_buf_add(out, head, sizeof head);
	OPENSSL_cleanse(derived, sizeof derived);
	return s;
}

void
ym_sealing_add(struct ym_sealing *s, const void *plain, size_t n)
{
	const uint8_t *in = plain;
	uint8_t chunk[CHUNK];

	while (n > 0) {
		size_t part = n < CHUNK ? n : CHUNK;
		int done = 0;

		if (EVP_EncryptUpdate(s->cipher, chunk, &done, in, (int)part) != 1 || (size_t)done != part)
			ym_crypt_die("SM4-CTR update");
		ym_digest_hmac_add(s->mac, chunk, part);
		ym_buf_add(s->out, chunk, part);
		in += part;
		n -= part;
	}
}

void
ym_sealing_end(struct ym_sealing *s)
{
	uint8_t mac[YM_SM3_LEN];

	ym_digest_hmac_end(YM_TAKE(s->mac), mac);
	ym_buf_add(s->out, mac, sizeof mac);
	ym_sealing_free(s);
}

void
ym_sealing_free(struct ym_sealing *s)
{
	if (!s)
		return;
	EVP_CIPHER_CTX_free(s->cipher);
	EVP_MAC_CTX_free(s->mac);
	free(s);
}
