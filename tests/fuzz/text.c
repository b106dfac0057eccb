/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Text as it comes from readers, scanners and packs, through everything that measures, cuts or
 * rewrites it. The first byte is the width. Invariants checked: progress, bounds, whole characters,
 * nothing but blanks lost.
 */
#include <stdint.h>

#include "base/mem.h"
#include "base/number.h"
#include "yimen/text.h"

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static void
check_decode(const char *s, size_t n)
{
	size_t at = 0;
	int width = 0;
	char back[4];
	uint32_t c;

	while (at < n) {
		size_t used = ym_text_decode(s + at, n - at, &c);

		need(used >= 1 && used <= 4 && used <= n - at);
		if (used > 1)
			need(ym_text_encode(c, back) == used && !memcmp(back, s + at, used));
		width += ym_text_cell(c);
		at += used;
	}
	need(width == ym_text_width_n(s, n));
}

static void
check_cut(const char *s, size_t size, int cells)
{
	char *buf = ym_alloc(size);
	int width = ym_text_cut(buf, size, s, cells);

	need(strlen(buf) < size);
	need(width <= (cells < 0 ? 0 : cells) && width == ym_text_width(buf));
	if (ym_text_is_clean(s, true))
		need(ym_text_is_clean(buf, true));
	if (size > strlen(s) && ym_text_width(s) <= cells)
		need(!strcmp(buf, s));
	free(buf);
}

static size_t
count_black(const char *s, size_t n)
{
	size_t black = 0;
	uint32_t c;

	for (size_t used; n; s += used, n -= used) {
		used = ym_text_decode(s, n, &c);
		black += c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != 0x3000;
	}
	return black;
}

static void
check_wrap(const char *s, int cells)
{
	size_t left = count_black(s, strlen(s));
	const char *next;

	for (; *s; s = next) {
		size_t n = ym_text_wrap(s, cells, &next);

		need(next > s && s + n <= next);
		need(ym_text_width_n(s, n) <= (cells < 2 ? 2 : cells));
		left -= count_black(s, n);
	}
	need(left == 0);
}

static void
check_normalize(const char *s)
{
	YM_FREE char *once = ym_strdup(s), *twice = NULL;

	ym_text_normalize(once);
	need(strlen(once) <= strlen(s));
	if (ym_text_is_clean(s, true))
		need(ym_text_is_clean(once, false));
	twice = ym_strdup(once);
	ym_text_normalize(twice);
	need(!strcmp(once, twice));
	ym_number_normalize(twice);
	need(strlen(twice) <= strlen(once));
	need(!ym_number_plate(twice) || !ym_number_phone(twice));
	need(ym_number_check("id18", twice, NULL) == YM_INVALID || strlen(twice) == 18);
	need(ym_number_check("td3", twice, NULL) == YM_INVALID || strlen(twice) == 44);
	need(!ym_number_vin(twice) || strlen(twice) == 17);
	need(!ym_number_uscc(twice) || strlen(twice) == 18);
}

static void
check_masks(const char *s, size_t size)
{
	static void (*const masks[])(char *, size_t, const char *) = {
		ym_text_mask_number, ym_text_mask_phone, ym_text_mask_name, ym_text_mask_address,
	};
	char *buf = ym_alloc(size);

	for (size_t i = 0; i < YM_ARRAY_LEN(masks); i++) {
		masks[i](buf, size, s);
		need(strlen(buf) < size);
		/* Something is always hidden, unless the end with the stars did not fit. */
		if (*s && size > strlen(s) + 3)
			need(strchr(buf, '*') && (strcmp(buf, s) || strchr(s, '*')));
	}
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	YM_FREE char *s = NULL;
	int cells;

	if (!size || size > 4096)
		return 0;
	cells = data[0] % 130 - 2;
	check_decode((const char *)data + 1, size - 1);
	s = ym_strndup((const char *)data + 1, size - 1);
	check_cut(s, data[0] / 2 + 1, cells);
	check_cut(s, size + 8, cells);
	need(ym_text_fit(s, cells) <= strlen(s));
	check_wrap(s, cells);
	check_normalize(s);
	check_masks(s, data[0] / 4 + 1);
	return 0;
}
