/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Numbers with check digits and published forms (sources beside each). Pure functions on ASCII
 * text. Not for existence checks: a valid number may belong to nobody.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

/* In place, never grows: half-width, capitals, no blanks and no middle dots. Call it on what was
 * typed: the checks below accept the canonical form only, so that one number has one spelling. */
void ym_number_normalize(char *s);

/* GB 11643-1999, ISO 7064 MOD 11-2. The check character of the first 17 digits, 0 when they are not
 * digits. */
char ym_number_id18_check(const char *first17);
/* Full check: digits, a province, a real birth date 1900..today, check character. INVALID says
 * which part is wrong. Residence permits of Hong Kong, Macau and Taiwan residents (81, 82, 83) are
 * included. */
enum ym_code ym_number_id18(const char *s, struct ym_error *err) YM_MUST;
ym_date ym_number_id18_birth(const char *s);          /* YM_DATE_NONE: none; no other check */
int ym_number_id18_sex(const char *s);                /* 1 male, 2 female, 0 not to be told */
/* GB 32100-2015 unified social credit code. */
bool ym_number_uscc(const char *s);
char ym_number_uscc_check(const char *first17);       /* 0 on a character outside the alphabet */
/* ISO 7064 MOD 37,36 check character over 0-9A-Z; 0 on another character. */
char ym_number_mod37_36(const char *s);
/* GB 16735. Imported used cars may differ: the caller warns, it does not refuse. */
bool ym_number_vin(const char *s);
bool ym_number_plate(const char *s);                  /* GA 36-2018, UTF-8 */
bool ym_number_passport_cn(const char *s);
bool ym_number_passport_foreign(const char *s);       /* form only: 5 to 9 digits and letters */
bool ym_number_hk_macau_permit(const char *s);        /* 往来港澳 C/W */
bool ym_number_taiwan_permit(const char *s);          /* 往来台湾 L/T */
bool ym_number_home_return_permit(const char *s);     /* 回乡证 H/M */
bool ym_number_taiwan_compatriot_permit(const char *s); /* 台胞证: 8 digits, form only */
bool ym_number_hkid(const char *s);
bool ym_number_twid(const char *s);
bool ym_number_foreign_pr(const char *s);             /* 3 letters 12 digits; 18 from 9 */
bool ym_number_phone(const char *s);                  /* mobile, landline, +E.164 */
bool ym_number_mobile(const char *s);
bool ym_number_postcode(const char *s);
bool ym_number_org12(const char *s);                  /* 12-digit organisation code: form only */
bool ym_number_licence_file(const char *s);           /* 驾驶证档案编号: 12 digits, form only */
bool ym_number_penalty(const char *s);                /* 处罚决定书编号: 15 or 16 digits, form only */
/* GB/T 36904 电子证照标识, whole: 1.2.156.3005.2.type(21).issuer(18).serial.version(3).check; the check is ISO 7064 MOD 37,36 over
 * type, issuer, serial and version without their dots. */
bool ym_number_elicence(const char *s);
/* ICAO 9303 part 3: the check digit of n characters (weights 7 3 1, '<' is 0), -1 on another
 * character. */
int ym_number_mrz_digit(const char *s, size_t n);
bool ym_number_mrz_td3(const char *line2);            /* line 2: all five check digits */
/* By the name used in catalogue data: id18 uscc vin plate passport passport_foreign hkmpermit
 * twpermit hrpermit twcompatriot hkid twid foreignpr phone mobile postcode org12 licence_file penalty elicence mod37_36 td3 ipv4.
 * Unknown kind: NOTFOUND. */
enum ym_code ym_number_check(const char *kind, const char *s, struct ym_error *err) YM_MUST;
bool ym_number_has_kind(const char *kind);
