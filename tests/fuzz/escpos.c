/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Text on its way to a receipt printer, and bytes on their way back: no text becomes a command, every status has a
 * sentence when it has a fault.
 */
#include <stdlib.h>
#include <string.h>

#include "device/escpos.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text, enum ym_escpos_charset set)
{
	YM_BUF out = {.max = 1u << 20};
	struct ym_escpos e;

	ym_escpos_begin(&e, &out, set);
	ym_escpos_line(&e, 0, text);
	for (size_t i = 4; i + 1 < out.len; i++)
		if ((uint8_t)out.data[i] < 0x20)
			abort();
	if (out.data[out.len - 1] != 0x0A || ym_escpos_width(text) < 0)
		abort();
	ym_escpos_qr(&e, text);
	ym_escpos_end(&e, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	YM_FREE char *text = ym_strndup((const char *)data, size < 2000 ? size : 2000);

	check_text(text, YM_ESCPOS_GB18030);
	check_text(text, YM_ESCPOS_GBK);
	for (size_t i = 0; i < size; i++) {
		int faults = ym_escpos_faults(1, data[i]) | ym_escpos_faults(2, data[i]) | ym_escpos_faults(4, data[i]) |
			     ym_escpos_done_faults(data[i]);

		if (ym_escpos_is_status(data[i]) && ym_escpos_is_done(data[i]))
			abort();
		if ((faults != 0) != (ym_escpos_fault_text(faults) != NULL))
			abort();
	}
	return 0;
}
