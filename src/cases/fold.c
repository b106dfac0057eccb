/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Events to views: the frame in which each kind's function runs (fold_*.c), sealed rows. Not deciding, not appending, not the
 * archive of persons (fold_archive.c).
 * Invariant: a row is a function of headers and bodies alone; no clock, no setting, no random number is read here.
 */
#include "cases/fold_inner.h"

static const char *const tables[] = { "view_visit", "view_case", "view_case_person", "view_defer", "view_check", "view_paper", "view_ticket",
	"view_person", "view_serial", "view_account", "view_shift", "view_feed", "view_quarantine", "view_trail", "view_sealed" };

const char *const *
ym_fold_tables(int *ret_n)
{
	*ret_n = (int)YM_ARRAY_LEN(tables);
	return tables;
}

const char *const *
ym_fold_clear_tables(int *ret_n)
{
	*ret_n = (int)YM_ARRAY_LEN(tables) - 1;
	return tables;
}

const char *
ym_fold_attr(const struct ym_folding *f, const char *key)
{
	return ym_event_attr(f->h, key);
}

int64_t
ym_fold_attr_int(const struct ym_folding *f, const char *key)
{
	return strtoll(ym_fold_attr(f, key), NULL, 10);
}

/* NULL instead of "": the statements keep the old value then. */
const char *
ym_fold_attr_or_null(const struct ym_folding *f, const char *key)
{
	const char *s = ym_fold_attr(f, key);
	return *s ? s : NULL;
}

enum ym_code
ym_fold_run(struct ym_folding *f, const char *sql, const struct ym_fold_value *values, int n)
{
	struct ym_stmt *s = ym_db_sql(f->db, sql);
	for (int i = 0; i < n; i++) {
		if (values[i].is_number)
			ym_stmt_int(s, values[i].name, values[i].number);
		else
			ym_stmt_text(s, values[i].name, values[i].text);
	}
	return ym_stmt_run(s, f->err);
}

enum ym_code
ym_fold_open(const struct ym_fold_context *c, struct ym_db *db, const char *place, struct ym_buf *out, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(db, "SELECT bytes FROM view_sealed WHERE place = :place");
	ym_stmt_text(s, ":place", place);
	enum ym_code rc = ym_stmt_step(s, err);
	if (!rc) {
		size_t n;
		const void *p = ym_stmt_col_blob(s, 0, &n);
		rc = c->keys && ym_keys_is_unlocked(c->keys) ? ym_keys_unseal(c->keys, YM_KEY_VIEW, place, p, n, out, err)
							     : ym_fail(err, YM_STATE, N_("The desk is locked"), "sealed view");
	} else if (rc == YM_NOTFOUND) {
		rc = ym_fail(err, YM_NOTFOUND, N_("Nothing is kept about this"), "view_sealed");
	}
	ym_stmt_done(s);
	return rc;
}

enum ym_code
ym_fold_seal_row(struct ym_folding *f, const char *place, json_t *j, struct ym_buf *sealed)
{
	YM_JSON *own = j;
	if (!f->c->keys || !own)
		return YM_OK;
	char *text = ym_json_dump(own);
	ym_keys_seal(f->c->keys, YM_KEY_VIEW, place, text, strlen(text), sealed);
	explicit_bzero(text, strlen(text));
	free(text);
	struct ym_stmt *s = ym_db_sql(f->db, "INSERT INTO view_sealed (place, bytes) VALUES (:place, :bytes)"
		" ON CONFLICT (place) DO UPDATE SET bytes = excluded.bytes");
	ym_stmt_text(s, ":place", place);
	ym_stmt_blob(s, ":bytes", sealed->data, sealed->len);
	return ym_stmt_run(s, f->err);
}

enum ym_code
ym_fold_seal(struct ym_folding *f, const char *kind, const char *id, json_t *j)
{
	char place[160];
	YM_BUF sealed = { 0 };
	snprintf(place, sizeof(place), "%s:%s", kind, id);
	return ym_fold_seal_row(f, place, j, &sealed);
}

enum ym_code
ym_fold_drop(struct ym_folding *f, const char *kind, const char *id)
{
	char place[160];
	snprintf(place, sizeof(place), "%s:%s", kind, id);
	return YM_FOLD_RUN(f, "DELETE FROM view_sealed WHERE place = :place", YM_FOLD_TEXT(":place", place));
}

enum ym_code
ym_fold_trail(struct ym_folding *f, const char *scope)
{
	if (!*scope)
		return YM_OK;
	return YM_FOLD_RUN(f, "INSERT OR IGNORE INTO view_trail (scope, seq) VALUES (:scope, :seq)",
		YM_FOLD_TEXT(":scope", scope), YM_FOLD_INT(":seq", f->h->seq));
}

enum ym_code
ym_fold_serial(struct ym_folding *f, const char *day, const char *kind, int64_t last)
{
	return YM_FOLD_RUN(f, "INSERT INTO view_serial (desk, day, kind, last) VALUES (:desk, :day, :kind, :last)"
		" ON CONFLICT (desk, day, kind) DO UPDATE SET last = max(last, excluded.last)",
		YM_FOLD_TEXT(":desk", f->h->desk), YM_FOLD_TEXT(":day", day), YM_FOLD_TEXT(":kind", kind),
		YM_FOLD_INT(":last", last));
}

static const struct ym_fold_kind *const kinds[] = { ym_fold_case_kinds, ym_fold_visit_kinds, ym_fold_desk_kinds, ym_fold_feed_kinds };

enum ym_code
ym_fold(void *user, struct ym_db *db, const struct ym_event *ev, const char *body, struct ym_error *err)
{
	struct ym_folding f = { .c = user, .db = db, .ev = ev, .h = &ev->h, .err = err, .at = ev->h.wall_ms + ev->h.offset_ms };
	YM_JSON *j = NULL;
	enum ym_code rc = YM_OK;
	if (body && *body && !f.c->fresh && (rc = ym_json_parse(body, strlen(body), "event", &j, err)))
		return rc;
	f.body = body && f.c->fresh ? (json_t *)f.c->fresh : j;
	ym_date_format(f.day, ym_date_at(f.at));
	if ((rc = ym_fold_trail(&f, ev->h.case_no)) || (rc = ym_fold_trail(&f, ev->h.visit)))
		return rc;
	for (size_t i = 0; i < YM_ARRAY_LEN(kinds); i++)
		for (const struct ym_fold_kind *k = kinds[i]; k->kind; k++)
			if (!strcmp(k->kind, ev->h.kind))
				return k->fn(&f);
	return !strncmp(ev->h.kind, "case.", 5) && *ev->h.case_no ? ym_fold_case_any(&f) : YM_OK;
}

enum ym_code
ym_fold_dump(const struct ym_fold_context *c, struct ym_db *db, struct ym_buf *out, struct ym_error *err)
{
	int n;
	const char *const *clear = ym_fold_clear_tables(&n);
	enum ym_code rc = ym_db_dump(db, clear, n, out, err);
	if (rc)
		return rc;
	struct ym_stmt *s = ym_db_sql(db, "SELECT place, bytes FROM view_sealed ORDER BY place");
	while (!(rc = ym_stmt_step(s, err))) {
		size_t size;
		const void *p = ym_stmt_col_blob(s, 1, &size);
		const char *place = ym_stmt_col_text(s, 0);
		ym_buf_addf(out, "sealed %s ", place);
		if ((rc = ym_keys_unseal(c->keys, YM_KEY_VIEW, place, p, size, out, err)))
			break;
		ym_buf_addc(out, '\n');
	}
	ym_stmt_done(s);
	return rc == YM_NOTFOUND ? YM_OK : rc;
}
