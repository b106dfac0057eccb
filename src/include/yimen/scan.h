/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The scan tray of a station: the last scanned code, what it means here, and taking it to where it belongs. A scan never
 * becomes typing by itself. Not scanning (device/) and not the form of codes (yimen/barcode.h).
 * Invariant: a scan leaves the tray wiped; while the desk is locked nothing is kept.
 */
#pragma once

#include "yimen/barcode.h"
#include "yimen/mrz.h"
#include "yimen/station.h"

/* What the signature of an electronic certificate's code says. */
enum ym_scan_seal {
	YM_SCAN_UNSIGNED,  /* the code carries none: its form is right, no more */
	YM_SCAN_SIGNED,    /* by a key this desk trusts (setting certificates.public) */
	YM_SCAN_NO_KEY,    /* signed, but this desk knows none of the issuers' keys */
	YM_SCAN_FORGED,    /* no known key made it, or the text was changed */
	YM_SCAN_EXPIRED,   /* its time is over: a picture of an old code */
};
struct ym_scan_tray {
	struct ym_barcode code;
	struct ym_mrz mrz;       /* when code.kind is YM_BARCODE_MRZ */
	enum ym_scan_seal seal;  /* when code.kind is YM_BARCODE_CERTIFICATE */
	const char *advice;      /* msgid: what can be done with it, or why nothing can */
};

/* A code came (from a device, or as a burst of keys of a remote terminal). YM_NOTICE_SCAN follows unless the desk is locked. */
void ym_station_scanned(struct ym_station *s, const void *data, size_t n);
/* False when the tray is empty. */
bool ym_station_scan(struct ym_station *s, struct ym_scan_tray *ret);
void ym_station_drop_scan(struct ym_station *s);
/* Takes it to where it belongs: a zone or an identity number identifies `person` (-1: who is not identified yet, or a new
 * visitor), a certificate stands in for `material`, a label marks its material as seen (*ret_line, may be NULL: which),
 * an appointment calls its ticket, or gives one. INVALID: misread, scan again; REFUSED: why; NOTFOUND: nothing wants it;
 * STATE: not now. In these cases it stays in the tray, except a forged or an expired one. */
enum ym_code ym_station_take_scan(struct ym_station *s, int person, int material, int *ret_line, struct ym_error *err) YM_MUST;

/* Scanners that look like keyboards: shows the code that teaches (ret_code), or ends teaching with NULL.
 * YM_NOTICE_DEVICE follows when one was found. */
enum ym_code ym_station_teach(struct ym_station *s, char ret_code[40], struct ym_error *err) YM_MUST;
/* OK when one was taught since the last call, BUSY while waiting, otherwise why not. */
enum ym_code ym_station_taught(struct ym_station *s, struct ym_error *err) YM_MUST;
void ym_station_teach_end(struct ym_station *s);
