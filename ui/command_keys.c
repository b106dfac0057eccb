/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Which key does what: one table, and the key bar and hints made from it. Not what a command is called (command.c).
 * Invariant: no key stands twice in one context; the first key of a command is the one that is shown.
 */
#include "command.h"

#include <stdio.h>

#include "i18n.h"
#include "key.h"
#include "ui.h"
#include "util.h"

static const struct ui_binding bindings[] = {
	{ UI_DO_HELP, UI_KEY_F(12) },
	{ UI_DO_PALETTE, UI_KEY_F(1) },
	{ UI_DO_QUIT, UI_KEY_CTRL('q') },
	{ UI_DO_LOCK, UI_KEY_CTRL('l') },
	{ UI_DO_DEVICES, UI_KEY_F(8) },
	{ UI_DO_HANDS, UI_KEY_F(9) },
	{ UI_DO_SYNC, UI_KEY_CTRL('t') },
	{ UI_DO_TYPE_SCAN, UI_KEY_CTRL('y') },
	{ UI_DO_PARK, UI_KEY_F(7) },
	{ UI_DO_SHIFT, UI_KEY_F(10) },
	{ UI_DO_SIGN_IN, UI_KEY_ENTER },
	{ UI_DO_TOKEN, UI_KEY_F(2) },
	{ UI_DO_LEAVE, UI_KEY_ESC },
	{ UI_DO_UNLOCK, UI_KEY_ENTER },
	{ UI_DO_UNLOCK_TOKEN, UI_KEY_F(2) },
	{ UI_DO_OPEN, UI_KEY_ENTER },
	{ UI_DO_WALK_IN, UI_KEY_F(2) },
	{ UI_DO_FIND_ITEM, UI_KEY_F(3) },
	{ UI_DO_FIND_CASE, UI_KEY_F(4) },
	{ UI_DO_TICKET, UI_KEY_F(5) },
	{ UI_DO_MISS, UI_KEY_F(6) },
	{ UI_DO_CARRY, 'C' },
	{ UI_DO_CLOCK, 'K' },
	{ UI_DO_TO_GUIDE, UI_KEY_CTRL('g') },
	{ UI_DO_ASK, UI_KEY_ENTER },
	{ UI_DO_ASK_CLEAR, UI_KEY_ESC },
	{ UI_DO_ASK_ON, UI_KEY_TAB },
	{ UI_DO_ASKER, UI_KEY_F(2) },
	{ UI_DO_ASK_TICKET, UI_KEY_F(5) },
	{ UI_DO_ASK_END, UI_KEY_F(10) },
	{ UI_DO_TO_WINDOW, UI_KEY_CTRL('g') },
	{ UI_DO_CONSULT_NEXT, UI_KEY_ENTER },
	{ UI_DO_CONSULT_BACK, UI_KEY_ESC },
	{ UI_DO_CONSULT_WHO, UI_KEY_F(2) },
	{ UI_DO_CONSULT_ADD, UI_KEY_F(3) },
	{ UI_DO_CONSULT_READ, UI_KEY_F(4) },
	{ UI_DO_CONSULT_TICKET, UI_KEY_F(5) },
	{ UI_DO_CONSULT_PAPER, UI_KEY_F(6) },
	{ UI_DO_CONSULT_END, UI_KEY_F(10) },
	{ UI_DO_CONSULT_DROP, UI_KEY_DELETE },
	{ UI_DO_CONSULT_CLEAR, UI_KEY_BACKSPACE },
	{ UI_DO_TAKE, UI_KEY_ENTER },
	{ UI_DO_PICK, UI_KEY_TAB },
	{ UI_DO_GUIDE, UI_KEY_F(2) },
	{ UI_DO_FIND_BACK, UI_KEY_ESC },
	{ UI_DO_NEXT, UI_KEY_ENTER },
	{ UI_DO_BACK, UI_KEY_ESC },
	{ UI_DO_CARD, UI_KEY_F(2) },
	{ UI_DO_ADD_ITEM, UI_KEY_F(3) },
	{ UI_DO_MISSING, UI_KEY_F(4) },
	{ UI_DO_ADD_PERSON, UI_KEY_F(5) },
	{ UI_DO_ITEM_GUIDE, UI_KEY_F(6) },
	{ UI_DO_FINISH, UI_KEY_F(10) },
	{ UI_DO_STAGE_1, UI_KEY_ALT('1') },
	{ UI_DO_STAGE_2, UI_KEY_ALT('2') },
	{ UI_DO_STAGE_3, UI_KEY_ALT('3') },
	{ UI_DO_STAGE_4, UI_KEY_ALT('4') },
	{ UI_DO_STAGE_5, UI_KEY_ALT('5') },
	{ UI_DO_STAGE_6, UI_KEY_ALT('6') },
	{ UI_DO_STAGE_7, UI_KEY_ALT('7') },
	{ UI_DO_STAGE_8, UI_KEY_ALT('8') },
	{ UI_DO_TYPED, 'T' },
	{ UI_DO_BIND, 'B' },
	{ UI_DO_REMOVE_PERSON, UI_KEY_DELETE },
	{ UI_DO_REVEAL, UI_KEY_CTRL('r') },
	{ UI_DO_PHOTO, 'P' },
	{ UI_DO_DROP_CASE, UI_KEY_DELETE },
	{ UI_DO_CLEAR_ANSWER, UI_KEY_BACKSPACE },
	{ UI_DO_SEEN, ' ' },
	{ UI_DO_CAPTURED, 'C' },
	{ UI_DO_ATTACH, 'A' },
	{ UI_DO_SHARED, 'S' },
	{ UI_DO_ASK_ALL, 'R' },
	{ UI_DO_ELICENSE, 'E' },
	{ UI_DO_DEFER, 'D' },
	{ UI_DO_PROMISED, 'P' },
	{ UI_DO_LACKING, 'M' },
	{ UI_DO_WRONG, 'W' },
	{ UI_DO_UNSEEN, 'U' },
	{ UI_DO_NEXT_FIELD, UI_KEY_ENTER },
	{ UI_DO_CLEAR_FIELD, UI_KEY_CTRL('u') },
	{ UI_DO_REVEAL_FIELD, UI_KEY_CTRL('r') },
	{ UI_DO_OPTIONS, UI_KEY_CTRL('o') },
	{ UI_DO_PROPOSED, UI_KEY_ENTER },
	{ UI_DO_EXIT_1, '1' },
	{ UI_DO_EXIT_2, '2' },
	{ UI_DO_EXIT_3, '3' },
	{ UI_DO_EXIT_4, '4' },
	{ UI_DO_EXIT_5, '5' },
	{ UI_DO_EXIT_6, '6' },
	{ UI_DO_EXIT_7, '7' },
	{ UI_DO_EXIT_8, '8' },
	{ UI_DO_EXIT_9, '9' },
	{ UI_DO_STEPS, 'S' },
	{ UI_DO_TAKE_UP, 'U' },
	{ UI_DO_CONFIRM_AGE, 'K' },
	{ UI_DO_PAY_QR, '1' },
	{ UI_DO_PAY_POS, '2' },
	{ UI_DO_PAY_CASH, '3' },
	{ UI_DO_WAIVE, 'W' },
	{ UI_DO_DELIVERY, 'Y' },
	{ UI_DO_SAVE_PAPER, UI_KEY_ENTER },
	{ UI_DO_PRINT_ALL, 'P' },
	{ UI_DO_PRINT_ONE, 'R' },
	{ UI_DO_UNPRINT, 'X' },
	{ UI_DO_READ_PAPER, 'V' },
	{ UI_DO_SIGN_PAPER, 'G' },
	{ UI_DO_SIGN_ON_PAD, 'S' },
	{ UI_DO_RATE, UI_KEY_ENTER },
	{ UI_DO_RATE_AGAIN, 'A' },
	{ UI_DO_STORY, UI_KEY_ENTER },
	{ UI_DO_CONTINUE, UI_KEY_F(2) },
	{ UI_DO_REQUEST, UI_KEY_F(5) },
	{ UI_DO_STATE_FILTER, UI_KEY_F(6) },
	{ UI_DO_CASES_BACK, UI_KEY_ESC },
	{ UI_DO_CAPTURE_NEXT, UI_KEY_ENTER },
	{ UI_DO_CAPTURE_BACK, UI_KEY_ESC },
	{ UI_DO_SHOOT, ' ' },
	{ UI_DO_TURN, 'R' },
	{ UI_DO_DROP_PAGE, UI_KEY_DELETE },
	{ UI_DO_REUSE, 'Y' },
	{ UI_DO_CAPTURE_SEEN, 'S' },
	{ UI_DO_CAPTURE_LATER, 'D' },
	{ UI_DO_FINGER_OTHER, 'O' },
	{ UI_DO_FINGER_EXCEPT, 'X' },
	{ UI_DO_SIGNING_ACCEPT, UI_KEY_ENTER },
	{ UI_DO_SIGNING_AGAIN, ' ' },
	{ UI_DO_SIGNING_OTHER, UI_KEY_TAB },
	{ UI_DO_SIGNING_READ, 'V' },
	{ UI_DO_SIGNING_BY_HAND, 'G' },
	{ UI_DO_SIGNING_BACK, UI_KEY_ESC },
	{ UI_DO_READ_BACK, UI_KEY_ESC },
	{ UI_DO_TEST, UI_KEY_ENTER },
	{ UI_DO_USE_PRINTER, 'P' },
	{ UI_DO_TEACH, UI_KEY_F(3) },
	{ UI_DO_DEVICES_BACK, UI_KEY_ESC },
	{ UI_DO_TRY_NOW, UI_KEY_ENTER },
	{ UI_DO_SYNC_BACK, UI_KEY_ESC },
	{ UI_DO_OPEN_SHIFT, 'O' },
	{ UI_DO_CLOSE_SHIFT, UI_KEY_F(10) },
	{ UI_DO_SHIFT_BACK, UI_KEY_ESC },
	{ UI_DO_ACT, UI_KEY_ENTER },
	{ UI_DO_HANDS_BACK, UI_KEY_ESC },
	{ UI_DO_OK, UI_KEY_ENTER },
	{ UI_DO_CANCEL, UI_KEY_ESC },
	{ UI_DO_RUN, UI_KEY_ENTER },
	{ UI_DO_PALETTE_BACK, UI_KEY_ESC },
	{ UI_DO_HELP_BACK, UI_KEY_ESC },
};

const struct ui_binding *
ui_command_bindings(int *ret_n)
{
	*ret_n = UI_LEN(bindings);
	return bindings;
}

enum ui_command
ui_command_lookup(enum ui_context context, int32_t key)
{
	if (key >= 'a' && key <= 'z')
		key -= 'a' - 'A';
	for (;;) {
		for (int i = 0; i < UI_LEN(bindings); i++)
			if (bindings[i].key == key && ui_command_info(bindings[i].command)->context == context)
				return bindings[i].command;
		if (ui_command_parent(context) == context)
			return UI_DO_NONE;
		context = ui_command_parent(context);
	}
}

int32_t
ui_command_key(enum ui_command command)
{
	for (int i = 0; i < UI_LEN(bindings); i++)
		if (bindings[i].command == command)
			return bindings[i].key;
	return UI_KEY_NONE;
}

char *
ui_command_hint(enum ui_command command, char *buf, size_t size)
{
	char key[24];

	return ui_util_format(buf, size, "%s %s", ui_key_name(ui_command_key(command), key, sizeof key),
		_(ui_command_info(command)->label));
}

/* Enter and Esc first, F-keys in order, help last; letters and Alt+digits are shown by the screens. */
static int
bar_rank(int32_t key)
{
	if (key == UI_KEY_ENTER)
		return 1;
	if (key == UI_KEY_ESC)
		return 2;
	if (key == UI_KEY_TAB)
		return 3;
	if (key > UI_KEY_F0 && key <= UI_KEY_F(12))
		return key == UI_KEY_F(1) ? 30 : 10 + key - UI_KEY_F0;
	return 0;
}

int
ui_command_bar(enum ui_context context, enum ui_command *ret, int max)
{
	int n = 0;

	for (int rank = 1; rank <= 30; rank++)
		for (int i = 0; i < UI_LEN(bindings) && n < max; i++)
			if (bar_rank(bindings[i].key) == rank &&
				ui_command_lookup(context, bindings[i].key) == bindings[i].command)
				ret[n++] = bindings[i].command;
	return n;
}

void
ui_commands_dump(FILE *out)
{
	char key[24];

	for (enum ui_context context = 0; context < UI_N_CONTEXTS; context++) {
		bool any = false;

		for (int i = 0; i < UI_LEN(bindings); i++) {
			const struct ui_command_info *info = ui_command_info(bindings[i].command);

			if (info->context != context)
				continue;
			if (!any)
				fprintf(out, "## %s\n\n", _(ui_command_context_label(context)));
			any = true;
			fprintf(out, "*%s* _%s_\n\t%s: %s\n\n", ui_key_name(bindings[i].key, key, sizeof key),
				info->name, _(info->label), _(info->help));
		}
	}
}
