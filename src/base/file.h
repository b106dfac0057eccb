/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Small file helpers: whole-file read with a limit, atomic write, folders. Not for the store. */
#pragma once

#include "base/mem.h"

/* Reads at most max bytes; INVALID when larger, NOTFOUND when absent, IO otherwise. Appends to
 * ret. */
enum ym_code ym_file_read(const char *path, size_t max, struct ym_buf *ret,
	struct ym_error *err) YM_MUST;
/* Temporary file beside it, fsync, rename. mode e.g. 0600. */
enum ym_code ym_file_write(const char *path, const void *data, size_t n, unsigned mode,
	struct ym_error *err) YM_MUST;
enum ym_code ym_file_mkdirs(const char *path, unsigned mode, struct ym_error *err) YM_MUST;
bool ym_file_exists(const char *path);
/* May a version or an id stand in a file's name: letters, digits, ". - _", no dot first, 1 to 39 of them? */
bool ym_file_is_word(const char *s);
/* Blocking write/read of all n bytes on a pipe or socket; for helpers and the cli, never the
 * loop. */
enum ym_code ym_fd_write_all(int fd, const void *data, size_t n, struct ym_error *err) YM_MUST;
enum ym_code ym_fd_read_all(int fd, size_t max, struct ym_buf *ret, struct ym_error *err) YM_MUST;
/* Data file lookup: $YIMEN_DATA, then the build tree's data/ beside the program, then the installed
 * datadir (also when it is nowhere: opening it then says so). name is ours, never outside input.
 * Caller frees. */
char *ym_file_data(const char *name);
/* Helper program lookup ($YIMEN_LIBEXEC, build tree, libexecdir). Caller frees. */
char *ym_file_helper(const char *name);
