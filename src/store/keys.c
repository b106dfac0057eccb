/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The data key and what is derived from it, the desk's SM2 pair, the making of a new desk.
 * Not the slots that open the data key (keys_slot.c) nor visit and day keys (keys_scope.c). Invariant: what is derived
 * stands in locked pages and goes with the data key.
 */
#include "store/internal.h"

/* -- items -- */

enum ym_code
ym_keys_put_item(struct ym_keys *k, const char *name, const void *value, size_t n, struct ym_error *err)
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

enum ym_code
ym_keys_get_item(struct ym_keys *k, const char *name, struct ym_buf *out, struct ym_error *err)
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
	enum ym_code code = ym_keys_get_item(k, name, &hex, err);

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
	for (int i = 0; i < k->n_purposes; i++) {
		ym_secret_release(&k->purposes[i].key);
		ym_secret_release(&k->purposes[i].seal);
	}
	k->n_purposes = 0;
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
	return k && ym_secret_has(&k->data);
}

/* -- purposes -- */

enum ym_code
ym_keys_fail_locked(struct ym_error *err)
{
	return ym_fail(err, YM_STATE, N_("Sign in first: the desk is locked"), "keys");
}

/* Derived at the first use since unlocking: the same few labels are asked for again and again. */
static struct ym_purpose *
purpose(struct ym_keys *k, const char *label)
{
	struct ym_purpose *p = k->purposes;
	uint8_t key[YM_KEY_LEN];

	for (int i = 0; i < k->n_purposes; i++, p++)
		if (!strcmp(p->label, label))
			return p;
	if (k->n_purposes == YM_PURPOSES_MAX || strlen(label) >= sizeof p->label)
		ym_db_die(NULL, "too many purposes of keys, or too long a label", label);
	ym_key_derive(&k->data, label, key);
	ym_strlcpy(p->label, label, sizeof p->label);
	ym_secret_set(&p->key, key, sizeof key);
	ym_seal_key_set(&p->seal, key);
	explicit_bzero(key, sizeof key);
	k->n_purposes++;
	return p;
}

void
ym_keys_purpose(struct ym_keys *k, const char *label, uint8_t out[YM_KEY_LEN])
{
	memcpy(out, purpose(k, label)->key.data, YM_KEY_LEN);
}

void
ym_keys_person_hash(struct ym_keys *k, const char *doc_kind, const char *number, char out[65])
{
	uint8_t hash[YM_SM3_LEN];
	YM_BUF text = { 0 };

	ym_buf_addf(&text, "%s|%s", doc_kind, number);
	ym_hmac_sm3(purpose(k, YM_KEY_PERSON)->key.data, YM_KEY_LEN, text.data, text.len, hash);
	ym_hex(out, hash, sizeof hash);
}

/* The place is bound: a sealed value moved to another name does not open. */
void
ym_keys_seal_at(struct ym_keys *k, const char *label, const char *kind, const char *name,
	const void *plain, size_t n, struct ym_buf *out)
{
	YM_BUF aad = { 0 };

	ym_buf_addf(&aad, "%s:%s", kind, name);
	ym_seal_with(&purpose(k, label)->seal, aad.data, aad.len, plain, n, out);
}

enum ym_code
ym_keys_unseal_at(struct ym_keys *k, const char *label, const char *kind, const char *name,
	const void *sealed, size_t n, struct ym_buf *out, struct ym_error *err)
{
	YM_BUF aad = { 0 };

	ym_buf_addf(&aad, "%s:%s", kind, name);
	return ym_unseal_with(&purpose(k, label)->seal, aad.data, aad.len, sealed, n, out, err);
}

void
ym_keys_seal(struct ym_keys *k, const char *label, const char *place, const void *plain, size_t n,
	struct ym_buf *out)
{
	ym_keys_seal_at(k, label, label, place, plain, n, out);
}

enum ym_code
ym_keys_unseal(struct ym_keys *k, const char *label, const char *place, const void *sealed,
	size_t n, struct ym_buf *out, struct ym_error *err)
{
	if (!ym_keys_is_unlocked(k))
		return ym_keys_fail_locked(err);
	return ym_keys_unseal_at(k, label, label, place, sealed, n, out, err);
}

/* -- a new desk -- */

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
	ym_keys_seal_at(k, YM_KEY_WRAP, "key", "desk.private", der.data, der.len, &private);
	ym_secret_release(&der);
	code = ym_db_begin(k->db, err);
	if (code == YM_OK) {
		code = ym_keys_put_item(k, "desk.public", public_hex, 130, err);
		if (code == YM_OK)
			code = ym_keys_put_item(k, "desk.private", private.data, private.len, err);
		if (code == YM_OK)
			code = ym_keys_put_item(k, "central.public", central_hex, 130, err);
		if (code == YM_OK)
			code = ym_keys_put_item(k, "escrow", escrow.data, escrow.len, err);
		if (code == YM_OK)
			code = ym_keys_put_slot(k, account, password, err);
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
	enum ym_code code = ym_keys_get_item(k, "escrow", out, err);

	return code == YM_NOTFOUND
		? ym_fail(err, YM_NOTFOUND, N_("This data folder belongs to no desk yet"), "escrow")
		: code;
}
