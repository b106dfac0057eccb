/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Persons of a visit: adding, identifying, what was known before (一次采集). Not which role they play (roles.c).
 * Invariant: an identified person never changes into another one; a household division is never guessed from a number.
 */
#include "base/number.h"
#include "cases/form.h"
#include "cases/inner.h"
#include "yimen/text.h"

struct ym_who *
ym_who_by_key(const struct ym_visit *v, int key)
{
	for (int i = 0; i < v->n_persons && key > 0; i++)
		if (v->persons[i].key == key)
			return (struct ym_who *)&v->persons[i];
	return NULL;
}

int
ym_who_index(const struct ym_visit *v, int key)
{
	struct ym_who *p = ym_who_by_key(v, key);
	return p ? (int)(p - v->persons) : -1;
}

struct ym_who *
ym_who_by_as(const struct ym_visit *v, const char *as)
{
	for (int i = 0; i < v->n_persons && *as; i++)
		if (!strcmp(v->persons[i].as, as) || !strcmp(v->persons[i].party, as))
			return (struct ym_who *)&v->persons[i];
	return NULL;
}

/* Nobody said anything about them yet: what a rule filled in does not count. */
bool
ym_who_is_blank(const struct ym_who *p)
{
	for (int i = 0; i < p->facts.n; i++)
		if (p->facts.p[i].origin != YM_FROM_RULE)
			return false;
	return true;
}

const char *
ym_who_name(const struct ym_who *p)
{
	const char *s = ym_knowns_get(&p->facts, "name");
	if (!s)
		s = ym_knowns_get(&p->facts, "english_name");
	return s ? s : "";
}

struct ym_who *
ym_who_new(struct ym_visit *v, const char *as, bool is_org)
{
	if (v->n_persons >= YM_MAX_PERSONS)
		return NULL;
	struct ym_who *p = &v->persons[v->n_persons++];
	*p = (struct ym_who){ .key = v->next_who++, .is_org = is_org };
	ym_strlcpy(p->as, as, sizeof(p->as));
	return p;
}

/* Which document names the person; what the number itself says is filled in where nothing is known. */
void
ym_who_derive(struct ym_visit *v, struct ym_who *p)
{
	static const struct { const char *datum, *kind; } numbers[] = { { "id_number", "111" }, { "uscc", "uscc" },
		{ "doc_number", "" }, { "passport_number", "414" }, { "pass_number", "516" } };
	p->doc_kind[0] = p->doc_number[0] = p->hash[0] = 0;
	for (size_t i = 0; i < YM_ARRAY_LEN(numbers); i++) {
		struct ym_known *k = ym_knowns_find(&p->facts, numbers[i].datum);
		if (!k || ym_form_check_value(v->w->pack, numbers[i].datum, k->value))
			continue;
		const char *kind = numbers[i].kind;
		if (!*kind)
			kind = ym_knowns_get(&p->facts, "id_kind");
		ym_strlcpy(p->doc_kind, kind && *kind ? kind : "990", sizeof(p->doc_kind));
		ym_strlcpy(p->doc_number, k->value, sizeof(p->doc_number));
		if (!strcmp(numbers[i].datum, "id_number")) {
			/* Setting moves the array: k is not looked at again. */
			char text[16];
			enum ym_origin origin = k->origin;
			int64_t at = k->at;
			if (!ym_knowns_get(&p->facts, "birth")) {
				ym_date_format(text, ym_number_id18_birth(p->doc_number));
				ym_knowns_set(&p->facts, "birth", text, origin, at);
			}
			if (!ym_knowns_get(&p->facts, "sex")) {
				snprintf(text, sizeof(text), "%d", ym_number_id18_sex(p->doc_number));
				ym_knowns_set(&p->facts, "sex", text, origin, at);
			}
			if (!ym_knowns_get(&p->facts, "id_kind"))
				ym_knowns_set(&p->facts, "id_kind", "111", origin, at);
		}
		break;
	}
	if (p->doc_number[0] && ym_keys_is_unlocked(v->w->keys))
		ym_keys_person_hash(v->w->keys, p->doc_kind, p->doc_number, p->hash);
}

void
ym_who_lines(struct ym_visit *v)
{
	ym_date today = ym_date_parse(v->today);
	for (int i = 0; i < v->n_persons; i++) {
		struct ym_who *p = &v->persons[i];
		const char *birth = ym_knowns_get(&p->facts, "birth"), *sex = ym_knowns_get(&p->facts, "sex");
		const char *label = "";
		/* The label an item gives its role wins over the shared word. */
		for (int c = 0; c < v->n_cases && !*label; c++)
			for (int r = 0; r < v->cases[c].item->n_roles && r < YM_MAX_CASE_ROLES; r++)
				if (v->cases[c].roles[r].who == p->key && !strcmp(v->cases[c].item->roles[r].id, p->as))
					label = v->cases[c].item->roles[r].label;
		if (!*label)
			label = ym_pack_role_label(v->w->pack, p->as);
		struct ym_known *num = NULL;
		for (int k = 0; k < p->facts.n && p->doc_number[0]; k++)
			if (!strcmp(p->facts.p[k].value, p->doc_number))
				num = &p->facts.p[k];
		p->line = (struct ym_person){ .name = ym_who_name(p), .doc_kind = p->doc_kind, .doc_number = p->doc_number, .as = p->as,
			.as_label = label ? label : "", .sex_label = sex ? ym_pack_code_label(v->w->pack, "sex", sex) : "",
			.age = birth ? ym_date_age(ym_date_parse(birth), today) : -1, .is_org = p->is_org, .is_new = p->is_new,
			.identified = p->hash[0] != 0, .origin = num ? num->origin : YM_FROM_TYPED };
	}
}

int
ym_visit_n_persons(const struct ym_visit *v)
{
	return v->n_persons;
}

const struct ym_person *
ym_visit_person(const struct ym_visit *v, int index)
{
	return index >= 0 && index < v->n_persons ? &v->persons[index].line : NULL;
}

/* A role or party that has no document yet was given its person when the item came: that one is meant. */
enum ym_code
ym_visit_add_person(struct ym_visit *v, const char *as, bool is_org, int *ret, struct ym_error *err)
{
	if (!as || !*as)
		as = "visitor";
	if (strlen(as) >= sizeof(v->persons[0].as) || strchr(as, '_'))
		return ym_fail(err, YM_INVALID, N_("There is no such role"), "role form");
	struct ym_who *there = ym_who_by_as(v, as);
	if (there && (!strcmp(as, "visitor") || (there->is_new && ym_who_is_blank(there)))) {
		*ret = (int)(there - v->persons);
		return YM_OK;
	}
	struct ym_who *p = ym_who_new(v, as, is_org);
	if (!p)
		return ym_fail(err, YM_REFUSED, N_("A visit holds no more persons"), "max persons");
	for (int c = 0; c < v->n_cases; c++)
		for (int r = 0; r < v->cases[c].item->n_roles; r++)
			if (!strcmp(v->cases[c].item->roles[r].id, as))
				p->is_new |= v->cases[c].item->roles[r].is_new, p->is_org |= v->cases[c].item->roles[r].is_org;
	*ret = v->n_persons - 1;
	ym_visit_touch(v);
	return YM_OK;
}

enum ym_code
ym_visit_remove_person(struct ym_visit *v, int person, struct ym_error *err)
{
	if (person < 0 || person >= v->n_persons)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such person"), "index");
	struct ym_who *p = &v->persons[person];
	for (int c = 0; c < v->n_cases; c++)
		for (int r = 0; r < v->cases[c].item->n_roles && r < YM_MAX_CASE_ROLES; r++) {
			if (v->cases[c].roles[r].who != p->key)
				continue;
			if (v->cases[c].case_no[0])
				return ym_fail(err, YM_STATE, N_("This person stands in a decided case"), "decided");
			v->cases[c].roles[r].who = 0;
			v->cases[c].roles[r].fixed = false;
		}
	for (int i = v->n_marks - 1; i >= 0; i--)
		if (v->marks[i].who == p->key) {
			free(v->marks[i].note);
			free(v->marks[i].pages);
			v->marks[i] = v->marks[--v->n_marks];
		}
	ym_knowns_release(&p->facts);
	memmove(p, p + 1, (size_t)(v->n_persons - person - 1) * sizeof(*p));
	v->n_persons--;
	ym_visit_touch(v);
	return YM_OK;
}

/* How long a datum captured before may be used again, by its grade; 0: not at all. */
static int
years_good(char grade)
{
	return grade == 'A' ? 10 : grade == 'B' ? 5 : grade == 'C' ? 2 : 0;
}

/* Offered for what is missing only; a document that has run out takes its own data with it. */
static void
offer_archive(struct ym_visit *v, struct ym_who *p)
{
	char place[96];
	snprintf(place, sizeof(place), "person:%s", p->hash);
	YM_BUF text = { 0 };
	YM_JSON *j = NULL;
	struct ym_knowns old = { 0 };
	if (!p->hash[0] || ym_fold_open(&v->w->fold, v->w->db, place, &text, NULL) || ym_json_parse(text.data, text.len, "person", &j, NULL))
		return;
	ym_knowns_from_json(&old, json_object_get(j, "facts"));
	const char *until = ym_knowns_get(&old, "id_valid_to");
	bool over = until && ym_date_parse(until) != YM_DATE_NONE && strcmp(until, v->today) < 0;
	int64_t now = ym_log_now(v->w->log);
	for (int i = 0; i < old.n; i++) {
		struct ym_known *k = &old.p[i];
		if (ym_knowns_get(&p->facts, k->datum) || (over && !strncmp(k->datum, "id_", 3) && strcmp(k->datum, "id_number")))
			continue;
		if (now - k->at > (int64_t)years_good(ym_origin_grade(k->origin)) * 366 * 86400000LL)
			continue;
		ym_knowns_set(&p->facts, k->datum, k->value, YM_FROM_ARCHIVE, k->at);
	}
	ym_knowns_release(&old);
}

static const char *
number_of(const struct ym_fact facts[], int n, const char **ret_datum)
{
	static const char *const data[] = { "id_number", "uscc", "doc_number", "passport_number" };
	for (size_t d = 0; d < YM_ARRAY_LEN(data); d++)
		for (int i = 0; i < n; i++)
			if (!strcmp(facts[i].datum, data[d]) && facts[i].value && *facts[i].value) {
				*ret_datum = data[d];
				return facts[i].value;
			}
	return NULL;
}

enum ym_code
ym_visit_identify(struct ym_visit *v, int person, const struct ym_fact facts[], int n, enum ym_origin origin, struct ym_error *err)
{
	if (person < 0 || person >= v->n_persons)
		return ym_fail(err, YM_NOTFOUND, N_("There is no such person"), "index");
	struct ym_who *p = &v->persons[person];
	const char *datum = NULL, *number = number_of(facts, n, &datum);
	char clean[YM_MAX_VALUE];
	if (number) {
		ym_form_clean(v->w->pack, datum, number, clean, sizeof(clean));
		const char *mine = ym_knowns_get(&p->facts, datum);
		if (p->hash[0] && mine && strcmp(mine, clean))
			return ym_fail(err, YM_CONFLICT, N_("This person is identified already with another number"), "number differs");
		for (int i = 0; i < v->n_persons; i++) {
			const char *other = ym_knowns_get(&v->persons[i].facts, datum);
			if (i != person && other && !strcmp(other, clean))
				return ym_fail_on(err, YM_CONFLICT, N_("This person is in the visit already"), v->persons[i].line.as_label, "same number");
		}
	}
	enum ym_code rc = YM_OK;
	int64_t now = ym_log_now(v->w->log);
	bool had = p->hash[0] != 0;
	for (int i = 0; i < n; i++) {
		const struct ym_datum *d = ym_pack_datum(v->w->pack, facts[i].datum);
		if (!facts[i].value || !*facts[i].value)
			continue;
		ym_form_clean(v->w->pack, facts[i].datum, facts[i].value, clean, sizeof(clean));
		const char *fault = ym_form_check_value(v->w->pack, facts[i].datum, clean);
		if (fault) {
			if (!rc)
				rc = ym_fail_on(err, YM_INVALID, fault, d ? d->label : "", "%s", facts[i].datum);
			continue;
		}
		ym_knowns_set(&p->facts, facts[i].datum, clean, origin, now);
	}
	explicit_bzero(clean, sizeof(clean));
	ym_who_derive(v, p);
	if (p->hash[0] && !had)
		offer_archive(v, p);
	ym_visit_touch(v);
	return rc;
}
