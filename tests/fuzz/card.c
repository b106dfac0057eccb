/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The text of a card: refused, or a record whose every string ends inside its field and holds no control character.
 */
#include <stdlib.h>
#include <string.h>

#include "device/card.h"
#include "yimen/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const char *s, size_t size)
{
	if (!memchr(s, 0, size) || !ym_text_is_clean(s, false))
		abort();
}
#define CHECK(card, member) check((card).member, sizeof (card).member)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t text[YM_SAM_TEXT_LEN];
	struct ym_card c;

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = i < size ? data[i] : i % 2 ? 0 : ' ';
	if (ym_card_parse(text, &c, NULL))
		return 0;
	if (size > sizeof text + YM_SAM_ADDRESS_LEN)
		(void)!ym_card_parse_address(data + sizeof text, &c, NULL);
	CHECK(c, letter);
	CHECK(c, name);
	CHECK(c, english_name);
	CHECK(c, nation);
	CHECK(c, birth);
	CHECK(c, address);
	CHECK(c, new_address);
	CHECK(c, number);
	CHECK(c, issuer);
	CHECK(c, valid_from);
	CHECK(c, valid_to);
	CHECK(c, pass_number);
	CHECK(c, issue_count);
	CHECK(c, country);
	CHECK(c, card_version);
	CHECK(c, former_link);
	if (c.kind == YM_CARD_UNKNOWN && (c.number[0] || c.name[0] || !c.letter[0]))
		abort();
	ym_card_release(&c);
	return 0;
}
