/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * From the reader to the tray, from the tray into a person of the visit. A card never takes a key and never fills by itself
 * what no field asked for. Not the driver (device/). Invariant: a card leaves the tray wiped.
 */
#include "station/private.h"

#define FACTS_MAX 20

int
ym_station_card_facts(const struct ym_card *card, struct ym_fact *ret, char scratch[4][16])
{
	int n = 0;

	/* a foreigner's card is another document kind (GA/T 2000.156: 553) with a number of its own form */
	bool foreign = card->kind == YM_CARD_FOREIGN_2017 || card->kind == YM_CARD_FOREIGN_2023;

	snprintf(scratch[0], sizeof scratch[0], "%d", card->sex);
	const struct ym_fact all[] = {
		{ "name", *card->name ? card->name : card->english_name },
		{ "id_number", foreign ? "" : card->number },
		{ "id_kind", foreign ? "553" : "" },
		{ "doc_number", foreign ? card->number : "" },
		{ "sex", card->sex == 1 || card->sex == 2 ? scratch[0] : "" },
		{ "nation", card->nation },
		{ "birth", card->birth },
		{ "address", ym_card_address(card) },
		{ "id_issuer", card->issuer },
		{ "id_valid_from", card->valid_from },
		{ "id_valid_to", card->is_long_term ? "9999-12-31" : card->valid_to },
		{ "pass_number", card->pass_number },
		{ "english_name", card->english_name },
		{ "country", card->country },
	};

	_Static_assert(YM_ARRAY_LEN(all) <= FACTS_MAX, "room for every fact of a card");
	for (size_t i = 0; i < YM_ARRAY_LEN(all); i++)
		if (all[i].value && *all[i].value)
			ret[n++] = all[i];
	return n;
}

void
ym_station_on_card(struct ym_station *s, const struct ym_device_event *event)
{
	switch (event->kind) {
	case YM_DEVICE_CARD:
		if (!s->unlocked)
			break;
		ym_card_release(&s->tray);
		s->tray = *event->card;
		s->has_tray = true;
		s->card_error = (struct ym_error){ 0 };
		ym_station_notify(s, YM_NOTICE_CARD);
		return;
	case YM_DEVICE_CARD_FAILED:
		s->card_error = *event->err;
		break;
	default: /* lifted */
		s->card_error = (struct ym_error){ 0 };
	}
	ym_station_notify(s, YM_NOTICE_DEVICE);
}

bool
ym_station_tray(struct ym_station *s, struct ym_card *ret)
{
	if (!s->has_tray || !s->unlocked)
		return false;
	*ret = s->tray;
	return true;
}

enum ym_code
ym_station_card_error(struct ym_station *s, struct ym_error *ret)
{
	*ret = s->card_error;
	return s->card_error.code;
}

/* Who gets the card: the person with the same number; else the named one; else the first person not identified yet; else nobody. */
static int
person_for(struct ym_station *s, int person)
{
	int n = ym_visit_n_persons(s->visit);

	for (int i = 0; i < n; i++)
		if (ym_streq(ym_visit_person(s->visit, i)->doc_number, s->tray.number))
			return i;
	if (person >= 0)
		return person;
	for (int i = 0; i < n; i++) {
		const struct ym_person *p = ym_visit_person(s->visit, i);

		if (!p->identified && !p->is_new && !p->is_org)
			return i;
	}
	return -1;
}

enum ym_code
ym_station_take_card(struct ym_station *s, int person, struct ym_error *err)
{
	struct ym_fact facts[FACTS_MAX];
	char scratch[4][16];
	enum ym_code code;
	int n, to;

	if (!s->has_tray)
		return ym_fail(err, YM_STATE, N_("No card has been read"), NULL);
	if (!s->visit)
		return ym_fail(err, YM_STATE, N_("No visit is open at this window"), NULL);
	if (s->tray.kind == YM_CARD_UNKNOWN)
		return ym_fail(err, YM_REFUSED, N_("This kind of card is not known here: check it by eye and type the data"), NULL);
	to = person_for(s, person);
	if (to < 0) {
		code = ym_visit_add_person(s->visit, ym_visit_n_persons(s->visit) ? "companion" : "visitor", false, &to, err);
		if (code)
			return code;
	}
	n = ym_station_card_facts(&s->tray, facts, scratch);
	code = ym_visit_identify(s->visit, to, facts, n, YM_FROM_CARD, err);
	if (code == YM_CONFLICT)
		return code; /* the card stays in the tray: the officer says whose it is */
	ym_station_keep_photo(s, &s->tray);
	ym_station_keep_prints(s, &s->tray);
	ym_card_release(&s->tray);
	s->has_tray = false;
	ym_station_notify(s, YM_NOTICE_VISIT);
	return code;
}

void
ym_station_want_card(struct ym_station *s, bool want)
{
	s->want_card = want;
	if (want && s->hub)
		ym_hub_arm(s->hub, YM_ROLE_IDCARD, true);
}
