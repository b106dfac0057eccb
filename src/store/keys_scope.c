/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Visit and day keys, wrapped under the data key: made, found, taken over, destroyed.
 * They are unsealed from the database each time: one kept in memory would outlive a rollback, and its
 * wrap for the central would never be sent. Invariant: whatever is unsealed here is wiped before its
 * function returns.
 */
#include "store/internal.h"

#include "base/clock.h"

/* OK, NOTFOUND, GONE, or an error. */
static enum ym_code
find_scope(struct ym_keys *k, const char *scope, uint8_t out[YM_KEY_LEN], struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(k->db, "SELECT sealed FROM scope_key WHERE scope = :scope");
	YM_BUF key = { 0 };
	enum ym_code code;
	const void *sealed;
	size_t n;

	ym_stmt_text(s, "scope", scope);
	code = ym_stmt_step(s, err);
	if (code == YM_NOTFOUND)
		return ym_fail(err, YM_NOTFOUND, N_("This desk has no key for this"), "scope");
	if (code)
		return code;
	if (ym_stmt_col_is_null(s, 0)) {
		ym_stmt_done(s);
		return ym_fail(err, YM_GONE, N_("Erased after its retention"), "scope");
	}
	sealed = ym_stmt_col_blob(s, 0, &n);
	code = ym_keys_unseal_at(k, YM_KEY_WRAP, "scope", scope, sealed, n, &key, err);
	ym_stmt_done(s);
	if (code == YM_OK && key.len != YM_KEY_LEN)
		code = ym_fail(err, YM_CORRUPT, N_("A key in the data file is damaged"),
			"scope key of %zu bytes", key.len);
	if (code == YM_OK)
		memcpy(out, key.data, YM_KEY_LEN);
	return code;
}

static enum ym_code
put_scope(struct ym_keys *k, const char *scope, const uint8_t key[YM_KEY_LEN], struct ym_error *err)
{
	struct ym_stmt *s =
		ym_db_sql(k->db, "INSERT INTO scope_key (scope, sealed) VALUES (:scope, :sealed)");
	YM_BUF sealed = { 0 };

	ym_keys_seal_at(k, YM_KEY_WRAP, "scope", scope, key, YM_KEY_LEN, &sealed);
	ym_stmt_text(s, "scope", scope);
	ym_stmt_blob(s, "sealed", sealed.data, sealed.len);
	return ym_stmt_run(s, err);
}

enum ym_code
ym_keys_scope(struct ym_keys *k, const char *scope, bool create, uint8_t out[YM_KEY_LEN],
	bool *ret_fresh, struct ym_error *err)
{
	uint8_t key[YM_KEY_LEN];
	enum ym_code code;

	if (!ym_keys_is_unlocked(k))
		return ym_keys_fail_locked(err);
	code = find_scope(k, scope, key, err);
	if (code == YM_OK || code != YM_NOTFOUND || !create) {
		if (code == YM_OK) {
			memcpy(out, key, sizeof key);
			*ret_fresh = false;
		}
		explicit_bzero(key, sizeof key);
		return code;
	}
	ym_crypt_random(key, sizeof key);
	code = put_scope(k, scope, key, err);
	if (code == YM_OK) {
		memcpy(out, key, sizeof key);
		*ret_fresh = true;
	}
	explicit_bzero(key, sizeof key);
	return code;
}

enum ym_code
ym_keys_adopt_scope(
	struct ym_keys *k, const char *scope, const uint8_t key[YM_KEY_LEN], struct ym_error *err)
{
	uint8_t held[YM_KEY_LEN];
	enum ym_code code;

	if (!ym_keys_is_unlocked(k))
		return ym_keys_fail_locked(err);
	code = find_scope(k, scope, held, err);
	if (code == YM_NOTFOUND)
		return put_scope(k, scope, key, err);
	if (code == YM_OK && !ym_crypt_equal(held, key, sizeof held))
		code = ym_fail(err, YM_CONFLICT, N_("This desk already has another key for this"),
			"adopt");
	explicit_bzero(held, sizeof held);
	return code;
}

enum ym_code
ym_keys_erase_scope(struct ym_keys *k, const char *scope, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(k->db,
		"UPDATE scope_key SET sealed = NULL, "
		"erased_ms = coalesce(erased_ms, :now) WHERE scope = :scope");
	enum ym_code code;

	ym_stmt_text(s, "scope", scope);
	ym_stmt_int(s, "now", ym_clock_wall());
	code = ym_stmt_run(s, err);
	if (code == YM_OK && ym_db_changes(k->db) == 0)
		return ym_fail(err, YM_NOTFOUND, N_("This desk has no key for this"), "erase");
	return code;
}
