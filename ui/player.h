/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Key scripts: tokens that press keys in the running program, wait for text, and mark screens (yimen(1), KEY SCRIPTS).
 * Not a test framework. Invariant: a script is parsed whole before its first key is pressed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "key.h"

enum ui_player_kind { UI_PLAY_KEY, UI_PLAY_TEXT, UI_PLAY_WAIT, UI_PLAY_MARK, UI_PLAY_SLEEP, UI_PLAY_HAND, UI_PLAY_PATIENCE };
struct ui_player_step {
	enum ui_player_kind kind;
	int line;
	int32_t key;        /* KEY */
	int64_t ms;         /* SLEEP, PATIENCE */
	int repeat;         /* KEY */
	char *text;         /* TEXT, WAIT, MARK, HAND */
};
struct ui_player {
	struct ui_player_step *steps;
	int n_steps, at;
	int done_in_step;   /* characters or repeats already pressed */
	int64_t patience_ms; /* of a wait, before the script fails */
	int64_t deadline_ms;
	uint64_t timer;
	bool waiting;
	char *before; /* the screen when a hand was last used; NULL once another step is taken */
};
#define UI_PLAYER_MAX 100000   /* steps */
#define UI_PLAYER_PATIENCE_MS 60000 /* unless the script says otherwise */

/* Tokens are separated by blanks or line ends; `#` begins a comment; text:"a b" and wait:"a b" may be quoted.
 * On a bad token says line and token into ret_error and returns NULL. */
struct ui_player *ui_player_parse(const char *script, char *ret_error, size_t size);
void ui_player_free(struct ui_player *p);

struct ui_app;
/* Reads options.keys; false after saying why on stderr. */
bool ui_player_load(struct ui_app *app);
void ui_player_start(struct ui_app *app);
/* Stops its timer. */
void ui_player_stop(struct ui_app *app);
