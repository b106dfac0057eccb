/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One slot per account opens the data key; wrong passwords are counted and waited for.
 * Not what accounts may do (cases). Invariant: whatever is unsealed here is wiped before its function
 * returns.
 */
#include "store/internal.h"

#include "base/clock.h"

#define FREE_FAILURES 5
#define DELAY_MS 30000
#define DELAY_MAX_MS 3600000

/* -- slots -- */

static enum ym_code
fail_no_slot(const char *account, struct ym_error *err)
{
	return ym_fail_on(err, YM_NOTFOUND, N_("This account cannot sign in at this desk"), account, "no slot");
}

enum ym_code
ym_keys_put_slot(struct ym_keys *k, const char *account, const char *password, struct ym_error *err)
{
	struct ym_stmt *s;
	uint8_t salt[16], derived[YM_KEY_LEN];
	YM_BUF sealed = { 0 }, aad = { 0 };

	ym_crypt_random(salt, sizeof salt);
	ym_kdf_password(password, salt, sizeof salt, YM_KDF_ITERATIONS, derived);
	ym_buf_addf(&aad, "slot:%s", account);
	ym_seal(derived, aad.data, aad.len, k->data.data, k->data.len, &sealed);
	explicit_bzero(derived, sizeof derived);
	s = ym_db_sql(k->db,
		"INSERT INTO key_slot (account, salt, iterations, sealed) "
		"VALUES (:account, :salt, :iterations, :sealed) ON CONFLICT (account) DO UPDATE SET "
		"salt = excluded.salt, iterations = excluded.iterations, sealed = excluded.sealed");
	ym_stmt_text(s, "account", account);
	ym_stmt_blob(s, "salt", salt, sizeof salt);
	ym_stmt_int(s, "iterations", YM_KDF_ITERATIONS);
	ym_stmt_blob(s, "sealed", sealed.data, sealed.len);
	return ym_stmt_run(s, err);
}

enum ym_code
ym_keys_add_slot(struct ym_keys *k, const char *account, const char *password, struct ym_error *err)
{
	if (!ym_keys_is_unlocked(k))
		return ym_keys_fail_locked(err);
	return ym_keys_put_slot(k, account, password, err);
}

enum ym_code
ym_keys_remove_slot(struct ym_keys *k, const char *account, struct ym_error *err)
{
	struct ym_stmt *s;
	enum ym_code code;

	if (!ym_keys_has_slot(k, account))
		return fail_no_slot(account, err);
	s = ym_db_sql(k->db, "DELETE FROM key_slot WHERE account = :account AND (SELECT count(*) FROM key_slot) > 1");
	ym_stmt_text(s, "account", account);
	code = ym_stmt_run(s, err);
	if (code == YM_OK && ym_db_changes(k->db) == 0)
		return ym_fail_on(err, YM_REFUSED,
			N_("The last account of a desk cannot be removed"), account, "last slot");
	return code ? code : ym_keys_remove_token(k, account, err);
}

bool
ym_keys_has_slot(struct ym_keys *k, const char *account)
{
	struct ym_stmt *s = ym_db_sql(k->db, "SELECT 1 FROM key_slot WHERE account = :account");
	bool found;

	ym_stmt_text(s, "account", account);
	found = ym_stmt_step(s, NULL) == YM_OK;
	ym_stmt_done(s);
	return found;
}

enum ym_code
ym_keys_slot(struct ym_keys *k, const char *account, uint8_t ret_salt[16], unsigned *ret_iterations,
	struct ym_error *err)
{
	struct ym_stmt *s =
		ym_db_sql(k->db, "SELECT salt, iterations FROM key_slot WHERE account = :account");
	enum ym_code code;
	size_t n;

	ym_stmt_text(s, "account", account);
	code = ym_stmt_step(s, err);
	if (code == YM_NOTFOUND)
		return fail_no_slot(account, err);
	if (code)
		return code;
	memcpy(ret_salt, ym_stmt_col_blob(s, 0, &n), 16); /* 16 bytes by a CHECK */
	*ret_iterations = (unsigned)ym_stmt_col_int(s, 1);
	ym_stmt_done(s);
	return YM_OK;
}

/* -- tokens -- */

enum ym_code
ym_keys_token(struct ym_keys *k, const char *account, struct ym_buf *ret_slot, struct ym_error *err)
{
	YM_FREE char *name = ym_asprintf("token.slot:%s", account);
	enum ym_code code = ym_keys_get_item(k, name, ret_slot, err);

	if (code == YM_NOTFOUND)
		return ym_fail_on(err, code, N_("This account has no token at this desk"), account, "no token slot");
	return code;
}

enum ym_code
ym_keys_remove_token(struct ym_keys *k, const char *account, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(k->db,
		"DELETE FROM key_item WHERE name IN ('token.slot:' || :account, 'token.sealed:' || :account)");

	ym_stmt_text(s, "account", account);
	return ym_stmt_run(s, err);
}

enum ym_code
ym_keys_add_token(struct ym_keys *k, const char *account, const char *slot, const uint8_t key[YM_KEY_LEN],
	struct ym_error *err)
{
	YM_FREE char *slot_name = ym_asprintf("token.slot:%s", account);
	YM_FREE char *sealed_name = ym_asprintf("token.sealed:%s", account);
	YM_BUF sealed = { 0 }, aad = { 0 };
	enum ym_code code;

	if (!ym_keys_is_unlocked(k))
		return ym_keys_fail_locked(err);
	if (!ym_keys_has_slot(k, account))
		return fail_no_slot(account, err);
	ym_buf_addf(&aad, "token:%s", account);
	ym_seal(key, aad.data, aad.len, k->data.data, k->data.len, &sealed);
	code = ym_db_begin(k->db, err);
	if (code)
		return code;
	code = ym_keys_remove_token(k, account, err);
	if (!code)
		code = ym_keys_put_item(k, slot_name, slot, strlen(slot), err);
	if (!code)
		code = ym_keys_put_item(k, sealed_name, sealed.data, sealed.len, err);
	if (!code)
		return ym_db_commit(k->db, err);
	ym_db_rollback(k->db);
	return code;
}

/* -- unlocking -- */

static int64_t
delay_for(int64_t failures)
{
	int64_t delay = DELAY_MS;

	if (failures < FREE_FAILURES)
		return 0;
	for (int64_t i = FREE_FAILURES; i < failures && delay < DELAY_MAX_MS; i++)
		delay *= 2;
	return delay < DELAY_MAX_MS ? delay : DELAY_MAX_MS;
}

static enum ym_code
fail_delayed(struct ym_error *err, int64_t ms)
{
	char subject[32];

	snprintf(subject, sizeof subject, "%lld s", (long long)(ms + 999) / 1000);
	return ym_fail_on(err, YM_REFUSED, N_("Too many wrong passwords: wait"), subject,
		"delayed %lld ms", (long long)ms);
}

static enum ym_code
read_failures(struct ym_keys *k, const char *account, int64_t *ret_n, int64_t *ret_wait_ms,
	struct ym_error *err)
{
	struct ym_stmt *s =
		ym_db_sql(k->db, "SELECT n, last_ms FROM unlock_failure WHERE account = :account");
	enum ym_code code;
	int64_t delay, since;

	ym_stmt_text(s, "account", account);
	code = ym_stmt_step(s, err);
	if (code == YM_NOTFOUND) {
		*ret_n = 0;
		*ret_wait_ms = 0;
		return YM_OK;
	}
	if (code)
		return code;
	*ret_n = ym_stmt_col_int(s, 0);
	delay = delay_for(*ret_n);
	since = ym_clock_wall() - ym_stmt_col_int(s, 1);
	/* A clock that was set back does not shorten the wait, nor make it endless. */
	*ret_wait_ms = since < 0 ? delay : since < delay ? delay - since : 0;
	ym_stmt_done(s);
	return YM_OK;
}

static enum ym_code
count_failure(struct ym_keys *k, const char *account, int64_t n, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(k->db,
		"INSERT INTO unlock_failure (account, n, last_ms) VALUES (:account, :n, :now) "
		"ON CONFLICT (account) DO UPDATE SET n = excluded.n, last_ms = excluded.last_ms");
	enum ym_code code;

	ym_stmt_text(s, "account", account);
	ym_stmt_int(s, "n", n);
	ym_stmt_int(s, "now", ym_clock_wall());
	code = ym_stmt_run(s, err);
	if (code)
		return code;
	if (delay_for(n) > 0)
		return fail_delayed(err, delay_for(n));
	return ym_fail(
		err, YM_REFUSED, N_("Wrong account or password"), "%lld in a row", (long long)n);
}

/* What is sealed under a password's or a token's key. */
static enum ym_code
open_sealed(const char *place, const char *account, const uint8_t key[YM_KEY_LEN], const void *sealed, size_t n,
	struct ym_buf *out, struct ym_error *err)
{
	YM_BUF aad = { 0 };

	ym_buf_addf(&aad, "%s:%s", place, account);
	return ym_unseal(key, aad.data, aad.len, sealed, n, out, err);
}

static enum ym_code
open_password_slot(struct ym_keys *k, const char *account, const uint8_t derived[YM_KEY_LEN],
	struct ym_buf *out, struct ym_error *err)
{
	struct ym_stmt *s =
		ym_db_sql(k->db, "SELECT sealed FROM key_slot WHERE account = :account");
	enum ym_code code;
	const void *sealed;
	size_t n;

	ym_stmt_text(s, "account", account);
	code = ym_stmt_step(s, err);
	if (code == YM_NOTFOUND)
		return fail_no_slot(account, err);
	if (code)
		return code;
	sealed = ym_stmt_col_blob(s, 0, &n);
	code = open_sealed("slot", account, derived, sealed, n, out, err);
	ym_stmt_done(s);
	return code;
}

static enum ym_code
open_token_slot(struct ym_keys *k, const char *account, const uint8_t key[YM_KEY_LEN], struct ym_buf *out,
	struct ym_error *err)
{
	YM_FREE char *name = ym_asprintf("token.sealed:%s", account);
	YM_BUF sealed = { 0 };
	enum ym_code code = ym_keys_get_item(k, name, &sealed, err);

	if (code)
		return code;
	return open_sealed("token", account, key, sealed.data, sealed.len, out, err);
}

static enum ym_code
load_pair(struct ym_keys *k, struct ym_error *err)
{
	YM_BUF sealed = { 0 }, der = { 0 };
	struct ym_sm2 *pair = NULL;
	enum ym_code code = ym_keys_get_item(k, "desk.private", &sealed, err);

	if (code == YM_OK)
		code = ym_keys_unseal_at(
			k, YM_KEY_WRAP, "key", "desk.private", sealed.data, sealed.len, &der, err);
	if (code == YM_OK)
		code = ym_sm2_from_private_der(der.data, der.len, &pair, err);
	if (code)
		return ym_fail_on(err, YM_CORRUPT, N_("A key in the data file is damaged"),
			"desk.private", "%s", ym_code_name(code));
	ym_sm2_free(k->pair);
	k->pair = pair;
	return YM_OK;
}

typedef enum ym_code (*open_fn)(struct ym_keys *k, const char *account, const uint8_t key[YM_KEY_LEN], struct ym_buf *out,
	struct ym_error *err);

static enum ym_code
unlock(struct ym_keys *k, const char *account, const uint8_t key[YM_KEY_LEN], open_fn open_slot, struct ym_error *err)
{
	int64_t failures, wait_ms;
	YM_BUF data = { 0 };
	enum ym_code code;

	if (ym_db_in_transaction(k->db))
		ym_db_die(k->db, "an unlock inside a transaction", account);
	code = read_failures(k, account, &failures, &wait_ms, err);
	if (code)
		return code;
	if (wait_ms > 0)
		return fail_delayed(err, wait_ms);
	code = open_slot(k, account, key, &data, err);
	if (code == YM_CORRUPT)
		return count_failure(k, account, failures + 1, err);
	if (code)
		return code;
	if (failures > 0) {
		struct ym_stmt *s =
			ym_db_sql(k->db, "DELETE FROM unlock_failure WHERE account = :account");

		ym_stmt_text(s, "account", account);
		code = ym_stmt_run(s, err);
		if (code)
			return code;
	}
	ym_keys_lock(k); /* what was derived before is derived again */
	ym_secret_set(&k->data, data.data, data.len);
	code = load_pair(k, err);
	if (code)
		ym_keys_lock(k);
	return code;
}

enum ym_code
ym_keys_unlock(struct ym_keys *k, const char *account, const uint8_t derived[YM_KEY_LEN], struct ym_error *err)
{
	return unlock(k, account, derived, open_password_slot, err);
}

enum ym_code
ym_keys_unlock_token(struct ym_keys *k, const char *account, const uint8_t key[YM_KEY_LEN], struct ym_error *err)
{
	return unlock(k, account, key, open_token_slot, err);
}

enum ym_code
ym_keys_unlock_password(
	struct ym_keys *k, const char *account, const char *password, struct ym_error *err)
{
	uint8_t salt[16], derived[YM_KEY_LEN];
	unsigned iterations;
	enum ym_code code = ym_keys_slot(k, account, salt, &iterations, err);

	if (code)
		return code;
	ym_kdf_password(password, salt, sizeof salt, iterations, derived);
	code = ym_keys_unlock(k, account, derived, err);
	explicit_bzero(derived, sizeof derived);
	return code;
}
