/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Keyboards that nobody named: perhaps one is a scanner, and is taught by the code that the screen shows (teach.h). Not for
 * scanners that a list or an officer named. Invariant: while teaching every keyboard keeps its number.
 */
#pragma once

#include "device/teach.h"
#include "device/watch.h"

struct ym_stranger {
	char *syspath; /* NULL: it left while teaching */
	char node[96], vid[8], pid[8], serial[64], path[96];
};

struct ym_strangers {
	struct ym_loop *loop;
	struct ym_stranger list[YM_TEACH_MAX];
	int n;
	struct ym_teach *teach;
	ym_source taught_timer;
	int taught; /* the one that typed the code, from its event to the timer; -1 */
	/* From the loop, when teaching is over: the one that typed the code; its syspath is NULL when it has left. Who gives it a
	 * name parts from it. */
	void (*on_taught)(void *user, const struct ym_stranger *it);
	void *user;
};

void ym_strangers_init(struct ym_strangers *s, struct ym_loop *loop, void (*on_taught)(void *user, const struct ym_stranger *it),
	void *user);
void ym_strangers_release(struct ym_strangers *s);
void ym_strangers_meet(struct ym_strangers *s, const struct ym_watch_device *d);
void ym_strangers_part(struct ym_strangers *s, const char *syspath);
/* As ym_hub_teach. */
enum ym_code ym_strangers_teach(struct ym_strangers *s, const char *code, struct ym_error *err) YM_MUST;
