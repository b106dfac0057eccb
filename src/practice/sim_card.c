/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Writes invented cards in the layouts of GA 467 readers: UTF-16LE, padded with blanks. Written apart from the
 * driver's tables on purpose, so that a slip in one does not hide in the other.
 * Invariant: every byte of the 256 is written.
 */
#include <iconv.h>

#include "base/mem.h"
#include "practice/sim_reader.h"

struct place {
	size_t at, n;
	const char *text;
};

static enum ym_code
put(uint8_t *block, struct place p, struct ym_error *err)
{
	const char *text = p.text ? p.text : "";
	size_t in = strlen(text), out = p.n;
	char *from = (char *)text, *to = (char *)block + p.at;
	iconv_t cd = iconv_open("UTF-16LE", "UTF-8");
	bool fits;

	if (cd == (iconv_t)-1)
		return ym_fail(err, YM_IO, N_("The system cannot convert UTF-16 text: tell maintenance"), "iconv_open: %m");
	fits = iconv(cd, &from, &in, &to, &out) != (size_t)-1 && in == 0;
	iconv_close(cd);
	if (!fits)
		return ym_fail(err, YM_INVALID, N_("A field of the practice card does not fit its place on the card"),
			"at %zu, %zu bytes", p.at, p.n);
	return YM_OK;
}

static enum ym_code
put_all(uint8_t *block, const struct place *places, size_t n, struct ym_error *err)
{
	enum ym_code rc = YM_OK;

	for (size_t i = 0; i < n && !rc; i++)
		rc = put(block, places[i], err);
	return rc;
}

/* Bytes of the first n characters of s, all of them when it has fewer. */
static size_t
head_of(const char *s, int n)
{
	size_t i = 0;

	for (; s[i]; i++)
		if (((unsigned char)s[i] & 0xC0) != 0x80 && n-- == 0)
			break;
	return i;
}

enum ym_code
ym_sim_card_encode(const struct ym_sim_card *c, uint8_t ret[256], struct ym_error *err)
{
	const char *english = c->english_name ? c->english_name : "";
	size_t cut = head_of(english, 35);
	YM_FREE char *head = ym_strndup(english, cut);
	uint8_t block[256];
	enum ym_code rc;

	for (size_t i = 0; i < sizeof block; i += 2) {
		block[i] = ' ';
		block[i + 1] = 0;
	}
	if (c->kind == YM_CARD_FOREIGN_2017) {
		const struct place p[] = {{0, 120, english}, {120, 2, c->sex}, {122, 30, c->number}, {152, 6, c->country},
			{158, 30, c->name}, {188, 16, c->valid_from}, {204, 16, c->valid_to}, {220, 16, c->birth},
			{236, 4, c->card_version}, {240, 8, c->issuer}, {248, 2, "I"}};

		rc = put_all(block, p, YM_ARRAY_LEN(p), err);
	} else if (c->kind == YM_CARD_FOREIGN_2023) {
		const struct place p[] = {{0, 30, c->name}, {30, 2, c->sex}, {32, 4, c->issue_count}, {36, 16, c->birth},
			{52, 70, head}, {122, 36, c->number}, {188, 16, c->valid_from}, {204, 16, c->valid_to},
			{220, 22, english + cut}, {242, 6, c->country}, {248, 2, "Y"}, {250, 6, c->former_link}};

		rc = put_all(block, p, YM_ARRAY_LEN(p), err);
	} else {
		const char *letter = c->kind == YM_CARD_HMT_RESIDENT ? "J" : c->kind == YM_CARD_UNKNOWN ? c->letter : "";
		const struct place p[] = {{0, 30, c->name}, {30, 2, c->sex}, {32, 4, c->nation}, {36, 16, c->birth},
			{52, 70, c->address}, {122, 36, c->number}, {158, 30, c->issuer}, {188, 16, c->valid_from},
			{204, 16, c->valid_to}, {220, 18, c->pass_number}, {238, 4, c->issue_count}, {248, 2, letter}};

		rc = put_all(block, p, YM_ARRAY_LEN(p), err);
	}
	if (!rc)
		memcpy(ret, block, sizeof block);
	explicit_bzero(block, sizeof block);
	return rc;
}
