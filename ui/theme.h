/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The few ways a cell may look: weight first, one accent, one warning. Not colours themselves (term.c maps them).
 * Invariant: nothing is told by colour alone; a symbol or a word says it too.
 */
#pragma once

#include <stdint.h>

enum ui_style {
	UI_NORMAL,
	UI_BOLD,
	UI_DIM,
	UI_ACCENT,
	UI_ACCENT_BOLD,
	UI_WARN,
	UI_TOP,       /* the top line */
	UI_PRACTICE,  /* the top line of a practice desk */
	UI_KEY,       /* a key's name in the bar */
	UI_FIELD,     /* an input field */
	UI_FIELD_ON,  /* the field that is being typed into */
	UI_SHEET,     /* title line of a dialog */
	UI_N_STYLES,
};

/* One-cell ASCII stand-in for a symbol of ambiguous width; the character itself when it has none. */
uint32_t ui_theme_ascii(uint32_t c);
