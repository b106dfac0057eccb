/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See child.h.
 */
#include "station/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

#include "base/file.h"
#include "loop/spawn.h"

enum ym_code
ym_child_run(const char *helper, const char *argument, const void *input, size_t n, size_t max, struct ym_buf *ret_output, struct ym_error *err)
{
	YM_FREE char *program = ym_file_helper(helper);
	char *const argv[] = { program, (char *)argument, NULL };
	int in = -1, out = -1, status = -1;
	pid_t pid = -1;
	enum ym_code code;

	if (!program)
		return ym_fail_on(err, YM_IO, N_("A helper program is missing"), helper, NULL);
	code = ym_spawn_start(argv, &in, &out, -1, &pid, err);
	if (code)
		return code;
	fcntl(in, F_SETFL, 0); /* the loop's ends do not block; here we wait */
	fcntl(out, F_SETFL, 0);
	code = ym_fd_write_all(in, input, n, err);
	ym_fd_close_p(&in);
	if (!code)
		code = ym_fd_read_all(out, max, ret_output, err);
	ym_fd_close_p(&out);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!code && status)
		code = ym_fail_on(err, YM_IO, N_("A helper program ended with an error"), helper, "status %d", status);
	return code;
}
