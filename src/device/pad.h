/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A signature being drawn: points with times until the pen rests. Shared by the drivers of pads; they bring the points.
 * Not a picture, not a comparison of signatures. Invariant: an asking ends in one signature or one reason; a signature that
 * was broken off is forgotten, never handed on as a whole one.
 */
#pragma once

#include "device/driver.h"

#define YM_PAD_POINTS 20000
#define YM_PAD_DOT 4 /* fewer touching points than this are a slip of the hand */

struct ym_pad {
	const struct ym_driver_host *host;
	const char *about;
	int width, height, seconds, idle_ms;
	bool is_asking;
	uint32_t order;
	struct ym_stroke_point *points;
	size_t n, n_touching;
	bool is_down;
	bool has_pressure;  /* the driver's to say: it measures how hard the pen is pressed */
	int64_t began_ms, told_ms;
	ym_source limit, rest;
	void (*on_end)(void *user, bool signed_it); /* the asking is over: let go of the device; before the events. May be NULL */
	void *user;
};

/* host is borrowed; zero the struct before. */
void ym_pad_init(struct ym_pad *p, const struct ym_driver_host *host, const char *about, int width, int height, int seconds, int idle_ms,
	void (*on_end)(void *user, bool signed_it), void *user);
void ym_pad_release(struct ym_pad *p); /* drops an asking without a word; accepts a zeroed one */
/* BUSY while one runs. */
enum ym_code ym_pad_ask(struct ym_pad *p, uint32_t order, struct ym_error *err) YM_MUST;
/* A point; pressure 0: the pen is over the pad, or lifted. */
void ym_pad_point(struct ym_pad *p, int x, int y, int pressure);
void ym_pad_cancel(struct ym_pad *p);
/* Points were lost: what is half drawn is no signature. */
void ym_pad_spoilt(struct ym_pad *p);
/* The device left: ORDERED when one was asked, then GONE. */
void ym_pad_lost(struct ym_pad *p);
void ym_pad_tell(struct ym_pad *p, enum ym_device_state state, const struct ym_error *err);
