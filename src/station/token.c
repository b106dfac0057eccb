/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Officers' tokens: giving an account one, what yimen-token is asked and what it answers, the lock when the token leaves.
 * Not the sign-in itself (signin.c). Invariant: a PIN is wiped as soon as the helper has it; no key is kept here.
 */
#include "station/private.h"

#include "base/diag.h"
#include "base/file.h"
#include "base/json.h"
#include "station/child.h"
#include "yimen/admin.h"

#define MODULE "token.module"
#define ANSWER_MAX 65536

/* What the helper says went wrong, as a sentence. */
static enum ym_code
fail_token(const json_t *answer, struct ym_error *err)
{
	static const struct { const char *word; enum ym_code code; const char *msgid; } faults[] = {
		{ "module", YM_IO, N_("The token's module cannot be used: ask maintenance to check the setting token.module") },
		{ "absent", YM_GONE, N_("The token is not plugged in: plug it in, or sign in with the password") },
		{ "pin", YM_REFUSED, N_("Wrong PIN: after a few more the token locks itself") },
		{ "locked", YM_REFUSED, N_("The token has locked itself: its issuer must unlock it; sign in with the password meanwhile") },
		{ "key", YM_REFUSED, N_("The token has no RSA or EC key that can be used here; SKF keys with SM2 alone are not supported") },
	};
	const char *word = ym_json_str_or(answer, "error", ""), *detail = ym_json_str_or(answer, "detail", "");

	for (size_t i = 0; i < YM_ARRAY_LEN(faults); i++)
		if (ym_streq(word, faults[i].word))
			return ym_fail(err, faults[i].code, faults[i].msgid, "%s", detail);
	return ym_fail(err, YM_IO, N_("The token did not answer as it should: take it out, plug it in, try again"), "%s", detail);
}

static enum ym_code
read_key(const json_t *answer, uint8_t ret[YM_KEY_LEN], struct ym_error *err)
{
	const char *hex = ym_json_str(answer, "key");

	if (!hex || !ym_unhex(ret, YM_KEY_LEN, hex))
		return fail_token(answer, err);
	return YM_OK;
}

bool
ym_station_has_token(struct ym_station *s, const char *account)
{
	YM_BUF slot = { 0 };

	return ym_keys_token(s->keys, account, &slot, NULL) == YM_OK;
}

bool
ym_station_by_token(const struct ym_station *s)
{
	return s->by_token;
}

enum ym_code
ym_station_token_question(struct ym_station *s, const char *account, const char *pin, struct ym_buf *ret, struct ym_error *err)
{
	YM_FREE char *module = ym_setting_get(s->db, MODULE);
	YM_BUF text = { 0 };
	YM_JSON *slot = NULL, *ask = NULL;
	YM_FREE char *line = NULL;
	enum ym_code code = ym_keys_token(s->keys, account, &text, err);

	if (!code)
		code = ym_json_parse(text.data, text.len, "token slot", &slot, err);
	if (code)
		return code;
	ask = json_pack("{s:s, s:s, s:s, s:O}", "op", "unwrap", "module", module ? module : "", "pin", pin, "slot", slot);
	line = ask ? ym_json_line(ask) : NULL;
	if (!line)
		return ym_fail(err, YM_INVALID, N_("A PIN is digits and letters"), "not UTF-8");
	ym_buf_adds(ret, line);
	explicit_bzero(line, strlen(line));
	return YM_OK;
}

enum ym_code
ym_station_token_answer(const struct ym_buf *text, uint8_t ret_key[YM_KEY_LEN], struct ym_error *err)
{
	YM_JSON *answer = NULL;
	enum ym_code code = ym_json_parse(text->data, text->len, "yimen-token", &answer, err);

	return code ? fail_token(NULL, err) : read_key(answer, ret_key, err);
}

/* -- giving an account a token -- */

static enum ym_code
ask(json_t *question, json_t **ret, struct ym_error *err)
{
	YM_BUF output = { .max = ANSWER_MAX };
	YM_FREE char *line = ym_json_line(question);
	enum ym_code code = ym_child_run("yimen-token", NULL, line, strlen(line), ANSWER_MAX, &output, err);

	explicit_bzero(line, strlen(line));
	if (!code)
		code = ym_json_parse(output.data, output.len, "yimen-token", ret, err);
	if (output.data)
		explicit_bzero(output.data, output.len);
	return code;
}

enum ym_code
ym_station_add_token(struct ym_station *s, const char *account, const char *module, const char *serial, const char *pin, struct ym_error *err)
{
	YM_FREE char *known = ym_setting_get(s->db, MODULE), *slot = NULL;
	YM_JSON *question = NULL, *tokens = NULL, *answer = NULL;
	const json_t *list;
	uint8_t key[YM_KEY_LEN];
	enum ym_code code;

	if (!s->unlocked)
		return ym_fail(err, YM_STATE, N_("Sign in first"), NULL);
	if (!module)
		module = known ? known : "";
	question = json_pack("{s:s, s:s}", "op", "list", "module", module);
	code = ask(question, &tokens, err);
	if (code)
		return code;
	list = json_object_get(tokens, "tokens");
	if (!list)
		return fail_token(tokens, err);
	if (!serial && json_array_size(list) > 1)
		return ym_fail(err, YM_CONFLICT, N_("Several tokens are plugged in: name one with serial=, or leave only one"), "%zu", json_array_size(list));
	if (!serial)
		serial = ym_json_str_or(json_array_get(list, 0), "serial", "");
	json_decref(question);
	question = json_pack("{s:s, s:s, s:s, s:s}", "op", "enrol", "module", module, "serial", serial, "pin", pin);
	code = question ? ask(question, &answer, err) : ym_fail(err, YM_INVALID, N_("A PIN is digits and letters"), "not UTF-8");
	if (!code)
		code = read_key(answer, key, err);
	if (code)
		return code;
	slot = ym_json_line(json_object_get(answer, "slot"));
	code = ym_keys_add_token(s->keys, account, slot, key, err);
	explicit_bzero(key, sizeof key);
	return code ? code : ym_setting_set(s->db, MODULE, module, err);
}

/* -- the token that leaves -- */

static void
on_watch(void *user, uint8_t kind, const uint8_t *data, size_t n)
{
	struct ym_station *s = user;

	if (kind == 'o' && s->unlocked && s->signed_by_token)
		ym_station_lock(s);
}

static void
on_watch_ended(void *user, const struct ym_error *err)
{
	struct ym_station *s = user;

	/* without a reader service the idle lock is all there is */
	s->token_watch_over = true;
	ym_diag_error("token watch", err);
}

void
ym_station_token_watch(struct ym_station *s)
{
	static const struct ym_helper_calls calls = { .max = 64, .message = on_watch, .ended = on_watch_ended };
	struct ym_error err = { 0 };

	if (s->headless || (s->token_watch && !s->token_watch_over))
		return;
	ym_station_token_unwatch(s);
	s->token_watch_over = false;
	if (ym_helper_new(s->loop, "yimen-token", (const char *const[]){ "--watch", NULL }, &calls, s, &s->token_watch, &err))
		ym_diag_error("token watch", &err);
}

void
ym_station_token_unwatch(struct ym_station *s)
{
	ym_helper_free(s->token_watch);
	s->token_watch = NULL;
}
