/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The quirk files: what ships parses, bridges stay untouched, a site's word counts, a broken file is refused whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "device/quirks.h"

static enum ym_code
load(struct ym_quirks *q, const char *text, struct ym_error *err)
{
	char path[] = "/tmp/ym-quirks-XXXXXX";
	int fd = mkstemp(path);
	enum ym_code rc;

	assert_true(fd >= 0);
	assert_int_equal(ym_fd_write_all(fd, text, strlen(text), NULL), YM_OK);
	close(fd);
	rc = ym_quirks_load(q, path, err);
	unlink(path);
	return rc;
}

static int
role(const struct ym_quirks *q, const char *on, const char *vid, const char *pid, const char *serial, const char *port)
{
	return ym_quirks_match(q, on, vid, pid, serial, port).role;
}

static void
the_shipped_file_knows_readers_and_leaves_bridges(void **state)
{
	struct ym_quirks *q = ym_quirks_new();
	YM_FREE char *path = ym_file_data("quirks/devices.json");

	assert_non_null(path);
	assert_int_equal(ym_quirks_load(q, path, NULL), YM_OK);
	assert_int_equal(role(q, "usb", "0400", "C35A", "", ""), YM_ROLE_IDCARD);
	assert_int_equal(role(q, "tty", "0400", "c35a", "", ""), YM_ROLE_NONE);
	assert_int_equal(role(q, "tty", "10c4", "ea60", "", ""), YM_ROLE_NONE);
	assert_int_equal(role(q, "tty", "", "", "", ""), YM_ROLE_NONE);
	assert_int_equal(role(q, "tablet", "1234", "5678", "", ""), YM_ROLE_PAD);
	assert_int_equal(role(q, "input", "1234", "5678", "", ""), YM_ROLE_NONE);
	ym_quirks_free(q);
}

static void
a_narrower_entry_wins_and_a_later_one_of_its_width(void **state)
{
	struct ym_quirks *q = ym_quirks_new();

	assert_int_equal(load(q, "{\"version\":1,\"devices\":["
		"{\"vid\":\"10c4\",\"pid\":\"ea60\",\"port\":\"p1\",\"role\":\"idcard\"},"
		"{\"vid\":\"10c4\",\"pid\":\"ea60\",\"role\":\"none\"},"
		"{\"vid\":\"1a86\",\"pid\":\"7523\"}]}", NULL), YM_OK);
	assert_int_equal(role(q, "tty", "10C4", "EA60", "", "p1"), YM_ROLE_IDCARD);
	assert_int_equal(role(q, "tty", "10c4", "ea60", "", "p2"), YM_ROLE_NONE);
	assert_int_equal(load(q, "{\"version\":1,\"devices\":["
		"{\"vid\":\"1a86\",\"pid\":\"7523\",\"role\":\"idcard\",\"certain\":false}]}", NULL), YM_OK);
	assert_int_equal(role(q, "tty", "1a86", "7523", "", ""), YM_ROLE_IDCARD);
	assert_false(ym_quirks_match(q, "tty", "1a86", "7523", "", "").is_certain);
	assert_true(ym_quirks_match(q, "tty", "10c4", "ea60", "", "p1").is_certain);
	ym_quirks_free(q);
}

static void
a_broken_file_is_refused_whole_and_names_the_entry(void **state)
{
	static const struct {
		const char *text, *where;
	} rows[] = {
		{"{\"version\":1,\"devices\":[{\"vid\":\"10c4\",\"pid\":\"ea60\",\"role\":\"idcard\"},{\"vid\":\"xyz\"}]}", "devices[1].vid"},
		{"{\"version\":1,\"devices\":[{\"vid\":\"10c4\",\"pid\":7}]}", "devices[0].pid"},
		{"{\"version\":1,\"devices\":[{\"on\":\"input\",\"role\":\"pad\"}]}", "devices[0].vid"},
		{"{\"version\":1,\"devices\":[{\"vid\":\"10c4\",\"pid\":\"ea60\",\"role\":\"toaster\"}]}", "devices[0].role"},
		{"{\"version\":1,\"devices\":[{\"vid\":\"10c4\",\"pid\":\"ea60\",\"on\":\"floppy\"}]}", "devices[0].on"},
		{"{\"version\":1,\"devices\":[{\"vid\":\"10c4\",\"pid\":\"ea60\",\"rol\":\"idcard\"}]}", "devices[0].rol"},
		{"{\"version\":1,\"devices\":[{\"role\":\"idcard\"}]}", "devices[0].vid"},
		{"{\"version\":1,\"devices\":[{\"vid\":\"10c4\",\"pid\":\"ea60\",\"certain\":\"no\"}]}", "devices[0].certain"},
		{"{\"version\":1,\"devices\":[3]}", "devices[0].{}"},
		{"{\"version\":2,\"devices\":[]}", NULL}, {"{\"version\":1}", NULL}, {"[]", NULL}, {"{", NULL}, {"", NULL},
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(rows); i++) {
		struct ym_quirks *q = ym_quirks_new();
		struct ym_error err;

		assert_int_equal(load(q, rows[i].text, &err), YM_INVALID);
		if (rows[i].where)
			assert_string_equal(err.subject, rows[i].where);
		assert_int_equal(role(q, "tty", "10c4", "ea60", "", ""), YM_ROLE_NONE);
		ym_quirks_free(q);
	}
}

static void
a_missing_file_is_not_found(void **state)
{
	struct ym_quirks *q = ym_quirks_new();

	assert_int_equal(ym_quirks_load(q, "/nonexistent/devices.json", NULL), YM_NOTFOUND);
	ym_quirks_free(q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_file_knows_readers_and_leaves_bridges),
		cmocka_unit_test(a_narrower_entry_wins_and_a_later_one_of_its_width),
		cmocka_unit_test(a_broken_file_is_refused_whole_and_names_the_entry),
		cmocka_unit_test(a_missing_file_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
