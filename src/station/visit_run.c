/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Taking a visit through its stages from a file. See visit_run.h.
 */
#include "station/visit_run.h"

#include "station/private.h"
#include "yimen/proceed.h"

#define FACTS_MAX 60
#define ROUNDS_MAX 4 /* items that start when another ends are decided in a later round */

static const struct {
	const char *name;
	enum ym_origin origin;
} origins[] = {
	{ "card", YM_FROM_CARD }, { "mrz", YM_FROM_MRZ }, { "typed", YM_FROM_TYPED }, { "archive", YM_FROM_ARCHIVE },
};

static const struct {
	const char *name;
	enum ym_material_state state;
} material_words[] = {
	{ "seen", YM_MAT_SEEN }, { "shared", YM_MAT_SHARED }, { "elicense", YM_MAT_ELICENSE }, { "deferred", YM_MAT_DEFERRED },
	{ "missing", YM_MAT_MISSING }, { "wrong", YM_MAT_WRONG }, { "unseen", YM_MAT_UNSEEN }, { "promised", YM_MAT_PROMISED },
};

static enum ym_code
bad(struct ym_error *err, const char *what)
{
	return ym_fail_on(err, YM_INVALID, N_("The visit file says something that this visit does not know"), what, "%s", what);
}

static enum ym_code
open_visit(struct ym_station *s, const json_t *file, struct ym_error *err)
{
	const json_t *ticket = json_object_get(file, "ticket");
	const char *again = ym_json_str(file, "case"), *resume = ym_json_str(file, "resume");
	char no[12];
	enum ym_code code;

	if (*resume)
		return ym_station_resume(s, resume, err);
	if (*again)
		return ym_station_continue_case(s, again, err);
	if (!ticket)
		return ym_station_walk_in(s, err);
	code = ym_station_make_ticket(s, (enum ym_ticket_class)ym_json_int(ticket, "class", YM_TICKET_ORDINARY), ym_json_str(ticket, "claim"),
		ym_json_str(ticket, "appointment"), no, err);
	return code ? code : ym_station_call(s, "", err);
}

static int
person_as(struct ym_visit *v, const char *as)
{
	for (int i = 0; i < ym_visit_n_persons(v); i++)
		if (ym_streq(ym_visit_person(v, i)->as, as))
			return i;
	return -1;
}

static enum ym_code
take_person(struct ym_visit *v, const json_t *p, struct ym_error *err)
{
	const char *as = ym_json_str_or(p, "as", "visitor"), *from = ym_json_str_or(p, "from", "card"), *key;
	struct ym_fact facts[FACTS_MAX];
	enum ym_origin origin = YM_FROM_TYPED;
	int n = 0, index = person_as(v, as);
	json_t *value;
	enum ym_code code = YM_OK;

	if (index < 0)
		code = ym_visit_add_person(v, as, ym_json_bool(p, "org", false), &index, err);
	if (code)
		return code;
	for (size_t i = 0; i < YM_ARRAY_LEN(origins); i++)
		if (ym_streq(origins[i].name, from))
			origin = origins[i].origin;
	json_object_foreach(json_object_get(p, "facts"), key, value)
		if (json_is_string(value) && n < FACTS_MAX)
			facts[n++] = (struct ym_fact){ key, json_string_value(value) };
	return n ? ym_visit_identify(v, index, facts, n, origin, err) : YM_OK;
}

static enum ym_code
take_persons_and_items(struct ym_visit *v, const json_t *file, struct ym_error *err)
{
	const json_t *list = json_object_get(file, "persons");
	enum ym_code code = YM_OK;
	int c;

	for (size_t i = 0; i < json_array_size(list) && !code; i++)
		code = take_person(v, json_array_get(list, i), err);
	list = json_object_get(file, "bundles");
	for (size_t i = 0; i < json_array_size(list) && !code; i++)
		code = ym_visit_add_bundle(v, json_string_value(json_array_get(list, i)), err);
	list = json_object_get(file, "items");
	for (size_t i = 0; i < json_array_size(list) && !code; i++)
		code = ym_visit_add_item(v, json_string_value(json_array_get(list, i)), &c, err);
	/* a role may be open only now that the items are known */
	list = json_object_get(file, "bind");
	for (size_t i = 0; i < json_array_size(list) && !code; i++) {
		const json_t *b = json_array_get(list, i);

		for (int k = 0; k < ym_visit_n_cases(v) && !code; k++)
			if (ym_streq(ym_visit_case(v, k)->item, ym_json_str(b, "item")))
				code = ym_visit_bind(v, k, ym_json_str(b, "role"), person_as(v, ym_json_str(b, "person")), err);
	}
	return code;
}

static enum ym_code
answer_questions(struct ym_visit *v, const json_t *file, struct ym_error *err)
{
	const json_t *answers = json_object_get(file, "answers");
	enum ym_code code = YM_OK;

	/* answering may open further questions */
	for (int i = 0; i < ym_visit_n_questions(v) && !code; i++) {
		const struct ym_question_line *q = ym_visit_question(v, i);
		const char *answer = ym_json_str(answers, q->q->id);

		if (*answer && !ym_streq(answer, q->answer))
			code = ym_visit_answer(v, i, answer, err);
	}
	return code;
}

static enum ym_code
mark_one(struct ym_visit *v, int i, const json_t *file, struct ym_error *err)
{
	const json_t *list = json_object_get(file, "materials");
	const struct ym_material_line *m = ym_visit_material(v, i);
	const char *word = ym_json_str(file, "all_materials"), *note = "";

	for (size_t k = 0; k < json_array_size(list); k++) {
		const json_t *want = json_array_get(list, k);
		const char *holder = ym_json_str(want, "holder");

		if (ym_streq(ym_json_str(want, "kind"), m->kind) &&
		    (!*holder || (m->holder >= 0 && ym_streq(ym_visit_person(v, m->holder)->as, holder)))) {
			word = ym_json_str(want, "state");
			note = ym_json_str(want, "note");
		}
	}
	if (!*word || m->state == YM_MAT_GENERATED)
		return YM_OK;
	if (ym_streq(word, "ask"))
		return m->state == YM_MAT_UNSEEN ? ym_visit_ask_material(v, i, err) : YM_OK;
	for (size_t k = 0; k < YM_ARRAY_LEN(material_words); k++)
		if (ym_streq(material_words[k].name, word))
			return m->state == material_words[k].state ? YM_OK : ym_visit_mark(v, i, material_words[k].state, note, err);
	return bad(err, word);
}

static enum ym_code
fill_form(struct ym_visit *v, const json_t *file, struct ym_error *err)
{
	const json_t *form = json_object_get(file, "form");
	enum ym_code code = YM_OK;

	for (int i = 0; i < ym_visit_n_form(v) && !code; i++) {
		const struct ym_form_line *f = ym_visit_form(v, i);
		const char *datum = strchr(f->datum, '.'), *value = ym_json_str(form, f->datum);
		YM_FREE char *by_party = f->person >= 0 && datum ? ym_asprintf("%s%s", ym_visit_person(v, f->person)->as, datum) : NULL;

		if (!*value && by_party)
			value = ym_json_str(form, by_party);
		if (*value && !ym_streq(value, f->value))
			code = ym_visit_fill(v, i, value, err);
	}
	return code;
}

static enum ym_code
ask_checks(struct ym_visit *v, const json_t *file, struct ym_error *err)
{
	enum ym_code code = YM_OK;

	if (!ym_json_bool(file, "ask_checks", false))
		return YM_OK;
	for (int i = 0; i < ym_visit_n_checks(v) && !code; i++)
		if (ym_visit_check(v, i)->state == YM_CHECK_NOT_ASKED)
			code = ym_visit_ask(v, i, err);
	return code;
}

static enum ym_code
fill_in(struct ym_visit *v, const json_t *file, struct ym_error *err)
{
	enum ym_code code = answer_questions(v, file, err);

	for (int i = 0; i < ym_visit_n_materials(v) && !code; i++)
		code = mark_one(v, i, file, err);
	if (!code)
		code = fill_form(v, file, err);
	return code ? code : ask_checks(v, file, err);
}

/* Decide every case that is open and not waiting for another; counts them. */
static enum ym_code
decide_round(struct ym_visit *v, const json_t *file, int *ret_n, struct ym_error *err)
{
	const json_t *decide = json_object_get(file, "decide");
	enum ym_code code = YM_OK;

	if (!decide)
		return YM_OK;
	for (int i = 0; i < ym_visit_n_cases(v) && !code; i++) {
		const struct ym_case_line *c = ym_visit_case(v, i);
		const json_t *own = json_is_object(decide) ? json_object_get(decide, c->item) : NULL;
		enum ym_exit exit = own ? ym_exit_by_name(ym_json_str(own, "exit")) : c->proposal;

		if (c->exit != YM_EXIT_NONE || c->waits_for || exit == YM_EXIT_NONE || (json_is_object(decide) && !own))
			continue;
		code = ym_visit_decide(v, i, exit, own ? ym_json_str(own, "reason") : NULL, err);
		*ret_n += !code;
	}
	return code;
}

static enum ym_code
confirm_catalogue(struct ym_visit *v, const json_t *file, struct ym_error *err)
{
	enum ym_code code = YM_OK;

	for (int i = 0; i < ym_visit_n_cases(v) && !code && ym_json_bool(file, "confirm_catalogue", false); i++)
		if (ym_visit_case(v, i)->confirm_age)
			code = ym_visit_confirm_age(v, i, err);
	return code;
}

/* "proceed": {item: {what, kind, days, approver, reason}}: what follows the exit. */
static enum ym_code
go_on(struct ym_visit *v, const json_t *file, struct ym_error *err)
{
	enum ym_code code = YM_OK;

	for (int i = 0; i < ym_visit_n_cases(v) && !code; i++) {
		const json_t *want = json_object_get(json_object_get(file, "proceed"), ym_visit_case(v, i)->item);
		struct ym_proceeding p = { ym_proceed_by_name(ym_json_str(want, "what")), ym_json_str(want, "kind"), ym_json_str(want, "reason"),
			ym_json_str(want, "approver"), (int)ym_json_int(want, "days", 0) };

		if (want)
			code = p.what ? ym_visit_proceed(v, i, &p, err) : bad(err, ym_json_str(want, "what"));
	}
	return code;
}

static enum ym_code
settle(struct ym_visit *v, const json_t *file, struct ym_error *err)
{
	enum ym_code code = YM_OK;

	for (int i = 0; i < ym_visit_n_cases(v) && !code; i++) {
		const struct ym_case_line *c = ym_visit_case(v, i);
		const json_t *fee = json_object_get(json_object_get(file, "fees"), c->item);
		const json_t *how = json_object_get(json_object_get(file, "delivery"), c->item);

		if (c->fee_state == YM_FEE_DUE && fee)
			code = *ym_json_str(fee, "waive") ? ym_visit_waive(v, i, ym_json_str(fee, "waive"), err) :
							    ym_visit_pay(v, i, ym_json_str_or(fee, "method", "qr"), ym_json_str(fee, "receipt"), err);
		if (!code && how && c->exit != YM_EXIT_NONE)
			code = ym_visit_deliver(v, i, ym_json_str(how, "how"), ym_json_str(how, "address"), ym_json_str(how, "phone"), err);
	}
	return code;
}

static enum ym_code
do_papers(struct ym_station *s, const json_t *file, struct ym_error *err)
{
	struct ym_visit *v = ym_station_visit(s);
	const char *how = ym_json_str(file, "papers");
	enum ym_code code = YM_OK;

	for (int i = 0; i < ym_visit_n_papers(v) && !code && *how && !ym_streq(how, "none"); i++) {
		code = ym_streq(how, "noted") ? ym_visit_printed(v, i, "none", err) : ym_station_make_pdf(s, i, err);
		if (!code && ym_visit_paper(v, i)->signable && ym_json_bool(file, "sign", true))
			code = ym_visit_sign(v, i, err);
	}
	return code;
}

static json_t *
report_case(const struct ym_case_line *c)
{
	json_t *reasons = json_array();

	for (int i = 0; i < c->n_reasons; i++)
		json_array_append_new(reasons, json_pack("{s:i,s:s,s:s}", "weight", c->reasons[i].weight, "text", c->reasons[i].text, "source",
			c->reasons[i].source));
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:I,s:i,s:s,s:s}", "item", c->item, "name", c->name, "case_no", c->case_no, "proposal",
		ym_exit_name(c->proposal), "exit", ym_exit_name(c->exit), "state", ym_case_state_name(c->state), "reasons", reasons, "fee_fen",
		(json_int_t)c->fee_fen, "fee_state", c->fee_state, "due_statutory", c->due_statutory, "due_promised", c->due_promised);
}

static json_t *
report(struct ym_visit *v)
{
	json_t *cases = json_array(), *missing = json_array(), *papers = json_array();

	for (int i = 0; i < ym_visit_n_cases(v); i++)
		json_array_append_new(cases, report_case(ym_visit_case(v, i)));
	for (int i = 0; i < ym_visit_n_missing(v); i++) {
		const struct ym_missing *m = ym_visit_missing(v, i);

		json_array_append_new(missing, json_pack("{s:s,s:s,s:i}", "text", m->text, "cases", m->cases, "stage", m->stage));
	}
	for (int i = 0; i < ym_visit_n_papers(v); i++) {
		const struct ym_paper_line *p = ym_visit_paper(v, i);

		json_array_append_new(papers, json_pack("{s:s,s:s,s:s,s:s,s:i,s:b}", "id", p->id, "template", p->template_id, "title", p->title,
			"case_no", p->case_no, "printed", p->printed, "signed", p->is_signed));
	}
	return json_pack("{s:s,s:o,s:o,s:o,s:b}", "visit", ym_visit_id(v), "cases", cases, "missing", missing, "papers", papers, "rated",
		ym_visit_rating(v) == YM_RATING_GIVEN);
}

static enum ym_code
run_open_visit(struct ym_station *s, const json_t *file, struct ym_error *err)
{
	struct ym_visit *v = ym_station_visit(s);
	int rating = (int)ym_json_int(file, "rating", 0), decided = 1;
	enum ym_code code = take_persons_and_items(v, file, err);

	for (int round = 0; round < ROUNDS_MAX && decided && !code; round++) {
		decided = 0;
		code = fill_in(v, file, err);
		if (!code)
			code = confirm_catalogue(v, file, err);
		if (!code)
			code = decide_round(v, file, &decided, err);
	}
	if (!code)
		code = go_on(v, file, err);
	if (!code)
		code = settle(v, file, err);
	if (!code)
		code = do_papers(s, file, err);
	/* A visit that was cut off may have asked already. */
	if (!code && rating && ym_visit_rating(v) == YM_RATING_NOT_ASKED)
		code = ym_visit_ask_rating(v, err);
	if (!code && rating && ym_visit_rating(v) == YM_RATING_ASKED)
		code = ym_visit_take_rating(v, rating, "evaluator", err);
	return code;
}

enum ym_code
ym_station_run_file(struct ym_station *s, const json_t *file, json_t **ret_report, struct ym_error *err)
{
	enum ym_code code;

	if (!json_is_object(file))
		return ym_fail(err, YM_INVALID, N_("A visit file is one JSON object"), NULL);
	if (!ym_station_shift_is_open(s)) {
		code = ym_station_open_shift(s, err);
		if (code)
			return code;
	}
	code = open_visit(s, file, err);
	if (code)
		return code;
	code = run_open_visit(s, file, err);
	*ret_report = report(ym_station_visit(s));
	if (code) {
		/* what was done stands; the visit can be taken up again */
		struct ym_error ignored = { 0 };

		if (ym_station_park(s, "visit run stopped", &ignored))
			return code;
		return code;
	}
	if (*ym_json_str(file, "park"))
		return ym_station_park(s, ym_json_str(file, "park"), err);
	return ym_json_bool(file, "finish", true) ? ym_station_finish(s, err) : ym_visit_save(ym_station_visit(s), err);
}
