/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * UUIDv7 (RFC 9562 §5.7) with rand_a as a 12-bit counter within the millisecond (§6.2, method 1).
 * Not a source of keys. Invariant: within a process each id is greater than the one before, also
 * when the clock steps back or a millisecond runs out of counter: then the id's own time runs
 * ahead.
 */
#include "base/uuid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"

#define COUNTER_MAX 0xFFF

static int64_t last_ms = -1;
static unsigned counter;
static uint64_t seeded_state;
static bool seeded;

static uint64_t
random_bits(void)
{
	uint64_t z;

	if (seeded) {
		/* splitmix64: repeatable, and good enough where nothing is at stake. */
		z = seeded_state += 0x9E3779B97F4A7C15u;
		z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
		z = (z ^ z >> 27) * 0x94D049BB133111EBu;
		return z ^ z >> 31;
	}
	if (getrandom(&z, sizeof z, 0) != sizeof z)
		abort(); /* cannot happen for 8 bytes once the pool is ready */
	return z;
}

void
ym_uuid_seed(uint64_t seed)
{
	seeded = seed != 0;
	seeded_state = seed;
	last_ms = -1;
	counter = 0;
}

void
ym_uuid7(char buf[YM_UUID_LEN + 1])
{
	int64_t now = ym_clock_wall();
	uint64_t bits = random_bits();

	if (now < 0)
		now = 0;
	if (now > last_ms) {
		last_ms = now;
		counter = (unsigned)(random_bits() & 0x7FF); /* top bit clear: room to count */
	} else if (++counter > COUNTER_MAX) {
		last_ms++;
		counter = 0;
	}
	snprintf(buf, YM_UUID_LEN + 1, "%08x-%04x-7%03x-%04x-%012llx",
		(unsigned)(last_ms >> 16 & 0xFFFFFFFF), (unsigned)(last_ms & 0xFFFF), counter,
		(unsigned)(0x8000 | (bits >> 48 & 0x3FFF)),
		(unsigned long long)(bits & 0xFFFFFFFFFFFF));
}

bool
ym_uuid_is_valid(const char *s)
{
	if (!s || strnlen(s, YM_UUID_LEN + 1) != YM_UUID_LEN)
		return false;
	for (int i = 0; i < YM_UUID_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		bool hex = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f');

		if (dash ? s[i] != '-' : !hex)
			return false;
	}
	return s[14] == '7' && strchr("89ab", s[19]);
}
