/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A whole sentence, as a citizen says it, against one text of the index: how much of what carries meaning they share.
 * Not exact matching (find.c). Invariant: the work for a text is linear in its length.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define YM_SENTENCE_MAX 48

/* The characters of a query, each with what it weighs: a word of every second item says little, a rare one nearly all. */
struct ym_sentence {
	int n;
	uint32_t cps[YM_SENTENCE_MAX];
	float weight[YM_SENTENCE_MAX], total;
	int n_entries[YM_SENTENCE_MAX], last_entry[YM_SENTENCE_MAX];
	uint8_t bucket[256];         /* 1 + the first place of a character whose low byte is this */
	uint8_t next[YM_SENTENCE_MAX]; /* 1 + the next place with the same low byte */
};
/* False when there is too little to go by: fewer than three characters that are not letters. */
bool ym_sentence_init(struct ym_sentence *s, const uint32_t *cps, int n);
/* First every text of every entry, then the weights, then the scores. */
void ym_sentence_count(struct ym_sentence *s, int entry, const uint32_t *text, int n_text);
void ym_sentence_weigh(struct ym_sentence *s, int n_entries);
/* 0 to 1000; below YM_SENTENCE_LEAST it is chance. */
#define YM_SENTENCE_LEAST 400
int ym_sentence_score(const struct ym_sentence *s, const uint32_t *text, int n_text);
