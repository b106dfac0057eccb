/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * ASCII stand-ins for symbols that some terminals draw two cells wide. Only one-cell symbols that the screens use
 * themselves: Chinese text and punctuation pass unchanged.
 */
#include "theme.h"

#include <stddef.h>

uint32_t
ui_theme_ascii(uint32_t c)
{
	static const struct {
		uint32_t c;
		char ascii;
	} table[] = {
		{ 0x25CF, '*' }, /* ● */
		{ 0x25CB, 'o' }, /* ○ */
		{ 0x25B8, '>' }, /* ▸ */
		{ 0x2713, '+' }, /* ✓ */
		{ 0x00D7, 'x' }, /* × */
		{ 0x2026, '~' }, /* … */
		{ 0x2192, '>' }, /* → */
		{ 0x2190, '<' }, /* ← */
		{ 0x203A, '>' }, /* › */
		{ 0x21C5, '=' }, /* ⇅ */
		{ 0x00B7, '.' }, /* · */
		{ 0x2013, '-' }, /* – */
		{ 0x2014, '-' }, /* — */
		{ 0x2500, '-' }, /* ─ */
		{ 0x2502, '|' }, /* │ */
		{ 0x25D0, '%' }, /* ◐ */
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (table[i].c == c)
			return (uint32_t)table[i].ascii;
	return c;
}
