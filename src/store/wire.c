/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Signed texts and envelopes. See wire.h and yimen-sync(7).
 */
#include "store/wire.h"

#include <inttypes.h>

#define SIGNATURE_MAX 80

static void
add_digest(struct ym_buf *out, const void *data, size_t n)
{
	uint8_t digest[YM_SM3_LEN];
	char hex[2 * YM_SM3_LEN + 1];

	ym_sm3(n ? data : "", n, digest);
	ym_hex(hex, digest, sizeof digest);
	ym_buf_adds(out, hex);
}

void
ym_wire_request_text(struct ym_buf *out, const char *method, const char *path, int64_t time_ms, const void *body, size_t n)
{
	ym_buf_addf(out, "yimen1|%s|%s|%" PRId64 "|", method, path, time_ms);
	add_digest(out, body, n);
}

void
ym_wire_answer_text(struct ym_buf *out, const char *method, const char *path, int status, int64_t time_ms, const char *canonical_data)
{
	ym_buf_addf(out, "yimen1|%s|%s|%d|%" PRId64 "|", method, path, status, time_ms);
	ym_buf_adds(out, canonical_data);
}

void
ym_wire_batch_text(struct ym_buf *out, const char *desk, int64_t first, int64_t last, const char *head_hex)
{
	ym_buf_addf(out, "yimen1|events|%s|%" PRId64 "|%" PRId64 "|%s", desk, first, last, head_hex);
}

void
ym_wire_feed_aad(struct ym_buf *out, const char *desk, int64_t number, const char *kind)
{
	ym_buf_addf(out, "feed|%s|%" PRId64 "|%s", desk, number, kind);
}

void
ym_wire_sign_hex(const struct ym_sm2 *key, const void *msg, size_t n, char ret_hex[161])
{
	uint8_t sig[SIGNATURE_MAX];

	ym_hex(ret_hex, sig, ym_sm2_sign(key, msg, n, sig));
}

bool
ym_wire_verify_hex(const struct ym_sm2 *key, const void *msg, size_t n, const char *sig_hex)
{
	uint8_t sig[SIGNATURE_MAX];
	size_t digits = strlen(sig_hex);

	if (digits % 2 || digits / 2 > sizeof sig || !ym_unhex(sig, digits / 2, sig_hex))
		return false;
	return ym_sm2_verify(key, msg, n, sig, digits / 2);
}

void
ym_wire_make_answer(const struct ym_sm2 *central, const char *method, const char *path, int status, int64_t time_ms, const char *code,
	const char *message, const json_t *data, struct ym_buf *out)
{
	YM_JSON *empty = json_object(), *envelope = NULL;
	YM_FREE char *canonical = ym_json_dump(data ? data : empty), *text = NULL;
	YM_BUF signed_text = { 0 };
	char sig[161];

	ym_wire_answer_text(&signed_text, method, path, status, time_ms, canonical);
	ym_wire_sign_hex(central, signed_text.data, signed_text.len, sig);
	envelope = json_pack("{s:i,s:b,s:I,s:O,s:s}", "yimen", 1, "ok", code == NULL, "time", (json_int_t)time_ms, "data", data ? data : empty,
		"sig", sig);
	if (code) {
		json_object_set_new(envelope, "code", json_string(code));
		json_object_set_new(envelope, "message", json_string(message ? message : ""));
	}
	text = ym_json_dump(envelope);
	ym_buf_adds(out, text);
}

void
ym_wire_answer_release(struct ym_wire_answer *a)
{
	json_decref(a->data);
	a->data = NULL;
}

enum ym_code
ym_wire_open_answer(const struct ym_sm2 *central, const char *method, const char *path, int status, const char *body, size_t n,
	struct ym_wire_answer *ret, struct ym_error *err)
{
	YM_JSON *envelope = NULL;
	YM_FREE char *canonical = NULL;
	YM_BUF text = { 0 };
	json_t *data;
	int64_t time_ms;

	if (ym_json_parse(body, n, "answer", &envelope, NULL) || ym_json_int(envelope, "yimen", 0) != 1)
		return ym_fail(err, YM_REFUSED, N_("A portal or another program answers in the central's place"), "status %d, %zu bytes", status, n);
	data = json_object_get(envelope, "data");
	if (!json_is_object(data))
		return ym_fail(err, YM_REFUSED, N_("A portal or another program answers in the central's place"), "no data");
	time_ms = ym_json_int(envelope, "time", 0);
	canonical = ym_json_dump(data);
	ym_wire_answer_text(&text, method, path, status, time_ms, canonical);
	if (!ym_wire_verify_hex(central, text.data, text.len, ym_json_str(envelope, "sig")))
		return ym_fail(err, YM_REFUSED, N_("The answer is not signed by this desk's central"), "status %d", status);
	ret->ok = ym_json_bool(envelope, "ok", false);
	ret->time_ms = time_ms;
	ret->data = json_incref(data);
	ym_strlcpy(ret->code, ym_json_str(envelope, "code"), sizeof ret->code);
	return YM_OK;
}
