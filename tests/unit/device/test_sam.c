/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * SAM frames: the literal frames of the published descriptions, then every truncation and every spoilt byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "device/sam.h"

/* Feeds n bytes; the verdict of the last byte fed, which is the first that is not MORE. */
static enum ym_sam_feed
feed(struct ym_sam_parser *p, const uint8_t *data, size_t n, size_t *ret_used)
{
	enum ym_sam_feed v = YM_SAM_MORE;
	size_t i = 0;

	while (i < n && v == YM_SAM_MORE)
		v = ym_sam_feed(p, data[i++]);
	if (ret_used)
		*ret_used = i;
	return v;
}

static size_t
reply_frame(uint8_t *buf, size_t size, uint8_t sw3, size_t n)
{
	uint8_t data[YM_SAM_DATA_MAX];
	const uint8_t head[3] = {0, 0, sw3};

	for (size_t i = 0; i < n; i++)
		data[i] = (uint8_t)(i * 31 + 7);
	if (n == 1284)
		memcpy(data, "\x01\x00\x04\x00", 4);
	return ym_sam_frame(buf, size, head, 3, data, n);
}

static void
requests_are_the_published_bytes(void **state)
{
	static const struct {
		enum ym_sam_command command;
		const char *hex;
	} rows[] = {
		{YM_SAM_RESET, "aaaaaa9669000310ffec"}, {YM_SAM_STATUS, "aaaaaa9669000311ffed"},
		{YM_SAM_MODULE_ID, "aaaaaa9669000312ffee"}, {YM_SAM_FIND, "aaaaaa96690003200122"},
		{YM_SAM_SELECT, "aaaaaa96690003200221"}, {YM_SAM_READ, "aaaaaa96690003300132"},
		{YM_SAM_READ_FINGER, "aaaaaa96690003301023"}, {YM_SAM_READ_ADDRESS, "aaaaaa96690003300330"},
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(rows); i++) {
		uint8_t buf[YM_SAM_REQUEST_LEN];
		char hex[2 * sizeof buf + 1];

		ym_sam_request(buf, rows[i].command);
		ym_hex(hex, buf, sizeof buf);
		assert_string_equal(hex, rows[i].hex);
	}
}

static void
published_replies_are_understood(void **state)
{
	static const struct {
		const char *hex;
		uint8_t sw3;
		size_t n;
		enum ym_sam_command to;
	} rows[] = {
		{"aaaaaa9669000400009094", 0x90, 0, YM_SAM_STATUS},
		{"aaaaaa9669000800009f0000000097", 0x9F, 4, YM_SAM_FIND},
		{"aaaaaa9669000c00009000000000000000009c", 0x90, 8, YM_SAM_SELECT},
		{"aa00aaaa9669000400009094", 0x90, 0, YM_SAM_STATUS}, /* the captured noise */
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(rows); i++) {
		struct ym_sam_parser p = {0};
		struct ym_sam_reply r;
		uint8_t buf[64];
		size_t n = strlen(rows[i].hex) / 2;

		assert_true(ym_unhex(buf, n, rows[i].hex));
		assert_int_equal(feed(&p, buf, n, NULL), YM_SAM_REPLY);
		r = ym_sam_reply(&p);
		assert_int_equal(r.sw3, rows[i].sw3);
		assert_int_equal(r.n, rows[i].n);
		assert_true(ym_sam_fits(rows[i].to, &r));
	}
}

static void
frames_have_the_documented_lengths(void **state)
{
	uint8_t buf[YM_SAM_FRAME_MAX + 8];

	assert_int_equal(reply_frame(buf, sizeof buf, 0x90, 16), 27);
	assert_int_equal(reply_frame(buf, sizeof buf, 0x90, 1284), 1295);
	assert_int_equal(reply_frame(buf, sizeof buf, 0x90, 1286), 1297);
	assert_int_equal(reply_frame(buf, sizeof buf, 0x90, 2310), 2321);
	assert_int_equal(ym_sam_frame(buf, 10, (const uint8_t *)"\0\0\x90", 3, NULL, 0), 0);
	assert_int_equal(ym_sam_frame(buf, sizeof buf, (const uint8_t *)"\0\0\x90", 3, buf, YM_SAM_DATA_MAX + 1), 0);
}

static void
every_truncation_waits_for_more(void **state)
{
	static const size_t sizes[] = {0, 4, 8, 16, 70, 1284, 2310};
	uint8_t buf[YM_SAM_FRAME_MAX];

	for (size_t s = 0; s < YM_ARRAY_LEN(sizes); s++) {
		size_t n = reply_frame(buf, sizeof buf, 0x90, sizes[s]), used;
		struct ym_sam_parser p = {0};

		for (size_t cut = 0; cut < n; cut++)
			assert_int_equal(ym_sam_feed(&p, buf[cut]), cut + 1 < n ? YM_SAM_MORE : YM_SAM_REPLY);
		ym_sam_parser_reset(&p);
		assert_int_equal(feed(&p, buf, n, &used), YM_SAM_REPLY);
		assert_int_equal(used, n);
	}
}

/* A spoilt byte may leave the first, redundant AA; anything else must never pass as the answer that was asked for. */
static void
no_spoilt_byte_passes_as_the_answer(void **state)
{
	static const struct {
		enum ym_sam_command command;
		uint8_t sw3;
		size_t n;
	} rows[] = {
		{YM_SAM_STATUS, 0x90, 0}, {YM_SAM_FIND, 0x9F, 4}, {YM_SAM_SELECT, 0x90, 8}, {YM_SAM_MODULE_ID, 0x90, 16},
		{YM_SAM_READ_ADDRESS, 0x90, 70}, {YM_SAM_READ, 0x90, 1284},
	};
	uint8_t buf[YM_SAM_FRAME_MAX];

	for (size_t k = 0; k < YM_ARRAY_LEN(rows); k++) {
		size_t n = reply_frame(buf, sizeof buf, rows[k].sw3, rows[k].n);

		for (size_t at = 0; at < n; at++) {
			for (int x = 1; x < 256; x += n > 100 && at > 12 ? 50 : 1) {
				struct ym_sam_parser p = {0};
				enum ym_sam_feed v;

				buf[at] ^= (uint8_t)x;
				v = feed(&p, buf, n, NULL);
				if (v == YM_SAM_REPLY && at > 0) {
					struct ym_sam_reply r = ym_sam_reply(&p);

					assert_false(ym_sam_fits(rows[k].command, &r));
				}
				buf[at] ^= (uint8_t)x;
			}
		}
	}
}

static void
impossible_lengths_are_refused_before_storing(void **state)
{
	static const unsigned lengths[] = {0, 1, 3, YM_SAM_LEN_MAX + 1, 0x7FFF, 0xFFFF};

	for (size_t i = 0; i < YM_ARRAY_LEN(lengths); i++) {
		const uint8_t buf[] = {0xAA, 0xAA, 0x96, 0x69, (uint8_t)(lengths[i] >> 8), (uint8_t)lengths[i], 1, 2, 3};
		struct ym_sam_parser p = {0};
		size_t used;

		assert_int_equal(feed(&p, buf, sizeof buf, &used), YM_SAM_BAD_LENGTH);
		assert_int_equal(used, 6);
		assert_int_equal(p.have, 2);
	}
}

static void
noise_without_end_is_noticed(void **state)
{
	struct ym_sam_parser p = {0};
	size_t n = 0;

	while (ym_sam_feed(&p, (uint8_t)(n * 13)) == YM_SAM_MORE)
		n++;
	assert_int_equal(n, YM_SAM_NOISE_MAX);
}

static void
an_answer_to_another_request_does_not_fit(void **state)
{
	uint8_t data[8] = {0};
	struct ym_sam_reply found = {0, 0, 0x9F, data, 4}, none = {0, 0, 0x80, data, 0}, done = {0, 0, 0x90, data, 0};

	assert_true(ym_sam_fits(YM_SAM_FIND, &none));
	assert_false(ym_sam_fits(YM_SAM_FIND, &done));
	assert_false(ym_sam_fits(YM_SAM_SELECT, &found));
	assert_false(ym_sam_fits(YM_SAM_READ, &done));
	assert_false(ym_sam_fits(YM_SAM_STATUS, &found));
}

static void
blocks_that_do_not_add_up_are_refused(void **state)
{
	static const uint16_t wrong[][2] = {
		{0, 0}, {0x100, 0x3FF}, {0x100, 0x401}, {0xFF, 0x401}, {0x101, 0x3FF}, {0xFFFF, 0xFFFF}, {0x400, 0x100}};
	uint8_t data[1284] = {1, 0, 4, 0};
	struct ym_sam_reply r = {0, 0, 0x90, data, sizeof data};
	struct ym_sam_blocks b;

	assert_int_equal(ym_sam_split(YM_SAM_READ, &r, &b, NULL), YM_OK);
	assert_int_equal(b.n_text, 256);
	assert_int_equal(b.n_photo, 1024);
	assert_ptr_equal(b.photo, data + 260);
	for (size_t i = 0; i < YM_ARRAY_LEN(wrong); i++) {
		for (int k = 0; k < 2; k++) {
			data[2 * k] = (uint8_t)(wrong[i][k] >> 8);
			data[2 * k + 1] = (uint8_t)wrong[i][k];
		}
		assert_int_equal(ym_sam_split(YM_SAM_READ, &r, &b, NULL), YM_IO);
	}
	r.n = 3;
	assert_int_equal(ym_sam_split(YM_SAM_READ, &r, &b, NULL), YM_IO);
}

static void
every_status_has_an_advice(void **state)
{
	static const uint8_t retry[] = {0x31, 0x32, 0x33, 0x40, 0x41, 0x47, 0x80, 0x81}, service[] = {0x60, 0x66},
		bug[] = {0x10, 0x11, 0x21, 0x23, 0x24};

	for (size_t i = 0; i < sizeof retry; i++) {
		assert_int_equal(ym_sam_meaning(retry[i])->advice, YM_SAM_RETRY_CARD);
		assert_int_equal(ym_sam_meaning(retry[i])->code, YM_BUSY);
	}
	for (size_t i = 0; i < sizeof service; i++)
		assert_int_equal(ym_sam_meaning(service[i])->advice, YM_SAM_MAINTENANCE);
	for (size_t i = 0; i < sizeof bug; i++)
		assert_int_equal(ym_sam_meaning(bug[i])->advice, YM_SAM_OUR_BUG);
	for (int i = 0; i < 256; i++) {
		assert_non_null(ym_sam_meaning((uint8_t)i)->msgid);
		if (ym_sam_meaning((uint8_t)i)->advice != YM_SAM_GOOD)
			assert_int_not_equal(ym_sam_meaning((uint8_t)i)->code, YM_OK);
	}
}

static void
module_id_is_written_as_on_the_box(void **state)
{
	static const uint8_t id[16] = {5, 0, 3, 0, 0x2F, 0x3C, 0x33, 1, 0x15, 0xCD, 0x5B, 7, 0xB1, 0x68, 0xDE, 0x3A};
	char buf[64];

	ym_sam_module_id(buf, id);
	assert_string_equal(buf, "05.03-20134959-0123456789-987654321");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_the_published_bytes),
		cmocka_unit_test(published_replies_are_understood),
		cmocka_unit_test(frames_have_the_documented_lengths),
		cmocka_unit_test(every_truncation_waits_for_more),
		cmocka_unit_test(no_spoilt_byte_passes_as_the_answer),
		cmocka_unit_test(impossible_lengths_are_refused_before_storing),
		cmocka_unit_test(noise_without_end_is_noticed),
		cmocka_unit_test(an_answer_to_another_request_does_not_fit),
		cmocka_unit_test(blocks_that_do_not_add_up_are_refused),
		cmocka_unit_test(every_status_has_an_advice),
		cmocka_unit_test(module_id_is_written_as_on_the_box),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
