/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Stage 1, who is here: persons, roles that nobody plays yet, and who plays which role of which case. A card that is laid
 * while an unidentified person is chosen fills that person; any other card waits for F2.
 */
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_photo.h"
#include "s_scan.h"
#include "s_visit.h"
#include "util.h"
#include "w_dialog.h"
#include "yimen/text.h"

static const char *
label_of(const struct ym_person *p)
{
	return *p->as_label ? p->as_label : _("Who came");
}

enum kind { NOBODY, PERSON, OPEN_ROLE, BINDING };
struct row {
	enum kind kind;
	int index;
};

static int
n_rows(const struct s_visit *v)
{
	return (v->n_persons ? v->n_persons : 1) + v->n_open + v->n_roles;
}

static struct row
row_at(const struct s_visit *v, int i)
{
	int head = v->n_persons ? v->n_persons : 1;

	if (i < head)
		return (struct row){ v->n_persons ? PERSON : NOBODY, i };
	if (i < head + v->n_open)
		return (struct row){ OPEN_ROLE, i - head };
	return (struct row){ BINDING, i - head - v->n_open };
}

static struct row
selected(const struct s_visit *v)
{
	return row_at(v, v->bars[YM_STAGE_IDENTITY].sel);
}

/* The person a card would fill: the chosen one when not identified, a new visitor when there is nobody. -2: none. */
static int
wanting(const struct s_visit *v)
{
	struct row row = selected(v);

	if (row.kind == NOBODY)
		return -1;
	if (row.kind == PERSON && !v->persons[row.index]->identified && !v->persons[row.index]->is_new && !v->persons[row.index]->is_org)
		return row.index;
	return -2;
}

static void
take_card(struct ui_app *app, struct s_visit *v, int person)
{
	struct ym_error err = { 0 };

	if (s_visit_did(app, v, ym_station_take_card(app->station, person, &err), &err))
		ui_app_say(app, UI_ACCENT, "✓ %s", _("Card taken"));
}

static void
look_for_card(struct ui_app *app, struct s_visit *v)
{
	int person = wanting(v);

	ym_station_want_card(app->station, person > -2);
	if (v->has_card && person > -2)
		take_card(app, v, person);
}

static void
refreshed(struct ui_app *app, struct s_visit *v)
{
	(void)app;
	w_list_set(&v->bars[YM_STAGE_IDENTITY], n_rows(v));
}

static void
leave(struct ui_app *app, struct s_visit *v)
{
	v->revealed = 0;
	ym_station_want_card(app->station, false);
}

static int
notice(struct ui_app *app, struct s_visit *v, enum ym_notice what)
{
	/* Under a dialog a card waits: what is being typed is not to change under the hand. */
	if ((what == YM_NOTICE_CARD || what == YM_NOTICE_DEVICE) && ui_screen_top(app) == &s_visit_screen)
		look_for_card(app, v);
	if (what == YM_NOTICE_SCAN && ui_screen_top(app) == &s_visit_screen && wanting(v) > -2 && s_scan_identify(app, wanting(v)))
		s_visit_refresh(app, v);
	return UI_DIRTY;
}

static int
key(struct ui_app *app, struct s_visit *v, const struct ui_key *k)
{
	int bits = w_list_key(&v->bars[YM_STAGE_IDENTITY], k, s_visit_rows(app) - 2);

	if (!(bits & UI_PASS)) {
		v->revealed = 0;
		ym_station_want_card(app->station, wanting(v) > -2);
	}
	return bits;
}

static void
type_person(struct ui_app *app, struct s_visit *v)
{
	struct row row = selected(v);
	struct s_person_arg arg = { .v = v, .person = -1, .as = "visitor", .label = _("Who came") };

	if (row.kind == PERSON) {
		const struct ym_person *p = v->persons[row.index];

		arg.person = row.index;
		arg.as = p->as;
		arg.label = label_of(p);
		arg.is_org = p->is_org;
		arg.is_new = p->is_new;
	} else if (row.kind == OPEN_ROLE) {
		const struct ym_role *r = &v->open_roles[row.index];

		arg.as = r->id;
		arg.label = r->label;
		arg.is_org = r->is_org;
		arg.is_new = r->is_new;
	}
	ui_screen_push(app, &s_person_screen, &arg);
}

/* Adds the person of an open role; the bar moves there, so that a card or T fills it. */
static void
add_role(struct ui_app *app, struct s_visit *v, int role)
{
	struct ym_error err = { 0 };
	int person = -1;
	bool is_typed = v->open_roles[role].is_new || v->open_roles[role].is_org;

	if (!s_visit_did(app, v, ym_visit_add_person(v->visit, v->open_roles[role].id, v->open_roles[role].is_org, &person, &err), &err))
		return;
	w_list_select(&v->bars[YM_STAGE_IDENTITY], person);
	look_for_card(app, v);
	if (is_typed)
		type_person(app, v);
}

static int
role_chosen(struct ui_app *app, void *asker, int value, const char *text)
{
	struct s_visit *v = asker;
	struct ym_error err = { 0 };
	int person = -1;

	(void)text;
	if (value < v->n_open) {
		add_role(app, v, value);
	} else if (s_visit_did(app, v, ym_visit_add_person(v->visit, "companion", false, &person, &err), &err)) {
		w_list_select(&v->bars[YM_STAGE_IDENTITY], person);
		look_for_card(app, v);
	}
	return UI_DIRTY;
}

static void
add_person(struct ui_app *app, struct s_visit *v)
{
	const char *labels[S_VISIT_PERSONS + 1];
	int n = 0;

	for (; n < v->n_open && n < S_VISIT_PERSONS; n++)
		labels[n] = v->open_roles[n].label;
	labels[n++] = _("Somebody who came along");
	w_dialog_choose(app, _("Who else is here?"), labels, n, 0, role_chosen);
}

static int
bound(struct ui_app *app, void *asker, int value, const char *text)
{
	struct s_visit *v = asker;
	const struct s_visit_role *r = &v->roles[v->bind_role];
	struct ym_error err = { 0 };

	(void)text;
	s_visit_did(app, v, ym_visit_bind(v->visit, r->c, r->role->id, value, &err), &err);
	return UI_DIRTY;
}

static void
bind(struct ui_app *app, struct s_visit *v)
{
	struct row row = selected(v);
	char names[S_VISIT_PERSONS][120];
	const char *labels[S_VISIT_PERSONS];

	if (row.kind != BINDING || !v->n_persons) {
		ui_app_say(app, UI_WARN, "! %s", _("Choose the line of a role first."));
		return;
	}
	v->bind_role = row.index;
	for (int i = 0; i < v->n_persons; i++) {
		char name[64];

		ym_text_mask_name(name, sizeof name, v->persons[i]->name);
		ui_util_format(names[i], sizeof names[i], "%s  %s", *name ? name : _("not identified"), label_of(v->persons[i]));
		labels[i] = names[i];
	}
	w_dialog_choose(app, v->roles[row.index].role->label, labels, v->n_persons, v->roles[row.index].person, bound);
}

static int
enter_key(struct ui_app *app, struct s_visit *v)
{
	struct row row = selected(v);

	if (v->has_card && wanting(v) > -2)
		take_card(app, v, wanting(v));
	else if (row.kind == OPEN_ROLE)
		add_role(app, v, row.index);
	else if (row.kind == NOBODY || (row.kind == PERSON && !v->persons[row.index]->identified && !*v->persons[row.index]->name))
		type_person(app, v);
	else if (row.kind == BINDING && v->roles[row.index].person < 0)
		bind(app, v);
	else
		return UI_PASS;
	return UI_DIRTY;
}

static int
command(struct ui_app *app, struct s_visit *v, enum ui_command c)
{
	struct row row = selected(v);
	struct ym_error err = { 0 };

	switch (c) {
	case UI_DO_NEXT:
		if (enter_key(app, v) == UI_DIRTY)
			return UI_DIRTY;
		/* A second person may still lack: the next step is there first. */
		s_visit_next(app, v);
		return UI_DIRTY;
	case UI_DO_CARD:
		if (!v->has_card && s_scan_identify(app, wanting(v) > -2 ? wanting(v) : -1)) {
			s_visit_refresh(app, v);
			return UI_DIRTY;
		}
		if (!v->has_card) {
			ym_station_want_card(app->station, true);
			ui_app_say(app, UI_NORMAL, "%s", _("Waiting for a card ..."));
			return UI_DIRTY;
		}
		/* On the line of a role that nobody plays yet, the card is that person's. */
		if (row.kind == OPEN_ROLE)
			add_role(app, v, row.index);
		else
			take_card(app, v, wanting(v) > -2 ? wanting(v) : -1);
		return UI_DIRTY;
	case UI_DO_ADD_PERSON:
		add_person(app, v);
		return UI_DIRTY;
	case UI_DO_TYPED:
		type_person(app, v);
		return UI_DIRTY;
	case UI_DO_BIND:
		bind(app, v);
		return UI_DIRTY;
	case UI_DO_REMOVE_PERSON:
		if (row.kind == PERSON)
			s_visit_did(app, v, ym_visit_remove_person(v->visit, row.index, &err), &err);
		return UI_DIRTY;
	case UI_DO_PHOTO:
		s_photo_show(app);
		return UI_DIRTY;
	case UI_DO_REVEAL:
		if (row.kind == PERSON && v->revealed != row.index + 1) {
			v->revealed = row.index + 1;
			ym_station_note_reveal(app->station, "doc_number");
		} else {
			v->revealed = 0;
		}
		return UI_DIRTY;
	default:
		return UI_PASS;
	}
}

/* -- drawing -- */

static const char *const origin_words[] = {
	[YM_FROM_CARD] = N_("card"), [YM_FROM_MRZ] = N_("passport line"), [YM_FROM_TYPED] = N_("typed"), [YM_FROM_ARCHIVE] = N_("archive"),
	[YM_FROM_CHECK] = N_("register"), [YM_FROM_RULE] = N_("derived"),
};

static void
draw_person(const struct s_visit *v, const struct ui_area *a, int row, int i, bool on)
{
	const struct ym_person *p = v->persons[i];
	char name[64], number[64], about[80] = "";
	bool shown = v->revealed == i + 1;

	ym_text_mask_name(name, sizeof name, p->name);
	ym_text_mask_number(number, sizeof number, p->doc_number);
	if (!p->identified && !p->is_new && !p->is_org && on && !*p->name) {
		ui_canvas_text(a, row, 3, UI_WARN, "○");
		ui_canvas_print(a, row, 5, UI_BOLD, "%s: %s", label_of(p), _("Lay the card on the reader, or type the document with T"));
		return;
	}
	ui_canvas_text(a, row, 3, p->identified || p->is_new ? UI_ACCENT : UI_WARN, p->identified || p->is_new ? "✓" : "○");
	ui_canvas_cell(a, row, 5, 12, on ? UI_BOLD : UI_NORMAL, shown ? p->name : *name ? name : _("not identified"));
	if (p->age >= 0)
		ui_util_format(about, sizeof about, _("%1$s, %2$d"), p->sex_label, p->age);
	else
		ui_util_copy(about, sizeof about, p->sex_label);
	ui_canvas_cell(a, row, 18, 8, UI_NORMAL, about);
	ui_canvas_cell(a, row, 27, 16, UI_ACCENT, label_of(p));
	ui_canvas_cell(a, row, 44, 20, UI_NORMAL, shown ? p->doc_number : number);
	if (p->identified)
		ui_canvas_text(a, row, 66, UI_DIM, _(origin_words[p->origin]));
	else if (p->is_new)
		ui_canvas_text(a, row, 66, UI_DIM, _("no document yet"));
}

static void
draw_binding(const struct s_visit *v, const struct ui_area *a, int row, int i, bool on)
{
	const struct s_visit_role *r = &v->roles[i];
	char name[64] = "";
	/* One line for each role; its case is named once. */
	bool first = !i || v->roles[i - 1].c != r->c;

	if (r->person >= 0 && r->person < v->n_persons)
		ym_text_mask_name(name, sizeof name, v->persons[r->person]->name);
	ui_canvas_cell(a, row, 3, 24, UI_DIM, first ? v->cases[r->c]->name : "");
	ui_canvas_cell(a, row, 28, 20, on ? UI_BOLD : UI_NORMAL, r->role->label);
	if (*name || r->person >= 0)
		ui_canvas_print(a, row, 49, UI_NORMAL, "← %s", *name ? name : label_of(v->persons[r->person]));
	else
		ui_canvas_text(a, row, 49, r->role->required ? UI_WARN : UI_DIM, r->role->required ? _("nobody yet") : "–");
}

static void
draw(const struct s_visit *v, const struct ui_area *a)
{
	const struct w_list *bar = &v->bars[YM_STAGE_IDENTITY];
	int head = v->n_persons ? v->n_persons : 1, gaps = (v->n_open > 0) + (v->n_roles > 0);
	int rows = a->rows - gaps, top = w_list_top(bar, rows), row = 0;

	for (int i = top; i < bar->n && row < a->rows; i++) {
		struct row r = row_at(v, i);
		bool on = i == bar->sel;

		if (i > top && (i == head || i == head + v->n_open) && (i != head || v->n_open || v->n_roles))
			row++;
		ui_canvas_text(a, row, 1, UI_ACCENT, on ? "▸" : " ");
		if (on)
			ui_canvas_park(a, row, 1);
		switch (r.kind) {
		case NOBODY:
			ui_canvas_text(a, row, 3, UI_WARN, "○");
			ui_canvas_text(a, row, 5, UI_BOLD, _("Lay the card on the reader, or type the document with T"));
			break;
		case PERSON:
			draw_person(v, a, row, r.index, on);
			break;
		case OPEN_ROLE:
			ui_canvas_text(a, row, 3, v->open_roles[r.index].required ? UI_WARN : UI_DIM, "○");
			ui_canvas_cell(a, row, 5, 21, on ? UI_BOLD : UI_NORMAL, v->open_roles[r.index].label);
			ui_canvas_cell(a, row, 27, a->cols - 28, UI_DIM, v->open_roles[r.index].is_new ? _("nobody yet, has no document: Enter types it in") :
				v->open_roles[r.index].required ? _("nobody yet: Enter adds the person") : _("if there is one: Enter adds the person"));
			break;
		case BINDING:
			draw_binding(v, a, row, r.index, on);
			break;
		}
		row++;
	}
}

static const char *
status(const struct s_visit *v)
{
	switch (selected(v).kind) {
	case PERSON:
		return _("T document   P photo   Del removes   Ctrl+R full number (logged)   F5 adds");
	case BINDING:
		return _("B chooses who plays this role");
	default:
		return NULL;
	}
}

static void
go(struct s_visit *v, int line)
{
	w_list_select(&v->bars[YM_STAGE_IDENTITY], line);
}

const struct s_stage s_identity_stage = {
	.label = N_("Identity"), .context = UI_IN_IDENTITY, .enter = look_for_card, .leave = leave, .refreshed = refreshed, .key = key,
	.command = command, .notice = notice, .draw = draw, .status = status, .go = go,
};
