/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The SAM module's protocol of second-generation ID-card readers (GA 467; shared devices notes §2): requests, replies,
 * status bytes. Pure bytes: no descriptor, no clock. The same frames travel over serial, USB bulk and HID.
 * Invariant: a length is checked before anything is stored, and only a frame whose checksum fits is a reply.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "yimen/error.h"

/* AA AA AA 96 69 | len(2, big-endian) | cmd para | data | chk; len counts all after itself, chk is the XOR of len..chk-1. */
#define YM_SAM_PREAMBLE 5
#define YM_SAM_REQUEST_LEN 10                  /* every request we send is without data */
#define YM_SAM_FRAME_MAX 2321                  /* text + photo + two fingerprints */
#define YM_SAM_LEN_MAX (YM_SAM_FRAME_MAX - 7)
#define YM_SAM_DATA_MAX (YM_SAM_LEN_MAX - 4)
#define YM_SAM_TEXT_LEN 256
#define YM_SAM_PHOTO_LEN 1024
#define YM_SAM_ADDRESS_LEN 70
/* Bytes that are no frame before we call the sender broken: more than one stale reply. */
#define YM_SAM_NOISE_MAX 4096

/* cmd << 8 | para */
enum ym_sam_command {
	YM_SAM_RESET = 0x10FF,
	YM_SAM_STATUS = 0x11FF,
	YM_SAM_MODULE_ID = 0x12FF,
	YM_SAM_FIND = 0x2001,
	YM_SAM_SELECT = 0x2002,
	YM_SAM_READ = 0x3001,        /* text and photo */
	YM_SAM_READ_FINGER = 0x3010, /* text, photo and fingerprints */
	YM_SAM_READ_ADDRESS = 0x3003,
};

enum {
	YM_SAM_SW3_DONE = 0x90,
	YM_SAM_SW3_EMPTY = 0x91,
	YM_SAM_SW3_FOUND = 0x9F,
	YM_SAM_SW3_NO_CARD = 0x80,
	YM_SAM_SW3_NOT_SELECTED = 0x81,
	YM_SAM_SW3_READ_FAILED = 0x41,
	YM_SAM_SW3_SELF_TEST = 0x60,
	YM_SAM_SW3_UNAUTHORISED = 0x66,
};

/* What follows from a status byte. */
enum ym_sam_advice {
	YM_SAM_GOOD,        /* done, found, or empty item */
	YM_SAM_RETRY_CARD,  /* lift the card and lay it again */
	YM_SAM_MAINTENANCE, /* the module is at fault */
	YM_SAM_OUR_BUG,     /* the module did not accept our request */
	YM_SAM_UNLISTED,    /* a byte no source lists */
};
struct ym_sam_meaning {
	uint8_t sw3;
	enum ym_sam_advice advice;
	enum ym_code code;
	const char *msgid;  /* what to tell the clerk */
	const char *detail; /* what to write into the log */
};
/* Never NULL; an unlisted byte gives the YM_SAM_UNLISTED row. */
const struct ym_sam_meaning *ym_sam_meaning(uint8_t sw3);

/* Writes the 10 bytes of a request. */
void ym_sam_request(uint8_t buf[YM_SAM_REQUEST_LEN], enum ym_sam_command command);
/* Builds any frame (the far end's replies too: head is cmd para or SW1 SW2 SW3). Returns its length, 0 when it
 * does not fit into size or into YM_SAM_FRAME_MAX. */
size_t ym_sam_frame(uint8_t *buf, size_t size, const uint8_t *head, size_t n_head, const uint8_t *data, size_t n);

/* Reads one frame byte by byte. Zero it (ym_sam_parser_reset) before each exchange; it also wipes what it held. */
struct ym_sam_parser {
	uint8_t frame[2 + YM_SAM_LEN_MAX];   /* from the length on */
	size_t have;                         /* bytes of frame[] filled in, 0 while searching */
	size_t want;                         /* bytes until the next decision, 0 while searching */
	uint32_t window;                     /* last four bytes while searching */
	size_t noise;                        /* bytes that belonged to no frame */
	uint8_t chk;
	bool is_header;                      /* the last byte fed was preamble, length or status: safe to record */
};
enum ym_sam_feed {
	YM_SAM_MORE,
	YM_SAM_REPLY,      /* a whole frame with the right checksum: see ym_sam_reply */
	YM_SAM_BAD_LENGTH, /* a length no reply can have; nothing of it was stored */
	YM_SAM_BAD_CHECKSUM,
	YM_SAM_NOISE,      /* more than YM_SAM_NOISE_MAX bytes without a frame */
};
void ym_sam_parser_reset(struct ym_sam_parser *p);
/* After anything but YM_SAM_MORE, reset before feeding on. Resynchronises on AA AA 96 69. */
enum ym_sam_feed ym_sam_feed(struct ym_sam_parser *p, uint8_t byte);

/* data points into the parser. */
struct ym_sam_reply {
	uint8_t sw1, sw2, sw3;
	const uint8_t *data;
	size_t n;
};
/* After YM_SAM_REPLY. */
struct ym_sam_reply ym_sam_reply(const struct ym_sam_parser *p);
/* Can this be an answer to that command (right amount of data for its status)? A late answer to another one is not. */
bool ym_sam_fits(enum ym_sam_command command, const struct ym_sam_reply *reply);

/* The blocks inside a reply to YM_SAM_READ or YM_SAM_READ_FINGER, borrowed from it. */
struct ym_sam_blocks {
	const uint8_t *text, *photo, *finger;
	size_t n_text, n_photo, n_finger;
};
/* IO when the lengths inside do not add up. */
enum ym_code ym_sam_split(enum ym_sam_command command, const struct ym_sam_reply *reply, struct ym_sam_blocks *ret,
	struct ym_error *err) YM_MUST;
/* Module id (16 bytes) as printed on the box: "05.03-20140527-0001234567-1234567890". */
void ym_sam_module_id(char buf[64], const uint8_t id[16]);
