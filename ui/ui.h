/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The full-screen program as the command line sees it: one call that runs it, one that lists its keys.
 * Not the toolkit (canvas.h, screen.h) and not the engine. Invariant: the terminal is as before when ui_run returns.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct ui_options {
	const char *dir;      /* data folder; NULL: the default */
	bool practice;
	const char *pack;     /* practice with this catalogue, whatever its date; NULL: the shipped one */
	bool ascii;           /* draw ambiguous symbols in ASCII */
	bool mono;            /* no colours */
	int rows, columns;    /* 0: what the terminal says; given: 24x80 at least. Without a terminal 24x80 */
	const char *keys;     /* key script (see yimen(1), KEY SCRIPTS); "-" is standard input; NULL none */
	const char *dump_dir; /* where mark: writes NAME.txt; NULL: standard output */
};

/* Runs until the officer leaves or the script ends. 0; 1 after a failed script; 2 when it cannot start (says why on stderr). */
int ui_run(const struct ui_options *opt);
/* COLUMNSxROWS, as in "80x24"; false when malformed or smaller than 20x5. */
bool ui_parse_size(const char *text, int *ret_rows, int *ret_columns);
/* Every command and key as an scdoc section (`yimen --dump-keys`): the manual is generated from it. */
void ui_commands_dump(FILE *out);
