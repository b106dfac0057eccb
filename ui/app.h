/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The running program: loop, station, terminal, stack of screens, the message line. Not what any screen shows.
 * Invariant: one paint at the end of a turn in which something changed; keys are handled in the order they came.
 */
#pragma once

#include "frame.h"
#include "screen.h"
#include "ui.h"

struct ui_term;
struct ui_player;

struct ui_layer {
	const struct ui_screen *screen;
	void *state;
	ui_answer_fn fn;
	bool answered;
	int value;
	char text[1024];
};
#define UI_APP_HELD_MAX 4096
#define UI_APP_BATCH 256    /* keys read at once */
struct ui_app {
	struct ui_options options;
	struct ym_loop *loop;
	struct ym_station *station;
	struct ui_term *term;      /* NULL: drawn in memory only (a key script without a terminal) */
	struct ui_canvas *canvas;
	struct ui_player *player;
	struct ui_frame frame;
	struct ui_layer layers[UI_SCREEN_MAX];
	int n_layers;
	char message[600];
	enum ui_style message_style;
	ym_source input, winch, term_signal, hup, delay, minute, scan;
	bool in_dispatch, holding;
	struct ui_key held[UI_APP_HELD_MAX];
	int n_held;
	int64_t n_keys;            /* pressed by a person or a script */
	int exit_code;
};

/* A key from the terminal or a script. */
void ui_app_key(struct ui_app *app, const struct ui_key *key);
/* While held, keys wait (a password is being checked); nothing typed ahead is lost. */
void ui_app_hold(struct ui_app *app, bool on);
/* UI_EVENT_DELAY for the top screen after ms; a new call moves it. */
void ui_app_delay(struct ui_app *app, int64_t ms);
void ui_app_quit(struct ui_app *app, int exit_code);
void ui_app_dirty(struct ui_app *app);
/* One line above the key bar, until the next key. */
void ui_app_say(struct ui_app *app, enum ui_style style, const char *format, ...) YM_PRINTF(3, 4);
/* "subject: sentence" of an error, translated; nothing for CANCELLED. */
void ui_app_error(struct ui_app *app, const struct ym_error *err);
char *ui_app_error_text(const struct ym_error *err, char *buf, size_t size);
/* The error is shown when code is not OK; true when it is OK. */
bool ui_app_ok(struct ui_app *app, enum ym_code code, const struct ym_error *err);
/* Rows of the body that screens draw on. */
int ui_app_rows(const struct ui_app *app);
int ui_app_cols(const struct ui_app *app);
void ui_app_paint(struct ui_app *app);
