/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Papers: a template of the pack plus resolved values gives a document of blocks (JSON), which is laid out as text here
 * and as PDF by the helper program yimen-paper (document on stdin, PDF on stdout). Not what a paper must say (templates, data/papers)
 * nor when it is due (cases). Invariant: a document with an unresolved placeholder is refused, never printed.
 *
 * Template: {id, code:"W02", title, size:"A4"|"receipt", copies, signable, seal, blocks:[...]}
 * block: {type:"title"|"heading"|"text"|"fields"|"table"|"list"|"signature"|"seal"|"qr"|"space"|"rule", text, when, rows, columns, items, each}
 * Placeholders {path} look into the context object; {path|mask}, {path|date}, {path|money}, {path|label:table}; block `each` repeats over an array;
 * `when` names a path that must be present and non-empty (or "!path").
 */
#pragma once

#include "base/json.h"

/* Resolve a template against a context: INVALID naming the missing path. New reference. */
enum ym_code ym_paper_resolve(const json_t *template, const json_t *context, json_t **ret, struct ym_error *err) YM_MUST;
/* The resolved document as monospaced text lines, `columns` wide. Caller frees. */
char *ym_paper_text(const json_t *document, int columns);
/* Check a template when a pack is built: unknown block type, bad placeholder. */
enum ym_code ym_paper_check(const json_t *template, const char *name, struct ym_error *err) YM_MUST;
