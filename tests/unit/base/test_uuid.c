/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Time-ordered ids: form, order under every misbehaviour of the clock, and repeatable runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"

static int64_t now_ms;

static int64_t
virtual_ms(void *user)
{
	return now_ms;
}

static const struct ym_clock clock_of_test = { .wall_ms = virtual_ms };

static int
reset(void **state)
{
	ym_uuid_seed(0);
	now_ms = 1795311660123;
	ym_clock_set(&clock_of_test);
	return 0;
}

static int
restore(void **state)
{
	ym_clock_set(NULL);
	ym_uuid_seed(0);
	return 0;
}

static void
an_id_carries_version_variant_and_time(void **state)
{
	char id[YM_UUID_LEN + 1], hex[13] = "";

	for (int i = 0; i < 1000; i++, now_ms++) {
		ym_uuid7(id);
		assert_true(ym_uuid_is_valid(id));
		memcpy(hex, id, 8);
		memcpy(hex + 8, id + 9, 4);
		assert_int_equal(strtoll(hex, NULL, 16), now_ms);
	}
}

static void
ids_grow_within_one_millisecond(void **state)
{
	char before[YM_UUID_LEN + 1] = "", id[YM_UUID_LEN + 1];

	/* More than the counter of one millisecond holds. */
	for (int i = 0; i < 20000; i++) {
		ym_uuid7(id);
		assert_true(strcmp(id, before) > 0);
		assert_true(ym_uuid_is_valid(id));
		strcpy(before, id);
	}
}

static void
ids_grow_while_the_clock_jumps(void **state)
{
	char before[YM_UUID_LEN + 1] = "", id[YM_UUID_LEN + 1];
	uint32_t x = 1;

	for (int i = 0; i < 20000; i++) {
		x = x * 1664525u + 1013904223u;
		now_ms += (int64_t)(x >> 16 & 0xFF) - 0x80;
		ym_uuid7(id);
		assert_true(strcmp(id, before) > 0);
		strcpy(before, id);
	}
	now_ms = -5;
	ym_uuid7(id);
	assert_true(strcmp(id, before) > 0);
}

static void
the_same_seed_gives_the_same_ids(void **state)
{
	char first[50][YM_UUID_LEN + 1], id[YM_UUID_LEN + 1];
	int64_t began = now_ms;
	int differ = 0;

	for (uint64_t round = 0; round < 3; round++) {
		ym_uuid_seed(round == 2 ? 43 : 42);
		now_ms = began;
		for (int i = 0; i < 50; i++) {
			now_ms += i % 3;
			ym_uuid7(id);
			assert_true(ym_uuid_is_valid(id));
			if (!round)
				strcpy(first[i], id);
			else if (round == 1)
				assert_string_equal(id, first[i]);
			else
				differ += strcmp(id, first[i]) != 0;
		}
	}
	assert_int_equal(differ, 50);
}

static void
without_a_seed_ids_differ(void **state)
{
	char a[YM_UUID_LEN + 1], b[YM_UUID_LEN + 1];

	ym_uuid7(a);
	ym_uuid_seed(0); /* forgets the counter: only chance separates the two now */
	ym_uuid7(b);
	assert_string_not_equal(a + 19, b + 19);
}

static void
other_texts_are_not_ids(void **state)
{
	static const char *const bad[] = {
		"", "019ab", "0199b2c4-7d3b-7abc-8def-0123456789abc", "0199b2c4-7d3b-7abc-8def-0123456789a",
		"0199B2C4-7d3b-7abc-8def-0123456789ab", "0199b2c4-7d3b-4abc-8def-0123456789ab",
		"0199b2c4-7d3b-7abc-7def-0123456789ab", "0199b2c4-7d3b-7abc-cdef-0123456789ab",
		"0199b2c47-d3b-7abc-8def-0123456789ab", "0199b2c4-7d3b-7abc-8def-0123456789ag",
		"00000000-0000-0000-0000-000000000000",
	};

	assert_true(ym_uuid_is_valid("0199b2c4-7d3b-7abc-8def-0123456789ab"));
	assert_true(ym_uuid_is_valid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")); /* RFC 9562, A.6 */
	for (size_t i = 0; i < YM_ARRAY_LEN(bad); i++)
		if (ym_uuid_is_valid(bad[i]))
			fail_msg("accepted %s", bad[i]);
	assert_false(ym_uuid_is_valid(NULL));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, reset, restore)
	const struct CMUnitTest tests[] = {
		T(an_id_carries_version_variant_and_time),
		T(ids_grow_within_one_millisecond),
		T(ids_grow_while_the_clock_jumps),
		T(the_same_seed_gives_the_same_ids),
		T(without_a_seed_ids_differ),
		T(other_texts_are_not_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
