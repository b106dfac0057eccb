/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * yimen-sync: the program that touches the network for a desk (yimen-sync(7)), in a process of its own. The only file with curl.
 * Not the protocol: what is sent and what an answer means is src/sync. The desk's key stays with the workstation, which signs:
 *
 *	yimen-sync --dir DIR          push and long poll at once until standard input ends
 *	yimen-sync --dir DIR --once   until nothing is left or something fails; exit status 0 when nothing is left
 *	yimen-sync --exchange         one exchange as JSON from standard input to standard output (enrolment)
 *
 * Out: "SIGN <hex>", "STATE", "FEED". In: "SIG <hex>" or "NO", "EVENTS", "NOW".
 * Invariant: a push never waits for the feed, and nothing is sent to an address that the desk's profile does not allow.
 */
#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <strings.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/file.h"
#include "sync/sync.h"

#define POLL_WAIT_S 50
#define IDLE_MS 60000           /* look for events even when nobody said so */
#define HASTY_MS 1000           /* an empty feed sooner than this: the far end does not hold long polls */
#define HASTY_PAUSE_MS 5000
#define SIGN_WAIT_MS 10000
#define CONNECT_MS 10000
#define LINE_MAX_BYTES 4096
#define EXCHANGE_MAX (64u << 20)
#define EXCHANGE_TIMEOUT_MS 120000
/* X509_V_ERR_CERT_NOT_YET_VALID of openssl/x509_vfy.h; only crypt includes OpenSSL. */
#define CERT_NOT_YET_VALID 9

struct address { char *url, *socket, *cafile; };
struct lane {
	CURL *easy;
	struct curl_slist *headers;
	struct ym_http_reply reply;
	bool running;
	int64_t due_ms, began_ms;
};
struct program {
	struct address to;
	struct ym_sync *sync;
	struct ym_sync_state told;
	CURLM *multi;
	struct lane lanes[2];
	struct ym_buf in;
	bool leave, events, now;
	/* answers to SIGN that came too late and are still to come */
	int late;
	bool has_sig;
	char sig[161];
};

/* -- addresses -- */

static void
release_address(struct address *a)
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

/* NULL when the address may be used: http and practice stay on this machine. */
static const char *
check_address(const struct address *a, bool practice)
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

/* -- one exchange -- */

static size_t
take_body(char *data, size_t size, size_t n, void *user)
{
	struct ym_http_reply *reply = user;

	ym_buf_add(&reply->body, data, size * n);
	return reply->body.overflow ? 0 : size * n;
}

static void
take_header_value(const char *line, size_t n, const char *name, char *dst, size_t size)
{
	size_t name_n = strlen(name);

	if (n <= name_n || strncasecmp(line, name, name_n))
		return;
	for (line += name_n, n -= name_n; n && (*line == ' ' || *line == '\t'); line++)
		n--;
	while (n && (line[n - 1] == '\r' || line[n - 1] == '\n' || line[n - 1] == ' '))
		n--;
	if (n < size) {
		memcpy(dst, line, n);
		dst[n] = 0;
	}
}

static size_t
take_header(char *data, size_t size, size_t n, void *user)
{
	struct ym_http_reply *reply = user;

	take_header_value(data, size * n, "Retry-After:", reply->retry_after, sizeof reply->retry_after);
	take_header_value(data, size * n, "ETag:", reply->etag, sizeof reply->etag);
	take_header_value(data, size * n, "Yimen-Have:", reply->have, sizeof reply->have);
	return size * n;
}

static void
set_address(CURL *easy, const struct address *to, const char *path)
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
prepare(struct lane *lane, const struct address *to, const struct ym_http_request *req)
{
	CURL *easy = lane->easy;

	curl_easy_reset(easy);
	curl_slist_free_all(lane->headers);
	lane->headers = curl_slist_append(NULL, "Expect:");
	for (int i = 0; i < req->n_headers; i++)
		lane->headers = curl_slist_append(lane->headers, req->headers[i]);
	ym_buf_clear(&lane->reply.body);
	lane->reply.retry_after[0] = lane->reply.etag[0] = lane->reply.have[0] = 0;
	set_address(easy, to, req->path);
	set_method(easy, req);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lane->headers);
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
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, &lane->reply);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, &lane->reply);
}

static enum ym_link
finish(struct lane *lane, CURLcode rc)
{
	long status = 0, verify = 0;

	curl_easy_getinfo(lane->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(lane->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
	lane->reply.status = (int)status;
	if (rc != CURLE_OK)
		ym_diag(YM_DIAG_INFO, "sync", "curl %d, verify %ld", (int)rc, verify);
	switch (rc) {
	case CURLE_OK:
		return YM_LINK_OK;
	case CURLE_PEER_FAILED_VERIFICATION:
		return verify == CERT_NOT_YET_VALID ? YM_LINK_CLOCK : YM_LINK_CERTIFICATE;
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return YM_LINK_CERTIFICATE;
	case CURLE_WRITE_ERROR:
		/* Too long to be the central's: what came is judged, and refused. */
		return lane->reply.body.overflow ? YM_LINK_OK : YM_LINK_NONE;
	default:
		return YM_LINK_NONE;
	}
}

static void
release_lane(struct lane *lane)
{
	curl_easy_cleanup(lane->easy);
	curl_slist_free_all(lane->headers);
	ym_buf_release(&lane->reply.body);
}

/* -- the workstation's pipe -- */

static void
tell(struct program *p, const char *line)
{
	if (ym_fd_write_all(STDOUT_FILENO, line, strlen(line), NULL))
		p->leave = true;
}

static void
take_line(struct program *p, const char *line)
{
	bool is_answer = !strncmp(line, "SIG ", 4) || ym_streq(line, "NO");

	if (is_answer && p->late > 0)
		p->late--;
	else if (is_answer) {
		p->has_sig = true;
		ym_strlcpy(p->sig, line[0] == 'S' ? line + 4 : "", sizeof p->sig);
	} else if (ym_streq(line, "EVENTS"))
		p->events = true;
	else if (ym_streq(line, "NOW"))
		p->now = true;
}

/* Only when something is there. */
static void
read_lines(struct program *p)
{
	char text[1024], *newline;
	ssize_t n = read(STDIN_FILENO, text, sizeof text);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		p->leave = true;
		return;
	}
	ym_buf_add(&p->in, text, (size_t)n);
	while (p->in.len && (newline = memchr(p->in.data, '\n', p->in.len))) {
		*newline = 0;
		take_line(p, p->in.data);
		ym_buf_drop(&p->in, (size_t)(newline - p->in.data) + 1);
	}
	if (p->in.overflow || p->in.len > LINE_MAX_BYTES)
		p->leave = true;
}

static bool
sign(void *user, const void *msg, size_t n, char ret_sig_hex[161])
{
	struct program *p = user;
	YM_FREE char *hex = ym_alloc(2 * n + 1), *line = NULL;
	int64_t until = ym_clock_mono() + SIGN_WAIT_MS;

	ym_hex(hex, msg, n);
	line = ym_asprintf("SIGN %s\n", hex);
	p->has_sig = false;
	tell(p, line);
	while (!p->has_sig && !p->leave) {
		struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
		int64_t left = until - ym_clock_mono();

		if (left <= 0)
			break;
		if (poll(&fd, 1, (int)left) > 0)
			read_lines(p);
	}
	if (!p->has_sig)
		p->late++;
	if (!p->has_sig || !p->sig[0])
		return false;
	memcpy(ret_sig_hex, p->sig, sizeof p->sig);
	return true;
}

static void
tell_state(struct program *p)
{
	const struct ym_sync_state *st = ym_sync_now(p->sync);

	if (!memcmp(st, &p->told, sizeof *st))
		return;
	memcpy(&p->told, st, sizeof *st);
	tell(p, "STATE\n");
}

/* -- the loop: a push and a long poll at once -- */

static bool
is_unlinked(enum ym_outcome o)
{
	return o >= YM_SYNC_FAILED_LINK && o <= YM_SYNC_FAILED_CLOCK;
}

static void
plan(struct program *p, int i, enum ym_outcome o, bool idle)
{
	struct lane *lane = &p->lanes[i];
	int64_t now = ym_clock_mono();

	lane->due_ms = now;
	if (ym_outcome_is_failure(o))
		lane->due_ms += ym_sync_retry_ms(p->sync, i);
	else if (i == YM_LANE_PUSH && idle)
		lane->due_ms += IDLE_MS;
	else if (i == YM_LANE_PULL && o == YM_SYNC_DONE && now - lane->began_ms < HASTY_MS)
		lane->due_ms += HASTY_PAUSE_MS;
	/* The link is there: the other lane need not wait for its backoff. */
	if (!ym_outcome_is_failure(o) && !idle && is_unlinked(ym_sync_lane_outcome(p->sync, !i)))
		p->lanes[!i].due_ms = now;
}

static void
start(struct program *p, int i)
{
	struct lane *lane = &p->lanes[i];
	const struct ym_http_request *req = NULL;
	enum ym_outcome o = ym_sync_begin(p->sync, i, POLL_WAIT_S, &req);

	lane->began_ms = ym_clock_mono();
	if (!req) {
		plan(p, i, o, true);
		tell_state(p);
		return;
	}
	prepare(lane, &p->to, req);
	curl_multi_add_handle(p->multi, lane->easy);
	lane->running = true;
}

static void
take_answers(struct program *p)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(p->multi, &left))) {
		int i = m->easy_handle == p->lanes[YM_LANE_PULL].easy ? YM_LANE_PULL : YM_LANE_PUSH;
		struct lane *lane = &p->lanes[i];
		int64_t pulled = ym_sync_now(p->sync)->feed_pulled;
		CURLcode rc = m->data.result;
		enum ym_outcome o;

		curl_multi_remove_handle(p->multi, lane->easy);
		lane->running = false;
		o = ym_sync_end(p->sync, i, finish(lane, rc), &lane->reply);
		plan(p, i, o, false);
		if (ym_sync_now(p->sync)->feed_pulled > pulled)
			tell(p, "FEED\n");
		tell_state(p);
	}
}

static void
heed_wishes(struct program *p)
{
	/* In a backoff the events wait with the others; they are sent together. Whether somebody is signed in costs nothing to ask. */
	for (int i = 0; i < 2 && p->events; i++) {
		enum ym_outcome o = ym_sync_lane_outcome(p->sync, i);

		if (o == YM_SYNC_FAILED_LOCAL || (i == YM_LANE_PUSH && !ym_outcome_is_failure(o)))
			p->lanes[i].due_ms = 0;
	}
	if (p->now) {
		ym_sync_try_again(p->sync);
		p->lanes[YM_LANE_PUSH].due_ms = p->lanes[YM_LANE_PULL].due_ms = 0;
	}
	p->events = p->now = false;
}

static int
time_left(const struct program *p)
{
	int64_t now = ym_clock_mono(), left = IDLE_MS;

	for (int i = 0; i < 2; i++) {
		if (!p->lanes[i].running && p->lanes[i].due_ms - now < left)
			left = p->lanes[i].due_ms - now;
	}
	return left < 0 ? 0 : (int)left;
}

static void
run_loop(struct program *p)
{
	p->multi = curl_multi_init();
	while (!p->leave) {
		struct curl_waitfd in = { .fd = STDIN_FILENO, .events = CURL_WAIT_POLLIN };
		int running;

		heed_wishes(p);
		for (int i = 0; i < 2 && !p->leave; i++) {
			if (!p->lanes[i].running && p->lanes[i].due_ms <= ym_clock_mono())
				start(p, i);
		}
		curl_multi_perform(p->multi, &running);
		take_answers(p);
		if (p->leave || p->events || p->now)
			continue;
		curl_multi_poll(p->multi, &in, 1, time_left(p), NULL);
		if (in.revents)
			read_lines(p);
	}
	for (int i = 0; i < 2; i++) {
		if (p->lanes[i].running)
			curl_multi_remove_handle(p->multi, p->lanes[i].easy);
	}
	curl_multi_cleanup(p->multi);
}

/* -- once -- */

static enum ym_link
exchange_waiting(void *user, const struct ym_http_request *req, struct ym_http_reply *ret)
{
	struct program *p = user;
	struct lane *lane = &p->lanes[0];
	enum ym_link link;

	if (p->leave)
		return YM_LINK_NONE;
	prepare(lane, &p->to, req);
	link = finish(lane, curl_easy_perform(lane->easy));
	ret->status = lane->reply.status;
	memcpy(ret->retry_after, lane->reply.retry_after, sizeof ret->retry_after);
	memcpy(ret->etag, lane->reply.etag, sizeof ret->etag);
	memcpy(ret->have, lane->reply.have, sizeof ret->have);
	ym_buf_add(&ret->body, lane->reply.body.data, lane->reply.body.len);
	ret->body.overflow |= lane->reply.body.overflow;
	return link;
}

static int
run_once(struct program *p)
{
	int64_t pulled = ym_sync_now(p->sync)->feed_pulled;
	enum ym_outcome o = ym_sync_all(p->sync);

	if (ym_sync_now(p->sync)->feed_pulled > pulled)
		tell(p, "FEED\n");
	tell(p, "STATE\n");
	return o == YM_SYNC_DONE ? 0 : 1;
}

/* -- a desk's settings -- */

static char *
read_setting(struct ym_db *db, const char *key)
{
	char *value = ym_setting_get(db, key);

	if (value && !*value) {
		free(value);
		value = NULL;
	}
	return value;
}

static enum ym_code
read_settings(const char *dir, struct address *ret, bool *ret_practice, struct ym_error *err)
{
	struct ym_db *db = NULL;
	struct ym_log *log = NULL;
	enum ym_code code = ym_desk_open(dir, YM_DB_READONLY, &db, err);

	if (!code)
		code = ym_log_open(db, NULL, &log, err);
	if (!code) {
		*ret_practice = !ym_streq(ym_log_identity(log)->profile, "production");
		ret->url = read_setting(db, "central.url");
		ret->socket = read_setting(db, "central.socket");
		ret->cafile = read_setting(db, "central.cafile");
		if (!ret->url)
			ret->url = ym_strdup(ret->socket ? "http://localhost" : "");
	}
	ym_log_close(log);
	ym_db_close(db);
	return code;
}

static int
run_desk(const char *dir, bool once)
{
	struct program p = { .in = { .max = 65536 } };
	struct ym_sync_options opt = { .dir = dir, .transport = exchange_waiting, .sign = sign, .user = &p };
	struct ym_error err = { 0 };
	const char *fault = NULL;
	bool practice = true;
	int status = 1;

	for (int i = 0; i < 2; i++) {
		p.lanes[i].easy = curl_easy_init();
		ym_buf_init(&p.lanes[i].reply.body, YM_SYNC_REPLY_MAX);
	}
	if (read_settings(dir, &p.to, &practice, &err) || ym_sync_open(&opt, &p.sync, &err)) {
		ym_diag_error("sync", &err);
		fprintf(stderr, "yimen-sync: %s: %s\n", err.msgid, err.detail);
	} else if ((fault = check_address(&p.to, practice))) {
		ym_sync_note(p.sync, fault);
		tell(&p, "STATE\n");
		/* Until somebody changes the settings and starts us again. */
		while (!once && !p.leave)
			read_lines(&p);
	} else if (once) {
		status = run_once(&p);
	} else {
		run_loop(&p);
		status = 0;
	}
	ym_sync_close(p.sync);
	release_lane(&p.lanes[0]);
	release_lane(&p.lanes[1]);
	ym_buf_release(&p.in);
	release_address(&p.to);
	return status;
}

/* -- one exchange for enrolment -- */

static char *
take_text(const json_t *obj, const char *key)
{
	const char *s = ym_json_str(obj, key);

	return *s ? ym_strdup(s) : NULL;
}

static enum ym_link
exchange_json(const json_t *in, struct address *to, struct lane *lane)
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
	prepare(lane, to, &req);
	return finish(lane, curl_easy_perform(lane->easy));
}

static int
run_exchange(void)
{
	static const char *const links[] = { "ok", "none", "certificate", "clock" };
	YM_BUF text = { .max = EXCHANGE_MAX };
	YM_JSON *in = NULL, *out = NULL, *answer = NULL;
	YM_FREE char *line = NULL;
	struct address to = { 0 };
	struct lane lane = { .reply = { .body = { .max = EXCHANGE_MAX } } };
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
	lane.easy = curl_easy_init();
	if (!check_address(&to, ym_streq(ym_json_str(in, "profile"), "practice")))
		link = exchange_json(in, &to, &lane);
	answer = link == YM_LINK_OK && !lane.reply.body.overflow ? json_stringn(ym_buf_str(&lane.reply.body), lane.reply.body.len) : NULL;
	/* Not text: nothing of this protocol. */
	out = json_pack("{s:s,s:i,s:o}", "link", links[link], "status", lane.reply.status, "body", answer ? YM_TAKE(answer) : json_string(""));
	line = ym_json_dump(out);
	release_lane(&lane);
	release_address(&to);
	return ym_fd_write_all(STDOUT_FILENO, line, strlen(line), NULL) ? 1 : 0;
}

static int
print_usage(void)
{
	fputs("usage: yimen-sync --dir DIR [--once] | yimen-sync --exchange\n", stderr);
	return 2;
}

int
main(int argc, char **argv)
{
	int status;

	ym_crypt_harden();
	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (argc == 2 && ym_streq(argv[1], "--exchange"))
		status = run_exchange();
	else if (argc == 3 && ym_streq(argv[1], "--dir"))
		status = run_desk(argv[2], false);
	else if (argc == 4 && ym_streq(argv[1], "--dir") && ym_streq(argv[3], "--once"))
		status = run_desk(argv[2], true);
	else
		status = print_usage();
	curl_global_cleanup();
	return status;
}
