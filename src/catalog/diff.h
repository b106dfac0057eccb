/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Two catalogues side by side, and one item as its public guide (办事指南), in words. Not printing them: the caller translates
 * and lays out. Invariant: every word that is not the catalogue's own goes through `say`.
 */
#pragma once

#include "catalog/build.h"

/* A msgid in the reader's language. */
typedef const char *(*ym_say_fn)(const char *msgid);

/* One difference. was NULL: new; is NULL: gone. part and label "": the whole entry. Strings live for the call. */
struct ym_change {
	const char *entry;         /* what it is, said: "Item", "Life event" ... */
	const char *id, *name;
	const char *part, *label;  /* said: "Material"; the catalogue's: "居民户口簿" */
	const char *was, *is, *source;
};
typedef void (*ym_change_fn)(void *user, const struct ym_change *c);
/* a and b: folders of sources, or pack files (signatures are not judged here: INVALID only when one contradicts its pack).
 * *ret_n how many differences were told. */
enum ym_code ym_catalog_diff(const char *a, const char *b, ym_say_fn say, ym_change_fn fn, void *user, int *ret_n,
	struct ym_error *err) YM_MUST;

/* "20 working days" said; "" when not known. For limits of both. Appends. */
void ym_catalog_say_limit(const char *unit, long long value, ym_say_fn say, struct ym_buf *ret);
const char *ym_catalog_say_mode(const char *mode, ym_say_fn say);
