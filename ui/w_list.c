/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Selection and paging of lists (w_list.h): the same keys everywhere.
 */
#include "w_list.h"

#include "screen.h"
#include "util.h"

void
w_list_set(struct w_list *w, int n)
{
	w->n = n;
	w_list_select(w, w->sel);
}

void
w_list_select(struct w_list *w, int sel)
{
	w->sel = ui_util_clamp(sel, 0, w->n > 0 ? w->n - 1 : 0);
}

int
w_list_key(struct w_list *w, const struct ui_key *key, int page)
{
	if (key->pasted)
		return UI_PASS;
	if (page < 1)
		page = 1;
	w->top = w_list_top(w, page);
	switch (key->code) {
	case UI_KEY_UP:
		w_list_select(w, w->sel - 1);
		break;
	case UI_KEY_DOWN:
		w_list_select(w, w->sel + 1);
		break;
	case UI_KEY_PGUP:
		w->top -= page;
		w_list_select(w, w->sel - page);
		break;
	case UI_KEY_PGDN:
		w->top += page;
		w_list_select(w, w->sel + page);
		break;
	case UI_KEY_HOME:
		w_list_select(w, 0);
		break;
	case UI_KEY_END:
		w_list_select(w, w->n - 1);
		break;
	default:
		return UI_PASS;
	}
	w->top = w_list_top(w, page);
	return UI_DIRTY;
}

int
w_list_top(const struct w_list *w, int rows)
{
	int top = ui_util_clamp(w->top, 0, w->n > rows ? w->n - rows : 0);

	if (w->sel < top)
		top = w->sel;
	if (w->sel >= top + rows)
		top = w->sel - rows + 1;
	return top < 0 ? 0 : top;
}
