/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A pack file from anywhere: the envelope, the document and all its checks, and, when it passes, the compiled file.
 * Bytes that are no envelope are tried as a document too. Invariant: what compiles, opens.
 */
#include <sys/stat.h>

#include "catalog/build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[64];

static void
clean(void)
{
	if (path[0])
		unlink(path);
}

static void
use(const char *compiled)
{
	struct ym_pack *p = NULL;
	struct ym_hit hits[3];
	struct ym_option option;
	const struct ym_item *item;

	if (ym_pack_open(compiled, &p, NULL))
		abort();
	if (ym_pack_find(p, "sfz", hits, 3) > 0 && !hits[0].is_bundle &&
		ym_pack_item(p, hits[0].id, &item, NULL))
		abort();
	(void)ym_pack_code_search(p, "sex", "1", &option, 1);
	(void)ym_pack_calendar(p);
	(void)ym_pack_datum(p, "name");
	ym_pack_close(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *doc = (const char *)data;
	size_t n = size;
	struct ym_error err = { 0 };

	if (ym_catalog_verify(NULL, (const char *)data, size, &doc, &n, &err) &&
		err.code == YM_REFUSED)
		return 0;
	if (!path[0]) {
		snprintf(path, sizeof path, "/tmp/yimen-fuzz-pack-%ld.db", (long)getpid());
		atexit(clean);
	}
	if (ym_catalog_compile(doc, n, path, &err) == YM_OK)
		use(path);
	else if (!err.msgid)
		abort(); /* refused without a reason */
	return 0;
}
