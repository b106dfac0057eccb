/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Input devices of a mock kernel (umockdev): their abilities, their grab, their events; and the turns of a hub that has them. Not what a
 * driver makes of them.
 */
#pragma once

#include <linux/input.h>
#include <umockdev.h>

#include "base/mem.h"
#include "device/hub.h"

#define INPUT_ABS_MAX 8

/* What the kernel tells of it. */
struct input_face {
	const char *name;
	int key_from, key_to;      /* every key between them */
	const int *keys;           /* and these; ends in 0, or NULL */
	struct {
		int code;
		struct input_absinfo info;
	} axes[INPUT_ABS_MAX];
	int n_axes;
	const char *properties;    /* udev's: "E: ID_INPUT_KEYBOARD=1\n" */
};
struct input_mock {
	const struct input_face *face;
	UMockdevIoctlBase *handler;
	char node[64], sys[160];
	int far_fd;
	int n_grabs;               /* seen by the mock kernel */
	bool is_grabbed, is_taken; /* is_taken: another program has it */
};

/* In socket n of the machine. serial may be "". */
void input_plug(UMockdevTestbed *machine, struct input_mock *k, const struct input_face *face, int n, const char *vid, const char *pid,
	const char *serial);
void input_unplug(UMockdevTestbed *machine, struct input_mock *k);
void input_send(struct input_mock *k, int type, int code, int value);

/* -- turns: waits are for a fact, with a long stop -- */
void input_turn(struct ym_loop *loop, int ms);
void input_until(struct ym_loop *loop, const int *count, int wanted);
struct ym_device_info input_device(const struct ym_hub *hub, enum ym_device_role role); /* zeroed when there is none */
void input_until_state(struct ym_loop *loop, const struct ym_hub *hub, enum ym_device_role role, enum ym_device_state state);
