/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * SM2 keys: make, carry, sign, verify, wrap, and the hybrid for longer contents.
 * Not certificates. Invariant: only keys of the SM2 curve are ever inside a struct ym_sm2.
 */
#include "crypt/internal.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define POINT_LEN 65
#define WRAP_MAX 4096
/* GB/T 32918.2 default distinguishing identifier, as GM/T 0009 gives it. */
#define DEFAULT_ID "1234567812345678"

struct ym_sm2 {
	EVP_PKEY *pkey;
	bool has_private;
};

static struct ym_sm2 *
wrap_pkey(EVP_PKEY *pkey, bool has_private)
{
	struct ym_sm2 *k = ym_alloc(sizeof *k);

	k->pkey = pkey;
	k->has_private = has_private;
	return k;
}

void
ym_sm2_free(struct ym_sm2 *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey);
	free(k);
}

struct ym_sm2 *
ym_sm2_generate(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
	EVP_PKEY *pkey = NULL;

	if (!ctx || EVP_PKEY_keygen_init(ctx) != 1 || EVP_PKEY_generate(ctx, &pkey) != 1)
		ym_crypt_die("SM2 key");
	EVP_PKEY_CTX_free(ctx);
	return wrap_pkey(pkey, true);
}

bool
ym_sm2_has_private(const struct ym_sm2 *k)
{
	return k && k->has_private;
}

void
ym_sm2_public_hex(const struct ym_sm2 *k, char out[131])
{
	uint8_t point[POINT_LEN];
	size_t n = 0;

	if (EVP_PKEY_get_octet_string_param(
		    k->pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &n) != 1 ||
		n != POINT_LEN)
		ym_crypt_die("SM2 public key");
	ym_hex(out, point, sizeof point);
}

enum ym_code
ym_sm2_from_public_hex(const char *hex, struct ym_sm2 **ret, struct ym_error *err)
{
	uint8_t point[POINT_LEN];
	char group[] = "SM2";
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *pkey = NULL;
	int ok;

	if (!hex || strlen(hex) != 2 * POINT_LEN || !ym_unhex(point, sizeof point, hex) ||
		point[0] != 4)
		return ym_fail(err, YM_INVALID, N_("This is not an SM2 public key"), "form");
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
		OSSL_PARAM_construct_end(),
	};
	ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
	if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1)
		ym_crypt_die("SM2 import");
	ok = EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	if (ok != 1)
		return ym_fail(err, YM_INVALID, N_("This is not an SM2 public key"),
			"not a point of the curve");
	*ret = wrap_pkey(pkey, false);
	return YM_OK;
}

enum ym_code
ym_sm2_from_pem(const void *text, size_t n, struct ym_sm2 **ret, struct ym_error *err)
{
	BIO *bio = n <= INT_MAX ? BIO_new_mem_buf(text, (int)n) : NULL;
	X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	EVP_PKEY *pkey = NULL;
	char hex[131], group[16];
	uint8_t point[POINT_LEN];
	size_t len = 0;
	bool is_sm2;

	if (certificate)
		pkey = X509_get_pubkey(certificate);
	else if (bio && BIO_reset(bio) >= 0)
		pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	X509_free(certificate);
	BIO_free(bio);
	/* libcrypto reads the curve as EC or as SM2, as the file names it: the point is taken to our own kind. */
	is_sm2 = pkey && EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, NULL) == 1 &&
		!strcmp(group, "SM2") && EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) == 1 &&
		len == POINT_LEN;
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	if (!is_sm2)
		return ym_fail(err, YM_INVALID, N_("This is not an SM2 public key"), "PEM");
	ym_hex(hex, point, sizeof point);
	return ym_sm2_from_public_hex(hex, ret, err);
}

void
ym_sm2_private_der(const struct ym_sm2 *k, struct ym_secret *ret)
{
	PKCS8_PRIV_KEY_INFO *info = k->has_private ? EVP_PKEY2PKCS8(k->pkey) : NULL;
	unsigned char *der = NULL;
	int n = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;

	if (n <= 0)
		ym_crypt_die("SM2 private key");
	ym_secret_set(ret, der, (size_t)n);
	OPENSSL_clear_free(der, (size_t)n);
	PKCS8_PRIV_KEY_INFO_free(info);
}

enum ym_code
ym_sm2_from_private_der(const void *der, size_t n, struct ym_sm2 **ret, struct ym_error *err)
{
	const unsigned char *p = der;
	EVP_PKEY *pkey;

	if (n == 0 || n > WRAP_MAX)
		return ym_fail(
			err, YM_INVALID, N_("This is not an SM2 private key"), "%zu bytes", n);
	pkey = d2i_AutoPrivateKey_ex(NULL, &p, (long)n, NULL, NULL);
	ERR_clear_error();
	if (!pkey || p != (const unsigned char *)der + n || !EVP_PKEY_is_a(pkey, "SM2")) {
		EVP_PKEY_free(pkey);
		return ym_fail(err, YM_INVALID, N_("This is not an SM2 private key"), "DER");
	}
	*ret = wrap_pkey(pkey, true);
	return YM_OK;
}

size_t
ym_sm2_sign(const struct ym_sm2 *k, const void *msg, size_t n, uint8_t sig[80])
{
	char id[] = DEFAULT_ID;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_DIST_ID, id, sizeof id - 1),
		OSSL_PARAM_construct_end(),
	};
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = 80;

	if (!ctx || !k->has_private ||
		EVP_DigestSignInit_ex(ctx, NULL, "SM3", NULL, NULL, k->pkey, params) != 1 ||
		EVP_DigestSign(ctx, sig, &len, n > 0 ? msg : (const void *)"", n) != 1)
		ym_crypt_die("SM2 signature");
	EVP_MD_CTX_free(ctx);
	return len;
}

bool
ym_sm2_verify(const struct ym_sm2 *k, const void *msg, size_t n, const void *sig, size_t sig_n)
{
	char id[] = DEFAULT_ID;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_DIST_ID, id, sizeof id - 1),
		OSSL_PARAM_construct_end(),
	};
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good;

	if (!ctx || EVP_DigestVerifyInit_ex(ctx, NULL, "SM3", NULL, NULL, k->pkey, params) != 1)
		ym_crypt_die("SM2 verification");
	good = sig_n > 0 && sig_n <= 80 &&
		EVP_DigestVerify(ctx, sig, sig_n, n > 0 ? msg : (const void *)"", n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

void
ym_sm2_wrap(const struct ym_sm2 *k, const void *plain, size_t n, struct ym_buf *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	uint8_t sealed[WRAP_MAX + 256];
	size_t len = sizeof sealed;

	if (n == 0 || n > WRAP_MAX)
		ym_crypt_die("an SM2 wrap of this length");
	if (!ctx || EVP_PKEY_encrypt_init(ctx) != 1 ||
		EVP_PKEY_encrypt(ctx, sealed, &len, plain, n) != 1)
		ym_crypt_die("SM2 wrap");
	EVP_PKEY_CTX_free(ctx);
	ym_buf_add(out, sealed, len);
}

enum ym_code
ym_sm2_unwrap(const struct ym_sm2 *k, const void *sealed, size_t n, struct ym_buf *out,
	struct ym_error *err)
{
	EVP_PKEY_CTX *ctx;
	uint8_t plain[WRAP_MAX + 256];
	size_t len = sizeof plain;
	int ok;

	if (!k->has_private)
		return ym_fail(err, YM_REFUSED, N_("The private key is not available"),
			"public half only");
	if (n == 0 || n > WRAP_MAX + 256)
		return ym_fail(err, YM_CORRUPT, N_("A wrapped key is damaged"), "%zu bytes", n);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	if (!ctx || EVP_PKEY_decrypt_init(ctx) != 1)
		ym_crypt_die("SM2 unwrap");
	ok = EVP_PKEY_decrypt(ctx, plain, &len, sealed, n);
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	if (ok == 1)
		ym_buf_add(out, plain, len);
	OPENSSL_cleanse(plain, sizeof plain);
	if (ok != 1)
		return ym_fail(err, YM_CORRUPT, N_("A wrapped key is damaged"), "SM2 refused it");
	return YM_OK;
}

/* Form: two bytes of wrap length, the wrap, the sealed content. The wrap is bound through the key
 * it carries. */
void
ym_sm2_seal_to(const struct ym_sm2 *k, const void *aad, size_t aad_n, const void *plain, size_t n,
	struct ym_buf *out)
{
	uint8_t key[YM_KEY_LEN], length[2];
	YM_BUF wrap = { 0 };

	ym_crypt_random(key, sizeof key);
	ym_sm2_wrap(k, key, sizeof key, &wrap);
	length[0] = (uint8_t)(wrap.len >> 8);
	length[1] = (uint8_t)wrap.len;
	ym_buf_add(out, length, sizeof length);
	ym_buf_add(out, wrap.data, wrap.len);
	ym_seal(key, aad, aad_n, plain, n, out);
	OPENSSL_cleanse(key, sizeof key);
}

enum ym_code
ym_sm2_open(const struct ym_sm2 *k, const void *aad, size_t aad_n, const void *sealed, size_t n,
	struct ym_buf *out, struct ym_error *err)
{
	const uint8_t *p = sealed;
	YM_BUF key = { 0 };
	size_t wrap_n;
	enum ym_code code;

	if (n < 2 || n - 2 < (wrap_n = (size_t)p[0] << 8 | p[1]))
		return ym_fail(err, YM_CORRUPT, N_("A sealed value is damaged"), "%zu bytes", n);
	code = ym_sm2_unwrap(k, p + 2, wrap_n, &key, err);
	if (code)
		return code;
	if (key.len != YM_KEY_LEN)
		return ym_fail(err, YM_CORRUPT, N_("A wrapped key is damaged"), "%zu bytes of key",
			key.len);
	return ym_unseal(
		(const uint8_t *)key.data, aad, aad_n, p + 2 + wrap_n, n - 2 - wrap_n, out, err);
}
