/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The limits of a case: planned, with the days that do not count, extended once (rules.md §4). Not the calendar itself (catalog).
 * Invariant: the promised and the statutory limit run from the same day; both stop and start together.
 */
#include "cases/inner.h"

static void
clock(struct ym_visit *v, const struct ym_limit *limit, ym_date from, char out[16], bool *known)
{
	out[0] = 0;
	if (!limit->known)
		return;
	bool sure = true;
	ym_date due = limit->value == 0 ? from : ym_calendar_due(ym_pack_calendar(v->w->pack), from, limit, &sure);
	/* A date that the next holiday notice moves is no date: the limit itself is told instead. */
	if (sure)
		ym_date_format(out, due);
	*known &= sure;
}

void
ym_clocks_plan(struct ym_visit *v, struct ym_matter *m, ym_date from, char promised[16], char statutory[16], bool *ret_known)
{
	*ret_known = true;
	clock(v, &m->item->promised, from, promised, ret_known);
	clock(v, &m->item->statutory, from, statutory, ret_known);
}

void
ym_clocks_accept(struct ym_visit *v, struct ym_matter *m, ym_date from)
{
	ym_date_format(m->accepted, from);
	ym_clocks_plan(v, m, from, m->due_promised, m->due_statutory, &m->calendar_known);
	if (m->fee_state == YM_FEE_NONE && m->fee_plan > 0) {
		m->fee_state = YM_FEE_DUE;
		m->fee_fen = m->fee_plan;
	}
}

char *
ym_clocks_pauses(const struct ym_matter *m)
{
	YM_BUF out = { 0 };
	for (int i = 0; i < m->n_holds; i++)
		ym_buf_addf(&out, "%s%s/%s", i ? "," : "", m->holds[i].from, m->holds[i].until);
	return ym_strdup(ym_buf_str(&out));
}

int
ym_clocks_parse(const char *pauses, struct ym_pause *ret, int max)
{
	int n = 0;
	while (n < max && strlen(pauses) > 10 && pauses[10] == '/') {
		char day[16];
		snprintf(day, sizeof(day), "%.10s", pauses);
		ret[n].from = ym_date_parse(day);
		ret[n].until = YM_DATE_NONE;
		pauses += 11;
		if (*pauses && *pauses != ',') {
			snprintf(day, sizeof(day), "%.10s", pauses);
			ret[n].until = ym_date_parse(day);
			pauses += strlen(day);
		}
		if (ret[n].from == YM_DATE_NONE)
			break;
		n++;
		if (*pauses != ',')
			break;
		pauses++;
	}
	return n;
}

static void
again(struct ym_visit *v, const struct ym_matter *m, const struct ym_limit *limit, const struct ym_pause *pauses, int n, char out[16], bool *known)
{
	ym_date from = ym_date_parse(m->accepted);
	bool sure = true;
	if (!limit->known || limit->value == 0 || from == YM_DATE_NONE)
		return;
	ym_date due = ym_calendar_due_paused(ym_pack_calendar(v->w->pack), from, limit, pauses, n, m->extension.days, &sure);
	/* While a pause is open nobody can say when it ends: the old day stands, and the case says that its clock is stopped. */
	if (due == YM_DATE_NONE)
		return;
	out[0] = 0;
	if (sure)
		ym_date_format(out, due);
	*known &= sure;
}

void
ym_clocks_again(struct ym_visit *v, struct ym_matter *m)
{
	struct ym_pause pauses[YM_MAX_HOLDS];
	char *text = ym_clocks_pauses(m);
	int n = ym_clocks_parse(text, pauses, YM_MAX_HOLDS);
	free(text);
	m->calendar_known = true;
	again(v, m, &m->item->promised, pauses, n, m->due_promised, &m->calendar_known);
	again(v, m, &m->item->statutory, pauses, n, m->due_statutory, &m->calendar_known);
}

bool
ym_clocks_is_overdue(struct ym_visit *v, const struct ym_matter *m)
{
	if (m->state == YM_CASE_RETURNED)
		return m->notice_due[0] && strcmp(m->notice_due, v->today) < 0;
	struct ym_stmt *s = ym_db_sql(v->w->db, "SELECT 1 FROM view_defer WHERE case_no = :no AND state = 'open' AND due < :today LIMIT 1");
	ym_stmt_text(s, ":no", m->case_no);
	ym_stmt_text(s, ":today", v->today);
	bool over = !ym_stmt_step(s, NULL);
	ym_stmt_done(s);
	return over;
}
