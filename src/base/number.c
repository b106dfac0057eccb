/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Check digits and published forms. Pure functions on text that is already canonical: half-width,
 * without blanks, letters in capitals (ym_number_normalize).
 * Not for existence checks. Invariant: an error text names the faulty part and never the number.
 */
#include "base/number.h"

#include <string.h>

#include "base/mem.h"
#include "yimen/text.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* # digit, @ letter, & letter but I O, * digit or letter, % digit or letter but I O; else
 * itself. */
static bool
has_form(const char *s, const char *form)
{
	for (; *form; form++, s++) {
		char c = *s;
		bool letter = is_capital(c), plain = letter && c != 'I' && c != 'O';

		switch (*form) {
		case '#':
			if (!is_digit(c))
				return false;
			break;
		case '@':
			if (!letter)
				return false;
			break;
		case '&':
			if (!plain)
				return false;
			break;
		case '*':
			if (!is_digit(c) && !letter)
				return false;
			break;
		case '%':
			if (!is_digit(c) && !plain)
				return false;
			break;
		default:
			if (c != *form)
				return false;
		}
	}
	return !*s;
}

static bool
has_any_form(const char *s, const char *const *forms)
{
	for (; s && *forms; forms++)
		if (has_form(s, *forms))
			return true;
	return false;
}

/* 0-9 then A-Z as 10-35; -1 for anything else. */
static int
value36(char c)
{
	return is_digit(c) ? c - '0' : is_capital(c) ? c - 'A' + 10 : -1;
}

void
ym_number_normalize(char *s)
{
	char *to = s;

	ym_text_normalize(s);
	for (; *s; s++) {
		if (*s == ' ')
			continue;
		if (!strncmp(s, "\xC2\xB7", 2)) {
			s++;
			continue;
		}
		*to++ = *s >= 'a' && *s <= 'z' ? (char)(*s - 'a' + 'A') : *s;
	}
	*to = 0;
}

char
ym_number_id18_check(const char *first17)
{
	static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;

	for (int i = 0; i < 17; i++) {
		if (!is_digit(first17[i]))
			return 0;
		sum += (first17[i] - '0') * weights[i];
	}
	return "10X98765432"[sum % 11];
}

ym_date
ym_number_id18_birth(const char *s)
{
	char text[9] = "";

	if (!s || strnlen(s, 14) < 14)
		return YM_DATE_NONE;
	memcpy(text, s + 6, 8);
	return ym_date_parse(text);
}

int
ym_number_id18_sex(const char *s)
{
	if (!s || strnlen(s, 17) < 17 || !is_digit(s[16]))
		return 0;
	return (s[16] - '0') % 2 ? 1 : 2;
}

/* The first two digits of GB/T 2260; 81-83 are residence permits of Hong Kong, Macau and Taiwan. */
static bool
is_province(const char *s)
{
	static const char known[] =
		"11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 "
		"61 62 63 64 65 71 81 82 83";
	char two[3] = { s[0], s[1], 0 };

	return strstr(known, two);
}

/* What GB 11643 and the foreigner's card of 2023 have in common: 17 digits, birth date, check. */
static enum ym_code
check_person18(const char *s, struct ym_error *err)
{
	ym_date birth;

	if (!s || strnlen(s, 19) != 18)
		return ym_fail(err, YM_INVALID, N_("The number must have 18 characters"), NULL);
	for (int i = 0; i < 17; i++)
		if (!is_digit(s[i]))
			return ym_fail(err, YM_INVALID,
				N_("The first 17 characters must be digits"), NULL);
	birth = ym_number_id18_birth(s);
	if (birth == YM_DATE_NONE || birth < ym_date_of(1900, 1, 1) || birth > ym_date_today())
		return ym_fail(
			err, YM_INVALID, N_("The birth date in the number is not possible"), NULL);
	if (s[17] != ym_number_id18_check(s))
		return ym_fail(err, YM_INVALID,
			N_("The last character does not match: one of the characters is wrong"),
			NULL);
	return YM_OK;
}

enum ym_code
ym_number_id18(const char *s, struct ym_error *err)
{
	if (s && strnlen(s, 19) == 18 && is_digit(s[0]) && is_digit(s[1]) && !is_province(s))
		return ym_fail(
			err, YM_INVALID, N_("The first two digits are not a province"), NULL);
	return check_person18(s, err);
}

static const char uscc_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

char
ym_number_uscc_check(const char *first17)
{
	static const int weights[] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30,
		28 };
	int sum = 0;

	for (int i = 0; i < 17; i++) {
		const char *hit = first17[i] ? strchr(uscc_alphabet, first17[i]) : NULL;

		if (!hit)
			return 0;
		sum += (int)(hit - uscc_alphabet) * weights[i];
	}
	return uscc_alphabet[(31 - sum % 31) % 31];
}

bool
ym_number_uscc(const char *s)
{
	return s && strnlen(s, 19) == 18 && s[17] == ym_number_uscc_check(s);
}

char
ym_number_mod37_36(const char *s)
{
	int p = 36;

	for (; *s; s++) {
		int v = value36(*s);

		if (v < 0)
			return 0;
		p = (p + v) % 36;
		if (!p)
			p = 36;
		p = p * 2 % 37;
	}
	return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(37 - p) % 36];
}

bool
ym_number_vin(const char *s)
{
	static const char values[] = "12345678-12345-7-923456789"; /* A to Z; I O Q do not occur */
	static const int weights[] = { 8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2 };
	int sum = 0;

	if (!s || strnlen(s, 18) != 17)
		return false;
	for (int i = 0; i < 17; i++) {
		int v = -1;

		if (is_digit(s[i]))
			v = s[i] - '0';
		else if (is_capital(s[i]))
			v = values[s[i] - 'A'] - '0';
		if (v < 0)
			return false;
		sum += v * weights[i];
	}
	return s[8] == "0123456789X"[sum % 11];
}

bool
ym_number_plate(const char *s)
{
	static const char provinces[] =
		"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
	static const char *const forms[] = { "@%%%%%", /* ordinary */
		"@****挂", "@****学", "@****警", "****领", "*****领", "******领", "X****应急",
		NULL };
	static const char new_energy[] = "ABCDEFGHJK";
	char province[4] = "";
	const char *rest;

	if (!s)
		return false;
	if (has_form(s, "######使") || has_form(s, "粤Z****港") || has_form(s, "粤Z****澳"))
		return true;
	if (strnlen(s, 4) < 4)
		return false;
	memcpy(province, s, 3);
	if ((province[0] & 0xF0) != 0xE0 || !strstr(provinces, province))
		return false;
	rest = s + 3;
	if (has_any_form(rest, forms))
		return true;
	/* Small cars carry the letter first, large ones last. */
	return (has_form(rest, "@&%####") && strchr(new_energy, rest[1])) ||
		(has_form(rest, "@#####&") && strchr(new_energy, rest[6]));
}

bool
ym_number_passport_cn(const char *s)
{
	static const char *const forms[] = { "E########", "E&#######", "G########", "14#######",
		"15#######", "DE#######", "SE#######", "PE#######", "K########", "MA#######",
		NULL };

	return has_any_form(s, forms);
}

bool
ym_number_passport_foreign(const char *s)
{
	static const char *const forms[] = { "*****", "******", "*******", "********", "*********",
		NULL };

	return has_any_form(s, forms);
}

bool
ym_number_hk_macau_permit(const char *s)
{
	static const char *const forms[] = { "C########", "C&#######", "W########", NULL };

	return has_any_form(s, forms);
}

bool
ym_number_taiwan_permit(const char *s)
{
	static const char *const forms[] = { "L########", "T########", NULL };

	return has_any_form(s, forms);
}

bool
ym_number_home_return_permit(const char *s)
{
	static const char *const forms[] = { "H########", "M########", "H##########", "M##########",
		NULL };

	return has_any_form(s, forms);
}

bool
ym_number_taiwan_compatriot_permit(const char *s)
{
	return s && has_form(s, "########");
}

bool
ym_number_hkid(const char *s)
{
	static const char *const forms[] = { "@######*", "@@######*", "@######(*)", "@@######(*)",
		NULL };
	bool two;
	int sum, check;

	if (!has_any_form(s, forms))
		return false;
	two = is_capital(s[1]);
	sum = 9 * (two ? value36(s[0]) : 36); /* a blank stands before a single letter */
	s += two;
	for (int i = 0; i < 7; i++)
		sum += (8 - i) * value36(s[i]);
	check = value36(s[7] == '(' ? s[8] : s[7]);
	return check <= 10 && (sum + check) % 11 == 0;
}

bool
ym_number_twid(const char *s)
{
	/* A to Z in two digits: I, O, W and Z were numbered late. */
	static const int letters[] = { 10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35,
		23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33 };
	int sum;

	if (!s || !has_form(s, "@#########") || !strchr("1289", s[1]))
		return false;
	sum = letters[s[0] - 'A'] / 10 + letters[s[0] - 'A'] % 10 * 9;
	for (int i = 1; i < 9; i++)
		sum += (s[i] - '0') * (9 - i);
	return (sum + s[9] - '0') % 10 == 0;
}

bool
ym_number_foreign_pr(const char *s)
{
	if (!s)
		return false;
	return has_form(s, "@@@############") || (s[0] == '9' && check_person18(s, NULL) == YM_OK);
}

bool
ym_number_mobile(const char *s)
{
	if (s && !strncmp(s, "+86", 3))
		s += 3;
	return s && has_form(s, "1##########") && s[1] >= '3';
}

bool
ym_number_phone(const char *s)
{
	static const char *const landlines[] = { "0##-#######", "0##-########", "0###-#######",
		"0###-########", "0#########", "0##########", "0###########", NULL };
	size_t n;

	if (!s)
		return false;
	if (ym_number_mobile(s) || has_any_form(s, landlines))
		return true;
	/* A Chinese number abroad is written in its Chinese form behind +86. */
	n = strnlen(s, 17);
	if (s[0] != '+' || n < 8 || n > 16 || s[1] == '0' || !strncmp(s, "+861", 4))
		return false;
	return strspn(s + 1, "0123456789") == n - 1;
}

bool
ym_number_postcode(const char *s)
{
	return s && has_form(s, "######");
}

bool
ym_number_org12(const char *s)
{
	return s && has_form(s, "############");
}

bool
ym_number_licence_file(const char *s)
{
	return s && has_form(s, "############");
}

bool
ym_number_penalty(const char *s)
{
	return s && (has_form(s, "###############") || has_form(s, "################"));
}

bool
ym_number_elicence(const char *s)
{
	static const char root[] = "1.2.156.3005.2.";
	static const char base36[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char all[96];
	size_t lengths[5] = { 0 }, n = 0, part = 0;

	if (!s || strncmp(s, root, sizeof root - 1) || strlen(s) >= sizeof root + sizeof all)
		return false;
	for (s += sizeof root - 1; *s; s++) {
		if (*s == '.') {
			if (++part > 4)
				return false;
			continue;
		}
		if (!strchr(base36, *s) || n + 2 > sizeof all)
			return false;
		lengths[part]++;
		all[n++] = *s;
	}
	if (part != 4 || lengths[0] != 21 || lengths[1] != 18 || !lengths[2] || lengths[3] != 3 || lengths[4] != 1)
		return false;
	s = all + n - 1;
	char check = *s;
	all[n - 1] = 0;
	return ym_number_mod37_36(all) == check;
}

int
ym_number_mrz_digit(const char *s, size_t n)
{
	static const int weights[] = { 7, 3, 1 };
	int sum = 0;

	for (size_t i = 0; i < n; i++) {
		int v = s[i] == '<' ? 0 : value36(s[i]);

		if (v < 0)
			return -1;
		sum += v * weights[i % 3];
	}
	return sum % 10;
}

bool
ym_number_mrz_td3(const char *line2)
{
	char all[40] = "";

	if (!line2 || strnlen(line2, 45) != 44)
		return false;
	/* An empty personal number may carry < instead of 0. */
	if (ym_number_mrz_digit(line2, 9) != line2[9] - '0' ||
		ym_number_mrz_digit(line2 + 13, 6) != line2[19] - '0' ||
		ym_number_mrz_digit(line2 + 21, 6) != line2[27] - '0' ||
		ym_number_mrz_digit(line2 + 28, 14) != (line2[42] == '<' ? 0 : line2[42] - '0'))
		return false;
	memcpy(all, line2, 10);
	memcpy(all + 10, line2 + 13, 7);
	memcpy(all + 17, line2 + 21, 22);
	return ym_number_mrz_digit(all, 39) == line2[43] - '0';
}
