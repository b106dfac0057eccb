/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The inside of a visit, shared by the files of src/cases only: what was said and shown (kept in the draft) and what
 * ym_visit_evaluate derives from it (never kept). Not for any other layer.
 * Invariant: persons are named by key, never by index, in everything that is kept.
 */
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "base/uuid.h"
#include "cases/casework.h"
#include "cases/fold.h"
#include "cases/queue.h"
#include "yimen/captures.h"
#include "yimen/proceed.h"
#include "yimen/signature.h"

#define YM_MAX_PERSONS 16
#define YM_MAX_CASES 24
#define YM_MAX_CASE_ROLES 16
#define YM_MAX_REASONS 64
#define YM_MAX_QUESTIONS 96
#define YM_MAX_MATERIALS 192
#define YM_MAX_CHECKS 64
#define YM_MAX_FORM 480
#define YM_MAX_MISSING 320
#define YM_MAX_PAPERS 128
#define YM_MAX_HOLDS 8
#define YM_MAX_PAGES 24
#define YM_MAX_VALUE 4000       /* bytes of one field */

struct ym_names;                /* caselist.c: the flat array of names */

struct ym_casework {
	struct ym_db *db;
	struct ym_keys *keys;
	struct ym_log *log;
	struct ym_pack *pack;
	struct ym_rules *rules;
	struct ym_fold_context fold;
	struct ym_names *names;
	json_t *paper_heads;    /* of the pack's papers, as far as they were asked for: {template: {title, signable}} */
	bool online, is_officer;
	int64_t acked;
	char erased_on[16], erase_day[16], erase_visit[40];     /* tend.c: once a day, where it is */
	char account[64], account_name[96], posts[160];
};

/* One known thing about a person or a case. */
struct ym_known {
	char *datum, *value;
	enum ym_origin origin;
	int64_t at;
};
struct ym_knowns {
	struct ym_known *p;
	int n;
};

struct ym_who {                 /* a person of the visit */
	int key;                /* from 1, never reused */
	char as[32], party[32];
	bool is_org, is_new, logged;
	char doc_kind[8], doc_number[64], hash[65];
	struct ym_knowns facts;
	struct ym_person line;
};

/* A time that does not count (a special procedure): until "" is not over yet. */
struct ym_hold { char from[16], until[16], planned[16], kind[24]; int days; char *reason; };

enum ym_place { YM_PLACE_UNKNOWN, YM_PLACE_HERE, YM_PLACE_COLLECT, YM_PLACE_ONLINE, YM_PLACE_NOT_OURS };

struct ym_matter {              /* a case of the visit */
	char key[YM_UUID_LEN + 1], case_no[40], bundle[40], after[40];
	const struct ym_item *item;
	struct { int who; bool fixed, idle /* nothing asks for it here */; } roles[YM_MAX_CASE_ROLES];
	struct ym_knowns facts;             /* case.* */
	enum ym_case_state state, begun;    /* begun: as the visit found it */
	enum ym_exit exit;
	bool owes;                          /* accepted with deferred materials that this visit may bring */
	int notices;                        /* one-time notices so far */
	json_t *noticed, *visible;          /* keys of the last notice; keys that could be seen then */
	int64_t received_at;                /* T0 */
	char reason[240];
	char delivery[16], address[240], phone[32];
	enum ym_fee_state fee_state;
	int64_t fee_fen;
	char due_promised[16], due_statutory[16];
	bool calendar_known;
	char accepted[16];                  /* from this day the limits run */
	bool deemed;                        /* counts as accepted since T0 */
	char notice_due[16];                /* until when what the notice names may be brought */
	int notices_begun;                  /* of them, before this visit */
	json_t *told;                       /* rows of the last notice, as they were handed over */
	enum ym_exit was;                   /* the exit of an earlier visit */
	struct ym_hold holds[YM_MAX_HOLDS];
	int n_holds;
	struct { int days; char approver[96], at[16], was_promised[16], was_statutory[16]; char *reason; } extension;   /* days 0: none */
	char end_kind[24];                  /* why it ended without a decision */
	unsigned acted;                     /* 1 << enum ym_proceed: in this visit */
	enum ym_age_limit age_limit;        /* derived */
	bool age_confirmed;                 /* the officer looked: nothing has changed since the catalogue */
	/* derived */
	struct ym_case_line line;
	struct ym_reason reasons[YM_MAX_REASONS];
	char reason_keys[YM_MAX_REASONS][96];  /* "m:hukou:applicant": what the reason is about, across visits */
	int n_reasons;
	enum ym_place place;
	const char *place_text, *place_source;
	const char *fee_label;
	int64_t fee_plan;
	bool fee_known, fee_exempt;
	/* what stands against accepting, by kind; missing_main: a document that decides is not here */
	int n_open, n_blank, n_waiting, n_unknown, n_deferred, n_person, n_returned, n_hit;
	bool missing_main, blocked_by_other;
};

struct ym_mark {                /* what was said about one material */
	char kind[40], role[32];
	int who;                /* holder's key; 0 nobody bound: role tells */
	enum ym_material_state state;
	char *note;
	int64_t at;
	char check[YM_UUID_LEN + 1], deadline[16], desk[32]; /* desk: where it was captured */
	enum ym_origin origin;
	struct ym_capture_page *pages;
	int n_pages;
};
struct ym_inquiry {             /* a check */
	char id[YM_UUID_LEN + 1], reg[40];
	int who;
	char certificate[YM_CERTIFICATE_MAX]; /* asked about this one, not about the person; "" */
	enum ym_check_state state;
	char *answer, *source;
	int64_t asked_at, answered_at;
	char valid_until[16];
};
struct ym_reply { char id[48], code[48]; };

struct ym_material_of {         /* derived: which cases share a line */
	int matter, need;       /* index in cases, index in item->materials */
};
struct ym_form_of {             /* derived: where a line's value lives */
	int who;                /* key, 0: the case's own */
	int matter;             /* first case that asks */
	const struct ym_need_field *need;
	char datum[64];
};

struct ym_visit {
	struct ym_casework *w;
	char id[YM_UUID_LEN + 1], ticket_id[40], ticket[12], claim[200], caret[200], why[200];
	char today[16], province[8];
	enum ym_stage stage;
	enum ym_rating_state rating;
	bool dirty, opened;
	int64_t opened_at;
	int next_who;

	struct ym_who persons[YM_MAX_PERSONS];
	int n_persons;
	struct ym_matter *cases;        /* YM_MAX_CASES of them: pointers into it stay good */
	int n_cases;
	struct ym_mark marks[YM_MAX_MATERIALS];
	int n_marks;
	struct ym_inquiry checks[YM_MAX_CHECKS];
	int n_checks;
	struct ym_reply replies[YM_MAX_QUESTIONS];
	int n_replies;

	/* derived by ym_visit_evaluate; strings in kept */
	char **kept;
	int n_kept, cap_kept;
	struct ym_question_line questions[YM_MAX_QUESTIONS];
	int n_questions;
	struct ym_material_line materials[YM_MAX_MATERIALS];
	struct { char role[32]; int who; struct ym_material_of of[YM_MAX_CASES]; int n_of, mark; } material_of[YM_MAX_MATERIALS];
	int n_materials;
	struct ym_check_line check_lines[YM_MAX_CHECKS];
	int check_of[YM_MAX_CHECKS];    /* index in checks or -1 */
	int check_who[YM_MAX_CHECKS];
	int n_check_lines;
	struct ym_form_line form[YM_MAX_FORM];
	struct ym_form_of form_of[YM_MAX_FORM];
	int n_form;
	struct ym_missing missing[YM_MAX_MISSING];
	int n_missing;
	struct ym_paper_line papers[YM_MAX_PAPERS];
	int n_papers;
	/* what happened to papers, by id */
	struct { char id[64]; int printed, before /* it was signed on the pad */; bool is_signed, is_drawn, is_void; } fates[YM_MAX_PAPERS];
	int n_fates;
};

/* May this visit still decide the case? */
static inline bool
ym_matter_is_open(const struct ym_matter *m)
{
	if (m->exit != YM_EXIT_NONE && m->exit != YM_EXIT_CORRECTED)
		return false;
	return m->state == YM_CASE_DRAFT || m->state == YM_CASE_RECEIVED || m->state == YM_CASE_RETURNED || (m->state == YM_CASE_ACCEPTED && m->owes);
}

/* -- known.c: small values -- */
const char *ym_knowns_get(const struct ym_knowns *k, const char *datum);         /* NULL when absent or "" */
struct ym_known *ym_knowns_find(const struct ym_knowns *k, const char *datum);
void ym_knowns_set(struct ym_knowns *k, const char *datum, const char *value, enum ym_origin origin, int64_t at);
void ym_knowns_release(struct ym_knowns *k);
json_t *ym_knowns_to_json(const struct ym_knowns *k);
void ym_knowns_from_json(struct ym_knowns *k, const json_t *a);
const char *ym_origin_name(enum ym_origin o);
enum ym_origin ym_origin_by_name(const char *s);
char ym_origin_grade(enum ym_origin o);                                         /* 'A' best .. 'D' */
const char *ym_mat_state_name(enum ym_material_state s);
enum ym_material_state ym_mat_state_by_name(const char *s);
const char *ym_check_state_name(enum ym_check_state s);
enum ym_check_state ym_check_state_by_name(const char *s);
const char *ym_fee_state_name(enum ym_fee_state s);
enum ym_fee_state ym_fee_state_by_name(const char *s);
const char *ym_decider_name(enum ym_decider d);

/* -- visit.c -- */
const char *ym_visit_keep(struct ym_visit *v, char *s);                         /* takes it until the next evaluation */
const char *ym_visit_keepf(struct ym_visit *v, const char *fmt, ...) YM_PRINTF(2, 3);
struct ym_visit *ym_visit_blank(struct ym_casework *w);                          /* not opened: no id, no event */
void ym_visit_evaluate(struct ym_visit *v);
void ym_visit_touch(struct ym_visit *v);                                        /* changed: evaluate, dirty */
enum ym_code ym_visit_emit_opened(struct ym_visit *v, void *user /* case that is continued, NULL */, struct ym_error *err) YM_MUST;

/* -- matter.c -- */
struct ym_matter *ym_visit_matter(const struct ym_visit *v, int c);             /* NULL outside */
struct ym_matter *ym_visit_new_matter(struct ym_visit *v, const struct ym_item *item);
void ym_matter_release(struct ym_matter *m);

/* -- person.c -- */
struct ym_who *ym_who_by_key(const struct ym_visit *v, int key);
int ym_who_index(const struct ym_visit *v, int key);                            /* -1 */
struct ym_who *ym_who_by_as(const struct ym_visit *v, const char *as);
struct ym_who *ym_who_new(struct ym_visit *v, const char *as, bool is_org);
const char *ym_who_name(const struct ym_who *p);                                /* "" */
bool ym_who_is_blank(const struct ym_who *p);
void ym_who_lines(struct ym_visit *v);
void ym_who_derive(struct ym_visit *v, struct ym_who *p);                       /* document, hash, what the number says */

/* -- roles.c -- */
void ym_roles_bind(struct ym_visit *v);
void ym_roles_mark_idle(struct ym_visit *v);
int ym_roles_index(const struct ym_item *it, const char *role);                 /* -1 */
/* "child.birth", mark '.': the role, and what of it (borrowed); NULL when the text names no role. */
#define YM_ROLE_SIZE 48
const char *ym_roles_split(const char *text, char mark, char ret_role[YM_ROLE_SIZE]);
int ym_roles_who(const struct ym_visit *v, const struct ym_matter *m, const char *role);   /* key, 0 nobody */
const char *ym_roles_label(struct ym_visit *v, const struct ym_matter *m, const char *role);

/* -- facts.c -- */
const char *ym_facts_of(struct ym_visit *v, struct ym_matter *m, const char *role, const char *datum);
enum ym_truth ym_facts_eval(struct ym_visit *v, struct ym_matter *m, const char *rule);
bool ym_facts_value(struct ym_visit *v, struct ym_matter *m, const char *rule, char *ret, size_t size);
/* Names of what an unknown rule waits for, in words: "出生日期、…"; "" when it cannot be said. */
const char *ym_facts_unknown(struct ym_visit *v, struct ym_matter *m, const char *rule);
int ym_facts_unknown_line(struct ym_visit *v, struct ym_matter *m, const char *rule);  /* form line that would settle it; -1: none alone */
void ym_facts_defaults(struct ym_visit *v);
void ym_facts_questions(struct ym_visit *v);

/* -- checklist.c, checks.c, form.c -- */
void ym_checklist_build(struct ym_visit *v);
struct ym_mark *ym_checklist_mark(struct ym_visit *v, int line);                /* made on first use; NULL when full */
void ym_checks_build(struct ym_visit *v);
/* The last words of the note of a certificate's mark: what is known of its status. */
void ym_checklist_status(struct ym_mark *k, const char *text);
/* Reads the answers that the views hold; roles must be bound. */
void ym_answers_take(struct ym_visit *v);
void ym_form_build(struct ym_visit *v);
bool ym_material_is_here(enum ym_material_state s);                             /* nothing more to bring */

/* -- place.c, fee.c, clocks -- */
void ym_place_judge(struct ym_visit *v, struct ym_matter *m);
bool ym_place_is_in_force(const struct ym_item *it);
void ym_fee_plan(struct ym_visit *v, struct ym_matter *m);
void ym_clocks_plan(struct ym_visit *v, struct ym_matter *m, ym_date from, char promised[16], char statutory[16], bool *ret_known);

/* -- clocks.c: limits that stop and are extended (rules.md §4) -- */
/* Accepted from that day: its limits run, and its fee is due. */
void ym_clocks_accept(struct ym_visit *v, struct ym_matter *m, ym_date from);
/* From m->accepted, with pauses and extension. */
void ym_clocks_again(struct ym_visit *v, struct ym_matter *m);
/* "2026-12-01/2026-12-08,2026-12-20/" and back. */
char *ym_clocks_pauses(const struct ym_matter *m);
int ym_clocks_parse(const char *pauses, struct ym_pause *ret, int max);
/* Is a document that was promised, or what a notice named, overdue? */
bool ym_clocks_is_overdue(struct ym_visit *v, const struct ym_matter *m);

/* -- proceed.c, proceed_guard.c -- */
enum ym_code ym_proceed_may(struct ym_visit *v, struct ym_matter *m, enum ym_proceed p, struct ym_error *err) YM_MUST;
/* Are days, kind, reason and approver right for the step? */
enum ym_code ym_proceed_check(struct ym_visit *v, struct ym_matter *m, const struct ym_proceeding *p, struct ym_error *err) YM_MUST;
const struct ym_option *ym_proceed_kind(enum ym_proceed p, const char *id);        /* NULL when there is none */
void ym_proceed_forget(struct ym_matter *m);                                       /* frees what a matter keeps of it */
json_t *ym_proceed_to_json(const struct ym_matter *m);
void ym_proceed_from_json(struct ym_matter *m, const json_t *j);

/* -- reasons.c, propose.c -- */
/* Fills reasons and counts of an open case; returns the exit of the first condition that fails, YM_EXIT_NONE. */
enum ym_exit ym_reasons_gather(struct ym_visit *v, int c);
void ym_propose(struct ym_visit *v);
bool ym_propose_ends_here(const struct ym_item *it);                               /* instant, every step at the window */

/* -- papers.c -- */
const char *ym_papers_exit_word(enum ym_exit e);                                /* in the papers' language */
const char *ym_papers_delivery_word(const char *how);
/* Where, who, when: practice, date, now, desk, station{}, officer{}. Without a desk what there is. */
void ym_papers_head(struct ym_casework *w, json_t *root);
/* The rows of a one-time notice as they are handed over now, and its last day. New reference. */
json_t *ym_papers_told(struct ym_visit *v, struct ym_matter *m, char ret_due[16]);
/* Those that were told, or would be now; a row that stands there already only names one item more. */
void ym_papers_add_told(struct ym_visit *v, struct ym_matter *m, json_t *missing);
bool ym_papers_has_promise(const struct ym_visit *v, const struct ym_matter *m);      /* W06 */
bool ym_papers_tells(const struct ym_matter *m);                                   /* this visit gave its case a notice */
void ym_papers_load(struct ym_visit *v);                                        /* what the views know of this visit's papers */
void ym_papers_plan(struct ym_visit *v);
void ym_papers_draft(const struct ym_visit *v, const struct ym_paper_line *p, const char *kind, struct ym_event_draft *ret);
int ym_papers_fate(struct ym_visit *v, const char *id);                         /* index in fates, made on first use */

/* -- signature.c -- */
/* Was it signed on the pad; how often it was printed before. */
bool ym_signature_before(struct ym_casework *w, const char *paper, int *ret);

/* -- snapshot.c: JSON to and from -- */
json_t *ym_page_to_json(const struct ym_capture_page *page);
void ym_page_from_json(const json_t *j, struct ym_capture_page *ret);
json_t *ym_visit_to_json(const struct ym_visit *v);
enum ym_code ym_visit_from_json(struct ym_visit *v, const json_t *j, struct ym_error *err) YM_MUST;
/* The body of a case event: everything another visit or desk needs to go on. */
json_t *ym_snapshot_make(struct ym_visit *v, struct ym_matter *m);
enum ym_code ym_snapshot_take(struct ym_visit *v, const json_t *snapshot, struct ym_matter **ret, struct ym_error *err) YM_MUST;

/* -- serial.c -- */
#define YM_SERIAL_DAY 9
void ym_serial_day(ym_date day, char ret[YM_SERIAL_DAY]);                       /* "20261122" */
/* The number after the last one of kind on that day; REFUSED with none_left after `most`. */
enum ym_code ym_serial_next(struct ym_casework *w, const char *day, const char *kind, int most, const char *none_left, int *ret,
	struct ym_error *err) YM_MUST;
/* prefix, desk 14, epoch 1, date 8, serial 5, check 1 (ISO 7064 MOD 37,36). */
void ym_serial_write(const struct ym_casework *w, const char *prefix, const char *day8, int serial, char ret[40]);

/* -- queue.c, caselist.c -- */
enum ym_code ym_queue_next_no(struct ym_casework *w, enum ym_ticket_class cls, char ret[12], struct ym_error *err) YM_MUST;
/* ticket.issued, or ticket.sent to another desk, in the caller's transaction. consult "" none. */
enum ym_code ym_queue_emit_ticket(struct ym_casework *w, enum ym_ticket_class cls, const char *appointment, const char *to, const char *consult,
	json_t *body /* borrowed, may be NULL */, char ret_no[12], struct ym_error *err) YM_MUST;
bool ym_queue_is_others_no(const char *no);                                     /* a number that another desk gave */
void ym_caselist_who(struct ym_casework *w, const char *case_no, char *ret, size_t size);   /* masked name, "" */
/* The name in the pack under which the case was begun; "": in the pack in force. */
const char *ym_caselist_item_name(struct ym_casework *w, const char *pack, const char *item);

/* -- emit.c: appending within one visit -- */
void ym_emit_attr(struct ym_event_draft *d, const char *key, const char *value);
enum ym_code ym_emit_append(struct ym_casework *w, struct ym_event_draft *d, json_t *body /* borrowed, may be NULL */, struct ym_error *err) YM_MUST;
/* visit.opened (once), visit.identified for who is new, material.received: before the first decisive act. */
enum ym_code ym_emit_prelude(struct ym_visit *v, struct ym_error *err) YM_MUST;
enum ym_code ym_emit_visit(struct ym_visit *v, const char *kind, const struct ym_attr *attrs, int n, json_t *body, struct ym_error *err) YM_MUST;
enum ym_code ym_emit_case(struct ym_visit *v, const struct ym_matter *m, const char *kind, const struct ym_attr *attrs, int n, json_t *body,
	struct ym_error *err) YM_MUST;
/* From when the limits run, until when, and what is due: what an acceptance says. fen: scratch. */
void ym_emit_acceptance(struct ym_event_draft *d, const struct ym_matter *m, char fen[24]);
/* Roles as p.* attributes, promises as d.*: what an event with the whole case must say. keys: scratch of that many. */
#define YM_EMIT_KEYS (YM_MAX_CASE_ROLES + YM_MAX_REASONS)
int ym_emit_people(struct ym_visit *v, const struct ym_matter *m, struct ym_event_draft *d, char (*keys)[48]);
/* Runs one append in a transaction with the draft. */
typedef enum ym_code (*ym_emit_fn)(struct ym_visit *v, void *user, struct ym_error *err);
enum ym_code ym_visit_commit(struct ym_visit *v, ym_emit_fn fn, void *user, struct ym_error *err) YM_MUST;
/* The latest body that holds the whole of a case; NOTFOUND, GONE when erased. */
enum ym_code ym_snapshot_load(struct ym_casework *w, const char *case_no, json_t **ret, struct ym_error *err) YM_MUST;
enum ym_code ym_visit_store_draft(struct ym_visit *v, struct ym_error *err) YM_MUST;   /* in the caller's transaction */
