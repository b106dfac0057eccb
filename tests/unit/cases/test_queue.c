/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The queue's order (rules.md §15): classes, appointments, the ordinary ticket after three, missed and carried tickets. */
#include "window.h"

#define T(f) cmocka_unit_test_setup_teardown(f, window_setup, window_teardown)

static void
make(struct window *x, enum ym_ticket_class cls, const char *appointment, const char *no)
{
	char got[12];
	struct ym_error err = { 0 };
	if (ym_queue_make_ticket(x->w, cls, "", appointment, got, &err))
		fail_msg("%s", err.msgid);
	assert_string_equal(got, no);
	window_now += 60000;
}

static const char *
order(struct window *x)
{
	static char text[256];
	struct ym_ticket t[32];
	int n = ym_queue_tickets(x->w, t, 32);
	text[0] = 0;
	for (int i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "", t[i].no);
	return text;
}

/* Call the next one and serve them. */
static void
serve(struct window *x, const char *no)
{
	char id[40];
	struct ym_ticket t[32];
	assert_true(ym_queue_tickets(x->w, t, 32) > 0);
	assert_string_equal(t[0].no, no);
	assert_int_equal(ym_queue_call(x->w, "", id, NULL), YM_OK);
	assert_string_equal(id, t[0].id);
	assert_int_equal(ym_visit_open(x->w, id, &x->v, NULL), YM_OK);
	assert_string_equal(ym_visit_ticket(x->v), no);
	assert_int_equal(ym_visit_finish(x->v, NULL), YM_OK);
	window_close(x);
}

static void
classes_come_in_their_order_and_equals_by_time(void **state)
{
	struct window *x = *state;
	make(x, YM_TICKET_ORDINARY, "", "D001");
	make(x, YM_TICKET_ORDINARY, "", "D002");
	make(x, YM_TICKET_APPOINTMENT, "09:10", "C001");
	make(x, YM_TICKET_PRIORITY, "", "A001");
	make(x, YM_TICKET_URGENT, "", "A002");
	assert_string_equal(order(x), "A002 A001 C001 D001 D002");
}

static void
after_three_priority_calls_one_ordinary_ticket_comes_in(void **state)
{
	struct window *x = *state;
	make(x, YM_TICKET_ORDINARY, "", "D001");
	make(x, YM_TICKET_ORDINARY, "", "D002");
	for (int i = 1; i <= 5; i++) {
		char no[12];
		snprintf(no, sizeof(no), "A%03d", i % 1000);
		make(x, YM_TICKET_PRIORITY, "", no);
	}
	assert_string_equal(order(x), "A001 A002 A003 D001 A004 A005 D002");
	serve(x, "A001");
	serve(x, "A002");
	assert_string_equal(order(x), "A003 D001 A004 A005 D002");
	serve(x, "A003");
	serve(x, "D001");
	make(x, YM_TICKET_PRIORITY, "", "A006");
	assert_string_equal(order(x), "A004 A005 A006 D002");
}

static void
an_appointment_counts_a_quarter_of_an_hour_before_and_after(void **state)
{
	struct window *x = *state;
	struct ym_ticket t[8];
	window_at("2026-11-23 09:00");
	make(x, YM_TICKET_ORDINARY, "", "D001");
	make(x, YM_TICKET_APPOINTMENT, "09:40", "C001");
	assert_string_equal(order(x), "D001 C001");
	ym_queue_tickets(x->w, t, 8);
	assert_true(t[1].early);
	window_at("2026-11-23 09:24");
	assert_string_equal(order(x), "D001 C001");
	window_at("2026-11-23 09:25");
	assert_string_equal(order(x), "C001 D001");
	window_at("2026-11-23 09:55");
	assert_string_equal(order(x), "C001 D001");
	window_at("2026-11-23 09:56"); /* late: in line with the ordinary ones, by the time of issue */
	assert_string_equal(order(x), "D001 C001");
	ym_queue_tickets(x->w, t, 8);
	assert_int_equal(t[0].wait_min, 56);
	char no[12];
	assert_int_equal(ym_queue_make_ticket(x->w, YM_TICKET_APPOINTMENT, "", "25:00", no, NULL), YM_INVALID);
	assert_int_equal(ym_queue_make_ticket(x->w, YM_TICKET_APPOINTMENT, "", "", no, NULL), YM_INVALID);
}

static void
a_missed_ticket_goes_three_places_back_and_loses_nothing(void **state)
{
	struct window *x = *state;
	char id[40];
	for (int i = 1; i <= 5; i++) {
		char no[12];
		snprintf(no, sizeof(no), "D%03d", i % 1000);
		make(x, YM_TICKET_ORDINARY, "", no);
	}
	assert_int_equal(ym_queue_call(x->w, "", id, NULL), YM_OK);
	assert_int_equal(ym_queue_miss(x->w, id, NULL), YM_OK);
	assert_string_equal(order(x), "D002 D003 D004 D001 D005");
	serve(x, "D002");
	assert_string_equal(order(x), "D003 D004 D001 D005");
	serve(x, "D003");
	serve(x, "D004");
	serve(x, "D001");
	assert_string_equal(order(x), "D005");
	assert_int_equal(ym_queue_miss(x->w, "D005", NULL), YM_OK);
	assert_string_equal(order(x), "D005"); /* alone: still there */
}

static void
a_carried_ticket_comes_first_on_the_next_working_day_only(void **state)
{
	struct window *x = *state;
	window_at("2026-11-27 17:40"); /* Friday */
	make(x, YM_TICKET_ORDINARY, "", "D001");
	make(x, YM_TICKET_ORDINARY, "", "D002");
	assert_int_equal(ym_queue_carry_over(x->w, "D002", "预计超过30分钟", NULL), YM_OK);
	assert_string_equal(order(x), "D001");
	window_at("2026-11-28 09:00");
	assert_string_equal(order(x), "");
	window_at("2026-11-30 09:00"); /* Monday */
	make(x, YM_TICKET_APPOINTMENT, "09:05", "C001");
	make(x, YM_TICKET_PRIORITY, "", "A001");
	assert_string_equal(order(x), "A001 D002 C001");
	window_at("2026-12-01 09:00");
	assert_string_equal(order(x), "");
	assert_int_equal(ym_queue_carry_over(x->w, "D002", "", NULL), YM_NOTFOUND);
}

static void
a_called_ticket_survives_a_crash_before_its_visit(void **state)
{
	struct window *x = *state;
	char id[40];
	make(x, YM_TICKET_ORDINARY, "", "D001");
	assert_int_equal(ym_queue_call(x->w, "", id, NULL), YM_OK);
	window_restart(x);
	assert_string_equal(order(x), "D001");
	serve(x, "D001");
	assert_int_equal(ym_queue_call(x->w, "", id, NULL), YM_NOTFOUND);
	struct ym_error err = { 0 };
	assert_int_equal(ym_visit_open(x->w, id, &x->v, &err), YM_NOTFOUND);
	make(x, YM_TICKET_ORDINARY, "", "D002"); /* numbers go on */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(classes_come_in_their_order_and_equals_by_time), T(after_three_priority_calls_one_ordinary_ticket_comes_in),
		T(an_appointment_counts_a_quarter_of_an_hour_before_and_after), T(a_missed_ticket_goes_three_places_back_and_loses_nothing),
		T(a_carried_ticket_comes_first_on_the_next_working_day_only), T(a_called_ticket_survives_a_crash_before_its_visit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
