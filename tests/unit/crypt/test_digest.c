/* SPDX-License-Identifier: MulanPSL-2.0 */
/* SM3, HMAC, PBKDF2, labels, random bytes and secrets, against published values where there are
 * any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypt/crypt.h"

static void
expect_hex(const uint8_t *got, size_t n, const char *want)
{
	char hex[2 * 64 + 1];

	ym_hex(hex, got, n);
	assert_string_equal(hex, want);
}

static void
sm3_gives_the_standards_examples(void **state)
{
	uint8_t out[YM_SM3_LEN];

	/* GB/T 32905-2016, A.1 and A.2. */
	ym_sm3("abc", 3, out);
	expect_hex(out, sizeof out,
		"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
	ym_sm3("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd", 64, out);
	expect_hex(out, sizeof out,
		"debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

static void
sm3_in_parts_equals_sm3_at_once_and_is_reusable(void **state)
{
	struct ym_sm3 *s = ym_sm3_new();
	uint8_t whole[YM_SM3_LEN], parts[YM_SM3_LEN];

	ym_sm3("abc", 3, whole);
	for (int i = 0; i < 2; i++) {
		ym_sm3_add(s, "a", 1);
		ym_sm3_add(s, NULL, 0);
		ym_sm3_add(s, "bc", 2);
		ym_sm3_end(s, parts);
		assert_memory_equal(whole, parts, sizeof whole);
	}
	ym_sm3_free(s);
	ym_sm3_free(NULL);
}

static void
hmac_follows_rfc_2104_over_sm3(void **state)
{
	uint8_t inner[64 + 8], outer[64 + 32], want[YM_SM3_LEN], got[YM_SM3_LEN];

	/* The definition, spelt out: H(K^opad || H(K^ipad || m)). */
	memset(inner, 0x36, 64);
	memset(outer, 0x5c, 64);
	for (int i = 0; i < 3; i++) {
		inner[i] ^= (uint8_t) "key"[i];
		outer[i] ^= (uint8_t) "key"[i];
	}
	memcpy(inner + 64, "messages", 8);
	ym_sm3(inner, sizeof inner, outer + 64);
	ym_sm3(outer, sizeof outer, want);
	ym_hmac_sm3("key", 3, "messages", 8, got);
	assert_memory_equal(want, got, sizeof want);
	ym_hmac_sm3("kez", 3, "messages", 8, got);
	assert_memory_not_equal(want, got, sizeof want);
	ym_hmac_sm3("", 0, NULL, 0, got);
}

static void
pbkdf2_of_one_round_is_one_hmac(void **state)
{
	uint8_t salt[16 + 4] = "0123456789abcdef\0\0\0\1", want[YM_SM3_LEN], got[YM_KEY_LEN],
			  more[YM_KEY_LEN];

	/* RFC 8018: T_1 = U_1 = PRF(password, salt || INT(1)). */
	ym_hmac_sm3("open", 4, salt, sizeof salt, want);
	ym_kdf_password("open", salt, 16, 1, got);
	assert_memory_equal(want, got, sizeof want);
	ym_kdf_password("open", salt, 16, 2, more);
	assert_memory_not_equal(got, more, sizeof got);
}

static void
labels_give_different_keys_of_one_master(void **state)
{
	struct ym_secret master = { 0 };
	uint8_t a[YM_KEY_LEN], b[YM_KEY_LEN], again[YM_KEY_LEN];

	ym_secret_random(&master, YM_KEY_LEN);
	ym_key_derive(&master, "draft", a);
	ym_key_derive(&master, "view", b);
	ym_key_derive(&master, "draft", again);
	assert_memory_not_equal(a, b, sizeof a);
	assert_memory_equal(a, again, sizeof a);
	ym_secret_release(&master);
	assert_false(ym_secret_has(&master));
	ym_secret_release(&master);
}

static void
a_secret_may_be_set_from_itself(void **state)
{
	struct ym_secret s = { 0 };

	ym_secret_set(&s, "0123456789", 10);
	ym_secret_set(&s, s.data + 2, 5);
	assert_int_equal(s.len, 5);
	assert_memory_equal(s.data, "23456", 5);
	ym_secret_release(&s);
}

static void
comparison_and_random_bytes_are_what_they_say(void **state)
{
	uint8_t a[32], b[32];

	ym_crypt_random(a, sizeof a);
	ym_crypt_random(b, sizeof b);
	assert_false(ym_crypt_equal(a, b, sizeof a));
	assert_true(ym_crypt_equal(a, a, sizeof a));
	assert_true(ym_crypt_equal(a, b, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sm3_gives_the_standards_examples),
		cmocka_unit_test(sm3_in_parts_equals_sm3_at_once_and_is_reusable),
		cmocka_unit_test(hmac_follows_rfc_2104_over_sm3),
		cmocka_unit_test(pbkdf2_of_one_round_is_one_hmac),
		cmocka_unit_test(labels_give_different_keys_of_one_master),
		cmocka_unit_test(a_secret_may_be_set_from_itself),
		cmocka_unit_test(comparison_and_random_bytes_are_what_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
