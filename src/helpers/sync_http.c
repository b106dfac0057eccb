/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See sync_http.h. The only file that knows curl. Not a cache, not a cookie, no proxy of the environment.
 * Invariant: nothing is sent to an address that sync_http_check_address did not pass; that is the callers' to ask.
 */
#include "sync_http.h"

#include <curl/curl.h>
#include <strings.h>

#include "base/diag.h"

#define CONNECT_MS 10000
/* X509_V_ERR_CERT_NOT_YET_VALID of openssl/x509_vfy.h; only crypt includes OpenSSL. */
#define CERT_NOT_YET_VALID 9

struct sync_http_line {
	CURL *easy;
	struct curl_slist *headers;
	struct ym_http_reply reply;
	bool is_head_whole;
};

void
sync_http_init(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

void
sync_http_end(void)
{
	curl_global_cleanup();
}

/* -- addresses -- */

void
sync_http_release_address(struct sync_http_address *a)
{
	free(a->url);
	free(a->socket);
	free(a->cafile);
}

static bool
is_loopback(const char *host)
{
	return !strcasecmp(host, "localhost") || !strncmp(host, "127.", 4) || ym_streq(host, "[::1]");
}

const char *
sync_http_check_address(const struct sync_http_address *a, bool practice)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL;
	const char *fault = NULL;

	if (curl_url_set(u, CURLUPART_URL, a->url, 0) || curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) ||
			curl_url_get(u, CURLUPART_HOST, &host, 0))
		fault = N_("The central's address is not well formed");
	else if (a->socket || is_loopback(host))
		fault = strcasecmp(scheme, "https") && strcasecmp(scheme, "http") ? N_("The central's address is not well formed") : NULL;
	else if (practice)
		fault = N_("Practice reaches no address outside this computer");
	else if (strcasecmp(scheme, "https"))
		fault = N_("The central's address must begin with https");
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(u);
	return fault;
}

/* -- an answer -- */

static size_t
take_body(char *data, size_t size, size_t n, void *user)
{
	struct sync_http_line *line = user;

	ym_buf_add(&line->reply.body, data, size * n);
	return line->reply.body.overflow ? 0 : size * n;
}

static void
take_header_value(const char *text, size_t n, const char *name, char *dst, size_t size)
{
	size_t name_n = strlen(name);

	if (n <= name_n || strncasecmp(text, name, name_n))
		return;
	for (text += name_n, n -= name_n; n && (*text == ' ' || *text == '\t'); text++)
		n--;
	while (n && (text[n - 1] == '\r' || text[n - 1] == '\n' || text[n - 1] == ' '))
		n--;
	if (n < size) {
		memcpy(dst, text, n);
		dst[n] = 0;
	}
}

/* Called for each line of the head; the empty one ends it. To curl a head that was cut short is an answer without a body. */
static size_t
take_header(char *data, size_t size, size_t n, void *user)
{
	struct sync_http_line *line = user;
	struct ym_http_reply *reply = &line->reply;

	n *= size;
	line->is_head_whole = (n == 2 && !memcmp(data, "\r\n", 2)) || (n == 1 && *data == '\n');
	take_header_value(data, n, "Retry-After:", reply->retry_after, sizeof reply->retry_after);
	take_header_value(data, n, "ETag:", reply->etag, sizeof reply->etag);
	take_header_value(data, n, "Yimen-Have:", reply->have, sizeof reply->have);
	return n;
}

static enum ym_link
finish(struct sync_http_line *line, CURLcode rc)
{
	long status = 0, verify = 0;

	curl_easy_getinfo(line->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(line->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
	line->reply.status = (int)status;
	if (rc != CURLE_OK || !line->is_head_whole)
		ym_diag(YM_DIAG_INFO, "sync", "curl %d, verify %ld", (int)rc, verify);
	switch (rc) {
	case CURLE_OK:
		return line->is_head_whole ? YM_LINK_OK : YM_LINK_NONE;
	case CURLE_PEER_FAILED_VERIFICATION:
		return verify == CERT_NOT_YET_VALID ? YM_LINK_CLOCK : YM_LINK_CERTIFICATE;
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return YM_LINK_CERTIFICATE;
	case CURLE_WRITE_ERROR:
		/* Too long to be the central's: what came is judged, and refused. */
		return line->reply.body.overflow ? YM_LINK_OK : YM_LINK_NONE;
	default:
		return YM_LINK_NONE;
	}
}

/* -- a request -- */

static void
set_address(CURL *easy, const struct sync_http_address *to, const char *path)
{
	size_t n = strlen(to->url);
	YM_FREE char *url = NULL;

	while (n && to->url[n - 1] == '/')
		n--;
	url = ym_asprintf("%.*s%s", (int)n, to->url, path);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	if (to->socket)
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, to->socket);
	if (to->cafile) {
		/* The configured authority, and no other. */
		curl_easy_setopt(easy, CURLOPT_CAINFO, to->cafile);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
}

static void
set_method(CURL *easy, const struct ym_http_request *req)
{
	if (ym_streq(req->method, "HEAD")) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
		return;
	}
	if (ym_streq(req->method, "GET") && !req->body_n) {
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
		return;
	}
	curl_easy_setopt(easy, CURLOPT_POST, 1L);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body_n);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, req->body_n ? req->body : "");
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, req->method);
}

/* reset keeps the connection. */
static void
prepare(struct sync_http_line *line, const struct sync_http_address *to, const struct ym_http_request *req)
{
	CURL *easy = line->easy;

	curl_easy_reset(easy);
	curl_slist_free_all(line->headers);
	line->headers = curl_slist_append(NULL, "Expect:");
	for (int i = 0; i < req->n_headers; i++)
		line->headers = curl_slist_append(line->headers, req->headers[i]);
	ym_buf_clear(&line->reply.body);
	line->reply.retry_after[0] = line->reply.etag[0] = line->reply.have[0] = 0;
	line->is_head_whole = false;
	set_address(easy, to, req->path);
	set_method(easy, req);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, line);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, line->headers);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "yimen-sync/" YM_VERSION);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	/* The environment's proxies are not ours to trust. */
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, req->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, line);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, line);
}

/* -- a line -- */

struct sync_http_line *
sync_http_line_new(size_t max_body)
{
	struct sync_http_line *line = ym_alloc(sizeof *line);

	line->easy = curl_easy_init();
	ym_buf_init(&line->reply.body, max_body);
	return line;
}

void
sync_http_line_free(struct sync_http_line *line)
{
	if (!line)
		return;
	curl_easy_cleanup(line->easy);
	curl_slist_free_all(line->headers);
	ym_buf_release(&line->reply.body);
	free(line);
}

const struct ym_http_reply *
sync_http_reply(const struct sync_http_line *line)
{
	return &line->reply;
}

void
sync_http_forget(struct sync_http_line *line)
{
	size_t max = line->reply.body.max;

	ym_buf_release(&line->reply.body);
	ym_buf_init(&line->reply.body, max);
}

enum ym_link
sync_http_exchange(struct sync_http_line *line, const struct sync_http_address *to, const struct ym_http_request *req)
{
	prepare(line, to, req);
	return finish(line, curl_easy_perform(line->easy));
}

/* -- several at once -- */

struct sync_http_loop *
sync_http_loop_new(void)
{
	return (struct sync_http_loop *)curl_multi_init();
}

void
sync_http_loop_free(struct sync_http_loop *loop)
{
	curl_multi_cleanup((CURLM *)loop);
}

void
sync_http_start(struct sync_http_loop *loop, struct sync_http_line *line, const struct sync_http_address *to,
	const struct ym_http_request *req)
{
	prepare(line, to, req);
	curl_multi_add_handle((CURLM *)loop, line->easy);
}

void
sync_http_give_up(struct sync_http_loop *loop, struct sync_http_line *line)
{
	curl_multi_remove_handle((CURLM *)loop, line->easy);
}

void
sync_http_perform(struct sync_http_loop *loop)
{
	int running;

	curl_multi_perform((CURLM *)loop, &running);
}

struct sync_http_line *
sync_http_next(struct sync_http_loop *loop, enum ym_link *ret)
{
	struct sync_http_line *line = NULL;
	int left;
	CURLMsg *m = curl_multi_info_read((CURLM *)loop, &left);
	CURLcode rc;

	if (!m)
		return NULL;
	rc = m->data.result;
	curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&line);
	curl_multi_remove_handle((CURLM *)loop, line->easy);
	*ret = finish(line, rc);
	return line;
}

bool
sync_http_wait(struct sync_http_loop *loop, int fd, int ms)
{
	struct curl_waitfd in = { .fd = fd, .events = CURL_WAIT_POLLIN };

	curl_multi_poll((CURLM *)loop, &in, 1, ms, NULL);
	return in.revents != 0;
}
