/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Where a case belongs (rules.md §7): the item's dated scope, the responsible division, the station's. And its fee.
 * Not conditions, not clocks (clocks.c). Invariant: the division is a datum that somebody stated, never the first six digits of a number.
 */
#include "cases/inner.h"

/* A station of a city answers for its counties: trailing 00 is not compared. */
static bool
same_place(const char *station, const char *division)
{
	size_t n = 6;
	while (n > 2 && station[n - 1] == '0' && station[n - 2] == '0')
		n -= 2;
	return !strncmp(station, division, n);
}

/* rules.md §16: an item that is not in force is told about or handed on, never accepted. The words are the catalogue's. */
bool
ym_place_is_in_force(const struct ym_item *it)
{
	return !*it->status || !strcmp(it->status, "现行") || !strcmp(it->status, "地方设定");
}

static bool
is_active(const struct ym_scope *s, const char *today)
{
	return (!*s->from || strcmp(s->from, today) <= 0) && (!*s->until || strcmp(today, s->until) < 0);
}

static enum ym_place
judge_one(enum ym_scope_mode mode, const char *station, const char *division)
{
	if (mode == YM_SCOPE_NATIONAL || mode == YM_SCOPE_CROSS_MULTI)
		return YM_PLACE_HERE;
	if (!division || strlen(division) != 6)
		return YM_PLACE_UNKNOWN;
	if (same_place(station, division) || (mode == YM_SCOPE_PROVINCE && !strncmp(station, division, 2)))
		return YM_PLACE_HERE;
	return mode == YM_SCOPE_CROSS_COLLECT ? YM_PLACE_COLLECT : mode == YM_SCOPE_CROSS_ONLINE ? YM_PLACE_ONLINE : YM_PLACE_NOT_OURS;
}

/* The best for the citizen wins: here, take in and forward, online, elsewhere. An unknown division leaves it open. */
void
ym_place_judge(struct ym_visit *v, struct ym_matter *m)
{
	const struct ym_item *it = m->item;
	char role[YM_ROLE_SIZE];
	const char *datum = ym_roles_split(it->responsible, '.', role), *division = datum ? ym_facts_of(v, m, role, datum) : NULL;
	m->place = YM_PLACE_HERE;
	m->place_text = m->place_source = "";
	const struct ym_scope *best = NULL;
	enum ym_place found = YM_PLACE_NOT_OURS;
	for (int i = 0; i < it->n_scopes; i++) {
		if (!is_active(&it->scopes[i], v->today))
			continue;
		enum ym_place p = !datum ? YM_PLACE_HERE : judge_one(it->scopes[i].mode, ym_log_identity(v->w->log)->division, division);
		/* UNKNOWN counts below HERE alone: another mode may still settle it. */
		int rank = p == YM_PLACE_HERE ? 0 : p == YM_PLACE_UNKNOWN ? 1 : (int)p;
		int old = found == YM_PLACE_HERE ? 0 : found == YM_PLACE_UNKNOWN ? 1 : (int)found;
		if (!best || rank < old) {
			best = &it->scopes[i];
			found = p;
		}
	}
	if (!ym_place_is_in_force(it)) {
		m->place = YM_PLACE_NOT_OURS;
		m->place_text = it->status;
		return;
	}
	if (!best)
		return;
	m->place = found;
	m->place_source = best->source;
	if (found != YM_PLACE_HERE && found != YM_PLACE_UNKNOWN && division) {
		const char *label = ym_pack_code_label(v->w->pack, "divisions", division);
		m->place_text = *label ? label : ym_visit_keep(v, ym_strdup(division));
	}
}

/* What it would cost: the first tier that holds; an exemption that holds makes it nothing. Unknown stays unknown. */
void
ym_fee_plan(struct ym_visit *v, struct ym_matter *m)
{
	const struct ym_item *it = m->item;
	m->fee_plan = 0;
	m->fee_label = "";
	m->fee_known = true;
	m->fee_exempt = false;
	for (int i = 0; i < it->n_fees; i++) {
		enum ym_truth t = ym_facts_eval(v, m, it->fees[i].when);
		if (t == YM_UNKNOWN)
			m->fee_known = false;
		if (t != YM_TRUE)
			continue;
		m->fee_plan = it->fees[i].fen;
		m->fee_label = it->fees[i].label;
		m->fee_known = true;
		break;
	}
	for (int i = 0; i < it->n_exemptions && m->fee_plan > 0; i++)
		if (*it->exemptions[i].when && ym_facts_eval(v, m, it->exemptions[i].when) == YM_TRUE) {
			m->fee_plan = 0;
			m->fee_label = it->exemptions[i].label;
			m->fee_exempt = true;
		}
}
