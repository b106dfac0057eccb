/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Two dialogs of the guide desk: the little that matters of who asks, and the ticket that carries the consultation. Not identification:
 * neither name nor number can be typed here.
 */
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_consult.h"
#include "util.h"
#include "w_dialog.h"
#include "w_fields.h"
#include "yimen/text.h"

struct asker {
	struct w_fields form;
};

/* -- who asks -- */

enum { AGE, KIND, DIVISION };
static const char *const kind_words[] = { N_("not known"), N_("mainland resident"), N_("Hong Kong or Macao"), N_("Taiwan"), N_("foreigner"), NULL };
static const char *const kind_codes[] = { "", "resident", "hk_mo", "tw", "foreign" };

static void
open_asker(struct ui_app *app, void *state, const void *arg)
{
	struct asker *d = state;
	struct ym_consult *c = ym_station_consult(app->station);
	struct w_field *f;

	(void)arg;
	f = w_fields_add(&d->form, _("Age"), NULL);
	f->text.max = 3;
	w_text_set(&f->text, ym_consult_get(c, "age"));
	f = w_fields_add(&d->form, _("Who"), kind_words);
	for (int i = 0; i < UI_LEN(kind_codes); i++)
		if (!strcmp(kind_codes[i], ym_consult_get(c, "kind")))
			f->choice = i;
	f = w_fields_add(&d->form, _("Household in"), NULL);
	f->text.max = 24;
	w_text_set(&f->text, ym_consult_get(c, "household_division"));
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	(void)app;
	return w_fields_key(&((struct asker *)state)->form, k);
}

/* Six digits, or a name that only one division bears ("朝阳 长春"). */
static bool
take_division(struct ui_app *app, struct w_field *f)
{
	struct ym_option found[9];
	struct ym_error err = { 0 };
	int n;

	ym_text_normalize(f->text.text);
	f->text.caret = strlen(f->text.text);
	f->error[0] = 0;
	if (!*f->text.text)
		return ui_app_ok(app, ym_consult_set(ym_station_consult(app->station), "household_division", "", &err), &err);
	n = ym_station_code_search(app->station, "divisions", f->text.text, found, UI_LEN(found));
	if (n == 1 || (n > 1 && !strcmp(found[0].code, f->text.text)) || (n > 1 && !strcmp(found[0].label, f->text.text)))
		return ui_app_ok(app, ym_consult_set(ym_station_consult(app->station), "household_division", found[0].code, &err), &err);
	if (!n) {
		ui_util_copy(f->error, sizeof f->error, _("No division is called that: six digits, or part of its name"));
		return false;
	}
	ui_util_copy(f->error, sizeof f->error, _("Several:"));
	for (int i = 0; i < n && i < 4; i++)
		ui_util_add(f->error, sizeof f->error, " %s %s", found[i].code, found[i].label);
	return false;
}

static int
submit(struct ui_app *app, struct asker *d)
{
	struct ym_consult *c = ym_station_consult(app->station);
	struct w_field *f = d->form.fields;
	struct ym_error err = { 0 };

	ym_text_normalize(f[AGE].text.text);
	f[AGE].text.caret = strlen(f[AGE].text.text);
	if (ym_consult_set(c, "age", f[AGE].text.text, &err)) {
		ui_app_error_text(&err, f[AGE].error, sizeof f->error);
		d->form.focus = AGE;
		return UI_DIRTY;
	}
	if (!ui_app_ok(app, ym_consult_set(c, "kind", kind_codes[f[KIND].choice], &err), &err))
		return UI_DIRTY;
	if (!take_division(app, &f[DIVISION])) {
		d->form.focus = DIVISION;
		return UI_DIRTY;
	}
	return UI_POP;
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	if (c == UI_DO_CANCEL)
		return UI_POP;
	return c == UI_DO_OK ? submit(app, state) : UI_PASS;
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct asker *d = state;
	struct ui_area sheet = w_dialog_sheet(a, w_fields_rows(&d->form) + 3, _("Who asks"));

	w_fields_draw(&d->form, &sheet, 1, 1, sheet.cols - 4);
	ui_canvas_text(&sheet, w_fields_rows(&d->form) + 1, 3, UI_DIM, _("No name and no number: what is left empty is simply not known."));
}

static const struct ui_screen asker_screen = {
	.name = "asker", .title = "", .context = UI_IN_DIALOG, .is_dialog = true, .state_size = sizeof(struct asker),
	.open = open_asker, .key = key, .command = command, .draw = draw,
};

void
s_asker_show(struct ui_app *app)
{
	struct ym_error err = { 0 };
	struct ym_card card;

	if (!ym_station_consult(app->station))
		return;
	if (!ym_station_tray(app->station, &card))
		ui_screen_push(app, &asker_screen, NULL);
	else if (ui_app_ok(app, ym_station_consult_card(app->station, &err), &err))
		ui_app_say(app, UI_NORMAL, "%s", _("Age and kind are taken from the card; name and number are not."));
}

/* -- the ticket -- */

enum { WINDOW, CLASS, APPOINTMENT };
static const char *const classes[] = { N_("Ordinary"), N_("Priority"), N_("Appointment"), N_("Urgent"), NULL };
static const enum ym_ticket_class class_of[] = { YM_TICKET_ORDINARY, YM_TICKET_PRIORITY, YM_TICKET_APPOINTMENT, YM_TICKET_URGENT };

static void
open_ticket(struct ui_app *app, void *state, const void *arg)
{
	struct asker *d = state;
	struct w_field *f;
	char window[16];

	(void)arg;
	ym_station_consult_window(app->station, window, sizeof window);
	f = w_fields_add(&d->form, _("Window"), NULL);
	f->text.max = 2;
	w_text_set(&f->text, *window ? window : ym_station_window(app->station));
	w_fields_add(&d->form, _("Class"), classes);
	/* the elderly come first: rules.md §15 */
	if (atoi(ym_consult_get(ym_station_consult(app->station), "age")) >= 60)
		d->form.fields[CLASS].choice = 1;
	w_fields_add(&d->form, _("Appointment (HH:MM)"), NULL)->text.max = 5;
	d->form.focus = CLASS;
}

static int
give_ticket(struct ui_app *app, struct asker *d)
{
	struct w_field *f = d->form.fields;
	struct ym_error err = { 0 };
	char no[12];

	for (int i = 0; i < 3; i++)
		ym_text_normalize(f[i].text.text), f[i].text.caret = strlen(f[i].text.text), f[i].error[0] = 0;
	if (*f[APPOINTMENT].text.text && class_of[f[CLASS].choice] == YM_TICKET_ORDINARY)
		f[CLASS].choice = 2;
	if (ym_station_consult_ticket(app->station, class_of[f[CLASS].choice], f[APPOINTMENT].text.text, f[WINDOW].text.text, no, &err)) {
		bool time = class_of[f[CLASS].choice] == YM_TICKET_APPOINTMENT;

		ui_app_error_text(&err, f[time ? APPOINTMENT : WINDOW].error, sizeof f->error);
		return UI_DIRTY;
	}
	ui_app_say(app, UI_ACCENT, _("Ticket %1$s, window %2$s: items and answers go along."), no,
		*f[WINDOW].text.text ? f[WINDOW].text.text : ym_station_window(app->station));
	return UI_POP;
}

static int
ticket_command(struct ui_app *app, void *state, enum ui_command c)
{
	if (c == UI_DO_CANCEL)
		return UI_POP;
	return c == UI_DO_OK ? give_ticket(app, state) : UI_PASS;
}

static void
draw_ticket(const void *state, const struct ui_area *a)
{
	const struct asker *d = state;
	struct ui_area sheet = w_dialog_sheet(a, w_fields_rows(&d->form) + 2, _("Ticket with this consultation"));

	w_fields_draw(&d->form, &sheet, 1, 1, sheet.cols - 4);
}

static const struct ui_screen ticket_screen = {
	.name = "consult-ticket", .title = "", .context = UI_IN_DIALOG, .is_dialog = true, .state_size = sizeof(struct asker),
	.open = open_ticket, .key = key, .command = ticket_command, .draw = draw_ticket,
};

void
s_asker_ticket(struct ui_app *app)
{
	struct ym_consult *c = ym_station_consult(app->station);

	if (c && ym_consult_n_items(c))
		ui_screen_push(app, &ticket_screen, NULL);
	else
		ui_app_say(app, UI_WARN, "! %s", _("Nothing was looked at yet"));
}
