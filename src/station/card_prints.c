/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The fingerprints registered on the cards that were taken in this visit, in memory until the visit leaves the window. Only a
 * case that asks for fingerprints keeps them (capture_finger.c): beside what is captured, for whoever can compare; their
 * format is the maker's, and nothing here can. Invariant: without such a case nothing of them is stored.
 */
#include "station/private.h"

#include "base/json.h"
#include "crypt/crypt.h"

#define CARDS_MAX 8 /* of one visit; the oldest goes */
#define TEMPLATE (YM_CARD_FINGER_MAX / 2)
#define FINGER_AT 5 /* devices.md 2.6 [1?] */

struct ym_card_prints {
	int n;
	struct prints {
		char number[56];
		uint8_t data[YM_CARD_FINGER_MAX];
	} of[CARDS_MAX];
};

static struct prints *
find(struct ym_station *s, const char *number)
{
	for (int i = 0; s->prints && *number && i < s->prints->n; i++)
		if (ym_streq(s->prints->of[i].number, number))
			return &s->prints->of[i];
	return NULL;
}

void
ym_station_keep_prints(struct ym_station *s, const struct ym_card *card)
{
	struct prints *p = find(s, card->number);

	if (card->finger_len != YM_CARD_FINGER_MAX || !*card->number)
		return;
	if (!s->prints)
		s->prints = ym_alloc(sizeof *s->prints);
	if (!p && s->prints->n == CARDS_MAX)
		memmove(&s->prints->of[0], &s->prints->of[1], sizeof s->prints->of[0] * --s->prints->n);
	if (!p)
		p = &s->prints->of[s->prints->n++];
	ym_strlcpy(p->number, card->number, sizeof p->number);
	memcpy(p->data, card->finger, sizeof p->data);
}

void
ym_station_drop_prints(struct ym_station *s)
{
	if (s->prints)
		explicit_bzero(s->prints, sizeof *s->prints);
	free(YM_TAKE(s->prints));
}

bool
ym_station_prints(struct ym_station *s, const char *number, int ret_fingers[YM_FINGERS])
{
	const struct prints *p = find(s, number);

	for (int i = 0; p && i < YM_FINGERS; i++)
		ret_fingers[i] = p->data[i * TEMPLATE + FINGER_AT];
	return p != NULL;
}

bool
ym_station_prints_json(struct ym_station *s, const char *number, struct ym_buf *ret)
{
	const struct prints *p = find(s, number);
	YM_JSON *list = json_array();
	YM_JSON *all = NULL;
	char *text;

	if (!p)
		return false;
	for (int i = 0; i < YM_FINGERS; i++) {
		YM_BUF template = { 0 };

		ym_base64(&template, p->data + i * TEMPLATE, TEMPLATE);
		json_array_append_new(list,
			json_pack("{si ss ss}", "finger", p->data[i * TEMPLATE + FINGER_AT], "format", "card", "template", ym_buf_str(&template)));
	}
	all = json_pack("{si ss sO}", "v", 1, "source", "card", "fingers", list);
	text = ym_json_line(all);
	ym_buf_adds(ret, text);
	explicit_bzero(text, strlen(text));
	free(text);
	return true;
}
