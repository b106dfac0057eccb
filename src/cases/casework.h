/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the case layer works on: the open desk (store, keys, log), the pack, the rules and who is signed in.
 * Not a visit (yimen/visit.h). Invariant: one casework per open desk; it installs the fold of the log.
 */
#pragma once

#include "catalog/rule.h"
#include "store/desk.h"
#include "yimen/queue.h"
#include "yimen/visit.h"

struct ym_casework;
enum ym_code ym_casework_new(struct ym_db *desk, struct ym_keys *keys, struct ym_log *log, struct ym_pack *pack,
	struct ym_casework **ret, struct ym_error *err) YM_MUST;
/* Without a desk: a catalogue whose guide is read (yimen catalog doc). Nothing can be signed in, opened or appended. */
enum ym_code ym_casework_new_bare(struct ym_pack *pack, struct ym_casework **ret, struct ym_error *err) YM_MUST;
void ym_casework_free(struct ym_casework *w);
struct ym_log *ym_casework_log(struct ym_casework *w);
struct ym_pack *ym_casework_pack(struct ym_casework *w);
struct ym_rules *ym_casework_rules(struct ym_casework *w);
/* online: the central was reachable lately; changes what a paper may promise. */
void ym_casework_set_online(struct ym_casework *w, bool online);
/* The last event that the central holds: rows of the list say whether they are there. */
void ym_casework_set_acked(struct ym_casework *w, int64_t seq);

/* Accounts and shifts (events account.added, account.signed_in, shift.opened, shift.closed). */
enum ym_code ym_casework_add_account(struct ym_casework *w, const char *account, const char *name, bool is_officer,
	const char *posts, struct ym_error *err) YM_MUST;
enum ym_code ym_casework_sign_in(struct ym_casework *w, const char *account, struct ym_error *err) YM_MUST;
/* Forget who is signed in and every opened personal datum (the screen locks). No visit may be open. */
void ym_casework_lock(struct ym_casework *w);
bool ym_shift_is_open(struct ym_casework *w);
enum ym_code ym_shift_open(struct ym_casework *w, struct ym_error *err) YM_MUST;
enum ym_code ym_shift_close(struct ym_casework *w, struct ym_error *err) YM_MUST;
const char *ym_casework_account(const struct ym_casework *w);       /* "" when nobody */
const char *ym_casework_account_name(const struct ym_casework *w);
bool ym_casework_is_officer(const struct ym_casework *w);
/* Is that post in the account's list ("accept,issue,guide")? The first one is what the account came for. */
bool ym_casework_has_post(const struct ym_casework *w, const char *post);
const char *ym_casework_posts(const struct ym_casework *w);

/* Visits. */
enum ym_code ym_visit_open(struct ym_casework *w, const char *ticket /* id or "" */, struct ym_visit **ret, struct ym_error *err) YM_MUST;
enum ym_code ym_visit_resume(struct ym_casework *w, const char *visit_id, struct ym_visit **ret, struct ym_error *err) YM_MUST;
enum ym_code ym_visit_park(struct ym_visit *v, const char *why, struct ym_error *err) YM_MUST;
void ym_visit_free(struct ym_visit *v);                              /* saves nothing: the draft stands */
/* A paper of a visit that is not open any more came out of the printer late. */
enum ym_code ym_papers_printed(struct ym_casework *w, const char *visit, const char *case_no, const char *paper, const char *template_id,
	const char *device, struct ym_error *err) YM_MUST;
/* Take a folded feed entry into an open visit (a check answered, a review done). */
void ym_visit_refresh(struct ym_visit *v);
/* Supplement of a returned or deferred case, a collected result, a handed-over case: a new visit seeded from the case. */
enum ym_code ym_visit_continue_case(struct ym_casework *w, const char *case_no, struct ym_visit **ret, struct ym_error *err) YM_MUST;
/* The same inside a visit that holds no case yet (a ticket was called, a card was read): *v is replaced, its ticket and who came stay.
 * STATE when it holds one. */
enum ym_code ym_visit_continue_here(struct ym_visit **v, const char *case_no, struct ym_error *err) YM_MUST;

/* Fold one decrypted feed entry (JSON: kind, visit, case, data; see yimen-sync(7)): appends feed.applied in one transaction.
 * Already applied: OK. */
enum ym_code ym_casework_apply_feed(struct ym_casework *w, int64_t number, const char *kind, const char *json, struct ym_error *err) YM_MUST;
int64_t ym_casework_feed_applied(const struct ym_casework *w);
/* Ask the central to hand a case to this desk (event case.requested); to let it go elsewhere: case.handed comes by feed. */
enum ym_code ym_casework_request_case(struct ym_casework *w, const char *case_no, const char *purpose, struct ym_error *err) YM_MUST;
/* What the calendar does by itself, a little of it: deemed acceptances, erasure after retention. `open`: the visit at the window, whose
 * cases are left alone, or NULL. Returns how many acts; *ret_more when there is more to do at once. Failures go to the diagnostics. */
int ym_casework_tend(struct ym_casework *w, const struct ym_visit *open, bool *ret_more);
enum ym_code ym_casework_rebuild(struct ym_casework *w, struct ym_error *err) YM_MUST;

/* The state machine of a case as a table (style.md §9.1); tests walk it. */
struct ym_flow_row { enum ym_case_state from; const char *action; enum ym_case_state to; const char *event; };
const struct ym_flow_row *ym_flow_table(int *ret_n);
enum ym_code ym_flow_step(enum ym_case_state from, const char *action, enum ym_case_state *ret, struct ym_error *err) YM_MUST;
const struct ym_flow_row *ym_flow_row(enum ym_case_state from, const char *action);     /* NULL when not listed */
const char *ym_exit_action(enum ym_exit e);                                             /* "accept" ..., "" none */
enum ym_case_state ym_flow_state_by_name(const char *name);                             /* DRAFT when unknown */
/* The fold itself: cases/fold.h, shared with the central. Queue, lists, shift: cases/queue.h. */
