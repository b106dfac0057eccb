/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Keys: who unlocks, what wrong passwords cost, what a lock takes away, scopes that come and are
 * erased. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "folder.h"

static int64_t wall;

static int64_t
fake_wall(void *user)
{
	return wall;
}

static const struct ym_clock CLOCK = { fake_wall, fake_wall, NULL };

static int
setup(void **state)
{
	wall = 1795362300000;
	ym_clock_set(&CLOCK);
	return desk_setup(state);
}

static int
teardown(void **state)
{
	desk_teardown(state);
	ym_clock_set(NULL);
	return 0;
}

static enum ym_code
try(struct desk *d, bool right, struct ym_error *err)
{
	uint8_t derived[YM_KEY_LEN];

	memcpy(derived, template.derived, sizeof derived);
	if (!right)
		derived[0] ^= 1;
	return ym_keys_unlock(d->keys, ACCOUNT, derived, err);
}

static void
a_password_unlocks_and_a_lock_takes_everything_away(void **state)
{
	struct desk *d = *state;

	desk_reopen(d);
	assert_false(ym_keys_is_unlocked(d->keys));
	assert_null(ym_keys_desk_pair(d->keys));
	assert_non_null(ym_keys_desk_public(d->keys));
	assert_int_equal(ym_keys_unlock_password(d->keys, ACCOUNT, PASSWORD "x", NULL), YM_REFUSED);
	assert_false(ym_keys_is_unlocked(d->keys));
	assert_int_equal(ym_keys_unlock_password(d->keys, ACCOUNT, PASSWORD, NULL), YM_OK);
	assert_true(ym_keys_is_unlocked(d->keys));
	assert_true(ym_sm2_has_private(ym_keys_desk_pair(d->keys)));
	ym_keys_lock(d->keys);
	assert_false(ym_keys_is_unlocked(d->keys));
	assert_null(ym_keys_desk_pair(d->keys));
}

static void
the_desks_pair_and_the_centrals_key_are_the_ones_made_at_creation(void **state)
{
	struct desk *d = *state;
	char a[131], b[131];
	uint8_t sig[80];
	size_t n = ym_sm2_sign(ym_keys_desk_pair(d->keys), "head", 4, sig);

	assert_true(ym_sm2_verify(ym_keys_desk_public(d->keys), "head", 4, sig, n));
	ym_sm2_public_hex(ym_keys_central(d->keys), a);
	ym_sm2_public_hex(d->central, b);
	assert_string_equal(a, b);
}

static void
the_escrow_opens_for_the_central_to_the_data_key(void **state)
{
	struct desk *d = *state;
	YM_BUF wrapped = { 0 }, data = { 0 };
	struct ym_secret master = { 0 };
	uint8_t a[YM_KEY_LEN], b[YM_KEY_LEN];

	assert_int_equal(ym_keys_escrow(d->keys, &wrapped, NULL), YM_OK);
	assert_int_equal(ym_sm2_unwrap(d->central, wrapped.data, wrapped.len, &data, NULL), YM_OK);
	ym_secret_set(&master, data.data, data.len);
	ym_key_derive(&master, YM_KEY_VIEW, a);
	ym_secret_release(&master);
	ym_keys_purpose(d->keys, YM_KEY_VIEW, b);
	assert_memory_equal(a, b, sizeof a);
}

static void
the_fifth_failure_starts_a_delay_that_grows_and_outlives_a_restart(void **state)
{
	struct desk *d = *state;
	struct ym_error err = { 0 };

	for (int i = 0; i < 4; i++) {
		assert_int_equal(try(d, false, &err), YM_REFUSED);
		assert_string_equal(err.msgid, "Wrong account or password");
	}
	assert_int_equal(try(d, false, &err), YM_REFUSED);
	assert_string_equal(err.subject, "30 s");
	wall += 29000;
	desk_reopen(d);
	assert_int_equal(try(d, true, &err), YM_REFUSED);
	assert_string_equal(err.subject, "1 s");
	wall += 1000;
	assert_int_equal(try(d, false, &err), YM_REFUSED);
	assert_string_equal(err.subject, "60 s");
	/* A clock set back does not help. */
	wall -= 86400000;
	assert_int_equal(try(d, true, &err), YM_REFUSED);
	assert_string_equal(err.subject, "60 s");
	wall += 86400000 + 60000;
	assert_int_equal(try(d, true, &err), YM_OK);
	/* Forgiven: the next failure is the first again. */
	assert_int_equal(try(d, false, &err), YM_REFUSED);
	assert_string_equal(err.msgid, "Wrong account or password");
}

static void
the_delay_never_exceeds_an_hour(void **state)
{
	struct desk *d = *state;
	struct ym_error err = { 0 };

	for (int i = 0; i < 40; i++) {
		assert_int_equal(try(d, false, &err), YM_REFUSED);
		wall += 3600000;
	}
	assert_string_equal(err.subject, "3600 s");
	assert_int_equal(try(d, true, &err), YM_OK);
}

static void
accounts_have_slots_of_their_own_and_the_last_one_stays(void **state)
{
	struct desk *d = *state;
	uint8_t a[YM_KEY_LEN], b[YM_KEY_LEN], salt[16];
	unsigned iterations;

	ym_keys_purpose(d->keys, YM_KEY_DRAFT, a);
	assert_int_equal(ym_keys_add_slot(d->keys, "p0002", "another", NULL), YM_OK);
	assert_true(ym_keys_has_slot(d->keys, "p0002"));
	assert_int_equal(ym_keys_slot(d->keys, "p0002", salt, &iterations, NULL), YM_OK);
	assert_int_equal(iterations, YM_KDF_ITERATIONS);
	ym_keys_lock(d->keys);
	assert_int_equal(ym_keys_add_slot(d->keys, "p0003", "x", NULL), YM_STATE);
	assert_int_equal(ym_keys_unlock_password(d->keys, "p0002", "another", NULL), YM_OK);
	ym_keys_purpose(d->keys, YM_KEY_DRAFT, b);
	assert_memory_equal(a, b, sizeof a);
	assert_int_equal(ym_keys_remove_slot(d->keys, ACCOUNT, NULL), YM_OK);
	assert_false(ym_keys_has_slot(d->keys, ACCOUNT));
	assert_int_equal(try(d, true, NULL), YM_NOTFOUND);
	assert_int_equal(ym_keys_remove_slot(d->keys, ACCOUNT, NULL), YM_NOTFOUND);
	assert_int_equal(ym_keys_remove_slot(d->keys, "p0002", NULL), YM_REFUSED);
	assert_int_equal(ym_keys_slot(d->keys, "nobody", salt, &iterations, NULL), YM_NOTFOUND);
}

static void
a_slot_copied_to_another_account_does_not_open(void **state)
{
	struct desk *d = *state;

	assert_int_equal(
		ym_db_exec(d->db,
			"INSERT INTO key_slot SELECT 'p0009', salt, iterations, sealed FROM key_slot",
			NULL),
		YM_OK);
	assert_int_equal(ym_keys_unlock(d->keys, "p0009", template.derived, NULL), YM_REFUSED);
}

static void
purposes_and_persons_have_their_own_keyed_values(void **state)
{
	struct desk *d = *state;
	char a[65], b[65], again[65];

	ym_keys_person_hash(d->keys, "id18", "229901199003070012", a);
	ym_keys_person_hash(d->keys, "passport", "229901199003070012", b);
	ym_keys_person_hash(d->keys, "id18", "229901199003070012", again);
	assert_int_equal(strlen(a), 64);
	assert_string_not_equal(a, b);
	assert_string_equal(a, again);
}

static void
a_sealed_column_opens_in_its_place_only(void **state)
{
	struct desk *d = *state;
	YM_BUF sealed = { 0 }, out = { 0 };

	ym_keys_seal(d->keys, YM_KEY_VIEW, "case:1", "张三", 6, &sealed);
	assert_int_equal(
		ym_keys_unseal(d->keys, YM_KEY_VIEW, "case:2", sealed.data, sealed.len, &out, NULL),
		YM_CORRUPT);
	assert_int_equal(ym_keys_unseal(d->keys, YM_KEY_DRAFT, "case:1", sealed.data, sealed.len,
				 &out, NULL),
		YM_CORRUPT);
	assert_int_equal(
		ym_keys_unseal(d->keys, YM_KEY_VIEW, "case:1", sealed.data, sealed.len, &out, NULL),
		YM_OK);
	assert_string_equal(ym_buf_str(&out), "张三");
	ym_keys_lock(d->keys);
	assert_int_equal(
		ym_keys_unseal(d->keys, YM_KEY_VIEW, "case:1", sealed.data, sealed.len, &out, NULL),
		YM_STATE);
}

static void
scopes_are_made_once_found_again_and_erased_for_good(void **state)
{
	struct desk *d = *state;
	uint8_t a[YM_KEY_LEN], b[YM_KEY_LEN] = { 0 };
	bool fresh = false;

	assert_int_equal(ym_keys_scope(d->keys, "v1", false, a, &fresh, NULL), YM_NOTFOUND);
	assert_int_equal(ym_keys_scope(d->keys, "v1", true, a, &fresh, NULL), YM_OK);
	assert_true(fresh);
	assert_int_equal(ym_keys_scope(d->keys, "v1", true, b, &fresh, NULL), YM_OK);
	assert_false(fresh);
	assert_memory_equal(a, b, sizeof a);
	assert_int_equal(ym_keys_erase_scope(d->keys, "v1", NULL), YM_OK);
	assert_int_equal(ym_keys_scope(d->keys, "v1", false, b, &fresh, NULL), YM_GONE);
	assert_int_equal(ym_keys_scope(d->keys, "v1", true, b, &fresh, NULL), YM_GONE);
	assert_int_equal(ym_keys_adopt_scope(d->keys, "v1", a, NULL), YM_GONE);
	assert_int_equal(ym_keys_erase_scope(d->keys, "v1", NULL), YM_OK);
	assert_int_equal(ym_keys_erase_scope(d->keys, "v2", NULL), YM_NOTFOUND);
	ym_keys_lock(d->keys);
	assert_int_equal(ym_keys_scope(d->keys, "v1", true, b, &fresh, NULL), YM_STATE);
}

static void
an_erased_wrap_is_in_no_file_any_more(void **state)
{
	struct desk *d = *state;
	struct ym_stmt *s;
	char probe[64];
	uint8_t key[YM_KEY_LEN];
	bool fresh;

	/* A recognisable value in the wrap's place, as its bytes are not text. */
	snprintf(probe, sizeof probe, "WRAP-TO-BE-DESTROYED-%d", 4711);
	assert_int_equal(ym_keys_scope(d->keys, "v1", true, key, &fresh, NULL), YM_OK);
	s = ym_db_sql(d->db, "UPDATE scope_key SET sealed = :v WHERE scope = 'v1'");
	ym_stmt_blob(s, "v", probe, strlen(probe));
	assert_int_equal(ym_stmt_run(s, NULL), YM_OK);
	assert_true(folder_contains(d->dir, probe));
	assert_int_equal(ym_keys_erase_scope(d->keys, "v1", NULL), YM_OK);
	assert_int_equal(ym_db_truncate(d->db, NULL), YM_OK);
	assert_false(folder_contains(d->dir, probe));
}

static void
an_adopted_key_is_the_scopes_key(void **state)
{
	struct desk *d = *state;
	uint8_t key[YM_KEY_LEN], got[YM_KEY_LEN];
	bool fresh = true;

	ym_crypt_random(key, sizeof key);
	assert_int_equal(ym_keys_adopt_scope(d->keys, "v1", key, NULL), YM_OK);
	assert_int_equal(ym_keys_adopt_scope(d->keys, "v1", key, NULL), YM_OK);
	assert_int_equal(ym_keys_scope(d->keys, "v1", true, got, &fresh, NULL), YM_OK);
	assert_false(fresh);
	assert_memory_equal(key, got, sizeof key);
	key[0] ^= 1;
	assert_int_equal(ym_keys_adopt_scope(d->keys, "v1", key, NULL), YM_CONFLICT);
}

static void
a_damaged_private_key_is_named_and_unlocks_nothing(void **state)
{
	struct desk *d = *state;
	struct ym_error err = { 0 };

	ym_keys_lock(d->keys);
	assert_int_equal(
		ym_db_exec(d->db,
			"UPDATE key_item SET value = zeroblob(200) WHERE name = 'desk.private'",
			NULL),
		YM_OK);
	assert_int_equal(try(d, true, &err), YM_CORRUPT);
	assert_string_equal(err.subject, "desk.private");
	assert_false(ym_keys_is_unlocked(d->keys));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_password_unlocks_and_a_lock_takes_everything_away),
		T(the_desks_pair_and_the_centrals_key_are_the_ones_made_at_creation),
		T(the_escrow_opens_for_the_central_to_the_data_key),
		T(the_fifth_failure_starts_a_delay_that_grows_and_outlives_a_restart),
		T(the_delay_never_exceeds_an_hour),
		T(accounts_have_slots_of_their_own_and_the_last_one_stays),
		T(a_slot_copied_to_another_account_does_not_open),
		T(purposes_and_persons_have_their_own_keyed_values),
		T(a_sealed_column_opens_in_its_place_only),
		T(scopes_are_made_once_found_again_and_erased_for_good),
		T(an_erased_wrap_is_in_no_file_any_more),
		T(an_adopted_key_is_the_scopes_key),
		T(a_damaged_private_key_is_named_and_unlocks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
