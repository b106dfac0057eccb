/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The event loop: one poll, one thread. Sources have a name and a priority; timers are named;
 * children are reaped. Not for blocking work (that is a helper program). A turn: poll -> signals ->
 * timers -> keys -> other descriptors -> at most one deferred slice -> one paint. A callback over
 * 20 ms is logged with its source's name. Invariant: a removed source is never called again; ids
 * are never reused within a process.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "yimen/error.h"

struct ym_loop;
typedef uint64_t ym_source; /* 0 is never a source */

enum ym_priority { YM_PRIO_KEYS, YM_PRIO_NORMAL };

typedef void (*ym_fd_fn)(void *user, int fd, short revents);
typedef void (*ym_timer_fn)(void *user);
typedef void (*ym_signal_fn)(void *user, int signo);
typedef void (*ym_child_fn)(void *user, pid_t pid, int status);
/* One slice of idle work, under 5 ms; returns true while more remains. */
typedef bool (*ym_slice_fn)(void *user);
typedef void (*ym_paint_fn)(void *user);

/* Blocks SIGCHLD and ignores SIGPIPE for the process (children get both back). One loop of a
 * process has children. IO when the kernel refuses. */
enum ym_code ym_loop_new(struct ym_loop **ret, struct ym_error *err) YM_MUST;
void ym_loop_free(struct ym_loop *loop); /* aborts when something is still registered: a bug */

/* Names are copied (31 bytes). Times are ym_clock_mono's. At most 1024 sources. What a callback
 * adds is first called in a later turn. The descriptor stays its owner's: remove the source, then
 * close. events: POLLIN | POLLOUT ...; with 0 the descriptor is not watched at all, not even for
 * its end. */
ym_source ym_loop_add_fd(struct ym_loop *loop, const char *name, enum ym_priority prio, int fd,
	short events, ym_fd_fn fn, void *user);
void ym_loop_set_events(struct ym_loop *loop, ym_source id, short events);
ym_source ym_loop_add_timer(struct ym_loop *loop, const char *name, int64_t delay_ms,
	ym_timer_fn fn, void *user); /* once */
/* The signal is blocked from here to ym_loop_free, also after removal. */
ym_source ym_loop_add_signal(
	struct ym_loop *loop, const char *name, int signo, ym_signal_fn fn, void *user);
/* Deferred work: run one slice a turn when nothing else is ready; removed when it returns false. */
ym_source ym_loop_add_slice(struct ym_loop *loop, const char *name, ym_slice_fn fn, void *user);
/* 0 and dead ids are accepted. A removed child keeps running, is reaped silently, and fn is not
 * called. */
void ym_loop_remove(struct ym_loop *loop, ym_source id);
/* Called once at the end of a turn in which ym_loop_dirty was called. */
void ym_loop_set_paint(struct ym_loop *loop, ym_paint_fn fn, void *user);
void ym_loop_dirty(struct ym_loop *loop);

/* Start argv[0] (a path). stdin/stdout of the child are pipes when in/out are non-NULL (our ends,
 * non-blocking, close-on-exec), else /dev/null; its stderr is ours unless that is a terminal.
 * extra_fd >= 0 is passed as descriptor 3 and stays yours. fn is called on exit with waitpid's
 * status, after which the source is gone; the last bytes of its output may still be in the pipe
 * then. NOTFOUND when there is no such program, IO otherwise. */
enum ym_code ym_loop_spawn(struct ym_loop *loop, const char *name, char *const argv[], int *ret_in,
	int *ret_out, int extra_fd, ym_child_fn fn, void *user, pid_t *ret_pid, ym_source *ret_id,
	struct ym_error *err) YM_MUST;

/* One turn; waits at most max_wait_ms (-1: until something happens). */
void ym_loop_turn(struct ym_loop *loop, int max_wait_ms);
void ym_loop_run(struct ym_loop *loop); /* until ym_loop_quit */
void ym_loop_quit(struct ym_loop *loop);
bool ym_loop_has_quit(const struct ym_loop *loop);
