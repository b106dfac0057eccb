/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The finder: every way of typing what is wanted, what comes first, and what must not be found.
 */
#include "fixture.h"

#include "catalog/find.h"
#include "catalog/pinyin.h"

static const char *
first(void **state, const char *query)
{
	static struct ym_hit hits[10];
	int n = ym_pack_find(((struct fixture *)*state)->pack, query, hits, 10);

	return n ? hits[0].id : "";
}

static bool
finds(void **state, const char *query, const char *id, const char *why)
{
	struct ym_hit hits[20];
	int n = ym_pack_find(((struct fixture *)*state)->pack, query, hits, 20);

	for (int i = 0; i < n; i++)
		if (!strcmp(hits[i].id, id)) {
			if (why)
				assert_string_equal(hits[i].why, why);
			return true;
		}
	return false;
}

static void
codes_names_and_aliases(void **state)
{
	assert_string_equal(first(state, "TS-001"), "TS-001");
	assert_string_equal(first(state, "ts001"), "TS-001");
	assert_string_equal(first(state, "ＴＳ－００４"), "TS-004");
	assert_true(finds(state, "000109012000", "TS-001", "code"));
	assert_true(finds(state, "居民身份证补领", "TS-001", "name"));
	assert_true(
		finds(state, "护照", "TS-002", "alias") || finds(state, "护照", "TS-002", "name"));
	assert_true(finds(state, "身份证丢了", "TS-001", "alias"));
	assert_true(finds(state, "行车证", "TS-004", "alias"));
	assert_true(finds(state, "到期换发", "TS-002", "name"));
}

static void
pinyin_initials_and_mixtures(void **state)
{
	assert_true(finds(state, "huzhao", "TS-002", "pinyin"));
	assert_true(finds(state, "shenfenz", "TS-001", "pinyin"));
	assert_true(finds(state, "SFZ", "TS-001", "initials"));
	assert_true(finds(state, "jmsfzbl", "TS-001", "initials"));
	assert_true(finds(state, "xszbl", "TS-004", "initials"));
	assert_true(finds(state, "jdcxshizheng", "TS-004", NULL));
	assert_true(finds(state, "护zhao", "TS-002", "pinyin"));
	assert_true(finds(state, "身fenzheng", "TS-001", "pinyin"));
	assert_true(finds(state, "居zz", "TS-003", "initials"));
	assert_true(finds(state, "户kou簿", "TS-006", "pinyin"));
	assert_true(finds(state, "sfzhengdl", "TS-001", "initials"));
}

static void
polyphones_are_found_by_every_reading(void **state)
{
	assert_true(finds(state, "changchun", "TS-003", "pinyin"));
	assert_true(finds(state, "zhangchun", "TS-003", "pinyin"));
	assert_true(finds(state, "ccs", "TS-003", "initials"));
	assert_true(finds(state, "zcs", "TS-003", "initials"));
	assert_true(finds(state, "chongxin", "TS-001", "pinyin"));
	assert_true(finds(state, "zhongxin", "TS-001", "pinyin"));
	assert_true(finds(state, "cxb", "TS-001", "initials"));
	/* 行 of 行驶证: xing, not the more frequent hang alone. */
	assert_true(finds(state, "xingshizheng", "TS-004", "pinyin"));
}

static void
one_slip_is_forgiven(void **state)
{
	static const struct {
		const char *query, *id;
	} slips[] = {
		{ "huhzao", "TS-002" },        /* two in the wrong order */
		{ "huzhaao", "TS-002" },       /* one too many */
		{ "huzho", "TS-002" },         /* one missing */
		{ "fuzhao", "TS-002" },        /* another letter, the first */
		{ "huzhap", "TS-002" },        /* another letter, the last */
		{ "shengfenzheng", "TS-001" }, /* en and eng */
		{ "shenfenzhen", "TS-001" },
		{ "chagnchun", "TS-003" }, /* a slip in the second reading of a polyphone */
		{ "hukuobu", "TS-006" },
		{ "户照", "TS-002" }, /* the wrong homophone of an input method */
		{ "新声儿出生", "YJS-01" },
		{ "行驶正补领", "TS-004" },
		{ "身份政丢了", "TS-001" },
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(slips); i++) {
		print_message("# %s\n", slips[i].query);
		assert_string_equal(first(state, slips[i].query), slips[i].id);
	}
	assert_true(finds(state, "fuzhao", "TS-002", "fuzzy"));
}

static void
bundles_are_found_like_items(void **state)
{
	struct ym_hit hits[5];

	assert_int_equal(ym_pack_find(((struct fixture *)*state)->pack, "生孩子", hits, 5), 1);
	assert_string_equal(hits[0].id, "YJS-01");
	assert_true(hits[0].is_bundle);
	assert_true(finds(state, "cs", "YJS-01", "initials"));
	assert_true(finds(state, "xinshenger", "YJS-01", "pinyin"));
}

static void
several_words_must_all_be_there(void **state)
{
	assert_string_equal(first(state, "护照 换发"), "TS-002");
	assert_string_equal(first(state, "换发 hz"), "TS-002");
	assert_string_equal(first(state, "补领 行驶"), "TS-004");
	assert_string_equal(first(state, "护照换发"), "TS-002"); /* with a gap */
	assert_false(finds(state, "护照 行驶证", "TS-002", NULL));
}

static void
nothing_is_found_for_nothing(void **state)
{
	static const char *const queries[] = { "", "   ", "-", "、。", "xqxqxq", "饕餮",
		"zzzzzzzzzzzzzzzzzzzz",
		"shshshshshshshshshshshshshshshshshshshshshshshshshshshshshshshshshshshshshsh",
		"\xff\xfe\x80" };

	for (size_t i = 0; i < YM_ARRAY_LEN(queries); i++)
		assert_string_equal(first(state, queries[i]), "");
}

/* The ranks on an index of their own, one entry each way. */
static void
the_order_of_ranks(void **state)
{
	static const char *const order[] = { "code", "name", "prefix", "initials", "part",
		"fuzzy" };
	struct ym_find *f = ym_find_new();
	struct ym_hit hits[10];
	int n;

	/* Added worst first: catalogue order must not decide. For "ab": letters are characters too. */
	ym_find_add(f, false, "part", "补办护照本", "", "", "");
	ym_find_add(f, false, "initials", "护照", "", "", "");
	ym_find_add(f, false, "prefix", "hz证明", "", "", "");
	ym_find_add(f, false, "name", "HZ", "", "", "");
	ym_find_add(f, false, "code", "别的", "", "hz", "");
	n = ym_find_query(f, "hz", hits, 10);
	assert_int_equal(n, 5);
	for (int i = 0; i < n; i++)
		assert_string_equal(hits[i].id, order[i]);
	ym_find_free(f);

	f = ym_find_new();
	ym_find_add(f, false, "far", "普通护照换发", "", "", "");
	ym_find_add(f, false, "near", "护照", "", "", "");
	ym_find_add(f, false, "mid", "护照换发", "", "", "");
	n = ym_find_query(f, "护照", hits, 10);
	assert_int_equal(n, 3);
	assert_string_equal(hits[0].id, "near");
	assert_string_equal(hits[1].id, "mid");
	assert_string_equal(hits[2].id, "far");
	assert_int_equal(ym_find_query(f, "护照", hits, 2), 2);
	ym_find_free(f);
}

static int
slips(const char *query, const char *text)
{
	uint32_t q[60], t[200];
	int n_q = (int)strlen(query), n_t = (int)strlen(text), end;

	for (int i = 0; i < n_q; i++)
		q[i] = (unsigned char)query[i];
	for (int i = 0; i < n_t; i++)
		t[i] = (unsigned char)text[i];
	return ym_find_slips(q, n_q, t, n_t, &end);
}

static int
at_most_one(const char *query, const char *text, int edits)
{
	if (!*query)
		return edits;
	if (edits > 1)
		return 9;
	{
		int best = 9, v;

#define TRY(q, t, e) ((v = at_most_one(q, t, e)) < best ? best = v : 0)
		if (*text && *query == *text)
			TRY(query + 1, text + 1, edits);
		if (edits < 1) {
			TRY(query + 1, text, 1);
			if (*text) {
				TRY(query, text + 1, 1);
				TRY(query + 1, text + 1, 1);
				if (text[1] && query[1] && query[0] == text[1] &&
					query[1] == text[0])
					TRY(query + 2, text + 2, 1);
			}
		}
		return best;
	}
}

/* Against a plain recursive definition, over every text of four letters a, b, c. */
static void
slips_agree_with_their_definition(void **state)
{
	static const char *const queries[] = { "abc", "abca", "aab", "cba", "bb1" };

	for (size_t k = 0; k < YM_ARRAY_LEN(queries); k++)
		for (int code = 0; code < 81; code++) {
			char text[5] = { 0 };
			int want = 9, got;

			for (int i = 0, c = code; i < 4; i++, c /= 3)
				text[i] = (char)('a' + c % 3);
			for (int from = 0; from <= 4; from++) {
				int v = at_most_one(queries[k], text + from, 0);

				want = v < want ? v : want;
			}
			got = slips(queries[k], text);
			assert_int_equal(got < 0 ? 9 : got, want);
		}
}

static void
readings_have_no_tones_and_the_usual_one_is_first(void **state)
{
	const char *r[YM_PINYIN_MAX];

	assert_int_equal(ym_pinyin_of(0x8BC1, r), 1); /* 证 */
	assert_string_equal(r[0], "zheng");
	assert_true(ym_pinyin_of(0x957F, r) >= 2); /* 长 */
	assert_string_equal(r[0], "zhang");
	assert_string_equal(r[1], "chang");
	assert_true(ym_pinyin_of(0x5973, r) >= 1); /* 女 */
	assert_string_equal(r[0], "nv");
	assert_int_equal(ym_pinyin_of('a', r), 0);
	assert_int_equal(ym_pinyin_of(0x9FFF + 1, r), 0);
	for (uint32_t c = 0x4E00; c <= 0x9FFF; c++)
		for (int i = ym_pinyin_of(c, r) - 1; i >= 0; i--)
			assert_int_equal(strspn(r[i], "abcdefghijklmnopqrstuvwxyz"), strlen(r[i]));
}

int
main(void)
{
#define WITH(t) cmocka_unit_test(t)
	const struct CMUnitTest with_pack[] = {
		WITH(codes_names_and_aliases),
		WITH(pinyin_initials_and_mixtures),
		WITH(polyphones_are_found_by_every_reading),
		WITH(one_slip_is_forgiven),
		WITH(bundles_are_found_like_items),
		WITH(several_words_must_all_be_there),
		WITH(nothing_is_found_for_nothing),
		WITH(the_order_of_ranks),
		WITH(slips_agree_with_their_definition),
		WITH(readings_have_no_tones_and_the_usual_one_is_first),
	};

	return cmocka_run_group_tests(with_pack, fixture_setup_pack, fixture_teardown);
}
