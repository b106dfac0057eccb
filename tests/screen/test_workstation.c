/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The real workstation in practice mode on a real pseudo-terminal: language, sizes, resizing, the caret, a visit up to the
 * form, lock and leave. Scenes over many scenarios are key scripts elsewhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static char dir[64];

static struct screen *
start(int rows, int cols, const char *language)
{
	static char where[80], lang[40];
	const char *argv[] = { screen_yimen(), "practice", "--dir", where, NULL };
	const char *const env[] = { "LC_ALL=C.UTF-8", lang, NULL };
	struct screen_options o = { .rows = rows, .cols = cols, .env = env, .deadline_ms = 60000 };

	snprintf(where, sizeof where, "%s/desk", dir);
	snprintf(lang, sizeof lang, "LANGUAGE=%s", language);
	return screen_open(argv, &o);
}

static void
refuses_what_is_not_utf8(void)
{
	const char *const argv[] = { screen_yimen(), "practice", NULL };
	const char *const env[] = { "LC_ALL=C", NULL };
	struct screen_options o = { .env = env };
	struct screen *s = screen_open(argv, &o);

	expect_text(s, "character set is not UTF-8");
	screen_close(s);
}

static void
signs_in_and_serves(void)
{
	struct screen *s = start(24, 80, "en");
	int status = -1;

	expect_text(s, "PRACTICE");
	expect_text(s, "Practice account");
	/* Everything is typed ahead: the password is checked in between. */
	screen_type(s, "practice");
	screen_press(s, "Enter");
	expect_text(s, "No shift is open");
	screen_press(s, "Enter F2");
	expect_text(s, "Lay the card on the reader");
	screen_press(s, "t");
	expect_text(s, "Number");
	screen_type(s, "229901198203070021");
	screen_press(s, "Down");
	screen_type(s, "李红");
	int row = 0, col = 0;

	screen_settle(s);
	if (screen_find(s, "李红", &row, &col))
		expect_cursor(s, row, col + 4);
	screen_press(s, "Esc");
	expect_no_text(s, "李红");
	screen_press(s, "F12");
	expect_text(s, "Choose who plays the role");
	screen_press(s, "Esc F1");
	screen_type(s, "sp");
	expect_text(s, "Lock the screen");
	screen_press(s, "Enter");
	expect_text(s, "Locked");
	screen_type(s, "practice");
	screen_press(s, "Enter");
	expect_text(s, "Lay the card on the reader");
	screen_resize(s, 20, 60);
	expect_text(s, "Please make the window larger");
	expect_text(s, "PRACTICE");
	screen_resize(s, 36, 120);
	expect_text(s, "Nothing is missing");
	screen_press(s, "C-q");
	expect_text(s, "drafts are kept");
	screen_press(s, "Enter");
	tap_ok(screen_wait_exit(s, &status) && WIFEXITED(status) && !WEXITSTATUS(status), "Ctrl+Q leaves with 0");
	screen_close(s);
}

static void
starts_again_in_chinese_and_ends_in_order(void)
{
	struct screen *s = start(24, 80, "zh_CN");

	screen_wait_text(s, "01");
	screen_type(s, "practice");
	screen_press(s, "Enter");
	expect_text(s, "F12");
	screen_kill(s, 15);
	int status = -1;

	tap_ok(screen_wait_exit(s, &status) && WIFEXITED(status), "SIGTERM ends it in order");
	screen_close(s);
}

/* A scanner that nobody named types like a keyboard: with the prefix, or its whole code at once. */
static void
a_scanner_that_types_is_never_typing(void)
{
	struct screen *s = start(24, 80, "en");

	expect_text(s, "Practice account");
	screen_send(s, "229901198203070021\r", 19);
	expect_text(s, "A scanner sent into the password field");
	expect_no_text(s, "****");
	screen_send(s, "\x02" "1234567\r", 9);
	screen_settle(s);
	/* Nothing of either stands in the field: the password alone opens. */
	screen_type(s, "practice");
	screen_press(s, "Enter");
	expect_text(s, "F12");
	screen_wait_text(s, "officer");
	screen_send(s, "\x02YM:A:0945:K3F9Q2:9\r", 20);
	expect_text(s, "Appointment taken");
	expect_text(s, "K3F9Q2");
	screen_send(s, "\x02RR473124829GB", 14); /* without an end mark silence ends it */
	expect_text(s, "RR473124829GB");
	screen_press(s, "Esc");
	screen_send(s, "RR473124829GB\r", 14);
	expect_text(s, "RR473124829GB");
	screen_press(s, "Esc");
	screen_send(s, "YM:A:0945:K3F9Q2:8\r", 19); /* misread: not taken for a scan, and no command of the screen */
	screen_settle(s);
	expect_no_text(s, "A scanner sent");
	screen_kill(s, 15);
	screen_close(s);
}

int
main(void)
{
	char command[100];

	if (!screen_yimen()) {
		tap_skip("yimen was not built", "the workstation");
		return tap_end();
	}
	strcpy(dir, "/tmp/yimen-screen-XXXXXX");
	if (!mkdtemp(dir))
		return 1;
	refuses_what_is_not_utf8();
	signs_in_and_serves();
	starts_again_in_chinese_and_ends_in_order();
	a_scanner_that_types_is_never_typing();
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command) ? 1 : tap_end();
}
