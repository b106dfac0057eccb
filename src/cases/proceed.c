/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What follows the window's exit: review, special procedure, extension, decision, withdrawal, termination (yimen/proceed.h).
 * Not whether it may (proceed_guard.c), not the exits (decide.c), not what comes by feed. Invariant: a step is guarded before it is
 * written; the whole case goes into its event.
 */
#include "yimen/proceed.h"

#include "cases/inner.h"

static const struct { const char *name, *label; bool wants_reason; } steps[YM_N_PROCEEDS] = {
	[YM_PROCEED_NONE] = { "", "", false },
	[YM_PROCEED_REVIEW] = { "review", N_("begin the review"), false },
	[YM_PROCEED_SPECIAL] = { "special", N_("special procedure"), true },
	[YM_PROCEED_RESUME] = { "resume", N_("end the special procedure"), false },
	[YM_PROCEED_EXTEND] = { "extend", N_("extend the limit"), true },
	[YM_PROCEED_APPROVE] = { "approve", N_("grant"), false },
	[YM_PROCEED_DENY] = { "deny", N_("deny"), true },
	[YM_PROCEED_SEND_BACK] = { "send_back", N_("send back to be supplemented"), true },
	[YM_PROCEED_READY] = { "ready", N_("the result is here"), false },
	[YM_PROCEED_WITHDRAW] = { "withdraw", N_("withdrawn by the applicant"), true },
	[YM_PROCEED_TERMINATE] = { "terminate", N_("end without a decision"), true },
};

/* 行政许可法 45: what does not count into the limit. */
static const struct ym_option specials[] = { { "hearing", N_("hearing") }, { "tender", N_("tender") }, { "auction", N_("auction") },
	{ "inspection", N_("inspection") }, { "testing", N_("testing") }, { "quarantine", N_("quarantine") }, { "appraisal", N_("appraisal") },
	{ "experts", N_("review by experts") }, { "announcement", N_("public announcement") } };
static const struct ym_option ends[] = { { "overdue", N_("not brought in time") }, { "gone", N_("the applicant no longer exists") },
	{ "false_promise", N_("a promise was false") }, { "other", N_("another cause") } };

const char *
ym_proceed_name(enum ym_proceed p)
{
	return (unsigned)p < YM_N_PROCEEDS ? steps[p].name : "";
}

const char *
ym_proceed_label(enum ym_proceed p)
{
	return (unsigned)p < YM_N_PROCEEDS ? steps[p].label : "";
}

enum ym_proceed
ym_proceed_by_name(const char *name)
{
	for (int p = 1; p < YM_N_PROCEEDS; p++)
		if (ym_streq(steps[p].name, name))
			return (enum ym_proceed)p;
	return YM_PROCEED_NONE;
}

bool
ym_proceed_wants_reason(enum ym_proceed p)
{
	return (unsigned)p < YM_N_PROCEEDS && steps[p].wants_reason;
}

int
ym_proceed_kinds(enum ym_proceed p, const struct ym_option **ret)
{
	*ret = p == YM_PROCEED_SPECIAL ? specials : p == YM_PROCEED_TERMINATE ? ends : NULL;
	return p == YM_PROCEED_SPECIAL ? (int)YM_ARRAY_LEN(specials) : p == YM_PROCEED_TERMINATE ? (int)YM_ARRAY_LEN(ends) : 0;
}

const struct ym_option *
ym_proceed_kind(enum ym_proceed p, const char *id)
{
	const struct ym_option *all;
	int n = ym_proceed_kinds(p, &all);
	for (int i = 0; i < n; i++)
		if (ym_streq(all[i].code, id))
			return &all[i];
	return NULL;
}

/* -- kept with the case -- */

void
ym_proceed_forget(struct ym_matter *m)
{
	for (int i = 0; i < m->n_holds; i++)
		free(m->holds[i].reason);
	free(m->extension.reason);
	m->extension.reason = NULL;
	m->n_holds = 0;
}

json_t *
ym_proceed_to_json(const struct ym_matter *m)
{
	json_t *holds = json_array();
	for (int i = 0; i < m->n_holds; i++) {
		const struct ym_hold *h = &m->holds[i];
		json_array_append_new(holds, json_pack("{ss ss ss ss si ss}", "from", h->from, "until", h->until, "planned", h->planned, "kind", h->kind,
			"days", h->days, "reason", h->reason ? h->reason : ""));
	}
	return json_pack("{so s{si ss ss ss ss ss} ss sb si}", "holds", holds, "extension", "days", m->extension.days, "approver",
		m->extension.approver, "at", m->extension.at, "was_promised", m->extension.was_promised, "was_statutory", m->extension.was_statutory,
		"reason", m->extension.reason ? m->extension.reason : "", "end", m->end_kind, "deemed", m->deemed, "acted", (int)m->acted);
}

void
ym_proceed_from_json(struct ym_matter *m, const json_t *j)
{
	const json_t *e = json_object_get(j, "extension");
	size_t i;
	json_t *x;
	json_array_foreach(json_object_get(j, "holds"), i, x) {
		if (m->n_holds >= YM_MAX_HOLDS)
			break;
		struct ym_hold *h = &m->holds[m->n_holds++];
		*h = (struct ym_hold){ .days = (int)ym_json_int(x, "days", 0), .reason = ym_strdup(ym_json_str(x, "reason")) };
		ym_strlcpy(h->from, ym_json_str(x, "from"), sizeof(h->from));
		ym_strlcpy(h->until, ym_json_str(x, "until"), sizeof(h->until));
		ym_strlcpy(h->planned, ym_json_str(x, "planned"), sizeof(h->planned));
		ym_strlcpy(h->kind, ym_json_str(x, "kind"), sizeof(h->kind));
	}
	m->extension.days = (int)ym_json_int(e, "days", 0);
	ym_strlcpy(m->extension.approver, ym_json_str(e, "approver"), sizeof(m->extension.approver));
	ym_strlcpy(m->extension.at, ym_json_str(e, "at"), sizeof(m->extension.at));
	ym_strlcpy(m->extension.was_promised, ym_json_str(e, "was_promised"), sizeof(m->extension.was_promised));
	ym_strlcpy(m->extension.was_statutory, ym_json_str(e, "was_statutory"), sizeof(m->extension.was_statutory));
	m->extension.reason = ym_strdup(ym_json_str(e, "reason"));
	ym_strlcpy(m->end_kind, ym_json_str(j, "end"), sizeof(m->end_kind));
	m->deemed = ym_json_bool(j, "deemed", false);
	m->acted = (unsigned)ym_json_int(j, "acted", 0);
}

void
ym_visit_proceed_line(const struct ym_visit *v, int c, struct ym_proceed_line *ret)
{
	const struct ym_matter *m = ym_visit_matter(v, c);
	*ret = (struct ym_proceed_line){ .suspended_since = "", .suspended_until = "", .special = "", .notice_due = "" };
	if (!m)
		return;
	ret->deemed = m->deemed;
	ret->extra = m->extension.days;
	ret->notice_due = m->state == YM_CASE_RETURNED ? m->notice_due : "";
	if (m->state != YM_CASE_SPECIAL || !m->n_holds)
		return;
	const struct ym_hold *h = &m->holds[m->n_holds - 1];
	const struct ym_option *k = ym_proceed_kind(YM_PROCEED_SPECIAL, h->kind);
	ret->suspended_since = h->from;
	ret->suspended_until = h->planned;
	ret->special = k ? k->label : "";
}

static void
begin_hold(struct ym_visit *v, struct ym_matter *m, const struct ym_proceeding *p)
{
	struct ym_hold *h = &m->holds[m->n_holds++];
	struct ym_limit limit = { .known = true, .value = p->days, .unit = YM_UNIT_WORKDAY, .text = "" };
	*h = (struct ym_hold){ .days = p->days, .reason = ym_strdup(p->reason) };
	/* A second one on the day on which the first ended begins the day after: days are not taken out twice. */
	ym_date from = ym_date_parse(v->today), before = m->n_holds > 1 ? ym_date_parse(m->holds[m->n_holds - 2].until) : YM_DATE_NONE;
	if (before != YM_DATE_NONE && before >= from)
		from = before + 1;
	ym_date_format(h->from, from);
	ym_date_format(h->planned, ym_calendar_due(ym_pack_calendar(v->w->pack), from - 1, &limit, NULL));
	ym_strlcpy(h->kind, p->kind, sizeof(h->kind));
}

static void
end_hold(struct ym_visit *v, struct ym_matter *m)
{
	if (!m->n_holds || m->holds[m->n_holds - 1].until[0])
		return;
	struct ym_hold *h = &m->holds[m->n_holds - 1];
	ym_strlcpy(h->until, strcmp(h->from, v->today) > 0 ? h->from : v->today, sizeof(h->until));
	ym_clocks_again(v, m);
}

static void
apply(struct ym_visit *v, struct ym_matter *m, const struct ym_proceeding *p)
{
	switch (p->what) {
	case YM_PROCEED_SPECIAL:
		begin_hold(v, m, p);
		break;
	case YM_PROCEED_EXTEND:
		m->extension.days = p->days;
		m->extension.reason = ym_strdup(p->reason);
		ym_strlcpy(m->extension.approver, p->approver, sizeof(m->extension.approver));
		ym_strlcpy(m->extension.at, v->today, sizeof(m->extension.at));
		memcpy(m->extension.was_promised, m->due_promised, sizeof(m->extension.was_promised));
		memcpy(m->extension.was_statutory, m->due_statutory, sizeof(m->extension.was_statutory));
		ym_clocks_again(v, m);
		break;
	case YM_PROCEED_WITHDRAW:
		ym_strlcpy(m->end_kind, "withdrawn", sizeof(m->end_kind));
		end_hold(v, m);
		break;
	case YM_PROCEED_TERMINATE:
		ym_strlcpy(m->end_kind, p->kind, sizeof(m->end_kind));
		end_hold(v, m);
		break;
	case YM_PROCEED_RESUME:
		end_hold(v, m);
		break;
	default:
		break;
	}
	ym_strlcpy(m->reason, p->reason ? p->reason : "", sizeof(m->reason));
	m->acted |= 1u << p->what;
}

struct step { struct ym_matter *m; const struct ym_proceeding *p; const struct ym_flow_row *row; };

/* Promises that are still open stay so: an event with the whole case must name them. */
static int
add_promises(struct ym_visit *v, struct ym_matter *m, struct ym_event_draft *d, char (*keys)[48], char (*dues)[16], int n, int max)
{
	struct ym_stmt *s = ym_db_sql(v->w->db, "SELECT kind, due FROM view_defer WHERE case_no = :no AND state = 'open' ORDER BY kind");
	ym_stmt_text(s, ":no", m->case_no);
	for (int i = 0; n < max && i < YM_LOG_MAX_ATTRS && d->n_attrs < YM_LOG_MAX_ATTRS && !ym_stmt_step(s, NULL); i++, n++) {
		snprintf(keys[n], sizeof(keys[0]), "d.%s", ym_stmt_col_text(s, 0));
		ym_strlcpy(dues[i], ym_stmt_col_text(s, 1), sizeof(dues[0]));
		ym_emit_attr(d, keys[n], dues[i]);
	}
	ym_stmt_done(s);
	return n;
}

static enum ym_code
emit_step(struct ym_visit *v, void *user, struct ym_error *err)
{
	struct step *x = user;
	struct ym_matter *m = x->m;
	enum ym_code rc = ym_emit_prelude(v, err);
	if (rc)
		return rc;
	struct ym_event_draft d = { .kind = x->row->event, .visit = v->id, .case_no = m->case_no, .item = m->item->id, .pack = m->item->pack };
	char days[16], extra[16], keys[YM_EMIT_KEYS][48], dues[YM_LOG_MAX_ATTRS][16];
	YM_FREE char *pauses = ym_clocks_pauses(m);
	snprintf(days, sizeof(days), "%d", x->p->days);
	snprintf(extra, sizeof(extra), "%d", m->extension.days);
	ym_emit_attr(&d, "state", ym_case_state_name(m->state));
	ym_emit_attr(&d, "key", m->key);
	ym_emit_attr(&d, "bundle", m->bundle);
	if (x->p->what == YM_PROCEED_APPROVE || x->p->what == YM_PROCEED_DENY)
		ym_emit_attr(&d, "decider", m->line.decider == YM_BY_WINDOW ? "window" : "approver");
	ym_emit_attr(&d, "accepted", m->accepted);
	/* "-": the calendar of that year is not published, the day that stood there no longer holds. */
	ym_emit_attr(&d, "due_promised", m->due_promised[0] ? m->due_promised : "-");
	ym_emit_attr(&d, "due_statutory", m->due_statutory[0] ? m->due_statutory : "-");
	ym_emit_attr(&d, "what", x->p->kind);
	ym_emit_attr(&d, "days", x->p->days ? days : "");
	ym_emit_attr(&d, "extra", m->extension.days ? extra : "");
	ym_emit_attr(&d, "pauses", pauses);
	ym_emit_attr(&d, "pause_due", m->state == YM_CASE_SPECIAL ? m->holds[m->n_holds - 1].planned : "");
	int n = ym_emit_people(v, m, &d, keys);
	if (m->state != YM_CASE_TERMINATED && m->state != YM_CASE_WITHDRAWN)
		add_promises(v, m, &d, keys, dues, n, (int)YM_ARRAY_LEN(keys));
	YM_JSON *body = ym_snapshot_make(v, m);
	return ym_emit_append(v->w, &d, body, err);
}

/* What a failed commit must give back. */
static void
give_back(struct ym_matter *m, const struct ym_matter *old)
{
	if (m->n_holds > old->n_holds)
		free(m->holds[m->n_holds - 1].reason);
	if (m->extension.reason != old->extension.reason)
		free(m->extension.reason);
	*m = *old;
}

enum ym_code
ym_visit_proceed(struct ym_visit *v, int c, const struct ym_proceeding *p, struct ym_error *err)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	if (!m)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such case"), "index");
	ym_visit_evaluate(v);
	enum ym_code rc = ym_proceed_may(v, m, p->what, err);
	if (!rc)
		rc = ym_proceed_check(v, m, p, err);
	if (rc)
		return rc;
	struct step x = { m, p, ym_flow_row(m->state, steps[p->what].name) };
	struct ym_matter *old = ym_alloc(sizeof(*old));
	*old = *m;
	char *first = m->extension.reason;
	apply(v, m, p);
	m->state = x.row->to;
	rc = ym_visit_commit(v, emit_step, &x, err);
	if (rc)
		give_back(m, old);
	else if (m->extension.reason != first)
		free(first);
	free(old);
	ym_visit_evaluate(v);
	return rc;
}

enum ym_code
ym_visit_take_up(struct ym_visit *v, int c, struct ym_error *err)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	if (!m)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such case"), "index");
	bool returned = m->exit == YM_EXIT_RETURNED && m->state == YM_CASE_RETURNED;
	if (!returned && !(m->exit == YM_EXIT_DEFERRED && m->state == YM_CASE_ACCEPTED && m->owes))
		return ym_fail_on(err, YM_STATE, N_("Only a case that was returned or promised something is taken up again here"), m->item->name, "%s",
			ym_case_state_name(m->state));
	m->was = m->exit;
	m->begun = m->state;
	m->exit = YM_EXIT_NONE;
	m->reason[0] = 0;
	ym_visit_touch(v);
	return YM_OK;
}

enum ym_code
ym_visit_confirm_age(struct ym_visit *v, int c, struct ym_error *err)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	if (!m || !ym_matter_is_open(m))
		return ym_fail(err, YM_STATE, N_("The case is decided"), "confirm");
	if (!v->w->is_officer)
		return ym_fail_on(err, YM_REFUSED, N_("This step needs an officer"), m->item->name, "auxiliary");
	if (ym_pack_age_limit(v->w->pack, m->item, ym_date_parse(v->today)) != YM_AGE_CONFIRM)
		return ym_fail_on(err, YM_STATE, N_("The catalogue's age asks for no confirmation here"), m->item->name, "age");
	m->age_confirmed = true;
	ym_visit_touch(v);
	return YM_OK;
}
