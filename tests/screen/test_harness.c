/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The harness against programs whose screens are known: wide characters, keys, cursor, resize, signals, large input.
 * Not a test of yimen.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness.h"

static void
shows_wide_characters_and_finds_their_columns(void)
{
	const char *const argv[] = { "sh", "-c", "printf '一门 yimen 窗口\\n'; exec cat", NULL };
	struct screen *s = screen_open(argv, NULL);
	int row = -1, col = -1;
	char *text;

	expect_text(s, "一门 yimen 窗口");
	tap_ok(screen_find(s, "窗", &row, &col) && row == 0 && col == 11,
		"a wide text is found at its cell column");
	expect_cursor(s, 1, 0);
	screen_type(s, "受理a");
	expect_cursor(s, 1, 5);
	text = screen_row(s, 1);
	tap_ok(strcmp(text, "受理a") == 0, "a row holds each wide character once");
	free(text);
	expect_no_text(s, "拒绝");
	screen_close(s);
}

static void
sends_keys_as_a_terminal_does(void)
{
	const char *const argv[] = { "sh", "-c", "stty raw -echo; echo ready; exec cat -v", NULL };
	struct screen *s = screen_open(argv, NULL);

	expect_text(s, "ready");
	screen_press(s, "F1 F5 Up PgDn C-p S-Tab x 一 Enter");
	expect_text(s, "^[OP^[[15~^[[A^[[6~^P^[[ZxM-dM-8M-^@^M");
	screen_press(s, "Esc a");
	expect_text(s, "^[a");
	screen_close(s);
}

static void
tells_the_program_its_new_size(void)
{
	const char *const argv[] = { "sh", "-c",
		"trap 'stty size' WINCH; stty size; while :; do read -r x; done", NULL };
	struct screen_options o = { .rows = 36, .cols = 120 };
	struct screen *s = screen_open(argv, &o);

	expect_text(s, "36 120");
	screen_resize(s, 24, 80);
	/* The shell runs its trap when the read ends. */
	screen_press(s, "Enter");
	expect_text(s, "24 80");
	screen_close(s);
}

static void
reports_how_the_program_ended(void)
{
	const char *const seven[] = { "sh", "-c", "printf bye; exit 7", NULL };
	const char *const stays[] = { "sh", "-c",
		"trap '' HUP; echo here; while :; do read -r x; done", NULL };
	struct screen *s = screen_open(seven, NULL);
	int status = 0;

	tap_ok(screen_wait_exit(s, &status) && WIFEXITED(status) && WEXITSTATUS(status) == 7,
		"an exit code is seen");
	tap_ok(screen_find(s, "bye", NULL, NULL),
		"the last words before the end are on the screen");
	tap_ok(!screen_wait_text(s, "never"), "waiting for a text ends when the program has ended");
	screen_close(s);
	s = screen_open(stays, NULL);
	expect_text(s, "here");
	screen_kill(s, SIGKILL);
	tap_ok(screen_wait_exit(s, &status) && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
		"a killing signal is seen");
	screen_close(s);
}

static void
feeds_more_than_a_pipe_holds(void)
{
	const char *const argv[] = { "sh", "-c",
		"stty raw -echo; echo ready; head -c 60000 | wc -c; exec cat", NULL };
	struct screen *s = screen_open(argv, NULL);
	char block[6001];

	expect_text(s, "ready");
	memset(block, 'x', 6000);
	block[6000] = 0;
	for (int i = 0; i < 10; i++)
		screen_type(s, block);
	expect_text(s, "60000");
	screen_close(s);
}

static void
settles_after_slow_work(void)
{
	/* Between the two texts the shell is busy and silent for longer than the quiet time. */
	const char *const argv[] = { "sh", "-c",
		"read -r x; i=0; while [ $i -lt 150000 ]; do i=$((i+1)); done; echo done; read -r x",
		NULL };
	struct screen *s = screen_open(argv, NULL);

	screen_press(s, "Enter");
	tap_ok(screen_settle(s) && screen_find(s, "done", NULL, NULL),
		"settling waits while the program computes in silence");
	screen_close(s);
}

int
main(void)
{
	shows_wide_characters_and_finds_their_columns();
	sends_keys_as_a_terminal_does();
	tells_the_program_its_new_size();
	reports_how_the_program_ended();
	feeds_more_than_a_pipe_holds();
	settles_after_slow_work();
	return tap_end();
}
