/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The header's bytes: a round trip, the published layout, and every malformed form refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/log.h"

static struct ym_event_header
example(void)
{
	struct ym_event_header h = { .desk = "22990100000001",
		.epoch = 'A',
		.seq = 7,
		.id = "01930000-0000-7000-8000-000000000009",
		.kind = "case.accepted",
		.visit = "01930000-0000-7000-8000-000000000001",
		.case_no = "C1",
		.item = "hz-001",
		.pack = "2026.11",
		.account = "p0001",
		.wall_ms = 1795000000000,
		.mono_ms = 12345,
		.offset_ms = -250,
		.boot = "unknown",
		.attrs = { { "state", "accepted" }, { "empty", "" } },
		.n_attrs = 2,
		.suite = 1 };

	memset(h.body_sm3, 0xab, sizeof h.body_sm3);
	return h;
}

static void
what_is_encoded_decodes_to_the_same(void **state)
{
	struct ym_event_header h = example(), back;
	YM_BUF bytes = { 0 }, again = { 0 }, scratch = { 0 };

	ym_header_encode(&h, &bytes);
	assert_int_equal(ym_header_decode(bytes.data, bytes.len, &scratch, &back, NULL), YM_OK);
	assert_string_equal(back.desk, h.desk);
	assert_int_equal(back.epoch, 'A');
	assert_int_equal(back.seq, 7);
	assert_string_equal(back.kind, "case.accepted");
	assert_string_equal(back.case_no, "C1");
	assert_string_equal(back.boot, "unknown");
	assert_true(back.offset_ms == -250);
	assert_int_equal(back.n_attrs, 2);
	assert_string_equal(ym_event_attr(&back, "state"), "accepted");
	assert_string_equal(ym_event_attr(&back, "empty"), "");
	assert_string_equal(ym_event_attr(&back, "absent"), "");
	assert_memory_equal(back.body_sm3, h.body_sm3, sizeof h.body_sm3);
	ym_header_encode(&back, &again);
	assert_int_equal(bytes.len, again.len);
	assert_memory_equal(bytes.data, again.data, bytes.len);
}

static void
the_layout_is_the_published_one(void **state)
{
	/* yimen-sync(7), EVENT, written out by hand. */
	static const char want[] =
		"01"
		"000164"
		"41"
		"0000000000000001"
		"000169"
		"00016b"
		"0000"
		"0000"
		"0000"
		"0000"
		"0000"
		"00000000000000ff"
		"0000000000000000"
		"ffffffffffffffff"
		"0000"
		"01"
		"000161"
		"000162"
		"00"
		"0000000000000000000000000000000000000000000000000000000000000000";
	struct ym_event_header h = { .desk = "d",
		.epoch = 'A',
		.seq = 1,
		.id = "i",
		.kind = "k",
		.wall_ms = 255,
		.offset_ms = -1,
		.attrs = { { "a", "b" } },
		.n_attrs = 1 };
	YM_BUF bytes = { 0 };
	char hex[300];

	ym_header_encode(&h, &bytes);
	assert_true(bytes.len < sizeof hex / 2);
	ym_hex(hex, bytes.data, bytes.len);
	assert_string_equal(hex, want);
}

static void
every_cut_and_every_longer_form_is_refused(void **state)
{
	struct ym_event_header h = example(), back = { .seq = 99 };
	struct ym_error err = { 0 };
	YM_BUF bytes = { 0 }, scratch = { 0 };

	ym_header_encode(&h, &bytes);
	for (size_t n = 0; n < bytes.len; n++)
		assert_int_equal(
			ym_header_decode(bytes.data, n, &scratch, &back, &err), YM_INVALID);
	ym_buf_addc(&bytes, 0);
	assert_int_equal(
		ym_header_decode(bytes.data, bytes.len, &scratch, &back, &err), YM_INVALID);
	assert_non_null(err.msgid);
	assert_int_equal(back.seq, 99);
}

static void
a_changed_byte_never_decodes_to_the_same_header(void **state)
{
	struct ym_event_header h = example(), back;
	YM_BUF bytes = { 0 }, scratch = { 0 };

	ym_header_encode(&h, &bytes);
	for (size_t i = 0; i < bytes.len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			YM_BUF again = { 0 };

			bytes.data[i] ^= (char)(1 << bit);
			if (ym_header_decode(bytes.data, bytes.len, &scratch, &back, NULL) ==
				YM_OK) {
				ym_header_encode(&back, &again);
				assert_int_equal(again.len, bytes.len);
				assert_memory_equal(again.data, bytes.data, bytes.len);
			}
			bytes.data[i] ^= (char)(1 << bit);
		}
	}
}

static void
each_limit_is_named(void **state)
{
	struct ym_error err = { 0 };
	struct ym_event_header h;
	char longest[200];

	memset(longest, 'x', sizeof longest);
	longest[128] = 0;
#define EXPECT(change, field)                                                                      \
	do {                                                                                       \
		h = example();                                                                     \
		change;                                                                            \
		assert_int_equal(ym_header_check(&h, &err), YM_INVALID);                           \
		assert_string_equal(err.subject, field);                                           \
	} while (0)
	EXPECT(h.desk = "", "desk");
	EXPECT(h.kind = NULL, "kind");
	EXPECT(h.item = longest, "item");
	EXPECT(h.account = "a\nb", "account");
	EXPECT(h.case_no = "\xff", "case");
	EXPECT(h.visit = "day:2026-11-22", "visit");
	EXPECT(h.epoch = 'a', "epoch");
	EXPECT(h.seq = 0, "seq");
	EXPECT(h.n_attrs = YM_LOG_MAX_ATTRS + 1, "attributes");
	EXPECT(h.attrs[1].key = "state", "state");
	EXPECT(h.attrs[0].key = "", "attribute key");
	EXPECT(h.suite = 2, "suite");
	EXPECT(h.suite = 0, "body digest");
#undef EXPECT
	h = example();
	assert_int_equal(ym_header_check(&h, NULL), YM_OK);
}

static void
the_scope_is_the_visit_or_the_offices_day(void **state)
{
	struct ym_event_header h = example();
	char scope[YM_SCOPE_SIZE];

	ym_event_scope(&h, scope);
	assert_string_equal(scope, h.visit);
	h.visit = "";
	h.wall_ms = 1795362300000; /* 2026-11-22T15:45:00Z, 23:45 in the office */
	h.offset_ms = 0;
	ym_event_scope(&h, scope);
	assert_string_equal(scope, "day:2026-11-22");
	h.offset_ms = 20 * 60000; /* the central says it is past midnight */
	ym_event_scope(&h, scope);
	assert_string_equal(scope, "day:2026-11-23");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_encoded_decodes_to_the_same),
		cmocka_unit_test(the_layout_is_the_published_one),
		cmocka_unit_test(every_cut_and_every_longer_form_is_refused),
		cmocka_unit_test(a_changed_byte_never_decodes_to_the_same_header),
		cmocka_unit_test(each_limit_is_named),
		cmocka_unit_test(the_scope_is_the_visit_or_the_offices_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
