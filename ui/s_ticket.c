/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The ticket dialog (s_ticket.h). Both kinds have a class and an appointment; the first field is what it is about, or to which
 * window it goes. Not the queue's rules.
 */
#include "s_ticket.h"

#include <stdlib.h>

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "w_dialog.h"
#include "w_fields.h"

enum { CLAIM, WINDOW = CLAIM, CLASS, APPOINTMENT, N_FIELDS };
enum { ORDINARY, PRIORITY, BY_APPOINTMENT, URGENT };
static const char *const classes[] = { [ORDINARY] = N_("Ordinary"), [PRIORITY] = N_("Priority"), [BY_APPOINTMENT] = N_("Appointment"),
	[URGENT] = N_("Urgent"), NULL };
static const enum ym_ticket_class class_of[] = { [ORDINARY] = YM_TICKET_ORDINARY, [PRIORITY] = YM_TICKET_PRIORITY,
	[BY_APPOINTMENT] = YM_TICKET_APPOINTMENT, [URGENT] = YM_TICKET_URGENT };

struct ticket {
	bool has_consult;
	struct w_fields form;
};

static void
open_new(struct ui_app *app, void *state, const void *arg)
{
	struct ticket *d = state;

	(void)app;
	(void)arg;
	w_fields_add(&d->form, _("About"), NULL)->text.max = 30;
	w_fields_add(&d->form, _("Class"), classes);
	w_fields_add(&d->form, _("Appointment (HH:MM)"), NULL)->text.max = 5;
}

static void
open_consult(struct ui_app *app, void *state, const void *arg)
{
	struct ticket *d = state;
	struct w_field *f;
	char window[16];

	(void)arg;
	d->has_consult = true;
	ym_station_consult_window(app->station, window, sizeof window);
	f = w_fields_add(&d->form, _("Window"), NULL);
	f->text.max = 2;
	w_text_set(&f->text, *window ? window : ym_station_window(app->station));
	f = w_fields_add(&d->form, _("Class"), classes);
	/* the elderly come first: rules.md §15 */
	if (atoi(ym_consult_get(ym_station_consult(app->station), "age")) >= 60)
		f->choice = PRIORITY;
	w_fields_add(&d->form, _("Appointment (HH:MM)"), NULL)->text.max = 5;
	d->form.focus = CLASS;
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	(void)app;
	return w_fields_key(&((struct ticket *)state)->form, k);
}

static int
submit(struct ui_app *app, void *state)
{
	struct ticket *d = state;
	struct w_field *f = d->form.fields;
	struct ym_error err = { 0 };
	enum ym_ticket_class class;
	enum ym_code code;
	char no[12];

	for (int i = 0; i < N_FIELDS; i++) {
		w_text_normalize(&f[i].text);
		f[i].error[0] = 0;
	}
	/* A time was typed: the class follows from it. */
	if (*f[APPOINTMENT].text.text && f[CLASS].choice == ORDINARY)
		f[CLASS].choice = BY_APPOINTMENT;
	class = class_of[f[CLASS].choice];
	code = d->has_consult ? ym_station_consult_ticket(app->station, class, f[APPOINTMENT].text.text, f[WINDOW].text.text, no, &err)
			      : ym_station_make_ticket(app->station, class, f[CLAIM].text.text, f[APPOINTMENT].text.text, no, &err);
	if (code) {
		ui_app_error_text(&err, f[class == YM_TICKET_APPOINTMENT ? APPOINTMENT : CLAIM].error, sizeof f->error);
		return UI_DIRTY;
	}
	if (d->has_consult)
		ui_app_say(app, UI_ACCENT, _("Ticket %1$s, window %2$s: items and answers go along."), no,
			*f[WINDOW].text.text ? f[WINDOW].text.text : ym_station_window(app->station));
	else
		ui_app_say(app, UI_ACCENT, _("Ticket %s"), no);
	return UI_POP;
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct ticket *d = state;
	struct ui_area sheet = w_dialog_sheet(a, w_fields_rows(&d->form) + 2, d->has_consult ? _("Ticket with this consultation") : _("New ticket"));

	w_fields_draw(&d->form, &sheet, 1, 1, sheet.cols - 4);
}

static const struct ui_screen new_screen = {
	.name = "ticket", .title = "", .context = UI_IN_DIALOG, .is_dialog = true, .state_size = sizeof(struct ticket),
	.open = open_new, .key = key, .submit = submit, .draw = draw,
};
static const struct ui_screen consult_screen = {
	.name = "consult-ticket", .title = "", .context = UI_IN_DIALOG, .is_dialog = true, .state_size = sizeof(struct ticket),
	.open = open_consult, .key = key, .submit = submit, .draw = draw,
};

void
s_ticket_new(struct ui_app *app)
{
	ui_screen_push(app, &new_screen, NULL);
}

void
s_ticket_consult(struct ui_app *app)
{
	struct ym_consult *c = ym_station_consult(app->station);

	if (c && ym_consult_n_items(c))
		ui_screen_push(app, &consult_screen, NULL);
	else
		ui_app_say(app, UI_WARN, "! %s", _("Nothing was looked at yet"));
}
