/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The list of cases: newest first by keyset, lamps, search by number, by person, by name; the story of one case.
 * Names live in one flat array in memory, filled after unlock and wiped at lock. Invariant: rows are masked.
 */
#include <ctype.h>

#include "cases/inner.h"
#include "yimen/text.h"

struct ym_names {
	char *text;             /* names, each ended by '\n', newest case first; what came later is in fresh */
	size_t len, cap;
	struct { uint32_t at; int64_t id; } *entries;
	int n, cap_n;
	int64_t next_id, top_id;
	bool complete;
};

const char *
ym_caselist_item_name(struct ym_casework *w, const char *item)
{
	const struct ym_item *it;
	return *item && !ym_pack_item(w->pack, item, &it, NULL) ? it->name : item;
}

void
ym_caselist_who(struct ym_casework *w, const char *case_no, char *ret, size_t size)
{
	char place[64];
	YM_BUF text = { 0 };
	YM_JSON *j = NULL;
	ret[0] = 0;
	snprintf(place, sizeof(place), "case:%s", case_no);
	if (!ym_fold_open(&w->fold, w->db, place, &text, NULL) && !ym_json_parse(text.data, text.len, "case", &j, NULL) && *ym_json_str(j, "who"))
		ym_text_mask_name(ret, size, ym_json_str(j, "who"));
}

/* rules.md §5: green above half, blue, yellow at a fifth or one day left, red beyond the promise, black beyond the law. */
static const char *
lamp(struct ym_casework *w, const char *state, const char *accepted, const char *promised, const char *statutory)
{
	static const char *const live[] = { "accepted", "reviewing", "special", "deciding", "extended" };
	bool is_live = false, known;
	for (size_t i = 0; i < YM_ARRAY_LEN(live); i++)
		is_live |= !strcmp(state, live[i]);
	ym_date today = ym_date_at(ym_log_now(w->log)), from = ym_date_parse(accepted), due = ym_date_parse(*promised ? promised : statutory);
	ym_date law = ym_date_parse(statutory);
	if (!is_live || from == YM_DATE_NONE || due == YM_DATE_NONE)
		return "";
	if (law != YM_DATE_NONE && today > law)
		return "black";
	if (today > due)
		return "red";
	const struct ym_calendar *cal = ym_pack_calendar(w->pack);
	int total = ym_calendar_workdays(cal, from, due, &known), left = ym_calendar_workdays(cal, today, due, &known);
	if (left <= 1 || left * 5 <= total)
		return "yellow";
	return left * 2 <= total ? "blue" : "green";
}

#define COLUMNS "id, case_no, item, state, exit, due_promised, due_statutory, accepted, changed_ms, seq, holder"

static void
take_row(struct ym_casework *w, struct ym_stmt *s, struct ym_case_row *r)
{
	memset(r, 0, sizeof(*r));
	ym_strlcpy(r->case_no, ym_stmt_col_text(s, 1), sizeof(r->case_no));
	ym_strlcpy(r->item, ym_stmt_col_text(s, 2), sizeof(r->item));
	r->state = ym_flow_state_by_name(ym_stmt_col_text(s, 3));
	r->exit = ym_exit_by_name(ym_stmt_col_text(s, 4));
	ym_strlcpy(r->due, *ym_stmt_col_text(s, 5) ? ym_stmt_col_text(s, 5) : ym_stmt_col_text(s, 6), sizeof(r->due));
	ym_strlcpy(r->lamp, lamp(w, ym_stmt_col_text(s, 3), ym_stmt_col_text(s, 7), ym_stmt_col_text(s, 5), ym_stmt_col_text(s, 6)), sizeof(r->lamp));
	r->at = ym_stmt_col_int(s, 8);
	r->synced = w->acked >= 0 && ym_stmt_col_int(s, 9) <= w->acked;
	r->holder = !strcmp(ym_stmt_col_text(s, 10), ym_log_identity(w->log)->desk);
}

static void
dress(struct ym_casework *w, struct ym_case_row *r)
{
	ym_strlcpy(r->item_name, ym_caselist_item_name(w, r->item), sizeof(r->item_name));
	ym_caselist_who(w, r->case_no, r->who, sizeof(r->who));
}

enum ym_code
ym_caselist_row(struct ym_casework *w, const char *case_no, struct ym_case_row *ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT " COLUMNS " FROM view_case WHERE case_no = :no");
	ym_stmt_text(s, ":no", case_no);
	enum ym_code rc = ym_stmt_step(s, err);
	if (!rc)
		take_row(w, s, ret);
	ym_stmt_done(s);
	if (rc)
		return rc == YM_NOTFOUND ? ym_fail(err, rc, N_("This desk does not know the case"), "no row") : rc;
	dress(w, ret);
	return YM_OK;
}

static int
by_numbers(struct ym_casework *w, char (*nos)[40], int n, const struct ym_caselist_query *q, struct ym_case_row *ret, int max)
{
	int out = 0;
	bool past = !*q->before;
	for (int i = 0; i < n && out < max; i++) {
		struct ym_case_row r;
		if (!past) {
			past = !strcmp(nos[i], q->before);
			continue;
		}
		if (ym_caselist_row(w, nos[i], &r, NULL) || (q->state >= 0 && (int)r.state != q->state))
			continue;
		ret[out++] = r;
	}
	return out;
}

/* A document number: the person's keyed hash under every kind of document that has such a form. */
static int
by_person(struct ym_casework *w, const char *text, char (*ret)[40], int max)
{
	static const char *const kinds[] = { "111", "uscc", "414", "516", "990" };
	char number[64], hash[65];
	int n = 0;
	ym_strlcpy(number, text, sizeof(number));
	for (char *c = number; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	for (size_t k = 0; k < YM_ARRAY_LEN(kinds) && !n; k++) {
		ym_keys_person_hash(w->keys, kinds[k], number, hash);
		struct ym_stmt *s = ym_db_sql(w->db, "SELECT DISTINCT c.case_no FROM view_case_person p JOIN view_case c USING (case_no)"
			" WHERE p.person = :hash ORDER BY c.id DESC LIMIT :max");
		ym_stmt_text(s, ":hash", hash);
		ym_stmt_int(s, ":max", max);
		while (n < max && !ym_stmt_step(s, NULL))
			ym_strlcpy(ret[n++], ym_stmt_col_text(s, 0), 40);
		ym_stmt_done(s);
	}
	explicit_bzero(number, sizeof(number));
	return n;
}

static int64_t
id_of(struct ym_casework *w, const char *case_no)
{
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT id FROM view_case WHERE case_no = :no");
	ym_stmt_text(s, ":no", case_no);
	int64_t id = ym_stmt_step(s, NULL) ? 0 : ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return id;
}

static bool
looks_like_number(const char *text)
{
	size_t n = strlen(text);
	for (const char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c))
			return false;
	return n >= 6;
}

int
ym_caselist_page(struct ym_casework *w, const struct ym_caselist_query *q, struct ym_case_row *ret, int max)
{
	const char *text = q->text ? q->text : "";
	struct ym_caselist_query query = *q;
	query.before = q->before ? q->before : "";
	if (*text) {
		char (*nos)[40] = ym_alloc(1000 * sizeof(*nos));
		int n = 0;
		if (id_of(w, text))
			ym_strlcpy(nos[n++], text, 40);
		if (!n && looks_like_number(text) && ym_keys_is_unlocked(w->keys))
			n = by_person(w, text, nos, 1000);
		if (!n)
			n = ym_names_search(w, text, nos, 1000);
		int out = by_numbers(w, nos, n, &query, ret, max);
		free(nos);
		return out;
	}
	int64_t id = *query.before ? id_of(w, query.before) : INT64_MAX;
	struct ym_stmt *s;
	if (q->backwards)
		s = ym_db_sql(w->db, q->state < 0 ? "SELECT " COLUMNS " FROM view_case WHERE id > :id ORDER BY id LIMIT :max" :
			"SELECT " COLUMNS " FROM view_case WHERE state = :state AND id > :id ORDER BY id LIMIT :max");
	else
		s = ym_db_sql(w->db, q->state < 0 ? "SELECT " COLUMNS " FROM view_case WHERE id < :id ORDER BY id DESC LIMIT :max" :
			"SELECT " COLUMNS " FROM view_case WHERE state = :state AND id < :id ORDER BY id DESC LIMIT :max");
	ym_stmt_int(s, ":id", id);
	ym_stmt_int(s, ":max", max);
	if (q->state >= 0)
		ym_stmt_text(s, ":state", ym_case_state_name((enum ym_case_state)q->state));
	int n = 0;
	while (n < max && !ym_stmt_step(s, NULL))
		take_row(w, s, &ret[n++]);
	ym_stmt_done(s);
	for (int i = 0; q->backwards && i < n / 2; i++) {
		struct ym_case_row r = ret[i];
		ret[i] = ret[n - 1 - i];
		ret[n - 1 - i] = r;
	}
	for (int i = 0; i < n; i++)
		dress(w, &ret[i]);
	return n;
}

int64_t
ym_caselist_count(struct ym_casework *w)
{
	/* Rows are never deleted and ids have no gaps: the greatest id is the count. */
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT coalesce(max(id), 0) FROM view_case");
	int64_t n = ym_stmt_step(s, NULL) ? 0 : ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return n;
}

/* -- names -- */

static void
add_name(struct ym_names *x, int64_t id, const char *name)
{
	size_t n = strlen(name);
	if (!n)
		return;
	if (x->len + n + 2 > x->cap) {
		size_t cap = x->cap ? x->cap * 2 : 1 << 16;
		while (cap < x->len + n + 2)
			cap *= 2;
		char *p = ym_alloc(cap);
		if (x->len)
			memcpy(p, x->text, x->len);
		if (x->text)
			explicit_bzero(x->text, x->len);
		free(x->text);
		x->text = p;
		x->cap = cap;
	}
	if (x->n == x->cap_n) {
		x->cap_n = x->cap_n ? x->cap_n * 2 : 1024;
		x->entries = ym_realloc_array(x->entries, (size_t)x->cap_n, sizeof(*x->entries));
	}
	x->entries[x->n].at = (uint32_t)x->len;
	x->entries[x->n++].id = id;
	memcpy(x->text + x->len, name, n);
	x->text[x->len + n] = '\n';
	x->len += n + 1;
}

/* The name in {"who":"..."}: parsed by jansson, since a name may need unescaping. */
static void
open_name(struct ym_casework *w, struct ym_stmt *s, struct ym_names *x)
{
	size_t n;
	const void *bytes = ym_stmt_col_blob(s, 2, &n);
	char place[64];
	YM_BUF text = { 0 };
	YM_JSON *j = NULL;
	snprintf(place, sizeof(place), "case:%s", ym_stmt_col_text(s, 1));
	if (!ym_keys_unseal(w->keys, YM_KEY_VIEW, place, bytes, n, &text, NULL) && !ym_json_parse(text.data, text.len, "case", &j, NULL))
		add_name(x, ym_stmt_col_int(s, 0), ym_json_str(j, "who"));
}

bool
ym_names_fill(struct ym_casework *w, int n)
{
	if (!ym_keys_is_unlocked(w->keys))
		return false;
	if (!w->names) {
		w->names = ym_alloc(sizeof(*w->names));
		w->names->next_id = w->names->top_id = ym_caselist_count(w);
		w->names->next_id++;
	}
	struct ym_names *x = w->names;
	/* Cases that came since: behind the others, searched first. */
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT c.id, c.case_no, s.bytes FROM view_case c JOIN view_sealed s ON s.place = 'case:' || c.case_no"
		" WHERE c.id > :top ORDER BY c.id LIMIT 1000");
	ym_stmt_int(s, ":top", x->top_id);
	if (x->complete)
		while (!ym_stmt_step(s, NULL)) {
			x->top_id = ym_stmt_col_int(s, 0);
			open_name(w, s, x);
		}
	ym_stmt_done(s);
	if (x->complete)
		return true;
	s = ym_db_sql(w->db, "SELECT c.id, c.case_no, s.bytes FROM view_case c JOIN view_sealed s ON s.place = 'case:' || c.case_no"
		" WHERE c.id < :next ORDER BY c.id DESC LIMIT :n");
	ym_stmt_int(s, ":next", x->next_id);
	ym_stmt_int(s, ":n", n);
	int seen = 0;
	while (!ym_stmt_step(s, NULL)) {
		x->next_id = ym_stmt_col_int(s, 0);
		open_name(w, s, x);
		seen++;
	}
	ym_stmt_done(s);
	if (seen < n)
		x->complete = true;
	return x->complete;
}

void
ym_names_wipe(struct ym_casework *w)
{
	if (!w->names)
		return;
	if (w->names->text)
		explicit_bzero(w->names->text, w->names->cap);
	free(w->names->text);
	free(w->names->entries);
	free(w->names);
	w->names = NULL;
}

int
ym_names_count(const struct ym_casework *w)
{
	return w->names ? w->names->n : 0;
}

bool
ym_names_is_complete(const struct ym_casework *w)
{
	return w->names && w->names->complete;
}

static int
entry_at(const struct ym_names *x, size_t at)
{
	int lo = 0, hi = x->n - 1;
	while (lo < hi) {
		int mid = (lo + hi + 1) / 2;
		if (x->entries[mid].at <= at)
			lo = mid;
		else
			hi = mid - 1;
	}
	return lo;
}

static int
by_id_desc(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? 1 : x > y ? -1 : 0;
}

int
ym_names_search(struct ym_casework *w, const char *text, char (*ret)[40], int max)
{
	if (!*text || strchr(text, '\n'))
		return 0;
	/* The idle slices have filled the array long before, or it is filled now: an answer is never of a part. */
	ym_names_fill(w, ym_names_is_complete(w) ? 1 : 1000000);
	const struct ym_names *x = w->names;
	if (!x)
		return 0;
	int64_t *ids = ym_alloc((size_t)(x->n ? x->n : 1) * sizeof(*ids));
	size_t n = strlen(text), at = 0;
	int found = 0;
	while (at < x->len) {
		const char *p = memmem(x->text + at, x->len - at, text, n);
		if (!p)
			break;
		int e = entry_at(x, (size_t)(p - x->text));
		ids[found++] = x->entries[e].id;
		at = e + 1 < x->n ? x->entries[e + 1].at : x->len;
	}
	qsort(ids, (size_t)found, sizeof(*ids), by_id_desc);
	int out = 0;
	for (int i = 0; i < found && out < max; i++) {
		struct ym_stmt *s = ym_db_sql(w->db, "SELECT case_no FROM view_case WHERE id = :id");
		ym_stmt_int(s, ":id", ids[i]);
		if (!ym_stmt_step(s, NULL))
			ym_strlcpy(ret[out++], ym_stmt_col_text(s, 0), 40);
		ym_stmt_done(s);
	}
	free(ids);
	return out;
}

/* -- the story of one case -- */

struct story { json_t *events; };

static bool
tell(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	struct story *st = user;
	json_t *o = json_pack("{sI ss ss sI}", "seq", (json_int_t)ev->h.seq, "kind", ev->h.kind, "account", ev->h.account, "at",
		(json_int_t)(ev->h.wall_ms + ev->h.offset_ms));
	static const char *const shown[] = { "state", "exit", "template", "paper", "method", "feed", "result", "to", "proposal", "override", "fault" };
	for (size_t i = 0; i < YM_ARRAY_LEN(shown); i++)
		if (*ym_event_attr(&ev->h, shown[i]))
			json_object_set_new(o, shown[i], json_string(ym_event_attr(&ev->h, shown[i])));
	if (erased)
		json_object_set_new(o, "erased", json_true());
	YM_JSON *b = NULL;
	if (body && *body && strcmp(ev->h.kind, "case.rated") && !ym_json_parse(body, strlen(body), "event", &b, NULL) &&
	    *ym_json_str(b, "reason"))
		json_object_set(o, "reason", json_object_get(b, "reason"));
	json_array_append_new(st->events, o);
	return true;
}

enum ym_code
ym_caselist_story(struct ym_casework *w, const char *case_no, const char *purpose, json_t **ret, struct ym_error *err)
{
	struct ym_case_row row;
	enum ym_code rc = ym_caselist_row(w, case_no, &row, err);
	if (rc)
		return rc;
	if (!purpose || !*purpose)
		return ym_fail(err, YM_REFUSED, N_("Say what you look at this case for; it is logged"), "no purpose");
	if ((rc = ym_casework_note_view(w, "case", case_no, purpose, err)))
		return rc;
	struct story st = { json_array() };
	int64_t seqs[512];
	int n = 0;
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT seq FROM view_trail WHERE scope = :no ORDER BY seq");
	ym_stmt_text(s, ":no", case_no);
	while (n < 512 && !ym_stmt_step(s, NULL))
		seqs[n++] = ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	for (int i = 0; i < n && !rc; i++)
		rc = ym_log_walk(w->db, w->keys, seqs[i], seqs[i], tell, &st, err);
	if (rc) {
		json_decref(st.events);
		return rc;
	}
	json_t *o = json_pack("{ss ss ss ss so}", "case_no", case_no, "item", row.item, "item_name", row.item_name, "state", ym_case_state_name(row.state),
		"events", st.events);
	json_t *snapshot;
	if (!ym_snapshot_load(w, case_no, &snapshot, NULL)) {
		json_object_set_new(o, "who", json_string(ym_json_str(snapshot, "who")));
		json_object_set_new(o, "snapshot", snapshot);
	}
	*ret = o;
	return YM_OK;
}
