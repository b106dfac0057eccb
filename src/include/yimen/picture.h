/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * QR codes as text of a terminal. Not for papers. Invariant: pure.
 */
#pragma once

/* In half blocks, light modules drawn: lines for a terminal with a dark ground, with a quiet zone. NULL when the text is too
 * long for a code. Caller frees. */
char *ym_picture_qr(const char *text);
