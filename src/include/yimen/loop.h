/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The event loop: one poll, one thread. Sources have a name and a priority; timers are named; children are reaped.
 * Not for blocking work (that is a helper program). A turn: poll -> signals -> timers -> keys -> other descriptors ->
 * at most one deferred slice -> one paint. A callback over 20 ms is logged with its source's name.
 * Invariant: a removed source is never called again; ids are never reused within a process.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "yimen/error.h"

struct ym_loop;
typedef uint64_t ym_source;   /* 0 is never a source */

enum ym_priority { YM_PRIO_KEYS, YM_PRIO_NORMAL };

typedef void (*ym_fd_fn)(void *user, int fd, short revents);
typedef void (*ym_timer_fn)(void *user);
typedef void (*ym_signal_fn)(void *user, int signo);
typedef void (*ym_child_fn)(void *user, pid_t pid, int status);
/* One slice of idle work, under 5 ms; returns true while more remains. */
typedef bool (*ym_slice_fn)(void *user);
typedef void (*ym_paint_fn)(void *user);

enum ym_code ym_loop_new(struct ym_loop **ret, struct ym_error *err) YM_MUST;
void ym_loop_free(struct ym_loop *loop);   /* asserts that nothing is still registered */

ym_source ym_loop_add_fd(struct ym_loop *loop, const char *name, enum ym_priority prio, int fd, short events,
	ym_fd_fn fn, void *user);
void ym_loop_set_events(struct ym_loop *loop, ym_source id, short events);
ym_source ym_loop_add_timer(struct ym_loop *loop, const char *name, int64_t delay_ms, ym_timer_fn fn, void *user); /* once */
ym_source ym_loop_add_signal(struct ym_loop *loop, const char *name, int signo, ym_signal_fn fn, void *user);
/* Deferred work: run one slice a turn when nothing else is ready; removed when it returns false. */
ym_source ym_loop_add_slice(struct ym_loop *loop, const char *name, ym_slice_fn fn, void *user);
void ym_loop_remove(struct ym_loop *loop, ym_source id);   /* 0 and dead ids are accepted */
/* Called once at the end of a turn in which ym_loop_dirty was called. */
void ym_loop_set_paint(struct ym_loop *loop, ym_paint_fn fn, void *user);
void ym_loop_dirty(struct ym_loop *loop);

/* Start argv[0] (a path). stdin/stdout of the child are pipes when in/out are non-NULL (our ends, non-blocking,
 * close-on-exec); extra_fd >= 0 is passed as descriptor 3. fn is called on exit, after which the source is gone. */
enum ym_code ym_loop_spawn(struct ym_loop *loop, const char *name, char *const argv[], int *ret_in, int *ret_out,
	int extra_fd, ym_child_fn fn, void *user, pid_t *ret_pid, ym_source *ret_id, struct ym_error *err) YM_MUST;

/* One turn; waits at most max_wait_ms (-1: until something happens). */
void ym_loop_turn(struct ym_loop *loop, int max_wait_ms);
void ym_loop_run(struct ym_loop *loop);    /* until ym_loop_quit */
void ym_loop_quit(struct ym_loop *loop);
bool ym_loop_has_quit(const struct ym_loop *loop);
