/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Shared inside src/crypt only: fetched algorithms, one incremental HMAC, and the abort for a libcrypto that cannot do its work. */
#pragma once

#include <openssl/evp.h>

#include "crypt/crypt.h"

const EVP_MD *ym_digest_sm3(void);
/* A fresh HMAC-SM3 context, already keyed. Never NULL. */
EVP_MAC_CTX *ym_digest_hmac(const void *key, size_t key_n);
void ym_digest_hmac_add(EVP_MAC_CTX *ctx, const void *data, size_t n);
void ym_digest_hmac_end(EVP_MAC_CTX *ctx, uint8_t out[YM_SM3_LEN]);   /* frees ctx */
/* libcrypto refused something that only a bug, a missing algorithm or no memory can make it refuse. */
_Noreturn void ym_crypt_die(const char *what);
