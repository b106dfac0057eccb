/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A bench inside the emulated machine: points, USB gadgets, a hub under the real udev and what it told. Both ends of every
 * wire are in one process, so that a time is the difference of two readings of one clock. Not for mock machines (tests/device).
 * Invariant: waits are for a condition with a long stop; a slow machine is late, not wrong.
 */
#pragma once

#include <sys/types.h>

#include "base/mem.h"
#include "device/hub.h"

#define LAB_LONG_MS 30000

/* -- points: one line each, "ok - part: text" -- */
void lab_part(const char *name);
bool lab_point(bool is_ok, const char *fmt, ...) __attribute__((format(printf, 2, 3))); /* is_ok again */
void lab_skip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void lab_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int lab_end(void); /* for main: 1 when a point failed */

/* -- gadgets (gadget.c): a device made of functions; names are folders of configfs -- */
bool lab_gadget_make(const char *name, const char *vid, const char *pid, const char *serial);
/* type.instance as configfs wants it ("acm.0"). False when this kernel has no such function. */
bool lab_gadget_function(const char *name, const char *function);
/* Writes an attribute, path relative to the gadget. */
bool lab_gadget_set(const char *name, const char *path, const void *data, size_t n);
bool lab_gadget_use(const char *name, const char *function); /* into the configuration, after its attributes */
/* A gadget of one HID function, in its configuration. False when this kernel has none. */
struct lab_hid {
	const char *protocol, *subclass, *report_length;
	const uint8_t *descriptor;
	size_t n;
};
bool lab_gadget_hid(const char *name, const char *vid, const char *pid, const char *serial, const char *function, const struct lab_hid *hid);
bool lab_gadget_plug(const char *name);
void lab_gadget_unplug(const char *name);
/* "/dev/ttyGS0", "/dev/hidg1": the numbers are the kernel's. Yours. NULL when it cannot be told. */
char *lab_gadget_far(const char *name, const char *function);
/* A node that the kernel makes for the far end; waits for it. -1 when it does not come. Raw when it is a terminal. */
int lab_open_far(const char *node);

/* -- gadgets of bulk pipes (pipes.c): pair i is IN ep(2i+1), OUT ep(2i+2) -- */
struct lab_pipes {
	uint8_t class, subclass, protocol;
	int n_pairs;
};
/* Mounts the function ffs.NAME at folder (made here) and describes it; the control pipe, which stays open as long as the
 * gadget is to be. -1 and a note when the kernel refuses. */
int lab_pipes_open(const char *name, const char *folder, const struct lab_pipes *p);
int lab_pipe_open(const char *folder, int n); /* blocking */

/* -- the hub -- */
struct lab {
	struct ym_loop *loop;
	struct ym_hub *hub;
	enum ym_device_role role;
	/* what came */
	struct ym_card card;
	int n_cards, n_failed, n_lifted, n_tested, n_scans, n_ordered, n_images;
	struct ym_error failed, tested, ordered;
	char scan[YM_SCAN_MAX + 1];
	char *jpeg;
	size_t n_jpeg;
	int n_signed, n_drawing;
	struct ym_strokes strokes; /* without its points */
	/* milliseconds of one clock; 0: not yet */
	int64_t plugged_at, kernel_at, ready_at, card_at;
	bool is_mute; /* the device answers nothing, and the driver first waits for an answer: not measured */
	const char *kernel_node; /* the node whose uevent counts, up to its number: "ttyACM"; the gadgets' bus is the first */
	struct lab_kernel *kernel;
};
/* With udev and the site's rules; role is armed. */
bool lab_up(struct lab *l, enum ym_device_role role, const char *kernel_node);
void lab_down(struct lab *l);
bool lab_until(struct lab *l, bool (*done)(struct lab *l));
bool lab_until_state(struct lab *l, enum ym_device_state state);
bool lab_until_gone(struct lab *l);
void lab_idle(struct lab *l, int ms);
struct ym_device_info lab_info(struct lab *l); /* of the role's device */
bool lab_has_card(struct lab *l);
bool lab_has_failed(struct lab *l);
bool lab_has_scan(struct lab *l);
bool lab_has_ordered(struct lab *l);
/* Plugs in, waits for READY, prints how long it took since the kernel's event. */
bool lab_plug_ready(struct lab *l, const char *gadget);
/* A process that plays a far end: waited for, and ended when it does not end. */
void lab_end_hand(pid_t pid);
/* Point: the node belongs to group, and nobody else may use it. */
void lab_point_access(struct lab *l, const char *group);

/* Runs the program yimen with arguments (up to NULL) while the far ends go on; its exit code, and what it said (yours). */
int lab_yimen(struct lab *l, char **ret_said, ...) __attribute__((sentinel));

/* -- parts -- */
void lab_serial(void);
void lab_bulk(void);
void lab_hid(void);
void lab_codes(void);
void lab_wedge(void);
void lab_receipt(void);
void lab_camera(void);
void lab_pad(void);
