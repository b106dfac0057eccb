/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Commands and keys: two const tables from which the key bar, the help, the palette and the manual section come.
 * Not what a command does (the screens). Invariant: no key stands twice in one context.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a command is offered. Each context has a parent that it falls back to. */
enum ui_context {
	UI_IN_BASE,   /* every screen */
	UI_IN_ALWAYS, /* every screen of a signed-in officer */
	UI_IN_GLOBAL, /* the same, but not over a dialog */
	UI_IN_SIGNIN, UI_IN_LOCK, UI_IN_HOME, UI_IN_GUIDE, UI_IN_CONSULT, UI_IN_FIND, UI_IN_VISIT, UI_IN_IDENTITY, UI_IN_ITEMS, UI_IN_MATERIALS, UI_IN_FORM,
	UI_IN_DECIDE, UI_IN_FEE, UI_IN_PAPERS, UI_IN_RATE, UI_IN_CASES, UI_IN_CAPTURE, UI_IN_SIGNING, UI_IN_READER, UI_IN_DEVICES, UI_IN_SYNC, UI_IN_SHIFT,
	UI_IN_HANDS, UI_IN_PALETTE, UI_IN_HELP, UI_IN_DIALOG,
	UI_N_CONTEXTS,
};

enum ui_command {
	UI_DO_NONE,
	UI_DO_HELP, UI_DO_PALETTE, UI_DO_QUIT,
	UI_DO_LOCK, UI_DO_DEVICES, UI_DO_HANDS, UI_DO_SYNC, UI_DO_TYPE_SCAN,
	UI_DO_PARK, UI_DO_SHIFT,
	UI_DO_SIGN_IN, UI_DO_TOKEN, UI_DO_LEAVE, UI_DO_UNLOCK, UI_DO_UNLOCK_TOKEN,
	UI_DO_OPEN, UI_DO_WALK_IN, UI_DO_FIND_ITEM, UI_DO_FIND_CASE, UI_DO_TICKET, UI_DO_MISS, UI_DO_CARRY, UI_DO_CLOCK,
	UI_DO_TO_GUIDE,
	UI_DO_ASK, UI_DO_ASK_CLEAR, UI_DO_ASK_ON, UI_DO_ASKER, UI_DO_ASK_TICKET, UI_DO_ASK_END, UI_DO_TO_WINDOW,
	UI_DO_CONSULT_NEXT, UI_DO_CONSULT_BACK, UI_DO_CONSULT_WHO, UI_DO_CONSULT_ADD, UI_DO_CONSULT_READ, UI_DO_CONSULT_TICKET,
	UI_DO_CONSULT_PAPER, UI_DO_CONSULT_END, UI_DO_CONSULT_DROP, UI_DO_CONSULT_CLEAR,
	UI_DO_TAKE, UI_DO_PICK, UI_DO_GUIDE, UI_DO_FIND_BACK,
	UI_DO_NEXT, UI_DO_BACK, UI_DO_CARD, UI_DO_ADD_ITEM, UI_DO_MISSING, UI_DO_ADD_PERSON, UI_DO_ITEM_GUIDE, UI_DO_FINISH,
	UI_DO_STAGE_1, UI_DO_STAGE_2, UI_DO_STAGE_3, UI_DO_STAGE_4, UI_DO_STAGE_5, UI_DO_STAGE_6, UI_DO_STAGE_7, UI_DO_STAGE_8,
	UI_DO_TYPED, UI_DO_BIND, UI_DO_REMOVE_PERSON, UI_DO_REVEAL, UI_DO_PHOTO,
	UI_DO_DROP_CASE, UI_DO_CLEAR_ANSWER,
	UI_DO_SEEN, UI_DO_CAPTURED, UI_DO_ATTACH, UI_DO_SHARED, UI_DO_ASK_ALL, UI_DO_ELICENSE, UI_DO_DEFER, UI_DO_PROMISED, UI_DO_LACKING, UI_DO_WRONG, UI_DO_UNSEEN,
	UI_DO_NEXT_FIELD, UI_DO_CLEAR_FIELD, UI_DO_REVEAL_FIELD, UI_DO_OPTIONS,
	UI_DO_PROPOSED, UI_DO_EXIT_1, UI_DO_EXIT_2, UI_DO_EXIT_3, UI_DO_EXIT_4, UI_DO_EXIT_5, UI_DO_EXIT_6, UI_DO_EXIT_7, UI_DO_EXIT_8, UI_DO_EXIT_9,
	UI_DO_STEPS, UI_DO_TAKE_UP, UI_DO_CONFIRM_AGE,
	UI_DO_PAY_QR, UI_DO_PAY_POS, UI_DO_PAY_CASH, UI_DO_WAIVE, UI_DO_DELIVERY,
	UI_DO_SAVE_PAPER, UI_DO_PRINT_ALL, UI_DO_PRINT_ONE, UI_DO_READ_PAPER, UI_DO_SIGN_PAPER, UI_DO_SIGN_ON_PAD, UI_DO_UNPRINT,
	UI_DO_RATE, UI_DO_RATE_AGAIN,
	UI_DO_STORY, UI_DO_CONTINUE, UI_DO_REQUEST, UI_DO_STATE_FILTER, UI_DO_CASES_BACK,
	UI_DO_CAPTURE_NEXT, UI_DO_CAPTURE_BACK, UI_DO_SHOOT, UI_DO_TURN, UI_DO_DROP_PAGE, UI_DO_REUSE, UI_DO_CAPTURE_SEEN, UI_DO_CAPTURE_LATER,
	UI_DO_FINGER_OTHER, UI_DO_FINGER_EXCEPT,
	UI_DO_SIGNING_ACCEPT, UI_DO_SIGNING_AGAIN, UI_DO_SIGNING_OTHER, UI_DO_SIGNING_READ, UI_DO_SIGNING_BY_HAND, UI_DO_SIGNING_BACK,
	UI_DO_READ_BACK,
	UI_DO_TEST, UI_DO_USE_PRINTER, UI_DO_TEACH, UI_DO_DEVICES_BACK,
	UI_DO_TRY_NOW, UI_DO_SYNC_BACK,
	UI_DO_OPEN_SHIFT, UI_DO_CLOSE_SHIFT, UI_DO_SHIFT_BACK,
	UI_DO_ACT, UI_DO_HANDS_BACK,
	UI_DO_OK, UI_DO_CANCEL, UI_DO_RUN, UI_DO_PALETTE_BACK, UI_DO_HELP_BACK,
	UI_N_COMMANDS,
};

struct ui_command_info {
	const char *name;    /* stable, ASCII: "walk-in" */
	const char *label;   /* msgid: a word or two for the bar and the palette */
	const char *help;    /* msgid: one sentence */
	const char *pinyin;  /* of the Chinese label, one syllable a word, for the palette */
	enum ui_context context;
	bool destructive;    /* asked about before it is done */
};
struct ui_binding {
	enum ui_command command;
	int32_t key;
};

const struct ui_command_info *ui_command_info(enum ui_command command);
const struct ui_binding *ui_command_bindings(int *ret_n);
/* Of the context itself, its parent for the rest; UI_DO_NONE when the key means nothing there. Letters in both cases. */
enum ui_command ui_command_lookup(enum ui_context context, int32_t key);
/* The parent; the context itself for UI_IN_BASE. */
enum ui_context ui_command_parent(enum ui_context context);
const char *ui_command_context_label(enum ui_context context); /* msgid */
bool ui_command_is_offered(enum ui_context context, enum ui_command command);
/* The first key of a command; UI_KEY_NONE when it has none. */
int32_t ui_command_key(enum ui_command command);
/* "F2 Card", for hints inside screens; translated. */
char *ui_command_hint(enum ui_command command, char *buf, size_t size);
/* Does the command answer to what was typed: its words, its name, pinyin or initials? Smaller is better, -1 no. */
int ui_command_match(enum ui_command command, const char *text);
/* What the bar of a context shows, in order; returns the count. */
int ui_command_bar(enum ui_context context, enum ui_command *ret, int max);
