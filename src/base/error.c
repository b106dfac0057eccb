/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Filling struct ym_error. Invariant: always terminated, errno preserved, and "%m" in a detail
 * means the errno the caller saw.
 */
#include "yimen/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

static enum ym_code
fill(struct ym_error *err, enum ym_code code, const char *msgid, const char *subject,
	const char *detail, va_list ap)
{
	int saved = errno;

	if (err) {
		err->code = code;
		err->sys = 0;
		err->msgid = msgid;
		ym_strlcpy(err->subject, subject ? subject : "", sizeof err->subject);
		err->detail[0] = 0;
		errno = saved;
		if (detail)
			vsnprintf(err->detail, sizeof err->detail, detail, ap);
	}
	errno = saved;
	return code;
}

enum ym_code
ym_fail(struct ym_error *err, enum ym_code code, const char *msgid, const char *detail, ...)
{
	va_list ap;

	va_start(ap, detail);
	fill(err, code, msgid, NULL, detail, ap);
	va_end(ap);
	return code;
}

enum ym_code
ym_fail_on(struct ym_error *err, enum ym_code code, const char *msgid, const char *subject,
	const char *detail, ...)
{
	va_list ap;

	va_start(ap, detail);
	fill(err, code, msgid, subject, detail, ap);
	va_end(ap);
	return code;
}

const char *
ym_code_name(enum ym_code code)
{
	static const char *const names[] = { "OK", "INVALID", "STATE", "NOTFOUND", "CONFLICT",
		"REFUSED", "OFFLINE", "BUSY", "GONE", "TIMEOUT", "CANCELLED", "CORRUPT", "IO" };

	return (size_t)code < sizeof names / sizeof names[0] ? names[code] : "UNKNOWN";
}
