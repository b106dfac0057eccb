/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The sealed connection in which rules run (model.md §6): what an expression may use, how long it may take, the date functions
 * that know no today. Not the expressions themselves (rule_db.c). Invariant: what is not on a list here is refused by name.
 */
#include "store/rule_db_inner.h"

#include <ctype.h>
#include <strings.h>

#define BUDGET_SLICE 500
#define NOT_A_QUESTION "more than a question"

/* Deterministic built-ins. The three date functions are our own wrappers, which refuse 'now'. */
static const char *const BUILTINS[] = {
	"abs", "avg", "coalesce", "count", "date", "glob", "ifnull", "iif", "instr",
	"json_array_length", "json_extract", "json_type", "julianday", "length", "like", "lower",
	"ltrim", "max", "min", "nullif", "replace", "round", "rtrim", "strftime", "substr", "sum",
	"total", "trim", "typeof", "upper",
};
static const char *const DATES[YM_RULE_DB_DATES] = { "date", "julianday", "strftime" };

static bool
is_listed(const struct ym_rule_db *r, const char *name)
{
	for (size_t i = 0; i < YM_ARRAY_LEN(BUILTINS); i++)
		if (strcasecmp(BUILTINS[i], name) == 0)
			return true;
	for (int i = 0; i < r->n_functions; i++)
		if (strcasecmp(r->functions[i].name, name) == 0)
			return true;
	return false;
}

static int
refuse(struct ym_rule_db *r, const char *what, const char *name)
{
	if (!r->refused[0])
		snprintf(r->refused, sizeof r->refused, "%s%s", what, name ? name : "");
	return SQLITE_DENY;
}

static int
authorize(void *user, int action, const char *a, const char *b, const char *schema,
	const char *trigger)
{
	struct ym_rule_db *r = user;

	switch (action) {
	case SQLITE_SELECT:
		return SQLITE_OK;
	case SQLITE_READ:
		if (a && (strcasecmp(a, "json_each") == 0 || strcasecmp(a, "json_tree") == 0))
			return SQLITE_OK;
		return refuse(r, "", a);
	case SQLITE_FUNCTION:
		return b && is_listed(r, b) ? SQLITE_OK : refuse(r, "", b);
	case SQLITE_RECURSIVE:
		return refuse(r, "WITH RECURSIVE", NULL);
	case SQLITE_PRAGMA:
		return refuse(r, "PRAGMA ", a);
	case SQLITE_ATTACH:
		return refuse(r, "ATTACH", NULL);
	default:
		/* An unlisted table-valued function comes here too, while it declares itself: mostly SQLite's message names it. */
		return refuse(r, NOT_A_QUESTION, NULL);
	}
}

static int
spend(void *user)
{
	struct ym_rule_db *r = user;

	r->budget -= BUDGET_SLICE;
	return r->budget < 0;
}

/* -- functions -- */

static void
call_user(sqlite3_context *ctx, int n, sqlite3_value **values)
{
	struct ym_rule_db_function *f = sqlite3_user_data(ctx);
	const char *args[YM_RULE_DB_ARGS];
	YM_BUF out = { 0 };
	bool is_int = false;

	if (n > YM_RULE_DB_ARGS) {
		sqlite3_result_error(ctx, "too many arguments", -1);
		return;
	}
	for (int i = 0; i < n; i++)
		args[i] = (const char *)sqlite3_value_text(values[i]);
	if (!f->fn(f->user, n, args, &out, &is_int))
		sqlite3_result_null(ctx);
	else if (is_int)
		sqlite3_result_int64(ctx, strtoll(ym_buf_str(&out), NULL, 10));
	else
		sqlite3_result_text64(
			ctx, ym_buf_str(&out), out.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* Today is a parameter, and the office's zone is fixed: what asks the clock or the machine's zone is refused. */
static bool
asks_the_machine(const char *text)
{
	static const char *const words[] = { "now", "localtime", "utc" };

	if (!text)
		return false;
	while (isspace((unsigned char)*text))
		text++;
	for (size_t i = 0; i < YM_ARRAY_LEN(words); i++)
		if (strncasecmp(text, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static void
call_date(sqlite3_context *ctx, int n, sqlite3_value **values)
{
	struct ym_rule_db_date *f = sqlite3_user_data(ctx);
	int least = strcmp(f->name, "strftime") == 0 ? 2 : 1;
	char why[80];

	if (n < least || n > YM_RULE_DB_ARGS) {
		snprintf(why, sizeof why, "%s() needs its date as an argument", f->name);
		sqlite3_result_error(ctx, why, -1);
		return;
	}
	for (int i = 0; i < n; i++) {
		if (asks_the_machine((const char *)sqlite3_value_text(values[i]))) {
			snprintf(why, sizeof why, "%s('now') is refused: today is a parameter",
				f->name);
			sqlite3_result_error(ctx, why, -1);
			return;
		}
	}
	if (!f->by_args[n]) {
		YM_BUF sql = { 0 };

		ym_buf_addf(&sql, "SELECT %s(?", f->name);
		for (int i = 1; i < n; i++)
			ym_buf_adds(&sql, ", ?");
		ym_buf_adds(&sql, ")");
		if (sqlite3_prepare_v3(f->rules->dates, ym_buf_str(&sql), -1,
			    SQLITE_PREPARE_PERSISTENT, &f->by_args[n], NULL) != SQLITE_OK) {
			sqlite3_result_error(ctx, sqlite3_errmsg(f->rules->dates), -1);
			return;
		}
	}
	for (int i = 0; i < n; i++)
		sqlite3_bind_value(f->by_args[n], i + 1, values[i]);
	if (sqlite3_step(f->by_args[n]) == SQLITE_ROW)
		sqlite3_result_value(ctx, sqlite3_column_value(f->by_args[n], 0));
	else
		sqlite3_result_error(ctx, sqlite3_errmsg(f->rules->dates), -1);
	sqlite3_reset(f->by_args[n]);
	sqlite3_clear_bindings(f->by_args[n]);
}

void
ym_rule_db_function(struct ym_rule_db *r, const char *name, int n_args, ym_rule_fn fn, void *user)
{
	struct ym_rule_db_function *f;

	if (r->n_functions == YM_RULE_DB_FUNCTIONS || strlen(name) >= sizeof f->name)
		ym_db_die(NULL, "too many rule functions, or too long a name", name);
	f = &r->functions[r->n_functions++];
	f->rules = r;
	snprintf(f->name, sizeof f->name, "%s", name);
	f->fn = fn;
	f->user = user;
	if (sqlite3_create_function_v2(r->h, name, n_args, SQLITE_UTF8 | SQLITE_DETERMINISTIC, f,
		    call_user, NULL, NULL, NULL) != SQLITE_OK)
		ym_db_die(NULL, "a rule function", name);
}

/* What only shows when a rule runs is looked for in its text, so that a pack is refused at import and not at the counter. */
const char *
ym_rule_db_find_clock(const char *expr)
{
	static char name[32];

	for (const char *p = expr; *p; p++) {
		if (strncasecmp(p, "'now'", 5) == 0)
			return "'now'";
		if (p > expr && (isalnum((unsigned char)p[-1]) || p[-1] == '_'))
			continue;
		for (size_t i = 0; i < YM_ARRAY_LEN(DATES); i++) {
			size_t n = strlen(DATES[i]);
			const char *q = p + n;

			if (strncasecmp(p, DATES[i], n) != 0)
				continue;
			q += strspn(q, " \t\r\n");
			if (*q != '(')
				continue;
			q += 1 + strspn(q + 1, " \t\r\n");
			if (*q == ')') {
				snprintf(name, sizeof name, "%s()", DATES[i]);
				return name;
			}
		}
	}
	return NULL;
}

/* -- life -- */

static void
limit(sqlite3 *h)
{
	static const int limits[][2] = {
		{ SQLITE_LIMIT_LENGTH, 1 << 20 },
		{ SQLITE_LIMIT_SQL_LENGTH, YM_RULE_DB_EXPR_MAX + 64 },
		{ SQLITE_LIMIT_COLUMN, 32 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 100 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 8 },
		{ SQLITE_LIMIT_VDBE_OP, 5000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, YM_RULE_DB_ARGS },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 200 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 0 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(limits); i++)
		sqlite3_limit(h, limits[i][0], limits[i][1]);
}

enum ym_code
ym_rule_db_new(struct ym_rule_db **ret, struct ym_error *err)
{
	struct ym_rule_db *r = ym_alloc(sizeof *r);

	if (sqlite3_open_v2(":memory:", &r->h,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, NULL) ||
		sqlite3_open_v2(":memory:", &r->dates,
			SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, NULL)) {
		ym_rule_db_free(r);
		return ym_fail(err, YM_IO, N_("Rules cannot be evaluated"), "sqlite3_open");
	}
	sqlite3_extended_result_codes(r->h, 1);
	sqlite3_db_config(r->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(r->h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	/* "x" is never quietly the text 'x'. */
	sqlite3_db_config(r->h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(r->h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	limit(r->h);
	for (size_t i = 0; i < YM_ARRAY_LEN(DATES); i++) {
		r->date[i].rules = r;
		r->date[i].name = DATES[i];
		sqlite3_create_function_v2(r->h, DATES[i], -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
			&r->date[i], call_date, NULL, NULL, NULL);
	}
	/* Table-valued functions declare themselves at their first use, in terms that the authorizer refuses: before it then. */
	if (sqlite3_exec(r->h, "SELECT 1 FROM json_each('[]'), json_tree('[]')", NULL, NULL,
		    NULL) != SQLITE_OK) {
		ym_rule_db_free(r);
		return ym_fail(err, YM_IO, N_("Rules cannot be evaluated"), "no JSON functions");
	}
	sqlite3_set_authorizer(r->h, authorize, r);
	sqlite3_progress_handler(r->h, BUDGET_SLICE, spend, r);
	*ret = r;
	return YM_OK;
}

void
ym_rule_db_free(struct ym_rule_db *r)
{
	if (!r)
		return;
	ym_rule_db_drop_idle(r);
	for (size_t i = 0; i < YM_ARRAY_LEN(DATES); i++)
		for (int n = 0; n <= YM_RULE_DB_ARGS; n++)
			sqlite3_finalize(r->date[i].by_args[n]);
	sqlite3_close(r->h);
	sqlite3_close(r->dates);
	free(r);
}
