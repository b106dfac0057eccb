/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * ESC/POS as bytes: a receipt is built line by line; status replies are taken apart. Pure functions, no line, no loop.
 * Not the layout of a paper (src/paper). Invariant: nothing but the commands below and text in the printer's set comes
 * out, whatever the text holds. Source: devices.md of the design, section 5 (vendor manuals agree); GS r from the same manuals.
 */
#pragma once

#include "base/mem.h"

enum ym_escpos_charset {
	YM_ESCPOS_GB18030, /* every character of Unicode, in one, two or four bytes */
	YM_ESCPOS_GBK,     /* old models: what it does not have is replaced */
};
enum ym_escpos_style {
	YM_ESCPOS_BOLD = 1,
	YM_ESCPOS_BIG = 2,    /* twice as wide and high */
	YM_ESCPOS_CENTER = 4,
};
struct ym_escpos {
	struct ym_buf *out;       /* the caller's */
	enum ym_escpos_charset charset;
	int style;                /* in force */
	int n_replaced;           /* characters that the printer's set does not have */
};
#define YM_ESCPOS_QR_MAX 700

/* Initialise, Chinese on. out has its maximum from the caller. */
void ym_escpos_begin(struct ym_escpos *e, struct ym_buf *out, enum ym_escpos_charset charset);
/* One line of UTF-8 in a style (ym_escpos_style bits) and its end. Controls are left out. */
void ym_escpos_line(struct ym_escpos *e, int style, const char *text);
/* A QR code of at most YM_ESCPOS_QR_MAX bytes, centred; longer content comes out as text. */
void ym_escpos_qr(struct ym_escpos *e, const char *text);
/* Feed; cut when the model has a knife. */
void ym_escpos_end(struct ym_escpos *e, bool cut);

/* Columns that a string takes on paper: two for whatever is not ASCII. */
int ym_escpos_width(const char *text);

/* What a printer said of itself. */
enum ym_escpos_fault {
	YM_ESCPOS_OFFLINE = 1,
	YM_ESCPOS_COVER = 2,
	YM_ESCPOS_PAPER_OUT = 4,
	YM_ESCPOS_ERROR = 8,
	YM_ESCPOS_PAPER_LOW = 16, /* no fault: it prints on */
};
/* 10 04 n, asked for n = 1, 2, 4. */
void ym_escpos_ask(struct ym_buf *out, int n);
/* 1D 72 01: answered only after everything before it has been printed. */
void ym_escpos_ask_done(struct ym_buf *out);
/* Which of the two a byte answers; other bytes are noise or automatic status. */
bool ym_escpos_is_status(uint8_t byte);
bool ym_escpos_is_done(uint8_t byte);
/* Faults in the answer to 10 04 n / to 1D 72 01. */
int ym_escpos_faults(int n, uint8_t byte);
int ym_escpos_done_faults(uint8_t byte);
/* The sentence for the gravest fault, NULL for none. */
const char *ym_escpos_fault_text(int faults);
