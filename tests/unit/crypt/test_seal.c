/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Sealed values: they open only whole, with their key and in their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "crypt/crypt.h"

static const uint8_t KEY[YM_KEY_LEN] = "an invented key of thirty-two by";

static void
libcrypto_sm4_gives_the_standards_example(void **state)
{
	/* GB/T 32907-2016, A.1: one block, key equal to the plain text. */
	static const uint8_t block[16] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe,
		0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10 };
	static const uint8_t zeros[16];
	EVP_CIPHER *ctr = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t out[16];
	char hex[33];
	int n = 0;

	/* CTR mode enciphers the counter: with the block as counter and zeros as text the example
	 * stands bare. */
	assert_int_equal(EVP_EncryptInit_ex2(ctx, ctr, block, block, NULL), 1);
	assert_int_equal(EVP_EncryptUpdate(ctx, out, &n, zeros, 16), 1);
	ym_hex(hex, out, 16);
	assert_string_equal(hex, "681edf34d206965e86b3e94f536e4246");
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(ctr);
}

static void
a_sealed_value_opens_to_what_was_sealed(void **state)
{
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 4095, 4096, 4097, 100000 };

	for (size_t i = 0; i < YM_ARRAY_LEN(sizes); i++) {
		YM_FREE char *plain = ym_alloc(sizes[i] + 1);
		YM_BUF sealed = { 0 }, out = { 0 };

		ym_crypt_random(plain, sizes[i]);
		ym_seal(KEY, "place", 5, plain, sizes[i], &sealed);
		assert_int_equal(sealed.len, sizes[i] + YM_SEAL_OVERHEAD);
		assert_int_equal(
			ym_unseal(KEY, "place", 5, sealed.data, sealed.len, &out, NULL), YM_OK);
		assert_int_equal(out.len, sizes[i]);
		if (sizes[i] > 0)
			assert_memory_equal(out.data, plain, sizes[i]);
	}
}

static void
a_key_set_once_seals_and_opens_the_same_bytes(void **state)
{
	struct ym_secret pair = { 0 };
	YM_BUF once = { 0 }, each = { 0 }, out = { 0 };

	ym_seal_key_set(&pair, KEY);
	ym_seal_with(&pair, "place", 5, "text", 4, &once);
	ym_seal(KEY, "place", 5, "text", 4, &each);
	assert_int_equal(ym_unseal(KEY, "place", 5, once.data, once.len, &out, NULL), YM_OK);
	assert_int_equal(ym_unseal_with(&pair, "place", 5, each.data, each.len, &out, NULL), YM_OK);
	assert_string_equal(ym_buf_str(&out), "texttext");
	assert_int_equal(ym_unseal_with(&pair, "other", 5, each.data, each.len, &out, NULL), YM_CORRUPT);
	ym_secret_release(&pair);
}

static void
every_corrupted_byte_is_noticed_and_nothing_is_appended(void **state)
{
	YM_BUF sealed = { 0 }, out = { 0 };

	ym_buf_adds(&out, "before");
	ym_seal(KEY, "place", 5, "what the citizen said", 21, &sealed);
	for (size_t i = 0; i < sealed.len; i++) {
		struct ym_error err = { 0 };

		sealed.data[i] ^= 0x10;
		assert_int_equal(ym_unseal(KEY, "place", 5, sealed.data, sealed.len, &out, &err),
			YM_CORRUPT);
		assert_non_null(err.msgid);
		assert_string_equal(ym_buf_str(&out), "before");
		sealed.data[i] ^= 0x10;
	}
	for (size_t n = 0; n < sealed.len; n++)
		assert_int_equal(
			ym_unseal(KEY, "place", 5, sealed.data, n, &out, NULL), YM_CORRUPT);
	assert_int_equal(ym_unseal(KEY, "place", 5, sealed.data, sealed.len, &out, NULL), YM_OK);
}

static void
another_key_or_place_does_not_open_it(void **state)
{
	uint8_t other[YM_KEY_LEN];
	YM_BUF sealed = { 0 }, out = { 0 };

	memcpy(other, KEY, sizeof other);
	other[31] ^= 1;
	ym_seal(KEY, "case:1", 6, "x", 1, &sealed);
	assert_int_equal(
		ym_unseal(other, "case:1", 6, sealed.data, sealed.len, &out, NULL), YM_CORRUPT);
	assert_int_equal(
		ym_unseal(KEY, "case:2", 6, sealed.data, sealed.len, &out, NULL), YM_CORRUPT);
	assert_int_equal(
		ym_unseal(KEY, "case:", 5, sealed.data, sealed.len, &out, NULL), YM_CORRUPT);
}

static void
the_boundary_between_place_and_content_is_bound(void **state)
{
	YM_BUF sealed = { 0 }, moved = { 0 }, out = { 0 };

	/* The first ciphertext byte moved into the place: the length in the MAC makes it another
	 * value. */
	ym_seal(KEY, "ab", 2, "cdef", 4, &sealed);
	ym_buf_add(&moved, sealed.data, 17);
	ym_buf_add(&moved, sealed.data + 18, sealed.len - 18);
	char aad[3] = { 'a', 'b', sealed.data[17] };
	assert_int_equal(ym_unseal(KEY, aad, 3, moved.data, moved.len, &out, NULL), YM_CORRUPT);
}

static void
the_same_text_is_never_sealed_to_the_same_bytes(void **state)
{
	YM_BUF a = { 0 }, b = { 0 };

	ym_seal(KEY, NULL, 0, "same", 4, &a);
	ym_seal(KEY, NULL, 0, "same", 4, &b);
	assert_memory_not_equal(a.data + 17, b.data + 17, 4);
}

static void
two_parts_equal_one_seal(void **state)
{
	YM_BUF sealed = { 0 }, out = { 0 };

	ym_buf_adds(&sealed, "prefix");
	ym_seal_cipher(KEY, "text", 4, &sealed);
	ym_seal_mac(KEY, "aad", 3, &sealed, 6);
	assert_int_equal(
		ym_unseal(KEY, "aad", 3, sealed.data + 6, sealed.len - 6, &out, NULL), YM_OK);
	assert_string_equal(ym_buf_str(&out), "text");
}

/* However the parts are cut, what comes opens like one seal, and not before the end. */
static void
sealing_part_by_part_opens_like_one_seal(void **state)
{
	static const size_t parts[] = { 1, 15, 16, 17, 4096, 100000 };
	uint8_t plain[30000];

	ym_crypt_random(plain, sizeof plain);
	for (size_t i = 0; i < YM_ARRAY_LEN(parts); i++) {
		YM_BUF sealed = { 0 }, out = { 0 };
		struct ym_sealing *s = ym_sealing_new(KEY, "place", 5, &sealed);

		for (size_t at = 0; at < sizeof plain; at += parts[i])
			ym_sealing_add(s, plain + at, sizeof plain - at < parts[i] ? sizeof plain - at : parts[i]);
		assert_int_equal(ym_unseal(KEY, "place", 5, sealed.data, sealed.len, &out, NULL), YM_CORRUPT);
		ym_sealing_end(s);
		assert_int_equal(sealed.len, sizeof plain + YM_SEAL_OVERHEAD);
		assert_int_equal(ym_unseal(KEY, "place", 5, sealed.data, sealed.len, &out, NULL), YM_OK);
		assert_int_equal(out.len, sizeof plain);
		assert_memory_equal(out.data, plain, sizeof plain);
	}
}

static void
sealing_is_bound_to_its_place_and_may_be_given_up(void **state)
{
	YM_BUF sealed = { 0 }, out = { 0 }, left = { 0 };
	struct ym_sealing *s = ym_sealing_new(KEY, "place", 5, &sealed);

	ym_sealing_add(s, "", 0);
	ym_sealing_end(s);
	assert_int_equal(ym_unseal(KEY, "plaza", 5, sealed.data, sealed.len, &out, NULL), YM_CORRUPT);
	assert_int_equal(ym_unseal(KEY, "place", 5, sealed.data, sealed.len, &out, NULL), YM_OK);
	assert_int_equal(out.len, 0);
	s = ym_sealing_new(KEY, "place", 5, &left);
	ym_sealing_add(s, "half a picture", 14);
	ym_sealing_free(s);
	ym_sealing_free(NULL);
	assert_int_equal(ym_unseal(KEY, "place", 5, left.data, left.len, &out, NULL), YM_CORRUPT);
}

static void
a_value_beyond_the_buffers_ceiling_is_refused(void **state)
{
	YM_BUF sealed = { 0 }, out = { 0 };

	ym_buf_init(&out, 8);
	ym_seal(KEY, NULL, 0, "more than eight", 15, &sealed);
	assert_int_equal(ym_unseal(KEY, NULL, 0, sealed.data, sealed.len, &out, NULL), YM_INVALID);
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libcrypto_sm4_gives_the_standards_example),
		cmocka_unit_test(a_sealed_value_opens_to_what_was_sealed),
		cmocka_unit_test(a_key_set_once_seals_and_opens_the_same_bytes),
		cmocka_unit_test(every_corrupted_byte_is_noticed_and_nothing_is_appended),
		cmocka_unit_test(another_key_or_place_does_not_open_it),
		cmocka_unit_test(the_boundary_between_place_and_content_is_bound),
		cmocka_unit_test(the_same_text_is_never_sealed_to_the_same_bytes),
		cmocka_unit_test(two_parts_equal_one_seal),
		cmocka_unit_test(sealing_part_by_part_opens_like_one_seal),
		cmocka_unit_test(sealing_is_bound_to_its_place_and_may_be_given_up),
		cmocka_unit_test(a_value_beyond_the_buffers_ceiling_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
