/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * An event's header and body as another desk or a damaged disk may give them. Invariants checked: what decodes encodes to
 * the same bytes; a body that is not one is refused; nothing is written on refusal.
 */
#include <stdint.h>

#include "store/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint8_t previous[YM_SM3_LEN], key[YM_KEY_LEN];
	struct ym_event ev = { .header = data, .header_n = n, .body = data, .body_n = n };
	struct ym_event_header h = { .seq = -1 };
	YM_BUF scratch = { 0 }, again = { 0 }, text = { 0 };
	char scope[YM_SCOPE_SIZE];

	if (ym_header_decode(data, n, &scratch, &h, NULL) == YM_OK) {
		ym_header_encode(&h, &again);
		need(again.len == n && memcmp(again.data, data, n) == 0);
		ym_event_scope(&h, scope);
		need(strlen(ym_event_attr(&h, "wrap")) <= 1024);
	} else {
		need(h.seq == -1);
	}
	need(ym_event_verify(&ev, previous, NULL) == YM_CORRUPT);
	need(ym_event_open_body(&ev, key, &text, NULL) != YM_OK && text.len == 0);
	return 0;
}
