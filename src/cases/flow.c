/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The life of a case as a table (rules.md §9): what is not listed is refused. Names of states and exits.
 * Not who may do it and not why. Invariant: state is changed through ym_flow_step alone.
 */
#include "cases/casework.h"

#include <string.h>

#include "base/mem.h"

static const struct { const char *name, *label; } states[YM_N_CASE_STATES] = {
	[YM_CASE_DRAFT] = { "draft", N_("draft") },
	[YM_CASE_RECEIVED] = { "received", N_("received") },
	[YM_CASE_RETURNED] = { "returned", N_("to be supplemented") },
	[YM_CASE_ACCEPTED] = { "accepted", N_("accepted") },
	[YM_CASE_NOT_ACCEPTED] = { "not_accepted", N_("not accepted") },
	[YM_CASE_REVIEWING] = { "reviewing", N_("under review") },
	[YM_CASE_SPECIAL] = { "special", N_("special procedure") },
	[YM_CASE_DECIDING] = { "deciding", N_("awaiting decision") },
	[YM_CASE_EXTENDED] = { "extended", N_("extended") },
	[YM_CASE_APPROVED] = { "approved", N_("approved") },
	[YM_CASE_DENIED] = { "denied", N_("denied") },
	[YM_CASE_WITHDRAWN] = { "withdrawn", N_("withdrawn") },
	[YM_CASE_TERMINATED] = { "terminated", N_("terminated") },
	[YM_CASE_TO_COLLECT] = { "to_collect", N_("ready to collect") },
	[YM_CASE_DELIVERED] = { "delivered", N_("delivered") },
	[YM_CASE_ARCHIVED] = { "archived", N_("archived") },
};

static const struct { const char *name, *label, *action; } exits[YM_N_EXITS] = {
	[YM_EXIT_NONE] = { "", N_("not ready"), "" },
	[YM_EXIT_NOT_REQUIRED] = { "not_required", N_("not required"), "not_required" },
	[YM_EXIT_NOT_OURS] = { "not_ours", N_("not ours"), "not_ours" },
	[YM_EXIT_CORRECTED] = { "corrected", N_("corrected on the spot"), "correct" },
	[YM_EXIT_RETURNED] = { "returned", N_("returned with notice"), "return" },
	[YM_EXIT_ACCEPTED] = { "accepted", N_("accept"), "accept" },
	[YM_EXIT_DEFERRED] = { "deferred", N_("accept with deferral"), "defer" },
	[YM_EXIT_REFUSED] = { "refused", N_("refuse"), "refuse" },
	[YM_EXIT_COMPLETED] = { "completed", N_("complete on the spot"), "complete" },
	[YM_EXIT_COLLECTED] = { "collected", N_("take in and forward"), "collect" },
};

#define S(x) YM_CASE_##x
static const struct ym_flow_row table[] = {
	/* at the window */
	{ S(DRAFT), "collect", S(RECEIVED), "case.collected" },
	{ S(DRAFT), "correct", S(RECEIVED), "case.corrected" },
	{ S(DRAFT), "return", S(RETURNED), "case.returned" },
	{ S(DRAFT), "accept", S(ACCEPTED), "case.accepted" },
	{ S(DRAFT), "defer", S(ACCEPTED), "case.accepted" },
	{ S(DRAFT), "complete", S(APPROVED), "case.completed" },
	{ S(DRAFT), "refuse", S(NOT_ACCEPTED), "case.refused" },
	{ S(DRAFT), "not_required", S(NOT_ACCEPTED), "case.not_required" },
	{ S(DRAFT), "not_ours", S(NOT_ACCEPTED), "case.not_ours" },
	{ S(RECEIVED), "collect", S(RECEIVED), "case.collected" },
	{ S(RECEIVED), "correct", S(RECEIVED), "case.corrected" },
	{ S(RECEIVED), "return", S(RETURNED), "case.returned" },
	{ S(RECEIVED), "accept", S(ACCEPTED), "case.accepted" },
	{ S(RECEIVED), "defer", S(ACCEPTED), "case.accepted" },
	{ S(RECEIVED), "complete", S(APPROVED), "case.completed" },
	{ S(RECEIVED), "refuse", S(NOT_ACCEPTED), "case.refused" },
	{ S(RECEIVED), "not_required", S(NOT_ACCEPTED), "case.not_required" },
	{ S(RECEIVED), "not_ours", S(NOT_ACCEPTED), "case.not_ours" },
	{ S(RECEIVED), "deem", S(ACCEPTED), "case.deemed_accepted" },
	{ S(RECEIVED), "review", S(REVIEWING), "case.review_started" },
	{ S(RECEIVED), "approve", S(APPROVED), "case.approved" },
	{ S(RECEIVED), "deny", S(DENIED), "case.denied" },
	{ S(RECEIVED), "withdraw", S(WITHDRAWN), "case.withdrawn" },
	{ S(RETURNED), "collect", S(RECEIVED), "case.collected" },
	{ S(RETURNED), "correct", S(RECEIVED), "case.corrected" },
	{ S(RETURNED), "return", S(RETURNED), "case.returned" },
	{ S(RETURNED), "accept", S(ACCEPTED), "case.accepted" },
	{ S(RETURNED), "defer", S(ACCEPTED), "case.accepted" },
	{ S(RETURNED), "complete", S(APPROVED), "case.completed" },
	{ S(RETURNED), "refuse", S(NOT_ACCEPTED), "case.refused" },
	{ S(RETURNED), "not_required", S(NOT_ACCEPTED), "case.not_required" },
	{ S(RETURNED), "not_ours", S(NOT_ACCEPTED), "case.not_ours" },
	{ S(RETURNED), "deem", S(ACCEPTED), "case.deemed_accepted" },
	{ S(RETURNED), "withdraw", S(WITHDRAWN), "case.withdrawn" },
	{ S(RETURNED), "terminate", S(TERMINATED), "case.terminated" },
	/* after acceptance */
	{ S(ACCEPTED), "accept", S(ACCEPTED), "case.supplemented" },
	{ S(ACCEPTED), "defer", S(ACCEPTED), "case.supplemented" },
	{ S(ACCEPTED), "complete", S(APPROVED), "case.completed" },
	{ S(ACCEPTED), "review", S(REVIEWING), "case.review_started" },
	{ S(ACCEPTED), "special", S(SPECIAL), "case.special_started" },
	{ S(ACCEPTED), "decide", S(DECIDING), "case.reviewed" },
	{ S(ACCEPTED), "extend", S(EXTENDED), "case.extended" },
	{ S(ACCEPTED), "approve", S(APPROVED), "case.approved" },
	{ S(ACCEPTED), "deny", S(DENIED), "case.denied" },
	{ S(ACCEPTED), "send_back", S(RETURNED), "case.sent_back" },
	{ S(ACCEPTED), "withdraw", S(WITHDRAWN), "case.withdrawn" },
	{ S(ACCEPTED), "terminate", S(TERMINATED), "case.terminated" },
	{ S(REVIEWING), "special", S(SPECIAL), "case.special_started" },
	{ S(REVIEWING), "decide", S(DECIDING), "case.reviewed" },
	{ S(REVIEWING), "extend", S(EXTENDED), "case.extended" },
	{ S(REVIEWING), "approve", S(APPROVED), "case.approved" },
	{ S(REVIEWING), "deny", S(DENIED), "case.denied" },
	{ S(REVIEWING), "send_back", S(RETURNED), "case.sent_back" },
	{ S(REVIEWING), "withdraw", S(WITHDRAWN), "case.withdrawn" },
	{ S(REVIEWING), "terminate", S(TERMINATED), "case.terminated" },
	{ S(SPECIAL), "resume", S(REVIEWING), "case.special_ended" },
	{ S(SPECIAL), "withdraw", S(WITHDRAWN), "case.withdrawn" },
	{ S(SPECIAL), "terminate", S(TERMINATED), "case.terminated" },
	{ S(DECIDING), "special", S(SPECIAL), "case.special_started" },
	{ S(DECIDING), "extend", S(EXTENDED), "case.extended" },
	{ S(DECIDING), "approve", S(APPROVED), "case.approved" },
	{ S(DECIDING), "deny", S(DENIED), "case.denied" },
	{ S(DECIDING), "send_back", S(RETURNED), "case.sent_back" },
	{ S(DECIDING), "withdraw", S(WITHDRAWN), "case.withdrawn" },
	{ S(DECIDING), "terminate", S(TERMINATED), "case.terminated" },
	{ S(EXTENDED), "special", S(SPECIAL), "case.special_started" },
	{ S(EXTENDED), "send_back", S(RETURNED), "case.sent_back" },
	{ S(EXTENDED), "decide", S(DECIDING), "case.reviewed" },
	{ S(EXTENDED), "approve", S(APPROVED), "case.approved" },
	{ S(EXTENDED), "deny", S(DENIED), "case.denied" },
	{ S(EXTENDED), "withdraw", S(WITHDRAWN), "case.withdrawn" },
	{ S(EXTENDED), "terminate", S(TERMINATED), "case.terminated" },
	/* the result leaves */
	{ S(APPROVED), "ready", S(TO_COLLECT), "case.ready" },
	{ S(APPROVED), "issue", S(DELIVERED), "case.issued" },
	{ S(DENIED), "issue", S(DELIVERED), "case.issued" },
	{ S(TO_COLLECT), "issue", S(DELIVERED), "case.issued" },
	{ S(NOT_ACCEPTED), "archive", S(ARCHIVED), "case.archived" },
	{ S(WITHDRAWN), "archive", S(ARCHIVED), "case.archived" },
	{ S(TERMINATED), "archive", S(ARCHIVED), "case.archived" },
	{ S(DELIVERED), "archive", S(ARCHIVED), "case.archived" },
};
#undef S

const struct ym_flow_row *
ym_flow_table(int *ret_n)
{
	*ret_n = (int)YM_ARRAY_LEN(table);
	return table;
}

const struct ym_flow_row *
ym_flow_row(enum ym_case_state from, const char *action)
{
	for (size_t i = 0; i < YM_ARRAY_LEN(table); i++)
		if (table[i].from == from && ym_streq(table[i].action, action))
			return &table[i];
	return NULL;
}

enum ym_code
ym_flow_step(enum ym_case_state from, const char *action, enum ym_case_state *ret, struct ym_error *err)
{
	const struct ym_flow_row *row = ym_flow_row(from, action);
	if (!row)
		return ym_fail_on(err, YM_STATE, N_("This step is not possible in the present state of the case"),
			ym_case_state_label(from), "%s from %s", action ? action : "", ym_case_state_name(from));
	*ret = row->to;
	return YM_OK;
}

const char *
ym_case_state_name(enum ym_case_state s)
{
	return (unsigned)s < YM_N_CASE_STATES ? states[s].name : "";
}

enum ym_case_state
ym_flow_state_by_name(const char *name)
{
	for (int i = 0; i < YM_N_CASE_STATES; i++)
		if (ym_streq(states[i].name, name))
			return (enum ym_case_state)i;
	return YM_CASE_DRAFT;
}

const char *
ym_case_state_label(enum ym_case_state s)
{
	return (unsigned)s < YM_N_CASE_STATES ? states[s].label : "";
}

const char *
ym_exit_name(enum ym_exit e)
{
	return (unsigned)e < YM_N_EXITS ? exits[e].name : "";
}

enum ym_exit
ym_exit_by_name(const char *name)
{
	for (int i = 1; i < YM_N_EXITS; i++)
		if (ym_streq(exits[i].name, name))
			return (enum ym_exit)i;
	return YM_EXIT_NONE;
}

const char *
ym_exit_label(enum ym_exit e)
{
	return (unsigned)e < YM_N_EXITS ? exits[e].label : "";
}

const char *
ym_exit_action(enum ym_exit e)
{
	return (unsigned)e < YM_N_EXITS ? exits[e].action : "";
}
