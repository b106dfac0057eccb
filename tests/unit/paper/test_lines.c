/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The narrow form of a paper for receipt printers: nothing wider than the roll, no word lost, marks where they belong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "paper/paper.h"
#include "yimen/text.h"

static const char document_text[] =
	"{\"practice\":true,\"reprint\":2,\"blocks\":[{\"type\":\"title\",\"text\":\"受理通知书受理通知书受理通知书\"},"
	"{\"type\":\"heading\",\"text\":\"材料\"},"
	"{\"type\":\"table\",\"columns\":[{\"title\":\"名称\",\"width\":60},{\"title\":\"形式\",\"width\":40}],"
	"\"rows\":[[\"居民户口簿首页、本人页及增减页\",\"核验原件后退还给申请人本人\"],[\"照片\",\"\"]]},"
	"{\"type\":\"fields\",\"columns\":1,\"rows\":[[\"很长很长很长很长很长很长的标签\",\"买买提·艾力——“甲”\"],[\"日期\",\"2026年11月22日\"]]},"
	"{\"type\":\"qr\",\"text\":\"https://example.invalid/q?1\",\"caption\":\"扫码查询\"},"
	"{\"type\":\"signature\",\"items\":[],\"rows\":[\"申请人签名\",\"日期\"]}]}";

struct seen {
	struct ym_buf all;
	int columns, n_qr, n_title;
};

/* As a printer sets it: whatever is not ASCII takes two columns. */
static int
printed_width(const char *s)
{
	size_t left = strlen(s), n;
	int w = 0;
	uint32_t c;

	for (; left; s += n, left -= n) {
		n = ym_text_decode(s, left, &c);
		w += c < 0x80 ? 1 : 2;
	}
	return w;
}

static void
take(void *user, enum ym_paper_mark mark, const char *line)
{
	struct seen *seen = user;

	if (mark == YM_PAPER_QR) {
		seen->n_qr++;
		assert_string_equal(line, "https://example.invalid/q?1");
		return;
	}
	seen->n_title += mark == YM_PAPER_TITLE;
	assert_true(printed_width(line) * (mark == YM_PAPER_TITLE ? 2 : 1) <= seen->columns);
	for (; *line; line++)
		if (*line != ' ')
			ym_buf_addc(&seen->all, *line);
}

static void
test_every_width_holds_and_no_word_is_lost(void **state)
{
	static const char *const words[] = { "【练习】此件无效", "【补打】第2次", "受理通知书受理通知书受理通知书", "居民户口簿首页、本人页及增减页",
		"核验原件后退还给申请人本人", "很长很长很长很长很长很长的标签", "买买提·艾力——“甲”", "2026年11月22日", "扫码查询", "申请人签名:____" };
	YM_JSON *document = json_loads(document_text, 0, NULL);

	assert_non_null(document);
	for (int columns = 24; columns <= 80; columns++) {
		struct seen seen = { .all = { .max = 65536 }, .columns = columns };

		ym_paper_lines(document, columns, take, &seen);
		assert_int_equal(seen.n_qr, 1);
		assert_true(seen.n_title >= 1);
		for (size_t i = 0; i < YM_ARRAY_LEN(words); i++)
			assert_non_null(strstr(ym_buf_str(&seen.all), words[i]));
		ym_buf_release(&seen.all);
	}
}

/* Text cannot show the strokes: it says that they are there, at every width, and no line is left to be filled by hand. */
static void
test_what_was_signed_on_the_pad_says_so(void **state)
{
	YM_JSON *document = json_loads(document_text, 0, NULL);

	json_object_set_new(document, "strokes", json_pack("{ss}", "date", "2026年12月1日"));
	for (int columns = 24; columns <= 80; columns++) {
		struct seen seen = { .all = { .max = 65536 }, .columns = columns };

		ym_paper_lines(document, columns, take, &seen);
		assert_non_null(strstr(ym_buf_str(&seen.all), "申请人签名:(已在签名板上签名)"));
		assert_non_null(strstr(ym_buf_str(&seen.all), "日期:2026年12月1日"));
		assert_null(strstr(ym_buf_str(&seen.all), "____"));
		ym_buf_release(&seen.all);
	}
	YM_FREE char *text = ym_paper_text(document, 100);
	assert_non_null(strstr(text, "申请人签名:(已在签名板上签名)"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_width_holds_and_no_word_is_lost),
		cmocka_unit_test(test_what_was_signed_on_the_pad_says_so) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
