/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The reading screen (s_reader.h): wrapped to the width, moved by rows.
 */
#include "s_reader.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "yimen/text.h"

struct reader {
	char title[160];
	char *text;
	int top, total;
};
struct reader_arg {
	const char *title;
	char *text;
};

static enum ui_style
style_of(const char **line)
{
	if (!strncmp(*line, "# ", 2)) {
		*line += 2;
		return UI_BOLD;
	}
	return !strncmp(*line, "! ", 2) ? UI_WARN : UI_NORMAL;
}

int
s_reader_layout(const char *text, int width, int top, const struct ui_area *a)
{
	int row = 0;
	enum ui_style style = UI_NORMAL;
	const char *next;

	if (width < 2)
		width = 2;
	for (bool fresh = true; *text; text = next, row++) {
		char line[1024];
		size_t n;

		if (fresh)
			style = style_of(&text);
		n = ym_text_wrap(text, width, &next);
		fresh = next > text && next[-1] == '\n';
		if (!a || row < top || row - top >= a->rows)
			continue;
		if (n >= sizeof line)
			n = sizeof line - 1;
		memcpy(line, text, n);
		line[n] = 0;
		ui_canvas_text(a, row - top, 0, style, line);
	}
	return row;
}

int
s_reader_scroll(int *top, int total, int rows, const struct ui_key *key)
{
	int last = total > rows ? total - rows : 0;

	switch (key->pasted ? UI_KEY_NONE : key->code) {
	case UI_KEY_UP:
		*top -= 1;
		break;
	case UI_KEY_DOWN:
		*top += 1;
		break;
	case UI_KEY_PGUP:
		*top -= rows - 1;
		break;
	case UI_KEY_PGDN:
	case ' ':
		*top += rows - 1;
		break;
	case UI_KEY_HOME:
		*top = 0;
		break;
	case UI_KEY_END:
		*top = last;
		break;
	default:
		return UI_PASS;
	}
	*top = ui_util_clamp(*top, 0, last);
	return UI_DIRTY;
}

static int
width_of(int cols)
{
	/* Longer lines are hard to follow. */
	return ui_util_clamp(cols - 4, 2, 100);
}

static void
open_reader(struct ui_app *app, void *state, const void *arg)
{
	struct reader *d = state;
	const struct reader_arg *from = arg;

	ui_util_copy(d->title, sizeof d->title, from->title);
	d->text = from->text;
	d->total = s_reader_layout(d->text, width_of(ui_app_cols(app)), 0, NULL);
}

static void
close_reader(struct ui_app *app, void *state)
{
	struct reader *d = state;

	(void)app;
	explicit_bzero(d->text, strlen(d->text));
	free(d->text);
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct reader *d = state;

	d->total = s_reader_layout(d->text, width_of(ui_app_cols(app)), 0, NULL);
	return s_reader_scroll(&d->top, d->total, ui_app_rows(app) - 2, k);
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	(void)app;
	(void)state;
	return c == UI_DO_READ_BACK ? UI_POP : UI_PASS;
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct reader *d = state;
	struct ui_area text = ui_canvas_sub(a, 2, 2, a->rows - 2, a->cols - 4);
	int rows = a->rows - 2;

	ui_canvas_cell(a, 0, 1, a->cols - 12, UI_ACCENT_BOLD, d->title);
	if (d->total > rows) {
		char part[32];

		ui_util_format(part, sizeof part, "%d/%d", d->top + rows > d->total ? d->total : d->top + rows, d->total);
		ui_canvas_right(a, 0, a->cols - 1, UI_DIM, part);
	}
	s_reader_layout(d->text, width_of(a->cols), d->top, &text);
	ui_canvas_park(a, 0, 0);
}

const struct ui_screen s_reader_screen = {
	.name = "reader", .title = N_("Reading"), .context = UI_IN_READER, .state_size = sizeof(struct reader),
	.open = open_reader, .close = close_reader, .key = key, .command = command, .draw = draw,
};

void
s_reader_show(struct ui_app *app, const char *title, char *text)
{
	const struct reader_arg arg = { title, text };

	ui_screen_push(app, &s_reader_screen, &arg);
}
