/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The serial card reader's driver through the hub, against the simulated module over a real pseudo-terminal: every
 * kind of card, every fault, the plug pulled at every byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "device/bed.h"
#include "device/cards.h"
#include "device/sam.h"

static struct bed b;

static void
lay(const struct ym_sim_card *card)
{
	assert_int_equal(ym_sim_reader_lay(b.sim, card, NULL), YM_OK);
}

static void
fault(enum ym_sim_fault_kind kind, int command, size_t at, uint8_t sw3, int times)
{
	ym_sim_reader_set_fault(b.sim, &(struct ym_sim_fault){kind, command, at, sw3, times});
}

static void
up_and_armed(void)
{
	bed_up(&b, NULL, NULL);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	assert_true(bed_until_state(&b, YM_DEVICE_READY));
}

static void
up_with_short_patience(void)
{
	struct ym_driver_timing t = bed_timing();

	t.reply_ms = t.read_ms = 80;
	bed_up(&b, NULL, &t);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	assert_true(bed_until_state(&b, YM_DEVICE_READY));
}

static void
forget(void)
{
	b.n_cards = b.n_failed = b.n_lifted = b.n_tested = 0;
	b.log[0] = 0;
	ym_card_release(&b.card);
}

/* The bench still works: a fresh laying gives a card. */
static void
assert_reads_again(void)
{
	ym_sim_reader_set_fault(b.sim, NULL);
	if (ym_sim_reader_has_card(b.sim) || b.n_failed || b.n_cards) {
		b.n_lifted = 0;
		ym_sim_reader_lift(b.sim);
		if (bed_info(&b).has_card || bed_state(&b) == YM_DEVICE_ATTENTION)
			assert_true(bed_until_state(&b, YM_DEVICE_READY));
		if (bed_info(&b).has_card)
			assert_true(bed_until(&b, bed_has_lifted));
	}
	forget();
	lay(&card_resident);
	assert_true(bed_until(&b, bed_has_card));
	assert_string_equal(b.card.number, card_resident.number);
}

static void
every_kind_of_card_is_read(void **state)
{
	static const struct ym_sim_card *const cards[] = {
		&card_resident, &card_moved, &card_hmt, &card_foreign_2017, &card_foreign_2023, &card_unknown};

	up_and_armed();
	assert_string_equal(bed_info(&b).about, "05.03-20134959-0123456789-987654321");
	assert_string_equal(bed_info(&b).driver, "idcard-serial");
	for (size_t i = 0; i < YM_ARRAY_LEN(cards); i++) {
		forget();
		lay(cards[i]);
		assert_true(bed_until(&b, bed_has_card));
		assert_int_equal(b.card.kind, cards[i]->kind);
		if (cards[i]->kind != YM_CARD_UNKNOWN)
			assert_string_equal(b.card.name, cards[i]->name);
		else
			assert_string_equal(b.card.name, "");
		assert_string_equal(b.card.new_address, cards[i]->new_address ? cards[i]->new_address : "");
		assert_int_equal(b.card.photo_len, 1024);
		assert_int_equal(b.card.warnings, 0);
		ym_sim_reader_lift(b.sim);
		assert_true(bed_until(&b, bed_has_lifted));
		assert_int_equal(b.n_cards, 1);
	}
	bed_down(&b);
}

static void
a_dribbling_line_gives_the_same_card(void **state)
{
	const struct ym_sim_options slow = {.chunk = 7, .chunk_ms = 1, .card_ms = 5};

	bed_up(&b, &slow, NULL);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	lay(&card_moved);
	assert_true(bed_until(&b, bed_has_card));
	assert_string_equal(b.card.number, card_moved.number);
	assert_string_equal(ym_card_address(&b.card), card_moved.new_address);
	bed_down(&b);
}

static void
one_laying_gives_one_card_whatever_the_module_finds(void **state)
{
	for (int again = 0; again < 2; again++) {
		const struct ym_sim_options opt = {.chunk = 400, .chunk_ms = -1, .card_ms = -1, .finds_again = again};

		bed_up(&b, &opt, NULL);
		ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
		lay(&card_resident);
		assert_true(bed_until(&b, bed_has_card));
		bed_idle(&b, 60);
		assert_int_equal(b.n_cards, 1);
		ym_sim_reader_lift(b.sim);
		assert_true(bed_until(&b, bed_has_lifted));
		lay(&card_resident);
		b.n_cards = 0;
		assert_true(bed_until(&b, bed_has_card));
		bed_down(&b);
	}
}

static void
nothing_is_asked_of_the_card_while_not_armed(void **state)
{
	bed_up(&b, NULL, NULL);
	lay(&card_resident);
	assert_true(bed_until_state(&b, YM_DEVICE_READY));
	bed_idle(&b, 40);
	assert_int_equal(ym_sim_reader_n_requests(b.sim), 2); /* status and module id */
	assert_int_equal(b.n_cards, 0);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	assert_true(bed_until(&b, bed_has_card));
	/* A held card is watched although nobody waits, so that the next one is new. */
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, false);
	ym_sim_reader_lift(b.sim);
	assert_true(bed_until(&b, bed_has_lifted));
	lay(&card_hmt);
	bed_idle(&b, 20);
	assert_int_equal(b.n_cards, 1);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	b.n_cards = 0;
	assert_true(bed_until(&b, bed_has_card));
	assert_int_equal(b.card.kind, YM_CARD_HMT_RESIDENT);
	bed_down(&b);
}

static void
disarming_in_the_middle_of_a_read_is_silent(void **state)
{
	const struct ym_sim_options slow = {.chunk = 64, .chunk_ms = 1, .card_ms = 20};

	bed_up(&b, &slow, NULL);
	b.disarm_on_busy = true;
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	lay(&card_resident);
	bed_idle(&b, 150);
	assert_string_equal(b.log, "");
	assert_int_equal(bed_state(&b), YM_DEVICE_READY);
	b.disarm_on_busy = false;
	ym_sim_reader_lift(b.sim);
	lay(&card_hmt);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	assert_true(bed_until(&b, bed_has_card));
	assert_int_equal(b.card.kind, YM_CARD_HMT_RESIDENT);
	bed_down(&b);
}

static void
disarming_while_the_answer_is_coming_eats_the_answer(void **state)
{
	const struct ym_sim_options slow = {.chunk = 64, .chunk_ms = 2, .card_ms = 10, .finds_again = true};

	for (int ms = 0; ms < 60; ms += 6) {
		bed_up(&b, &slow, NULL);
		ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
		assert_true(bed_until_state(&b, YM_DEVICE_READY));
		lay(&card_resident);
		assert_true(bed_until_state(&b, YM_DEVICE_BUSY));
		bed_idle(&b, ms);
		ym_hub_arm(b.hub, YM_ROLE_IDCARD, false);
		bed_idle(&b, 5);
		ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
		if (!b.n_cards)
			assert_true(bed_until(&b, bed_has_card));
		assert_int_equal(b.n_cards, 1);
		assert_int_equal(b.n_failed, 0);
		bed_down(&b);
	}
}

/* -- faults -- */

static void
a_card_lifted_in_the_middle_asks_for_another_laying(void **state)
{
	up_and_armed();
	for (size_t at = 0; at < 1280; at += 80) {
		forget();
		fault(YM_SIM_CARD_PULLED, YM_SAM_READ, at, 0, 1);
		lay(&card_resident);
		assert_true(bed_until(&b, bed_has_failed));
		assert_int_equal(b.failed.code, YM_BUSY);
		assert_string_equal(b.failed.msgid, ym_sam_meaning(0x41)->msgid);
		assert_int_equal(bed_info(&b).last_code, YM_BUSY);
		assert_true(bed_until_state(&b, YM_DEVICE_READY)); /* the card is away */
		assert_int_equal(b.n_cards, 0);
		assert_reads_again();
		ym_sim_reader_lift(b.sim);
		assert_true(bed_until(&b, bed_has_lifted));
	}
	bed_down(&b);
}

static void
a_failed_card_keeps_attention_until_it_is_lifted(void **state)
{
	const struct ym_sim_options opt = {.chunk = 400, .chunk_ms = -1, .card_ms = -1, .finds_again = true};

	bed_up(&b, &opt, NULL);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	assert_true(bed_until_state(&b, YM_DEVICE_READY));
	fault(YM_SIM_STATUS, YM_SAM_READ, 0, 0x33, 1);
	lay(&card_resident);
	assert_true(bed_until(&b, bed_has_failed));
	bed_idle(&b, 30);
	assert_int_equal(bed_state(&b), YM_DEVICE_ATTENTION);
	assert_int_equal(b.n_cards, 0); /* not read again by itself */
	assert_int_equal(b.n_failed, 1);
	ym_sim_reader_lift(b.sim);
	assert_true(bed_until_state(&b, YM_DEVICE_READY));
	bed_down(&b);
}

static void
every_status_gets_its_sentence(void **state)
{
	static const int commands[] = {YM_SAM_SELECT, YM_SAM_READ};
	static const uint8_t statuses[] = {
		0x10, 0x11, 0x21, 0x23, 0x24, 0x31, 0x32, 0x33, 0x40, 0x41, 0x47, 0x60, 0x66, 0x80, 0x81, 0x55};

	for (size_t i = 0; i < YM_ARRAY_LEN(statuses); i++) {
		for (size_t k = 0; k < YM_ARRAY_LEN(commands); k++) {
			up_and_armed();
			fault(YM_SIM_STATUS, commands[k], 0, statuses[i], 1);
			lay(&card_resident);
			assert_true(bed_until(&b, bed_has_failed));
			assert_int_equal(b.failed.code, ym_sam_meaning(statuses[i])->code);
			assert_string_equal(b.failed.msgid, ym_sam_meaning(statuses[i])->msgid);
			assert_reads_again();
			bed_down(&b);
		}
	}
}

static void
silence_is_a_timeout_and_the_reader_comes_back(void **state)
{
	static const int commands[] = {YM_SAM_FIND, YM_SAM_SELECT, YM_SAM_READ, YM_SAM_READ_ADDRESS};

	for (size_t i = 0; i < YM_ARRAY_LEN(commands); i++) {
		up_with_short_patience();
		fault(YM_SIM_SILENT, commands[i], 0, 0, 1);
		lay(&card_resident);
		assert_true(bed_until_state(&b, YM_DEVICE_ATTENTION));
		assert_int_equal(bed_info(&b).last_code, YM_TIMEOUT);
		assert_int_equal(b.n_failed, commands[i] != YM_SAM_FIND);
		if (commands[i] == YM_SAM_FIND) /* no card was being read: it is read once the reader answers again */
			assert_true(bed_until(&b, bed_has_card));
		assert_reads_again();
		bed_down(&b);
	}
}

static void
a_port_that_never_answers_says_so(void **state)
{
	struct ym_driver_timing t = bed_timing();

	t.reply_ms = 20;
	bed_up(&b, NULL, &t);
	fault(YM_SIM_SILENT, 0, 0, 0, 0);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	assert_true(bed_until_state(&b, YM_DEVICE_ATTENTION));
	assert_int_equal(bed_info(&b).last_code, YM_TIMEOUT);
	bed_idle(&b, 100);
	assert_int_equal(bed_state(&b), YM_DEVICE_ATTENTION);
	ym_sim_reader_set_fault(b.sim, NULL);
	assert_true(bed_until_state(&b, YM_DEVICE_READY));
	bed_down(&b);
}

static void
damaged_answers_are_never_believed(void **state)
{
	static const int commands[] = {YM_SAM_SELECT, YM_SAM_READ, YM_SAM_READ_ADDRESS};
	static const enum ym_sim_fault_kind kinds[] = {YM_SIM_CHECKSUM, YM_SIM_LENGTH};

	for (size_t i = 0; i < YM_ARRAY_LEN(commands); i++) {
		for (size_t k = 0; k < YM_ARRAY_LEN(kinds); k++) {
			up_and_armed();
			fault(kinds[k], commands[i], 0, 0, 1);
			lay(&card_moved);
			assert_true(bed_until(&b, bed_has_failed));
			assert_int_equal(b.failed.code, YM_IO);
			assert_int_equal(b.n_cards, 0);
			assert_reads_again();
			bed_down(&b);
		}
	}
}

/* Every byte of every answer inverted, one at a time: a right card or a failure, never a wrong card. */
static void
no_inverted_byte_makes_a_wrong_card(void **state)
{
	static const struct {
		int command;
		size_t n, step;
	} rows[] = {{YM_SAM_FIND, 15, 1}, {YM_SAM_SELECT, 19, 1}, {YM_SAM_READ, 1295, 41}, {YM_SAM_READ_ADDRESS, 81, 7}};

	for (size_t i = 0; i < YM_ARRAY_LEN(rows); i++) {
		for (size_t at = 0; at < rows[i].n; at += at < 12 ? 1 : rows[i].step) {
			up_with_short_patience();
			fault(YM_SIM_CORRUPT, rows[i].command, at, 0, 1);
			lay(&card_moved);
			while (!b.n_cards && !b.n_failed)
				ym_loop_turn(b.loop, 50);
			if (b.n_cards) {
				assert_string_equal(b.card.number, card_moved.number);
				assert_string_equal(b.card.new_address, card_moved.new_address);
			} else {
				assert_true(b.failed.code == YM_IO || b.failed.code == YM_TIMEOUT);
			}
			bed_down(&b);
		}
	}
}

static void
an_answer_cut_short_is_a_timeout(void **state)
{
	static const size_t cuts[] = {1, 4, 5, 6, 7, 9, 10, 11, 12, 200, 700, 1294};

	for (size_t i = 0; i < YM_ARRAY_LEN(cuts); i++) {
		up_with_short_patience();
		fault(YM_SIM_TRUNCATED, YM_SAM_READ, cuts[i], 0, 1);
		lay(&card_resident);
		assert_true(bed_until(&b, bed_has_failed));
		assert_int_equal(b.failed.code, YM_TIMEOUT);
		assert_reads_again();
		bed_down(&b);
	}
}

static void
an_endless_stream_is_noticed_and_left_alone(void **state)
{
	static const int commands[] = {YM_SAM_FIND, YM_SAM_READ};

	for (size_t i = 0; i < YM_ARRAY_LEN(commands); i++) {
		struct ym_driver_timing t = bed_timing();

		t.retry_ms = 30;
		bed_up(&b, NULL, &t);
		ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
		assert_true(bed_until_state(&b, YM_DEVICE_READY));
		fault(YM_SIM_ENDLESS, commands[i], 0, 0, 0);
		lay(&card_resident);
		assert_true(bed_until_state(&b, YM_DEVICE_ATTENTION));
		assert_int_equal(bed_info(&b).last_code, YM_IO);
		assert_non_null(strstr(bed_info(&b).last_msgid, "keeps sending"));
		assert_int_equal(b.n_cards, 0);
		assert_reads_again();
		bed_down(&b);
	}
}

static void
noise_before_an_answer_is_skipped(void **state)
{
	bed_up(&b, NULL, NULL);
	fault(YM_SIM_NOISE, 0, 0, 0, 0);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	lay(&card_moved);
	assert_true(bed_until(&b, bed_has_card));
	assert_string_equal(b.card.number, card_moved.number);
	assert_int_equal(b.n_failed, 0);
	bed_down(&b);
}

static void
a_module_at_fault_is_told_to_maintenance(void **state)
{
	static const enum ym_sim_fault_kind kinds[] = {YM_SIM_SELF_TEST, YM_SIM_UNAUTHORISED};

	for (size_t i = 0; i < 2; i++) {
		bed_up(&b, NULL, NULL);
		fault(kinds[i], 0, 0, 0, 0);
		assert_true(bed_until_state(&b, YM_DEVICE_ATTENTION));
		assert_int_equal(bed_info(&b).last_code, YM_REFUSED);
		assert_string_equal(bed_info(&b).last_msgid, ym_sam_meaning(i ? 0x66 : 0x60)->msgid);
		assert_int_equal(ym_hub_test(b.hub, b.ref, NULL), YM_OK);
		assert_true(bed_until(&b, bed_has_tested));
		assert_int_equal(b.tested.code, YM_REFUSED);
		ym_sim_reader_set_fault(b.sim, NULL);
		forget();
		assert_int_equal(ym_hub_test(b.hub, b.ref, NULL), YM_OK);
		assert_true(bed_until(&b, bed_has_tested));
		assert_int_equal(b.tested.code, YM_OK);
		assert_true(bed_until_state(&b, YM_DEVICE_READY));
		bed_down(&b);
	}
}

static void
text_that_is_no_text_is_reported(void **state)
{
	uint8_t text[256];

	up_and_armed();
	assert_int_equal(ym_sim_card_encode(&card_resident, text, NULL), YM_OK);
	text[0] = 0x00;
	text[1] = 0xD8; /* a lone surrogate in the name */
	ym_sim_reader_lay_raw(b.sim, text);
	assert_true(bed_until(&b, bed_has_failed));
	assert_int_equal(b.failed.code, YM_IO);
	assert_reads_again();
	bed_down(&b);
}

static void
a_new_address_that_cannot_be_read_is_a_warning(void **state)
{
	up_and_armed();
	fault(YM_SIM_STATUS, YM_SAM_READ_ADDRESS, 0, 0x41, 1);
	lay(&card_moved);
	assert_true(bed_until(&b, bed_has_card));
	assert_int_equal(b.card.warnings, YM_CARD_WARN_ADDRESS);
	assert_string_equal(b.card.new_address, "");
	ym_sim_reader_lift(b.sim);
	assert_true(bed_until(&b, bed_has_lifted));
	forget();
	fault(YM_SIM_STATUS, YM_SAM_READ_ADDRESS, 0, 0x21, 1); /* a module without the command */
	lay(&card_resident);
	assert_true(bed_until(&b, bed_has_card));
	assert_int_equal(b.card.warnings, 0);
	bed_down(&b);
}

/* -- the plug -- */

static void
unplugged_at_every_byte_of_every_exchange(void **state)
{
	static const struct {
		int command;
		size_t n, step;
		bool has_card;
	} rows[] = {
		{YM_SAM_STATUS, 11, 1, false}, {YM_SAM_MODULE_ID, 27, 1, false}, {YM_SAM_FIND, 15, 1, false},
		{YM_SAM_SELECT, 19, 1, true}, {YM_SAM_READ, 1295, 1, true}, {YM_SAM_READ_ADDRESS, 81, 1, true},
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(rows); i++) {
		bed_up(&b, NULL, NULL);
		ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
		for (size_t at = 0; at < rows[i].n; at += rows[i].step) {
			forget();
			fault(YM_SIM_UNPLUGGED, rows[i].command, at, 0, 1);
			lay(&card_moved);
			assert_true(bed_until_state(&b, YM_DEVICE_ABSENT));
			while (ym_sim_reader_is_plugged(b.sim))
				assert_true(bed_until_state(&b, YM_DEVICE_BUSY) && bed_until_state(&b, YM_DEVICE_ABSENT));
			assert_int_equal(b.n_cards, 0);
			assert_int_equal(b.n_failed, rows[i].has_card);
			if (rows[i].has_card)
				assert_int_equal(b.failed.code, YM_GONE);
			assert_true(bed_info(&b).last_code == YM_GONE);
			ym_sim_reader_lift(b.sim);
			assert_int_equal(ym_sim_reader_plug(b.sim, NULL), YM_OK);
		}
		assert_reads_again();
		bed_down(&b);
	}
}

static void
unplugged_while_idle_or_held_and_plugged_again(void **state)
{
	up_and_armed();
	for (int i = 0; i < 5; i++) {
		ym_sim_reader_unplug(b.sim);
		assert_true(bed_until_state(&b, YM_DEVICE_ABSENT));
		assert_int_equal(ym_sim_reader_plug(b.sim, NULL), YM_OK);
		assert_true(bed_until_state(&b, YM_DEVICE_READY));
	}
	lay(&card_resident);
	assert_true(bed_until(&b, bed_has_card));
	ym_sim_reader_unplug(b.sim);
	assert_true(bed_until_state(&b, YM_DEVICE_ABSENT));
	assert_false(bed_info(&b).has_card);
	assert_int_equal(b.n_failed, 0); /* the card had been read */
	bed_down(&b);
}

/* The failure was told when it happened; the plug is another matter. */
static void
unplugged_after_a_failed_card_is_no_second_failure(void **state)
{
	struct ym_driver_timing t = bed_timing();

	t.poll_ms = 500;
	bed_up(&b, NULL, &t);
	fault(YM_SIM_STATUS, YM_SAM_READ, 0, 0x41, 1);
	lay(&card_resident);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	assert_true(bed_until(&b, bed_has_failed));
	bed_idle(&b, 20);
	ym_sim_reader_unplug(b.sim);
	assert_true(bed_until_state(&b, YM_DEVICE_ABSENT));
	assert_int_equal(b.n_failed, 1);
	bed_down(&b);
}

static void
unplugged_while_a_failure_settles_tells_both(void **state)
{
	struct ym_driver_timing t = bed_timing();

	t.settle_ms = 300;
	bed_up(&b, NULL, &t);
	fault(YM_SIM_STATUS, YM_SAM_READ, 0, 0x41, 1);
	lay(&card_resident);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	assert_true(bed_until_state(&b, YM_DEVICE_READY));
	while (ym_sim_reader_n_requests(b.sim) < 5) /* status, id, find, select, read */
		ym_loop_turn(b.loop, 10);
	bed_idle(&b, 30);
	assert_int_equal(b.n_failed, 0);
	ym_sim_reader_unplug(b.sim);
	assert_true(bed_until_state(&b, YM_DEVICE_ABSENT));
	assert_int_equal(b.n_failed, 1);
	assert_int_equal(b.failed.code, YM_BUSY);
	assert_int_equal(bed_info(&b).last_code, YM_GONE);
	bed_down(&b);
}

static void
two_readers_do_not_disturb_each_other(void **state)
{
	const struct ym_sim_options opt = {.chunk = 100, .chunk_ms = -1, .card_ms = -1};
	struct ym_sim_reader *other;
	struct ym_device_ref ref;
	struct ym_device_info info;

	up_and_armed();
	assert_int_equal(ym_sim_reader_new(b.loop, &opt, &other, NULL), YM_OK);
	assert_int_equal(ym_hub_add_port(b.hub, &(struct ym_hub_port){.path = ym_sim_reader_path(other), .role = YM_ROLE_IDCARD, .identity = "test:other"}, &ref, NULL), YM_OK);
	assert_int_equal(ym_hub_add_port(b.hub, &(struct ym_hub_port){.path = "/x", .role = YM_ROLE_IDCARD, .identity = "test:other"}, NULL, NULL), YM_CONFLICT);
	assert_int_equal(ym_hub_n_devices(b.hub), 2);
	assert_int_equal(ym_sim_reader_lay(other, &card_hmt, NULL), YM_OK);
	assert_true(bed_until(&b, bed_has_card));
	assert_int_equal(b.card.kind, YM_CARD_HMT_RESIDENT);
	assert_true(ym_hub_find(b.hub, ref, &info));
	assert_true(info.has_card);
	assert_true(ym_hub_find(b.hub, b.ref, &info));
	assert_false(info.has_card);
	/* A ref never comes to mean another device. */
	ym_hub_remove_port(b.hub, ref);
	assert_false(ym_hub_find(b.hub, ref, &info));
	bed_idle(&b, 5);
	assert_int_equal(ym_hub_add_port(b.hub, &(struct ym_hub_port){.path = "/x", .role = YM_ROLE_IDCARD, .identity = "test:third"}, NULL, NULL), YM_OK);
	assert_false(ym_hub_find(b.hub, ref, &info));
	assert_int_equal(ym_hub_test(b.hub, ref, NULL), YM_NOTFOUND);
	ym_sim_reader_free(other);
	bed_down(&b);
}

static void
a_port_that_is_not_there_yet_is_absent(void **state)
{
	const struct ym_hub_options opt = {.no_udev = true, .reopen_ms = 2};
	struct ym_error err;

	bed_up_bare(&b, "/nonexistent/reader", &opt);
	bed_idle(&b, 10);
	assert_int_equal(bed_state(&b), YM_DEVICE_ABSENT);
	assert_int_equal(bed_info(&b).last_code, YM_GONE);
	assert_int_equal(ym_hub_test(b.hub, b.ref, &err), YM_GONE);
	bed_down(&b);
}

static void
a_hub_reads_with_udev_or_without(void **state)
{
	/* Whatever this machine has: a container without udevd, or a desk with devices of its own. */
	const struct ym_hub_options opt = {.timing = bed_timing(), .reopen_ms = 2};
	const struct ym_sim_options sim = {.chunk = 400, .chunk_ms = -1, .card_ms = -1};

	bed_up_bare(&b, NULL, &opt);
	assert_int_equal(ym_sim_reader_new(b.loop, &sim, &b.sim, NULL), YM_OK);
	assert_int_equal(ym_hub_add_port(b.hub, &(struct ym_hub_port){.path = ym_sim_reader_path(b.sim), .role = YM_ROLE_IDCARD, .identity = "test:udev"}, &b.ref, NULL), YM_OK);
	ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
	lay(&card_resident);
	assert_true(bed_until(&b, bed_has_card));
	bed_down(&b);
}

/* A site's profile asks for the templates too: with them, a card without, and a module that knows no such command. */
static void
fingerprints_are_read_when_the_site_asks(void **state)
{
	for (int mode = 0; mode < 3; mode++) {
		const struct ym_sim_options sim = {.chunk = 400, .chunk_ms = -1, .card_ms = -1, .fingers = mode};
		const struct ym_hub_options hub = {.no_udev = true, .timing = bed_timing(), .reopen_ms = 2};
		struct ym_hub_port port = {.role = YM_ROLE_IDCARD, .identity = "test:reader", .profile = "finger"};

		bed_up_bare(&b, NULL, &hub);
		assert_int_equal(ym_sim_reader_new(b.loop, &sim, &b.sim, NULL), YM_OK);
		port.path = ym_sim_reader_path(b.sim);
		assert_int_equal(ym_hub_add_port(b.hub, &port, NULL, NULL), YM_OK);
		ym_hub_arm(b.hub, YM_ROLE_IDCARD, true);
		assert_int_equal(ym_sim_reader_lay(b.sim, &card_moved, NULL), YM_OK);
		assert_true(bed_until(&b, bed_has_card));
		assert_string_equal(b.card.number, card_moved.number);
		assert_string_equal(b.card.new_address, card_moved.new_address);
		assert_int_equal(b.card.finger_len, mode == 2 ? 1024 : 0);
		if (mode == 2)
			assert_int_equal(b.card.finger[512 + 5], 12);
		bed_down(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_card_is_read),
		cmocka_unit_test(a_dribbling_line_gives_the_same_card),
		cmocka_unit_test(one_laying_gives_one_card_whatever_the_module_finds),
		cmocka_unit_test(nothing_is_asked_of_the_card_while_not_armed),
		cmocka_unit_test(disarming_in_the_middle_of_a_read_is_silent),
		cmocka_unit_test(disarming_while_the_answer_is_coming_eats_the_answer),
		cmocka_unit_test(a_card_lifted_in_the_middle_asks_for_another_laying),
		cmocka_unit_test(a_failed_card_keeps_attention_until_it_is_lifted),
		cmocka_unit_test(every_status_gets_its_sentence),
		cmocka_unit_test(silence_is_a_timeout_and_the_reader_comes_back),
		cmocka_unit_test(a_port_that_never_answers_says_so),
		cmocka_unit_test(damaged_answers_are_never_believed),
		cmocka_unit_test(no_inverted_byte_makes_a_wrong_card),
		cmocka_unit_test(an_answer_cut_short_is_a_timeout),
		cmocka_unit_test(an_endless_stream_is_noticed_and_left_alone),
		cmocka_unit_test(noise_before_an_answer_is_skipped),
		cmocka_unit_test(a_module_at_fault_is_told_to_maintenance),
		cmocka_unit_test(text_that_is_no_text_is_reported),
		cmocka_unit_test(a_new_address_that_cannot_be_read_is_a_warning),
		cmocka_unit_test(unplugged_at_every_byte_of_every_exchange),
		cmocka_unit_test(unplugged_while_idle_or_held_and_plugged_again),
		cmocka_unit_test(unplugged_after_a_failed_card_is_no_second_failure),
		cmocka_unit_test(unplugged_while_a_failure_settles_tells_both),
		cmocka_unit_test(two_readers_do_not_disturb_each_other),
		cmocka_unit_test(a_port_that_is_not_there_yet_is_absent),
		cmocka_unit_test(a_hub_reads_with_udev_or_without),
		cmocka_unit_test(fingerprints_are_read_when_the_site_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
