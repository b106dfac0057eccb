/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The catalogue's functions in the sealed rule connection, and three-valued truth. Not the sealing (store/db.h).
 * A parameter reaches SQLite with the affinity of its datum: text, or integer for a whole number. So `:q_lost = 1` and
 * `:q_lost = '1'` mean the same, a code keeps its leading zero, and a count compares as a number.
 */
#include "catalog/rule.h"

#include <ctype.h>
#include <regex.h>

#include "base/number.h"
#include "catalog/calendar.h"

#define N_PATTERNS 64
#define PATTERN_MAX 500
#define SUBJECT_MAX 4000

struct pattern {
	char *text;
	regex_t re;
};
struct ym_rules {
	struct ym_pack *pack; /* NULL while building */
	struct ym_rule_db *db;
	bool (*is_number)(void *user, const char *datum); /* without a pack */
	void *number_user;
	struct pattern patterns[N_PATTERNS];
	int n_patterns, next; /* a ring: the oldest makes room */
};

/* -- functions: any NULL or malformed argument gives NULL, not known -- */

static bool
has_all(int n, const char *const args[])
{
	for (int i = 0; i < n; i++)
		if (!args[i])
			return false;
	return true;
}

static bool
fn_age(void *user, int n, const char *const args[], struct ym_buf *out, bool *ret_is_int)
{
	ym_date birth, on;

	if (!has_all(n, args))
		return false;
	birth = ym_date_parse(args[0]);
	on = ym_date_parse(args[1]);
	if (birth == YM_DATE_NONE || on == YM_DATE_NONE || on < birth)
		return false;
	ym_buf_addf(out, "%d", ym_date_age(birth, on));
	*ret_is_int = true;
	return true;
}

static bool
fn_workdays(void *user, int n, const char *const args[], struct ym_buf *out, bool *ret_is_int)
{
	struct ym_rules *r = user;
	ym_date after, through;
	bool known = false;
	int days = 0;

	if (!r->pack || !has_all(n, args))
		return false;
	after = ym_date_parse(args[0]);
	through = ym_date_parse(args[1]);
	if (after != YM_DATE_NONE && through != YM_DATE_NONE)
		days = ym_calendar_workdays(ym_pack_calendar(r->pack), after, through, &known);
	if (!known)
		return false;
	ym_buf_addf(out, "%d", days);
	*ret_is_int = true;
	return true;
}

static bool
fn_add_months(void *user, int n, const char *const args[], struct ym_buf *out, bool *ret_is_int)
{
	ym_date d;
	char *end, buf[16];
	long months;

	if (!has_all(n, args))
		return false;
	d = ym_date_parse(args[0]);
	months = strtol(args[1], &end, 10);
	if (d == YM_DATE_NONE || !*args[1] || *end || labs(months) > 12000)
		return false;
	ym_date_format(buf, ym_date_add_months(d, (int)months));
	ym_buf_adds(out, buf);
	return true;
}

/* The first `keep` digits of a division or a 12-digit organisation code, as a 6-digit division. */
static bool
division_part(const char *code, int keep, struct ym_buf *out)
{
	if (!code || strlen(code) < 6 || strspn(code, "0123456789") != strlen(code))
		return false;
	ym_buf_addf(out, "%.*s%s", keep, code, keep == 2 ? "0000" : "00");
	return true;
}

static bool
fn_province(void *user, int n, const char *const args[], struct ym_buf *out, bool *ret_is_int)
{
	return division_part(args[0], 2, out);
}

static bool
fn_city(void *user, int n, const char *const args[], struct ym_buf *out, bool *ret_is_int)
{
	return division_part(args[0], 4, out);
}

static bool
fn_label(void *user, int n, const char *const args[], struct ym_buf *out, bool *ret_is_int)
{
	struct ym_rules *r = user;
	const char *label;

	if (!r->pack || !has_all(n, args))
		return false;
	label = ym_pack_code_label(r->pack, args[0], args[1]);
	ym_buf_adds(out, label);
	return label[0] != 0;
}

static bool
fn_is_valid(void *user, int n, const char *const args[], struct ym_buf *out, bool *ret_is_int)
{
	if (!has_all(n, args) || !ym_number_has_kind(args[0]))
		return false;
	ym_buf_addc(out, ym_number_check(args[0], args[1], NULL) == YM_OK ? '1' : '0');
	*ret_is_int = true;
	return true;
}

static const regex_t *
find_pattern(struct ym_rules *r, const char *text)
{
	struct pattern *p;
	regex_t re;

	for (int i = 0; i < r->n_patterns; i++)
		if (!strcmp(r->patterns[i].text, text))
			return &r->patterns[i].re;
	if (strlen(text) > PATTERN_MAX || regcomp(&re, text, REG_EXTENDED | REG_NOSUB))
		return NULL;
	p = &r->patterns[r->next];
	if (r->n_patterns == N_PATTERNS) {
		regfree(&p->re);
		free(p->text);
	} else {
		r->n_patterns++;
	}
	r->next = (r->next + 1) % N_PATTERNS;
	p->text = ym_strdup(text);
	p->re = re;
	return &p->re;
}

static bool
fn_re(void *user, int n, const char *const args[], struct ym_buf *out, bool *ret_is_int)
{
	const regex_t *re;

	if (!has_all(n, args) || strlen(args[1]) > SUBJECT_MAX)
		return false;
	re = find_pattern(user, args[0]);
	if (!re)
		return false;
	ym_buf_addc(out, regexec(re, args[1], 0, NULL, 0) == 0 ? '1' : '0');
	*ret_is_int = true;
	return true;
}

/* -- life -- */

enum ym_code
ym_rules_new(struct ym_pack *p, struct ym_rules **ret, struct ym_error *err)
{
	static const struct {
		const char *name;
		int n_args;
		ym_rule_fn fn;
	} functions[] = {
		{ "age", 2, fn_age },
		{ "workdays", 2, fn_workdays },
		{ "re", 2, fn_re },
		{ "add_months", 2, fn_add_months },
		{ "province", 1, fn_province },
		{ "city", 1, fn_city },
		{ "label", 2, fn_label },
		{ "is_valid", 2, fn_is_valid },
	};
	struct ym_rules *r = ym_alloc(sizeof *r);
	enum ym_code code = ym_rule_db_new(&r->db, err);

	if (code) {
		free(r);
		return code;
	}
	r->pack = p;
	for (size_t i = 0; i < YM_ARRAY_LEN(functions); i++)
		ym_rule_db_function(
			r->db, functions[i].name, functions[i].n_args, functions[i].fn, r);
	*ret = r;
	return YM_OK;
}

void
ym_rules_free(struct ym_rules *r)
{
	if (!r)
		return;
	for (int i = 0; i < r->n_patterns; i++) {
		regfree(&r->patterns[i].re);
		free(r->patterns[i].text);
	}
	ym_rule_db_free(r->db);
	free(r);
}

void
ym_rules_know_numbers(
	struct ym_rules *r, bool (*is_number)(void *user, const char *datum), void *user)
{
	r->is_number = is_number;
	r->number_user = user;
}

/* -- expressions -- */

static bool
is_whole_number(struct ym_rules *r, const char *name, size_t n)
{
	YM_FREE char *param = ym_strndup(name, n);
	const char *bar = strchr(param, '_');
	const struct ym_datum *datum = r->pack && bar ? ym_pack_datum(r->pack, bar + 1) : NULL;

	if (!r->pack && bar && r->is_number && strncmp(param, "q_", 2) != 0)
		return r->is_number(r->number_user, bar + 1);
	return datum && datum->type == YM_DATUM_INT && strncmp(param, "q_", 2) != 0;
}

/* Give every parameter its affinity; literals and quoted names pass untouched. */
static void
affix(struct ym_rules *r, const char *expr, struct ym_buf *out)
{
	for (const char *s = expr; *s;) {
		size_t n = 1;

		if (*s == '\'' || *s == '"') {
			n = strcspn(s + 1, *s == '"' ? "\"" : "'") + 1;
			n += s[n] != 0;
			ym_buf_add(out, s, n);
		} else if (*s == ':' && (isalpha((unsigned char)s[1]) || s[1] == '_')) {
			while (isalnum((unsigned char)s[n]) || s[n] == '_')
				n++;
			ym_buf_addf(out, "CAST(%.*s AS %s)", (int)n, s,
				is_whole_number(r, s + 1, n - 1) ? "INTEGER" : "TEXT");
		} else {
			ym_buf_addc(out, *s);
		}
		s += n;
	}
}

/* A literal pattern that does not compile would be NULL at the counter for ever. */
static enum ym_code
check_patterns(struct ym_rules *r, const char *expr, struct ym_error *err)
{
	for (const char *s = expr; (s = strstr(s, "re")); s++) {
		const char *at = s + 2 + strspn(s + 2, " ");
		YM_BUF text = { 0 };

		if (*at != '(' || (s > expr && (isalnum((unsigned char)s[-1]) || s[-1] == '_')))
			continue;
		at += 1 + strspn(at + 1, " ");
		if (*at != '\'')
			continue;
		for (at++; *at && (*at != '\'' || at[1] == '\''); at++) {
			at += *at == '\'';
			ym_buf_addc(&text, *at);
		}
		if (!find_pattern(r, ym_buf_str(&text)))
			return ym_fail_on(err, YM_INVALID,
				N_("The pattern of the rule cannot be read"), ym_buf_str(&text),
				"re()");
	}
	return YM_OK;
}

enum ym_code
ym_rules_check(struct ym_rules *r, const char *expr, struct ym_error *err)
{
	YM_BUF full = { 0 };
	enum ym_code code;

	affix(r, expr, &full);
	code = ym_rule_db_check(r->db, ym_buf_str(&full), err);
	return code ? code : check_patterns(r, expr, err);
}

void
ym_rules_params(
	struct ym_rules *r, const char *expr, void (*fn)(void *user, const char *name), void *user)
{
	YM_BUF full = { 0 };

	affix(r, expr, &full);
	if (expr[0] && ym_rule_db_params(r->db, ym_buf_str(&full), fn, user, NULL))
		return; /* what does not parse names nothing; ym_rules_check says why */
}

bool
ym_rules_value(
	struct ym_rules *r, const char *expr, ym_fact_fn fact, void *user, char *ret, size_t size)
{
	YM_BUF full = { 0 };
	YM_BUF value = { 0 };
	bool is_null = true;

	if (!expr[0])
		return false;
	affix(r, expr, &full);
	if (ym_rule_db_eval(r->db, ym_buf_str(&full), fact, user, &value, &is_null, NULL) ||
		is_null)
		return false;
	ym_strlcpy(ret, ym_buf_str(&value), size);
	return true;
}

enum ym_truth
ym_rules_eval(
	struct ym_rules *r, const char *expr, ym_fact_fn fact, void *user, struct ym_error *err)
{
	YM_BUF full = { 0 };
	YM_BUF value = { 0 };
	bool is_null = true;

	if (!expr[0])
		return YM_TRUE;
	affix(r, expr, &full);
	if (ym_rule_db_eval(r->db, ym_buf_str(&full), fact, user, &value, &is_null, err) || is_null)
		return YM_UNKNOWN;
	return strtod(ym_buf_str(&value), NULL) != 0 ? YM_TRUE : YM_FALSE;
}
