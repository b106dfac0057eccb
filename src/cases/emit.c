/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Appending events: attributes, bodies, and the prelude of a visit's first decisive act. Not what the events mean (fold.c).
 * Invariant: attributes carry codes, states, clocks and keyed hashes; names, numbers and free text go into the body.
 */
#include "cases/inner.h"

void
ym_emit_attr(struct ym_event_draft *d, const char *key, const char *value)
{
	if (d->n_attrs < YM_LOG_MAX_ATTRS && value && *value)
		d->attrs[d->n_attrs++] = (struct ym_attr){ key, value };
}

enum ym_code
ym_emit_append(struct ym_casework *w, struct ym_event_draft *d, json_t *body, struct ym_error *err)
{
	char *text = body ? ym_json_line(body) : NULL;
	d->body = text;
	if (!d->account)
		d->account = w->account;
	if (!d->pack)
		d->pack = w->pack ? ym_pack_version(w->pack) : "";
	if (!d->visit)
		d->visit = "";
	if (!d->case_no)
		d->case_no = "";
	if (!d->item)
		d->item = "";
	w->fold.fresh = body;
	enum ym_code rc = ym_log_append(w->log, d, NULL, err);
	w->fold.fresh = NULL;
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
	d->body = NULL;
	return rc;
}

enum ym_code
ym_emit_visit(struct ym_visit *v, const char *kind, const struct ym_attr *attrs, int n, json_t *body, struct ym_error *err)
{
	struct ym_event_draft d = { .kind = kind, .visit = v->id };
	for (int i = 0; i < n; i++)
		ym_emit_attr(&d, attrs[i].key, attrs[i].value);
	return ym_emit_append(v->w, &d, body, err);
}

enum ym_code
ym_emit_case(struct ym_visit *v, const struct ym_matter *m, const char *kind, const struct ym_attr *attrs, int n, json_t *body,
	struct ym_error *err)
{
	struct ym_event_draft d = { .kind = kind, .visit = v->id, .case_no = m->case_no, .item = m->item->id, .pack = m->item->pack };
	for (int i = 0; i < n; i++)
		ym_emit_attr(&d, attrs[i].key, attrs[i].value);
	return ym_emit_append(v->w, &d, body, err);
}

void
ym_emit_acceptance(struct ym_event_draft *d, const struct ym_matter *m, char fen[24])
{
	snprintf(fen, 24, "%lld", (long long)m->fee_fen);
	ym_emit_attr(d, "accepted", m->accepted);
	ym_emit_attr(d, "due_promised", m->due_promised);
	ym_emit_attr(d, "due_statutory", m->due_statutory);
	ym_emit_attr(d, "calendar", m->calendar_known ? "" : "unknown");
	ym_emit_attr(d, "fee_state", ym_fee_state_name(m->fee_state));
	ym_emit_attr(d, "fee_fen", fen);
}

int
ym_emit_people(struct ym_visit *v, const struct ym_matter *m, struct ym_event_draft *d, char (*keys)[48])
{
	int n = 0;
	for (int r = 0; r < m->item->n_roles && r < YM_MAX_CASE_ROLES && d->n_attrs < YM_LOG_MAX_ATTRS - 6; r++) {
		struct ym_who *p = ym_who_by_key(v, m->roles[r].who);
		if (!p || !p->hash[0])
			continue;
		snprintf(keys[n], sizeof(keys[0]), "p.%s", m->item->roles[r].id);
		ym_emit_attr(d, keys[n++], p->hash);
	}
	return n;
}

static enum ym_code
emit_person(struct ym_visit *v, struct ym_who *p, struct ym_error *err)
{
	YM_JSON *body = json_pack("{si ss ss ss ss sb sb so}", "key", p->key, "as", p->as, "party", p->party, "doc_kind", p->doc_kind,
		"doc_number", p->doc_number, "org", p->is_org, "new", p->is_new, "facts", ym_knowns_to_json(&p->facts));
	int reused = 0;
	for (int i = 0; i < p->facts.n; i++)
		reused += p->facts.p[i].origin == YM_FROM_ARCHIVE;
	char n[16];
	snprintf(n, sizeof(n), "%d", reused);
	struct ym_known *num = ym_knowns_find(&p->facts, p->is_org ? "uscc" : "id_number");
	struct ym_attr attrs[] = { { "person", p->hash }, { "as", p->as }, { "doc_kind", p->doc_kind },
		{ "origin", num ? ym_origin_name(num->origin) : "typed" }, { "reused", reused ? n : "" } };
	return ym_emit_visit(v, "visit.identified", attrs, (int)YM_ARRAY_LEN(attrs), body, err);
}

/* Materials seen so far travel once: the event lists those that changed since the last one. */
static enum ym_code
emit_materials(struct ym_visit *v, struct ym_error *err)
{
	YM_JSON *list = json_array();
	char kinds[240] = "";
	int n = 0;
	for (int i = 0; i < v->n_marks; i++) {
		struct ym_mark *m = &v->marks[i];
		if (!ym_material_is_here(m->state) || m->at <= 0)
			continue;
		json_t *pages = json_array();
		for (int k = 0; k < m->n_pages; k++)
			json_array_append_new(pages, ym_page_to_json(&m->pages[k]));
		json_array_append_new(list, json_pack("{ss ss si ss sI so}", "kind", m->kind, "role", m->role, "who", m->who, "state",
			ym_mat_state_name(m->state), "t", (json_int_t)m->at, "pages", pages));
		size_t used = strlen(kinds);
		if (used + strlen(m->kind) + 2 < sizeof(kinds))
			snprintf(kinds + used, sizeof(kinds) - used, "%s%s", used ? "," : "", m->kind);
		n++;
	}
	if (!n)
		return YM_OK;
	char count[16];
	snprintf(count, sizeof(count), "%d", n);
	YM_JSON *body = json_pack("{sO}", "materials", list);
	struct ym_attr attrs[] = { { "n", count }, { "kinds", kinds } };
	return ym_emit_visit(v, "material.received", attrs, 2, body, err);
}

enum ym_code
ym_emit_prelude(struct ym_visit *v, struct ym_error *err)
{
	enum ym_code rc = YM_OK;
	bool first = false;
	for (int i = 0; i < v->n_persons && !rc; i++) {
		struct ym_who *p = &v->persons[i];
		if (!p->hash[0] || p->logged)
			continue;
		first = true;
		rc = emit_person(v, p, err);
		p->logged = !rc;
	}
	if (!rc && first)
		rc = emit_materials(v, err);
	return rc;
}
