/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Small values of a visit: known data with origin and time, names of states for JSON and events.
 * Not rules and not lines. Invariant: a known datum is never empty text.
 */
#include "cases/inner.h"

/* Which of the names it is; `otherwise` when none. */
static int
index_of(const char *const names[], size_t n, const char *name, int otherwise)
{
	for (size_t i = 0; i < n; i++)
		if (ym_streq(names[i], name))
			return (int)i;
	return otherwise;
}
#define INDEX_OF(names, name, otherwise) index_of(names, YM_ARRAY_LEN(names), name, otherwise)

static const char *const origins[] = { "card", "mrz", "typed", "archive", "check", "rule" };
static const char *const mat_states[] = { "unseen", "seen", "captured", "shared", "elicense", "deferred", "missing", "wrong", "waiting",
	"generated", "promised" };
static const char *const check_states[] = { "", "asked", "clear", "hit", "unknown", "failed" };
static const char *const fee_states[] = { "none", "due", "paid", "waived" };
static const char *const deciders[] = { "window", "auto", "approver" };

const char *
ym_origin_name(enum ym_origin o)
{
	return (unsigned)o < YM_ARRAY_LEN(origins) ? origins[o] : "typed";
}

enum ym_origin
ym_origin_by_name(const char *s)
{
	return (enum ym_origin)INDEX_OF(origins, s, YM_FROM_TYPED);
}

/* Trust grades of 国办函〔2016〕108号: what an authority's register or chip says, what was read, what was said, what was inferred. */
char
ym_origin_grade(enum ym_origin o)
{
	switch (o) {
	case YM_FROM_CARD:
	case YM_FROM_CHECK:
		return 'A';
	case YM_FROM_MRZ:
		return 'B';
	case YM_FROM_RULE:
		return 'D';
	default:
		return 'C';
	}
}

const char *
ym_mat_state_name(enum ym_material_state s)
{
	return (unsigned)s < YM_ARRAY_LEN(mat_states) ? mat_states[s] : "unseen";
}

enum ym_material_state
ym_mat_state_by_name(const char *s)
{
	return (enum ym_material_state)INDEX_OF(mat_states, s, YM_MAT_UNSEEN);
}

const char *
ym_check_state_name(enum ym_check_state s)
{
	return (unsigned)s < YM_ARRAY_LEN(check_states) ? check_states[s] : "";
}

enum ym_check_state
ym_check_state_by_name(const char *s)
{
	return (enum ym_check_state)INDEX_OF(check_states, s, YM_CHECK_NOT_ASKED);
}

const char *
ym_fee_state_name(enum ym_fee_state s)
{
	return (unsigned)s < YM_ARRAY_LEN(fee_states) ? fee_states[s] : "none";
}

enum ym_fee_state
ym_fee_state_by_name(const char *s)
{
	return (enum ym_fee_state)INDEX_OF(fee_states, s, YM_FEE_NONE);
}

const char *
ym_decider_name(enum ym_decider d)
{
	return (unsigned)d < YM_ARRAY_LEN(deciders) ? deciders[d] : "";
}

struct ym_known *
ym_knowns_find(const struct ym_knowns *k, const char *datum)
{
	for (int i = 0; i < k->n; i++)
		if (!strcmp(k->p[i].datum, datum))
			return &k->p[i];
	return NULL;
}

const char *
ym_knowns_get(const struct ym_knowns *k, const char *datum)
{
	struct ym_known *f = ym_knowns_find(k, datum);
	return f ? f->value : NULL;
}

void
ym_knowns_set(struct ym_knowns *k, const char *datum, const char *value, enum ym_origin origin, int64_t at)
{
	struct ym_known *f = ym_knowns_find(k, datum);
	if (!value || !*value) {
		if (f) {
			free(f->datum);
			explicit_bzero(f->value, strlen(f->value));
			free(f->value);
			*f = k->p[--k->n];
		}
		return;
	}
	if (!f) {
		if (k->n >= 240)
			return;
		k->p = ym_realloc_array(k->p, (size_t)k->n + 1, sizeof(*k->p));
		f = &k->p[k->n++];
		f->datum = ym_strdup(datum);
	} else {
		explicit_bzero(f->value, strlen(f->value));
		free(f->value);
	}
	f->value = ym_strdup(value);
	f->origin = origin;
	f->at = at;
}

void
ym_knowns_release(struct ym_knowns *k)
{
	for (int i = 0; i < k->n; i++) {
		free(k->p[i].datum);
		explicit_bzero(k->p[i].value, strlen(k->p[i].value));
		free(k->p[i].value);
	}
	free(k->p);
	*k = (struct ym_knowns){ 0 };
}

json_t *
ym_knowns_to_json(const struct ym_knowns *k)
{
	json_t *a = json_array();
	for (int i = 0; i < k->n; i++)
		json_array_append_new(a, json_pack("{ss ss ss sI}", "d", k->p[i].datum, "v", k->p[i].value, "o",
			ym_origin_name(k->p[i].origin), "t", (json_int_t)k->p[i].at));
	return a;
}

void
ym_knowns_from_json(struct ym_knowns *k, const json_t *a)
{
	size_t i;
	json_t *f;
	json_array_foreach((json_t *)a, i, f)
		if (*ym_json_str(f, "d"))
			ym_knowns_set(k, ym_json_str(f, "d"), ym_json_str(f, "v"), ym_origin_by_name(ym_json_str(f, "o")),
				ym_json_int(f, "t", 0));
}
