/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Building a pack: what is wrong in a data folder is named with file, line and reason; a bad pack is refused whole.
 */
#include "fixture.h"

#include <sys/stat.h>

#include "base/file.h"

#define ITEM "catalog/one/TS-001.json"
#define BUNDLE "bundles/YJS-01.json"

static void
the_fixture_has_no_fault(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fixture_check(f), YM_OK);
	assert_int_equal(f->n_errors, 0);
}

/* Spoil one place and expect one message there. */
struct spoil {
	const char *file, *from, *to, *says, *where;
	int line;
};

static void
expect(struct fixture *f, const struct spoil *s)
{
	YM_FREE char *path = ym_asprintf("%s/%s", f->data, s->file);
	const struct ym_problem *p;
	YM_BUF before = { 0 };

	assert_int_equal(ym_file_read(path, 1 << 20, &before, NULL), YM_OK);
	fixture_edit(f, s->file, s->from, s->to);
	assert_int_equal(fixture_check(f), YM_INVALID);
	p = fixture_error(f, s->says);
	assert_string_equal(p->file, s->file);
	if (s->where)
		assert_non_null(strstr(p->where, s->where));
	if (s->line)
		assert_int_equal(p->line, s->line);
	fixture_edit(f, s->file, NULL, ym_buf_str(&before));
	assert_int_equal(fixture_check(f), YM_OK);
}

static void
every_kind_of_fault_is_named_with_its_place(void **state)
{
	static const struct spoil spoils[] = {
		{ "vocabulary/datums.json", "\"type\": \"int\"", "\"type\": \"integer\"",
			"not one of those allowed: integer", "[5].type", 12 },
		{ "vocabulary/datums.json", "\"table\": \"sex\"", "\"table\": \"sexes\"",
			"no such code table: sexes", "[2].table", 9 },
		{ "vocabulary/datums.json", "\"check\": \"id18\"", "\"check\": \"id19\"",
			"no such kind of number: id19", "[3].check", 10 },
		{ "vocabulary/datums.json", "\"options\": [[\"1\", \"丢失\"], [\"2\", \"损坏\"]]",
			"\"options\": []", "needs options", "[6].type", 13 },
		{ "vocabulary/datums.json", "{\"id\": \"child\"", "{\"id\": \"new_child\"",
			"A role has no underscore", "[1].id", 4 },
		{ "vocabulary/kinds.json", "\"register\": \"population\"",
			"\"register\": \"people\"", "no such register: people", "[0].register", 3 },
		{ "tables/sex.json", "[\"2\", \"女\"]", "[\"1\", \"女\"]", "twice: 1", "codes[1]",
			1 },
		{ "pack.json", "2026-11-01", "2026-11-31", "not a date", "effective", 1 },
		{ ITEM, "\"status\": \"现行\"", "\"statos\": \"现行\"", "Unknown key: statos",
			"statos", 9 },
		{ ITEM, "\"trust\": \"B\"", "\"trust\": 3", "wrong type: trust", "trust", 10 },
		{ ITEM, "\"mode\": \"national\"", "\"mode\": \"galactic\"", "allowed: galactic",
			"scope[0].mode", 17 },
		{ ITEM, "applicant.household_division\"", "applicant.household\"",
			"no such datum: applicant.household", "responsible", 16 },
		{ ITEM, "\"role\": \"applicant\"", "\"role\": \"petitioner\"",
			"no such role: petitioner", "roles[0].role", 15 },
		{ ITEM, "\"kind\": \"photo\"", "\"kind\": \"foto\"", "no such document kind: foto",
			"materials[2].kind", 29 },
		{ ITEM, "\"check\": \"population\"", "\"check\": \"people\"",
			"no such register: people", "materials[0].check", 27 },
		{ ITEM, "\"register\": \"population\"", "\"register\": \"people\"",
			"no such register: people", "checks[0].register", 38 },
		{ ITEM, "\"when\": \":q_lost = 0\"", "\"when\": \"\"", "needs a rule in `when`",
			"materials[1].need", 28 },
		{ ITEM, "\"main\": true, \"deferrable\": false",
			"\"main\": true, \"deferrable\": true", "never deferrable",
			"materials[0].deferrable", 27 },
		{ ITEM, "\"datum\": \"applicant.sex\"", "\"datum\": \"applicant.shoe\"",
			"no such datum: applicant.shoe", "fields[1].datum", 33 },
		{ ITEM, "\"datum\": \"applicant.sex\"", "\"datum\": \"child.sex\"",
			"no such role: child.sex", "fields[1].datum", 33 },
		{ ITEM, "\"datum\": \"applicant.sex\"", "\"datum\": \"applicant.name\"",
			"stands there twice", "fields[1].datum", 33 },
		{ ITEM, "\"refusable\": true", "\"refusable\": true, \"permit\": false",
			"well-formed JSON", NULL, 8 },
		{ ITEM, "\"otherwise\": \"returned\"", "\"otherwise\": \"forgiven\"",
			"allowed: forgiven", "conditions[0].otherwise", 23 },
		{ ITEM, "\"paper\": \"FORM-1\"", "\"paper\": \"FORM-2\"", "no such paper: FORM-2",
			"application.paper", 49 },
		{ ITEM, "\"fen\": 4000", "\"fen\": -40", "Expected a whole number",
			"fee.tiers[0].fen", 46 },
		{ ITEM, "\"delivery\": [\"window\"", "\"delivery\": [\"pigeon\"", "allowed: pigeon",
			"delivery[0]", 48 },
		{ ITEM, "\"id\": \"q.urgent\"", "\"id\": \"urgent\"", "begins with q.",
			"questions[1].id", 20 },
		{ ITEM, "\"id\": \"TS-001\"", "\"id\": \"TS-1\"", "not named after its id", "id",
			2 },
		{ BUNDLE, "\"item\": \"TS-005\"", "\"item\": \"TS-999\"", "no such item: TS-999",
			"items[0].item", 5 },
		{ BUNDLE, "\"after\": \"TS-005\"", "\"after\": \"TS-001\"", "wait for each other",
			"items[1].after", 6 },
		{ BUNDLE, "\"child\": \"baby\"", "\"infant\": \"baby\"", "no such role: infant",
			"items[0].roles", 5 },
		{ BUNDLE, ", \"child\": \"baby\"", "",
			"Nobody of the bundle plays a required role: child", "items[0].roles", 5 },
		{ BUNDLE, "\"applicant\": \"parent\"", "\"applicant\": \"aunt\"",
			"no such party: aunt", "items[0].roles.applicant", 5 },
		{ "papers/FORM-1.json", "\"blocks\"", "\"block\"", "missing: blocks", "blocks", 1 },
		{ "calendar/2026.csv", "2026-10-10,W", "2026-10-09,W", "Only a weekend day",
			"days[38]", 40 },
		{ "calendar/2026.csv", "2026-10-10,W", "2025-10-11,W", "not in this year",
			"days[38]", 40 },
		{ "calendar/2026.csv", "2026-10-10,W", "2026-10-10;W", "date,H or W,name",
			"days[38]", 40 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < YM_ARRAY_LEN(spoils); i++) {
		print_message("# %s -> %s\n", spoils[i].from, spoils[i].to);
		expect(f, &spoils[i]);
	}
}

static void
every_kind_of_bad_rule_is_named(void **state)
{
	static const struct {
		const char *rule, *says;
	} rules[] = {
		{ "age(:applicant_birth, :today) >=", "does not parse" },
		{ "age(:applicant_birth)", "does not parse" },
		{ "load_extension('x')", "does not parse: load_extension" },
		{ "(SELECT 1 FROM sqlite_master)", "does not parse" },
		{ "date('now') > :today", "does not parse: 'now'" },
		{ ":child_birth < :today", "role that is not there: child_birth" },
		{ ":applicant_shoe = 1", "unknown datum: applicant_shoe" },
		{ ":tomorrow > :today", "role that is not there: tomorrow" },
		{ ":q_other = 1", "not asked for: q.other" },
		{ "re('^[0-9', :applicant_name)", "does not parse: ^[0-9" },
		{ "label('sexes', :applicant_sex) = 'x'", "no such code table: sexes" },
		{ "is_valid('id19', :applicant_name)", "no such kind of number: id19" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < YM_ARRAY_LEN(rules); i++) {
		const struct ym_problem *p;

		print_message("# %s\n", rules[i].rule);
		fixture_edit(f, ITEM, "age(:applicant_birth, :today) >= 16", rules[i].rule);
		assert_int_equal(fixture_check(f), YM_INVALID);
		p = fixture_error(f, rules[i].says);
		assert_string_equal(p->where, "TS-001 conditions[0].require");
		assert_int_equal(p->line, 23);
		fixture_edit(f, ITEM, rules[i].rule, "age(:applicant_birth, :today) >= 16");
	}
}

static void
a_question_nobody_uses_is_a_warning(void **state)
{
	struct fixture *f = *state;
	bool warned = false;

	fixture_edit(f, ITEM, ":q_lost = 0", ":q_urgent = 'no'");
	fixture_edit(f, ITEM, "CASE WHEN :q_lost = 1 THEN '1' END", "");
	fixture_edit(f, BUNDLE, ":q_lost = 1 AND ", "");
	assert_int_equal(fixture_check(f), YM_OK);
	for (int i = 0; i < f->n_problems; i++)
		warned |= strstr(f->problems[i].text, "No rule uses the answer: q.lost") &&
			!f->problems[i].is_error;
	assert_true(warned);
}

static void
one_question_in_two_items_must_offer_the_same(void **state)
{
	struct fixture *f = *state;

	fixture_edit(f, "catalog/one/TS-005.json", "\"fields\"",
		"\"questions\": [{\"id\": \"q.urgent\", \"ask\": \"急?\", \"options\": [[\"1\", \"急\"]]}], \"fields\"");
	assert_int_equal(fixture_check(f), YM_INVALID);
	fixture_error(f, "has other answers in another item: TS-001");
}

static void
ids_are_unique(void **state)
{
	struct fixture *f = *state;

	fixture_edit(f, "vocabulary/kinds.json", "\"id\": \"photo\"", "\"id\": \"idcard\"");
	assert_int_equal(fixture_check(f), YM_INVALID);
	fixture_error(f, "The id stands there twice: idcard");
}

static void
a_folder_that_is_not_there_is_an_io_error(void **state)
{
	struct ym_error err = { 0 };

	assert_int_equal(ym_catalog_check("/nonexistent/yimen", NULL, NULL, &err), YM_IO);
	assert_non_null(err.msgid);
}

static void
an_extra_folder_replaces_items_by_id(void **state)
{
	struct fixture *f = *state;
	YM_FREE char *extra = fixture_path(f, "extra/catalog"),
		     *file = fixture_path(f, "extra/catalog/TS-002.json");
	YM_FREE char *top = fixture_path(f, "extra"), *path = fixture_path(f, "pack.db");
	static const char item[] =
		"{\"id\":\"TS-002\",\"name\":\"护照省内换发\",\"category\":\"出入境\","
		"\"roles\":[{\"role\":\"applicant\",\"default\":\"visitor\"}],\"steps\":[{\"name\":\"受理\",\"by\":\"window\"}]}";
	YM_BUF doc = { 0 };
	const struct ym_item *it;
	struct ym_pack *p;

	assert_int_equal(ym_file_mkdirs(extra, 0700, NULL), YM_OK);
	assert_int_equal(ym_file_write(file, item, sizeof item - 1, 0600, NULL), YM_OK);
	assert_int_equal(ym_catalog_bundle_up(f->data, top, NULL, NULL, &doc, NULL), YM_OK);
	assert_int_equal(ym_catalog_compile(doc.data, doc.len, path, NULL), YM_OK);
	assert_int_equal(ym_pack_open(path, &p, NULL), YM_OK);
	assert_int_equal(ym_pack_n_items(p), 6);
	assert_int_equal(ym_pack_item(p, "TS-002", &it, NULL), YM_OK);
	assert_string_equal(it->name, "护照省内换发");
	ym_pack_close(p);
}

/* -- the envelope -- */

static void
a_signed_pack_verifies_and_gives_the_document_back(void **state)
{
	struct fixture *f = *state;
	YM_SM2 *key = ym_sm2_generate();
	YM_BUF doc = { 0 };
	YM_BUF envelope = { 0 };
	const char *got;
	size_t n;

	fixture_document(f, &doc);
	ym_catalog_sign(key, doc.data, doc.len, &envelope);
	assert_int_equal(
		ym_catalog_verify(key, envelope.data, envelope.len, &got, &n, NULL), YM_OK);
	assert_int_equal(n, doc.len);
	assert_memory_equal(got, doc.data, n);
	assert_int_equal(
		ym_catalog_verify(NULL, envelope.data, envelope.len, &got, &n, NULL), YM_OK);
}

static void
a_wrong_signature_is_refused(void **state)
{
	YM_SM2 *key = ym_sm2_generate(), *other = ym_sm2_generate();
	static const char doc[] = "{\"format\":1}";
	struct ym_error err = { 0 };
	YM_BUF envelope = { 0 };
	const char *got = NULL;
	size_t n = 7;

	ym_catalog_sign(key, doc, sizeof doc - 1, &envelope);
	assert_int_equal(
		ym_catalog_verify(other, envelope.data, envelope.len, &got, &n, &err), YM_REFUSED);
	envelope.data[envelope.len - 2] = '2';
	assert_int_equal(
		ym_catalog_verify(key, envelope.data, envelope.len, &got, &n, &err), YM_REFUSED);
	assert_string_equal(err.msgid, "The catalogue pack was changed after it was signed");
	assert_int_equal(
		ym_catalog_verify(NULL, envelope.data, envelope.len, &got, &n, &err), YM_REFUSED);
	ym_buf_clear(&envelope);
	ym_catalog_sign(NULL, doc, sizeof doc - 1, &envelope);
	assert_int_equal(
		ym_catalog_verify(key, envelope.data, envelope.len, &got, &n, &err), YM_REFUSED);
	assert_null(got);
	assert_int_equal(n, 7);
	assert_int_equal(
		ym_catalog_verify(NULL, envelope.data, envelope.len, &got, &n, &err), YM_OK);
}

static void
a_truncated_envelope_never_verifies(void **state)
{
	YM_SM2 *key = ym_sm2_generate();
	static const char doc[] = "{\"format\":1}";
	YM_BUF envelope = { 0 };

	ym_catalog_sign(key, doc, sizeof doc - 1, &envelope);
	for (size_t n = 0; n < envelope.len; n++) {
		const char *got;
		size_t got_n;
		enum ym_code code = ym_catalog_verify(key, envelope.data, n, &got, &got_n, NULL);

		assert_true(code == YM_INVALID || code == YM_REFUSED);
	}
}

static void
an_oversized_pack_is_refused_before_it_is_looked_at(void **state)
{
	struct ym_error err = { 0 };
	const char *got;
	size_t n;

	assert_int_equal(
		ym_catalog_verify(NULL, "", (size_t)YM_JSON_MAX + 1, &got, &n, &err), YM_INVALID);
	assert_string_equal(err.msgid, "The pack is too large");
	assert_int_equal(
		ym_catalog_compile("", (size_t)YM_JSON_MAX + 1, "/nonexistent/pack.db", &err),
		YM_INVALID);
}

/* -- compiling -- */

static void
a_bad_document_leaves_the_old_pack_alone(void **state)
{
	struct fixture *f = *state;
	YM_FREE char *path = fixture_path(f, "pack.db");
	YM_BUF doc = { 0 };
	struct ym_error err = { 0 };
	struct stat before, after;
	char *at;

	fixture_document(f, &doc);
	assert_int_equal(ym_catalog_compile(doc.data, doc.len, path, &err), YM_OK);
	assert_int_equal(stat(path, &before), 0);
	for (size_t cut = doc.len - 2; cut > 2; cut = cut / 3 * 2)
		assert_int_equal(ym_catalog_compile(doc.data, cut, path, &err), YM_INVALID);
	at = strstr(doc.data, ">= 16");
	assert_non_null(at);
	memcpy(at, ">= )(", 5);
	assert_int_equal(ym_catalog_compile(doc.data, doc.len, path, &err), YM_INVALID);
	assert_string_equal(err.msgid, "The rule does not parse");
	assert_non_null(strstr(err.subject, "TS-001 conditions[0].require"));
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

static void
a_document_of_another_format_is_refused(void **state)
{
	static const char *const docs[] = { "", "null", "[]", "{}", "{\"format\":2}",
		"{\"format\":1}", "{\"format\":1,\"items\":{}}",
		"{\"format\":1,\"pack\":{\"version\":\"1\"},\"items\":[1,null,\"x\"],\"tables\":[{}],\"calendar\":[[]],\"papers\":[3]}",
		"{\"format\":1,\"cat\":1}" };
	struct fixture *f = *state;
	YM_FREE char *path = fixture_path(f, "none.db");

	for (size_t i = 0; i < YM_ARRAY_LEN(docs); i++)
		assert_int_equal(
			ym_catalog_compile(docs[i], strlen(docs[i]), path, NULL), YM_INVALID);
	assert_false(ym_file_exists(path));
}

static void
a_fault_of_a_document_has_its_line(void **state)
{
	struct fixture *f = *state;
	YM_BUF doc = { 0 };
	char *at;
	int line = 1;

	fixture_document(f, &doc);
	at = strstr(doc.data, "\"foto\"");
	assert_null(at);
	at = strstr(doc.data, ":q_lost = 0");
	assert_non_null(at);
	memcpy(at, ":q_lust", 7);
	for (const char *s = doc.data; s < at; s++)
		line += *s == '\n';
	{
		struct ym_error err = { 0 };
		char want[64];

		assert_int_equal(
			ym_catalog_check_document(doc.data, doc.len, NULL, NULL, &err), YM_INVALID);
		snprintf(want, sizeof want, "pack:%d TS-001 materials[1].when", line);
		assert_non_null(strstr(err.subject, want));
	}
}

static enum ym_code
refuse_paper(const json_t *tmpl, const char *name, struct ym_error *err)
{
	return ym_fail_on(err, YM_INVALID, "no good", name, NULL);
}

static void
papers_are_checked_by_who_knows_them(void **state)
{
	struct fixture *f = *state;

	ym_catalog_set_paper_check(refuse_paper);
	assert_int_equal(fixture_check(f), YM_INVALID);
	assert_string_equal(fixture_error(f, "no good: FORM-1")->file, "papers/FORM-1.json");
	ym_catalog_set_paper_check(NULL);
	assert_int_equal(fixture_check(f), YM_OK);
}

int
main(void)
{
#define WITH(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		WITH(the_fixture_has_no_fault),
		WITH(every_kind_of_fault_is_named_with_its_place),
		WITH(every_kind_of_bad_rule_is_named),
		WITH(a_question_nobody_uses_is_a_warning),
		WITH(one_question_in_two_items_must_offer_the_same),
		WITH(ids_are_unique),
		cmocka_unit_test(a_folder_that_is_not_there_is_an_io_error),
		WITH(an_extra_folder_replaces_items_by_id),
		WITH(a_signed_pack_verifies_and_gives_the_document_back),
		cmocka_unit_test(a_wrong_signature_is_refused),
		cmocka_unit_test(a_truncated_envelope_never_verifies),
		cmocka_unit_test(an_oversized_pack_is_refused_before_it_is_looked_at),
		WITH(a_bad_document_leaves_the_old_pack_alone),
		WITH(a_document_of_another_format_is_refused),
		WITH(a_fault_of_a_document_has_its_line),
		WITH(papers_are_checked_by_who_knows_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
