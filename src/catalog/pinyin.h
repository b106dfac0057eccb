/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Readings of Chinese characters without tones, from the Unicode Han database (kMandarin, kHanyuPinlu, kTGHZ2013).
 * Not a segmenter: a polyphone keeps all its readings. ü is written v. Invariant: syllable strings are a-z only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define YM_PINYIN_MAX 8   /* readings of one character */
/* Syllables of c, the usual one first; returns their number, 0 when c has none. */
int ym_pinyin_of(uint32_t c, const char *ret[YM_PINYIN_MAX]);

/* Tables made by gen_pinyin.py. */
extern const char *const ym_pinyin_syllables[];
extern const unsigned ym_pinyin_n_syllables;
extern const uint32_t ym_pinyin_first, ym_pinyin_last;
extern const uint16_t ym_pinyin_index[], ym_pinyin_runs[];
