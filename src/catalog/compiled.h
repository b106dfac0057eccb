/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The schema of the compiled pack, shared by who writes it (build.c) and who reads it (pack.c). Not public. */
#pragma once

#include "store/db.h"

extern const struct ym_schema ym_compiled_schema;
/* At most this many codes are loaded as a whole; a larger table is searched where it lies. */
#define YM_COMPILED_SMALL_TABLE 600
