/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What was captured for a material (pages, a portrait, fingerprints), and what was captured before and may be used again.
 * Not capturing (yimen/capturing.h). Invariant: content lies sealed in the store; here are only its names and keys.
 */
#pragma once

#include "yimen/visit.h"

/* One sealed thing of a material. what: "" a page; "portrait" the whole picture a portrait was cut from; "cut:ID" the
 * portrait by a standard; "fingers" templates and exceptions (JSON); "card" the templates that the identity card carries. The key opens it: it is never shown or logged. */
struct ym_capture_page {
	char sm3[65], key[65], media[40], what[24];
};
int ym_visit_n_pages(const struct ym_visit *v, int material);
bool ym_visit_page(const struct ym_visit *v, int material, int page, struct ym_capture_page *ret);

struct ym_capture_source {
	enum ym_origin origin; /* YM_FROM_TYPED: made here now; YM_FROM_ARCHIVE: used again */
	int64_t at;            /* when it was made; 0: now */
	const char *desk;      /* where; NULL: here */
	const char *note;      /* NULL keeps the material's */
};
/* Add stored blobs to a material, or put them in place of what it has; state CAPTURED. */
enum ym_code ym_visit_keep_pages(struct ym_visit *v, int material, const struct ym_capture_page *pages, int n, bool replace,
	const struct ym_capture_source *source, struct ym_error *err) YM_MUST;
/* Taken out again before the decision; without pages the material is not seen. The sealed bytes stay without a key. */
enum ym_code ym_visit_drop_page(struct ym_visit *v, int material, int page, struct ym_error *err) YM_MUST;

/* Something captured before that this material could use. */
struct ym_offer {
	char kind[40], desk[32];
	const char *name;        /* of the kind */
	int64_t at;
	char until[16];          /* last day on which it may be used again */
	char grade;              /* 'A' .. 'D' (国办函〔2016〕108号) */
	bool usable;             /* otherwise it is only told: its time is over */
	bool is_here;            /* captured by this station */
	bool is_now;             /* in this visit */
	bool needs_cut;          /* a portrait for another standard: it has to be cut anew from the whole picture */
	bool is_beside;          /* the card's own fingerprints: they go beside what is captured, for comparison, never instead */
	int fingers[2];          /* of them, as struct ym_finger numbers fingers */
	int n_pages;
	int index;               /* for ym_visit_offer_pages */
};
/* Newest first. portrait: the material is a portrait by some standard, so a portrait of another one will do. */
int ym_visit_offers(struct ym_visit *v, int material, bool portrait, struct ym_offer *ret, int max);
/* Its pages; returns the count. */
int ym_visit_offer_pages(struct ym_visit *v, int material, bool portrait, int index, struct ym_capture_page *ret, int max);
