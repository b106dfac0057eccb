/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A visit that was erased after its retention: what was sealed in the views from its bodies goes, what other visits told stays.
 * Not erasing the key (tend.c). Invariant: afterwards the views hold what a rebuild without those bodies gives.
 */
#include "cases/fold_inner.h"

#define MOST 256

struct touched {
	struct ym_folding *f;
	char cases[MOST][40], people[MOST][65], wanted[65];
	int n_cases, n_people;
	enum ym_code rc;
};

static void
remember(char *list, size_t width, int *n, const char *value)
{
	for (int i = 0; i < *n; i++)
		if (!strcmp(list + (size_t)i * width, value))
			return;
	if (*value && *n < MOST)
		ym_strlcpy(list + (size_t)(*n)++ * width, value, width);
}

static enum ym_code
each(struct ym_folding *f, struct ym_keys *keys, const char *sql, const char *scope, ym_log_fn fn, void *user)
{
	int64_t *seqs = NULL;
	int n = 0, cap = 0;
	struct ym_stmt *s = ym_db_sql(f->db, sql);
	ym_stmt_text(s, ":scope", scope);
	ym_stmt_int(s, ":before", f->h->seq);
	enum ym_code rc;
	while (!(rc = ym_stmt_step(s, f->err))) {
		if (n == cap) {
			cap = cap ? cap * 2 : 64;
			seqs = ym_realloc_array(seqs, (size_t)cap, sizeof(*seqs));
		}
		seqs[n++] = ym_stmt_col_int(s, 0);
	}
	ym_stmt_done(s);
	rc = rc == YM_NOTFOUND ? YM_OK : rc;
	for (int i = 0; i < n && !rc; i++)
		rc = ym_log_walk(f->db, keys, seqs[i], seqs[i], fn, user, f->err);
	free(seqs);
	return rc;
}

/* What the visit's events were about, by their headers. */
static bool
look(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	struct touched *t = user;
	remember(t->cases[0], sizeof(t->cases[0]), &t->n_cases, ev->h.case_no);
	remember(t->people[0], sizeof(t->people[0]), &t->n_people, ym_event_attr(&ev->h, "person"));
	for (int i = 0; i < ev->h.n_attrs; i++)
		if (!strncmp(ev->h.attrs[i].key, "p.", 2))
			remember(t->people[0], sizeof(t->people[0]), &t->n_people, ev->h.attrs[i].value);
	if (!t->rc && !strcmp(ym_event_attr(&ev->h, "feed"), "event.quarantined"))
		t->rc = ym_fold_drop(t->f, "quarantine", ym_event_attr(&ev->h, "seq"));
	if (!t->rc && !strcmp(ev->h.kind, "paper.signed"))
		t->rc = ym_fold_drop(t->f, "signed", ym_event_attr(&ev->h, "paper"));
	return !t->rc;
}

static json_t *
snapshot_in(const struct ym_event *ev, const char *body)
{
	YM_JSON *j = NULL;
	bool granted = !strcmp(ym_event_attr(&ev->h, "feed"), "case.granted");
	if (!body || !*body || (!granted && (strncmp(ev->h.kind, "case.", 5) || !*ym_event_attr(&ev->h, "key"))))
		return NULL;
	if (ym_json_parse(body, strlen(body), "event", &j, NULL))
		return NULL;
	return json_incref(granted ? json_object_get(j, "snapshot") : j);
}

static bool
reseal_case(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	struct touched *t = user;
	YM_JSON *snapshot = snapshot_in(ev, body);
	if (snapshot)
		t->rc = ym_fold_seal(t->f, "case", ev->h.case_no, json_pack("{ss}", "who", ym_json_str(snapshot, "who")));
	else if (body && !strcmp(ym_event_attr(&ev->h, "feed"), "case.reviewed"))
		t->rc = ym_fold_feed_reason(t->f, ev->h.case_no, body);
	return !t->rc;
}

static bool
reseal_person(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	struct touched *t = user;
	YM_JSON *snapshot = snapshot_in(ev, body);
	size_t i;
	json_t *p;
	if (body && !strcmp(ev->h.kind, "visit.identified") && !strcmp(ym_event_attr(&ev->h, "person"), t->wanted)) {
		YM_JSON *j = NULL;
		if (!ym_json_parse(body, strlen(body), "event", &j, NULL))
			t->rc = ym_fold_archive(t->f, t->wanted, json_object_get(j, "facts"));
	}
	json_array_foreach(json_object_get(snapshot, "persons"), i, p)
		if (!t->rc && !strcmp(ym_json_str(p, "hash"), t->wanted))
			t->rc = ym_fold_archive(t->f, t->wanted, json_object_get(p, "facts"));
	return !t->rc;
}

static enum ym_code
again(struct touched *t)
{
	static const char of_scope[] = "SELECT seq FROM view_trail WHERE scope = :scope AND seq < :before ORDER BY seq";
	static const char of_person[] = "SELECT seq FROM view_trail WHERE scope = :scope AND seq < :before UNION"
		" SELECT t.seq FROM view_case_person p JOIN view_trail t ON t.scope = p.case_no WHERE p.person = :scope AND t.seq < :before ORDER BY 1";
	struct ym_folding *f = t->f;
	enum ym_code rc = each(f, NULL, of_scope, f->h->visit, look, t);
	for (int i = 0; i < t->n_cases && !rc && !t->rc; i++) {
		if (!(rc = ym_fold_drop(f, "case", t->cases[i])) && !(rc = ym_fold_drop(f, "review", t->cases[i])))
			rc = each(f, f->c->keys, of_scope, t->cases[i], reseal_case, t);
	}
	for (int i = 0; i < t->n_people && !rc && !t->rc; i++) {
		memcpy(t->wanted, t->people[i], sizeof(t->wanted));
		/* who signed a paper need be in none of the cases */
		if (!(rc = ym_fold_captures_forget_of(f, t->wanted)) && !(rc = ym_fold_drop(f, "person", t->wanted)))
			rc = each(f, f->c->keys, of_person, t->wanted, reseal_person, t);
	}
	return rc ? rc : t->rc;
}

enum ym_code
ym_fold_erase_visit(struct ym_folding *f)
{
	enum ym_code rc = ym_fold_captures_forget(f);
	if (!rc)
		rc = YM_FOLD_RUN(f, "DELETE FROM view_sealed WHERE place IN (SELECT 'check:' || id FROM view_check WHERE visit = :visit)",
			YM_FOLD_TEXT(":visit", f->h->visit));
	if (rc || !f->c->keys)
		return rc;
	struct touched *t = ym_alloc(sizeof(*t));
	t->f = f;
	rc = again(t);
	free(t);
	return rc;
}
