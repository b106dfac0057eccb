/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Whether a case may take a step: the flow table, the desk that holds it, who is signed in, the limits of the law. Not taking it
 * (proceed.c). Invariant: nothing is changed here.
 */
#include "cases/inner.h"
#include "yimen/text.h"

/* rules.md §1: who took the case in is not who approves it. */
static bool
account_in(const struct ym_event_header *h, const char *account)
{
	return !strncmp(h->kind, "case.", 5) && *ym_event_attr(h, "exit") && !strcmp(h->account, account);
}

struct hand { const char *account; bool found; };

static bool
look_for_hand(void *user, const struct ym_event *ev, const char *body, bool erased)
{
	struct hand *x = user;
	x->found |= account_in(&ev->h, x->account);
	return !x->found;
}

static bool
took_it_in(struct ym_casework *w, const char *case_no)
{
	struct hand x = { w->account, false };
	int64_t seqs[64];
	int n = 0;
	struct ym_stmt *s = ym_db_sql(w->db, "SELECT seq FROM view_trail WHERE scope = :no ORDER BY seq LIMIT 64");
	ym_stmt_text(s, ":no", case_no);
	while (n < 64 && !ym_stmt_step(s, NULL))
		seqs[n++] = ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	for (int i = 0; i < n && !x.found; i++)
		if (ym_log_walk(w->db, NULL, seqs[i], seqs[i], look_for_hand, &x, NULL))
			return true;
	return x.found;
}

static enum ym_code
may_judge(struct ym_visit *v, const struct ym_matter *m, struct ym_error *err)
{
	if (m->line.decider == YM_BY_WINDOW)
		return YM_OK;
	if (!ym_casework_has_post(v->w, "review"))
		return ym_fail_on(err, YM_REFUSED, N_("An approver decides this item: it waits for the central, or for an account of the review post here"),
			m->item->name, "no review post");
	if (took_it_in(v->w, m->case_no))
		return ym_fail_on(err, YM_REFUSED, N_("Who took a case in does not approve it: another account must"), m->item->name, "same account");
	return YM_OK;
}

static bool
is_held_here(struct ym_visit *v, const struct ym_matter *m)
{
	struct ym_stmt *s = ym_db_sql(v->w->db, "SELECT holder FROM view_case WHERE case_no = :no");
	ym_stmt_text(s, ":no", m->case_no);
	bool here = !ym_stmt_step(s, NULL) && !strcmp(ym_stmt_col_text(s, 0), ym_log_identity(v->w->log)->desk);
	ym_stmt_done(s);
	return here;
}

static bool
owes_something(struct ym_visit *v, const struct ym_matter *m)
{
	struct ym_stmt *s = ym_db_sql(v->w->db, "SELECT 1 FROM view_defer WHERE case_no = :no AND state = 'open' LIMIT 1");
	ym_stmt_text(s, ":no", m->case_no);
	bool owes = !ym_stmt_step(s, NULL);
	ym_stmt_done(s);
	return owes;
}

static enum ym_code
may_extend(struct ym_visit *v, const struct ym_matter *m, struct ym_error *err)
{
	const char *due = m->due_statutory[0] ? m->due_statutory : m->due_promised;
	if (m->extension.days)
		return ym_fail_on(err, YM_REFUSED, N_("A limit is extended once only"), m->item->name, "twice");
	if (!*due || !m->accepted[0])
		return ym_fail_on(err, YM_REFUSED, N_("The item has no limit that could be extended"), m->item->name, "no limit");
	if (strcmp(v->today, due) > 0)
		return ym_fail_on(err, YM_REFUSED, N_("The limit has passed: it can no longer be extended"), m->item->name, "%s", due);
	return YM_OK;
}

enum ym_code
ym_proceed_may(struct ym_visit *v, struct ym_matter *m, enum ym_proceed p, struct ym_error *err)
{
	enum ym_case_state to;
	if ((unsigned)p >= YM_N_PROCEEDS || p == YM_PROCEED_NONE)
		return ym_fail(err, YM_INVALID, N_("There is no such step"), "proceed");
	if (!*v->w->account)
		return ym_fail(err, YM_STATE, N_("Sign in first"), "no account");
	if (!m->case_no[0])
		return ym_fail_on(err, YM_STATE, N_("Decide the case first"), m->item->name, "no number");
	enum ym_code rc = ym_flow_step(m->state, ym_proceed_name(p), &to, err);
	if (rc)
		return rc;
	if (!v->w->is_officer)
		return ym_fail_on(err, YM_REFUSED, N_("This step needs an officer"), m->item->name, "auxiliary");
	if (!is_held_here(v, m))
		return ym_fail_on(err, YM_REFUSED, N_("Another desk holds this case: ask for it first"), m->item->name, "not the holder");
	switch (p) {
	case YM_PROCEED_APPROVE:
		if (owes_something(v, m))
			return ym_fail_on(err, YM_REFUSED, N_("What was promised must be here before the result is given"), m->item->name, "deferred");
		return may_judge(v, m, err);
	case YM_PROCEED_DENY:
		if (!m->item->refusable)
			return ym_fail_on(err, YM_REFUSED, N_("This kind of case cannot be refused"), m->item->name, "not refusable");
		return may_judge(v, m, err);
	case YM_PROCEED_REVIEW:
	case YM_PROCEED_SEND_BACK:
		return may_judge(v, m, err);
	case YM_PROCEED_EXTEND:
		return may_extend(v, m, err);
	case YM_PROCEED_SPECIAL:
		return m->n_holds < YM_MAX_HOLDS ? YM_OK : ym_fail_on(err, YM_REFUSED, N_("The case was suspended too often"), m->item->name, "max holds");
	default:
		return YM_OK;
	}
}

enum ym_code
ym_visit_may_proceed(struct ym_visit *v, int c, enum ym_proceed p, struct ym_error *err)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	return m ? ym_proceed_may(v, m, p, err) : ym_fail(err, YM_NOTFOUND, N_("There is no such case"), "index");
}

/* rules.md §4: ten working days, fifteen where several authorities have 45 together. */
static int
most_days(const struct ym_matter *m)
{
	return m->item->statutory.known && m->item->statutory.unit == YM_UNIT_WORKDAY && m->item->statutory.value >= 45 ? 15 : 10;
}

enum ym_code
ym_proceed_check(struct ym_visit *v, struct ym_matter *m, const struct ym_proceeding *p, struct ym_error *err)
{
	const struct ym_option *all;
	const char *reason = p->reason ? p->reason : "";
	if (ym_proceed_kinds(p->what, &all) && !ym_proceed_kind(p->what, p->kind))
		return ym_fail(err, YM_INVALID, N_("Say which kind it is"), "kind");
	if (p->what == YM_PROCEED_TERMINATE && !strcmp(p->kind, "overdue") && !ym_clocks_is_overdue(v, m))
		return ym_fail_on(err, YM_REFUSED, N_("Nothing of this case is overdue yet"), m->item->name, "not overdue");
	if (ym_proceed_wants_reason(p->what) && ym_text_length(reason) < 4)
		return ym_fail(err, YM_INVALID, N_("The reason needs at least four characters: the paper tells it"), "reason");
	if (strlen(reason) >= sizeof(m->reason) || !ym_text_is_clean(reason, true))
		return ym_fail(err, YM_INVALID, N_("The reason is too long"), "reason");
	if (p->what == YM_PROCEED_SPECIAL && (p->days < 1 || p->days > 366))
		return ym_fail(err, YM_INVALID, N_("Say how many working days it will take"), "days");
	if (p->what == YM_PROCEED_EXTEND && (p->days < 1 || p->days > most_days(m))) {
		char most[8];
		snprintf(most, sizeof(most), "%d", most_days(m));
		return ym_fail_on(err, YM_INVALID, N_("An extension has at most so many working days"), most, "days");
	}
	if (p->what == YM_PROCEED_EXTEND && (ym_text_length(p->approver) < 2 || strlen(p->approver) >= sizeof(m->extension.approver) ||
		!ym_text_is_clean(p->approver, false)))
		return ym_fail(err, YM_INVALID, N_("Say who of the authority approved the extension"), "approver");
	return YM_OK;
}
