/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The diagnostic log: one line a fact, written in one call so that processes may share the file.
 * Not the event log. Invariant: a line holds no control characters and at most LINE_MAX_BYTES.
 */
#include "base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"

#define ROTATE_BYTES ((off_t)4 << 20)
#define LINE_MAX_BYTES 1024

static int log_fd = -1;
static char *log_path;
static bool asked_environment;

static int
open_log(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
}

enum ym_code
ym_diag_open(const char *path, struct ym_error *err)
{
	int fd = open_log(path);

	if (fd < 0) {
		int saved = errno;

		ym_fail_on(err, YM_IO, N_("Cannot open the diagnostic log"), path, "open: %s",
			strerror(saved));
		if (err)
			err->sys = saved;
		return YM_IO;
	}
	ym_diag_close();
	log_fd = fd;
	log_path = ym_strdup(path);
	asked_environment = true;
	return YM_OK;
}

void
ym_diag_close(void)
{
	ym_fd_close_p(&log_fd);
	ym_free_p(&log_path);
	asked_environment = false;
}

/* The log that grew too large becomes FILE.1. Another process may have done so already. */
static void
rotate(void)
{
	YM_FREE char *old = NULL;
	struct stat ours, named;
	int fd;

	if (fstat(log_fd, &ours) < 0 || ours.st_size < ROTATE_BYTES)
		return;
	if (stat(log_path, &named) == 0 && named.st_ino == ours.st_ino &&
		named.st_dev == ours.st_dev) {
		old = ym_asprintf("%s.1", log_path);
		if (rename(log_path, old) < 0)
			return;
	}
	fd = open_log(log_path);
	if (fd < 0)
		return;
	close(log_fd);
	log_fd = fd;
}

static bool
is_listening(void)
{
	const char *path;

	if (log_fd >= 0)
		return true;
	if (asked_environment)
		return false;
	asked_environment = true;
	path = getenv("YIMEN_LOG");
	return path && *path && ym_diag_open(path, NULL) == YM_OK;
}

void
ym_diag(enum ym_diag_level level, const char *part, const char *fmt, ...)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	int saved = errno;
	char line[LINE_MAX_BYTES], when[32];
	size_t head, n;
	va_list ap;

	if (!is_listening())
		return;
	ym_time_format_utc(when, ym_clock_wall());
	snprintf(line, sizeof line, "%s %d %s %.40s: ", when, (int)getpid(),
		(size_t)level < YM_ARRAY_LEN(names) ? names[level] : "?", part);
	head = strlen(line);
	errno = saved;
	va_start(ap, fmt);
	vsnprintf(line + head, sizeof line - head - 1, fmt, ap);
	va_end(ap);
	n = strlen(line);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F)
			line[i] = ' ';
	line[n++] = '\n';
	/* Nobody is left to tell when the log itself cannot be written. */
	if (write(log_fd, line, n) >= 0)
		rotate();
	errno = saved;
}

void
ym_diag_error(const char *part, const struct ym_error *err)
{
	if (!err || err->code == YM_OK)
		return;
	ym_diag(YM_DIAG_ERROR, part, "%s: %s [%s] %s (sys %d)", ym_code_name(err->code),
		err->msgid ? err->msgid : "", err->subject, err->detail, err->sys);
}
