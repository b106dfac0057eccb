/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Typing a person's document. Validation is the engine's; a fault stands under the field it belongs to. What is typed is
 * wiped with the dialog.
 */
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_visit.h"
#include "util.h"
#include "w_dialog.h"
#include "w_fields.h"
#include "yimen/text.h"

/* Documents that are typed at counters, with their code (GA/T 2000.156) and the datum of their number. */
static const char *const documents[] = { N_("ID card"), N_("Passport"), N_("HMT permit"), N_("Foreigner's card"), NULL };
static const struct {
	const char *code, *datum;
} document_data[] = { { "", "id_number" }, { "414", "doc_number" }, { "154", "id_number" }, { "553", "id_number" } };
static const char *const sexes[] = { N_("not said"), N_("male"), N_("female"), NULL };

struct person {
	struct s_person_arg arg;
	char title[120];
	struct w_fields form;
	int document, number, name, sex, birth, phone;   /* index of a field, -1 when not asked */
	char error[300];
};

static int
add(struct person *d, const char *label, const char *const *choices)
{
	w_fields_add(&d->form, label, choices);
	return d->form.n - 1;
}

static void
open_person(struct ui_app *app, void *state, const void *arg)
{
	struct person *d = state;

	(void)app;
	d->arg = *(const struct s_person_arg *)arg;
	ui_util_copy(d->title, sizeof d->title, d->arg.label);
	d->arg.label = d->title;
	d->document = d->number = d->sex = d->birth = d->phone = -1;
	if (d->arg.is_org) {
		d->number = add(d, _("Social credit code"), NULL);
		d->name = add(d, _("Name of the organisation"), NULL);
	} else if (d->arg.is_new) {
		d->name = add(d, _("Name"), NULL);
		d->sex = add(d, _("Sex"), sexes);
		d->birth = add(d, _("Date of birth (YYYYMMDD)"), NULL);
	} else {
		d->number = add(d, _("Number"), NULL);
		d->name = add(d, _("Name"), NULL);
		d->phone = add(d, _("Phone (optional)"), NULL);
		d->document = add(d, _("Document"), documents);
		d->birth = add(d, _("Date of birth (optional)"), NULL);
		d->sex = add(d, _("Sex (optional)"), sexes);
	}
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct person *d = state;

	(void)app;
	d->error[0] = 0;
	return w_fields_key(&d->form, k);
}

/* 19900307 as people type it. */
static void
date_of(const char *text, char *buf, size_t size)
{
	if (strlen(text) == 8 && strspn(text, "0123456789") == 8)
		ui_util_format(buf, size, "%.4s-%.2s-%.2s", text, text + 4, text + 6);
	else
		ui_util_copy(buf, size, text);
}

static int
collect(struct person *d, struct ym_fact facts[], char *birth, size_t size)
{
	struct w_field *f = d->form.fields;
	int n = 0, doc = d->document >= 0 ? f[d->document].choice : 0;

	for (int i = 0; i < d->form.n; i++)
		if (!f[i].choices) {
			w_text_normalize(&f[i].text);
		}
	/* Of an identity number the engine knows the kind. */
	if (d->document >= 0 && *document_data[doc].code)
		facts[n++] = (struct ym_fact){ "id_kind", document_data[doc].code };
	if (d->number >= 0 && *f[d->number].text.text) {
		if (!d->arg.is_org && !doc)
			for (char *s = f[d->number].text.text; *s; s++)
				if (*s == 'x')
					*s = 'X';
		facts[n++] = (struct ym_fact){ d->arg.is_org ? "uscc" : document_data[doc].datum, f[d->number].text.text };
	}
	if (*f[d->name].text.text)
		facts[n++] = (struct ym_fact){ "name", f[d->name].text.text };
	if (d->sex >= 0 && f[d->sex].choice)
		facts[n++] = (struct ym_fact){ "sex", f[d->sex].choice == 1 ? "1" : "2" };
	if (d->birth >= 0 && *f[d->birth].text.text) {
		date_of(f[d->birth].text.text, birth, size);
		facts[n++] = (struct ym_fact){ "birth", birth };
	}
	if (d->phone >= 0 && *f[d->phone].text.text)
		facts[n++] = (struct ym_fact){ "phone", f[d->phone].text.text };
	return n;
}

static int
identify(struct ui_app *app, struct person *d)
{
	struct s_visit *v = d->arg.v;
	struct ym_fact facts[8];
	struct ym_error err = { 0 };
	char birth[16];
	enum ym_code code = YM_OK;
	int n = collect(d, facts, birth, sizeof birth);

	if (!n || (d->number >= 0 && !*d->form.fields[d->number].text.text && !*d->form.fields[d->name].text.text)) {
		ui_util_copy(d->error, sizeof d->error, _("Type the number and the name."));
		return UI_DIRTY;
	}
	if (d->arg.person < 0)
		code = ym_visit_add_person(v->visit, d->arg.as, d->arg.is_org, &d->arg.person, &err);
	if (code == YM_OK)
		code = ym_visit_identify(v->visit, d->arg.person, facts, n, YM_FROM_TYPED, &err);
	s_visit_refresh(app, v);
	w_list_select(&v->bars[YM_STAGE_IDENTITY], d->arg.person);
	if (code == YM_OK)
		return UI_POP;
	ui_app_error_text(&err, d->error, sizeof d->error);
	return UI_DIRTY;
}

static int
submit(struct ui_app *app, void *state)
{
	struct person *d = state;

	/* From an empty name Enter goes on to it rather than failing. */
	if (d->number >= 0 && d->form.focus == d->number && !*d->form.fields[d->name].text.text) {
		d->form.focus = d->name;
		return UI_DIRTY;
	}
	return identify(app, d);
}

static void
draw(const void *state, const struct ui_area *a)
{
	const struct person *d = state;
	struct ui_area sheet = w_dialog_sheet(a, w_fields_rows(&d->form) + 2, d->title);
	int row = 1 + w_fields_draw(&d->form, &sheet, 1, 1, sheet.cols - 4);

	if (*d->error)
		ui_canvas_print(&sheet, row, 3, UI_WARN, "! %s", d->error);
}

const struct ui_screen s_person_screen = {
	.name = "person", .title = "", .context = UI_IN_DIALOG, .is_dialog = true, .state_size = sizeof(struct person),
	.open = open_person, .key = key, .submit = submit, .draw = draw,
};
