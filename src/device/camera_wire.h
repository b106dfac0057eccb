/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the workstation and the helper program yimen-camera say to each other, in messages of device/helper.h. Both ends
 * read and write with this. Not the camera's own protocol (V4L2, in the helper). Invariant: a message is taken whole or not.
 *
 * Numbers are big-endian. To the helper:
 *   'P' preview: 1 byte on/off                      'S' shoot: rotate u16, most bytes u32 (0: any)     'T' self-test
 *   'L' look (--picture): most columns u16, most rows u16, JPEG
 *   'C' cut (--picture): struct ym_camera_cut as 8 u16, JPEG
 * From the helper:
 *   'R' ready: what the camera is, text             'N' attention: fault byte (the camera stays)       'D' tested: fault byte
 *   'V' preview, 'I' picture: head, then gray bytes or JPEG
 *   'F' the shot, look or cut failed: fault byte    'O' portrait: 9 u16, before the picture of a cut   'G' gone
 */
#pragma once

#include "base/mem.h"
#include "device/portrait.h"
#include "yimen/device.h"

/* Longest message either way: a picture. A camera that sends more sends nothing that can be kept. */
#define YM_CAMERA_MESSAGE_MAX (24u << 20)
/* Longest frame taken from a camera, and most pixels. */
#define YM_CAMERA_FRAME_MAX (48u << 20)
#define YM_CAMERA_PIXELS_MAX (64u << 20)
#define YM_CAMERA_PREVIEW_W 320
#define YM_CAMERA_PREVIEW_H 240

enum ym_camera_fault {
	YM_CAMERA_FINE,
	YM_CAMERA_NO_FORMAT,  /* nothing it offers can be used */
	YM_CAMERA_TOO_LARGE,  /* a frame or picture beyond the limits above */
	YM_CAMERA_SILENT,     /* no frame in time */
	YM_CAMERA_BROKEN,     /* only faulty or cut-off frames */
	YM_CAMERA_DAMAGED,    /* a picture that cannot be decoded */
	YM_CAMERA_TAKEN,      /* another program has it */
	YM_CAMERA_FORBIDDEN,  /* no permission */
	YM_CAMERA_IO,
	YM_N_CAMERA_FAULTS
};
/* The code and the sentence for people of a fault; YM_OK for FINE. */
enum ym_code ym_camera_fault_error(enum ym_camera_fault fault, struct ym_error *ret);

struct ym_camera_cut {
	uint16_t w, h, dpi;
	uint16_t head, top;       /* per mille of the height: crown to chin, above the crown; 0: cut from the middle */
	uint16_t most_kb, least_kb;
	uint16_t rotate;
};

struct ym_camera_message {
	uint8_t kind;
	bool on;
	int rotate;
	size_t max_bytes;
	int w, h;
	enum ym_camera_fault fault;
	struct ym_camera_cut cut;
	struct ym_portrait portrait;
	struct ym_image image;    /* V, I: data borrowed from the message */
	const uint8_t *data;      /* L, C: the JPEG */
	size_t n;
	char text[64];            /* R: printable ASCII */
};

/* False when it is not a message of this protocol: whoever sent it is not to be trusted any more. */
bool ym_camera_wire_read(uint8_t kind, const uint8_t *data, size_t n, struct ym_camera_message *ret);
/* Appends the body of a message (kind chooses what of m is written). */
void ym_camera_wire_write(const struct ym_camera_message *m, struct ym_buf *out);
