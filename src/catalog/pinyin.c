/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Looking up readings in the generated table. Not the table (gen_pinyin.py). */
#include "catalog/pinyin.h"

#define LAST_OF_RUN 0x8000u

int
ym_pinyin_of(uint32_t c, const char *ret[YM_PINYIN_MAX])
{
	const uint16_t *run;
	int n = 0;

	if (c == 0x3007) { /* 〇, used in numbers, stands outside the block */
		ret[0] = "ling";
		return 1;
	}
	if (c < ym_pinyin_first || c > ym_pinyin_last)
		return 0;
	for (run = ym_pinyin_runs + ym_pinyin_index[c - ym_pinyin_first];; run++) {
		unsigned syllable = *run & ~LAST_OF_RUN;

		if (syllable < ym_pinyin_n_syllables && n < YM_PINYIN_MAX)
			ret[n++] = ym_pinyin_syllables[syllable];
		if (*run & LAST_OF_RUN)
			break;
	}
	return n;
}
