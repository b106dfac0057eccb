/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Stage 8, the rating. The officer asks and sees whether it was given; no key here enters a grade.
 */
#include "app.h"
#include "i18n.h"
#include "s_visit.h"
#include "util.h"

static int
command(struct ui_app *app, struct s_visit *v, enum ui_command c)
{
	struct ym_error err = { 0 };

	if (c != UI_DO_RATE && !(c == UI_DO_RATE_AGAIN && v->rating == YM_RATING_ASKED))
		return UI_PASS;
	if (c == UI_DO_RATE && v->rating != YM_RATING_NOT_ASKED)
		return s_visit_finish(app, v);
	s_visit_did(app, v, ym_station_ask_rating(app->station, &err), &err);
	return UI_DIRTY;
}

static void
draw(const struct s_visit *v, const struct ui_area *a)
{
	static const char *const words[] = {
		[YM_RATING_NOT_ASKED] = N_("Not asked yet. Enter asks the citizen on the evaluator."),
		[YM_RATING_ASKED] = N_("The citizen is being asked. Enter closes the visit also without a rating."),
		[YM_RATING_GIVEN] = N_("Rated. Enter closes the visit."),
		[YM_RATING_SKIPPED] = N_("Not rated. Enter closes the visit."),
	};
	bool given = v->rating == YM_RATING_GIVEN;
	int row = 0;

	ui_canvas_text(a, row, 3, given ? UI_ACCENT : UI_DIM, given ? "✓" : v->rating == YM_RATING_ASKED ? "…" : "○");
	ui_canvas_text(a, row, 5, UI_BOLD, _(words[v->rating]));
	row++;
	if (v->rating == YM_RATING_ASKED && *v->rating_note)
		ui_canvas_print(a, row, 5, UI_WARN, "%s %s", _(v->rating_note), _("A asks again."));
	row++;
	for (int i = 0; i < v->n_cases && row < a->rows; i++, row++) {
		const struct ym_case_line *c = v->cases[i];
		bool decided = c->exit != YM_EXIT_NONE;

		ui_canvas_text(a, row, 3, decided ? UI_ACCENT : UI_WARN, decided ? "✓" : "○");
		ui_canvas_cell(a, row, 5, a->cols / 2 - 6, UI_NORMAL, c->name);
		ui_canvas_cell(a, row, a->cols / 2, 20, decided ? UI_NORMAL : UI_WARN, decided ? _(ym_exit_label(c->exit)) : _("not decided"));
		ui_canvas_cell(a, row, a->cols / 2 + 21, a->cols / 2 - 22, UI_DIM, c->case_no);
	}
	ui_canvas_park(a, 0, 3);
}

const struct s_stage s_rate_stage = {
	.label = N_("Rating"), .context = UI_IN_RATE, .command = command, .draw = draw,
};
