/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Children: pipes, exit, what they inherit and what they must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/mem.h"
#include "yimen/loop.h"

/* posix_spawn promises not to write to what its argv calls char *. */
#define ARG(s) ((char *)(s))

struct child {
	struct ym_loop *loop;
	ym_source id;
	pid_t pid;
	int calls, status;
};

static int
setup(void **state)
{
	struct child *c = ym_alloc(sizeof *c);

	assert_int_equal(ym_loop_new(&c->loop, NULL), YM_OK);
	*state = c;
	return 0;
}

static int
teardown(void **state)
{
	struct child *c = *state;

	/* After a failed assertion the child may still be registered. */
	ym_loop_remove(c->loop, c->id);
	ym_loop_free(c->loop);
	free(c);
	return 0;
}

static void
on_exit_of(void *user, pid_t pid, int status)
{
	struct child *c = user;

	assert_int_equal(pid, c->pid);
	c->calls++;
	c->status = status;
}

static void
spawn_shell(struct child *c, const char *script, int *in, int *out, int extra)
{
	char *const argv[] = { ARG("/bin/sh"), ARG("-c"), ARG(script), NULL };
	struct ym_error err;

	if (ym_loop_spawn(
		    c->loop, "shell", argv, in, out, extra, on_exit_of, c, &c->pid, &c->id, &err))
		fail_msg("%s: %s", err.msgid, err.detail);
}

static void
wait_exit(struct child *c)
{
	for (int i = 0; !c->calls && i < 1000; i++)
		ym_loop_turn(c->loop, 100);
	assert_int_equal(c->calls, 1);
}

/* What the child wrote until its end. */
static char *
drain(int fd)
{
	YM_BUF text = { 0 };

	assert_int_equal(fcntl(fd, F_SETFL, 0), 0);
	assert_int_equal(ym_fd_read_all(fd, 65536, &text, NULL), YM_OK);
	close(fd);
	return ym_buf_take(&text);
}

static void
the_exit_status_arrives_once_and_the_source_is_gone(void **state)
{
	struct child *c = *state;

	spawn_shell(c, "exit 7", NULL, NULL, -1);
	wait_exit(c);
	assert_true(WIFEXITED(c->status));
	assert_int_equal(WEXITSTATUS(c->status), 7);
	ym_loop_turn(c->loop, 0);
	assert_int_equal(c->calls, 1);
	ym_loop_remove(c->loop, c->id);
	assert_int_equal(waitpid(c->pid, NULL, WNOHANG), -1);
}

static void
death_by_signal_is_told(void **state)
{
	struct child *c = *state;

	spawn_shell(c, "kill -TERM $$; sleep 60", NULL, NULL, -1);
	wait_exit(c);
	assert_true(WIFSIGNALED(c->status));
	assert_int_equal(WTERMSIG(c->status), SIGTERM);
}

static void
pipes_carry_both_ways_and_our_ends_do_not_block(void **state)
{
	struct child *c = *state;
	YM_FREE char *text = NULL;
	int in, out;
	char byte;

	spawn_shell(c, "exec cat", &in, &out, -1);
	assert_int_equal(read(out, &byte, 1), -1);
	assert_int_equal(errno, EAGAIN);
	assert_true(fcntl(in, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(in, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(out, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(ym_fd_write_all(in, "一门\n", 7, NULL), YM_OK);
	close(in);
	text = drain(out);
	assert_string_equal(text, "一门\n");
	wait_exit(c);
}

static void
the_extra_descriptor_is_number_three(void **state)
{
	struct child *c = *state;
	YM_FREE char *text = NULL;
	int fds[2], out;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(write(fds[1], "secret\n", 7), 7);
	close(fds[1]);
	spawn_shell(c, "cat <&3", NULL, &out, fds[0]);
	assert_int_not_equal(fcntl(fds[0], F_GETFD), -1);
	close(fds[0]);
	text = drain(out);
	assert_string_equal(text, "secret\n");
	wait_exit(c);
}

static void
a_child_inherits_no_other_descriptor(void **state)
{
	struct child *c = *state;
	YM_FREE char *text = NULL;
	int out;

	/* ls itself opens the folder it lists as descriptor 3. */
	spawn_shell(c, "exec ls /proc/self/fd", NULL, &out, -1);
	text = drain(out);
	assert_string_equal(text, "0\n1\n2\n3\n");
	wait_exit(c);
}

static void
a_child_starts_with_no_signal_blocked_or_ignored(void **state)
{
	struct child *c = *state;
	YM_FREE char *text = NULL;
	unsigned long long blocked, ignored;
	int out;

	spawn_shell(c, "exec grep -E 'Sig(Blk|Ign)' /proc/self/status", NULL, &out, -1);
	text = drain(out);
	assert_int_equal(sscanf(text, "SigBlk: %llx SigIgn: %llx", &blocked, &ignored), 2);
	assert_int_equal(blocked, 0);
	/* 32 and 33 belong to the C library. */
	assert_int_equal(ignored & 0x7FFFFFFF, 0);
	wait_exit(c);
}

static void
without_pipes_input_is_empty_and_output_goes_nowhere(void **state)
{
	struct child *c = *state;

	spawn_shell(c,
		"test \"$(readlink /proc/self/fd/0)\" = /dev/null && echo lost && ! read line",
		NULL, NULL, -1);
	wait_exit(c);
	assert_int_equal(c->status, 0);
}

static void
a_missing_program_is_told_at_once(void **state)
{
	struct child *c = *state;
	char *const argv[] = { ARG("/nonexistent/yimen-helper"), NULL };
	struct ym_error err;
	int in = -7, out = -7;

	assert_int_equal(ym_loop_spawn(c->loop, "none", argv, &in, &out, -1, on_exit_of, c, &c->pid,
				 &c->id, &err),
		YM_NOTFOUND);
	assert_string_equal(err.subject, argv[0]);
	assert_int_equal(err.sys, ENOENT);
	assert_int_equal(in, -7);
	assert_int_equal(out, -7);
	assert_int_equal(c->id, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void
failing_to_start_leaks_no_descriptor(void **state)
{
	struct child *c = *state;
	char *const argv[] = { ARG("/nonexistent/yimen-helper"), NULL };
	int before = dup(2), after, in, out;

	close(before);
	for (int i = 0; i < 10; i++)
		assert_int_equal(ym_loop_spawn(c->loop, "none", argv, &in, &out, 2, on_exit_of, c,
					 NULL, NULL, NULL),
			YM_NOTFOUND);
	after = dup(2);
	close(after);
	assert_int_equal(after, before);
}

static void
a_removed_child_is_reaped_in_silence(void **state)
{
	struct child *c = *state;

	spawn_shell(c, "exit 0", NULL, NULL, -1);
	ym_loop_remove(c->loop, c->id);
	ym_loop_remove(c->loop, c->id);
	for (int i = 0; i < 200 && kill(c->pid, 0) == 0; i++)
		ym_loop_turn(c->loop, 50);
	assert_int_equal(kill(c->pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(c->calls, 0);
}

static int n_exits;

static void
count_exit(void *user, pid_t pid, int status)
{
	assert_int_equal(WEXITSTATUS(status), *(int *)user);
	n_exits++;
}

static void
many_children_that_end_together_are_all_reaped(void **state)
{
	struct child *c = *state;
	int codes[20], release[2];
	pid_t pids[20];

	/* All wait for the same pipe to close, so that their SIGCHLDs run into one. */
	assert_int_equal(pipe2(release, O_CLOEXEC), 0);
	n_exits = 0;
	for (int i = 0; i < 20; i++) {
		char script[64];
		char *const argv[] = { ARG("/bin/sh"), ARG("-c"), script, NULL };

		codes[i] = i;
		snprintf(script, sizeof script, "read line <&3; exit %d", i);
		assert_int_equal(ym_loop_spawn(c->loop, "many", argv, NULL, NULL, release[0],
					 count_exit, &codes[i], &pids[i], NULL, NULL),
			YM_OK);
	}
	close(release[1]);
	for (int i = 0; n_exits < 20 && i < 1000; i++)
		ym_loop_turn(c->loop, 100);
	assert_int_equal(n_exits, 20);
	close(release[0]);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void
writing_to_a_dead_child_does_not_kill_us(void **state)
{
	struct child *c = *state;
	int in;

	spawn_shell(c, "exit 0", &in, NULL, -1);
	wait_exit(c);
	assert_int_equal(write(in, "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	close(in);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(the_exit_status_arrives_once_and_the_source_is_gone),
		T(death_by_signal_is_told),
		T(pipes_carry_both_ways_and_our_ends_do_not_block),
		T(the_extra_descriptor_is_number_three),
		T(a_child_inherits_no_other_descriptor),
		T(a_child_starts_with_no_signal_blocked_or_ignored),
		T(without_pipes_input_is_empty_and_output_goes_nowhere),
		T(a_missing_program_is_told_at_once),
		T(failing_to_start_leaks_no_descriptor),
		T(a_removed_child_is_reaped_in_silence),
		T(many_children_that_end_together_are_all_reaped),
		T(writing_to_a_dead_child_does_not_kill_us),
	};

	/* What the test runner left open is not ours to judge. */
	closefrom(3);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
