/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The words of a compiled pack: data, document kinds, labels of roles and registers, code tables. Read when first asked for.
 * Not items and papers (pack.c). Invariant: a table too large to be listed is only searched.
 */
#include "catalog/pack_inner.h"

#include <search.h>

#include "catalog/compiled.h"
#include "catalog/held.h"

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

void
ym_pack_release_words(struct ym_pack *p)
{
	tdestroy(p->datums, free_datum);
	tdestroy(p->kinds, free_kind);
	tdestroy(p->labels, ym_pack_free_text);
	tdestroy(p->tables, free_table);
	tdestroy(p->strings, ym_pack_free_text);
}

/* -- the vocabulary -- */

static void
add_label(struct ym_pack *p, const char *section, const json_t *json)
{
	struct ym_pack_text *t = ym_alloc(sizeof *t);
	const char *label = ym_json_str(json, "label");

	t->id = ym_asprintf("%s/%s", section, ym_json_str(json, "id"));
	t->text = ym_strdup(label[0] ? label : ym_json_str(json, "name"));
	ym_pack_put(&p->labels, t);
}

static void
add_word(struct ym_pack *p, const char *section, json_t *json)
{
	if (!strcmp(section, "datums")) {
		struct named_datum *node = ym_alloc(sizeof *node);

		ym_held_datum(&node->held, json, &node->datum);
		node->id = node->datum.id;
		ym_pack_put(&p->datums, node);
	} else if (!strcmp(section, "kinds")) {
		struct named_kind *node = ym_alloc(sizeof *node);

		ym_held_kind(&node->held, json, &node->kind);
		node->id = node->kind.id;
		ym_pack_put(&p->kinds, node);
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
	node = ym_pack_lookup(&p->datums, id);
	return node ? &node->datum : NULL;
}

const struct ym_kind *
ym_pack_kind(struct ym_pack *p, const char *id)
{
	struct named_kind *node;

	load_words(p);
	node = ym_pack_lookup(&p->kinds, id);
	return node ? &node->kind : NULL;
}

static const char *
label(struct ym_pack *p, const char *section, const char *id)
{
	char key[80];
	struct ym_pack_text *t;

	load_words(p);
	snprintf(key, sizeof key, "%s/%s", section, id);
	t = ym_pack_lookup(&p->labels, key);
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

/* One copy of every string that is handed out from a search. */
static const char *
intern(struct ym_pack *p, const char *s)
{
	struct ym_pack_text *t = ym_pack_lookup(&p->strings, s);

	if (!t) {
		t = ym_alloc(sizeof *t);
		t->id = t->text = ym_strdup(s);
		ym_pack_put(&p->strings, t);
	}
	return t->text;
}

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
	struct named_table *t = ym_pack_lookup(&p->tables, id);
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
		ym_pack_put(&p->tables, t);
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
