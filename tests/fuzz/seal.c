/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Bytes where a sealed value, a wrap, a signature or a key is expected; and the same bytes sealed and opened again.
 * Invariants checked: nothing forged opens, nothing is appended on refusal, what was sealed comes back.
 */
#include <stdint.h>

#include "crypt/crypt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint8_t key[YM_KEY_LEN] = "thirty-two bytes, known to all..";
	static struct ym_sm2 *pair;
	YM_BUF sealed = { 0 }, out = { 0 }, hex = { 0 };
	YM_SM2 *other = NULL, *private = NULL;

	if (!pair)
		pair = ym_sm2_generate();
	need(ym_unseal(key, "aad", 3, data, n, &out, NULL) == YM_CORRUPT);
	need(ym_sm2_open(pair, "aad", 3, data, n, &out, NULL) == YM_CORRUPT);
	need(ym_sm2_unwrap(pair, data, n, &out, NULL) == YM_CORRUPT);
	need(!ym_sm2_verify(pair, "message", 7, data, n));
	need(out.len == 0);
	ym_buf_add(&hex, data, n);
	if (ym_sm2_from_public_hex(ym_buf_str(&hex), &other, NULL) == YM_OK)
		need(!ym_sm2_has_private(other));
	if (ym_sm2_from_private_der(data, n, &private, NULL) == YM_OK)
		need(ym_sm2_has_private(private));
	ym_seal(key, data, n, data, n, &sealed);
	need(sealed.len == n + YM_SEAL_OVERHEAD);
	need(ym_unseal(key, data, n, sealed.data, sealed.len, &out, NULL) == YM_OK);
	need(out.len == n && (n == 0 || memcmp(out.data, data, n) == 0));
	return 0;
}
