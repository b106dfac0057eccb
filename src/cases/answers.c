/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What came back from registers: state and words of an inquiry, and the facts that fill what is empty, about its subject and
 * about who plays another role of the case that asked. Not asking (checks.c).
 * Invariant: an answer never replaces what somebody said or read; a fact that the field would refuse is left out.
 */
#include "cases/form.h"
#include "cases/inner.h"

static void
take_facts(struct ym_visit *v, struct ym_knowns *known, const json_t *facts, int64_t at)
{
	const char *datum;
	json_t *value;

	json_object_foreach((json_t *)facts, datum, value) {
		const struct ym_known *old = ym_knowns_find(known, datum);

		/* What a rule inferred gives way to what an authority says. */
		if (json_is_string(value) && (!old || old->origin == YM_FROM_RULE) && ym_pack_datum(v->w->pack, datum) &&
			!ym_form_check_value(v->w->pack, datum, json_string_value(value)))
			ym_knowns_set(known, datum, json_string_value(value), YM_FROM_CHECK, at);
	}
}

/* Did this case ask that register about that person, for itself or instead of a document? */
static bool
has_asked(struct ym_visit *v, const struct ym_matter *m, const struct ym_inquiry *q)
{
	const struct ym_item *it = m->item;

	for (int i = 0; i < it->n_checks; i++)
		if (ym_streq(it->checks[i].reg, q->reg) && ym_roles_who(v, m, it->checks[i].subject) == q->who)
			return true;
	for (int i = 0; i < it->n_materials; i++) {
		const struct ym_kind *kind = ym_pack_kind(v->w->pack, it->materials[i].kind);
		const char *reg = *it->materials[i].check ? it->materials[i].check : kind ? kind->reg : "";

		if (ym_streq(reg, q->reg) && ym_roles_who(v, m, it->materials[i].holder) == q->who)
			return true;
	}
	return false;
}

static void
take_roles(struct ym_visit *v, const struct ym_inquiry *q, const json_t *roles)
{
	const char *role;
	json_t *facts;

	for (int c = 0; c < v->n_cases; c++) {
		struct ym_matter *m = &v->cases[c];

		if (!ym_matter_is_open(m) || !has_asked(v, m, q))
			continue;
		json_object_foreach((json_t *)roles, role, facts) {
			struct ym_who *p = ym_who_by_key(v, ym_roles_who(v, m, role));

			if (ym_streq(role, "case"))
				take_facts(v, &m->facts, facts, q->answered_at);
			if (!p)
				continue;
			take_facts(v, &p->facts, facts, q->answered_at);
			ym_who_derive(v, p);
		}
	}
}

static void
take_answer(struct ym_visit *v, struct ym_inquiry *q, const json_t *reply)
{
	const json_t *a = json_object_get(reply, "answer");
	struct ym_who *p = ym_who_by_key(v, q->who);

	free(q->answer);
	free(q->source);
	q->answer = json_is_string(a) ? ym_strdup(json_string_value(a)) : ym_strdup(ym_json_str(a, "text"));
	q->source = ym_strdup(ym_json_str(reply, "source"));
	if (*q->certificate) {
		/* Whose it is must be who stands here (rules.md §11); what it says of its holder fills nobody's data. */
		const char *holder = ym_json_str(json_object_get(a, "facts"), "id_number");

		if (p && *holder && p->doc_number[0] && strcmp(holder, p->doc_number)) {
			q->state = YM_CHECK_HIT;
			free(q->answer);
			q->answer = ym_strdup("持证主体与当事人不一致");
		}
		return;
	}
	if (q->state != YM_CHECK_CLEAR || !p || !json_is_object(a))
		return;
	/* A register's facts carry the best grade. */
	take_facts(v, &p->facts, json_object_get(a, "facts"), q->answered_at);
	ym_who_derive(v, p);
	take_roles(v, q, json_object_get(a, "roles"));
}

void
ym_answers_take(struct ym_visit *v)
{
	for (int i = 0; i < v->n_checks; i++) {
		struct ym_inquiry *q = &v->checks[i];
		struct ym_stmt *s = ym_db_sql(v->w->db, "SELECT status, answered_ms, valid_until FROM view_check WHERE id = :id AND answered_ms > 0");
		ym_stmt_text(s, ":id", q->id);
		bool answered = !ym_stmt_step(s, NULL);
		if (answered) {
			q->state = ym_check_state_by_name(ym_stmt_col_text(s, 0));
			q->answered_at = ym_stmt_col_int(s, 1);
			ym_strlcpy(q->valid_until, ym_stmt_col_text(s, 2), sizeof(q->valid_until));
		}
		ym_stmt_done(s);
		char place[64];
		snprintf(place, sizeof(place), "check:%s", q->id);
		YM_BUF text = { 0 };
		YM_JSON *j = NULL;
		if (answered && !ym_fold_open(&v->w->fold, v->w->db, place, &text, NULL) && !ym_json_parse(text.data, text.len, "check", &j, NULL))
			take_answer(v, q, j);
	}
}
