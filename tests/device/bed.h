/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A test bench for the card reader: loop, hub, simulated reader, and what the hub told, as counts and the last of each.
 * Waits are for a condition with a long stop, never for a time. Invariant: bed_down leaves nothing registered.
 */
#pragma once

#include "device/hub.h"
#include "practice/sim_reader.h"

struct bed {
	struct ym_loop *loop;
	struct ym_hub *hub;
	struct ym_sim_reader *sim;
	struct ym_device_ref ref;
	struct ym_card card;          /* the last one */
	int n_cards, n_failed, n_lifted, n_tested, n_changed;
	struct ym_error failed, tested;
	char log[4096];               /* "card resident", "failed BUSY", "lifted", one a line */
	bool disarm_on_busy;          /* the listener disarms as soon as a card is being read */
};

/* Short times; nothing below depends on them but silence. */
struct ym_driver_timing bed_timing(void);
/* With a simulated reader on a link in a fresh folder; sim options may be NULL (fastest). Not armed. */
void bed_up(struct bed *b, const struct ym_sim_options *sim, const struct ym_driver_timing *timing);
/* Only loop and hub; path is given to the hub when it is not NULL. */
void bed_up_bare(struct bed *b, const char *path, const struct ym_hub_options *opt);
void bed_down(struct bed *b);
/* Turns the loop until done(b) says so; false after 10 s. */
bool bed_until(struct bed *b, bool (*done)(struct bed *b));
/* Until the reader is in that state. */
bool bed_until_state(struct bed *b, enum ym_device_state state);
/* Turns the loop for about that long: only to show that nothing happens. */
void bed_idle(struct bed *b, int ms);
enum ym_device_state bed_state(struct bed *b);
struct ym_device_info bed_info(struct bed *b);

bool bed_has_card(struct bed *b);
bool bed_has_failed(struct bed *b);
bool bed_has_lifted(struct bed *b);
bool bed_has_tested(struct bed *b);
