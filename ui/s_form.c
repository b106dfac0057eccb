/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Stage 4, the one form. A line is known by its datum and person, because lines come and go with what is filled in. What
 * is typed goes to the engine when the field is left and in typing pauses, never between a key and its paint.
 * Not drawing (s_form_draw.c). Invariant: what was typed is given to the engine before the field is left.
 */
#include "s_form.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "yimen/text.h"

#define PAUSE_MS 500

static struct w_list *
bar_of(struct s_visit *v)
{
	return &v->bars[YM_STAGE_FORM];
}

const struct ym_form_line *
s_form_current(const struct s_visit *v)
{
	return v->n_form ? v->form[v->bars[YM_STAGE_FORM].sel] : NULL;
}

bool
s_form_has_options(const struct ym_form_line *line)
{
	return line->type && (line->type->type == YM_DATUM_CODE || line->type->type == YM_DATUM_ENUM || line->type->type == YM_DATUM_BOOL ||
		line->type->type == YM_DATUM_DIVISION);
}

bool
s_form_needs(const struct ym_form_line *line)
{
	return *line->error || (line->required && !line->has_value);
}

static void
list_options(struct s_visit *v)
{
	const struct ym_form_line *line = s_form_current(v);

	v->option = 0;
	v->n_options = line && s_form_has_options(line) ? ym_visit_form_options(v->visit, v->bars[YM_STAGE_FORM].sel, v->field_edited ? v->field.text : "",
		v->options, S_VISIT_OPTIONS) : 0;
	for (int i = 0; !v->field_edited && i < v->n_options; i++)
		if (line->has_value && !strcmp(v->options[i].code, line->value))
			v->option = i;
}

/* The field takes up the value of the line that has the bar. */
static void
load(struct s_visit *v)
{
	const struct ym_form_line *line = s_form_current(v);

	v->field_edited = v->field_revealed = v->field_typed = false;
	v->note[0] = 0;
	w_text_wipe(&v->field);
	if (!line) {
		v->field_datum[0] = 0;
		return;
	}
	ui_util_copy(v->field_datum, sizeof v->field_datum, line->datum);
	v->field_person = line->person;
	v->field_case = line->case_index;
	v->field.max = line->type && line->type->max ? line->type->max : 200;
	w_text_set(&v->field, s_form_has_options(line) ? line->shown : line->value);
	/* What stands there is kept by Enter and replaced by typing, as heads-down clerks expect. */
	v->field.fresh = *v->field.text != 0;
	list_options(v);
}

static void
find_line(struct s_visit *v)
{
	for (int i = 0; i < v->n_form; i++)
		if (!strcmp(v->form[i]->datum, v->field_datum) && v->form[i]->person == v->field_person && v->form[i]->case_index == v->field_case) {
			w_list_select(bar_of(v), i);
			return;
		}
	load(v);
}

static void
refreshed(struct ui_app *app, struct s_visit *v)
{
	(void)app;
	w_list_set(bar_of(v), v->n_form);
	if (v->stage == YM_STAGE_FORM)
		find_line(v);
	/* A value that arrived (a check, a card) shows, unless somebody is typing over it. */
	const struct ym_form_line *line = s_form_current(v);

	if (v->stage == YM_STAGE_FORM && line && !v->field_edited && !s_form_has_options(line) && strcmp(v->field.text, line->value))
		load(v);
}

static void
typed_date(char *text, size_t size)
{
	char date[16];

	if (strlen(text) != 8 || strspn(text, "0123456789") != 8)
		return;
	ui_util_format(date, sizeof date, "%.4s-%.2s-%.2s", text, text + 4, text + 6);
	ui_util_copy(text, size, date);
}

/* Gives what was typed to the engine. leaving: the field is done with, so a choice is settled by its first match. */
static bool
commit(struct ui_app *app, struct s_visit *v, bool leaving)
{
	const struct ym_form_line *line = s_form_current(v);
	struct ym_error err = { 0 };
	char value[W_TEXT_SIZE];
	enum ym_code code;
	int i = v->bars[YM_STAGE_FORM].sel;

	if (!line || !v->field_edited)
		return true;
	ui_util_copy(value, sizeof value, v->field.text);
	ym_text_normalize(value);
	if (s_form_has_options(line)) {
		if (!leaving)
			return true;
		if (*value && !v->n_options) {
			ui_util_copy(v->note, sizeof v->note, _("No choice answers to that."));
			return false;
		}
		if (*value)
			ui_util_copy(value, sizeof value, v->options[v->option].code);
	} else if (line->type && line->type->type == YM_DATUM_DATE) {
		typed_date(value, sizeof value);
	}
	if (leaving)
		v->field_edited = false;
	code = ym_visit_fill(v->visit, i, value, &err);
	explicit_bzero(value, sizeof value);
	s_visit_refresh(app, v);
	v->note[0] = 0;
	if (code == YM_INVALID || code == YM_REFUSED)
		ui_app_error_text(&err, v->note, sizeof v->note);
	else if (code != YM_OK)
		ui_app_error(app, &err);
	return code == YM_OK;
}

static void
leave(struct ui_app *app, struct s_visit *v)
{
	if (v->stage == YM_STAGE_FORM)
		commit(app, v, true);
	w_text_wipe(&v->field);
	v->field_revealed = false;
	v->field_datum[0] = 0;
}

static int
notice(struct ui_app *app, struct s_visit *v, enum ym_notice what)
{
	/* The typing pause comes as the clock's notice (s_visit.c). */
	if (what == YM_NOTICE_CLOCK && v->field_edited)
		commit(app, v, false);
	return UI_DIRTY;
}

static void
move_to(struct ui_app *app, struct s_visit *v, int line)
{
	char datum[sizeof v->field_datum];
	int person, c;

	if (line < 0 || line >= v->n_form)
		return;
	ui_util_copy(datum, sizeof datum, v->form[line]->datum);
	person = v->form[line]->person;
	c = v->form[line]->case_index;
	commit(app, v, true);
	/* The line may stand elsewhere now. */
	ui_util_copy(v->field_datum, sizeof v->field_datum, datum);
	v->field_person = person;
	v->field_case = c;
	find_line(v);
	load(v);
}

static int
next_needing(const struct s_visit *v, int from)
{
	for (int k = 0; k < v->n_form; k++) {
		int i = (from + k) % v->n_form;

		if (s_form_needs(v->form[i]))
			return i;
	}
	return -1;
}

static void
enter(struct ui_app *app, struct s_visit *v)
{
	const char *caret = ym_visit_caret(v->visit);
	int i = -1;

	(void)app;
	for (int k = 0; k < v->n_form && *caret; k++)
		if (!strcmp(v->form[k]->datum, caret))
			i = k;
	if (i < 0)
		i = next_needing(v, 0);
	w_list_select(bar_of(v), i < 0 ? 0 : i);
	load(v);
}

static int
pick(struct ui_app *app, struct s_visit *v, int option)
{
	int next;

	v->option = option;
	v->field_edited = true;
	w_text_set(&v->field, v->options[option].label);
	if (!commit(app, v, true))
		return UI_DIRTY;
	next = next_needing(v, bar_of(v)->sel);
	if (next < 0)
		load(v);
	else
		move_to(app, v, next);
	return UI_DIRTY;
}

static int
option_key(struct ui_app *app, struct s_visit *v, const struct ui_key *k)
{
	if (!v->n_options || k->pasted)
		return UI_PASS;
	if (k->code == UI_KEY_RIGHT || k->code == UI_KEY_LEFT) {
		/* In an empty field the first one is offered, not yet chosen: Right takes it. */
		if (v->field_edited || v->form[bar_of(v)->sel]->has_value || k->code == UI_KEY_LEFT)
			v->option = (v->option + (k->code == UI_KEY_RIGHT ? 1 : v->n_options - 1)) % v->n_options;
		v->field_edited = true;
		w_text_set(&v->field, v->options[v->option].label);
		v->field.fresh = true;
		return UI_DIRTY;
	}
	/* Nothing typed yet and a short list: a digit picks. */
	if ((!v->field_edited || v->field.fresh) && v->n_options <= 9 && k->code >= '1' && k->code < '1' + v->n_options)
		return pick(app, v, k->code - '1');
	return UI_PASS;
}

static int
key(struct ui_app *app, struct s_visit *v, const struct ui_key *k)
{
	const struct ym_form_line *line = s_form_current(v);
	bool edited = false;
	int bits, sel = bar_of(v)->sel;

	if (!line)
		return UI_PASS;
	if (!k->pasted && (k->code == UI_KEY_TAB || k->code == UI_KEY_DOWN || k->code == UI_KEY_UP || k->code == UI_KEY_BACKTAB)) {
		move_to(app, v, k->code == UI_KEY_TAB || k->code == UI_KEY_DOWN ? sel + 1 : sel - 1);
		return UI_DIRTY;
	}
	if (!k->pasted && (k->code == UI_KEY_PGDN || k->code == UI_KEY_PGUP)) {
		int page = s_visit_rows(app) - 4;

		move_to(app, v, ui_util_clamp(k->code == UI_KEY_PGDN ? sel + page : sel - page, 0, v->n_form - 1));
		return UI_DIRTY;
	}
	if (s_form_has_options(line) && option_key(app, v, k) == UI_DIRTY)
		return UI_DIRTY;
	bits = w_text_key(&v->field, k, &edited);
	if (edited) {
		v->field_edited = v->field_typed = true;
		v->note[0] = 0;
		list_options(v);
		ym_visit_set_caret(v->visit, v->field_datum);
		ui_app_delay(app, PAUSE_MS);
	}
	return bits;
}

static int
command(struct ui_app *app, struct s_visit *v, enum ui_command c)
{
	int next;

	switch (c) {
	case UI_DO_NEXT_FIELD:
		if (!commit(app, v, true))
			return UI_DIRTY;
		next = next_needing(v, v->n_form ? (bar_of(v)->sel + 1) % v->n_form : 0);
		/* A fault that stands in this very field keeps the hand here. */
		if (next < 0)
			s_visit_next(app, v);
		else if (next == bar_of(v)->sel)
			ui_app_say(app, UI_WARN, "! %s", _("Only this field still needs something."));
		else
			move_to(app, v, next);
		return UI_DIRTY;
	case UI_DO_REVEAL_FIELD:
		v->field_revealed = !v->field_revealed;
		if (v->field_revealed)
			ym_station_note_reveal(app->station, v->field_datum);
		return UI_DIRTY;
	case UI_DO_CLEAR_FIELD:
		w_text_set(&v->field, "");
		v->field_edited = v->field_typed = true;
		list_options(v);
		ui_app_delay(app, PAUSE_MS);
		return UI_DIRTY;
	case UI_DO_OPTIONS:
		if (s_form_current(v) && s_form_has_options(s_form_current(v))) {
			v->field_edited = true;
			w_text_set(&v->field, "");
			list_options(v);
		}
		return UI_DIRTY;
	default:
		return UI_PASS;
	}
}

static const char *
status(const struct s_visit *v)
{
	const struct ym_form_line *line = s_form_current(v);

	if (!line)
		return NULL;
	if (v->n_options)
		return v->n_options <= 9 ? _("A digit picks; Left and Right choose; typing narrows down") : _("Typing narrows down; Left and Right choose");
	if (line->personal && line->has_value && !v->field_typed)
		return _("Ctrl+R shows the value (logged); typing replaces it");
	return NULL;
}

static void
go(struct s_visit *v, int line)
{
	w_list_select(bar_of(v), line);
	load(v);
}

const struct s_stage s_form_stage = {
	.label = N_("Form"), .context = UI_IN_FORM, .enter = enter, .leave = leave, .refreshed = refreshed, .key = key, .command = command,
	.notice = notice, .draw = s_form_draw, .status = status, .go = go,
};
