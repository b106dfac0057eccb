/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Rule expressions: compiled once, kept, evaluated against facts. Not what they may use (rule_db_seal.c), not the catalogue's
 * functions and facts (catalog/rule.h). Invariant: an expression's value depends on its parameters alone.
 */
#include "store/rule_db_inner.h"

#define CACHE_MAX 512

void
ym_rule_db_drop_idle(struct ym_rule_db *r)
{
	for (size_t i = 0; i < YM_RULE_DB_BUCKETS; i++) {
		struct ym_rule_db_cached **at = &r->cache[i];

		while (*at) {
			struct ym_rule_db_cached *c = *at;

			/* A user function may evaluate another rule while this one is running. */
			if (sqlite3_stmt_busy(c->h)) {
				at = &c->next;
				continue;
			}
			*at = c->next;
			sqlite3_finalize(c->h);
			free(c->expr);
			free(c);
			r->n_cached--;
		}
	}
}

static enum ym_code
compile(struct ym_rule_db *r, const char *expr, sqlite3_stmt **ret, struct ym_error *err)
{
	size_t n = strlen(expr);
	const char *tail = "", *clock;
	YM_BUF sql = { 0 };
	sqlite3_stmt *h = NULL;
	int rc;

	if (n > YM_RULE_DB_EXPR_MAX)
		return ym_fail(
			err, YM_INVALID, N_("The rule is longer than 2,000 bytes"), "%zu", n);
	clock = ym_rule_db_find_clock(expr);
	if (clock)
		return ym_fail_on(err, YM_INVALID,
			N_("The rule uses something that is not allowed"), clock, "the clock");
	ym_buf_adds(&sql, "SELECT (");
	ym_buf_adds(&sql, expr);
	ym_buf_adds(&sql, "\n)"); /* on its own line: a comment at the end must not swallow it */
	r->refused[0] = 0;
	rc = sqlite3_prepare_v3(r->h, ym_buf_str(&sql), -1, SQLITE_PREPARE_PERSISTENT, &h, &tail);
	if (rc != SQLITE_OK) {
		static const char vtable[] = "vtable constructor failed: ";
		const char *why = sqlite3_errmsg(r->h);

		if (strncmp(why, vtable, strlen(vtable)) == 0)
			snprintf(r->refused, sizeof r->refused, "%s", why + strlen(vtable));
		if (r->refused[0])
			return ym_fail_on(err, YM_INVALID,
				N_("The rule uses something that is not allowed"), r->refused, "%s",
				why);
		return ym_fail_on(
			err, YM_INVALID, N_("The rule cannot be read"), why, "sqlite %d", rc);
	}
	if (!h || *tail || sqlite3_column_count(h) != 1) {
		sqlite3_finalize(h);
		return ym_fail_on(err, YM_INVALID, N_("The rule cannot be read"),
			"not one expression", "tail");
	}
	for (int i = 1; i <= sqlite3_bind_parameter_count(h); i++) {
		const char *name = sqlite3_bind_parameter_name(h, i);

		if (!name || name[0] != ':') {
			ym_fail_on(err, YM_INVALID, N_("The rule cannot be read"),
				"a parameter is written :name", "parameter %d", i);
			sqlite3_finalize(h);
			return YM_INVALID;
		}
	}
	*ret = h;
	return YM_OK;
}

static uint32_t
hash_text(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

/* A compiled expression that is idle, from the cache. */
static enum ym_code
find_compiled(struct ym_rule_db *r, const char *expr, sqlite3_stmt **ret, struct ym_error *err)
{
	struct ym_rule_db_cached **at = &r->cache[hash_text(expr) % YM_RULE_DB_BUCKETS], *c;
	sqlite3_stmt *h = NULL;
	enum ym_code code;

	for (c = *at; c; c = c->next) {
		if (strcmp(c->expr, expr) == 0 && !sqlite3_stmt_busy(c->h)) {
			*ret = c->h;
			return YM_OK;
		}
	}
	code = compile(r, expr, &h, err);
	if (code)
		return code;
	if (r->n_cached >= CACHE_MAX)
		ym_rule_db_drop_idle(r);
	c = ym_alloc(sizeof *c);
	c->expr = ym_strdup(expr);
	c->h = h;
	c->next = *at;
	*at = c;
	r->n_cached++;
	*ret = h;
	return YM_OK;
}

enum ym_code
ym_rule_db_check(struct ym_rule_db *r, const char *expr, struct ym_error *err)
{
	sqlite3_stmt *h;

	return find_compiled(r, expr, &h, err);
}

enum ym_code
ym_rule_db_params(struct ym_rule_db *r, const char *expr, void (*fn)(void *user, const char *name),
	void *user, struct ym_error *err)
{
	sqlite3_stmt *h;
	enum ym_code code = find_compiled(r, expr, &h, err);

	if (code)
		return code;
	for (int i = 1; i <= sqlite3_bind_parameter_count(h); i++)
		fn(user, sqlite3_bind_parameter_name(h, i) + 1);
	return YM_OK;
}

/* "0", "-7", "42": what reads back to the same text. "007" and a document number of 18 digits stay text. */
static bool
is_integer(const char *text)
{
	const char *p = text[0] == '-' ? text + 1 : text;
	size_t n = strspn(p, "0123456789");

	if (n == 0 || n > 15 || p[n])
		return false;
	return p[0] != '0' || (n == 1 && p == text);
}

static void
bind_facts(sqlite3_stmt *h, ym_rule_lookup lookup, void *user)
{
	for (int i = 1; i <= sqlite3_bind_parameter_count(h); i++) {
		const char *text = lookup(user, sqlite3_bind_parameter_name(h, i) + 1);

		if (!text)
			sqlite3_bind_null(h, i);
		else if (is_integer(text))
			sqlite3_bind_int64(h, i, strtoll(text, NULL, 10));
		else
			sqlite3_bind_text(h, i, text, -1, SQLITE_TRANSIENT);
	}
}

enum ym_code
ym_rule_db_eval(struct ym_rule_db *r, const char *expr, ym_rule_lookup lookup, void *user,
	struct ym_buf *ret_value, bool *ret_null, struct ym_error *err)
{
	sqlite3_stmt *h;
	enum ym_code code = find_compiled(r, expr, &h, err);
	int rc;

	if (code)
		return code;
	bind_facts(h, lookup, user);
	r->budget = YM_RULE_DB_STEPS;
	rc = sqlite3_step(h);
	if (rc == SQLITE_ROW) {
		*ret_null = sqlite3_column_type(h, 0) == SQLITE_NULL;
		if (!*ret_null) {
			const char *text = (const char *)sqlite3_column_text(h, 0);

			ym_buf_add(ret_value, text, (size_t)sqlite3_column_bytes(h, 0));
		}
	} else if ((rc & 0xff) == SQLITE_INTERRUPT) {
		code = ym_fail(err, YM_REFUSED, N_("The rule takes too long"), "budget of %d steps",
			YM_RULE_DB_STEPS);
	} else {
		code = ym_fail_on(err, YM_INVALID, N_("The rule cannot be evaluated"),
			rc == SQLITE_DONE ? "no value" : sqlite3_errmsg(r->h), "sqlite %d", rc);
	}
	sqlite3_reset(h);
	sqlite3_clear_bindings(h);
	return code;
}
