/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Key scripts, and whole screens over the test double: what keys do, in order, with nothing lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "player.h"
#include "ui.h"

static void
refused(const char *script, const char *want)
{
	char error[1200] = "";
	struct ui_player *p = ui_player_parse(script, error, sizeof error);

	assert_null(p);
	if (!strstr(error, want))
		fail_msg("%s", error);
}

static void
a_bad_word_is_named_with_its_line(void **state)
{
	(void)state;
	refused("F2\nEntr", "line 2: 'Entr'");
	refused("F2 # Nonsense is a comment\n\n  Tub", "line 3: 'Tub'");
	refused("text:", "line 1: 'text:'");
	refused("mark:../etc/passwd", "mark:../etc/passwd");
	refused("mark:", "mark:");
	refused("sleep:soon", "sleep:soon");
	refused("sleep:-5", "sleep:-5");
	refused("wait:\"open", "line 1: a quotation mark is open");
	refused("Down*0", "Down*0");
	refused("F13", "F13");
}

static void
a_script_is_parsed_whole(void **state)
{
	char error[1200];
	struct ui_player *p = ui_player_parse("F2 Down*3 text:\"a 王\" # c\nwait:x mark:one-1 sleep:5 C-x M-3", error, sizeof error);

	(void)state;
	assert_non_null(p);
	assert_int_equal(p->n_steps, 8);
	assert_int_equal(p->steps[1].repeat, 3);
	assert_string_equal(p->steps[2].text, "a 王");
	assert_int_equal(p->steps[3].line, 2);
	assert_int_equal(p->steps[5].ms, 5);
	ui_player_free(p);
	p = ui_player_parse("", error, sizeof error);
	assert_int_equal(p->n_steps, 0);
	ui_player_free(p);
}

/* Plays a script at a size; the marked screen is returned, NULL when the script failed. */
static char *
play(const char *script, int rows, int cols)
{
	char dir[] = "/tmp/yimen-ui-XXXXXX", keys[64], dump[64], *text = NULL;
	struct ui_options o = { .practice = true, .rows = rows, .columns = cols, .keys = keys, .dump_dir = dir };
	FILE *f;
	int code;

	assert_non_null(mkdtemp(dir));
	snprintf(keys, sizeof keys, "%s/keys", dir);
	snprintf(dump, sizeof dump, "%s/m.txt", dir);
	f = fopen(keys, "w");
	fputs(script, f);
	fclose(f);
	code = ui_run(&o);
	f = fopen(dump, "r");
	if (f) {
		text = calloc(1, 200000);
		size_t n = fread(text, 1, 199999, f);

		text[n] = 0;
		fclose(f);
		unlink(dump);
	}
	unlink(keys);
	rmdir(dir);
	if (code) {
		free(text);
		return NULL;
	}
	return text;
}

static void
shows(const char *script, const char *want)
{
	char *text = play(script, 24, 80);

	assert_non_null(text);
	if (!strstr(text, want))
		fail_msg("%s\n%s", want, text);
	free(text);
}

static void
shows_not(const char *script, const char *unwanted)
{
	char *text = play(script, 24, 80);

	assert_non_null(text);
	if (strstr(text, unwanted))
		fail_msg("%s\n%s", unwanted, text);
	free(text);
}

#define IN "text:lianxi Enter "
#define VISIT IN "Enter Enter "
#define CARD VISIT "F9 1 "
#define ITEMS CARD "Enter text:hz Tab text:sf Down Tab Down Down Tab Enter "
#define MATERIALS ITEMS "2 2 Enter "
#define FORM MATERIALS "Space*6 Enter "
#define DECIDE FORM "text:13800001234 Enter text:x1 Enter text:x2 Enter "

static void
keys_typed_while_the_password_is_checked_are_kept(void **state)
{
	(void)state;
	/* No wait between: both Enter are typed ahead, one opens the shift, one calls. */
	shows(VISIT "mark:m", "Lay the card on the reader");
}

static void
a_wrong_password_says_so(void **state)
{
	(void)state;
	shows("text:wrong Enter mark:m", "! Wrong account or password");
}

static void
the_printer_of_a4_papers_is_chosen_among_the_devices(void **state)
{
	(void)state;
	shows(IN "F8 mark:m", "hall  大厅的打印机");
	shows(IN "F8 mark:m", "! The A4 printer has no paper: put some in");
	shows_not(IN "F8 mark:m", "A4 papers are printed here");
	shows(IN "F8 P mark:m", "This is no printer");
	shows(IN "F8 Down mark:m", "P uses this printer");
	shows(IN "F8 Down Enter mark:m", "tested by printing");
	shows(IN "F8 Down P mark:m", "A4 papers are printed here");
	shows(IN "F8 Down P mark:m", "A4 papers are made as PDF files"); /* the double remembers: chosen once more is not chosen */
}

static void
practice_is_on_every_screen(void **state)
{
	static const char *const scripts[] = { "mark:m", IN "mark:m", CARD "mark:m", IN "F4 mark:m", IN "F12 mark:m", IN "C-l mark:m", IN "F1 mark:m" };

	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
		shows(scripts[i], "PRACTICE");
	char *text = play("mark:m", 10, 40);

	assert_non_null(strstr(text, "PRACTICE"));
	assert_non_null(strstr(text, "columns and 24 rows"));
	free(text);
}

static void
a_laid_card_fills_the_person_who_is_asked_for(void **state)
{
	(void)state;
	shows(CARD "mark:m", "229***********0021");
	shows_not(CARD "mark:m", "229901198203070021");
}

static void
the_full_number_shows_on_its_key_only(void **state)
{
	(void)state;
	shows(CARD "C-r mark:m", "229901198203070021");
	shows_not(CARD "C-r C-r mark:m", "229901198203070021");
	shows_not(FORM "mark:m", "229901198203070021");
}

static void
several_items_are_taken_at_once(void **state)
{
	(void)state;
	shows(ITEMS "mark:m", "机动车驾驶证注销");
	shows(ITEMS "2 2 mark:m", "2Items✓");
}

static void
space_marks_and_goes_on(void **state)
{
	(void)state;
	shows(MATERIALS "Space Space mark:m", "▸ ○ 户口簿");
	shows(MATERIALS "d mark:m", "This material may not be deferred");
}

static void
enter_goes_to_the_field_that_needs_something(void **state)
{
	(void)state;
	shows(FORM "mark:m", "▸ ○ 联系电话");
	shows(FORM "text:138 Enter mark:m", "! A mobile number has 11 digits");
	shows(DECIDE "mark:m", "propose Accepted");
}

static void
deciding_against_the_proposal_asks_for_a_reason(void **state)
{
	(void)state;
	shows(DECIDE "4 mark:m", "Your reason is logged");
	shows(DECIDE "4 text:ab Enter mark:m", "At least 4 characters");
	shows(DECIDE "4 text:abcd Enter mark:m", "✓ Returned");
	shows(DECIDE "3 mark:m", "not open to this case");
}

static void
a_common_visit_is_short(void **state)
{
	(void)state;
	shows(DECIDE "Enter*3 Enter 1 2 Enter Enter G*3 Enter Enter Enter mark:m", "The visit is closed");
}

static void
a_destructive_command_asks_first(void **state)
{
	(void)state;
	shows(ITEMS "Up*5 Del mark:m", "Drop?");
	shows(ITEMS "Up*5 Del Esc mark:m", "普通护照失效重新申请");
	shows_not(ITEMS "Up*5 Del Enter mark:m", "普通护照失效重新申请");
}

static void
escape_steps_back_and_loses_nothing(void **state)
{
	(void)state;
	shows(FORM "Down text:abc Esc Enter mark:m", "abc");
	shows(CARD "Esc mark:m", "At the window");
	shows(CARD "Esc Enter mark:m", "229***********0021");
}

static void
locking_hides_and_unlocking_brings_back(void **state)
{
	(void)state;
	shows_not(CARD "C-l mark:m", "李");
	shows(CARD "C-l text:lianxi Enter mark:m", "229***********0021");
}

static void
the_side_panel_stands_from_a_hundred_columns(void **state)
{
	char *text = play(MATERIALS "mark:m", 36, 120);

	(void)state;
	assert_non_null(strstr(text, "│"));
	assert_non_null(strstr(text, "Still missing"));
	free(text);
	shows_not(MATERIALS "mark:m", "Still missing");
	shows(MATERIALS "F4 mark:m", "Still missing");
}

static void
pages_of_cases_go_there_and_back(void **state)
{
	(void)state;
	shows(IN "F4 PgDn mark:m", "17-32 of 300");
	shows(IN "F4 PgDn*30 mark:m", "289-300 of 300");
	shows(IN "F4 PgDn PgDn PgUp mark:m", "17-32 of 300");
	shows(IN "F4 Down*16 mark:m", "17-32 of 300");
	shows(IN "F4 Down*16 Up mark:m", "1-16 of 300");
}

static void
a_search_before_the_names_are_read_says_so_and_goes_on(void **state)
{
	(void)state;
	shows(IN "F4 a mark:m", "Names are still being read, newest first: 100 of 300.");
	shows(IN "F4 a wait:李* mark:m", "1-16 of 300");
}

static void
three_thousand_keys_are_all_taken(void **state)
{
	(void)state;
	/* 3,000 characters into a field that holds 60, minus what is taken back. */
	shows(IN "Enter F5 text:abc BS*3 F12 Esc Down*3000 mark:m", "New ticket");
	shows(FORM "Down a*3000 BS*57 mark:m", "aaa");
}

static void
a_script_that_waits_in_vain_fails(void **state)
{
	(void)state;
	assert_null(play("patience:200 wait:nowhere", 24, 80));
}

static void
a_script_that_outlives_the_program_fails(void **state)
{
	(void)state;
	assert_null(play("Esc F2", 24, 80));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bad_word_is_named_with_its_line),
		cmocka_unit_test(a_script_is_parsed_whole),
		cmocka_unit_test(keys_typed_while_the_password_is_checked_are_kept),
		cmocka_unit_test(a_wrong_password_says_so),
		cmocka_unit_test(the_printer_of_a4_papers_is_chosen_among_the_devices),
		cmocka_unit_test(practice_is_on_every_screen),
		cmocka_unit_test(a_laid_card_fills_the_person_who_is_asked_for),
		cmocka_unit_test(the_full_number_shows_on_its_key_only),
		cmocka_unit_test(several_items_are_taken_at_once),
		cmocka_unit_test(space_marks_and_goes_on),
		cmocka_unit_test(enter_goes_to_the_field_that_needs_something),
		cmocka_unit_test(deciding_against_the_proposal_asks_for_a_reason),
		cmocka_unit_test(a_common_visit_is_short),
		cmocka_unit_test(a_destructive_command_asks_first),
		cmocka_unit_test(escape_steps_back_and_loses_nothing),
		cmocka_unit_test(locking_hides_and_unlocking_brings_back),
		cmocka_unit_test(the_side_panel_stands_from_a_hundred_columns),
		cmocka_unit_test(pages_of_cases_go_there_and_back),
		cmocka_unit_test(a_search_before_the_names_are_read_says_so_and_goes_on),
		cmocka_unit_test(three_thousand_keys_are_all_taken),
		cmocka_unit_test(a_script_that_waits_in_vain_fails),
		cmocka_unit_test(a_script_that_outlives_the_program_fails),
	};

	setenv("LANGUAGE", "en", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
