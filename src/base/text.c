/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * UTF-8 in terminal cells. The widths are our own table, so that neither the locale nor an old C
 * library decides where a column stands; characters of ambiguous width count one.
 * Not a Unicode library. Invariant: no function splits a character or writes past its buffer.
 */
#include "yimen/text.h"

#include <string.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/text_cells.h"

#define REPLACEMENT 0xFFFD
#define ELLIPSIS "\xE2\x80\xA6"

size_t
ym_text_decode(const char *s, size_t n, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s;
	uint32_t c;
	size_t len;

	if (!n)
		return 0;
	*ret = p[0];
	if (p[0] < 0x80)
		return 1;
	*ret = REPLACEMENT;
	len = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
	if (p[0] < 0xC2 || p[0] > 0xF4 || len > n)
		return 1;
	c = p[0] & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 1;
		c = c << 6 | (p[i] & 0x3F);
	}
	if (c < least[len] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return 1;
	*ret = c;
	return len;
}

size_t
ym_text_encode(uint32_t c, char buf[4])
{
	if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = REPLACEMENT;
	if (c < 0x80) {
		buf[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		buf[0] = (char)(0xC0 | c >> 6);
		buf[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		buf[0] = (char)(0xE0 | c >> 12);
		buf[1] = (char)(0x80 | (c >> 6 & 0x3F));
		buf[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	buf[0] = (char)(0xF0 | c >> 18);
	buf[1] = (char)(0x80 | (c >> 12 & 0x3F));
	buf[2] = (char)(0x80 | (c >> 6 & 0x3F));
	buf[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

static bool
is_in(const struct ym_text_range *table, size_t n, uint32_t c)
{
	size_t low = 0;

	while (low < n) {
		size_t mid = (low + n) / 2;

		if (c > table[mid].last)
			low = mid + 1;
		else if (c < table[mid].first)
			n = mid;
		else
			return true;
	}
	return false;
}

int
ym_text_cell(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7F && c < 0xA0))
		return 0;
	if (c < 0x300)
		return 1;
	if (c >= 0x4E00 && c <= 0x9FFF)
		return 2;
	if (is_in(zero_cells, YM_ARRAY_LEN(zero_cells), c))
		return 0;
	return is_in(wide_cells, YM_ARRAY_LEN(wide_cells), c) ? 2 : 1;
}

int
ym_text_width_n(const char *s, size_t n)
{
	int width = 0;
	uint32_t c;

	for (size_t used; n; s += used, n -= used) {
		used = ym_text_decode(s, n, &c);
		width += ym_text_cell(c);
	}
	return width;
}

int
ym_text_width(const char *s)
{
	return ym_text_width_n(s, strlen(s));
}

/* Longest prefix within both limits; what it measures goes to ret_width. */
static size_t
fit(const char *s, size_t n, size_t max_bytes, int cells, int *ret_width)
{
	size_t at = 0;
	int width = 0;
	uint32_t c;

	while (at < n) {
		size_t used = ym_text_decode(s + at, n - at, &c);
		int w = ym_text_cell(c);

		if (width + w > cells || at + used > max_bytes)
			break;
		width += w;
		at += used;
	}
	*ret_width = width;
	return at;
}

size_t
ym_text_fit(const char *s, int cells)
{
	int width;

	return fit(s, strlen(s), SIZE_MAX, cells < 0 ? 0 : cells, &width);
}

int
ym_text_cut(char *buf, size_t size, const char *s, int cells)
{
	size_t n = strlen(s), len;
	int width;

	if (!size)
		return 0;
	if (cells < 0)
		cells = 0;
	len = fit(s, n, size - 1, cells, &width);
	if (len < n && cells > 0 && size > strlen(ELLIPSIS)) {
		len = fit(s, n, size - 1 - strlen(ELLIPSIS), cells - 1, &width);
		memcpy(buf, s, len);
		memcpy(buf + len, ELLIPSIS, sizeof ELLIPSIS);
		return width + 1;
	}
	memcpy(buf, s, len);
	buf[len] = 0;
	return width;
}

static size_t
next_char(const char *s, uint32_t *ret)
{
	return ym_text_decode(s, strnlen(s, 4), ret);
}

static bool
is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == 0x3000;
}

/* Must not begin a line: closing brackets and quotes, stops, marks that lean on what stands
 * before. */
static bool
is_closing(uint32_t c)
{
	return c &&
		wcschr(L"、。，．；：？！）］｝〉》」』】〕〗〙”’…—～·々％℃‰,.;:?!)]}%",
			(wchar_t)c);
}

/* Must not end a line. */
static bool
is_opening(uint32_t c)
{
	return c && wcschr(L"（［｛〈《「『【〔〖〘“‘￥([{", (wchar_t)c);
}

static bool
may_break(uint32_t before, uint32_t after)
{
	if (is_closing(after) || is_opening(before))
		return false;
	return ym_text_cell(before) == 2 || ym_text_cell(after) == 2;
}

static size_t
without_blanks(const char *s, size_t n)
{
	for (;;) {
		if (n && strchr(" \t\r", s[n - 1]))
			n--;
		else if (n >= 3 && !memcmp(s + n - 3, "\xE3\x80\x80", 3))
			n -= 3;
		else
			return n;
	}
}

size_t
ym_text_wrap(const char *s, int cells, const char **ret_next)
{
	size_t at = 0, chance = 0; /* the last place where the line may end; 0: none yet */
	uint32_t c, before = ' ';
	int width = 0;

	for (size_t used; s[at]; at += used) {
		int w;

		used = next_char(s + at, &c);
		if (c == '\n') {
			*ret_next = s + at + 1;
			return without_blanks(s, at);
		}
		w = ym_text_cell(c);
		if (is_blank(c)) {
			/* Blanks hang over the edge and are dropped there. */
			chance = at + used;
		} else {
			if (at && w && !is_blank(before) && may_break(before, c))
				chance = at;
			if (at && width + w > cells) {
				size_t end = chance ? chance : at;

				*ret_next = s + end;
				return without_blanks(s, end);
			}
		}
		width += w;
		if (w)
			before = c;
	}
	*ret_next = s + at;
	return without_blanks(s, at);
}

int
ym_text_length(const char *s)
{
	int n = 0;

	for (; s && *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

bool
ym_text_is_clean(const char *s, bool multi)
{
	uint32_t c;

	for (size_t used; *s; s += used) {
		used = 1;
		if (*s >= 0x20 && *s < 0x7F) /* most of what is looked at: codes, ids, clocks */
			continue;
		used = next_char(s, &c);
		if (c == 0xFFFD && used == 1)
			return false;
		if (multi && (c == '\t' || c == '\n'))
			continue;
		if (c < 0x20 || (c >= 0x7F && c < 0xA0))
			return false;
	}
	return true;
}

/* Dots that keyboards and scanners put between the parts of a name. */
static bool
is_middle_dot(uint32_t c)
{
	return c == 0x387 || c == 0x2022 || c == 0x2027 || c == 0x2219 || c == 0x22C5 ||
		c == 0x30FB || c == 0xFF65;
}

void
ym_text_normalize(char *s)
{
	const char *from = s;
	char *to = s, *end = s; /* end: after the last character that is not blank */
	uint32_t c;

	for (size_t used; *from; from += used) {
		char out[4];
		size_t n;

		used = next_char(from, &c);
		if (c == 0x3000 || c == 0xA0 || c == '\t' || c == '\r' || c == '\n')
			c = ' ';
		else if (c >= 0xFF01 && c <= 0xFF5E)
			c -= 0xFEE0;
		else if (is_middle_dot(c))
			c = 0xB7;
		if (c == ' ' && to == s)
			continue;
		if (c == REPLACEMENT) {
			n = used; /* an invalid byte stays what it is */
			memmove(to, from, n);
		} else {
			n = ym_text_encode(c, out);
			memcpy(to, out, n);
		}
		to += n;
		if (c != ' ')
			end = to;
	}
	*end = 0;
}
