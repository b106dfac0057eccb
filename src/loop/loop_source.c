/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The list of what the loop watches: adding, changing, removing. Not calling them (loop.c), not starting children (spawn.c).
 * Invariant: removing only marks, so that a callback may remove anything, itself included.
 */
#include "loop/loop_inner.h"

#include <poll.h>
#include <sys/signalfd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "loop/spawn.h"

#define SOURCES_MAX 1024
#define DELAY_MAX_MS ((int64_t)1 << 40)

static struct ym_loop_source *
add(struct ym_loop *loop, enum ym_loop_kind kind, const char *name, void *user)
{
	struct ym_loop_source *s = ym_alloc(sizeof *s);

	if (loop->n_sources == SOURCES_MAX)
		ym_loop_bug("too many sources", name);
	s->id = ++loop->last_id;
	s->kind = kind;
	s->user = user;
	ym_strlcpy(s->name, name, sizeof s->name);
	loop->sources = ym_realloc_array(loop->sources, loop->n_sources + 1, sizeof *loop->sources);
	loop->sources[loop->n_sources++] = s;
	return s;
}

static struct ym_loop_source *
find(const struct ym_loop *loop, ym_source id)
{
	size_t low = 0, high = loop->n_sources;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (loop->sources[mid]->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < loop->n_sources && loop->sources[low]->id == id ? loop->sources[low] : NULL;
}

ym_source
ym_loop_add_fd(struct ym_loop *loop, const char *name, enum ym_priority prio, int fd, short events,
	ym_fd_fn fn, void *user)
{
	struct ym_loop_source *s = add(loop, YM_LOOP_FD, name, user);

	s->u.fd.fn = fn;
	s->u.fd.prio = prio;
	s->u.fd.fd = fd;
	s->u.fd.events = events;
	return s->id;
}

void
ym_loop_set_events(struct ym_loop *loop, ym_source id, short events)
{
	struct ym_loop_source *s = find(loop, id);

	if (!s || !ym_loop_is_alive(s) || s->kind != YM_LOOP_FD)
		return;
	s->u.fd.events = events;
	/* What was polled for the old set and is not wanted now must not be delivered. */
	s->u.fd.revents =
		events ? (short)(s->u.fd.revents & (events | POLLERR | POLLHUP | POLLNVAL)) : 0;
}

ym_source
ym_loop_add_timer(
	struct ym_loop *loop, const char *name, int64_t delay_ms, ym_timer_fn fn, void *user)
{
	struct ym_loop_source *s = add(loop, YM_LOOP_TIMER, name, user);

	if (delay_ms < 0)
		delay_ms = 0;
	if (delay_ms > DELAY_MAX_MS)
		delay_ms = DELAY_MAX_MS;
	s->u.timer.fn = fn;
	s->u.timer.due_ms = ym_clock_mono() + delay_ms;
	return s->id;
}

ym_source
ym_loop_add_signal(struct ym_loop *loop, const char *name, int signo, ym_signal_fn fn, void *user)
{
	struct ym_loop_source *s = add(loop, YM_LOOP_SIGNAL, name, user);

	s->u.signal.fn = fn;
	s->u.signal.signo = signo;
	/* It stays blocked after removal: a late one must not kill us. */
	sigaddset(&loop->signals, signo);
	if (sigprocmask(SIG_BLOCK, &loop->signals, NULL) < 0 ||
		signalfd(loop->signal_fd, &loop->signals, 0) < 0)
		ym_loop_bug("a signal that cannot be watched", name);
	return s->id;
}

ym_source
ym_loop_add_slice(struct ym_loop *loop, const char *name, ym_slice_fn fn, void *user)
{
	struct ym_loop_source *s = add(loop, YM_LOOP_SLICE, name, user);

	s->u.slice.fn = fn;
	return s->id;
}

void
ym_loop_remove(struct ym_loop *loop, ym_source id)
{
	struct ym_loop_source *s = find(loop, id);

	if (!s)
		return;
	if (s->kind == YM_LOOP_CHILD && !s->dead)
		s->orphan = true;
	else
		s->dead = true;
}

enum ym_code
ym_loop_spawn(struct ym_loop *loop, const char *name, char *const argv[], int *ret_in, int *ret_out,
	int extra_fd, ym_child_fn fn, void *user, pid_t *ret_pid, ym_source *ret_id,
	struct ym_error *err)
{
	enum ym_code code;
	struct ym_loop_source *s;
	pid_t pid;

	code = ym_spawn_start(argv, ret_in, ret_out, extra_fd, &pid, err);
	if (code)
		return code;
	s = add(loop, YM_LOOP_CHILD, name, user);
	s->u.child.fn = fn;
	s->u.child.pid = pid;
	if (ret_pid)
		*ret_pid = pid;
	if (ret_id)
		*ret_id = s->id;
	return YM_OK;
}
