/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The rating (好差评): asked once a visit, given on the evaluator, stored for each case. Not shown to whom it rates.
 * Invariant: the grade is in the sealed body alone; no view, no header and no line of this program carries it.
 */
#include "cases/inner.h"

enum ym_rating_state
ym_visit_rating(const struct ym_visit *v)
{
	return v->rating;
}

static enum ym_code
emit_asked(struct ym_visit *v, void *user, struct ym_error *err)
{
	return ym_emit_visit(v, "rating.asked", NULL, 0, NULL, err);
}

static bool
is_rated_case(const struct ym_matter *m)
{
	return m->case_no[0] && m->exit != YM_EXIT_NONE;
}

enum ym_code
ym_visit_ask_rating(struct ym_visit *v, struct ym_error *err)
{
	bool any = false;
	for (int c = 0; c < v->n_cases; c++)
		any |= is_rated_case(&v->cases[c]);
	if (!any)
		return ym_fail(err, YM_STATE, N_("There is nothing to rate yet: decide a case first"), "no case");
	if (v->rating == YM_RATING_GIVEN || v->rating == YM_RATING_ASKED)
		return ym_fail(err, YM_STATE, N_("The rating is asked once a visit"), "asked already");
	enum ym_rating_state old = v->rating;
	v->rating = YM_RATING_ASKED;
	enum ym_code rc = ym_visit_commit(v, emit_asked, NULL, err);
	if (rc)
		v->rating = old;
	return rc;
}

struct grade { int grade; const char *source; };

static enum ym_code
emit_grades(struct ym_visit *v, void *user, struct ym_error *err)
{
	const struct grade *g = user;
	struct ym_attr attrs[] = { { "source", g->source } };
	enum ym_code rc = YM_OK;
	for (int c = 0; c < v->n_cases && !rc; c++) {
		if (!is_rated_case(&v->cases[c]))
			continue;
		YM_JSON *body = json_pack("{si}", "grade", g->grade);
		rc = ym_emit_case(v, &v->cases[c], "case.rated", attrs, 1, body, err);
	}
	return rc;
}

enum ym_code
ym_visit_take_rating(struct ym_visit *v, int grade, const char *source, struct ym_error *err)
{
	if (v->rating != YM_RATING_ASKED)
		return ym_fail(err, YM_STATE, N_("No rating was asked"), "not asked");
	if (grade < 1 || grade > 5)
		return ym_fail(err, YM_INVALID, N_("A grade is one of five"), "grade");
	struct grade g = { grade, source };
	v->rating = YM_RATING_GIVEN;
	enum ym_code rc = ym_visit_commit(v, emit_grades, &g, err);
	if (rc)
		v->rating = YM_RATING_ASKED;
	return rc;
}
