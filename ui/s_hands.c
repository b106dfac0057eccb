/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The citizen's hands (s_hands.h). What they can do is listed by practice; digits and Enter do it.
 */
#include "s_hands.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_reader.h"
#include "util.h"
#include "w_dialog.h"
#include "w_list.h"
#include "yimen/practice.h"

struct hands {
	struct ym_hand list[64];
	char says[600];
	struct w_list bar;
};

static void
refresh(struct ui_app *app, void *state)
{
	struct hands *d = state;
	struct ym_hands *h = ym_practice_hands(app->station);

	w_list_set(&d->bar, h ? ym_hands_list(h, d->list, UI_LEN(d->list)) : 0);
	ui_util_copy(d->says, sizeof d->says, h ? ym_hands_says(h) : "");
}

/* The hands act; the officer's screen is what shows the effect, so the dialog goes away. */
static int
act(struct ui_app *app, struct hands *d, int i)
{
	struct ym_error err = { 0 };

	if (i >= d->bar.n)
		return UI_DIRTY;
	/* What came out of the printer is read like a paper. */
	if (!strcmp(d->list[i].key, "out")) {
		const char *text = ym_hands_printed(ym_practice_hands(app->station));

		if (text)
			s_reader_show(app, d->list[i].label, strdup(text));
		return UI_DIRTY;
	}
	if (!ui_app_ok(app, ym_hands_do(ym_practice_hands(app->station), d->list[i].key, &err), &err)) {
		refresh(app, d);
		return UI_DIRTY;
	}
	return UI_POP;
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct hands *d = state;

	if (!k->pasted && k->code >= '1' && k->code <= '9' && k->code - '1' < d->bar.n)
		return act(app, d, k->code - '1');
	return w_list_key(&d->bar, k, ui_app_rows(app) - 6);
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct hands *d = state;

	if (c == UI_DO_HANDS_BACK || c == UI_DO_HANDS)
		return UI_POP;
	return c == UI_DO_ACT ? act(app, d, d->bar.sel) : UI_PASS;
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct hands *d = state;
	int rows = ui_util_clamp(d->bar.n, 1, a->rows - 6), top = w_list_top(&d->bar, rows);
	struct ui_area sheet = w_dialog_sheet(a, rows + 3, _("Citizen's hands (practice)"));

	if (*d->says)
		ui_canvas_wrap(&sheet, 1, 2, sheet.cols - 4, 2, UI_ACCENT, d->says);
	for (int i = 0; i < rows && top + i < d->bar.n; i++) {
		const struct ym_hand *hand = &d->list[top + i];
		bool on = top + i == d->bar.sel;

		ui_canvas_text(&sheet, i + 3, 2, UI_ACCENT, on ? "▸" : " ");
		if (top + i < 9)
			ui_canvas_print(&sheet, i + 3, 4, UI_KEY, "%d", top + i + 1);
		ui_canvas_text(&sheet, i + 3, 6, UI_ACCENT, hand->active ? "●" : " ");
		ui_canvas_cell(&sheet, i + 3, 8, sheet.cols - 9, on ? UI_BOLD : UI_NORMAL, hand->label);
		if (on)
			ui_canvas_park(&sheet, i + 3, 2);
	}
}

const struct ui_screen s_hands_screen = {
	.name = "hands", .title = "", .context = UI_IN_HANDS, .is_dialog = true, .state_size = sizeof(struct hands),
	.refresh = refresh, .key = key, .command = command, .draw = draw,
};
