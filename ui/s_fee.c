/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Stage 6, fees and delivery. Enter never claims a payment: how it was paid is said by a digit.
 */
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_visit.h"
#include "util.h"
#include "w_dialog.h"
#include "yimen/text.h"

enum { ASK_RECEIPT = 1, ASK_WAIVER, ASK_ADDRESS, ASK_PHONE };
static const struct {
	const char *id, *label;
} ways[] = { { "window", N_("Collect at the window") }, { "mail", N_("By mail") }, { "electronic", N_("Electronic") } };

static struct w_list *
bar_of(struct s_visit *v)
{
	return &v->bars[YM_STAGE_FEE];
}

static void
refreshed(struct ui_app *app, struct s_visit *v)
{
	(void)app;
	w_list_set(bar_of(v), v->n_cases);
}

static int
next_due(const struct s_visit *v, int from)
{
	for (int k = 0; k < v->n_cases; k++)
		if (v->cases[(from + k) % v->n_cases]->fee_state == YM_FEE_DUE)
			return (from + k) % v->n_cases;
	return -1;
}

static void
enter(struct ui_app *app, struct s_visit *v)
{
	(void)app;
	if (next_due(v, 0) >= 0)
		w_list_select(bar_of(v), next_due(v, 0));
}

static void
go_on(struct s_visit *v)
{
	int i = next_due(v, bar_of(v)->sel);

	if (i >= 0)
		w_list_select(bar_of(v), i);
}

static void
pay(struct ui_app *app, struct s_visit *v, const char *method, const char *receipt)
{
	struct ym_error err = { 0 };

	if (s_visit_did(app, v, ym_visit_pay(v->visit, bar_of(v)->sel, method, receipt, &err), &err))
		go_on(v);
}

static void
deliver(struct ui_app *app, struct s_visit *v, const char *phone)
{
	struct ym_error err = { 0 };

	s_visit_did(app, v, ym_visit_deliver(v->visit, bar_of(v)->sel, v->how, v->address, phone, &err), &err);
	explicit_bzero(v->address, sizeof v->address);
}

static int
told(struct ui_app *app, void *asker, int value, const char *text)
{
	struct s_visit *v = asker;
	struct ym_error err = { 0 };

	switch (value) {
	case ASK_RECEIPT:
		pay(app, v, "cash", text);
		break;
	case ASK_WAIVER:
		if (s_visit_did(app, v, ym_visit_waive(v->visit, bar_of(v)->sel, text, &err), &err))
			go_on(v);
		break;
	case ASK_ADDRESS:
		ui_util_copy(v->address, sizeof v->address, text);
		w_dialog_input(app, _("By mail"), _("Phone of the receiver:"), "", 7, ASK_PHONE, told);
		break;
	case ASK_PHONE:
		deliver(app, v, text);
		break;
	}
	return UI_DIRTY;
}

static int
way_chosen(struct ui_app *app, void *asker, int value, const char *text)
{
	struct s_visit *v = asker;

	(void)text;
	ui_util_copy(v->how, sizeof v->how, ways[value].id);
	v->address[0] = 0;
	if (!strcmp(v->how, "mail"))
		w_dialog_input(app, _("By mail"), _("Address of the receiver:"), "", 5, ASK_ADDRESS, told);
	else
		deliver(app, v, "");
	return UI_DIRTY;
}

static int
key(struct ui_app *app, struct s_visit *v, const struct ui_key *k)
{
	return w_list_key(bar_of(v), k, s_visit_rows(app) - 3);
}

static int
command(struct ui_app *app, struct s_visit *v, enum ui_command c)
{
	const char *labels[UI_LEN(ways)];

	if (!v->n_cases)
		return UI_PASS;
	switch (c) {
	case UI_DO_PAY_QR:
		pay(app, v, "qr", "");
		return UI_DIRTY;
	case UI_DO_PAY_POS:
		pay(app, v, "pos", "");
		return UI_DIRTY;
	case UI_DO_PAY_CASH:
		w_dialog_input(app, _("Paid in cash"), _("Number of the receipt:"), "", 1, ASK_RECEIPT, told);
		return UI_DIRTY;
	case UI_DO_WAIVE:
		w_dialog_input(app, _("Waive the fee"), _("Why is no fee taken? It is logged:"), "", 4, ASK_WAIVER, told);
		return UI_DIRTY;
	case UI_DO_DELIVERY:
		for (int i = 0; i < UI_LEN(ways); i++)
			labels[i] = _(ways[i].label);
		w_dialog_choose(app, _("How does the result reach the citizen?"), labels, UI_LEN(ways), 0, way_chosen);
		return UI_DIRTY;
	case UI_DO_NEXT:
		if (next_due(v, bar_of(v)->sel) < 0)
			return UI_PASS;
		w_list_select(bar_of(v), next_due(v, bar_of(v)->sel));
		ui_app_say(app, UI_WARN, "! %s", _("A fee is due: 1 QR code, 2 bank card, 3 cash, W waive."));
		return UI_DIRTY;
	default:
		return UI_PASS;
	}
}

static const char *
way_label(const char *id)
{
	for (int i = 0; i < UI_LEN(ways); i++)
		if (!strcmp(ways[i].id, id))
			return _(ways[i].label);
	return id;
}

static void
draw_case(const struct ui_area *a, int row, const struct ym_case_line *c, bool on)
{
	static const char *const words[] = { [YM_FEE_NONE] = N_("no fee"), [YM_FEE_DUE] = N_("due"), [YM_FEE_PAID] = N_("paid"),
		[YM_FEE_WAIVED] = N_("waived") };
	char yuan[32], fee[80];
	int right = a->cols - 1;

	right = ui_canvas_right(a, row, right, UI_DIM, *c->delivery ? way_label(c->delivery) : "—") - 2;
	if (c->fee_state == YM_FEE_NONE)
		ui_util_copy(fee, sizeof fee, _(words[YM_FEE_NONE]));
	else
		ui_util_format(fee, sizeof fee, "%s %s", _(words[c->fee_state]),
			ui_util_format(yuan, sizeof yuan, _("%s yuan"), ui_util_yuan((char[32]){ 0 }, 32, c->fee_fen)));
	ui_canvas_text(a, row, 3, c->fee_state == YM_FEE_DUE ? UI_WARN : UI_ACCENT, c->fee_state == YM_FEE_DUE ? "○" : "✓");
	ui_canvas_cell(a, row, right - 20, 20, c->fee_state == YM_FEE_DUE ? UI_BOLD : UI_DIM, fee);
	ui_canvas_cell(a, row, 5, right - 26, on ? UI_BOLD : UI_NORMAL, c->name);
}

static void
draw(const struct s_visit *v, const struct ui_area *a)
{
	const struct w_list *bar = &v->bars[YM_STAGE_FEE];
	int rows = a->rows - 3, top = w_list_top(bar, rows), row = 0;
	int64_t due = 0;
	char yuan[32];

	if (!v->n_cases) {
		ui_canvas_text(a, 0, 3, UI_DIM, _("Choose items first (F3)."));
		return;
	}
	for (int i = top; i < bar->n && row < rows; i++, row++) {
		ui_canvas_text(a, row, 1, UI_ACCENT, i == bar->sel ? "▸" : " ");
		if (i == bar->sel)
			ui_canvas_park(a, row, 1);
		draw_case(a, row, v->cases[i], i == bar->sel);
	}
	for (int i = 0; i < v->n_cases; i++)
		due += v->cases[i]->fee_state == YM_FEE_DUE ? v->cases[i]->fee_fen : 0;
	if (due)
		ui_canvas_print(a, row + 1, 5, UI_BOLD, _("To be paid: %s yuan"), ui_util_yuan(yuan, sizeof yuan, due));
	if (*v->cases[bar->sel]->fee_label)
		ui_canvas_wrap(a, a->rows - 1, 3, a->cols - 4, 1, UI_DIM, v->cases[bar->sel]->fee_label);
}

static const char *
status(const struct s_visit *v)
{
	return v->n_cases ? _("1 QR code   2 bank card   3 cash   W waive   Y delivery") : NULL;
}

static void
go(struct s_visit *v, int line)
{
	w_list_select(bar_of(v), line);
}

const struct s_stage s_fee_stage = {
	.label = N_("Fee"), .context = UI_IN_FEE, .enter = enter, .refreshed = refreshed, .key = key, .command = command, .draw = draw,
	.status = status, .go = go,
};
