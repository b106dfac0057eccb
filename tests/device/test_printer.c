/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The receipt printer's driver through the hub, against the simulated printer over a real pseudo-terminal: what was sent
 * comes out, every fault has its sentence, "printed" is never said of a paper that is not there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "device/counter.h"
#include "device/escpos.h"
#include "practice/sim_printer.h"

static struct counter c;
static struct ym_sim_printer *sim;
static struct ym_buf receipt;

static const char want[] = "##受理通知书##\n第7号\n[QR yimen]\n";

static void
compose(void)
{
	struct ym_escpos e;

	receipt = (struct ym_buf){.max = 65536};
	ym_escpos_begin(&e, &receipt, YM_ESCPOS_GB18030);
	ym_escpos_line(&e, YM_ESCPOS_BIG, "受理通知书");
	ym_escpos_line(&e, 0, "第7号");
	ym_escpos_qr(&e, "yimen");
	ym_escpos_end(&e, true);
}

static void
up_with(const struct ym_sim_printer_habits *habits, const char *profile)
{
	const struct ym_driver_timing timing = {.reply_ms = 60, .read_ms = 60, .poll_ms = 15, .settle_ms = 10};

	counter_up(&c, YM_ROLE_RECEIPT, profile, &timing);
	assert_int_equal(ym_sim_printer_new(c.loop, c.path, habits, &sim, NULL), YM_OK);
	compose();
}

static void
down(void)
{
	ym_hub_free(c.hub);
	c.hub = NULL;
	ym_sim_printer_free(sim);
	sim = NULL;
	ym_buf_release(&receipt);
	counter_down(&c);
}

static enum ym_code
print(void)
{
	return counter_order(&c, YM_ORDER_PRINT, receipt.data, receipt.len, NULL);
}

static void
assert_ends(enum ym_code code, const char *words)
{
	assert_true(counter_until(&c, counter_has_ordered));
	assert_int_equal(c.n_ordered, 1);
	assert_int_equal(c.ordered.code, code);
	if (words)
		assert_non_null(strstr(c.ordered.msgid, words));
}

static bool
has_come_out(struct counter *x)
{
	(void)x;
	return ym_sim_printer_n_receipts(sim) > 0;
}

static void
test_what_was_sent_comes_out_and_is_confirmed(void **state)
{
	up_with(NULL, NULL);
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	assert_string_equal(counter_info(&c).about, "");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(print(), YM_OK);
		assert_ends(YM_OK, NULL);
	}
	assert_int_equal(ym_sim_printer_n_receipts(sim), 3);
	assert_string_equal(ym_sim_printer_receipt(sim, 2), want);
	down();
}

static void
test_one_that_never_answers_is_unknown_and_not_fine(void **state)
{
	up_with(&(struct ym_sim_printer_habits){.is_silent = true}, NULL);
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	assert_non_null(strstr(counter_info(&c).about, "no state"));
	assert_int_equal(print(), YM_OK);
	assert_ends(YM_CONFLICT, "does not say");
	assert_true(counter_until(&c, has_come_out));
	assert_string_equal(ym_sim_printer_receipt(sim, 0), want);
	down();
}

static void
test_a_profile_that_says_silent_is_not_asked(void **state)
{
	up_with(NULL, "receipt-58mm-gbk");
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	assert_int_equal(print(), YM_OK);
	assert_ends(YM_CONFLICT, NULL);
	counter_idle(&c, 30);
	assert_int_equal(ym_sim_printer_n_bytes(sim), receipt.len); /* not a byte but the receipt */
	down();
}

static void
test_one_that_does_not_know_the_last_question_is_unknown(void **state)
{
	up_with(&(struct ym_sim_printer_habits){.knows_no_done = true}, NULL);
	assert_int_equal(print(), YM_GONE); /* not opened yet */
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	assert_int_equal(print(), YM_OK);
	assert_ends(YM_CONFLICT, "does not say");
	down();
}

static bool
has_fault(struct counter *x)
{
	return counter_info(x).state == YM_DEVICE_ATTENTION;
}

static void
test_without_paper_nothing_is_sent(void **state)
{
	up_with(NULL, NULL);
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	ym_sim_printer_set_paper(sim, false);
	assert_int_equal(print(), YM_OK);
	assert_ends(YM_REFUSED, "no paper");
	assert_true(counter_until(&c, has_fault));
	ym_sim_printer_set_paper(sim, true);
	assert_int_equal(ym_sim_printer_n_receipts(sim), 0);
	/* It is seen by itself that there is paper again. */
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	assert_int_equal(print(), YM_OK);
	assert_ends(YM_OK, NULL);
	assert_int_equal(ym_sim_printer_n_receipts(sim), 1);
	down();
}

static void
test_an_open_cover_is_told_by_itself(void **state)
{
	up_with(NULL, NULL);
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	ym_sim_printer_set_cover(sim, true);
	assert_true(counter_until_state(&c, YM_DEVICE_ATTENTION));
	assert_non_null(strstr(counter_info(&c).last_msgid, "cover"));
	ym_sim_printer_set_cover(sim, false);
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	down();
}

static void
test_paper_out_in_the_middle_goes_on_with_a_new_roll(void **state)
{
	for (size_t at = 5; at < 60; at += 7) {
		up_with(NULL, NULL);
		assert_true(counter_until_state(&c, YM_DEVICE_READY));
		/* the three questions before the receipt are bytes too */
		ym_sim_printer_set_habits(sim, &(struct ym_sim_printer_habits){.paper_out_at = 9 + at});
		assert_int_equal(print(), YM_OK);
		assert_true(counter_until(&c, has_fault));
		assert_non_null(strstr(counter_info(&c).last_msgid, "no paper"));
		assert_int_equal(c.n_ordered, 0);
		ym_sim_printer_set_paper(sim, true);
		assert_ends(YM_OK, NULL);
		assert_int_equal(ym_sim_printer_n_receipts(sim), 1);
		assert_string_equal(ym_sim_printer_receipt(sim, 0), want);
		down();
	}
}

static void
test_the_plug_pulled_at_every_byte_is_never_called_printed(void **state)
{
	size_t total;

	compose();
	total = receipt.len + 9 + 3; /* the questions before, the question behind */
	ym_buf_release(&receipt);
	for (size_t at = 1; at <= total; at++) {
		up_with(NULL, NULL);
		assert_true(counter_until_state(&c, YM_DEVICE_READY));
		ym_sim_printer_set_habits(sim, &(struct ym_sim_printer_habits){.unplug_at = ym_sim_printer_n_bytes(sim) + at});
		if (print() == YM_OK) {
			assert_true(counter_until(&c, counter_has_ordered));
			assert_int_equal(c.n_ordered, 1);
			assert_true(c.ordered.code == YM_GONE || c.ordered.code == YM_CONFLICT);
			/* Whoever is told that it is lost may print again: then no whole receipt has come out, or nobody can know. */
			if (c.ordered.code == YM_GONE)
				assert_int_equal(ym_sim_printer_n_receipts(sim), 0);
		}
		assert_int_equal(ym_sim_printer_plug(sim, NULL), YM_OK);
		assert_true(counter_until_state(&c, YM_DEVICE_READY));
		down();
	}
}

static void
test_one_that_takes_nothing_more_is_told_and_given_up(void **state)
{
	up_with(NULL, NULL);
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	ym_buf_release(&receipt);
	receipt = (struct ym_buf){.max = 300000};
	for (int i = 0; i < 200000; i++)
		ym_buf_addc(&receipt, i % 30 ? 'x' : '\n');
	ym_sim_printer_set_habits(sim, &(struct ym_sim_printer_habits){.stop_at = ym_sim_printer_n_bytes(sim) + 500});
	assert_int_equal(print(), YM_OK);
	assert_true(counter_until_state(&c, YM_DEVICE_ATTENTION));
	assert_non_null(strstr(counter_info(&c).last_msgid, "stands still"));
	assert_ends(YM_TIMEOUT, "takes nothing more");
	down();
}

static void
test_an_endless_stream_is_no_status(void **state)
{
	up_with(NULL, NULL);
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	ym_sim_printer_set_habits(sim, &(struct ym_sim_printer_habits){.is_endless = true});
	assert_true(counter_until_state(&c, YM_DEVICE_ATTENTION));
	assert_non_null(strstr(counter_info(&c).last_msgid, "without end"));
	ym_sim_printer_set_habits(sim, &(struct ym_sim_printer_habits){0});
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	down();
}

static void
test_one_switched_off_on_its_line_is_told(void **state)
{
	up_with(NULL, NULL);
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	ym_sim_printer_set_habits(sim, &(struct ym_sim_printer_habits){.is_silent = true});
	assert_true(counter_until_state(&c, YM_DEVICE_ATTENTION));
	assert_non_null(strstr(counter_info(&c).last_msgid, "switched on"));
	assert_int_equal(print(), YM_OK);
	assert_ends(YM_TIMEOUT, "switched on");
	assert_int_equal(ym_sim_printer_n_receipts(sim), 0);
	down();
}

static void
test_one_receipt_at_a_time(void **state)
{
	up_with(NULL, NULL);
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	assert_int_equal(print(), YM_OK);
	assert_int_equal(print(), YM_BUSY);
	assert_ends(YM_OK, NULL);
	assert_int_equal(ym_sim_printer_n_receipts(sim), 1);
	assert_int_equal(counter_order(&c, YM_ORDER_SHOW, NULL, 0, "A\t1"), YM_REFUSED);
	assert_int_equal(counter_order(&c, YM_ORDER_PRINT, "", 0, NULL), YM_INVALID);
	down();
}

static bool
has_tested(struct counter *x)
{
	return x->n_tested > 0;
}

static void
test_the_self_test_prints_a_line(void **state)
{
	up_with(NULL, NULL);
	assert_true(counter_until_state(&c, YM_DEVICE_READY));
	assert_int_equal(ym_hub_test(c.hub, c.ref, NULL), YM_OK);
	assert_true(counter_until(&c, has_tested));
	assert_int_equal(c.tested.code, YM_OK);
	assert_int_equal(ym_sim_printer_n_receipts(sim), 1);
	ym_sim_printer_set_paper(sim, false);
	c.n_tested = 0;
	assert_int_equal(ym_hub_test(c.hub, c.ref, NULL), YM_OK);
	assert_true(counter_until(&c, has_tested));
	assert_int_equal(c.tested.code, YM_REFUSED);
	down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_sent_comes_out_and_is_confirmed),
		cmocka_unit_test(test_one_that_never_answers_is_unknown_and_not_fine),
		cmocka_unit_test(test_a_profile_that_says_silent_is_not_asked),
		cmocka_unit_test(test_one_that_does_not_know_the_last_question_is_unknown),
		cmocka_unit_test(test_without_paper_nothing_is_sent),
		cmocka_unit_test(test_an_open_cover_is_told_by_itself),
		cmocka_unit_test(test_paper_out_in_the_middle_goes_on_with_a_new_roll),
		cmocka_unit_test(test_the_plug_pulled_at_every_byte_is_never_called_printed),
		cmocka_unit_test(test_one_that_takes_nothing_more_is_told_and_given_up),
		cmocka_unit_test(test_an_endless_stream_is_no_status),
		cmocka_unit_test(test_one_switched_off_on_its_line_is_told),
		cmocka_unit_test(test_one_receipt_at_a_time),
		cmocka_unit_test(test_the_self_test_prints_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
