/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The consultation screen (s_consult.h). A digit answers and goes on to the next open question; the rest follows at once.
 */
#include "s_consult.h"
#include "s_ticket.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_find.h"
#include "s_global.h"
#include "s_guide.h"
#include "s_reader.h"
#include "util.h"

static struct ym_consult *
engine(struct ui_app *app, const struct s_consult *d)
{
	return d->reading ? ym_station_consult_reading(app->station) : ym_station_consult(app->station);
}

char *
s_consult_asker(struct ui_app *app, char *buf, size_t size)
{
	static const struct {
		const char *code, *word;
	} kinds[] = { { "resident", N_("mainland resident") }, { "hk_mo", N_("Hong Kong or Macao") }, { "tw", N_("Taiwan") }, { "foreign", N_("foreigner") } };
	struct ym_consult *c = ym_station_consult(app->station);
	const char *age = c ? ym_consult_get(c, "age") : "", *kind = c ? ym_consult_get(c, "kind") : "";
	const char *division = c ? ym_consult_get(c, "household_division") : "";

	buf[0] = 0;
	if (*age)
		ui_util_add(buf, size, _("%s years old"), age);
	for (int i = 0; i < UI_LEN(kinds); i++)
		if (!strcmp(kinds[i].code, kind))
			ui_util_add(buf, size, "%s%s", *buf ? " · " : "", _(kinds[i].word));
	if (*division)
		ui_util_add(buf, size, "%s%s", *buf ? " · " : "", ym_station_code_label(app->station, "divisions", division));
	return buf;
}

static void
look_at_paper(struct ui_app *app, struct s_consult *d)
{
	char text[160];
	enum ym_paper_job job = d->reading ? YM_JOB_NONE : ym_station_consult_job(app->station, text, sizeof text);

	d->paper[0] = 0;
	d->printed = job == YM_JOB_DONE;
	if (job == YM_JOB_WAITING)
		ui_util_copy(d->paper, sizeof d->paper, _("The notice is being drawn ..."));
	else if (job == YM_JOB_DONE)
		ui_util_format(d->paper, sizeof d->paper, _("Notice made: %s"), text);
	else if (job == YM_JOB_FAILED)
		ui_util_format(d->paper, sizeof d->paper, "! %s", *text ? _(text) : _("The notice could not be made"));
}

static void
refresh(struct ui_app *app, struct s_consult *d)
{
	struct ym_consult *c = engine(app, d);

	d->n_items = d->n_questions = d->n_conditions = d->n_materials = 0;
	if (!c)
		return;
	while (d->n_items < S_CONSULT_ITEMS && (d->items[d->n_items] = ym_consult_item(c, d->n_items)))
		d->n_items++;
	while (d->n_questions < S_CONSULT_QUESTIONS && (d->questions[d->n_questions] = ym_consult_question(c, d->n_questions)))
		d->n_questions++;
	while (d->n_conditions < S_CONSULT_CONDITIONS && (d->conditions[d->n_conditions] = ym_consult_condition(c, d->n_conditions)))
		d->n_conditions++;
	while (d->n_materials < S_CONSULT_MATERIALS && (d->materials[d->n_materials] = ym_consult_material(c, d->n_materials)))
		d->n_materials++;
	w_list_set(&d->bar, d->n_questions);
	ui_util_copy(d->no, sizeof d->no, d->reading ? "" : ym_consult_no(c));
	s_consult_asker(app, d->asker, sizeof d->asker);
	if (d->reading)
		d->asker[0] = 0;
	look_at_paper(app, d);
	d->rows = s_consult_measure(d, ui_app_rows(app), ui_app_cols(app), &d->bar_row);
	d->top = ui_util_clamp(d->top, 0, d->rows > ui_app_rows(app) - 1 ? d->rows - ui_app_rows(app) + 1 : 0);
}

/* The first question without an answer from `from` on, around the end; -1. */
static int
open_question(const struct s_consult *d, int from)
{
	for (int k = 0; k < d->n_questions; k++) {
		int i = (from + k) % d->n_questions;

		if (!*d->questions[i]->answer)
			return i;
	}
	return -1;
}

static void
show_bar(struct ui_app *app, struct s_consult *d)
{
	int rows = ui_app_rows(app) - 1;

	d->rows = s_consult_measure(d, ui_app_rows(app), ui_app_cols(app), &d->bar_row);
	if (d->bar_row < d->top)
		d->top = d->bar_row > 1 ? d->bar_row - 1 : 0;
	else if (d->bar_row >= d->top + rows)
		d->top = d->bar_row - rows + 1;
}

static void
go(struct ui_app *app, struct s_consult *d, int question)
{
	w_list_select(&d->bar, question);
	show_bar(app, d);
}

static void
answer(struct ui_app *app, struct s_consult *d, int option)
{
	const struct ym_question *q = d->questions[d->bar.sel]->q;
	bool is_bool = q->is_bool || !q->n_options;
	struct ym_error err = { 0 };
	char id[80];
	int i;

	if (option >= (is_bool ? 2 : q->n_options))
		return;
	ui_util_copy(id, sizeof id, q->id);
	if (!ui_app_ok(app, ym_consult_answer(engine(app, d), d->bar.sel, is_bool ? (option ? "0" : "1") : q->options[option].code, &err), &err))
		return;
	refresh(app, d);
	/* Questions may have come or gone. */
	for (i = 0; i < d->n_questions && strcmp(d->questions[i]->q->id, id); i++)
		;
	i = open_question(d, i < d->n_questions ? i : 0);
	if (i >= 0)
		go(app, d, i);
}

static int
scroll(struct ui_app *app, struct s_consult *d, const struct ui_key *k)
{
	return s_reader_scroll(&d->top, d->rows, ui_app_rows(app) - 1, k);
}

static int
key(struct ui_app *app, void *state, const struct ui_key *k)
{
	struct s_consult *d = state;

	if (k->pasted)
		return UI_PASS;
	if (k->code >= '1' && k->code <= '9' && d->n_questions) {
		answer(app, d, k->code - '1');
		return UI_DIRTY;
	}
	/* Up and Down walk the questions; beyond the last one the rest is read. */
	if (k->code == UI_KEY_DOWN && d->bar.sel + 1 < d->n_questions) {
		go(app, d, d->bar.sel + 1);
		return UI_DIRTY;
	}
	if (k->code == UI_KEY_UP && d->n_questions && (!d->top || d->bar_row >= d->top)) {
		go(app, d, d->bar.sel > 0 ? d->bar.sel - 1 : 0);
		if (!d->bar.sel)
			d->top = 0;
		return UI_DIRTY;
	}
	return scroll(app, d, k);
}

static int
event(struct ui_app *app, void *state, const struct ui_event *event)
{
	struct s_consult *d = state;

	if (event->kind == UI_EVENT_NOTICE && event->notice == YM_NOTICE_CARD && !d->reading)
		ui_app_say(app, UI_ACCENT, "%s", _("A card was read: F2 takes its age and kind."));
	refresh(app, d);
	return d->n_items || !engine(app, d) ? UI_DIRTY : UI_POP;
}

static void
open_consult(struct ui_app *app, void *state, const void *arg)
{
	struct s_consult *d = state;
	int i;

	d->reading = *(const bool *)arg;
	refresh(app, d);
	i = open_question(d, 0);
	if (i >= 0)
		w_list_select(&d->bar, i);
}

static void
make_paper(struct ui_app *app, struct s_consult *d)
{
	struct ym_error err = { 0 };

	if (!ui_app_ok(app, ym_station_consult_pdf(app->station, &err), &err))
		return;
	refresh(app, d);
}

static void
read_paper(struct ui_app *app, struct s_consult *d)
{
	struct ym_consult *c = engine(app, d);

	if (c)
		s_reader_show(app, d->n_items == 1 ? d->items[0]->item->name : _("Consultation"),
			ym_station_consult_text(app->station, c, ui_util_clamp(ui_app_cols(app) - 4, 40, 100)));
}

static int
finish(struct ui_app *app)
{
	struct ym_error err = { 0 };

	if (!ui_app_ok(app, ym_station_consult_end(app->station, &err), &err))
		return UI_DIRTY;
	ui_app_say(app, UI_NORMAL, "%s", _("The consultation is logged. Next, please."));
	/* an empty consultation closes its screen by itself when the station tells of it */
	return ui_screen_top(app) == &s_consult_screen ? UI_POP : UI_DIRTY;
}

static int
drop(struct ui_app *app, struct s_consult *d)
{
	struct ym_error err = { 0 };

	if (!d->reading && ui_app_ok(app, ym_consult_drop(engine(app, d), d->n_items - 1, &err), &err))
		refresh(app, d);
	return d->n_items ? UI_DIRTY : UI_POP;
}

static int
next(struct ui_app *app, struct s_consult *d)
{
	int i = open_question(d, d->bar.sel);

	if (i >= 0)
		go(app, d, i);
	else if (d->reading)
		read_paper(app, d);
	else if (!d->printed)
		make_paper(app, d);
	else
		s_ticket_consult(app);
	return UI_DIRTY;
}

static int
command(struct ui_app *app, void *state, enum ui_command c)
{
	struct s_consult *d = state;
	struct ym_error err = { 0 };

	switch (c) {
	case UI_DO_CONSULT_BACK:
		return UI_POP;
	case UI_DO_CONSULT_NEXT:
		return next(app, d);
	case UI_DO_CONSULT_READ:
		read_paper(app, d);
		return UI_DIRTY;
	case UI_DO_CONSULT_CLEAR:
		if (d->n_questions && ui_app_ok(app, ym_consult_answer(engine(app, d), d->bar.sel, "", &err), &err))
			refresh(app, d);
		return UI_DIRTY;
	case UI_DO_CONSULT_WHO:
	case UI_DO_CONSULT_ADD:
	case UI_DO_CONSULT_TICKET:
	case UI_DO_CONSULT_PAPER:
	case UI_DO_CONSULT_END:
	case UI_DO_CONSULT_DROP:
		break;
	default:
		return UI_PASS;
	}
	if (d->reading) {
		ui_app_say(app, UI_WARN, "! %s", _("This guide is only read here; the guide desk gives consultations."));
		return UI_DIRTY;
	}
	switch (c) {
	case UI_DO_CONSULT_WHO:
		s_asker_show(app);
		return UI_DIRTY;
	case UI_DO_CONSULT_ADD:
		return UI_POP;
	case UI_DO_CONSULT_TICKET:
		s_ticket_consult(app);
		return UI_DIRTY;
	case UI_DO_CONSULT_PAPER:
		make_paper(app, d);
		return UI_DIRTY;
	case UI_DO_CONSULT_DROP:
		return drop(app, d);
	default:
		return finish(app);
	}
}

static void
draw(const void *state, const struct ui_area *a)
{
	s_consult_draw(state, a);
}

static const char *
status(const void *state)
{
	const struct s_consult *d = state;

	if (*d->paper)
		return d->paper;
	if (d->reading)
		return d->n_questions ? _("A digit answers; Enter: the next question, then the public guide as text") : _("Enter: the public guide as text");
	return d->n_questions ? _("A digit answers; Enter: the next question, then the notice, then the ticket") : _("Enter makes the notice, then the ticket");
}

const struct ui_screen s_consult_screen = {
	.name = "consult", .title = N_("Consultation"), .context = UI_IN_CONSULT, .state_size = sizeof(struct s_consult),
	.open = open_consult, .event = event, .key = key, .command = command, .draw = draw, .status = status,
};

void
s_consult_show(struct ui_app *app)
{
	static const bool reading = false;

	if (!ui_screen_back_to(app, &s_consult_screen))
		ui_screen_push(app, &s_consult_screen, &reading);
}

void
s_find_guide(struct ui_app *app, const char *id, bool is_bundle)
{
	static const bool reading = true;
	struct ym_error err = { 0 };

	if (ui_app_ok(app, ym_station_consult_read(app->station, id, is_bundle, &err), &err))
		ui_screen_push(app, &s_consult_screen, &reading);
}
