/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A device profile, and behind its first NUL byte what such a device sends: whatever comes, a grade is one of five, a point lies in
 * the packet's range, a call stays short.
 */
#include <stdlib.h>
#include <string.h>

#include "device/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, 0, size);
	size_t n = nul ? (size_t)(nul - data) : size;
	struct ym_profile_ear ear = {0};
	struct ym_profile_pen pen = {0};
	struct ym_stroke_point point;
	struct ym_profile p;
	struct ym_error err = {0};
	YM_JSON *root = NULL;

	if (ym_json_parse((const char *)data, n, "fuzz", &root, &err))
		return 0;
	if (ym_profile_parse(root, "fuzz", &p, &err)) {
		if (err.code != YM_INVALID || !err.msgid)
			abort();
		return 0;
	}
	for (size_t i = n; i < size; i++) {
		int grade = p.role == YM_ROLE_EVALUATOR ? ym_profile_hear(&p, &ear, data[i]) : 0;

		if (grade < 0 || grade > 5)
			abort();
		if (p.role == YM_ROLE_PAD)
			ym_profile_pen_feed(&p, &pen, data[i], &point);
	}
	if (p.role == YM_ROLE_DISPLAY) {
		YM_BUF out = {.max = 4096};

		ym_profile_call(&p, "A0188888888888888888888888888888888888888888888888888888888888888888888", "03", &out);
		if (out.overflow || out.len > YM_PROFILE_PARTS * (size_t)YM_PROFILE_BYTES)
			abort();
	}
	return 0;
}
