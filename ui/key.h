/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One key as a number: a character is its code point, the rest are names above Unicode. Not what keys mean
 * (command.h). Invariant: ui_key_parse(ui_key_name(k)) is k.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	UI_KEY_NONE = 0,
	UI_KEY_SPECIAL = 0x200000,
	UI_KEY_ENTER, UI_KEY_TAB, UI_KEY_BACKTAB, UI_KEY_ESC, UI_KEY_BACKSPACE, UI_KEY_DELETE, UI_KEY_INSERT,
	UI_KEY_UP, UI_KEY_DOWN, UI_KEY_LEFT, UI_KEY_RIGHT, UI_KEY_HOME, UI_KEY_END, UI_KEY_PGUP, UI_KEY_PGDN,
	UI_KEY_F0 = UI_KEY_SPECIAL + 0x100,
	UI_KEY_ALT0 = UI_KEY_SPECIAL + 0x200,
};
#define UI_KEY_F(n) (UI_KEY_F0 + (n))      /* 1 .. 12 */
#define UI_KEY_ALT(c) (UI_KEY_ALT0 + (c))  /* Alt with a digit */
#define UI_KEY_CTRL(c) ((c) & 0x1F)        /* letter; not h i j m [, which are keys of their own */

struct ui_key {
	int32_t code;
	bool pasted;   /* came in a bracketed paste: text, never a command */
};

bool ui_key_is_text(const struct ui_key *key);
/* "F2" "Enter" "Ctrl+X" "Alt+3" "Space" "a". */
char *ui_key_name(int32_t code, char *buf, size_t size);
/* Names as above, also C-x, M-3, BS, Del, Ins, BackTab; UI_KEY_NONE when unknown. */
int32_t ui_key_parse(const char *name);
