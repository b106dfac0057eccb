/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The one object that screens and commands hold: an opened desk with its queue, devices, sync, papers and the visit at the window.
 * Composes the engine; decides nothing itself. Not thread-safe: one loop, one thread.
 * Invariant: a station that is locked gives out no personal data.
 */
#pragma once

#include "yimen/consult.h"
#include "yimen/device.h"
#include "yimen/loop.h"
#include "yimen/queue.h"

struct ym_station;
struct ym_station_options {
	const char *dir;         /* data folder; NULL: default ($XDG_DATA_HOME/yimen) */
	bool practice;           /* the data folder must be a practice desk, and the other way round */
	bool headless;           /* no devices, no sync helper started */
	bool readonly;           /* status and lists while another program writes */
};
enum ym_code ym_station_open(struct ym_loop *loop /* NULL: headless */, const struct ym_station_options *opt, struct ym_station **ret,
	struct ym_error *err) YM_MUST;
void ym_station_close(struct ym_station *s);

/* What changed; screens look and repaint. */
enum ym_notice { YM_NOTICE_SIGN_IN /* finished: ask ym_station_sign_in_result */, YM_NOTICE_DEVICE, YM_NOTICE_CARD /* a card waits in the tray */, YM_NOTICE_SCAN /* a code: scan.h */, YM_NOTICE_SYNC,
	YM_NOTICE_QUEUE, YM_NOTICE_VISIT /* an answer or a result arrived */, YM_NOTICE_PAPER, YM_NOTICE_LOCKED, YM_NOTICE_CLOCK, YM_NOTICE_CAPTURE /* ask ym_station_capture, ym_station_signing */ };
typedef void (*ym_notice_fn)(void *user, enum ym_notice what);
void ym_station_set_listener(struct ym_station *s, ym_notice_fn fn, void *user);

/* -- who and where -- */
const char *ym_station_name(const struct ym_station *s);      /* 红旗街派出所 */
const char *ym_station_window(const struct ym_station *s);    /* 03 */
const char *ym_station_desk(const struct ym_station *s);
bool ym_station_is_practice(const struct ym_station *s);
bool ym_station_is_locked(const struct ym_station *s);
const char *ym_station_account(const struct ym_station *s);
const char *ym_station_account_name(const struct ym_station *s);
bool ym_station_is_officer(const struct ym_station *s);
/* With a loop: starts (derivation runs in a child) and ends with YM_NOTICE_SIGN_IN. Headless: done when it returns. */
enum ym_code ym_station_sign_in(struct ym_station *s, const char *account, const char *password, struct ym_error *err) YM_MUST;
/* The same with the PIN of the account's token (yimen-token asks it). */
enum ym_code ym_station_sign_in_token(struct ym_station *s, const char *account, const char *pin, struct ym_error *err) YM_MUST;
bool ym_station_has_token(struct ym_station *s, const char *account);
bool ym_station_by_token(const struct ym_station *s); /* the last sign-in was one with a token */
enum ym_code ym_station_sign_in_result(struct ym_station *s, struct ym_error *err) YM_MUST;  /* BUSY while it runs */
void ym_station_lock(struct ym_station *s);
void ym_station_touch(struct ym_station *s);                  /* a key was pressed: restarts the idle clock (5 min) */
bool ym_station_shift_is_open(const struct ym_station *s);
enum ym_code ym_station_open_shift(struct ym_station *s, struct ym_error *err) YM_MUST;
/* Text of the shift report (numbers, papers, chain head); closing needs no parked or open visit unless carried over. Caller frees. */
char *ym_station_shift_report(struct ym_station *s);
enum ym_code ym_station_close_shift(struct ym_station *s, struct ym_error *err) YM_MUST;
/* A clock jump or an impossible date that waits for the officer's word; "" when none. msgid. */
const char *ym_station_clock_doubt(const struct ym_station *s);
enum ym_code ym_station_confirm_clock(struct ym_station *s, struct ym_error *err) YM_MUST;

/* -- queue -- */
int ym_station_tickets(struct ym_station *s, struct ym_ticket *ret, int max);
int ym_station_parked(struct ym_station *s, struct ym_parked *ret, int max);
int ym_station_alerts(struct ym_station *s, struct ym_alert *ret, int max);
void ym_station_tally(struct ym_station *s, struct ym_tally *ret);
enum ym_code ym_station_make_ticket(struct ym_station *s, enum ym_ticket_class cls, const char *claim, const char *appointment,
	char ret_no[12], struct ym_error *err) YM_MUST;
enum ym_code ym_station_call(struct ym_station *s, const char *ticket_id /* "" next */, struct ym_error *err) YM_MUST; /* opens the visit */
enum ym_code ym_station_miss(struct ym_station *s, const char *ticket_id, struct ym_error *err) YM_MUST;
enum ym_code ym_station_carry_over(struct ym_station *s, const char *ticket_id, const char *reason, struct ym_error *err) YM_MUST;

/* -- the visit at the window -- */
struct ym_visit *ym_station_visit(struct ym_station *s);      /* NULL when none */
enum ym_code ym_station_walk_in(struct ym_station *s, struct ym_error *err) YM_MUST;
enum ym_code ym_station_park(struct ym_station *s, const char *why, struct ym_error *err) YM_MUST;
enum ym_code ym_station_resume(struct ym_station *s, const char *visit_id, struct ym_error *err) YM_MUST;
enum ym_code ym_station_finish(struct ym_station *s, struct ym_error *err) YM_MUST;
enum ym_code ym_station_continue_case(struct ym_station *s, const char *case_no, struct ym_error *err) YM_MUST;
/* The tray: a card that no field asked for. take fills person (-1: the field that is open, or a new visitor). */
bool ym_station_tray(struct ym_station *s, struct ym_card *ret);   /* masked by the caller */
/* The last card could not be read: why, and what to do (YM_OK when the last one was fine or was lifted). */
enum ym_code ym_station_card_error(struct ym_station *s, struct ym_error *ret);
enum ym_code ym_station_take_card(struct ym_station *s, int person, struct ym_error *err) YM_MUST;
/* Arm the reader while a field wants a card; disarmed by itself after a read. */
void ym_station_want_card(struct ym_station *s, bool want);

/* -- catalogue -- */
int ym_station_find(struct ym_station *s, const char *query, struct ym_hit *ret, int max);
enum ym_code ym_station_item(struct ym_station *s, const char *id, const struct ym_item **ret, struct ym_error *err) YM_MUST;
enum ym_code ym_station_bundle(struct ym_station *s, const char *id, const struct ym_bundle **ret, struct ym_error *err) YM_MUST;
const char *ym_station_kind_name(struct ym_station *s, const char *kind);
/* Code tables of the catalogue: a code's label ("" unknown), and codes by code or part of a label. */
const char *ym_station_code_label(struct ym_station *s, const char *table, const char *code);
int ym_station_code_search(struct ym_station *s, const char *table, const char *text, struct ym_option *ret, int max);
const char *ym_station_pack_version(struct ym_station *s);
/* The catalogue that waits for its date next, and why the last one that came was refused (a msgid); "" when there is none. */
struct ym_pack_outlook { char next_version[40], next_effective[16], refused[160]; };
void ym_station_pack_outlook(struct ym_station *s, struct ym_pack_outlook *ret);

/* -- cases -- */
struct ym_case_query { const char *text /* number, name, "" all */; int state /* -1 any */; const char *before /* case_no of the last row, "" first page */; bool after /* page backwards */; };
int ym_station_cases(struct ym_station *s, const struct ym_case_query *q, struct ym_case_row *ret, int max);
int64_t ym_station_n_cases(struct ym_station *s);
/* Are the names of all cases in memory? Until then a search by name reaches as far back as the newest *ret_n of them. */
bool ym_station_names_are_read(struct ym_station *s, int *ret_n);
/* Full story of one case as lines of text (events, times, accounts); logged as record.viewed with the purpose. Caller frees. */
enum ym_code ym_station_case_story(struct ym_station *s, const char *case_no, const char *purpose, char **ret, struct ym_error *err) YM_MUST;
enum ym_code ym_station_request_case(struct ym_station *s, const char *case_no, const char *purpose, struct ym_error *err) YM_MUST;
/* Masked to clear for one datum on screen: appends record.viewed. */
void ym_station_note_reveal(struct ym_station *s, const char *what);

/* -- the guide desk (yimen/consult.h) -- */
/* Posts of who is signed in: does the account come for the guide desk (its first post), may it guide, may it serve a window? */
bool ym_station_starts_at_guide(const struct ym_station *s);
bool ym_station_guides(const struct ym_station *s);
bool ym_station_serves_window(const struct ym_station *s);
/* The consultation of this desk, made on first use; NULL while locked. Ask again after YM_NOTICE_SIGN_IN. */
struct ym_consult *ym_station_consult(struct ym_station *s);
/* One item or bundle, only to be read: nothing is appended, nobody is asked. The next one replaces it; NULL before the first. */
enum ym_code ym_station_consult_read(struct ym_station *s, const char *id, bool is_bundle, struct ym_error *err) YM_MUST;
struct ym_consult *ym_station_consult_reading(struct ym_station *s);
/* What the card in the tray says that matters: age, and whose card it is. Name and number stay on the card, which leaves the tray. */
enum ym_code ym_station_consult_card(struct ym_station *s, struct ym_error *err) YM_MUST;
/* The one-time notice (W13) as a PDF, like ym_station_make_pdf; gives the consultation first. Then its state, and its text for reading. */
enum ym_code ym_station_consult_pdf(struct ym_station *s, struct ym_error *err) YM_MUST;
enum ym_paper_job ym_station_consult_job(struct ym_station *s, char *ret_text, size_t size);
char *ym_station_consult_text(struct ym_station *s, struct ym_consult *c, int columns);
/* window: "" this desk's queue, else a window of this station ("03"), which is remembered as the usual one. */
enum ym_code ym_station_consult_ticket(struct ym_station *s, enum ym_ticket_class cls, const char *appointment, const char *window,
	char ret_no[12], struct ym_error *err) YM_MUST;
void ym_station_consult_window(struct ym_station *s, char *ret, size_t size);
/* The consultation is over: given if it was not, then forgotten. */
enum ym_code ym_station_consult_end(struct ym_station *s, struct ym_error *err) YM_MUST;
void ym_station_consult_tally(struct ym_station *s, struct ym_consult_tally *ret);

/* -- devices, sync, papers -- */
int ym_station_devices(struct ym_station *s, struct ym_device_info *ret, int max);
/* Start a self-test; YM_NOTICE_DEVICE follows. NOTFOUND, GONE or BUSY when it cannot start. */
enum ym_code ym_station_test_device(struct ym_station *s, struct ym_device_ref ref, struct ym_error *err) YM_MUST;
struct ym_sync_status {
	enum { YM_LAMP_OFF, YM_LAMP_OK, YM_LAMP_PENDING, YM_LAMP_NO_LINK, YM_LAMP_PORTAL, YM_LAMP_CERTIFICATE, YM_LAMP_CLOCK, YM_LAMP_BUSY,
		YM_LAMP_REFUSED, YM_LAMP_FORKED } state;
	int64_t pending, quarantined, head, acked; int64_t last_ok_at, next_try_at; char detail[120];
};
void ym_station_sync_status(struct ym_station *s, struct ym_sync_status *ret);
const char *ym_station_lamp_label(int lamp);   /* msgid */
void ym_station_sync_now(struct ym_station *s);
enum ym_paper_job { YM_JOB_NONE, YM_JOB_WAITING, YM_JOB_DONE, YM_JOB_FAILED, YM_JOB_QUEUED /* for a printer */, YM_JOB_PRINTING,
	YM_JOB_ASKING /* did it come out? */ };
/* Render a paper of the open visit into the papers folder; ends with YM_NOTICE_PAPER. */
enum ym_code ym_station_make_pdf(struct ym_station *s, int paper, struct ym_error *err) YM_MUST;
enum ym_paper_job ym_station_paper_job(struct ym_station *s, int paper, char *ret_text, size_t size);
/* Where a paper would be printed: by its kind, the desk's settings and the devices that are there; PDF when there is no printer for it. */
enum ym_print_way { YM_PRINT_PDF, YM_PRINT_RECEIPT, YM_PRINT_A4 };
enum ym_print_way ym_station_print_way(struct ym_station *s, int paper);
/* A4 printers: CUPS's queues, and what the desk uses. Asked by a helper; YM_NOTICE_DEVICE when the answer is there. (struct ym_printer: device.h) */
void ym_station_ask_printers(struct ym_station *s);
int ym_station_printers(struct ym_station *s, struct ym_printer *ret, int max);
/* YM_PRINT_A4: the queue or ipp:// address of A4 papers, "" for none (they become files). YM_PRINT_RECEIPT: the identity of the receipt
 * printer, "" for any that works. Counts at once, also for what waits. */
enum ym_code ym_station_choose_printer(struct ym_station *s, enum ym_print_way way, const char *name, struct ym_error *err) YM_MUST;
bool ym_station_is_chosen_printer(struct ym_station *s, const char *identity); /* a receipt printer */
/* Queue a paper of the open visit for its printer: durable and sealed when it returns; YM_NOTICE_PAPER tells each step. A paper that was
 * printed before comes out marked as a reprint. STATE when it has no printer, BUSY when it is queued already. */
enum ym_code ym_station_print(struct ym_station *s, int paper, struct ym_error *err) YM_MUST;
/* What waits for a printer, of every visit. text: msgid of why it waits, or "". */
struct ym_spool_line { char id[40], paper[128], title[96]; enum ym_paper_job state; enum ym_print_way way; char text[160]; bool is_of_visit; };
int ym_station_spool(struct ym_station *s, struct ym_spool_line *ret, int max);
/* The officer has looked: it came out whole (noted as printed), or not (printed again). STATE when nobody asked. */
enum ym_code ym_station_spool_answer(struct ym_station *s, const char *id, bool came_out, struct ym_error *err) YM_MUST;
/* Try everything that waits now. / Take one out of the queue; STATE while it is being printed. */
void ym_station_spool_retry(struct ym_station *s);
enum ym_code ym_station_spool_drop(struct ym_station *s, const char *id, struct ym_error *err) YM_MUST;
/* Asks the citizen for the rating on the evaluator; also again, when nothing was pressed. What was chosen is shown to nobody here. */
enum ym_code ym_station_ask_rating(struct ym_station *s, struct ym_error *err) YM_MUST;
/* Why no grade came, msgid; "" while the citizen may still press, or when all is well. */
const char *ym_station_rating_note(const struct ym_station *s);
/* Plain-text layout of a paper for reading on the screen. Caller frees. */
char *ym_station_paper_text(struct ym_station *s, int paper, int columns);
enum ym_code ym_station_status_json(struct ym_station *s, char **ret, struct ym_error *err) YM_MUST;
