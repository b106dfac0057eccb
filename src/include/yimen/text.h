/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Terminal text: width, cutting and wrapping of UTF-8 in cells; masking of personal data.
 * Not a Unicode library: grapheme clusters beyond combining marks are left as they are.
 * Invariant: no function splits a character or writes past its buffer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decode one character at s (n bytes available). Returns bytes used (>= 1), sets *ret to the code
 * point (U+FFFD for an invalid byte, which counts as one). n == 0 returns 0. */
size_t ym_text_decode(const char *s, size_t n, uint32_t *ret);
/* Encode c into buf[4]; returns the length. Invalid code points become U+FFFD. */
size_t ym_text_encode(uint32_t c, char buf[4]);
/* Cells of one code point: 0 combining, 2 wide. An ideograph unknown to the C library is 2.
 * Controls are 0. Ambiguous width counts 1. Independent of the locale. */
int ym_text_cell(uint32_t c);
/* Cells of a whole string / of its first n bytes. */
int ym_text_width(const char *s);
int ym_text_width_n(const char *s, size_t n);
/* Bytes of the longest prefix of s that is at most `cells` wide. */
size_t ym_text_fit(const char *s, int cells);
/* Copy s into buf cut to at most `cells`, with "…" as the last cell when cut. Returns the width
 * written. */
int ym_text_cut(char *buf, size_t size, const char *s, int cells);
/* Wrap at `cells`: bytes of the next line starting at s (CJK breaks anywhere but before closing
 * punctuation; words at blanks; what fits no line is split). *ret_next is where the following line
 * starts (past blanks or a newline), always beyond s unless s is at its end. An empty line gives 0
 * too: loop while (*s). A character wider than `cells` stands alone. */
size_t ym_text_wrap(const char *s, int cells, const char **ret_next);
/* Characters of valid UTF-8; NULL has none. */
int ym_text_length(const char *s);
/* Valid UTF-8 without C0 and C1 controls and DEL (tab and newline allowed when multi is true)? */
bool ym_text_is_clean(const char *s, bool multi);
/* Full-width ASCII to half-width, blanks and line ends to spaces, trimmed at both ends, middle dots
 * folded to U+00B7. In place; never grows. One line: not for text of several lines. */
void ym_text_normalize(char *s);

/* Masks, into buf: 110***********1234 ; 138****5678 ; 张* or 李** ; an address cut after the
 * street-level part and ended with ***. Short values keep less, down to nothing. */
void ym_text_mask_number(char *buf, size_t size, const char *number);
void ym_text_mask_phone(char *buf, size_t size, const char *phone);
void ym_text_mask_name(char *buf, size_t size, const char *name);
void ym_text_mask_address(char *buf, size_t size, const char *address);
