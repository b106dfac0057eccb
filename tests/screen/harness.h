/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A real program on a pseudo-terminal, seen through libvterm: keys go in, screen text comes out.
 * Not for units without a screen. Invariant: nothing sleeps for a fixed time; every wait ends with what it
 * waits for or with its deadline. Wide characters take two columns and stand once in the text.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct screen;

struct screen_options {
	int rows, cols;		/* 0: 24, 80 */
	const char *const *env; /* "NAME=value", NULL at the end; "NAME" alone removes; added to ours. TERM is set */
	const char *cwd;	/* NULL: ours */
	int deadline_ms;	/* of every wait, 0: 20,000 */
	int quiet_ms;		/* of screen_settle, 0: 40 */
};

/* Starts argv[0] (searched in PATH when it has no slash). Ends the test program when it cannot: never NULL. */
struct screen *screen_open(const char *const argv[], const struct screen_options *options);
/* Hangs up, kills what stays, reaps. NULL is fine. */
void screen_close(struct screen *s);
/* The yimen of this build tree ($YIMEN_PROGRAM, else in $YIMEN_BUILD); NULL when it was not built. Static storage. */
const char *screen_yimen(void);
pid_t screen_pid(const struct screen *s);

/*
 * Keys by name, separated by blanks: "F2 Down Down Enter C-p S-Tab A-x". Names: F1-F12 Enter Tab Esc Up Down Left Right
 * Home End PgUp PgDn Ins Del Backspace Space, or one character; prefixes C- A- S-. After Esc the screen settles
 * first, so that it is not taken for Alt. An unknown name ends the test program.
 */
void screen_press(struct screen *s, const char *keys);
/* Text as typed or pasted without brackets, UTF-8. Large amounts are fed as the program reads them. */
void screen_type(struct screen *s, const char *text);
/* Raw bytes, for broken input. */
void screen_send(struct screen *s, const void *data, size_t n);

/* Until the program has read all input, sleeps, and has written nothing for quiet_ms. False at the deadline. */
bool screen_settle(struct screen *s);
/* Until the text stands on the screen in one row; false at the deadline or when the program has ended. */
bool screen_wait_text(struct screen *s, const char *text);
bool screen_wait_no_text(struct screen *s, const char *text);
/* Until the program has ended; its wait status. False at the deadline. */
bool screen_wait_exit(struct screen *s, int *ret_status);

void screen_resize(struct screen *s, int rows, int cols);
void screen_kill(struct screen *s, int signal_number);

/* What stands there now, without waiting. Text is the caller's: rows end with a newline, trailing blanks are cut. */
char *screen_text(struct screen *s);
char *screen_row(struct screen *s, int row);
/* Row and column (in cells) of the first place of a text; false when it is not there. */
bool screen_find(struct screen *s, const char *text, int *ret_row, int *ret_col);
void screen_cursor(struct screen *s, int *ret_row, int *ret_col, bool *ret_visible);
void screen_size(const struct screen *s, int *ret_rows, int *ret_cols);
/* Looks of one cell: reverse video, bold, and the colours as 0xRRGGBB. */
struct screen_look {
	bool reverse, bold, underline;
	unsigned fg, bg;
};
struct screen_look screen_look(struct screen *s, int row, int col);

/* TAP: one point each; a failed one prints the screen. tap_end prints the plan and returns main's result. */
void tap_ok(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tap_skip(const char *reason, const char *title);
int tap_end(void);
void expect_text(struct screen *s, const char *text);
void expect_no_text(struct screen *s, const char *text);
/* Settles, then compares the caret's row and column. */
void expect_cursor(struct screen *s, int row, int col);
