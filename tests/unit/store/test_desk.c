/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Beside the log: drafts, blobs, settings, and both schemas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "folder.h"

static void
there_is_no_desk_before_one_was_made(void **state)
{
	struct ym_db *db = NULL;
	char dir[64];

	folder_make(dir);
	assert_int_equal(ym_desk_open(dir, 0, &db, NULL), YM_NOTFOUND);
	folder_remove(dir);
}

static void
an_empty_desk_has_neither_identity_nor_keys(void **state)
{
	struct ym_keys *keys = NULL;
	struct ym_log *log = NULL;
	struct ym_db *db = NULL;
	YM_BUF out = { 0 };
	char dir[64];

	folder_make(dir);
	assert_int_equal(ym_desk_open(dir, YM_DB_CREATE, &db, NULL), YM_OK);
	assert_int_equal(ym_keys_open(db, &keys, NULL), YM_OK);
	assert_null(ym_keys_desk_public(keys));
	assert_null(ym_keys_central(keys));
	assert_int_equal(ym_keys_escrow(keys, &out, NULL), YM_NOTFOUND);
	assert_int_equal(ym_log_open(db, keys, &log, NULL), YM_NOTFOUND);
	ym_keys_close(keys);
	ym_db_close(db);
	folder_remove(dir);
}

static void
a_draft_survives_a_restart_and_replaces_itself(void **state)
{
	struct desk *d = *state;
	YM_BUF out = { 0 };

	assert_int_equal(ym_draft_save(d->db, d->keys, "visit:1", "{\"a\":1}", NULL), YM_OK);
	assert_int_equal(ym_draft_save(d->db, d->keys, "visit:1", "{\"a\":2}", NULL), YM_OK);
	desk_reopen(d);
	assert_int_equal(ym_draft_load(d->db, d->keys, "visit:1", &out, NULL), YM_STATE);
	assert_int_equal(ym_draft_save(d->db, d->keys, "visit:1", "{}", NULL), YM_STATE);
	assert_int_equal(ym_keys_unlock(d->keys, ACCOUNT, template.derived, NULL), YM_OK);
	assert_int_equal(ym_draft_load(d->db, d->keys, "visit:1", &out, NULL), YM_OK);
	assert_string_equal(ym_buf_str(&out), "{\"a\":2}");
	assert_int_equal(ym_draft_load(d->db, d->keys, "visit:2", &out, NULL), YM_NOTFOUND);
	assert_int_equal(ym_draft_drop(d->db, "visit:1", NULL), YM_OK);
	assert_int_equal(ym_draft_load(d->db, d->keys, "visit:1", &out, NULL), YM_NOTFOUND);
}

static void
list_name(void *user, const char *name, int64_t saved_ms)
{
	assert_true(saved_ms > 0);
	strcat(strcat(user, name), " ");
}

static void
drafts_are_listed_by_prefix(void **state)
{
	struct desk *d = *state;
	char names[100] = "";

	assert_int_equal(ym_draft_save(d->db, d->keys, "visit:1", "{}", NULL), YM_OK);
	assert_int_equal(ym_draft_save(d->db, d->keys, "note_1", "{}", NULL), YM_OK);
	assert_int_equal(ym_draft_save(d->db, d->keys, "visit:2", "{}", NULL), YM_OK);
	assert_int_equal(
		ym_db_exec(d->db, "UPDATE draft SET saved_ms = 5 WHERE name = 'visit:1'", NULL),
		YM_OK);
	assert_int_equal(ym_draft_list(d->db, "visit:", list_name, names, NULL), YM_OK);
	assert_string_equal(names, "visit:2 visit:1 ");
}

static void
a_blob_is_addressed_by_its_ciphertext_and_opens_with_its_key(void **state)
{
	struct desk *d = *state;
	char sm3[65], key[65], sm3_again[65], key_again[65];
	YM_FREE char *picture = ym_alloc(100000);
	YM_BUF out = { 0 };
	struct ym_stmt *s;
	uint8_t digest[YM_SM3_LEN];
	char hex[65];
	const void *bytes;
	size_t n;

	memset(picture, 'P', 100000);
	assert_int_equal(ym_blob_put(d->db, picture, 100000, "image/jpeg", sm3, key, NULL), YM_OK);
	assert_int_equal(
		ym_blob_put(d->db, picture, 100000, "image/jpeg", sm3_again, key_again, NULL),
		YM_OK);
	assert_string_not_equal(sm3, sm3_again);
	assert_int_equal(ym_blob_get(d->db, sm3, key, &out, NULL), YM_OK);
	assert_int_equal(out.len, 100000);
	assert_memory_equal(out.data, picture, 100000);
	assert_int_equal(ym_blob_get(d->db, sm3, key_again, &out, NULL), YM_CORRUPT);
	assert_int_equal(ym_blob_get(d->db, sm3, "12", &out, NULL), YM_INVALID);
	key[0] = 'g';
	assert_int_equal(ym_blob_get(d->db, sm3, key, &out, NULL), YM_INVALID);
	hex[0] = 0;
	assert_int_equal(ym_blob_get(d->db, hex, key_again, &out, NULL), YM_NOTFOUND);
	s = ym_db_sql(d->db, "SELECT bytes, media FROM blob WHERE sm3 = :sm3");
	ym_stmt_text(s, "sm3", sm3);
	assert_int_equal(ym_stmt_step(s, NULL), YM_OK);
	bytes = ym_stmt_col_blob(s, 0, &n);
	ym_sm3(bytes, n, digest);
	ym_hex(hex, digest, sizeof digest);
	assert_string_equal(hex, sm3);
	assert_string_equal(ym_stmt_col_text(s, 1), "image/jpeg");
	ym_stmt_done(s);
	assert_false(folder_contains(d->dir, "PPPPPPPPPPPPPPPP"));
}

static void
a_blob_sealed_in_steps_is_like_one_put_at_once(void **state)
{
	static const size_t sizes[] = { 0, 1, 4096, 300000 };
	struct desk *d = *state;

	for (size_t i = 0; i < YM_ARRAY_LEN(sizes); i++) {
		YM_FREE char *plain = ym_alloc(sizes[i] + 1);
		YM_BUF data = { 0 }, out = { 0 };
		struct ym_blob_writer *w;
		char sm3[65], key[65];
		size_t steps = 0;

		memset(plain, 'x', sizes[i]);
		if (sizes[i])
			ym_buf_add(&data, plain, sizes[i]);
		w = ym_blob_writer_new(&data, "image/jpeg");
		assert_int_equal(data.len, 0); /* it took the bytes */
		while (ym_blob_writer_step(w, 4096))
			steps++;
		assert_true(steps <= sizes[i] / 4096 + 1);
		assert_int_equal(ym_blob_writer_store(w, d->db, sm3, key, NULL), YM_OK);
		ym_blob_writer_free(w);
		assert_int_equal(ym_blob_get(d->db, sm3, key, &out, NULL), YM_OK);
		assert_int_equal(out.len, sizes[i]);
		if (sizes[i])
			assert_memory_equal(out.data, plain, sizes[i]);
	}
}

static void
a_blob_given_up_in_the_middle_leaves_nothing(void **state)
{
	struct desk *d = *state;
	YM_BUF data = { 0 };
	struct ym_blob_writer *w;
	struct ym_stmt *s;

	for (int i = 0; i < 5000; i++)
		ym_buf_adds(&data, "a face");
	w = ym_blob_writer_new(&data, "image/jpeg");
	assert_true(ym_blob_writer_step(w, 4096));
	ym_blob_writer_free(w);
	ym_blob_writer_free(NULL);
	s = ym_db_sql(d->db, "SELECT count(*) FROM blob");
	assert_int_equal(ym_stmt_step(s, NULL), YM_OK);
	assert_int_equal(ym_stmt_col_int(s, 0), 0);
	ym_stmt_done(s);
}

static void
settings_are_kept(void **state)
{
	struct desk *d = *state;
	YM_FREE char *absent = ym_setting_get(d->db, "central.url"), *present = NULL;

	assert_null(absent);
	assert_int_equal(ym_setting_set(d->db, "central.url", "https://one", NULL), YM_OK);
	assert_int_equal(ym_setting_set(d->db, "central.url", "https://two", NULL), YM_OK);
	present = ym_setting_get(d->db, "central.url");
	assert_string_equal(present, "https://two");
}

static void
the_sync_schema_is_made_with_its_one_row(void **state)
{
	struct desk *d = *state;
	YM_FREE char *path = ym_asprintf("%s/sync.db", d->dir);
	struct ym_db *db = NULL;
	struct ym_stmt *s;

	assert_int_equal(
		ym_db_open(path, &ym_schema_sync, YM_DB_CREATE | YM_DB_LOCK, &db, NULL), YM_OK);
	s = ym_db_sql(db, "SELECT acked, feed_pulled FROM state");
	assert_int_equal(ym_stmt_step(s, NULL), YM_OK);
	assert_int_equal(ym_stmt_col_int(s, 0), 0);
	assert_int_equal(ym_stmt_step(s, NULL), YM_NOTFOUND);
	ym_db_close(db);
	/* The two files are not taken for each other. */
	assert_int_equal(ym_db_open(path, &ym_schema_desk, 0, &db, NULL), YM_CORRUPT);
}

static void
every_table_is_strict(void **state)
{
	struct desk *d = *state;
	struct ym_stmt *s = ym_db_sql(d->db,
		"SELECT count(*) FROM pragma_table_list "
		"WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND NOT strict");

	assert_int_equal(ym_stmt_step(s, NULL), YM_OK);
	assert_int_equal(ym_stmt_col_int(s, 0), 0);
	ym_stmt_done(s);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, desk_setup, desk_teardown)
	const struct CMUnitTest tests[] = {
		T(there_is_no_desk_before_one_was_made),
		T(an_empty_desk_has_neither_identity_nor_keys),
		T(a_draft_survives_a_restart_and_replaces_itself),
		T(drafts_are_listed_by_prefix),
		T(a_blob_is_addressed_by_its_ciphertext_and_opens_with_its_key),
		T(a_blob_sealed_in_steps_is_like_one_put_at_once),
		T(a_blob_given_up_in_the_middle_leaves_nothing),
		T(settings_are_kept),
		T(the_sync_schema_is_made_with_its_one_row),
		T(every_table_is_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
