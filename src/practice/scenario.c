/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reading scenario files. See scenario.h.
 */
#include "practice/scenario.h"

static enum ym_card_kind
kind_by_name(const char *name)
{
	static const struct {
		const char *name;
		enum ym_card_kind kind;
	} kinds[] = {
		{ "resident", YM_CARD_RESIDENT }, { "hmt", YM_CARD_HMT_RESIDENT }, { "foreign_2017", YM_CARD_FOREIGN_2017 },
		{ "foreign_2023", YM_CARD_FOREIGN_2023 },
	};

	for (size_t i = 0; i < YM_ARRAY_LEN(kinds); i++)
		if (ym_streq(kinds[i].name, name))
			return kinds[i].kind;
	return YM_CARD_UNKNOWN;
}

static enum ym_ticket_class
class_by_name(const char *name)
{
	static const char *const names[] = { "urgent", "priority", "carry", "appointment", "ordinary" };

	for (size_t i = 0; i < YM_ARRAY_LEN(names); i++)
		if (ym_streq(names[i], name))
			return (enum ym_ticket_class)i;
	return YM_TICKET_ORDINARY;
}

/* "1990-03-07" as on the card, "19900307"; 长期 stays. */
static const char *
card_date(char out[12], const char *iso)
{
	ym_strlcpy(out, iso, 12);
	if (strlen(iso) == 10 && iso[4] == '-')
		snprintf(out, 12, "%.4s%.2s%.2s", iso, iso + 5, iso + 8);
	return out;
}

static void
take_card(struct ym_scenario *s, int i, const json_t *card)
{
	struct ym_sim_card *c = &s->cards[i];

	s->has_card[i] = true;
	c->kind = kind_by_name(ym_json_str(card, "kind"));
	c->letter = c->kind == YM_CARD_UNKNOWN ? ym_json_str_or(card, "letter", "Z") : NULL;
	c->name = ym_json_str(card, "name");
	c->english_name = ym_json_str(card, "english_name");
	c->sex = ym_json_str(card, "sex");
	c->nation = ym_json_str(card, "nation");
	c->birth = card_date(s->dates[i][0], ym_json_str(card, "birth"));
	c->address = ym_json_str(card, "address");
	c->number = ym_json_str(card, "id_number");
	c->issuer = ym_json_str(card, "issuer");
	c->valid_from = card_date(s->dates[i][1], ym_json_str(card, "valid_from"));
	c->valid_to = card_date(s->dates[i][2], ym_json_str(card, "valid_to"));
	c->new_address = json_is_string(json_object_get(card, "new_address")) ? ym_json_str(card, "new_address") : NULL;
	c->pass_number = ym_json_str(card, "pass_number");
	c->issue_count = ym_json_str(card, "issue_count");
	c->country = ym_json_str(card, "country");
}

enum ym_code
ym_scenario_load(const char *path, struct ym_scenario *ret, struct ym_error *err)
{
	YM_JSON *json = NULL;
	json_t *people = NULL;
	struct ym_scenario s = { 0 };
	enum ym_code code = ym_json_load(path, &json, err);

	if (!code)
		code = ym_json_need(json, "people", JSON_ARRAY, path, &people, err);
	if (code)
		return code;
	if (!*ym_json_str(json, "id") || !*ym_json_str(json, "title") || json_array_size(people) < 1 ||
	    json_array_size(people) > YM_SCENARIO_PEOPLE)
		return ym_fail_on(err, YM_INVALID, N_("A scenario needs an id, a title and one to six people"), path, NULL);
	s.json = json_incref(json);
	s.id = ym_json_str(json, "id");
	s.title = ym_json_str(json, "title");
	s.says = ym_json_str(json, "says");
	s.claim = ym_json_str(json_object_get(json, "ticket"), "claim");
	s.cls = class_by_name(ym_json_str(json_object_get(json, "ticket"), "class"));
	s.rating = (int)ym_json_int(json, "rating", 0);
	s.n_people = (int)json_array_size(people);
	for (int i = 0; i < s.n_people; i++) {
		const json_t *person = json_array_get(people, (size_t)i);

		s.as[i] = ym_json_str_or(person, "as", "visitor");
		if (json_is_object(json_object_get(person, "card")))
			take_card(&s, i, json_object_get(person, "card"));
	}
	ym_scenario_release(ret);
	*ret = s;
	/* the dates lie inside the structure: point into the copy */
	for (int i = 0; i < ret->n_people; i++)
		if (ret->has_card[i]) {
			ret->cards[i].birth = ret->dates[i][0];
			ret->cards[i].valid_from = ret->dates[i][1];
			ret->cards[i].valid_to = ret->dates[i][2];
		}
	return YM_OK;
}

void
ym_scenario_release(struct ym_scenario *s)
{
	json_decref(s->json);
	memset(s, 0, sizeof *s);
}
