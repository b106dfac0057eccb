/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The two tables of commands and keys, and what is made from them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "key.h"
#include "ui.h"

static void
no_key_stands_twice_in_a_context(void **state)
{
	int n;
	const struct ui_binding *b = ui_command_bindings(&n);

	(void)state;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < i; k++)
			if (b[i].key == b[k].key && ui_command_info(b[i].command)->context == ui_command_info(b[k].command)->context)
				fail_msg("%s and %s", ui_command_info(b[i].command)->name, ui_command_info(b[k].command)->name);
}

static void
every_command_is_complete_and_reachable(void **state)
{
	(void)state;
	for (enum ui_command c = UI_DO_NONE + 1; c < UI_N_COMMANDS; c++) {
		const struct ui_command_info *info = ui_command_info(c);

		assert_non_null(info->name);
		assert_true(*info->label && *info->help && *info->pinyin);
		assert_int_not_equal(ui_command_key(c), UI_KEY_NONE);
		assert_int_equal(ui_command_lookup(info->context, ui_command_key(c)), c);
	}
}

static void
names_of_commands_are_unique(void **state)
{
	(void)state;
	for (enum ui_command c = UI_DO_NONE + 1; c < UI_N_COMMANDS; c++)
		for (enum ui_command d = UI_DO_NONE + 1; d < c; d++)
			assert_string_not_equal(ui_command_info(c)->name, ui_command_info(d)->name);
}

static void
contexts_lead_to_the_base(void **state)
{
	(void)state;
	for (enum ui_context c = 0; c < UI_N_CONTEXTS; c++) {
		enum ui_context at = c;

		for (int i = 0; i < UI_N_CONTEXTS && ui_command_parent(at) != at; i++)
			at = ui_command_parent(at);
		assert_int_equal(ui_command_parent(at), at);
	}
}

static void
what_takes_something_away_asks_first(void **state)
{
	static const enum ui_command list[] = { UI_DO_QUIT, UI_DO_DROP_CASE, UI_DO_REMOVE_PERSON, UI_DO_CLOSE_SHIFT };

	(void)state;
	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
		assert_true(ui_command_info(list[i])->destructive);
}

static void
a_key_means_what_the_nearest_context_says(void **state)
{
	(void)state;
	assert_int_equal(ui_command_lookup(UI_IN_MATERIALS, UI_KEY_ENTER), UI_DO_NEXT);
	assert_int_equal(ui_command_lookup(UI_IN_DECIDE, UI_KEY_ENTER), UI_DO_PROPOSED);
	assert_int_equal(ui_command_lookup(UI_IN_MATERIALS, 'd'), UI_DO_DEFER);
	assert_int_equal(ui_command_lookup(UI_IN_MATERIALS, UI_KEY_F(7)), UI_DO_PARK);
	assert_int_equal(ui_command_lookup(UI_IN_DIALOG, UI_KEY_F(7)), UI_DO_NONE);
	assert_int_equal(ui_command_lookup(UI_IN_SIGNIN, UI_KEY_CTRL('l')), UI_DO_NONE);
	assert_int_equal(ui_command_lookup(UI_IN_FORM, UI_KEY_ALT('5')), UI_DO_STAGE_5);
}

static void
help_and_palette_are_everywhere(void **state)
{
	(void)state;
	for (enum ui_context c = 0; c < UI_N_CONTEXTS; c++) {
		if (c == UI_IN_HELP || c == UI_IN_PALETTE)
			continue;
		assert_int_equal(ui_command_lookup(c, UI_KEY_F(12)), UI_DO_HELP);
		assert_int_equal(ui_command_lookup(c, UI_KEY_F(1)), UI_DO_PALETTE);
	}
}

static void
a_command_is_found_by_pinyin_and_initials(void **state)
{
	static const char *const good[] = { "guaqi", "gq", "gua", "guaq", "Park", "park" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(ui_command_match(UI_DO_PARK, good[i]) >= 0);
	assert_int_equal(ui_command_match(UI_DO_PARK, "gx"), -1);
	assert_int_equal(ui_command_match(UI_DO_PARK, "zzz"), -1);
}

static void
the_dump_names_every_key(void **state)
{
	char *text = NULL, key[24];
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	ui_commands_dump(f);
	fclose(f);
	for (enum ui_command c = UI_DO_NONE + 1; c < UI_N_COMMANDS; c++) {
		char line[80];

		snprintf(line, sizeof line, "*%s* _%s_", ui_key_name(ui_command_key(c), key, sizeof key), ui_command_info(c)->name);
		assert_non_null(strstr(text, line));
	}
	free(text);
}

static void
every_bound_key_has_a_name_that_leads_back(void **state)
{
	int n;
	const struct ui_binding *b = ui_command_bindings(&n);
	char name[24];

	(void)state;
	for (int i = 0; i < n; i++)
		assert_int_equal(ui_key_parse(ui_key_name(b[i].key, name, sizeof name)), b[i].key);
}

static void
names_of_keys_that_scripts_use(void **state)
{
	(void)state;
	assert_int_equal(ui_key_parse("F2"), UI_KEY_F(2));
	assert_int_equal(ui_key_parse("F12"), UI_KEY_F(12));
	assert_int_equal(ui_key_parse("M-3"), UI_KEY_ALT('3'));
	assert_int_equal(ui_key_parse("C-x"), UI_KEY_CTRL('x'));
	assert_int_equal(ui_key_parse("BackTab"), UI_KEY_BACKTAB);
	assert_int_equal(ui_key_parse("王"), 0x738B);
	assert_int_equal(ui_key_parse("F13"), UI_KEY_NONE);
	assert_int_equal(ui_key_parse("F0"), UI_KEY_NONE);
	assert_int_equal(ui_key_parse("Entr"), UI_KEY_NONE);
	assert_int_equal(ui_key_parse("C-m"), UI_KEY_NONE);
	assert_int_equal(ui_key_parse(""), UI_KEY_NONE);
}

static void
sizes_are_columns_by_rows(void **state)
{
	int rows = 0, cols = 0;

	(void)state;
	assert_true(ui_parse_size("120x36", &rows, &cols));
	assert_int_equal(rows, 36);
	assert_int_equal(cols, 120);
	assert_false(ui_parse_size("120", &rows, &cols));
	assert_false(ui_parse_size("120x36x", &rows, &cols));
	assert_false(ui_parse_size("3x2", &rows, &cols));
	assert_int_equal(rows, 36);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_key_stands_twice_in_a_context),
		cmocka_unit_test(every_command_is_complete_and_reachable),
		cmocka_unit_test(names_of_commands_are_unique),
		cmocka_unit_test(contexts_lead_to_the_base),
		cmocka_unit_test(what_takes_something_away_asks_first),
		cmocka_unit_test(a_key_means_what_the_nearest_context_says),
		cmocka_unit_test(help_and_palette_are_everywhere),
		cmocka_unit_test(a_command_is_found_by_pinyin_and_initials),
		cmocka_unit_test(the_dump_names_every_key),
		cmocka_unit_test(every_bound_key_has_a_name_that_leads_back),
		cmocka_unit_test(names_of_keys_that_scripts_use),
		cmocka_unit_test(sizes_are_columns_by_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
