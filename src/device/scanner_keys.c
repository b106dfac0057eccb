/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The US layout (scanner_keys.h). Keys that give no text of a code give nothing.
 */
#include "device/scanner_keys.h"

#include <linux/input-event-codes.h>

#include "base/mem.h"

struct key {
	uint16_t code;
	char plain, shifted;
};
static const struct key keys[] = {
	{KEY_1, '1', '!'}, {KEY_2, '2', '@'}, {KEY_3, '3', '#'}, {KEY_4, '4', '$'}, {KEY_5, '5', '%'}, {KEY_6, '6', '^'},
	{KEY_7, '7', '&'}, {KEY_8, '8', '*'}, {KEY_9, '9', '('}, {KEY_0, '0', ')'}, {KEY_MINUS, '-', '_'}, {KEY_EQUAL, '=', '+'},
	{KEY_Q, 'q', 'Q'}, {KEY_W, 'w', 'W'}, {KEY_E, 'e', 'E'}, {KEY_R, 'r', 'R'}, {KEY_T, 't', 'T'}, {KEY_Y, 'y', 'Y'},
	{KEY_U, 'u', 'U'}, {KEY_I, 'i', 'I'}, {KEY_O, 'o', 'O'}, {KEY_P, 'p', 'P'}, {KEY_A, 'a', 'A'}, {KEY_S, 's', 'S'},
	{KEY_D, 'd', 'D'}, {KEY_F, 'f', 'F'}, {KEY_G, 'g', 'G'}, {KEY_H, 'h', 'H'}, {KEY_J, 'j', 'J'}, {KEY_K, 'k', 'K'},
	{KEY_L, 'l', 'L'}, {KEY_Z, 'z', 'Z'}, {KEY_X, 'x', 'X'}, {KEY_C, 'c', 'C'}, {KEY_V, 'v', 'V'}, {KEY_B, 'b', 'B'},
	{KEY_N, 'n', 'N'}, {KEY_M, 'm', 'M'}, {KEY_LEFTBRACE, '[', '{'}, {KEY_RIGHTBRACE, ']', '}'}, {KEY_SEMICOLON, ';', ':'},
	{KEY_APOSTROPHE, '\'', '"'}, {KEY_GRAVE, '`', '~'}, {KEY_BACKSLASH, '\\', '|'}, {KEY_COMMA, ',', '<'}, {KEY_DOT, '.', '>'},
	{KEY_SLASH, '/', '?'}, {KEY_SPACE, ' ', ' '}, {KEY_102ND, '<', '>'}, {KEY_ENTER, '\r', '\r'}, {KEY_KPENTER, '\r', '\r'},
	{KEY_TAB, '\t', '\t'}, {KEY_KP0, '0', '0'}, {KEY_KP1, '1', '1'}, {KEY_KP2, '2', '2'}, {KEY_KP3, '3', '3'},
	{KEY_KP4, '4', '4'}, {KEY_KP5, '5', '5'}, {KEY_KP6, '6', '6'}, {KEY_KP7, '7', '7'}, {KEY_KP8, '8', '8'}, {KEY_KP9, '9', '9'},
	{KEY_KPDOT, '.', '.'}, {KEY_KPMINUS, '-', '-'}, {KEY_KPPLUS, '+', '+'}, {KEY_KPASTERISK, '*', '*'}, {KEY_KPSLASH, '/', '/'},
};

/* Alt and a decimal number: one byte, or the two of a GBK character. */
static size_t
end_alt(struct ym_scanner_keys *k, uint8_t ret[2])
{
	unsigned c = k->alt_code;
	size_t n = 0;

	k->alt_code = 0;
	if (c > 0xFFFF)
		return 0;
	if (c > 0xFF)
		ret[n++] = (uint8_t)(c >> 8);
	if (c)
		ret[n++] = (uint8_t)c;
	return n;
}

size_t
ym_scanner_keys_take(struct ym_scanner_keys *k, unsigned code, int value, uint8_t ret[2])
{
	if (code == KEY_LEFTSHIFT || code == KEY_RIGHTSHIFT) {
		k->shift = value != 0;
		return 0;
	}
	if (code == KEY_LEFTALT || code == KEY_RIGHTALT) {
		k->alt = value != 0;
		return value ? 0 : end_alt(k, ret);
	}
	if (value != 1)
		return 0;
	for (size_t i = 0; i < YM_ARRAY_LEN(keys); i++) {
		char c = k->shift ? keys[i].shifted : keys[i].plain;

		if (keys[i].code != code)
			continue;
		if (k->alt && c >= '0' && c <= '9') {
			k->alt_code = (k->alt_code * 10 + (unsigned)(c - '0')) % 1000000;
			return 0;
		}
		ret[0] = (uint8_t)c;
		return 1;
	}
	return 0;
}
