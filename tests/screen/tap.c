/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Test points of screen tests in the Test Anything Protocol. A failed point prints the screen as it stands, in a frame,
 * so that a log is enough to see what the officer would have seen.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"

static int points, failures;

void
tap_ok(bool ok, const char *format, ...)
{
	va_list ap;

	printf("%sok %d - ", ok ? "" : "not ", ++points);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	if (!ok)
		failures++;
}

void
tap_skip(const char *reason, const char *title)
{
	printf("ok %d - %s # SKIP %s\n", ++points, title, reason);
	fflush(stdout);
}

int
tap_end(void)
{
	printf("1..%d\n", points);
	fflush(stdout);
	return failures || !points ? 1 : 0;
}

static void
show(struct screen *s)
{
	int rows, cols, row, col;
	bool visible;

	screen_size(s, &rows, &cols);
	screen_cursor(s, &row, &col, &visible);
	printf("# %dx%d, cursor %d,%d%s\n", cols, rows, row, col, visible ? "" : " hidden");
	for (row = 0; row < rows; row++) {
		char *text = screen_row(s, row);

		printf("# |%s\n", text);
		free(text);
	}
	fflush(stdout);
}

void
expect_text(struct screen *s, const char *text)
{
	bool ok = screen_wait_text(s, text);

	tap_ok(ok, "the screen shows \"%s\"", text);
	if (!ok)
		show(s);
}

void
expect_no_text(struct screen *s, const char *text)
{
	bool ok = screen_wait_no_text(s, text);

	tap_ok(ok, "the screen does not show \"%s\"", text);
	if (!ok)
		show(s);
}

void
expect_cursor(struct screen *s, int row, int col)
{
	int at_row, at_col;

	screen_settle(s);
	screen_cursor(s, &at_row, &at_col, NULL);
	tap_ok(at_row == row && at_col == col, "the caret stands at %d,%d (is %d,%d)", row, col,
		at_row, at_col);
	if (at_row != row || at_col != col)
		show(s);
}
