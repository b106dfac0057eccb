/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A sealed signature's text: whatever opens has strokes that can be drawn, and opens for no other document. */
#include <stdlib.h>

#include "station/signing_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	YM_JSON *all = NULL, *got = NULL, *none = NULL;
	char digest[65], zeros[65];
	const json_t *points;

	if (ym_json_parse((const char *)data, size, "fuzz", &all, NULL) || !json_object_get(all, "document"))
		return 0;
	ym_signing_digest(json_object_get(all, "document"), digest);
	memset(zeros, '0', 64);
	zeros[64] = 0;
	if (!ym_signing_read((const char *)data, size, zeros, &none, NULL))
		abort();
	if (ym_signing_read((const char *)data, size, digest, &got, NULL))
		return 0;
	points = json_object_get(json_object_get(got, "strokes"), "points");
	if (!json_array_size(points) || json_array_size(points) % 3 || json_array_size(points) > 3 * YM_SIGNING_POINTS)
		abort();
	return 0;
}
