/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * How a consultation looks: one column to read, and beside it, where there is room, where, when, how much and who decides. The same
 * code measures and draws. Not its commands (s_consult.c).
 */
#include <string.h>

#include "i18n.h"
#include "s_consult.h"
#include "util.h"
#include "yimen/text.h"

#define PANEL_FROM 100   /* columns from which the panel stands beside */
#define PANEL_WIDTH 44

/* Writes rows one below the other; with area NULL it only counts. */
struct pen {
	const struct ui_area *area;
	int row, top, width;
};

/* Where, when and how much: a column of labels before them. */
static int
label_cols(void)
{
	return ui_i18n_is_chinese() ? 11 : 14;
}

static bool
is_seen(const struct pen *p)
{
	return p->area && p->row >= p->top && p->row - p->top < p->area->rows;
}

/* Wrapped text at col, with something before it in its first row. Empty text still takes a row. */
static void
put(struct pen *p, int col, enum ui_style lead_style, const char *lead, int text_col, enum ui_style style, const char *text)
{
	bool first = true;
	const char *next = text;

	do {
		char line[600];
		size_t n = *text ? ym_text_wrap(text, p->width - text_col - 1, &next) : 0;

		if (n >= sizeof line)
			n = sizeof line - 1;
		memcpy(line, text, n);
		line[n] = 0;
		if (is_seen(p)) {
			if (first)
				ui_canvas_text(p->area, p->row - p->top, col, lead_style, lead);
			ui_canvas_text(p->area, p->row - p->top, text_col, style, line);
		}
		p->row++;
		first = false;
		text = next;
	} while (*text);
}

static void
head(struct pen *p, const char *text)
{
	if (p->row)
		p->row++;
	if (is_seen(p))
		ui_canvas_text(p->area, p->row - p->top, 1, UI_DIM, text);
	p->row++;
}

static const char *
verdict(const struct ym_consult_item *i, enum ui_style *ret)
{
	*ret = UI_WARN;
	if (i->where == YM_WHERE_OTHERS)
		return _("! not a police matter");
	if (i->where == YM_WHERE_ELSEWHERE)
		return _("! not here");
	if (i->standing == YM_STANDING_NOT)
		return _("! does not fit");
	*ret = i->standing == YM_STANDING_MET ? UI_ACCENT : UI_DIM;
	return i->standing == YM_STANDING_MET ? _("✓ fits") : _("○ to be checked");
}

/* What speaks against it stands under its name, with who is responsible: the first thing that a citizen must hear. */
static void
put_against(struct pen *p, const struct s_consult *d, int item)
{
	const struct ym_consult_item *i = d->items[item];
	char text[300];

	for (int k = 0; k < d->n_conditions; k++)
		if (d->conditions[k]->item == item && d->conditions[k]->standing == YM_STANDING_NOT)
			put(p, 3, UI_WARN, "!", 5, UI_WARN, d->conditions[k]->text);
	if (i->where != YM_WHERE_ELSEWHERE && i->where != YM_WHERE_OTHERS)
		return;
	ui_util_format(text, sizeof text, "%s %s", _(s_consult_where_word(i->where)), i->where_text);
	put(p, 3, UI_ACCENT, "→", 5, UI_BOLD, text);
}

static void
put_items(struct pen *p, const struct s_consult *d)
{
	for (int i = 0; i < d->n_items; i++) {
		enum ui_style style;
		const char *word = verdict(d->items[i], &style);

		if (is_seen(p)) {
			int right = ui_canvas_right(p->area, p->row - p->top, p->width - 1, style, word);

			ui_canvas_cell(p->area, p->row - p->top, 1, right - 3, UI_BOLD, d->items[i]->item->name);
		}
		p->row++;
		put_against(p, d, i);
	}
}

static const char *
option_label(const struct ym_question *q, int i)
{
	return q->is_bool || !q->n_options ? (i ? _("no") : _("yes")) : q->options[i].label;
}

static void
put_options(struct pen *p, const struct ym_question_line *line, int col)
{
	const struct ym_question *q = line->q;
	bool is_bool = q->is_bool || !q->n_options;

	for (int i = 0; i < (is_bool ? 2 : q->n_options); i++) {
		const char *code = is_bool ? (i ? "0" : "1") : q->options[i].code;
		bool chosen = *line->answer && !strcmp(line->answer, code);
		int width = ym_text_width(option_label(q, i)) + 4;

		if (col + width > p->width && col > 7) {
			p->row++;
			col = 7;
		}
		if (is_seen(p)) {
			ui_canvas_print(p->area, p->row - p->top, col, UI_KEY, "%d", i + 1);
			ui_canvas_text(p->area, p->row - p->top, col + 2, chosen ? UI_ACCENT_BOLD : UI_DIM, option_label(q, i));
		}
		col += width;
	}
	p->row++;
}

static int
options_width(const struct ym_question *q)
{
	int n = q->is_bool || !q->n_options ? 2 : q->n_options, width = 0;

	for (int i = 0; i < n; i++)
		width += ym_text_width(option_label(q, i)) + 4;
	return width;
}

static void
put_questions(struct pen *p, const struct s_consult *d, int *ret_bar_row)
{
	if (d->n_questions)
		head(p, _("Questions"));
	for (int i = 0; i < d->n_questions; i++) {
		const struct ym_question_line *line = d->questions[i];
		bool on = i == d->bar.sel;
		int width = options_width(line->q);

		if (on && ret_bar_row)
			*ret_bar_row = p->row;
		if (is_seen(p)) {
			ui_canvas_text(p->area, p->row - p->top, 1, UI_ACCENT, on ? "▸" : " ");
			if (on)
				ui_canvas_park(p->area, p->row - p->top, 1);
		}
		put(p, 3, *line->answer ? UI_ACCENT : UI_WARN, *line->answer ? "✓" : "○", 5, on ? UI_BOLD : UI_NORMAL, line->q->ask);
		/* Beside a short question, below a long one. */
		if (ym_text_width(line->q->ask) + width + 8 < p->width) {
			p->row--;
			put_options(p, line, p->width - width);
		} else {
			put_options(p, line, 7);
		}
	}
}

static void
put_conditions(struct pen *p, const struct s_consult *d)
{
	int met = 0, shown = 0;
	char text[600];

	for (int i = 0; i < d->n_conditions; i++) {
		met += d->conditions[i]->standing == YM_STANDING_MET;
		shown += d->conditions[i]->standing == YM_STANDING_OPEN;
	}
	if (met + shown)
		head(p, _("Conditions"));
	for (int i = 0; i < d->n_conditions; i++) {
		const struct ym_consult_condition *c = d->conditions[i];

		if (c->standing != YM_STANDING_OPEN)
			continue;
		put(p, 3, UI_DIM, "○", 5, UI_NORMAL, *c->waits_for ? c->waits_for : c->text);
		ui_util_format(text, sizeof text, _("otherwise: %s"), c->text);
		if (*c->waits_for)
			put(p, 7, UI_DIM, "", 7, UI_DIM, text);
	}
	if (met)
		put(p, 3, UI_ACCENT, "✓", 5, UI_DIM,
			ui_util_format(text, sizeof text, shown ? _("%d more fit, as far as was said") : _("%d fit, as far as was said"), met));
}

static void
put_materials(struct pen *p, const struct s_consult *d)
{
	char text[600];

	head(p, ui_util_format(text, sizeof text, _("Materials (%d)"), d->n_materials));
	if (!d->n_materials)
		put(p, 3, UI_DIM, "", 3, UI_NORMAL, _("None."));
	for (int i = 0; i < d->n_materials; i++) {
		const struct ym_consult_material *m = d->materials[i];
		const char *way = m->way == YM_WAY_SHARED ? _("asked from the register first") : m->way == YM_WAY_TAKEN ? _("taken at the window") :
			m->way == YM_WAY_MADE ? _("printed at the window") : _("to bring");
		char number[16];
		int name = p->width * 45 / 100;

		ui_util_format(number, sizeof number, "%2d", i + 1);
		if (is_seen(p)) {
			int row = p->row - p->top;

			ui_canvas_text(p->area, row, 2, UI_DIM, number);
			ui_canvas_cell(p->area, row, 5, name - 6, *m->waits_for || m->optional ? UI_NORMAL : UI_BOLD, m->name);
			ui_canvas_cell(p->area, row, name, 10, UI_DIM, m->holder);
			ui_canvas_cell(p->area, row, name + 11, p->width - name - 12, m->way == YM_WAY_BRING ? UI_NORMAL : UI_ACCENT, way);
		}
		p->row++;
		text[0] = 0;
		if (*m->waits_for)
			ui_util_add(text, sizeof text, _("only if: %s"), m->waits_for);
		else if (m->optional)
			ui_util_add(text, sizeof text, "%s", _("not required"));
		if (m->deferrable)
			ui_util_add(text, sizeof text, "%s%s", *text ? " · " : "", _("may be brought later"));
		if (*m->note || *m->form)
			ui_util_add(text, sizeof text, "%s%s%s%s", *text ? " · " : "", m->form, *m->form && *m->note ? "," : "", m->note);
		if (*text)
			put(p, 7, UI_DIM, "", 7, UI_DIM, text);
	}
}

/* -- where, when, how much, who -- */

const char *
s_consult_where_word(enum ym_consult_where where)
{
	switch (where) {
	case YM_WHERE_HERE:
		return N_("at this window");
	case YM_WHERE_COLLECT:
		return N_("taken in here, decided there");
	case YM_WHERE_ONLINE:
		return N_("online from anywhere");
	case YM_WHERE_ELSEWHERE:
		return N_("not here, but with");
	case YM_WHERE_OTHERS:
		return N_("not with the police, but with");
	case YM_WHERE_OPEN:
		break;
	}
	return N_("depends on");
}

static void
put_limit(struct pen *p, const char *label, const struct ym_limit *l, const char *due)
{
	static const char *const units[] = { N_("working days"), N_("days"), N_("hours"), N_("months") };
	char text[200];

	if (!l->known)
		ui_util_copy(text, sizeof text, _("not known"));
	else if (!l->value)
		ui_util_copy(text, sizeof text, _("at once"));
	else
		ui_util_format(text, sizeof text, "%d %s%s%s", l->value, _(units[l->unit]), *due ? " → " : "", due);
	put(p, 1, UI_DIM, label, label_cols(), UI_NORMAL, text);
}

static void
put_fees(struct pen *p, const struct ym_consult_item *i)
{
	const struct ym_item *it = i->item;
	char text[300], yuan[32];

	if (i->fee_exempt)
		put(p, 1, UI_DIM, _("Costs"), label_cols(), UI_ACCENT, ui_util_format(text, sizeof text, _("no fee: %s"), i->fee_label));
	else if (!it->n_fees)
		put(p, 1, UI_DIM, _("Costs"), label_cols(), UI_NORMAL, *it->fee_basis ? it->fee_basis : _("none"));
	for (int k = 0; k < it->n_fees && !i->fee_exempt; k++) {
		/* The tier that applies stands out, once it is known. */
		bool applies = i->fee_known && it->fees[k].label == i->fee_label;

		ui_util_format(text, sizeof text, _("%s yuan  %s"), ui_util_yuan(yuan, sizeof yuan, it->fees[k].fen), it->fees[k].label);
		put(p, 1, UI_DIM, k ? "" : _("Costs"), label_cols(), applies ? UI_BOLD : i->fee_known && it->n_fees > 1 ? UI_DIM : UI_NORMAL, text);
	}
	for (int k = 0; k < it->n_exemptions && !i->fee_exempt; k++)
		put(p, 1, UI_DIM, "", label_cols(), UI_DIM, ui_util_format(text, sizeof text, _("no fee: %s"), it->exemptions[k].label));
}

static void
put_place(struct pen *p, const struct s_consult *d, const struct ym_consult_item *i)
{
	const struct ym_item *it = i->item;
	bool away = i->where == YM_WHERE_ELSEWHERE || i->where == YM_WHERE_OTHERS;
	char text[500];

	if (d->n_items > 1)
		put(p, 1, UI_BOLD, "", 1, UI_BOLD, it->name);
	ui_util_format(text, sizeof text, "%s%s%s", _(s_consult_where_word(i->where)), *i->where_text ? " " : "", i->where_text);
	put(p, 1, UI_DIM, _("Where to go"), label_cols(), away ? UI_WARN : UI_BOLD, text);
	if (i->where == YM_WHERE_OTHERS)
		put(p, 1, UI_DIM, "", label_cols(), UI_DIM, it->status);
	else if (*i->scope_text)
		put(p, 1, UI_DIM, "", label_cols(), UI_DIM, i->scope_text);
	for (int k = 0; k < it->n_channels; k++)
		put(p, 1, UI_DIM, k ? "" : _("Also"), label_cols(), UI_ACCENT, it->channels[k]);
	if (!away) {
		put_limit(p, _("Promised"), &it->promised, i->due_promised);
		put_limit(p, _("By law"), &it->statutory, i->due_statutory);
		put_fees(p, i);
		put(p, 1, UI_DIM, _("Decides"), label_cols(), UI_NORMAL, *i->decider_step ? i->decider_step : i->decider == YM_BY_WINDOW ? _("at the window") :
			i->decider == YM_BY_AUTO ? _("automatic") : _("by an approver"));
		for (int k = 0; k < it->n_results; k++)
			put(p, 1, UI_DIM, k ? "" : _("Result"), label_cols(), UI_NORMAL, it->results[k].name);
	}
	p->row++;
}

static void
put_places(struct pen *p, const struct s_consult *d)
{
	for (int i = 0; i < d->n_items; i++)
		put_place(p, d, d->items[i]);
}

static void
put_all(struct pen *p, const struct s_consult *d, bool with_places, int *ret_bar_row)
{
	put_items(p, d);
	put_questions(p, d, ret_bar_row);
	put_materials(p, d);
	if (with_places) {
		p->row++;
		put_places(p, d);
		p->row--;
	}
	put_conditions(p, d);
}

int
s_consult_measure(const struct s_consult *d, int rows, int cols, int *ret_bar_row)
{
	struct pen p = { .width = cols >= PANEL_FROM ? cols - PANEL_WIDTH - 2 : cols };

	(void)rows;
	*ret_bar_row = 0;
	put_all(&p, d, cols < PANEL_FROM, ret_bar_row);
	return p.row;
}

void
s_consult_draw(const struct s_consult *d, const struct ui_area *a)
{
	bool panel = a->cols >= PANEL_FROM;
	int width = panel ? a->cols - PANEL_WIDTH - 2 : a->cols, shown;
	struct ui_area left = ui_canvas_sub(a, 1, 0, a->rows - 1, width);
	struct pen p = { .area = &left, .top = d->top, .width = width };
	char part[32];
	int right = a->cols - 1;

	shown = d->top + left.rows;
	if (d->rows > left.rows) {
		ui_util_format(part, sizeof part, "%d/%d", shown > d->rows ? d->rows : shown, d->rows);
		right = ui_canvas_right(a, 0, width - 1, UI_DIM, part) - 2;
	}
	if (d->reading)
		ui_canvas_text(a, 0, 1, UI_DIM, _("Guide"));
	else
		ui_canvas_cell(a, 0, 1, right - 2, *d->asker ? UI_ACCENT : UI_DIM, *d->asker ? d->asker : _("Nothing is known of who asks: F2"));
	put_all(&p, d, !panel, NULL);
	if (panel) {
		struct ui_area side = ui_canvas_sub(a, 0, width + 1, a->rows, PANEL_WIDTH);
		struct pen q = { .area = &side, .width = PANEL_WIDTH };

		for (int r = 0; r < a->rows; r++)
			ui_canvas_text(a, r, width, UI_DIM, "│");
		if (*d->no)
			put(&q, 1, UI_DIM, _("Logged as"), label_cols(), UI_NORMAL, d->no);
		put_places(&q, d);
	}
}
