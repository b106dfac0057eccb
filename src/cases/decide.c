/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The exits of the window: who may, what is logged, the number, the clocks, the one-time notice. Also fee and delivery.
 * Not proposing. Invariant: persons, materials, the case event, its views and the draft commit together or not at all.
 */
#include "base/number.h"
#include "cases/inner.h"
#include "yimen/text.h"

/* What a failed commit must give back. */
struct before {
	char case_no[40], due_promised[16], due_statutory[16], reason[240];
	enum ym_case_state state;
	enum ym_exit exit;
	enum ym_fee_state fee_state;
	int64_t fee_fen, received_at;
	int notices;
	bool owes, calendar_known;
	char accepted[16], notice_due[16];
	json_t *noticed, *visible, *told;
};

static void
keep_before(struct before *b, const struct ym_matter *m)
{
	*b = (struct before){ .state = m->state, .exit = m->exit, .fee_state = m->fee_state, .fee_fen = m->fee_fen, .received_at = m->received_at,
		.notices = m->notices, .owes = m->owes, .calendar_known = m->calendar_known, .noticed = json_incref(m->noticed),
		.visible = json_incref(m->visible), .told = json_incref(m->told) };
	memcpy(b->accepted, m->accepted, sizeof(b->accepted));
	memcpy(b->notice_due, m->notice_due, sizeof(b->notice_due));
	memcpy(b->case_no, m->case_no, sizeof(b->case_no));
	memcpy(b->due_promised, m->due_promised, sizeof(b->due_promised));
	memcpy(b->due_statutory, m->due_statutory, sizeof(b->due_statutory));
	memcpy(b->reason, m->reason, sizeof(b->reason));
}

static void
give_back(struct ym_matter *m, const struct before *b)
{
	json_decref(m->noticed);
	json_decref(m->visible);
	json_decref(m->told);
	m->told = json_incref(b->told);
	memcpy(m->accepted, b->accepted, sizeof(b->accepted));
	memcpy(m->notice_due, b->notice_due, sizeof(b->notice_due));
	m->noticed = json_incref(b->noticed);
	m->visible = json_incref(b->visible);
	m->state = b->state;
	m->exit = b->exit;
	m->fee_state = b->fee_state;
	m->fee_fen = b->fee_fen;
	m->received_at = b->received_at;
	m->notices = b->notices;
	m->owes = b->owes;
	m->calendar_known = b->calendar_known;
	memcpy(m->case_no, b->case_no, sizeof(b->case_no));
	memcpy(m->due_promised, b->due_promised, sizeof(b->due_promised));
	memcpy(m->due_statutory, b->due_statutory, sizeof(b->due_statutory));
	memcpy(m->reason, b->reason, sizeof(b->reason));
}

static void
drop_before(struct before *b)
{
	json_decref(b->noticed);
	json_decref(b->visible);
	json_decref(b->told);
}

static bool
is_positive(enum ym_exit e)
{
	return e == YM_EXIT_ACCEPTED || e == YM_EXIT_DEFERRED || e == YM_EXIT_COMPLETED;
}

/* An auxiliary collects and files; where the step's word is the window's, it is an officer's word. */
static enum ym_code
may_decide(const struct ym_casework *w, const struct ym_item *it, enum ym_exit e, struct ym_error *err)
{
	if (!*w->account)
		return ym_fail(err, YM_STATE, N_("Sign in first"), "no account");
	if (w->is_officer || e == YM_EXIT_COLLECTED || e == YM_EXIT_CORRECTED)
		return YM_OK;
	int step = e == YM_EXIT_COMPLETED && it->n_steps ? it->n_steps - 1 : 0;
	if (it->n_steps && it->steps[step].by == YM_BY_AUTO)
		return YM_OK;
	return ym_fail_on(err, YM_REFUSED, N_("This step needs an officer: an auxiliary may take the documents in (collect)"),
		it->n_steps ? it->steps[step].name : it->name, "auxiliary");
}

static enum ym_code
next_number(struct ym_visit *v, char out[40], struct ym_error *err)
{
	char day[YM_SERIAL_DAY];
	int serial;
	ym_serial_day(ym_date_parse(v->today), day);
	enum ym_code rc = ym_serial_next(v->w, day, "case", 99999, N_("No case number is left for today"), &serial, err);
	if (!rc)
		ym_serial_write(v->w, "", day, serial, out);
	return rc;
}

static bool
has(const json_t *a, const char *key)
{
	size_t i;
	json_t *s;
	json_array_foreach((json_t *)a, i, s)
		if (json_is_string(s) && !strcmp(json_string_value(s), key))
			return true;
	return false;
}

/* Everything that stands against the case now, and everything that could have been seen. */
static json_t *
noticed_now(const struct ym_matter *m)
{
	json_t *a = json_array();
	for (int i = 0; i < m->n_reasons; i++)
		if (m->reasons[i].weight == YM_BLOCK)
			json_array_append_new(a, json_string(m->reason_keys[i]));
	return a;
}

static json_t *
visible_now(struct ym_visit *v, struct ym_matter *m)
{
	json_t *a = json_array();
	char key[96];
	for (int i = 0; i < m->item->n_materials; i++) {
		const struct ym_need_material *n = &m->item->materials[i];
		if (n->need == YM_NEED_OPTIONAL || ym_facts_eval(v, m, n->when) != YM_TRUE)
			continue;
		snprintf(key, sizeof(key), "m:%s:%s", n->kind, n->holder);
		json_array_append_new(a, json_string(key));
	}
	for (int i = 0; i < m->item->n_fields; i++) {
		if (ym_facts_eval(v, m, m->item->fields[i].when) != YM_TRUE)
			continue;
		snprintf(key, sizeof(key), "f:%s", m->item->fields[i].datum);
		json_array_append_new(a, json_string(key));
	}
	for (int i = 0; i < m->item->n_roles; i++) {
		snprintf(key, sizeof(key), "r:%s", m->item->roles[i].id);
		json_array_append_new(a, json_string(key));
	}
	for (int i = 0; i < m->item->n_conditions; i++) {
		snprintf(key, sizeof(key), "c:%s", m->item->conditions[i].id);
		json_array_append_new(a, json_string(key));
	}
	return a;
}

/* Something that could be seen the first time and was not told: an intake fault (行政许可法 32). */
static bool
is_fault(const struct ym_matter *m)
{
	for (int i = 0; i < m->n_reasons && m->notices > 0; i++)
		if (m->reasons[i].weight == YM_BLOCK && !has(m->noticed, m->reason_keys[i]) && has(m->visible, m->reason_keys[i]))
			return true;
	return false;
}

static bool
is_final(enum ym_exit e)
{
	return is_positive(e) || e == YM_EXIT_REFUSED || e == YM_EXIT_NOT_REQUIRED;
}

static enum ym_code
emit_decision(struct ym_visit *v, struct ym_matter *m, enum ym_exit e, enum ym_exit proposal, bool fault, struct ym_error *err)
{
	const struct ym_flow_row *row = ym_flow_row(m->state, ym_exit_action(e));
	struct ym_event_draft d = { .visit = v->id, .case_no = m->case_no, .item = m->item->id, .pack = m->item->pack };
	char t0[24], fen[24], notices[8], keys[YM_EMIT_KEYS][48];
	int n_keys;
	enum ym_code rc = ym_flow_step(m->state, ym_exit_action(e), &m->state, err);
	if (rc)
		return rc;
	m->exit = e;
	snprintf(t0, sizeof(t0), "%lld", (long long)m->received_at);
	snprintf(notices, sizeof(notices), "%d", m->notices);
	d.kind = row->event;
	ym_emit_attr(&d, "state", ym_case_state_name(m->state));
	ym_emit_attr(&d, "exit", ym_exit_name(e));
	ym_emit_attr(&d, "key", m->key);
	ym_emit_attr(&d, "t0", t0);
	ym_emit_attr(&d, "bundle", m->bundle);
	ym_emit_attr(&d, "decider", ym_decider_name(e == YM_EXIT_COMPLETED ? YM_BY_WINDOW : m->line.decider));
	if (is_positive(e)) {
		ym_emit_acceptance(&d, m, fen);
	}
	static const char *const places[] = { "", "here", "collect", "online", "elsewhere" };
	ym_emit_attr(&d, "place", places[m->place]);
	if (e != proposal) {
		ym_emit_attr(&d, "override", "1");
		ym_emit_attr(&d, "proposal", proposal == YM_EXIT_NONE ? "none" : ym_exit_name(proposal));
	}
	ym_emit_attr(&d, "notices", m->notices ? notices : "");
	ym_emit_attr(&d, "notice_due", e == YM_EXIT_RETURNED ? m->notice_due : "");
	static const char *const ages[] = { "", "old", "stale" };
	ym_emit_attr(&d, "age", ages[ym_pack_age(v->w->pack, ym_date_parse(v->today))]);
	ym_emit_attr(&d, "fault", fault ? "1" : "");
	ym_emit_attr(&d, "offline", v->w->online ? "" : "1");
	n_keys = ym_emit_people(v, m, &d, keys);
	for (int i = 0; i < v->n_materials && e == YM_EXIT_DEFERRED; i++)
		for (int k = 0; k < v->material_of[i].n_of; k++)
			if (&v->cases[v->material_of[i].of[k].matter] == m && v->materials[i].state == YM_MAT_DEFERRED) {
				snprintf(keys[n_keys], sizeof(keys[0]), "d.%s", v->materials[i].kind);
				ym_emit_attr(&d, keys[n_keys++], v->materials[i].deadline);
			}
	YM_JSON *body = ym_snapshot_make(v, m);
	return ym_emit_append(v->w, &d, body, err);
}

static enum ym_code
write_decision(struct ym_visit *v, struct ym_matter *m, enum ym_exit e, enum ym_exit proposal, const char *reason, struct ym_error *err)
{
	enum ym_code rc = ym_emit_prelude(v, err);
	if (rc)
		return rc;
	if (!m->case_no[0] && (rc = next_number(v, m->case_no, err)))
		return rc;
	if (!m->received_at)
		m->received_at = ym_log_now(v->w->log);
	bool fault = e == YM_EXIT_RETURNED && is_fault(m);
	if (e == YM_EXIT_RETURNED) {
		json_t *noticed = noticed_now(m), *visible = visible_now(v, m);
		json_decref(m->noticed);
		json_decref(m->visible);
		m->noticed = noticed;
		m->visible = visible;
		m->notices++;
		json_decref(m->told);
		m->told = ym_papers_told(v, m, m->notice_due);
	}
	if (is_positive(e) && m->state != YM_CASE_ACCEPTED)
		ym_clocks_accept(v, m, ym_date_parse(v->today));
	ym_strlcpy(m->reason, reason ? reason : "", sizeof(m->reason));
	if ((rc = emit_decision(v, m, e, proposal, fault, err)))
		return rc;
	m->owes = e == YM_EXIT_DEFERRED;
	return YM_OK;
}

static enum ym_code
check_decision(struct ym_visit *v, struct ym_matter *m, enum ym_exit e, const char *reason, struct ym_error *err)
{
	if (!ym_matter_is_open(m))
		return ym_fail_on(err, YM_STATE, N_("The case is decided"), m->item->name, "%s", ym_case_state_name(m->state));
	if ((unsigned)e >= YM_N_EXITS || e == YM_EXIT_NONE)
		return ym_fail(err, YM_INVALID, N_("There is no such exit"), "exit");
	enum ym_code rc = may_decide(v->w, m->item, e, err);
	if (rc)
		return rc;
	if (m->line.waits_for && is_positive(e))
		return ym_fail_on(err, YM_STATE, N_("Another case is decided first"), m->line.after, "order");
	if (is_final(e) && m->age_limit == YM_AGE_COLLECT)
		return ym_fail_on(err, YM_REFUSED, N_("The catalogue is too old to decide this item by it: take the documents in, decide after the update"),
			m->item->name, "stale");
	if (is_positive(e) && m->line.confirm_age)
		return ym_fail_on(err, YM_REFUSED, N_("The catalogue is old: confirm first that nothing has changed since"), m->item->name, "old");
	if (!m->line.can_exit[e])
		return ym_fail_on(err, YM_STATE, N_("This exit is not possible now"), m->line.summary, "%s", ym_exit_name(e));
	bool override = e != m->line.proposal && !(e == YM_EXIT_COLLECTED && !v->w->is_officer);
	if (override && ym_text_length(reason) < 4)
		return ym_fail_on(err, YM_REFUSED, N_("Deciding against the proposal needs a reason of at least four characters; it is logged"),
			m->item->name, "no reason");
	if (reason && (strlen(reason) >= sizeof(m->reason) || !ym_text_is_clean(reason, true)))
		return ym_fail(err, YM_INVALID, N_("The reason is too long"), "reason");
	if (e == YM_EXIT_RETURNED && is_fault(m) && ym_text_length(reason) < 4)
		return ym_fail_on(err, YM_REFUSED, N_("A second notice names something that could be seen the first time: say why; it counts as an intake fault"),
			m->item->name, "fault");
	return YM_OK;
}

struct decision { struct ym_matter *m; enum ym_exit exit; const char *reason; };

static enum ym_code
emit_one(struct ym_visit *v, void *user, struct ym_error *err)
{
	const struct decision *d = user;
	return write_decision(v, d->m, d->exit, d->m->line.proposal, d->reason, err);
}

enum ym_code
ym_visit_decide(struct ym_visit *v, int c, enum ym_exit exit, const char *reason, struct ym_error *err)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	if (!m)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such case"), "index");
	ym_visit_evaluate(v);
	enum ym_code rc = check_decision(v, m, exit, reason, err);
	if (rc)
		return rc;
	struct decision d = { m, exit, reason };
	struct before b;
	keep_before(&b, m);
	if ((rc = ym_visit_commit(v, emit_one, &d, err)))
		give_back(m, &b);
	drop_before(&b);
	ym_visit_evaluate(v);
	return rc;
}

/* Twice: a case that waits for another comes after it, wherever it stands. */
static enum ym_code
emit_proposed(struct ym_visit *v, void *user, struct ym_error *err)
{
	int *n = user;
	for (int pass = 0; pass < 2; pass++)
		for (int c = 0; c < v->n_cases; c++) {
			struct ym_matter *m = &v->cases[c];
			if (!ym_matter_is_open(m) || m->line.proposal == YM_EXIT_NONE || m->exit == YM_EXIT_CORRECTED || (m->line.waits_for && pass == 0))
				continue;
			enum ym_code rc = check_decision(v, m, m->line.proposal, NULL, err);
			if (rc || (rc = write_decision(v, m, m->line.proposal, m->line.proposal, NULL, err)))
				return rc;
			++*n;
			ym_visit_evaluate(v);
		}
	return YM_OK;
}

/* Every open case by its proposal, in one commit. */
enum ym_code
ym_visit_decide_all(struct ym_visit *v, int *ret_n, struct ym_error *err)
{
	struct before b[YM_MAX_CASES];
	int n = 0;
	for (int c = 0; c < v->n_cases; c++)
		keep_before(&b[c], &v->cases[c]);
	enum ym_code rc = ym_visit_commit(v, emit_proposed, &n, err);
	for (int c = 0; c < v->n_cases; c++) {
		if (rc)
			give_back(&v->cases[c], &b[c]);
		drop_before(&b[c]);
	}
	ym_visit_evaluate(v);
	if (!rc && ret_n)
		*ret_n = n;
	return rc;
}

/* -- fee and delivery -- */

struct act { struct ym_matter *m; const char *kind; struct ym_attr attrs[4]; int n; json_t *body; };

static enum ym_code
emit_act(struct ym_visit *v, void *user, struct ym_error *err)
{
	struct act *a = user;
	return ym_emit_case(v, a->m, a->kind, a->attrs, a->n, a->body, err);
}

static enum ym_code
settle(struct ym_visit *v, struct ym_matter *m, enum ym_fee_state to, struct act *a, struct ym_error *err)
{
	enum ym_fee_state old = m->fee_state;
	m->fee_state = to;
	enum ym_code rc = ym_visit_commit(v, emit_act, a, err);
	if (rc)
		m->fee_state = old;
	ym_visit_evaluate(v);
	return rc;
}

enum ym_code
ym_visit_pay(struct ym_visit *v, int c, const char *method, const char *receipt, struct ym_error *err)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	if (!m || m->fee_state != YM_FEE_DUE)
		return ym_fail(err, YM_STATE, N_("No fee is due for this case"), "pay");
	if (!ym_streq(method, "qr") && !ym_streq(method, "pos") && !ym_streq(method, "cash"))
		return ym_fail(err, YM_INVALID, N_("Fees are paid by code, by card or in cash"), "method");
	if (!strcmp(method, "cash") && (!receipt || !*receipt))
		return ym_fail(err, YM_INVALID, N_("Cash needs the number of its receipt"), "receipt");
	char fen[24];
	snprintf(fen, sizeof(fen), "%lld", (long long)m->fee_fen);
	YM_JSON *body = json_pack("{ss}", "receipt", receipt ? receipt : "");
	struct act a = { m, "fee.paid", { { "method", method }, { "fee_fen", fen } }, 2, body };
	return settle(v, m, YM_FEE_PAID, &a, err);
}

enum ym_code
ym_visit_waive(struct ym_visit *v, int c, const char *reason, struct ym_error *err)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	if (!m || m->fee_state != YM_FEE_DUE)
		return ym_fail(err, YM_STATE, N_("No fee is due for this case"), "waive");
	if (!v->w->is_officer)
		return ym_fail(err, YM_REFUSED, N_("Only an officer may waive a fee"), "auxiliary");
	if (ym_text_length(reason) < 4)
		return ym_fail(err, YM_REFUSED, N_("Waiving a fee needs a reason of at least four characters"), "no reason");
	YM_JSON *body = json_pack("{ss}", "reason", reason);
	struct act a = { m, "fee.waived", { { 0 } }, 0, body };
	return settle(v, m, YM_FEE_WAIVED, &a, err);
}

enum ym_code
ym_visit_deliver(struct ym_visit *v, int c, const char *how, const char *address, const char *phone, struct ym_error *err)
{
	struct ym_matter *m = ym_visit_matter(v, c);
	if (!m || !m->case_no[0])
		return ym_fail(err, YM_STATE, N_("Decide the case first"), "deliver");
	bool offered = false;
	for (int i = 0; i < m->item->n_delivery; i++)
		offered |= ym_streq(m->item->delivery[i], how);
	if (!offered || strlen(how) >= sizeof(m->delivery))
		return ym_fail_on(err, YM_INVALID, N_("The item does not offer this way of delivery"), m->item->name, "how");
	address = address ? address : "";
	phone = phone ? phone : "";
	if (!strcmp(how, "mail") && (ym_text_length(address) < 6 || !ym_number_phone(phone)))
		return ym_fail(err, YM_INVALID, N_("Mailing needs an address and a telephone number"), "address");
	if (strlen(address) >= sizeof(m->address) || strlen(phone) >= sizeof(m->phone))
		return ym_fail(err, YM_INVALID, N_("Too long"), "address");
	ym_strlcpy(m->delivery, how, sizeof(m->delivery));
	ym_strlcpy(m->address, address, sizeof(m->address));
	ym_strlcpy(m->phone, phone, sizeof(m->phone));
	YM_JSON *body = *address || *phone ? json_pack("{ss ss}", "address", address, "phone", phone) : NULL;
	struct act a = { m, "delivery.chosen", { { "how", how } }, 1, body };
	enum ym_code rc = ym_visit_commit(v, emit_act, &a, err);
	ym_visit_evaluate(v);
	return rc;
}
