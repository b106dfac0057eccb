/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The simulated reader. It keeps its own descriptor of the slave open, so that a driver that closes and reopens the
 * line is no hang-up; unplugging closes both ends.
 * Invariant: one answer is under way at most; a new request throws the rest of the old answer away, as a module does.
 */
#include "practice/sim_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>

#include "base/mem.h"
#include "device/sam.h"

#define BABBLE 256 /* bytes a chunk of an endless stream */

struct ym_sim_reader {
	struct ym_loop *loop;
	struct ym_sim_options opt;
	char *link;
	char node[64];
	int master, slave;
	ym_source source, timer;
	/* the card */
	bool has_card, is_read;   /* is_read: it was read and is not found again until it is lifted */
	bool is_selected;
	uint8_t text[YM_SAM_TEXT_LEN], photo[YM_SAM_PHOTO_LEN], address[YM_SAM_ADDRESS_LEN];
	bool has_address;
	/* the request that is coming in */
	uint8_t in[64];
	size_t n_in;
	unsigned n_requests;
	/* the answer that is going out */
	uint8_t out[YM_SAM_FRAME_MAX + 16];
	size_t n_out, sent;
	bool is_endless;
	size_t unplug_at;         /* pull the plug when that much is sent; SIZE_MAX: not */
	struct ym_sim_fault fault;
};

static void send_some(void *user);

static bool
strikes(struct ym_sim_reader *r, int command, enum ym_sim_fault_kind kind)
{
	return r->fault.kind == kind && (r->fault.command == 0 || r->fault.command == command);
}

/* A fault with a count wears off. */
static void
spend(struct ym_sim_reader *r)
{
	if (r->fault.times > 0 && --r->fault.times == 0)
		r->fault.kind = YM_SIM_FINE;
}

static void
answer(struct ym_sim_reader *r, uint8_t sw3, const uint8_t *data, size_t n)
{
	const uint8_t head[3] = {0, 0, sw3};

	r->n_out += ym_sam_frame(r->out + r->n_out, sizeof r->out - r->n_out, head, sizeof head, data, n);
}

static void
answer_read(struct ym_sim_reader *r)
{
	uint8_t data[4 + YM_SAM_TEXT_LEN + YM_SAM_PHOTO_LEN] = {1, 0, 4, 0};

	memcpy(data + 4, r->text, sizeof r->text);
	memcpy(data + 4 + YM_SAM_TEXT_LEN, r->photo, sizeof r->photo);
	answer(r, YM_SAM_SW3_DONE, data, sizeof data);
	explicit_bzero(data, sizeof data);
}

/* Text, photo and, when there are any, two templates that no matcher takes. */
static void
answer_fingers(struct ym_sim_reader *r)
{
	uint8_t data[6 + YM_SAM_TEXT_LEN + YM_SAM_PHOTO_LEN + 1024] = {1, 0, 4, 0, r->opt.fingers == 2 ? 4 : 0, 0};
	size_t n = 6 + YM_SAM_TEXT_LEN + YM_SAM_PHOTO_LEN;

	memcpy(data + 6, r->text, sizeof r->text);
	memcpy(data + 6 + YM_SAM_TEXT_LEN, r->photo, sizeof r->photo);
	if (r->opt.fingers == 2) {
		data[n + 5] = 11; /* right thumb, right forefinger */
		data[n + 512 + 5] = 12;
		n += 1024;
	}
	answer(r, YM_SAM_SW3_DONE, data, n);
	explicit_bzero(data, sizeof data);
}

/* What a healthy module answers. */
static void
answer_fine(struct ym_sim_reader *r, int command)
{
	static const uint8_t zeros[8];
	static const uint8_t id[16] = {5, 0, 3, 0, 0x2F, 0x3C, 0x33, 1, 0x15, 0xCD, 0x5B, 7, 0xB1, 0x68, 0xDE, 0x3A};

	switch (command) {
	case YM_SAM_RESET:
	case YM_SAM_STATUS:
		return answer(r, YM_SAM_SW3_DONE, NULL, 0);
	case YM_SAM_MODULE_ID:
		return answer(r, YM_SAM_SW3_DONE, id, sizeof id);
	case YM_SAM_FIND:
		r->is_selected = false;
		if (r->has_card && (!r->is_read || r->opt.finds_again))
			return answer(r, YM_SAM_SW3_FOUND, zeros, 4);
		return answer(r, YM_SAM_SW3_NO_CARD, NULL, 0);
	case YM_SAM_SELECT:
		r->is_selected = r->has_card;
		if (r->has_card)
			return answer(r, YM_SAM_SW3_DONE, zeros, 8);
		return answer(r, YM_SAM_SW3_NOT_SELECTED, NULL, 0);
	case YM_SAM_READ:
		if (!r->has_card || !r->is_selected)
			return answer(r, YM_SAM_SW3_READ_FAILED, NULL, 0);
		r->is_read = true;
		return answer_read(r);
	case YM_SAM_READ_FINGER:
		if (!r->opt.fingers)
			return answer(r, 0x21, NULL, 0);
		if (!r->has_card || !r->is_selected)
			return answer(r, YM_SAM_SW3_READ_FAILED, NULL, 0);
		r->is_read = true;
		return answer_fingers(r);
	case YM_SAM_READ_ADDRESS:
		if (!r->has_card || !r->is_selected)
			return answer(r, YM_SAM_SW3_READ_FAILED, NULL, 0);
		if (r->has_address)
			return answer(r, YM_SAM_SW3_DONE, r->address, sizeof r->address);
		return answer(r, YM_SAM_SW3_EMPTY, NULL, 0);
	default:
		return answer(r, 0x21, NULL, 0);
	}
}

/* Returns how long the module thinks before it answers, in ms. */
static int
respond(struct ym_sim_reader *r, int command)
{
	bool is_card_read = command == YM_SAM_READ || command == YM_SAM_READ_ADDRESS;
	int think = is_card_read && r->has_card ? r->opt.card_ms : 0;
	size_t first = 0;

	r->n_out = r->sent = 0;
	r->is_endless = false;
	r->unplug_at = SIZE_MAX;
	if (strikes(r, command, YM_SIM_SELF_TEST) || strikes(r, command, YM_SIM_UNAUTHORISED)) {
		answer(r, r->fault.kind == YM_SIM_SELF_TEST ? YM_SAM_SW3_SELF_TEST : YM_SAM_SW3_UNAUTHORISED, NULL, 0);
		return 0;
	}
	if (strikes(r, command, YM_SIM_CARD_PULLED) && command == YM_SAM_READ) {
		size_t of = YM_SAM_TEXT_LEN + YM_SAM_PHOTO_LEN, at = r->fault.at < of ? r->fault.at : of;

		if (at < of)
			ym_sim_reader_lift(r);
		think = (int)((size_t)think * at / of);
		answer_fine(r, command);
		if (at >= of)
			ym_sim_reader_lift(r);
		spend(r);
		return think;
	}
	if (strikes(r, command, YM_SIM_STATUS)) {
		answer(r, r->fault.sw3, NULL, 0);
		spend(r);
		return think;
	}
	if (strikes(r, command, YM_SIM_NOISE)) {
		static const uint8_t noise[] = {0xAA, 0x00, 0xAA, 0x96, 0x00};

		memcpy(r->out, noise, sizeof noise);
		first = r->n_out = sizeof noise;
	}
	answer_fine(r, command);
	if (strikes(r, command, YM_SIM_SILENT))
		r->n_out = 0;
	else if (strikes(r, command, YM_SIM_CHECKSUM))
		r->out[r->n_out - 1] ^= 0x5A;
	else if (strikes(r, command, YM_SIM_CORRUPT))
		r->out[r->fault.at % r->n_out] ^= 0xFF;
	else if (strikes(r, command, YM_SIM_TRUNCATED))
		r->n_out = r->fault.at < r->n_out ? r->fault.at : r->n_out;
	else if (strikes(r, command, YM_SIM_LENGTH))
		r->out[first + 5] = 0xFF;
	else if (strikes(r, command, YM_SIM_ENDLESS))
		r->is_endless = true;
	else if (strikes(r, command, YM_SIM_UNPLUGGED))
		r->unplug_at = r->fault.at < r->n_out ? r->fault.at : r->n_out;
	else if (!strikes(r, command, YM_SIM_NOISE))
		return think;
	spend(r);
	return think;
}

static void
send_in(struct ym_sim_reader *r, int ms)
{
	ym_loop_remove(r->loop, r->timer);
	r->timer = ym_loop_add_timer(r->loop, "simulated reader", ms, send_some, r);
}

static void
send_endless(struct ym_sim_reader *r)
{
	uint8_t babble[BABBLE];

	for (size_t i = 0; i < sizeof babble; i++)
		babble[i] = (uint8_t)(i * 7 + 1);
	if (write(r->master, babble, sizeof babble) < 0 && errno != EAGAIN)
		return;
	send_in(r, r->opt.chunk_ms > 0 ? r->opt.chunk_ms : 1);
}

static void
send_some(void *user)
{
	struct ym_sim_reader *r = user;
	size_t end = r->unplug_at < r->n_out ? r->unplug_at : r->n_out;

	r->timer = 0;
	if (r->is_endless)
		return send_endless(r);
	while (r->sent < end) {
		size_t n = end - r->sent < r->opt.chunk ? end - r->sent : r->opt.chunk;
		ssize_t k = write(r->master, r->out + r->sent, n);

		if (k < 0 && errno != EAGAIN)
			return;
		if (k > 0)
			r->sent += (size_t)k;
		if (r->sent < end && (k < 0 || r->opt.chunk_ms > 0))
			return send_in(r, r->opt.chunk_ms > 0 ? r->opt.chunk_ms : 1);
	}
	explicit_bzero(r->out, sizeof r->out);
	if (r->unplug_at != SIZE_MAX)
		ym_sim_reader_unplug(r);
}

/* A whole request has come. */
static void
take_request(struct ym_sim_reader *r)
{
	int command = r->in[7] << 8 | r->in[8];

	r->n_in = 0;
	r->n_requests++;
	send_in(r, respond(r, command));
}

static void
take_byte(struct ym_sim_reader *r, uint8_t byte)
{
	static const uint8_t preamble[YM_SAM_PREAMBLE] = {0xAA, 0xAA, 0xAA, 0x96, 0x69};
	uint8_t chk = 0;

	r->in[r->n_in++] = byte;
	if (r->n_in <= sizeof preamble && byte != preamble[r->n_in - 1]) {
		r->n_in = 0;
		return;
	}
	if (r->n_in == 7 && (r->in[5] != 0 || r->in[6] != 3)) {
		/* Requests with data exist, none that a card reader's driver needs. */
		r->n_in = 0;
		r->n_out = r->sent = 0;
		answer(r, 0x11, NULL, 0);
		send_in(r, 0);
		return;
	}
	if (r->n_in < YM_SAM_REQUEST_LEN)
		return;
	for (size_t i = 5; i < YM_SAM_REQUEST_LEN; i++)
		chk ^= r->in[i];
	if (chk == 0)
		return take_request(r);
	r->n_in = r->n_out = r->sent = 0;
	answer(r, 0x10, NULL, 0);
	send_in(r, 0);
}

static void
on_ready(void *user, int fd, short revents)
{
	struct ym_sim_reader *r = user;
	uint8_t buf[64];
	ssize_t k = read(fd, buf, sizeof buf);

	if (k <= 0 && (k == 0 || errno != EAGAIN)) {
		ym_sim_reader_unplug(r);
		return;
	}
	for (ssize_t i = 0; i < k; i++)
		take_byte(r, buf[i]);
}

/* -- plugging -- */

void
ym_sim_reader_unplug(struct ym_sim_reader *r)
{
	if (r->master < 0)
		return;
	ym_loop_remove(r->loop, r->source);
	ym_loop_remove(r->loop, r->timer);
	r->source = r->timer = 0;
	close(r->slave);
	close(r->master);
	r->master = r->slave = -1;
	r->node[0] = 0;
	r->n_in = r->n_out = r->sent = 0;
	r->is_endless = r->is_selected = false;
	explicit_bzero(r->out, sizeof r->out);
	if (r->link)
		unlink(r->link);
}

static void
begin(struct ym_sim_reader *r, int master, int slave)
{
	r->master = master;
	r->slave = slave;
	r->n_requests = 0;
	r->is_read = false;
	r->source = ym_loop_add_fd(r->loop, "simulated reader", YM_PRIO_NORMAL, r->master, POLLIN, on_ready, r);
}

enum ym_code
ym_sim_reader_plug(struct ym_sim_reader *r, struct ym_error *err)
{
	YM_FDCLOSE int master = -1, slave = -1;
	struct termios t;

	if (r->master >= 0)
		return YM_OK;
	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (master < 0 || grantpt(master) || unlockpt(master) || ptsname_r(master, r->node, sizeof r->node) ||
	    (slave = open(r->node, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0 || tcgetattr(slave, &t)) {
		r->node[0] = 0;
		return ym_fail(err, YM_IO, N_("The practice card reader cannot be set up: no pseudo-terminal"), "pty: %m");
	}
	cfmakeraw(&t);
	tcsetattr(slave, TCSANOW, &t);
	if (r->link) {
		unlink(r->link);
		if (symlink(r->node, r->link)) {
			r->node[0] = 0;
			return ym_fail(err, YM_IO, N_("The practice card reader cannot be set up in its folder"), "symlink: %m");
		}
	}
	begin(r, master, slave);
	master = slave = -1;
	return YM_OK;
}

void
ym_sim_reader_plug_on(struct ym_sim_reader *r, int far_fd, int near_fd)
{
	ym_sim_reader_unplug(r);
	begin(r, far_fd, near_fd);
}

bool
ym_sim_reader_is_plugged(const struct ym_sim_reader *r)
{
	return r->master >= 0;
}

const char *
ym_sim_reader_path(const struct ym_sim_reader *r)
{
	return r->link ? r->link : r->node;
}

unsigned
ym_sim_reader_n_requests(const struct ym_sim_reader *r)
{
	return r->n_requests;
}

void
ym_sim_reader_set_fault(struct ym_sim_reader *r, const struct ym_sim_fault *fault)
{
	r->fault = fault ? *fault : (struct ym_sim_fault){0};
	if (!fault)
		r->is_endless = false;
}

enum ym_code
ym_sim_reader_new(struct ym_loop *loop, const struct ym_sim_options *opt, struct ym_sim_reader **ret, struct ym_error *err)
{
	struct ym_sim_reader *r = ym_alloc(sizeof *r);
	enum ym_code rc;

	if (opt)
		r->opt = *opt;
	r->opt.link = NULL;
	r->opt.chunk = r->opt.chunk ? r->opt.chunk : 64;
	r->opt.chunk_ms = r->opt.chunk_ms < 0 ? 0 : r->opt.chunk_ms ? r->opt.chunk_ms : 5;
	r->opt.card_ms = r->opt.card_ms < 0 ? 0 : r->opt.card_ms ? r->opt.card_ms : 350;
	r->loop = loop;
	r->link = ym_strdup(opt ? opt->link : NULL);
	r->master = r->slave = -1;
	r->unplug_at = SIZE_MAX;
	rc = ym_sim_reader_plug(r, err);
	if (rc) {
		ym_sim_reader_free(r);
		return rc;
	}
	*ret = r;
	return YM_OK;
}

void
ym_sim_reader_free(struct ym_sim_reader *r)
{
	if (!r)
		return;
	ym_sim_reader_unplug(r);
	free(r->link);
	explicit_bzero(r, sizeof *r);
	free(r);
}

/* -- the card -- */

void
ym_sim_reader_lift(struct ym_sim_reader *r)
{
	r->has_card = r->is_read = r->is_selected = r->has_address = false;
	explicit_bzero(r->text, sizeof r->text);
	explicit_bzero(r->photo, sizeof r->photo);
	explicit_bzero(r->address, sizeof r->address);
}

bool
ym_sim_reader_has_card(const struct ym_sim_reader *r)
{
	return r->has_card;
}

void
ym_sim_reader_lay_raw(struct ym_sim_reader *r, const uint8_t text[256])
{
	/* No decoder takes this for a picture: practice shows no faces. */
	static const char mark[] = "YIMEN PRACTICE CARD: NO PHOTO";

	ym_sim_reader_lift(r);
	memcpy(r->text, text, sizeof r->text);
	memcpy(r->photo, mark, sizeof mark);
	r->has_card = true;
}

enum ym_code
ym_sim_reader_lay(struct ym_sim_reader *r, const struct ym_sim_card *card, struct ym_error *err)
{
	uint8_t text[YM_SAM_TEXT_LEN], address[YM_SAM_TEXT_LEN];
	const struct ym_sim_card moved = {.kind = YM_CARD_RESIDENT, .address = card->new_address};
	enum ym_code rc = ym_sim_card_encode(card, text, err);

	if (!rc)
		rc = ym_sim_card_encode(&moved, address, err);
	if (!rc) {
		ym_sim_reader_lay_raw(r, text);
		if (card->photo)
			memcpy(r->photo, card->photo, sizeof r->photo);
		r->has_address = card->new_address != NULL;
		memcpy(r->address, address + 52, sizeof r->address);
	}
	explicit_bzero(text, sizeof text);
	explicit_bzero(address, sizeof address);
	return rc;
}
