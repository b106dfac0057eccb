/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * jansson with cleanup, limits and errors that name file and line. Not a schema validator.
 * Invariant: parsing rejects duplicate keys, NUL in strings and more than YM_JSON_MAX bytes.
 */
#pragma once

#include <jansson.h>

#include "base/mem.h"

#define YM_JSON_MAX (64u << 20)
static inline void ym_json_p(json_t **j) { if (*j) json_decref(*j); *j = NULL; }
#define YM_JSON YM_CLEANUP(ym_json_p) json_t

/* Parse bytes; `name` is the subject of the error (a file or a field, not personal data). New
 * reference. */
enum ym_code ym_json_parse(const char *data, size_t n, const char *name, json_t **ret,
	struct ym_error *err) YM_MUST;
enum ym_code ym_json_load(const char *path, json_t **ret, struct ym_error *err) YM_MUST;
/* Compact, keys sorted: the canonical text that is hashed and sealed. Caller frees. */
char *ym_json_dump(const json_t *j);
/* Compact, in the order in which it was made: for what is only read again. Caller frees. */
char *ym_json_line(const json_t *j);
/* Atomic replace of a file with pretty JSON, mode 0600. */
enum ym_code ym_json_save(const char *path, const json_t *j, struct ym_error *err) YM_MUST;
/* Borrowed lookups that never fail: "" / dflt when absent or of another type. */
const char *ym_json_str(const json_t *obj, const char *key);
const char *ym_json_str_or(const json_t *obj, const char *key, const char *dflt);
long long ym_json_int(const json_t *obj, const char *key, long long dflt);
bool ym_json_bool(const json_t *obj, const char *key, bool dflt);
/* Sets a text of its own; NULL and "" are left out. */
void ym_json_put(json_t *obj, const char *key, const char *value);
/* Required lookup: INVALID with "name: key" when absent. Borrowed. */
enum ym_code ym_json_need(const json_t *obj, const char *key, json_type type, const char *name,
	json_t **ret, struct ym_error *err) YM_MUST;
