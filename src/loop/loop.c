/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One poll, one thread: a turn waits once, calls what is ready and sweeps what was removed. Not the list of sources
 * (loop_source.c). Invariants: a dead source is never called; what is added during a turn is first called in a later one.
 */
#include "loop/loop_inner.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/mem.h"

#define SLOW_MS 20

void
ym_loop_bug(const char *what, const char *name)
{
	ym_diag(YM_DIAG_ERROR, "loop", "bug: %s (%s)", what, name);
	fprintf(stderr, "yimen: loop: %s (%s)\n", what, name);
	abort();
}

static enum ym_code
fail_errno(struct ym_error *err, const char *what)
{
	int saved = errno;

	ym_fail(err, YM_IO, N_("The event loop cannot start"), "%s: %s", what, strerror(saved));
	if (err)
		err->sys = saved;
	return YM_IO;
}

enum ym_code
ym_loop_new(struct ym_loop **ret, struct ym_error *err)
{
	struct ym_loop *loop = ym_alloc(sizeof *loop);

	sigemptyset(&loop->signals);
	sigaddset(&loop->signals, SIGCHLD);
	loop->signal_fd = signalfd(-1, &loop->signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (loop->signal_fd < 0 ||
		sigprocmask(SIG_BLOCK, &loop->signals, &loop->saved_signals) < 0) {
		enum ym_code code = fail_errno(err, "signalfd");

		ym_fd_close_p(&loop->signal_fd);
		free(loop);
		return code;
	}
	/* A helper that died shows as EPIPE on its pipe and as its exit. */
	signal(SIGPIPE, SIG_IGN);
	*ret = loop;
	return YM_OK;
}

void
ym_loop_free(struct ym_loop *loop)
{
	if (!loop)
		return;
	for (size_t i = 0; i < loop->n_sources; i++) {
		if (ym_loop_is_alive(loop->sources[i]))
			ym_loop_bug("still registered when the loop ends", loop->sources[i]->name);
		free(loop->sources[i]);
	}
	if (loop->in_turn)
		ym_loop_bug("freed during a turn", "loop");
	close(loop->signal_fd);
	sigprocmask(SIG_SETMASK, &loop->saved_signals, NULL);
	free(loop->sources);
	free(loop);
}

void
ym_loop_set_paint(struct ym_loop *loop, ym_paint_fn fn, void *user)
{
	loop->paint = fn;
	loop->paint_user = user;
}

void
ym_loop_dirty(struct ym_loop *loop)
{
	loop->dirty = true;
}

/* The real clock: a virtual one would hide that we were slow. */
static int64_t
stopwatch_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
note_if_slow(const char *name, int64_t began_ms)
{
	int64_t took = stopwatch_ms() - began_ms;

	if (took > SLOW_MS)
		ym_diag(YM_DIAG_WARN, "loop", "%s took %lld ms", name, (long long)took);
}

static void
call_signals(struct ym_loop *loop, int signo, ym_source limit)
{
	for (size_t i = 0; i < loop->n_sources && loop->sources[i]->id <= limit; i++) {
		struct ym_loop_source *s = loop->sources[i];
		int64_t began;

		if (s->kind != YM_LOOP_SIGNAL || !ym_loop_is_alive(s) || s->u.signal.signo != signo)
			continue;
		began = stopwatch_ms();
		s->u.signal.fn(s->user, signo);
		note_if_slow(s->name, began);
	}
}

/* Only our own children: a library may have some that it waits for itself. */
static void
reap(struct ym_loop *loop, ym_source limit)
{
	for (size_t i = 0; i < loop->n_sources && loop->sources[i]->id <= limit; i++) {
		struct ym_loop_source *s = loop->sources[i];
		int64_t began;
		int status = 0;
		pid_t pid;

		if (s->kind != YM_LOOP_CHILD || s->dead)
			continue;
		pid = waitpid(s->u.child.pid, &status, WNOHANG);
		if (pid == 0 || (pid < 0 && errno == EINTR))
			continue;
		if (pid < 0)
			ym_diag(YM_DIAG_ERROR, "loop", "bug: %s was reaped elsewhere", s->name);
		s->dead = true;
		if (s->orphan)
			continue;
		began = stopwatch_ms();
		s->u.child.fn(s->user, s->u.child.pid, status);
		note_if_slow(s->name, began);
	}
}

static bool
run_signals(struct ym_loop *loop, ym_source limit)
{
	struct signalfd_siginfo info;
	bool any = false;

	while (read(loop->signal_fd, &info, sizeof info) == sizeof info) {
		any = true;
		if (info.ssi_signo == SIGCHLD)
			reap(loop, limit);
		call_signals(loop, (int)info.ssi_signo, limit);
	}
	return any;
}

/* The live timer that is due first, of equal ones the oldest. */
static struct ym_loop_source *
first_timer(const struct ym_loop *loop, ym_source limit)
{
	struct ym_loop_source *best = NULL;

	for (size_t i = 0; i < loop->n_sources && loop->sources[i]->id <= limit; i++) {
		struct ym_loop_source *s = loop->sources[i];

		if (s->kind == YM_LOOP_TIMER && ym_loop_is_alive(s) &&
			(!best || s->u.timer.due_ms < best->u.timer.due_ms))
			best = s;
	}
	return best;
}

static bool
run_timers(struct ym_loop *loop, ym_source limit)
{
	int64_t now = ym_clock_mono();
	struct ym_loop_source *s;
	bool any = false;

	while ((s = first_timer(loop, limit)) && s->u.timer.due_ms <= now) {
		int64_t began = stopwatch_ms();

		s->dead = true;
		any = true;
		s->u.timer.fn(s->user);
		note_if_slow(s->name, began);
	}
	return any;
}

static bool
run_fds(struct ym_loop *loop, enum ym_priority prio)
{
	bool any = false;

	for (size_t i = 0; i < loop->n_sources; i++) {
		struct ym_loop_source *s = loop->sources[i];
		int64_t began;
		short revents;

		if (s->kind != YM_LOOP_FD || !ym_loop_is_alive(s) || s->u.fd.prio != prio || !s->u.fd.revents)
			continue;
		revents = s->u.fd.revents;
		s->u.fd.revents = 0;
		if (revents & POLLNVAL) {
			/* Its owner closed it and forgot to tell us; a turn would spin on it for
			 * ever. */
			ym_diag(YM_DIAG_ERROR, "loop", "bug: %s watches a closed descriptor",
				s->name);
			s->dead = true;
			continue;
		}
		any = true;
		began = stopwatch_ms();
		s->u.fd.fn(s->user, s->u.fd.fd, revents);
		note_if_slow(s->name, began);
	}
	return any;
}

/* The live slice after the one that ran last, round and round. */
static struct ym_loop_source *
next_slice(const struct ym_loop *loop)
{
	struct ym_loop_source *first = NULL;

	for (size_t i = 0; i < loop->n_sources; i++) {
		struct ym_loop_source *s = loop->sources[i];

		if (s->kind != YM_LOOP_SLICE || !ym_loop_is_alive(s))
			continue;
		if (s->id > loop->last_slice)
			return s;
		if (!first)
			first = s;
	}
	return first;
}

static void
run_slice(struct ym_loop *loop)
{
	struct ym_loop_source *s = next_slice(loop);
	int64_t began = stopwatch_ms();

	if (!s)
		return;
	loop->last_slice = s->id;
	if (!s->u.slice.fn(s->user))
		s->dead = true;
	note_if_slow(s->name, began);
}

static void
run_paint(struct ym_loop *loop)
{
	int64_t began = stopwatch_ms();

	if (!loop->dirty || !loop->paint)
		return;
	loop->dirty = false;
	loop->paint(loop->paint_user);
	note_if_slow("paint", began);
}

static void
sweep(struct ym_loop *loop)
{
	size_t kept = 0;

	for (size_t i = 0; i < loop->n_sources; i++) {
		if (loop->sources[i]->dead)
			free(loop->sources[i]);
		else
			loop->sources[kept++] = loop->sources[i];
	}
	loop->n_sources = kept;
}

static int
poll_timeout(const struct ym_loop *loop, int max_wait_ms)
{
	const struct ym_loop_source *timer = first_timer(loop, loop->last_id);
	int64_t wait = max_wait_ms < 0 ? INT_MAX : max_wait_ms;

	if (loop->quit || (loop->dirty && loop->paint) || next_slice(loop))
		return 0;
	if (timer) {
		int64_t left = timer->u.timer.due_ms - ym_clock_mono();

		if (left < wait)
			return left < 0 ? 0 : (int)left;
	}
	return max_wait_ms < 0 ? -1 : max_wait_ms;
}

/* Waits, and leaves in each descriptor's source what it is ready for. */
static void
wait_for_events(struct ym_loop *loop, int timeout_ms)
{
	YM_FREE struct pollfd *fds = ym_realloc_array(NULL, loop->n_sources + 1, sizeof *fds);
	nfds_t n = 1;
	int ready;

	fds[0] = (struct pollfd){ .fd = loop->signal_fd, .events = POLLIN };
	for (size_t i = 0; i < loop->n_sources; i++) {
		const struct ym_loop_source *s = loop->sources[i];

		if (s->kind == YM_LOOP_FD && ym_loop_is_alive(s))
			fds[n++] = (struct pollfd){ .fd = s->u.fd.events ? s->u.fd.fd : -1,
				.events = s->u.fd.events };
	}
	ready = poll(fds, n, timeout_ms);
	if (ready < 0 && errno != EINTR && errno != EAGAIN && errno != ENOMEM)
		ym_loop_bug("poll failed", strerror(errno));
	n = 1;
	for (size_t i = 0; i < loop->n_sources; i++) {
		struct ym_loop_source *s = loop->sources[i];

		if (s->kind == YM_LOOP_FD && ym_loop_is_alive(s))
			s->u.fd.revents = ready > 0 ? fds[n++].revents : 0;
	}
}

void
ym_loop_turn(struct ym_loop *loop, int max_wait_ms)
{
	ym_source limit = loop->last_id;
	bool any;

	if (loop->in_turn)
		ym_loop_bug("a turn within a turn", "loop");
	loop->in_turn = true;
	wait_for_events(loop, poll_timeout(loop, max_wait_ms));
	any = run_signals(loop, limit);
	any |= run_timers(loop, limit);
	any |= run_fds(loop, YM_PRIO_KEYS);
	any |= run_fds(loop, YM_PRIO_NORMAL);
	if (!any)
		run_slice(loop);
	run_paint(loop);
	loop->in_turn = false;
	sweep(loop);
}

void
ym_loop_run(struct ym_loop *loop)
{
	while (!loop->quit)
		ym_loop_turn(loop, -1);
}

void
ym_loop_quit(struct ym_loop *loop)
{
	loop->quit = true;
}

bool
ym_loop_has_quit(const struct ym_loop *loop)
{
	return loop->quit;
}
