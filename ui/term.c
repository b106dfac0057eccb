/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * ncurses behind term.h: colours, wide cells, key codes, bracketed paste. Curses finds out what to send; we give it
 * only the cells that differ from the last frame.
 */
#define NCURSES_WIDECHAR 1
#include "term.h"

#include <curses.h>
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util.h"

#define N_(s) s
/* Key codes of our own, above those of curses. */
enum { CODE_PASTE = 0x1000, CODE_PASTE_END, CODE_ALT };

struct ui_term {
	SCREEN *screen;
	struct ui_cell *last; /* the frame on the terminal */
	int rows, cols;
	bool colours, pasting, caret_shown;
};

static const struct {
	short fg256, bg256, fg8, bg8;
	attr_t attr, mono;
} looks[UI_N_STYLES] = {
	[UI_NORMAL] = { -1, -1, -1, -1, A_NORMAL, A_NORMAL },
	[UI_BOLD] = { -1, -1, -1, -1, A_BOLD, A_BOLD },
	[UI_DIM] = { 245, -1, -1, -1, A_NORMAL, A_DIM },
	[UI_ACCENT] = { 74, -1, COLOR_CYAN, -1, A_NORMAL, A_NORMAL },
	[UI_ACCENT_BOLD] = { 117, -1, COLOR_CYAN, -1, A_BOLD, A_BOLD },
	[UI_WARN] = { 215, -1, COLOR_YELLOW, -1, A_NORMAL, A_BOLD },
	[UI_TOP] = { -1, -1, -1, -1, A_BOLD, A_BOLD },
	[UI_PRACTICE] = { 231, 130, COLOR_BLACK, COLOR_YELLOW, A_BOLD, A_REVERSE | A_BOLD },
	[UI_KEY] = { 117, -1, COLOR_CYAN, -1, A_NORMAL, A_BOLD },
	[UI_FIELD] = { 240, -1, -1, -1, A_UNDERLINE, A_UNDERLINE },
	[UI_FIELD_ON] = { -1, -1, -1, -1, A_UNDERLINE | A_BOLD, A_UNDERLINE | A_BOLD },
	[UI_SHEET] = { 231, 24, COLOR_WHITE, COLOR_BLUE, A_BOLD, A_REVERSE },
};

static void
init_colours(struct ui_term *t)
{
	bool rich;

	start_color();
	use_default_colors();
	rich = COLORS >= 256;
	for (short i = 1; i < UI_N_STYLES; i++)
		init_pair(i, rich ? looks[i].fg256 : looks[i].fg8, rich ? looks[i].bg256 : looks[i].bg8);
	t->colours = true;
}

static attr_t
attr_of(const struct ui_term *t, enum ui_style style)
{
	if (!t->colours)
		return looks[style].mono;
	/* Eight colours have no grey, and bold black turns grey. */
	if (COLORS < 256 && (style == UI_DIM || style == UI_PRACTICE))
		return style == UI_DIM ? A_DIM : A_NORMAL;
	return looks[style].attr;
}

static void
define_keys(void)
{
	char alt[3] = "\033x";

	define_key("\033[200~", CODE_PASTE);
	define_key("\033[201~", CODE_PASTE_END);
	for (char digit = '0'; digit <= '9'; digit++) {
		alt[1] = digit;
		define_key(alt, CODE_ALT + digit);
	}
	/* What terminals send that leave the keypad out of application mode, and the other spelling of Home and End. */
	define_key("\033[A", KEY_UP);
	define_key("\033[B", KEY_DOWN);
	define_key("\033[C", KEY_RIGHT);
	define_key("\033[D", KEY_LEFT);
	define_key("\033[H", KEY_HOME);
	define_key("\033[F", KEY_END);
	define_key("\033[1~", KEY_HOME);
	define_key("\033[4~", KEY_END);
	for (int i = 0; i < 5; i++) {
		/* The Linux console: ESC [ [ A .. E. */
		char console[] = "\033[[A";

		console[3] = (char)('A' + i);
		define_key(console, KEY_F(i + 1));
	}
}

static void
mode(const char *sequence)
{
	ssize_t n = write(STDOUT_FILENO, sequence, strlen(sequence));

	(void)n; /* a terminal that does not take it works without paste marks */
}

enum ym_code
ui_term_open(bool mono, struct ui_term **ret, struct ym_error *err)
{
	struct ui_term *t;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return ym_fail(err, YM_IO, N_("Standard input and output are not a terminal"), "isatty");
	t = ui_util_alloc(sizeof *t);
	set_escdelay(25);
	t->screen = newterm(NULL, stdout, stdin);
	if (!t->screen) {
		free(t);
		return ym_fail(err, YM_IO, N_("The terminal's type (TERM) is not known here"), "newterm");
	}
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	typeahead(-1); /* all keys are taken before a paint: never postpone one */
	define_keys();
	if (!mono && has_colors())
		init_colours(t);
	t->caret_shown = true;
	mode("\033[?2004h");
	*ret = t;
	return YM_OK;
}

void
ui_term_close(struct ui_term *t)
{
	if (!t)
		return;
	mode("\033[?2004l");
	curs_set(1);
	endwin();
	delscreen(t->screen);
	free(t->last);
	free(t);
}

void
ui_term_size(struct ui_term *t, int *ret_rows, int *ret_cols)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col) {
		int rows = ui_util_clamp(size.ws_row, 1, UI_CANVAS_MAX);
		int cols = ui_util_clamp(size.ws_col, 1, UI_CANVAS_MAX);

		if (rows != LINES || cols != COLS)
			resizeterm(rows, cols);
	}
	getmaxyx(stdscr, *ret_rows, *ret_cols);
}

static void
put_span(const struct ui_term *t, const struct ui_canvas *c, int row, int first, int end)
{
	static cchar_t out[UI_CANVAS_MAX];
	const struct ui_cell *cells = &c->cells[row * c->cols];
	int n = 0;

	for (int col = first; col < end; col++) {
		const struct ui_cell *cell = &cells[col];
		wchar_t text[3] = { (wchar_t)cell->ch, (wchar_t)cell->mark, 0 };

		if (!cell->ch)
			continue;
		setcchar(&out[n++], text, attr_of(t, cell->style), t->colours ? cell->style : 0, NULL);
	}
	mvadd_wchnstr(row, first, out, n);
}

static bool
same(const struct ui_cell *a, const struct ui_cell *b)
{
	return a->ch == b->ch && a->mark == b->mark && a->style == b->style && a->width == b->width;
}

static void
paint_row(struct ui_term *t, const struct ui_canvas *c, int row)
{
	const struct ui_cell *now = &c->cells[row * c->cols];
	struct ui_cell *was = &t->last[row * c->cols];
	int first = 0, end = c->cols;

	while (first < end && same(&now[first], &was[first]))
		first++;
	if (first == end)
		return;
	while (end > first && same(&now[end - 1], &was[end - 1]))
		end--;
	/* Whole characters, of the new frame and of the one they replace. */
	while (first > 0 && (!now[first].ch || !was[first].ch))
		first--;
	while (end < c->cols && (!now[end].ch || !was[end].ch))
		end++;
	put_span(t, c, row, first, end);
	memcpy(&was[first], &now[first], (size_t)(end - first) * sizeof *was);
}

void
ui_term_paint(struct ui_term *t, const struct ui_canvas *c)
{
	if (t->rows != c->rows || t->cols != c->cols || !t->last) {
		free(t->last);
		/* Zeroed cells equal no drawn one: everything is new. */
		t->last = ui_util_alloc((size_t)c->rows * (size_t)c->cols * sizeof *t->last);
		t->rows = c->rows;
		t->cols = c->cols;
		erase();
	}
	for (int row = 0; row < c->rows; row++)
		paint_row(t, c, row);
	if (t->caret_shown != c->has_caret) {
		t->caret_shown = c->has_caret;
		curs_set(c->has_caret);
	}
	move(c->caret_row, c->caret_col);
	refresh();
}

static int32_t
special(int code)
{
	switch (code) {
	case KEY_ENTER:
		return UI_KEY_ENTER;
	case KEY_BTAB:
		return UI_KEY_BACKTAB;
	case KEY_BACKSPACE:
		return UI_KEY_BACKSPACE;
	case KEY_DC:
		return UI_KEY_DELETE;
	case KEY_IC:
		return UI_KEY_INSERT;
	case KEY_UP:
		return UI_KEY_UP;
	case KEY_DOWN:
		return UI_KEY_DOWN;
	case KEY_LEFT:
		return UI_KEY_LEFT;
	case KEY_RIGHT:
		return UI_KEY_RIGHT;
	case KEY_HOME:
		return UI_KEY_HOME;
	case KEY_END:
		return UI_KEY_END;
	case KEY_PPAGE:
		return UI_KEY_PGUP;
	case KEY_NPAGE:
		return UI_KEY_PGDN;
	}
	if (code >= KEY_F(1) && code <= KEY_F(12))
		return UI_KEY_F(code - KEY_F0);
	if (code >= CODE_ALT + '0' && code <= CODE_ALT + '9')
		return UI_KEY_ALT(code - CODE_ALT);
	return UI_KEY_NONE;
}

static int32_t
plain(wint_t c)
{
	switch (c) {
	case '\r':
	case '\n':
		return UI_KEY_ENTER;
	case '\t':
		return UI_KEY_TAB;
	case 0x1B:
		return UI_KEY_ESC;
	case 0x08:
	case 0x7F:
		return UI_KEY_BACKSPACE;
	}
	return c > 0x10FFFF ? UI_KEY_NONE : (int32_t)c;
}

bool
ui_term_read(struct ui_term *t, struct ui_key *ret)
{
	wint_t c;

	for (;;) {
		int kind = get_wch(&c);

		if (kind == ERR)
			return false;
		if (kind == KEY_CODE_YES && c == CODE_PASTE) {
			t->pasting = true;
			continue;
		}
		if (kind == KEY_CODE_YES && c == CODE_PASTE_END) {
			t->pasting = false;
			continue;
		}
		ret->code = kind == KEY_CODE_YES ? special((int)c) : plain(c);
		ret->pasted = t->pasting;
		if (ret->code)
			return true;
	}
}
