/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * An office for tests of printing: a practice desk with a visit whose papers are made, opened as the workstation opens it (loop, hub,
 * helpers), with simulated receipt printers at its ports. Waits are for a fact with a long stop.
 * Invariant: the desk's folder outlives the station, so that it can be killed and opened again.
 */
#pragma once

#include "unit/cases/window.h"

#include "practice/sim_printer.h"
#include "station/edges.h"

#define OFFICE_PRINTERS 2
#define OFFICE_PAPERS 2
/* In no set of old printers (GBK): U+2CC56. */
#define OFFICE_RARE_NAME "欧阳𬱖"

struct office {
	struct window *window;   /* holds the desk's folder; its engine is closed */
	char dir[64];
	struct ym_loop *loop;
	struct ym_station *s;    /* NULL: not opened */
	struct ym_sim_printer *printers[OFFICE_PRINTERS];
	char links[OFFICE_PRINTERS][96];
};

/* The desk, with a visit of one decided case: OFFICE_PAPERS papers at least. No station is open. */
void office_make(struct office *o);
void office_free(struct office *o);
void office_set(struct office *o, const char *key, const char *value); /* a setting; no station is open */
/* Every paper to the receipt printer, or to A4. */
void office_send_all(struct office *o, const char *way);
/* A simulated printer at the i-th link; the far end lives here, whoever opens the station. */
void office_printer(struct office *o, int i, const struct ym_sim_printer_habits *habits);
/* The station opened, the printers that were made given to it as ports (profile NULL: receipt-80mm), the officer signed in. */
void office_open(struct office *o, const char *profile);
void office_sign_in(struct office *o);
void office_close(struct office *o);
bool office_until(struct office *o, bool (*done)(struct office *o));
#define office_wait(o, done) assert_true(office_until(o, done))
void office_idle(struct office *o, int ms); /* only to show that nothing happens */
void office_print(struct office *o, int paper);
/* The job of a paper; state NONE when none waits. */
struct ym_spool_line office_job(struct office *o, int paper);
int office_n_jobs(struct office *o);
int office_printed(struct office *o, int paper); /* times noted */
/* The station in a process of its own, printing the first paper until it is killed; that process's main asks whether it is it. */
pid_t office_start_other(struct office *o);
int office_is_other(int argc, char **argv);
