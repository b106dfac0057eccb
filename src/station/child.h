/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One helper program, waited for: commands without a screen, and making a desk. The workstation itself uses the loop.
 * Invariant: the helper reads its whole input before it writes (yimen-paper and yimen-sync --exchange do).
 */
#pragma once

#include "base/mem.h"

/* Run a helper by name with at most one argument. IO when it is missing or ends with an error. */
enum ym_code ym_child_run(const char *helper, const char *argument, const void *input, size_t n, size_t max, struct ym_buf *ret_output,
	struct ym_error *err) YM_MUST;
