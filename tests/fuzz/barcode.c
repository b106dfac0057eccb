/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a scanner sends: whatever comes, the text is clean UTF-8 on one line, and a kind with a right check character is
 * found again in that text.
 */
#include <stdlib.h>
#include <string.h>

#include "yimen/barcode.h"
#include "yimen/mrz.h"
#include "yimen/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_zone(const struct ym_mrz *m)
{
	if (m->n_lines < 2 || m->n_faults < 0 || m->n_faults > 8 || (m->birth[0] && strlen(m->birth) != 10))
		abort();
	for (int i = 0; i < m->n_faults; i++)
		if (m->faults[i].line < 1 || m->faults[i].line > m->n_lines ||
		    m->faults[i].column + m->faults[i].n - 1 > (int)strlen(m->lines[m->faults[i].line - 1]))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ym_barcode b, again;
	struct ym_mrz m;

	ym_barcode_parse(data, size, &b);
	if (!ym_text_is_clean(b.text, false) || !ym_barcode_kind_text(b.kind))
		abort();
	if (b.signature_at && (b.signature_at >= strlen(b.text) || b.n_signed >= b.signature_at))
		abort();
	ym_barcode_parse(b.text, strlen(b.text), &again);
	if (again.kind != b.kind || again.check != b.check || strcmp(again.value, b.value))
		abort();
	if (ym_mrz_parse((const char *)data, size, 1795305600000, &m))
		check_zone(&m);
	ym_mrz_wants_more((const char *)data, size);
	return 0;
}
