/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The inside of one capture, shared by the capture_*.c files only.
 * Invariant: whatever shows or carries a person (pixels, whole, cut, templates) is wiped when the capture ends.
 */
#pragma once

#include "device/camera_wire.h"
#include "device/helper.h"
#include "station/private.h"

#define YM_CAPTURE_PAGE_BYTES (512u << 10)      /* a page's size goal: print stays readable, half a second on a slow line */
#define YM_CAPTURE_PORTRAIT_BYTES (1200u << 10) /* the whole picture that portraits are cut from */
#define YM_CAPTURE_FINGER_BYTES (64u << 10)
#define YM_CAPTURE_PAGES_MAX 24
#define YM_CAPTURE_ORDER_BASE 0x40000000u       /* order ids of other files lie below */

enum ym_picture_job { YM_PICTURE_NONE, YM_PICTURE_LOOK, YM_PICTURE_CUT };
struct ym_capturing {
	struct ym_station *station;
	struct ym_capture view;
	char visit[40];
	enum ym_device_role role;
	uint32_t n_orders, order;                /* order: in flight, 0 none */
	uint8_t pixels[YM_CAMERA_PREVIEW_W * YM_CAMERA_PREVIEW_H];
	bool is_judging;
	/* capture_picture.c */
	struct ym_helper *pictures;
	enum ym_picture_job job;
	int job_page;
	struct ym_camera_cut cut_order;
	struct ym_portrait portrait;
	struct ym_buf whole, cut;                /* the portrait to be judged */
	struct ym_capture_page whole_page;       /* used again: the whole is stored already */
	struct ym_capture_source source;
	char source_desk[32];
	/* capture_keep.c */
	struct ym_blob_writer *writers[2];
	struct ym_capture_page made[3];
	int n_writers, n_made, at_writer;
	bool replaces;
	char note[600];
	ym_source slice;
	/* capture_finger.c */
	struct ym_buf templates[YM_FINGERS];
	struct ym_buf skipped;                   /* JSON members */
};

/* capture.c */
void ym_capture_changed(struct ym_capturing *c);           /* phase and notice */
void ym_capture_failed(struct ym_capturing *c, const struct ym_error *err);
void ym_capture_show(struct ym_capturing *c, const struct ym_image *gray, int page);
enum ym_code ym_capture_order(struct ym_capturing *c, struct ym_device_order *order, struct ym_error *err) YM_MUST;
/* capture_photo.c: standards of data/photo */
bool ym_capture_is_portrait(struct ym_station *s, const char *kind);
void ym_capture_standard(struct ym_capturing *c, const char *kind);
void ym_capture_check(struct ym_capturing *c, const struct ym_image *cut);
/* capture_picture.c */
void ym_capture_picture_stop(struct ym_capturing *c);
enum ym_code ym_capture_picture_look(struct ym_capturing *c, const void *jpeg, size_t n, int page, struct ym_error *err) YM_MUST;
enum ym_code ym_capture_picture_cut(struct ym_capturing *c, struct ym_error *err) YM_MUST;   /* out of c->whole */
/* capture_keep.c */
void ym_capture_keep(struct ym_capturing *c, struct ym_buf *data, const char *media, const char *what);
void ym_capture_keep_stop(struct ym_capturing *c);
/* capture_finger.c */
void ym_capture_fingers_begin(struct ym_capturing *c);
void ym_capture_on_finger(struct ym_capturing *c, const struct ym_finger *finger);
void ym_capture_finger_over(struct ym_capturing *c, const struct ym_error *err);
void ym_capture_fingers_go_on(struct ym_capturing *c);
void ym_capture_fingers_stop(struct ym_capturing *c);
bool ym_capture_card_offer(struct ym_capturing *c, struct ym_offer *ret);
enum ym_code ym_capture_with_card(struct ym_capturing *c, struct ym_error *err) YM_MUST;
