/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One visit: persons in roles, cases, one checklist, one form, proposals with all reasons, decisions, fee, papers, rating.
 * Not drawing, not devices, not network: whoever holds a visit feeds it facts and asks it for lines.
 * Everything returned (lines, strings) is owned by the visit and valid until the next call that changes it.
 * Every changing call re-evaluates the whole visit; decisive calls append events and commit before they return.
 * Invariant: what is shown as decided is durable.
 */
#pragma once

#include "yimen/item.h"

struct ym_visit;

enum ym_stage { YM_STAGE_IDENTITY, YM_STAGE_ITEMS, YM_STAGE_MATERIALS, YM_STAGE_FORM, YM_STAGE_DECIDE, YM_STAGE_FEE,
	YM_STAGE_PAPERS, YM_STAGE_RATE, YM_N_STAGES };
/* Exits of the window (model.md §5). COMPLETED is acceptance of an instant item with its result at the window. */
enum ym_exit { YM_EXIT_NONE, YM_EXIT_NOT_REQUIRED, YM_EXIT_NOT_OURS, YM_EXIT_CORRECTED, YM_EXIT_RETURNED, YM_EXIT_ACCEPTED,
	YM_EXIT_DEFERRED, YM_EXIT_REFUSED, YM_EXIT_COMPLETED, YM_EXIT_COLLECTED /* 代收代办 or offline: taken in, forwarded */, YM_N_EXITS };
const char *ym_exit_name(enum ym_exit e);            /* "accepted": data, JSON, events */
enum ym_exit ym_exit_by_name(const char *name);      /* YM_EXIT_NONE when unknown */
const char *ym_exit_label(enum ym_exit e);           /* msgid */
/* Life of a case (rules.md §9). */
enum ym_case_state { YM_CASE_DRAFT, YM_CASE_RECEIVED /* 已收件 */, YM_CASE_RETURNED /* 补正中 */, YM_CASE_ACCEPTED, YM_CASE_NOT_ACCEPTED,
	YM_CASE_REVIEWING, YM_CASE_SPECIAL, YM_CASE_DECIDING, YM_CASE_EXTENDED, YM_CASE_APPROVED, YM_CASE_DENIED, YM_CASE_WITHDRAWN,
	YM_CASE_TERMINATED, YM_CASE_TO_COLLECT, YM_CASE_DELIVERED, YM_CASE_ARCHIVED, YM_N_CASE_STATES };
const char *ym_case_state_name(enum ym_case_state s);
const char *ym_case_state_label(enum ym_case_state s); /* msgid */

/* -- persons -- */
enum ym_origin { YM_FROM_CARD, YM_FROM_MRZ, YM_FROM_TYPED, YM_FROM_ARCHIVE, YM_FROM_CHECK, YM_FROM_RULE };
struct ym_fact { const char *datum /* without role */, *value; };
struct ym_person {
	const char *name, *doc_kind /* GA/T 2000.156 code, "111" */, *doc_number, *as /* party or role, "visitor" for who came */, *as_label;
	const char *sex_label; int age /* -1 unknown */; bool is_org, is_new /* no document yet */, identified; enum ym_origin origin;
};
int ym_visit_n_persons(const struct ym_visit *v);
const struct ym_person *ym_visit_person(const struct ym_visit *v, int index);
/* as: "visitor" (the first), a role or a party. Returns the index by *ret. */
enum ym_code ym_visit_add_person(struct ym_visit *v, const char *as, bool is_org, int *ret, struct ym_error *err) YM_MUST;
enum ym_code ym_visit_remove_person(struct ym_visit *v, int person, struct ym_error *err) YM_MUST;
/* Take facts about a person from one source; a document number identifies (appends visit.identified on first decisive act).
 * Values are validated one by one; the first bad one is INVALID with its label as subject, the rest are kept.
 * CONFLICT when the person is identified already with another number (nothing changes). */
enum ym_code ym_visit_identify(struct ym_visit *v, int person, const struct ym_fact facts[], int n, enum ym_origin origin,
	struct ym_error *err) YM_MUST;

/* -- cases -- */
enum ym_weight { YM_NOTE, YM_WARN, YM_BLOCK };
struct ym_reason { enum ym_weight weight; const char *text, *source, *cure /* what to do, msgid or "" */; enum ym_stage stage; int line /* -1 or line of that stage */; };
enum ym_fee_state { YM_FEE_NONE, YM_FEE_DUE, YM_FEE_PAID, YM_FEE_WAIVED };
struct ym_case_line {
	const char *item, *name, *category, *case_no /* "" until decided */, *bundle /* "" or id */;
	bool is_open /* this visit may still decide it */; bool confirm_age /* the catalogue has aged: ym_visit_confirm_age first */;
	enum ym_case_state state; enum ym_exit proposal, exit; const char *summary /* one line why */;
	const struct ym_reason *reasons; int n_reasons;
	bool waits_for /* starts when another case ends */; const char *after;
	bool can_exit[YM_N_EXITS];   /* what the officer may choose here */
	const char *due_statutory, *due_promised /* ISO dates or "" */; bool calendar_known;
	int64_t fee_fen; const char *fee_label; enum ym_fee_state fee_state; const char *delivery;
	enum ym_decider decider; const char *scope_label;
};
int ym_visit_n_cases(const struct ym_visit *v);
const struct ym_case_line *ym_visit_case(const struct ym_visit *v, int index);
enum ym_code ym_visit_add_item(struct ym_visit *v, const char *item, int *ret, struct ym_error *err) YM_MUST;  /* CONFLICT when there already for the same person */
enum ym_code ym_visit_add_bundle(struct ym_visit *v, const char *bundle, struct ym_error *err) YM_MUST;
enum ym_code ym_visit_drop_case(struct ym_visit *v, int c, struct ym_error *err) YM_MUST;                       /* STATE once decided */
/* Roles of a case and who plays them (-1 nobody yet). */
int ym_visit_n_roles(const struct ym_visit *v, int c);
const struct ym_role *ym_visit_role(const struct ym_visit *v, int c, int role, int *ret_person);
/* Optional, played by nobody, and known not to be needed here: the screens leave it out. */
bool ym_visit_role_is_idle(const struct ym_visit *v, int c, int role);
enum ym_code ym_visit_bind(struct ym_visit *v, int c, const char *role, int person, struct ym_error *err) YM_MUST;
/* Parties and roles that nobody plays yet, for "add a person". Returns count; label in .label, is_new in .is_new. */
int ym_visit_open_roles(const struct ym_visit *v, struct ym_role *ret, int max);

/* -- situational questions (merged by id) -- */
struct ym_question_line { const struct ym_question *q; const char *answer /* code or "" */; };
int ym_visit_n_questions(const struct ym_visit *v);
const struct ym_question_line *ym_visit_question(const struct ym_visit *v, int index);
enum ym_code ym_visit_answer(struct ym_visit *v, int index, const char *code /* "" clears */, struct ym_error *err) YM_MUST;

/* -- materials: one checklist -- */
enum ym_material_state { YM_MAT_UNSEEN, YM_MAT_SEEN /* original seen */, YM_MAT_CAPTURED, YM_MAT_SHARED /* by a check */, YM_MAT_ELICENSE,
	YM_MAT_DEFERRED, YM_MAT_MISSING, YM_MAT_WRONG, YM_MAT_WAITING /* check asked */, YM_MAT_GENERATED /* printed here to sign */,
	YM_MAT_PROMISED /* 告知承诺: a written promise instead of the proof */, YM_N_MAT_STATES };
struct ym_material_line {
	const char *kind, *name, *holder_label, *form, *note, *cases /* short names, "3 件共用" when shared by all */, *check, *origin, *deadline;
	int holder /* person, -1 */; int n_cases; enum ym_need need; enum ym_material_state state; bool main, deferrable, retained, applies_known;
	bool is_live; /* taken from the person: portrait, fingers */
	int pages; int64_t at;
	bool is_asked, is_confirmed; /* ELICENSE: the register was asked about it; says that it is in force */
};
const char *ym_material_state_label(enum ym_material_state s); /* msgid */
int ym_visit_n_materials(const struct ym_visit *v);
const struct ym_material_line *ym_visit_material(const struct ym_visit *v, int index);
/* note: why it is wrong, or a promise. REFUSED when deferring what may not be deferred (with the rule's source). */
enum ym_code ym_visit_mark(struct ym_visit *v, int material, enum ym_material_state state, const char *note, struct ym_error *err) YM_MUST;
/* Attach a page (stored sealed as a blob, state CAPTURED). */
enum ym_code ym_visit_attach(struct ym_visit *v, int material, const void *data, size_t n, const char *media, struct ym_error *err) YM_MUST;

/* -- checks: inquiries to the outside -- */
enum ym_check_state { YM_CHECK_NOT_ASKED, YM_CHECK_ASKED, YM_CHECK_CLEAR, YM_CHECK_HIT, YM_CHECK_UNKNOWN /* register has nothing */, YM_CHECK_FAILED };
struct ym_check_line { const char *id, *reg, *label, *purpose, *subject, *answer, *source; enum ym_check_state state; bool required; int64_t asked_at, answered_at; const char *valid_until; };
int ym_visit_n_checks(const struct ym_visit *v);
const struct ym_check_line *ym_visit_check(const struct ym_visit *v, int index);
/* Appends check.asked; the answer comes through the feed. */
enum ym_code ym_visit_ask(struct ym_visit *v, int check, struct ym_error *err) YM_MUST;
enum ym_code ym_visit_ask_material(struct ym_visit *v, int material, struct ym_error *err) YM_MUST;
/* Whether an electronic certificate that stands in for the material is in force (rules: 在线查状态); its answer lands on the material: in
 * force, or not acceptable with the reason. OFFLINE: cannot be asked now; the material's note says so. */
#define YM_CERTIFICATE_MAX 128
enum ym_code ym_visit_ask_certificate(struct ym_visit *v, int material, const char *certificate, struct ym_error *err) YM_MUST;
/* Whatever a register can answer and nobody has asked yet: documents not seen, inquiries of the items; whoever is not named is
 * left out. *ret_asked counts them, also when one could not be asked. */
enum ym_code ym_visit_ask_all(struct ym_visit *v, int *ret_asked, struct ym_error *err) YM_MUST;

/* -- the one form -- */
struct ym_form_line {
	const char *datum /* "role.datum" of the first case */, *label, *group /* whose: "新生儿 · 张小明" */, *value, *shown /* label of a code, or value */;
	const char *hint, *basis, *error /* msgid or catalogue text, "" when fine */, *table; const struct ym_datum *type;
	int person /* -1: the case's own */, case_index /* of case.* data, else -1 */, n_cases; bool required, personal, is_result; enum ym_origin origin; bool has_value;
};
int ym_visit_n_form(const struct ym_visit *v);
const struct ym_form_line *ym_visit_form(const struct ym_visit *v, int index);
/* Keeps the text even when INVALID (the field shows err). */
enum ym_code ym_visit_fill(struct ym_visit *v, int line, const char *value, struct ym_error *err) YM_MUST;
/* Options of a code or enum field that match text (code, label, pinyin-less); returns count. */
int ym_visit_form_options(struct ym_visit *v, int line, const char *text, struct ym_option *ret, int max);

/* -- what is still missing, everywhere -- */
struct ym_missing { enum ym_weight weight; const char *text, *cases; enum ym_stage stage; int line; };
int ym_visit_n_missing(const struct ym_visit *v);
const struct ym_missing *ym_visit_missing(const struct ym_visit *v, int index);

/* -- decide -- */
/* exit == the proposal: reason may be NULL. Another: a reason of at least 4 characters, logged. Durable when it returns OK. */
enum ym_code ym_visit_decide(struct ym_visit *v, int c, enum ym_exit exit, const char *reason, struct ym_error *err) YM_MUST;
/* Every open case that has a proposal, by it, in one commit. */
enum ym_code ym_visit_decide_all(struct ym_visit *v, int *ret_n, struct ym_error *err) YM_MUST;
/* -- fee, delivery -- */
enum ym_code ym_visit_pay(struct ym_visit *v, int c, const char *method /* "qr" "pos" "cash" */, const char *receipt, struct ym_error *err) YM_MUST;
enum ym_code ym_visit_waive(struct ym_visit *v, int c, const char *reason, struct ym_error *err) YM_MUST;
enum ym_code ym_visit_deliver(struct ym_visit *v, int c, const char *how, const char *address, const char *phone, struct ym_error *err) YM_MUST;

/* -- papers -- */
struct ym_paper_line { const char *id /* serial */, *template_id, *title, *case_no; int case_index /* -1 whole visit */;
	int printed /* as it is now: since it was signed on the pad */; bool signable, is_signed, is_drawn /* on the pad */, is_void; };
int ym_visit_n_papers(const struct ym_visit *v);
const struct ym_paper_line *ym_visit_paper(const struct ym_visit *v, int index);
/* Resolved content as JSON for the renderer (see paper/paper.h). Contains personal data: pipes and memory only. Caller frees. */
char *ym_visit_paper_json(struct ym_visit *v, int paper);
enum ym_code ym_visit_printed(struct ym_visit *v, int paper, const char *device, struct ym_error *err) YM_MUST;  /* appends paper.printed */
enum ym_code ym_visit_sign(struct ym_visit *v, int paper, struct ym_error *err) YM_MUST;                           /* by hand on paper; on the pad: yimen/signature.h */

/* -- rating -- */
enum ym_rating_state { YM_RATING_NOT_ASKED, YM_RATING_ASKED, YM_RATING_GIVEN, YM_RATING_SKIPPED };
enum ym_rating_state ym_visit_rating(const struct ym_visit *v);
enum ym_code ym_visit_ask_rating(struct ym_visit *v, struct ym_error *err) YM_MUST;
/* Called by the evaluator's path only: grade is GB/T 39046 A.8 (1 best .. 5 worst). No screen calls this. */
enum ym_code ym_visit_take_rating(struct ym_visit *v, int grade, const char *source, struct ym_error *err) YM_MUST;

/* -- life of the visit -- */
const char *ym_visit_id(const struct ym_visit *v);
const char *ym_visit_ticket(const struct ym_visit *v);   /* "A018" or "" */
const char *ym_visit_claim(const struct ym_visit *v);    /* what the citizen said */
enum ym_stage ym_visit_stage(const struct ym_visit *v);
void ym_visit_set_stage(struct ym_visit *v, enum ym_stage s);
/* done / total of a stage for the stage bar ("材料 4/6"). */
void ym_visit_progress(const struct ym_visit *v, enum ym_stage s, int *ret_done, int *ret_total);
/* Where the officer was: restored at resume. caret is the screen's own text. */
void ym_visit_set_caret(struct ym_visit *v, const char *caret);
const char *ym_visit_caret(const struct ym_visit *v);
bool ym_visit_is_dirty(const struct ym_visit *v);        /* draft not saved yet */
enum ym_code ym_visit_save(struct ym_visit *v, struct ym_error *err) YM_MUST;
enum ym_code ym_visit_finish(struct ym_visit *v, struct ym_error *err) YM_MUST;   /* visit.closed; STATE while a decided case has a fee due */
