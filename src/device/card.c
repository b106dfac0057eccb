/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Text blocks to card records. One table a layout; offsets and lengths are bytes of UTF-16LE.
 * Not for deciding what a card is good for: warnings are facts, the screens and the engine judge.
 */
#include "device/card.h"

#include <iconv.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/number.h"

/* TEXT_HEAD is continued by a TEXT_MORE: the blank between them may stand at the very end of the first. */
enum form { TEXT, TEXT_HEAD, TEXT_MORE, DATE, VALID_TO, SEX, NATION };
struct field {
	uint8_t at, n;
	enum form form;
	size_t to, size;
};
#define F(at, n, form, member) {at, n, form, offsetof(struct ym_card, member), sizeof((struct ym_card *)0)->member}

static const struct field resident[] = {
	F(0, 30, TEXT, name), F(30, 2, SEX, sex), F(32, 4, NATION, nation), F(36, 16, DATE, birth),
	F(52, 70, TEXT, address), F(122, 36, TEXT, number), F(158, 30, TEXT, issuer), F(188, 16, DATE, valid_from),
	F(204, 16, VALID_TO, valid_to), {0},
};
static const struct field hmt_resident[] = {
	F(0, 30, TEXT, name), F(30, 2, SEX, sex), F(36, 16, DATE, birth), F(52, 70, TEXT, address),
	F(122, 36, TEXT, number), F(158, 30, TEXT, issuer), F(188, 16, DATE, valid_from),
	F(204, 16, VALID_TO, valid_to), F(220, 18, TEXT, pass_number), F(238, 4, TEXT, issue_count), {0},
};
static const struct field foreign_2017[] = {
	F(0, 120, TEXT, english_name), F(120, 2, SEX, sex), F(122, 30, TEXT, number), F(152, 6, TEXT, country),
	F(158, 30, TEXT, name), F(188, 16, DATE, valid_from), F(204, 16, VALID_TO, valid_to), F(220, 16, DATE, birth),
	F(236, 4, TEXT, card_version), F(240, 8, TEXT, issuer), {0},
};
/* This layout is known from one source only; its type letter from two. */
static const struct field foreign_2023[] = {
	F(0, 30, TEXT, name), F(30, 2, SEX, sex), F(32, 4, TEXT, issue_count), F(36, 16, DATE, birth),
	F(52, 70, TEXT_HEAD, english_name), F(220, 22, TEXT_MORE, english_name), F(122, 36, TEXT, number),
	F(188, 16, DATE, valid_from), F(204, 16, VALID_TO, valid_to), F(242, 6, TEXT, country),
	F(250, 6, TEXT, former_link), {0},
};
static const struct {
	const char *letter;
	const struct field *fields;
} layouts[] = {
	[YM_CARD_RESIDENT] = {"", resident},
	[YM_CARD_HMT_RESIDENT] = {"J", hmt_resident},
	[YM_CARD_FOREIGN_2017] = {"I", foreign_2017},
	[YM_CARD_FOREIGN_2023] = {"Y", foreign_2023},
};

static void
iconv_close_p(iconv_t *cd)
{
	if (*cd != (iconv_t)-1)
		iconv_close(*cd);
}

/* Characters that no name or address has and that would disturb a terminal or a form. Private-use characters stay:
 * rare names are written with them. */
static bool
is_disturbing(unsigned c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
		c == 0xFEFF || c >= 0xFFFE;
}

static enum ym_code
damaged(struct ym_error *err, unsigned at)
{
	return ym_fail(err, YM_IO,
		N_("The text the reader gave is damaged: lift the card and lay it again; if that does not help, type the data"),
		"text block, at %u", at);
}

/* Converts n bytes at `from` and appends them to dst; the caller trims. */
static enum ym_code
convert(const uint8_t *from, size_t n, unsigned at, char *dst, size_t size, struct ym_error *err)
{
	YM_CLEANUP(iconv_close_p) iconv_t cd = iconv_open("UTF-8", "UTF-16LE");
	size_t used = strlen(dst), in = n, out = size - used - 1;
	char *src = (char *)from, *to = dst + used;

	if (cd == (iconv_t)-1)
		return ym_fail(err, YM_IO, N_("The system cannot convert UTF-16 text: tell maintenance"), "iconv_open");
	for (size_t i = 0; i + 1 < n; i += 2)
		if (is_disturbing(from[i] | (unsigned)from[i + 1] << 8))
			return damaged(err, at + (unsigned)i);
	if (iconv(cd, &src, &in, &to, &out) == (size_t)-1 || in) {
		explicit_bzero(dst + used, size - used);
		return damaged(err, at + (unsigned)(n - in));
	}
	*to = 0;
	return YM_OK;
}

static void
trim(char *s)
{
	static const char wide[] = "\xE3\x80\x80"; /* U+3000 */
	size_t lead, n;

	for (lead = 0;;) {
		if (s[lead] == ' ')
			lead++;
		else if (!strncmp(s + lead, wide, 3))
			lead += 3;
		else
			break;
	}
	n = strlen(s + lead);
	memmove(s, s + lead, n + 1);
	for (;;) {
		if (n >= 1 && s[n - 1] == ' ')
			s[--n] = 0;
		else if (n >= 3 && !memcmp(s + n - 3, wide, 3))
			s[n -= 3] = 0;
		else
			break;
	}
}

/* "19900307" to "1990-03-07"; false and "" when it is no date. */
static bool
to_iso(char *s)
{
	char iso[16] = "";
	ym_date d = strlen(s) == 8 && strspn(s, "0123456789") == 8 ? ym_date_parse(s) : YM_DATE_NONE;

	if (d != YM_DATE_NONE)
		ym_date_format(iso, d);
	strcpy(s, iso);
	return iso[0] != 0;
}

static enum ym_code
read_field(const uint8_t *text, const struct field *f, struct ym_card *card, struct ym_error *err)
{
	char *dst = (char *)card + f->to, small[32] = "";
	bool is_small = f->form > TEXT_MORE;
	enum ym_code rc;

	if (is_small)
		rc = convert(text + f->at, f->n, f->at, small, sizeof small, err);
	else
		rc = convert(text + f->at, f->n, f->at, dst, f->size, err);
	if (rc)
		return rc;
	if (f->form != TEXT_HEAD)
		trim(is_small ? small : dst);
	switch (f->form) {
	case TEXT:
	case TEXT_HEAD:
	case TEXT_MORE:
		break;
	case SEX:
		card->sex = small[0] && !small[1] && strchr("0129", small[0]) ? small[0] - '0' : 0;
		if (small[0] != '0' + card->sex)
			card->warnings |= YM_CARD_WARN_SEX;
		break;
	case NATION:
		if (strlen(small) == 2 && strspn(small, "0123456789") == 2 &&
		    ((strcmp(small, "01") >= 0 && strcmp(small, "56") <= 0) || ym_streq(small, "97") || ym_streq(small, "98")))
			ym_strlcpy(dst, small, f->size);
		else
			card->warnings |= YM_CARD_WARN_NATION;
		break;
	case VALID_TO:
		if (ym_streq(small, "长期")) {
			card->is_long_term = true;
			break;
		}
		/* fall through */
	case DATE:
		if (!to_iso(small))
			card->warnings |= f->to == offsetof(struct ym_card, birth) ? YM_CARD_WARN_BIRTH : YM_CARD_WARN_VALID;
		ym_strlcpy(dst, small, f->size);
	}
	explicit_bzero(small, sizeof small);
	return YM_OK;
}

static bool
is_number_right(const struct ym_card *card)
{
	switch (card->kind) {
	case YM_CARD_RESIDENT:
		return ym_number_id18(card->number, NULL) == YM_OK;
	case YM_CARD_HMT_RESIDENT:
		return ym_number_id18(card->number, NULL) == YM_OK &&
			(!strncmp(card->number, "810000", 6) || !strncmp(card->number, "820000", 6) ||
				!strncmp(card->number, "830000", 6));
	case YM_CARD_FOREIGN_2017:
		return strlen(card->number) == 15 && ym_number_foreign_pr(card->number);
	default:
		return strlen(card->number) == 18 && card->number[0] == '9' && ym_number_foreign_pr(card->number);
	}
}

/* What the fields say of each other. */
static void
compare(struct ym_card *card)
{
	char today[16], birth[16] = "";

	if (!is_number_right(card)) {
		card->warnings |= YM_CARD_WARN_NUMBER;
	} else if (card->kind != YM_CARD_FOREIGN_2017) {
		/* Digits 7-14 are the birth date in all 18-character numbers; digit 17 tells the sex where GB 11643 says so. */
		char digits[9];

		ym_strlcpy(digits, card->number + 6, sizeof digits);
		ym_date_format(birth, ym_date_parse(digits));
		if (!ym_streq(birth, card->birth))
			card->warnings |= YM_CARD_WARN_BIRTH;
		if (card->kind != YM_CARD_FOREIGN_2023 && ym_number_id18_sex(card->number) != card->sex)
			card->warnings |= YM_CARD_WARN_SEX;
		explicit_bzero(digits, sizeof digits);
		explicit_bzero(birth, sizeof birth);
	}
	ym_date_format(today, ym_date_today());
	if (card->birth[0] && strcmp(card->birth, today) > 0)
		card->warnings |= YM_CARD_WARN_BIRTH;
	if (card->valid_from[0] && card->valid_to[0] && strcmp(card->valid_from, card->valid_to) > 0)
		card->warnings |= YM_CARD_WARN_VALID;
	if (card->valid_to[0] && strcmp(card->valid_to, today) < 0)
		card->warnings |= YM_CARD_WARN_EXPIRED;
	if (!card->name[0] && !card->english_name[0])
		card->warnings |= YM_CARD_WARN_NAME;
}

static void
card_release_p(struct ym_card *card)
{
	ym_card_release(card);
}

enum ym_code
ym_card_parse(const uint8_t text[YM_SAM_TEXT_LEN], struct ym_card *ret, struct ym_error *err)
{
	YM_CLEANUP(card_release_p) struct ym_card card = {0};
	enum ym_code rc = convert(text + 248, 2, 248, card.letter, sizeof card.letter, err);

	if (rc)
		return rc;
	trim(card.letter);
	for (size_t i = 1; i < YM_ARRAY_LEN(layouts); i++)
		if (ym_streq(card.letter, layouts[i].letter))
			card.kind = (enum ym_card_kind)i;
	if (card.kind != YM_CARD_UNKNOWN) {
		for (const struct field *f = layouts[card.kind].fields; f->n; f++)
			if ((rc = read_field(text, f, &card, err)))
				return rc;
		compare(&card);
	}
	*ret = card;
	return YM_OK;
}

enum ym_code
ym_card_parse_address(const uint8_t address[YM_SAM_ADDRESS_LEN], struct ym_card *card, struct ym_error *err)
{
	char buf[sizeof card->new_address] = "";
	enum ym_code rc = convert(address, YM_SAM_ADDRESS_LEN, 0, buf, sizeof buf, err);

	if (rc)
		return rc;
	trim(buf);
	memcpy(card->new_address, buf, sizeof buf);
	explicit_bzero(buf, sizeof buf);
	return YM_OK;
}

void
ym_card_release(struct ym_card *card)
{
	if (card)
		explicit_bzero(card, sizeof *card);
}

const char *
ym_card_address(const struct ym_card *card)
{
	return card->new_address[0] ? card->new_address : card->address;
}

const char *
ym_card_kind_text(enum ym_card_kind kind)
{
	static const char *const texts[] = {
		[YM_CARD_UNKNOWN] = N_("Unknown kind of card"),
		[YM_CARD_RESIDENT] = N_("Resident identity card"),
		[YM_CARD_HMT_RESIDENT] = N_("Residence permit for Hong Kong, Macao and Taiwan residents"),
		[YM_CARD_FOREIGN_2017] = N_("Foreign permanent resident identity card (2017)"),
		[YM_CARD_FOREIGN_2023] = N_("Foreign permanent resident identity card (2023)"),
	};

	return (size_t)kind < YM_ARRAY_LEN(texts) ? texts[kind] : texts[YM_CARD_UNKNOWN];
}

const char *
ym_card_warning_text(int i)
{
	static const char *const texts[YM_N_CARD_WARNINGS] = {
		N_("The number on the card does not pass its check"),
		N_("The birth date on the card is not a date or does not agree with the number"),
		N_("The sex on the card does not agree with the number"),
		N_("The validity dates of the card are not right"),
		N_("The card has expired"),
		N_("The card has no name"),
		N_("The nation code on the card is not in the table"),
		N_("The new address on the card could not be read: ask for it"),
	};

	return i >= 0 && i < YM_N_CARD_WARNINGS ? texts[i] : "";
}
