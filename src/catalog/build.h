/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * From data files to a pack: load and check every file (file, line, reason), write one signed pack document, and compile it
 * into the read-only file that ym_pack_open reads. Invariant: nothing is written unless everything checks.
 */
#pragma once

#include "base/json.h"
#include "catalog/pack.h"
#include "crypt/crypt.h"

/* text is English, "msgid: subject"; a person is shown the translated msgid and the subject. line 0: none is known. */
struct ym_problem {
	char file[160]; int line; char where[120]; char text[240]; bool is_error;
	const char *msgid; char subject[120];
};
typedef void (*ym_problem_fn)(void *user, const struct ym_problem *p);
/* Check a data folder (data/). Returns INVALID when an error was reported, OK with warnings only. */
enum ym_code ym_catalog_check(const char *dir, ym_problem_fn fn, void *user, struct ym_error *err) YM_MUST;
/* Pack document: one JSON text {pack:{version,effective,published}, ...everything}. extra_dir (may be NULL) overlays items. */
enum ym_code ym_catalog_bundle_up(const char *dir, const char *extra_dir, ym_problem_fn fn, void *user, struct ym_buf *ret,
	struct ym_error *err) YM_MUST;
/* Envelope: "YMPACK1", hex public key, hex signature, each a line, then the document. The signature is over "YMPACK1\n" and
 * the document. key may be NULL: both lines empty, unsigned, refused by import outside practice. */
void ym_catalog_sign(const struct ym_sm2 *key, const char *doc, size_t n, struct ym_buf *ret);
/* Borrowed part of data. REFUSED: not signed by `trusted`, or the signature is wrong. trusted NULL: an unsigned pack passes, a signed
 * one must agree with the key it names. INVALID: not an envelope, or too large. */
enum ym_code ym_catalog_verify(const struct ym_sm2 *trusted, const char *data, size_t n, const char **ret_doc, size_t *ret_n,
	struct ym_error *err) YM_MUST;
/* The same checks on a document; where names the entry, line is a line of the document. */
enum ym_code ym_catalog_check_document(const char *doc, size_t n, ym_problem_fn fn, void *user, struct ym_error *err) YM_MUST;
/* How a paper template is checked (ym_paper_check of a higher layer); none by default: only its id and blocks are. */
typedef enum ym_code (*ym_catalog_paper_fn)(const json_t *tmpl, const char *name, struct ym_error *err);
void ym_catalog_set_paper_check(ym_catalog_paper_fn fn);
/* Compile a document into PATH (atomic replace). Malformed: refused whole; msgid and subject say the first fault and where. */
enum ym_code ym_catalog_compile(const char *doc, size_t n, const char *path, struct ym_error *err) YM_MUST;
