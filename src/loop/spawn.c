/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A child process with pipes, default signals and nothing of our terminal. Not for reaping
 * (loop.c). Invariant: on failure no descriptor stays open and no output parameter is touched.
 */
#include "loop/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

#include "base/mem.h"

extern char **environ;

static enum ym_code
fail_spawn(struct ym_error *err, const char *path, const char *what, int sys)
{
	enum ym_code code = sys == ENOENT ? YM_NOTFOUND : YM_IO;

	ym_fail_on(err, code, N_("A helper program cannot be started"), path, "%s: %s", what,
		strerror(sys));
	if (err)
		err->sys = sys;
	return code;
}

/* Above the numbers the child's own descriptors get, so that no dup2 treads on a later one. */
static int
lift(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, 4);
	int saved = errno;

	close(fd);
	errno = saved;
	return high;
}

/* One pipe; `theirs` is the child's end, blocking; `ours` does not block. */
static bool
make_pipe(bool we_write, int *ours, int *theirs)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	*ours = lift(ends[we_write]);
	*theirs = lift(ends[!we_write]);
	return *ours >= 0 && *theirs >= 0 && fcntl(*ours, F_SETFL, O_NONBLOCK) == 0;
}

static void
actions_p(posix_spawn_file_actions_t *a)
{
	posix_spawn_file_actions_destroy(a);
}

static void
attr_p(posix_spawnattr_t *a)
{
	posix_spawnattr_destroy(a);
}

/* The loop blocks signals and ignores SIGPIPE; the child starts with neither. */
static int
set_signals(posix_spawnattr_t *attr)
{
	sigset_t none, all;
	int sys;

	sigemptyset(&none);
	sigfillset(&all);
	sys = posix_spawnattr_setsigmask(attr, &none);
	if (!sys)
		sys = posix_spawnattr_setsigdefault(attr, &all);
	if (!sys)
		sys = posix_spawnattr_setflags(
			attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	return sys;
}

static int
add_descriptor(posix_spawn_file_actions_t *actions, int fd, int as)
{
	if (fd >= 0)
		return posix_spawn_file_actions_adddup2(actions, fd, as);
	return posix_spawn_file_actions_addopen(
		actions, as, "/dev/null", as ? O_WRONLY : O_RDONLY, 0);
}

enum ym_code
ym_spawn_start(char *const argv[], int *ret_in, int *ret_out, int extra_fd, pid_t *ret_pid,
	struct ym_error *err)
{
	YM_CLEANUP(actions_p) posix_spawn_file_actions_t actions;
	YM_CLEANUP(attr_p) posix_spawnattr_t attr;
	YM_FDCLOSE int in = -1, their_in = -1, out = -1, their_out = -1, extra = -1;
	pid_t pid;
	int sys;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	if ((ret_in && !make_pipe(true, &in, &their_in)) ||
		(ret_out && !make_pipe(false, &out, &their_out)))
		return fail_spawn(err, argv[0], "pipe", errno);
	if (extra_fd >= 0 && (extra = fcntl(extra_fd, F_DUPFD_CLOEXEC, 4)) < 0)
		return fail_spawn(err, argv[0], "dup", errno);
	sys = set_signals(&attr);
	if (!sys)
		sys = add_descriptor(&actions, their_in, 0);
	if (!sys)
		sys = add_descriptor(&actions, their_out, 1);
	/* What a library of the child prints must not tear the screen. */
	if (!sys && isatty(2))
		sys = add_descriptor(&actions, -1, 2);
	if (!sys && extra >= 0)
		sys = posix_spawn_file_actions_adddup2(&actions, extra, 3);
	if (!sys)
		sys = posix_spawn(&pid, argv[0], &actions, &attr, argv, environ);
	if (sys)
		return fail_spawn(err, argv[0], "spawn", sys);
	if (ret_in) {
		*ret_in = in;
		in = -1;
	}
	if (ret_out) {
		*ret_out = out;
		out = -1;
	}
	*ret_pid = pid;
	return YM_OK;
}
