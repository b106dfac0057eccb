/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Machine-readable zones (yimen/mrz.h). One table a format says where each field stands and what its check digit covers.
 * Invariant: every index below lies inside a line whose length was checked.
 */
#include "yimen/mrz.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/number.h"

/* A run of characters of one line. */
struct span {
	uint8_t line, at, n;
};
struct format {
	enum ym_mrz_format format;
	int n_lines, width;
	struct span number, birth, expiry, optional, optional2, nationality, names;
	struct span sex;
	int optional_check;       /* column of its own check digit on its line, 0 none */
	struct span composite[5]; /* n 0 ends */
	struct span composite_digit;
};

static const struct format formats[] = {
	{ YM_MRZ_TD3, 2, 44, {1, 0, 9}, {1, 13, 6}, {1, 21, 6}, {1, 28, 14}, {0}, {1, 10, 3}, {0, 5, 39}, {1, 20, 1}, 42,
		{{1, 0, 10}, {1, 13, 7}, {1, 21, 22}}, {1, 43, 1} },
	{ YM_MRZ_MRVA, 2, 44, {1, 0, 9}, {1, 13, 6}, {1, 21, 6}, {1, 28, 16}, {0}, {1, 10, 3}, {0, 5, 39}, {1, 20, 1}, 0, {{0}}, {0} },
	{ YM_MRZ_TD2, 2, 36, {1, 0, 9}, {1, 13, 6}, {1, 21, 6}, {1, 28, 7}, {0}, {1, 10, 3}, {0, 5, 31}, {1, 20, 1}, 0,
		{{1, 0, 10}, {1, 13, 7}, {1, 21, 14}}, {1, 35, 1} },
	{ YM_MRZ_MRVB, 2, 36, {1, 0, 9}, {1, 13, 6}, {1, 21, 6}, {1, 28, 8}, {0}, {1, 10, 3}, {0, 5, 31}, {1, 20, 1}, 0, {{0}}, {0} },
	{ YM_MRZ_TD1, 3, 30, {0, 5, 9}, {1, 0, 6}, {1, 8, 6}, {0, 15, 15}, {1, 18, 11}, {1, 15, 3}, {2, 0, 30}, {1, 7, 1}, 0,
		{{0, 5, 25}, {1, 0, 7}, {1, 8, 7}, {1, 18, 11}}, {1, 29, 1} },
};

/* Pairs that readers take for each other in OCR-B print; both ways. */
static const char confused[][2] = { {'O', '0'}, {'Q', '0'}, {'D', '0'}, {'I', '1'}, {'L', '1'}, {'Z', '2'}, {'S', '5'},
	{'G', '6'}, {'B', '8'}, {'T', '7'}, {'U', '0'}, {'O', 'Q'}, {'O', 'D'}, {'6', '8'}, {'3', '8'}, {'1', '7'}, {'K', '<'} };

static bool
is_mrz_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '<';
}

/* The characters alone, capitals; false when there is anything else between them, or too many. */
static bool
squeeze(const char *text, size_t n, char out[YM_MRZ_TEXT_MAX + 1], size_t *ret_n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		char c = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];

		if (c == '\r' || c == '\n' || c == ' ' || c == '\t')
			continue;
		if (!is_mrz_char(c) || k == YM_MRZ_TEXT_MAX)
			return false;
		out[k++] = c;
	}
	out[k] = 0;
	*ret_n = k;
	return true;
}

static const struct format *
format_of(const char *text, size_t n)
{
	for (size_t i = 0; i < YM_ARRAY_LEN(formats); i++) {
		const struct format *f = &formats[i];
		bool visa = f->format == YM_MRZ_MRVA || f->format == YM_MRZ_MRVB;

		if (n != (size_t)(f->n_lines * f->width) || (text[0] == 'V') != visa)
			continue;
		/* P: passports; A, C, I: cards of the size of TD1 and TD2 (9303 parts 5 and 6). */
		if (f->format == YM_MRZ_TD3 ? text[0] == 'P' : visa || strchr("ACI", text[0]))
			return f;
	}
	return NULL;
}

static const char *
at(const struct ym_mrz *m, struct span s)
{
	return m->lines[s.line] + s.at;
}

static int
digit_at(const struct ym_mrz *m, int line, int column)
{
	char c = m->lines[line][column];

	return c == '<' ? 0 : c >= '0' && c <= '9' ? c - '0' : -1;
}

/* -- check digits -- */

static bool
composite_fits(const struct format *f, const struct ym_mrz *m)
{
	char all[96];
	size_t n = 0;

	if (!f->composite_digit.n)
		return true;
	for (size_t i = 0; i < YM_ARRAY_LEN(f->composite) && f->composite[i].n; i++) {
		memcpy(all + n, at(m, f->composite[i]), f->composite[i].n);
		n += f->composite[i].n;
	}
	return ym_number_mrz_digit(all, n) == digit_at(m, f->composite_digit.line, f->composite_digit.at);
}

/* Of a number longer than its place: it goes on in the optional data, the digit behind it (9303 part 5, 4.2.2). 0: not long. */
static int
long_number(const struct format *f, const struct ym_mrz *m)
{
	const char *rest = at(m, f->optional);
	int n = 0;

	if ((f->format != YM_MRZ_TD1 && f->format != YM_MRZ_TD2) || m->lines[f->number.line][f->number.at + f->number.n] != '<')
		return 0;
	while (n < f->optional.n && rest[n] != '<')
		n++;
	return n;
}

static bool
span_fits(const struct ym_mrz *m, struct span s, int check_column)
{
	return ym_number_mrz_digit(at(m, s), s.n) == digit_at(m, s.line, check_column);
}

static bool
field_fits(const struct format *f, const struct ym_mrz *m, enum ym_mrz_field field)
{
	char whole[40];
	int extra;

	switch (field) {
	case YM_MRZ_NUMBER:
		extra = long_number(f, m);
		if (extra < 2)
			return span_fits(m, f->number, f->number.at + f->number.n);
		memcpy(whole, at(m, f->number), f->number.n);
		memcpy(whole + f->number.n, at(m, f->optional), (size_t)extra - 1);
		return ym_number_mrz_digit(whole, (size_t)(f->number.n + extra - 1)) ==
			digit_at(m, f->optional.line, f->optional.at + extra - 1);
	case YM_MRZ_BIRTH:
		return span_fits(m, f->birth, f->birth.at + f->birth.n);
	case YM_MRZ_EXPIRY:
		return span_fits(m, f->expiry, f->expiry.at + f->expiry.n);
	case YM_MRZ_OPTIONAL:
		return !f->optional_check || span_fits(m, f->optional, f->optional_check);
	case YM_MRZ_COMPOSITE:
		return composite_fits(f, m);
	default:
		return true;
	}
}

/* -- what to look at -- */

/* A field with its check digit: what is shown, and where one character may have been misread. */
static struct span
checked_span(const struct format *f, enum ym_mrz_field field)
{
	struct span s = field == YM_MRZ_NUMBER ? f->number : field == YM_MRZ_BIRTH ? f->birth : field == YM_MRZ_EXPIRY ? f->expiry :
		field == YM_MRZ_COMPOSITE ? f->composite_digit : f->optional;

	if (field == YM_MRZ_OPTIONAL)
		s.n = (uint8_t)(f->optional_check + 1 - s.at);
	else if (field != YM_MRZ_COMPOSITE)
		s.n++;
	return s;
}

static bool
may_stand(enum ym_mrz_field field, int place, int n, char c)
{
	bool is_digit = c >= '0' && c <= '9';

	if (place == n - 1)
		return is_digit; /* the check digit itself */
	return field == YM_MRZ_BIRTH || field == YM_MRZ_EXPIRY ? is_digit : true;
}

static void
add_hint(struct ym_mrz_fault *fault, const char *text, int n)
{
	for (int i = 0; i < YM_MRZ_HINTS; i++) {
		if (!*fault->hints[i]) {
			snprintf(fault->hints[i], sizeof fault->hints[i], "%.*s", n, text);
			return;
		}
		if (!strncmp(fault->hints[i], text, (size_t)n))
			return;
	}
}

/* One confused character at a time. A change that mends only this field is kept when none mends the composite too. */
static void
suggest(const struct format *f, struct ym_mrz *m, struct ym_mrz_fault *fault)
{
	struct span s = checked_span(f, fault->field);
	char *text = m->lines[s.line] + s.at;

	if (fault->field == YM_MRZ_COMPOSITE)
		return; /* every field fits: which one would be a guess */
	for (int strict = 1; strict >= 0 && !*fault->hints[0]; strict--) {
		/* The likeliest pairs stand first in the table, and so come first. */
		for (size_t k = 0; k < 2 * YM_ARRAY_LEN(confused); k++) {
			char from = confused[k / 2][k % 2], to = confused[k / 2][1 - k % 2];

			for (int i = 0; i < s.n; i++) {
				if (text[i] != from || !may_stand(fault->field, i, s.n, to))
					continue;
				text[i] = to;
				if (field_fits(f, m, fault->field) && (!strict || composite_fits(f, m)))
					add_hint(fault, text, s.n);
				text[i] = from;
			}
		}
	}
}

static void
add_fault(const struct format *f, struct ym_mrz *m, enum ym_mrz_field field, struct span s)
{
	struct ym_mrz_fault *fault = &m->faults[m->n_faults++];

	*fault = (struct ym_mrz_fault){ .field = field, .line = s.line + 1, .column = s.at + 1, .n = s.n };
	memcpy(fault->read, at(m, s), s.n < sizeof fault->read ? s.n : sizeof fault->read - 1);
	suggest(f, m, fault);
}

static void
check(const struct format *f, struct ym_mrz *m)
{
	static const enum ym_mrz_field fields[] = { YM_MRZ_NUMBER, YM_MRZ_BIRTH, YM_MRZ_EXPIRY, YM_MRZ_OPTIONAL };

	for (size_t i = 0; i < YM_ARRAY_LEN(fields); i++)
		if (!field_fits(f, m, fields[i]))
			add_fault(f, m, fields[i], checked_span(f, fields[i]));
	/* With a wrong field the composite says nothing new. */
	if (!m->n_faults && !composite_fits(f, m))
		add_fault(f, m, YM_MRZ_COMPOSITE, f->composite_digit);
	if (!strchr("MF<X", *at(m, f->sex)))
		add_fault(f, m, YM_MRZ_SEX, f->sex);
	for (int i = 0; i < f->names.n; i++)
		if (at(m, f->names)[i] >= '0' && at(m, f->names)[i] <= '9') {
			add_fault(f, m, YM_MRZ_LETTERS, (struct span){ f->names.line, f->names.at, 20 });
			break;
		}
}

/* -- what it says -- */

static void
copy_span(char *dst, size_t size, const char *s, int n)
{
	while (n > 0 && s[n - 1] == '<')
		n--;
	snprintf(dst, size, "%.*s", n, s);
	for (char *c = dst; *c; c++)
		if (*c == '<')
			*c = ' ';
}

static void
take_names(const struct format *f, struct ym_mrz *m)
{
	const char *names = at(m, f->names);
	int split = 0;

	while (split + 1 < f->names.n && !(names[split] == '<' && names[split + 1] == '<'))
		split++;
	if (split + 1 >= f->names.n)
		split = f->names.n;
	copy_span(m->surname, sizeof m->surname, names, split);
	if (split + 2 < f->names.n)
		copy_span(m->given, sizeof m->given, names + split + 2, f->names.n - split - 2);
	for (char *s = m->given; (s = strstr(s, "  "));)
		memmove(s, s + 1, strlen(s));
}

/* YYMMDD. A birth lies behind us, an expiry within the next fifty years. */
static void
take_date(char out[16], const char *text, int64_t now_ms, bool is_birth)
{
	int year, month, day, now_year, now_month, now_day;
	ym_date d;

	out[0] = 0;
	for (int i = 0; i < 6; i++)
		if (text[i] < '0' || text[i] > '9')
			return;
	ym_date_split(ym_date_at(now_ms), &now_year, &now_month, &now_day);
	year = now_year / 100 * 100 + (text[0] - '0') * 10 + text[1] - '0';
	month = (text[2] - '0') * 10 + text[3] - '0';
	day = (text[4] - '0') * 10 + text[5] - '0';
	if (is_birth && ym_date_of(year, month, day) > ym_date_at(now_ms))
		year -= 100;
	else if (!is_birth && year > now_year + 50)
		year -= 100;
	d = ym_date_of(year, month, day);
	if (d != YM_DATE_NONE)
		ym_date_format(out, d);
}

static void
take(const struct format *f, struct ym_mrz *m, int64_t now_ms)
{
	int extra = long_number(f, m);
	char date[16];

	copy_span(m->code, sizeof m->code, m->lines[0], 2);
	copy_span(m->issuer, sizeof m->issuer, m->lines[0] + 2, 3);
	copy_span(m->nationality, sizeof m->nationality, at(m, f->nationality), 3);
	copy_span(m->number, sizeof m->number, at(m, f->number), f->number.n);
	if (extra > 1)
		snprintf(m->number, sizeof m->number, "%.*s%.*s", f->number.n, at(m, f->number), extra - 1 > 12 ? 12 : extra - 1,
			at(m, f->optional));
	else
		copy_span(m->optional, sizeof m->optional, at(m, f->optional), f->optional.n);
	if (f->optional2.n)
		copy_span(m->optional2, sizeof m->optional2, at(m, f->optional2), f->optional2.n);
	take_names(f, m);
	take_date(date, at(m, f->birth), now_ms, true);
	ym_strlcpy(m->birth, date, sizeof m->birth);
	take_date(date, at(m, f->expiry), now_ms, false);
	ym_strlcpy(m->expiry, date, sizeof m->expiry);
	m->sex = *at(m, f->sex) == 'M' ? 1 : *at(m, f->sex) == 'F' ? 2 : 9;
}

bool
ym_mrz_parse(const char *text, size_t n, int64_t now_ms, struct ym_mrz *ret)
{
	char all[YM_MRZ_TEXT_MAX + 1];
	const struct format *f;
	size_t len;

	if (!squeeze(text, n, all, &len) || !(f = format_of(all, len)))
		return false;
	memset(ret, 0, sizeof *ret);
	ret->format = f->format;
	ret->n_lines = f->n_lines;
	for (int i = 0; i < f->n_lines; i++)
		memcpy(ret->lines[i], all + i * f->width, (size_t)f->width);
	explicit_bzero(all, sizeof all);
	check(f, ret);
	take(f, ret, now_ms);
	return true;
}

bool
ym_mrz_wants_more(const char *text, size_t n)
{
	char all[YM_MRZ_TEXT_MAX + 1];
	size_t len;
	bool more;

	if (!squeeze(text, n, all, &len) || !len || !strchr("PVACI", all[0]) || !memchr(all, '<', len))
		return false;
	more = len == 44 || len == 36 || len == 30 || (len == 60 && all[0] != 'P' && all[0] != 'V');
	explicit_bzero(all, sizeof all);
	return more;
}

const char *
ym_mrz_field_text(enum ym_mrz_field field)
{
	static const char *const texts[] = { [YM_MRZ_NUMBER] = N_("Document number"), [YM_MRZ_BIRTH] = N_("Date of birth"),
		[YM_MRZ_EXPIRY] = N_("Date of expiry"), [YM_MRZ_OPTIONAL] = N_("Personal number"),
		[YM_MRZ_COMPOSITE] = N_("Last check digit"), [YM_MRZ_SEX] = N_("Sex"), [YM_MRZ_LETTERS] = N_("Name") };

	return (size_t)field < YM_ARRAY_LEN(texts) ? texts[field] : texts[YM_MRZ_COMPOSITE];
}

void
ym_mrz_release(struct ym_mrz *m)
{
	explicit_bzero(m, sizeof *m);
}
