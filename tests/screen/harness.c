/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The pseudo-terminal, the pump between it and libvterm, and reading the screen. Keys and TAP: keys.c and tap.c.
 * Invariant: only pump() reads or writes the master side. The slave side stays open here too, to ask how much
 * input the program has not read yet; the program's end is therefore seen by waitpid, not by a hang-up.
 */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define STEP_MS 10
#define WIDE_TAIL ((uint32_t)-1)

extern char **environ;

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
screen_die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(99);
}

static void
take_output(const char *bytes, size_t n, void *user)
{
	screen_send(user, bytes, n);
}

static int
take_property(VTermProp prop, VTermValue *value, void *user)
{
	struct screen *s = user;

	if (prop == VTERM_PROP_CURSORVISIBLE)
		s->cursor_visible = value->boolean;
	return 1;
}

static const VTermScreenCallbacks callbacks = { .settermprop = take_property };

static void
set_env(const char *pair)
{
	const char *eq = strchr(pair, '=');
	char name[128];

	if (!eq) {
		unsetenv(pair);
		return;
	}
	snprintf(name, sizeof name, "%.*s", (int)(eq - pair), pair);
	setenv(name, eq + 1, 1);
}

static void
run_child(const char *const argv[], const struct screen_options *o, int slave)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(slave, fd);
	close_range(3, ~0U, 0);
	setenv("TERM", "xterm-256color", 1);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	for (const char *const *e = o->env; e && *e; e++)
		set_env(*e);
	if (o->cwd && chdir(o->cwd) < 0)
		_exit(126);
	execvp(argv[0], (char *const *)argv);
	dprintf(2, "cannot start %s: %s\r\n", argv[0], strerror(errno));
	_exit(127);
}

struct screen *
screen_open(const char *const argv[], const struct screen_options *options)
{
	static const struct screen_options plain;
	const struct screen_options *o = options ? options : &plain;
	struct screen *s = calloc(1, sizeof *s);
	struct winsize size = { .ws_row = o->rows ? o->rows : 24,
		.ws_col = o->cols ? o->cols : 80 };

	if (!s)
		screen_die("calloc");
	s->deadline_ms = o->deadline_ms ? o->deadline_ms : 20000;
	s->quiet_ms = o->quiet_ms ? o->quiet_ms : 40;
	if (openpty(&s->master, &s->slave, NULL, NULL, &size) < 0)
		screen_die("openpty");
	fcntl(s->master, F_SETFD, FD_CLOEXEC);
	fcntl(s->slave, F_SETFD, FD_CLOEXEC);
	fcntl(s->master, F_SETFL, O_NONBLOCK);
	s->vt = vterm_new(size.ws_row, size.ws_col);
	vterm_set_utf8(s->vt, 1);
	vterm_output_set_callback(s->vt, take_output, s);
	s->view = vterm_obtain_screen(s->vt);
	s->cursor_visible = true;
	vterm_screen_set_callbacks(s->view, &callbacks, s);
	vterm_screen_enable_altscreen(s->view, 1);
	vterm_screen_reset(s->view, 1);
	fflush(NULL);
	s->pid = fork();
	if (s->pid < 0)
		screen_die("fork");
	if (s->pid == 0)
		run_child(argv, o, s->slave);
	return s;
}

static void
reap(struct screen *s)
{
	if (!s->ended && waitpid(s->pid, &s->status, WNOHANG) == s->pid)
		s->ended = true;
}

/* One step: write what waits, read what came, for at most wait_ms. True when the program wrote something. */
static bool
pump(struct screen *s, int wait_ms)
{
	struct pollfd p = { .fd = s->master, .events = POLLIN | (s->out_len ? POLLOUT : 0) };
	char bytes[65536];
	bool wrote = false;
	ssize_t n;

	if (poll(&p, 1, wait_ms) > 0) {
		if (p.revents & POLLOUT) {
			n = write(s->master, s->out, s->out_len);
			if (n > 0) {
				s->out_len -= n;
				memmove(s->out, s->out + n, s->out_len);
			}
		}
		while (p.revents & POLLIN && (n = read(s->master, bytes, sizeof bytes)) > 0) {
			vterm_input_write(s->vt, bytes, n);
			wrote = true;
		}
	}
	reap(s);
	return wrote;
}

void
screen_send(struct screen *s, const void *data, size_t n)
{
	char *grown = realloc(s->out, s->out_len + n);

	if (n && !grown)
		screen_die("realloc");
	if (!n)
		return;
	s->out = grown;
	memcpy(s->out + s->out_len, data, n);
	s->out_len += n;
}

void
screen_type(struct screen *s, const char *text)
{
	screen_send(s, text, strlen(text));
}

static bool
is_running(const struct screen *s)
{
	char path[64], line[512], state = 'S';
	FILE *f;
	char *after;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)s->pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	/* The name in parentheses may hold anything: the state follows the last one. */
	if (fgets(line, sizeof line, f) && (after = strrchr(line, ')')) && after[1] == ' ')
		state = after[2];
	fclose(f);
	return state == 'R' || state == 'D';
}

static bool
has_unread_input(const struct screen *s)
{
	int n = 0;

	return s->out_len || (ioctl(s->slave, FIONREAD, &n) == 0 && n > 0);
}

bool
screen_settle(struct screen *s)
{
	int64_t end = now_ms() + s->deadline_ms, quiet_since = now_ms();

	while (now_ms() < end) {
		bool wrote = pump(s, STEP_MS);

		if (s->ended && !wrote)
			return true;
		if (wrote || has_unread_input(s) || is_running(s))
			quiet_since = now_ms();
		else if (now_ms() - quiet_since >= s->quiet_ms)
			return true;
	}
	return false;
}

static bool
wait_for(struct screen *s, const char *text, bool present)
{
	int64_t end = now_ms() + s->deadline_ms;
	bool ended = false;

	for (;;) {
		bool wrote = pump(s, 0);

		if (!wrote && screen_find(s, text, NULL, NULL) == present)
			return true;
		if (ended && !wrote)
			return false;
		/* Once more around after the end, for its last words. */
		ended = s->ended;
		if (now_ms() >= end)
			return false;
		if (!ended)
			pump(s, STEP_MS);
	}
}

bool
screen_wait_text(struct screen *s, const char *text)
{
	return wait_for(s, text, true);
}

bool
screen_wait_no_text(struct screen *s, const char *text)
{
	return screen_settle(s) && wait_for(s, text, false);
}

bool
screen_wait_exit(struct screen *s, int *ret_status)
{
	int64_t end = now_ms() + s->deadline_ms;

	while (!s->ended && now_ms() < end)
		pump(s, STEP_MS);
	while (pump(s, 0))
		;
	if (s->ended && ret_status)
		*ret_status = s->status;
	return s->ended;
}

void
screen_resize(struct screen *s, int rows, int cols)
{
	struct winsize size = { .ws_row = rows, .ws_col = cols };

	vterm_set_size(s->vt, rows, cols);
	ioctl(s->master, TIOCSWINSZ, &size);
}

void
screen_kill(struct screen *s, int signal_number)
{
	if (!s->ended)
		kill(s->pid, signal_number);
}

void
screen_close(struct screen *s)
{
	if (!s)
		return;
	/* The whole foreground group, as a closed window does; what does not leave is ended. */
	if (!s->ended) {
		int deadline = s->deadline_ms;

		kill(-s->pid, SIGHUP);
		s->deadline_ms = 2000;
		if (!screen_wait_exit(s, NULL)) {
			kill(-s->pid, SIGKILL);
			s->deadline_ms = deadline;
			screen_wait_exit(s, NULL);
		}
	}
	close(s->master);
	close(s->slave);
	vterm_free(s->vt);
	free(s->out);
	free(s);
}

pid_t
screen_pid(const struct screen *s)
{
	return s->pid;
}

const char *
screen_yimen(void)
{
	static const char *const places[] = { "ui/yimen", "src/cli/yimen" };
	static char path[4096];
	const char *build = getenv("YIMEN_BUILD"), *program = getenv("YIMEN_PROGRAM");

	if (program)
		return program;
	for (size_t i = 0; build && i < sizeof places / sizeof places[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", build, places[i]);
		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

/* -- reading the screen -- */

static size_t
put_utf8(char *dst, uint32_t c)
{
	if (c < 0x80) {
		dst[0] = c;
		return 1;
	}
	if (c < 0x800) {
		dst[0] = 0xc0 | c >> 6;
		dst[1] = 0x80 | (c & 0x3f);
		return 2;
	}
	if (c < 0x10000) {
		dst[0] = 0xe0 | c >> 12;
		dst[1] = 0x80 | (c >> 6 & 0x3f);
		dst[2] = 0x80 | (c & 0x3f);
		return 3;
	}
	dst[0] = 0xf0 | c >> 18;
	dst[1] = 0x80 | (c >> 12 & 0x3f);
	dst[2] = 0x80 | (c >> 6 & 0x3f);
	dst[3] = 0x80 | (c & 0x3f);
	return 4;
}

/* The row's text; columns[i], when given, is the cell that byte i came from. */
static char *
row_text(struct screen *s, int row, int *columns)
{
	int rows, cols;
	size_t n = 0;
	char *text;

	vterm_get_size(s->vt, &rows, &cols);
	text = malloc((size_t)cols * VTERM_MAX_CHARS_PER_CELL * 4 + 1);
	if (!text)
		screen_die("malloc");
	for (int col = 0; row >= 0 && row < rows && col < cols; col++) {
		VTermScreenCell cell;
		size_t from = n;

		if (!vterm_screen_get_cell(s->view, (VTermPos){ row, col }, &cell) ||
			cell.chars[0] == WIDE_TAIL)
			continue;
		if (!cell.chars[0])
			text[n++] = ' ';
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
			n += put_utf8(text + n, cell.chars[i]);
		for (size_t i = from; columns && i < n; i++)
			columns[i] = col;
	}
	text[n] = 0;
	return text;
}

char *
screen_row(struct screen *s, int row)
{
	char *text = row_text(s, row, NULL);
	size_t n = strlen(text);

	while (n && text[n - 1] == ' ')
		text[--n] = 0;
	return text;
}

char *
screen_text(struct screen *s)
{
	char *all = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&all, &n);
	int rows, cols;

	vterm_get_size(s->vt, &rows, &cols);
	for (int row = 0; row < rows; row++) {
		char *text = screen_row(s, row);

		fprintf(f, "%s\n", text);
		free(text);
	}
	fclose(f);
	return all;
}

bool
screen_find(struct screen *s, const char *text, int *ret_row, int *ret_col)
{
	int rows, cols, *columns;
	bool found = false;

	vterm_get_size(s->vt, &rows, &cols);
	columns = calloc((size_t)cols * VTERM_MAX_CHARS_PER_CELL * 4 + 1, sizeof *columns);
	for (int row = 0; row < rows && !found; row++) {
		char *line = row_text(s, row, columns);
		const char *at = strstr(line, text);

		if (at) {
			found = true;
			if (ret_row)
				*ret_row = row;
			if (ret_col)
				*ret_col = columns[at - line];
		}
		free(line);
	}
	free(columns);
	return found;
}

void
screen_cursor(struct screen *s, int *ret_row, int *ret_col, bool *ret_visible)
{
	VTermPos pos;

	vterm_state_get_cursorpos(vterm_obtain_state(s->vt), &pos);
	if (ret_row)
		*ret_row = pos.row;
	if (ret_col)
		*ret_col = pos.col;
	if (ret_visible)
		*ret_visible = s->cursor_visible;
}

void
screen_size(const struct screen *s, int *ret_rows, int *ret_cols)
{
	vterm_get_size(s->vt, ret_rows, ret_cols);
}

static unsigned
rgb(struct screen *s, VTermColor color)
{
	vterm_screen_convert_color_to_rgb(s->view, &color);
	return (unsigned)color.rgb.red << 16 | (unsigned)color.rgb.green << 8 | color.rgb.blue;
}

struct screen_look
screen_look(struct screen *s, int row, int col)
{
	struct screen_look look = { 0 };
	VTermScreenCell cell;

	if (vterm_screen_get_cell(s->view, (VTermPos){ row, col }, &cell)) {
		look.reverse = cell.attrs.reverse;
		look.bold = cell.attrs.bold;
		look.underline = cell.attrs.underline;
		look.fg = rgb(s, cell.fg);
		look.bg = rgb(s, cell.bg);
	}
	return look;
}
