/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Card layouts: each kind there and back through the simulator's separately written encoder, and what is wrong on them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "device/card.h"
#include "device/cards.h"

static int64_t
fixed_wall(void *user)
{
	return INT64_C(1795305600000); /* 2026-11-22 00:00 UTC */
}

static int
fix_clock(void **state)
{
	static const struct ym_clock clock = {.wall_ms = fixed_wall};

	ym_clock_set(&clock);
	return 0;
}

static struct ym_card
parsed(const struct ym_sim_card *sim)
{
	uint8_t text[256];
	struct ym_card card;

	assert_int_equal(ym_sim_card_encode(sim, text, NULL), YM_OK);
	assert_int_equal(ym_card_parse(text, &card, NULL), YM_OK);
	return card;
}

static void
put16(uint8_t *text, size_t at, unsigned c)
{
	text[at] = (uint8_t)c;
	text[at + 1] = (uint8_t)(c >> 8);
}

static void
a_resident_card_is_read(void **state)
{
	struct ym_card c = parsed(&card_resident);

	assert_int_equal(c.kind, YM_CARD_RESIDENT);
	assert_string_equal(c.letter, "");
	assert_string_equal(c.name, card_resident.name);
	assert_int_equal(c.sex, 1);
	assert_string_equal(c.nation, "01");
	assert_string_equal(c.birth, "1990-03-07");
	assert_string_equal(c.address, card_resident.address);
	assert_string_equal(c.number, card_resident.number);
	assert_string_equal(c.issuer, card_resident.issuer);
	assert_string_equal(c.valid_from, "2020-01-01");
	assert_string_equal(c.valid_to, "2040-01-01");
	assert_false(c.is_long_term);
	assert_int_equal(c.warnings, 0);
	assert_string_equal(ym_card_address(&c), card_resident.address);
}

static void
long_term_and_new_address_are_read(void **state)
{
	const struct ym_sim_card moved = {.kind = YM_CARD_RESIDENT, .address = card_moved.new_address};
	struct ym_card c = parsed(&card_moved);
	uint8_t text[256];

	assert_true(c.is_long_term);
	assert_string_equal(c.valid_to, "");
	assert_int_equal(c.warnings, 0);
	assert_int_equal(ym_sim_card_encode(&moved, text, NULL), YM_OK);
	assert_int_equal(ym_card_parse_address(text + 52, &c, NULL), YM_OK);
	assert_string_equal(c.new_address, card_moved.new_address);
	assert_string_equal(ym_card_address(&c), card_moved.new_address);
}

static void
a_hong_kong_macao_taiwan_card_is_read(void **state)
{
	struct ym_card c = parsed(&card_hmt);

	assert_int_equal(c.kind, YM_CARD_HMT_RESIDENT);
	assert_string_equal(c.letter, "J");
	assert_string_equal(c.name, card_hmt.name);
	assert_string_equal(c.nation, "");
	assert_string_equal(c.number, card_hmt.number);
	assert_string_equal(c.pass_number, "H00000001");
	assert_string_equal(c.issue_count, "01");
	assert_int_equal(c.warnings, 0);
}

static void
both_foreign_cards_are_read(void **state)
{
	struct ym_card c = parsed(&card_foreign_2017);

	assert_int_equal(c.kind, YM_CARD_FOREIGN_2017);
	assert_string_equal(c.english_name, "PRACTICE, ANNA MARIA");
	assert_string_equal(c.name, card_foreign_2017.name);
	assert_int_equal(c.sex, 2);
	assert_string_equal(c.number, "UTO220092022901");
	assert_string_equal(c.country, "UTO");
	assert_string_equal(c.birth, "1992-02-29");
	assert_string_equal(c.valid_to, "2038-05-01");
	assert_string_equal(c.card_version, "01");
	assert_string_equal(c.issuer, "1500");
	assert_string_equal(c.address, "");
	assert_int_equal(c.warnings, 0);

	c = parsed(&card_foreign_2023);
	assert_int_equal(c.kind, YM_CARD_FOREIGN_2023);
	/* The blank at the 35th character survives the seam. */
	assert_string_equal(c.english_name, card_foreign_2023.english_name);
	assert_string_equal(c.number, "932682198501010017");
	assert_string_equal(c.country, "268");
	assert_string_equal(c.issue_count, "00");
	assert_string_equal(c.former_link, "001");
	assert_int_equal(c.warnings, 0);
}

static void
published_sample_numbers_pass(void **state)
{
	struct ym_sim_card sim = card_foreign_2023;

	sim.number = "911124198108030024";
	sim.birth = "19810803";
	assert_int_equal(parsed(&sim).warnings, 0);
	sim = card_resident;
	sim.number = "11010519491231002X";
	sim.birth = "19491231";
	sim.sex = "2";
	assert_int_equal(parsed(&sim).warnings, 0);
}

static void
an_unknown_letter_is_never_a_resident(void **state)
{
	for (char letter = 'A'; letter <= 'Z'; letter++) {
		char text[2] = {letter, 0};
		struct ym_sim_card sim = card_unknown;
		struct ym_card c;

		if (strchr("JIY", letter))
			continue;
		sim.letter = text;
		c = parsed(&sim);
		assert_int_equal(c.kind, YM_CARD_UNKNOWN);
		assert_string_equal(c.letter, text);
		assert_string_equal(c.name, "");
		assert_string_equal(c.number, "");
		assert_string_equal(c.birth, "");
	}
}

static void
what_does_not_agree_is_warned_of(void **state)
{
	const struct {
		const char *number, *birth, *sex, *from, *to, *nation, *name;
		uint32_t warnings;
	} rows[] = {
		{"229901199003070036", "19900307", "1", "20200101", "20400101", "01", "张", YM_CARD_WARN_NUMBER},
		{"22990119900307003", "19900307", "1", "20200101", "20400101", "01", "张", YM_CARD_WARN_NUMBER},
		{"229901199003070035", "19900308", "1", "20200101", "20400101", "01", "张", YM_CARD_WARN_BIRTH},
		{"229901199003070035", "19900230", "1", "20200101", "20400101", "01", "张", YM_CARD_WARN_BIRTH},
		{"229901199003070035", "", "1", "20200101", "20400101", "01", "张", YM_CARD_WARN_BIRTH},
		{"229901199003070035", "19900307", "2", "20200101", "20400101", "01", "张", YM_CARD_WARN_SEX},
		{"229901199003070035", "19900307", "x", "20200101", "20400101", "01", "张", YM_CARD_WARN_SEX},
		{"229901199003070035", "19900307", "1", "20200101", "20201301", "01", "张", YM_CARD_WARN_VALID},
		{"229901199003070035", "19900307", "1", "20300101", "20280101", "01", "张", YM_CARD_WARN_VALID},
		{"229901199003070035", "19900307", "1", "20200101", "20261121", "01", "张", YM_CARD_WARN_EXPIRED},
		{"229901199003070035", "19900307", "1", "20200101", "20261122", "01", "张", 0},
		{"229901199003070035", "19900307", "1", "20200101", "20400101", "57", "张", YM_CARD_WARN_NATION},
		{"229901199003070035", "19900307", "1", "20200101", "20400101", "00", "张", YM_CARD_WARN_NATION},
		{"229901199003070035", "19900307", "1", "20200101", "20400101", "97", "张", 0},
		{"229901199003070035", "19900307", "1", "20200101", "20400101", "01", "", YM_CARD_WARN_NAME},
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(rows); i++) {
		const struct ym_sim_card sim = {.kind = YM_CARD_RESIDENT, .name = rows[i].name, .number = rows[i].number,
			.birth = rows[i].birth, .sex = rows[i].sex, .valid_from = rows[i].from, .valid_to = rows[i].to,
			.nation = rows[i].nation, .address = "路"};
		struct ym_card c = parsed(&sim);

		if (c.warnings != rows[i].warnings)
			fail_msg("row %zu: warnings %x, not %x", i, c.warnings, rows[i].warnings);
	}
}

static void
a_hmt_number_needs_its_prefix(void **state)
{
	struct ym_sim_card sim = card_hmt;

	sim.number = "229901199003070035";
	sim.birth = "19900307";
	assert_int_equal(parsed(&sim).warnings, YM_CARD_WARN_NUMBER);
}

static void
text_that_is_no_text_is_a_reader_fault(void **state)
{
	static const unsigned bad[] = {0, 0xD800, 0xDC00, 0x1B, 0x0A, 0x7F, 0x9B, 0x202E, 0xFEFF, 0xFFFF};
	static const size_t used[] = {0, 30, 32, 36, 52, 120, 122, 158, 188, 204, 248};
	struct ym_error err;

	for (size_t i = 0; i < YM_ARRAY_LEN(bad); i++) {
		for (size_t k = 0; k < YM_ARRAY_LEN(used); k++) {
			uint8_t text[256];
			struct ym_card c;

			memset(&c, 0x55, sizeof c);
			assert_int_equal(ym_sim_card_encode(&card_resident, text, NULL), YM_OK);
			put16(text, used[k], bad[i]);
			assert_int_equal(ym_card_parse(text, &c, &err), YM_IO);
			assert_int_equal(((uint8_t *)&c)[0], 0x55); /* untouched */
			/* Nothing of the card gets into the log line. */
			assert_null(strstr(err.detail, "2299"));
		}
	}
}

static void
rare_names_stay_as_they_are(void **state)
{
	/* A private-use character and one outside the basic plane. */
	struct ym_sim_card sim = card_resident;
	struct ym_card c;

	sim.name = "\xEE\x80\x80\xF0\xA0\xAE\xB7";
	c = parsed(&sim);
	assert_string_equal(c.name, sim.name);
	assert_int_equal(c.warnings, 0);
}

static void
a_bad_new_address_changes_nothing(void **state)
{
	struct ym_card c = parsed(&card_resident);
	uint8_t address[70];

	for (size_t i = 0; i < sizeof address; i += 2)
		put16(address, i, 'A');
	put16(address, 68, 0xD800);
	assert_int_equal(ym_card_parse_address(address, &c, NULL), YM_IO);
	assert_string_equal(c.new_address, "");
	assert_string_equal(ym_card_address(&c), card_resident.address);
}

static void
any_block_is_parsed_or_refused(void **state)
{
	uint8_t text[256];
	uint32_t x = 12345;

	for (int round = 0; round < 2000; round++) {
		struct ym_card c;

		for (size_t i = 0; i < sizeof text; i++) {
			x = x * 1664525 + 1013904223;
			text[i] = (uint8_t)(x >> 24);
		}
		if (round % 2)
			for (size_t i = 1; i < sizeof text; i += 2)
				text[i] = 0x4E + text[i] % 8;
		if (ym_card_parse(text, &c, NULL) == YM_OK)
			assert_true(memchr(c.name, 0, sizeof c.name) != NULL);
	}
}

static void
release_leaves_nothing(void **state)
{
	struct ym_card c = parsed(&card_resident);
	static const struct ym_card zero;

	ym_card_release(&c);
	assert_memory_equal(&c, &zero, sizeof c);
	ym_card_release(NULL);
}

static void
every_kind_and_warning_has_a_text(void **state)
{
	for (int i = 0; i <= YM_CARD_FOREIGN_2023; i++)
		assert_true(strlen(ym_card_kind_text((enum ym_card_kind)i)) > 10);
	for (int i = 0; i < YM_N_CARD_WARNINGS; i++)
		assert_true(strlen(ym_card_warning_text(i)) > 10);
	assert_string_equal(ym_card_warning_text(YM_N_CARD_WARNINGS), "");
}

static void
a_field_too_long_is_not_laid(void **state)
{
	struct ym_sim_card sim = card_resident;
	uint8_t text[256];

	sim.name = "一二三四五六七八九十一二三四五六";
	assert_int_equal(ym_sim_card_encode(&sim, text, NULL), YM_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_resident_card_is_read),
		cmocka_unit_test(long_term_and_new_address_are_read),
		cmocka_unit_test(a_hong_kong_macao_taiwan_card_is_read),
		cmocka_unit_test(both_foreign_cards_are_read),
		cmocka_unit_test(published_sample_numbers_pass),
		cmocka_unit_test(an_unknown_letter_is_never_a_resident),
		cmocka_unit_test(what_does_not_agree_is_warned_of),
		cmocka_unit_test(a_hmt_number_needs_its_prefix),
		cmocka_unit_test(text_that_is_no_text_is_a_reader_fault),
		cmocka_unit_test(rare_names_stay_as_they_are),
		cmocka_unit_test(a_bad_new_address_changes_nothing),
		cmocka_unit_test(any_block_is_parsed_or_refused),
		cmocka_unit_test(release_leaves_nothing),
		cmocka_unit_test(every_kind_and_warning_has_a_text),
		cmocka_unit_test(a_field_too_long_is_not_laid),
	};

	return cmocka_run_group_tests(tests, fix_clock, NULL);
}
