/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Packs in a desk's folder: who may have signed, when one takes force, what is kept for cases begun before; how old a
 * catalogue is and what that limits.
 */
#include "fixture.h"

#include <unistd.h>

#include "base/file.h"
#include "catalog/shelf.h"

/* An envelope of the fixture with another version and date; key NULL: unsigned. */
static void
envelope(struct fixture *f, const char *version, const char *effective, const struct ym_sm2 *key, struct ym_buf *ret)
{
	YM_FREE char *pack = ym_asprintf("{\"version\": \"%s\", \"effective\": \"%s\", \"published\": \"2026-10-20\"}", version, effective);
	YM_BUF doc = { 0 };

	fixture_edit(f, "pack.json", NULL, pack);
	fixture_document(f, &doc);
	ym_catalog_sign(key, doc.data, doc.len, ret);
}

struct shelf {
	struct fixture *f;
	struct ym_sm2 *key, *stranger;
	struct ym_shelf_trust trust;
	struct ym_shelf_entry got;
};

static enum ym_code
put(struct shelf *s, const char *version, const char *effective, const struct ym_sm2 *key, const char *today)
{
	YM_BUF data = { 0 };

	envelope(s->f, version, effective, key, &data);
	return ym_shelf_put(s->f->dir, data.data, data.len, &s->trust, ym_date_parse(today), &s->got, NULL);
}

static void
assert_in_force(struct shelf *s, const char *version)
{
	YM_FREE char *path = fixture_path(s->f, "pack.db");
	struct ym_pack *p = NULL;

	assert_int_equal(ym_pack_open(path, &p, NULL), YM_OK);
	assert_string_equal(ym_pack_version(p), version);
	ym_pack_close(p);
}

static bool
has(struct shelf *s, const char *name)
{
	YM_FREE char *path = fixture_path(s->f, name);

	return ym_file_exists(path);
}

static int
setup(void **state)
{
	struct shelf *s = ym_alloc(sizeof *s);
	void *f = NULL;

	if (fixture_setup(&f))
		return -1;
	s->f = f;
	s->key = ym_sm2_generate();
	s->stranger = ym_sm2_generate();
	s->trust = (struct ym_shelf_trust){ &s->key, 1, false };
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct shelf *s = *state;
	void *f = s->f;

	ym_sm2_free(s->key);
	ym_sm2_free(s->stranger);
	free(s);
	return fixture_teardown(&f);
}

static void
only_a_trusted_signature_comes_in(void **state)
{
	struct shelf *s = *state;
	YM_BUF data = { 0 };

	assert_int_equal(put(s, "1", "2026-11-01", NULL, "2026-11-22"), YM_REFUSED);
	assert_int_equal(put(s, "1", "2026-11-01", s->stranger, "2026-11-22"), YM_REFUSED);
	assert_false(has(s, "pack.db"));
	envelope(s->f, "1", "2026-11-01", s->key, &data);
	data.data[data.len - 3] ^= 1;
	assert_int_equal(ym_shelf_put(s->f->dir, data.data, data.len, &s->trust, ym_date_parse("2026-11-22"), &s->got, NULL), YM_REFUSED);
	s->trust.n_keys = 0;
	assert_int_equal(put(s, "1", "2026-11-01", s->key, "2026-11-22"), YM_REFUSED);
	assert_false(has(s, "pack.db"));
	/* practice takes any sound pack */
	s->trust.allow_unsigned = true;
	assert_int_equal(put(s, "1", "2026-11-01", NULL, "2026-11-22"), YM_OK);
	assert_in_force(s, "1");
}

static void
a_pack_waits_for_its_date(void **state)
{
	struct shelf *s = *state;
	struct ym_shelf_entry next = { 0 };
	bool changed = true;

	assert_int_equal(put(s, "1", "2026-11-01", s->key, "2026-11-22"), YM_OK);
	assert_true(s->got.in_force);
	assert_int_equal(ym_shelf_next(s->f->dir, &next, NULL), YM_NOTFOUND);
	assert_int_equal(put(s, "2", "2026-12-01", s->key, "2026-11-22"), YM_OK);
	assert_false(s->got.in_force);
	assert_in_force(s, "1");
	assert_int_equal(ym_shelf_next(s->f->dir, &next, NULL), YM_OK);
	assert_string_equal(next.version, "2");
	assert_string_equal(next.effective, "2026-12-01");
	assert_int_equal(ym_shelf_settle(s->f->dir, ym_date_parse("2026-11-30"), &changed, NULL), YM_OK);
	assert_false(changed);
	assert_in_force(s, "1");
	assert_int_equal(ym_shelf_settle(s->f->dir, ym_date_parse("2026-12-01"), &changed, NULL), YM_OK);
	assert_true(changed);
	assert_in_force(s, "2");
	assert_true(has(s, "pack-1.db"));
	assert_int_equal(ym_shelf_next(s->f->dir, &next, NULL), YM_NOTFOUND);
	assert_int_equal(ym_shelf_settle(s->f->dir, ym_date_parse("2026-12-02"), &changed, NULL), YM_OK);
	assert_false(changed);
}

static void
several_packs_wait_each_for_its_own_date(void **state)
{
	struct shelf *s = *state;
	struct ym_shelf_entry next = { 0 };
	bool changed = false;

	assert_int_equal(put(s, "1", "2026-11-01", s->key, "2026-11-22"), YM_OK);
	assert_int_equal(put(s, "3", "2027-01-01", s->key, "2026-11-22"), YM_OK);
	assert_int_equal(put(s, "2", "2026-12-01", s->key, "2026-11-22"), YM_OK);
	/* a correction of the same date has the higher version */
	assert_int_equal(put(s, "2.10", "2026-12-01", s->key, "2026-11-22"), YM_OK);
	assert_int_equal(put(s, "2.9", "2026-12-01", s->key, "2026-11-22"), YM_OK);
	assert_false(s->got.in_force);
	assert_int_equal(ym_shelf_next(s->f->dir, &next, NULL), YM_OK);
	assert_string_equal(next.effective, "2026-12-01");
	assert_int_equal(ym_shelf_settle(s->f->dir, ym_date_parse("2026-12-05"), &changed, NULL), YM_OK);
	assert_true(changed);
	assert_in_force(s, "2.10");
	assert_int_equal(ym_shelf_next(s->f->dir, &next, NULL), YM_OK);
	assert_string_equal(next.version, "3");
	assert_int_equal(ym_shelf_settle(s->f->dir, ym_date_parse("2027-01-01"), &changed, NULL), YM_OK);
	assert_in_force(s, "3");
	assert_true(has(s, "pack-2.10.db") && has(s, "pack-1.db") && has(s, "pack-2.db"));
	assert_int_equal(ym_shelf_next(s->f->dir, &next, NULL), YM_NOTFOUND);
}

static void
a_waiting_file_that_is_damaged_holds_up_no_other(void **state)
{
	struct shelf *s = *state;
	YM_FREE char *bad = fixture_path(s->f, "pack.next-2.db");
	bool changed = false;

	assert_int_equal(put(s, "1", "2026-11-01", s->key, "2026-11-22"), YM_OK);
	assert_int_equal(put(s, "2", "2026-12-01", s->key, "2026-11-22"), YM_OK);
	assert_int_equal(put(s, "3", "2026-12-02", s->key, "2026-11-22"), YM_OK);
	assert_int_equal(ym_file_write(bad, "damaged", 7, 0600, NULL), YM_OK);
	assert_int_equal(ym_shelf_settle(s->f->dir, ym_date_parse("2026-12-01"), &changed, NULL), YM_OK);
	assert_false(changed);
	assert_int_equal(ym_shelf_settle(s->f->dir, ym_date_parse("2026-12-02"), &changed, NULL), YM_OK);
	assert_in_force(s, "3");
}

static void
a_cut_between_the_link_and_the_rename_is_made_good(void **state)
{
	struct shelf *s = *state;
	YM_FREE char *current = fixture_path(s->f, "pack.db"), *kept = fixture_path(s->f, "pack-1.db");
	bool changed = false;

	assert_int_equal(put(s, "1", "2026-11-01", s->key, "2026-11-22"), YM_OK);
	assert_int_equal(put(s, "2", "2026-12-01", s->key, "2026-11-22"), YM_OK);
	assert_int_equal(link(current, kept), 0);
	assert_int_equal(ym_shelf_settle(s->f->dir, ym_date_parse("2026-12-01"), &changed, NULL), YM_OK);
	assert_true(changed);
	assert_in_force(s, "2");
	assert_true(has(s, "pack-1.db"));
}

static void
what_is_older_or_already_here_is_refused(void **state)
{
	struct shelf *s = *state;

	assert_int_equal(put(s, "2", "2026-11-10", s->key, "2026-11-22"), YM_OK);
	assert_int_equal(put(s, "2", "2026-11-10", s->key, "2026-11-22"), YM_STATE);
	assert_int_equal(put(s, "1", "2026-11-01", s->key, "2026-11-22"), YM_REFUSED);
	assert_in_force(s, "2");
	assert_int_equal(ym_shelf_put(s->f->dir, "nonsense", 8, &s->trust, ym_date_parse("2026-11-22"), &s->got, NULL), YM_INVALID);
	assert_in_force(s, "2");
}

static void
a_case_finishes_under_the_pack_it_began_with(void **state)
{
	struct shelf *s = *state;
	YM_FREE char *path = fixture_path(s->f, "pack.db");
	const struct ym_item *old = NULL, *new = NULL, *other = NULL;
	struct ym_pack *p = NULL;

	assert_int_equal(put(s, "1", "2026-11-01", s->key, "2026-11-22"), YM_OK);
	fixture_edit(s->f, "catalog/one/TS-001.json", "居民身份证补领", "身份证补领(新)");
	assert_int_equal(put(s, "2", "2026-11-20", s->key, "2026-11-22"), YM_OK);
	assert_int_equal(ym_pack_open(path, &p, NULL), YM_OK);
	assert_int_equal(ym_pack_item_of(p, "1", "TS-001", &old, NULL), YM_OK);
	assert_int_equal(ym_pack_item_of(p, "2", "TS-001", &new, NULL), YM_OK);
	assert_string_equal(old->name, "居民身份证补领");
	assert_string_equal(old->pack, "1");
	assert_string_equal(new->name, "身份证补领(新)");
	assert_string_equal(new->pack, "2");
	/* a version that is not here, none, or one that is no version: what is in force */
	assert_int_equal(ym_pack_item_of(p, "0.9", "TS-001", &other, NULL), YM_OK);
	assert_ptr_equal(other, new);
	assert_int_equal(ym_pack_item_of(p, "", "TS-001", &other, NULL), YM_OK);
	assert_ptr_equal(other, new);
	assert_int_equal(ym_pack_item_of(p, "../pack", "TS-001", &other, NULL), YM_OK);
	assert_ptr_equal(other, new);
	assert_int_equal(ym_pack_item_of(p, "1", "TS-999", &other, NULL), YM_NOTFOUND);
	ym_pack_close(p);
}

static void
an_ageing_catalogue_limits_item_by_item(void **state)
{
	struct shelf *s = *state;
	YM_FREE char *path = fixture_path(s->f, "pack.db");
	const struct ym_item permit = { .permit = true, .refusable = true }, other = { .refusable = true }, report = { 0 };
	struct ym_pack *p = NULL;
	YM_BUF doc = { 0 };

	fixture_edit(s->f, "pack.json", NULL,
		"{\"version\": \"1\", \"effective\": \"2026-11-01\", \"published\": \"2026-01-01\", \"old_days\": 10, \"stale_days\": 20}");
	fixture_document(s->f, &doc);
	assert_int_equal(ym_catalog_compile(doc.data, doc.len, path, NULL), YM_OK);
	assert_int_equal(ym_pack_open(path, &p, NULL), YM_OK);
	assert_int_equal(ym_pack_age(p, ym_date_parse("2025-01-01")), YM_AGE_FRESH);
	assert_int_equal(ym_pack_age(p, ym_date_parse("2026-01-11")), YM_AGE_FRESH);
	assert_int_equal(ym_pack_age(p, ym_date_parse("2026-01-12")), YM_AGE_OLD);
	assert_int_equal(ym_pack_age(p, ym_date_parse("2026-01-21")), YM_AGE_OLD);
	assert_int_equal(ym_pack_age(p, ym_date_parse("2026-01-22")), YM_AGE_STALE);
	assert_int_equal(ym_pack_age_limit(p, &permit, ym_date_parse("2026-01-05")), YM_AGE_FREE);
	assert_int_equal(ym_pack_age_limit(p, &permit, ym_date_parse("2026-01-15")), YM_AGE_CONFIRM);
	assert_int_equal(ym_pack_age_limit(p, &other, ym_date_parse("2026-01-15")), YM_AGE_FREE);
	assert_int_equal(ym_pack_age_limit(p, &permit, ym_date_parse("2026-03-01")), YM_AGE_COLLECT);
	assert_int_equal(ym_pack_age_limit(p, &other, ym_date_parse("2026-03-01")), YM_AGE_CONFIRM);
	assert_int_equal(ym_pack_age_limit(p, &report, ym_date_parse("2026-03-01")), YM_AGE_FREE);
	ym_pack_close(p);
	fixture_edit(s->f, "pack.json", "\"stale_days\": 20", "\"stale_days\": 10");
	assert_int_equal(fixture_check(s->f), YM_INVALID);
	fixture_error(s->f, "stale later");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_a_trusted_signature_comes_in, setup, teardown),
		cmocka_unit_test_setup_teardown(a_pack_waits_for_its_date, setup, teardown),
		cmocka_unit_test_setup_teardown(several_packs_wait_each_for_its_own_date, setup, teardown),
		cmocka_unit_test_setup_teardown(a_waiting_file_that_is_damaged_holds_up_no_other, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cut_between_the_link_and_the_rename_is_made_good, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_older_or_already_here_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_case_finishes_under_the_pack_it_began_with, setup, teardown),
		cmocka_unit_test_setup_teardown(an_ageing_catalogue_limits_item_by_item, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
