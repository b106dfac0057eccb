/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What loop.c and loop_source.c share: the sources and the loop that holds them. Nothing outside this folder sees it.
 * Invariant: sources stand in the order of their ids, which only grow; a dead one is freed at the end of a turn alone.
 */
#pragma once

#include <signal.h>

#include "yimen/loop.h"

enum ym_loop_kind { YM_LOOP_FD, YM_LOOP_TIMER, YM_LOOP_SIGNAL, YM_LOOP_CHILD, YM_LOOP_SLICE };

struct ym_loop_source {
	ym_source id;
	enum ym_loop_kind kind;
	bool dead;
	bool orphan; /* a removed child that is still to be reaped */
	char name[32];
	void *user;
	union {
		struct {
			ym_fd_fn fn;
			enum ym_priority prio;
			int fd;
			short events, revents;
		} fd;
		struct {
			ym_timer_fn fn;
			int64_t due_ms;
		} timer;
		struct {
			ym_signal_fn fn;
			int signo;
		} signal;
		struct {
			ym_child_fn fn;
			pid_t pid;
		} child;
		struct {
			ym_slice_fn fn;
		} slice;
	} u;
};

struct ym_loop {
	struct ym_loop_source **sources; /* in order of their ids */
	size_t n_sources;
	ym_source last_id;
	ym_source last_slice; /* where the round of slices stands */
	int signal_fd;
	sigset_t signals, saved_signals;
	ym_paint_fn paint;
	void *paint_user;
	bool dirty, quit, in_turn;
};

static inline bool
ym_loop_is_alive(const struct ym_loop_source *s)
{
	return !s->dead && !s->orphan;
}

/* A mistake of the program: said in the log and on standard error, then abort. */
_Noreturn void ym_loop_bug(const char *what, const char *name);
