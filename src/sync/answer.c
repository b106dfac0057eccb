/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a signed answer may hold. See answer.h.
 * Not what follows from it (push.c, pull.c). Invariant: no output is touched on failure.
 */
#include "sync/answer.h"

#include "crypt/crypt.h"

#define KIND_MAX 63
#define HEX "0123456789abcdef"

static enum ym_code
fail_form(struct ym_error *err, const char *what)
{
	return ym_fail_on(err, YM_INVALID, N_("The central's answer is not well formed"), what, "%s", what);
}

static enum ym_code
read_count(const json_t *obj, const char *key, int64_t *ret, struct ym_error *err)
{
	const json_t *v = json_object_get(obj, key);

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return fail_form(err, key);
	*ret = json_integer_value(v);
	return YM_OK;
}

enum ym_code
ym_answer_head(const json_t *data, struct ym_answer_head *ret, struct ym_error *err)
{
	const json_t *tally = json_object_get(data, "tally");
	const char *hash = ym_json_str(data, "hash");
	struct ym_answer_head head = { 0 };
	enum ym_code code = read_count(data, "seq", &head.seq, err);

	if (!code)
		code = read_count(tally, "events", &head.events, err);
	if (!code)
		code = read_count(tally, "quarantined", &head.quarantined, err);
	if (!code)
		code = read_count(data, "feed", &head.feed, err);
	if (code)
		return code;
	if (strlen(hash) != 64 || strspn(hash, HEX) != 64)
		return fail_form(err, "hash");
	ym_strlcpy(head.hash, hash, sizeof head.hash);
	*ret = head;
	return YM_OK;
}

static bool
is_kind(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n <= KIND_MAX && strspn(s, "abcdefghijklmnopqrstuvwxyz._") == n;
}

/* Both passes decode, so that nothing of a spoilt answer is stored and no second copy of the whole is kept. */
static enum ym_code
walk_feed(const json_t *entries, int64_t after, ym_answer_feed_fn fn, void *user, struct ym_error *err)
{
	for (size_t i = 0; i < json_array_size(entries); i++) {
		const json_t *e = json_array_get(entries, i), *text = json_object_get(e, "sealed");
		const char *kind = ym_json_str(e, "kind");
		int64_t number = 0;
		YM_BUF sealed = { 0 };
		enum ym_code code = read_count(e, "number", &number, err);

		if (code)
			return code;
		if (number != after + 1 + (int64_t)i)
			return fail_form(err, "number");
		if (!is_kind(kind))
			return fail_form(err, "kind");
		if (!json_is_string(text) || json_string_length(text) == 0 ||
				!ym_unbase64(&sealed, json_string_value(text), json_string_length(text)))
			return fail_form(err, "sealed");
		code = fn ? fn(user, number, kind, sealed.data, sealed.len, err) : YM_OK;
		if (code)
			return code;
	}
	return YM_OK;
}

enum ym_code
ym_answer_feed(const json_t *data, int64_t after, ym_answer_feed_fn fn, void *user, int *ret_n, struct ym_error *err)
{
	const json_t *entries = json_object_get(data, "entries");
	enum ym_code code;

	if (!json_is_array(entries) || json_array_size(entries) > YM_ANSWER_FEED_MAX)
		return fail_form(err, "entries");
	code = walk_feed(entries, after, NULL, NULL, err);
	if (!code)
		code = walk_feed(entries, after, fn, user, err);
	if (!code)
		*ret_n = (int)json_array_size(entries);
	return code;
}

enum ym_code
ym_answer_blob(const json_t *data, int64_t total, int64_t *ret_have, bool *ret_whole, struct ym_error *err)
{
	int64_t have = 0;
	bool whole = ym_json_bool(data, "whole", false);
	enum ym_code code = read_count(data, "have", &have, err);

	if (code)
		return code;
	if (have > total || (whole && have != total))
		return fail_form(err, "have");
	*ret_have = have;
	*ret_whole = whole;
	return YM_OK;
}
