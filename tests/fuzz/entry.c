/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One decrypted feed entry into the views of a desk: whatever the central sends, it is applied or recorded as refused.
 * The first byte picks the kind, the rest is the JSON. Invariant: no entry stops the feed.
 */
#include "cases/queue.h"
#include "catalog/build.h"

static const char *const kinds[] = { "check.answered", "case.reviewed", "case.granted", "case.moved", "event.quarantined", "pack.available",
	"account.changed", "ticket.pushed", "unheard.of" };
static struct ym_db *db;
static struct ym_casework *w;
static char dir[64];

static void
leave(void)
{
	YM_FREE char *cmd = ym_asprintf("rm -rf '%s'", dir);
	if (system(cmd))
		abort();
}

static void
need(enum ym_code rc)
{
	if (rc)
		abort();
}

static void
start(void)
{
	static const struct ym_desk_identity who = { "22990100000001", 'A', "229901000000", "试验派出所", "229901", "01", "practice" };
	struct ym_keys *keys;
	struct ym_log *log;
	struct ym_pack *pack;
	YM_BUF doc = { 0 };
	snprintf(dir, sizeof(dir), "/tmp/yimen-entry-XXXXXX");
	if (!mkdtemp(dir))
		abort();
	atexit(leave);
	YM_FREE char *data = ym_asprintf("%s/tests/unit/cases/fixture", getenv("YIMEN_SOURCE") ? getenv("YIMEN_SOURCE") : ".");
	YM_FREE char *path = ym_asprintf("%s/pack", dir);
	need(ym_catalog_bundle_up(data, NULL, NULL, NULL, &doc, NULL));
	need(ym_catalog_compile(doc.data, doc.len, path, NULL));
	need(ym_pack_open(path, &pack, NULL));
	need(ym_desk_open(dir, YM_DB_CREATE, &db, NULL));
	need(ym_keys_open(db, &keys, NULL));
	need(ym_db_begin(db, NULL));
	need(ym_log_create(db, &who, NULL));
	YM_SM2 *central = ym_sm2_generate();
	need(ym_keys_create(keys, "p0001", "an invented password", central, NULL));
	need(ym_db_commit(db, NULL));
	need(ym_keys_unlock_password(keys, "p0001", "an invented password", NULL));
	need(ym_log_open(db, keys, &log, NULL));
	need(ym_casework_new(db, keys, log, pack, &w, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!w)
		start();
	if (size < 2 || size > 65536)
		return 0;
	YM_FREE char *json = ym_strndup((const char *)data + 1, size - 1);
	const char *kind = kinds[(data[0] & 15) % YM_ARRAY_LEN(kinds)];
	struct ym_error err = { 0 };
	int64_t before = ym_casework_feed_applied(w);
	if (ym_casework_apply_feed(w, before + 1, kind, json, &err) || ym_casework_feed_applied(w) != before + 1)
		abort(); /* nothing that is sent may stop the feed */
	return 0;
}
