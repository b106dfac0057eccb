/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The list of cases: newest first by keyset, lamps, search by number, by person, by name; the story of one case.
 * Not the names in memory (names.c). Invariant: rows are masked.
 */
#include <ctype.h>

#include "cases/inner.h"
#include "yimen/text.h"

const char *
ym_caselist_item_name(struct ym_casework *w, const char *pack, const char *item)
{
	const struct ym_item *it;
	return *item && !ym_pack_item_of(w->pack, pack, item, &it, NULL) ? it->name : item;
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

/* The clock runs while somebody here has the next step; under the special procedure (its time is not counted) it stands. */
static bool
clock_runs(enum ym_case_state s)
{
	return s == YM_CASE_ACCEPTED || s == YM_CASE_REVIEWING || s == YM_CASE_DECIDING || s == YM_CASE_EXTENDED;
}

/* What was written at acceptance; a limit whose year had no calendar then is counted as soon as it has one. */
static ym_date
due_date(struct ym_casework *w, const char *written, const struct ym_limit *limit, ym_date accepted, const struct ym_pause *pauses, int n, int extra)
{
	bool known = true;
	ym_date due = ym_date_parse(written);
	if (due == YM_DATE_NONE && limit && limit->known && limit->value > 0 && accepted != YM_DATE_NONE)
		due = ym_calendar_due_paused(ym_pack_calendar(w->pack), accepted, limit, pauses, n, extra, &known);
	return known ? due : YM_DATE_NONE;
}

static void
take_clock(struct ym_casework *w, struct ym_stmt *s, struct ym_case_row *r)
{
	static const char *const words[] = { [YM_LAMP_NONE] = "", [YM_LAMP_GREEN] = "green", [YM_LAMP_BLUE] = "blue",
		[YM_LAMP_YELLOW] = "yellow", [YM_LAMP_RED] = "red", [YM_LAMP_BLACK] = "black" };
	const struct ym_item *it = NULL;
	const char *promised = ym_stmt_col_text(s, 5), *statutory = ym_stmt_col_text(s, 6);
	ym_strlcpy(r->due, *promised ? promised : statutory, sizeof(r->due));
	if (!clock_runs(r->state))
		return;
	if ((!*promised || !*statutory) && ym_pack_item_of(w->pack, r->pack, r->item, &it, NULL))
		it = NULL;
	struct ym_pause p[YM_MAX_HOLDS];
	int n = ym_clocks_parse(ym_stmt_col_text(s, 12), p, YM_MAX_HOLDS), extra = (int)ym_stmt_col_int(s, 13);
	ym_date from = ym_date_parse(ym_stmt_col_text(s, 7));
	ym_date due = due_date(w, promised, it ? &it->promised : NULL, from, p, n, extra);
	ym_date law = due_date(w, statutory, it ? &it->statutory : NULL, from, p, n, extra);
	if (!*r->due)
		ym_date_format(r->due, due != YM_DATE_NONE ? due : law);
	ym_strlcpy(r->lamp, words[ym_calendar_lamp(ym_pack_calendar(w->pack), from, ym_date_at(ym_log_now(w->log)), due, law, p, n)],
		sizeof(r->lamp));
}

#define COLUMNS "id, case_no, item, state, exit, due_promised, due_statutory, accepted, changed_ms, seq, holder, pack, pauses, extra"

/* Where a row stands in the list, and when it was written last. */
struct place { int64_t id, seq; };

static struct place
take_row(struct ym_casework *w, struct ym_stmt *s, struct ym_case_row *r)
{
	memset(r, 0, sizeof(*r));
	ym_strlcpy(r->case_no, ym_stmt_col_text(s, 1), sizeof(r->case_no));
	ym_strlcpy(r->item, ym_stmt_col_text(s, 2), sizeof(r->item));
	r->state = ym_flow_state_by_name(ym_stmt_col_text(s, 3));
	r->exit = ym_exit_by_name(ym_stmt_col_text(s, 4));
	ym_strlcpy(r->pack, ym_stmt_col_text(s, 11), sizeof(r->pack));
	take_clock(w, s, r);
	r->at = ym_stmt_col_int(s, 8);
	r->synced = w->acked >= 0 && ym_stmt_col_int(s, 9) <= w->acked;
	r->holder = !strcmp(ym_stmt_col_text(s, 10), ym_log_identity(w->log)->desk);
	return (struct place){ ym_stmt_col_int(s, 0), ym_stmt_col_int(s, 9) };
}

/* A page's names stand in memory already, unless the case was written since, or the slices have not come to it yet. */
static void
dress(struct ym_casework *w, const struct place *p, struct ym_case_row *r)
{
	ym_strlcpy(r->item_name, ym_caselist_item_name(w, r->pack, r->item), sizeof(r->item_name));
	if (!ym_names_mask(w, p->id, p->seq, r->who, sizeof(r->who)))
		ym_caselist_who(w, r->case_no, r->who, sizeof(r->who));
}

enum ym_code
ym_caselist_row(struct ym_casework *w, const char *case_no, struct ym_case_row *ret, struct ym_error *err)
{
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT " COLUMNS " FROM view_case WHERE case_no = :no");
	ym_stmt_text(s, ":no", case_no);
	enum ym_code rc = ym_stmt_step(s, err);
	struct place p = { 0 };
	if (!rc)
		p = take_row(w, s, ret);
	ym_stmt_done(s);
	if (rc)
		return rc == YM_NOTFOUND ? ym_fail(err, rc, N_("This desk does not know the case"), "no row") : rc;
	dress(w, &p, ret);
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

#define PERSON_MAX 1000 /* cases of one person */
#define NAMES_A_LOOK 100 /* some milliseconds */

static bool
looks_like_number(const char *text)
{
	size_t n = strlen(text);
	for (const char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c))
			return false;
	return n >= 6;
}

static bool
row_at(struct ym_casework *w, int64_t id, int state, struct ym_case_row *ret)
{
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT " COLUMNS " FROM view_case WHERE id = :id");
	struct place p;
	ym_stmt_int(s, ":id", id);
	bool found = !ym_stmt_step(s, NULL);
	if (found)
		p = take_row(w, s, ret);
	ym_stmt_done(s);
	if (!found || (state >= 0 && (int)ret->state != state))
		return false;
	dress(w, &p, ret);
	return true;
}

static void
turn_round(struct ym_case_row *rows, int n)
{
	for (int i = 0; i < n / 2; i++) {
		struct ym_case_row r = rows[i];
		rows[i] = rows[n - 1 - i];
		rows[n - 1 - i] = r;
	}
}

static int
by_name(struct ym_casework *w, const struct ym_caselist_query *q, struct ym_case_row *ret, int max)
{
	int64_t ids[256], at = *q->before ? id_of(w, q->before) : 0;
	int n = 0, got;
	/* What came since, and before the idle slices are done a small part: the caller says how far back an answer reaches. */
	ym_names_fill(w, NAMES_A_LOOK);
	do {
		got = ym_names_find(w, q->text, at, q->backwards, ids, (int)YM_ARRAY_LEN(ids));
		for (int i = 0; i < got && n < max; i++)
			n += row_at(w, at = ids[i], q->state, &ret[n]);
	} while (n < max && got == (int)YM_ARRAY_LEN(ids));
	if (q->backwards)
		turn_round(ret, n);
	return n;
}

int
ym_caselist_page(struct ym_casework *w, const struct ym_caselist_query *q, struct ym_case_row *ret, int max)
{
	struct ym_caselist_query query = *q;
	query.text = q->text ? q->text : "";
	query.before = q->before ? q->before : "";
	if (*query.text) {
		char (*nos)[40] = ym_alloc(PERSON_MAX * sizeof(*nos));
		int n = 0;
		if (id_of(w, query.text))
			ym_strlcpy(nos[n++], query.text, 40);
		if (!n && looks_like_number(query.text) && ym_keys_is_unlocked(w->keys))
			n = by_person(w, query.text, nos, PERSON_MAX);
		int out = n ? by_numbers(w, nos, n, &query, ret, max) : by_name(w, &query, ret, max);
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
	struct place *places = ym_alloc((size_t)(max > 0 ? max : 1) * sizeof(*places));
	int n = 0;
	for (; n < max && !ym_stmt_step(s, NULL); n++)
		places[n] = take_row(w, s, &ret[n]);
	ym_stmt_done(s);
	for (int i = 0; i < n; i++)
		dress(w, &places[i], &ret[i]);
	free(places);
	if (q->backwards)
		turn_round(ret, n);
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
	static const char *const told[] = { "reason", "signer", "purpose" };
	if (body && *body && strcmp(ev->h.kind, "case.rated") && !ym_json_parse(body, strlen(body), "event", &b, NULL))
		for (size_t i = 0; i < YM_ARRAY_LEN(told); i++)
			if (*ym_json_str(b, told[i]))
				json_object_set(o, told[i], json_object_get(b, told[i]));
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
