/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What rule_db.c (expressions) and rule_db_seal.c (the connection they run in) share; nothing else sees it. */
#pragma once

#include "store/internal.h"

#define YM_RULE_DB_EXPR_MAX 2000
#define YM_RULE_DB_BUCKETS 256
#define YM_RULE_DB_FUNCTIONS 64
#define YM_RULE_DB_ARGS 16
#define YM_RULE_DB_STEPS 100000 /* of one evaluation */
#define YM_RULE_DB_DATES 3      /* date functions of our own */

struct ym_rule_db_function {
	struct ym_rule_db *rules;
	char name[64];
	ym_rule_fn fn;
	void *user;
};
struct ym_rule_db_date {
	struct ym_rule_db *rules;
	const char *name;
	sqlite3_stmt *by_args[YM_RULE_DB_ARGS + 1];
};
struct ym_rule_db_cached {
	char *expr;
	sqlite3_stmt *h;
	struct ym_rule_db_cached *next;
};
struct ym_rule_db {
	sqlite3 *h;
	sqlite3 *dates; /* lends its unwrapped date functions to ours */
	struct ym_rule_db_date date[YM_RULE_DB_DATES];
	struct ym_rule_db_function functions[YM_RULE_DB_FUNCTIONS];
	int n_functions;
	char refused[80]; /* what the authorizer refused first */
	int budget;
	int n_cached;
	struct ym_rule_db_cached *cache[YM_RULE_DB_BUCKETS];
};

/* What in the text of an expression asks the clock ("date()", "'now'"); NULL when nothing does. */
const char *ym_rule_db_find_clock(const char *expr);
/* Compiled expressions that are not running are forgotten. */
void ym_rule_db_drop_idle(struct ym_rule_db *r);
