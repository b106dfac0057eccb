/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A consultation at the guide desk: items looked at together, situational questions, the little that is known of who asks; and what
 * follows: conditions, one list of materials, limits, fees, where, who decides. Not a visit (yimen/visit.h): nobody is identified.
 * What is returned is owned by the consultation and good until the next call that changes it.
 * Invariant: name and number of who asks are never taken, and nothing is kept before the consultation is given.
 */
#pragma once

#include "yimen/queue.h"

struct ym_consult;

enum ym_standing { YM_STANDING_OPEN /* something is not known yet */, YM_STANDING_MET, YM_STANDING_NOT };
enum ym_consult_where {
	YM_WHERE_OPEN,      /* depends on the responsible division */
	YM_WHERE_HERE,
	YM_WHERE_COLLECT,   /* taken in here, forwarded, decided there */
	YM_WHERE_ONLINE,    /* online from anywhere */
	YM_WHERE_ELSEWHERE, /* another police organ */
	YM_WHERE_OTHERS,    /* moved out, forwarded or locally defined: another authority */
};
struct ym_consult_item {
	const struct ym_item *item;
	const char *bundle;                            /* id or "" */
	enum ym_standing standing;                     /* of its conditions together */
	enum ym_consult_where where;
	const char *where_text /* who is responsible, "" when here */, *scope_text, *where_source;
	const char *due_promised, *due_statutory;      /* if it were accepted today; ISO dates or "" */
	bool calendar_known, fee_known, fee_exempt;
	int64_t fee_fen;
	const char *fee_label;
	enum ym_decider decider;
	const char *decider_step;                      /* the step that decides, in the catalogue's words */
};
struct ym_consult_condition { int item; const char *text, *source, *responsible, *waits_for /* what must be known first */; enum ym_standing standing; };
enum ym_material_way { YM_WAY_BRING, YM_WAY_SHARED /* a register can replace it */, YM_WAY_TAKEN /* photograph, fingerprints: at the window */,
	YM_WAY_MADE /* printed here to sign */ };
struct ym_consult_material {
	const char *name, *holder, *form, *note, *items /* whose, "" when there is one item */, *waits_for /* "" when it is sure to be needed */;
	const char *reg /* label of the register, "" */;
	enum ym_material_way way;
	bool optional, main, deferrable, retained;
	int copies;
};

void ym_consult_free(struct ym_consult *c);
/* CONFLICT when it is in there already; NOTFOUND. */
enum ym_code ym_consult_add(struct ym_consult *c, const char *id, bool is_bundle, struct ym_error *err) YM_MUST;
enum ym_code ym_consult_drop(struct ym_consult *c, int item, struct ym_error *err) YM_MUST;
/* Next citizen: everything is forgotten. */
void ym_consult_clear(struct ym_consult *c);

/* Who asks, as far as it matters: "age" (years), "household_division" (GB/T 2260), "kind" ("resident", "hk_mo", "tw", "foreign").
 * "" forgets it. INVALID when it is none of these. */
enum ym_code ym_consult_set(struct ym_consult *c, const char *what, const char *value, struct ym_error *err) YM_MUST;
const char *ym_consult_get(const struct ym_consult *c, const char *what);           /* "" when not known */

int ym_consult_n_items(const struct ym_consult *c);
const struct ym_consult_item *ym_consult_item(const struct ym_consult *c, int index);
int ym_consult_n_questions(const struct ym_consult *c);
const struct ym_question_line *ym_consult_question(const struct ym_consult *c, int index);
enum ym_code ym_consult_answer(struct ym_consult *c, int index, const char *code /* "" clears */, struct ym_error *err) YM_MUST;
int ym_consult_n_conditions(const struct ym_consult *c);
const struct ym_consult_condition *ym_consult_condition(const struct ym_consult *c, int index);
int ym_consult_n_materials(const struct ym_consult *c);
const struct ym_consult_material *ym_consult_material(const struct ym_consult *c, int index);

/* What this person can do: every item of the catalogue and what speaks against it. First what is possible, the usual first; then what is
 * not, with the reason; last what the police no longer does. Returns how many. */
struct ym_consult_can { char id[40], name[160], category[32], why[200]; enum ym_standing standing; bool others, is_org; int rank; };
int ym_consult_can(struct ym_consult *c, struct ym_consult_can *ret, int max);

/* The number under which it was given ("ZX..."), "" before. */
const char *ym_consult_no(const struct ym_consult *c);
/* Has it changed since it was last given? */
bool ym_consult_is_open(const struct ym_consult *c);
/* The consultation was given (by word, on paper, as a ticket): appends consult.given. OK without an event when nothing changed since.
 * STATE: nothing was looked at; no shift is open. */
enum ym_code ym_consult_give(struct ym_consult *c, struct ym_error *err) YM_MUST;
/* A ticket that carries items and answers to the window. to: "" this desk's own queue, else the code of a desk; then the central brings it
 * there, under a number of this desk's own series. Gives the consultation first. */
enum ym_code ym_consult_ticket(struct ym_consult *c, enum ym_ticket_class cls, const char *appointment, const char *to, char ret_no[12],
	struct ym_error *err) YM_MUST;
/* Everything above as JSON, for commands. Caller frees. */
char *ym_consult_report(struct ym_consult *c);

/* Since the shift was opened. */
struct ym_consult_tally { int given, papers, tickets; };
