/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The one form as it is drawn: groups, lines, the field under the bar, its choices, and what is wrong with it. Not typing (s_form.c).
 * Invariant: a masked value is shown only after it was revealed or while it is being typed.
 */
#include "s_form.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "yimen/text.h"

#define FIELD_ROWS 6 /* of a long text while the bar is on it */

static const char *
masked(const struct ym_form_line *line, char *buf, size_t size)
{
	const char *text = line->has_value ? line->shown : "";
	enum ym_datum_type type = line->type ? line->type->type : YM_DATUM_TEXT;

	if (!line->personal || !*text)
		return text;
	if (type == YM_DATUM_PHONE || (line->type && !strcmp(line->type->check, "mobile")))
		ym_text_mask_phone(buf, size, text);
	else if (type == YM_DATUM_ADDRESS)
		ym_text_mask_address(buf, size, text);
	else if (type == YM_DATUM_DATE)
		ui_util_format(buf, size, "%.4s-**-**", text);
	else if (type == YM_DATUM_TEXT && strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != strlen(text))
		ym_text_mask_name(buf, size, text);
	else
		ym_text_mask_number(buf, size, text);
	return buf;
}

/* What is masked shows in one row; what is typed or free to be seen, in as many as it needs. */
static int
current_rows(const struct s_visit *v, int width)
{
	const struct ym_form_line *line = s_form_current(v);

	if (s_form_has_options(line) || (line->personal && !v->field_typed && !v->field_revealed))
		return 1;
	return ui_util_clamp(w_text_rows(&v->field, width), 1, FIELD_ROWS);
}

static void
draw_current(const struct s_visit *v, const struct ui_area *a, int row, int col, int width)
{
	const struct ym_form_line *line = s_form_current(v);
	char mask[200];

	/* Left alone, a personal value stays masked under the caret too. */
	if (line->personal && !v->field_typed && !v->field_revealed && *v->field.text) {
		ui_canvas_cell(a, row, col, width, UI_FIELD_ON, masked(line, mask, sizeof mask));
		ui_canvas_caret(a, row, col);
		return;
	}
	w_text_draw_rows(&v->field, a, row, col, width, current_rows(v, width));
	if (!*v->field.text && line->type && line->type->type == YM_DATUM_DATE)
		ui_canvas_text(a, row, col, UI_DIM, "YYYYMMDD");
}

static void
draw_line(const struct s_visit *v, const struct ui_area *a, int row, int i, int label, int width)
{
	const struct ym_form_line *line = v->form[i];
	bool on = i == v->bars[YM_STAGE_FORM].sel;
	const char *error = on && *v->note ? v->note : *line->error ? _(line->error) : "";
	int col = 5 + label + 1, rest = col + width + 1;
	char mask[200];

	ui_canvas_text(a, row, 1, UI_ACCENT, on ? "▸" : " ");
	if (s_form_needs(line) || *error)
		ui_canvas_text(a, row, 3, UI_WARN, *error ? "!" : "○");
	else
		ui_canvas_text(a, row, 3, UI_ACCENT, line->has_value ? "✓" : " ");
	ui_canvas_cell(a, row, 5, label, on ? UI_BOLD : UI_NORMAL, line->label);
	if (on)
		draw_current(v, a, row, col, width);
	else
		w_text_draw_plain(a, row, col, width, masked(line, mask, sizeof mask));
	if (*error)
		ui_canvas_cell(a, row, rest, a->cols - rest - 1, UI_WARN, error);
	else
		ui_canvas_cell(a, row, rest, a->cols - rest - 1, UI_DIM, line->is_result ? _("for the result") : line->hint);
}

static void
draw_options(const struct s_visit *v, const struct ui_area *a, int row)
{
	int col = 3, first = 0;

	/* The chosen one stays in sight. */
	for (int i = v->option, width = 0; i > 0; i--) {
		width += ym_text_width(v->options[i].label) + 5;
		if (width > a->cols - 12) {
			first = i;
			break;
		}
	}
	for (int i = first; i < v->n_options; i++) {
		const char *label = v->options[i].label;

		if (col + ym_text_width(label) + 5 > a->cols) {
			ui_canvas_text(a, row, a->cols - 2, UI_DIM, "…");
			break;
		}
		if (v->n_options <= 9)
			col = ui_canvas_print(a, row, col, UI_KEY, "%d", i + 1) + 1;
		col = ui_canvas_text(a, row, col, i == v->option ? UI_ACCENT_BOLD : UI_DIM, label) + 2;
	}
}

void
s_form_draw(const struct s_visit *v, const struct ui_area *a)
{
	const struct w_list *bar = &v->bars[YM_STAGE_FORM];
	const struct ym_form_line *line = s_form_current(v);
	int label = 10, width, rows = a->rows - 4, lines = 0, sel_line = 0, row;

	if (!line) {
		ui_canvas_text(a, 0, 3, UI_DIM, v->n_cases ? _("Nothing has to be filled in.") : _("Choose items first (F3)."));
		return;
	}
	for (int i = 0; i < v->n_form; i++)
		if (ym_text_width(v->form[i]->label) > label)
			label = ym_text_width(v->form[i]->label);
	label = ui_util_clamp(label, 10, 24);
	width = ui_util_clamp(a->cols - label - 8 - 20, 20, 44);
	for (int i = 0; i < v->n_form; i++) {
		lines += !i || strcmp(v->form[i]->group, v->form[i - 1]->group) ? 2 : 1;
		if (i == bar->sel)
			sel_line = lines += current_rows(v, width) - 1;
	}
	row = sel_line > rows - 2 ? rows - 2 - sel_line : 0;
	struct ui_area list = ui_canvas_sub(a, 0, 0, rows, a->cols);
	char group[200];

	for (int i = 0; i < v->n_form; i++) {
		if (!i || strcmp(v->form[i]->group, v->form[i - 1]->group))
			ui_canvas_text(&list, row++, 1, UI_BOLD, s_visit_mask_names(v, v->form[i]->group, group, sizeof group));
		if (row >= 0 && row < rows)
			draw_line(v, &list, row, i, label, width);
		row += i == bar->sel ? current_rows(v, width) : 1;
	}
	if (v->n_options)
		draw_options(v, a, a->rows - 3);
	char detail[400];
	const char *error = *v->note ? v->note : *line->error ? _(line->error) : "";

	/* The line may have cut it short. */
	if (*error) {
		ui_util_format(detail, sizeof detail, "! %s", error);
		ui_canvas_wrap(a, a->rows - 2, 3, a->cols - 4, 2, UI_WARN, detail);
		return;
	}
	ui_util_format(detail, sizeof detail, "%s%s%s", line->hint, *line->hint && *line->basis ? " · " : "", line->basis);
	ui_canvas_wrap(a, a->rows - 2, 3, a->cols - 4, 2, UI_DIM, detail);
}
