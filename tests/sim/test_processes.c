/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The simulation's desk with the real programs: yimen-sync and yimen-central with a socket between them, both killed again and again
 * while the desk works; afterwards both ends hold the same, once. This process is the workstation. Not the cases of the protocol
 * (tests/unit/sync, test_sync.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/file.h"
#include "world.h"

#define PATIENCE_MS 60000

struct far {
	struct world w;
	struct sim_desk *d;
	char socket[120], password[120];
	pid_t central, sync;
	int to, from;
	struct ym_buf lines;
	int n_killed, n_feed;
};

/* -- the central -- */

static bool
is_listening(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	YM_FDCLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ym_strlcpy(at.sun_path, path, sizeof at.sun_path);
	return connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
}

static void
start_central(struct far *f)
{
	YM_FREE char *program = ym_file_helper("yimen-central"), *registers = ym_asprintf("%s/registers", getenv("YIMEN_DATA"));

	f->central = fork();
	if (f->central == 0) {
		execl(program, "yimen-central", "serve", "--dir", f->w.central_dir, "--password-file", f->password, "--socket", f->socket,
			"--registers", registers, (char *)NULL);
		_exit(127);
	}
}

static void
await_central(struct far *f)
{
	for (int64_t end = ym_clock_mono() + PATIENCE_MS; !is_listening(f->socket); usleep(20000)) {
		assert_int_equal(waitpid(f->central, NULL, WNOHANG), 0);
		assert_true(ym_clock_mono() < end);
	}
}

static void
kill_wait(pid_t *pid)
{
	if (*pid <= 0)
		return;
	kill(*pid, SIGKILL);
	waitpid(*pid, NULL, 0);
	*pid = 0;
}

/* -- the workstation's end of the pipe -- */

static void
start_sync(struct far *f)
{
	YM_FREE char *program = ym_file_helper("yimen-sync");
	int in[2], out[2];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	f->sync = fork();
	if (f->sync == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execl(program, "yimen-sync", "--dir", f->d->dir, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	f->to = in[1];
	f->from = out[0];
}

static void
stop_sync(struct far *f)
{
	kill_wait(&f->sync);
	ym_fd_close_p(&f->to);
	ym_fd_close_p(&f->from);
	ym_buf_clear(&f->lines);
}

static void
say(struct far *f, const char *line)
{
	/* A process that was just killed hears nothing. */
	(void)!ym_fd_write_all(f->to, line, strlen(line), NULL);
}

static void
take_line(struct far *f, const char *line)
{
	uint8_t text[2048];
	char sig[161];
	size_t n;

	if (ym_streq(line, "FEED")) {
		f->n_feed++;
		desk_fold(f->d);
		say(f, "EVENTS\n");
	}
	if (strncmp(line, "SIGN ", 5))
		return;
	n = strlen(line + 5) / 2;
	assert_true(n <= sizeof text && ym_unhex(text, n, line + 5));
	desk_sign(f->d, text, n, sig);
	YM_FREE char *answer = ym_asprintf("SIG %s\n", sig);
	say(f, answer);
}

static void
pump(struct far *f, int64_t ms)
{
	for (int64_t end = ym_clock_mono() + ms; ym_clock_mono() <= end;) {
		struct pollfd fd = { .fd = f->from, .events = POLLIN };
		char text[4096], *newline;
		ssize_t n;

		if (poll(&fd, 1, 5) <= 0)
			continue;
		n = read(f->from, text, sizeof text);
		if (n <= 0)
			fail_msg("yimen-sync ended by itself");
		ym_buf_add(&f->lines, text, (size_t)n);
		while (f->lines.len && (newline = memchr(f->lines.data, '\n', f->lines.len))) {
			*newline = 0;
			take_line(f, f->lines.data);
			ym_buf_drop(&f->lines, (size_t)(newline - f->lines.data) + 1);
		}
	}
}

/* -- setting -- */

static int
setup(void **state)
{
	struct far *f = ym_alloc(sizeof *f);

	world_init(&f->w);
	f->d = world_add_desk(&f->w);
	ym_sync_close(YM_TAKE(f->d->sync));
	ym_clock_set(NULL);
	f->w.random = (uint64_t)getpid();
	f->to = f->from = -1;
	snprintf(f->socket, sizeof f->socket, "%s/socket", f->w.dir);
	snprintf(f->password, sizeof f->password, "%s/password", f->w.dir);
	assert_int_equal(ym_file_write(f->password, WORLD_PASSWORD "\n", strlen(WORLD_PASSWORD) + 1, 0600, NULL), YM_OK);
	assert_int_equal(ym_setting_set(f->d->db, "central.url", "http://localhost", NULL), YM_OK);
	assert_int_equal(ym_setting_set(f->d->db, "central.socket", f->socket, NULL), YM_OK);
	signal(SIGPIPE, SIG_IGN);
	start_central(f);
	await_central(f);
	start_sync(f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct far *f = *state;

	stop_sync(f);
	kill_wait(&f->central);
	ym_buf_release(&f->lines);
	world_release(&f->w);
	free(f);
	return 0;
}

/* Both sides are there again: no more than a minute until all is even. */
static void
await_peace(struct far *f)
{
	struct ym_sync_state st = { 0 };
	uint8_t hash[YM_SM3_LEN];
	const char *fault = "quiet";
	int64_t end = ym_clock_mono() + PATIENCE_MS;

	while (fault) {
		if (ym_clock_mono() > end)
			fail_msg("seed %d: not %s; last outcome %s, acked %" PRId64, getpid(), fault, ym_outcome_name(st.outcome), st.acked);
		say(f, "NOW\n");
		pump(f, 300);
		assert_int_equal(ym_sync_state_read(f->d->dir, &st, NULL), YM_OK);
		desk_fold(f->d);
		fault = ym_sync_state_is_even(&st, ym_log_head(f->d->log, hash), f->d->applied) ? desk_fault(f->d) : "even";
	}
}

static void
a_day_of_work_arrives_and_is_answered(void **state)
{
	struct far *f = *state;

	for (int i = 0; i < 30; i++) {
		desk_append(f->d, 20, i % 5 == 0, i == 10);
		if (i % 10 == 3)
			desk_put_blob(f->d, 700000);
		say(f, "EVENTS\n");
		pump(f, 10);
	}
	await_peace(f);
	assert_int_equal(f->d->asked, 5);
	assert_int_equal(f->d->bad, 1);
	assert_true(f->n_feed > 0);
}

static void
both_sides_may_be_killed_at_any_moment(void **state)
{
	struct far *f = *state;
	int kills = 0, is_long = getenv("YIMEN_LONG") && *getenv("YIMEN_LONG");

	for (int i = 0; i < (is_long ? 400 : 40); i++) {
		desk_append(f->d, 1 + (int)world_draw(&f->w, 30), i % 4 == 0, i % 16 == 0);
		if (i % 10 == 3)
			desk_put_blob(f->d, 1 + world_draw(&f->w, 900000));
		say(f, "EVENTS\n");
		pump(f, (int64_t)world_draw(&f->w, 60));
		if (world_draw(&f->w, 3) == 0) {
			stop_sync(f);
			start_sync(f);
			kills++;
		}
		if (i % 8 == 7) {
			kill_wait(&f->central);
			start_central(f);
			if (world_draw(&f->w, 2))
				await_central(f);
			kills++;
		}
	}
	await_central(f);
	await_peace(f);
	assert_true(kills >= 8);
}

static void
the_end_of_its_input_is_the_end(void **state)
{
	struct far *f = *state;
	int status = -1;

	pump(f, 500);
	ym_fd_close_p(&f->to);
	for (int64_t end = ym_clock_mono() + 5000; waitpid(f->sync, &status, WNOHANG) == 0; usleep(10000))
		assert_true(ym_clock_mono() < end);
	f->sync = 0;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		T(a_day_of_work_arrives_and_is_answered),
		T(both_sides_may_be_killed_at_any_moment),
		T(the_end_of_its_input_is_the_end),
	};

	return cmocka_run_group_tests_name("sim/processes", tests, NULL, NULL);
}
