/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Making a desk (yimen/admin.h). The network is reached through yimen-sync alone.
 */
#include "station/exchange.h"

#include "base/file.h"
#include "catalog/build.h"
#include "station/child.h"
#include "station/private.h"
#include "store/wire.h"

#define ANSWER_MAX (64u << 20)

enum ym_code
ym_station_exchange(const struct ym_enrol *e, const char *method, const char *path, const char *body, int *ret_status, struct ym_buf *ret_body,
	struct ym_error *err)
{
	YM_JSON *request = json_pack("{s:s,s:s?,s:s?,s:s,s:s,s:s?}", "url", e->url, "socket", e->socket, "cafile", e->cafile, "method", method, "path",
		path, "body", body);
	YM_FREE char *text = ym_json_dump(request);
	YM_BUF out = { .max = ANSWER_MAX };
	YM_JSON *answer = NULL;
	const char *link;
	enum ym_code code = ym_child_run("yimen-sync", "--exchange", text, strlen(text), ANSWER_MAX, &out, err);

	if (!code)
		code = ym_json_parse(ym_buf_str(&out), out.len, "yimen-sync", &answer, err);
	if (code)
		return code;
	link = ym_json_str(answer, "link");
	if (ym_streq(link, "certificate"))
		return ym_fail(err, YM_OFFLINE, N_("The central's certificate is not trusted or has expired"), NULL);
	if (ym_streq(link, "clock"))
		return ym_fail(err, YM_OFFLINE, N_("The central's certificate is not valid yet: is this computer's clock right?"), NULL);
	if (!ym_streq(link, "ok"))
		return ym_fail(err, YM_OFFLINE, N_("The central cannot be reached"), NULL);
	*ret_status = (int)ym_json_int(answer, "status", 0);
	ym_buf_adds(ret_body, ym_json_str(answer, "body"));
	return YM_OK;
}

/* An answer in the protocol's envelope; refused answers become REFUSED with a sentence. */
static enum ym_code
ask(const struct ym_enrol *e, const struct ym_sm2 *central, const char *method, const char *path, const char *body, json_t **ret,
	struct ym_error *err)
{
	YM_BUF text = { .max = ANSWER_MAX };
	struct ym_wire_answer answer = { 0 };
	int status;
	enum ym_code code = ym_station_exchange(e, method, path, body, &status, &text, err);

	if (!code)
		code = ym_wire_open_answer(central, method, path, status, ym_buf_str(&text), text.len, &answer, err);
	if (code)
		return code;
	if (!answer.ok) {
		ym_wire_answer_release(&answer);
		return ym_fail(err, YM_REFUSED, N_("The central refuses: the code was used already, or is not one of its codes"), "status %d",
			status);
	}
	*ret = answer.data;
	return YM_OK;
}

/* The central's key comes in an answer that it signs itself; a fingerprint known by other means makes it trusted. */
static enum ym_code
learn_central(const struct ym_enrol *e, struct ym_sm2 **ret, struct ym_error *err)
{
	YM_BUF text = { .max = ANSWER_MAX };
	YM_JSON *envelope = NULL;
	YM_SM2 *central = NULL;
	struct ym_wire_answer answer = { 0 };
	uint8_t digest[YM_SM3_LEN];
	char print[2 * YM_SM3_LEN + 1];
	const char *hex;
	int status;
	enum ym_code code = ym_station_exchange(e, "GET", "/v1/central", NULL, &status, &text, err);

	if (code)
		return code;
	if (ym_json_parse(ym_buf_str(&text), text.len, "central", &envelope, NULL))
		return ym_fail(err, YM_REFUSED, N_("What answers there is not a central of yimen"), "status %d", status);
	hex = ym_json_str(json_object_get(envelope, "data"), "central");
	if (ym_sm2_from_public_hex(hex, &central, NULL))
		return ym_fail(err, YM_REFUSED, N_("What answers there is not a central of yimen"), "status %d", status);
	code = ym_wire_open_answer(central, "GET", "/v1/central", status, ym_buf_str(&text), text.len, &answer, err);
	ym_wire_answer_release(&answer);
	if (code)
		return code;
	ym_sm3(hex, strlen(hex), digest);
	ym_hex(print, digest, sizeof digest);
	if (e->fingerprint && strcasecmp(print, e->fingerprint))
		return ym_fail(err, YM_REFUSED, N_("The central's key is not the one whose fingerprint you gave"), NULL);
	*ret = YM_TAKE(central);
	return YM_OK;
}

static enum ym_code
fetch_pack(const struct ym_enrol *e, const struct ym_sm2 *central, const char *version, const char *dir, struct ym_error *err)
{
	YM_FREE char *path = ym_asprintf("/v1/packs/%s", version), *file = ym_asprintf("%s/pack.db", dir);
	YM_BUF text = { .max = ANSWER_MAX };
	const char *doc = NULL;
	size_t n = 0;
	int status;
	enum ym_code code = ym_station_exchange(e, "GET", path, NULL, &status, &text, err);

	if (!code && status != 200)
		code = ym_fail(err, YM_REFUSED, N_("The central does not hand out its catalogue"), "status %d", status);
	if (!code)
		code = ym_catalog_verify(central, ym_buf_str(&text), text.len, &doc, &n, err);
	return code ? code : ym_catalog_compile(doc, n, file, err);
}

static void
copy(char *dst, size_t size, const json_t *from, const char *key)
{
	ym_strlcpy(dst, ym_json_str(from, key), size);
}

static enum ym_code
set_up_accounts(struct ym_db *db, struct ym_keys *keys, const char *dir, const json_t *reply, const struct ym_enrol *e, struct ym_error *err)
{
	YM_FREE char *file = ym_asprintf("%s/pack.db", dir);
	const json_t *accounts = json_object_get(reply, "accounts");
	struct ym_pack *pack = NULL;
	struct ym_log *log = NULL;
	struct ym_casework *work = NULL;
	bool found = false;
	enum ym_code code = ym_pack_open(file, &pack, err); /* the keys are open since they were made */

	if (!code)
		code = ym_log_open(db, keys, &log, err);
	if (!code)
		code = ym_casework_new(db, keys, log, pack, &work, err);
	for (size_t i = 0; i < json_array_size(accounts) && !code; i++) {
		const json_t *a = json_array_get(accounts, i);

		found |= ym_streq(ym_json_str(a, "account"), e->account);
		code = ym_casework_add_account(work, ym_json_str(a, "account"), ym_json_str(a, "name"), ym_json_bool(a, "officer", false),
			ym_json_str(a, "posts"), err);
	}
	if (!code && !found)
		code = ym_fail_on(err, YM_REFUSED, N_("The central knows no such account at this desk"), e->account, NULL);
	ym_casework_free(work);
	ym_log_close(log);
	ym_pack_close(pack);
	return code;
}

static enum ym_code
enrol_into(const struct ym_enrol *e, const char *dir, struct ym_db *db, struct ym_keys *keys, const struct ym_sm2 *central, struct ym_error *err)
{
	struct ym_desk_identity who = { .epoch = 'A' };
	char public_hex[131], central_hex[131];
	YM_BUF escrow = { .max = 8192 };
	YM_FREE char *escrow_hex = NULL, *text = NULL;
	YM_JSON *request = NULL, *reply = NULL;
	enum ym_code code = ym_keys_create(keys, e->account, e->password, central, err);

	if (code)
		return code;
	code = ym_keys_escrow(keys, &escrow, err);
	if (code)
		return code;
	escrow_hex = ym_alloc(2 * escrow.len + 1);
	ym_hex(escrow_hex, escrow.data, escrow.len);
	ym_sm2_public_hex(ym_keys_desk_public(keys), public_hex);
	ym_sm2_public_hex(central, central_hex);
	request = json_pack("{s:s,s:s,s:s,s:s}", "code", e->code, "public", public_hex, "escrow", escrow_hex, "profile",
		e->practice ? "practice" : "production");
	text = ym_json_dump(request);
	code = ask(e, central, "POST", "/v1/enrol", text, &reply, err);
	if (code)
		return code;
	copy(who.desk, sizeof who.desk, reply, "desk");
	copy(who.station, sizeof who.station, reply, "station");
	copy(who.station_name, sizeof who.station_name, reply, "station_name");
	copy(who.division, sizeof who.division, reply, "division");
	copy(who.window, sizeof who.window, reply, "window");
	ym_strlcpy(who.profile, e->practice ? "practice" : "production", sizeof who.profile);
	who.epoch = *ym_json_str_or(reply, "epoch", "A");
	code = ym_log_create(db, &who, err);
	if (!code)
		code = ym_setting_set(db, "central.url", e->url, err);
	if (!code)
		code = ym_setting_set(db, "central.socket", e->socket ? e->socket : "", err);
	if (!code)
		code = ym_setting_set(db, "central.cafile", e->cafile ? e->cafile : "", err);
	if (!code)
		code = ym_setting_set(db, "central.public", central_hex, err);
	if (!code && e->phone)
		code = ym_setting_set(db, "station.phone", e->phone, err);
	if (!code && e->complaint_phone)
		code = ym_setting_set(db, "station.complaint_phone", e->complaint_phone, err);
	if (!code && e->address)
		code = ym_setting_set(db, "station.address", e->address, err);
	if (!code)
		code = fetch_pack(e, central, ym_json_str(reply, "pack"), dir, err);
	return code ? code : set_up_accounts(db, keys, dir, reply, e, err);
}

enum ym_code
ym_station_enrol(const struct ym_enrol *e, struct ym_error *err)
{
	YM_FREE char *dir = e->dir ? ym_strdup(e->dir) : ym_station_default_dir(e->practice);
	YM_FREE char *path = ym_asprintf("%s/desk.db", dir);
	YM_SM2 *central = NULL;
	struct ym_db *db = NULL;
	struct ym_keys *keys = NULL;
	enum ym_code code;

	if (ym_file_exists(path))
		return ym_fail_on(err, YM_STATE, N_("There is a desk in this folder already"), dir, NULL);
	if (strlen(e->password) < 8)
		return ym_fail(err, YM_INVALID, N_("A password needs at least 8 characters"), NULL);
	code = learn_central(e, &central, err);
	if (!code)
		code = ym_file_mkdirs(dir, 0700, err);
	if (!code)
		code = ym_desk_open(dir, YM_DB_CREATE | YM_DB_LOCK | YM_DB_SECURE_DELETE, &db, err);
	if (!code)
		code = ym_db_begin(db, err);
	if (code) {
		ym_db_close(db);
		return code;
	}
	code = ym_keys_open(db, &keys, err);
	if (!code)
		code = enrol_into(e, dir, db, keys, central, err);
	if (code)
		ym_db_rollback(db);
	else
		code = ym_db_commit(db, err);
	ym_keys_close(keys);
	ym_db_close(db);
	if (code) {
		static const char *const files[] = { "desk.db", "desk.db-wal", "desk.db-shm", "desk.db.lock", "pack.db" };

		for (size_t i = 0; i < YM_ARRAY_LEN(files); i++) {
			YM_FREE char *file = ym_asprintf("%s/%s", dir, files[i]);

			unlink(file);
		}
	}
	return code;
}
