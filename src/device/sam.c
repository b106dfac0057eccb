/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * SAM frames and status bytes. Not a driver: idcard_serial.c decides when to ask and how long to wait.
 * Invariant: want is set only from a checked length, and have never passes want.
 */
#include "device/sam.h"

#include <stdio.h>
#include <string.h>

static const uint8_t preamble[YM_SAM_PREAMBLE] = {0xAA, 0xAA, 0xAA, 0x96, 0x69};

#define RETRY_CARD N_("The card could not be read: lift it, lay it again and leave it until it is read")
#define OUR_BUG N_("The reader did not accept the program's request: tell maintenance")

/* Status bytes of two separate sources, which agree on every row but 23 (only one has it). */
static const struct ym_sam_meaning meanings[] = {
	{0x90, YM_SAM_GOOD, YM_OK, N_("Done"), "done"},
	{0x91, YM_SAM_GOOD, YM_OK, N_("The card has no such entry"), "item is empty"},
	{0x9F, YM_SAM_GOOD, YM_OK, N_("A card is on the reader"), "card found"},
	{0x10, YM_SAM_OUR_BUG, YM_IO, OUR_BUG, "checksum of the request wrong"},
	{0x11, YM_SAM_OUR_BUG, YM_IO, OUR_BUG, "length of the request wrong"},
	{0x21, YM_SAM_OUR_BUG, YM_IO, OUR_BUG, "command or parameter wrong"},
	{0x23, YM_SAM_OUR_BUG, YM_IO, OUR_BUG, "command not permitted"},
	{0x24, YM_SAM_OUR_BUG, YM_IO, OUR_BUG, "unrecognised error"},
	{0x31, YM_SAM_RETRY_CARD, YM_BUSY, RETRY_CARD, "card refused the module"},
	{0x32, YM_SAM_RETRY_CARD, YM_BUSY, RETRY_CARD, "module refused the card"},
	{0x33, YM_SAM_RETRY_CARD, YM_BUSY, RETRY_CARD, "information check failed"},
	{0x40, YM_SAM_RETRY_CARD, YM_BUSY,
		N_("The reader does not know this kind of card: lift it and lay it again, or type the data"),
		"unknown kind of card"},
	{0x41, YM_SAM_RETRY_CARD, YM_BUSY, RETRY_CARD, "reading the card failed"},
	{0x47, YM_SAM_RETRY_CARD, YM_BUSY, RETRY_CARD, "no random number"},
	{0x80, YM_SAM_RETRY_CARD, YM_BUSY, RETRY_CARD, "no card found"},
	{0x81, YM_SAM_RETRY_CARD, YM_BUSY, RETRY_CARD, "select failed"},
	{0x60, YM_SAM_MAINTENANCE, YM_REFUSED,
		N_("The card reader failed its self-test: unplug it and plug it in again; if that does not help, tell maintenance"),
		"self-test failed"},
	{0x66, YM_SAM_MAINTENANCE, YM_REFUSED,
		N_("The card reader's security module is not authorised: tell maintenance"), "module not authorised"},
};
static const struct ym_sam_meaning unlisted = {
	0, YM_SAM_UNLISTED, YM_IO, N_("The card reader gave an answer the program does not know: tell maintenance"),
	"unlisted status"};

const struct ym_sam_meaning *
ym_sam_meaning(uint8_t sw3)
{
	for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
		if (meanings[i].sw3 == sw3)
			return &meanings[i];
	return &unlisted;
}

size_t
ym_sam_frame(uint8_t *buf, size_t size, const uint8_t *head, size_t n_head, const uint8_t *data, size_t n)
{
	size_t total = YM_SAM_PREAMBLE + 2 + n_head + n + 1, len = n_head + n + 1;
	uint8_t chk = 0;

	if (n > YM_SAM_DATA_MAX || n_head > 3 || total > size || total > YM_SAM_FRAME_MAX)
		return 0;
	memcpy(buf, preamble, sizeof preamble);
	buf[5] = (uint8_t)(len >> 8);
	buf[6] = (uint8_t)len;
	memcpy(buf + 7, head, n_head);
	if (n)
		memcpy(buf + 7 + n_head, data, n);
	for (size_t i = YM_SAM_PREAMBLE; i < total - 1; i++)
		chk ^= buf[i];
	buf[total - 1] = chk;
	return total;
}

void
ym_sam_request(uint8_t buf[YM_SAM_REQUEST_LEN], enum ym_sam_command command)
{
	const uint8_t head[2] = {(uint8_t)(command >> 8), (uint8_t)command};

	ym_sam_frame(buf, YM_SAM_REQUEST_LEN, head, sizeof head, NULL, 0);
}

void
ym_sam_parser_reset(struct ym_sam_parser *p)
{
	explicit_bzero(p, sizeof *p);
}

enum ym_sam_feed
ym_sam_feed(struct ym_sam_parser *p, uint8_t byte)
{
	p->is_header = false;
	if (p->have == 0 && p->want == 0) {
		p->window = p->window << 8 | byte;
		if (p->window == 0xAAAA9669) {
			p->want = 2;
			p->is_header = true;
			return YM_SAM_MORE;
		}
		p->is_header = byte == 0xAA || byte == 0x96;
		return ++p->noise > YM_SAM_NOISE_MAX ? YM_SAM_NOISE : YM_SAM_MORE;
	}
	p->frame[p->have++] = byte;
	p->chk ^= byte;
	p->is_header = p->have <= 5;
	if (p->have < p->want)
		return YM_SAM_MORE;
	if (p->have == 2) {
		size_t len = (size_t)(p->frame[0] << 8 | p->frame[1]);

		/* SW1 SW2 SW3 chk at least; never more than the largest reply that exists. */
		if (len < 4 || len > YM_SAM_LEN_MAX)
			return YM_SAM_BAD_LENGTH;
		p->want = 2 + len;
		return YM_SAM_MORE;
	}
	return p->chk ? YM_SAM_BAD_CHECKSUM : YM_SAM_REPLY;
}

struct ym_sam_reply
ym_sam_reply(const struct ym_sam_parser *p)
{
	return (struct ym_sam_reply){p->frame[2], p->frame[3], p->frame[4], p->frame + 5, p->want - 6};
}

bool
ym_sam_fits(enum ym_sam_command command, const struct ym_sam_reply *r)
{
	size_t n;

	switch (command) {
	case YM_SAM_FIND:
		if (r->sw3 == YM_SAM_SW3_FOUND)
			return r->n == 4;
		return r->n == 0 && r->sw3 != YM_SAM_SW3_DONE;
	case YM_SAM_SELECT:
		n = 8;
		break;
	case YM_SAM_MODULE_ID:
		n = 16;
		break;
	case YM_SAM_READ:
		n = 4 + YM_SAM_TEXT_LEN + YM_SAM_PHOTO_LEN;
		break;
	case YM_SAM_READ_FINGER:
		if (r->sw3 == YM_SAM_SW3_DONE && r->n == 6 + YM_SAM_TEXT_LEN + YM_SAM_PHOTO_LEN + 1024)
			return true;
		n = 6 + YM_SAM_TEXT_LEN + YM_SAM_PHOTO_LEN;
		break;
	case YM_SAM_READ_ADDRESS:
		n = YM_SAM_ADDRESS_LEN;
		break;
	default:
		n = 0;
	}
	if (r->sw3 == YM_SAM_SW3_FOUND)
		return false;
	return r->n == (r->sw3 == YM_SAM_SW3_DONE ? n : 0);
}

static size_t
be16(const uint8_t *p)
{
	return (size_t)(p[0] << 8 | p[1]);
}

enum ym_code
ym_sam_split(enum ym_sam_command command, const struct ym_sam_reply *r, struct ym_sam_blocks *ret, struct ym_error *err)
{
	size_t n_lengths = command == YM_SAM_READ_FINGER ? 6 : 4;
	struct ym_sam_blocks b = {0};

	if (r->n >= n_lengths) {
		b.n_text = be16(r->data);
		b.n_photo = be16(r->data + 2);
		b.n_finger = n_lengths == 6 ? be16(r->data + 4) : 0;
	}
	if (r->n < n_lengths || n_lengths + b.n_text + b.n_photo + b.n_finger != r->n ||
	    b.n_text != YM_SAM_TEXT_LEN || b.n_photo > YM_SAM_PHOTO_LEN)
		return ym_fail(err, YM_IO, N_("The card reader's answer was damaged: lift the card and lay it again"),
			"blocks %zu+%zu+%zu in %zu bytes", b.n_text, b.n_photo, b.n_finger, r->n);
	b.text = r->data + n_lengths;
	b.photo = b.text + b.n_text;
	b.finger = b.photo + b.n_photo;
	*ret = b;
	return YM_OK;
}

static uint32_t
le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void
ym_sam_module_id(char buf[64], const uint8_t id[16])
{
	/* The zero padding is known from one source only. */
	snprintf(buf, 64, "%02u.%02u-%u-%010u-%u", (unsigned)(id[0] | id[1] << 8), (unsigned)(id[2] | id[3] << 8),
		le32(id + 4), le32(id + 8), le32(id + 12));
}
