/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Looking after the catalogue without a screen: packs made, signed, compared and brought to a desk. Not finding in one
 * (yimen/admin.h). Invariant: a pack that is not sound or not trusted changes nothing.
 */
#pragma once

#include <stdbool.h>

#include "yimen/error.h"

/* A problem of a source folder: "file:line: reason". */
typedef void (*ym_say_line_fn)(void *user, const char *line);
/* A msgid in the reader's language: gettext. */
typedef const char *(*ym_translate_fn)(const char *msgid);

/* Check DIR (with what EXTRA replaces; NULL: nothing) and write an unsigned pack. */
enum ym_code ym_admin_catalog_build(const char *dir, const char *extra, const char *out, ym_say_line_fn say, void *user,
	struct ym_error *err) YM_MUST;
/* A pair for signing packs: the private half into OUT (mode 0600, never replaced: STATE), the public half as hex into OUT.pub. */
enum ym_code ym_admin_catalog_keygen(const char *out, struct ym_error *err) YM_MUST;
/* A signed copy of a pack, signed or not; the pack is checked whole first. */
enum ym_code ym_admin_catalog_sign(const char *pack, const char *key_file, const char *out, struct ym_error *err) YM_MUST;
/* Bring a pack to a desk's folder. Trusted: the desk's central, and the public keys (hex, one a line) in DIR/catalog.trust. Practice
 * takes any sound pack. A pack of a later date waits beside the one in force. A workstation that runs takes it at its next unlock. */
struct ym_pack_news { char version[40], effective[16]; bool in_force; };
enum ym_code ym_admin_catalog_import(const char *dir /* NULL: default */, bool practice, const char *pack, struct ym_pack_news *ret,
	struct ym_error *err) YM_MUST;

/* Differences of two catalogues, folders or packs, as catalog/diff.h tells them: was NULL: new; is NULL: gone. */
struct ym_catalog_change { const char *entry, *id, *name, *part, *label, *was, *is, *source; };
typedef void (*ym_catalog_change_fn)(void *user, const struct ym_catalog_change *c);
enum ym_code ym_admin_catalog_diff(const char *a, const char *b, ym_translate_fn tr, ym_catalog_change_fn fn, void *user, int *ret_n,
	struct ym_error *err) YM_MUST;
/* The public guide of an item as text, from a desk's catalogue or the shipped one. Caller frees. */
enum ym_code ym_admin_catalog_guide(const char *dir, const char *item, char **ret, struct ym_error *err) YM_MUST;
