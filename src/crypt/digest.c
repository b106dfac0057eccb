/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * SM3, HMAC-SM3, PBKDF2-HMAC-SM3, labels, random bytes and the constant-time comparison.
 * Not encryption (seal.c). Invariant: algorithms are fetched once; a digest cannot fail, it aborts.
 */
#include "crypt/internal.h"

#include <errno.h>
#include <sys/random.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

struct ym_sm3 {
	EVP_MD_CTX *ctx;
};

void
ym_crypt_die(const char *what)
{
	char why[160];

	ERR_error_string_n(ERR_get_error(), why, sizeof why);
	fprintf(stderr, "yimen: libcrypto: %s: %s\n", what, why);
	abort();
}

const EVP_MD *
ym_digest_sm3(void)
{
	static EVP_MD *md;

	if (!md)
		md = EVP_MD_fetch(NULL, "SM3", NULL);
	if (!md)
		ym_crypt_die("SM3");
	return md;
}

struct ym_sm3 *
ym_sm3_new(void)
{
	struct ym_sm3 *s = ym_alloc(sizeof *s);

	s->ctx = EVP_MD_CTX_new();
	if (!s->ctx || EVP_DigestInit_ex(s->ctx, ym_digest_sm3(), NULL) != 1)
		ym_crypt_die("SM3 init");
	return s;
}

void
ym_sm3_free(struct ym_sm3 *s)
{
	if (!s)
		return;
	EVP_MD_CTX_free(s->ctx);
	free(s);
}

void
ym_sm3_add(struct ym_sm3 *s, const void *data, size_t n)
{
	if (n > 0 && EVP_DigestUpdate(s->ctx, data, n) != 1)
		ym_crypt_die("SM3 update");
}

void
ym_sm3_end(struct ym_sm3 *s, uint8_t out[YM_SM3_LEN])
{
	if (EVP_DigestFinal_ex(s->ctx, out, NULL) != 1 ||
		EVP_DigestInit_ex(s->ctx, ym_digest_sm3(), NULL) != 1)
		ym_crypt_die("SM3 end");
}

void
ym_sm3(const void *data, size_t n, uint8_t out[YM_SM3_LEN])
{
	if (EVP_Digest(n > 0 ? data : "", n, out, NULL, ym_digest_sm3(), NULL) != 1)
		ym_crypt_die("SM3");
}

EVP_MAC_CTX *
ym_digest_hmac(const void *key, size_t key_n)
{
	/* Naming the digest looks it up each time; a copy of a context that knows it does not. */
	static EVP_MAC_CTX *prepared;
	EVP_MAC_CTX *ctx;

	if (!prepared) {
		char name[] = "SM3";
		OSSL_PARAM params[] = {
			OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
			OSSL_PARAM_construct_end(),
		};
		EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);

		prepared = mac ? EVP_MAC_CTX_new(mac) : NULL;
		EVP_MAC_free(mac);
		if (!prepared || EVP_MAC_CTX_set_params(prepared, params) != 1)
			ym_crypt_die("HMAC-SM3");
	}
	ctx = EVP_MAC_CTX_dup(prepared);
	/* An empty key must still be a key: libcrypto takes NULL as "keep the old one". */
	if (!ctx || EVP_MAC_init(ctx, key_n > 0 ? key : (const void *)"", key_n, NULL) != 1)
		ym_crypt_die("HMAC-SM3");
	return ctx;
}

void
ym_digest_hmac_add(EVP_MAC_CTX *ctx, const void *data, size_t n)
{
	if (n > 0 && EVP_MAC_update(ctx, data, n) != 1)
		ym_crypt_die("HMAC-SM3 update");
}

void
ym_digest_hmac_end(EVP_MAC_CTX *ctx, uint8_t out[YM_SM3_LEN])
{
	size_t n = 0;

	if (EVP_MAC_final(ctx, out, &n, YM_SM3_LEN) != 1 || n != YM_SM3_LEN)
		ym_crypt_die("HMAC-SM3 end");
	EVP_MAC_CTX_free(ctx);
}

void
ym_hmac_sm3(const void *key, size_t key_n, const void *data, size_t n, uint8_t out[YM_SM3_LEN])
{
	EVP_MAC_CTX *ctx = ym_digest_hmac(key, key_n);

	ym_digest_hmac_add(ctx, data, n);
	ym_digest_hmac_end(ctx, out);
}

bool
ym_crypt_equal(const void *a, const void *b, size_t n)
{
	return n == 0 || CRYPTO_memcmp(a, b, n) == 0;
}

void
ym_crypt_random(void *buf, size_t n)
{
	uint8_t *p = buf;

	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			fprintf(stderr, "yimen: the kernel gives no random bytes\n");
			abort();
		}
		p += got;
		n -= (size_t)got;
	}
}

void
ym_key_derive(const struct ym_secret *master, const char *label, uint8_t out[YM_KEY_LEN])
{
	if (!ym_secret_has(master)) {
		fprintf(stderr, "yimen: a key was derived while locked\n");
		abort();
	}
	ym_hmac_sm3(master->data, master->len, label, strlen(label), out);
}

void
ym_kdf_password(const char *password, const uint8_t *salt, size_t salt_n, unsigned iterations,
	uint8_t out[YM_KEY_LEN])
{
	if (PKCS5_PBKDF2_HMAC(password, (int)strlen(password), salt, (int)salt_n, (int)iterations,
		    ym_digest_sm3(), YM_KEY_LEN, out) != 1)
		ym_crypt_die("PBKDF2");
}
