/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Names of keys, both ways (key.h): one table for the key bar, the help, the manual and key scripts.
 */
#include "key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"
#include "yimen/text.h"

/* The first name of a code is the one shown. */
static const struct {
	int32_t code;
	const char *name;
} names[] = {
	{ UI_KEY_ENTER, "Enter" }, { UI_KEY_TAB, "Tab" }, { UI_KEY_BACKTAB, "S-Tab" }, { UI_KEY_BACKTAB, "BackTab" },
	{ UI_KEY_ESC, "Esc" }, { UI_KEY_BACKSPACE, "Backspace" }, { UI_KEY_BACKSPACE, "BS" },
	{ UI_KEY_DELETE, "Del" }, { UI_KEY_INSERT, "Ins" }, { UI_KEY_UP, "Up" }, { UI_KEY_DOWN, "Down" },
	{ UI_KEY_LEFT, "Left" }, { UI_KEY_RIGHT, "Right" }, { UI_KEY_HOME, "Home" }, { UI_KEY_END, "End" },
	{ UI_KEY_PGUP, "PgUp" }, { UI_KEY_PGDN, "PgDn" }, { ' ', "Space" },
};

bool
ui_key_is_text(const struct ui_key *key)
{
	return key->code >= ' ' && key->code != 0x7F && key->code < UI_KEY_SPECIAL &&
		!(key->code >= 0x80 && key->code < 0xA0);
}

char *
ui_key_name(int32_t code, char *buf, size_t size)
{
	for (int i = 0; i < UI_LEN(names); i++)
		if (names[i].code == code)
			return ui_util_copy(buf, size, names[i].name);
	if (code > UI_KEY_ALT0)
		return ui_util_format(buf, size, "Alt+%c", code - UI_KEY_ALT0);
	if (code > UI_KEY_F0)
		return ui_util_format(buf, size, "F%d", code - UI_KEY_F0);
	if (code > 0 && code < ' ')
		return ui_util_format(buf, size, "Ctrl+%c", code + 'A' - 1);
	if (code > ' ' && code < UI_KEY_SPECIAL) {
		char utf8[5] = "";

		ym_text_encode((uint32_t)code, utf8);
		return ui_util_copy(buf, size, utf8);
	}
	return ui_util_copy(buf, size, "?");
}

int32_t
ui_key_parse(const char *name)
{
	uint32_t c;
	size_t n = strlen(name);

	for (int i = 0; i < UI_LEN(names); i++)
		if (!strcmp(names[i].name, name))
			return names[i].code;
	if (n && ym_text_decode(name, n, &c) == n && c >= ' ' && c != 0x7F && c != 0xFFFD)
		return (int32_t)c;
	if (name[0] == 'F' && n <= 3) {
		char *end;
		long f = strtol(name + 1, &end, 10);

		return !*end && name[1] != '0' && f >= 1 && f <= 12 ? UI_KEY_F((int32_t)f) : UI_KEY_NONE;
	}
	if ((!strncmp(name, "C-", 2) && n == 3) || (!strncmp(name, "Ctrl+", 5) && n == 6)) {
		int letter = name[n - 1] | 0x20;

		return letter >= 'a' && letter <= 'z' && !strchr("hijm", letter) ? UI_KEY_CTRL(letter) : UI_KEY_NONE;
	}
	if ((!strncmp(name, "M-", 2) && n == 3) || (!strncmp(name, "Alt+", 4) && n == 5)) {
		char digit = name[n - 1];

		return digit >= '0' && digit <= '9' ? UI_KEY_ALT(digit) : UI_KEY_NONE;
	}
	return UI_KEY_NONE;
}
