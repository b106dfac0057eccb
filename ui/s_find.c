/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The finder screen (s_find.h). Every key searches again; the engine answers within a millisecond.
 */
#include "s_find.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "w_list.h"
#include "w_text.h"
#include "yimen/text.h"

#define HITS 60
#define PICKED 16
struct find {
	bool for_visit;
	struct w_text query;
	struct ym_hit hits[HITS], picked[PICKED];
	int n_picked;
	struct w_list bar;
};

static const struct {
	const char *why, *label;
} whys[] = {
	{ "code", N_("code") }, { "name", N_("name") }, { "alias", N_("also called") }, { "pinyin", N_("pinyin") },
	{ "initials", N_("initials") }, { "fuzzy", N_("similar") },
};

static void
search(struct ui_app *app, struct find *d)
{
	d->bar.sel = d->bar.top = 0;
	w_list_set(&d->bar, ym_station_find(app->station, d->query.text, d->hits, HITS));
}

static void
open_find(struct ui_app *app, void *state, const void *arg)
{
	struct find *d = state;

	d->for_visit = *(const bool *)arg;
	search(app, d);
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct find *d = state;
	bool edited = false;
	int bits = UI_PASS;

	/* Home and End belong to the text. */
	if (k->code != UI_KEY_HOME && k->code != UI_KEY_END)
		bits = w_list_key(&d->bar, k, ui_app_rows(app) - 4 - (d->n_picked ? d->n_picked + 1 : 0));
	if (bits & UI_PASS)
		bits = w_text_key(&d->query, k, &edited);
	if (edited)
		search(app, d);
	return bits;
}

static int
picked_at(const struct find *d, const struct ym_hit *hit)
{
	for (int i = 0; i < d->n_picked; i++)
		if (!strcmp(d->picked[i].id, hit->id))
			return i;
	return -1;
}

static void
toggle(struct ui_app *app, struct find *d)
{
	const struct ym_hit *hit = &d->hits[d->bar.sel];
	int at;

	if (!d->bar.n)
		return;
	at = picked_at(d, hit);
	if (at >= 0)
		memmove(&d->picked[at], &d->picked[at + 1], (size_t)(--d->n_picked - at) * sizeof *d->picked);
	else if (d->n_picked < PICKED)
		d->picked[d->n_picked++] = *hit;
	w_text_set(&d->query, "");
	search(app, d);
}

static bool
add(struct ui_app *app, const struct ym_hit *hit)
{
	struct ym_visit *v = ym_station_visit(app->station);
	struct ym_error err = { 0 };
	enum ym_code code = YM_STATE;
	int at;

	if (v)
		code = hit->is_bundle ? ym_visit_add_bundle(v, hit->id, &err) : ym_visit_add_item(v, hit->id, &at, &err);
	if (code != YM_OK)
		ui_app_error(app, &err);
	return code == YM_OK;
}

static int
take(struct ui_app *app, struct find *d)
{
	bool all = true;

	if (!d->for_visit) {
		if (d->bar.n)
			s_find_guide(app, d->hits[d->bar.sel].id, d->hits[d->bar.sel].is_bundle);
		return UI_DIRTY;
	}
	/* With something picked and nothing typed the bar stands where nobody put it. */
	if (d->bar.n && picked_at(d, &d->hits[d->bar.sel]) < 0 && (*d->query.text || !d->n_picked))
		all = add(app, &d->hits[d->bar.sel]);
	for (int i = 0; i < d->n_picked; i++)
		all &= add(app, &d->picked[i]);
	return all && (d->bar.n || d->n_picked) ? UI_POP : UI_DIRTY;
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct find *d = state;

	switch (c) {
	case UI_DO_TAKE:
		return take(app, d);
	case UI_DO_PICK:
		if (d->for_visit)
			toggle(app, d);
		return UI_DIRTY;
	case UI_DO_GUIDE:
		if (d->bar.n)
			s_find_guide(app, d->hits[d->bar.sel].id, d->hits[d->bar.sel].is_bundle);
		return UI_DIRTY;
	case UI_DO_FIND_BACK:
		return UI_POP;
	default:
		return UI_PASS;
	}
}

static const char *
why_of(const struct ym_hit *hit)
{
	for (int i = 0; i < UI_LEN(whys); i++)
		if (!strcmp(whys[i].why, hit->why))
			return _(whys[i].label);
	return "";
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct find *d = state;
	int picked_rows = d->n_picked ? d->n_picked + 1 : 0, rows = a->rows - 3 - picked_rows, top;
	int col = ui_canvas_text(a, 0, 1, UI_DIM, _("Search")) + 2;

	w_text_draw(&d->query, a, 0, col, ui_util_clamp(a->cols - col - 2, 2, 48), true);
	if (!*d->query.text)
		ui_canvas_text(a, 0, col + 1, UI_DIM, "");
	for (int i = 0; i < d->n_picked; i++)
		ui_canvas_print(a, 2 + i, 1, UI_ACCENT, "✓ %s", d->picked[i].name);
	if (rows < 1)
		rows = 1;
	top = w_list_top(&d->bar, rows);
	for (int i = 0; i < rows && top + i < d->bar.n; i++) {
		const struct ym_hit *hit = &d->hits[top + i];
		bool on = top + i == d->bar.sel, picked = picked_at(d, hit) >= 0;
		int row = 2 + picked_rows + i, why = a->cols - 14;

		ui_canvas_text(a, row, 1, UI_ACCENT, on ? "▸" : " ");
		ui_canvas_text(a, row, 3, UI_ACCENT, picked ? "✓" : " ");
		ui_canvas_cell(a, row, 5, 14, UI_DIM, hit->is_bundle ? _("bundle") : hit->category);
		ui_canvas_cell(a, row, 20, why - 21, on ? UI_BOLD : UI_NORMAL, hit->name);
		ui_canvas_cell(a, row, why, 13, UI_DIM, why_of(hit));
	}
	if (!d->bar.n)
		ui_canvas_text(a, 2 + picked_rows, 5, UI_DIM, *d->query.text ? _("Nothing found. Try fewer letters, another word, or initials.") :
			_("Type a name, how people call it, pinyin or initials."));
}

static const char *
status(const void *state)
{
	const struct find *d = state;

	return d->for_visit ? _("Several items: Tab picks one and searches on, Enter takes them all.") : NULL;
}

const struct ui_screen s_find_screen = {
	.name = "find", .title = N_("Find items"), .context = UI_IN_FIND, .state_size = sizeof(struct find),
	.open = open_find, .key = key, .command = command, .draw = draw, .status = status,
};

void
s_find_show(struct ui_app *app, bool for_visit)
{
	ui_screen_push(app, &s_find_screen, &for_visit);
}
