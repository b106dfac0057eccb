/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A signature drawn on the pad: for one paper of a visit, by one person. What was signed (the document as it stood) is sealed together
 * with the strokes. Not the pad (yimen/signing.h), no comparison of signatures.
 * Invariant: a signature belongs to the one document it was drawn for; it is never offered, copied or drawn for another.
 */
#pragma once

#include "yimen/visit.h"

/* May this paper be signed now? STATE: it is not signed, void, signed already. REFUSED: its sign-for is the handing over, and a fee is due. */
enum ym_code ym_visit_may_sign(struct ym_visit *v, int paper, struct ym_error *err) YM_MUST;

/* data: document and strokes as the station wrote them; it is sealed and stored here, in the event's transaction. */
struct ym_signature {
	int person;            /* of the visit, identified, no organisation */
	const char *data;
	size_t n;
	const char *media;
	const char *document;  /* SM3 of the document that was signed, hex */
};
/* Appends paper.signed with who, what and where the strokes lie. No print has to come first: the document itself was signed. */
enum ym_code ym_visit_sign_drawn(struct ym_visit *v, int paper, const struct ym_signature *s, struct ym_error *err) YM_MUST;

/* Where the strokes of a paper that was signed on the pad lie. The key opens them: it is never shown or logged. */
struct ym_signature_kept {
	char sm3[65], key[65], document[65];
};
/* NOTFOUND when it was not signed on the pad, or its visit is erased. */
enum ym_code ym_visit_signature(const struct ym_visit *v, int paper, struct ym_signature_kept *ret, struct ym_error *err) YM_MUST;
