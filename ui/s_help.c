/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The help screen (s_help.h): contexts from the screen below up to the keys that work everywhere.
 */
#include "s_help.h"

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "w_list.h"
#include "yimen/text.h"

#define LINES 160
struct help_line {
	bool heading;
	enum ui_context context;
	enum ui_command command;
};
struct help {
	struct help_line lines[LINES];
	int n;
	struct w_list list;   /* its rows are the rows of the text */
};

#define TEXT_COL 32

/* Rows of a line: what a command does is said in full. */
static int
height(const struct help_line *line, int cols)
{
	const char *text = line->heading ? "" : _(ui_command_info(line->command)->help);
	int rows = 0;

	for (; *text; rows++)
		ym_text_wrap(text, cols - TEXT_COL - 1, &text);
	return rows ? rows : 1;
}

static int
total(const struct help *d, int cols)
{
	int rows = 0;

	for (int i = 0; i < d->n; i++)
		rows += height(&d->lines[i], cols);
	return rows;
}

static void
open_help(struct ui_app *app, void *state, const void *arg)
{
	struct help *d = state;
	enum ui_context context = ui_screen_context(app, 1);
	int n = 0, n_bindings;
	const struct ui_binding *bindings = ui_command_bindings(&n_bindings);

	(void)arg;
	for (;;) {
		d->lines[n++] = (struct help_line){ true, context, UI_DO_NONE };
		for (int i = 0; i < n_bindings && n < LINES - 2; i++)
			if (ui_command_info(bindings[i].command)->context == context)
				d->lines[n++] = (struct help_line){ false, context, bindings[i].command };
		if (ui_command_parent(context) == context || n >= LINES - 2)
			break;
		context = ui_command_parent(context);
	}
	d->n = n;
	w_list_set(&d->list, total(d, ui_app_cols(app)));
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct help *d = state;
	int page = ui_app_rows(app) - 2;

	w_list_set(&d->list, total(d, ui_app_cols(app)));
	/* A text moves by its window, not by a bar. */
	if (k->code == UI_KEY_DOWN && d->list.sel < page - 1)
		w_list_select(&d->list, page - 1);
	if (k->code == UI_KEY_UP && d->list.sel > d->list.n - page)
		w_list_select(&d->list, d->list.n - page);
	return w_list_key(&d->list, k, page);
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	(void)app;
	(void)state;
	return c == UI_DO_HELP_BACK || c == UI_DO_HELP ? UI_POP : UI_PASS;
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct help *d = state;
	int rows = a->rows - 2, row = -w_list_top(&d->list, rows);
	struct ui_area text = ui_canvas_sub(a, 1, 0, rows, a->cols);

	for (int i = 0; i < d->n && row < rows; row += height(&d->lines[i++], a->cols)) {
		const struct help_line *line = &d->lines[i];
		const struct ui_command_info *info = ui_command_info(line->command);
		char k[24];

		if (line->heading) {
			ui_canvas_text(&text, row, 1, UI_BOLD, _(ui_command_context_label(line->context)));
			continue;
		}
		ui_canvas_cell(&text, row, 3, 9, UI_KEY, ui_key_name(ui_command_key(line->command), k, sizeof k));
		ui_canvas_cell(&text, row, 13, 18, UI_NORMAL, _(info->label));
		ui_canvas_wrap(&text, row, TEXT_COL, a->cols - TEXT_COL - 1, 6, UI_DIM, _(info->help));
	}
	ui_canvas_park(a, 0, 0);
}

static const char *
status(const void *state)
{
	(void)state;
	return _("Lists: Up Down PgUp PgDn Home End. Fields: every key is text, Ctrl+U empties");
}

const struct ui_screen s_help_screen = {
	.name = "help", .title = N_("Help"), .context = UI_IN_HELP, .state_size = sizeof(struct help),
	.open = open_help, .key = key, .command = command, .draw = draw, .status = status,
};
