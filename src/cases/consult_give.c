/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A consultation given: its number and event, the ticket that carries it, what a visit takes out of it again, the tally of the shift.
 * Header: codes of items and a number. Body: answers and what was said of the person. Not the paper (consult_paper.c).
 * Invariant: a ticket that carries a consultation is issued in the same transaction in which the consultation is given.
 */
#include "base/diag.h"
#include "cases/consult_inner.h"
#include "yimen/text.h"

/* -- what is carried -- */

json_t *
ym_consult_load(const struct ym_consult *c)
{
	json_t *items = json_array(), *answers = json_object(), *facts = json_object();
	for (int i = 0; i < c->v->n_cases; i++)
		json_array_append_new(items, json_pack("{ss ss}", "item", c->v->cases[i].item->id, "bundle", c->v->cases[i].bundle));
	for (int i = 0; i < c->v->n_questions; i++)
		if (*c->v->questions[i].answer)
			json_object_set_new(answers, c->v->questions[i].q->id, json_string(c->v->questions[i].answer));
	if (*ym_consult_get(c, "household_division"))
		json_object_set_new(facts, "household_division", json_string(ym_consult_get(c, "household_division")));
	return json_pack("{si ss so so so}", "v", 1, "no", c->no, "items", items, "answers", answers, "facts", facts);
}

static bool
has_item(const struct ym_visit *v, const char *item)
{
	for (int i = 0; i < v->n_cases; i++)
		if (!strcmp(v->cases[i].item->id, item))
			return true;
	return false;
}

/* Parts of a bundle that were taken out at the guide desk stay out. */
static void
drop_others(struct ym_visit *v, const char *bundle, const json_t *items)
{
	for (int c = v->n_cases - 1; c >= 0; c--) {
		bool wanted = strcmp(v->cases[c].bundle, bundle) != 0;
		size_t i;
		json_t *j;
		json_array_foreach((json_t *)items, i, j)
			wanted |= !strcmp(ym_json_str(j, "item"), v->cases[c].item->id);
		if (!wanted && ym_visit_drop_case(v, c, NULL))
			return;
	}
}

void
ym_consult_unload(struct ym_visit *v, const json_t *load)
{
	const json_t *items = json_object_get(load, "items"), *answers = json_object_get(load, "answers");
	const char *division = ym_json_str(json_object_get(load, "facts"), "household_division");
	struct ym_who *who = ym_who_by_as(v, "visitor");
	size_t i;
	json_t *j;
	if (ym_json_int(load, "v", 0) != 1)
		return;
	if (who && *division && *ym_pack_code_label(v->w->pack, "divisions", division))
		ym_knowns_set(&who->facts, "household_division", division, YM_FROM_TYPED, ym_log_now(v->w->log));
	json_array_foreach((json_t *)items, i, j) {
		struct ym_error err = { 0 };
		const char *item = ym_json_str(j, "item"), *bundle = ym_json_str(j, "bundle");
		int at;
		if (has_item(v, item))
			continue;
		enum ym_code rc = *bundle ? ym_visit_add_bundle(v, bundle, &err) : ym_visit_add_item(v, item, &at, &err);
		if (!rc && *bundle)
			drop_others(v, bundle, items);
		if (rc && rc != YM_CONFLICT)
			ym_diag_error("carried consultation", &err);
	}
	/* An answer may open the next question. */
	ym_visit_evaluate(v);
	for (int n = 0; n < ym_visit_n_questions(v); n++) {
		const struct ym_question_line *q = ym_visit_question(v, n);
		const char *code = ym_json_str(answers, q->q->id);
		if (*code && strcmp(code, q->answer) && !ym_visit_answer(v, n, code, NULL))
			n = -1;
	}
}

json_t *
ym_consult_to_json(const struct ym_consult *c)
{
	json_t *o = ym_consult_load(c);
	json_object_set_new(o, "age", json_string(c->age));
	json_object_set_new(o, "kind", json_string(c->kind));
	json_object_set_new(o, "open", json_boolean(c->open));
	return o;
}

struct ym_consult *
ym_consult_from_json(struct ym_casework *w, const json_t *j)
{
	struct ym_consult *c = ym_consult_new(w);
	ym_consult_unload(c->v, j);
	/* what was said once was good */
	if (ym_consult_set(c, "age", ym_json_str(j, "age"), NULL) || ym_consult_set(c, "kind", ym_json_str(j, "kind"), NULL))
		ym_diag(YM_DIAG_WARN, "consult", "kept facts are not good");
	ym_strlcpy(c->no, ym_json_str(j, "no"), sizeof(c->no));
	c->open = ym_json_bool(j, "open", false);
	ym_consult_look(c);
	return c;
}

/* -- the event -- */

static enum ym_code
next_no(struct ym_casework *w, char out[40], struct ym_error *err)
{
	ym_date today = ym_date_at(ym_log_now(w->log));
	char day[16], day8[YM_SERIAL_DAY];
	int serial;
	ym_date_format(day, today);
	ym_serial_day(today, day8);
	enum ym_code rc = ym_serial_next(w, day, "consult", 99999, N_("No number is left for today"), &serial, err);
	if (!rc)
		ym_serial_write(w, "ZX", day8, serial, out);
	return rc;
}

static enum ym_code
may_give(struct ym_consult *c, struct ym_error *err)
{
	if (!*c->w->account)
		return ym_fail(err, YM_STATE, N_("Sign in first"), "no account");
	if (!c->v->n_cases)
		return ym_fail(err, YM_STATE, N_("Nothing was looked at yet"), "no item");
	return ym_shift_is_open(c->w) ? YM_OK : ym_fail(err, YM_STATE, N_("Open the shift first"), "no shift");
}

/* In the caller's transaction. *no: the number it has from now on. */
static enum ym_code
emit_given(struct ym_consult *c, char no[40], struct ym_error *err)
{
	bool again = *c->no != 0;
	enum ym_code rc;
	if (again)
		memcpy(no, c->no, sizeof(c->no));
	else if ((rc = next_no(c->w, no, err)))
		return rc;
	char items[240] = "", count[16];
	for (int i = 0; i < c->v->n_cases; i++) {
		size_t used = strlen(items);
		if (used + strlen(c->v->cases[i].item->id) + 2 < sizeof(items))
			snprintf(items + used, sizeof(items) - used, "%s%s", used ? "," : "", c->v->cases[i].item->id);
	}
	snprintf(count, sizeof(count), "%d", c->v->n_cases);
	YM_JSON *body = ym_consult_to_json(c);
	json_object_set_new(body, "no", json_string(no));
	json_object_del(body, "open");
	struct ym_event_draft d = { .kind = "consult.given" };
	ym_emit_attr(&d, "consult", no);
	ym_emit_attr(&d, "items", items);
	ym_emit_attr(&d, "n", count);
	ym_emit_attr(&d, "again", again ? "1" : "");
	return ym_emit_append(c->w, &d, body, err);
}

struct ticket { enum ym_ticket_class cls; const char *appointment, *to; char *no; };

static void
claim_of(const struct ym_consult *c, char *out, size_t size)
{
	YM_BUF names = { 0 };
	for (int i = 0; i < c->v->n_cases; i++)
		ym_buf_addf(&names, "%s%s", i ? "、" : "", c->v->cases[i].item->name);
	ym_text_cut(out, size, ym_buf_str(&names), 60);
}

static enum ym_code
emit_ticket(struct ym_consult *c, const struct ticket *t, const char *no, struct ym_error *err)
{
	char claim[200];
	claim_of(c, claim, sizeof(claim));
	YM_JSON *load = ym_consult_load(c);
	json_object_set_new(load, "no", json_string(no));
	YM_JSON *body = json_pack("{ss sO}", "claim", claim, "consult", load);
	return ym_queue_emit_ticket(c->w, t->cls, t->appointment, t->to, no, body, t->no, err);
}

static enum ym_code
give(struct ym_consult *c, const struct ticket *t, struct ym_error *err)
{
	char no[40];
	enum ym_code rc = may_give(c, err);
	if (rc)
		return rc;
	memcpy(no, c->no, sizeof(no));
	if ((rc = ym_db_begin(c->w->db, err)))
		return rc;
	if (c->open || !*c->no)
		rc = emit_given(c, no, err);
	if (!rc && t)
		rc = emit_ticket(c, t, no, err);
	if (rc) {
		ym_db_rollback(c->w->db);
		return rc;
	}
	if ((rc = ym_db_commit(c->w->db, err)))
		return rc;
	memcpy(c->no, no, sizeof(c->no));
	c->open = false;
	return YM_OK;
}

enum ym_code
ym_consult_give(struct ym_consult *c, struct ym_error *err)
{
	return *c->no && !c->open ? YM_OK : give(c, NULL, err);
}

enum ym_code
ym_consult_ticket(struct ym_consult *c, enum ym_ticket_class cls, const char *appointment, const char *to, char ret_no[12],
	struct ym_error *err)
{
	char no[12];
	const struct ticket t = { cls, appointment ? appointment : "", to ? to : "", no };
	enum ym_code rc = give(c, &t, err);
	if (!rc)
		memcpy(ret_no, no, sizeof(no));
	return rc;
}

void
ym_consult_paper_id(const struct ym_consult *c, char ret[64])
{
	snprintf(ret, 64, "%s-guide", c->no);
}

enum ym_code
ym_consult_printed(struct ym_casework *w, const char *paper, const char *device, struct ym_error *err)
{
	struct ym_event_draft d = { .kind = "paper.printed" };
	ym_emit_attr(&d, "paper", paper);
	ym_emit_attr(&d, "template", "guide");
	ym_emit_attr(&d, "device", device);
	return ym_emit_append(w, &d, NULL, err);
}

/* -- the tally -- */

static int
count(struct ym_casework *w, const char *sql)
{
	struct ym_stmt *s = ym_db_sql(w->db, sql);
	int n = ym_stmt_step(s, NULL) ? 0 : (int)ym_stmt_col_int(s, 0);
	ym_stmt_done(s);
	return n;
}

void
ym_consult_tally(struct ym_casework *w, struct ym_consult_tally *ret)
{
	*ret = (struct ym_consult_tally){
		.given = count(w, "SELECT count(*) FROM view_trail WHERE scope = 'consult' AND seq > (SELECT coalesce(max(id), 0) FROM view_shift)"),
		.tickets = count(w, "SELECT count(*) FROM view_trail WHERE scope = 'consult.ticket' AND seq > (SELECT coalesce(max(id), 0)"
			" FROM view_shift)"),
		.papers = count(w, "SELECT count(*) FROM view_paper WHERE template = 'guide' AND changed_ms >= (SELECT coalesce(max(opened_ms), 0)"
			" FROM view_shift)"),
	};
}
