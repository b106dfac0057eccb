/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Bytes from a card reader's line: whatever comes, a reply has the length and checksum it claims, and blocks lie
 * inside it.
 */
#include <stdlib.h>
#include <string.h>

#include "device/sam.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_reply(const struct ym_sam_parser *p)
{
	static const enum ym_sam_command commands[] = {YM_SAM_STATUS, YM_SAM_MODULE_ID, YM_SAM_FIND, YM_SAM_SELECT,
		YM_SAM_READ, YM_SAM_READ_FINGER, YM_SAM_READ_ADDRESS};
	struct ym_sam_reply r = ym_sam_reply(p);
	uint8_t again[YM_SAM_FRAME_MAX];
	const uint8_t head[3] = {r.sw1, r.sw2, r.sw3};
	size_t n = ym_sam_frame(again, sizeof again, head, sizeof head, r.data, r.n);

	if (n != 11 + r.n || memcmp(again + 5, p->frame, n - 5))
		abort();
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		struct ym_sam_blocks b;

		if (!ym_sam_fits(commands[i], &r) || ym_sam_split(commands[i], &r, &b, NULL))
			continue;
		if (b.text < r.data || b.finger + b.n_finger != r.data + r.n || b.n_text != YM_SAM_TEXT_LEN)
			abort();
	}
	if (!ym_sam_meaning(r.sw3)->msgid)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ym_sam_parser p = {0};

	for (size_t i = 0; i < size; i++) {
		enum ym_sam_feed v = ym_sam_feed(&p, data[i]);

		if (v == YM_SAM_REPLY)
			check_reply(&p);
		if (v != YM_SAM_MORE)
			ym_sam_parser_reset(&p);
	}
	return 0;
}
