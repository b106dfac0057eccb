/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Captured once: pages by name, what is offered again and until when, and its end with the visit. */
#include "unit/cases/window.h"

#include "cases/inner.h"

static struct ym_capture_page
put(struct window *x, const char *text, const char *what)
{
	struct ym_capture_page page = { .media = "image/jpeg" };

	strcpy(page.what, what);
	assert_int_equal(ym_blob_put(x->w->db, text, strlen(text), page.media, page.sm3, page.key, NULL), YM_OK);
	return page;
}

static void
keep(struct window *x, const char *kind, const struct ym_capture_page *pages, int n)
{
	const struct ym_capture_source here = { .origin = YM_FROM_TYPED };

	assert_int_equal(ym_visit_keep_pages(x->v, window_material(x, kind, NULL), pages, n, false, &here, NULL), YM_OK);
}

/* The permit with a page of the household book and a portrait, decided; the visit is over. Returns its id by ret. */
static void
capture_and_decide(struct window *x, char ret_visit[40])
{
	const struct ym_capture_page portrait[2] = { put(x, "cut", "cut:a"), put(x, "whole", "portrait") };
	struct ym_capture_page page;
	int c;

	window_open(x);
	c = window_ready_permit(x);
	page = put(x, "page", "");
	keep(x, "hukou", &page, 1);
	keep(x, "photo", portrait, 2);
	window_decide(x, c, YM_EXIT_ACCEPTED, NULL);
	strcpy(ret_visit, ym_visit_id(x->v));
	window_close(x);
}

static int
offers(struct window *x, const char *kind, bool portrait, struct ym_offer *ret)
{
	return ym_visit_offers(x->v, window_material(x, kind, NULL), portrait, ret, 8);
}

static void
come_again(struct window *x)
{
	window_open(x);
	window_card(x, 0, MOTHER_NAME, MOTHER_ID, "229901");
	window_add(x, "PERMIT");
}

static void
a_page_can_be_taken_out_before_the_decision(void **state)
{
	struct window *x = *state;
	struct ym_capture_page pages[2], got;
	int line;

	window_open(x);
	window_ready_permit(x);
	pages[0] = put(x, "one", "");
	pages[1] = put(x, "two", "");
	keep(x, "hukou", pages, 2);
	line = window_material(x, "hukou", NULL);
	assert_int_equal(ym_visit_material(x->v, line)->state, YM_MAT_CAPTURED);
	assert_int_equal(ym_visit_n_pages(x->v, line), 2);
	assert_int_equal(ym_visit_drop_page(x->v, line, 2, NULL), YM_NOTFOUND);
	assert_int_equal(ym_visit_drop_page(x->v, line, 0, NULL), YM_OK);
	assert_true(ym_visit_page(x->v, line, 0, &got));
	assert_string_equal(got.sm3, pages[1].sm3);
	assert_int_equal(ym_visit_drop_page(x->v, line, 0, NULL), YM_OK);
	assert_int_equal(ym_visit_material(x->v, line)->state, YM_MAT_UNSEEN);
}

static void
pages_outlive_a_restart(void **state)
{
	struct window *x = *state;
	struct ym_capture_page page, got;

	window_open(x);
	window_ready_permit(x);
	page = put(x, "whole", "portrait");
	keep(x, "photo", &page, 1);
	assert_int_equal(ym_visit_save(x->v, NULL), YM_OK);
	window_restart(x);
	window_resume(x);
	assert_true(ym_visit_page(x->v, window_material(x, "photo", NULL), 0, &got));
	assert_string_equal(got.key, page.key);
	assert_string_equal(got.what, "portrait");
}

static void
what_a_case_used_is_offered_at_the_next_visit(void **state)
{
	struct window *x = *state;
	struct ym_offer o[8];
	struct ym_capture_page pages[4];
	char visit[40];

	capture_and_decide(x, visit);
	come_again(x);
	assert_int_equal(offers(x, "hukou", false, o), 1);
	assert_true(o[0].usable && o[0].is_here && !o[0].is_now && !o[0].needs_cut);
	assert_int_equal(o[0].grade, 'B');
	assert_int_equal(offers(x, "photo", true, o), 1);
	assert_int_equal(o[0].grade, 'A');
	assert_int_equal(o[0].n_pages, 2);
	assert_int_equal(ym_visit_offer_pages(x->v, window_material(x, "photo", NULL), true, o[0].index, pages, 4), 2);
	assert_string_equal(pages[1].what, "portrait");
	assert_int_equal(offers(x, "side", false, o), 0);
}

static void
used_again_it_keeps_its_day_and_its_desk(void **state)
{
	struct window *x = *state;
	struct ym_offer o[8];
	struct ym_capture_page pages[4];
	char visit[40];
	int line, n;

	capture_and_decide(x, visit);
	window_at("2027-02-01 09:00");
	come_again(x);
	assert_int_equal(offers(x, "photo", true, o), 1);
	line = window_material(x, "photo", NULL);
	n = ym_visit_offer_pages(x->v, line, true, o[0].index, pages, 4);
	assert_int_equal(ym_visit_keep_pages(x->v, line, pages, n, true,
		&(struct ym_capture_source){ .origin = YM_FROM_ARCHIVE, .at = o[0].at, .desk = o[0].desk }, NULL), YM_OK);
	assert_int_equal(ym_visit_material(x->v, line)->at, o[0].at);
	assert_int_equal(ym_visit_material(x->v, line)->state, YM_MAT_CAPTURED);
	/* and is no offer for itself */
	assert_int_equal(offers(x, "photo", true, o), 0);
}

static void
after_its_time_it_is_only_told(void **state)
{
	struct window *x = *state;
	struct ym_offer o[8];
	char visit[40];

	capture_and_decide(x, visit);
	window_at("2028-01-10 09:00");
	come_again(x);
	assert_int_equal(offers(x, "photo", true, o), 1);
	assert_false(o[0].usable);
}

static void
another_person_is_offered_nothing(void **state)
{
	struct window *x = *state;
	struct ym_offer o[8];
	char visit[40];

	capture_and_decide(x, visit);
	window_open(x);
	window_card(x, 0, OTHER_NAME, OTHER_ID, "229901");
	window_add(x, "PERMIT");
	assert_int_equal(offers(x, "photo", true, o), 0);
	assert_int_equal(offers(x, "hukou", false, o), 0);
}

static void
an_erased_visit_takes_its_captures_with_it(void **state)
{
	struct window *x = *state;
	struct ym_event_draft erased = { .kind = "visit.erased", .case_no = "", .item = "", .pack = "", .account = "" };
	struct ym_offer o[8];
	char visit[40];

	capture_and_decide(x, visit);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_sealed WHERE place LIKE 'capture:%'"), 1);
	erased.visit = visit;
	assert_int_equal(ym_log_append(x->w->log, &erased, NULL, NULL), YM_OK);
	assert_int_equal(window_count(x, "SELECT count(*) FROM view_sealed WHERE place LIKE 'capture:%'"), 0);
	come_again(x);
	assert_int_equal(offers(x, "photo", true, o), 0);
}

static void
a_rebuild_gives_the_same_archive(void **state)
{
	struct window *x = *state;
	YM_BUF before = { 0 }, after = { 0 };
	char visit[40];

	capture_and_decide(x, visit);
	assert_int_equal(ym_fold_dump(&x->w->fold, x->w->db, &before, NULL), YM_OK);
	assert_non_null(strstr(before.data, "capture:"));
	assert_int_equal(ym_casework_rebuild(x->w, NULL), YM_OK);
	assert_int_equal(ym_fold_dump(&x->w->fold, x->w->db, &after, NULL), YM_OK);
	assert_string_equal(before.data, after.data);
}

#define T(f) cmocka_unit_test_setup_teardown(f, window_setup, window_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_page_can_be_taken_out_before_the_decision), T(pages_outlive_a_restart), T(what_a_case_used_is_offered_at_the_next_visit),
		T(used_again_it_keeps_its_day_and_its_desk), T(after_its_time_it_is_only_told), T(another_person_is_offered_nothing),
		T(an_erased_visit_takes_its_captures_with_it), T(a_rebuild_gives_the_same_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
