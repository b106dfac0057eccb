/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The command palette (s_palette.h).
 */
#include "s_palette.h"

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "w_dialog.h"
#include "w_list.h"
#include "w_text.h"
#include "yimen/practice.h"

struct palette {
	struct w_text query;
	struct w_list list;
	enum ui_command hits[UI_N_COMMANDS];
	int ranks[UI_N_COMMANDS];
	enum ui_context below;
	bool practice;
};

static void
search(struct palette *d)
{
	int n = 0;

	for (enum ui_command c = UI_DO_NONE + 1; c < UI_N_COMMANDS; c++) {
		int rank, i;

		if (!ui_command_is_offered(d->below, c) || c == UI_DO_PALETTE || (c == UI_DO_HANDS && !d->practice))
			continue;
		rank = ui_command_match(c, d->query.text);
		if (rank < 0)
			continue;
		/* The table's order stands among equals. */
		for (i = n++; i > 0 && d->ranks[i - 1] > rank; i--) {
			d->hits[i] = d->hits[i - 1];
			d->ranks[i] = d->ranks[i - 1];
		}
		d->hits[i] = c;
		d->ranks[i] = rank;
	}
	d->list.sel = d->list.top = 0;
	w_list_set(&d->list, n);
}

static void
open_palette(struct ui_app *app, void *state, const void *arg)
{
	struct palette *d = state;

	(void)arg;
	d->below = ui_screen_context(app, 1);
	d->practice = ym_practice_hands(app->station) != NULL;
	search(d);
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct palette *d = state;
	bool edited = false;
	int bits = w_list_key(&d->list, k, ui_app_rows(app) - 9);

	if (bits & UI_PASS)
		bits = w_text_key(&d->query, k, &edited);
	if (edited)
		search(d);
	return bits;
}

static int
run_it(struct ui_app *app, void *asker, int value, const char *text)
{
	(void)asker;
	(void)text;
	ui_screen_command(app, (enum ui_command)value);
	return UI_DONE;
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct palette *d = state;

	if (c == UI_DO_RUN && d->list.n) {
		app->layers[app->n_layers - 1].fn = run_it;
		return ui_screen_answer(app, (int)d->hits[d->list.sel], NULL);
	}
	return c == UI_DO_PALETTE_BACK ? UI_POP : UI_PASS;
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct palette *d = state;
	struct ui_area sheet = w_dialog_sheet(a, a->rows - 3, _("Commands: a word, pinyin or initials"));
	int rows = sheet.rows - 6, top = w_list_top(&d->list, rows);

	w_text_draw(&d->query, &sheet, 1, 2, 40, true);
	for (int i = 0; i < rows && top + i < d->list.n; i++) {
		const struct ui_command_info *info = ui_command_info(d->hits[top + i]);
		bool on = top + i == d->list.sel;
		char k[24];

		ui_canvas_text(&sheet, i + 3, 1, UI_ACCENT, on ? "▸" : " ");
		ui_canvas_cell(&sheet, i + 3, 3, 18, on ? UI_BOLD : UI_NORMAL, _(info->label));
		ui_canvas_cell(&sheet, i + 3, 22, 9, UI_KEY, ui_key_name(ui_command_key(d->hits[top + i]), k, sizeof k));
		ui_canvas_cell(&sheet, i + 3, 32, sheet.cols - 33, UI_DIM, _(info->help));
	}
	/* The line may have cut it short. */
	if (d->list.n)
		ui_canvas_wrap(&sheet, sheet.rows - 2, 3, sheet.cols - 4, 2, UI_NORMAL, _(ui_command_info(d->hits[d->list.sel])->help));
	else
		ui_canvas_text(&sheet, 3, 3, UI_DIM, _("No command answers to that."));
}

const struct ui_screen s_palette_screen = {
	.name = "palette", .title = "", .context = UI_IN_PALETTE, .is_dialog = true, .state_size = sizeof(struct palette),
	.open = open_palette, .key = key, .command = command, .draw = draw,
};
