/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the checks share: the index of ids, places to report, and one function for each kind of entry. Only for lint*.c.
 * Invariant: no check changes a node.
 */
#pragma once

#include "catalog/lint.h"
#include "catalog/rule.h"

struct ym_lint {
	struct ym_parts *parts;
	struct ym_rules *rules;
	json_t *ids[YM_N_PARTS];     /* id -> entry */
	json_t *used[YM_N_PARTS];    /* ids that something refers to */
	json_t *questions;           /* id -> {item, question}: they merge across the items of a visit */
};

/* A place in a node: "materials[3].kind". */
struct ym_spot { struct ym_lint *l; const struct ym_node *node; char path[200]; };
struct ym_spot ym_lint_spot(struct ym_lint *l, const struct ym_node *node, const char *fmt, ...) YM_PRINTF(3, 4);
void ym_lint_error(struct ym_spot s, const char *msgid, const char *subject);
void ym_lint_warn(struct ym_spot s, const char *msgid, const char *subject);

/* The entry of an id, which counts as used; NULL when there is none. */
json_t *ym_lint_find(struct ym_lint *l, enum ym_section section, const char *id);
/* An id that must lead somewhere; "" is nothing to check. */
void ym_lint_need(struct ym_spot s, enum ym_section section, const char *id, const char *msgid);
/* The first object of a list with this value under key. */
json_t *ym_lint_entry(const json_t *list, const char *key, const char *value);
/* "catalog/x/HZ-001.json" must hold HZ-001. */
void ym_lint_stem(struct ym_lint *l, const struct ym_node *node);

/* What a rule may name. In an item: its roles, its questions. In a bundle: its parties, all questions of its items. */
struct ym_rule_scope {
	struct ym_spot at;
	const json_t *item, *bundle;
	const char *question;        /* the one whose own condition this is */
	json_t *used;                /* question ids: true, or a number when some answer makes a difference */
};
void ym_lint_rule(struct ym_rule_scope r, const char *expr);
/* A condition must come to an end: what it asks about, a person does not bring along, and no rule makes required, is reported. */
void ym_lint_waits(struct ym_rule_scope r, const char *expr);
/* lint_truth.c: try a rule that parses out; a question that it follows becomes a number in `used`. Codes it compares with. */
void ym_lint_truth(struct ym_rule_scope *r, const char *expr);
void ym_lint_choices(struct ym_rule_scope *r, const char *expr);
void ym_lint_limits(struct ym_lint *l, const struct ym_node *node);
void ym_lint_item(struct ym_lint *l, const struct ym_node *node);
void ym_lint_bundle(struct ym_lint *l, const struct ym_node *node);
