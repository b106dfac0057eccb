/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Whose signatures on electronic certificates this desk believes: the setting certificates.public, hex of SM2 points with
 * blanks between. Checking a scan against them is scan.c's. Invariant: nothing but keys of the curve stands in it, each once.
 */
#include "station/private.h"

#include "base/file.h"
#include "crypt/crypt.h"
#include "store/desk.h"
#include "yimen/admin.h"

#define SETTING "certificates.public"
#define KEYS_MAX 32
#define FILE_MAX (64u << 10)
#define LEAST_HEX 12 /* of a key that is named by its beginning */

struct trusted {
	struct ym_db *db;
	char keys[KEYS_MAX][131];
	int n;
};

static void
trusted_release(struct trusted *t)
{
	ym_db_close(t->db);
}

static enum ym_code
load(const char *dir, unsigned flags, struct trusted *t, struct ym_error *err)
{
	YM_FREE char *place = dir ? ym_strdup(dir) : ym_station_default_dir(false), *text = NULL;
	enum ym_code code = ym_desk_open(place, flags, &t->db, err);

	if (code)
		return code;
	text = ym_setting_get(t->db, SETTING);
	for (char *save = NULL, *hex = text ? strtok_r(text, " \n", &save) : NULL; hex && t->n < KEYS_MAX; hex = strtok_r(NULL, " \n", &save))
		ym_strlcpy(t->keys[t->n++], hex, sizeof t->keys[0]);
	return YM_OK;
}

static enum ym_code
save(struct trusted *t, struct ym_error *err)
{
	YM_BUF text = { 0 };

	for (int i = 0; i < t->n; i++)
		ym_buf_addf(&text, "%s%s", i ? " " : "", t->keys[i]);
	return ym_setting_set(t->db, SETTING, ym_buf_str(&text), err);
}

enum ym_code
ym_certificate_keys(const char *dir, void (*say)(void *user, const char *key), void *user, struct ym_error *err)
{
	YM_CLEANUP(trusted_release) struct trusted t = { 0 };
	enum ym_code code = load(dir, YM_DB_READONLY, &t, err);

	for (int i = 0; !code && i < t.n; i++)
		say(user, t.keys[i]);
	return code;
}

/* As hex of a file of ours, or what an issuer hands out: a certificate or a public key in PEM. */
static enum ym_code
read_key(const char *path, char ret[131], struct ym_error *err)
{
	YM_BUF text = { .max = FILE_MAX };
	YM_SM2 *key = NULL;
	enum ym_code code = ym_file_read(path, FILE_MAX, &text, err);

	if (code)
		return code;
	if (strstr(ym_buf_str(&text), "-----BEGIN "))
		code = ym_sm2_from_pem(text.data, text.len, &key, err);
	else
		code = ym_sm2_from_public_hex(strtok(text.data, " \r\n"), &key, err);
	if (code)
		return ym_fail_on(err, YM_INVALID, N_("This file holds no SM2 public key and no certificate of one"), path, NULL);
	ym_sm2_public_hex(key, ret);
	return YM_OK;
}

enum ym_code
ym_certificate_trust(const char *dir, const char *path, char ret_key[131], struct ym_error *err)
{
	YM_CLEANUP(trusted_release) struct trusted t = { 0 };
	char key[131];
	enum ym_code code = read_key(path, key, err);

	if (!code)
		code = load(dir, YM_DB_LOCK, &t, err);
	if (code)
		return code;
	for (int i = 0; i < t.n; i++)
		if (ym_streq(t.keys[i], key))
			return ym_fail_on(err, YM_CONFLICT, N_("This key is trusted already"), path, NULL);
	if (t.n == KEYS_MAX)
		return ym_fail(err, YM_BUSY, N_("There are too many trusted keys"), NULL);
	memcpy(t.keys[t.n++], key, sizeof key);
	memcpy(ret_key, key, sizeof key);
	return save(&t, err);
}

enum ym_code
ym_certificate_distrust(const char *dir, const char *key, struct ym_error *err)
{
	YM_CLEANUP(trusted_release) struct trusted t = { 0 };
	enum ym_code code = load(dir, YM_DB_LOCK, &t, err);
	int at = -1, n = 0;

	if (code)
		return code;
	for (int i = 0; i < t.n; i++)
		if (!strncmp(t.keys[i], key, strlen(key))) {
			at = i;
			n++;
		}
	if (n != 1 || strlen(key) < LEAST_HEX)
		return ym_fail_on(err, YM_NOTFOUND, N_("Not one trusted key begins like this; name it by at least 12 characters"), key, NULL);
	memmove(t.keys[at], t.keys[at + 1], sizeof t.keys[0] * (size_t)(--t.n - at));
	return save(&t, err);
}
