/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The one form (一表申请): fields of all cases, merged when datum and person are the same; case.* is never merged.
 * Not printing. Invariant: what was typed is kept, wrong or not; a wrong value is shown as wrong and stops acceptance.
 */
#include "cases/form.h"

#include <ctype.h>

#include "base/number.h"
#include "cases/inner.h"
#include "yimen/text.h"

#define NEAR_MOST 200   /* divisions that share a typed word */

void
ym_form_clean(struct ym_pack *p, const char *datum, const char *value, char *dst, size_t size)
{
	const struct ym_datum *d = ym_pack_datum(p, datum);
	ym_strlcpy(dst, value, size);
	if (d && d->type == YM_DATUM_MULTILINE)
		return;
	ym_text_normalize(dst);
	if (!d)
		return;
	if (d->type == YM_DATUM_NUMBER || strstr(datum, "number"))
		for (char *s = dst; *s; s++)
			*s = (char)toupper((unsigned char)*s);
	if (d->type == YM_DATUM_DATE) {
		ym_date day = ym_date_parse(dst);
		if (day != YM_DATE_NONE && size >= 16)
			ym_date_format(dst, day);
	}
}

static bool
is_digits(const char *s)
{
	if (*s == '-')
		s++;
	if (!*s)
		return false;
	for (; *s; s++)
		if (!isdigit((unsigned char)*s))
			return false;
	return true;
}

static bool
is_time(const char *s)
{
	return strlen(s) == 5 && isdigit((unsigned char)s[0]) && isdigit((unsigned char)s[1]) && s[2] == ':' && isdigit((unsigned char)s[3]) &&
		isdigit((unsigned char)s[4]) && (s[0] - '0') * 10 + s[1] - '0' < 24 && s[3] < '6';
}

const char *
ym_form_check_value(struct ym_pack *p, const char *datum, const char *value)
{
	const struct ym_datum *d = ym_pack_datum(p, datum);
	if (!d)
		return N_("The catalogue does not know this field");
	if (!*value)
		return NULL;
	if (strlen(value) >= YM_MAX_VALUE || (d->max > 0 && ym_text_length(value) > d->max))
		return N_("Too long");
	if (!ym_text_is_clean(value, d->type == YM_DATUM_MULTILINE))
		return N_("Contains characters that cannot be kept");
	switch (d->type) {
	case YM_DATUM_CODE:
		return *ym_pack_code_label(p, d->table, value) ? NULL : N_("Not in the code table");
	case YM_DATUM_ENUM:
		for (int i = 0; i < d->n_options; i++)
			if (!strcmp(d->options[i].code, value))
				return NULL;
		return N_("Not one of the choices");
	case YM_DATUM_DATE:
		return ym_date_parse(value) != YM_DATE_NONE ? NULL : N_("Not a date: year, month and day are needed, such as 2026-11-22");
	case YM_DATUM_TIME:
		return is_time(value) ? NULL : N_("Not a time: such as 09:05");
	case YM_DATUM_INT:
		return is_digits(value) ? NULL : N_("Digits only");
	case YM_DATUM_BOOL:
		return !strcmp(value, "0") || !strcmp(value, "1") ? NULL : N_("Yes or no");
	case YM_DATUM_DIVISION:
		return strlen(value) == 6 && is_digits(value) && *ym_pack_code_label(p, *d->table ? d->table : "divisions", value) ? NULL :
			N_("Not a division: six digits of GB/T 2260");
	case YM_DATUM_PHONE:
		return ym_number_phone(value) ? NULL : N_("Not a telephone number");
	case YM_DATUM_NUMBER:
		return *d->check && ym_number_check(d->check, value, NULL) ? N_("The number is wrong: please compare it with the document") : NULL;
	default:
		return *d->check && ym_number_has_kind(d->check) && ym_number_check(d->check, value, NULL) ?
			N_("The number is wrong: please compare it with the document") : NULL;
	}
}

static const char *
shown(struct ym_visit *v, const struct ym_datum *d, const char *value)
{
	const char *label = "";
	if (d->type == YM_DATUM_CODE || d->type == YM_DATUM_DIVISION)
		label = ym_pack_code_label(v->w->pack, *d->table ? d->table : "divisions", value);
	for (int i = 0; i < d->n_options; i++)
		if (!strcmp(d->options[i].code, value))
			label = d->options[i].label;
	if (d->type == YM_DATUM_BOOL)
		label = !strcmp(value, "1") ? "是" : !strcmp(value, "0") ? "否" : "";
	return *label ? label : value;
}

static int
find_line(const struct ym_visit *v, int who, int matter, const char *datum)
{
	for (int i = 0; i < v->n_form; i++)
		if (!strcmp(v->form_of[i].datum, datum) && v->form_of[i].who == who && (who || v->form_of[i].matter == matter))
			return i;
	return -1;
}

static const char *
group_of(struct ym_visit *v, struct ym_matter *m, const char *role, const struct ym_who *p)
{
	if (!p)
		return m->item->name;
	const char *name = ym_who_name(p);
	return *name ? ym_visit_keepf(v, "%s · %s", ym_roles_label(v, m, role), name) : ym_roles_label(v, m, role);
}

static void
add_field(struct ym_visit *v, int c, const struct ym_need_field *f)
{
	struct ym_matter *m = &v->cases[c];
	char role[YM_ROLE_SIZE];
	const char *datum = ym_roles_split(f->datum, '.', role);
	const struct ym_datum *d = datum ? ym_pack_datum(v->w->pack, datum) : NULL;
	if (!d || ym_facts_eval(v, m, f->when) != YM_TRUE)
		return;
	bool own = !strcmp(role, "case");
	int who = own ? 0 : ym_roles_who(v, m, role);
	if (!own && !who)
		return;
	bool open = ym_matter_is_open(m);
	/* A result is filled by who decides here; elsewhere it comes back with the decision. */
	if (f->is_result && !ym_propose_ends_here(m->item))
		return;
	bool required = open && (f->required || (*f->required_when && ym_facts_eval(v, m, f->required_when) == YM_TRUE));
	struct ym_who *p = ym_who_by_key(v, who);
	int i = find_line(v, who, c, datum);
	if (i < 0) {
		if (v->n_form >= YM_MAX_FORM)
			return;
		i = v->n_form++;
		v->form_of[i] = (struct ym_form_of){ .who = who, .matter = c, .need = f };
		ym_strlcpy(v->form_of[i].datum, datum, sizeof(v->form_of[i].datum));
		struct ym_known *k = ym_knowns_find(own ? &m->facts : &p->facts, datum);
		const char *value = k ? k->value : "";
		const char *fault = ym_form_check_value(v->w->pack, datum, value);
		v->form[i] = (struct ym_form_line){ .datum = f->datum, .label = d->label, .group = group_of(v, m, role, p), .value = value,
			.shown = *value ? shown(v, d, value) : "", .hint = *f->hint ? f->hint : d->hint, .basis = f->basis,
			.error = fault ? fault : "", .table = *d->table ? d->table : d->type == YM_DATUM_DIVISION ? "divisions" : "", .type = d,
			.person = own ? -1 : ym_who_index(v, who), .case_index = own ? c : -1, .personal = d->personal, .is_result = f->is_result,
			.origin = k ? k->origin : YM_FROM_TYPED, .has_value = k != NULL };
	}
	struct ym_form_line *l = &v->form[i];
	l->n_cases++;
	l->required |= required;
	if (!*l->hint)
		l->hint = f->hint;
	if (!*l->basis)
		l->basis = f->basis;
	if (l->has_value && !*l->error && *f->rule && ym_facts_eval(v, m, f->rule) == YM_FALSE)
		l->error = *f->message ? f->message : N_("Does not agree with the rule of this item");
}

static int
by_group(const struct ym_form_line *a, const struct ym_form_line *b)
{
	int x = a->person < 0 ? 1000 + a->case_index : a->person, y = b->person < 0 ? 1000 + b->case_index : b->person;
	return x - y;
}

/* Lines of one person stand together, in the order of first mention: insertion keeps it stable. */
void
ym_form_build(struct ym_visit *v)
{
	v->n_form = 0;
	for (int c = 0; c < v->n_cases; c++)
		for (int i = 0; i < v->cases[c].item->n_fields; i++)
			add_field(v, c, &v->cases[c].item->fields[i]);
	for (int i = 1; i < v->n_form; i++) {
		struct ym_form_line l = v->form[i];
		struct ym_form_of o = v->form_of[i];
		int k = i;
		for (; k > 0 && by_group(&v->form[k - 1], &l) > 0; k--) {
			v->form[k] = v->form[k - 1];
			v->form_of[k] = v->form_of[k - 1];
		}
		v->form[k] = l;
		v->form_of[k] = o;
	}
}

int
ym_visit_n_form(const struct ym_visit *v)
{
	return v->n_form;
}

const struct ym_form_line *
ym_visit_form(const struct ym_visit *v, int index)
{
	return index >= 0 && index < v->n_form ? &v->form[index] : NULL;
}

/* Is any case that asks for this line still open? */
static bool
line_is_open(const struct ym_visit *v, int line)
{
	for (int c = 0; c < v->n_cases; c++) {
		const struct ym_matter *m = &v->cases[c];
		if (!ym_matter_is_open(m))
			continue;
		for (int i = 0; i < m->item->n_fields; i++) {
			char role[YM_ROLE_SIZE];
			const char *datum = ym_roles_split(m->item->fields[i].datum, '.', role);
			if (!datum || strcmp(datum, v->form_of[line].datum))
				continue;
			if (!strcmp(role, "case") ? !v->form_of[line].who && v->form_of[line].matter == c : ym_roles_who(v, m, role) == v->form_of[line].who)
				return true;
		}
	}
	return false;
}

enum ym_code
ym_visit_fill(struct ym_visit *v, int line, const char *value, struct ym_error *err)
{
	if (line < 0 || line >= v->n_form)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such field"), "index");
	if (!line_is_open(v, line))
		return ym_fail(err, YM_STATE, N_("The case is decided"), "fill decided");
	struct ym_form_of of = v->form_of[line];
	struct ym_who *p = ym_who_by_key(v, of.who);
	char clean[YM_MAX_VALUE];
	ym_form_clean(v->w->pack, of.datum, value, clean, sizeof(clean));
	struct ym_knowns *k = p ? &p->facts : &v->cases[of.matter].facts;
	const char *old = ym_knowns_get(k, of.datum);
	if (old && !strcmp(old, clean))
		return *v->form[line].error ? ym_fail_on(err, YM_INVALID, v->form[line].error, v->form[line].label, "same") : YM_OK;
	if (p && p->logged && old && !strcmp(old, p->doc_number))
		return ym_fail(err, YM_CONFLICT, N_("This person is identified already with another number"), "number is logged");
	ym_knowns_set(k, of.datum, clean, YM_FROM_TYPED, ym_log_now(v->w->log));
	const char *fault = ym_form_check_value(v->w->pack, of.datum, clean);
	explicit_bzero(clean, sizeof(clean));
	const char *label = v->form[line].label;
	if (p)
		ym_who_derive(v, p);
	ym_visit_touch(v);
	if (!fault)
		for (int i = 0; i < v->n_form; i++)
			if (v->form_of[i].who == of.who && !strcmp(v->form_of[i].datum, of.datum) && (of.who || v->form_of[i].matter == of.matter) &&
				*v->form[i].error)
				fault = v->form[i].error;
	return fault ? ym_fail_on(err, YM_INVALID, fault, label, "%s", of.datum) : YM_OK;
}

/* Before anything is typed: the station's own division, then its neighbours in the same city. A suggestion, never an answer. */
static int
near_divisions(struct ym_visit *v, const char *table, struct ym_option *ret, int max)
{
	const char *own = ym_log_identity(v->w->log)->division;
	char city[5];
	int n = max > 0 ? ym_pack_code_search(v->w->pack, table, own, ret, 1) : 0, found = n;
	struct ym_option near[40];
	int n_near;

	snprintf(city, sizeof city, "%.4s", own);
	n_near = ym_pack_code_search(v->w->pack, table, city, near, YM_ARRAY_LEN(near));
	for (int i = 0; i < n_near && found < max; i++)
		if (!n || strcmp(near[i].code, ret[0].code))
			ret[found++] = near[i];
	return found;
}

/* What was typed may stand anywhere in the country; what is meant is mostly near. */
static int
search_divisions(struct ym_visit *v, const char *table, const char *text, struct ym_option *ret, int max)
{
	const char *own = ym_log_identity(v->w->log)->division;
	struct ym_option all[NEAR_MOST];
	int n = ym_pack_code_search(v->w->pack, table, text, all, NEAR_MOST), found = 0;

	/* A code in full stays first, then the own city, the own province, the rest; each in the table's order. */
	for (int rank = 0; rank < 4; rank++)
		for (int i = 0; i < n && found < max; i++) {
			int at = !strcmp(all[i].code, text) ? 0 : !strncmp(all[i].code, own, 4) ? 1 : !strncmp(all[i].code, own, 2) ? 2 : 3;

			if (at == rank)
				ret[found++] = all[i];
		}
	return found;
}

int
ym_visit_form_options(struct ym_visit *v, int line, const char *text, struct ym_option *ret, int max)
{
	static const struct ym_option yes_no[] = { { "1", "是" }, { "0", "否" } };
	const struct ym_form_line *l = ym_visit_form(v, line);
	if (!l)
		return 0;
	const struct ym_option *all = l->type->options;
	int n = l->type->n_options, found = 0;
	if (l->type->type == YM_DATUM_BOOL) {
		all = yes_no;
		n = 2;
	} else if (l->type->type == YM_DATUM_DIVISION && *l->table) {
		return text && *text ? search_divisions(v, l->table, text, ret, max) : near_divisions(v, l->table, ret, max);
	} else if (!n && *l->table) {
		return ym_pack_code_search(v->w->pack, l->table, text ? text : "", ret, max);
	}
	for (int i = 0; i < n && found < max; i++)
		if (!text || !*text || !strncmp(all[i].code, text, strlen(text)) || strstr(all[i].label, text))
			ret[found++] = all[i];
	return found;
}
