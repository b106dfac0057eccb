/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The commands and the contexts they stand in, each documented where it is declared. Not the keys (command_keys.c).
 * Invariant: the order of rows is the order people read in the help.
 */
#include "command.h"

#include <ctype.h>
#include <string.h>

#include "i18n.h"

static const struct ui_command_info commands[UI_N_COMMANDS] = {
	[UI_DO_HELP] = { "help", N_("Help"), N_("What can be done here, with every key"),
		"bang zhu", UI_IN_BASE, false },
	[UI_DO_PALETTE] = { "commands", N_("Commands"), N_("Find a command by a word, its pinyin or its initials"),
		"ming ling", UI_IN_BASE, false },
	[UI_DO_QUIT] = { "quit", N_("Leave the program"), N_("Leave the program; drafts are kept"),
		"tui chu", UI_IN_BASE, true },
	[UI_DO_LOCK] = { "lock", N_("Lock"), N_("Lock the screen until the password is typed"),
		"suo ping", UI_IN_ALWAYS, false },
	[UI_DO_DEVICES] = { "devices", N_("Devices"), N_("State of every device at the counter, and a test of each"),
		"she bei", UI_IN_ALWAYS, false },
	[UI_DO_HANDS] = { "hands", N_("Citizen's hands"), N_("Practice: lay a card, hand over a document, give a rating, unplug a device"),
		"qun zhong de shou", UI_IN_ALWAYS, false },
	[UI_DO_SYNC] = { "sync", N_("Sync"), N_("What waits to be sent, when it was last sent, and why not"),
		"tong bu", UI_IN_ALWAYS, false },
	[UI_DO_TYPE_SCAN] = { "type-scan", N_("Type the code"), N_("Type the text of the code that was scanned last into the field"),
		"shu ru sao ma", UI_IN_ALWAYS, false },
	[UI_DO_PARK] = { "park", N_("Park"), N_("Set the visit aside; it resumes at the same character"),
		"gua qi", UI_IN_GLOBAL, false },
	[UI_DO_SHIFT] = { "shift", N_("Shift report"), N_("The numbers and papers of the shift; open or close it"),
		"shou ban", UI_IN_GLOBAL, false },
	[UI_DO_SIGN_IN] = { "sign-in", N_("Sign in"), N_("Sign in with account and password"),
		"deng lu", UI_IN_SIGNIN, false },
	[UI_DO_TOKEN] = { "token", N_("Token"), N_("Sign in with the PIN of a card or USB key, or with the password again"),
		"ling pai", UI_IN_SIGNIN, false },
	[UI_DO_LEAVE] = { "leave", N_("Leave"), N_("Leave the program"),
		"tui chu", UI_IN_SIGNIN, false },
	[UI_DO_UNLOCK] = { "unlock", N_("Unlock"), N_("Unlock with the password of who locked"),
		"jie suo", UI_IN_LOCK, false },
	[UI_DO_UNLOCK_TOKEN] = { "unlock-token", N_("Token"), N_("Unlock with the PIN of a card or USB key, or with the password again"),
		"ling pai", UI_IN_LOCK, false },
	[UI_DO_OPEN] = { "open", N_("Call"), N_("Call the chosen ticket, resume the chosen visit, open the chosen alert"),
		"jiao hao", UI_IN_HOME, false },
	[UI_DO_WALK_IN] = { "walk-in", N_("Without ticket"), N_("Serve the person at the window without a ticket"),
		"zhi jie shou li", UI_IN_HOME, false },
	[UI_DO_FIND_ITEM] = { "find-item", N_("Find item"), N_("Look up an item: conditions, materials, limits, fees"),
		"cha shi xiang", UI_IN_HOME, false },
	[UI_DO_FIND_CASE] = { "find-case", N_("Find case"), N_("The cases of this desk, newest first"),
		"zhao ban jian", UI_IN_HOME, false },
	[UI_DO_TICKET] = { "ticket", N_("Ticket"), N_("Give a ticket: class, what it is about, appointment"),
		"qu hao", UI_IN_HOME, false },
	[UI_DO_MISS] = { "miss", N_("No show"), N_("The called person did not come: three places back, after three times"),
		"guo hao", UI_IN_HOME, false },
	[UI_DO_CARRY] = { "carry-over", N_("Carry over"), N_("The ticket comes first tomorrow, with the reason"),
		"shun yan", UI_IN_HOME, false },
	[UI_DO_CLOCK] = { "confirm-clock", N_("Confirm the clock"), N_("The date and time are right after all: continue"),
		"que ren shi zhong", UI_IN_HOME, false },
	[UI_DO_TO_GUIDE] = { "to-guide", N_("Guide desk"), N_("To the guide desk, for an account that holds this post too"),
		"zi xun yin dao", UI_IN_HOME, false },
	[UI_DO_ASK] = { "ask", N_("Look"), N_("What the chosen item asks for; it joins the consultation that is open"),
		"kan shi xiang", UI_IN_GUIDE, false },
	[UI_DO_ASK_CLEAR] = { "ask-clear", N_("Clear"), N_("Empty the search; what is usual shows again"),
		"qing kong", UI_IN_GUIDE, false },
	[UI_DO_ASK_ON] = { "ask-on", N_("Consultation"), N_("Back to the consultation that is open"),
		"zheng zai zi xun", UI_IN_GUIDE, false },
	[UI_DO_ASKER] = { "asker", N_("Who asks"), N_("Age, kind and household division of who asks, from the card on the reader or typed; no name, no number"),
		"lai ren", UI_IN_GUIDE, false },
	[UI_DO_ASK_TICKET] = { "ask-ticket", N_("Ticket"), N_("Give a ticket without a consultation"),
		"qu hao", UI_IN_GUIDE, false },
	[UI_DO_ASK_END] = { "ask-end", N_("Next citizen"), N_("The consultation is over, the next citizen; without one: the shift report"),
		"jie shu zi xun", UI_IN_GUIDE, false },
	[UI_DO_TO_WINDOW] = { "to-window", N_("Window"), N_("To the queue of the window, for an account that serves one too"),
		"dao chuang kou", UI_IN_GUIDE, false },
	[UI_DO_CONSULT_NEXT] = { "consult-next", N_("Next"), N_("The next question that is open; then the one-time notice"),
		"xia yi bu", UI_IN_CONSULT, false },
	[UI_DO_CONSULT_BACK] = { "consult-back", N_("Back"), N_("Back to the search; the consultation stays open"),
		"fan hui", UI_IN_CONSULT, false },
	[UI_DO_CONSULT_WHO] = { "consult-who", N_("Who asks"), N_("Age, kind and household division of who asks, from the card on the reader or typed; no name, no number"),
		"lai ren", UI_IN_CONSULT, false },
	[UI_DO_CONSULT_ADD] = { "consult-add", N_("Add item"), N_("Search for another item of the same consultation"),
		"jia shi xiang", UI_IN_CONSULT, false },
	[UI_DO_CONSULT_READ] = { "consult-read", N_("Read"), N_("The paper as text, with law and sources where it is only read"),
		"yue du", UI_IN_CONSULT, false },
	[UI_DO_CONSULT_TICKET] = { "consult-ticket", N_("Ticket"), N_("A ticket that carries items and answers to the window"),
		"qu hao", UI_IN_CONSULT, false },
	[UI_DO_CONSULT_PAPER] = { "consult-paper", N_("Notice"), N_("Make the one-time notice as a PDF file, with its QR code"),
		"gao zhi dan", UI_IN_CONSULT, false },
	[UI_DO_CONSULT_END] = { "consult-end", N_("Next citizen"), N_("The consultation is over: it is logged, and the next citizen comes"),
		"jie shu zi xun", UI_IN_CONSULT, false },
	[UI_DO_CONSULT_DROP] = { "consult-drop", N_("Drop"), N_("Take the last item out of the consultation"),
		"qu diao", UI_IN_CONSULT, false },
	[UI_DO_CONSULT_CLEAR] = { "consult-clear", N_("Clear answer"), N_("Take back the answer to the question"),
		"qing chu da an", UI_IN_CONSULT, false },
	[UI_DO_TAKE] = { "take", N_("Take"), N_("Take the picked items, or the one under the bar"),
		"xuan ding", UI_IN_FIND, false },
	[UI_DO_PICK] = { "pick", N_("Pick more"), N_("Pick this one and search for another"),
		"duo xuan", UI_IN_FIND, false },
	[UI_DO_GUIDE] = { "guide", N_("Guide"), N_("Conditions, materials, limits, fees and law of the item"),
		"ban shi zhi nan", UI_IN_FIND, false },
	[UI_DO_FIND_BACK] = { "find-back", N_("Back"), N_("Back without taking anything"),
		"fan hui", UI_IN_FIND, false },
	[UI_DO_NEXT] = { "next", N_("Next"), N_("The likely next step"),
		"xia yi bu", UI_IN_VISIT, false },
	[UI_DO_BACK] = { "back", N_("Step back"), N_("One step back; nothing is lost"),
		"shang yi bu", UI_IN_VISIT, false },
	[UI_DO_CARD] = { "card", N_("Take card"), N_("Take the card on the reader for the chosen person"),
		"shua ka", UI_IN_VISIT, false },
	[UI_DO_ADD_ITEM] = { "add-item", N_("Add item"), N_("Add items or a bundle to this visit"),
		"jia shi xiang", UI_IN_VISIT, false },
	[UI_DO_MISSING] = { "missing", N_("Missing"), N_("What is missing, the limits and the fees"),
		"hai cha", UI_IN_VISIT, false },
	[UI_DO_ADD_PERSON] = { "add-person", N_("Add person"), N_("Another person in a role: agent, guardian, spouse, child"),
		"jia ren", UI_IN_VISIT, false },
	[UI_DO_ITEM_GUIDE] = { "item-guide", N_("Guide"), N_("Conditions, materials, limits, fees and law of the case's item"),
		"ban shi zhi nan", UI_IN_VISIT, false },
	[UI_DO_FINISH] = { "finish", N_("Finish"), N_("Close the visit and go back to the queue"),
		"jie shu", UI_IN_VISIT, false },
	[UI_DO_STAGE_1] = { "stage-identity", N_("Identity"), N_("Go to who is here"),
		"shen fen", UI_IN_VISIT, false },
	[UI_DO_STAGE_2] = { "stage-items", N_("Items"), N_("Go to the items and their questions"),
		"shi xiang", UI_IN_VISIT, false },
	[UI_DO_STAGE_3] = { "stage-materials", N_("Materials"), N_("Go to the one checklist"),
		"cai liao", UI_IN_VISIT, false },
	[UI_DO_STAGE_4] = { "stage-form", N_("Form"), N_("Go to the one form"),
		"biao dan", UI_IN_VISIT, false },
	[UI_DO_STAGE_5] = { "stage-decide", N_("Decision"), N_("Go to the decisions"),
		"jue ding", UI_IN_VISIT, false },
	[UI_DO_STAGE_6] = { "stage-fee", N_("Fee"), N_("Go to fees and delivery"),
		"jiao fei", UI_IN_VISIT, false },
	[UI_DO_STAGE_7] = { "stage-papers", N_("Papers"), N_("Go to the papers"),
		"wen shu", UI_IN_VISIT, false },
	[UI_DO_STAGE_8] = { "stage-rate", N_("Rating"), N_("Go to the rating"),
		"ping jia", UI_IN_VISIT, false },
	[UI_DO_TYPED] = { "typed", N_("Type in"), N_("Type the document of the chosen person"),
		"shou gong lu ru", UI_IN_IDENTITY, false },
	[UI_DO_BIND] = { "bind", N_("Who is it"), N_("Choose who plays the role"),
		"she jue se", UI_IN_IDENTITY, false },
	[UI_DO_REMOVE_PERSON] = { "remove-person", N_("Remove person"), N_("Take the chosen person out of the visit"),
		"yi chu ren yuan", UI_IN_IDENTITY, true },
	[UI_DO_REVEAL] = { "reveal", N_("Show in full"), N_("Show the masked number of the chosen person; it is logged"),
		"xian shi ming wen", UI_IN_IDENTITY, false },
	[UI_DO_PHOTO] = { "photo", N_("Photo"), N_("Look at the photo of the card that was taken last"),
		"zhao pian", UI_IN_IDENTITY, false },
	[UI_DO_DROP_CASE] = { "drop-case", N_("Drop"), N_("Take the chosen item out of the visit"),
		"qu diao", UI_IN_ITEMS, true },
	[UI_DO_CLEAR_ANSWER] = { "clear-answer", N_("Clear answer"), N_("Take back the answer to the question"),
		"qing chu da an", UI_IN_ITEMS, false },
	[UI_DO_SEEN] = { "seen", N_("Seen"), N_("The original was seen"),
		"jian dao yuan jian", UI_IN_MATERIALS, false },
	[UI_DO_CAPTURED] = { "capture", N_("Capture"), N_("Capture it with the camera or the fingerprint reader"),
		"cai ji", UI_IN_MATERIALS, false },
	[UI_DO_ATTACH] = { "attach", N_("Attach file"), N_("Attach a picture or a PDF from this computer"),
		"fu jia wen jian", UI_IN_MATERIALS, false },
	[UI_DO_SHARED] = { "shared", N_("Ask register"), N_("Ask the register instead of the citizen"),
		"gong xiang he yan", UI_IN_MATERIALS, false },
	[UI_DO_ASK_ALL] = { "ask-all", N_("Ask all"), N_("Ask every register that can answer: inquiries, and documents that a register replaces"),
		"quan bu he yan", UI_IN_MATERIALS, false },
	[UI_DO_ELICENSE] = { "elicense", N_("E-certificate"), N_("An electronic certificate was shown and checked"),
		"dian zi zheng zhao", UI_IN_MATERIALS, false },
	[UI_DO_DEFER] = { "defer", N_("Defer"), N_("Promised for later; secondary materials only"),
		"rong que", UI_IN_MATERIALS, false },
	[UI_DO_PROMISED] = { "promised", N_("Promised"), N_("A written promise stands for the document, where the item allows it"),
		"gao zhi cheng nuo", UI_IN_MATERIALS, false },
	[UI_DO_LACKING] = { "lacking", N_("Lacking"), N_("The citizen does not have it here"),
		"que", UI_IN_MATERIALS, false },
	[UI_DO_WRONG] = { "wrong", N_("Wrong"), N_("It is here but not good; say why"),
		"bu he ge", UI_IN_MATERIALS, false },
	[UI_DO_UNSEEN] = { "unseen", N_("Not seen"), N_("Take the mark back"),
		"wei jian", UI_IN_MATERIALS, false },
	[UI_DO_NEXT_FIELD] = { "next-field", N_("Next field"), N_("The next field that needs something; then the next step"),
		"xia yi xiang", UI_IN_FORM, false },
	[UI_DO_CLEAR_FIELD] = { "clear-field", N_("Clear"), N_("Empty the field"),
		"qing kong", UI_IN_FORM, false },
	[UI_DO_REVEAL_FIELD] = { "reveal-field", N_("Show in full"), N_("Show the masked value; it is logged"),
		"xian shi ming wen", UI_IN_FORM, false },
	[UI_DO_OPTIONS] = { "options", N_("Choices"), N_("Choose the value from its code table"),
		"xuan xiang", UI_IN_FORM, false },
	[UI_DO_PROPOSED] = { "proposed", N_("As proposed"), N_("Decide as the engine proposes"),
		"an jian yi", UI_IN_DECIDE, false },
	[UI_DO_EXIT_1] = { "exit-not-required", N_("Not required"), N_("Decide: no permission is required"),
		"bu xu xu ke", UI_IN_DECIDE, false },
	[UI_DO_EXIT_2] = { "exit-not-ours", N_("Not ours"), N_("Decide: another authority decides this"),
		"fei ben ji guan", UI_IN_DECIDE, false },
	[UI_DO_EXIT_3] = { "exit-corrected", N_("Corrected"), N_("Decide: corrected on the spot"),
		"dang chang geng zheng", UI_IN_DECIDE, false },
	[UI_DO_EXIT_4] = { "exit-returned", N_("Returned"), N_("Decide: returned with the one-time notice"),
		"bu zheng", UI_IN_DECIDE, false },
	[UI_DO_EXIT_5] = { "exit-accepted", N_("Accepted"), N_("Decide: accepted"),
		"shou li", UI_IN_DECIDE, false },
	[UI_DO_EXIT_6] = { "exit-deferred", N_("Accepted, deferred"), N_("Decide: accepted with a deferred material"),
		"rong que shou li", UI_IN_DECIDE, false },
	[UI_DO_EXIT_7] = { "exit-refused", N_("Refused"), N_("Decide: refused where the law says so"),
		"bu yu shou li", UI_IN_DECIDE, false },
	[UI_DO_EXIT_8] = { "exit-completed", N_("Completed"), N_("Decide: done at the window"),
		"dang chang ban jie", UI_IN_DECIDE, false },
	[UI_DO_EXIT_9] = { "exit-collected", N_("Collected"), N_("Decide: taken in and forwarded"),
		"dai shou dai ban", UI_IN_DECIDE, false },
	[UI_DO_STEPS] = { "steps", N_("Next steps"), N_("Review, special procedure, extension, grant, denial, withdrawal, end of an accepted case"),
		"ban li bu zhou", UI_IN_DECIDE, false },
	[UI_DO_TAKE_UP] = { "take-up", N_("Take up again"), N_("The citizen is back with what was missing: decide the case here again"),
		"ben ci xu ban", UI_IN_DECIDE, false },
	[UI_DO_CONFIRM_AGE] = { "confirm-catalogue", N_("Catalogue is right"), N_("Confirm that nothing has changed since an ageing catalogue; it is logged"),
		"que ren mu lu", UI_IN_DECIDE, false },
	[UI_DO_PAY_QR] = { "pay-qr", N_("QR code"), N_("Paid by QR code"),
		"sao ma", UI_IN_FEE, false },
	[UI_DO_PAY_POS] = { "pay-pos", N_("Bank card"), N_("Paid by bank card"),
		"shua ka jiao fei", UI_IN_FEE, false },
	[UI_DO_PAY_CASH] = { "pay-cash", N_("Cash"), N_("Paid in cash, with the receipt number"),
		"xian jin", UI_IN_FEE, false },
	[UI_DO_WAIVE] = { "waive", N_("Waive"), N_("No fee, with the reason"),
		"jian mian", UI_IN_FEE, false },
	[UI_DO_DELIVERY] = { "delivery", N_("Delivery"), N_("How the result reaches the citizen"),
		"qu jian fang shi", UI_IN_FEE, false },
	[UI_DO_SAVE_PAPER] = { "save-paper", N_("Make PDF"), N_("Make the paper as a PDF file"),
		"sheng cheng wen shu", UI_IN_PAPERS, false },
	[UI_DO_PRINT_ALL] = { "print-all", N_("Print"), N_("Print every paper that was not printed yet, each on its printer"),
		"da yin", UI_IN_PAPERS, false },
	[UI_DO_PRINT_ONE] = { "print-one", N_("Reprint"), N_("Print this paper alone; printed before, it is marked as a reprint"),
		"bu da", UI_IN_PAPERS, false },
	[UI_DO_UNPRINT] = { "unprint", N_("Out of the queue"), N_("Take this paper out of the printer's queue"),
		"qu xiao da yin", UI_IN_PAPERS, true },
	[UI_DO_READ_PAPER] = { "read-paper", N_("Read"), N_("Read the paper on the screen"),
		"yue du", UI_IN_PAPERS, false },
	[UI_DO_SIGN_PAPER] = { "sign-paper", N_("Signed"), N_("The citizen signed the paper"),
		"yi qian zi", UI_IN_PAPERS, false },
	[UI_DO_SIGN_ON_PAD] = { "sign-on-pad", N_("Sign on pad"), N_("The citizen signs this paper on the signature pad"),
		"qian ming ban", UI_IN_PAPERS, false },
	[UI_DO_RATE] = { "rate", N_("Rate, finish"), N_("Ask the citizen to rate, then finish"),
		"ping jia", UI_IN_RATE, false },
	[UI_DO_RATE_AGAIN] = { "rate-again", N_("Ask again"), N_("Ask on the evaluator once more when nothing was pressed"),
		"zai qing ping jia", UI_IN_RATE, false },
	[UI_DO_STORY] = { "story", N_("Story"), N_("Everything that happened to the case; logged with the purpose"),
		"ban jian jing guo", UI_IN_CASES, false },
	[UI_DO_CONTINUE] = { "continue-case", N_("Continue"), N_("Take the case up again: supplement, collect"),
		"xu ban", UI_IN_CASES, false },
	[UI_DO_REQUEST] = { "request-case", N_("Ask for it"), N_("Ask the central to hand the case to this desk"),
		"shen qing yi jiao", UI_IN_CASES, false },
	[UI_DO_STATE_FILTER] = { "state-filter", N_("State"), N_("Show cases of one state only"),
		"an zhuang tai", UI_IN_CASES, false },
	[UI_DO_CASES_BACK] = { "cases-back", N_("Back"), N_("Back"),
		"fan hui", UI_IN_CASES, false },
	[UI_DO_CAPTURE_NEXT] = { "capture-next", N_("Next"), N_("Take what is shown; go on when it is complete"),
		"xia yi bu", UI_IN_CAPTURE, false },
	[UI_DO_CAPTURE_BACK] = { "capture-back", N_("Back"), N_("Back to the materials; what was kept stays"),
		"fan hui", UI_IN_CAPTURE, false },
	[UI_DO_SHOOT] = { "shoot", N_("Shoot"), N_("Take a picture, or begin the finger again"),
		"pai", UI_IN_CAPTURE, false },
	[UI_DO_TURN] = { "turn", N_("Turn"), N_("Turn the next picture by 90 degrees"),
		"xuan zhuan", UI_IN_CAPTURE, false },
	[UI_DO_DROP_PAGE] = { "drop-page", N_("Drop page"), N_("Take out the page that is shown, or the last"),
		"shan ye", UI_IN_CAPTURE, true },
	[UI_DO_REUSE] = { "reuse", N_("Use again"), N_("Use what was captured before"),
		"fu yong", UI_IN_CAPTURE, false },
	[UI_DO_CAPTURE_SEEN] = { "capture-seen", N_("Seen only"), N_("The original was seen; nothing is captured"),
		"zhi jian yuan jian", UI_IN_CAPTURE, false },
	[UI_DO_CAPTURE_LATER] = { "capture-later", N_("Later"), N_("It is brought or captured later, when the item allows it"),
		"yi hou", UI_IN_CAPTURE, false },
	[UI_DO_FINGER_OTHER] = { "finger-other", N_("Other finger"), N_("This finger cannot be taken: the next one of the hand, with the reason"),
		"huan zhi", UI_IN_CAPTURE, false },
	[UI_DO_FINGER_EXCEPT] = { "finger-except", N_("Exception"), N_("No finger of this hand can be taken, with the reason"),
		"zhi wen li wai", UI_IN_CAPTURE, false },
	[UI_DO_SIGNING_ACCEPT] = { "signing-accept", N_("Accept"), N_("Keep the signature; ask the pad when nothing is drawn"),
		"jie shou qian ming", UI_IN_SIGNING, false },
	[UI_DO_SIGNING_AGAIN] = { "signing-again", N_("Again"), N_("Wipe what was drawn and ask the pad again"),
		"chong qian", UI_IN_SIGNING, false },
	[UI_DO_SIGNING_OTHER] = { "signing-other", N_("Somebody else"), N_("Another person of the visit signs"),
		"huan ren qian", UI_IN_SIGNING, false },
	[UI_DO_SIGNING_READ] = { "signing-read", N_("Read"), N_("Read the paper that is signed"),
		"yue du", UI_IN_SIGNING, false },
	[UI_DO_SIGNING_BY_HAND] = { "signing-by-hand", N_("On paper"), N_("The citizen signed the printed paper instead"),
		"zhi zhi qian zi", UI_IN_SIGNING, false },
	[UI_DO_SIGNING_BACK] = { "signing-back", N_("Sign later"), N_("Back to the papers; it is signed later"),
		"shao hou", UI_IN_SIGNING, false },
	[UI_DO_READ_BACK] = { "read-back", N_("Back"), N_("Back"),
		"fan hui", UI_IN_READER, false },
	[UI_DO_TEST] = { "test-device", N_("Test"), N_("Test the chosen device"),
		"zi jian", UI_IN_DEVICES, false },
	[UI_DO_USE_PRINTER] = { "use-printer", N_("Use it"), N_("Papers go to the chosen printer; once more: receipts to any, A4 papers to files"),
		"yong zhe tai da yin", UI_IN_DEVICES, false },
	[UI_DO_TEACH] = { "teach-scanner", N_("Add a scanner"), N_("A scanner that acts as a keyboard: scan the code that is shown, and it belongs to this desk"),
		"deng ji sao ma qiang", UI_IN_DEVICES, false },
	[UI_DO_DEVICES_BACK] = { "devices-back", N_("Back"), N_("Back"),
		"fan hui", UI_IN_DEVICES, false },
	[UI_DO_TRY_NOW] = { "try-now", N_("Try now"), N_("Connect now instead of waiting"),
		"li ji chong shi", UI_IN_SYNC, false },
	[UI_DO_SYNC_BACK] = { "sync-back", N_("Back"), N_("Back"),
		"fan hui", UI_IN_SYNC, false },
	[UI_DO_OPEN_SHIFT] = { "open-shift", N_("Open shift"), N_("Open the shift"),
		"kai ban", UI_IN_SHIFT, false },
	[UI_DO_CLOSE_SHIFT] = { "close-shift", N_("Close shift"), N_("Close the shift; the numbers are final"),
		"shou ban", UI_IN_SHIFT, true },
	[UI_DO_SHIFT_BACK] = { "shift-back", N_("Back"), N_("Back"),
		"fan hui", UI_IN_SHIFT, false },
	[UI_DO_ACT] = { "act", N_("Do it"), N_("Let the citizen do it"),
		"dong shou", UI_IN_HANDS, false },
	[UI_DO_HANDS_BACK] = { "hands-back", N_("Back"), N_("Back"),
		"fan hui", UI_IN_HANDS, false },
	[UI_DO_OK] = { "ok", N_("OK"), N_("Take what is shown"),
		"que ding", UI_IN_DIALOG, false },
	[UI_DO_CANCEL] = { "cancel", N_("Back"), N_("Back without a change"),
		"fan hui", UI_IN_DIALOG, false },
	[UI_DO_RUN] = { "run", N_("Do it"), N_("Do the chosen command"),
		"zhi xing", UI_IN_PALETTE, false },
	[UI_DO_PALETTE_BACK] = { "palette-back", N_("Back"), N_("Back"),
		"fan hui", UI_IN_PALETTE, false },
	[UI_DO_HELP_BACK] = { "help-back", N_("Back"), N_("Back"),
		"fan hui", UI_IN_HELP, false },
};

static const struct {
	const char *label;
	enum ui_context parent;
} contexts[UI_N_CONTEXTS] = {
	[UI_IN_BASE] = { N_("Everywhere"), UI_IN_BASE },
	[UI_IN_ALWAYS] = { N_("Everywhere after signing in"), UI_IN_BASE },
	[UI_IN_GLOBAL] = { N_("On every screen"), UI_IN_ALWAYS },
	[UI_IN_SIGNIN] = { N_("Sign in"), UI_IN_BASE },
	[UI_IN_LOCK] = { N_("Locked"), UI_IN_BASE },
	[UI_IN_HOME] = { N_("Queue"), UI_IN_GLOBAL },
	[UI_IN_GUIDE] = { N_("Guide desk"), UI_IN_ALWAYS },
	[UI_IN_CONSULT] = { N_("Consultation"), UI_IN_ALWAYS },
	[UI_IN_FIND] = { N_("Find items"), UI_IN_ALWAYS },
	[UI_IN_VISIT] = { N_("Visit"), UI_IN_GLOBAL },
	[UI_IN_IDENTITY] = { N_("Identity"), UI_IN_VISIT },
	[UI_IN_ITEMS] = { N_("Items"), UI_IN_VISIT },
	[UI_IN_MATERIALS] = { N_("Materials"), UI_IN_VISIT },
	[UI_IN_FORM] = { N_("Form"), UI_IN_VISIT },
	[UI_IN_DECIDE] = { N_("Decision"), UI_IN_VISIT },
	[UI_IN_FEE] = { N_("Fee"), UI_IN_VISIT },
	[UI_IN_PAPERS] = { N_("Papers"), UI_IN_VISIT },
	[UI_IN_RATE] = { N_("Rating"), UI_IN_VISIT },
	[UI_IN_CASES] = { N_("Cases"), UI_IN_ALWAYS },
	[UI_IN_CAPTURE] = { N_("Capture"), UI_IN_ALWAYS },
	[UI_IN_SIGNING] = { N_("Signing"), UI_IN_ALWAYS },
	[UI_IN_READER] = { N_("Reading"), UI_IN_ALWAYS },
	[UI_IN_DEVICES] = { N_("Devices"), UI_IN_ALWAYS },
	[UI_IN_SYNC] = { N_("Sync"), UI_IN_ALWAYS },
	[UI_IN_SHIFT] = { N_("Shift report"), UI_IN_ALWAYS },
	[UI_IN_HANDS] = { N_("Citizen's hands"), UI_IN_ALWAYS },
	[UI_IN_PALETTE] = { N_("Commands"), UI_IN_PALETTE },
	[UI_IN_HELP] = { N_("Help"), UI_IN_HELP },
	[UI_IN_DIALOG] = { N_("Dialog"), UI_IN_ALWAYS },
};

const struct ui_command_info *
ui_command_info(enum ui_command command)
{
	return &commands[command];
}

enum ui_context
ui_command_parent(enum ui_context context)
{
	return contexts[context].parent;
}

const char *
ui_command_context_label(enum ui_context context)
{
	return contexts[context].label;
}

bool
ui_command_is_offered(enum ui_context context, enum ui_command command)
{
	while (commands[command].context != context) {
		if (contexts[context].parent == context)
			return false;
		context = contexts[context].parent;
	}
	return true;
}

/* "gua qi" answers to "gua", "guaqi", "gq"; a syllable may be cut short. */
static bool
pinyin_matches(const char *pinyin, const char *text)
{
	if (!*text)
		return true;
	while (*pinyin == ' ')
		pinyin++;
	if (!*pinyin)
		return false;
	const char *word = pinyin + strcspn(pinyin, " ");

	for (int n = 0; pinyin + n < word && text[n] && tolower((unsigned char)text[n]) == pinyin[n]; n++)
		if (pinyin_matches(word, text + n + 1))
			return true;
	return false;
}

int
ui_command_match(enum ui_command command, const char *text)
{
	const struct ui_command_info *info = &commands[command];
	const char *label = _(info->label), *help = _(info->help), *hit;

	if (!*text)
		return (int)command;
	hit = strcasestr(label, text);
	if (hit)
		return hit == label ? 0 : 1;
	for (const char *at = info->pinyin; at; at = strchr(at, ' '), at = at ? at + 1 : NULL)
		if (pinyin_matches(at, text))
			return at == info->pinyin ? 2 : 3;
	if (strcasestr(info->name, text))
		return 4;
	return strcasestr(help, text) ? 5 : -1;
}
