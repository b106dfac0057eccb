/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A profile: how one model of evaluator, queue display, signature pad or receipt printer on a serial line is spoken to,
 * as data, so that a new model is a new file. Not a driver. Invariant: what loads is complete and unambiguous; a
 * fault names the member.
 *
 * yimen-devices(5) has the format for people; data/schema/profile.schema.json for editors. A profile's name is a file of
 * data/profiles without ".json", or a path (it holds a slash).
 */
#pragma once

#include "base/json.h"
#include "device/line.h"
#include "yimen/device.h"

#define YM_PROFILE_BYTES 64     /* longest fixed message */
#define YM_PROFILE_KEYS 16
#define YM_PROFILE_KEY_BYTES 16
#define YM_PROFILE_PARTS 16
#define YM_PROFILE_PACKET 16

struct ym_profile_bytes {
	uint8_t data[YM_PROFILE_BYTES];
	size_t n;
};
enum ym_profile_part_kind { YM_PART_BYTES, YM_PART_TEXT, YM_PART_TICKET, YM_PART_WINDOW, YM_PART_CHECK };
enum ym_profile_check { YM_CHECK_XOR, YM_CHECK_SUM };
/* One piece of a message to a display. */
struct ym_profile_part {
	enum ym_profile_part_kind kind;
	struct ym_profile_bytes bytes; /* BYTES; TEXT: already in the display's set */
	int width;                     /* TICKET, WINDOW: exactly so many bytes, 0 as long as it is */
	char pad;                      /* what fills them up */
	bool is_right;                 /* the value stands at the right end */
	enum ym_profile_check check;   /* CHECK: one byte over what stands before, from part `from` on */
	int from;
};
/* A number inside a pad's packet: low `n_bits[i]` bits of byte `byte[i]`, the highest part first. */
struct ym_profile_number {
	int n, byte[3], n_bits[3];
};
struct ym_profile {
	char name[64];
	enum ym_device_role role;
	struct ym_line_settings port;
	/* evaluator, pad */
	struct ym_profile_bytes ask, cancel;
	int seconds;                   /* how long the citizen may take */
	/* evaluator */
	struct {
		uint8_t data[YM_PROFILE_KEY_BYTES];
		size_t n;
		int grade;
	} keys[YM_PROFILE_KEYS];
	int n_keys;
	/* display */
	struct ym_profile_part call[YM_PROFILE_PARTS];
	int n_call;
	bool is_gbk;                   /* text as GBK; GB18030 otherwise */
	/* pad */
	int packet, first_mask, first_value;
	struct ym_profile_number x, y, pressure;
	int width, height, touch_from; /* pressure from which the pen touches */
	int idle_ms;                   /* the pen rests so long: signed */
	/* receipt printer */
	int columns;
	bool has_knife, is_silent;     /* silent: never answers, do not ask */
};

enum ym_code ym_profile_parse(const json_t *root, const char *name, struct ym_profile *ret, struct ym_error *err) YM_MUST;
/* NOTFOUND when there is no such file; CONFLICT when it is a profile for another kind of device. */
enum ym_code ym_profile_load(const char *name, enum ym_device_role role, struct ym_profile *ret, struct ym_error *err) YM_MUST;
/* A receipt printer that no profile names: 32 columns, GB18030, with a knife, asked for its state. */
void ym_profile_plain_receipt(struct ym_profile *ret);

/* The bytes that call a ticket to a window. */
void ym_profile_call(const struct ym_profile *p, const char *ticket, const char *window, struct ym_buf *out);

/* Received bytes to grades. Zero it before the first byte of an asking. */
struct ym_profile_ear {
	uint8_t last[YM_PROFILE_KEY_BYTES];
	size_t n;
};
/* The grade 1 to 5 that this byte completes, 0 for none yet. */
int ym_profile_hear(const struct ym_profile *p, struct ym_profile_ear *ear, uint8_t byte);

/* Packets of a pad. */
struct ym_profile_pen {
	uint8_t packet[YM_PROFILE_PACKET];
	int n;
};
/* True when this byte completes a packet; *ret has x, y and pressure (ms is the caller's). */
bool ym_profile_pen_feed(const struct ym_profile *p, struct ym_profile_pen *pen, uint8_t byte, struct ym_stroke_point *ret);
