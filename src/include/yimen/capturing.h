/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The capture that is going on at the window: device, picture, what was measured of it, fingers. Not what was captured
 * (yimen/captures.h) and no judgement beyond what is said to have been measured. Invariant: a picture of a person is in
 * memory only while the capture goes on.
 */
#pragma once

#include "yimen/captures.h"
#include "yimen/station.h"

/* -- the capture at the window (ym_station_*): one at a time, for one material of the open visit -- */
enum ym_capture_mode { YM_CAPTURE_PAGES, YM_CAPTURE_PORTRAIT, YM_CAPTURE_FINGERS };
enum ym_capture_phase {
	YM_PHASE_NO_DEVICE,   /* none is there: only what was captured before, or "seen", or later */
	YM_PHASE_STARTING,
	YM_PHASE_LIVE,        /* armed: the camera shows what it sees, the reader waits for the finger */
	YM_PHASE_SHOOTING,
	YM_PHASE_WORKING,     /* sealing, cutting, or opening a page */
	YM_PHASE_JUDGE,       /* a portrait is there: take it or make another */
	YM_PHASE_DONE,        /* fingers: everything asked for is there */
	YM_PHASE_FAULT,       /* the device needs a person: error says what */
};
/* One thing measured on a portrait against its standard. */
struct ym_photo_check {
	char text[160];       /* "头部宽 17 毫米,要求 15–22": data's language */
	bool is_good, is_measured;
};
#define YM_PHOTO_CHECKS 10
struct ym_photo_standard {
	const char *id, *name, *by_eye, *source;
};
#define YM_FINGERS 2
enum ym_finger_state { YM_FINGER_WANTED, YM_FINGER_TAKING, YM_FINGER_TAKEN, YM_FINGER_EXCEPTED };
struct ym_finger_line {
	int finger;           /* struct ym_finger's numbering */
	enum ym_finger_state state;
	int stage, stages;
	const char *again;    /* msgid: why to lay it again; NULL */
	char reason[120];     /* EXCEPTED */
};
struct ym_capture {
	enum ym_capture_mode mode;
	enum ym_capture_phase phase;
	int material;
	struct ym_device_info device; /* zeroed with NO_DEVICE */
	struct ym_image image;        /* gray; data NULL while there is nothing to show */
	int shown_page;               /* the page that image shows; -1: what the camera sees, or the portrait to be judged */
	int rotate;
	struct ym_error error;        /* the last; YM_OK when the last thing went well */
	struct ym_photo_standard standard;
	struct ym_photo_check checks[YM_PHOTO_CHECKS];
	int n_checks;
	struct ym_finger_line fingers[YM_FINGERS];
	int finger;                   /* the one whose turn it is */
	bool with_card;               /* the card's own fingerprints are kept beside them */
};
/* What a kind of material is captured as; false when it is not captured (a card that is read). */
bool ym_station_capture_mode(struct ym_station *s, const char *kind, enum ym_capture_mode *ret);
/* Arms the right device; YM_NOTICE_CAPTURE follows each change. STATE without a visit. */
enum ym_code ym_station_capture_begin(struct ym_station *s, int material, struct ym_error *err) YM_MUST;
/* Disarms, wipes what is in memory; sealed pages stay. Harmless when nothing goes on. */
void ym_station_capture_end(struct ym_station *s);
/* NULL when nothing goes on. Valid until the loop turns again. */
const struct ym_capture *ym_station_capture(struct ym_station *s);
/* A page, or a portrait to be judged. BUSY while one is on its way. */
enum ym_code ym_station_capture_shoot(struct ym_station *s, struct ym_error *err) YM_MUST;
/* The next picture turned by another 90 degrees clockwise. */
void ym_station_capture_turn(struct ym_station *s);
/* Show a stored page (-1: the camera again). */
enum ym_code ym_station_capture_look(struct ym_station *s, int page, struct ym_error *err) YM_MUST;
enum ym_code ym_station_capture_drop(struct ym_station *s, int page, struct ym_error *err) YM_MUST;
/* The judged portrait becomes the material's; measured faults stand in its note. */
enum ym_code ym_station_capture_accept(struct ym_station *s, struct ym_error *err) YM_MUST;
/* Offers for the material, newest first (ym_visit_offers). */
int ym_station_capture_offers(struct ym_station *s, struct ym_offer *ret, int max);
/* Use one again. A portrait of another standard is cut anew and judged; anything else is kept at once; the card's own
 * fingerprints are kept beside the fingers when these are there. */
enum ym_code ym_station_capture_reuse(struct ym_station *s, const struct ym_offer *offer, struct ym_error *err) YM_MUST;
/* The finger whose turn it is: begin (again); another finger of that hand, in the order of the rules; none can be taken. */
enum ym_code ym_station_finger_take(struct ym_station *s, struct ym_error *err) YM_MUST;
enum ym_code ym_station_finger_other(struct ym_station *s, const char *reason, struct ym_error *err) YM_MUST;
enum ym_code ym_station_finger_except(struct ym_station *s, const char *reason, struct ym_error *err) YM_MUST;
/* msgid: "right thumb" ... */
const char *ym_station_finger_text(int finger);
