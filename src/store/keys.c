/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The data key and what hangs on it: slots, failures, purposes, visit and day keys, the desk's SM2
 * pair.
 * Scope keys are unsealed from the database each time: one kept in memory would outlive a rollback,
 * and its wrap for the
 * central would never be sent. Invariant: whatever is unsealed here is wiped before its function
 * returns.
 */
#include "store/internal.h"

#include "base/clock.h"

#define FREE_FAILURES 5
#define DELAY_MS 30000
#define DELAY_MAX_MS 3600000

struct ym_keys {
	struct ym_db *db;
	struct ym_secret data;
	struct ym_sm2 *pair, *public, *central;
};

/* The place is bound: a sealed value moved to another name does not open. */
static void
seal_at(const struct ym_keys *k, const char *label, const char *kind, const char *name,
	const void *plain, size_t n, struct ym_buf *out)
{
	uint8_t key[YM_KEY_LEN];
	YM_BUF aad = { 0 };

	ym_buf_addf(&aad, "%s:%s", kind, name);
	ym_keys_purpose(k, label, key);
	ym_seal(key, aad.data, aad.len, plain, n, out);
	explicit_bzero(key, sizeof key);
}

static enum ym_code
unseal_at(const struct ym_keys *k, const char *label, const char *kind, const char *name,
	const void *sealed, size_t n, struct ym_buf *out, struct ym_error *err)
{
	uint8_t key[YM_KEY_LEN];
	YM_BUF aad = { 0 };
	enum ym_code code;

	ym_buf_addf(&aad, "%s:%s", kind, name);
	ym_keys_purpose(k, label, key);
	code = ym_unseal(key, aad.data, aad.len, sealed, n, out, err);
	explicit_bzero(key, sizeof key);
	return code;
}

static enum ym_code
fail_locked(struct ym_error *err)
{
	return ym_fail(err, YM_STATE, N_("Sign in first: the desk is locked"), "keys");
}

/* -- items -- */

static enum ym_code
put_item(struct ym_keys *k, const char *name, const void *value, size_t n, struct ym_error *err)
{
	struct ym_stmt *s =
		ym_db_sql(k->db, "INSERT INTO key_item (name, value) VALUES (:name, :value)");
	enum ym_code code;

	ym_stmt_text(s, "name", name);
	ym_stmt_blob(s, "value", value, n);
	code = ym_stmt_run(s, err);
	if (code == YM_CONFLICT)
		return ym_fail(
			err, YM_CONFLICT, N_("This data folder already has its keys"), "%s", name);
	return code;
}

/* NOTFOUND when absent; appends. */
static enum ym_code
get_item(struct ym_keys *k, const char *name, struct ym_buf *out, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(k->db, "SELECT value FROM key_item WHERE name = :name");
	enum ym_code code;
	const void *data;
	size_t n;

	ym_stmt_text(s, "name", name);
	code = ym_stmt_step(s, err);
	if (code == YM_OK) {
		data = ym_stmt_col_blob(s, 0, &n);
		ym_buf_add(out, data, n);
		ym_stmt_done(s);
	}
	return code;
}

static enum ym_code
load_public(struct ym_keys *k, const char *name, struct ym_sm2 **ret, struct ym_error *err)
{
	YM_BUF hex = { 0 };
	enum ym_code code = get_item(k, name, &hex, err);

	if (code == YM_NOTFOUND)
		return YM_OK;
	if (code)
		return code;
	if (ym_sm2_from_public_hex(ym_buf_str(&hex), ret, err))
		return ym_fail_on(err, YM_CORRUPT, N_("A key in the data file is damaged"), name,
			"public key");
	return YM_OK;
}

enum ym_code
ym_keys_open(struct ym_db *desk, struct ym_keys **ret, struct ym_error *err)
{
	struct ym_keys *k = ym_alloc(sizeof *k);
	enum ym_code code;

	k->db = desk;
	code = load_public(k, "desk.public", &k->public, err);
	if (code == YM_OK)
		code = load_public(k, "central.public", &k->central, err);
	if (code) {
		ym_keys_close(k);
		return code;
	}
	*ret = k;
	return YM_OK;
}

void
ym_keys_lock(struct ym_keys *k)
{
	ym_secret_release(&k->data);
	ym_sm2_free(k->pair);
	k->pair = NULL;
}

void
ym_keys_close(struct ym_keys *k)
{
	if (!k)
		return;
	ym_keys_lock(k);
	ym_sm2_free(k->public);
	ym_sm2_free(k->central);
	free(k);
}

bool
ym_keys_is_unlocked(const struct ym_keys *k)
{
	return ym_secret_has(&k->data);
}

/* -- slots -- */

static enum ym_code
put_slot(struct ym_keys *k, const char *account, const char *password, struct ym_error *err)
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
ym_keys_create(struct ym_keys *k, const char *account, const char *password,
	const struct ym_sm2 *central, struct ym_error *err)
{
	struct ym_secret der = { 0 };
	YM_BUF escrow = { 0 }, private = { 0 };
	char public_hex[131], central_hex[131];
	struct ym_sm2 *pair;
	enum ym_code code;

	if (k->public)
		return ym_fail(
			err, YM_CONFLICT, N_("This data folder already has its keys"), "create");
	ym_secret_random(&k->data, YM_KEY_LEN);
	pair = ym_sm2_generate();
	ym_sm2_public_hex(pair, public_hex);
	ym_sm2_public_hex(central, central_hex);
	ym_sm2_wrap(central, k->data.data, k->data.len, &escrow);
	ym_sm2_private_der(pair, &der);
	seal_at(k, YM_KEY_WRAP, "key", "desk.private", der.data, der.len, &private);
	ym_secret_release(&der);
	code = ym_db_begin(k->db, err);
	if (code == YM_OK) {
		code = put_item(k, "desk.public", public_hex, 130, err);
		if (code == YM_OK)
			code = put_item(k, "desk.private", private.data, private.len, err);
		if (code == YM_OK)
			code = put_item(k, "central.public", central_hex, 130, err);
		if (code == YM_OK)
			code = put_item(k, "escrow", escrow.data, escrow.len, err);
		if (code == YM_OK)
			code = put_slot(k, account, password, err);
		if (code)
			ym_db_rollback(k->db);
		else
			code = ym_db_commit(k->db, err);
	}
	if (code == YM_OK)
		code = ym_sm2_from_public_hex(public_hex, &k->public, err);
	if (code == YM_OK)
		code = ym_sm2_from_public_hex(central_hex, &k->central, err);
	k->pair = pair;
	if (code)
		ym_keys_lock(k);
	return code;
}

enum ym_code
ym_keys_add_slot(struct ym_keys *k, const char *account, const char *password, struct ym_error *err)
{
	if (!ym_keys_is_unlocked(k))
		return fail_locked(err);
	return put_slot(k, account, password, err);
}

enum ym_code
ym_keys_remove_slot(struct ym_keys *k, const char *account, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(k->db,
		"DELETE FROM key_slot WHERE account = :account AND "
		"(SELECT count(*) FROM key_slot) > 1");
	enum ym_code code;

	if (!ym_keys_has_slot(k, account))
		return ym_fail_on(err, YM_NOTFOUND, N_("This account cannot sign in at this desk"),
			account, "no slot");
	ym_stmt_text(s, "account", account);
	code = ym_stmt_run(s, err);
	if (code == YM_OK && ym_db_changes(k->db) == 0)
		return ym_fail_on(err, YM_REFUSED,
			N_("The last account of a desk cannot be removed"), account, "last slot");
	return code;
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
		return ym_fail_on(err, YM_NOTFOUND, N_("This account cannot sign in at this desk"),
			account, "no slot");
	if (code)
		return code;
	memcpy(ret_salt, ym_stmt_col_blob(s, 0, &n), 16); /* 16 bytes by a CHECK */
	*ret_iterations = (unsigned)ym_stmt_col_int(s, 1);
	ym_stmt_done(s);
	return YM_OK;
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

static enum ym_code
open_slot(struct ym_keys *k, const char *account, const uint8_t derived[YM_KEY_LEN],
	struct ym_buf *out, struct ym_error *err)
{
	struct ym_stmt *s =
		ym_db_sql(k->db, "SELECT sealed FROM key_slot WHERE account = :account");
	YM_BUF aad = { 0 };
	enum ym_code code;
	const void *sealed;
	size_t n;

	ym_stmt_text(s, "account", account);
	code = ym_stmt_step(s, err);
	if (code == YM_NOTFOUND)
		return ym_fail_on(err, YM_NOTFOUND, N_("This account cannot sign in at this desk"),
			account, "no slot");
	if (code)
		return code;
	sealed = ym_stmt_col_blob(s, 0, &n);
	ym_buf_addf(&aad, "slot:%s", account);
	code = ym_unseal(derived, aad.data, aad.len, sealed, n, out, err);
	ym_stmt_done(s);
	return code;
}

static enum ym_code
load_pair(struct ym_keys *k, struct ym_error *err)
{
	YM_BUF sealed = { 0 }, der = { 0 };
	struct ym_sm2 *pair = NULL;
	enum ym_code code = get_item(k, "desk.private", &sealed, err);

	if (code == YM_OK)
		code = unseal_at(
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

enum ym_code
ym_keys_unlock(struct ym_keys *k, const char *account, const uint8_t derived[YM_KEY_LEN],
	struct ym_error *err)
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
	code = open_slot(k, account, derived, &data, err);
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
	ym_secret_set(&k->data, data.data, data.len);
	code = load_pair(k, err);
	if (code)
		ym_keys_lock(k);
	return code;
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

/* -- purposes -- */

void
ym_keys_purpose(const struct ym_keys *k, const char *label, uint8_t out[YM_KEY_LEN])
{
	ym_key_derive(&k->data, label, out);
}

void
ym_keys_person_hash(const struct ym_keys *k, const char *doc_kind, const char *number, char out[65])
{
	uint8_t key[YM_KEY_LEN], hash[YM_SM3_LEN];
	YM_BUF text = { 0 };

	ym_buf_addf(&text, "%s|%s", doc_kind, number);
	ym_keys_purpose(k, YM_KEY_PERSON, key);
	ym_hmac_sm3(key, sizeof key, text.data, text.len, hash);
	ym_hex(out, hash, sizeof hash);
	explicit_bzero(key, sizeof key);
}

void
ym_keys_seal(const struct ym_keys *k, const char *label, const char *place, const void *plain,
	size_t n, struct ym_buf *out)
{
	seal_at(k, label, label, place, plain, n, out);
}

enum ym_code
ym_keys_unseal(const struct ym_keys *k, const char *label, const char *place, const void *sealed,
	size_t n, struct ym_buf *out, struct ym_error *err)
{
	if (!ym_keys_is_unlocked(k))
		return fail_locked(err);
	return unseal_at(k, label, label, place, sealed, n, out, err);
}

/* -- scopes -- */

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
	code = unseal_at(k, YM_KEY_WRAP, "scope", scope, sealed, n, &key, err);
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

	seal_at(k, YM_KEY_WRAP, "scope", scope, key, YM_KEY_LEN, &sealed);
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
		return fail_locked(err);
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
		return fail_locked(err);
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

/* -- pairs -- */

const struct ym_sm2 *
ym_keys_desk_pair(const struct ym_keys *k)
{
	return k->pair;
}

const struct ym_sm2 *
ym_keys_desk_public(const struct ym_keys *k)
{
	return k->public;
}

const struct ym_sm2 *
ym_keys_central(const struct ym_keys *k)
{
	return k->central;
}

enum ym_code
ym_keys_escrow(struct ym_keys *k, struct ym_buf *out, struct ym_error *err)
{
	enum ym_code code = get_item(k, "escrow", out, err);

	return code == YM_NOTFOUND
		? ym_fail(err, YM_NOTFOUND, N_("This data folder belongs to no desk yet"), "escrow")
		: code;
}
