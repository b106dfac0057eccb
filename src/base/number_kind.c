/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The checks of number.c by the names that catalogue data gives them, each with what to say when it
 * fails. Not the checks themselves. Invariant: a name once released keeps its meaning.
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"

static bool
is_id18(const char *s)
{
	return ym_number_id18(s, NULL) == YM_OK;
}

static bool
is_mod37_36(const char *s)
{
	char body[65];
	size_t n = s ? strnlen(s, sizeof body + 1) : 0;

	if (n < 2 || n > sizeof body)
		return false;
	ym_strlcpy(body, s, n);
	return s[n - 1] == ym_number_mod37_36(body);
}

static bool
is_ipv4(const char *s)
{
	struct in_addr a;

	return s && inet_pton(AF_INET, s, &a) == 1;
}

static const struct kind {
	const char *name;
	bool (*is_valid)(const char *s);
	const char *msgid;
} kinds[] = {
	{ "id18", is_id18, N_("This is not a valid identity number") },
	{ "uscc", ym_number_uscc, N_("This is not a valid unified social credit code") },
	{ "vin", ym_number_vin,
		N_("The check digit of this vehicle identification number does not match") },
	{ "plate", ym_number_plate, N_("This is not a licence plate number") },
	{ "passport", ym_number_passport_cn, N_("This is not a Chinese passport number") },
	{ "passport_foreign", ym_number_passport_foreign, N_("This is not a passport number") },
	{ "hkmpermit", ym_number_hk_macau_permit,
		N_("This is not a permit number for Hong Kong and Macau") },
	{ "twpermit", ym_number_taiwan_permit, N_("This is not a permit number for Taiwan") },
	{ "hrpermit", ym_number_home_return_permit, N_("This is not a home return permit number") },
	{ "twcompatriot", ym_number_taiwan_compatriot_permit,
		N_("This is not a Taiwan compatriot permit number") },
	{ "hkid", ym_number_hkid, N_("This is not a valid Hong Kong identity card number") },
	{ "twid", ym_number_twid, N_("This is not a valid Taiwan identity card number") },
	{ "foreignpr", ym_number_foreign_pr,
		N_("This is not a valid foreign permanent resident number") },
	{ "phone", ym_number_phone, N_("This is not a telephone number") },
	{ "mobile", ym_number_mobile, N_("This is not a mobile phone number") },
	{ "postcode", ym_number_postcode, N_("A postal code has six digits") },
	{ "org12", ym_number_org12, N_("An organisation code has twelve digits") },
	{ "licence_file", ym_number_licence_file, N_("A driving licence's file number has twelve digits") },
	{ "penalty", ym_number_penalty, N_("A penalty decision's number has fifteen or sixteen digits") },
	{ "elicence", ym_number_elicence, N_("This is not the identifier of an electronic certificate") },
	{ "mod37_36", is_mod37_36, N_("The check character of this number does not match") },
	{ "td3", ym_number_mrz_td3,
		N_("The check digits of the machine readable line do not match") },
	{ "ipv4", is_ipv4, N_("This is not an IPv4 address") },
};

static const struct kind *
find_kind(const char *name)
{
	for (size_t i = 0; name && i < YM_ARRAY_LEN(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

enum ym_code
ym_number_check(const char *kind, const char *s, struct ym_error *err)
{
	const struct kind *k = find_kind(kind);

	if (!k)
		return ym_fail_on(
			err, YM_NOTFOUND, N_("The catalogue names an unknown check"), kind, NULL);
	if (k->is_valid == is_id18)
		return ym_number_id18(s, err);
	if (k->is_valid(s))
		return YM_OK;
	return ym_fail(err, YM_INVALID, k->msgid, NULL);
}

bool
ym_number_has_kind(const char *kind)
{
	return find_kind(kind);
}
