/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Secrets in pages of their own: locked, left out of core dumps, wiped at release. Process
 * hardening.
 * Not for large contents (sealed values stay sealed). Invariant: a released page was wiped first.
 */
#include "crypt/internal.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <openssl/crypto.h>

#include "base/diag.h"

static size_t
pages_for(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (len + page - 1) / page * page;
}

void
ym_secret_init(struct ym_secret *s, size_t len)
{
	static bool told;
	size_t size = pages_for(len ? len : 1);
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		fprintf(stderr, "yimen: out of memory\n");
		abort();
	}
	/* A small RLIMIT_MEMLOCK must not keep the counter closed; swap is the maintainer's to
	 * encrypt then. */
	if (mlock(p, size) != 0 && !told) {
		told = true;
		ym_diag(YM_DIAG_WARN, "crypt",
			"mlock refused: secrets may reach swap (raise RLIMIT_MEMLOCK)");
	}
	madvise(p, size, MADV_DONTDUMP);
	s->data = p;
	s->len = len;
}

void
ym_secret_random(struct ym_secret *s, size_t len)
{
	ym_secret_release(s);
	ym_secret_init(s, len);
	ym_crypt_random(s->data, len);
}

void
ym_secret_set(struct ym_secret *s, const void *data, size_t len)
{
	struct ym_secret fresh;

	/* Filled before the old one goes: data may point into it. */
	ym_secret_init(&fresh, len);
	if (len > 0)
		memcpy(fresh.data, data, len);
	ym_secret_release(s);
	*s = fresh;
}

void
ym_secret_release(struct ym_secret *s)
{
	size_t size;

	if (!s || !s->data)
		return;
	size = pages_for(s->len ? s->len : 1);
	OPENSSL_cleanse(s->data, size);
	munmap(s->data, size);
	s->data = NULL;
	s->len = 0;
}

void
ym_crypt_harden(void)
{
	struct rlimit none = { 0, 0 };

	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
}
