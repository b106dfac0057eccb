/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Helper programs of drivers: messages both ways, ends of every kind, nothing left behind. The helpers are scripts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "device/helper.h"

struct bench {
	struct ym_loop *loop;
	struct ym_helper *helper;
	char folder[64], path[96];
	struct ym_buf said;      /* "<kind>:<text>\n" */
	size_t n_bytes;
	int n_messages, n_ended;
	struct ym_error end;
};

static void
on_message(void *user, uint8_t kind, const uint8_t *data, size_t n)
{
	struct bench *b = user;

	assert_int_equal(b->n_ended, 0);
	b->n_messages++;
	b->n_bytes += n;
	if (n < 100)
		ym_buf_addf(&b->said, "%c:%.*s\n", kind, (int)n, (const char *)data);
}

static void
on_ended(void *user, const struct ym_error *err)
{
	struct bench *b = user;

	b->n_ended++;
	b->end = *err;
}

static int
setup(void **state)
{
	struct bench *b = ym_alloc(sizeof *b);

	strcpy(b->folder, "/tmp/ym-helper-XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	snprintf(b->path, sizeof b->path, "%s/helper", b->folder);
	setenv("YIMEN_LIBEXEC", b->folder, 1);
	assert_int_equal(ym_loop_new(&b->loop, NULL), YM_OK);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	ym_helper_free(b->helper);
	ym_loop_turn(b->loop, 0);
	ym_loop_free(b->loop);
	ym_buf_release(&b->said);
	unlink(b->path);
	rmdir(b->folder);
	free(b);
	return 0;
}

static void
start(struct bench *b, const char *script, const char *const *args)
{
	static const struct ym_helper_calls calls = {1 << 20, on_message, on_ended};
	YM_FREE char *text = ym_asprintf("#!/bin/sh\n%s\n", script);
	struct ym_error err;

	assert_int_equal(ym_file_write(b->path, text, strlen(text), 0700, NULL), YM_OK);
	if (ym_helper_new(b->loop, "helper", args, &calls, b, &b->helper, &err))
		fail_msg("%s: %s", err.msgid, err.detail);
	assert_int_equal(b->n_messages + b->n_ended, 0);
}

static void
until(struct bench *b, const int *count, int wanted)
{
	int64_t stop = ym_clock_mono() + 20000;

	while (*count < wanted && ym_clock_mono() < stop)
		ym_loop_turn(b->loop, 50);
	assert_int_equal(*count, wanted);
}

static void
what_is_said_before_the_end_comes_before_the_end(void **state)
{
	struct bench *b = *state;
	static const char *const args[] = {"one", "two", NULL};

	start(b, "printf 'a\\0\\0\\0\\2hib\\0\\0\\0\\0'; printf \"c\\0\\0\\0\\7$1 $2\"; exit 3", args);
	until(b, &b->n_ended, 1);
	assert_string_equal(ym_buf_str(&b->said), "a:hi\nb:\nc:one two\n");
	assert_int_equal(b->end.code, YM_GONE);
	assert_false(ym_helper_send(b->helper, 'x', "x", 1));
	for (int i = 0; i < 5; i++)
		ym_loop_turn(b->loop, 5);
	assert_int_equal(b->n_ended, 1);
}

static void
a_message_comes_back_whole_however_large(void **state)
{
	struct bench *b = *state;
	YM_FREE char *big = ym_alloc(900000);

	start(b, "exec cat", NULL);
	memset(big, 'y', 900000);
	assert_true(ym_helper_send(b->helper, 's', "small", 5));
	assert_true(ym_helper_send(b->helper, 'b', big, 900000));
	assert_true(ym_helper_send(b->helper, 'e', "", 0));
	until(b, &b->n_messages, 3);
	assert_int_equal(b->n_bytes, 900005);
	assert_string_equal(ym_buf_str(&b->said), "s:small\ne:\n");
}

static void
a_message_beyond_the_limit_ends_it(void **state)
{
	struct bench *b = *state;

	start(b, "printf 'a\\377\\377\\377\\377'; exec sleep 100", NULL);
	until(b, &b->n_ended, 1);
	assert_int_equal(b->end.code, YM_IO);
	assert_int_equal(b->n_messages, 0);
}

static void
a_helper_that_closes_its_output_is_over(void **state)
{
	struct bench *b = *state;

	start(b, "exec sleep 100 >&-", NULL);
	until(b, &b->n_ended, 1);
	assert_int_equal(b->end.code, YM_GONE);
}

static void
a_helper_that_takes_nothing_is_noticed(void **state)
{
	struct bench *b = *state;
	YM_FREE char *big = ym_alloc(1 << 20);
	int n = 0;

	start(b, "exec sleep 100", NULL);
	while (n < 10 && ym_helper_send(b->helper, 'b', big, 1 << 20))
		n++;
	assert_in_range(n, 1, 3);
	assert_int_equal(b->n_ended, 0);
}

static void
closing_kills_and_leaves_no_zombie(void **state)
{
	struct bench *b = *state;
	int64_t stop = ym_clock_mono() + 20000;
	pid_t pid;

	start(b, "printf 'p\\0\\0\\0\\010%08d' $$; exec sleep 100", NULL);
	until(b, &b->n_messages, 1);
	pid = (pid_t)strtol(ym_buf_str(&b->said) + 2, NULL, 10);
	assert_int_equal(kill(pid, 0), 0);
	ym_helper_free(YM_TAKE(b->helper));
	while (kill(pid, 0) == 0 && ym_clock_mono() < stop)
		ym_loop_turn(b->loop, 20);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(b->n_ended, 0);
}

static void
paused_it_says_nothing_until_resumed(void **state)
{
	struct bench *b = *state;

	start(b, "exec cat", NULL);
	ym_helper_pause(b->helper, true);
	assert_true(ym_helper_send(b->helper, 'a', "later", 5));
	for (int i = 0; i < 10; i++)
		ym_loop_turn(b->loop, 10);
	assert_int_equal(b->n_messages, 0);
	ym_helper_pause(b->helper, false);
	until(b, &b->n_messages, 1);
}

static void
a_program_that_is_not_installed_is_said(void **state)
{
	static const struct ym_helper_calls calls = {1024, on_message, on_ended};
	struct bench *b = *state;
	struct ym_error err;

	assert_int_equal(ym_helper_new(b->loop, "nowhere", NULL, &calls, b, &b->helper, &err), YM_NOTFOUND);
	assert_string_equal(err.subject, "nowhere");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_is_said_before_the_end_comes_before_the_end),
		T(a_message_comes_back_whole_however_large),
		T(a_message_beyond_the_limit_ends_it),
		T(a_helper_that_closes_its_output_is_over),
		T(a_helper_that_takes_nothing_is_noticed),
		T(closing_kills_and_leaves_no_zombie),
		T(paused_it_says_nothing_until_resumed),
		T(a_program_that_is_not_installed_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
