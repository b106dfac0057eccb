/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Key names to what a terminal sends. libvterm knows the modes the program has set (application cursor keys),
 * so the bytes are those a real terminal would send at this moment.
 */
#include "harness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const struct {
	const char *name;
	VTermKey key;
} names[] = {
	{ "Enter", VTERM_KEY_ENTER },
	{ "Tab", VTERM_KEY_TAB },
	{ "Esc", VTERM_KEY_ESCAPE },
	{ "Backspace", VTERM_KEY_BACKSPACE },
	{ "Up", VTERM_KEY_UP },
	{ "Down", VTERM_KEY_DOWN },
	{ "Left", VTERM_KEY_LEFT },
	{ "Right", VTERM_KEY_RIGHT },
	{ "Home", VTERM_KEY_HOME },
	{ "End", VTERM_KEY_END },
	{ "PgUp", VTERM_KEY_PAGEUP },
	{ "PgDn", VTERM_KEY_PAGEDOWN },
	{ "Ins", VTERM_KEY_INS },
	{ "Del", VTERM_KEY_DEL },
};

/* One UTF-8 character that fills the whole word, 0 otherwise. */
static uint32_t
one_character(const char *word, size_t n)
{
	const unsigned char *p = (const unsigned char *)word;
	size_t need = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t c = need == 1 ? p[0] : p[0] & (0xff >> (need + 1));

	if (n != need)
		return 0;
	for (size_t i = 1; i < need; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

static bool
press_named(struct screen *s, const char *word, VTermModifier mod)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(word, names[i].name) != 0)
			continue;
		vterm_keyboard_key(s->vt, names[i].key, mod);
		if (names[i].key == VTERM_KEY_ESCAPE)
			screen_settle(s);
		return true;
	}
	if (strcmp(word, "Space") == 0) {
		vterm_keyboard_unichar(s->vt, ' ', mod);
		return true;
	}
	if (word[0] == 'F' && word[1]) {
		char *end;
		long n = strtol(word + 1, &end, 10);

		if (*end || n < 1 || n > 12)
			return false;
		vterm_keyboard_key(s->vt, VTERM_KEY_FUNCTION((int)n), mod);
		return true;
	}
	return false;
}

static void
press_word(struct screen *s, const char *word)
{
	VTermModifier mod = VTERM_MOD_NONE;
	const char *name = word;
	uint32_t c;

	while (name[0] && name[1] == '-' && name[2]) {
		if (name[0] == 'C')
			mod |= VTERM_MOD_CTRL;
		else if (name[0] == 'A')
			mod |= VTERM_MOD_ALT;
		else if (name[0] == 'S')
			mod |= VTERM_MOD_SHIFT;
		else
			break;
		name += 2;
	}
	c = one_character(name, strlen(name));
	if (c) {
		vterm_keyboard_unichar(s->vt, c, mod);
	} else if (!press_named(s, name, mod)) {
		errno = EINVAL;
		screen_die(word);
	}
}

void
screen_press(struct screen *s, const char *keys)
{
	char *copy = strdup(keys), *rest = copy, *word;

	while ((word = strsep(&rest, " ")))
		if (*word)
			press_word(s, word);
	free(copy);
}
