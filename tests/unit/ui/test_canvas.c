/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Drawing in cells, and the widgets on it: nothing splits a character, nothing leaves its area.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "canvas.h"
#include "screen.h"
#include "util.h"
#include "w_fields.h"
#include "w_list.h"
#include "w_text.h"

static void
assert_row(const struct ui_canvas *c, int row, const char *want)
{
	char *text = ui_canvas_row(c, row);

	assert_string_equal(text, want);
	free(text);
}

static void
wide_characters_take_two_cells(void **state)
{
	struct ui_canvas *c = ui_canvas_new(2, 10);
	struct ui_area a = ui_canvas_area(c);

	(void)state;
	assert_int_equal(ui_canvas_text(&a, 0, 0, UI_NORMAL, "王a"), 3);
	assert_int_equal(c->cells[0].width, 2);
	assert_int_equal(c->cells[1].ch, 0);
	assert_int_equal(c->cells[2].ch, 'a');
	ui_canvas_free(c);
}

static void
half_a_character_is_never_left(void **state)
{
	struct ui_canvas *c = ui_canvas_new(1, 6);
	struct ui_area a = ui_canvas_area(c);

	(void)state;
	ui_canvas_text(&a, 0, 0, UI_NORMAL, "王敏红");
	ui_canvas_text(&a, 0, 1, UI_NORMAL, "x");
	assert_row(c, 0, " x敏红");
	ui_canvas_text(&a, 0, 3, UI_NORMAL, "李");
	assert_row(c, 0, " x 李");
	ui_canvas_free(c);
}

static void
text_is_cut_at_the_edge_and_never_splits(void **state)
{
	struct ui_canvas *c = ui_canvas_new(1, 5);
	struct ui_area a = ui_canvas_area(c), sub = ui_canvas_sub(&a, 0, 1, 1, 3);

	(void)state;
	ui_canvas_text(&sub, 0, 0, UI_NORMAL, "王敏红");
	assert_row(c, 0, " 王");
	ui_canvas_cell(&sub, 0, 0, 3, UI_NORMAL, "abcdef");
	assert_row(c, 0, " ab…");
	ui_canvas_text(&sub, 1, 0, UI_NORMAL, "outside");
	ui_canvas_text(&sub, -1, 0, UI_NORMAL, "outside");
	assert_row(c, 0, " ab…");
	ui_canvas_free(c);
}

static void
ambiguous_symbols_have_an_ascii_form(void **state)
{
	struct ui_canvas *c = ui_canvas_new(1, 20);
	struct ui_area a = ui_canvas_area(c);

	(void)state;
	c->ascii = true;
	ui_canvas_text(&a, 0, 0, UI_NORMAL, "●○▸✓×…→·王");
	assert_row(c, 0, "*o>+x~>.王");
	ui_canvas_free(c);
}

static void
an_ideograph_nobody_knows_is_two_cells(void **state)
{
	struct ui_canvas *c = ui_canvas_new(1, 8);
	struct ui_area a = ui_canvas_area(c);

	(void)state;
	/* U+33479: CJK extension J, younger than this C library. */
	assert_int_equal(ui_canvas_text(&a, 0, 0, UI_NORMAL, "\xF0\xB3\x91\xB9x"), 3);
	assert_int_equal(c->cells[0].width, 2);
	assert_int_equal(c->cells[2].ch, 'x');
	ui_canvas_free(c);
}

static void
broken_text_is_drawn_as_something(void **state)
{
	struct ui_canvas *c = ui_canvas_new(1, 8);
	struct ui_area a = ui_canvas_area(c);

	(void)state;
	ui_canvas_text(&a, 0, 0, UI_NORMAL, "a\xFF" "b\033[2Jc\xE7\x8E");
	char *row = ui_canvas_row(c, 0);

	assert_null(strchr(row, 033));
	assert_int_equal(row[0], 'a');
	free(row);
	ui_canvas_free(c);
}

static void
wrapping_ends_with_an_ellipsis_when_cut(void **state)
{
	struct ui_canvas *c = ui_canvas_new(3, 8);
	struct ui_area a = ui_canvas_area(c);

	(void)state;
	assert_int_equal(ui_canvas_wrap(&a, 0, 0, 8, 2, UI_NORMAL, "一二三四五六七八九十"), 2);
	assert_row(c, 0, "一二三四");
	assert_row(c, 1, "五六七…");
	ui_canvas_free(c);
}

static int
type(struct w_text *w, const char *text)
{
	int bits = UI_DIRTY;

	for (; *text; text++) {
		struct ui_key key = { .code = (unsigned char)*text };

		bits = w_text_key(w, &key, NULL);
	}
	return bits;
}

static void
press(struct w_text *w, int32_t code)
{
	struct ui_key key = { .code = code };

	w_text_key(w, &key, NULL);
}

static void
a_field_edits_by_characters(void **state)
{
	struct w_text w = { 0 };

	(void)state;
	press(&w, 0x738B);
	press(&w, 0x654F);
	press(&w, UI_KEY_LEFT);
	type(&w, "x");
	assert_string_equal(w.text, "王x敏");
	press(&w, UI_KEY_BACKSPACE);
	press(&w, UI_KEY_BACKSPACE);
	assert_string_equal(w.text, "敏");
	press(&w, UI_KEY_DELETE);
	assert_string_equal(w.text, "");
	press(&w, UI_KEY_DELETE);
	press(&w, UI_KEY_BACKSPACE);
	assert_string_equal(w.text, "");
}

static void
a_field_keeps_its_maximum_in_characters(void **state)
{
	struct w_text w = { .max = 2 };

	(void)state;
	press(&w, 0x738B);
	press(&w, 0x654F);
	press(&w, 'x');
	assert_string_equal(w.text, "王敏");
}

static void
typing_over_a_fresh_value_replaces_it(void **state)
{
	struct w_text w = { 0 };

	(void)state;
	w_text_set(&w, "old");
	w.fresh = true;
	type(&w, "n");
	assert_string_equal(w.text, "n");
	w_text_set(&w, "old");
	w.fresh = true;
	press(&w, UI_KEY_END);
	type(&w, "n");
	assert_string_equal(w.text, "oldn");
}

static void
pasted_line_ends_are_blanks_and_no_commands(void **state)
{
	struct w_text w = { 0 };
	struct ui_key enter = { UI_KEY_ENTER, true }, esc = { UI_KEY_ESC, true };

	(void)state;
	type(&w, "a");
	assert_int_equal(w_text_key(&w, &enter, NULL), UI_DIRTY);
	assert_int_equal(w_text_key(&w, &esc, NULL), UI_DIRTY);
	type(&w, "b");
	assert_string_equal(w.text, "a b");
}

static void
a_field_keeps_its_caret_in_sight(void **state)
{
	struct ui_canvas *c = ui_canvas_new(1, 20);
	struct ui_area a = ui_canvas_area(c);
	struct w_text w = { 0 };

	(void)state;
	w_text_set(&w, "一二三四五六七八九十");
	w_text_draw(&w, &a, 0, 2, 8, true);
	assert_true(c->has_caret);
	assert_int_equal(c->caret_row, 0);
	assert_true(c->caret_col >= 2 && c->caret_col < 10);
	assert_row(c, 0, "  八九十");
	ui_canvas_free(c);
}

static void
a_secret_field_shows_stars_only(void **state)
{
	struct ui_canvas *c = ui_canvas_new(1, 20);
	struct ui_area a = ui_canvas_area(c);
	struct w_text w = { .secret = true };

	(void)state;
	type(&w, "hidden");
	w_text_draw(&w, &a, 0, 0, 12, true);
	assert_row(c, 0, "******");
	w_text_wipe(&w);
	for (size_t i = 0; i < sizeof w.text; i++)
		assert_int_equal(w.text[i], 0);
	ui_canvas_free(c);
}

static void
lists_keep_the_bar_inside_and_in_sight(void **state)
{
	struct w_list w = { 0 };
	struct ui_key down = { .code = UI_KEY_DOWN }, page = { .code = UI_KEY_PGDN }, end = { .code = UI_KEY_END };

	(void)state;
	w_list_set(&w, 25);
	w_list_key(&w, &down, 10);
	assert_int_equal(w.sel, 1);
	w_list_key(&w, &page, 10);
	assert_int_equal(w.sel, 11);
	w_list_key(&w, &end, 10);
	assert_int_equal(w.sel, 24);
	assert_int_equal(w_list_top(&w, 10), 15);
	w_list_key(&w, &page, 10);
	assert_int_equal(w.sel, 24);
	w_list_set(&w, 3);
	assert_int_equal(w.sel, 2);
	assert_int_equal(w_list_top(&w, 10), 0);
	w_list_set(&w, 0);
	assert_int_equal(w.sel, 0);
	w_list_key(&w, &down, 10);
	assert_int_equal(w.sel, 0);
}

static void
copies_never_end_in_half_a_character(void **state)
{
	char buf[6];

	(void)state;
	assert_string_equal(ui_util_copy(buf, sizeof buf, "王敏"), "王");
	assert_string_equal(ui_util_copy(buf, sizeof buf, "abcdef"), "abcde");
	assert_string_equal(ui_util_format(buf, sizeof buf, "%s", "ab王敏"), "ab王");
	assert_string_equal(ui_util_add(buf, sizeof buf, "%s", "敏"), "ab王");
	assert_string_equal(ui_util_yuan(buf, sizeof buf, 12000), "120");
	assert_string_equal(ui_util_yuan(buf, sizeof buf, 250), "2.50");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wide_characters_take_two_cells),
		cmocka_unit_test(half_a_character_is_never_left),
		cmocka_unit_test(text_is_cut_at_the_edge_and_never_splits),
		cmocka_unit_test(ambiguous_symbols_have_an_ascii_form),
		cmocka_unit_test(an_ideograph_nobody_knows_is_two_cells),
		cmocka_unit_test(broken_text_is_drawn_as_something),
		cmocka_unit_test(wrapping_ends_with_an_ellipsis_when_cut),
		cmocka_unit_test(a_field_edits_by_characters),
		cmocka_unit_test(a_field_keeps_its_maximum_in_characters),
		cmocka_unit_test(typing_over_a_fresh_value_replaces_it),
		cmocka_unit_test(pasted_line_ends_are_blanks_and_no_commands),
		cmocka_unit_test(a_field_keeps_its_caret_in_sight),
		cmocka_unit_test(a_secret_field_shows_stars_only),
		cmocka_unit_test(lists_keep_the_bar_inside_and_in_sight),
		cmocka_unit_test(copies_never_end_in_half_a_character),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
