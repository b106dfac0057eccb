/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Plays a key script (player.h): one key a turn of the loop, so that everything a key sets off is painted and
 * every event in between is taken, exactly as with a person at the keyboard.
 */
#include "player.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "util.h"
#include "yimen/practice.h"
#include "yimen/text.h"

#define SCRIPT_MAX (1024 * 1024)

void
ui_player_free(struct ui_player *p)
{
	if (!p)
		return;
	for (int i = 0; i < p->n_steps; i++)
		free(p->steps[i].text);
	free(p->steps);
	free(p->before);
	free(p);
}

/* One token from *at into buf; quotes hold blanks together. 0 at the end, -1 when too long or a quote is open. */
static int
next_token(const char **at, int *line, char *buf, size_t size)
{
	const char *s = *at;
	size_t n = 0;
	bool quoted = false;

	for (;; s++) {
		if (*s == '\n')
			(*line)++;
		else if (*s == '#')
			s += strcspn(s, "\n") - 1;
		else if (*s != ' ' && *s != '\t' && *s != '\r')
			break;
	}
	for (; *s && *s != '\n' && (quoted || !strchr(" \t\r", *s)); s++) {
		if (*s == '"') {
			quoted = !quoted;
			continue;
		}
		if (n + 1 >= size)
			return -1;
		buf[n++] = *s;
	}
	buf[n] = 0;
	*at = s;
	return quoted ? -1 : n > 0 || s[0];
}

static bool
is_name(const char *s)
{
	return *s && s[0] != '.' && !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")];
}

static const char *
after(const char *token, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(token, prefix, n) ? NULL : token + n;
}

static bool
parse_key(char *token, struct ui_player_step *step)
{
	char *star = strrchr(token, '*');

	step->repeat = 1;
	if (star && star != token && star[1]) {
		char *end;
		long n = strtol(star + 1, &end, 10);

		if (!*end && n >= 1 && n <= UI_PLAYER_MAX) {
			*star = 0;
			step->repeat = (int)n;
		}
	}
	step->kind = UI_PLAY_KEY;
	step->key = ui_key_parse(token);
	return step->key != UI_KEY_NONE;
}

static bool
parse_step(char *token, struct ui_player_step *step)
{
	const char *rest;
	char *end;

	if ((rest = after(token, "text:"))) {
		step->kind = UI_PLAY_TEXT;
		step->text = strdup(rest);
		return *rest && ym_text_is_clean(rest, false);
	}
	if ((rest = after(token, "wait:"))) {
		step->kind = UI_PLAY_WAIT;
		step->text = strdup(rest);
		return *rest != 0;
	}
	if ((rest = after(token, "mark:"))) {
		step->kind = UI_PLAY_MARK;
		step->text = strdup(rest);
		return is_name(rest);
	}
	if ((rest = after(token, "hand:"))) {
		step->kind = UI_PLAY_HAND;
		step->text = strdup(rest);
		return *rest != 0;
	}
	if ((rest = after(token, "sleep:")) || (rest = after(token, "patience:"))) {
		step->kind = *token == 's' ? UI_PLAY_SLEEP : UI_PLAY_PATIENCE;
		step->ms = strtol(rest, &end, 10);
		return *rest && !*end && step->ms >= 0 && step->ms <= 600000;
	}
	return parse_key(token, step);
}

struct ui_player *
ui_player_parse(const char *script, char *ret_error, size_t size)
{
	struct ui_player *p = ui_util_alloc(sizeof *p);
	char token[1024];
	int line = 1, got;

	p->patience_ms = UI_PLAYER_PATIENCE_MS;
	while ((got = next_token(&script, &line, token, sizeof token)) > 0) {
		struct ui_player_step step = { .line = line };

		if (p->n_steps == UI_PLAYER_MAX || !parse_step(token, &step)) {
			ui_util_format(ret_error, size, p->n_steps == UI_PLAYER_MAX ? _("line %d: the script is too long at '%s'") :
				_("line %d: '%s' is no key and no script word"), line, token);
			free(step.text);
			ui_player_free(p);
			return NULL;
		}
		if (!(p->n_steps & (p->n_steps - 1))) {
			size_t room = p->n_steps ? (size_t)p->n_steps * 2 : 1;

			p->steps = reallocarray(p->steps, room, sizeof *p->steps);
			if (!p->steps)
				abort();
		}
		p->steps[p->n_steps++] = step;
	}
	if (got < 0) {
		ui_util_format(ret_error, size, _("line %d: a quotation mark is open or a word is too long"), line);
		ui_player_free(p);
		return NULL;
	}
	return p;
}

static char *
read_script(const char *path)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;
	char *text;
	size_t n;

	if (!f)
		return NULL;
	text = ui_util_alloc(SCRIPT_MAX + 1);
	n = fread(text, 1, SCRIPT_MAX, f);
	if (ferror(f) || memchr(text, 0, n)) {
		errno = errno ? errno : EINVAL;
		free(text);
		text = NULL;
	}
	if (f != stdin)
		fclose(f);
	return text;
}

bool
ui_player_load(struct ui_app *app)
{
	UI_FREE char *script = read_script(app->options.keys);
	char error[1200];

	if (!script) {
		fprintf(stderr, "yimen: %s: %s\n", app->options.keys, strerror(errno));
		return false;
	}
	app->player = ui_player_parse(script, error, sizeof error);
	if (!app->player)
		fprintf(stderr, "yimen: %s: %s\n", app->options.keys, error);
	return app->player != NULL;
}

static void
fail(struct ui_app *app, const struct ui_player_step *step, const char *what)
{
	UI_FREE char *screen = ui_canvas_dump(app->canvas);

	fprintf(stderr, "yimen: %s: ", app->options.keys);
	fprintf(stderr, _("line %d: %s: '%s'"), step->line, what, step->text ? step->text : "");
	fprintf(stderr, "\n%s", screen);
	ui_app_quit(app, 1);
}

static bool
mark(struct ui_app *app, const char *name)
{
	UI_FREE char *screen = ui_canvas_dump(app->canvas);
	char path[4096];
	FILE *f;

	if (!app->options.dump_dir) {
		printf("== %s ==\n%s", name, screen);
		fflush(stdout);
		return true;
	}
	ui_util_format(path, sizeof path, "%s/%s.txt", app->options.dump_dir, name);
	f = fopen(path, "we");
	if (!f)
		return false;
	fputs(screen, f);
	return !fclose(f);
}

/* True the first time, and then until it is over. */
static bool
has_patience(struct ui_player *p)
{
	if (!p->waiting)
		p->deadline_ms = ui_util_now_ms() + p->patience_ms;
	p->waiting = true;
	return ui_util_now_ms() <= p->deadline_ms;
}

/* The citizen does it, without a key of the officer's. A device at the far end of a line may not have been asked yet: YM_STATE. */
static enum ym_code
use_hands(struct ui_app *app, const struct ui_player_step *step)
{
	struct ym_hands *hands = ym_practice_hands(app->station);
	struct ym_error err = { 0 };
	char text[500];
	enum ym_code code;

	if (!hands) {
		fail(app, step, _("hands are there in practice only"));
		return YM_REFUSED;
	}
	free(app->player->before);
	app->player->before = ui_canvas_dump(app->canvas);
	code = ym_hands_do(hands, step->text, &err);
	if (code == YM_STATE && has_patience(app->player))
		return code;
	if (code)
		fail(app, step, ui_app_error_text(&err, text, sizeof text));
	return code == YM_STATE ? YM_REFUSED : code;
}

static bool
screen_has(const struct ui_app *app, const char *text)
{
	for (int row = 0; row < app->canvas->rows; row++) {
		UI_FREE char *line = ui_canvas_row(app->canvas, row);

		if (strstr(line, text))
			return true;
	}
	return false;
}

/* True while the step needs more turns. */
static bool
press(struct ui_app *app, const struct ui_player_step *step)
{
	struct ui_player *p = app->player;
	struct ui_key key = { .code = step->key };

	if (step->kind == UI_PLAY_KEY) {
		ui_app_key(app, &key);
		return ++p->done_in_step < step->repeat;
	}
	uint32_t c;
	size_t used = ym_text_decode(step->text + p->done_in_step, strlen(step->text + p->done_in_step), &c);

	key.code = (int32_t)c;
	p->done_in_step += (int)used;
	ui_app_key(app, &key);
	return step->text[p->done_in_step] != 0;
}

static void tick(void *user);

static void
again(struct ui_app *app, int64_t ms)
{
	app->player->timer = ym_loop_add_timer(app->loop, "key script", ms, tick, app);
}

static void
tick(void *user)
{
	struct ui_app *app = user;
	struct ui_player *p = app->player;

	p->timer = 0;
	if (ym_loop_has_quit(app->loop))
		return;
	if (p->at == p->n_steps) {
		ui_app_quit(app, 0);
		return;
	}
	const struct ui_player_step *step = &p->steps[p->at];
	bool more = false;
	int64_t delay = 0;
	enum ym_code code;

	/* A held key has not been taken yet: what stands on the screen is not its answer. */
	if (app->holding && step->kind != UI_PLAY_WAIT && step->kind != UI_PLAY_SLEEP) {
		again(app, 5);
		return;
	}
	/* Something may have changed in this very turn; what is looked at is painted. */
	if (step->kind == UI_PLAY_MARK || step->kind == UI_PLAY_WAIT)
		ui_app_paint(app);
	if (step->kind != UI_PLAY_WAIT) {
		free(p->before);
		p->before = NULL;
	}
	switch (step->kind) {
	case UI_PLAY_KEY:
	case UI_PLAY_TEXT:
		more = press(app, step);
		break;
	case UI_PLAY_SLEEP:
		delay = step->ms;
		break;
	case UI_PLAY_PATIENCE:
		p->patience_ms = step->ms;
		break;
	case UI_PLAY_MARK:
		if (!mark(app, step->text))
			fail(app, step, _("the screen cannot be written"));
		break;
	case UI_PLAY_HAND: /* what is waited for next must be its doing */
		code = use_hands(app, step);
		if (code == YM_STATE)
			again(app, 10);
		if (code)
			return;
		break;
	case UI_PLAY_WAIT:
		if (p->before && strstr(p->before, step->text)) {
			fail(app, step, _("this stood there before the hand did anything"));
			return;
		}
		if (screen_has(app, step->text))
			break;
		if (!has_patience(p)) {
			fail(app, step, _("waited in vain"));
			return;
		}
		again(app, 10);
		return;
	}
	if (!more) {
		p->at++;
		p->done_in_step = 0;
		p->waiting = false;
	}
	if (!ym_loop_has_quit(app->loop))
		again(app, delay);
	else if (p->at < p->n_steps && !app->exit_code) {
		fprintf(stderr, "yimen: %s: ", app->options.keys);
		fprintf(stderr, _("line %d: the program ended before the script"), p->steps[p->at].line);
		fputc('\n', stderr);
		app->exit_code = 1;
	}
}

void
ui_player_start(struct ui_app *app)
{
	again(app, 0);
}

void
ui_player_stop(struct ui_app *app)
{
	if (app->player && app->player->timer)
		ym_loop_remove(app->loop, app->player->timer);
}
