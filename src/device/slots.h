/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The hub's table of devices: a slot a device, with its driver's session, what the screens see of it, and what was ordered.
 * Not for finding devices (hub.c) and not for protocols (drivers). Sessions are closed from the slot's timer, never from
 * inside a driver's event. Invariant: a slot in use has a generation no earlier device had.
 */
#pragma once

#include "device/hub.h"

struct ym_slots;

struct ym_slot {
	struct ym_slots *table;
	bool is_used, is_configured;
	bool is_certain;  /* the role is known; otherwise the port is let go when nothing answers */
	bool is_leaving;  /* to be forgotten at the next timer */
	bool is_over;     /* the session said GONE: to be closed at the next timer */
	bool is_seen;     /* during a listing */
	bool was_ready;
	bool is_testing;
	uint32_t order;   /* the one that has not ended; 0: none */
	enum ym_device_order_kind order_kind;
	struct ym_device_info info;
	char *syspath;    /* udev devices */
	char *node;
	char *subsystem;
	char *profile;    /* never NULL */
	const struct ym_driver *driver;
	struct ym_driver_session *session;
	struct ym_recorder *recorder;
	ym_source timer;
};

struct ym_slots {
	struct ym_loop *loop;
	struct ym_driver_timing timing;
	int reopen_ms;
	char *record_dir;
	bool record_test_cards;
	struct ym_slot slots[YM_HUB_MAX];
	uint32_t next_generation;
	bool is_armed[YM_N_ROLES];
	ym_device_fn fn;
	void *user;
};

/* options is borrowed for the call. */
void ym_slots_init(struct ym_slots *t, struct ym_loop *loop, const struct ym_hub_options *options);
void ym_slots_release(struct ym_slots *t);
void ym_slots_tell(struct ym_slots *t, struct ym_device_event ev);

/* A slot, not yet begun; NULL when the table is full. driver NULL: this version has none for it. */
struct ym_slot *ym_slots_new(struct ym_slots *t, const struct ym_driver *driver, enum ym_device_role role, const char *subsystem,
	const char *node, const char *identity, const char *profile);
/* The first attempt comes from the loop, so that nobody is called back before the caller has its ref. */
void ym_slots_begin(struct ym_slot *s);
/* Tries to open it now instead of at the next round. */
void ym_slots_retry(struct ym_slot *s);
/* Out of the table: at once, or from the loop. */
void ym_slots_forget(struct ym_slot *s);
void ym_slots_dismiss(struct ym_slot *s);
/* udev says that it was pulled out. */
void ym_slots_lose(struct ym_slot *s);

/* NULL when it is not there any more. */
struct ym_slot *ym_slots_find(const struct ym_slots *t, struct ym_device_ref ref);
struct ym_slot *ym_slots_find_syspath(struct ym_slots *t, const char *syspath);
/* The slot of a device that is there to be spoken to: NOTFOUND, GONE. */
enum ym_code ym_slots_find_session(struct ym_slots *t, struct ym_device_ref ref, struct ym_slot **ret, struct ym_error *err) YM_MUST;
