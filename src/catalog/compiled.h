/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The schema of the compiled pack, shared by who writes it (build.c) and who reads it (pack.c). Not public. */
#pragma once

#include "store/db.h"

extern const struct ym_schema ym_compiled_schema;
/* A pack whose pack.json does not say when it is old, and when stale (days since its publication). */
#define YM_COMPILED_OLD_DAYS 180
#define YM_COMPILED_STALE_DAYS 365
/* At most this many codes are loaded as a whole; a larger table is searched where it lies. */
#define YM_COMPILED_SMALL_TABLE 600
