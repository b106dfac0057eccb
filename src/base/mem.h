/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Memory and scope cleanup: allocation that aborts, buffers with a ceiling, cleanup attributes.
 * Not for secrets (crypt/secret.h). Invariant: every buffer has a stated maximum.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "yimen/error.h"

#define YM_CLEANUP(fn) __attribute__((cleanup(fn)))
#define YM_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define YM_TAKE(p) ({ __typeof__(p) took_ = (p); (p) = NULL; took_; })

/* Abort on exhaustion: decisions are already durable. */
void *ym_alloc(size_t size);                      /* zeroed */
void *ym_realloc_array(void *p, size_t n, size_t size);
char *ym_strdup(const char *s);                   /* NULL stays NULL */
char *ym_strndup(const char *s, size_t n);
char *ym_asprintf(const char *fmt, ...) YM_PRINTF(1, 2);
/* Copy with termination; truncates on a character boundary. Returns dst. */
char *ym_strlcpy(char *dst, const char *src, size_t size);
bool ym_streq(const char *a, const char *b);      /* NULL-safe */

static inline void ym_free_p(void *p) { free(*(void **)p); *(void **)p = NULL; }
static inline void ym_fclose_p(FILE **f) { if (*f) fclose(*f); *f = NULL; }
static inline void ym_fd_close_p(int *fd) { if (*fd >= 0) close(*fd); *fd = -1; }
#define YM_FREE YM_CLEANUP(ym_free_p)
#define YM_FCLOSE YM_CLEANUP(ym_fclose_p)
#define YM_FDCLOSE YM_CLEANUP(ym_fd_close_p)

/* Growable bytes, always followed by a NUL. Zero-initialise or ym_buf_init; max 0 means 64 MiB. */
struct ym_buf {
	char *data;
	size_t len, cap, max;
	bool overflow; /* a write would have passed max; later writes are ignored */
};
void ym_buf_init(struct ym_buf *b, size_t max);
void ym_buf_release(struct ym_buf *b);            /* also wipes */
void ym_buf_clear(struct ym_buf *b);
void ym_buf_add(struct ym_buf *b, const void *data, size_t n);
void ym_buf_adds(struct ym_buf *b, const char *s);
void ym_buf_addf(struct ym_buf *b, const char *fmt, ...) YM_PRINTF(2, 3);
void ym_buf_addc(struct ym_buf *b, char c);
void ym_buf_drop(struct ym_buf *b, size_t n);     /* from the front */
char *ym_buf_take(struct ym_buf *b);              /* caller owns; b becomes empty */
static inline const char *ym_buf_str(const struct ym_buf *b) { return b->data ? b->data : ""; }
#define YM_BUF YM_CLEANUP(ym_buf_release) struct ym_buf

/* Lower-case hex. ym_hex writes 2n+1 bytes; ym_unhex needs exactly 2n digits, false otherwise. */
void ym_hex(char *dst, const void *src, size_t n);
bool ym_unhex(void *dst, size_t n, const char *src);
