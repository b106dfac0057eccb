/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The copy of the small catalogue. */
#include "fixture.h"

#include <ftw.h>

#include "base/file.h"

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

int
fixture_setup(void **state)
{
	struct fixture *f = ym_alloc(sizeof *f);
	const char *source = getenv("YIMEN_SOURCE");
	YM_FREE char *command = NULL;

	strcpy(f->dir, "/tmp/yimen-catalog-XXXXXX");
	if (!source || !mkdtemp(f->dir))
		return -1;
	f->data = ym_asprintf("%s/data", f->dir);
	command = ym_asprintf("cp -r '%s/tests/unit/catalog/fixture' '%s'", source, f->data);
	*state = f;
	return system(command) == 0 ? 0 : -1;
}

int
fixture_setup_pack(void **state)
{
	struct fixture *f;
	YM_BUF doc = { 0 };
	YM_FREE char *path = NULL;

	if (fixture_setup(state))
		return -1;
	f = *state;
	fixture_document(f, &doc);
	path = fixture_path(f, "pack.db");
	return ym_catalog_compile(doc.data, doc.len, path, NULL) ||
			ym_pack_open(path, &f->pack, NULL)
		? -1
		: 0;
}

int
fixture_teardown(void **state)
{
	struct fixture *f = *state;

	ym_pack_close(f->pack);
	nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(f->data);
	free(f);
	return 0;
}

char *
fixture_path(struct fixture *f, const char *name)
{
	return ym_asprintf("%s/%s", f->dir, name);
}

void
fixture_edit(struct fixture *f, const char *file, const char *from, const char *to)
{
	YM_FREE char *path = ym_asprintf("%s/%s", f->data, file);
	YM_BUF old = { 0 };
	YM_BUF text = { 0 };
	const char *at;

	if (from) {
		assert_int_equal(ym_file_read(path, 1 << 20, &old, NULL), YM_OK);
		at = from[0] ? strstr(ym_buf_str(&old), from) : old.data + old.len;
		assert_non_null(at);
		ym_buf_add(&text, old.data, (size_t)(at - old.data));
		ym_buf_adds(&text, to);
		ym_buf_adds(&text, at + strlen(from));
	} else {
		ym_buf_adds(&text, to);
	}
	assert_int_equal(ym_file_write(path, ym_buf_str(&text), text.len, 0600, NULL), YM_OK);
}

static void
keep(void *user, const struct ym_problem *p)
{
	struct fixture *f = user;

	f->n_errors += p->is_error;
	if (f->n_problems < (int)YM_ARRAY_LEN(f->problems))
		f->problems[f->n_problems++] = *p;
}

enum ym_code
fixture_check(struct fixture *f)
{
	f->n_problems = f->n_errors = 0;
	return ym_catalog_check(f->data, keep, f, NULL);
}

const struct ym_problem *
fixture_error(struct fixture *f, const char *part)
{
	for (int i = 0; i < f->n_problems; i++)
		if (f->problems[i].is_error && strstr(f->problems[i].text, part))
			return &f->problems[i];
	for (int i = 0; i < f->n_problems; i++)
		print_message("# %s:%d %s: %s\n", f->problems[i].file, f->problems[i].line,
			f->problems[i].where, f->problems[i].text);
	fail_msg("no error says \"%s\"", part);
	return NULL;
}

void
fixture_document(struct fixture *f, struct ym_buf *ret)
{
	struct ym_error err = { 0 };

	if (ym_catalog_bundle_up(f->data, NULL, keep, f, ret, &err))
		fail_msg("%s: %s", err.msgid, err.subject);
}
