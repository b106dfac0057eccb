/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a scanned code says, judged by its form and its check digits alone. Pure functions on text: not scanning, not asking
 * a register, not checking a signature (station/scan.c does both). Invariant: a code whose check character is wrong is never
 * called by its kind without saying so.
 *
 * Codes of this house, for labels, notices and appointments: YM:<letter>:<fields>:<check>, where the check character is
 * ISO 7064 MOD 37,36 over the letters and digits before it (capitals):
 *   YM:A:<HHMM>:<number>:<check>   an appointment: its time and its number (1 to 12 letters and digits)
 *   YM:M:<kind>:<check>            a document kind of the catalogue (its id, also in capitals)
 *   YM:T:<nonce>:<check>           teaches a scanner: shown on the device screen only
 * An electronic certificate may be shown with a time limit and a signature of its issuer over everything before ";s=":
 *   <identifier>;u=<YYYYMMDDhhmmss, UTC>;s=<base64 of an SM2 signature, DER>
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YM_BARCODE_TEXT_MAX 512

enum ym_barcode_kind {
	YM_BARCODE_TEXT,        /* nothing known: plain text */
	YM_BARCODE_CERTIFICATE, /* identifier of an electronic certificate, GB/T 36904-2018 */
	YM_BARCODE_MATERIAL,
	YM_BARCODE_APPOINTMENT,
	YM_BARCODE_MAIL,        /* UPU S10, or a domestic 13-digit number */
	YM_BARCODE_MRZ,         /* a machine-readable zone: see yimen/mrz.h */
	YM_BARCODE_CASE,        /* a case number of ours */
	YM_BARCODE_IDENTITY,    /* an 18-character identity number */
	YM_BARCODE_TEACH,
};
enum ym_barcode_check { YM_BARCODE_NO_CHECK, YM_BARCODE_CHECKED, YM_BARCODE_WRONG };

struct ym_barcode {
	enum ym_barcode_kind kind;
	enum ym_barcode_check check; /* WRONG: it looks like its kind, but was misread or mistyped */
	char text[YM_BARCODE_TEXT_MAX]; /* the whole code, UTF-8, one line, no controls */
	char value[128];             /* the certificate's identifier, the kind's id, the appointment's number, the mail number */
	/* CERTIFICATE */
	char type[24], issuer[20], serial[64], version[4]; /* type: 21 characters, the first 18 of who defined it */
	char until[16];              /* YYYYMMDDhhmmss UTC, "" without a time limit */
	size_t n_signed;             /* bytes of text that the signature covers; 0: not signed */
	size_t signature_at;         /* where its base64 begins in text; 0: not signed */
	/* APPOINTMENT */
	char at[8];                  /* "09:45" */
};

/* Never fails: what fits nothing is TEXT. Bytes that are neither UTF-8 nor GB18030 are dropped. */
void ym_barcode_parse(const void *data, size_t n, struct ym_barcode *ret);
/* msgid: "Electronic certificate" ... */
const char *ym_barcode_kind_text(enum ym_barcode_kind kind);
/* Writes a code of the house: fields are "0945:K3F9Q2" for 'A'. False when it does not fit. */
bool ym_barcode_make(char *buf, size_t size, char letter, const char *fields);
