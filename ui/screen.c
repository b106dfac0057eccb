/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The stack of screens (screen.h): who gets a key, what its answer does, dialogs and their callbacks.
 * A handler may push or pop while it runs; its layer is looked up again afterwards, never kept by pointer.
 */
#include "screen.h"

#include <stdio.h>
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "s_global.h"
#include "util.h"
#include "w_dialog.h"

static struct ui_layer *
top_layer(struct ui_app *app)
{
	return app->n_layers ? &app->layers[app->n_layers - 1] : NULL;
}

static void act_on(struct ui_app *app, int bits);

static void
shown(struct ui_app *app)
{
	const struct ui_event event = { .kind = UI_EVENT_SHOWN };

	ui_app_dirty(app);
	ui_screen_event(app, &event);
}

static void
push(struct ui_app *app, const struct ui_screen *screen, const void *arg, ui_answer_fn fn)
{
	struct ui_layer *layer;

	if (app->n_layers == UI_SCREEN_MAX) {
		ui_app_say(app, UI_WARN, "%s", _("Too many screens are open; go back first."));
		return;
	}
	layer = &app->layers[app->n_layers++];
	memset(layer, 0, sizeof *layer);
	layer->screen = screen;
	layer->fn = fn;
	layer->state = ui_util_alloc(screen->state_size ? screen->state_size : 1);
	if (screen->open)
		screen->open(app, layer->state, arg);
	shown(app);
}

void
ui_screen_push(struct ui_app *app, const struct ui_screen *screen, const void *arg)
{
	push(app, screen, arg, NULL);
}

void
ui_screen_ask(struct ui_app *app, const struct ui_screen *screen, const void *arg, ui_answer_fn fn)
{
	push(app, screen, arg, fn);
}

int
ui_screen_answer(struct ui_app *app, int value, const char *text)
{
	struct ui_layer *layer = top_layer(app);

	layer->answered = true;
	layer->value = value;
	ui_util_copy(layer->text, sizeof layer->text, text ? text : "");
	return UI_POP;
}

/* What a screen held may be personal: wiped before it goes back to the heap. */
static void
drop_top(struct ui_app *app)
{
	struct ui_layer *layer = &app->layers[--app->n_layers];

	if (layer->screen->close)
		layer->screen->close(app, layer->state);
	explicit_bzero(layer->state, layer->screen->state_size);
	free(layer->state);
	layer->state = NULL;
	ui_app_dirty(app);
}

static void
pop(struct ui_app *app)
{
	struct ui_layer gone = *top_layer(app);
	struct ui_layer *asker;
	int depth;

	if (gone.screen->may_close && !gone.screen->may_close(app, gone.state))
		return;
	gone = *top_layer(app);
	drop_top(app);
	depth = app->n_layers;
	asker = top_layer(app);
	if (gone.answered && gone.fn && asker)
		act_on(app, gone.fn(app, asker->state, gone.value, gone.text));
	explicit_bzero(gone.text, sizeof gone.text);
	if (app->n_layers == depth)
		shown(app);
}

static void
act_on(struct ui_app *app, int bits)
{
	if (bits & UI_DIRTY)
		ui_app_dirty(app);
	if (bits & UI_QUIT)
		ui_app_quit(app, 0);
	else if ((bits & UI_POP) && app->n_layers)
		pop(app);
}

bool
ui_screen_back_to(struct ui_app *app, const struct ui_screen *screen)
{
	if (!ui_screen_is_open(app, screen))
		return false;
	while (top_layer(app)->screen != screen)
		drop_top(app);
	shown(app);
	return true;
}

void
ui_screen_pop_all(struct ui_app *app)
{
	while (app->n_layers)
		drop_top(app);
}

int
ui_screen_depth(const struct ui_app *app)
{
	return app->n_layers;
}

const struct ui_screen *
ui_screen_top(const struct ui_app *app)
{
	return app->n_layers ? app->layers[app->n_layers - 1].screen : NULL;
}

bool
ui_screen_is_open(const struct ui_app *app, const struct ui_screen *screen)
{
	for (int i = 0; i < app->n_layers; i++)
		if (app->layers[i].screen == screen)
			return true;
	return false;
}

enum ui_context
ui_screen_context(const struct ui_app *app, int below_top)
{
	int i = app->n_layers - 1 - below_top;

	if (i < 0)
		return UI_IN_BASE;
	const struct ui_layer *layer = &app->layers[i];

	return layer->screen->where ? layer->screen->where(layer->state) : layer->screen->context;
}

static void
run_command(struct ui_app *app, enum ui_command command)
{
	struct ui_layer *layer = top_layer(app);
	int bits = UI_PASS;

	if (layer->screen->command)
		bits = layer->screen->command(app, layer->state, command);
	else if (layer->screen->submit && command == UI_DO_OK)
		bits = layer->screen->submit(app, layer->state);
	else if (layer->screen->submit && command == UI_DO_CANCEL)
		bits = UI_POP;
	if (bits & UI_PASS)
		bits = s_global_command(app, command);
	act_on(app, bits);
}

static int
confirmed(struct ui_app *app, void *asker, int value, const char *text)
{
	(void)asker;
	(void)text;
	if (value)
		run_command(app, (enum ui_command)value);
	return UI_DONE;
}

void
ui_screen_command(struct ui_app *app, enum ui_command command)
{
	const struct ui_command_info *info = ui_command_info(command);

	if (info->destructive)
		w_dialog_confirm(app, _(info->label), _(info->help), (int)command, confirmed);
	else
		run_command(app, command);
}

void
ui_screen_key(struct ui_app *app, const struct ui_key *key)
{
	struct ui_layer *layer = top_layer(app);
	int bits = UI_PASS;
	enum ui_command command;

	if (!layer)
		return;
	if (layer->screen->key)
		bits = layer->screen->key(app, layer->state, key);
	if (!(bits & UI_PASS)) {
		act_on(app, bits);
		return;
	}
	/* Pasted text that no field took must not become commands. */
	if (key->pasted)
		return;
	command = ui_command_lookup(ui_screen_context(app, 0), key->code);
	if (command)
		ui_screen_command(app, command);
}

void
ui_screen_event(struct ui_app *app, const struct ui_event *event)
{
	/* The screen under the dialogs first: they show what it knows. A layer that comes or goes ends the round. */
	int depth = app->n_layers, i = depth - 1;

	while (i > 0 && app->layers[i].screen->is_dialog)
		i--;
	for (; i >= 0 && i < depth && app->n_layers == depth; i++) {
		struct ui_layer *layer = &app->layers[i];
		int bits = UI_DONE;

		if (layer->screen->refresh) {
			layer->screen->refresh(app, layer->state);
			bits = UI_DIRTY;
		}
		if (layer->screen->event)
			bits |= layer->screen->event(app, layer->state, event);
		if (app->n_layers != depth)
			break;
		act_on(app, i == depth - 1 ? bits : bits & UI_DIRTY);
	}
}

void
ui_screen_draw(const struct ui_app *app, const struct ui_area *area)
{
	int first = app->n_layers - 1;

	while (first > 0 && app->layers[first].screen->is_dialog)
		first--;
	for (int i = first < 0 ? 0 : first; i < app->n_layers; i++)
		app->layers[i].screen->draw(app->layers[i].state, area);
}

const char *
ui_screen_status(const struct ui_app *app)
{
	const struct ui_layer *layer = app->n_layers ? &app->layers[app->n_layers - 1] : NULL;

	return layer && layer->screen->status ? layer->screen->status(layer->state) : NULL;
}
