/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reading a compiled pack: a few rows at open, everything else when it is first asked for, then kept.
 * Not its words (pack_words.c), the finder (find.c) or the working days (calendar.c). Invariant: what was returned stays where it is.
 */
#include "catalog/pack_inner.h"

#include <search.h>

#include "base/file.h"
#include "catalog/compiled.h"
#include "catalog/held.h"

struct named_item {
	const char *id;
	struct ym_held held;
	struct ym_item item;
};
struct named_bundle {
	const char *id;
	struct ym_held held;
	struct ym_bundle bundle;
};
struct named_pack {
	const char *id; /* version; owned */
	struct ym_pack *pack;
};

static int
by_id(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void *
ym_pack_lookup(void *const *tree, const char *id)
{
	void *found = tfind(&id, tree, by_id);

	return found ? *(void **)found : NULL;
}

void
ym_pack_put(void **tree, void *node)
{
	if (!tsearch(node, tree, by_id))
		abort();
}

/* -- open and close -- */

static enum ym_code
read_meta(struct ym_pack *p, const char *name, char **ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(p->db, "SELECT value FROM meta WHERE name = :name");
	enum ym_code code;

	ym_stmt_text(s, "name", name);
	code = ym_stmt_step(s, err);
	if (!code)
		*ret = ym_strdup(ym_stmt_col_text(s, 0));
	ym_stmt_done(s);
	return code == YM_NOTFOUND
		? ym_fail_on(err, YM_CORRUPT, N_("The catalogue pack is damaged"), name, "meta")
		: code;
}

/* A number that a pack need not have. */
static int
read_number(struct ym_pack *p, const char *name, int dflt)
{
	struct ym_stmt *s = ym_db_sql(p->db, "SELECT value FROM meta WHERE name = :name");

	ym_stmt_text(s, "name", name);
	if (ym_stmt_step(s, NULL) == YM_OK)
		dflt = atoi(ym_stmt_col_text(s, 0));
	ym_stmt_done(s);
	return dflt;
}

static enum ym_code
read_head(struct ym_pack *p, struct ym_error *err)
{
	enum ym_code code = read_meta(p, "version", &p->version, err);
	struct ym_stmt *s;

	if (!code)
		code = read_meta(p, "effective", &p->effective, err);
	if (!code)
		code = read_meta(p, "published", &p->published, err);
	if (code)
		return code;
	p->old_days = read_number(p, "old_days", YM_COMPILED_OLD_DAYS);
	p->stale_days = read_number(p, "stale_days", YM_COMPILED_STALE_DAYS);
	s = ym_db_sql(p->db, "SELECT count(*) FROM entry WHERE is_bundle = 0");
	code = ym_stmt_step(s, err);
	if (!code)
		p->n_items = (int)ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return code;
}

enum ym_code
ym_pack_open(const char *path, struct ym_pack **ret, struct ym_error *err)
{
	struct ym_pack *p = ym_alloc(sizeof *p);
	const char *slash = strrchr(path, '/');
	enum ym_code code = ym_db_open(path, &ym_compiled_schema, YM_DB_READONLY, &p->db, err);

	p->folder = slash ? ym_strndup(path, (size_t)(slash - path)) : ym_strdup(".");
	if (!code)
		code = read_head(p, err);
	if (code) {
		ym_pack_close(p);
		return code;
	}
	*ret = p;
	return YM_OK;
}

static void
free_item(void *node)
{
	ym_held_release(&((struct named_item *)node)->held);
	free(node);
}

static void
free_bundle(void *node)
{
	ym_held_release(&((struct named_bundle *)node)->held);
	free(node);
}

static void
free_pack(void *node)
{
	struct named_pack *n = node;

	ym_pack_close(n->pack);
	free((char *)n->id);
	free(n);
}

void
ym_pack_free_text(void *node)
{
	struct ym_pack_text *t = node;

	if (t->text != t->id)
		free(t->text);
	free((char *)t->id);
	free(t);
}

void
ym_pack_close(struct ym_pack *p)
{
	if (!p)
		return;
	tdestroy(p->older, free_pack);
	tdestroy(p->items, free_item);
	tdestroy(p->bundles, free_bundle);
	tdestroy(p->documents, ym_pack_free_text);
	ym_pack_release_words(p);
	ym_find_free(p->finder);
	ym_calendar_free(p->calendar);
	ym_db_close(p->db);
	free(p->folder);
	free(p->version);
	free(p->effective);
	free(p->published);
	free(p);
}

const char *
ym_pack_version(const struct ym_pack *p)
{
	return p->version;
}

const char *
ym_pack_effective(const struct ym_pack *p)
{
	return p->effective;
}

const char *
ym_pack_published(const struct ym_pack *p)
{
	return p->published;
}

int
ym_pack_n_items(const struct ym_pack *p)
{
	return p->n_items;
}

/* -- items and bundles -- */

/* The document "folder/id". */
static enum ym_code
read_json(struct ym_pack *p, const char *folder, const char *id, const char *msgid, json_t **ret,
	struct ym_error *err)
{
	struct ym_stmt *s =
		ym_db_sql(p->db, "SELECT json FROM document WHERE name = :folder || '/' || :id");
	enum ym_code code;

	ym_stmt_text(s, "folder", folder);
	ym_stmt_text(s, "id", id);
	code = ym_stmt_step(s, err);
	if (!code) {
		const char *text = ym_stmt_col_text(s, 0);

		code = ym_json_parse(text, strlen(text), id, ret, err);
		if (code)
			code = ym_fail_on(
				err, YM_CORRUPT, N_("The catalogue pack is damaged"), id, "json");
	}
	ym_stmt_done(s);
	return code == YM_NOTFOUND ? ym_fail_on(err, YM_NOTFOUND, msgid, id, NULL) : code;
}

enum ym_code
ym_pack_item(struct ym_pack *p, const char *id, const struct ym_item **ret, struct ym_error *err)
{
	struct named_item *node = ym_pack_lookup(&p->items, id);
	json_t *json = NULL;
	enum ym_code code;

	if (!node) {
		code = read_json(p, "item", id, N_("The catalogue has no such item"), &json, err);
		if (code)
			return code;
		node = ym_alloc(sizeof *node);
		ym_held_item(&node->held, json, &node->item);
		node->item.pack = p->version;
		node->id = node->item.id;
		ym_pack_put(&p->items, node);
	}
	*ret = &node->item;
	return YM_OK;
}

enum ym_code
ym_pack_item_of(struct ym_pack *p, const char *version, const char *id,
	const struct ym_item **ret, struct ym_error *err)
{
	struct named_pack *node = ym_pack_lookup(&p->older, version);
	YM_FREE char *path = NULL;

	if (!ym_file_is_word(version) || !strcmp(version, p->version))
		return ym_pack_item(p, id, ret, err);
	if (!node) {
		node = ym_alloc(sizeof *node);
		node->id = ym_strdup(version);
		path = ym_asprintf("%s/pack-%s.db", p->folder, version);
		if (ym_pack_open(path, &node->pack, NULL))
			node->pack = NULL; /* not here: remembered, so that it is not looked for again */
		ym_pack_put(&p->older, node);
	}
	if (node->pack && ym_pack_item(node->pack, id, ret, NULL) == YM_OK)
		return YM_OK;
	return ym_pack_item(p, id, ret, err);
}

enum ym_age
ym_pack_age(const struct ym_pack *p, ym_date today)
{
	ym_date published = ym_date_parse(p->published);
	int64_t days = published == YM_DATE_NONE || today == YM_DATE_NONE ? 0 : (int64_t)today - published;

	return days > p->stale_days ? YM_AGE_STALE : days > p->old_days ? YM_AGE_OLD : YM_AGE_FRESH;
}

enum ym_age_limit
ym_pack_age_limit(const struct ym_pack *p, const struct ym_item *item, ym_date today)
{
	switch (ym_pack_age(p, today)) {
	case YM_AGE_FRESH:
		break;
	case YM_AGE_OLD:
		return item->permit ? YM_AGE_CONFIRM : YM_AGE_FREE;
	case YM_AGE_STALE:
		return item->permit ? YM_AGE_COLLECT : item->refusable ? YM_AGE_CONFIRM : YM_AGE_FREE;
	}
	return YM_AGE_FREE;
}

enum ym_code
ym_pack_bundle(
	struct ym_pack *p, const char *id, const struct ym_bundle **ret, struct ym_error *err)
{
	struct named_bundle *node = ym_pack_lookup(&p->bundles, id);
	json_t *json = NULL;
	enum ym_code code;

	if (!node) {
		code = read_json(
			p, "bundle", id, N_("The catalogue has no such bundle"), &json, err);
		if (code)
			return code;
		node = ym_alloc(sizeof *node);
		ym_held_bundle(&node->held, json, &node->bundle);
		node->id = node->bundle.id;
		ym_pack_put(&p->bundles, node);
	}
	*ret = &node->bundle;
	return YM_OK;
}

/* -- the finder -- */

static const struct ym_find *
finder(struct ym_pack *p)
{
	struct ym_stmt *s;

	if (p->finder)
		return p->finder;
	p->finder = ym_find_new();
	s = ym_db_sql(p->db,
		"SELECT is_bundle, id, name, category, codes, aliases FROM entry ORDER BY place");
	while (ym_stmt_step(s, NULL) == YM_OK)
		ym_find_add(p->finder, ym_stmt_col_int(s, 0) != 0, ym_stmt_col_text(s, 1),
			ym_stmt_col_text(s, 2), ym_stmt_col_text(s, 3), ym_stmt_col_text(s, 4),
			ym_stmt_col_text(s, 5));
	ym_stmt_done(s);
	return p->finder;
}

int
ym_pack_find(struct ym_pack *p, const char *query, struct ym_hit *ret, int max)
{
	return ym_find_query(finder(p), query, ret, max);
}

void
ym_pack_each_item(struct ym_pack *p,
	void (*fn)(void *user, const char *id, const char *name, const char *category), void *user)
{
	const struct ym_find *f = finder(p);

	for (int i = 0; i < ym_find_n(f); i++) {
		const struct ym_find_entry *e = ym_find_entry(f, i);

		if (!e->is_bundle)
			fn(user, e->id, e->name, e->category);
	}
}

void
ym_pack_each_bundle(
	struct ym_pack *p, void (*fn)(void *user, const char *id, const char *name), void *user)
{
	const struct ym_find *f = finder(p);

	for (int i = 0; i < ym_find_n(f); i++) {
		const struct ym_find_entry *e = ym_find_entry(f, i);

		if (e->is_bundle)
			fn(user, e->id, e->name);
	}
}

/* -- documents and the calendar -- */

const char *
ym_pack_document(struct ym_pack *p, const char *name)
{
	struct ym_pack_text *t = ym_pack_lookup(&p->documents, name);
	struct ym_stmt *s;

	if (t)
		return t->text;
	s = ym_db_sql(p->db, "SELECT json FROM document WHERE name = :name");
	ym_stmt_text(s, "name", name);
	if (ym_stmt_step(s, NULL) == YM_OK) {
		t = ym_alloc(sizeof *t);
		t->id = ym_strdup(name);
		t->text = ym_strdup(ym_stmt_col_text(s, 0));
		ym_pack_put(&p->documents, t);
	}
	ym_stmt_done(s);
	return t ? t->text : NULL;
}

const struct ym_calendar *
ym_pack_calendar(struct ym_pack *p)
{
	struct ym_stmt *s;

	if (p->calendar)
		return p->calendar;
	p->calendar = ym_calendar_new();
	s = ym_db_sql(p->db,
		"SELECT CAST(substr(name, 6) AS INTEGER) FROM meta WHERE name GLOB 'year *'");
	while (ym_stmt_step(s, NULL) == YM_OK)
		ym_calendar_add_year(p->calendar, (int)ym_stmt_col_int(s, 0));
	ym_stmt_done(s);
	s = ym_db_sql(p->db, "SELECT day, is_work FROM day ORDER BY day");
	while (ym_stmt_step(s, NULL) == YM_OK)
		ym_calendar_add_day(
			p->calendar, (ym_date)ym_stmt_col_int(s, 0), ym_stmt_col_int(s, 1) != 0);
	ym_stmt_done(s);
	return p->calendar;
}
