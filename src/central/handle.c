/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One request: who asks, which call it is, the signed envelope around the answer (yimen-sync(7)).
 * Not what the calls do. Invariant: every answer with a JSON body is signed; nothing is done for a desk whose signature is false.
 */
#include "central/inner.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/clock.h"

#define RETRY_AFTER_S 2
#define PREFIX_DESKS "/v1/desks/"
#define PREFIX_BLOBS "/v1/blobs/"
#define PREFIX_PACKS "/v1/packs/"

void
ym_central_refuse(struct ym_central_answer *a, int status, const char *code, const char *message)
{
	a->status = status;
	a->code = code;
	a->message = message;
}

void
ym_central_trouble(struct ym_central_answer *a)
{
	ym_central_refuse(a, 503, "BUSY", "the store cannot be written now");
}

void
ym_central_reply_header(struct ym_central_reply *r, const char *fmt, ...)
{
	va_list ap;

	if (r->n_headers == (int)YM_ARRAY_LEN(r->headers))
		return;
	va_start(ap, fmt);
	vsnprintf(r->headers[r->n_headers++], sizeof r->headers[0], fmt, ap);
	va_end(ap);
}

bool
ym_central_number(const char *s, size_t n, int64_t *ret)
{
	int64_t v = 0;

	if (n < 1 || n > 18)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (s[i] - '0');
	}
	*ret = v;
	return true;
}

/* -- calls -- */

/* A number of the query; dflt when it is absent. False when it is none. */
static bool
query_number(const char *path, const char *name, int64_t dflt, int64_t *ret)
{
	const char *at = strchr(path, '?');
	size_t name_n = strlen(name);

	*ret = dflt;
	while (at) {
		const char *end = strchr(++at, '&');
		size_t n = end ? (size_t)(end - at) : strlen(at);

		if (n > name_n && !strncmp(at, name, name_n) && at[name_n] == '=')
			return ym_central_number(at + name_n + 1, n - name_n - 1, ret);
		at = end;
	}
	return true;
}

static void
feed(struct ym_central *c, const struct ym_central_desk *desk, const char *path,
	struct ym_central_answer *a, int *ret_wait_s)
{
	int64_t after, wait;

	if (!query_number(path, "after", 0, &after) || !query_number(path, "wait", 0, &wait)) {
		ym_central_refuse(a, 400, "INVALID", "after and wait are numbers");
		return;
	}
	ym_central_feed(c, desk, after,
		wait > YM_CENTRAL_WAIT_MAX ? YM_CENTRAL_WAIT_MAX : (int)wait, a, ret_wait_s);
}

static bool
is_call(const char *method, const char *path, size_t path_n, const char *want_method,
	const char *want)
{
	return !strcmp(method, want_method) && path_n == strlen(want) &&
		!strncmp(path, want, path_n);
}

/* /v1/desks/{d}/... */
static void
route_desk(struct ym_central *c, const struct ym_central_request *req,
	const struct ym_central_desk *desk, struct ym_central_answer *a, int *ret_wait_s)
{
	const char *d = req->path + strlen(PREFIX_DESKS), *rest = d + strcspn(d, "/?");
	size_t n = strcspn(rest, "?");

	if ((size_t)(rest - d) != strlen(desk->desk) || strncmp(d, desk->desk, (size_t)(rest - d)))
		ym_central_refuse(a, 403, "REFUSED", "another desk's affairs");
	else if (is_call(req->method, rest, n, "GET", "/head"))
		ym_central_head_answer(c, desk, a);
	else if (is_call(req->method, rest, n, "POST", "/events"))
		ym_central_ingest(c, desk, req, a);
	else if (is_call(req->method, rest, n, "GET", "/feed"))
		feed(c, desk, req->path, a, ret_wait_s);
	else
		ym_central_refuse(a, 404, "NOTFOUND", "no such call");
}

static bool
is_public(const char *path)
{
	return !strcmp(path, "/v1/central") || !strcmp(path, "/v1/enrol") ||
		!strncmp(path, PREFIX_PACKS, strlen(PREFIX_PACKS));
}

void
ym_central_route(struct ym_central *c, const struct ym_central_request *req,
	const struct ym_central_desk *desk, struct ym_central_reply *reply,
	struct ym_central_answer *a, int *ret_wait_s)
{
	size_t n = strcspn(req->path, "?");

	if (is_call(req->method, req->path, n, "GET", "/v1/central")) {
		a->status = 200;
		a->data = json_pack("{s:s}", "central", c->public_hex);
	} else if (is_call(req->method, req->path, n, "POST", "/v1/enrol")) {
		ym_central_enrol(c, req, a);
	} else if (!strncmp(req->path, PREFIX_PACKS, strlen(PREFIX_PACKS)) &&
		!strcmp(req->method, "GET")) {
		ym_central_pack(c, req->path + strlen(PREFIX_PACKS), req, reply, a);
	} else if (!desk) {
		ym_central_refuse(a, 404, "NOTFOUND", "no such call");
	} else if (!strncmp(req->path, PREFIX_DESKS, strlen(PREFIX_DESKS))) {
		route_desk(c, req, desk, a, ret_wait_s);
	} else if (!strncmp(req->path, PREFIX_BLOBS, strlen(PREFIX_BLOBS))) {
		ym_central_blob(c, req->path + strlen(PREFIX_BLOBS), req, reply, a);
	} else {
		ym_central_refuse(a, 404, "NOTFOUND", "no such call");
	}
}

/* -- authority -- */

static const char *
header(const struct ym_central_request *req, const char *name)
{
	const char *value = req->header ? req->header(req->user, name) : NULL;

	return value ? value : "";
}

/* False: *a says why. */
static bool
authorise(struct ym_central *c, const struct ym_central_request *req, struct ym_central_desk *ret,
	struct ym_central_answer *a)
{
	const char *sig = header(req, "Yimen-Sig"), *at = header(req, "Yimen-Time");
	YM_BUF text = { .max = 8192 };
	YM_SM2 *key = NULL;
	int64_t time_ms;
	enum ym_code code;

	ym_central_refuse(a, 403, "REFUSED", "not the signature of an enrolled desk");
	if (!ym_central_number(at, strlen(at), &time_ms))
		return false;
	code = ym_central_desk(c, header(req, "Yimen-Desk"), ret, NULL);
	if (code && code != YM_NOTFOUND)
		ym_central_trouble(a);
	if (code || ym_sm2_from_public_hex(ret->public_hex, &key, NULL))
		return false;
	ym_wire_request_text(&text, req->method, req->path, time_ms, req->body, req->body_n);
	if (text.overflow || !ym_wire_verify_hex(key, text.data, text.len, sig))
		return false;
	*a = (struct ym_central_answer){ 0 };
	return true;
}

/* -- answers -- */

static void
finish(struct ym_central *c, const struct ym_central_request *req,
	const struct ym_central_answer *a, struct ym_central_reply *ret)
{
	ret->status = a->status;
	if (!a->is_raw) {
		ret->is_json = true;
		ym_buf_clear(&ret->body);
		ym_wire_make_answer(c->key, req->method, req->path, a->status, ym_clock_wall(),
			a->code, a->message, a->data, &ret->body);
		if (a->status == 503)
			ym_central_reply_header(ret, "Retry-After: %d", RETRY_AFTER_S);
		ret->length = (int64_t)ret->body.len;
	}
	json_decref(a->data);
}

void
ym_central_handle(struct ym_central *c, const struct ym_central_request *req,
	struct ym_central_reply *ret, int *ret_wait_s)
{
	struct ym_central_answer a = { 0 };
	struct ym_central_desk desk;
	bool is_signed = !is_public(req->path);
	int wait_s = 0;

	*ret = (struct ym_central_reply){ .body.max = YM_CENTRAL_BLOB_MAX + (1u << 20) };
	if (ym_central_need_key(c, NULL)) {
		fprintf(stderr, "yimen: a central without its key cannot answer\n");
		abort();
	}
	if (req->body_n > YM_CENTRAL_BODY_MAX)
		ym_central_refuse(&a, 413, "TOO_LARGE", "a request holds at most 4 MiB");
	else if (!is_signed || authorise(c, req, &desk, &a))
		ym_central_route(
			c, req, is_signed ? &desk : NULL, ret, &a, ret_wait_s ? &wait_s : NULL);
	if (wait_s > 0) {
		int64_t after = 0;

		query_number(req->path, "after", 0, &after);
		ym_strlcpy(ret->wait_desk, desk.desk, sizeof ret->wait_desk);
		ret->wait_after = after;
	}
	if (!strcmp(req->method, "POST") || !strcmp(req->method, "PUT"))
		c->written = true;
	finish(c, req, &a, ret);
	if (ret_wait_s)
		*ret_wait_s = wait_s;
}

void
ym_central_busy(
	struct ym_central *c, const struct ym_central_request *req, struct ym_central_reply *ret)
{
	struct ym_central_answer a = { 0 };

	*ret = (struct ym_central_reply){ 0 };
	ym_central_trouble(&a);
	finish(c, req, &a, ret);
}

void
ym_central_reply_release(struct ym_central_reply *r)
{
	ym_buf_release(&r->body);
}
