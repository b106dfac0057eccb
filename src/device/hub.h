/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The hub: finds devices (udev, configured ports), binds drivers, keeps what screens see of them. What screens call is
 * in yimen/device.h; this is for whoever composes a station or practice. Not for protocols (drivers).
 * Invariant: a device is known by its identity and its ref, never by a node name or a bus address.
 */
#pragma once

#include "device/driver.h"
#include "yimen/loop.h"

#define YM_HUB_MAX 32 /* devices at once; more are ignored with a line in the log */

struct ym_hub_options {
	bool no_udev;             /* configured ports only (practice, most tests) */
	const char *site_rules;   /* a site's devices.json, NULL when it has none */
	struct ym_driver_timing timing;
	int reopen_ms;            /* between attempts to open an absent port: 0 means 1000 */
	const char *record_dir;   /* record each session to a new file in this folder; NULL: off */
	bool record_test_cards;   /* with payload in clear: only for invented cards */
};
/* opt may be NULL. Without udev (a container) it works with configured ports. INVALID for a broken site_rules file;
 * the shipped rules being unreadable is logged, not fatal. */
enum ym_code ym_hub_new(struct ym_loop *loop, const struct ym_hub_options *opt, struct ym_hub **ret, struct ym_error *err)
	YM_MUST;
/* Closes everything. Not from inside a listener. Accepts NULL. */
void ym_hub_free(struct ym_hub *hub);

/* A port that configuration names: path may be a symbolic link and need not exist yet; it is opened whenever it is
 * there; a device that udev found at the same node becomes this one. identity is what the device is remembered by (any stable ASCII name). CONFLICT when it is known already,
 * BUSY when the table is full. ret may be NULL. */
struct ym_hub_port {
	const char *path;
	enum ym_device_role role;
	const char *identity;
	const char *subsystem; /* how it is spoken to; NULL: "tty" */
	const char *profile;   /* NULL: none */
};
enum ym_code ym_hub_add_port(struct ym_hub *hub, const struct ym_hub_port *port, struct ym_device_ref *ret, struct ym_error *err)
	YM_MUST;
/* Forgets a configured port; also from inside a listener. */
void ym_hub_remove_port(struct ym_hub *hub, struct ym_device_ref ref);
/* Try absent ports now instead of at the next round. */
void ym_hub_retry(struct ym_hub *hub);
