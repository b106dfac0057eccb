/* SPDX-License-Identifier: MulanPSL-2.0 */
/* UUIDv7 (RFC 9562): time-ordered ids. Monotonic within one process. Practice seeds it for
 * repeatable runs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define YM_UUID_LEN 36
void ym_uuid7(char buf[YM_UUID_LEN + 1]);
bool ym_uuid_is_valid(const char *s);   /* lower case, version 7 */
/* seed != 0: deterministic random bits from here on (practice and simulation only); 0: real ones
 * again. Forgets the last id, so that a replay at the same virtual time gives the same ids. */
void ym_uuid_seed(uint64_t seed);
