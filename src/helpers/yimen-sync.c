/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * yimen-sync: the program that touches the network for a desk (yimen-sync(7)), in a process of its own. HTTP is sync_http.c.
 * Not the protocol: what is sent and what an answer means is src/sync. The desk's key stays with the workstation, which signs:
 *
 *	yimen-sync --dir DIR          push, long poll and catalogues at once until standard input ends
 *	yimen-sync --dir DIR --once   until nothing is left or something fails; exit status 0 when nothing is left
 *	yimen-sync --exchange         one exchange as JSON from standard input to standard output (enrolment; sync_exchange.c)
 *
 * Out: "SIGN <hex>", "STATE", "FEED". In: "SIG <hex>" or "NO", "EVENTS", "NOW".
 * Invariant: a push never waits for the feed, and nothing is sent to an address that the desk's profile does not allow.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/file.h"
#include "sync_exchange.h"
#include "sync_http.h"

#define POLL_WAIT_S 50
#define IDLE_MS 60000           /* look for events even when nobody said so */
#define HASTY_MS 1000           /* an empty feed sooner than this: the far end does not hold long polls */
#define HASTY_PAUSE_MS 5000
#define SIGN_WAIT_MS 10000
#define COUNTS_MS 250           /* a count that only grows is told this often: each telling is a read and a paint */
#define LINE_MAX_BYTES 4096

struct lane {
	struct sync_http_line *line;
	bool running;
	int64_t due_ms, began_ms;
};
struct program {
	struct sync_http_address to;
	struct ym_sync *sync;
	struct ym_sync_state told;
	int64_t told_ms;
	struct sync_http_loop *http;
	struct lane lanes[YM_N_LANES];
	struct ym_buf in;
	bool leave, events, now;
	/* answers to SIGN that came too late and are still to come */
	int late;
	bool has_sig;
	char sig[161];
};

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

static bool
is_told(const struct program *p)
{
	return !memcmp(ym_sync_now(p->sync), &p->told, sizeof p->told);
}

/* Another outcome at once, counts at their pace. */
static void
tell_state(struct program *p)
{
	const struct ym_sync_state *st = ym_sync_now(p->sync);
	int64_t now = ym_clock_mono();

	if (is_told(p) || (st->outcome == p->told.outcome && now - p->told_ms < COUNTS_MS))
		return;
	memcpy(&p->told, st, sizeof *st);
	p->told_ms = now;
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
	else if (i != YM_LANE_PULL && idle)
		lane->due_ms += IDLE_MS;
	else if (i == YM_LANE_PULL && o == YM_SYNC_DONE && now - lane->began_ms < HASTY_MS)
		lane->due_ms += HASTY_PAUSE_MS;
	/* The link is there: the other lanes need not wait for their backoff. */
	for (int k = 0; k < YM_N_LANES && !ym_outcome_is_failure(o) && !idle; k++) {
		if (k != i && is_unlinked(ym_sync_lane_outcome(p->sync, k)))
			p->lanes[k].due_ms = now;
	}
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
		return;
	}
	sync_http_start(p->http, lane->line, &p->to, req);
	lane->running = true;
}

static int
lane_of(const struct program *p, const struct sync_http_line *line)
{
	int i = 0;

	while (p->lanes[i].line != line)
		i++;
	return i;
}

static void
take_answers(struct program *p)
{
	struct sync_http_line *line;
	enum ym_link link;

	while ((line = sync_http_next(p->http, &link))) {
		int i = lane_of(p, line);
		int64_t pulled = ym_sync_now(p->sync)->feed_pulled;
		enum ym_outcome o;

		p->lanes[i].running = false;
		o = ym_sync_end(p->sync, i, link, sync_http_reply(line));
		if (i == YM_LANE_PACK)
			sync_http_forget(line);
		plan(p, i, o, false);
		if (ym_sync_now(p->sync)->feed_pulled > pulled)
			tell(p, "FEED\n");
	}
}

static void
heed_wishes(struct program *p)
{
	/* In a backoff the events wait with the others; they are sent together. Whether somebody is signed in costs nothing to ask. */
	for (int i = 0; i < YM_N_LANES && p->events; i++) {
		enum ym_outcome o = ym_sync_lane_outcome(p->sync, i);

		if (o == YM_SYNC_FAILED_LOCAL || (i != YM_LANE_PULL && !ym_outcome_is_failure(o)))
			p->lanes[i].due_ms = 0;
	}
	if (p->now) {
		ym_sync_try_again(p->sync);
		for (int i = 0; i < YM_N_LANES; i++)
			p->lanes[i].due_ms = 0;
	}
	p->events = p->now = false;
}

static int
time_left(const struct program *p)
{
	int64_t now = ym_clock_mono(), left = IDLE_MS;

	for (int i = 0; i < YM_N_LANES; i++) {
		if (!p->lanes[i].running && p->lanes[i].due_ms - now < left)
			left = p->lanes[i].due_ms - now;
	}
	if (!is_told(p) && p->told_ms + COUNTS_MS - now < left)
		left = p->told_ms + COUNTS_MS - now;
	return left < 0 ? 0 : (int)left;
}

static void
run_loop(struct program *p)
{
	p->http = sync_http_loop_new();
	memcpy(&p->told, ym_sync_now(p->sync), sizeof p->told);
	while (!p->leave) {
		heed_wishes(p);
		for (int i = 0; i < YM_N_LANES && !p->leave; i++) {
			if (!p->lanes[i].running && p->lanes[i].due_ms <= ym_clock_mono())
				start(p, i);
		}
		sync_http_perform(p->http);
		take_answers(p);
		tell_state(p);
		if (p->leave || p->events || p->now)
			continue;
		if (sync_http_wait(p->http, STDIN_FILENO, time_left(p)))
			read_lines(p);
	}
	for (int i = 0; i < YM_N_LANES; i++) {
		if (p->lanes[i].running)
			sync_http_give_up(p->http, p->lanes[i].line);
	}
	sync_http_loop_free(p->http);
}

/* -- once -- */

static enum ym_link
exchange_waiting(void *user, const struct ym_http_request *req, struct ym_http_reply *ret)
{
	struct program *p = user;
	/* One at a time: whichever line has room for the answer. */
	struct sync_http_line *line = p->lanes[ret->body.max > YM_SYNC_REPLY_MAX ? YM_LANE_PACK : YM_LANE_PUSH].line;
	const struct ym_http_reply *reply = sync_http_reply(line);
	enum ym_link link;

	if (p->leave)
		return YM_LINK_NONE;
	link = sync_http_exchange(line, &p->to, req);
	ret->status = reply->status;
	memcpy(ret->retry_after, reply->retry_after, sizeof ret->retry_after);
	memcpy(ret->etag, reply->etag, sizeof ret->etag);
	memcpy(ret->have, reply->have, sizeof ret->have);
	ym_buf_add(&ret->body, reply->body.data, reply->body.len);
	ret->body.overflow |= reply->body.overflow;
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
read_settings(const char *dir, struct sync_http_address *ret, bool *ret_practice, struct ym_error *err)
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

	for (int i = 0; i < YM_N_LANES; i++)
		p.lanes[i].line = sync_http_line_new(i == YM_LANE_PACK ? YM_SYNC_PACK_MAX : YM_SYNC_REPLY_MAX);
	if (read_settings(dir, &p.to, &practice, &err) || ym_sync_open(&opt, &p.sync, &err)) {
		ym_diag_error("sync", &err);
		fprintf(stderr, "yimen-sync: %s: %s\n", err.msgid, err.detail);
	} else if ((fault = sync_http_check_address(&p.to, practice))) {
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
	for (int i = 0; i < YM_N_LANES; i++)
		sync_http_line_free(p.lanes[i].line);
	ym_buf_release(&p.in);
	sync_http_release_address(&p.to);
	return status;
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
	sync_http_init();
	if (argc == 2 && ym_streq(argv[1], "--exchange"))
		status = sync_exchange_run();
	else if (argc == 3 && ym_streq(argv[1], "--dir"))
		status = run_desk(argv[2], false);
	else if (argc == 4 && ym_streq(argv[1], "--dir") && ym_streq(argv[3], "--once"))
		status = run_desk(argv[2], true);
	else
		status = print_usage();
	sync_http_end();
	return status;
}
