/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reading a compiled pack: a few rows at open, everything else when it is first asked for, then kept.
 * Not the finder (find.c) nor the working days (calendar.c). Invariant: what was returned stays where it is.
 */
#include "catalog/pack.h"

#include <search.h>

#include "catalog/calendar.h"
#include "catalog/compiled.h"
#include "catalog/find.h"
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
struct named_datum {
	const char *id;
	struct ym_held held;
	struct ym_datum datum;
};
struct named_kind {
	const char *id;
	struct ym_held held;
	struct ym_kind kind;
};
struct named_table {
	const char *id;
	struct ym_option *codes;
	int n;
	bool is_large;
};
struct named_text {
	const char *id;
	char *text;
};
struct named_pack {
	const char *id; /* version; owned */
	struct ym_pack *pack;
};

/* Nodes of the trees above all begin with their name. */
struct ym_pack {
	struct ym_db *db;
	char *version, *effective, *published, *folder;
	int n_items, old_days, stale_days;
	void *older, *items, *bundles, *datums, *kinds, *labels, *tables, *documents, *strings;
	struct ym_find *finder;
	struct ym_calendar *calendar;
	bool has_words;
};

static int
by_id(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void *
lookup(void *const *tree, const char *id)
{
	void *found = tfind(&id, tree, by_id);

	return found ? *(void **)found : NULL;
}

static void
put(void **tree, void *node)
{
	if (!tsearch(node, tree, by_id))
		abort();
}

/* One copy of every string that is handed out from a search. */
static const char *
intern(struct ym_pack *p, const char *s)
{
	struct named_text *t = lookup(&p->strings, s);

	if (!t) {
		t = ym_alloc(sizeof *t);
		t->id = t->text = ym_strdup(s);
		put(&p->strings, t);
	}
	return t->text;
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
free_datum(void *node)
{
	ym_held_release(&((struct named_datum *)node)->held);
	free(node);
}

static void
free_kind(void *node)
{
	ym_held_release(&((struct named_kind *)node)->held);
	free(node);
}

static void
free_table(void *node)
{
	struct named_table *t = node;

	for (int i = 0; i < t->n; i++) {
		free((char *)t->codes[i].code);
		free((char *)t->codes[i].label);
	}
	free(t->codes);
	free((char *)t->id);
	free(t);
}

static void
free_pack(void *node)
{
	struct named_pack *n = node;

	ym_pack_close(n->pack);
	free((char *)n->id);
	free(n);
}

static void
free_text(void *node)
{
	struct named_text *t = node;

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
	tdestroy(p->datums, free_datum);
	tdestroy(p->kinds, free_kind);
	tdestroy(p->labels, free_text);
	tdestroy(p->tables, free_table);
	tdestroy(p->documents, free_text);
	tdestroy(p->strings, free_text);
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
	struct named_item *node = lookup(&p->items, id);
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
		put(&p->items, node);
	}
	*ret = &node->item;
	return YM_OK;
}

/* A version is part of a file's name. */
static bool
is_version(const char *s)
{
	size_t n = strlen(s);

	return n && n < 40 && s[0] != '.' &&
		strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

enum ym_code
ym_pack_item_of(struct ym_pack *p, const char *version, const char *id,
	const struct ym_item **ret, struct ym_error *err)
{
	struct named_pack *node = lookup(&p->older, version);
	YM_FREE char *path = NULL;

	if (!is_version(version) || !strcmp(version, p->version))
		return ym_pack_item(p, id, ret, err);
	if (!node) {
		node = ym_alloc(sizeof *node);
		node->id = ym_strdup(version);
		path = ym_asprintf("%s/pack-%s.db", p->folder, version);
		if (ym_pack_open(path, &node->pack, NULL))
			node->pack = NULL; /* not here: remembered, so that it is not looked for again */
		put(&p->older, node);
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
	struct named_bundle *node = lookup(&p->bundles, id);
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
		put(&p->bundles, node);
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

/* -- the vocabulary -- */

static void
add_label(struct ym_pack *p, const char *section, const json_t *json)
{
	struct named_text *t = ym_alloc(sizeof *t);
	const char *label = ym_json_str(json, "label");

	t->id = ym_asprintf("%s/%s", section, ym_json_str(json, "id"));
	t->text = ym_strdup(label[0] ? label : ym_json_str(json, "name"));
	put(&p->labels, t);
}

static void
add_word(struct ym_pack *p, const char *section, json_t *json)
{
	if (!strcmp(section, "datums")) {
		struct named_datum *node = ym_alloc(sizeof *node);

		ym_held_datum(&node->held, json, &node->datum);
		node->id = node->datum.id;
		put(&p->datums, node);
	} else if (!strcmp(section, "kinds")) {
		struct named_kind *node = ym_alloc(sizeof *node);

		ym_held_kind(&node->held, json, &node->kind);
		node->id = node->kind.id;
		put(&p->kinds, node);
	} else {
		add_label(p, section, json);
		json_decref(json);
	}
}

static void
load_words(struct ym_pack *p)
{
	struct ym_stmt *s;

	if (p->has_words)
		return;
	p->has_words = true;
	s = ym_db_sql(p->db, "SELECT section, json FROM word");
	while (ym_stmt_step(s, NULL) == YM_OK) {
		const char *text = ym_stmt_col_text(s, 1);
		json_t *json;

		if (ym_json_parse(text, strlen(text), "word", &json, NULL) == YM_OK)
			add_word(p, ym_stmt_col_text(s, 0), json);
	}
	ym_stmt_done(s);
}

const struct ym_datum *
ym_pack_datum(struct ym_pack *p, const char *id)
{
	struct named_datum *node;

	load_words(p);
	node = lookup(&p->datums, id);
	return node ? &node->datum : NULL;
}

const struct ym_kind *
ym_pack_kind(struct ym_pack *p, const char *id)
{
	struct named_kind *node;

	load_words(p);
	node = lookup(&p->kinds, id);
	return node ? &node->kind : NULL;
}

static const char *
label(struct ym_pack *p, const char *section, const char *id)
{
	char key[80];
	struct named_text *t;

	load_words(p);
	snprintf(key, sizeof key, "%s/%s", section, id);
	t = lookup(&p->labels, key);
	return t ? t->text : "";
}

const char *
ym_pack_role_label(struct ym_pack *p, const char *role)
{
	return label(p, "roles", role);
}

const char *
ym_pack_register_label(struct ym_pack *p, const char *reg)
{
	return label(p, "registers", reg);
}

/* -- code tables -- */

static void
load_codes(struct ym_pack *p, struct named_table *t)
{
	struct ym_stmt *s = ym_db_sql(
		p->db, "SELECT code, label FROM code WHERE code_table = :id ORDER BY place");
	int max = t->n;

	ym_stmt_text(s, "id", t->id);
	t->codes = ym_alloc((size_t)(max + 1) * sizeof *t->codes);
	for (t->n = 0; t->n < max && ym_stmt_step(s, NULL) == YM_OK; t->n++)
		t->codes[t->n] = (struct ym_option){ ym_strdup(ym_stmt_col_text(s, 0)),
			ym_strdup(ym_stmt_col_text(s, 1)) };
	ym_stmt_done(s);
}

/* NULL when there is no such table. */
static const struct named_table *
table(struct ym_pack *p, const char *id)
{
	struct named_table *t = lookup(&p->tables, id);
	struct ym_stmt *s;

	if (t)
		return t;
	s = ym_db_sql(p->db, "SELECT n_codes FROM code_table WHERE id = :id");
	ym_stmt_text(s, "id", id);
	if (ym_stmt_step(s, NULL) == YM_OK) {
		t = ym_alloc(sizeof *t);
		t->id = ym_strdup(id);
		t->n = (int)ym_stmt_col_int(s, 0);
		t->is_large = t->n > YM_COMPILED_SMALL_TABLE;
		if (t->is_large)
			t->n = 0;
		else
			load_codes(p, t);
		put(&p->tables, t);
	}
	ym_stmt_done(s);
	return t;
}

const char *
ym_pack_code_label(struct ym_pack *p, const char *id, const char *code)
{
	const struct named_table *t = table(p, id);
	const char *found = "";
	struct ym_stmt *s;

	for (int i = 0; t && i < t->n; i++)
		if (!strcmp(t->codes[i].code, code))
			return t->codes[i].label;
	if (!t || !t->is_large)
		return "";
	s = ym_db_sql(p->db, "SELECT label FROM code WHERE code_table = :id AND code = :code");
	ym_stmt_text(s, "id", id);
	ym_stmt_text(s, "code", code);
	if (ym_stmt_step(s, NULL) == YM_OK)
		found = intern(p, ym_stmt_col_text(s, 0));
	ym_stmt_done(s);
	return found;
}

const struct ym_option *
ym_pack_table(struct ym_pack *p, const char *id, int *ret_n)
{
	const struct named_table *t = table(p, id);

	*ret_n = t ? t->n : 0;
	return t && !t->is_large ? t->codes : NULL;
}

/* The i-th blank-separated word of text, "" beyond the last. */
static void
word_of(const char *text, int i, char *ret, size_t size)
{
	const char *s = text + strspn(text, " ");
	size_t n;

	while (i-- > 0) {
		s += strcspn(s, " ");
		s += strspn(s, " ");
	}
	n = strcspn(s, " ");
	snprintf(ret, size, "%.*s", (int)n, s);
}

int
ym_pack_code_search(
	struct ym_pack *p, const char *id, const char *text, struct ym_option *ret, int max)
{
	struct ym_stmt *s = ym_db_sql(p->db,
		"SELECT code, label FROM code WHERE code_table = :id"
		" AND (substr(code, 1, length(:a)) = :a OR instr(label, :a)) AND instr(label, :b) AND instr(label, :c)"
		" ORDER BY CASE WHEN code = :a OR label = :a THEN 0 WHEN substr(code, 1, length(:a)) = :a THEN 1"
		" WHEN instr(label, :a) = 1 THEN 2 ELSE 3 END, place LIMIT :max");
	static const char *const params[] = { "a", "b", "c" };
	int n = 0;

	ym_stmt_text(s, "id", id);
	for (int i = 0; i < 3; i++) {
		char word[120];

		word_of(text, i, word, sizeof word);
		ym_stmt_text(s, params[i], word);
	}
	ym_stmt_int(s, "max", max > 0 ? max : 0);
	while (n < max && ym_stmt_step(s, NULL) == YM_OK) {
		ret[n].code = intern(p, ym_stmt_col_text(s, 0));
		ret[n++].label = intern(p, ym_stmt_col_text(s, 1));
	}
	ym_stmt_done(s);
	return n;
}

/* -- documents and the calendar -- */

const char *
ym_pack_document(struct ym_pack *p, const char *name)
{
	struct named_text *t = lookup(&p->documents, name);
	struct ym_stmt *s;

	if (t)
		return t->text;
	s = ym_db_sql(p->db, "SELECT json FROM document WHERE name = :name");
	ym_stmt_text(s, "name", name);
	if (ym_stmt_step(s, NULL) == YM_OK) {
		t = ym_alloc(sizeof *t);
		t->id = ym_strdup(name);
		t->text = ym_strdup(ym_stmt_col_text(s, 0));
		put(&p->documents, t);
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
