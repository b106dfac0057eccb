/* SPDX-License-Identifier: MulanPSL-2.0 */
/* See peer.h. Every rule here has its sentence in man/yimen-sync.7.scd. */
#include "peer.h"

#include <inttypes.h>

#include "base/clock.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

void
peer_init(struct peer *p, struct ym_sm2 *key, const struct ym_sm2 *desk_key, const char *d)
{
	memset(p, 0, sizeof *p);
	p->key = key;
	p->desk_key = desk_key;
	ym_strlcpy(p->d, d, sizeof p->d);
	ym_strlcpy(p->hashes[0], ZEROS, sizeof p->hashes[0]);
}

void
peer_release(struct peer *p)
{
	for (int i = 0; i < p->n_blobs; i++)
		ym_buf_release(&p->blobs[i].bytes);
}

void
peer_add_feed(struct peer *p, const char *kind)
{
	if (p->n_feed == PEER_FEED)
		abort();
	ym_strlcpy(p->feed_kinds[p->n_feed++], kind, sizeof p->feed_kinds[0]);
}

static const char *
find_header(const struct ym_http_request *req, const char *name)
{
	size_t n = strlen(name);

	for (int i = 0; i < req->n_headers; i++) {
		if (!strncmp(req->headers[i], name, n) && !strncmp(req->headers[i] + n, ": ", 2))
			return req->headers[i] + n + 2;
	}
	return "";
}

static void
answer(struct peer *p, const struct ym_http_request *req, struct ym_http_reply *ret, int status, const char *code, const json_t *data)
{
	ret->status = status;
	ym_wire_make_answer(p->key, req->method, req->path, status, ym_clock_wall() + p->clock_ahead_ms, code, code, data, &ret->body);
}

static json_t *
head_of(struct peer *p)
{
	return json_pack("{s:i,s:s,s:{s:I,s:I},s:i}", "seq", p->n_events, "hash", p->hashes[p->n_events], "tally", "events",
		(json_int_t)(p->n_events + p->tally_off), "quarantined", (json_int_t)p->quarantined, "feed", p->n_feed);
}

static bool
is_signed(struct peer *p, const struct ym_http_request *req)
{
	YM_BUF text = { 0 };

	if (!ym_streq(find_header(req, "Yimen-Desk"), p->d))
		return false;
	ym_wire_request_text(&text, req->method, req->path, strtoll(find_header(req, "Yimen-Time"), NULL, 10), req->body, req->body_n);
	return ym_wire_verify_hex(p->desk_key, text.data, text.len, find_header(req, "Yimen-Sig"));
}

/* -- events -- */

/* Returns a code, NULL when it may be stored; new hashes go behind the held ones, n_events is not moved yet. */
static const char *
check_events(struct peer *p, const json_t *batch, int *ret_new)
{
	const json_t *events = json_object_get(batch, "events");
	int64_t first = ym_json_int(batch, "first", 0), last = ym_json_int(batch, "last", 0);
	size_t n = json_array_size(events);
	YM_BUF text = { 0 };
	int seq = (int)first;

	if (n == 0 || first < 1 || last - first + 1 != (int64_t)n)
		return "INVALID";
	if (n > (size_t)(p->most ? p->most : 200))
		return "TOO_LARGE";
	ym_wire_batch_text(&text, p->d, first, last, ym_json_str(batch, "head"));
	if (!ym_wire_verify_hex(p->desk_key, text.data, text.len, ym_json_str(batch, "sig")))
		return "REFUSED";
	if (first > p->n_events + 1)
		return "GAP";
	for (size_t i = 0; i < n; i++, seq++) {
		const json_t *e = json_array_get(events, i);
		const char *h = ym_json_str(e, "header"), *b = ym_json_str(e, "body");
		YM_BUF header = { 0 }, body = { 0 };
		uint8_t previous[YM_SM3_LEN];
		struct ym_event ev = { 0 };
		struct ym_sm3 *sm3 = ym_sm3_new();
		char hex[65];

		if (!ym_unbase64(&header, h, strlen(h)) || !ym_unbase64(&body, b, strlen(b)) ||
				!ym_unhex(previous, sizeof previous, p->hashes[seq - 1]))
			abort();
		ym_sm3_add(sm3, previous, sizeof previous);
		ym_sm3_add(sm3, header.data, header.len);
		ym_sm3_end(sm3, ev.hash);
		ym_sm3_free(sm3);
		ym_hex(hex, ev.hash, sizeof ev.hash);
		if (seq <= p->n_events) {
			if (!ym_streq(hex, p->hashes[seq]))
				return "FORK";
			p->n_repeated++;
			continue;
		}
		ev.header = (const uint8_t *)header.data;
		ev.header_n = header.len;
		ev.body = body.len ? (const uint8_t *)body.data : NULL;
		ev.body_n = body.len;
		if (ym_json_bool(e, "erased", false) ? ym_event_verify_erased(&ev, previous, NULL) : ym_event_verify(&ev, previous, NULL))
			return "INVALID";
		ym_strlcpy(p->hashes[seq], hex, sizeof hex);
	}
	if (!ym_streq(ym_json_str(batch, "head"), p->hashes[last]))
		return "GAP";
	*ret_new = last > p->n_events ? (int)(last - p->n_events) : 0;
	return NULL;
}

static void
take_events(struct peer *p, const struct ym_http_request *req, struct ym_http_reply *ret)
{
	YM_JSON *batch = NULL, *head = NULL;
	const char *code = "INVALID";
	int n_new = 0;

	p->n_batches++;
	if (ym_json_parse(req->body, req->body_n, "batch", &batch, NULL) == YM_OK)
		code = req->body_n > (4u << 20) ? "TOO_LARGE" : check_events(p, batch, &n_new);
	p->n_events += n_new;
	p->n_stored += n_new;
	head = head_of(p);
	if (!code)
		answer(p, req, ret, 200, NULL, head);
	else
		answer(p, req, ret, ym_streq(code, "GAP") || ym_streq(code, "FORK") ? 409 : ym_streq(code, "TOO_LARGE") ? 413 : 422, code, head);
}

/* -- blobs -- */

static void
take_blob(struct peer *p, const struct ym_http_request *req, struct ym_http_reply *ret)
{
	const char *sm3 = req->path + strlen("/v1/blobs/"), *range = find_header(req, "Content-Range");
	long long a = -1, b = -1, total = -1;
	struct peer_blob *blob = NULL;
	YM_JSON *data = NULL;

	for (int i = 0; i < p->n_blobs; i++) {
		if (ym_streq(p->blobs[i].sm3, sm3))
			blob = &p->blobs[i];
	}
	if (!blob) {
		blob = &p->blobs[p->n_blobs++];
		ym_strlcpy(blob->sm3, sm3, sizeof blob->sm3);
	}
	if (sscanf(range, "bytes %lld-%lld/%lld", &a, &b, &total) != 3 && sscanf(range, "bytes */%lld", &total) != 1)
		abort();
	if (a >= 0 && b - a + 1 != (long long)req->body_n)
		abort();
	if (p->refuse_blob && ym_streq(p->refuse_blob, sm3)) {
		answer(p, req, ret, 422, "INVALID", NULL);
		return;
	}
	bool fits = a < 0 || (!blob->whole && (size_t)a == blob->bytes.len);
	if (a >= 0 && fits) {
		uint8_t digest[YM_SM3_LEN];
		char hex[65];

		p->blob_bytes += (int64_t)req->body_n;
		ym_buf_add(&blob->bytes, req->body, req->body_n);
		ym_sm3(blob->bytes.data, blob->bytes.len, digest);
		ym_hex(hex, digest, sizeof digest);
		blob->whole = (long long)blob->bytes.len == total && ym_streq(hex, sm3);
	}
	data = json_pack("{s:I,s:b}", "have", (json_int_t)blob->bytes.len, "whole", blob->whole);
	if (fits)
		answer(p, req, ret, 200, NULL, data);
	else
		answer(p, req, ret, 409, "GAP", data);
}

/* -- feed -- */

static void
give_feed(struct peer *p, const struct ym_http_request *req, struct ym_http_reply *ret)
{
	int after = atoi(strstr(req->path, "after=") + 6);
	YM_JSON *entries = json_array(), *data = NULL;

	for (int i = after; i < p->n_feed && json_array_size(entries) < 100; i++) {
		YM_BUF sealed = { 0 };
		char text[32];

		if (i + 1 == p->feed_skip)
			continue;
		/* The far end of these tests has no need to seal: the sync process opens nothing. */
		snprintf(text, sizeof text, "entry %d", i + 1);
		ym_base64(&sealed, text, strlen(text));
		json_array_append_new(entries, json_pack("{s:i,s:s,s:s}", "number", i + 1, "kind", p->feed_kinds[i], "sealed", ym_buf_str(&sealed)));
	}
	data = json_pack("{s:O,s:i}", "entries", entries, "last", p->n_feed);
	answer(p, req, ret, 200, NULL, data);
}

void
peer_handle(struct peer *p, const struct ym_http_request *req, struct ym_http_reply *ret)
{
	YM_FREE char *head = ym_asprintf("/v1/desks/%s/head", p->d), *events = ym_asprintf("/v1/desks/%s/events", p->d);
	YM_FREE char *feed = ym_asprintf("/v1/desks/%s/feed?", p->d);
	YM_JSON *data = NULL;

	ym_buf_clear(&ret->body);
	ret->retry_after[0] = 0;
	p->n_requests++;
	if (p->say) {
		if (p->retry_after)
			ym_strlcpy(ret->retry_after, p->retry_after, sizeof ret->retry_after);
		data = head_of(p);
		answer(p, req, ret, p->say_status, p->say, data);
	} else if (!strncmp(req->path, "/v1/packs/", 10) && ym_streq(req->method, "GET")) {
		if (p->pack && ym_streq(req->path + 10, p->pack_version)) {
			ret->status = 200;
			ym_buf_adds(&ret->body, p->pack);
		} else {
			answer(p, req, ret, 404, "NOTFOUND", NULL);
		}
	} else if (!is_signed(p, req)) {
		p->n_bad_signatures++;
		answer(p, req, ret, 403, "REFUSED", NULL);
	} else if (ym_streq(req->path, head) && ym_streq(req->method, "GET")) {
		data = head_of(p);
		answer(p, req, ret, 200, NULL, data);
	} else if (ym_streq(req->path, events) && ym_streq(req->method, "POST")) {
		take_events(p, req, ret);
	} else if (!strncmp(req->path, feed, strlen(feed)) && ym_streq(req->method, "GET")) {
		give_feed(p, req, ret);
	} else if (!strncmp(req->path, "/v1/blobs/", 10) && ym_streq(req->method, "PUT")) {
		take_blob(p, req, ret);
	} else {
		answer(p, req, ret, 404, "NOTFOUND", NULL);
	}
}
