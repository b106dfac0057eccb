/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See sim_printer.h. Real-time questions are answered as they come; everything else waits in the printer's memory until there
 * is paper and the cover is closed, as on the wire.
 */
#include "practice/sim_printer.h"

#include <iconv.h>

#include "practice/sim_line.h"

#define MEMORY (256u << 10)
#define BABBLE_MS 1

struct ym_sim_printer {
	struct ym_sim_line line;
	struct ym_sim_printer_habits habits;
	ym_source babble;
	bool has_paper, is_open, is_low;
	size_t n_bytes, n_printed;
	struct ym_buf memory;   /* taken, not yet printed */
	struct ym_buf sheet;    /* printed, not yet cut */
	struct ym_buf row;      /* bytes of the line that is being printed */
	struct ym_buf qr;
	bool is_bold, is_big;
	char *receipts[YM_SIM_RECEIPTS];
	size_t n_receipts;
	uint8_t last[2];        /* for real-time questions */
};

static void
put_row(struct ym_sim_printer *p)
{
	iconv_t cd = iconv_open("UTF-8", "GB18030");
	char *in = p->row.data, out[2048], *end = out;
	size_t left = p->row.len, room = sizeof out;
	const char *mark = p->is_big ? "##" : p->is_bold ? "**" : "";

	if (cd != (iconv_t)-1) {
		if (left && iconv(cd, &in, &left, &end, &room) == (size_t)-1)
			ym_buf_adds(&p->sheet, "<?>");
		iconv_close(cd);
	}
	if (end > out)
		ym_buf_adds(&p->sheet, mark);
	ym_buf_add(&p->sheet, out, (size_t)(end - out));
	if (end > out)
		ym_buf_adds(&p->sheet, mark);
	ym_buf_addc(&p->sheet, '\n');
	ym_buf_clear(&p->row);
}

static void
cut(struct ym_sim_printer *p)
{
	char **place = &p->receipts[p->n_receipts++ % YM_SIM_RECEIPTS];

	free(*place);
	*place = ym_strdup(ym_buf_str(&p->sheet));
	ym_buf_clear(&p->sheet);
}

static void
send_byte(struct ym_sim_printer *p, uint8_t byte)
{
	if (!p->habits.is_silent)
		ym_sim_line_send(&p->line, &byte, 1);
}

static void
on_babble(void *user)
{
	struct ym_sim_printer *p = user;
	uint8_t noise[256];

	memset(noise, 0x12, sizeof noise);
	p->babble = 0;
	if (!p->habits.is_endless || !ym_sim_line_is_plugged(&p->line))
		return;
	ym_sim_line_send(&p->line, noise, sizeof noise);
	p->babble = ym_loop_add_timer(p->line.loop, "simulated printer", BABBLE_MS, on_babble, p);
}

static void
answer_now(struct ym_sim_printer *p, int n)
{
	bool stops = !p->has_paper || p->is_open;

	if (p->habits.is_endless && !p->babble)
		p->babble = ym_loop_add_timer(p->line.loop, "simulated printer", BABBLE_MS, on_babble, p);
	if (n == 1)
		send_byte(p, (uint8_t)(0x12 | (stops ? 0x08 : 0)));
	else if (n == 2)
		send_byte(p, (uint8_t)(0x12 | (p->is_open ? 0x04 : 0) | (!p->has_paper ? 0x20 : 0)));
	else if (n == 4)
		send_byte(p, (uint8_t)(0x12 | (p->is_low ? 0x0C : 0) | (!p->has_paper ? 0x60 : 0)));
}

/* GS ( k: a QR code is stored, then printed. */
static void
run_qr(struct ym_sim_printer *p, const uint8_t *c, size_t k)
{
	if (k >= 3 && c[0] == 0x31 && c[1] == 0x50) {
		ym_buf_clear(&p->qr);
		ym_buf_add(&p->qr, c + 3, k - 3);
	} else if (k >= 3 && c[0] == 0x31 && c[1] == 0x51) {
		ym_buf_addf(&p->sheet, "[QR %s]", ym_buf_str(&p->qr));
	}
}

/* The length of the command at c, 0 when it is not complete. */
static size_t
length_of(const uint8_t *c, size_t n)
{
	static const struct {
		uint8_t a, b;
		size_t n;
	} known[] = {{0x1B, 0x40, 2}, {0x1C, 0x26, 2}, {0x1C, 0x2E, 2}, {0x1B, 0x61, 3}, {0x1B, 0x45, 3}, {0x1B, 0x64, 3}, {0x1D, 0x21, 3},
		{0x1D, 0x72, 3}, {0x10, 0x04, 3}};

	if (c[0] != 0x1B && c[0] != 0x1C && c[0] != 0x1D && c[0] != 0x10)
		return 1;
	if (n < 2)
		return 0;
	for (size_t i = 0; i < YM_ARRAY_LEN(known); i++)
		if (known[i].a == c[0] && known[i].b == c[1])
			return n < known[i].n ? 0 : known[i].n;
	if (c[0] == 0x1D && c[1] == 0x56)
		return n < 3 ? 0 : c[2] < 2 ? 3 : n < 4 ? 0 : 4;
	if (c[0] == 0x1D && c[1] == 0x28) {
		size_t k = n < 5 ? 0 : 5u + c[3] + 256u * c[4];

		return n < k ? 0 : k;
	}
	return 1; /* it prints what it does not know */
}

static void
run(struct ym_sim_printer *p, const uint8_t *c, size_t n)
{
	if (n == 1 && c[0] == 0x0A)
		return put_row(p);
	if (n == 1) {
		ym_buf_add(&p->row, c, 1);
		return;
	}
	switch (c[0] << 8 | c[1]) {
	case 0x1B40:
		p->is_bold = p->is_big = false;
		ym_buf_clear(&p->row);
		break;
	case 0x1B45:
		p->is_bold = c[2] & 1;
		break;
	case 0x1D21:
		p->is_big = c[2] != 0;
		break;
	case 0x1D28:
		run_qr(p, c + 5, n - 5);
		break;
	case 0x1D56:
		cut(p);
		break;
	case 0x1D72:
		if (!p->habits.knows_no_done)
			send_byte(p, p->is_low ? 0x03 : 0x00);
		break;
	default:
		break;
	}
}

static void
print(struct ym_sim_printer *p)
{
	while (p->memory.len && p->has_paper && !p->is_open) {
		size_t n = length_of((const uint8_t *)p->memory.data, p->memory.len);

		if (!n)
			return;
		p->n_printed += n;
		if (p->habits.paper_out_at && p->n_printed >= p->habits.paper_out_at) {
			p->habits.paper_out_at = 0;
			p->n_printed -= n;
			p->has_paper = false;
			return;
		}
		run(p, (const uint8_t *)p->memory.data, n);
		ym_buf_drop(&p->memory, n);
	}
}

static void
on_bytes(void *user, const uint8_t *data, size_t n)
{
	struct ym_sim_printer *p = user;

	for (size_t i = 0; i < n; i++) {
		p->n_bytes++;
		if (p->habits.unplug_at && p->n_bytes >= p->habits.unplug_at) {
			print(p);
			p->habits.unplug_at = 0;
			return ym_sim_printer_unplug(p);
		}
		ym_buf_addc(&p->memory, (char)data[i]);
		if (p->last[0] == 0x10 && p->last[1] == 0x04)
			answer_now(p, data[i]);
		p->last[0] = p->last[1];
		p->last[1] = data[i];
	}
	print(p);
	if (p->habits.stop_at && p->n_bytes >= p->habits.stop_at)
		ym_sim_line_hold(&p->line, true);
}

enum ym_code
ym_sim_printer_new(struct ym_loop *loop, const char *link, const struct ym_sim_printer_habits *habits, struct ym_sim_printer **ret,
	struct ym_error *err)
{
	struct ym_sim_printer *p = ym_alloc(sizeof *p);
	enum ym_code code;

	if (habits)
		p->habits = *habits;
	p->has_paper = true;
	p->memory.max = p->sheet.max = MEMORY;
	p->row.max = p->qr.max = 1024;
	code = ym_sim_line_open(&p->line, loop, link, on_bytes, p, err);
	if (code) {
		ym_sim_printer_free(p);
		return code;
	}
	*ret = p;
	return YM_OK;
}

void
ym_sim_printer_free(struct ym_sim_printer *p)
{
	if (!p)
		return;
	if (p->line.loop)
		ym_loop_remove(p->line.loop, p->babble);
	ym_sim_line_close(&p->line);
	ym_buf_release(&p->memory);
	ym_buf_release(&p->sheet);
	ym_buf_release(&p->row);
	ym_buf_release(&p->qr);
	for (size_t i = 0; i < YM_SIM_RECEIPTS; i++) {
		if (p->receipts[i])
			explicit_bzero(p->receipts[i], strlen(p->receipts[i]));
		free(p->receipts[i]);
	}
	free(p);
}

void
ym_sim_printer_set_paper(struct ym_sim_printer *p, bool on)
{
	p->has_paper = on;
	print(p);
}

void
ym_sim_printer_set_cover(struct ym_sim_printer *p, bool is_open)
{
	p->is_open = is_open;
	print(p);
}

void
ym_sim_printer_set_low(struct ym_sim_printer *p, bool on)
{
	p->is_low = on;
}

void
ym_sim_printer_set_habits(struct ym_sim_printer *p, const struct ym_sim_printer_habits *habits)
{
	p->habits = *habits;
	p->n_printed = 0;
	ym_sim_line_hold(&p->line, p->habits.stop_at && p->n_bytes >= p->habits.stop_at);
}

bool
ym_sim_printer_has_paper(const struct ym_sim_printer *p)
{
	return p->has_paper;
}

bool
ym_sim_printer_is_open(const struct ym_sim_printer *p)
{
	return p->is_open;
}

void
ym_sim_printer_unplug(struct ym_sim_printer *p)
{
	ym_sim_line_unplug(&p->line);
	ym_loop_remove(p->line.loop, p->babble);
	p->babble = 0;
	ym_buf_clear(&p->memory);
	ym_buf_clear(&p->row);
	ym_buf_clear(&p->sheet); /* somebody tears it off */
	p->n_bytes = 0;
	memset(p->last, 0, sizeof p->last);
}

enum ym_code
ym_sim_printer_plug(struct ym_sim_printer *p, struct ym_error *err)
{
	return ym_sim_line_plug(&p->line, err);
}

void
ym_sim_printer_plug_on(struct ym_sim_printer *p, int far_fd, int near_fd)
{
	ym_sim_line_plug_on(&p->line, far_fd, near_fd);
}

bool
ym_sim_printer_is_plugged(const struct ym_sim_printer *p)
{
	return ym_sim_line_is_plugged(&p->line);
}

size_t
ym_sim_printer_n_bytes(const struct ym_sim_printer *p)
{
	return p->n_bytes;
}

size_t
ym_sim_printer_n_receipts(const struct ym_sim_printer *p)
{
	return p->n_receipts;
}

const char *
ym_sim_printer_receipt(const struct ym_sim_printer *p, size_t i)
{
	return i < p->n_receipts && i + YM_SIM_RECEIPTS >= p->n_receipts ? p->receipts[i % YM_SIM_RECEIPTS] : NULL;
}

const char *
ym_sim_printer_uncut(const struct ym_sim_printer *p)
{
	return ym_buf_str(&p->sheet);
}
