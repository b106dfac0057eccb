/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Signed on the pad: one document, one person, one event; what is kept of it, what it is never used for, and its end. */
#include "unit/cases/window.h"

#include "cases/inner.h"

#define STROKES "{\"v\":1}"
#define DIGEST "abababababababababababababababababababababababababababababababab"

static const struct ym_signature drawn = { .person = 0, .data = STROKES, .n = sizeof(STROKES) - 1, .media = "application/test", .document = DIGEST };

static int
paper(struct window *x, const char *template_id)
{
	for (int i = 0; i < ym_visit_n_papers(x->v); i++)
		if (ym_streq(ym_visit_paper(x->v, i)->template_id, template_id))
			return i;
	fail_msg("no paper %s", template_id);
	return -1;
}

/* The permit accepted: an acceptance notice and an application form are to be signed. */
static void
accepted(struct window *x)
{
	window_open(x);
	window_decide(x, window_ready_permit(x), YM_EXIT_ACCEPTED, NULL);
}

static int
sign(struct window *x, const char *template_id)
{
	int i = paper(x, template_id);
	struct ym_error err = { 0 };

	if (ym_visit_sign_drawn(x->v, i, &drawn, &err))
		fail_msg("%s", err.msgid);
	return paper(x, template_id);
}

static void
it_needs_no_print_and_says_who_and_what(void **state)
{
	struct window *x = *state;
	struct ym_signature_kept kept;
	YM_BUF text = { 0 };
	YM_JSON *story = NULL;
	YM_FREE char *told = NULL;
	int i;

	accepted(x);
	i = sign(x, "acceptance");
	assert_true(ym_visit_paper(x->v, i)->is_signed && ym_visit_paper(x->v, i)->is_drawn);
	assert_int_equal(window_count(x, "SELECT signed FROM view_paper WHERE template = 'acceptance'"), 1);
	assert_int_equal(ym_visit_signature(x->v, i, &kept, NULL), YM_OK);
	assert_string_equal(kept.document, DIGEST);
	assert_int_equal(ym_blob_get(x->w->db, kept.sm3, kept.key, &text, NULL), YM_OK);
	assert_string_equal(ym_buf_str(&text), STROKES);
	/* an event of the person, too */
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_trail WHERE length(scope) = 64 AND seq = (SELECT max(seq) FROM event)"), 1);
	assert_int_equal(ym_caselist_story(x->w, ym_visit_paper(x->v, i)->case_no, "test", &story, NULL), YM_OK);
	told = ym_json_dump(story);
	assert_non_null(strstr(told, "\"signer\":\"" MOTHER_NAME "\""));
	/* the other paper has none of it */
	assert_false(ym_visit_paper(x->v, paper(x, "receipt"))->is_signed);
	assert_int_equal(ym_visit_signature(x->v, paper(x, "receipt"), &kept, NULL), YM_NOTFOUND);
}

static void
prints_count_from_the_signature_on(void **state)
{
	struct window *x = *state;
	int i;

	accepted(x);
	i = paper(x, "acceptance");
	assert_int_equal(ym_visit_printed(x->v, i, "pdf", NULL), YM_OK);
	assert_int_equal(ym_visit_paper(x->v, i)->printed, 1);
	i = sign(x, "acceptance");
	/* the sheet without the signature is no print of what was signed */
	assert_int_equal(ym_visit_paper(x->v, i)->printed, 0);
	assert_int_equal(ym_visit_printed(x->v, i, "pdf", NULL), YM_OK);
	assert_int_equal(ym_visit_paper(x->v, i)->printed, 1);
	assert_int_equal(ym_visit_save(x->v, NULL), YM_OK);
	window_restart(x);
	window_resume(x);
	i = paper(x, "acceptance");
	assert_int_equal(ym_visit_paper(x->v, i)->printed, 1);
	assert_true(ym_visit_paper(x->v, i)->is_drawn);
}

static void
never_printed_it_is_offered_again_at_a_later_visit(void **state)
{
	struct window *x = *state;
	char no[64];
	int i;

	accepted(x);
	i = sign(x, "acceptance");
	ym_strlcpy(no, ym_visit_paper(x->v, i)->case_no, sizeof(no));
	if (window_case(x, 0)->fee_state == YM_FEE_DUE)
		assert_int_equal(ym_visit_pay(x->v, 0, "qr", "1", NULL), YM_OK);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	window_close(x);
	struct ym_error err = { 0 };
	if (ym_visit_continue_case(x->w, no, &x->v, &err))
		fail_msg("%s", err.msgid);
	i = paper(x, "acceptance");
	assert_true(ym_visit_paper(x->v, i)->is_drawn);
	assert_int_equal(ym_visit_may_sign(x->v, i, NULL), YM_STATE);
	/* the application form was neither printed nor signed: there is nothing to be made again */
	for (i = 0; i < ym_visit_n_papers(x->v); i++)
		assert_string_not_equal(ym_visit_paper(x->v, i)->template_id, "application");
}

static void
what_may_not_be_signed_is_refused(void **state)
{
	struct window *x = *state;
	struct ym_signature nobody = drawn;
	int i;

	accepted(x);
	assert_int_equal(ym_visit_sign_drawn(x->v, paper(x, "receipt"), &drawn, NULL), YM_STATE);
	assert_int_equal(ym_visit_sign_drawn(x->v, 99, &drawn, NULL), YM_NOTFOUND);
	i = paper(x, "acceptance");
	nobody.person = x->v->n_persons;
	assert_int_equal(ym_visit_sign_drawn(x->v, i, &nobody, NULL), YM_REFUSED);
	assert_int_equal(window_count(x, "SELECT count(*) FROM blob"), 0);
	sign(x, "acceptance");
	assert_int_equal(ym_visit_sign_drawn(x->v, i, &drawn, NULL), YM_STATE);
	assert_int_equal(window_count(x, "SELECT count(*) FROM blob"), 1);
}

static void
the_archive_keeps_it_and_offers_it_to_nobody(void **state)
{
	struct window *x = *state;
	struct ym_offer o[4];
	char place[96];
	YM_BUF row = { 0 };
	int line;

	accepted(x);
	sign(x, "acceptance");
	snprintf(place, sizeof(place), "capture:%s", x->v->persons[0].hash);
	assert_int_equal(ym_fold_open(&x->w->fold, x->w->db, place, &row, NULL), YM_OK);
	assert_non_null(strstr(ym_buf_str(&row), "\"document\":\"" DIGEST "\""));
	assert_non_null(strstr(ym_buf_str(&row), "\"grade\":\"A\""));
	window_close(x);
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	window_add(x, "PERMIT");
	line = window_material(x, "hukou", NULL);
	/* even a catalogue that asks for a signature as a material gets none */
	x->v->materials[line].kind = "signature";
	assert_int_equal(ym_visit_offers(x->v, line, false, o, 4), 0);
	assert_int_equal(ym_visit_offers(x->v, line, true, o, 4), 0);
}

static void
an_erased_visit_takes_its_signatures_with_it(void **state)
{
	struct window *x = *state;
	struct ym_event_draft erased = { .kind = "visit.erased", .case_no = "", .item = "", .pack = "", .account = "" };
	char visit[40];

	accepted(x);
	sign(x, "acceptance");
	strcpy(visit, ym_visit_id(x->v));
	window_close(x);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_sealed WHERE place LIKE 'signed:%' OR place LIKE 'capture:%'"), 2);
	erased.visit = visit;
	assert_int_equal(ym_log_append(x->w->log, &erased, NULL, NULL), YM_OK);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_sealed WHERE place LIKE 'signed:%' OR place LIKE 'capture:%'"), 0);
}

static void
a_rebuild_finds_every_signature_again(void **state)
{
	struct window *x = *state;
	YM_BUF before = { 0 }, after = { 0 };

	accepted(x);
	sign(x, "acceptance");
	assert_int_equal(ym_fold_dump(&x->w->fold, x->w->db, &before, NULL), YM_OK);
	assert_non_null(strstr(before.data, "signed:"));
	assert_int_equal(ym_casework_rebuild(x->w, NULL), YM_OK);
	assert_int_equal(ym_fold_dump(&x->w->fold, x->w->db, &after, NULL), YM_OK);
	assert_string_equal(before.data, after.data);
}

#define T(f) cmocka_unit_test_setup_teardown(f, window_setup, window_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(it_needs_no_print_and_says_who_and_what), T(prints_count_from_the_signature_on), T(never_printed_it_is_offered_again_at_a_later_visit), T(what_may_not_be_signed_is_refused),
		T(the_archive_keeps_it_and_offers_it_to_nobody), T(an_erased_visit_takes_its_signatures_with_it), T(a_rebuild_finds_every_signature_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
