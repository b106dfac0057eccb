/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Stage 3, the one checklist and the inquiries to the outside. Letters mark, Space marks as seen and goes on; a refusal
 * of the engine is shown with its source.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app.h"
#include "i18n.h"
#include "s_capture.h"
#include "s_visit.h"
#include "util.h"
#include "w_dialog.h"
#include "yimen/scan.h"
#include "yimen/text.h"

#define FILE_MAX (10 * 1024 * 1024)

static struct w_list *
bar_of(struct s_visit *v)
{
	return &v->bars[YM_STAGE_MATERIALS];
}

static void
refreshed(struct ui_app *app, struct s_visit *v)
{
	(void)app;
	w_list_set(bar_of(v), v->n_materials + v->n_checks);
}

static bool
is_settled(const struct ym_material_line *m)
{
	return m->state != YM_MAT_UNSEEN && m->state != YM_MAT_WAITING;
}

/* The next line that nobody has looked at, around the end; stays when there is none. */
static void
go_on(struct s_visit *v)
{
	struct w_list *bar = bar_of(v);

	for (int k = 1; k <= v->n_materials; k++) {
		int i = (bar->sel + k) % v->n_materials;

		if (v->materials[i]->state == YM_MAT_UNSEEN) {
			w_list_select(bar, i);
			return;
		}
	}
}

static void
mark(struct ui_app *app, struct s_visit *v, enum ym_material_state state, const char *note)
{
	struct ym_error err = { 0 };
	int i = bar_of(v)->sel;

	if (i >= v->n_materials)
		return;
	if (s_visit_did(app, v, ym_visit_mark(v->visit, i, state, note, &err), &err) && state != YM_MAT_UNSEEN)
		go_on(v);
}

static bool
scan_is_certificate(struct ui_app *app)
{
	struct ym_scan_tray t;
	bool is = ym_station_scan(app->station, &t) && t.code.kind == YM_BARCODE_CERTIFICATE;

	explicit_bzero(&t, sizeof t);
	return is;
}

/* A certificate stands in for the chosen material; a label finds its own. */
static bool
take_scan(struct ui_app *app, struct s_visit *v)
{
	struct ym_scan_tray t;
	struct ym_error err = { 0 };
	enum ym_barcode_kind kind;
	int line = bar_of(v)->sel;

	if (!ym_station_scan(app->station, &t))
		return false;
	kind = t.code.kind;
	explicit_bzero(&t, sizeof t);
	if ((kind != YM_BARCODE_CERTIFICATE && kind != YM_BARCODE_MATERIAL) ||
	    !s_visit_did(app, v, ym_station_take_scan(app->station, -1, line, &line, &err), &err))
		return false;
	w_list_select(bar_of(v), line);
	ui_app_say(app, UI_ACCENT, "✓ %s: %s", v->materials[line]->name, kind == YM_BARCODE_MATERIAL ? _("seen") :
		v->materials[line]->is_asked ? _("electronic certificate, its status is being asked") : _("electronic certificate, its status cannot be asked now"));
	v->asked_holder = v->materials[line]->holder;
	ui_util_copy(v->asked_kind, sizeof v->asked_kind, v->materials[line]->is_asked ? v->materials[line]->kind : "");
	go_on(v);
	return true;
}

/* The bar has gone on: the answer about the certificate is said where the officer looks. */
static void
tell_answer(struct ui_app *app, struct s_visit *v)
{
	for (int i = 0; *v->asked_kind && i < v->n_materials; i++) {
		const struct ym_material_line *m = v->materials[i];
		const char *status = strrchr(m->note, ';');

		if (strcmp(m->kind, v->asked_kind) || m->holder != v->asked_holder || (m->is_asked && !m->is_confirmed))
			continue;
		ui_app_say(app, m->is_confirmed ? UI_ACCENT : UI_WARN, "%s %s: %s", m->is_confirmed ? "✓" : "!", m->name, status ? status + 1 : m->note);
		v->asked_kind[0] = 0;
	}
}

static int
notice(struct ui_app *app, struct s_visit *v, enum ym_notice what)
{
	struct ym_scan_tray t;

	if (what == YM_NOTICE_VISIT)
		tell_answer(app, v);
	/* A certificate is for the line under the bar only when the officer says so (E); a label names its own. */
	if (what == YM_NOTICE_SCAN && ui_screen_top(app) == &s_visit_screen && ym_station_scan(app->station, &t) &&
	    t.code.kind == YM_BARCODE_MATERIAL)
		take_scan(app, v);
	return UI_DIRTY;
}

static int
wrong(struct ui_app *app, void *asker, int value, const char *text)
{
	mark(app, asker, (enum ym_material_state)value, text);
	return UI_DIRTY;
}

static void
ask(struct ui_app *app, struct s_visit *v)
{
	struct ym_error err = { 0 };
	int i = bar_of(v)->sel;
	enum ym_code code;

	if (i < v->n_materials)
		code = ym_visit_ask_material(v->visit, i, &err);
	else if (i < v->n_materials + v->n_checks)
		code = ym_visit_ask(v->visit, i - v->n_materials, &err);
	else
		return;
	if (!s_visit_did(app, v, code, &err))
		return;
	if (i < v->n_materials)
		go_on(v);
	ui_app_say(app, UI_NORMAL, "%s", _("Asked. The answer appears in this line; go on meanwhile."));
}

static void
ask_all(struct ui_app *app, struct s_visit *v)
{
	struct ym_error err = { 0 };
	int n = 0;

	if (!s_visit_did(app, v, ym_visit_ask_all(v->visit, &n, &err), &err))
		return;
	if (bar_of(v)->sel < v->n_materials && v->materials[bar_of(v)->sel]->state != YM_MAT_UNSEEN)
		go_on(v);
	if (n)
		ui_app_say(app, UI_NORMAL, ngettext("%d register asked. The answers appear in their lines; go on meanwhile.",
			"%d registers asked. The answers appear in their lines; go on meanwhile.", (unsigned long)n), n);
	else
		ui_app_say(app, UI_NORMAL, "%s", _("Nothing is left to ask."));
}

static const char *
media_of(const unsigned char *data, size_t n)
{
	if (n > 3 && !memcmp(data, "\xFF\xD8\xFF", 3))
		return "image/jpeg";
	if (n > 8 && !memcmp(data, "\x89PNG\r\n\x1A\n", 8))
		return "image/png";
	return n > 5 && !memcmp(data, "%PDF-", 5) ? "application/pdf" : NULL;
}

static int
attach(struct ui_app *app, void *asker, int value, const char *path)
{
	struct s_visit *v = asker;
	struct ym_error err = { 0 };
	struct stat st;
	UI_FREE unsigned char *data = NULL;
	FILE *f = fopen(path, "re");
	size_t n;

	(void)value;
	if (!f || fstat(fileno(f), &st) || !S_ISREG(st.st_mode)) {
		ui_app_say(app, UI_WARN, "! %s", _("That file cannot be read."));
	} else if (st.st_size > FILE_MAX) {
		ui_app_say(app, UI_WARN, "! %s", _("The file is larger than 10 MB."));
	} else {
		data = ui_util_alloc((size_t)st.st_size + 1);
		n = fread(data, 1, (size_t)st.st_size, f);
		if (!media_of(data, n))
			ui_app_say(app, UI_WARN, "! %s", _("Only JPEG and PNG pictures and PDF files can be attached."));
		else if (s_visit_did(app, v, ym_visit_attach(v->visit, bar_of(v)->sel, data, n, media_of(data, n), &err), &err))
			go_on(v);
		explicit_bzero(data, n);
	}
	if (f)
		fclose(f);
	return UI_DIRTY;
}

static int
key(struct ui_app *app, struct s_visit *v, const struct ui_key *k)
{
	return w_list_key(bar_of(v), k, s_visit_rows(app) - 5);
}

static int
command(struct ui_app *app, struct s_visit *v, enum ui_command c)
{
	switch (c) {
	case UI_DO_SEEN:
		mark(app, v, YM_MAT_SEEN, NULL);
		return UI_DIRTY;
	case UI_DO_CAPTURED:
		if (bar_of(v)->sel < v->n_materials)
			ui_screen_push(app, &s_capture_screen, &bar_of(v)->sel);
		return UI_DIRTY;
	case UI_DO_ELICENSE:
		if (scan_is_certificate(app)) {
			take_scan(app, v);
			return UI_DIRTY;
		}
		mark(app, v, YM_MAT_ELICENSE, NULL);
		return UI_DIRTY;
	case UI_DO_DEFER:
		mark(app, v, YM_MAT_DEFERRED, NULL);
		return UI_DIRTY;
	case UI_DO_PROMISED:
		mark(app, v, YM_MAT_PROMISED, NULL);
		return UI_DIRTY;
	case UI_DO_LACKING:
		mark(app, v, YM_MAT_MISSING, NULL);
		return UI_DIRTY;
	case UI_DO_UNSEEN:
		mark(app, v, YM_MAT_UNSEEN, NULL);
		return UI_DIRTY;
	case UI_DO_SHARED:
		ask(app, v);
		return UI_DIRTY;
	case UI_DO_ASK_ALL:
		ask_all(app, v);
		return UI_DIRTY;
	case UI_DO_WRONG:
		if (bar_of(v)->sel < v->n_materials)
			w_dialog_input(app, v->materials[bar_of(v)->sel]->name, _("What is wrong with it, and how would it be right?"), "", 4,
				YM_MAT_WRONG, wrong);
		return UI_DIRTY;
	case UI_DO_ATTACH:
		if (bar_of(v)->sel < v->n_materials)
			w_dialog_input(app, v->materials[bar_of(v)->sel]->name, _("Path of a JPEG, PNG or PDF file:"), "", 1, 1, attach);
		return UI_DIRTY;
	default:
		return UI_PASS;
	}
}

/* -- drawing -- */

static const char *
symbol(const struct ym_material_line *m)
{
	switch (m->state) {
	case YM_MAT_UNSEEN:
		return "○";
	case YM_MAT_WAITING:
		return "…";
	case YM_MAT_DEFERRED:
		return "◐";
	case YM_MAT_MISSING:
	case YM_MAT_WRONG:
		return "!";
	default:
		return "✓";
	}
}

static enum ui_style
symbol_style(const struct ym_material_line *m)
{
	if (m->state == YM_MAT_MISSING || m->state == YM_MAT_WRONG)
		return UI_WARN;
	if (m->state == YM_MAT_UNSEEN)
		return m->need == YM_NEED_REQUIRED ? UI_WARN : UI_DIM;
	return UI_ACCENT;
}

static const char *const check_symbols[] = {
	[YM_CHECK_NOT_ASKED] = "○", [YM_CHECK_ASKED] = "…", [YM_CHECK_CLEAR] = "✓", [YM_CHECK_HIT] = "!", [YM_CHECK_UNKNOWN] = "–", [YM_CHECK_FAILED] = "!",
};
static const char *const check_words[] = {
	[YM_CHECK_NOT_ASKED] = N_("not asked"), [YM_CHECK_ASKED] = N_("asked, no answer yet"), [YM_CHECK_CLEAR] = N_("clear"),
	[YM_CHECK_HIT] = N_("hit"), [YM_CHECK_UNKNOWN] = N_("the register has nothing"), [YM_CHECK_FAILED] = N_("could not be asked"),
};

static void
draw_material(const struct ui_area *a, int row, const struct ym_material_line *m, bool on, int name_width)
{
	char when[16], state[120];
	int col = 5 + name_width + 1, right = a->cols - 1;

	ui_canvas_text(a, row, 3, symbol_style(m), symbol(m));
	ui_canvas_cell(a, row, 5, name_width, on ? UI_BOLD : UI_NORMAL, m->name);
	ui_canvas_cell(a, row, col, 13, UI_DIM, m->form);
	col += 14;
	ui_util_copy(state, sizeof state, m->is_live && m->state == YM_MAT_SEEN ? _("taken elsewhere") : _(ym_material_state_label(m->state)));
	if (m->state == YM_MAT_DEFERRED && *m->deadline)
		ui_util_add(state, sizeof state, " → %s", m->deadline);
	else if (m->pages)
		ui_util_add(state, sizeof state, ngettext(" %d page", " %d pages", (unsigned long)m->pages), m->pages);
	else if (m->at && is_settled(m))
		ui_util_add(state, sizeof state, " %s", ui_util_clock(when, sizeof when, m->at));
	if (m->need == YM_NEED_OPTIONAL && m->state == YM_MAT_UNSEEN)
		ui_util_copy(state, sizeof state, _("optional"));
	ui_canvas_cell(a, row, col, 18, symbol_style(m) == UI_WARN && m->state != YM_MAT_UNSEEN ? UI_WARN : UI_NORMAL, state);
	col += 19;
	if (right - col > 5)
		ui_canvas_cell(a, row, col, right - col, UI_DIM, m->cases);
}

static void
draw_check(const struct s_visit *v, const struct ui_area *a, int row, const struct ym_check_line *c, bool on, int name_width)
{
	bool bad = c->state == YM_CHECK_HIT || c->state == YM_CHECK_FAILED;
	int col = 5 + name_width + 1;
	char subject[120];

	ui_canvas_text(a, row, 3, bad || (c->required && c->state == YM_CHECK_NOT_ASKED) ? UI_WARN : UI_ACCENT, check_symbols[c->state]);
	ui_canvas_cell(a, row, 5, name_width, on ? UI_BOLD : UI_NORMAL, c->label);
	ui_canvas_cell(a, row, col, 13, UI_DIM, s_visit_mask_names(v, c->subject, subject, sizeof subject));
	ui_canvas_cell(a, row, col + 14, a->cols - col - 15, bad ? UI_WARN : UI_NORMAL, *c->answer ? c->answer : _(check_words[c->state]));
}

static int
name_width(const struct s_visit *v, const struct ui_area *a)
{
	int width = 12;

	for (int i = 0; i < v->n_materials; i++)
		if (ym_text_width(v->materials[i]->name) > width)
			width = ym_text_width(v->materials[i]->name);
	for (int i = 0; i < v->n_checks; i++)
		if (ym_text_width(v->checks[i]->label) > width)
			width = ym_text_width(v->checks[i]->label);
	return ui_util_clamp(width, 12, a->cols - 46 > 16 ? a->cols - 46 : 16);
}

static void
draw_detail(const struct s_visit *v, const struct ui_area *a)
{
	int i = v->bars[YM_STAGE_MATERIALS].sel, row = a->rows - 3;
	char text[600] = "";

	if (i < v->n_materials) {
		const struct ym_material_line *m = v->materials[i];

		ui_util_format(text, sizeof text, "%s%s%s", m->name, *m->holder_label ? " · " : "", m->holder_label);
		if (*m->note)
			ui_util_add(text, sizeof text, " · %s", m->note);
		if (m->main)
			ui_util_add(text, sizeof text, " · %s", _("decides, never deferrable"));
		else if (m->deferrable)
			ui_util_add(text, sizeof text, " · %s", _("may be deferred"));
		if (*m->check)
			ui_util_add(text, sizeof text, " · %s", _("the register can be asked instead (S)"));
	} else if (i < v->n_materials + v->n_checks) {
		const struct ym_check_line *c = v->checks[i - v->n_materials];

		ui_util_format(text, sizeof text, "%s · %s%s%s", c->label, c->purpose, *c->source ? " · " : "", c->source);
		if (*c->valid_until)
			ui_util_add(text, sizeof text, _("; valid until %s"), c->valid_until);
	}
	char masked[600];

	ui_canvas_wrap(a, row, 3, a->cols - 4, 2, UI_DIM, s_visit_mask_names(v, text, masked, sizeof masked));
}

static void
draw_keys(const struct ui_area *a, int row, bool check)
{
	static const enum ui_command for_material[] = { UI_DO_SEEN, UI_DO_SHARED, UI_DO_ASK_ALL, UI_DO_CAPTURED, UI_DO_ELICENSE, UI_DO_DEFER, UI_DO_PROMISED, UI_DO_LACKING,
		UI_DO_WRONG, UI_DO_UNSEEN, UI_DO_ATTACH };
	/* As in the key bar: Chinese needs no blank between a key and its word. */
	const char *gap = ui_i18n_is_chinese() ? "" : " ";
	char name[24];
	int col = 3;

	for (int i = 0; i < UI_LEN(for_material); i++) {
		enum ui_command c = for_material[i];
		const char *word = _(ui_command_info(c)->label);

		if (check && c != UI_DO_SHARED && c != UI_DO_ASK_ALL)
			continue;
		ui_key_name(ui_command_key(c), name, sizeof name);
		if (col + ym_text_width(name) + (int)strlen(gap) + ym_text_width(word) + 1 > a->cols)
			break;
		col = ui_canvas_text(a, row, col, UI_KEY, name);
		col = ui_canvas_text(a, row, col, UI_DIM, gap);
		col = ui_canvas_text(a, row, col, UI_DIM, word) + 1;
	}
}

static void
draw(const struct s_visit *v, const struct ui_area *a)
{
	const struct w_list *bar = &v->bars[YM_STAGE_MATERIALS];
	int extra = v->n_checks ? 2 : 0, rows = a->rows - extra - 4, top = w_list_top(bar, rows < 1 ? 1 : rows), row = 0, width = name_width(v, a);

	if (!bar->n) {
		ui_canvas_text(a, 0, 3, UI_DIM, v->n_cases ? _("No material is needed.") : _("Choose items first (F3)."));
		return;
	}
	for (int i = top; i < bar->n && i < top + rows; i++) {
		bool on = i == bar->sel;

		if (i == v->n_materials) {
			ui_canvas_text(a, row + (row > 0), 1, UI_DIM, _("Inquiries"));
			row += 1 + (row > 0);
		}
		ui_canvas_text(a, row, 1, UI_ACCENT, on ? "▸" : " ");
		if (on)
			ui_canvas_park(a, row, 1);
		if (i < v->n_materials)
			draw_material(a, row, v->materials[i], on, width);
		else
			draw_check(v, a, row, v->checks[i - v->n_materials], on, width);
		row++;
	}
	draw_detail(v, a);
	draw_keys(a, a->rows - 1, bar->sel >= v->n_materials);
}

static void
enter(struct ui_app *app, struct s_visit *v)
{
	struct w_list *bar = bar_of(v);

	(void)app;
	if (bar->sel < v->n_materials && v->materials[bar->sel]->state != YM_MAT_UNSEEN)
		go_on(v);
	/* Nothing unseen, but something was promised or not good: that is what comes now. */
	for (int i = 0; bar->sel < v->n_materials && v->materials[bar->sel]->state != YM_MAT_UNSEEN && i < v->n_materials; i++)
		if (v->materials[i]->state == YM_MAT_DEFERRED || v->materials[i]->state == YM_MAT_MISSING || v->materials[i]->state == YM_MAT_WRONG) {
			w_list_select(bar, i);
			break;
		}
}

static void
go(struct s_visit *v, int line)
{
	w_list_select(bar_of(v), line);
}

const struct s_stage s_materials_stage = {
	.label = N_("Materials"), .context = UI_IN_MATERIALS, .enter = enter, .refreshed = refreshed, .key = key, .command = command,
	.notice = notice, .draw = draw, .go = go,
};
