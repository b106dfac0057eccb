/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a device driver is: one const struct, enough to write another driver from. Results come by callback.
 * Not for the screens (yimen/device.h). The hub picks a driver by subsystem and role, opens one session a device and
 * is the only caller. Invariant: a driver never sees the store or a case.
 *
 * Rules of a session:
 *  - open returns at once: nothing blocks, no event is sent before it has returned. The first event tells the state.
 *  - events are the last thing a driver does in a turn of its own; the hub may call start, cancel and self_test from
 *    inside an event, never close.
 *  - YM_DRIVER_GONE is the last event of a session; the hub then closes it.
 *  - one operation at a time, each with a deadline and clean-up steps (device/sequence.h).
 *  - what a card says is wiped as soon as the event has returned.
 * Card readers on other lines (USB bulk, HID) share the dialogue of idcard.h and bring only the line.
 * A new driver: its file here, one line in the table of hub.c, its ids in data/quirks/devices.json.
 */
#pragma once

#include "yimen/device.h"
#include "yimen/loop.h"

struct ym_recorder;
struct ym_driver_session; /* each driver's own */

enum ym_driver_event_kind {
	YM_DRIVER_STATE,   /* state; err (may be NULL) says why it needs attention; about, has_card */
	YM_DRIVER_CARD,    /* card */
	YM_DRIVER_FAILED,  /* err: a card that could not be read */
	YM_DRIVER_LIFTED,
	YM_DRIVER_TESTED,  /* err->code YM_OK or the fault */
	YM_DRIVER_SCANNED, /* scan */
	YM_DRIVER_IMAGE,   /* image */
	YM_DRIVER_PREVIEW, /* image */
	YM_DRIVER_DRAWING, /* strokes so far */
	YM_DRIVER_SIGNED,  /* strokes */
	YM_DRIVER_PRESSED, /* grade */
	YM_DRIVER_FINGER,  /* finger */
	YM_DRIVER_ORDERED, /* order, err: YM_OK or why not */
	YM_DRIVER_GONE,    /* the device left */
};
struct ym_driver_event {
	enum ym_driver_event_kind kind;
	enum ym_device_state state;
	bool has_card;
	const char *about;
	const struct ym_card *card;
	const struct ym_error *err;
	const struct ym_scan *scan;
	const struct ym_image *image;
	const struct ym_strokes *strokes;
	const struct ym_finger *finger;
	int grade;
	uint32_t order;
};
typedef void (*ym_driver_fn)(void *user, const struct ym_driver_event *event);

/* Milliseconds; 0 means the driver's default. Tests shorten them, sites lengthen them. */
struct ym_driver_timing {
	int reply_ms;   /* an answer to a short request: 1000 */
	int read_ms;    /* an answer that has to be read from a card: 3000 */
	int poll_ms;    /* between two looks for a card: 300, the least the sources allow */
	int settle_ms;  /* silence after a fault before the next request: 200 */
	int retry_ms;   /* before a device at fault is tried again: 2000 */
};

/* What a session gets from the hub; all borrowed for its life. recorder may be NULL. */
struct ym_driver_host {
	struct ym_loop *loop;
	const char *node;    /* device node to open */
	const char *profile; /* name of the profile or framing from the quirk; "" none */
	struct ym_driver_timing timing;
	struct ym_recorder *recorder;
	ym_driver_fn fn;
	void *user;
};

struct ym_driver_match {
	const char *subsystem; /* udev subsystem of the node; NULL ends the list */
	enum ym_device_role role;
};

struct ym_driver {
	const char *name;
	enum ym_device_role kind;
	const struct ym_driver_match *match;
	/* GONE when the node is not there, BUSY when another program has it, REFUSED without permission, IO. */
	enum ym_code (*open)(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err);
	void (*close)(struct ym_driver_session *session); /* accepts NULL */
	void (*start)(struct ym_driver_session *session); /* wait for input (a card), until cancelled */
	void (*cancel)(struct ym_driver_session *session);
	void (*self_test)(struct ym_driver_session *session); /* after the running operation; then YM_DRIVER_TESTED */
	/* NULL when the device takes no orders. REFUSED for a kind it cannot do, BUSY while one runs; YM_OK: one
	 * YM_DRIVER_ORDERED follows, also when it is cancelled or the device leaves (before YM_DRIVER_GONE). */
	enum ym_code (*order)(struct ym_driver_session *session, const struct ym_device_order *order, struct ym_error *err);
};

extern const struct ym_driver ym_idcard_serial;
extern const struct ym_driver ym_idcard_usb, ym_idcard_usb_hid; /* through the helper yimen-usb */
/* printer.c, profile_evaluator.c, profile_display.c, pad_serial.c, pad_evdev.c */
extern const struct ym_driver ym_printer, ym_profile_evaluator, ym_profile_display, ym_pad_serial, ym_pad_vendor;
extern const struct ym_driver ym_scanner_serial;
extern const struct ym_driver ym_scanner_hid;
extern const struct ym_driver ym_scanner_wedge, ym_pad_evdev; /* only with libevdev */
/* camera.c, finger.c */
extern const struct ym_driver ym_camera, ym_finger;
