/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Base64 over libcrypto's block coder. Not for streams.
 */
#include <openssl/evp.h>

#include "crypt/crypt.h"

#define PIECE 3072 /* a multiple of 3: only the last piece is padded */

void
ym_base64(struct ym_buf *out, const void *data, size_t n)
{
	const unsigned char *p = data;
	unsigned char text[PIECE / 3 * 4 + 1];

	while (n) {
		size_t take = n < PIECE ? n : PIECE;

		ym_buf_add(out, text, (size_t)EVP_EncodeBlock(text, p, (int)take));
		p += take;
		n -= take;
	}
}

static bool
is_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

bool
ym_unbase64(struct ym_buf *out, const char *text, size_t n)
{
	size_t pad = n >= 2 ? (size_t)((text[n - 1] == '=') + (text[n - 1] == '=' && text[n - 2] == '=')) : 0;
	unsigned char bytes[PIECE];

	if (n % 4)
		return false;
	/* libcrypto's block coder forgives blanks and stray padding: the wire does not */
	for (size_t i = 0; i < n - pad; i++)
		if (!is_digit(text[i]))
			return false;
	while (n) {
		size_t take = n < PIECE / 3 * 4 ? n : PIECE / 3 * 4;
		int got = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)take);

		if (got < 0)
			return false;
		ym_buf_add(out, bytes, (size_t)got - (take == n ? pad : 0));
		text += take;
		n -= take;
	}
	return true;
}
