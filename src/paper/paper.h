/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Papers: a template of the pack plus a context of values gives a document of blocks (JSON), which is laid out as text here
 * and as PDF by the helper program yimen-paper (document on stdin, PDF on stdout). Not what a paper must say (data/papers)
 * nor when it is due (cases). Invariant: a document with an unresolved placeholder is refused, never printed.
 *
 * Template (data/papers/<id>.json):
 *   {"id","code":"W02","title","size":"A4"|"receipt","copies":1,"signable":true,"blocks":[...],"source"}
 * Placeholders in any text: {path} must be there, {path?} may be absent, {path|filter} and {path?|filter}; filters: mask (number),
 * name (张*), phone (masked), date (2026年11月22日), money (fen to "120.00元"), last4. A path is dotted; inside an `each` it is looked up in
 * the element first, then in the root; {#} is the element's number from 1. "{{" prints a brace.
 * Every block may have "when": "path" (present, not empty, not false, not 0) or "!path".
 *   {"type":"title","text"}                      centred, large
 *   {"type":"number","text"}                     文号, right-aligned under the title
 *   {"type":"heading","text"}
 *   {"type":"text","text","align":"left|center|right","indent":true,"bold":false}
 *   {"type":"fields","columns":1|2,"rows":[["label","text"],...]}        boxed label/value pairs; an empty value keeps its box
 *   {"type":"fields","columns":2,"each":"form","row":["{label}","{value}"]}
 *   {"type":"table","columns":[{"title","width":30}],"each":"materials","cells":["{name}",...]}   widths are percent
 *   {"type":"list","each":"missing","text":"{name}:{problem}"}  or {"type":"list","items":["...","..."]}   numbered
 *   {"type":"signature","items":["申请人签名","日期"]}
 *   {"type":"seal","text":"(受理专用章)"}         the marked place for the seal, right
 *   {"type":"qr","text":"{visit.query_code}","caption":""}
 *   {"type":"space","lines":1}   {"type":"rule"}   {"type":"page"}  (page break)
 * Context root: see cases/paper_context.c; "practice": true puts the watermark on every page, "reprint": 2 the mark 补打 at its head.
 * A resolved document that was signed on the pad has "strokes": {"width","height","pressure":bool,"points":[x,y,pressure, ...],"date"}: drawn
 * in the first item of each signature block, the date in its last; as text they only say that it was signed so.
 */
#pragma once

#include "base/json.h"

/* Resolve a template against a context: INVALID naming the missing path. New reference. */
enum ym_code ym_paper_resolve(const json_t *tmpl, const json_t *context, json_t **ret, struct ym_error *err) YM_MUST;
/* The resolved document as monospaced text lines, `columns` wide. Caller frees. */
char *ym_paper_text(const json_t *document, int columns);
/* The same for a receipt printer with so many half-width columns, line by line: characters that are not ASCII take two. A title
 * is set in half as many columns, to be printed twice as wide; a QR code's text comes as it is. Reprints ("reprint": 2 in the document's
 * root) and practice are said first. Lines are borrowed for the call. */
enum ym_paper_mark { YM_PAPER_PLAIN, YM_PAPER_BOLD, YM_PAPER_TITLE, YM_PAPER_QR };
typedef void (*ym_paper_line_fn)(void *user, enum ym_paper_mark mark, const char *line);
void ym_paper_lines(const json_t *document, int columns, ym_paper_line_fn fn, void *user);
/* Check a template when a pack is built: unknown block type or key, bad placeholder or filter. */
enum ym_code ym_paper_check(const json_t *tmpl, const char *name, struct ym_error *err) YM_MUST;
