/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Approximate matching with at most one slip, bit-parallel: S. Wu, U. Manber, "Fast text searching allowing errors" (1992),
 * with the transposition state of G. Navarro, "NR-grep" (2001). Not ranking. Invariant: no allocation, one pass.
 */
#include "catalog/find.h"

int
ym_find_slips(const uint32_t *query, int n_query, const uint32_t *text, int n_text, int *ret_end)
{
	/* Bit i of exact or slip: the first i+1 characters of the query end here with none or one slip. */
	uint64_t exact = 0, slip = 1, swap = 0, last = 1ull << (n_query - 1), letters[27] = { 0 };
	int found = -1;

	for (int i = 0; i < n_query; i++)
		if (query[i] >= 'a' && query[i] <= 'z')
			letters[query[i] - 'a'] |= 1ull << i;
	for (int at = 0; at < n_text; at++) {
		uint32_t c = text[at];
		uint64_t same = 0, before = exact, new_swap;

		if (c >= 'a' && c <= 'z')
			same = letters[c - 'a'];
		else
			for (int i = 0; i < n_query; i++)
				same |= (uint64_t)(query[i] == c) << i;
		exact = ((before << 1) | 1) & same;
		new_swap = ((before << 2) | 2) & same;
		slip = (((slip << 1) | 1) & same) /* the slip lies behind */
			| before                  /* a character too many in the text */
			| (before << 1) | 1       /* another character */
			| (exact << 1)            /* a character missing in the text */
			| (swap & (same << 1));   /* two in the wrong order */
		swap = new_swap;
		if (exact & last) {
			*ret_end = at + 1;
			return 0;
		}
		if (found < 0 && slip & last) {
			*ret_end = at + 1;
			found = 1;
		}
	}
	return found;
}
