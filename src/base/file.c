/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Whole files with a limit, atomic replacement, and where our own files lie. Not for the store.
 * Invariant: a reader of a path written here sees the old bytes or the new ones, never a mixture.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

/* errno into err->sys, after ym_fail has filled the rest. */
static enum ym_code
fail_errno(struct ym_error *err, enum ym_code code, const char *msgid, const char *path,
	const char *what)
{
	int saved = errno;

	ym_fail_on(err, code, msgid, path, "%s: %s", what, strerror(saved));
	if (err)
		err->sys = saved;
	return code;
}

enum ym_code
ym_fd_read_all(int fd, size_t max, struct ym_buf *ret, struct ym_error *err)
{
	size_t before = ret->len, got = 0;
	char chunk[16384];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof chunk);
		enum ym_code code;

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			break;
		if (n > 0 && (size_t)n <= max - got) {
			ym_buf_add(ret, chunk, (size_t)n);
			got += (size_t)n;
			if (!ret->overflow)
				continue;
		}
		if (n < 0)
			code = fail_errno(err, YM_IO, N_("Cannot read the file"), "", "read");
		else
			code = ym_fail(err, YM_INVALID, N_("The file is too large"),
				"limit %zu bytes", max);
		/* The caller's bytes stay as they were. */
		ret->len = before;
		ret->overflow = false;
		if (ret->data)
			ret->data[before] = 0;
		explicit_bzero(chunk, sizeof chunk);
		return code;
	}
	explicit_bzero(chunk, sizeof chunk);
	return YM_OK;
}

enum ym_code
ym_file_read(const char *path, size_t max, struct ym_buf *ret, struct ym_error *err)
{
	YM_FDCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum ym_code code;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return fail_errno(err, YM_NOTFOUND, N_("The file does not exist"), path, "open");
	if (fd < 0)
		return fail_errno(err, YM_IO, N_("Cannot read the file"), path, "open");
	code = ym_fd_read_all(fd, max, ret, err);
	if (code && err)
		ym_strlcpy(err->subject, path, sizeof err->subject);
	return code;
}

enum ym_code
ym_fd_write_all(int fd, const void *data, size_t n, struct ym_error *err)
{
	const char *p = data;

	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return fail_errno(err, YM_IO, N_("Cannot write the file"), "", "write");
		p += done;
		n -= (size_t)done;
	}
	return YM_OK;
}

/* The folder of path, in a buffer of its own. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ym_strdup(".");
	return ym_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static enum ym_code
sync_folder(const char *path, struct ym_error *err)
{
	YM_FREE char *folder = folder_of(path);
	YM_FDCLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return fail_errno(err, YM_IO, N_("Cannot write the file"), path, "sync folder");
	return YM_OK;
}

enum ym_code
ym_file_write(const char *path, const void *data, size_t n, unsigned mode, struct ym_error *err)
{
	YM_FREE char *temp = ym_asprintf("%s.XXXXXX", path);
	YM_FDCLOSE int fd = mkostemp(temp, O_CLOEXEC);
	enum ym_code code;

	if (fd < 0)
		return fail_errno(err, YM_IO, N_("Cannot write the file"), path, "create");
	code = ym_fd_write_all(fd, data, n, err);
	if (code && err)
		ym_strlcpy(err->subject, path, sizeof err->subject);
	if (!code && (fchmod(fd, mode) < 0 || fsync(fd) < 0 || rename(temp, path) < 0))
		code = fail_errno(err, YM_IO, N_("Cannot write the file"), path, "replace");
	if (code) {
		unlink(temp);
		return code;
	}
	return sync_folder(path, err);
}

enum ym_code
ym_file_mkdirs(const char *path, unsigned mode, struct ym_error *err)
{
	YM_FREE char *part = ym_strdup(path);
	struct stat st;

	for (char *p = part + (*part != 0);; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = 0;
		if (*part && mkdir(part, mode) < 0 && errno != EEXIST)
			return fail_errno(
				err, YM_IO, N_("Cannot create the folder"), path, "mkdir");
		*p = c;
		if (!c)
			break;
	}
	if (stat(path, &st) < 0)
		return fail_errno(err, YM_IO, N_("Cannot create the folder"), path, "stat");
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return fail_errno(err, YM_IO, N_("Cannot create the folder"), path, "mkdir");
	}
	return YM_OK;
}

bool
ym_file_exists(const char *path)
{
	return path && access(path, F_OK) == 0;
}

bool
ym_file_is_word(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n < 40 && *s != '.' && strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-_") == n;
}

/* The meson build folder this program runs from, or NULL when it is installed. */
static char *
build_root(void)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

	if (n <= 0)
		return NULL;
	exe[n] = 0;
	for (char *slash = strrchr(exe, '/'); slash && slash != exe; slash = strrchr(exe, '/')) {
		YM_FREE char *mark = NULL;

		*slash = 0;
		mark = ym_asprintf("%s/meson-private", exe);
		if (ym_file_exists(mark))
			return ym_strdup(exe);
	}
	return NULL;
}

/* The first of: $env/name, build/inside/name, the same one and two folders above the build (the
 * sources), installed/name. */
static char *
find_own(const char *env, const char *inside, const char *installed, const char *name)
{
	static const char *const above[] = { "", "../", "../../" };
	const char *dir = getenv(env);
	YM_FREE char *build = NULL;
	char *path;

	if (dir && *dir) {
		path = ym_asprintf("%s/%s", dir, name);
		if (ym_file_exists(path))
			return path;
		free(path);
	}
	build = build_root();
	for (size_t up = 0; build && up < YM_ARRAY_LEN(above); up++) {
		path = ym_asprintf("%s/%s%s/%s", build, above[up], inside, name);
		if (ym_file_exists(path))
			return path;
		free(path);
	}
	return ym_asprintf("%s/%s", installed, name);
}

char *
ym_file_data(const char *name)
{
	return find_own("YIMEN_DATA", "data", YM_DATADIR, name);
}

char *
ym_file_helper(const char *name)
{
	return find_own("YIMEN_LIBEXEC", "src/helpers", YM_LIBEXECDIR, name);
}
