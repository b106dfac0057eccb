/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Small helpers of the screens (util.h). Invariant: a buffer is always terminated and never holds half a character.
 */
#include "util.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "yimen/time.h"

void *
ui_util_alloc(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		abort();
	return p;
}

/* A full buffer may end inside a character: drop its head. */
static void
trim_partial(char *s, size_t len)
{
	size_t at = len;

	while (at > 0 && len - at < 4 && ((unsigned char)s[at - 1] & 0xC0) == 0x80)
		at--;
	if (!at || ((unsigned char)s[at - 1] & 0xC0) != 0xC0)
		return;
	unsigned char head = (unsigned char)s[at - 1];
	size_t want = head >= 0xF0 ? 4 : head >= 0xE0 ? 3 : 2;

	if (len - at + 1 < want)
		s[at - 1] = 0;
}

char *
ui_util_copy(char *dst, size_t size, const char *src)
{
	size_t n = strlen(src);

	if (n >= size) {
		n = size - 1;
		memcpy(dst, src, n);
		dst[n] = 0;
		trim_partial(dst, n);
	} else {
		memmove(dst, src, n + 1);
	}
	return dst;
}

static void
vadd(char *dst, size_t size, size_t at, const char *format, va_list args)
{
	int n;

	if (at + 1 >= size)
		return;
	n = vsnprintf(dst + at, size - at, format, args);
	if (n < 0)
		dst[at] = 0;
	else if ((size_t)n >= size - at)
		trim_partial(dst, size - 1);
}

char *
ui_util_format(char *dst, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vadd(dst, size, 0, format, args);
	va_end(args);
	return dst;
}

char *
ui_util_add(char *dst, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vadd(dst, size, strlen(dst), format, args);
	va_end(args);
	return dst;
}

char *
ui_util_clock(char *dst, size_t size, int64_t ms)
{
	char text[8] = "";

	if (ms > 0)
		ym_time_format_hm(text, ms);
	return ui_util_copy(dst, size, text);
}

char *
ui_util_moment(char *dst, size_t size, int64_t ms)
{
	char text[24] = "";

	if (ms > 0)
		ym_time_format_local(text, ms);
	return ui_util_copy(dst, size, *text ? text + 5 : ""); /* without the year */
}

char *
ui_util_yuan(char *dst, size_t size, int64_t fen)
{
	if (fen % 100)
		return ui_util_format(dst, size, "%" PRId64 ".%02d", fen / 100, (int)(fen % 100));
	return ui_util_format(dst, size, "%" PRId64, fen / 100);
}

bool
ui_util_is_blank(const char *s)
{
	return !s[strspn(s, " \t")];
}

int64_t
ui_util_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
