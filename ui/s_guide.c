/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The guide desk's home (s_guide.h). With nothing typed the list is what this person can do, the usual first; each key searches. Enter
 * opens an item; it joins the consultation that is open.
 */
#include "s_guide.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_consult.h"
#include "s_home.h"
#include "s_shift.h"
#include "s_ticket.h"
#include "util.h"
#include "w_list.h"
#include "w_text.h"
#include "yimen/text.h"

#define HITS 60
#define CAN 400
#define LIST_ROW 4     /* first row of the list */
#define SIDE_FROM 100
#define SIDE_WIDTH 44

struct guide {
	struct w_text query;
	struct ym_hit hits[HITS];
	struct ym_consult_can can[CAN];
	int n_hits, n_can;
	struct w_list bar;
	char asker[160], open[300], card[120];
	struct ym_consult_tally tally;
	bool shift_open, both;
	const struct ym_item *peek;   /* of the chosen row; NULL for a bundle */
	const struct ym_bundle *peek_bundle;
};

static bool
is_searching(const struct guide *d)
{
	return *d->query.text != 0;
}

static const char *
chosen_id(const struct guide *d, bool *ret_bundle)
{
	*ret_bundle = is_searching(d) && d->bar.n && d->hits[d->bar.sel].is_bundle;
	return !d->bar.n ? "" : is_searching(d) ? d->hits[d->bar.sel].id : d->can[d->bar.sel].id;
}

static void
peek(struct ui_app *app, struct guide *d)
{
	bool is_bundle;
	const char *id = chosen_id(d, &is_bundle);

	d->peek = NULL;
	d->peek_bundle = NULL;
	if (!*id)
		return;
	if (is_bundle ? ym_station_bundle(app->station, id, &d->peek_bundle, NULL) : ym_station_item(app->station, id, &d->peek, NULL))
		d->peek = NULL, d->peek_bundle = NULL;
}

static void
search(struct ui_app *app, struct guide *d)
{
	d->n_hits = is_searching(d) ? ym_station_find(app->station, d->query.text, d->hits, HITS) : 0;
	d->bar.sel = d->bar.top = 0;
	w_list_set(&d->bar, is_searching(d) ? d->n_hits : d->n_can);
	peek(app, d);
}

static void
refresh(struct ui_app *app, void *state)
{
	struct guide *d = state;
	struct ym_consult *c = ym_station_consult(app->station);
	struct ym_card card;
	int sel = d->bar.sel;

	d->shift_open = ym_station_shift_is_open(app->station);
	d->both = ym_station_serves_window(app->station);
	ym_station_consult_tally(app->station, &d->tally);
	s_consult_asker(app, d->asker, sizeof d->asker);
	d->open[0] = 0;
	for (int i = 0; c && i < ym_consult_n_items(c); i++)
		ui_util_add(d->open, sizeof d->open, "%s%s", i ? "、" : "", ym_consult_item(c, i)->item->name);
	ui_util_copy(d->card, sizeof d->card, ym_station_tray(app->station, &card) ? _("a card was read: F2 takes its age and kind") : "");
	d->n_can = c ? ym_consult_can(c, d->can, CAN) : 0;
	w_list_set(&d->bar, is_searching(d) ? d->n_hits : d->n_can);
	w_list_select(&d->bar, sel);
	peek(app, d);
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct guide *d = state;
	bool edited = false;
	int bits = UI_PASS;

	/* Home and End belong to the text. */
	if (k->code != UI_KEY_HOME && k->code != UI_KEY_END)
		bits = w_list_key(&d->bar, k, ui_app_rows(app) - LIST_ROW - 1);
	if (bits & UI_PASS)
		bits = w_text_key(&d->query, k, &edited);
	else
		peek(app, d);
	if (edited)
		search(app, d);
	return bits;
}

static void
open_shift(struct ui_app *app, struct guide *d)
{
	struct ym_error err = { 0 };

	if (ui_app_ok(app, ym_station_open_shift(app->station, &err), &err))
		ui_app_say(app, UI_NORMAL, "%s", _("The shift is open."));
	refresh(app, d);
}

static void
look(struct ui_app *app, struct guide *d)
{
	struct ym_error err = { 0 };
	bool is_bundle;
	const char *id = chosen_id(d, &is_bundle);
	enum ym_code code;

	if (!*id)
		return;
	code = ym_consult_add(ym_station_consult(app->station), id, is_bundle, &err);
	/* what is in there already is looked at again */
	if (code != YM_CONFLICT && !ui_app_ok(app, code, &err))
		return;
	w_text_set(&d->query, "");
	search(app, d);
	s_consult_show(app);
}

static int
end(struct ui_app *app, struct guide *d)
{
	struct ym_error err = { 0 };

	if (!*d->open && !*d->asker) {
		ui_screen_push(app, &s_shift_screen, NULL);
		return UI_DIRTY;
	}
	if (ui_app_ok(app, ym_station_consult_end(app->station, &err), &err) && *d->open)
		ui_app_say(app, UI_NORMAL, "%s", _("The consultation is logged. Next, please."));
	w_text_set(&d->query, "");
	refresh(app, d);
	search(app, d);
	return UI_DIRTY;
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct guide *d = state;

	switch (c) {
	case UI_DO_ASK:
		if (!d->shift_open)
			open_shift(app, d);
		else
			look(app, d);
		return UI_DIRTY;
	case UI_DO_ASK_CLEAR:
		w_text_set(&d->query, "");
		search(app, d);
		return UI_DIRTY;
	case UI_DO_ASK_ON:
		if (*d->open)
			s_consult_show(app);
		return UI_DIRTY;
	case UI_DO_ASKER:
		s_asker_show(app);
		refresh(app, d);
		return UI_DIRTY;
	case UI_DO_ASK_TICKET:
		if (*d->open)
			s_ticket_consult(app);
		else
			s_ticket_new(app);
		return UI_DIRTY;
	case UI_DO_ASK_END:
		return end(app, d);
	case UI_DO_TO_WINDOW:
		if (!d->both)
			ui_app_say(app, UI_WARN, "! %s", _("This account's post is the guide desk: a window serves with another account"));
		else if (!ui_screen_back_to(app, &s_home_screen))
			ui_screen_push(app, &s_home_screen, NULL);
		return UI_DIRTY;
	default:
		return UI_PASS;
	}
}

/* -- drawing -- */

static void
draw_top(const struct guide *d, const struct ui_area *a)
{
	int col = ui_canvas_text(a, 0, 1, UI_DIM, _("Citizen says")) + 2, right;
	char text[200];

	ui_util_format(text, sizeof text, _("this shift: %1$d consultations, %2$d notices, %3$d tickets"), d->tally.given, d->tally.papers, d->tally.tickets);
	right = ui_canvas_right(a, 0, a->cols - 1, UI_DIM, d->shift_open ? text : "");
	w_text_draw(&d->query, a, 0, col, ui_util_clamp(right - col - 3, 2, 44), true);
	col = ui_canvas_text(a, 1, 1, UI_DIM, _("Who asks")) + 2;
	if (!d->shift_open)
		ui_canvas_text(a, 1, col, UI_WARN, _("No shift is open: press Enter to open it."));
	else
		ui_canvas_cell(a, 1, col, a->cols - col - 1, *d->card || *d->asker ? UI_ACCENT : UI_DIM,
			*d->card ? d->card : *d->asker ? d->asker : _("not known: lay a card or press F2; without it every item shows"));
	if (*d->open) {
		col = ui_canvas_text(a, 2, 1, UI_ACCENT_BOLD, _("Open")) + 2;
		ui_canvas_cell(a, 2, col, a->cols - col - 1, UI_BOLD, d->open);
	}
}

static void
draw_hit(const struct ui_area *a, int row, const struct ym_hit *h, bool on)
{
	ui_canvas_cell(a, row, 3, 10, UI_DIM, h->is_bundle ? _("bundle") : h->category);
	ui_canvas_cell(a, row, 14, a->cols - 15, on ? UI_BOLD : UI_NORMAL, h->name);
}

static void
draw_can(const struct ui_area *a, int row, const struct ym_consult_can *c, bool on)
{
	bool not = c->standing == YM_STANDING_NOT;
	int name = ym_text_width(c->name), room = a->cols - 19, why;

	ui_canvas_cell(a, row, 3, 10, UI_DIM, c->category);
	ui_canvas_text(a, row, 14, not ? UI_WARN : c->standing == YM_STANDING_MET ? UI_ACCENT : UI_DIM, not ? "!" :
		c->standing == YM_STANDING_MET ? "✓" : "○");
	if (*c->why && name > room * 6 / 10)
		name = room * 6 / 10;
	if (name > room)
		name = room;
	ui_canvas_cell(a, row, 16, name, not ? UI_DIM : on ? UI_BOLD : UI_NORMAL, c->name);
	why = 16 + name + 2;
	if (*c->why && why < a->cols - 2)
		ui_canvas_cell(a, row, why, a->cols - why - 1, UI_DIM, c->why);
}

/* A look at the chosen item, before it is opened. */
static void
draw_side(const struct guide *d, const struct ui_area *a)
{
	int row = 0, width = a->cols - 2;
	char text[200];

	if (d->peek_bundle) {
		row += ui_canvas_wrap(a, row, 1, width, 2, UI_BOLD, d->peek_bundle->name) + 1;
		ui_canvas_wrap(a, row, 1, width, a->rows - row, UI_NORMAL, d->peek_bundle->text);
		return;
	}
	if (!d->peek)
		return;
	row += ui_canvas_wrap(a, row, 1, width, 2, UI_BOLD, d->peek->name);
	ui_util_format(text, sizeof text, "%s · %s · %s", d->peek->id, d->peek->category, d->peek->status);
	row += ui_canvas_wrap(a, row, 1, width, 1, UI_DIM, text) + 1;
	row += ui_canvas_wrap(a, row, 1, width, 9, UI_NORMAL, d->peek->guide_text) + 1;
	for (int i = 0; i < d->peek->n_scopes && row < a->rows; i++)
		row += ui_canvas_wrap(a, row, 1, width, 2, UI_DIM, d->peek->scopes[i].text);
	for (int i = 0; i < d->peek->n_channels && row < a->rows; i++)
		row += ui_canvas_wrap(a, row, 1, width, 2, UI_ACCENT, d->peek->channels[i]);
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct guide *d = state;
	bool side = a->cols >= SIDE_FROM;
	int width = side ? a->cols - SIDE_WIDTH - 2 : a->cols, rows = a->rows - LIST_ROW, top;
	struct ui_area list = ui_canvas_sub(a, LIST_ROW, 0, rows, width);

	draw_top(d, a);
	ui_canvas_text(a, LIST_ROW - 1, 1, UI_DIM, is_searching(d) ? _("Found") : *d->asker ? _("What this person can do") : _("What is asked for"));
	if (rows < 1)
		return;
	top = w_list_top(&d->bar, rows);
	for (int i = 0; i < rows && top + i < d->bar.n; i++) {
		bool on = top + i == d->bar.sel;

		ui_canvas_text(&list, i, 1, UI_ACCENT, on ? "▸" : " ");
		if (is_searching(d))
			draw_hit(&list, i, &d->hits[top + i], on);
		else
			draw_can(&list, i, &d->can[top + i], on);
	}
	if (!d->bar.n)
		ui_canvas_text(&list, 0, 3, UI_DIM, _("Nothing found. Try fewer letters, another word, or initials."));
	if (side) {
		struct ui_area panel = ui_canvas_sub(a, LIST_ROW - 1, width + 1, a->rows - LIST_ROW + 1, SIDE_WIDTH);

		for (int r = LIST_ROW - 1; r < a->rows; r++)
			ui_canvas_text(a, r, width, UI_DIM, "│");
		draw_side(d, &panel);
	}
}

static const char *
status(const void *state)
{
	const struct guide *d = state;

	if (*d->open)
		return _("Enter adds the item to the consultation, Tab goes back to it, F10 ends it");
	return d->both ? _("Type what the citizen says; Ctrl+G goes to the window") : _("Type what the citizen says");
}

const struct ui_screen s_guide_screen = {
	.name = "guide", .title = N_("Guide desk"), .context = UI_IN_GUIDE, .state_size = sizeof(struct guide),
	.refresh = refresh, .key = key, .command = command, .draw = draw, .status = status,
};

void
s_guide_show(struct ui_app *app)
{
	if (!ui_screen_back_to(app, &s_guide_screen))
		ui_screen_push(app, &s_guide_screen, NULL);
}

void
s_guide_begin(struct ui_app *app)
{
	ui_screen_push(app, ym_station_starts_at_guide(app->station) ? &s_guide_screen : &s_home_screen, NULL);
}
