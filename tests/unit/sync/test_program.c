/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The real yimen-sync program against a real socket: this process is the workstation on its pipes and the central behind the socket, in
 * one poll loop. Not the protocol's cases (test_push and others): the loop, the lines, addresses, certificates.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/file.h"
#include "bed.h"

#define CONNECTIONS 8
#define PATIENCE_MS 20000

struct connection { int fd; struct ym_buf in; bool held; };
struct world {
	struct bed *b;
	char socket[80];
	int listener;
	struct connection c[CONNECTIONS];
	pid_t pid;
	int to, from;
	struct ym_buf lines;
	int n_state, n_feed, n_sign;
	bool closed;
	int cut_heads;                  /* this many answers end inside their head */
};

/* -- the central's end -- */

static void
send_reply(struct connection *c, const struct ym_http_reply *reply)
{
	YM_BUF out = { 0 };

	ym_buf_addf(&out, "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s%s%s\r\n", reply->status, reply->body.len,
		reply->retry_after[0] ? "Retry-After: " : "", reply->retry_after, reply->retry_after[0] ? "\r\n" : "");
	ym_buf_add(&out, reply->body.data, reply->body.len);
	if (ym_fd_write_all(c->fd, out.data, out.len, NULL))
		c->in.len = 0;
}

/* Answers a request that is there whole; a long poll without news stays. */
static void
serve(struct world *w, struct connection *c)
{
	struct ym_http_reply reply = { 0 };
	struct ym_http_request req = { 0 };
	char *end = c->in.len ? memmem(c->in.data, c->in.len, "\r\n\r\n", 4) : NULL, *length, *method, *path, *line, *save = NULL;
	YM_FREE char *head = NULL;
	size_t head_n, body_n = 0;

	c->held = false;
	if (!end)
		return;
	head_n = (size_t)(end - c->in.data) + 4;
	head = ym_strndup(c->in.data, head_n);
	length = strcasestr(head, "\r\nContent-Length:");
	if (length)
		body_n = strtoul(length + 17, NULL, 10);
	if (c->in.len < head_n + body_n)
		return;
	method = strtok_r(head, " ", &save);
	path = strtok_r(NULL, " ", &save);
	strtok_r(NULL, "\r\n", &save);
	while ((line = strtok_r(NULL, "\r\n", &save)) && req.n_headers < 12)
		req.headers[req.n_headers++] = line;
	req.method = method;
	req.path = path;
	req.body = body_n ? c->in.data + head_n : NULL;
	req.body_n = body_n;
	if (strstr(path, "&wait=") && !strstr(path, "&wait=0") && atoi(strstr(path, "after=") + 6) >= w->b->peer->n_feed) {
		c->held = true;
		return;
	}
	peer_handle(w->b->peer, &req, &reply);
	if (w->cut_heads > 0) {
		w->cut_heads--;
		(void)!write(c->fd, "HTTP/1.1 200 OK\r\nContent-Ty", 28);
		shutdown(c->fd, SHUT_RDWR);
	} else {
		send_reply(c, &reply);
	}
	ym_buf_release(&reply.body);
	ym_buf_drop(&c->in, head_n + body_n);
}

static void
read_connection(struct connection *c)
{
	char text[65536];
	ssize_t n = read(c->fd, text, sizeof text);

	if (n > 0) {
		ym_buf_add(&c->in, text, (size_t)n);
		return;
	}
	close(c->fd);
	c->fd = -1;
	ym_buf_release(&c->in);
}

static void
accept_connection(struct world *w)
{
	int fd = accept4(w->listener, NULL, NULL, SOCK_CLOEXEC);

	for (int i = 0; i < CONNECTIONS; i++) {
		if (w->c[i].fd < 0) {
			w->c[i] = (struct connection){ .fd = fd };
			return;
		}
	}
	fail_msg("more connections than a desk needs");
}

/* -- the workstation's end -- */

static void
say(struct world *w, const char *line)
{
	assert_int_equal(ym_fd_write_all(w->to, line, strlen(line), NULL), YM_OK);
}

static void
take_line(struct world *w, const char *line)
{
	uint8_t text[2048];
	char sig[161];
	YM_BUF out = { 0 };

	if (ym_streq(line, "STATE"))
		w->n_state++;
	else if (ym_streq(line, "FEED"))
		w->n_feed++;
	else if (!strncmp(line, "SIGN ", 5)) {
		if (w->to < 0)
			return; /* asked while it is being told to leave */
		size_t n = strlen(line + 5) / 2;

		w->n_sign++;
		assert_true(n <= sizeof text && ym_unhex(text, n, line + 5));
		if (bed_sign(w->b, text, n, sig))
			ym_buf_addf(&out, "SIG %s\n", sig);
		else
			ym_buf_adds(&out, "NO\n");
		say(w, out.data);
	} else
		fail_msg("strange line: %s", line);
}

static void
read_program(struct world *w)
{
	char text[4096], *newline;
	ssize_t n = read(w->from, text, sizeof text);

	if (n <= 0) {
		w->closed = true;
		return;
	}
	ym_buf_add(&w->lines, text, (size_t)n);
	while (w->lines.len && (newline = memchr(w->lines.data, '\n', w->lines.len))) {
		*newline = 0;
		take_line(w, w->lines.data);
		ym_buf_drop(&w->lines, (size_t)(newline - w->lines.data) + 1);
	}
}

static void
turn(struct world *w)
{
	struct pollfd fds[CONNECTIONS + 2] = { { .fd = w->listener, .events = POLLIN }, { .fd = w->closed ? -1 : w->from, .events = POLLIN } };

	for (int i = 0; i < CONNECTIONS; i++)
		fds[i + 2] = (struct pollfd){ .fd = w->c[i].fd, .events = POLLIN };
	poll(fds, CONNECTIONS + 2, 20);
	if (fds[0].revents)
		accept_connection(w);
	if (fds[1].revents)
		read_program(w);
	for (int i = 0; i < CONNECTIONS; i++) {
		if (fds[i + 2].revents && w->c[i].fd == fds[i + 2].fd)
			read_connection(&w->c[i]);
		if (w->c[i].fd >= 0)
			serve(w, &w->c[i]);
	}
}

#define UNTIL(w, condition) \
	for (int64_t end_ = ym_clock_mono() + PATIENCE_MS; !(condition); turn(w)) { \
		if (ym_clock_mono() > end_) \
			fail_msg("waited in vain for: %s", #condition); \
	}

static bool
is_waiting(const struct world *w)
{
	for (int i = 0; i < CONNECTIONS; i++) {
		if (w->c[i].fd >= 0 && w->c[i].held)
			return true;
	}
	return false;
}

static void
start(struct world *w, const char *mode)
{
	YM_FREE char *program = ym_file_helper("yimen-sync");
	int in[2], out[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	w->closed = false;
	w->pid = fork();
	if (w->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		/* proxies of the environment must not be heeded */
		setenv("http_proxy", "http://127.0.0.1:9", 1);
		setenv("https_proxy", "http://127.0.0.1:9", 1);
		execl(program, "yimen-sync", "--dir", w->b->desk.dir, mode, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	w->to = in[1];
	w->from = out[0];
}

static int
stop(struct world *w)
{
	int status = -1;

	ym_fd_close_p(&w->to);
	UNTIL(w, w->closed);
	assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
	w->pid = 0;
	ym_fd_close_p(&w->from);
	ym_buf_clear(&w->lines);
	for (int i = 0; i < CONNECTIONS; i++) {
		if (w->c[i].fd >= 0)
			close(w->c[i].fd);
		w->c[i].fd = -1;
		ym_buf_release(&w->c[i].in);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int
setup(void **state)
{
	struct world *w = ym_alloc(sizeof *w);
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	bed_setup((void **)&w->b);
	ym_sync_close(w->b->sync);
	w->b->sync = NULL;
	snprintf(w->socket, sizeof w->socket, "%s/central", w->b->desk.dir);
	ym_strlcpy(at.sun_path, w->socket, sizeof at.sun_path);
	w->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(w->listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(w->listener, 8), 0);
	for (int i = 0; i < CONNECTIONS; i++)
		w->c[i].fd = -1;
	w->to = w->from = -1;
	assert_int_equal(ym_setting_set(w->b->desk.db, "central.url", "http://localhost/", NULL), YM_OK);
	assert_int_equal(ym_setting_set(w->b->desk.db, "central.socket", w->socket, NULL), YM_OK);
	signal(SIGPIPE, SIG_IGN);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	if (w->pid > 0) {
		kill(w->pid, SIGKILL);
		waitpid(w->pid, NULL, 0);
	}
	ym_fd_close_p(&w->to);
	ym_fd_close_p(&w->from);
	for (int i = 0; i < CONNECTIONS; i++) {
		ym_fd_close_p(&w->c[i].fd);
		ym_buf_release(&w->c[i].in);
	}
	close(w->listener);
	ym_buf_release(&w->lines);
	bed_teardown((void **)&w->b);
	free(w);
	return 0;
}

/* -- the loop -- */

static void
events_go_out_while_the_long_poll_waits(void **state)
{
	struct world *w = *state;
	struct peer *p = w->b->peer;
	int64_t began;

	bed_append(w->b, 230, "{\"name\":\"张三\"}");
	start(w, NULL);
	UNTIL(w, p->n_events == 230 && is_waiting(w));
	bed_append(w->b, 3, NULL);
	began = ym_clock_mono();
	say(w, "EVENTS\n");
	UNTIL(w, p->n_events == 233);
	assert_true(ym_clock_mono() - began < 10000);
	assert_true(is_waiting(w));
	UNTIL(w, bed_state(w->b).acked == 233 && bed_state(w->b).outcome == YM_SYNC_DONE);
	bed_check_equal(w->b, 233);
	assert_true(w->n_state > 0);
	assert_int_equal(p->n_repeated, 0);
	assert_int_equal(stop(w), 0);
}

static void
news_arrives_while_nothing_is_sent(void **state)
{
	struct world *w = *state;

	start(w, NULL);
	UNTIL(w, is_waiting(w));
	assert_int_equal(w->n_feed, 0);
	peer_add_feed(w->b->peer, "check.answered");
	UNTIL(w, w->n_feed == 1);
	assert_int_equal(bed_state(w->b).feed_pulled, 1);
	UNTIL(w, is_waiting(w));
	assert_int_equal(stop(w), 0);
}

static void
a_locked_workstation_is_asked_again(void **state)
{
	struct world *w = *state;

	bed_append(w->b, 1, NULL);
	w->b->locked = true;
	start(w, NULL);
	UNTIL(w, w->n_sign >= 2 && w->n_state > 0 && bed_state(w->b).outcome == YM_SYNC_FAILED_LOCAL);
	assert_int_equal(w->b->peer->n_requests, 0);
	w->b->locked = false;
	say(w, "EVENTS\n");
	UNTIL(w, w->b->peer->n_events == 1 && is_waiting(w));
	assert_int_equal(stop(w), 0);
}

/* To curl that is an answer without a body; it is no link, and no login page either. */
static void
an_answer_cut_off_in_its_head_is_no_link(void **state)
{
	struct world *w = *state;

	bed_append(w->b, 1, NULL);
	w->cut_heads = 1;
	start(w, "--once");
	UNTIL(w, w->closed);
	assert_int_equal(stop(w), 1);
	assert_int_equal(bed_state(w->b).outcome, YM_SYNC_FAILED_LINK);
	w->cut_heads = 0;
	start(w, "--once");
	UNTIL(w, w->closed);
	assert_int_equal(stop(w), 0);
	bed_check_equal(w->b, 1);
}

static void
a_catalogue_comes_beside_the_long_poll(void **state)
{
	struct world *w = *state;
	YM_FREE char *incoming = ym_asprintf("%s/pack.incoming", w->b->desk.dir);
	struct ym_event_draft e = { .kind = "feed.applied", .account = ACCOUNT, .n_attrs = 4 };
	uint8_t digest[YM_SM3_LEN];
	char sm3[65];

	start(w, NULL);
	UNTIL(w, is_waiting(w));
	ym_sm3("a pack", 6, digest);
	ym_hex(sm3, digest, sizeof digest);
	w->b->peer->pack_version = "2";
	w->b->peer->pack = "a pack";
	e.attrs[0] = (struct ym_attr){ "feed", "pack.available" };
	e.attrs[1] = (struct ym_attr){ "version", "2" };
	e.attrs[2] = (struct ym_attr){ "effective", "2999-01-01" };
	e.attrs[3] = (struct ym_attr){ "sm3", sm3 };
	assert_int_equal(ym_log_append(w->b->desk.log, &e, NULL, NULL), YM_OK);
	assert_int_equal(ym_db_exec(w->b->desk.db, "INSERT INTO view_feed (number, kind, seq) VALUES (1, 'pack.available', 1)", NULL), YM_OK);
	say(w, "EVENTS\n");
	UNTIL(w, ym_file_exists(incoming));
	assert_true(is_waiting(w));
	assert_int_equal(stop(w), 0);
}

static void
now_does_not_wait_for_the_backoff(void **state)
{
	struct world *w = *state;

	bed_append(w->b, 1, NULL);
	w->b->peer->say = "BUSY";
	w->b->peer->say_status = 503;
	w->b->peer->retry_after = "200";
	peer_add_feed(w->b->peer, "check.answered");
	start(w, NULL);
	UNTIL(w, w->b->peer->n_requests >= 2 && w->n_state > 0);
	assert_int_equal(bed_state(w->b).outcome, YM_SYNC_FAILED_BUSY);
	w->b->peer->say = NULL;
	/* new events alone respect what the central asked for */
	say(w, "EVENTS\n");
	for (int i = 0; i < 20; i++)
		turn(w);
	assert_int_equal(w->b->peer->n_events, 0);
	say(w, "NOW\n");
	UNTIL(w, w->b->peer->n_events == 1 && w->n_feed == 1);
	assert_int_equal(stop(w), 0);
}

static void
a_spoilt_feed_does_not_hold_up_the_sending(void **state)
{
	struct world *w = *state;
	int64_t began;

	peer_add_feed(w->b->peer, "check.answered");
	peer_add_feed(w->b->peer, "check.answered");
	w->b->peer->feed_skip = 1;
	start(w, NULL);
	UNTIL(w, w->n_state > 0 && bed_state(w->b).outcome == YM_SYNC_FAILED_REFUSED);
	bed_append(w->b, 1, NULL);
	began = ym_clock_mono();
	say(w, "EVENTS\n");
	UNTIL(w, w->b->peer->n_events == 1);
	assert_true(ym_clock_mono() - began < 10000);
	assert_int_equal(stop(w), 0);
}

static void
once_ends_by_itself_and_says_how(void **state)
{
	struct world *w = *state;

	bed_append(w->b, 5, NULL);
	peer_add_feed(w->b->peer, "check.answered");
	start(w, "--once");
	UNTIL(w, w->closed);
	assert_int_equal(stop(w), 0);
	bed_check_equal(w->b, 5);
	assert_int_equal(w->n_feed, 1);
	assert_int_equal(w->n_state, 1);
	unlink(w->socket);
	start(w, "--once");
	UNTIL(w, w->closed);
	assert_int_equal(stop(w), 1);
	assert_int_equal(bed_state(w->b).outcome, YM_SYNC_FAILED_LINK);
}

static void
practice_reaches_no_other_computer(void **state)
{
	static const char *const urls[] = { "https://192.0.2.7", "http://192.0.2.7", "https://central.example", "ftp://localhost", "::" };
	struct world *w = *state;

	assert_int_equal(ym_setting_set(w->b->desk.db, "central.socket", "", NULL), YM_OK);
	for (size_t i = 0; i < YM_ARRAY_LEN(urls); i++) {
		assert_int_equal(ym_setting_set(w->b->desk.db, "central.url", urls[i], NULL), YM_OK);
		w->n_state = 0;
		start(w, NULL);
		UNTIL(w, w->n_state == 1);
		assert_int_equal(bed_state(w->b).outcome, YM_SYNC_FAILED_LOCAL);
		assert_true(bed_state(w->b).detail[0]);
		/* it stays, so that nobody starts it over and over */
		assert_int_equal(waitpid(w->pid, NULL, WNOHANG), 0);
		stop(w);
	}
	assert_int_equal(w->n_sign, 0);
}

/* -- one exchange -- */

static void
exchange(struct world *w, const char *request, struct ym_buf *out)
{
	YM_FREE char *program = ym_file_helper("yimen-sync");
	int in[2], back[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(back, O_CLOEXEC), 0);
	w->pid = fork();
	if (w->pid == 0) {
		dup2(in[0], 0);
		dup2(back[1], 1);
		execl(program, "yimen-sync", "--exchange", (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(back[1]);
	assert_int_equal(ym_fd_write_all(in[1], request, strlen(request), NULL), YM_OK);
	close(in[1]);
	w->closed = true; /* its output is not lines */
	for (;;) {
		struct pollfd fd = { .fd = back[0], .events = POLLIN };
		char text[4096];
		ssize_t n = 1;

		turn(w);
		if (poll(&fd, 1, 0) > 0)
			n = read(back[0], text, sizeof text);
		if (n <= 0)
			break;
		if (fd.revents)
			ym_buf_add(out, text, (size_t)n);
	}
	close(back[0]);
	waitpid(w->pid, NULL, 0);
	w->pid = 0;
}

static void
one_exchange_brings_status_and_body(void **state)
{
	struct world *w = *state;
	YM_FREE char *good = ym_asprintf("{\"url\":\"http://localhost\",\"socket\":\"%s\",\"method\":\"POST\",\"path\":\"/v1/enrol\",\"body\":\"{}\"}", w->socket);
	YM_FREE char *nobody = ym_asprintf("{\"url\":\"http://localhost\",\"socket\":\"%s.not\",\"method\":\"GET\",\"path\":\"/\"}", w->socket);
	YM_BUF out = { 0 }, none = { 0 };
	YM_JSON *answer = NULL, *silence = NULL, *envelope = NULL;

	exchange(w, good, &out);
	assert_int_equal(ym_json_parse(out.data, out.len, "exchange", &answer, NULL), YM_OK);
	assert_string_equal(ym_json_str(answer, "link"), "ok");
	assert_int_equal(ym_json_int(answer, "status", 0), 403);
	assert_int_equal(ym_json_parse(ym_json_str(answer, "body"), strlen(ym_json_str(answer, "body")), "body", &envelope, NULL), YM_OK);
	assert_string_equal(ym_json_str(envelope, "code"), "REFUSED");
	exchange(w, nobody, &none);
	assert_int_equal(ym_json_parse(none.data, none.len, "exchange", &silence, NULL), YM_OK);
	assert_string_equal(ym_json_str(silence, "link"), "none");
}

/* -- certificates: openssl s_server stands in for a central behind TLS -- */

static void
make_certificate(const char *path, long from_s, long to_s)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), from_s);
	X509_gmtime_adj(X509_getm_notAfter(x), to_s);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0);
	X509_set_issuer_name(x, name);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	PEM_write_X509(f, x);
	PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	fclose(f);
	X509_free(x);
	EVP_PKEY_free(key);
}

static int
free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	YM_FDCLOSE int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	return ntohs(at.sin_port);
}

static bool
is_listening(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port) };
	YM_FDCLOSE int fd = socket(AF_INET, SOCK_STREAM, 0);

	return connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
}

static void
check_link(struct world *w, const char *certificate, const char *authority, const char *link)
{
	int port = free_port();
	YM_FREE char *accept_at = ym_asprintf("127.0.0.1:%d", port), *request = NULL;
	YM_BUF out = { 0 };
	YM_JSON *answer = NULL;
	pid_t server = fork();

	if (server == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execlp("openssl", "openssl", "s_server", "-quiet", "-accept", accept_at, "-cert", certificate, "-www", (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 200 && !is_listening(port); i++)
		usleep(20000);
	request = ym_asprintf("{\"url\":\"https://localhost:%d\",\"cafile\":\"%s\",\"method\":\"GET\",\"path\":\"/\"}", port, authority);
	exchange(w, request, &out);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	assert_int_equal(ym_json_parse(out.data, out.len, "exchange", &answer, NULL), YM_OK);
	assert_string_equal(ym_json_str(answer, "link"), link);
}

static void
certificates_that_fail_are_told_apart(void **state)
{
	struct world *w = *state;
	YM_FREE char *good = ym_asprintf("%s/good.pem", w->b->desk.dir), *early = ym_asprintf("%s/early.pem", w->b->desk.dir);
	YM_FREE char *late = ym_asprintf("%s/late.pem", w->b->desk.dir), *missing = ym_asprintf("%s/missing.pem", w->b->desk.dir);

	if (system("openssl version >/dev/null 2>&1") != 0) {
		print_message("no openssl program\n");
		skip();
	}
	make_certificate(good, -86400, 86400);
	make_certificate(early, 86400, 2 * 86400);
	make_certificate(late, -2 * 86400, -86400);
	check_link(w, good, good, "ok");
	check_link(w, good, late, "certificate");
	check_link(w, late, late, "certificate");
	check_link(w, early, early, "clock");
	check_link(w, good, missing, "certificate");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		T(events_go_out_while_the_long_poll_waits),
		T(news_arrives_while_nothing_is_sent),
		T(a_locked_workstation_is_asked_again),
		T(an_answer_cut_off_in_its_head_is_no_link),
		T(a_catalogue_comes_beside_the_long_poll),
		T(now_does_not_wait_for_the_backoff),
		T(a_spoilt_feed_does_not_hold_up_the_sending),
		T(once_ends_by_itself_and_says_how),
		T(practice_reaches_no_other_computer),
		T(one_exchange_brings_status_and_body),
		T(certificates_that_fail_are_told_apart),
	};

	return cmocka_run_group_tests_name("sync/program", tests, NULL, NULL);
}
