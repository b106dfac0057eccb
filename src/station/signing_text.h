/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What is sealed of a signature, as text: the document as it was signed and the strokes. Not where it lies (cases/signature.c).
 * Invariant: a text whose document is not the one that was signed does not open.
 */
#pragma once

#include "base/json.h"
#include "yimen/device.h"

#define YM_SIGNING_MEDIA "application/x-yimen-signature+json"
#define YM_SIGNING_POINTS 20000

/* SM3 of the document's canonical text, hex. */
void ym_signing_digest(const json_t *document, char ret[65]);
/* Sign places of a document. */
int ym_signing_places(const json_t *document);
/* {"v":1,"date","document":{...},"strokes":{"width","height","pressure":bool,"points":[x,y,pressure, ...],"ms":[...]}} */
void ym_signing_write(const json_t *document, const struct ym_strokes *strokes, const char *date, struct ym_buf *ret);
/* The document with its "strokes" as yimen-paper draws them. digest: of the document that the log says was signed; another is CORRUPT,
 * as is whatever has not this form. New reference. */
enum ym_code ym_signing_read(const char *text, size_t n, const char *digest, json_t **ret, struct ym_error *err) YM_MUST;
