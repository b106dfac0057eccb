/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * See idcard_exchange.h.
 */
#include "device/idcard_exchange.h"

#include "base/mem.h"
#include "device/recorder.h"

#define GRACE_MS 50
#define NOISE_TEXT N_("The card reader keeps sending without being asked: unplug it and plug it in again")

static void
fail(struct ym_idcard_exchange *e, enum ym_code code, const char *msgid, const char *detail)
{
	struct ym_error err;

	ym_fail(&err, code, msgid, "%04X: %s", (unsigned)e->asked, detail);
	e->is_waiting = false;
	ym_sequence_fail(&e->op, &err);
}

void
ym_idcard_exchange_fail_status(struct ym_idcard_exchange *e, uint8_t sw3)
{
	const struct ym_sam_meaning *m = ym_sam_meaning(sw3);
	struct ym_error err;

	ym_fail(&err, m->code ? m->code : YM_IO, m->code ? m->msgid : ym_sam_meaning(0)->msgid, "%04X: status %02X: %s",
		(unsigned)e->asked, sw3, m->detail);
	e->is_waiting = false;
	ym_sequence_fail(&e->op, &err);
}

static void
fail_damaged(struct ym_idcard_exchange *e, const char *detail)
{
	fail(e, YM_IO, N_("The card reader's answer was damaged: lift the card and lay it again"), detail);
}

static void
on_deadline(struct ym_sequence *s, void *user)
{
	struct ym_idcard_exchange *e = (struct ym_idcard_exchange *)s;

	if (e->parser.have || e->parser.noise || e->parser.want)
		fail(e, YM_TIMEOUT, N_("The card reader stopped in the middle of its answer: lift the card and lay it again"),
			"incomplete answer");
	else
		fail(e, YM_TIMEOUT, N_("The card reader does not answer: check its cable and its power"), "no answer");
}

/* The loop may have been late, not the module: bytes that are already there get one more chance. */
static void
on_silence(struct ym_sequence *s, void *user)
{
	struct ym_idcard_exchange *e = (struct ym_idcard_exchange *)s;

	if (e->line->has_input(e->line_user))
		ym_sequence_wait(s, GRACE_MS, on_deadline);
	else
		on_deadline(s, user);
}

void
ym_idcard_exchange_ask(struct ym_idcard_exchange *e, enum ym_sam_command command)
{
	bool is_long = command == YM_SAM_READ || command == YM_SAM_READ_FINGER || command == YM_SAM_READ_ADDRESS;
	uint8_t request[YM_SAM_REQUEST_LEN];

	if (!e->is_noisy)
		e->n_unasked = 0;
	e->is_noisy = false;
	ym_sam_parser_reset(&e->parser);
	ym_sam_request(request, command);
	e->asked = command;
	e->is_waiting = true;
	ym_recorder_out(e->host->recorder, request, sizeof request);
	ym_sequence_wait(&e->op, is_long ? e->read_ms : e->reply_ms, on_silence);
	e->line->send(e->line_user, request);
}

void
ym_idcard_exchange_drop(struct ym_idcard_exchange *e)
{
	e->is_waiting = false;
	ym_sam_parser_reset(&e->parser);
}

bool
ym_idcard_exchange_is_flooded(const struct ym_idcard_exchange *e)
{
	return e->n_unasked > YM_SAM_NOISE_MAX;
}

void
ym_idcard_exchange_say_flooded(const struct ym_idcard_exchange *e, struct ym_error *err)
{
	ym_fail(err, YM_IO, NOISE_TEXT, "%zu bytes unasked", e->n_unasked);
}

static void
on_reply(struct ym_idcard_exchange *e)
{
	struct ym_sam_reply r = ym_sam_reply(&e->parser);

	if (!ym_sam_fits(e->asked, &r))
		return fail_damaged(e, "not an answer to this request");
	e->is_waiting = false;
	e->on_answer(e->user, &r);
}

static void
on_verdict(struct ym_idcard_exchange *e, enum ym_sam_feed verdict)
{
	if (e->op.steps[ym_sequence_at(&e->op)].is_cleanup) { /* the late answer of a cancelled request */
		e->is_waiting = false;
		return ym_sequence_next(&e->op);
	}
	switch (verdict) {
	case YM_SAM_REPLY:
		return on_reply(e);
	case YM_SAM_BAD_LENGTH:
		return fail_damaged(e, "impossible length");
	case YM_SAM_BAD_CHECKSUM:
		return fail_damaged(e, "wrong checksum");
	default:
		e->n_unasked = YM_SAM_NOISE_MAX + 1;
		fail(e, YM_IO, NOISE_TEXT, "no frame in the noise");
	}
}

bool
ym_idcard_exchange_receive(struct ym_idcard_exchange *e, const uint8_t *data, size_t n)
{
	bool is_clear[YM_IDCARD_CHUNK] = {false};
	enum ym_sam_feed verdict = YM_SAM_MORE;
	size_t i = 0;

	while (e->is_waiting && i < n && verdict == YM_SAM_MORE) {
		verdict = ym_sam_feed(&e->parser, data[i]);
		is_clear[i++] = e->parser.is_header;
	}
	if (i < n) {
		e->n_unasked += n - i;
		e->is_noisy = true;
	}
	ym_recorder_in(e->host->recorder, data, n, is_clear);
	if (verdict != YM_SAM_MORE)
		on_verdict(e, verdict);
	return verdict != YM_SAM_MORE;
}

