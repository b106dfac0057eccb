/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A scanner that is in no list and types its code key by key, told from a hand by its pace. The clock is the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "s_scan.h"
#include "screen.h"

static struct ui_app *app;
static int64_t now = 1000000;
static char typed[200]; /* what the field holds */

static int
field_key(struct ui_app *a, void *state, const struct ui_key *k)
{
	size_t n = strlen(typed);

	(void)a;
	(void)state;
	if (k->code == UI_KEY_BACKSPACE && n)
		typed[n - 1] = 0;
	else if (k->code == UI_KEY_ENTER)
		strcat(typed, "<Enter>");
	else if (k->code < 0x80 && k->code >= ' ')
		typed[n] = (char)k->code, typed[n + 1] = 0;
	return UI_DONE;
}

static const struct ui_screen secret = { .name = "secret", .title = "", .context = UI_IN_LOCK, .is_bare = true, .key = field_key };
static const struct ui_screen plain = { .name = "plain", .title = "", .context = UI_IN_READER, .key = field_key };

static void
up(const struct ui_screen *screen)
{
	app = calloc(1, sizeof *app);
	assert_int_equal(ym_loop_new(&app->loop, NULL), 0);
	ui_screen_push(app, screen, NULL);
	typed[0] = 0;
	now += 10000;
}

static void
down(void)
{
	ui_screen_pop_all(app);
	ym_loop_free(app->loop);
	free(app);
}

/* As the terminal gives them: text in one read, ms after the one before. */
static void
keys(const char *text, int64_t ms)
{
	struct ui_key list[64] = { 0 };
	int n = 0;

	for (; *text; text++)
		list[n++].code = *text == '\r' ? UI_KEY_ENTER : *text;
	now += ms;
	if (!s_scan_paced(app, list, n, now))
		for (int i = 0; i < n; i++)
			ui_app_key(app, &list[i]);
	s_scan_advise(app);
}

static void
one_by_one(const char *text, int64_t ms)
{
	for (; *text; text++) {
		const char key[] = { *text, 0 };

		keys(key, ms);
	}
}

static void
a_code_typed_into_a_password_is_taken_back_and_its_end_thrown_away(void **state)
{
	(void)state;
	up(&secret);
	one_by_one("pass", 150);
	now += 500;
	one_by_one("229901199003070035\r", 10);
	assert_string_equal(typed, "pass"); /* what the hand had typed stays */
	assert_non_null(strstr(app->message, "scanner"));
	now += 500;
	one_by_one("word\r", 150);
	assert_string_equal(typed, "password<Enter>");
	down();
}

static void
a_fast_hand_is_a_hand(void **state)
{
	(void)state;
	up(&secret);
	one_by_one("correct horse battery\r", 40); /* twenty-five a second: nobody does that for long */
	assert_string_equal(typed, "correct horse battery<Enter>");
	typed[0] = 0;
	one_by_one("aaaaaaaaaaaaaaaaaaaa", 20); /* a key held down */
	assert_string_equal(typed, "aaaaaaaaaaaaaaaaaaaa");
	down();
}

static void
keys_that_waited_while_the_program_was_busy_are_no_scanners(void **state)
{
	(void)state;
	up(&secret);
	keys("correct ", 2000);
	keys("horse ", 20);
	keys("battery\r", 20);
	assert_string_equal(typed, "correct horse battery<Enter>");
	down();
}

static void
elsewhere_the_text_stays_and_the_officer_is_told_how_to_teach_it(void **state)
{
	(void)state;
	up(&plain);
	one_by_one("229901199003070035", 10);
	assert_string_equal(app->message, "");
	one_by_one("\r", 10);
	assert_string_equal(typed, "229901199003070035<Enter>");
	assert_non_null(strstr(app->message, "types like a scanner"));
	app->message[0] = 0;
	one_by_one("2299\r", 10); /* too short to tell */
	assert_string_equal(app->message, "");
	down();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_typed_into_a_password_is_taken_back_and_its_end_thrown_away),
		cmocka_unit_test(a_fast_hand_is_a_hand),
		cmocka_unit_test(keys_that_waited_while_the_program_was_busy_are_no_scanners),
		cmocka_unit_test(elsewhere_the_text_stays_and_the_officer_is_told_how_to_teach_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
