/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Whole files, replacement, folders, our own files, and the diagnostic log, in a folder of the
 * test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/diag.h"
#include "base/file.h"

static char folder[64];
static char path[PATH_MAX];

static const char *
in_folder(const char *name)
{
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static int
setup(void **state)
{
	strcpy(folder, "/tmp/yimen-file-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int
remove_all(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		YM_FREE char *name = ym_asprintf("%s/%s", dir, e->d_name);

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (unlink(name) < 0)
			remove_all(name);
	}
	if (d)
		closedir(d);
	return rmdir(dir);
}

static int
teardown(void **state)
{
	ym_diag_close();
	unsetenv("YIMEN_LOG");
	return remove_all(folder);
}

static int
count_entries(void)
{
	DIR *d = opendir(folder);
	int n = -2;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static void
a_file_is_replaced_whole_with_its_mode(void **state)
{
	YM_BUF text = { 0 };
	struct stat st;

	assert_int_equal(ym_file_write(in_folder("a"), "first, longer", 13, 0644, NULL), YM_OK);
	assert_int_equal(ym_file_write(path, "second", 6, 0600, NULL), YM_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(ym_file_read(path, 100, &text, NULL), YM_OK);
	assert_string_equal(ym_buf_str(&text), "second");
	assert_int_equal(count_entries(), 1);
	/* Reading appends. */
	assert_int_equal(ym_file_read(path, 6, &text, NULL), YM_OK);
	assert_string_equal(ym_buf_str(&text), "secondsecond");
	assert_true(ym_file_exists(path));
	assert_false(ym_file_exists(NULL));
}

static void
a_failed_replacement_leaves_nothing_behind(void **state)
{
	struct ym_error err;

	assert_int_equal(mkdir(in_folder("a"), 0700), 0);
	assert_int_equal(ym_file_write(path, "x", 1, 0600, &err), YM_IO);
	assert_int_equal(err.sys, EISDIR);
	assert_string_equal(err.subject, path);
	assert_int_equal(count_entries(), 1);
	assert_int_equal(ym_file_write(in_folder("none/a"), "x", 1, 0600, &err), YM_IO);
	assert_int_equal(err.sys, ENOENT);
}

static void
reading_tells_absent_large_and_unreadable_apart(void **state)
{
	YM_BUF text = { 0 };
	struct ym_error err;

	ym_buf_adds(&text, "kept");
	assert_int_equal(ym_file_read(in_folder("none"), 10, &text, &err), YM_NOTFOUND);
	assert_string_equal(err.subject, path);
	assert_int_equal(err.sys, ENOENT);
	assert_int_equal(ym_file_write(in_folder("a"), "12345", 5, 0600, NULL), YM_OK);
	assert_int_equal(ym_file_read(path, 4, &text, &err), YM_INVALID);
	assert_string_equal(err.subject, path);
	assert_int_equal(ym_file_read(folder, 10, &text, &err), YM_IO);
	assert_int_equal(err.sys, EISDIR);
	/* Nothing was appended by the failures. */
	assert_string_equal(ym_buf_str(&text), "kept");
	assert_int_equal(ym_file_read(path, 5, &text, &err), YM_OK);
	assert_string_equal(ym_buf_str(&text), "kept12345");
}

static void
a_buffer_smaller_than_the_file_is_invalid_not_cut(void **state)
{
	YM_BUF text;

	ym_buf_init(&text, 3);
	assert_int_equal(ym_file_write(in_folder("a"), "12345", 5, 0600, NULL), YM_OK);
	assert_int_equal(ym_file_read(path, 100, &text, NULL), YM_INVALID);
	assert_int_equal(text.len, 0);
	assert_false(text.overflow);
}

static void
folders_are_made_with_their_parents(void **state)
{
	struct ym_error err;
	struct stat st;

	assert_int_equal(ym_file_mkdirs(in_folder("a/b//c/"), 0700, &err), YM_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(ym_file_mkdirs(path, 0700, &err), YM_OK);
	assert_int_equal(ym_file_write(in_folder("file"), "", 0, 0600, NULL), YM_OK);
	assert_int_equal(ym_file_mkdirs(path, 0700, &err), YM_IO);
	assert_int_equal(err.sys, ENOTDIR);
	assert_int_equal(ym_file_mkdirs(in_folder("file/below"), 0700, &err), YM_IO);
	assert_int_equal(ym_file_mkdirs("", 0700, &err), YM_IO);
	assert_int_equal(ym_file_mkdirs("/", 0700, &err), YM_OK);
}

static void
all_bytes_go_through_a_pipe(void **state)
{
	int fds[2];
	YM_BUF got = { 0 };
	YM_FREE char *sent = ym_alloc(50000);

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	for (int i = 0; i < 50000; i++)
		sent[i] = (char)(i * 7);
	assert_int_equal(ym_fd_write_all(fds[1], sent, 50000, NULL), YM_OK);
	close(fds[1]);
	assert_int_equal(ym_fd_read_all(fds[0], 50000, &got, NULL), YM_OK);
	close(fds[0]);
	assert_int_equal(got.len, 50000);
	assert_memory_equal(got.data, sent, 50000);
	assert_int_equal(ym_fd_write_all(-1, "x", 1, NULL), YM_IO);
}

static void
own_files_are_taken_from_the_environment_first_then_the_build_tree(void **state)
{
	YM_FREE char *from_env = NULL, *from_build = NULL, *absent = NULL, *helper = NULL;
	YM_FREE char *before = ym_strdup(getenv("YIMEN_DATA"));

	assert_int_equal(ym_file_write(in_folder("own"), "", 0, 0600, NULL), YM_OK);
	setenv("YIMEN_DATA", folder, 1);
	from_env = ym_file_data("own");
	assert_string_equal(from_env, path);
	absent = ym_file_data("no such file");
	assert_string_equal(absent, YM_DATADIR "/no such file");
	unsetenv("YIMEN_DATA");
	from_build = ym_file_data("meson.build");
	assert_true(ym_file_exists(from_build));
	if (before)
		setenv("YIMEN_DATA", before, 1);
	helper = ym_file_helper("no such program");
	assert_string_equal(helper, YM_LIBEXECDIR "/no such program");
}

static char *
read_back(const char *name)
{
	YM_BUF text = { 0 };

	assert_int_equal(ym_file_read(in_folder(name), 8u << 20, &text, NULL), YM_OK);
	return ym_buf_take(&text);
}

static void
a_log_line_is_one_line_without_controls(void **state)
{
	YM_FREE char *text = NULL;
	struct stat st;

	assert_int_equal(ym_diag_open(in_folder("log"), NULL), YM_OK);
	errno = ENOSPC;
	ym_diag(YM_DIAG_WARN, "store", "two\nlines \x1B[2J 一 %d %m", 7);
	assert_int_equal(errno, ENOSPC);
	ym_diag_close();
	text = read_back("log");
	assert_non_null(strstr(text, " warn store: two lines  [2J 一 7 No space left on device\n"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
an_error_is_logged_with_all_its_parts(void **state)
{
	YM_FREE char *text = NULL;
	struct ym_error err, none = { 0 };

	assert_int_equal(ym_diag_open(in_folder("log"), NULL), YM_OK);
	ym_fail_on(&err, YM_GONE, "The reader left", "reader 2", "read: %d", 5);
	err.sys = 19;
	ym_diag_error("device", &err);
	ym_diag_error("device", &none);
	ym_diag_error("device", NULL);
	ym_diag_close();
	text = read_back("log");
	assert_non_null(strstr(text, " error device: GONE: The reader left [reader 2] read: 5 (sys 19)\n"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void
a_large_log_moves_aside_once(void **state)
{
	char filler[900];
	struct stat st;

	memset(filler, 'x', sizeof filler - 1);
	filler[sizeof filler - 1] = 0;
	assert_int_equal(ym_diag_open(in_folder("log"), NULL), YM_OK);
	for (int i = 0; i < 5000; i++)
		ym_diag(YM_DIAG_INFO, "t", "%s", filler);
	assert_int_equal(count_entries(), 2);
	assert_int_equal(stat(in_folder("log.1"), &st), 0);
	assert_in_range(st.st_size, 4 << 20, (4 << 20) + 1024);
	assert_int_equal(stat(in_folder("log"), &st), 0);
	assert_in_range(st.st_size, 1, 1 << 20);
}

static void
without_a_file_the_log_is_silent_and_the_environment_names_one(void **state)
{
	YM_FREE char *text = NULL;

	unsetenv("YIMEN_LOG");
	ym_diag(YM_DIAG_ERROR, "t", "nobody hears this");
	assert_int_equal(count_entries(), 0);
	ym_diag_close();
	setenv("YIMEN_LOG", in_folder("log"), 1);
	ym_diag(YM_DIAG_DEBUG, "t", "heard");
	text = read_back("log");
	assert_non_null(strstr(text, " debug t: heard\n"));
}

static void
a_log_that_cannot_be_opened_is_an_error(void **state)
{
	struct ym_error err;

	assert_int_equal(ym_diag_open(in_folder("none/log"), &err), YM_IO);
	assert_int_equal(err.sys, ENOENT);
	/* No following of links: the log of one user must not become the file of another. */
	assert_int_equal(symlink("/dev/null", in_folder("link")), 0);
	assert_int_equal(ym_diag_open(path, &err), YM_IO);
	assert_int_equal(err.sys, ELOOP);
}

static void
what_could_leave_the_folder_is_no_word(void **state)
{
	assert_true(ym_file_is_word("2026.11.0-b_2"));
	assert_false(ym_file_is_word(""));
	assert_false(ym_file_is_word("../pack"));
	assert_false(ym_file_is_word(".hidden"));
	assert_false(ym_file_is_word("a/b"));
	assert_true(ym_file_is_word("123456789012345678901234567890123456789"));
	assert_false(ym_file_is_word("1234567890123456789012345678901234567890"));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_file_is_replaced_whole_with_its_mode),
		T(a_failed_replacement_leaves_nothing_behind),
		T(reading_tells_absent_large_and_unreadable_apart),
		T(a_buffer_smaller_than_the_file_is_invalid_not_cut),
		T(folders_are_made_with_their_parents),
		T(all_bytes_go_through_a_pipe),
		T(own_files_are_taken_from_the_environment_first_then_the_build_tree),
		T(a_log_line_is_one_line_without_controls),
		T(an_error_is_logged_with_all_its_parts),
		T(a_large_log_moves_aside_once),
		T(without_a_file_the_log_is_silent_and_the_environment_names_one),
		T(a_log_that_cannot_be_opened_is_an_error),
		T(what_could_leave_the_folder_is_no_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
