/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a screen is, and the stack of them. A screen is a const table; its state is a zeroed struct of state_size bytes
 * that the stack owns. Dialogs are screens that lie over the one below and answer it once, by a callback.
 * Invariant: draw reads the state and writes the canvas, nothing else: no engine, no allocation.
 */
#pragma once

#include "canvas.h"
#include "command.h"
#include "key.h"
#include "yimen/station.h"

struct ui_app;

/* What a handler answers. */
enum {
	UI_DONE = 0,
	UI_DIRTY = 1 << 0,
	UI_POP = 1 << 1,
	UI_QUIT = 1 << 2,
	UI_PASS = 1 << 3,   /* not mine: the parent context may have it */
};
enum ui_event_kind {
	UI_EVENT_SHOWN,     /* on top (again): look at everything */
	UI_EVENT_NOTICE,    /* the station says something changed */
	UI_EVENT_DELAY,     /* the time asked for with ui_app_delay is over */
};
struct ui_event {
	enum ui_event_kind kind;
	enum ym_notice notice;
};

struct ui_screen {
	const char *name;   /* stable, ASCII */
	const char *title;  /* msgid, after the station's name in the top line; "" for none */
	enum ui_context context;
	bool is_dialog;     /* drawn over the screen below */
	bool is_bare;       /* shows nothing of the officer's or the desk's state: sign-in, lock */
	size_t state_size;
	void (*open)(struct ui_app *app, void *state, const void *arg);
	void (*close)(struct ui_app *app, void *state);
	/* Whatever happens, what is shown is read again; then it is drawn. Before event, where a screen has both. */
	void (*refresh)(struct ui_app *app, void *state);
	int (*event)(struct ui_app *app, void *state, const struct ui_event *event);
	int (*key)(struct ui_app *app, void *state, const struct ui_key *key);
	int (*command)(struct ui_app *app, void *state, enum ui_command command);
	/* A dialog's Enter, when it has no other commands; Esc leaves it without a change. */
	int (*submit)(struct ui_app *app, void *state);
	void (*draw)(const void *state, const struct ui_area *area);
	/* A line of its own above the key bar while nothing else is said; may be NULL or answer NULL. */
	const char *(*status)(const void *state);
	/* False keeps the screen open. */
	bool (*may_close)(struct ui_app *app, void *state);
	/* Narrower context than the table's (a stage of the visit). */
	enum ui_context (*where)(const void *state);
};

/* Called after the dialog is gone, with the state of the screen that asked; returns bits for that screen. */
typedef int (*ui_answer_fn)(struct ui_app *app, void *asker, int value, const char *text);

#define UI_SCREEN_MAX 16   /* deep */

/* A new top. The asker of a dialog is the state below; fn may be NULL. */
void ui_screen_push(struct ui_app *app, const struct ui_screen *screen, const void *arg);
void ui_screen_ask(struct ui_app *app, const struct ui_screen *screen, const void *arg, ui_answer_fn fn);
/* The dialog's answer; it closes. Without this it closes unanswered. */
int ui_screen_answer(struct ui_app *app, int value, const char *text);
/* Away with everything above and the named screen becomes the top; false when it is not there. */
bool ui_screen_back_to(struct ui_app *app, const struct ui_screen *screen);
void ui_screen_pop_all(struct ui_app *app);

int ui_screen_depth(const struct ui_app *app);
const struct ui_screen *ui_screen_top(const struct ui_app *app);
bool ui_screen_is_open(const struct ui_app *app, const struct ui_screen *screen);
/* Context of the i-th screen from the top. */
enum ui_context ui_screen_context(const struct ui_app *app, int below_top);
void ui_screen_key(struct ui_app *app, const struct ui_key *key);
/* below_top 0: the top screen; asks first when the command is destructive. */
void ui_screen_command(struct ui_app *app, enum ui_command command);
void ui_screen_event(struct ui_app *app, const struct ui_event *event);
/* Draws the uppermost whole screen and the dialogs over it. */
void ui_screen_draw(const struct ui_app *app, const struct ui_area *area);
const char *ui_screen_status(const struct ui_app *app);
