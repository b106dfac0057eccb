/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The ticket dialog (s_ticket.h).
 */
#include "s_ticket.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "w_dialog.h"
#include "w_fields.h"
#include "yimen/text.h"

enum { CLAIM, CLASS, APPOINTMENT };
static const char *const classes[] = { N_("Ordinary"), N_("Priority"), N_("Appointment"), N_("Urgent"), NULL };
static const enum ym_ticket_class class_of[] = { YM_TICKET_ORDINARY, YM_TICKET_PRIORITY, YM_TICKET_APPOINTMENT, YM_TICKET_URGENT };

struct ticket {
	struct w_fields form;
};

static void
open_ticket(struct ui_app *app, void *state, const void *arg)
{
	struct ticket *d = state;

	(void)app;
	(void)arg;
	w_fields_add(&d->form, _("About"), NULL)->text.max = 30;
	w_fields_add(&d->form, _("Class"), classes);
	w_fields_add(&d->form, _("Appointment (HH:MM)"), NULL)->text.max = 5;
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	(void)app;
	return w_fields_key(&((struct ticket *)state)->form, k);
}

static int
submit(struct ui_app *app, struct ticket *d)
{
	struct w_field *f = d->form.fields;
	struct ym_error err = { 0 };
	char no[12];
	enum ym_code code;

	ym_text_normalize(f[CLAIM].text.text);
	ym_text_normalize(f[APPOINTMENT].text.text);
	f[CLAIM].text.caret = strlen(f[CLAIM].text.text);
	f[APPOINTMENT].text.caret = strlen(f[APPOINTMENT].text.text);
	/* A time was typed: the class follows from it. */
	if (*f[APPOINTMENT].text.text && class_of[f[CLASS].choice] == YM_TICKET_ORDINARY)
		f[CLASS].choice = 2;
	code = ym_station_make_ticket(app->station, class_of[f[CLASS].choice], f[CLAIM].text.text, f[APPOINTMENT].text.text, no, &err);
	if (code != YM_OK) {
		bool time = class_of[f[CLASS].choice] == YM_TICKET_APPOINTMENT;

		ui_app_error_text(&err, f[time ? APPOINTMENT : CLAIM].error, sizeof f->error);
		return UI_DIRTY;
	}
	ui_app_say(app, UI_ACCENT, _("Ticket %s"), no);
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
	const struct ticket *d = state;
	struct ui_area sheet = w_dialog_sheet(a, w_fields_rows(&d->form) + 2, _("New ticket"));

	w_fields_draw(&d->form, &sheet, 1, 1, sheet.cols - 4);
}

const struct ui_screen s_ticket_screen = {
	.name = "ticket", .title = "", .context = UI_IN_DIALOG, .is_dialog = true, .state_size = sizeof(struct ticket),
	.open = open_ticket, .key = key, .command = command, .draw = draw,
};
