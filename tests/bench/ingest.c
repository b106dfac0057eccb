/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the central takes in, by itself: a desk's log as signed requests made beforehand, then only the taking in is timed.
 * "batch": 200 events a request, handed to the central in this process, each request one commit as a lonely one is at the
 * server; every check of yimen-sync(7) is done, no worker runs, no socket is between. "post": one event a request, over
 * the socket of a running server, one connection for each desk, each waiting for its answer before it sends the next.
 * Prints one line of JSON. Invariant: anything but 200 ends it with 1.
 *
 *   ingest batch CENTRAL-FOLDER DESK-FOLDER < password      ingest post SOCKET TIMES DESK-FOLDER... < password
 */
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "bench.h"
#include "central/central.h"
#include "store/desk.h"
#include "store/wire.h"

#define ACCOUNT "bench"
#define DESKS_MAX 64

struct request {
	char path[96], desk[32], time[24], sig[161];
	char *body;
};
struct line {
	struct request *requests;
	int n, at, fd;
	struct ym_buf answer;
};

/* -- making the requests -- */

struct maker {
	json_t *events;
	char head[65];
};

static bool
take_event(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	struct maker *m = user;
	YM_BUF header = { 0 }, sealed = { 0 };

	(void)body;
	(void)erased;
	ym_base64(&header, ev->header, ev->header_n);
	ym_base64(&sealed, ev->body, ev->body_n);
	json_array_append_new(m->events, json_pack("{ss ss}", "header", ym_buf_str(&header), "body", ym_buf_str(&sealed)));
	ym_hex(m->head, ev->hash, YM_SM3_LEN);
	return true;
}

static void
make_request(struct ym_db *db, struct ym_keys *keys, const char *desk, int64_t first, int64_t last, struct request *r)
{
	struct maker m = { .events = json_array() };
	struct ym_error err = { 0 };
	YM_BUF text = { 0 }, signed_text = { 0 };
	YM_JSON *batch = NULL;
	int64_t now = ym_clock_wall();
	char sig[161];

	bench_need(ym_log_walk(db, NULL, first, last, take_event, &m, &err), &err);
	ym_wire_batch_text(&text, desk, first, last, m.head);
	ym_wire_sign_hex(ym_keys_desk_pair(keys), text.data, text.len, sig);
	batch = json_pack("{sI sI ss ss so}", "first", (json_int_t)first, "last", (json_int_t)last, "head", m.head, "sig", sig, "events", m.events);
	r->body = ym_json_dump(batch);
	ym_strlcpy(r->desk, desk, sizeof r->desk);
	snprintf(r->path, sizeof r->path, "/v1/desks/%s/events", desk);
	snprintf(r->time, sizeof r->time, "%lld", (long long)now);
	ym_wire_request_text(&signed_text, "POST", r->path, now, r->body, strlen(r->body));
	ym_wire_sign_hex(ym_keys_desk_pair(keys), signed_text.data, signed_text.len, r->sig);
}

static struct line
make_line(const char *dir, const char *password, int per_request, int max)
{
	struct ym_desk_identity who;
	struct ym_db *db = NULL;
	struct ym_keys *keys = NULL;
	struct ym_log *log = NULL;
	struct ym_error err = { 0 };
	struct line line = { .fd = -1 };
	uint8_t hash[YM_SM3_LEN];
	char desk[40];
	int64_t last;

	bench_need(ym_desk_open(dir, YM_DB_LOCK, &db, &err), &err);
	bench_need(ym_keys_open(db, &keys, &err), &err);
	bench_need(ym_keys_unlock_password(keys, ACCOUNT, password, &err), &err);
	bench_need(ym_log_open(db, keys, &log, &err), &err);
	who = *ym_log_identity(log);
	snprintf(desk, sizeof desk, "%s%c", who.desk, who.epoch);
	last = ym_log_head(log, hash);
	line.requests = ym_alloc((size_t)(max + 1) * sizeof *line.requests);
	for (int64_t first = 1; first <= last && line.n < max; first += per_request, line.n++)
		make_request(db, keys, desk, first, first + per_request - 1 < last ? first + per_request - 1 : last, &line.requests[line.n]);
	ym_log_close(log);
	ym_keys_close(keys);
	ym_db_close(db);
	return line;
}

static void
free_line(struct line *line)
{
	for (int i = 0; i < line->n; i++)
		free(line->requests[i].body);
	free(line->requests);
	ym_buf_release(&line->answer);
}

/* -- in this process -- */

static const char *
header(void *user, const char *name)
{
	const struct request *r = user;

	return !strcmp(name, "Yimen-Desk") ? r->desk : !strcmp(name, "Yimen-Time") ? r->time : !strcmp(name, "Yimen-Sig") ? r->sig : NULL;
}

static void
batch(const char *dir, const char *desk, const char *password)
{
	struct line line = make_line(desk, password, YM_CENTRAL_BATCH_EVENTS, 100000);
	const struct ym_central_options options = { .dir = dir, .password = password };
	struct ym_central *c = NULL;
	struct ym_error err = { 0 };
	double began, cpu;
	size_t bytes = 0;

	bench_need(ym_central_open(&options, &c, &err), &err);
	began = bench_ms();
	cpu = bench_cpu_ms();
	for (int i = 0; i < line.n; i++) {
		struct request *r = &line.requests[i];
		struct ym_central_request req = { .method = "POST", .path = r->path, .header = header, .user = r, .body = r->body, .body_n = strlen(r->body) };
		struct ym_central_reply reply = { 0 };
		int wait_s = 0;

		bench_need(ym_central_begin_group(c, &err), &err);
		ym_central_handle(c, &req, &reply, &wait_s);
		bench_need(ym_central_commit_group(c, &err), &err);
		if (reply.status != 200) {
			fprintf(stderr, "ingest: %d %s\n", reply.status, ym_buf_str(&reply.body));
			exit(1);
		}
		bytes += req.body_n;
		ym_central_reply_release(&reply);
	}
	printf("{\"ms\": %.2f, \"cpu\": %.2f, \"requests\": %d, \"bytes\": %zu}\n", bench_ms() - began, bench_cpu_ms() - cpu, line.n, bytes);
	ym_central_close(c);
	free_line(&line);
}

/* -- over the socket -- */

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static void
send_next(struct line *line)
{
	const struct request *r = &line->requests[line->at];
	YM_BUF text = { 0 };

	ym_buf_addf(&text, "POST %s HTTP/1.1\r\nHost: localhost\r\nYimen-Desk: %s\r\nYimen-Time: %s\r\nYimen-Sig: %s\r\n"
		"Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", r->path, r->desk, r->time, r->sig, strlen(r->body));
	ym_buf_adds(&text, r->body);
	for (size_t done = 0; done < text.len;) {
		ssize_t n = write(line->fd, text.data + done, text.len - done);

		if (n <= 0)
			fail("ingest: write");
		done += (size_t)n;
	}
	ym_buf_clear(&line->answer);
}

/* True when the answer has come whole. */
static bool
receive(struct line *line)
{
	char piece[8192];
	ssize_t n = read(line->fd, piece, sizeof piece);
	const char *text, *end, *length;

	if (n <= 0)
		fail("ingest: read");
	ym_buf_add(&line->answer, piece, (size_t)n);
	text = ym_buf_str(&line->answer);
	end = strstr(text, "\r\n\r\n");
	length = strcasestr(text, "\r\nContent-Length:");
	if (!end || !length || line->answer.len < (size_t)(end + 4 - text) + strtoul(length + 17, NULL, 10))
		return false;
	if (strncmp(text, "HTTP/1.1 200", 12) != 0) {
		fprintf(stderr, "ingest: %s\n", text);
		exit(1);
	}
	return true;
}

static int
connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ym_strlcpy(to.sun_path, path, sizeof to.sun_path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to))
		fail(path);
	return fd;
}

static void
post(const char *socket_path, int times, char *const desks[], int n, const char *password)
{
	struct line lines[DESKS_MAX];
	struct pollfd fds[DESKS_MAX];
	double began;
	int open = n, posts = 0;

	for (int i = 0; i < n; i++) {
		lines[i] = make_line(desks[i], password, 1, times);
		lines[i].fd = connect_to(socket_path);
		fds[i] = (struct pollfd){ lines[i].fd, POLLIN, 0 };
	}
	began = bench_ms();
	for (int i = 0; i < n; i++)
		send_next(&lines[i]);
	while (open > 0) {
		if (poll(fds, (nfds_t)n, 30000) <= 0)
			fail("ingest: no answer");
		for (int i = 0; i < n; i++) {
			if (!fds[i].revents || !receive(&lines[i]))
				continue;
			posts++;
			if (++lines[i].at < lines[i].n) {
				send_next(&lines[i]);
			} else {
				fds[i].fd = -1;
				open--;
			}
		}
	}
	printf("{\"ms\": %.2f, \"posts\": %d}\n", bench_ms() - began, posts);
	for (int i = 0; i < n; i++) {
		close(lines[i].fd);
		free_line(&lines[i]);
	}
}

int
main(int argc, char **argv)
{
	char password[100] = "";

	if (argc < 4 || !fgets(password, sizeof password, stdin)) {
		fputs("usage: ingest batch CENTRAL DESK | ingest post SOCKET TIMES DESK... < password\n", stderr);
		return 2;
	}
	password[strcspn(password, "\n")] = 0;
	if (!strcmp(argv[1], "batch"))
		batch(argv[2], argv[3], password);
	else if (!strcmp(argv[1], "post") && argc > 4 && argc - 4 <= DESKS_MAX)
		post(argv[2], atoi(argv[3]), argv + 4, argc - 4, password);
	return 0;
}
