/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The far end of a serial line for simulated devices: a pseudo-terminal that can be unplugged. Not a device.
 * Invariant: the driver's side is reached by the link alone, because the number of a freed pseudo-terminal soon is somebody
 * else's terminal.
 */
#pragma once

#include "base/mem.h"
#include "yimen/loop.h"

struct ym_sim_line {
	struct ym_loop *loop;
	char *link;
	char node[64];
	int master, slave;
	ym_source source;
	void (*on_bytes)(void *user, const uint8_t *data, size_t n);
	void *user;
};

/* Plugged in when it returns. Storage is the caller's. */
enum ym_code ym_sim_line_open(struct ym_sim_line *l, struct ym_loop *loop, const char *link,
	void (*on_bytes)(void *user, const uint8_t *data, size_t n), void *user, struct ym_error *err) YM_MUST;
/* Accepts a zeroed one. */
void ym_sim_line_close(struct ym_sim_line *l);
enum ym_code ym_sim_line_plug(struct ym_sim_line *l, struct ym_error *err) YM_MUST;
/* On a line that somebody else has made (a mock machine's node); takes both descriptors, near_fd is only held. */
void ym_sim_line_plug_on(struct ym_sim_line *l, int far_fd, int near_fd);
void ym_sim_line_unplug(struct ym_sim_line *l);
bool ym_sim_line_is_plugged(const struct ym_sim_line *l);
void ym_sim_line_send(struct ym_sim_line *l, const void *data, size_t n);
/* Takes no bytes while held: the other side's writing comes to a stop. */
void ym_sim_line_hold(struct ym_sim_line *l, bool on);
