/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Starting a child with pipes. Private to the loop, which reaps it: others call ym_loop_spawn. */
#pragma once

#include <sys/types.h>

#include "yimen/error.h"

/* See ym_loop_spawn. NOTFOUND when there is no such program, IO otherwise. */
enum ym_code ym_spawn_start(char *const argv[], int *ret_in, int *ret_out, int extra_fd,
	pid_t *ret_pid, struct ym_error *err) YM_MUST;
