/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The queue of the window (rules.md §15), parked visits, alerts, the tally, the list of cases, search by name or number, the shift.
 * Not the values themselves (yimen/queue.h) and not drawing. Invariant: every change is an event; lists are read from views.
 */
#pragma once

#include "base/json.h"
#include "cases/casework.h"

/* -- tickets -- */
enum ym_code ym_queue_make_ticket(struct ym_casework *w, enum ym_ticket_class cls, const char *claim, const char *appointment /* "09:45" or "" */,
	char ret_no[12], struct ym_error *err) YM_MUST;
/* In the order in which they are to be called; returns how many (at most max). */
int ym_queue_tickets(struct ym_casework *w, struct ym_ticket *ret, int max);
/* "" calls the next. Appends ticket.called; the caller opens the visit with *ret_id. NOTFOUND when nobody waits. */
enum ym_code ym_queue_call(struct ym_casework *w, const char *ticket_id, char ret_id[40], struct ym_error *err) YM_MUST;
/* Nobody came: three places back, nothing lost. Works for a waiting and for a called ticket without a case. */
enum ym_code ym_queue_miss(struct ym_casework *w, const char *ticket_id, struct ym_error *err) YM_MUST;
/* To the next working day, before the appointments' turn. */
enum ym_code ym_queue_carry_over(struct ym_casework *w, const char *ticket_id, const char *reason, struct ym_error *err) YM_MUST;
/* -- lists -- */
int ym_queue_parked(struct ym_casework *w, struct ym_parked *ret, int max);
int ym_queue_alerts(struct ym_casework *w, struct ym_alert *ret, int max);
void ym_queue_tally(struct ym_casework *w, struct ym_tally *ret);
/* Visits that were open when the program ended, newest first: ids. */
int ym_queue_open_visits(struct ym_casework *w, char (*ret)[40], int max);

/* -- the list of cases: newest first, paged by keyset -- */
struct ym_caselist_query { const char *text /* case number, name, document number; "" all */; int state /* -1 any */; const char *before /* case_no or "" */; bool backwards; };
int ym_caselist_page(struct ym_casework *w, const struct ym_caselist_query *q, struct ym_case_row *ret, int max);
int64_t ym_caselist_count(struct ym_casework *w);
enum ym_code ym_caselist_row(struct ym_casework *w, const char *case_no, struct ym_case_row *ret, struct ym_error *err) YM_MUST;
/* Which events tell of a case, in order: {"seq","kind","at","account","state","exit"} lines and, with the keys, its latest snapshot. */
enum ym_code ym_caselist_story(struct ym_casework *w, const char *case_no, const char *purpose, json_t **ret, struct ym_error *err) YM_MUST;
/* The flat array of names: fill up to n more (newest first); true when it is complete. Wiped by ym_names_wipe (lock). */
bool ym_names_fill(struct ym_casework *w, int n);
void ym_names_wipe(struct ym_casework *w);
int ym_names_count(const struct ym_casework *w);
bool ym_names_is_complete(const struct ym_casework *w);
/* Ids (view_case) of the cases whose name holds the text, as far back as names were filled, at most max: those below `at`, newest first (0: from the newest), or
 * backwards those above it, oldest first. */
int ym_names_find(struct ym_casework *w, const char *text, int64_t at, bool backwards, int64_t *ret, int max);
/* The masked name of a case whose last event is seq; false when memory does not hold it, or an older one. */
bool ym_names_mask(const struct ym_casework *w, int64_t id, int64_t seq, char *ret, size_t size);

/* -- what was looked at -- */
enum ym_code ym_casework_note_view(struct ym_casework *w, const char *what, const char *case_no, const char *purpose, struct ym_error *err) YM_MUST;

/* -- the shift -- */
/* Opening, closing (STATE while a visit is open or parked): cases/casework.h. */
/* Accounts for every number and paper since the shift opened:
 * {"account","opened","closed","visits","exits":{name:n},"numbers":[{"no","item","exit","state"}],"papers":[{"id","template","prints","fate"}],
 *  "tickets":{"issued","called","missed","carried"},"consults":{"given","papers","tickets"},"head":{"seq","hash"}}. NULL when no shift was opened. New reference. */
json_t *ym_shift_account(struct ym_casework *w);
/* A clock more than ten minutes behind the log's last event, or that drifted so far while the program ran (wall against monotonic
 * clock), or outside the pack's time: "" when fine, else a msgid. Ask before the next event is appended. */
const char *ym_shift_clock_doubt(struct ym_casework *w, int64_t drift_ms);
enum ym_code ym_shift_confirm_clock(struct ym_casework *w, struct ym_error *err) YM_MUST;
