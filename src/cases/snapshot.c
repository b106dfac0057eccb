/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A visit as JSON and back: the sealed draft, and the snapshot in the body of a case event (form: cases/fold.h).
 * Not what may be done with it. Invariant: reading accepts what any earlier version wrote, and refuses what is not ours whole.
 */
#include "cases/inner.h"

json_t *
ym_page_to_json(const struct ym_capture_page *page)
{
	json_t *j = json_pack("{ss ss ss}", "sm3", page->sm3, "key", page->key, "media", page->media);

	if (*page->what)
		json_object_set_new(j, "what", json_string(page->what));
	return j;
}

void
ym_page_from_json(const json_t *j, struct ym_capture_page *ret)
{
	*ret = (struct ym_capture_page){ 0 };
	ym_strlcpy(ret->sm3, ym_json_str(j, "sm3"), sizeof(ret->sm3));
	ym_strlcpy(ret->key, ym_json_str(j, "key"), sizeof(ret->key));
	ym_strlcpy(ret->media, ym_json_str(j, "media"), sizeof(ret->media));
	ym_strlcpy(ret->what, ym_json_str(j, "what"), sizeof(ret->what));
}

static json_t *
persons_json(const struct ym_visit *v, const struct ym_matter *only)
{
	json_t *a = json_array();
	for (int i = 0; i < v->n_persons; i++) {
		const struct ym_who *p = &v->persons[i];
		bool plays = !only || !strcmp(p->as, "visitor");
		for (int r = 0; only && r < only->item->n_roles && r < YM_MAX_CASE_ROLES; r++)
			plays |= only->roles[r].who == p->key;
		if (plays)
			json_array_append_new(a, json_pack("{si ss ss sb sb sb ss so}", "key", p->key, "as", p->as, "party", p->party, "org",
				p->is_org, "new", p->is_new, "logged", p->logged, "hash", p->hash, "facts", ym_knowns_to_json(&p->facts)));
	}
	return a;
}

static json_t *
roles_json(const struct ym_matter *m)
{
	json_t *o = json_object();
	for (int r = 0; r < m->item->n_roles && r < YM_MAX_CASE_ROLES; r++)
		if (m->roles[r].who)
			json_object_set_new(o, m->item->roles[r].id, json_pack("[i b]", m->roles[r].who, m->roles[r].fixed));
	return o;
}

static json_t *
marks_json(const struct ym_visit *v, const struct ym_matter *only)
{
	json_t *a = json_array();
	for (int i = 0; i < v->n_marks; i++) {
		const struct ym_mark *k = &v->marks[i];
		bool ours = !only;
		for (int n = 0; only && n < only->item->n_materials; n++) {
			const struct ym_need_material *need = &only->item->materials[n];
			ours |= !strcmp(need->kind, k->kind) && (k->who ? ym_roles_who(v, only, need->holder) == k->who :
				!strcmp(need->holder, k->role));
		}
		if (!ours)
			continue;
		json_t *pages = json_array();
		for (int n = 0; n < k->n_pages; n++)
			json_array_append_new(pages, ym_page_to_json(&k->pages[n]));
		json_array_append_new(a, json_pack("{ss ss si ss ss sI ss ss ss ss so}", "kind", k->kind, "role", k->role, "who", k->who, "state",
			ym_mat_state_name(k->state), "note", k->note ? k->note : "", "t", (json_int_t)k->at, "check", k->check, "deadline",
			k->deadline, "desk", k->desk, "origin", ym_origin_name(k->origin), "pages", pages));
	}
	return a;
}

static json_t *
checks_json(const struct ym_visit *v)
{
	json_t *a = json_array();
	for (int i = 0; i < v->n_checks; i++) {
		const struct ym_inquiry *q = &v->checks[i];
		json_t *o = json_pack("{ss ss si ss ss ss sI sI ss}", "id", q->id, "reg", q->reg, "who", q->who, "state",
			ym_check_state_name(q->state), "answer", q->answer ? q->answer : "", "source", q->source ? q->source : "", "asked",
			(json_int_t)q->asked_at, "answered", (json_int_t)q->answered_at, "valid_until", q->valid_until);
		if (*q->certificate)
			json_object_set_new(o, "certificate", json_string(q->certificate));
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *
replies_json(const struct ym_visit *v)
{
	json_t *o = json_object();
	for (int i = 0; i < v->n_replies; i++)
		json_object_set_new(o, v->replies[i].id, json_string(v->replies[i].code));
	return o;
}

static json_t *
matter_json(const struct ym_matter *m)
{
	json_t *o = json_pack("{ss ss ss ss ss ss so so}", "key", m->key, "case_no", m->case_no, "item", m->item->id, "bundle", m->bundle, "after",
		m->after, "reason", m->reason, "facts", ym_knowns_to_json(&m->facts), "roles", roles_json(m));
	json_object_set_new(o, "pack", json_string(m->item->pack));
	json_object_set_new(o, "state", json_string(ym_case_state_name(m->state)));
	json_object_set_new(o, "begun", json_string(ym_case_state_name(m->begun)));
	json_object_set_new(o, "exit", json_string(ym_exit_name(m->exit)));
	json_object_set_new(o, "owes", json_boolean(m->owes));
	json_object_set_new(o, "notices", json_integer(m->notices));
	json_object_set_new(o, "received", json_integer(m->received_at));
	if (m->noticed)
		json_object_set(o, "noticed", m->noticed);
	if (m->visible)
		json_object_set(o, "visible", m->visible);
	json_object_set_new(o, "delivery", json_pack("{ss ss ss}", "how", m->delivery, "address", m->address, "phone", m->phone));
	json_object_set_new(o, "fee", json_pack("{si sI}", "state", m->fee_state, "fen", (json_int_t)m->fee_fen));
	if (m->told)
		json_object_set(o, "told", m->told);
	json_object_set_new(o, "notices_begun", json_integer(m->notices_begun));
	json_object_set_new(o, "was", json_string(ym_exit_name(m->was)));
	json_object_set_new(o, "accepted", json_string(m->accepted));
	json_object_set_new(o, "notice_due", json_string(m->notice_due));
	json_object_set_new(o, "age_confirmed", json_boolean(m->age_confirmed));
	json_object_set_new(o, "proceed", ym_proceed_to_json(m));
	json_object_set_new(o, "due", json_pack("{ss ss sb}", "promised", m->due_promised, "statutory", m->due_statutory, "known", m->calendar_known));
	return o;
}

json_t *
ym_visit_to_json(const struct ym_visit *v)
{
	json_t *o = json_pack("{si ss ss ss ss ss si si sI si}", "v", 1, "id", v->id, "ticket", v->ticket, "ticket_id", v->ticket_id, "claim",
		v->claim, "caret", v->caret, "stage", v->stage, "rating", v->rating, "opened", (json_int_t)v->opened_at, "next", v->next_who);
	json_object_set_new(o, "persons", persons_json(v, NULL));
	json_t *cases = json_array();
	for (int i = 0; i < v->n_cases; i++)
		json_array_append_new(cases, matter_json(&v->cases[i]));
	json_object_set_new(o, "cases", cases);
	json_object_set_new(o, "materials", marks_json(v, NULL));
	json_object_set_new(o, "checks", checks_json(v));
	json_object_set_new(o, "answers", replies_json(v));
	return o;
}

static void
take_persons(struct ym_visit *v, const json_t *a)
{
	size_t i;
	json_t *j;
	json_array_foreach((json_t *)a, i, j) {
		if (v->n_persons >= YM_MAX_PERSONS)
			break;
		struct ym_who *p = &v->persons[v->n_persons++];
		*p = (struct ym_who){ .key = (int)ym_json_int(j, "key", 0), .is_org = ym_json_bool(j, "org", false),
			.is_new = ym_json_bool(j, "new", false), .logged = ym_json_bool(j, "logged", false) };
		ym_strlcpy(p->as, ym_json_str(j, "as"), sizeof(p->as));
		ym_strlcpy(p->party, ym_json_str(j, "party"), sizeof(p->party));
		ym_knowns_from_json(&p->facts, json_object_get(j, "facts"));
		if (p->key >= v->next_who)
			v->next_who = p->key + 1;
		ym_who_derive(v, p);
	}
}

static void
take_marks(struct ym_visit *v, const json_t *a)
{
	size_t i, n;
	json_t *j, *g;
	json_array_foreach((json_t *)a, i, j) {
		if (v->n_marks >= YM_MAX_MATERIALS)
			break;
		struct ym_mark *k = &v->marks[v->n_marks++];
		*k = (struct ym_mark){ .who = (int)ym_json_int(j, "who", 0), .state = ym_mat_state_by_name(ym_json_str(j, "state")),
			.note = ym_strdup(ym_json_str(j, "note")), .at = ym_json_int(j, "t", 0), .origin = ym_origin_by_name(ym_json_str(j, "origin")) };
		ym_strlcpy(k->kind, ym_json_str(j, "kind"), sizeof(k->kind));
		ym_strlcpy(k->role, ym_json_str(j, "role"), sizeof(k->role));
		ym_strlcpy(k->check, ym_json_str(j, "check"), sizeof(k->check));
		ym_strlcpy(k->deadline, ym_json_str(j, "deadline"), sizeof(k->deadline));
		ym_strlcpy(k->desk, ym_json_str(j, "desk"), sizeof(k->desk));
		json_array_foreach(json_object_get(j, "pages"), n, g) {
			if (k->n_pages >= YM_MAX_PAGES)
				break;
			k->pages = ym_realloc_array(k->pages, (size_t)k->n_pages + 1, sizeof(*k->pages));
			ym_page_from_json(g, &k->pages[k->n_pages++]);
		}
	}
}

static void
take_checks(struct ym_visit *v, const json_t *a)
{
	size_t i;
	json_t *j;
	json_array_foreach((json_t *)a, i, j) {
		if (v->n_checks >= YM_MAX_CHECKS)
			break;
		struct ym_inquiry *q = &v->checks[v->n_checks++];
		*q = (struct ym_inquiry){ .who = (int)ym_json_int(j, "who", 0), .state = ym_check_state_by_name(ym_json_str(j, "state")),
			.answer = ym_strdup(ym_json_str(j, "answer")), .source = ym_strdup(ym_json_str(j, "source")),
			.asked_at = ym_json_int(j, "asked", 0), .answered_at = ym_json_int(j, "answered", 0) };
		ym_strlcpy(q->id, ym_json_str(j, "id"), sizeof(q->id));
		ym_strlcpy(q->reg, ym_json_str(j, "reg"), sizeof(q->reg));
		ym_strlcpy(q->certificate, ym_json_str(j, "certificate"), sizeof(q->certificate));
		ym_strlcpy(q->valid_until, ym_json_str(j, "valid_until"), sizeof(q->valid_until));
	}
}

static void
take_replies(struct ym_visit *v, const json_t *o)
{
	const char *id;
	json_t *code;
	json_object_foreach((json_t *)o, id, code) {
		if (v->n_replies >= YM_MAX_QUESTIONS || !json_is_string(code))
			break;
		struct ym_reply *r = &v->replies[v->n_replies++];
		ym_strlcpy(r->id, id, sizeof(r->id));
		ym_strlcpy(r->code, json_string_value(code), sizeof(r->code));
	}
}

static enum ym_code
take_matter(struct ym_visit *v, const json_t *j, struct ym_matter **ret, struct ym_error *err)
{
	const struct ym_item *item;
	enum ym_code rc = ym_pack_item_of(v->w->pack, ym_json_str(j, "pack"), ym_json_str(j, "item"), &item, err);
	if (rc)
		return rc;
	struct ym_matter *m = ym_visit_new_matter(v, item);
	if (!m)
		return ym_fail(err, YM_REFUSED, N_("A visit holds no more cases"), "max cases");
	if (*ym_json_str(j, "key"))
		ym_strlcpy(m->key, ym_json_str(j, "key"), sizeof(m->key));
	ym_strlcpy(m->case_no, ym_json_str(j, "case_no"), sizeof(m->case_no));
	ym_strlcpy(m->bundle, ym_json_str(j, "bundle"), sizeof(m->bundle));
	ym_strlcpy(m->after, ym_json_str(j, "after"), sizeof(m->after));
	ym_strlcpy(m->reason, ym_json_str(j, "reason"), sizeof(m->reason));
	ym_knowns_from_json(&m->facts, json_object_get(j, "facts"));
	m->state = ym_flow_state_by_name(ym_json_str(j, "state"));
	m->begun = ym_flow_state_by_name(ym_json_str(j, "begun"));
	m->exit = ym_exit_by_name(ym_json_str(j, "exit"));
	m->owes = ym_json_bool(j, "owes", false);
	m->notices = (int)ym_json_int(j, "notices", 0);
	m->received_at = ym_json_int(j, "received", 0);
	m->noticed = json_incref(json_object_get(j, "noticed"));
	m->visible = json_incref(json_object_get(j, "visible"));
	const json_t *d = json_object_get(j, "delivery"), *fee = json_object_get(j, "fee"), *due = json_object_get(j, "due");
	ym_strlcpy(m->delivery, ym_json_str(d, "how"), sizeof(m->delivery));
	ym_strlcpy(m->address, ym_json_str(d, "address"), sizeof(m->address));
	ym_strlcpy(m->phone, ym_json_str(d, "phone"), sizeof(m->phone));
	long long fs = ym_json_int(fee, "state", 0);
	m->fee_state = fs >= YM_FEE_NONE && fs <= YM_FEE_WAIVED ? (enum ym_fee_state)fs : YM_FEE_NONE;
	m->fee_fen = ym_json_int(fee, "fen", 0);
	ym_strlcpy(m->due_promised, ym_json_str(due, "promised"), sizeof(m->due_promised));
	ym_strlcpy(m->due_statutory, ym_json_str(due, "statutory"), sizeof(m->due_statutory));
	m->calendar_known = ym_json_bool(due, "known", true);
	m->told = json_incref(json_object_get(j, "told"));
	m->notices_begun = (int)ym_json_int(j, "notices_begun", 0);
	m->was = ym_exit_by_name(ym_json_str(j, "was"));
	ym_strlcpy(m->accepted, ym_json_str(j, "accepted"), sizeof(m->accepted));
	ym_strlcpy(m->notice_due, ym_json_str(j, "notice_due"), sizeof(m->notice_due));
	m->age_confirmed = ym_json_bool(j, "age_confirmed", false);
	ym_proceed_from_json(m, json_object_get(j, "proceed"));
	const json_t *roles = json_object_get(j, "roles");
	const char *role;
	json_t *who;
	json_object_foreach((json_t *)roles, role, who) {
		int r = ym_roles_index(item, role);
		if (r >= 0 && r < YM_MAX_CASE_ROLES) {
			m->roles[r].who = (int)json_integer_value(json_array_get(who, 0));
			m->roles[r].fixed = json_is_true(json_array_get(who, 1));
		}
	}
	*ret = m;
	return YM_OK;
}

enum ym_code
ym_visit_from_json(struct ym_visit *v, const json_t *j, struct ym_error *err)
{
	if (!json_is_object(j) || ym_json_int(j, "v", 0) != 1 || !ym_uuid_is_valid(ym_json_str(j, "id")))
		return ym_fail(err, YM_CORRUPT, N_("The saved visit cannot be read"), "draft form");
	ym_strlcpy(v->id, ym_json_str(j, "id"), sizeof(v->id));
	ym_strlcpy(v->ticket, ym_json_str(j, "ticket"), sizeof(v->ticket));
	ym_strlcpy(v->ticket_id, ym_json_str(j, "ticket_id"), sizeof(v->ticket_id));
	ym_strlcpy(v->claim, ym_json_str(j, "claim"), sizeof(v->claim));
	ym_strlcpy(v->caret, ym_json_str(j, "caret"), sizeof(v->caret));
	long long stage = ym_json_int(j, "stage", 0), rating = ym_json_int(j, "rating", 0);
	v->stage = stage >= 0 && stage < YM_N_STAGES ? (enum ym_stage)stage : YM_STAGE_IDENTITY;
	v->rating = rating >= 0 && rating <= YM_RATING_SKIPPED ? (enum ym_rating_state)rating : YM_RATING_NOT_ASKED;
	v->opened_at = ym_json_int(j, "opened", 0);
	v->next_who = (int)ym_json_int(j, "next", 1);
	v->opened = true;
	take_persons(v, json_object_get(j, "persons"));
	take_marks(v, json_object_get(j, "materials"));
	take_checks(v, json_object_get(j, "checks"));
	take_replies(v, json_object_get(j, "answers"));
	size_t i;
	json_t *c;
	json_array_foreach(json_object_get(j, "cases"), i, c) {
		struct ym_matter *m;
		enum ym_code rc = take_matter(v, c, &m, err);
		if (rc)
			return rc;
	}
	return YM_OK;
}

static void
add_form(struct ym_visit *v, struct ym_matter *m, json_t *o)
{
	for (int i = 0; i < m->item->n_fields; i++) {
		char role[YM_ROLE_SIZE];
		const char *datum = ym_roles_split(m->item->fields[i].datum, '.', role), *value = datum ? ym_facts_of(v, m, role, datum) : NULL;
		if (value)
			json_object_set_new(o, m->item->fields[i].datum, json_string(value));
	}
}

json_t *
ym_snapshot_make(struct ym_visit *v, struct ym_matter *m)
{
	json_t *o = matter_json(m);
	json_object_set_new(o, "v", json_integer(1));
	json_object_set_new(o, "persons", persons_json(v, m));
	json_object_set_new(o, "materials", marks_json(v, m));
	json_object_set_new(o, "checks", checks_json(v));
	json_object_set_new(o, "answers", replies_json(v));
	json_t *form = json_object(), *missing = json_array();
	add_form(v, m, form);
	json_object_set_new(o, "form", form);
	for (int i = 0; i < m->n_reasons; i++)
		if (m->reasons[i].weight == YM_BLOCK)
			json_array_append_new(missing, json_string(m->reasons[i].text));
	json_object_set_new(o, "missing", missing);
	const struct ym_who *who = ym_who_by_key(v, ym_roles_who(v, m, "applicant"));
	for (int r = 0; !who && r < m->item->n_roles && r < YM_MAX_CASE_ROLES; r++)
		who = ym_who_by_key(v, m->roles[r].who);
	json_object_set_new(o, "who", json_string(who ? ym_who_name(who) : ""));
	return o;
}

/* Persons of the snapshot come in as they are, or as those who stand here already with the same number. */
enum ym_code
ym_snapshot_take(struct ym_visit *v, const json_t *snapshot, struct ym_matter **ret, struct ym_error *err)
{
	if (ym_json_int(snapshot, "v", 0) != 1)
		return ym_fail(err, YM_CORRUPT, N_("The case cannot be read"), "snapshot form");
	if (!v->n_persons) {
		take_persons(v, json_object_get(snapshot, "persons"));
		take_marks(v, json_object_get(snapshot, "materials"));
		take_checks(v, json_object_get(snapshot, "checks"));
		take_replies(v, json_object_get(snapshot, "answers"));
	}
	return take_matter(v, snapshot, ret, err);
}
