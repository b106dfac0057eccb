/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The archive of persons, second half: what was captured of each (pages, portraits, fingerprints), folded from the cases
 * it was captured for; and what each signed on the pad. Row "capture:HASH": {"list":[{"kind","t","desk","grade","note","item",
 * "visits":[ID],"pages":[{"sm3","key","media","what"}]}]}: item is the purpose, what the source ("card": the identity card's own
 * fingerprints); a signature has "document" too, and is offered to nobody. Not the content (blobs).
 * Invariant: an entry goes with the last visit whose case it belongs to; what no case used is never here.
 */
#include "cases/fold_inner.h"

#define CAPTURES_MAX 60 /* of one person: the newest */
#define SIGNATURES_MAX 20 /* among them: a portrait that may be used again is not pushed out by what may not */

static json_t *
load(struct ym_folding *f, const char *hash)
{
	char place[96];
	YM_BUF text = { 0 };
	json_t *j = NULL;

	snprintf(place, sizeof place, "capture:%s", hash);
	if (!ym_fold_open(f->c, f->db, place, &text, NULL) && !ym_json_parse(text.data, text.len, "capture", &j, NULL) &&
		json_is_array(json_object_get(j, "list")))
		return j;
	json_decref(j);
	return json_pack("{s[]}", "list");
}

static const char *
first_sm3(const json_t *entry)
{
	return ym_json_str(json_array_get(json_object_get(entry, "pages"), 0), "sm3");
}

static json_t *
find(json_t *list, const json_t *material)
{
	size_t i;
	json_t *e;

	json_array_foreach(list, i, e)
		if (ym_streq(ym_json_str(e, "kind"), ym_json_str(material, "kind")) && ym_streq(first_sm3(e), first_sm3(material)))
			return e;
	return NULL;
}

static void
add_visit(json_t *entry, const char *visit)
{
	json_t *visits = json_object_get(entry, "visits");
	size_t i;
	json_t *v;

	json_array_foreach(visits, i, v)
		if (ym_streq(json_string_value(v), visit))
			return;
	json_array_append_new(visits, json_string(visit));
}

/* What an officer captured of the person here is as good as a register; a copy of a paper is only as good as the paper. */
static const char *
grade_of(const json_t *material)
{
	const json_t *p = json_array_get(json_object_get(material, "pages"), 0);

	return *ym_json_str(p, "what") ? "A" : "B";
}

static void
add(struct ym_folding *f, json_t *list, const json_t *m)
{
	const char *desk = ym_json_str(m, "desk");
	json_t *e = find(list, m);

	if (e) {
		add_visit(e, f->h->visit);
		/* pages may have been added or dropped since */
		json_object_set(e, "pages", json_object_get(m, "pages"));
		return;
	}
	e = json_pack("{ss sI ss ss ss ss s[s] sO}", "kind", ym_json_str(m, "kind"), "t", (json_int_t)ym_json_int(m, "t", 0), "desk",
		*desk ? desk : f->h->desk, "grade", grade_of(m), "note", ym_json_str(m, "note"), "item", f->h->item, "visits", f->h->visit,
		"pages", json_object_get(m, "pages"));
	if (e)
		json_array_append_new(list, e);
	while (json_array_size(list) > CAPTURES_MAX)
		json_array_remove(list, 0);
}

enum ym_code
ym_fold_captures(struct ym_folding *f, const char *hash, int who, const json_t *snapshot)
{
	YM_JSON *row = NULL;
	size_t i;
	json_t *m;

	if (strlen(hash) != 64 || !*f->h->visit)
		return YM_OK;
	json_array_foreach(json_object_get(snapshot, "materials"), i, m) {
		if (ym_json_int(m, "who", 0) != who || !ym_streq(ym_json_str(m, "state"), "captured") || !json_array_size(json_object_get(m, "pages")))
			continue;
		if (!row)
			row = load(f, hash);
		add(f, json_object_get(row, "list"), m);
	}
	return row ? ym_fold_seal(f, "capture", hash, json_incref(row)) : YM_OK;
}

static void
drop_old_signatures(json_t *list)
{
	int n = 0;

	for (size_t i = json_array_size(list); i-- > 0;)
		if (json_object_get(json_array_get(list, i), "document") && ++n > SIGNATURES_MAX)
			json_array_remove(list, i);
}

enum ym_code
ym_fold_signature(struct ym_folding *f, const char *hash)
{
	json_t *e = json_pack("{ss sI ss ss ss ss ss s[s] sO}", "kind", "signature", "t", (json_int_t)f->at, "desk", f->h->desk, "grade",
		ym_json_str(f->body, "grade"), "note", ym_json_str(f->body, "purpose"), "document", ym_json_str(f->body, "document"), "item", f->h->item,
		"visits", f->h->visit, "pages", json_object_get(f->body, "pages"));
	YM_JSON *row = NULL;

	if (!e || strlen(hash) != 64 || !*f->h->visit) {
		json_decref(e);
		return YM_OK;
	}
	row = load(f, hash);
	json_array_append_new(json_object_get(row, "list"), e);
	drop_old_signatures(json_object_get(row, "list"));
	return ym_fold_seal(f, "capture", hash, json_incref(row));
}

static void
forget_visit(json_t *list, const char *visit)
{
	for (size_t i = json_array_size(list); i-- > 0;) {
		json_t *visits = json_object_get(json_array_get(list, i), "visits");

		for (size_t k = json_array_size(visits); k-- > 0;)
			if (ym_streq(json_string_value(json_array_get(visits, k)), visit))
				json_array_remove(visits, k);
		if (!json_array_size(visits))
			json_array_remove(list, i);
	}
}

enum ym_code
ym_fold_captures_forget_of(struct ym_folding *f, const char *hash)
{
	YM_JSON *row = load(f, hash);
	json_t *list = json_object_get(row, "list");
	size_t before = json_array_size(list);

	forget_visit(list, f->h->visit);
	if (json_array_size(list) == before)
		return YM_OK;
	return json_array_size(list) ? ym_fold_seal(f, "capture", hash, json_incref(row)) : ym_fold_drop(f, "capture", hash);
}

enum ym_code
ym_fold_captures_forget(struct ym_folding *f)
{
	struct ym_stmt *s = ym_db_sql(f->db, "SELECT DISTINCT person FROM view_case_person WHERE case_no IN"
		" (SELECT case_no FROM view_case WHERE visit = :visit)");
	YM_JSON *hashes = json_array();
	enum ym_code rc;
	size_t i;
	json_t *hash;

	ym_stmt_text(s, ":visit", f->h->visit);
	while (!(rc = ym_stmt_step(s, f->err)))
		json_array_append_new(hashes, json_string(ym_stmt_col_text(s, 0)));
	ym_stmt_done(s);
	if (rc != YM_NOTFOUND)
		return rc;
	rc = YM_OK;
	if (!f->c->keys)
		return rc;
	json_array_foreach(hashes, i, hash)
		if ((rc = ym_fold_captures_forget_of(f, json_string_value(hash))))
			break;
	return rc;
}
