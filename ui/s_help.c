/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The help screen (s_help.h): contexts from the screen below up to the keys that work everywhere.
 */
#include "s_help.h"

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "w_list.h"

#define LINES 160
struct help_line {
	bool heading;
	enum ui_context context;
	enum ui_command command;
};
struct help {
	struct help_line lines[LINES];
	struct w_list list;
};

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
	w_list_set(&d->list, n);
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct help *d = state;
	int page = ui_app_rows(app) - 2;

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
	int rows = a->rows - 2, top = w_list_top(&d->list, rows);

	for (int i = 0; i < rows && top + i < d->list.n; i++) {
		const struct help_line *line = &d->lines[top + i];
		const struct ui_command_info *info = ui_command_info(line->command);
		char k[24];

		if (line->heading) {
			ui_canvas_text(a, i + 1, 1, UI_BOLD, _(ui_command_context_label(line->context)));
			continue;
		}
		ui_canvas_cell(a, i + 1, 3, 9, UI_KEY, ui_key_name(ui_command_key(line->command), k, sizeof k));
		ui_canvas_cell(a, i + 1, 13, 18, UI_NORMAL, _(info->label));
		ui_canvas_cell(a, i + 1, 32, a->cols - 33, UI_DIM, _(info->help));
	}
	ui_canvas_park(a, 0, 0);
}

static const char *
status(const void *state)
{
	(void)state;
	return _("Lists: Up Down PgUp PgDn Home End. Fields: every printable key is text; Ctrl+U empties.");
}

const struct ui_screen s_help_screen = {
	.name = "help", .title = N_("Help"), .context = UI_IN_HELP, .state_size = sizeof(struct help),
	.open = open_help, .key = key, .command = command, .draw = draw, .status = status,
};
