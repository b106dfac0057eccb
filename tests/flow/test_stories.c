/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The golden stories on the shipped catalogue, without a screen: a mother and her newborn; a rural desk without a network; a notice and
 * the supplement a day later. Each is also killed after every step and resumed. Not papers' looks, not devices, not sync.
 */
#include "window.h"

#include "base/number.h"

#define T(f) cmocka_unit_test_setup_teardown(f, window_setup_shipped, window_teardown)

static bool kill_each_step;

/* As after kill -9: the draft was saved within two seconds, nothing else is. */
static void
step(struct window *x)
{
	if (!kill_each_step)
		return;
	assert_int_equal(ym_visit_save(x->v, NULL), YM_OK);
	window_restart(x);
	ym_casework_set_online(x->w, false);
	window_resume(x);
}

static const char *
value_for(const struct ym_form_line *l)
{
	static const struct { const char *datum, *value; } values[] = { { "sex", "2" }, { "nation", "01" }, { "phone", "13800000000" },
		{ "household_address", "测试路一号院二单元" }, { "address", "测试路一号院二单元" }, { "household_division", "220102" },
		{ "birth_division", "220102" }, { "native_division", "220102" }, { "pinyin_name", "OUYANG CESHI" }, { "id_valid_to", "2040-01-01" },
		{ "birth_cert", "T229900001" }, { "use_unit", "测试学校" }, { "purpose", "入学" }, { "birth", "2026-11-02" }, { "name", CHILD_NAME },
		{ "relation", "30" }, { "chemicals", "测试用品一千克" }, { "use_note", "教学实验" } };
	const char *datum = strchr(l->datum, '.') + 1;
	for (size_t i = 0; i < YM_ARRAY_LEN(values); i++)
		if (!strcmp(values[i].datum, datum))
			return values[i].value;
	if (!strcmp(datum, "uscc")) {
		static char uscc[19];
		snprintf(uscc, sizeof(uscc), "91220199MA0000000");
		uscc[17] = ym_number_uscc_check(uscc);
		return uscc;
	}
	if (!strcmp(datum, "id_number")) {
		static char number[19];
		snprintf(number, sizeof(number), "22990120261102002");
		number[17] = ym_number_id18_check(number);
		return number;
	}
	if (l->type->n_options)
		return l->type->options[0].code;
	fail_msg("no value for %s", l->datum);
	return "";
}

/* Whatever the form still asks for; returns how many values were typed. */
static int
fill_all(struct window *x)
{
	int n = 0;
	for (int i = 0; i < ym_visit_n_form(x->v); i++) {
		const struct ym_form_line *l = ym_visit_form(x->v, i);
		if (!l->required || l->has_value)
			continue;
		struct ym_error err = { 0 };
		const char *datum = l->datum;
		if (ym_visit_fill(x->v, i, value_for(l), &err))
			fail_msg("%s: %s %s", datum, err.msgid, err.subject);
		step(x);
		n++;
		i = -1;
	}
	return n;
}

static void
reply_if_asked(struct window *x, const char *id, const char *code)
{
	for (int i = 0; i < ym_visit_n_questions(x->v); i++)
		if (!strcmp(ym_visit_question(x->v, i)->q->id, id)) {
			window_reply(x, id, code);
			step(x);
		}
}

static void
see_all(struct window *x)
{
	for (int i = 0; i < ym_visit_n_materials(x->v); i++) {
		const struct ym_material_line *l = ym_visit_material(x->v, i);
		if (l->need == YM_NEED_OPTIONAL || !l->applies_known || l->state != YM_MAT_UNSEEN)
			continue;
		assert_int_equal(ym_visit_mark(x->v, i, YM_MAT_SEEN, "", NULL), YM_OK);
		step(x);
	}
}

static void
explain(struct window *x, int c, enum ym_exit wanted)
{
	const struct ym_case_line *l = window_case(x, c);
	if (l->proposal == wanted)
		return;
	for (int i = 0; i < l->n_reasons; i++)
		print_error("  %d %s: %s [%s]\n", l->reasons[i].weight, l->reasons[i].text, l->reasons[i].cure, l->reasons[i].source);
	fail_msg("%s proposes %s, not %s", l->name, ym_exit_name(l->proposal), ym_exit_name(wanted));
}

static void
no_hole_in_the_papers(struct window *x)
{
	for (int i = 0; i < ym_visit_n_papers(x->v); i++) {
		YM_FREE char *text = ym_visit_paper_json(x->v, i);
		YM_JSON *j = NULL;
		assert_non_null(text);
		assert_int_equal(ym_json_parse(text, strlen(text), "paper", &j, NULL), YM_OK);
		assert_true(*ym_json_str(json_object_get(j, "station"), "name"));
		assert_true(*ym_json_str(json_object_get(j, "officer"), "name"));
		if (ym_visit_paper(x->v, i)->case_index >= 0)
			assert_true(*ym_json_str(json_object_get(j, "case"), "no"));
		assert_int_equal(ym_visit_printed(x->v, i, "pdf", NULL), YM_OK);
	}
}

static int
case_of(struct window *x, const char *item)
{
	for (int c = 0; c < ym_visit_n_cases(x->v); c++)
		if (!strcmp(window_case(x, c)->item, item))
			return c;
	fail_msg("no case of %s", item);
	return -1;
}

static void
mother_and_newborn(struct window *x)
{
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "");
	step(x);
	assert_int_equal(ym_visit_add_bundle(x->v, "newborn", NULL), YM_OK);
	step(x);
	window_add(x, "crj-hz-01");
	step(x);
	assert_int_equal(ym_visit_n_cases(x->v), 3);
	assert_int_equal(ym_visit_n_persons(x->v), 2);
	for (int round = 0; round < 3; round++) {
		reply_if_asked(x, "q.follow", "mother");
		reply_if_asked(x, "q.name_same", "1");
		reply_if_asked(x, "q.nation_same", "1");
		reply_if_asked(x, "q.guardian_in_hukou", "0");
		reply_if_asked(x, "q.first_card", "1");
		reply_if_asked(x, "q.staff", "citizen");
		reply_if_asked(x, "q.has_passport", "0");
	}
	int typed = fill_all(x);
	print_message("# newborn: %d values typed, %d lines in one form\n", typed, ym_visit_n_form(x->v));
	int proof = window_material(x, "guardian_proof", NULL);
	assert_true(proof >= 0);
	assert_int_equal(ym_visit_mark(x->v, proof, YM_MAT_DEFERRED, "", NULL), YM_OK);
	step(x);
	see_all(x);
	ym_casework_set_online(x->w, true);
	for (int i = 0; i < ym_visit_n_checks(x->v); i++)
		if (ym_visit_check(x->v, i)->required)
			window_check(x, ym_visit_check(x->v, i)->reg, "clear");
	int birth = case_of(x, "HZ-001"), card = case_of(x, "SF-002"), passport = case_of(x, "crj-hz-01");
	explain(x, birth, YM_EXIT_COMPLETED);
	explain(x, card, YM_EXIT_DEFERRED);
	explain(x, passport, YM_EXIT_ACCEPTED);
	int n = 0;
	struct ym_error err = { 0 };
	if (ym_visit_decide_all(x->v, &n, &err))
		fail_msg("%s %s", err.msgid, err.subject);
	step(x);
	assert_int_equal(n, 3);
	assert_int_equal(window_case(x, passport)->fee_fen, 12000);
	assert_int_equal(window_case(x, card)->fee_state, YM_FEE_NONE);
	assert_int_equal(window_case(x, card)->decider, YM_BY_AUTO);
	assert_int_equal(window_case(x, passport)->decider, YM_BY_APPROVER);
	assert_int_equal(ym_visit_pay(x->v, passport, "qr", "", NULL), YM_OK);
	step(x);
	no_hole_in_the_papers(x);
	int receipts = 0;
	for (int i = 0; i < ym_visit_n_papers(x->v); i++)
		receipts += !strcmp(ym_visit_paper(x->v, i)->template_id, "receipt");
	assert_int_equal(receipts, 1);
	assert_int_equal(ym_visit_ask_rating(x->v, NULL), YM_OK);
	step(x);
	assert_int_equal(ym_visit_take_rating(x->v, 1, "evaluator", NULL), YM_OK);
	step(x);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_case"), 3);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_defer WHERE state = 'open'"), 1);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_case WHERE rated = 1"), 3);
	assert_false(folder_contains(x->d.dir, MOTHER_NAME));
	assert_false(folder_contains(x->d.dir, CHILD_NAME));
}

static void
a_mother_and_her_newborn_leave_with_three_cases(void **state)
{
	kill_each_step = false;
	mother_and_newborn(*state);
}

static void
the_same_visit_killed_after_every_step_ends_the_same(void **state)
{
	kill_each_step = true;
	mother_and_newborn(*state);
	kill_each_step = false;
}

static void
rural(struct window *x)
{
	ym_casework_set_online(x->w, false);
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "");
	int cert = window_add(x, "HZ-049"), chem = window_add(x, "ZA-021");
	step(x);
	int org;
	assert_int_equal(ym_visit_add_person(x->v, "org", true, &org, NULL), YM_OK);
	step(x);
	window_reply(x, "q.proof_matter", "household");
	window_reply(x, "q.buyer", "org");
	reply_if_asked(x, "q.has_chem_licence", "0");
	reply_if_asked(x, "q.has_storage", "1");
	reply_if_asked(x, "q.is_legalrep", "0");
	fill_all(x);
	see_all(x);
	explain(x, cert, YM_EXIT_COMPLETED);
	explain(x, chem, YM_EXIT_ACCEPTED);
	window_decide(x, cert, YM_EXIT_COMPLETED, NULL);
	step(x);
	window_decide(x, chem, YM_EXIT_ACCEPTED, NULL);
	step(x);
	assert_int_equal(window_case(x, chem)->decider, YM_BY_APPROVER);
	assert_int_equal(window_case(x, chem)->state, YM_CASE_ACCEPTED);
	no_hole_in_the_papers(x);
	bool certificate = false;
	for (int i = 0; i < ym_visit_n_papers(x->v); i++) {
		const struct ym_paper_line *p = ym_visit_paper(x->v, i);
		certificate |= !strcmp(p->template_id, "household-certificate");
		/* offline the paper promises no result of what others decide */
		assert_false(p->case_index == chem && !strcmp(p->template_id, "sign-for"));
		if (p->case_index == cert && !strcmp(p->template_id, "sign-for"))
			assert_int_equal(ym_visit_sign(x->v, i, NULL), YM_OK);
	}
	assert_true(certificate);
	assert_int_equal(window_case(x, cert)->state, YM_CASE_DELIVERED);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
}

static void
a_rural_desk_without_a_network_completes_and_accepts(void **state)
{
	kill_each_step = false;
	rural(*state);
}

static void
the_rural_desk_killed_after_every_step_does_the_same(void **state)
{
	kill_each_step = true;
	rural(*state);
	kill_each_step = false;
}

static void
a_notice_today_is_supplemented_tomorrow_and_the_result_collected(void **state)
{
	struct window *x = *state;
	char no[40];
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "");
	int c = window_add(x, "crj-hz-01");
	window_reply(x, "q.staff", "citizen");
	window_reply(x, "q.has_passport", "0");
	fill_all(x);
	see_all(x);
	window_mark(x, "photo_crj", YM_MAT_WRONG);
	for (int i = 0; i < ym_visit_n_checks(x->v); i++)
		if (ym_visit_check(x->v, i)->required)
			window_check(x, ym_visit_check(x->v, i)->reg, "clear");
	explain(x, c, YM_EXIT_RETURNED);
	window_decide(x, c, YM_EXIT_RETURNED, NULL);
	ym_strlcpy(no, window_case(x, c)->case_no, sizeof(no));
	no_hole_in_the_papers(x);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	window_close(x);
	window_at("2026-11-24 14:00");
	assert_int_equal(ym_visit_continue_case(x->w, no, &x->v, NULL), YM_OK);
	window_mark(x, "photo_crj", YM_MAT_SEEN);
	explain(x, 0, YM_EXIT_ACCEPTED);
	window_decide(x, 0, YM_EXIT_ACCEPTED, NULL);
	assert_int_equal(ym_visit_pay(x->v, 0, "qr", "", NULL), YM_OK);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	window_close(x);
	window_at("2026-12-02 10:00");
	YM_FREE char *reviewed = ym_asprintf("{\"case\":\"%s\",\"result\":\"approved\"}", no);
	window_feed(x, "case.reviewed", reviewed);
	assert_int_equal(ym_visit_continue_case(x->w, no, &x->v, NULL), YM_OK);
	assert_int_equal(window_case(x, 0)->state, YM_CASE_APPROVED);
	/* The decision (W09) and its sign-for (W12); both stay to be printed again when they have been handed over. */
	assert_int_equal(ym_visit_n_papers(x->v), 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ym_visit_printed(x->v, i, "pdf", NULL), YM_OK);
		assert_int_equal(ym_visit_sign(x->v, i, NULL), YM_OK);
	}
	assert_int_equal(window_case(x, 0)->state, YM_CASE_DELIVERED);
	assert_int_equal(ym_visit_n_papers(x->v), 2);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_case"), 1);
}

/* Every shipped item can be opened, evaluated and taken in: nothing in the data stops the engine. */
static void
take_in(void *user, const char *id, const char *name, const char *category)
{
	struct window *x = user;
	int c;
	struct ym_error err = { 0 };
	if (ym_visit_add_item(x->v, id, &c, &err))
		fail_msg("%s: %s", id, err.msgid);
	const struct ym_case_line *l = window_case(x, c);
	assert_string_equal(l->item, id);
	assert_true(*l->name);
	assert_false(l->can_exit[YM_EXIT_COMPLETED] && l->n_reasons == 0 && ym_visit_n_form(x->v) > 0 && !l->reasons);
	assert_int_equal(ym_visit_drop_case(x->v, c, NULL), YM_OK);
}

static void
every_shipped_item_opens_in_a_visit(void **state)
{
	struct window *x = *state;
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "");
	ym_pack_each_item(x->pack, take_in, x);
	assert_int_equal(ym_visit_n_cases(x->v), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_mother_and_her_newborn_leave_with_three_cases), T(the_same_visit_killed_after_every_step_ends_the_same),
		T(a_rural_desk_without_a_network_completes_and_accepts), T(the_rural_desk_killed_after_every_step_does_the_same),
		T(a_notice_today_is_supplemented_tomorrow_and_the_result_collected), T(every_shipped_item_opens_in_a_visit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
