/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the home screen warns of: limits, promises, notices and special procedures that end, and events that the central could not
 * use. Not tickets (queue.c). Invariant: an alert is read from the views; nothing says that it was seen.
 */
#include "cases/inner.h"

#define ROWS_MAX 32 /* of one kind */

struct row {
	char no[40], item[40], extra[96], date[24], pack[24];
};
struct alerts {
	struct ym_casework *w;
	char day[16], soon[16]; /* soon: the next working day */
	struct ym_alert *to;
	int n, max;
	struct row rows[ROWS_MAX]; /* of the kind in hand */
};

static void
add(struct alerts *a, const struct row *r, enum ym_weight weight, const char *msgid)
{
	char who[64];
	if (a->n >= a->max)
		return;
	struct ym_alert *to = &a->to[a->n++];
	*to = (struct ym_alert){ .weight = weight, .msgid = msgid };
	ym_caselist_who(a->w, r->no, who, sizeof(who));
	YM_FREE char *text = ym_asprintf("%s%s%s%s%s%s%s", who, *who ? " · " : "", ym_caselist_item_name(a->w, r->pack, r->item),
		*r->extra ? " · " : "", r->extra, *r->date ? " · " : "", r->date);
	ym_strlcpy(to->case_no, r->no, sizeof(to->case_no));
	ym_strlcpy(to->text, text, sizeof(to->text));
}

/* A day that is past, or comes soon. */
static void
add_due(struct alerts *a, const struct row *r, enum ym_weight if_over, const char *over, const char *soon)
{
	bool is_over = strcmp(r->date, a->day) < 0;
	add(a, r, is_over ? if_over : YM_WARN, is_over ? over : soon);
}

/* The statement gives case, item, date, more, pack. */
static int
read_rows(struct alerts *a, struct ym_stmt *s)
{
	int n = 0;
	for (; n < ROWS_MAX && !ym_stmt_step(s, NULL); n++) {
		struct row *r = &a->rows[n];
		ym_strlcpy(r->no, ym_stmt_col_text(s, 0), sizeof(r->no));
		ym_strlcpy(r->item, ym_stmt_col_text(s, 1), sizeof(r->item));
		ym_strlcpy(r->date, ym_stmt_col_text(s, 2), sizeof(r->date));
		ym_strlcpy(r->extra, ym_stmt_col_text(s, 3), sizeof(r->extra));
		ym_strlcpy(r->pack, ym_stmt_col_text(s, 4), sizeof(r->pack));
	}
	ym_stmt_done(s);
	return n;
}

/* Of the cases that this desk holds. */
static int
find(struct alerts *a, const char *sql)
{
	struct ym_stmt *s = ym_db_sql(a->w->db, sql);
	ym_stmt_text(s, ":desk", ym_log_identity(a->w->log)->desk);
	return read_rows(a, s);
}

static int
find_due(struct alerts *a, const char *sql)
{
	struct ym_stmt *s = ym_db_sql(a->w->db, sql);
	ym_stmt_text(s, ":desk", ym_log_identity(a->w->log)->desk);
	ym_stmt_text(s, ":soon", a->soon);
	return read_rows(a, s);
}

static void
add_quarantined(struct alerts *a)
{
	int n = read_rows(a, ym_db_sql(a->w->db, "SELECT q.case_no, coalesce(c.item, ''), '', q.event_seq, coalesce(c.pack, '')"
		" FROM view_quarantine q LEFT JOIN view_case c USING (case_no) WHERE q.repaired = 0 ORDER BY q.number"));
	for (int i = 0; i < n; i++) {
		struct row *r = &a->rows[i];
		char place[120];
		YM_BUF text = { 0 };
		YM_JSON *j = NULL;
		snprintf(place, sizeof(place), "quarantine:%s", r->extra);
		r->extra[0] = 0;
		if (!ym_fold_open(&a->w->fold, a->w->db, place, &text, NULL) && !ym_json_parse(text.data, text.len, "quarantine", &j, NULL))
			ym_strlcpy(r->extra, ym_json_str(j, "reason"), sizeof(r->extra));
		add(a, r, YM_BLOCK, N_("The central could not use an event of this case: repair it"));
	}
}

static void
add_deferred(struct alerts *a)
{
	int n = find_due(a, "SELECT d.case_no, c.item, d.due, d.kind, c.pack FROM view_defer d JOIN view_case c USING (case_no)"
		" WHERE d.state = 'open' AND d.due <= :soon AND c.holder = :desk AND c.state IN ('accepted', 'reviewing', 'deciding', 'extended')"
		" ORDER BY d.due");
	for (int i = 0; i < n; i++) {
		const struct ym_kind *kind = ym_pack_kind(a->w->pack, a->rows[i].extra);
		if (kind)
			ym_strlcpy(a->rows[i].extra, kind->name, sizeof(a->rows[i].extra));
		add_due(a, &a->rows[i], YM_BLOCK, N_("A deferred document was not brought: end the case in writing"), N_("A deferred document is due"));
	}
}

static void
add_limits(struct alerts *a)
{
	/* Every state of the index view_case_live is named, so that it serves; a limit that stands still warns below. */
	int n = find_due(a, "SELECT case_no, item, due_promised, '', pack FROM view_case WHERE state IN ('accepted', 'reviewing', 'special',"
		" 'deciding', 'extended') AND state <> 'special' AND due_promised <> '' AND due_promised <= :soon AND holder = :desk"
		" ORDER BY due_promised LIMIT 32");
	for (int i = 0; i < n; i++)
		add_due(a, &a->rows[i], YM_BLOCK, N_("The promised limit has passed"), N_("The promised limit is near"));
	n = find_due(a, "SELECT case_no, item, pause_due, '', pack FROM view_case WHERE state = 'special' AND pause_due <> ''"
		" AND pause_due <= :soon AND holder = :desk ORDER BY pause_due LIMIT 32");
	for (int i = 0; i < n; i++)
		add_due(a, &a->rows[i], YM_BLOCK, N_("The special procedure should have ended: the limit stands still"),
			N_("The special procedure is to end"));
}

/* rules.md §1: five working days to accept or to tell everything; then it counts as accepted. A notice has its end too. */
static void
add_intake(struct alerts *a)
{
	int n = find(a, "SELECT case_no, item, received_ms, '', pack FROM view_case WHERE state = 'received' AND holder = :desk"
		" ORDER BY received_ms LIMIT 32");
	for (int i = 0; i < n; i++) {
		struct row *r = &a->rows[i];
		ym_date received = ym_date_at(strtoll(r->date, NULL, 10));
		ym_date_format(r->date, ym_calendar_notice_due(ym_pack_calendar(a->w->pack), received, NULL));
		if (strcmp(r->date, a->soon) <= 0)
			add_due(a, r, YM_BLOCK, N_("Taken in more than five working days ago and not decided"),
				N_("Accept it or tell what is missing: after the fifth working day it counts as accepted"));
	}
	n = find(a, "SELECT case_no, item, accepted, '', pack FROM view_case WHERE state = 'accepted' AND deemed > 0 AND holder = :desk"
		" ORDER BY accepted LIMIT 32");
	for (int i = 0; i < n; i++)
		add(a, &a->rows[i], YM_BLOCK, N_("Counts as accepted since it was taken in: nothing was told within five working days"));
	n = find_due(a, "SELECT case_no, item, notice_due, '', pack FROM view_case WHERE state = 'returned' AND notice_due <> ''"
		" AND notice_due <= :soon AND holder = :desk ORDER BY notice_due LIMIT 32");
	for (int i = 0; i < n; i++)
		add_due(a, &a->rows[i], YM_WARN, N_("Not supplemented in time: end the case in writing"), N_("What the notice named is due"));
}

int
ym_queue_alerts(struct ym_casework *w, struct ym_alert *ret, int max)
{
	struct alerts a = { .w = w, .to = ret, .max = max };
	struct ym_limit one = { .known = true, .value = 1, .unit = YM_UNIT_WORKDAY };
	ym_date today = ym_date_at(ym_log_now(w->log));

	ym_date_format(a.day, today);
	ym_date_format(a.soon, ym_calendar_due(ym_pack_calendar(w->pack), today, &one, NULL));
	add_quarantined(&a);
	add_deferred(&a);
	add_limits(&a);
	add_intake(&a);
	return a.n;
}
