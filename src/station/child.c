/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See child.h.
 */
#include "station/child.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "base/file.h"

extern char **environ;

static enum ym_code
start(const char *program, const char *argument, int in, int out, pid_t *ret, struct ym_error *err)
{
	char *const argv[] = { (char *)program, (char *)argument, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int failed;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	failed = posix_spawn(ret, program, &actions, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return failed ? ym_fail_on(err, YM_IO, N_("A helper program cannot be started"), program, "%s", strerror(failed)) : YM_OK;
}

enum ym_code
ym_child_run(const char *helper, const char *argument, const void *input, size_t n, size_t max, struct ym_buf *ret_output, struct ym_error *err)
{
	YM_FREE char *program = ym_file_helper(helper);
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, status = -1;
	pid_t pid = -1;
	enum ym_code code;

	if (!program)
		return ym_fail_on(err, YM_IO, N_("A helper program is missing"), helper, NULL);
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		return ym_fail(err, YM_IO, N_("A helper program cannot be started"), "pipe: %m");
	code = start(program, argument, in[0], out[1], &pid, err);
	ym_fd_close_p(&in[0]);
	ym_fd_close_p(&out[1]);
	if (!code) {
		code = ym_fd_write_all(in[1], input, n, err);
		ym_fd_close_p(&in[1]);
		if (!code)
			code = ym_fd_read_all(out[0], max, ret_output, err);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		if (!code && status)
			code = ym_fail_on(err, YM_IO, N_("A helper program ended with an error"), helper, "status %d", status);
	}
	ym_fd_close_p(&in[1]);
	ym_fd_close_p(&out[0]);
	return code;
}
