/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What harness.c and keys.c share: the program, its terminal and the bytes on their way to it. Not for tests. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <vterm.h>

struct screen {
	pid_t pid;
	int master, slave;
	VTerm *vt;
	VTermScreen *view;
	bool cursor_visible, ended;
	int status;
	int deadline_ms, quiet_ms;
	char *out; /* not yet written to the master side */
	size_t out_len;
};

void screen_die(const char *what) __attribute__((noreturn));
