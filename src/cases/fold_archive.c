/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The archive of persons: what is known of each, sealed in one row; a newer or better value replaces.
 * Not who may look (cards, caselist). Invariant: a row is written when something in it changes, and then whole.
 */
#include "cases/fold_inner.h"

struct ym_fold_cache {
	char place[96];
	struct ym_buf sealed;           /* the row as it lies on disk */
	struct ym_knowns facts;
};

struct ym_fold_cache *
ym_fold_cache_new(void)
{
	return ym_alloc(sizeof(struct ym_fold_cache));
}

void
ym_fold_forget(struct ym_fold_cache *c)
{
	if (!c)
		return;
	ym_buf_release(&c->sealed);
	ym_knowns_release(&c->facts);
	c->place[0] = 0;
}

void
ym_fold_cache_free(struct ym_fold_cache *c)
{
	ym_fold_forget(c);
	free(c);
}

/* What is known of the person so far, and the row that says it; the cache serves while the row is still the one it holds. */
static void
archived(struct ym_folding *f, const char *place, struct ym_knowns *ret, struct ym_buf *ret_row)
{
	struct ym_fold_cache *cache = f->c->cache;
	struct ym_stmt *s = ym_db_sql(f->db, "SELECT bytes FROM view_sealed WHERE place = :place");
	ym_stmt_text(s, ":place", place);
	if (!ym_stmt_step(s, NULL)) {
		size_t n;
		const void *p = ym_stmt_col_blob(s, 0, &n);
		ym_buf_add(ret_row, p, n);
	}
	ym_stmt_done(s);
	if (!ret_row->len)
		return;
	if (cache && !strcmp(cache->place, place) && cache->sealed.len == ret_row->len &&
	    !memcmp(cache->sealed.data, ret_row->data, ret_row->len)) {
		*ret = cache->facts;
		cache->facts = (struct ym_knowns){ 0 };
		return;
	}
	YM_BUF text = { 0 };
	YM_JSON *j = NULL;
	if (ym_keys_is_unlocked(f->c->keys) && !ym_keys_unseal(f->c->keys, YM_KEY_VIEW, place, ret_row->data, ret_row->len, &text, NULL) &&
	    !ym_json_parse(text.data, text.len, "person", &j, NULL))
		ym_knowns_from_json(ret, json_object_get(j, "facts"));
}

static bool
is_better(const struct ym_known *n, const struct ym_known *o)
{
	if (!o)
		return true;
	if (n->at == o->at && n->origin == o->origin && !strcmp(n->value, o->value))
		return false;
	return n->at >= o->at && (ym_origin_grade(n->origin) <= ym_origin_grade(o->origin) || strcmp(n->value, o->value));
}

/* Most of what a case tells of a person was told by the visit a moment before. */
enum ym_code
ym_fold_archive(struct ym_folding *f, const char *hash, const json_t *facts)
{
	struct ym_fold_cache *cache = f->c->cache;
	struct ym_knowns all = { 0 }, fresh = { 0 };
	YM_BUF row = { 0 };
	bool changed = false;
	char place[96];
	if (!f->c->keys || strlen(hash) != 64 || !json_array_size(facts))
		return YM_OK;
	snprintf(place, sizeof(place), "person:%s", hash);
	archived(f, place, &all, &row);
	ym_knowns_from_json(&fresh, facts);
	for (int i = 0; i < fresh.n; i++) {
		struct ym_known *n = &fresh.p[i];
		if (n->origin == YM_FROM_ARCHIVE || n->origin == YM_FROM_RULE || !is_better(n, ym_knowns_find(&all, n->datum)))
			continue;
		ym_knowns_set(&all, n->datum, n->value, n->origin, n->at);
		changed = true;
	}
	ym_knowns_release(&fresh);
	enum ym_code rc = YM_OK;
	if (changed) {
		ym_buf_clear(&row);
		rc = ym_fold_seal_row(f, place, json_pack("{so}", "facts", ym_knowns_to_json(&all)), &row);
	}
	if (!cache) {
		ym_knowns_release(&all);
		return rc;
	}
	ym_fold_forget(cache);
	ym_strlcpy(cache->place, place, sizeof(cache->place));
	cache->sealed = row;
	cache->facts = all;
	row = (struct ym_buf){ 0 };
	return rc;
}
