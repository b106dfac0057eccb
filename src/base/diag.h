/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The diagnostic log: what the program did, for maintainers. Not the event log (store/log.h).
 * Invariant: no personal data. Callers pass codes, counts and ids only. Default: silent;
 * YIMEN_LOG=FILE or ym_diag_open.
 */
#pragma once

#include "yimen/error.h"

enum ym_diag_level { YM_DIAG_DEBUG, YM_DIAG_INFO, YM_DIAG_WARN, YM_DIAG_ERROR };
/* Appends, mode 0600; at 4 MiB the file moves to PATH.1. Follows no link. IO. */
enum ym_code ym_diag_open(const char *path, struct ym_error *err) YM_MUST;
void ym_diag_close(void);
void ym_diag(enum ym_diag_level level, const char *part, const char *fmt, ...) YM_PRINTF(3, 4);
void ym_diag_error(const char *part, const struct ym_error *err);
