/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * After the window's exit a case goes on: review, special procedure and its end, extension, the decision where this account may take it,
 * withdrawal, termination (domain rules §1-§4). Done in a visit that holds the case; the paper that goes with it is among the visit's.
 * Not the exits (yimen/visit.h). Invariant: the flow table, the authority and the limits of the law are asked before anything is written.
 */
#pragma once

#include "yimen/visit.h"

enum ym_proceed { YM_PROCEED_NONE, YM_PROCEED_REVIEW /* 审查 */, YM_PROCEED_SPECIAL /* 特别程序: the clock stops */, YM_PROCEED_RESUME,
	YM_PROCEED_EXTEND /* 延期: once */, YM_PROCEED_APPROVE, YM_PROCEED_DENY, YM_PROCEED_SEND_BACK /* 退回补正 */, YM_PROCEED_READY /* the result is here */,
	YM_PROCEED_WITHDRAW /* by the applicant */, YM_PROCEED_TERMINATE, YM_N_PROCEEDS };
const char *ym_proceed_name(enum ym_proceed p);      /* "extend": data, JSON, the flow table's action */
const char *ym_proceed_label(enum ym_proceed p);     /* msgid */
enum ym_proceed ym_proceed_by_name(const char *name); /* YM_PROCEED_NONE when unknown */
/* Kinds to choose from: special procedures, causes of a termination; code and msgid. 0 when the step has none. */
int ym_proceed_kinds(enum ym_proceed p, const struct ym_option **ret);

struct ym_proceeding {
	enum ym_proceed what;
	const char *kind;      /* of ym_proceed_kinds, else NULL */
	const char *reason;    /* at least four characters where the law wants one: see ym_proceed_wants_reason */
	const char *approver;  /* EXTEND: who of the authority approved it */
	int days;              /* SPECIAL: working days it will take; EXTEND: working days more */
};
bool ym_proceed_wants_reason(enum ym_proceed p);
/* OK when the step is open to the case now and to who is signed in; else STATE or REFUSED with the sentence why. */
enum ym_code ym_visit_may_proceed(struct ym_visit *v, int c, enum ym_proceed p, struct ym_error *err) YM_MUST;
/* Durable when it returns OK. INVALID: days, kind, reason or approver are wrong; STATE, REFUSED as above. */
enum ym_code ym_visit_proceed(struct ym_visit *v, int c, const struct ym_proceeding *p, struct ym_error *err) YM_MUST;
/* What a screen shows of it: "" when there is nothing. Days are ISO dates. */
struct ym_proceed_line { bool deemed; const char *suspended_since, *suspended_until /* planned */, *special /* msgid */, *notice_due; int extra; };
void ym_visit_proceed_line(const struct ym_visit *v, int c, struct ym_proceed_line *ret);

/* A case that this visit returned, or accepted with a promise, is decided here again: the citizen came back with the page.
 * STATE when the case is another. */
enum ym_code ym_visit_take_up(struct ym_visit *v, int c, struct ym_error *err) YM_MUST;
/* An ageing catalogue (ym_pack_age_limit): the officer confirms that nothing has changed since; kept with the decision. */
enum ym_code ym_visit_confirm_age(struct ym_visit *v, int c, struct ym_error *err) YM_MUST;
