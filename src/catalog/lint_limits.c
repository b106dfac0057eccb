/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Limits of an item that contradict each other: promised and statutory, the steps, the deferral (domain rules §3, §4).
 * Invariant: works on any JSON object; compares only what is comparable whatever the calendar says.
 */
#include "catalog/lint_parts.h"

/* Fewest and most calendar days that a limit can last. A golden week and both of its weekends is the longest rest. */
static bool
span(const json_t *limit, double *ret_least, double *ret_most)
{
	const char *unit = ym_json_str(limit, "unit");
	double value = (double)ym_json_int(limit, "value", -1);

	if (!json_is_object(limit) || value < 0)
		return false;
	*ret_least = *ret_most = value;
	if (!strcmp(unit, "hour")) {
		*ret_least = *ret_most = value / 24;
	} else if (!strcmp(unit, "month")) {
		*ret_least = value * 28;
		*ret_most = value * 31;
	} else if (!strcmp(unit, "workday")) {
		*ret_most = value == 0 ? 0 : value * 7 / 5 + 12;
	}
	return true;
}

static void
check_steps(struct ym_lint *l, const struct ym_node *node, const json_t *promised)
{
	const json_t *step;
	long long sum = 0;
	size_t i;

	json_array_foreach(json_object_get(node->json, "steps"), i, step)
	{
		long long days = ym_json_int(step, "days", -1);

		if (ym_json_bool(node->json, "instant", false) && days > 0)
			ym_lint_warn(ym_lint_spot(l, node, "steps[%zu].days", i),
				N_("An instant item has no step that lasts days"), "");
		sum += days > 0 ? days : 0;
	}
	if (!strcmp(ym_json_str(promised, "unit"), "workday") && sum > ym_json_int(promised, "value", sum))
		ym_lint_warn(ym_lint_spot(l, node, "steps"),
			N_("The steps together last longer than the promised limit"), "");
}

static void
check_deferral(struct ym_lint *l, const struct ym_node *node, const json_t *promised)
{
	const json_t *defer = json_object_get(node->json, "defer"), *m;
	long long days = ym_json_int(defer, "days", 0);
	bool any = false;
	size_t i;

	json_array_foreach(json_object_get(node->json, "materials"), i, m)
	{
		bool deferrable = ym_json_bool(m, "deferrable", false);

		any |= deferrable;
		if (deferrable && days <= 0)
			ym_lint_warn(ym_lint_spot(l, node, "materials[%zu].deferrable", i),
				N_("The material is deferrable, but the item defers nothing"),
				ym_json_str(m, "kind"));
	}
	if (days > 0 && !any)
		ym_lint_warn(ym_lint_spot(l, node, "defer"), N_("No material of the item is deferrable"), "");
	if (days > 0 && !strcmp(ym_json_str(promised, "unit"), "workday") &&
		ym_json_int(promised, "value", 0) > 0 && days > ym_json_int(promised, "value", 0))
		ym_lint_warn(ym_lint_spot(l, node, "defer.days"),
			N_("A material is deferred for longer than the promised limit"), "");
}

void
ym_lint_limits(struct ym_lint *l, const struct ym_node *node)
{
	const json_t *limits = json_object_get(node->json, "limits"),
		     *promised = json_object_get(limits, "promised"),
		     *statutory = json_object_get(limits, "statutory");
	double least = 0, most = 0, lawful_least = 0, lawful_most = 0;
	bool has = span(promised, &least, &most), lawful = span(statutory, &lawful_least, &lawful_most);

	if (has && lawful && least > lawful_most)
		ym_lint_error(ym_lint_spot(l, node, "limits.promised"),
			N_("The promised limit is longer than the statutory one"), "");
	else if (has && lawful && !strcmp(ym_json_str(promised, "unit"), ym_json_str(statutory, "unit")) &&
		ym_json_int(promised, "value", 0) > ym_json_int(statutory, "value", 0))
		ym_lint_error(ym_lint_spot(l, node, "limits.promised"),
			N_("The promised limit is longer than the statutory one"), "");
	if (has && least > 0 && ym_json_bool(node->json, "instant", false))
		ym_lint_warn(ym_lint_spot(l, node, "limits.promised"),
			N_("An instant item promises no days"), "");
	check_steps(l, node, promised);
	check_deferral(l, node, promised);
}
