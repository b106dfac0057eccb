/* SPDX-License-Identifier: MulanPSL-2.0 */
/* One checklist and one form: what is merged, what is not, what may be deferred. */
#include "window.h"

#define T(f) cmocka_unit_test_setup_teardown(f, window_setup, window_teardown)

static void
the_same_document_of_the_same_person_is_asked_once(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	window_add(x, "CERT");
	window_add(x, "PERMIT");
	int n = 0;
	for (int i = 0; i < ym_visit_n_materials(x->v); i++)
		n += !strcmp(ym_visit_material(x->v, i)->kind, "id_card");
	assert_int_equal(n, 1);
	const struct ym_material_line *l = ym_visit_material(x->v, window_material(x, "id_card", NULL));
	assert_int_equal(l->n_cases, 2);
	assert_string_equal(l->cases, "2 件共用");
	assert_int_equal(l->state, YM_MAT_SEEN);   /* the card was read */
	assert_true(l->main);
}

static void
the_same_document_of_another_person_is_another_line(void **state)
{
	struct window *x = *state;
	int other;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	window_add(x, "CERT");
	assert_int_equal(ym_visit_add_person(x->v, "householder", false, &other, NULL), YM_OK);
	window_card(x, other, OTHER_NAME, OTHER_ID, "229901");
	int c = window_add(x, "PERMIT");
	assert_int_equal(ym_visit_bind(x->v, c, "applicant", other, NULL), YM_OK);
	int n = 0;
	for (int i = 0; i < ym_visit_n_materials(x->v); i++)
		n += !strcmp(ym_visit_material(x->v, i)->kind, "id_card");
	assert_int_equal(n, 2);
	assert_true(window_material(x, "id_card", MOTHER_NAME) >= 0);
	assert_true(window_material(x, "id_card", OTHER_NAME) >= 0);
}

static void
a_document_that_decides_is_never_deferred(void **state)
{
	struct window *x = *state;
	struct ym_error err = { 0 };
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	window_add(x, "PERMIT");
	assert_int_equal(ym_visit_mark(x->v, window_material(x, "hukou", NULL), YM_MAT_DEFERRED, "", &err), YM_REFUSED);
	assert_non_null(err.msgid);
	assert_int_equal(ym_visit_material(x->v, window_material(x, "hukou", NULL))->state, YM_MAT_UNSEEN);
	window_mark(x, "side", YM_MAT_DEFERRED);
	/* five working days by the item; two working days before the promised seven end on 2026-12-02 */
	assert_string_equal(ym_visit_material(x->v, window_material(x, "side", NULL))->deadline, "2026-11-30");
}

static void
a_wrong_document_needs_words_and_a_shared_one_an_answer(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	window_add(x, "PERMIT");
	int line = window_material(x, "hukou", NULL);
	assert_int_equal(ym_visit_mark(x->v, line, YM_MAT_WRONG, "", NULL), YM_INVALID);
	assert_int_equal(ym_visit_mark(x->v, line, YM_MAT_SHARED, "", NULL), YM_REFUSED);
	assert_int_equal(ym_visit_mark(x->v, line, YM_MAT_CAPTURED, "", NULL), YM_REFUSED);
	assert_int_equal(ym_visit_ask_material(x->v, window_material(x, "side", NULL), NULL), YM_REFUSED);
	assert_int_equal(ym_visit_ask_material(x->v, line, NULL), YM_OK);
	assert_int_equal(ym_visit_material(x->v, line)->state, YM_MAT_WAITING);
	window_check(x, "household", "clear");
	assert_int_equal(ym_visit_material(x->v, line)->state, YM_MAT_SHARED);
}

static void
a_register_without_the_entry_leaves_the_document_to_be_shown(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	window_add(x, "PERMIT");
	int line = window_material(x, "hukou", NULL);
	assert_int_equal(ym_visit_ask_material(x->v, line, NULL), YM_OK);
	window_check(x, "household", "unknown");
	assert_int_equal(ym_visit_material(x->v, line)->state, YM_MAT_UNSEEN);
}

static void
an_attached_page_is_kept_sealed(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	window_add(x, "PERMIT");
	int line = window_material(x, "side", NULL);
	assert_int_equal(ym_visit_attach(x->v, line, "a page with " MOTHER_NAME, 30, "text/plain", NULL), YM_OK);
	assert_int_equal(ym_visit_material(x->v, line)->state, YM_MAT_CAPTURED);
	assert_int_equal(ym_visit_material(x->v, line)->pages, 1);
	assert_false(folder_contains(x->d.dir, MOTHER_NAME));
}

static void
a_document_that_may_not_be_needed_is_a_question_not_a_no(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	int c = window_add(x, "PERMIT");
	int line = window_material(x, "proof", NULL);
	assert_true(line >= 0);
	assert_false(ym_visit_material(x->v, line)->applies_known);
	assert_true(window_has_reason(x, c, "证明"));
	window_reply(x, "q.fast", "0");
	assert_int_equal(window_material(x, "proof", NULL), -1);
	window_reply(x, "q.fast", "1");
	assert_true(ym_visit_material(x->v, window_material(x, "proof", NULL))->applies_known);
}

/* -- the form -- */

static int
lines_of(struct window *x, const char *datum)
{
	int n = 0;
	for (int i = 0; i < ym_visit_n_form(x->v); i++)
		n += !strcmp(ym_visit_form(x->v, i)->datum, datum);
	return n;
}

static void
a_datum_of_one_person_is_one_field_and_the_case_keeps_its_own(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	window_add(x, "CERT");
	window_add(x, "PERMIT");
	assert_int_equal(lines_of(x, "applicant.name"), 1);
	assert_int_equal(ym_visit_form(x->v, window_field(x, "applicant.name"))->n_cases, 2);
	assert_int_equal(lines_of(x, "case.purpose"), 2);
	assert_string_equal(ym_visit_form(x->v, window_field(x, "applicant.name"))->value, MOTHER_NAME);
	assert_int_equal(ym_visit_form(x->v, window_field(x, "applicant.name"))->origin, YM_FROM_CARD);
	window_fill(x, "case.purpose", "入学");
	int filled = 0;
	for (int i = 0; i < ym_visit_n_form(x->v); i++)
		filled += !strcmp(ym_visit_form(x->v, i)->datum, "case.purpose") && ym_visit_form(x->v, i)->has_value;
	assert_int_equal(filled, 1);
}

static void
one_person_in_two_roles_is_asked_once_two_persons_twice(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	int c = window_add(x, "BIRTH");
	/* mother, declarant and householder are who came */
	int names = 0;
	for (int i = 0; i < ym_visit_n_form(x->v); i++)
		names += strstr(ym_visit_form(x->v, i)->datum, ".name") != NULL;
	assert_int_equal(names, 2); /* hers and the child's */
	int other;
	assert_int_equal(ym_visit_add_person(x->v, "agent", false, &other, NULL), YM_OK);
	window_card(x, other, OTHER_NAME, OTHER_ID, "229901");
	assert_int_equal(ym_visit_bind(x->v, c, "applicant", other, NULL), YM_OK);
	assert_true(window_field(x, "applicant.phone") >= 0);
	assert_int_equal(ym_visit_form(x->v, window_field(x, "applicant.phone"))->person, other);
	assert_int_equal(ym_visit_bind(x->v, c, "nobody", other, NULL), YM_NOTFOUND);
}

static void
wrong_values_are_kept_shown_and_stop_acceptance(void **state)
{
	struct window *x = *state;
	struct ym_error err = { 0 };
	window_open(x);
	int c = window_ready_permit(x);
	assert_int_equal(window_try_fill(x, "applicant.phone", "12", &err), YM_INVALID);
	assert_string_equal(err.subject, "联系电话");
	const struct ym_form_line *l = ym_visit_form(x->v, window_field(x, "applicant.phone"));
	assert_string_equal(l->value, "12");
	assert_true(*l->error);
	assert_false(window_case(x, c)->can_exit[YM_EXIT_ACCEPTED]);
	assert_int_equal(window_try_fill(x, "case.quantity", "viele", &err), YM_INVALID);
	assert_int_equal(window_try_fill(x, "case.purpose", "一", &err), YM_INVALID);
	assert_string_equal(err.msgid, "用途至少两字");
	window_fill(x, "applicant.phone", "１３８００００００００"); /* full width comes in as half width */
	assert_string_equal(ym_visit_form(x->v, window_field(x, "applicant.phone"))->value, "13800000000");
}

static void
a_rule_fills_what_is_empty_and_follows_until_somebody_types(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	window_add(x, "BIRTH");
	const struct ym_form_line *l = ym_visit_form(x->v, window_field(x, "child.household_division"));
	assert_string_equal(l->value, "229901");
	assert_string_equal(l->shown, "甲县");
	assert_int_equal(l->origin, YM_FROM_RULE);
	window_fill(x, "mother.household_division", "229902");
	assert_string_equal(ym_visit_form(x->v, window_field(x, "child.household_division"))->value, "229902");
	window_fill(x, "child.household_division", "229901");
	window_fill(x, "mother.household_division", "229902");
	assert_string_equal(ym_visit_form(x->v, window_field(x, "child.household_division"))->value, "229901");
}

static void
the_division_is_never_guessed_from_the_number(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "");
	window_add(x, "CERT");
	assert_false(ym_visit_form(x->v, window_field(x, "applicant.household_division"))->has_value);
}

static void
an_identified_person_never_becomes_another(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	struct ym_fact f[] = { { "name", OTHER_NAME }, { "id_number", OTHER_ID } };
	assert_int_equal(ym_visit_identify(x->v, 0, f, 2, YM_FROM_CARD, NULL), YM_CONFLICT);
	assert_string_equal(ym_visit_person(x->v, 0)->name, MOTHER_NAME);
	int other;
	struct ym_fact same[] = { { "name", MOTHER_NAME }, { "id_number", MOTHER_ID } };
	assert_int_equal(ym_visit_add_person(x->v, "agent", false, &other, NULL), YM_OK);
	assert_int_equal(ym_visit_identify(x->v, other, same, 2, YM_FROM_CARD, NULL), YM_CONFLICT);
	struct ym_fact wrong[] = { { "name", OTHER_NAME }, { "id_number", "229901197501010011" } };
	struct ym_error err = { 0 };
	assert_int_equal(ym_visit_identify(x->v, other, wrong, 2, YM_FROM_TYPED, &err), YM_INVALID);
	assert_string_equal(err.subject, "公民身份号码");
	assert_string_equal(ym_visit_person(x->v, other)->name, OTHER_NAME); /* the rest is kept */
	assert_false(ym_visit_person(x->v, other)->identified);
}

static void
the_card_tells_age_and_sex(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	const struct ym_person *p = ym_visit_person(x->v, 0);
	assert_int_equal(p->age, 39);
	assert_string_equal(p->sex_label, "女");
	assert_true(p->identified);
	assert_int_equal(p->origin, YM_FROM_CARD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_same_document_of_the_same_person_is_asked_once), T(the_same_document_of_another_person_is_another_line),
		T(a_document_that_decides_is_never_deferred), T(a_wrong_document_needs_words_and_a_shared_one_an_answer),
		T(a_register_without_the_entry_leaves_the_document_to_be_shown), T(an_attached_page_is_kept_sealed),
		T(a_document_that_may_not_be_needed_is_a_question_not_a_no),
		T(a_datum_of_one_person_is_one_field_and_the_case_keeps_its_own), T(one_person_in_two_roles_is_asked_once_two_persons_twice),
		T(wrong_values_are_kept_shown_and_stop_acceptance), T(a_rule_fills_what_is_empty_and_follows_until_somebody_types),
		T(the_division_is_never_guessed_from_the_number), T(an_identified_person_never_becomes_another), T(the_card_tells_age_and_sex),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
