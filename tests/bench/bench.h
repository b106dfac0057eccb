/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What the measuring programs share: a clock, figures as JSON, and a way out when the engine refuses. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "yimen/error.h"

static inline double
bench_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of this process alone: for what neither reads nor waits, so that a busy machine does not count. */
static inline double
bench_cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline long
bench_resident_kb(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long size, pages = 0;

	if (f) {
		if (fscanf(f, "%ld %ld", &size, &pages) != 2)
			pages = 0;
		fclose(f);
	}
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static inline void
bench_need(enum ym_code code, const struct ym_error *err)
{
	if (code == YM_OK)
		return;
	fprintf(stderr, "%s: %s (%s)\n", err->subject, err->msgid ? err->msgid : "", err->detail);
	exit(1);
}

static inline int
bench_by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* "name": {...}; sorts ms. */
static inline void
bench_print(const char *name, double *ms, int n)
{
	qsort(ms, (size_t)n, sizeof *ms, bench_by_size);
	printf("\"%s\": {\"n\": %d, \"p50\": %.4f, \"p99\": %.4f, \"max\": %.4f}", name, n, ms[n / 2], ms[(int)((double)n * 0.99)],
		ms[n - 1]);
}
