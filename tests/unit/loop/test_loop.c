/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The turn: its order, what callbacks may do to the loop, and time that only the test moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/mem.h"
#include "yimen/loop.h"

static int64_t now_ms;
static char trace[256];

static int64_t
virtual_ms(void *user)
{
	return now_ms;
}

static void
note(const char *what)
{
	strncat(trace, what, sizeof trace - strlen(trace) - 1);
}

struct bench {
	struct ym_loop *loop;
	ym_source other; /* what a callback removes or adds */
	int fds[2];
};

static int
setup(void **state)
{
	static const struct ym_clock clock = { .wall_ms = virtual_ms, .mono_ms = virtual_ms };
	struct bench *b = ym_alloc(sizeof *b);

	now_ms = 1000;
	trace[0] = 0;
	ym_clock_set(&clock);
	assert_int_equal(pipe2(b->fds, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(ym_loop_new(&b->loop, NULL), YM_OK);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	ym_loop_free(b->loop);
	close(b->fds[0]);
	close(b->fds[1]);
	free(b);
	ym_clock_set(NULL);
	return 0;
}

static void
on_timer(void *user)
{
	note(user);
}

static void
timers_fire_in_order_of_time_then_of_birth(void **state)
{
	struct bench *b = *state;

	ym_loop_add_timer(b->loop, "c", 30, on_timer, (void *)"c");
	ym_loop_add_timer(b->loop, "a", 10, on_timer, (void *)"a");
	ym_loop_add_timer(b->loop, "b1", 20, on_timer, (void *)"b");
	ym_loop_add_timer(b->loop, "b2", 20, on_timer, (void *)"B");
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "");
	now_ms += 9;
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "");
	now_ms += 1;
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "a");
	now_ms += 100;
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "abBc");
	now_ms += 100;
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "abBc");
}

static void
on_timer_again(void *user)
{
	struct bench *b = user;

	note("x");
	b->other = ym_loop_add_timer(b->loop, "again", -5, on_timer_again, b);
}

static void
a_timer_added_by_a_timer_waits_for_the_next_turn(void **state)
{
	struct bench *b = *state;

	ym_loop_add_timer(b->loop, "first", 0, on_timer_again, b);
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "x");
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "xx");
	ym_loop_remove(b->loop, b->other);
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "xx");
}

static void
on_timer_remove_other(void *user)
{
	struct bench *b = user;

	note("r");
	ym_loop_remove(b->loop, b->other);
	ym_loop_remove(b->loop, b->other);
}

static void
a_timer_removed_in_the_same_turn_is_not_called(void **state)
{
	struct bench *b = *state;

	ym_loop_add_timer(b->loop, "remover", 1, on_timer_remove_other, b);
	b->other = ym_loop_add_timer(b->loop, "removed", 2, on_timer, (void *)"!");
	now_ms += 5;
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "r");
}

static void
ids_are_never_reused_and_dead_ones_are_accepted(void **state)
{
	struct bench *b = *state;
	ym_source last = 0;

	ym_loop_remove(b->loop, 0);
	ym_loop_remove(b->loop, 12345);
	for (int i = 0; i < 5000; i++) {
		ym_source id = ym_loop_add_timer(b->loop, "t", 10, on_timer, (void *)"!");

		assert_true(id > last);
		last = id;
		ym_loop_remove(b->loop, id);
		if (i % 100 == 0)
			ym_loop_turn(b->loop, 0);
		ym_loop_remove(b->loop, id);
	}
	assert_string_equal(trace, "");
}

static void
on_key(void *user, int fd, short revents)
{
	note("k");
}

static void
on_device(void *user, int fd, short revents)
{
	note("d");
}

static void
on_paint(void *user)
{
	note("p");
}

static bool
on_slice(void *user)
{
	note("s");
	return strlen(trace) < 6;
}

static void
on_signal(void *user, int signo)
{
	note(signo == SIGUSR1 ? "u" : "?");
}

static void
on_timer_dirty(void *user)
{
	note("t");
	ym_loop_dirty(user);
}

static void
a_turn_runs_signals_timers_keys_devices_and_paint_in_this_order(void **state)
{
	struct bench *b = *state;
	ym_source ids[4];

	/* Registered in the opposite order on purpose. */
	ids[0] = ym_loop_add_slice(b->loop, "slice", on_slice, NULL);
	ids[1] = ym_loop_add_fd(
		b->loop, "device", YM_PRIO_NORMAL, b->fds[0], POLLIN, on_device, NULL);
	ids[2] = ym_loop_add_fd(b->loop, "keys", YM_PRIO_KEYS, b->fds[0], POLLIN, on_key, NULL);
	ym_loop_add_timer(b->loop, "timer", 0, on_timer_dirty, b->loop);
	ids[3] = ym_loop_add_signal(b->loop, "usr1", SIGUSR1, on_signal, NULL);
	ym_loop_set_paint(b->loop, on_paint, NULL);
	assert_int_equal(write(b->fds[1], "x", 1), 1);
	raise(SIGUSR1);
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "utkdp");
	for (size_t i = 0; i < YM_ARRAY_LEN(ids); i++)
		ym_loop_remove(b->loop, ids[i]);
}

static bool
on_slice_a(void *user)
{
	note("a");
	return strlen(trace) < 5;
}

static bool
on_slice_b(void *user)
{
	note("b");
	return strlen(trace) < 5;
}

static void
slices_take_turns_one_a_turn_until_done(void **state)
{
	struct bench *b = *state;

	ym_loop_add_slice(b->loop, "a", on_slice_a, NULL);
	ym_loop_add_slice(b->loop, "b", on_slice_b, NULL);
	for (int i = 0; i < 3; i++)
		ym_loop_turn(b->loop, 10000); /* pending slices never wait */
	assert_string_equal(trace, "aba");
	for (int i = 0; i < 7; i++)
		ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "ababab");
}

static void
slices_wait_while_anything_else_is_ready(void **state)
{
	struct bench *b = *state;
	ym_source slice = ym_loop_add_slice(b->loop, "slice", on_slice, NULL);
	ym_source fd = ym_loop_add_fd(
		b->loop, "device", YM_PRIO_NORMAL, b->fds[0], POLLIN, on_device, NULL);

	assert_int_equal(write(b->fds[1], "x", 1), 1);
	ym_loop_turn(b->loop, 0);
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "dd");
	ym_loop_set_events(b->loop, fd, 0);
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "dds");
	ym_loop_set_events(b->loop, fd, POLLIN);
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "ddsd");
	ym_loop_remove(b->loop, fd);
	ym_loop_remove(b->loop, slice);
}

static void
painting_happens_once_for_many_requests_and_not_without_one(void **state)
{
	struct bench *b = *state;
	struct timespec before, after;

	ym_loop_set_paint(b->loop, on_paint, NULL);
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "");
	ym_loop_dirty(b->loop);
	ym_loop_dirty(b->loop);
	clock_gettime(CLOCK_MONOTONIC, &before);
	ym_loop_turn(b->loop, 10000); /* a dirty screen does not wait */
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_string_equal(trace, "p");
	assert_true(after.tv_sec - before.tv_sec < 8);
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "p");
}

static void
on_key_remove_device(void *user, int fd, short revents)
{
	struct bench *b = user;

	note("k");
	ym_loop_remove(b->loop, b->other);
}

static void
a_descriptor_removed_by_a_key_is_not_called_in_that_turn(void **state)
{
	struct bench *b = *state;
	ym_source keys = ym_loop_add_fd(
		b->loop, "keys", YM_PRIO_KEYS, b->fds[0], POLLIN, on_key_remove_device, b);

	b->other = ym_loop_add_fd(
		b->loop, "device", YM_PRIO_NORMAL, b->fds[0], POLLIN, on_device, NULL);
	assert_int_equal(write(b->fds[1], "x", 1), 1);
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "k");
	ym_loop_remove(b->loop, keys);
}

static void
on_key_remove_itself_and_add(void *user, int fd, short revents)
{
	struct bench *b = user;

	note("k");
	ym_loop_remove(b->loop, b->other);
	/* The new source on the same descriptor must not inherit this turn's readiness. */
	b->other = ym_loop_add_fd(b->loop, "new", YM_PRIO_NORMAL, fd, POLLIN, on_device, NULL);
}

static void
a_source_may_replace_itself(void **state)
{
	struct bench *b = *state;

	b->other = ym_loop_add_fd(
		b->loop, "old", YM_PRIO_KEYS, b->fds[0], POLLIN, on_key_remove_itself_and_add, b);
	assert_int_equal(write(b->fds[1], "x", 1), 1);
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "k");
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "kd");
	ym_loop_remove(b->loop, b->other);
}

static void
on_key_mute(void *user, int fd, short revents)
{
	struct bench *b = user;

	note("k");
	ym_loop_set_events(b->loop, b->other, 0);
}

static void
events_switched_off_within_a_turn_are_not_delivered(void **state)
{
	struct bench *b = *state;
	ym_source keys =
		ym_loop_add_fd(b->loop, "keys", YM_PRIO_KEYS, b->fds[0], POLLIN, on_key_mute, b);

	b->other = ym_loop_add_fd(
		b->loop, "device", YM_PRIO_NORMAL, b->fds[0], POLLIN, on_device, NULL);
	assert_int_equal(write(b->fds[1], "x", 1), 1);
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "k");
	ym_loop_remove(b->loop, keys);
	ym_loop_remove(b->loop, b->other);
}

static void
the_end_of_a_pipe_is_delivered(void **state)
{
	struct bench *b = *state;
	int fds[2];
	ym_source id;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	id = ym_loop_add_fd(b->loop, "pipe", YM_PRIO_NORMAL, fds[0], POLLIN, on_device, NULL);
	close(fds[1]);
	ym_loop_turn(b->loop, 1000);
	assert_string_equal(trace, "d");
	ym_loop_remove(b->loop, id);
	close(fds[0]);
}

static void
a_closed_descriptor_is_dropped_instead_of_spinning(void **state)
{
	struct bench *b = *state;
	int fd = dup(b->fds[0]);

	ym_loop_add_fd(b->loop, "forgotten", YM_PRIO_NORMAL, fd, POLLIN, on_device, NULL);
	close(fd);
	ym_loop_turn(b->loop, 1000);
	assert_string_equal(trace, "");
	/* teardown would abort if it were still registered */
}

static void
a_signal_reaches_all_who_asked_and_none_that_left(void **state)
{
	struct bench *b = *state;
	ym_source one = ym_loop_add_signal(b->loop, "one", SIGUSR1, on_signal, NULL);
	ym_source two = ym_loop_add_signal(b->loop, "two", SIGUSR1, on_signal, NULL);
	ym_source other = ym_loop_add_signal(b->loop, "other", SIGUSR2, on_signal, NULL);

	raise(SIGUSR1);
	ym_loop_turn(b->loop, 1000);
	assert_string_equal(trace, "uu");
	ym_loop_remove(b->loop, one);
	ym_loop_remove(b->loop, two);
	/* Still blocked: it would kill us otherwise. */
	raise(SIGUSR1);
	ym_loop_turn(b->loop, 0);
	assert_string_equal(trace, "uu");
	ym_loop_remove(b->loop, other);
}

static void
on_timer_quit(void *user)
{
	ym_loop_quit(user);
}

static void
run_ends_after_the_turn_that_quits(void **state)
{
	struct bench *b = *state;

	ym_loop_set_paint(b->loop, on_paint, NULL);
	ym_loop_add_timer(b->loop, "quit", 0, on_timer_quit, b->loop);
	ym_loop_add_timer(b->loop, "dirty", 0, on_timer_dirty, b->loop);
	ym_loop_run(b->loop);
	assert_true(ym_loop_has_quit(b->loop));
	assert_string_equal(trace, "tp");
}

static void
the_wait_ends_when_a_timer_is_due(void **state)
{
	struct bench *b = *state;
	int64_t began;

	ym_clock_set(NULL);
	began = ym_clock_mono();
	ym_loop_add_timer(b->loop, "soon", 30, on_timer, (void *)"t");
	while (!trace[0])
		ym_loop_turn(b->loop, -1);
	assert_in_range(ym_clock_mono() - began, 30, 10000);
}

static void
on_timer_slow(void *user)
{
	poll(NULL, 0, 40);
}

static void
a_slow_callback_is_named_in_the_diagnostic_log(void **state)
{
	struct bench *b = *state;
	char path[] = "/tmp/yimen-loop-XXXXXX";
	int fd = mkstemp(path);
	YM_BUF text = { 0 };

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(ym_diag_open(path, NULL), YM_OK);
	ym_loop_add_timer(b->loop, "sleepy one", 0, on_timer_slow, NULL);
	ym_loop_turn(b->loop, 0);
	ym_diag_close();
	assert_int_equal(ym_file_read(path, 4096, &text, NULL), YM_OK);
	unlink(path);
	assert_non_null(strstr(ym_buf_str(&text), "loop: sleepy one took "));
}

/* Runs fn in a child and tells whether it aborted. */
static bool
aborts(void (*fn)(struct ym_loop *loop), struct ym_loop *loop)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		signal(SIGABRT, SIG_DFL);
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		fn(loop);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void
on_timer_turn(void *user)
{
	ym_loop_turn(user, 0);
}

static void
nest(struct ym_loop *loop)
{
	ym_loop_add_timer(loop, "nested", 0, on_timer_turn, loop);
	ym_loop_turn(loop, 0);
}

static void
forget(struct ym_loop *loop)
{
	ym_loop_add_timer(loop, "forgotten", 1000, on_timer, (void *)"!");
	ym_loop_free(loop);
}

static void
fill_up(struct ym_loop *loop)
{
	for (int i = 0; i < 1025; i++)
		ym_loop_add_timer(loop, "many", 1000, on_timer, (void *)"!");
}

static void
programming_errors_abort(void **state)
{
	struct bench *b = *state;

	assert_true(aborts(nest, b->loop));
	assert_true(aborts(forget, b->loop));
	assert_true(aborts(fill_up, b->loop));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(timers_fire_in_order_of_time_then_of_birth),
		T(a_timer_added_by_a_timer_waits_for_the_next_turn),
		T(a_timer_removed_in_the_same_turn_is_not_called),
		T(ids_are_never_reused_and_dead_ones_are_accepted),
		T(a_turn_runs_signals_timers_keys_devices_and_paint_in_this_order),
		T(slices_take_turns_one_a_turn_until_done),
		T(slices_wait_while_anything_else_is_ready),
		T(painting_happens_once_for_many_requests_and_not_without_one),
		T(a_descriptor_removed_by_a_key_is_not_called_in_that_turn),
		T(a_source_may_replace_itself),
		T(events_switched_off_within_a_turn_are_not_delivered),
		T(the_end_of_a_pipe_is_delivered),
		T(a_closed_descriptor_is_dropped_instead_of_spinning),
		T(a_signal_reaches_all_who_asked_and_none_that_left),
		T(run_ends_after_the_turn_that_quits),
		T(the_wait_ends_when_a_timer_is_due),
		T(a_slow_callback_is_named_in_the_diagnostic_log),
		T(programming_errors_abort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
