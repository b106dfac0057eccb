/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * From data files to a pack: load and check every file (file, line, reason), write one signed pack document, and compile it
 * into the read-only file that ym_pack_open reads. Invariant: nothing is written unless everything checks.
 */
#pragma once

#include "catalog/pack.h"
#include "crypt/crypt.h"

struct ym_problem { char file[160]; int line; char where[120]; char text[240]; bool is_error; };
typedef void (*ym_problem_fn)(void *user, const struct ym_problem *p);
/* Check a data folder (data/). Returns INVALID when an error was reported, OK with warnings only. */
enum ym_code ym_catalog_check(const char *dir, ym_problem_fn fn, void *user, struct ym_error *err) YM_MUST;
/* Pack document: one JSON text {pack:{version,effective,published}, ...everything}. extra_dir (may be NULL) overlays items. */
enum ym_code ym_catalog_bundle_up(const char *dir, const char *extra_dir, ym_problem_fn fn, void *user, struct ym_buf *ret,
	struct ym_error *err) YM_MUST;
/* Envelope "YMPACK1\n" + hex public key + hex signature + document. key may be NULL: unsigned, refused by import outside practice. */
void ym_catalog_sign(const struct ym_sm2 *key, const char *doc, size_t n, struct ym_buf *ret);
enum ym_code ym_catalog_verify(const struct ym_sm2 *trusted, const char *data, size_t n, const char **ret_doc, size_t *ret_n,
	struct ym_error *err) YM_MUST;
/* Compile a document into PATH (atomic replace). Malformed: refused whole with the reason. */
enum ym_code ym_catalog_compile(const char *doc, size_t n, const char *path, struct ym_error *err) YM_MUST;
