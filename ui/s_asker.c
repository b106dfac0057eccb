/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The little that matters of who asks at the guide desk. Not identification: neither name nor number can be typed here.
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

	w_text_normalize(&f->text);
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
submit(struct ui_app *app, void *state)
{
	struct asker *d = state;
	struct ym_consult *c = ym_station_consult(app->station);
	struct w_field *f = d->form.fields;
	struct ym_error err = { 0 };

	w_text_normalize(&f[AGE].text);
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
	.open = open_asker, .key = key, .submit = submit, .draw = draw,
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
