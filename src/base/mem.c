/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Allocation that aborts, and growable buffers with a ceiling. Not for secrets (crypt/secret.h),
 * though a released or outgrown buffer is wiped.
 * Invariant: a buffer that holds bytes is followed by a NUL; its length never passes its maximum.
 */
#include "base/mem.h"

#define BUF_MAX_DEFAULT ((size_t)64 << 20)

static void
die(const char *why)
{
	fprintf(stderr, "yimen: %s\n", why);
	abort();
}

void *
ym_alloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		die("out of memory");
	return p;
}

void *
ym_realloc_array(void *p, size_t n, size_t size)
{
	void *q = reallocarray(p, n ? n : 1, size ? size : 1);

	if (!q)
		die("out of memory");
	return q;
}

char *
ym_strdup(const char *s)
{
	return s ? ym_strndup(s, strlen(s)) : NULL;
}

char *
ym_strndup(const char *s, size_t n)
{
	char *copy;

	if (!s)
		return NULL;
	n = strnlen(s, n);
	copy = ym_alloc(n + 1);
	memcpy(copy, s, n);
	return copy;
}

char *
ym_asprintf(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		die("out of memory");
	va_end(ap);
	return s;
}

char *
ym_strlcpy(char *dst, const char *src, size_t size)
{
	size_t n;

	if (!size)
		return dst;
	n = strnlen(src, size);
	if (n == size) {
		n--;
		for (size_t back = 0; n && back < 3 && ((unsigned char)src[n] & 0xC0) == 0x80;
			back++)
			n--;
	}
	memcpy(dst, src, n);
	dst[n] = 0;
	return dst;
}

bool
ym_streq(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

void
ym_buf_init(struct ym_buf *b, size_t max)
{
	*b = (struct ym_buf){ .max = max };
}

void
ym_buf_release(struct ym_buf *b)
{
	if (!b)
		return;
	if (b->data)
		explicit_bzero(b->data, b->cap);
	free(b->data);
	*b = (struct ym_buf){ .max = b->max };
}

void
ym_buf_clear(struct ym_buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->data)
		b->data[0] = 0;
}

/* Room for n more bytes and the NUL. realloc would leave an unwiped copy behind. */
static bool
reserve(struct ym_buf *b, size_t n)
{
	size_t max = b->max ? b->max : BUF_MAX_DEFAULT;
	size_t cap = b->cap ? b->cap : 64;
	char *grown;

	if (b->overflow || n > max - b->len) {
		b->overflow = true;
		return false;
	}
	if (b->len + n + 1 <= b->cap)
		return true;
	while (cap < b->len + n + 1)
		cap *= 2;
	grown = malloc(cap);
	if (!grown)
		die("out of memory");
	if (b->data) {
		memcpy(grown, b->data, b->len + 1);
		explicit_bzero(b->data, b->cap);
		free(b->data);
	} else {
		grown[0] = 0;
	}
	b->data = grown;
	b->cap = cap;
	return true;
}

void
ym_buf_add(struct ym_buf *b, const void *data, size_t n)
{
	if (!n || !reserve(b, n))
		return;
	memcpy(b->data + b->len, data, n);
	b->len += n;
	b->data[b->len] = 0;
}

void
ym_buf_adds(struct ym_buf *b, const char *s)
{
	if (s)
		ym_buf_add(b, s, strlen(s));
}

void
ym_buf_addf(struct ym_buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		die("broken format string");
	if (reserve(b, (size_t)n)) {
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
	va_end(ap);
}

void
ym_buf_addc(struct ym_buf *b, char c)
{
	ym_buf_add(b, &c, 1);
}

void
ym_buf_drop(struct ym_buf *b, size_t n)
{
	if (n >= b->len) {
		b->len = 0;
	} else {
		memmove(b->data, b->data + n, b->len - n);
		b->len -= n;
	}
	if (b->data)
		b->data[b->len] = 0;
}

char *
ym_buf_take(struct ym_buf *b)
{
	char *data = b->data ? b->data : ym_alloc(1);

	*b = (struct ym_buf){ .max = b->max };
	return data;
}

void
ym_hex(char *dst, const void *src, size_t n)
{
	const unsigned char *p = src;

	for (size_t i = 0; i < n; i++) {
		dst[2 * i] = "0123456789abcdef"[p[i] >> 4];
		dst[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
	}
	dst[2 * n] = 0;
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
ym_unhex(void *dst, size_t n, const char *src)
{
	unsigned char *p = dst;

	if (!src || strnlen(src, 2 * n + 1) != 2 * n)
		return false;
	for (size_t i = 0; i < 2 * n; i++)
		if (nibble(src[i]) < 0)
			return false;
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(nibble(src[2 * i]) << 4 | nibble(src[2 * i + 1]));
	return true;
}
