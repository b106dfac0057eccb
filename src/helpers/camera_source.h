/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Where yimen-camera's frames come from: a V4L2 node, or a drawn scene (practice, tests). Both feed the same path.
 * Not what is done with a frame. Invariant: a frame is borrowed until the next call.
 */
#pragma once

#include "device/camera_wire.h"

#define CAMERA_GONE YM_N_CAMERA_FAULTS /* the device left: the last thing a source says */

struct camera_frame {
	const uint8_t *data;
	size_t n;
	int w, h;
	bool is_jpeg; /* else YUYV, two bytes a pixel, rows of `stride` bytes */
	int stride;
};
/* Functions return an enum ym_camera_fault or CAMERA_GONE. */
struct camera_source {
	int (*open)(const char *where, char about[64]);
	int (*start)(void); /* frames from now on */
	void (*stop)(void);
	/* The next whole frame; YM_CAMERA_SILENT when none comes in time, BROKEN for one that is marked faulty. */
	int (*next)(int timeout_ms, struct camera_frame *ret);
	void (*close)(void);
};

extern const struct camera_source camera_v4l2, camera_scene;
