/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The three dialogs (w_dialog.h). One sheet, one title, the text wrapped, the keys in the bar below.
 */
#include "w_dialog.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "w_list.h"
#include "w_text.h"
#include "yimen/text.h"

struct ui_area
w_dialog_sheet(const struct ui_area *a, int rows, const char *title)
{
	struct ui_area sheet;

	if (rows + 2 > a->rows)
		rows = a->rows - 2;
	sheet = ui_canvas_sub(a, a->rows - rows - 2, 0, rows + 2, a->cols);
	ui_canvas_blank_all(&sheet);
	ui_canvas_blank(&sheet, 0, 0, sheet.cols, UI_SHEET);
	ui_canvas_text(&sheet, 0, 1, UI_SHEET, title);
	return ui_canvas_sub(&sheet, 1, 0, rows + 1, sheet.cols);
}

/* -- confirm -- */

struct confirm {
	char title[120], text[600];
	int value;
};

static int
confirm_submit(struct ui_app *app, void *state)
{
	return ui_screen_answer(app, ((struct confirm *)state)->value, NULL);
}

static void
confirm_draw(const void *state, const struct ui_area *a)
{
	const struct confirm *d = state;
	struct ui_area sheet = w_dialog_sheet(a, 3, d->title);

	ui_canvas_wrap(&sheet, 1, 2, sheet.cols - 4, 2, UI_NORMAL, d->text);
	ui_canvas_park(&sheet, 1, 2);
}

static void
confirm_open(struct ui_app *app, void *state, const void *arg)
{
	(void)app;
	memcpy(state, arg, sizeof(struct confirm));
}

static const struct ui_screen confirm_screen = {
	.name = "confirm", .title = "", .context = UI_IN_DIALOG, .is_dialog = true, .state_size = sizeof(struct confirm),
	.open = confirm_open, .submit = confirm_submit, .draw = confirm_draw,
};

void
w_dialog_confirm(struct ui_app *app, const char *title, const char *text, int value, ui_answer_fn fn)
{
	struct confirm d = { .value = value };

	ui_util_format(d.title, sizeof d.title, _("%s?"), title);
	ui_util_copy(d.text, sizeof d.text, text);
	ui_screen_ask(app, &confirm_screen, &d, fn);
}

/* -- input -- */

struct input {
	char title[120], prompt[600], error[160];
	struct w_text field;
	int min_chars, value;
};

static void
input_open(struct ui_app *app, void *state, const void *arg)
{
	(void)app;
	memcpy(state, arg, sizeof(struct input));
}

static int
input_key(struct ui_app *app, void *state, const struct ui_key *key)
{
	struct input *d = state;
	bool edited = false;
	int bits = w_text_key(&d->field, key, &edited);

	(void)app;
	if (edited)
		d->error[0] = 0;
	return bits;
}

static int
input_submit(struct ui_app *app, void *state)
{
	struct input *d = state;

	w_text_normalize(&d->field);
	if (w_text_count(&d->field) >= d->min_chars)
		return ui_screen_answer(app, d->value, d->field.text);
	ui_util_format(d->error, sizeof d->error, ngettext("At least %d character is needed.", "At least %d characters are needed.",
		(unsigned long)d->min_chars), d->min_chars);
	return UI_DIRTY;
}

static void
input_draw(const void *state, const struct ui_area *a)
{
	const struct input *d = state;
	struct ui_area sheet = w_dialog_sheet(a, 5, d->title);
	int row = 1;

	if (*d->prompt)
		row += ui_canvas_wrap(&sheet, row, 2, sheet.cols - 4, 2, UI_NORMAL, d->prompt);
	if (*d->error)
		ui_canvas_print(&sheet, row + 1, 2, UI_WARN, "! %s", d->error);
	w_text_draw(&d->field, &sheet, row, 2, ui_util_clamp(sheet.cols - 4, 2, 90), true);
}

static const struct ui_screen input_screen = {
	.name = "input", .title = "", .context = UI_IN_DIALOG, .is_dialog = true, .state_size = sizeof(struct input),
	.open = input_open, .key = input_key, .submit = input_submit, .draw = input_draw,
};

void
w_dialog_input(struct ui_app *app, const char *title, const char *prompt, const char *initial, int min_chars,
	int value, ui_answer_fn fn)
{
	struct input d = { .min_chars = min_chars, .value = value };

	ui_util_copy(d.title, sizeof d.title, title);
	ui_util_copy(d.prompt, sizeof d.prompt, prompt);
	d.field.max = 200;
	w_text_set(&d.field, initial);
	ui_screen_ask(app, &input_screen, &d, fn);
	explicit_bzero(&d, sizeof d);
}

/* -- choose -- */

struct choose {
	char title[120];
	char labels[W_DIALOG_CHOICES][120];
	struct w_list list;
};

static void
choose_open(struct ui_app *app, void *state, const void *arg)
{
	(void)app;
	memcpy(state, arg, sizeof(struct choose));
}

static int
choose_key(struct ui_app *app, void *state, const struct ui_key *key)
{
	struct choose *d = state;

	if (!key->pasted && key->code >= '1' && key->code <= '9' && key->code - '1' < d->list.n)
		return ui_screen_answer(app, key->code - '1', d->labels[key->code - '1']);
	return w_list_key(&d->list, key, ui_app_rows(app) - 4);
}

static int
choose_submit(struct ui_app *app, void *state)
{
	struct choose *d = state;

	return d->list.n ? ui_screen_answer(app, d->list.sel, d->labels[d->list.sel]) : UI_DONE;
}

static void
choose_draw(const void *state, const struct ui_area *a)
{
	const struct choose *d = state;
	int rows = ui_util_clamp(d->list.n, 1, a->rows - 4), top = w_list_top(&d->list, rows);
	struct ui_area sheet = w_dialog_sheet(a, rows + 1, d->title);

	for (int i = 0; i < rows && top + i < d->list.n; i++) {
		int at = top + i;
		bool on = at == d->list.sel;

		ui_canvas_text(&sheet, i + 1, 2, UI_ACCENT, on ? "▸" : " ");
		if (at < 9)
			ui_canvas_print(&sheet, i + 1, 4, UI_KEY, "%d", at + 1);
		ui_canvas_cell(&sheet, i + 1, 6, sheet.cols - 8, on ? UI_BOLD : UI_NORMAL, d->labels[at]);
		if (on)
			ui_canvas_park(&sheet, i + 1, 2);
	}
}

static const struct ui_screen choose_screen = {
	.name = "choose", .title = "", .context = UI_IN_DIALOG, .is_dialog = true, .state_size = sizeof(struct choose),
	.open = choose_open, .key = choose_key, .submit = choose_submit, .draw = choose_draw,
};

void
w_dialog_choose(struct ui_app *app, const char *title, const char *const *labels, int n, int selected, ui_answer_fn fn)
{
	struct choose *d = ui_util_alloc(sizeof *d);

	ui_util_copy(d->title, sizeof d->title, title);
	for (int i = 0; i < n && i < W_DIALOG_CHOICES; i++)
		ui_util_copy(d->labels[i], sizeof d->labels[i], labels[i]);
	w_list_set(&d->list, ui_util_clamp(n, 0, W_DIALOG_CHOICES));
	w_list_select(&d->list, selected);
	ui_screen_ask(app, &choose_screen, d, fn);
	free(d);
}
