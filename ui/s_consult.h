/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One consultation on the screen: questions, conditions, materials, where, limits, fees, who decides. Also an item's guide, read from
 * elsewhere: then nobody is asked and nothing is logged. Not the search (s_guide.h).
 * Invariant: everything drawn was copied from the engine when it last changed.
 */
#pragma once

#include "screen.h"
#include "w_list.h"

#define S_CONSULT_ITEMS 24
#define S_CONSULT_QUESTIONS 96
#define S_CONSULT_CONDITIONS 160
#define S_CONSULT_MATERIALS 192

struct s_consult {
	bool reading, printed;
	const struct ym_consult_item *items[S_CONSULT_ITEMS];
	const struct ym_question_line *questions[S_CONSULT_QUESTIONS];
	const struct ym_consult_condition *conditions[S_CONSULT_CONDITIONS];
	const struct ym_consult_material *materials[S_CONSULT_MATERIALS];
	int n_items, n_questions, n_conditions, n_materials;
	struct w_list bar;     /* over the questions */
	int top, rows, bar_row;/* scrolled by; rows that there are; row of the chosen question */
	char asker[160], paper[200], no[40];
};

/* The consultation of the guide desk. */
void s_consult_show(struct ui_app *app);
/* "35, resident, household in ..." of the open consultation; "" when nothing is known. */
char *s_consult_asker(struct ui_app *app, char *buf, size_t size);

/* s_consult_draw.c */
void s_consult_draw(const struct s_consult *d, const struct ui_area *a);
/* Rows of the left part at that size, and where the chosen question stands. */
int s_consult_measure(const struct s_consult *d, int rows, int cols, int *ret_bar_row);
const char *s_consult_where_word(enum ym_consult_where where);

/* s_asker.c. The card in the tray is taken first when there is one. */
void s_asker_show(struct ui_app *app);

extern const struct ui_screen s_consult_screen;
