/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Rules tried out: every parameter gets the values that could make a difference, and the rule is evaluated for all of
 * them. Tells a rule that is never or always true, and a question no answer of which changes a rule. Rules over text that
 * only a pattern or a number's check can judge are left alone. Invariant: reports only what every combination agreed on.
 */
#include <ctype.h>

#include "base/clock.h"
#include "catalog/lint_parts.h"

#define VALUES_MAX 48
#define PARAMS_MAX 8
#define TRIES_MAX 3000
#define TODAY "2026-11-22"

struct param {
	char name[96];
	char values[VALUES_MAX][64];
	int n, at;
	bool is_question;
};
struct trial {
	struct ym_rule_scope *r;
	const char *expr;
	struct param *params;
	int n_params;
	bool is_opaque; /* more parameters than can be tried, or one whose values are not known */
};

static void
add_value(struct param *p, const char *value)
{
	for (int i = 0; i < p->n; i++)
		if (!strcmp(p->values[i], value))
			return;
	if (p->n < VALUES_MAX && strlen(value) < sizeof p->values[0])
		ym_strlcpy(p->values[p->n++], value, sizeof p->values[0]);
}

/* -- literals of the expression -- */

static bool
is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == ':';
}

/* Call fn with every quoted text and every whole number that stands in the expression. */
static void
each_literal(const char *expr, void (*fn)(void *user, const char *text, bool quoted), void *user)
{
	for (const char *s = expr; *s;) {
		char text[64];
		size_t n;

		if (*s == '\'') {
			n = strcspn(s + 1, "'");
			snprintf(text, sizeof text, "%.*s", (int)n, s + 1);
			fn(user, text, true);
			s += n + 1;
			s += *s == '\'';
		} else if (isdigit((unsigned char)*s) && (s == expr || !is_name(s[-1]))) {
			n = strspn(s, "0123456789");
			snprintf(text, sizeof text, "%.*s", (int)n, s);
			fn(user, text, false);
			s += n;
		} else {
			s++;
		}
	}
}

static void
add_date(struct param *p, ym_date d)
{
	char text[16];

	if (d == YM_DATE_NONE)
		return;
	ym_date_format(text, d);
	add_value(p, text);
}

/* A number beside dates may be years, months or days, before today or after it. */
static void
date_literal(void *user, const char *text, bool quoted)
{
	struct param *p = user;
	ym_date today = ym_date_parse(TODAY), d = quoted ? ym_date_parse(text) : YM_DATE_NONE;
	int n = quoted ? 0 : atoi(text);

	if (d != YM_DATE_NONE) {
		add_date(p, d - 1);
		add_date(p, d);
		add_date(p, d + 1);
	} else if (n > 0 && n < 4000) {
		if (n <= 150)
			add_date(p, ym_date_add_months(today, -12 * n)); /* that old today */
		if (n <= 150)
			add_date(p, ym_date_add_months(today, -12 * n) + 1); /* tomorrow */
		add_date(p, today - n);
		add_date(p, today - n - 1);
		add_date(p, today + n + 1);
		if (n <= 120)
			add_date(p, ym_date_add_months(today, -n) - 1);
	}
}

static void
int_literal(void *user, const char *text, bool quoted)
{
	char near[32];

	if (text[0] && strspn(text, "0123456789") == strlen(text) && strlen(text) < 10)
		for (int k = -1; k <= 1; k++) {
			snprintf(near, sizeof near, "%d", atoi(text) + k);
			add_value(user, near);
		}
}

static void
text_literal(void *user, const char *text, bool quoted)
{
	if (quoted)
		add_value(user, text);
}

static void
division_literal(void *user, const char *text, bool quoted)
{
	if (quoted && strlen(text) == 6 && strspn(text, "0123456789") == 6)
		add_value(user, text);
}

/* -- values of a parameter -- */

static void
add_pairs(struct param *p, const json_t *pairs, const char *expr)
{
	const json_t *pair;
	size_t i;

	/* A long table: what the rule names, and a code that it does not name. */
	if (json_array_size(pairs) > VALUES_MAX / 2)
		each_literal(expr, text_literal, p);
	json_array_foreach((json_t *)pairs, i, pair) if (p->n < VALUES_MAX / 2)
		add_value(p, json_string_value(json_array_get(pair, 0)));
}

static void
add_yes_no(struct param *p)
{
	add_value(p, "1");
	add_value(p, "0");
}

static const json_t *
question_of(const struct ym_rule_scope *r, const char *id)
{
	const json_t *line, *q = NULL;
	size_t i;

	if (r->item)
		return ym_lint_entry(json_object_get(r->item, "questions"), "id", id);
	json_array_foreach(json_object_get(r->bundle, "items"), i, line) if (!q) q = ym_lint_entry(
		json_object_get(json_object_get(r->at.l->ids[YM_PART_ITEM], ym_json_str(line, "item")),
			"questions"),
		"id", id);
	return q;
}

/* The codes that a parameter can have; NULL when it is not one of a list. *ret_yes_no: 1 and 0. */
static const json_t *
choices_of(const struct ym_rule_scope *r, const char *name, bool *ret_yes_no)
{
	const char *bar = strchr(name, '_'), *type;
	const json_t *datum;

	*ret_yes_no = false;
	if (!strncmp(name, "q_", 2)) {
		YM_FREE char *id = ym_asprintf("q.%s", name + 2);
		const json_t *options = json_object_get(question_of(r, id), "options");

		*ret_yes_no = json_array_size(options) == 0;
		return *ret_yes_no ? NULL : options;
	}
	datum = bar ? json_object_get(r->at.l->ids[YM_PART_DATUMS], bar + 1) : NULL;
	type = ym_json_str(datum, "type");
	*ret_yes_no = !strcmp(type, "bool");
	if (!strcmp(type, "enum"))
		return json_object_get(datum, "options");
	if (!strcmp(type, "code"))
		return json_object_get(json_object_get(r->at.l->ids[YM_PART_TABLE],
					       ym_json_str(datum, "table")),
			"codes");
	return NULL;
}

static bool
is_opaque_text(const char *expr)
{
	static const char *const fns[] = { "re(", "re (", "is_valid", "like", "glob",
		"substr", "instr", "length", "replace", "trim", "upper", "lower", "hex", "format", "printf" };

	for (size_t i = 0; i < YM_ARRAY_LEN(fns); i++)
		if (strcasestr(expr, fns[i]))
			return true;
	return false;
}

static bool
fill_values(struct trial *t, struct param *p)
{
	const char *bar = strchr(p->name, '_'), *type;
	bool yes_no;
	const json_t *choices = choices_of(t->r, p->name, &yes_no);

	p->is_question = !strncmp(p->name, "q_", 2);
	if (choices || yes_no) {
		if (yes_no)
			add_yes_no(p);
		else
			add_pairs(p, choices, t->expr);
		return p->n > 0;
	}
	if (!strcmp(p->name, "today")) {
		add_value(p, TODAY);
		each_literal(t->expr, date_literal, p);
		/* What a number says is said by the other date; a day in the year 1980 is no today. */
		for (int i = p->n - 1; i > 0; i--)
			if (!strstr(t->expr, p->values[i]))
				memmove(p->values[i], p->values[i + 1],
					(size_t)(--p->n - i) * sizeof p->values[0]);
		return true;
	}
	type = ym_json_str(bar ? json_object_get(t->r->at.l->ids[YM_PART_DATUMS], bar + 1) : NULL, "type");
	if (!strcmp(p->name, "division") || !strcmp(p->name, "province") || !strcmp(type, "division")) {
		add_value(p, strcmp(p->name, "province") != 0 ? "220102" : "220000");
		add_value(p, strcmp(p->name, "province") != 0 ? "220211" : "110000");
		add_value(p, "110101");
		each_literal(t->expr, division_literal, p);
	} else if (!strcmp(type, "date")) {
		add_value(p, TODAY);
		each_literal(t->expr, date_literal, p);
		for (int days = -40000; days <= 4000; days += 11000)
			add_date(p, ym_date_parse(TODAY) + days);
	} else if (!strcmp(type, "int")) {
		add_value(p, "0");
		each_literal(t->expr, int_literal, p);
		add_value(p, "1000000");
	} else {
		if (is_opaque_text(t->expr))
			return false;
		add_value(p, "-");
		add_value(p, "+");
		each_literal(t->expr, text_literal, p);
	}
	return true;
}

static void
take_param(void *user, const char *name)
{
	struct trial *t = user;
	struct param *p = &t->params[t->n_params];

	if (t->n_params >= PARAMS_MAX || strlen(name) >= sizeof p->name) {
		t->is_opaque = true;
		return;
	}
	memset(p, 0, sizeof *p);
	ym_strlcpy(p->name, name, sizeof p->name);
	t->n_params++;
}

static const char *
fact(void *user, const char *name)
{
	struct trial *t = user;

	for (int i = 0; i < t->n_params; i++)
		if (!strcmp(t->params[i].name, name))
			return t->params[i].values[t->params[i].at];
	return NULL;
}

/* -- trying -- */

static int
n_combinations(const struct trial *t)
{
	int n = 1;

	for (int i = 0; i < t->n_params && n <= TRIES_MAX; i++)
		n *= t->params[i].n;
	return n;
}

static void
say_effective(struct trial *t, const struct param *p)
{
	YM_FREE char *id = ym_asprintf("q.%s", p->name + 2);

	if (t->r->used)
		json_object_set_new(t->r->used, id, json_integer(1));
}

static bool
ends_with(const char *path, const char *end)
{
	size_t n = strlen(path), n_end = strlen(end);

	return n > n_end && !strcmp(path + n - n_end, end);
}

static void
try_all(struct trial *t, int n)
{
	YM_FREE uint8_t *truth = ym_alloc((size_t)n);
	int counts[3] = { 0 }, stride = 1;

	for (int i = 0; i < n; i++) {
		for (int p = 0, rest = i; p < t->n_params; rest /= t->params[p++].n)
			t->params[p].at = rest % t->params[p].n;
		truth[i] = (uint8_t)ym_rules_eval(t->r->at.l->rules, t->expr, fact, t, NULL);
		counts[truth[i]]++;
	}
	for (int p = 0; p < t->n_params; stride *= t->params[p++].n) {
		bool differs = false;

		for (int i = 0; i < n && !differs; i++)
			differs = i / stride % t->params[p].n > 0 && truth[i] != truth[i - stride];
		if (differs && t->params[p].is_question)
			say_effective(t, &t->params[p]);
	}
	/* `require: 1 = 0` says that the item is never done here. */
	if (!t->n_params && ends_with(t->r->at.path, ".require"))
		return;
	if (!counts[YM_TRUE])
		ym_lint_warn(t->r->at, N_("The rule can never be true"), t->expr);
	else if (counts[YM_TRUE] == n && n > 1)
		ym_lint_warn(t->r->at, N_("The rule is always true"), t->expr);
}

void
ym_lint_truth(struct ym_rule_scope *r, const char *expr)
{
	YM_FREE struct param *params = ym_alloc(PARAMS_MAX * sizeof *params);
	struct trial t = { .r = r, .expr = expr, .params = params };
	int n = 0;

	ym_rules_params(r->at.l->rules, expr, take_param, &t);
	/* A default is a value, not a question of truth. */
	t.is_opaque |= ends_with(r->at.path, ".default");
	/* These two look into the pack, which is not there yet. */
	t.is_opaque |= strstr(expr, "workdays") || strstr(expr, "label");
	for (int i = 0; i < t.n_params && !t.is_opaque; i++)
		t.is_opaque = !fill_values(&t, &t.params[i]);
	if (!t.is_opaque)
		n = n_combinations(&t);
	if (n > 0 && n <= TRIES_MAX) {
		try_all(&t, n);
		return;
	}
	for (int i = 0; i < t.n_params; i++)
		if (!strncmp(t.params[i].name, "q_", 2))
			say_effective(&t, &t.params[i]);
}

/* -- codes that a rule compares with -- */

static bool
has_choice(const json_t *choices, bool yes_no, const char *code)
{
	const json_t *pair;
	size_t i;

	if (yes_no)
		return !strcmp(code, "1") || !strcmp(code, "0");
	json_array_foreach((json_t *)choices, i,
		pair) if (!strcmp(json_string_value(json_array_get(pair, 0)), code)) return true;
	return false;
}

/* Past an operator that compares with codes; NULL when there is none. *ret_list: a list in brackets follows. */
static const char *
skip_operator(const char *s, bool *ret_list)
{
	static const struct {
		const char *word;
		bool list;
	} operators[] = { { "==", false }, { "=", false }, { "<>", false }, { "!=", false },
		{ "not in", true }, { "in", true } };

	s += strspn(s, " )");
	for (size_t i = 0; i < YM_ARRAY_LEN(operators); i++) {
		size_t n = strlen(operators[i].word);

		if (strncasecmp(s, operators[i].word, n) != 0)
			continue;
		s += n;
		s += strspn(s, " ");
		*ret_list = operators[i].list;
		if (*ret_list && *s != '(')
			return NULL;
		return s + *ret_list;
	}
	return NULL;
}

void
ym_lint_choices(struct ym_rule_scope *r, const char *expr)
{
	for (const char *s = strchr(expr, ':'); s; s = strchr(s + 1, ':')) {
		size_t n = 1;
		bool list = false, yes_no;
		const json_t *choices;
		const char *at;
		YM_FREE char *name = NULL;

		while (isalnum((unsigned char)s[n]) || s[n] == '_')
			n++;
		name = ym_strndup(s + 1, n - 1);
		choices = choices_of(r, name, &yes_no);
		at = choices || yes_no ? skip_operator(s + n, &list) : NULL;
		while (at && (*at == '\'' || isdigit((unsigned char)*at))) {
			size_t quote = *at == '\'', len = quote ? strcspn(at + 1, "'") : strspn(at, "0123456789");
			YM_FREE char *code = ym_strndup(at + quote, len);

			if (!has_choice(choices, yes_no, code))
				ym_lint_error(r->at, N_("The rule names a code that is not in the list"), code);
			at += len + 2 * quote;
			at += strspn(at, " ");
			if (!list || *at != ',')
				break;
			at++;
			at += strspn(at, " ");
		}
	}
}
