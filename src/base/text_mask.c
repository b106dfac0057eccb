/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What is shown of a number, a telephone, a name or an address to whoever stands near. Not for
 * logs: those get none of it. Invariant: a value that is not empty always ends up with stars.
 */
#include <string.h>

#include "base/mem.h"
#include "yimen/text.h"

static size_t
next_char(const char *s, uint32_t *ret)
{
	return ym_text_decode(s, strnlen(s, 4), ret);
}

static size_t
count_chars(const char *s)
{
	size_t n = 0;
	uint32_t c;

	for (; *s; s += next_char(s, &c))
		n++;
	return n;
}

/* Copies s, with stars for all characters but the first `head` and the last `tail`. */
static void
mask(char *buf, size_t size, const char *s, size_t head, size_t tail)
{
	size_t n = count_chars(s), at = 0;
	YM_BUF out = { 0 };
	uint32_t c;

	for (size_t i = 0; i < n; i++) {
		size_t used = next_char(s + at, &c);

		if (i < head || i + tail >= n)
			ym_buf_add(&out, s + at, used);
		else
			ym_buf_addc(&out, '*');
		at += used;
	}
	ym_strlcpy(buf, ym_buf_str(&out), size);
}

void
ym_text_mask_number(char *buf, size_t size, const char *number)
{
	size_t n = count_chars(number);

	if (n >= 15)
		mask(buf, size, number, 3, 4);
	else if (n >= 8)
		mask(buf, size, number, 2, 3);
	else
		mask(buf, size, number, n >= 4, n >= 4);
}

void
ym_text_mask_phone(char *buf, size_t size, const char *phone)
{
	size_t n = count_chars(phone);

	if (n >= 8)
		mask(buf, size, phone, n - 8 < 3 ? n - 8 : 3, 4);
	else
		mask(buf, size, phone, 0, n >= 4 ? 2 : 0);
}

void
ym_text_mask_name(char *buf, size_t size, const char *name)
{
	size_t n = count_chars(name);
	uint32_t c;
	char family[5] = "";

	/* At most two stars: the length of a long name would tell who it is. */
	if (n > 1)
		memcpy(family, name, next_char(name, &c));
	if (size)
		snprintf(buf, size, "%s%s", size > strlen(family) ? family : "",
			n > 2       ? "**"
				: n ? "*"
				    : "");
}

/* The end of the earliest of the words in s, or NULL. */
static const char *
after_first(const char *s, const char *const *words)
{
	const char *best = NULL, *end = NULL;

	for (; *words; words++) {
		const char *hit = strstr(s, *words);

		if (hit && (!best || hit < best)) {
			best = hit;
			end = hit + strlen(*words);
		}
	}
	return end;
}

void
ym_text_mask_address(char *buf, size_t size, const char *address)
{
	static const char *const regions[] = { "自治区", "特别行政区", NULL };
	static const char *const counties[] = { "区", "县", "旗", NULL };
	static const char *const cities[] = { "市", NULL };
	static const char *const towns[] = { "街道", "镇", "乡", "苏木", NULL };
	static const char *const streets[] = { "大道", "路", "街", "巷", "胡同", NULL };
	const char *region = after_first(address, regions);
	const char *inner, *end;
	YM_BUF out = { 0 };
	uint32_t c;

	/* Search below the county, so that 景德镇市 or 新乡市 is not taken for a town. */
	inner = after_first(region ? region : address, counties);
	if (!inner)
		inner = after_first(region ? region : address, cities);
	if (!inner)
		inner = region ? region : address;
	end = after_first(inner, towns);
	if (!end)
		end = after_first(inner, streets);
	if (!end)
		end = inner;
	if (end == address)
		for (size_t keep = count_chars(address) / 2; keep && end < address + 18; keep--)
			end += next_char(end, &c);
	ym_buf_add(&out, address, (size_t)(end - address));
	if (*address)
		ym_buf_adds(&out, "***");
	ym_strlcpy(buf, ym_buf_str(&out), size);
}
