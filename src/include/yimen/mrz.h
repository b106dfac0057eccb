/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Machine-readable zones of travel documents (ICAO 9303 parts 4 to 7): what they say, which check digit fails, and which
 * misread characters would make it right. Pure functions on text. Not for how the text came here (a scanner, keys).
 * Invariant: nothing is corrected in silence: a zone with a fault is shown with its fault.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YM_MRZ_TEXT_MAX 96   /* three lines of 30, or two of 44, with line ends */
#define YM_MRZ_HINTS 3

enum ym_mrz_format {
	YM_MRZ_NONE,
	YM_MRZ_TD1,  /* 3 x 30: cards, permits of Hong Kong and Macao residents (GA/T 704.14) */
	YM_MRZ_TD2,  /* 2 x 36 */
	YM_MRZ_TD3,  /* 2 x 44: passports */
	YM_MRZ_MRVA, /* 2 x 44: visas, without the composite digit */
	YM_MRZ_MRVB, /* 2 x 36: visas */
};
enum ym_mrz_field { YM_MRZ_NUMBER, YM_MRZ_BIRTH, YM_MRZ_EXPIRY, YM_MRZ_OPTIONAL, YM_MRZ_COMPOSITE, YM_MRZ_SEX, YM_MRZ_LETTERS };

/* What does not fit. `line` and `column` count from 1 and name the field's first character. */
struct ym_mrz_fault {
	enum ym_mrz_field field;
	int line, column, n;
	char read[24];                  /* the field with its check digit, as read */
	char hints[YM_MRZ_HINTS][24];   /* one misread character changed, and every check fits; "" ends */
};
struct ym_mrz {
	enum ym_mrz_format format;
	char code[3], issuer[4], nationality[4];
	char number[24], optional[20], optional2[16];
	char surname[48], given[48];    /* one blank between parts */
	char birth[12], expiry[12];     /* YYYY-MM-DD, "" when not a date (also an unknown day, written <<) */
	int sex;                        /* GB/T 2261.1: 1 male, 2 female, 9 unstated */
	struct ym_mrz_fault faults[8];
	int n_faults;
	char lines[3][48];
	int n_lines;
};

/* Is it a zone by its shape? Lines may be apart by CR, LF or blanks, or run together. now_ms settles the century. */
bool ym_mrz_parse(const char *text, size_t n, int64_t now_ms, struct ym_mrz *ret);
/* Does text look like the beginning of a zone whose other lines are still to come? */
bool ym_mrz_wants_more(const char *text, size_t n);
/* msgid: "Document number" ... */
const char *ym_mrz_field_text(enum ym_mrz_field field);
/* Wipes it. */
void ym_mrz_release(struct ym_mrz *m);
