/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See escpos.h.
 */
#include "device/escpos.h"

#include <iconv.h>

#include "yimen/text.h"

/* U+3013, the geta mark that printers put for a missing sort: A1 FE in both sets. */
static const char geta[] = "\xA1\xFE";

static void
bytes(struct ym_escpos *e, const void *data, size_t n)
{
	ym_buf_add(e->out, data, n);
}

#define BYTES(e, ...) bytes(e, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

void
ym_escpos_begin(struct ym_escpos *e, struct ym_buf *out, enum ym_escpos_charset charset)
{
	*e = (struct ym_escpos){.out = out, .charset = charset};
	BYTES(e, 0x1B, 0x40);
	BYTES(e, 0x1C, 0x26);
}

static void
set_style(struct ym_escpos *e, int style)
{
	int changed = e->style ^ style;

	if (changed & YM_ESCPOS_CENTER)
		BYTES(e, 0x1B, 0x61, style & YM_ESCPOS_CENTER ? 1 : 0);
	if (changed & YM_ESCPOS_BOLD)
		BYTES(e, 0x1B, 0x45, style & YM_ESCPOS_BOLD ? 1 : 0);
	if (changed & YM_ESCPOS_BIG)
		BYTES(e, 0x1D, 0x21, style & YM_ESCPOS_BIG ? 0x11 : 0);
	e->style = style;
}

/* One character; false when the printer's set does not have it. */
static bool
put_char(struct ym_escpos *e, iconv_t to, const char *s, size_t n)
{
	char *in = (char *)s, mapped[8], *end = mapped;
	size_t left = n, room = sizeof mapped;

	if (to == (iconv_t)-1 || iconv(to, &in, &left, &end, &room) == (size_t)-1 || left)
		return false;
	n = (size_t)(end - mapped);
	if (n == 0 || (n == 1 && (uint8_t)mapped[0] >= 0x80) || (e->charset == YM_ESCPOS_GBK && n > 2))
		return false;
	bytes(e, mapped, n);
	return true;
}

static void
put_text(struct ym_escpos *e, const char *text)
{
	iconv_t to = iconv_open(e->charset == YM_ESCPOS_GBK ? "GBK" : "GB18030", "UTF-8");
	size_t left = strlen(text), n;
	uint32_t c;

	for (; left; text += n, left -= n) {
		n = ym_text_decode(text, left, &c);
		if (c < 0x20 || c == 0x7F || (c >= 0x80 && c < 0xA0))
			continue; /* a control would be a command */
		if (c < 0x80) {
			bytes(e, text, 1);
		} else if (c == 0xFFFD || !put_char(e, to, text, n)) {
			if (ym_text_cell(c) == 0)
				continue; /* a mark over a character: the character stands without it */
			bytes(e, geta, 2);
			e->n_replaced++;
		}
	}
	if (to != (iconv_t)-1)
		iconv_close(to);
}

void
ym_escpos_line(struct ym_escpos *e, int style, const char *text)
{
	set_style(e, style);
	put_text(e, text);
	BYTES(e, 0x0A);
}

void
ym_escpos_qr(struct ym_escpos *e, const char *text)
{
	size_t n = strlen(text), k = n + 3;

	if (n == 0)
		return;
	if (n > YM_ESCPOS_QR_MAX)
		return ym_escpos_line(e, 0, text);
	set_style(e, YM_ESCPOS_CENTER);
	BYTES(e, 0x1D, 0x28, 0x6B, 0x04, 0x00, 0x31, 0x41, 0x32, 0x00); /* model 2 */
	BYTES(e, 0x1D, 0x28, 0x6B, 0x03, 0x00, 0x31, 0x43, n > 200 ? 4 : 6);
	BYTES(e, 0x1D, 0x28, 0x6B, 0x03, 0x00, 0x31, 0x45, 0x31); /* level M */
	BYTES(e, 0x1D, 0x28, 0x6B, (uint8_t)(k & 0xFF), (uint8_t)(k >> 8), 0x31, 0x50, 0x30);
	bytes(e, text, n);
	BYTES(e, 0x1D, 0x28, 0x6B, 0x03, 0x00, 0x31, 0x51, 0x30);
	BYTES(e, 0x0A);
}

void
ym_escpos_end(struct ym_escpos *e, bool cut)
{
	set_style(e, 0);
	BYTES(e, 0x1C, 0x2E);
	BYTES(e, 0x1B, 0x64, 0x03);
	if (cut)
		BYTES(e, 0x1D, 0x56, 0x42, 0x00);
}

int
ym_escpos_width(const char *text)
{
	size_t left = strlen(text), n;
	int width = 0;
	uint32_t c;

	for (; left; text += n, left -= n) {
		n = ym_text_decode(text, left, &c);
		width += c < 0x20 || c == 0x7F || ym_text_cell(c) == 0 ? 0 : c < 0x80 ? 1 : 2;
	}
	return width;
}

/* -- status -- */

void
ym_escpos_ask(struct ym_buf *out, int n)
{
	ym_buf_add(out, (const uint8_t[]){0x10, 0x04, (uint8_t)n}, 3);
}

void
ym_escpos_ask_done(struct ym_buf *out)
{
	ym_buf_add(out, (const uint8_t[]){0x1D, 0x72, 0x01}, 3);
}

bool
ym_escpos_is_status(uint8_t byte)
{
	return (byte & 0x93) == 0x12;
}

bool
ym_escpos_is_done(uint8_t byte)
{
	return (byte & 0x90) == 0;
}

int
ym_escpos_faults(int n, uint8_t byte)
{
	int faults = 0;

	if (n == 1)
		return byte & 0x08 ? YM_ESCPOS_OFFLINE : 0;
	if (n == 2)
		return (byte & 0x04 ? YM_ESCPOS_COVER : 0) | (byte & 0x20 ? YM_ESCPOS_PAPER_OUT : 0) |
		       (byte & 0x40 ? YM_ESCPOS_ERROR : 0);
	if (n == 4) {
		faults |= byte & 0x0C ? YM_ESCPOS_PAPER_LOW : 0;
		faults |= byte & 0x60 ? YM_ESCPOS_PAPER_OUT : 0;
	}
	return faults;
}

int
ym_escpos_done_faults(uint8_t byte)
{
	return (byte & 0x03 ? YM_ESCPOS_PAPER_LOW : 0) | (byte & 0x0C ? YM_ESCPOS_PAPER_OUT : 0);
}

const char *
ym_escpos_fault_text(int faults)
{
	if (faults & YM_ESCPOS_COVER)
		return N_("The cover of the receipt printer is open: close it");
	if (faults & YM_ESCPOS_PAPER_OUT)
		return N_("The receipt printer has no paper: put in a new roll");
	if (faults & YM_ESCPOS_ERROR)
		return N_("The receipt printer reports a fault: switch it off and on, look for a jam");
	if (faults & YM_ESCPOS_OFFLINE)
		return N_("The receipt printer is off line: look at its keys and lamps");
	if (faults & YM_ESCPOS_PAPER_LOW)
		return N_("The receipt printer's roll is nearly at its end");
	return NULL;
}
