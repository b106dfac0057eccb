/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The one error idiom. A code says what the caller does next; the struct says what to tell people.
 * Not for control flow inside a module, not for programming errors (those abort).
 * Invariant: an output parameter is untouched when the code is not YM_OK.
 */
#pragma once

#include <stddef.h>

enum ym_code {
	YM_OK = 0,
	YM_INVALID,   /* show on the field */
	YM_STATE,     /* action not offered here: refresh */
	YM_NOTFOUND,  /* back to the list */
	YM_CONFLICT,  /* open a comparison */
	YM_REFUSED,   /* show the reason given */
	YM_OFFLINE,   /* keep, retry by backoff */
	YM_BUSY,      /* try again now */
	YM_GONE,      /* device left: drop the handle */
	YM_TIMEOUT,   /* offer retry */
	YM_CANCELLED, /* say nothing */
	YM_CORRUPT,   /* quarantine, stop writing */
	YM_IO,        /* stop the operation, log */
};

/* Caller-owned, fixed size, no heap. msgid is a constant marked N_() and translated only in ui and
 * cli. */
struct ym_error {
	enum ym_code code;
	int sys;             /* errno, SQLite or curl code; 0 when none */
	const char *msgid;   /* never a format string */
	char subject[96];    /* what it is about: "reader 2", a file, a field; may be empty */
	char detail[256];    /* for the diagnostic log only; never personal data */
};

#define YM_MUST __attribute__((warn_unused_result))
#define YM_PRINTF(a, b) __attribute__((format(printf, a, b)))
#ifndef N_
#define N_(s) s
#endif

/* Fill err (may be NULL) and return code: `return ym_fail(err, YM_IO, N_("Cannot read the file"),
 * "open: %m");` */
enum ym_code ym_fail(struct ym_error *err, enum ym_code code, const char *msgid,
	const char *detail, ...) YM_PRINTF(4, 5);
/* The same with a subject shown to people beside the message. */
enum ym_code ym_fail_on(struct ym_error *err, enum ym_code code, const char *msgid,
	const char *subject, const char *detail, ...) YM_PRINTF(5, 6);
/* "INVALID", "STATE" ...: for logs and JSON. Never NULL. */
const char *ym_code_name(enum ym_code code);
