/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Stage 7, the papers: printed, or made as PDF one after the other in the background; read on the screen, signed. What a printer
 * waits for stands in the line of its paper; when it cannot tell whether a paper came out, the officer is asked.
 */
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_reader.h"
#include "s_signing.h"
#include "s_visit.h"
#include "util.h"
#include "w_dialog.h"
#include "yimen/signing.h"
#include "yimen/text.h"

static struct w_list *
bar_of(struct s_visit *v)
{
	return &v->bars[YM_STAGE_PAPERS];
}

static int
unsigned_after(const struct s_visit *v, int from)
{
	for (int k = 0; k < v->n_papers; k++) {
		int i = (from + k) % v->n_papers;

		if (v->papers[i]->signable && !v->papers[i]->is_signed && !v->papers[i]->is_void)
			return i;
	}
	return -1;
}

static void
refreshed(struct ui_app *app, struct s_visit *v)
{
	int i = bar_of(v)->sel;

	v->has_pad = ym_station_has_pad(app->station);
	w_list_set(bar_of(v), v->n_papers);
	/* the paper that was opened to be signed is signed: on to the next */
	if (v->is_signing && i < v->n_papers && v->papers[i]->is_signed) {
		v->is_signing = false;
		if (unsigned_after(v, i) >= 0)
			w_list_select(bar_of(v), unsigned_after(v, i));
	}
}

static bool
is_made(const struct s_visit *v, int i)
{
	return v->papers[i]->printed > 0 || v->papers[i]->is_void || v->job_state[i] == YM_JOB_DONE;
}

static int
next_unmade(const struct s_visit *v)
{
	for (int i = 0; i < v->n_papers; i++)
		if (!is_made(v, i) && v->job_state[i] == YM_JOB_NONE)
			return i;
	return -1;
}

static bool
is_waiting(const struct s_visit *v)
{
	for (int i = 0; i < v->n_papers; i++)
		if (v->job_state[i] == YM_JOB_WAITING)
			return true;
	return false;
}

/* One at a time: the next begins when the last has ended (YM_NOTICE_PAPER). */
static void
make_next(struct ui_app *app, struct s_visit *v)
{
	struct ym_error err = { 0 };
	int i;

	while (v->making && !is_waiting(v)) {
		i = next_unmade(v);
		v->making = i >= 0 && s_visit_did(app, v, ym_station_make_pdf(app->station, i, &err), &err);
		/* One that failed at once would be asked for for ever. */
		if (v->making && v->job_state[i] == YM_JOB_NONE && !is_made(v, i))
			v->making = false;
	}
}

/* -- printers -- */

/* The spool's name for the paper of this line; "" when it does not wait for a printer. */
static void
spool_id(struct ui_app *app, const struct s_visit *v, int i, char *ret, size_t size)
{
	struct ym_spool_line list[64];
	int n = ym_station_spool(app->station, list, UI_LEN(list));

	ret[0] = 0;
	for (int k = 0; k < n; k++)
		if (list[k].is_of_visit && !strcmp(list[k].paper, v->papers[i]->id))
			ui_util_copy(ret, size, list[k].id);
}

static struct s_visit *
open_visit(void *state)
{
	struct s_visit *v = state;

	return v->visit ? v : NULL;
}

static int
looked(struct ui_app *app, void *state, int value, const char *text)
{
	struct s_visit *v = open_visit(state);
	struct ym_error err = { 0 };
	char id[40];

	(void)text;
	if (!v || bar_of(v)->sel >= v->n_papers)
		return UI_DIRTY;
	spool_id(app, v, bar_of(v)->sel, id, sizeof id);
	s_visit_did(app, v, ym_station_spool_answer(app->station, id, value == 0, &err), &err);
	return UI_DIRTY;
}

static int
asking_after(const struct s_visit *v, int from)
{
	for (int k = 0; k < v->n_papers; k++)
		if (v->job_state[(from + k) % v->n_papers] == YM_JOB_ASKING)
			return (from + k) % v->n_papers;
	return -1;
}

static void
ask_whether_out(struct ui_app *app, struct s_visit *v, int i)
{
	const char *const labels[] = { _("Yes, it came out whole"), _("No, or only a part: print it again") };

	w_list_select(bar_of(v), i);
	w_dialog_choose(app, v->papers[i]->title, labels, UI_LEN(labels), 0, looked);
}

static void
print_all(struct ui_app *app, struct s_visit *v)
{
	struct ym_error err = { 0 };
	int printing = 0, files = 0;

	for (int i = 0; i < v->n_papers; i++) {
		if (is_made(v, i) || v->job_state[i] == YM_JOB_QUEUED || v->job_state[i] == YM_JOB_PRINTING || v->job_state[i] == YM_JOB_ASKING)
			continue;
		if (ym_station_print_way(app->station, i) == YM_PRINT_PDF) {
			files++;
			continue;
		}
		if (!s_visit_did(app, v, ym_station_print(app->station, i, &err), &err))
			return;
		printing++;
	}
	s_visit_refresh(app, v);
	if (files) {
		ui_app_say(app, UI_NORMAL, "%s", printing ? _("Some papers have no printer: those are made as PDF.") : _("There is no printer: the papers are made as PDF."));
		v->making = true;
		make_next(app, v);
	} else if (!printing) {
		ui_app_say(app, UI_NORMAL, "%s", _("Every paper was printed. R prints one again, marked as a reprint."));
	}
}

static int
print_again(struct ui_app *app, void *state, int value, const char *text)
{
	struct s_visit *v = open_visit(state);
	struct ym_error err = { 0 };

	(void)value;
	(void)text;
	if (v && bar_of(v)->sel < v->n_papers)
		s_visit_did(app, v, ym_station_print(app->station, bar_of(v)->sel, &err), &err);
	return UI_DIRTY;
}

static void
print_one(struct ui_app *app, struct s_visit *v, int i)
{
	struct ym_error err = { 0 };

	if (ym_station_print_way(app->station, i) == YM_PRINT_PDF) {
		if (s_visit_did(app, v, ym_station_make_pdf(app->station, i, &err), &err))
			ui_app_say(app, UI_NORMAL, "%s", _("There is no printer: the papers are made as PDF."));
	} else if (v->job_state[i] == YM_JOB_FAILED || v->job_state[i] == YM_JOB_QUEUED) {
		ym_station_spool_retry(app->station);
		s_visit_refresh(app, v);
	} else if (v->papers[i]->printed && v->job_state[i] != YM_JOB_PRINTING && v->job_state[i] != YM_JOB_ASKING) {
		w_dialog_confirm(app, v->papers[i]->title, _("It was printed before. Print it again, marked as a reprint?"), 1, print_again);
	} else {
		s_visit_did(app, v, ym_station_print(app->station, i, &err), &err);
	}
}

static void
unprint(struct ui_app *app, struct s_visit *v, int i)
{
	struct ym_error err = { 0 };
	char id[40];

	spool_id(app, v, i, id, sizeof id);
	s_visit_did(app, v, ym_station_spool_drop(app->station, id, &err), &err);
}

static int
notice(struct ui_app *app, struct s_visit *v, enum ym_notice what)
{
	if (what == YM_NOTICE_PAPER)
		make_next(app, v);
	return UI_DIRTY;
}

static void
sign_on_pad(struct ui_app *app, struct s_visit *v)
{
	v->is_signing = true;
	ui_screen_push(app, &s_signing_screen, &bar_of(v)->sel);
}

static void
sign(struct ui_app *app, struct s_visit *v)
{
	struct ym_error err = { 0 };
	int next;

	if (!s_visit_did(app, v, ym_visit_sign(v->visit, bar_of(v)->sel, &err), &err))
		return;
	next = unsigned_after(v, bar_of(v)->sel);
	if (next >= 0)
		w_list_select(bar_of(v), next);
}

static int
key(struct ui_app *app, struct s_visit *v, const struct ui_key *k)
{
	return w_list_key(bar_of(v), k, s_visit_rows(app) - 3);
}

static int
enter_key(struct ui_app *app, struct s_visit *v)
{
	int i = bar_of(v)->sel;

	if (asking_after(v, i) >= 0) {
		ask_whether_out(app, v, asking_after(v, i));
	} else if (next_unmade(v) >= 0) {
		v->making = true;
		make_next(app, v);
	} else if (i < v->n_papers && v->job_state[i] == YM_JOB_FAILED) {
		struct ym_error err = { 0 };

		s_visit_did(app, v, ym_station_make_pdf(app->station, i, &err), &err);
	} else if (unsigned_after(v, i) >= 0) {
		w_list_select(bar_of(v), unsigned_after(v, i));
		ui_app_say(app, UI_NORMAL, "%s", v->has_pad ? _("To be signed: S on the pad, G when the citizen has signed on paper; Alt+8 goes on without.") :
			_("To be signed: G when the citizen has signed; Alt+8 goes on without."));
	} else {
		return UI_PASS;
	}
	return UI_DIRTY;
}

static int
command(struct ui_app *app, struct s_visit *v, enum ui_command c)
{
	int i = bar_of(v)->sel;
	char *text;

	if (!v->n_papers) {
		if (c != UI_DO_SAVE_PAPER)
			return UI_PASS;
		s_visit_next(app, v);
		return UI_DIRTY;
	}
	switch (c) {
	case UI_DO_SAVE_PAPER:
		if (enter_key(app, v) == UI_PASS)
			s_visit_next(app, v);
		return UI_DIRTY;
	case UI_DO_PRINT_ALL:
		print_all(app, v);
		return UI_DIRTY;
	case UI_DO_PRINT_ONE:
		print_one(app, v, i);
		return UI_DIRTY;
	case UI_DO_UNPRINT:
		unprint(app, v, i);
		return UI_DIRTY;
	case UI_DO_READ_PAPER:
		text = ym_station_paper_text(app->station, i, ui_util_clamp(ui_app_cols(app) - 4, 40, 100));
		if (text)
			s_reader_show(app, v->papers[i]->title, text);
		return UI_DIRTY;
	case UI_DO_SIGN_PAPER:
		sign(app, v);
		return UI_DIRTY;
	case UI_DO_SIGN_ON_PAD:
		sign_on_pad(app, v);
		return UI_DIRTY;
	default:
		return UI_PASS;
	}
}

static void
draw_paper(const struct s_visit *v, const struct ui_area *a, int row, int i, bool on, int width)
{
	const struct ym_paper_line *p = v->papers[i];
	enum ym_paper_job job = v->job_state[i];
	int col = 5 + width + 2, right = a->cols - 1;
	char text[200];

	bool faulty = job == YM_JOB_FAILED || job == YM_JOB_ASKING || (job == YM_JOB_QUEUED && *v->jobs[i]);

	ui_canvas_text(a, row, 3, faulty ? UI_WARN : UI_ACCENT,
		p->is_void ? "–" : job == YM_JOB_ASKING ? "?" : faulty ? "!" :
		job == YM_JOB_WAITING || job == YM_JOB_QUEUED || job == YM_JOB_PRINTING ? "…" : is_made(v, i) ? "✓" : "○");
	ui_canvas_cell(a, row, 5, width, p->is_void ? UI_DIM : on ? UI_BOLD : UI_NORMAL, p->title);
	if (p->signable && !p->is_void)
		right = ui_canvas_right(a, row, right, p->is_signed ? UI_ACCENT : UI_WARN, p->is_drawn ? _("signed on the pad") : p->is_signed ? _("signed") : _("to be signed")) - 2;
	if (p->is_void)
		ui_util_copy(text, sizeof text, _("void"));
	else if (job == YM_JOB_WAITING)
		ui_util_copy(text, sizeof text, _("being made ..."));
	else if (job == YM_JOB_ASKING)
		ui_util_copy(text, sizeof text, _("did it come out?"));
	else if (job == YM_JOB_PRINTING)
		ui_util_copy(text, sizeof text, *v->jobs[i] ? _(v->jobs[i]) : _("being printed ..."));
	else if (job == YM_JOB_QUEUED)
		ui_util_copy(text, sizeof text, *v->jobs[i] ? _(v->jobs[i]) : _("waits for its printer"));
	else if (job == YM_JOB_FAILED)
		ui_util_copy(text, sizeof text, *v->jobs[i] ? _(v->jobs[i]) : _("failed"));
	else if (p->printed)
		ui_util_format(text, sizeof text, ngettext("made %d time", "made %d times", (unsigned long)p->printed), p->printed);
	else
		ui_util_copy(text, sizeof text, *p->case_no ? p->case_no : "");
	ui_canvas_cell(a, row, col, right - col, faulty ? UI_WARN : UI_DIM, text);
}

static void
draw(const struct s_visit *v, const struct ui_area *a)
{
	const struct w_list *bar = &v->bars[YM_STAGE_PAPERS];
	int rows = a->rows - 3, top = w_list_top(bar, rows), row = 0, width = 16, i = bar->sel;

	if (!v->n_papers) {
		ui_canvas_text(a, 0, 3, UI_DIM, _("No paper yet: papers come with the decisions."));
		return;
	}
	for (int k = 0; k < v->n_papers; k++)
		if (ym_text_width(v->papers[k]->title) > width)
			width = ym_text_width(v->papers[k]->title);
	width = ui_util_clamp(width, 16, a->cols - 42);
	for (int k = top; k < bar->n && row < rows; k++, row++) {
		ui_canvas_text(a, row, 1, UI_ACCENT, k == i ? "▸" : " ");
		if (k == i)
			ui_canvas_park(a, row, 1);
		draw_paper(v, a, row, k, k == i, width);
	}
	/* Where the file is, or the whole sentence of a fault. */
	if (*v->jobs[i])
		ui_canvas_wrap(a, a->rows - 2, 3, a->cols - 4, 2, v->job_state[i] >= YM_JOB_FAILED ? UI_WARN : UI_DIM, _(v->jobs[i]));
	else
		ui_canvas_print(a, a->rows - 2, 3, UI_DIM, "%s %s", v->papers[i]->id, v->papers[i]->case_no);
}

static const char *
status(const struct s_visit *v)
{
	if (v->n_papers && v->has_pad)
		return _("P prints   Enter makes all as PDF   V reads   S on the pad   G on paper");
	return v->n_papers ? _("P prints   Enter makes all as PDF   V reads   G signed by the citizen") : NULL;
}

static void
go(struct s_visit *v, int line)
{
	w_list_select(bar_of(v), line);
}

const struct s_stage s_papers_stage = {
	.label = N_("Papers"), .context = UI_IN_PAPERS, .refreshed = refreshed, .key = key, .command = command, .notice = notice, .draw = draw,
	.status = status, .go = go,
};
