/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The server: libmicrohttpd around src/central, and the only file that knows it. One thread, one poll loop: requests that have
 * come whole are handled as one group, their answers go out after its commit; long polls are suspended; the worker gets the idle
 * slices. Not the protocol (central/). Invariant: no answer leaves before what it says is durable.
 */
#include "central_serve.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/file.h"
#include "central_listen.h"

#define GROUP_MAX 64 /* requests in one commit */
#define CONNECTIONS_MAX 4000
#define IDLE_TIMEOUT_S 120 /* of a connection without a request; a long poll is suspended and does not count */
#define URI_MAX 1024
#define WORK_SLICE 50
#define WORK_RETRY_MS 2000
#define REST_MS 60000 /* nothing comes: what time alone does is looked at all the same */
/* The worker's commits and checkpoints would stand between the posts of a client that waits for each answer. */
#define WORK_QUIET_MS 15    /* without a request, before the worker starts */
#define WORK_BACKLOG_MS 100  /* between two slices while there is more than one of them */
#define WORK_LATEST_MS 250  /* after the first request that brought it something, however busy the server is */
#define POLL_MS 1000 /* how often another program's feed entries are looked for while somebody waits */
#define STOP_MS 2000
/* A group waits for the clients that were just answered: a part of what the last commit took, and never long. */
#define GATHER_PART 4
#define GATHER_MAX_MS 10

enum stage { HEADERS, READING, QUEUED, WAITING, ANSWERED };

struct request {
	struct request *prev, *next; /* of all requests */
	struct MHD_Connection *connection;
	char *uri, method[16];
	struct ym_buf body;
	size_t body_n; /* also what was not kept */
	enum stage stage;
	int64_t deadline;
	struct ym_central_reply reply;
};

struct server {
	struct ym_central *c;
	struct MHD_Daemon *daemon;
	int listen_fd, signal_fd;
	struct request all; /* ring */
	int n_queued, n_waiting;
	uint64_t serial;          /* of the feed, when the waiting were last looked at */
	int64_t look_at, work_at, work_since; /* monotonic; since: of the first request after the last slice, or 0 */
	int n_answered, n_expected; /* by the last group; together with those that came during its commit */
	int64_t gather_ms, gather_until;
	bool work_failed, is_resumed;   /* the library must run again before it sees a resumed connection */
};

/* -- requests -- */

static void *
on_uri(void *user, const char *uri, struct MHD_Connection *connection)
{
	struct server *s = user;
	struct request *r = ym_alloc(sizeof *r);

	r->connection = connection;
	r->uri = ym_strndup(uri, URI_MAX + 1);
	r->body.max = YM_CENTRAL_BODY_MAX + 1024;
	r->next = &s->all;
	r->prev = s->all.prev;
	r->prev->next = r;
	s->all.prev = r;
	return r;
}

static void
on_completed(void *user, struct MHD_Connection *connection, void **request,
	enum MHD_RequestTerminationCode why)
{
	struct server *s = user;
	struct request *r = *request;

	if (!r)
		return;
	s->n_queued -= r->stage == QUEUED;
	s->n_waiting -= r->stage == WAITING;
	r->prev->next = r->next;
	r->next->prev = r->prev;
	ym_buf_release(&r->body);
	ym_central_reply_release(&r->reply);
	free(r->uri);
	free(r);
	*request = NULL;
}

static const char *
find_header(void *user, const char *name)
{
	return MHD_lookup_connection_value(user, MHD_HEADER_KIND, name);
}

/* A HEAD names a length and sends nothing. */
static ssize_t
no_content(void *user, uint64_t at, char *buf, size_t max)
{
	return MHD_CONTENT_READER_END_WITH_ERROR;
}

static enum MHD_Result
send_reply(struct request *r, const char *method)
{
	struct MHD_Response *response;
	enum MHD_Result result;
	size_t n = r->reply.body.len;

	if (!r->reply.is_json && !strcmp(method, "HEAD"))
		response = MHD_create_response_from_callback(
			(uint64_t)r->reply.length, 1024, no_content, NULL, NULL);
	else
		response = MHD_create_response_from_buffer(n,
			n ? ym_buf_take(&r->reply.body) : (char *)"",
			n ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	if (r->reply.is_json)
		MHD_add_response_header(response, "Content-Type", "application/json");
	MHD_add_response_header(response, "Cache-Control", "no-store");
	for (int i = 0; i < r->reply.n_headers; i++) {
		char *colon = strstr(r->reply.headers[i], ": ");

		if (colon) {
			*colon = 0;
			MHD_add_response_header(response, r->reply.headers[i], colon + 2);
		}
	}
	result = MHD_queue_response(r->connection, (unsigned)r->reply.status, response);
	MHD_destroy_response(response);
	return result;
}

/* Called again and again by the library: for the headers, for each part of the body, at its end, and after a resume. */
static enum MHD_Result
on_request(void *user, struct MHD_Connection *connection, const char *url, const char *method,
	const char *version, const char *part, size_t *part_n, void **request)
{
	struct server *s = user;
	struct request *r = *request;

	if (!r || strlen(r->uri) > URI_MAX)
		return MHD_NO;
	if (r->stage == ANSWERED)
		return send_reply(r, method);
	if (r->stage == HEADERS) {
		ym_strlcpy(r->method, method, sizeof r->method);
		r->stage = READING;
		return MHD_YES;
	}
	if (r->stage != READING)
		return MHD_YES;
	if (*part_n) {
		r->body_n += *part_n;
		if (r->body_n <= YM_CENTRAL_BODY_MAX)
			ym_buf_add(&r->body, part, *part_n);
		*part_n = 0;
		/* A little beyond the limit is read, so that the answer arrives; much is not. */
		return r->body_n > 4 * YM_CENTRAL_BODY_MAX ? MHD_NO : MHD_YES;
	}
	r->stage = QUEUED;
	s->n_queued++;
	MHD_suspend_connection(connection);
	return MHD_YES;
}

/* -- groups -- */

static struct ym_central_request
as_request(const struct request *r)
{
	return (struct ym_central_request){ .method = r->method,
		.path = r->uri,
		.header = find_header,
		.user = r->connection,
		.body = r->body.data,
		.body_n = r->body_n };
}

static void
answer(struct server *s, struct request *r)
{
	s->n_queued -= r->stage == QUEUED;
	s->n_waiting -= r->stage == WAITING;
	r->stage = ANSWERED;
	ym_buf_release(&r->body);
	MHD_resume_connection(r->connection);
	s->is_resumed = true;
}

/* Handles r, which is queued or waits. True when there is an answer. */
static bool
handle(struct server *s, struct request *r, bool now)
{
	struct ym_central_request req = as_request(r);
	int wait_s = 0;

	ym_central_reply_release(&r->reply);
	ym_central_handle(s->c, &req, &r->reply, now ? NULL : &wait_s);
	if (wait_s <= 0)
		return true;
	if (r->stage == QUEUED) {
		s->n_queued--;
		s->n_waiting++;
		r->stage = WAITING;
		r->deadline = ym_clock_mono() + wait_s * 1000;
	}
	return false;
}

static bool
writes(const struct request *r)
{
	return !strcmp(r->method, "POST") || !strcmp(r->method, "PUT");
}

static void
be_busy(struct server *s, struct request *r)
{
	struct ym_central_request req = as_request(r);

	ym_central_reply_release(&r->reply);
	ym_central_busy(s->c, &req, &r->reply);
}

/* One group: whatever has come whole by now, oldest first. */
static void
run_group(struct server *s)
{
	struct request *group[GROUP_MAX], *r;
	struct ym_error err = { 0 };
	int n = 0, n_done = 0;
	bool is_writing = false, failed = false;

	for (r = s->all.next; r != &s->all && n < GROUP_MAX; r = r->next)
		if (r->stage == QUEUED) {
			group[n++] = r;
			is_writing |= writes(r);
		}
	if (is_writing)
		failed = ym_central_begin_group(s->c, &err) != YM_OK;
	for (int i = 0; i < n; i++)
		if (failed || handle(s, group[i], false))
			group[n_done++] = group[i];
	if (is_writing && !failed) {
		int64_t began = ym_clock_mono(), took;

		failed = ym_central_commit_group(s->c, &err) != YM_OK;
		took = (ym_clock_mono() - began) / GATHER_PART;
		s->gather_ms = took < GATHER_MAX_MS ? took : GATHER_MAX_MS;
		s->n_answered = n_done;
	}
	if (failed)
		ym_diag_error("central", &err);
	for (int i = 0; i < n_done; i++) {
		if (failed)
			be_busy(s, group[i]);
		answer(s, group[i]);
	}
}

/* A commit costs one sync, however much it carries: on a slow disk a group waits a moment for those that were just answered, who
 * mostly have more to send. Else two halves of the clients take turns, each waiting for the other's sync. */
static bool
gathers(struct server *s)
{
	int64_t now = ym_clock_mono();

	if (s->n_answered) {
		s->n_expected = s->n_answered + s->n_queued;
		s->n_answered = 0;
		s->gather_until = now + s->gather_ms;
	}
	return s->n_queued && s->n_queued < s->n_expected && now < s->gather_until;
}

/* Long polls: an entry has come, or the time is over. */
static void
look_after_waiting(struct server *s, bool stopping)
{
	uint64_t serial = ym_central_feed_serial(s->c);
	int64_t now = ym_clock_mono();
	bool is_new = serial != s->serial;
	struct request *next;

	s->serial = serial;
	s->look_at = now + POLL_MS;
	for (struct request *r = s->all.next; r != &s->all; r = next) {
		bool is_over = stopping || (r->stage == WAITING && now >= r->deadline);

		next = r->next;
		if (r->stage != WAITING)
			continue;
		if (is_over ||
			(is_new &&
				ym_central_feed_ready(
					s->c, r->reply.wait_desk, r->reply.wait_after)))
			if (handle(s, r, is_over))
				answer(s, r);
	}
}

static void
work(struct server *s)
{
	struct ym_error err = { 0 };
	int n = ym_central_work(s->c, WORK_SLICE, &err);

	/* A full slice: there is more, and it must not fall behind a busy server. */
	s->work_since = n == WORK_SLICE ? ym_clock_mono() - WORK_LATEST_MS + WORK_BACKLOG_MS : 0;
	if (n < 0 && !s->work_failed)
		ym_diag_error("worker", &err);
	s->work_failed = n < 0;
	/* Nothing to do: until something comes, or a day ends. */
	s->work_at = n > 0 ? 0 : ym_clock_mono() + (n < 0 ? WORK_RETRY_MS : REST_MS);
}

/* -- the loop -- */

static int
time_left(const struct server *s)
{
	int64_t now = ym_clock_mono(), at = s->work_at;
	MHD_UNSIGNED_LONG_LONG ms;

	if (s->is_resumed)
		return 0;
	if (s->n_queued && s->gather_until < at)
		at = s->gather_until;
	if (s->n_waiting && s->look_at < at)
		at = s->look_at;
	for (const struct request *r = s->all.next; r != &s->all && s->n_waiting; r = r->next)
		if (r->stage == WAITING && r->deadline < at)
			at = r->deadline;
	if (MHD_get_timeout(s->daemon, &ms) == MHD_YES && (int64_t)ms < at - now)
		at = now + (int64_t)ms;
	return at <= now ? 0 : at - now > 60000 ? 60000 : (int)(at - now);
}

/* A turn: what came is read, handled as one group, answered; then one slice of the worker. */
static void
turn(struct server *s)
{
	bool had = false;

	s->is_resumed = false;
	MHD_run(s->daemon);
	if (!gathers(s))
		for (; s->n_queued; had = true)
			run_group(s);
	if (had) {
		int64_t now = ym_clock_mono();

		if (!s->work_since)
			s->work_since = now;
		s->work_at = now + WORK_QUIET_MS < s->work_since + WORK_LATEST_MS ? now + WORK_QUIET_MS : s->work_since + WORK_LATEST_MS;
	}
	if (s->n_waiting && (had || ym_clock_mono() >= s->look_at))
		look_after_waiting(s, false);
	if (s->work_at <= ym_clock_mono()) {
		work(s);
		if (s->n_waiting)
			look_after_waiting(s, false);
	}
}

static int
run(struct server *s)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[2] = { { .fd = s->signal_fd, .events = POLLIN },
		{ .fd = info->epoll_fd, .events = POLLIN } };

	while (!(fds[0].revents & POLLIN)) {
		if (poll(fds, 2, time_left(s)) < 0 && errno != EINTR)
			return 1;
		turn(s);
	}
	return 0;
}

/* What was asked is answered, what waits is told that there is nothing; new connections are not taken. */
static void
stop(struct server *s)
{
	int64_t until = ym_clock_mono() + STOP_MS;
	const union MHD_DaemonInfo *info;

	MHD_quiesce_daemon(s->daemon);
	look_after_waiting(s, true);
	do {
		struct pollfd fd = { .events = POLLIN };

		turn(s);
		look_after_waiting(s, true);
		info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
		fd.fd = info->epoll_fd;
		poll(&fd, 1, s->all.next == &s->all ? 0 : 20);
	} while (s->all.next != &s->all && ym_clock_mono() < until);
	for (struct request *r = s->all.next; r != &s->all; r = r->next)
		if (r->stage == QUEUED) {
			be_busy(s, r);
			answer(s, r);
		}
	MHD_stop_daemon(s->daemon);
}

/* -- starting -- */

static enum ym_code
start(struct server *s, const struct central_args *a, struct ym_error *err)
{
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (a->listen ? MHD_USE_TLS : 0);
	YM_BUF cert = { .max = 1u << 20 };
	YM_BUF key = { .max = 1u << 20 };
	enum ym_code code = YM_OK;

	if (!a->socket == !a->listen)
		return ym_fail(err, YM_INVALID,
			N_("Serve at a socket or at an address: --socket PATH, or --listen HOST:PORT"),
			"serve");
	/* Nothing goes over a network in clear. */
	if (a->listen && (!a->cert || !a->key))
		return ym_fail(err, YM_INVALID,
			N_("An address needs a certificate and its key: --cert FILE --key FILE"),
			"tls");
	if (a->listen)
		code = ym_file_read(a->cert, cert.max - 1, &cert, err);
	if (!code && a->listen)
		code = ym_file_read(a->key, key.max - 1, &key, err);
	if (!code)
		code = a->socket ? central_listen_unix(a->socket, &s->listen_fd, err)
				 : central_listen_tcp(a->listen, &s->listen_fd, err);
	if (code)
		return code;
	struct MHD_OptionItem tls[] = { { MHD_OPTION_HTTPS_MEM_CERT, 0, cert.data },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, key.data },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0,
			(void *)(uintptr_t) "SECURE128:-VERS-TLS1.0:-VERS-TLS1.1" },
		{ MHD_OPTION_END, 0, NULL } };
	struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET,
		s->listen_fd, MHD_OPTION_URI_LOG_CALLBACK, on_uri, s, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, s, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_TIMEOUT_S, MHD_OPTION_ARRAY,
		a->listen ? tls : none, MHD_OPTION_END);
	if (!s->daemon)
		return ym_fail(err, YM_IO,
			N_("The server does not start: are certificate and key right?"),
			"MHD_start_daemon");
	return YM_OK;
}

int
central_serve(const struct central_args *a)
{
	struct server s = { .listen_fd = -1, .signal_fd = -1 };
	struct ym_error err = { 0 };
	sigset_t set;
	int rc = 1;
	enum ym_code code;

	s.all.next = s.all.prev = &s.all;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s.signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	code = central_open(a, &s.c, &err);
	if (!code)
		code = start(&s, a, &err);
	if (code) {
		central_fail(&err);
	} else {
		ym_diag(YM_DIAG_INFO, "central", "serving");
		rc = run(&s);
		stop(&s);
		ym_diag(YM_DIAG_INFO, "central", "stopped");
	}
	if (s.listen_fd >= 0)
		close(s.listen_fd);
	if (a->socket && s.listen_fd >= 0)
		unlink(a->socket);
	if (s.signal_fd >= 0)
		close(s.signal_fd);
	ym_central_close(s.c);
	return rc;
}
