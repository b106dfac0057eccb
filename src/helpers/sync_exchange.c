/* SPDX-License-Identifier: MulanPSL-2.0 */
/* See sync_exchange.h. Invariant: an address that may not be used is not tried. */
#include "sync_exchange.h"

#include "base/file.h"
#include "base/json.h"
#include "sync_http.h"

#define EXCHANGE_MAX (64u << 20)
#define EXCHANGE_TIMEOUT_MS 120000

static char *
take_text(const json_t *obj, const char *key)
{
	const char *s = ym_json_str(obj, key);

	return *s ? ym_strdup(s) : NULL;
}

static enum ym_link
exchange(const json_t *in, const struct sync_http_address *to, struct sync_http_line *line)
{
	const json_t *headers = json_object_get(in, "headers"), *body = json_object_get(in, "body");
	struct ym_http_request req = { .method = ym_json_str_or(in, "method", "GET"), .path = ym_json_str_or(in, "path", "/"),
		.timeout_ms = EXCHANGE_TIMEOUT_MS };

	if (json_is_string(body)) {
		req.body = json_string_value(body);
		req.body_n = json_string_length(body);
		req.headers[req.n_headers++] = "Content-Type: application/json";
	}
	for (size_t i = 0; i < json_array_size(headers) && req.n_headers < (int)YM_ARRAY_LEN(req.headers); i++)
		req.headers[req.n_headers++] = json_is_string(json_array_get(headers, i)) ? json_string_value(json_array_get(headers, i)) : "";
	return sync_http_exchange(line, to, &req);
}

int
sync_exchange_run(void)
{
	static const char *const links[] = { "ok", "none", "certificate", "clock" };
	YM_BUF text = { .max = EXCHANGE_MAX };
	YM_JSON *in = NULL, *out = NULL, *answer = NULL;
	YM_FREE char *written = NULL;
	struct sync_http_address to = { 0 };
	struct sync_http_line *line;
	const struct ym_http_reply *reply;
	enum ym_link link = YM_LINK_NONE;
	struct ym_error err = { 0 };

	if (ym_fd_read_all(STDIN_FILENO, EXCHANGE_MAX, &text, &err) || ym_json_parse(ym_buf_str(&text), text.len, "exchange", &in, &err)) {
		fprintf(stderr, "yimen-sync: %s\n", err.msgid);
		return 2;
	}
	to.url = take_text(in, "url");
	to.socket = take_text(in, "socket");
	to.cafile = take_text(in, "cafile");
	if (!to.url)
		to.url = ym_strdup("http://localhost");
	line = sync_http_line_new(EXCHANGE_MAX);
	reply = sync_http_reply(line);
	if (!sync_http_check_address(&to, ym_streq(ym_json_str(in, "profile"), "practice")))
		link = exchange(in, &to, line);
	/* Not text: nothing of this protocol. */
	answer = link == YM_LINK_OK && !reply->body.overflow ? json_stringn(reply->body.len ? reply->body.data : "", reply->body.len) : NULL;
	out = json_pack("{s:s,s:i,s:o}", "link", links[link], "status", reply->status, "body", answer ? YM_TAKE(answer) : json_string(""));
	written = ym_json_dump(out);
	sync_http_line_free(line);
	sync_http_release_address(&to);
	return ym_fd_write_all(STDOUT_FILENO, written, strlen(written), NULL) ? 1 : 0;
}
