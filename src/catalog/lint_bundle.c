/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A bundle: its items are there, its parties play their roles, nothing waits in a circle. Invariant: works on any JSON object. */
#include "catalog/lint_parts.h"

/* Follow `after` from one line: longer than the list means a circle. */
static bool
is_circle(const json_t *items, const json_t *line)
{
	for (size_t n = 0; line; n++) {
		if (n > json_array_size(items))
			return true;
		line = ym_lint_entry(items, "item", ym_json_str(line, "after"));
	}
	return false;
}

static void
check_bundle_roles(struct ym_lint *l, const struct ym_node *node, size_t i, const json_t *line,
	const json_t *item)
{
	const json_t *map = json_object_get(line, "roles"), *role;
	const char *key;
	json_t *party;
	size_t k;

	json_object_foreach((json_t *)map, key, party)
	{
		const char *id = json_is_string(party) ? json_string_value(party) : "";

		if (!ym_lint_entry(json_object_get(item, "roles"), "role", key))
			ym_lint_error(ym_lint_spot(l, node, "items[%zu].roles", i),
				N_("The item has no such role"), key);
		if (!ym_lint_entry(json_object_get(node->json, "parties"), "id", id) &&
			strcmp(id, "visitor") != 0)
			ym_lint_error(ym_lint_spot(l, node, "items[%zu].roles.%s", i, key),
				N_("The bundle has no such party"), id);
	}
	json_array_foreach(json_object_get(item, "roles"), k, role)
	{
		const char *id = ym_json_str(role, "role");

		if (ym_json_bool(role, "required", false) && !ym_json_str(role, "default")[0] &&
			!json_object_get(map, id))
			ym_lint_error(ym_lint_spot(l, node, "items[%zu].roles", i),
				N_("Nobody of the bundle plays a required role"), id);
	}
}

void
ym_lint_bundle(struct ym_lint *l, const struct ym_node *node)
{
	const json_t *items = json_object_get(node->json, "items"), *line, *party;
	struct ym_rule_scope r = { .bundle = node->json };
	size_t i;

	ym_lint_stem(l, node);
	json_array_foreach(json_object_get(node->json, "parties"), i,
		party) if (strchr(ym_json_str(party, "id"), '_'))
		ym_lint_error(ym_lint_spot(l, node, "parties[%zu].id", i),
			N_("A role has no underscore"), ym_json_str(party, "id"));
	json_array_foreach((json_t *)items, i, line)
	{
		const char *id = ym_json_str(line, "item"), *after = ym_json_str(line, "after");
		const json_t *item = ym_lint_find(l, YM_PART_ITEM, id);

		if (id[0] && !item)
			ym_lint_error(ym_lint_spot(l, node, "items[%zu].item", i),
				N_("There is no such item"), id);
		else
			check_bundle_roles(l, node, i, line, item);
		if (after[0] && !ym_lint_entry(items, "item", after))
			ym_lint_error(ym_lint_spot(l, node, "items[%zu].after", i),
				N_("The bundle has no such item"), after);
		else if (is_circle(items, line))
			ym_lint_error(ym_lint_spot(l, node, "items[%zu].after", i),
				N_("The items wait for each other"), id);
		r.at = ym_lint_spot(l, node, "items[%zu].when", i);
		ym_lint_rule(r, ym_json_str(line, "when"));
	}
}
