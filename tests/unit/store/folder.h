/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A temporary folder with a fresh desk in it, for the store's tests. Include after cmocka. */
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "store/desk.h"

#define PASSWORD "an invented password"
#define ACCOUNT "p0001"

struct desk {
	char dir[64];
	struct ym_db *db;
	struct ym_keys *keys;
	struct ym_log *log;
	struct ym_sm2 *central;
};

static inline void
folder_make(char dir[64])
{
	static const char pattern[] = "/tmp/yimen-store-XXXXXX";

	memcpy(dir, pattern, sizeof pattern);
	assert_non_null(mkdtemp(dir));
}

static inline void
folder_remove(const char *dir)
{
	YM_FREE char *cmd = ym_asprintf("chmod -R u+w '%s'; rm -rf '%s'", dir, dir);

	assert_int_equal(system(cmd), 0);
}

/* PBKDF2 is slow on purpose: one desk is made, the others are copies of its folder, unlocked with
 * the key it derived. */
static struct {
	char dir[64];
	uint8_t derived[YM_KEY_LEN];
	struct ym_sm2 *central;
} template;

static inline void
desk_forget_template(void)
{
	ym_sm2_free(template.central);
	if (template.dir[0])
		folder_remove(template.dir);
}

static inline void
desk_make_template(void)
{
	struct ym_desk_identity who = { "22990100000001", 'A', "229901000000", "试验派出所",
		"229901", "01", "practice" };
	struct ym_db *db;
	struct ym_keys *keys;
	uint8_t salt[16];
	unsigned iterations;

	folder_make(template.dir);
	template.central = ym_sm2_generate();
	assert_int_equal(ym_desk_open(template.dir, YM_DB_CREATE | YM_DB_LOCK, &db, NULL), YM_OK);
	assert_int_equal(ym_keys_open(db, &keys, NULL), YM_OK);
	assert_int_equal(ym_db_begin(db, NULL), YM_OK);
	assert_int_equal(ym_log_create(db, &who, NULL), YM_OK);
	assert_int_equal(ym_keys_create(keys, ACCOUNT, PASSWORD, template.central, NULL), YM_OK);
	assert_int_equal(ym_db_commit(db, NULL), YM_OK);
	assert_int_equal(ym_keys_slot(keys, ACCOUNT, salt, &iterations, NULL), YM_OK);
	ym_kdf_password(PASSWORD, salt, sizeof salt, iterations, template.derived);
	ym_keys_close(keys);
	ym_db_close(db);
	atexit(desk_forget_template);
}

static inline void
desk_open(struct desk *d)
{
	assert_int_equal(ym_desk_open(d->dir, YM_DB_LOCK, &d->db, NULL), YM_OK);
	assert_int_equal(ym_keys_open(d->db, &d->keys, NULL), YM_OK);
	assert_int_equal(ym_log_open(d->db, d->keys, &d->log, NULL), YM_OK);
}

static inline void
desk_make(struct desk *d)
{
	YM_FREE char *cmd = NULL;

	if (!template.dir[0])
		desk_make_template();
	memset(d, 0, sizeof *d);
	folder_make(d->dir);
	cmd = ym_asprintf("cp '%s'/desk.db* '%s'", template.dir, d->dir);
	assert_int_equal(system(cmd), 0);
	d->central = template.central;
	desk_open(d);
	assert_int_equal(ym_keys_unlock(d->keys, ACCOUNT, template.derived, NULL), YM_OK);
}

static inline void
desk_close(struct desk *d)
{
	ym_log_close(d->log);
	ym_keys_close(d->keys);
	ym_db_close(d->db);
	d->log = NULL;
	d->keys = NULL;
	d->db = NULL;
}

static inline void
desk_reopen(struct desk *d)
{
	desk_close(d);
	desk_open(d);
}

static inline void
desk_remove(struct desk *d)
{
	desk_close(d);
	folder_remove(d->dir);
}

/* cmocka's setup and teardown: *state is the desk. */
static inline int
desk_setup(void **state)
{
	struct desk *d = ym_alloc(sizeof *d);

	desk_make(d);
	*state = d;
	return 0;
}

static inline int
desk_teardown(void **state)
{
	desk_remove(*state);
	free(*state);
	return 0;
}

/* Every file of the folder searched for a text. */
static inline bool
folder_contains(const char *dir, const char *text)
{
	YM_FREE char *cmd = ym_asprintf("grep -rqaF -- '%s' '%s'", text, dir);

	return system(cmd) == 0;
}
