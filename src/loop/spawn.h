/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Starting a child with pipes. On a loop ym_loop_spawn is called, which reaps it; station/child.c waits for one itself. */
#pragma once

#include <sys/types.h>

#include "yimen/error.h"

/* See ym_loop_spawn. NOTFOUND when there is no such program, IO otherwise. */
enum ym_code ym_spawn_start(char *const argv[], int *ret_in, int *ret_out, int extra_fd,
	pid_t *ret_pid, struct ym_error *err) YM_MUST;
