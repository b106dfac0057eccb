/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A bench for devices that take orders: loop, hub, and what they said. Not the card readers' (bed.h).
 */
#pragma once

#include "device/hub.h"

struct counter {
	struct ym_loop *loop;
	struct ym_hub *hub;
	char folder[64], path[96];
	struct ym_device_ref ref;
	/* what came */
	int n_ordered, n_pressed, n_drawing, n_signed, n_tested, n_orders_after_gone;
	int grade;
	struct ym_error ordered, tested;
	uint32_t order;
	struct ym_stroke_point points[64]; /* the first of a signature */
	size_t n_points;
	int width, height;
};

/* Short patience: an answer within reply_ms, the rest below it. */
void counter_up(struct counter *c, enum ym_device_role role, const char *profile, const struct ym_driver_timing *timing);
void counter_down(struct counter *c);
/* Turns until done says so; false after 10 s. */
bool counter_until(struct counter *c, bool (*done)(struct counter *c));
bool counter_until_state(struct counter *c, enum ym_device_state state);
bool counter_has_ordered(struct counter *c);
void counter_idle(struct counter *c, int ms);
struct ym_device_info counter_info(struct counter *c);
/* Give an order with a fresh id; its code. */
enum ym_code counter_order(struct counter *c, enum ym_device_order_kind kind, const void *data, size_t n, const char *text);
