/* SPDX-License-Identifier: MulanPSL-2.0 */
/* SM2: signatures, wraps and keys that travel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypt/crypt.h"

static void
a_signature_verifies_and_any_change_breaks_it(void **state)
{
	YM_SM2 *k = ym_sm2_generate(), *other = ym_sm2_generate();
	char msg[] = "head 41, 2026-11-22";
	uint8_t sig[80];
	size_t n = ym_sm2_sign(k, msg, sizeof msg, sig);

	assert_true(n > 60 && n <= 80);
	assert_true(ym_sm2_verify(k, msg, sizeof msg, sig, n));
	assert_false(ym_sm2_verify(other, msg, sizeof msg, sig, n));
	msg[5] ^= 1;
	assert_false(ym_sm2_verify(k, msg, sizeof msg, sig, n));
	msg[5] ^= 1;
	for (size_t i = 0; i < n; i++) {
		sig[i] ^= 1;
		assert_false(ym_sm2_verify(k, msg, sizeof msg, sig, n));
		sig[i] ^= 1;
	}
	assert_false(ym_sm2_verify(k, msg, sizeof msg, sig, 0));
	assert_false(ym_sm2_verify(k, msg, sizeof msg, sig, n - 1));
}

static void
the_public_half_travels_as_hex(void **state)
{
	YM_SM2 *k = ym_sm2_generate(), *pub = NULL;
	char hex[131], again[131];
	uint8_t sig[80];
	size_t n = ym_sm2_sign(k, "m", 1, sig);

	ym_sm2_public_hex(k, hex);
	assert_int_equal(strlen(hex), 130);
	assert_int_equal(ym_sm2_from_public_hex(hex, &pub, NULL), YM_OK);
	assert_false(ym_sm2_has_private(pub));
	assert_true(ym_sm2_verify(pub, "m", 1, sig, n));
	ym_sm2_public_hex(pub, again);
	assert_string_equal(hex, again);
}

static void
a_point_off_the_curve_is_refused(void **state)
{
	YM_SM2 *k = ym_sm2_generate(), *pub = NULL;
	char hex[131];
	struct ym_error err = { 0 };

	ym_sm2_public_hex(k, hex);
	hex[129] = hex[129] == '0' ? '1' : '0';
	assert_int_equal(ym_sm2_from_public_hex(hex, &pub, &err), YM_INVALID);
	assert_null(pub);
	assert_int_equal(ym_sm2_from_public_hex("04", &pub, NULL), YM_INVALID);
	assert_int_equal(ym_sm2_from_public_hex("", &pub, NULL), YM_INVALID);
	memset(hex, '0', 130);
	assert_int_equal(ym_sm2_from_public_hex(hex, &pub, NULL), YM_INVALID);
	assert_null(pub);
}

static void
the_private_half_travels_as_der(void **state)
{
	YM_SM2 *k = ym_sm2_generate(), *back = NULL;
	struct ym_secret der = { 0 };
	char a[131], b[131];
	uint8_t sig[80];

	ym_sm2_private_der(k, &der);
	assert_int_equal(ym_sm2_from_private_der(der.data, der.len, &back, NULL), YM_OK);
	assert_true(ym_sm2_has_private(back));
	ym_sm2_public_hex(k, a);
	ym_sm2_public_hex(back, b);
	assert_string_equal(a, b);
	assert_true(ym_sm2_verify(k, "m", 1, sig, ym_sm2_sign(back, "m", 1, sig)));
	struct ym_sm2 *none = NULL;
	assert_int_equal(ym_sm2_from_private_der(der.data, der.len - 1, &none, NULL), YM_INVALID);
	assert_int_equal(ym_sm2_from_private_der("junk", 4, &none, NULL), YM_INVALID);
	assert_null(none);
	ym_secret_release(&der);
}

static void
a_wrapped_key_opens_for_its_owner_only(void **state)
{
	YM_SM2 *k = ym_sm2_generate(), *other = ym_sm2_generate(), *pub = NULL;
	char hex[131];
	uint8_t key[YM_KEY_LEN];
	YM_BUF sealed = { 0 }, out = { 0 };

	ym_sm2_public_hex(k, hex);
	assert_int_equal(ym_sm2_from_public_hex(hex, &pub, NULL), YM_OK);
	ym_crypt_random(key, sizeof key);
	ym_sm2_wrap(pub, key, sizeof key, &sealed);
	assert_int_equal(ym_sm2_unwrap(k, sealed.data, sealed.len, &out, NULL), YM_OK);
	assert_int_equal(out.len, sizeof key);
	assert_memory_equal(out.data, key, sizeof key);
	assert_int_equal(ym_sm2_unwrap(other, sealed.data, sealed.len, &out, NULL), YM_CORRUPT);
	assert_int_equal(ym_sm2_unwrap(pub, sealed.data, sealed.len, &out, NULL), YM_REFUSED);
	for (size_t i = 0; i < sealed.len; i++) {
		sealed.data[i] ^= 1;
		assert_int_equal(ym_sm2_unwrap(k, sealed.data, sealed.len, &out, NULL), YM_CORRUPT);
		sealed.data[i] ^= 1;
	}
	assert_int_equal(out.len, sizeof key);
}

static void
long_contents_are_sealed_to_a_key_and_bound_to_their_place(void **state)
{
	YM_SM2 *k = ym_sm2_generate(), *other = ym_sm2_generate();
	YM_FREE char *text = ym_alloc(20000);
	YM_BUF sealed = { 0 }, out = { 0 };

	memset(text, 'x', 19999);
	ym_sm2_seal_to(k, "feed 7", 6, text, 19999, &sealed);
	assert_int_equal(
		ym_sm2_open(k, "feed 8", 6, sealed.data, sealed.len, &out, NULL), YM_CORRUPT);
	assert_int_equal(
		ym_sm2_open(other, "feed 7", 6, sealed.data, sealed.len, &out, NULL), YM_CORRUPT);
	for (size_t n = 0; n < 400; n++)
		assert_int_equal(
			ym_sm2_open(k, "feed 7", 6, sealed.data, n, &out, NULL), YM_CORRUPT);
	assert_int_equal(out.len, 0);
	assert_int_equal(ym_sm2_open(k, "feed 7", 6, sealed.data, sealed.len, &out, NULL), YM_OK);
	assert_string_equal(out.data, text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_verifies_and_any_change_breaks_it),
		cmocka_unit_test(the_public_half_travels_as_hex),
		cmocka_unit_test(a_point_off_the_curve_is_refused),
		cmocka_unit_test(the_private_half_travels_as_der),
		cmocka_unit_test(a_wrapped_key_opens_for_its_owner_only),
		cmocka_unit_test(long_contents_are_sealed_to_a_key_and_bound_to_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
