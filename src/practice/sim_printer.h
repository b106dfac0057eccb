/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A simulated ESC/POS receipt printer behind a pseudo-terminal: decodes the bytes it gets back to text, answers 10 04 n
 * and 1D 72 01 as the manuals say, runs out of paper. Not a way to read a paper that was not printed.
 * Invariant: a receipt is one piece of paper: what stands before a cut.
 */
#pragma once

#include "yimen/loop.h"

#include <stddef.h>

#define YM_SIM_RECEIPTS 64 /* the newest are kept */

struct ym_sim_printer_habits {
	bool is_silent;        /* answers nothing */
	bool is_endless;       /* sends status bytes without end as soon as it is asked anything */
	bool knows_no_done;    /* does not know 1D 72 01 */
	size_t paper_out_at;   /* the roll ends before this byte of what it prints; 0: not */
	size_t unplug_at;      /* the plug is pulled when so many bytes have come; 0: not */
	size_t stop_at;        /* takes no more than so many bytes; 0: no limit */
};

struct ym_sim_printer;
/* habits may be NULL. */
enum ym_code ym_sim_printer_new(struct ym_loop *loop, const char *link, const struct ym_sim_printer_habits *habits,
	struct ym_sim_printer **ret, struct ym_error *err) YM_MUST;
void ym_sim_printer_free(struct ym_sim_printer *p); /* accepts NULL */
void ym_sim_printer_set_paper(struct ym_sim_printer *p, bool on); /* takes the roll out, puts one in */
void ym_sim_printer_set_cover(struct ym_sim_printer *p, bool is_open);
void ym_sim_printer_set_low(struct ym_sim_printer *p, bool on);
void ym_sim_printer_set_habits(struct ym_sim_printer *p, const struct ym_sim_printer_habits *habits);
bool ym_sim_printer_has_paper(const struct ym_sim_printer *p);
bool ym_sim_printer_is_open(const struct ym_sim_printer *p);
void ym_sim_printer_unplug(struct ym_sim_printer *p); /* what it had not printed is gone */
enum ym_code ym_sim_printer_plug(struct ym_sim_printer *p, struct ym_error *err) YM_MUST;
void ym_sim_printer_plug_on(struct ym_sim_printer *p, int far_fd, int near_fd); /* ym_sim_line_plug_on */
bool ym_sim_printer_is_plugged(const struct ym_sim_printer *p);
size_t ym_sim_printer_n_bytes(const struct ym_sim_printer *p); /* taken since it was plugged in */
/* Receipts since the start; the i-th as UTF-8 lines ("[QR ...]" for a code, "**" around bold, "##" around big); NULL when too old. */
size_t ym_sim_printer_n_receipts(const struct ym_sim_printer *p);
const char *ym_sim_printer_receipt(const struct ym_sim_printer *p, size_t i);
/* What hangs out of it, not yet cut. */
const char *ym_sim_printer_uncut(const struct ym_sim_printer *p);
