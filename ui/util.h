/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The few small helpers the screens need and the public headers do not give. Not a library: anything bigger belongs
 * to the engine. Invariant: copies end with NUL and never split a character.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "yimen/error.h"

#define UI_LEN(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define UI_FREE __attribute__((cleanup(ui_util_free)))

static inline void
ui_util_free(void *p)
{
	free(*(void **)p);
	*(void **)p = NULL;
}

static inline int
ui_util_clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

/* Zeroed; ends the program when memory is out. */
void *ui_util_alloc(size_t size);
/* Cut on a character boundary. Returns dst. */
char *ui_util_copy(char *dst, size_t size, const char *src);
/* The same from a format. */
char *ui_util_format(char *dst, size_t size, const char *format, ...) YM_PRINTF(3, 4);
/* Append to a string; cut on a character boundary. Returns dst. */
char *ui_util_add(char *dst, size_t size, const char *format, ...) YM_PRINTF(3, 4);
/* "HH:MM", "MM-DD HH:MM", "YYYY-MM-DD" of milliseconds UTC in the desk's zone; "" for 0. */
char *ui_util_clock(char *dst, size_t size, int64_t ms);
char *ui_util_moment(char *dst, size_t size, int64_t ms);
/* "12.50" from fen; whole yuan without a fraction. */
char *ui_util_yuan(char *dst, size_t size, int64_t fen);
bool ui_util_is_blank(const char *s);
/* Milliseconds of a clock that only goes forward. */
int64_t ui_util_now_ms(void);
