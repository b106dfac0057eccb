/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Driver: ESC/POS receipt printer on usblp or a serial line. Takes a receipt as bytes, sends it, and says whether it came
 * out as far as the printer tells. Nothing here was measured on a physical printer.
 * Invariant: "printed" (YM_OK) is said only after the printer answered behind the last byte; no answer is no success.
 *
 * Timeline of a receipt:
 *  1 ask    10 04 1, 2, 4, each answered within reply_ms. A fault: refused, nothing was sent. No answer: the model is
 *           silent, go on.
 *  2 write  as fast as the line takes it. Standing still is told (paper? cover?) and waited for, ten minutes at most.
 *  3 done   1D 72 01: models that know it answer when everything before it is on paper.
 *  4 look   no answer to 3 after a while: 10 04 n again. A fault (paper out in the middle): told, and waited for, because the
 *           printer keeps what it has taken and goes on by itself. No fault and no answer, three times: nobody knows.
 *  Unplugged in 1: refused. In 2: lost, to be printed again. In 3 and 4: nobody knows: a person looks (YM_CONFLICT).
 */
#include "device/driver.h"
#include "device/escpos.h"
#include "device/profile.h"
#include "device/recorder.h"
#include "device/sequence.h"

#include "base/clock.h"

#define FLOOD_BYTES 2048     /* more than this between two looks is no status */
#define LOOKS 3
#define GIVE_UP 60           /* times read_ms */
#define BLOCKING (YM_ESCPOS_OFFLINE | YM_ESCPOS_COVER | YM_ESCPOS_PAPER_OUT | YM_ESCPOS_ERROR)

struct ym_driver_session {
	struct ym_driver_host host;
	struct ym_profile profile;
	struct ym_line line;
	struct ym_sequence op;
	ym_source poll;
	int asked;               /* n of the question that waits for its byte, 0 none */
	bool has_asked_done;
	bool answers;            /* it has answered since it was opened */
	bool has_answered;       /* in this round */
	int faults;              /* of the round that runs */
	int told_faults;
	bool is_told_stuck;
	size_t flood;
	bool is_flooding;
	/* the receipt */
	bool has_order, is_test, wants_test;
	uint32_t order;
	struct ym_buf data;
	size_t was_waiting;
	bool is_taken;           /* every byte of it */
	int looks;
	int64_t give_up_at;
};

enum step { ASK_1, ASK_2, ASK_4, WRITE, DONE, WAIT, LOOK_1, LOOK_2, LOOK_4, JUDGE };

static int
reply_ms(const struct ym_driver_session *d)
{
	return d->host.timing.reply_ms > 0 ? d->host.timing.reply_ms : 1000;
}

static int
read_ms(const struct ym_driver_session *d)
{
	return d->host.timing.read_ms > 0 ? d->host.timing.read_ms : 10000;
}

static int
poll_ms(const struct ym_driver_session *d)
{
	return d->host.timing.poll_ms > 0 ? d->host.timing.poll_ms : 3000;
}

/* -- telling -- */

static void
tell_state(struct ym_driver_session *d, enum ym_device_state state, const struct ym_error *err)
{
	d->host.fn(d->host.user, &(struct ym_driver_event){.kind = YM_DRIVER_STATE, .state = state, .err = err,
		.about = d->answers ? "" : N_("tells no state: look for paper yourself")});
}

/* The state after a round, or in the middle of a receipt. */
static void
tell_faults(struct ym_driver_session *d, bool is_busy)
{
	struct ym_error err = {0};

	if (d->faults & BLOCKING)
		ym_fail(&err, YM_REFUSED, ym_escpos_fault_text(d->faults), "faults %02x", (unsigned)d->faults);
	else if ((d->faults & YM_ESCPOS_PAPER_LOW) && !(d->told_faults & YM_ESCPOS_PAPER_LOW))
		ym_fail(&err, YM_REFUSED, ym_escpos_fault_text(YM_ESCPOS_PAPER_LOW), "low");
	d->told_faults = d->faults;
	tell_state(d, d->faults & BLOCKING ? YM_DEVICE_ATTENTION : is_busy ? YM_DEVICE_BUSY : YM_DEVICE_READY, err.code ? &err : NULL);
}

static void on_poll(void *user);

static void
poll_in(struct ym_driver_session *d, int ms)
{
	ym_loop_remove(d->host.loop, d->poll);
	d->poll = ym_loop_add_timer(d->host.loop, "printer", ms, on_poll, d);
}

static void
end_order(struct ym_driver_session *d, const struct ym_error *err)
{
	struct ym_driver_event ev = {.kind = YM_DRIVER_ORDERED, .order = d->order, .err = err};
	struct ym_error test;

	if (d->is_test) {
		ev.kind = YM_DRIVER_TESTED;
		if (err->code == YM_CONFLICT) {
			ym_fail(&test, YM_TIMEOUT, N_("The printer does not tell its state: look whether the test line came out"), "silent");
			ev.err = &test;
		}
	}
	d->has_order = d->is_test = d->is_taken = false;
	ym_buf_release(&d->data);
	d->host.fn(d->host.user, &ev);
}

/* -- the steps -- */

static void
on_no_answer(struct ym_sequence *s, void *user)
{
	struct ym_driver_session *d = user;

	d->asked = 0;
	/* One question without an answer is enough: the others would only take time. */
	if (ym_sequence_at(s) <= ASK_4)
		return ym_sequence_jump(s, WRITE);
	ym_sequence_jump(s, JUDGE);
}

static void
ask(struct ym_sequence *s, struct ym_driver_session *d, int n)
{
	YM_BUF out = {.max = 16};

	ym_escpos_ask(&out, n);
	ym_recorder_out(d->host.recorder, (const uint8_t *)out.data, out.len);
	d->asked = n;
	ym_line_send(&d->line, out.data, out.len);
	ym_sequence_wait(s, reply_ms(d), on_no_answer);
}

static void
step_ask(struct ym_sequence *s, void *user)
{
	static const int n[] = {[ASK_1] = 1, [ASK_2] = 2, [ASK_4] = 4};
	struct ym_driver_session *d = user;

	if (d->profile.is_silent)
		return ym_sequence_jump(s, WRITE);
	if (ym_sequence_at(s) == ASK_1)
		d->faults = 0;
	ask(s, d, n[ym_sequence_at(s)]);
}

static void
on_still(struct ym_sequence *s, void *user)
{
	struct ym_driver_session *d = user;
	struct ym_error err;

	if (ym_clock_mono() > d->give_up_at) {
		ym_line_drop(&d->line);
		ym_fail(&err, YM_TIMEOUT, N_("The receipt printer takes nothing more: switch it off and on, then print again"), "stuck");
		return ym_sequence_fail(s, &err);
	}
	ym_sequence_wait(s, read_ms(d), on_still);
	if (ym_line_waiting(&d->line) < d->was_waiting) {
		d->was_waiting = ym_line_waiting(&d->line);
	} else if (!d->is_told_stuck) {
		d->is_told_stuck = true;
		ym_fail(&err, YM_TIMEOUT, N_("The receipt printer stands still: is there paper, is the cover closed?"), "no progress");
		tell_state(d, YM_DEVICE_ATTENTION, &err);
	}
}

/* It used to answer and does not: that is more than a model that never does. */
static bool
is_quiet(const struct ym_driver_session *d)
{
	return d->answers && !d->has_answered && !d->profile.is_silent;
}

static void
fail_quiet(struct ym_error *err)
{
	ym_fail(err, YM_TIMEOUT, N_("The receipt printer does not answer any more: is it switched on?"), "quiet");
}

static void
step_write(struct ym_sequence *s, void *user)
{
	struct ym_driver_session *d = user;
	struct ym_error err;

	if (!d->has_order)
		return ym_sequence_finish(s); /* only a look at the state */
	if (is_quiet(d)) {
		fail_quiet(&err);
		return ym_sequence_fail(s, &err);
	}
	tell_state(d, YM_DEVICE_BUSY, NULL);
	if (d->faults & BLOCKING) {
		ym_fail(&err, YM_REFUSED, ym_escpos_fault_text(d->faults), "faults %02x", (unsigned)d->faults);
		return ym_sequence_fail(s, &err);
	}
	if (d->host.recorder) {
		char note[48];

		snprintf(note, sizeof note, "%zu bytes of a receipt", d->data.len);
		ym_recorder_note(d->host.recorder, note);
	}
	d->give_up_at = ym_clock_mono() + (int64_t)GIVE_UP * read_ms(d);
	d->was_waiting = d->data.len;
	d->is_told_stuck = false;
	ym_line_send(&d->line, d->data.data, d->data.len);
	ym_sequence_wait(s, read_ms(d), on_still);
}

static void
nobody_knows(struct ym_sequence *s)
{
	struct ym_error err;

	ym_fail(&err, YM_CONFLICT, N_("The printer does not say whether the paper came out: look, and answer"), "unconfirmed");
	ym_sequence_fail(s, &err);
}

static void
step_done(struct ym_sequence *s, void *user)
{
	struct ym_driver_session *d = user;
	YM_BUF out = {.max = 16};

	if (!d->answers)
		return nobody_knows(s);
	ym_escpos_ask_done(&out);
	ym_recorder_out(d->host.recorder, (const uint8_t *)out.data, out.len);
	d->has_asked_done = true;
	d->looks = 0;
	ym_line_send(&d->line, out.data, out.len);
	ym_sequence_next(s);
}

static void
step_wait(struct ym_sequence *s, void *user)
{
	ym_sequence_wait(s, reply_ms(user), NULL);
}

static void
step_look(struct ym_sequence *s, void *user)
{
	static const int n[] = {[LOOK_1] = 1, [LOOK_2] = 2, [LOOK_4] = 4};
	struct ym_driver_session *d = user;

	if (ym_sequence_at(s) == LOOK_1)
		d->faults = 0;
	ask(s, d, n[ym_sequence_at(s)]);
}

static void
step_judge(struct ym_sequence *s, void *user)
{
	struct ym_driver_session *d = user;

	/* A printer without paper is waited for: it has the receipt and goes on with it. */
	if (!(d->faults & BLOCKING) && ++d->looks >= LOOKS)
		return nobody_knows(s);
	if (ym_clock_mono() > d->give_up_at)
		return nobody_knows(s);
	if (d->told_faults != d->faults)
		tell_faults(d, true);
	ym_sequence_jump(s, WAIT);
}

static const struct ym_sequence_step steps[] = {
	[ASK_1] = {"ask", step_ask}, [ASK_2] = {"ask", step_ask}, [ASK_4] = {"ask", step_ask}, [WRITE] = {"write", step_write},
	[DONE] = {"done", step_done}, [WAIT] = {"wait", step_wait}, [LOOK_1] = {"look", step_look}, [LOOK_2] = {"look", step_look},
	[LOOK_4] = {"look", step_look}, [JUDGE] = {"judge", step_judge}};

static void
begin(struct ym_driver_session *d)
{
	ym_loop_remove(d->host.loop, d->poll);
	d->poll = 0;
	d->flood = 0;
	d->has_asked_done = d->has_answered = false;
	ym_sequence_start(&d->op, steps, YM_ARRAY_LEN(steps));
}

static void
begin_test(struct ym_driver_session *d)
{
	struct ym_escpos e;

	d->wants_test = false;
	d->is_test = d->has_order = true;
	d->order = 0;
	d->data.max = 4096;
	ym_escpos_begin(&e, &d->data, d->profile.is_gbk ? YM_ESCPOS_GBK : YM_ESCPOS_GB18030);
	ym_escpos_line(&e, YM_ESCPOS_BOLD | YM_ESCPOS_CENTER, "yimen 一门 打印测试");
	ym_escpos_end(&e, d->profile.has_knife);
	begin(d);
}

static void
on_done(void *user, const struct ym_error *err)
{
	struct ym_driver_session *d = user;
	struct ym_error quiet, over = *err;

	d->asked = 0;
	d->has_asked_done = false;
	if (d->is_flooding || err->code == YM_TIMEOUT) {
		tell_state(d, YM_DEVICE_ATTENTION, &over);
	} else if (is_quiet(d)) {
		fail_quiet(&quiet);
		tell_state(d, YM_DEVICE_ATTENTION, &quiet);
	} else {
		tell_faults(d, false);
	}
	if (d->has_order)
		end_order(d, &over);
	if (ym_sequence_is_running(&d->op))
		return; /* the next order came from inside */
	if (d->wants_test)
		poll_in(d, 0);
	else if (d->is_flooding || (d->answers && !d->profile.is_silent))
		poll_in(d, poll_ms(d));
}

/* -- the line -- */

static void
on_poll(void *user)
{
	struct ym_driver_session *d = user;

	d->poll = 0;
	if (d->is_flooding) {
		ym_line_flush(&d->line);
		ym_line_mute(&d->line, false);
		d->is_flooding = false;
	}
	if (d->wants_test)
		begin_test(d);
	else
		begin(d);
}

static void
on_flood(struct ym_driver_session *d)
{
	struct ym_error err;

	d->is_flooding = true;
	ym_line_mute(&d->line, true);
	ym_fail(&err, d->is_taken ? YM_CONFLICT : YM_REFUSED, N_("The receipt printer sends without end: switch it off and on"), "flood");
	if (ym_sequence_is_running(&d->op)) {
		ym_line_drop(&d->line);
		return ym_sequence_fail(&d->op, &err);
	}
	err.code = YM_REFUSED;
	tell_state(d, YM_DEVICE_ATTENTION, &err);
	poll_in(d, poll_ms(d));
}

/* True when the step ended with this byte. */
static bool
take(struct ym_driver_session *d, uint8_t byte)
{
	int n = d->asked;

	if (n && ym_escpos_is_status(byte)) {
		d->asked = 0;
		d->answers = d->has_answered = true;
		d->faults |= ym_escpos_faults(n, byte);
		ym_sequence_next(&d->op);
		return true;
	}
	if (d->has_asked_done && ym_escpos_is_done(byte)) {
		d->has_asked_done = false;
		d->faults = ym_escpos_done_faults(byte) & YM_ESCPOS_PAPER_LOW;
		ym_sequence_finish(&d->op);
		return true;
	}
	return false;
}

static void
on_bytes(void *user, const uint8_t *data, size_t n)
{
	struct ym_driver_session *d = user;

	ym_recorder_in(d->host.recorder, data, n, NULL);
	d->flood += n;
	if (d->flood > FLOOD_BYTES)
		return on_flood(d);
	for (size_t i = 0; i < n; i++)
		take(d, data[i]);
}

static void
on_drained(void *user)
{
	struct ym_driver_session *d = user;

	if (!ym_sequence_is_running(&d->op) || ym_sequence_at(&d->op) != WRITE)
		return;
	d->is_taken = true;
	ym_sequence_next(&d->op);
}

static void
on_lost(void *user)
{
	struct ym_driver_session *d = user;
	struct ym_error err;
	bool was_writing = d->has_order && ym_sequence_is_running(&d->op) && ym_sequence_at(&d->op) >= WRITE;

	ym_sequence_release(&d->op);
	ym_loop_remove(d->host.loop, d->poll);
	d->poll = 0;
	if (d->is_taken)
		ym_fail(&err, YM_CONFLICT, N_("The receipt printer was unplugged before it said that the paper came out: look, and answer"), "hang-up");
	else if (was_writing)
		ym_fail(&err, YM_GONE, N_("The receipt printer was unplugged while it printed: tear off what came out; it prints again when it is back"), "hang-up");
	else
		ym_fail(&err, YM_GONE, N_("The receipt printer was unplugged or switched off"), "hang-up");
	if (d->has_order)
		end_order(d, &err);
	err.code = YM_GONE;
	d->host.fn(d->host.user, &(struct ym_driver_event){.kind = YM_DRIVER_GONE, .err = &err});
}

/* -- the contract -- */

static enum ym_code
printer_open(const struct ym_driver_host *host, struct ym_driver_session **ret, struct ym_error *err)
{
	struct ym_driver_session *d;
	struct ym_profile profile;
	enum ym_code code = YM_OK;

	ym_profile_plain_receipt(&profile);
	if (*host->profile)
		code = ym_profile_load(host->profile, YM_ROLE_RECEIPT, &profile, err);
	if (code)
		return code;
	d = ym_alloc(sizeof *d);
	d->host = *host;
	d->profile = profile;
	d->line = (struct ym_line){.fd = -1, .on_bytes = on_bytes, .on_drained = on_drained, .on_lost = on_lost, .user = d};
	code = ym_line_open(&d->line, host->loop, "receipt printer", host->node, &profile.port, err);
	if (code) {
		free(d);
		return code;
	}
	ym_sequence_init(&d->op, host->loop, "printer", on_done, d);
	poll_in(d, 0);
	*ret = d;
	return YM_OK;
}

static void
printer_close(struct ym_driver_session *d)
{
	if (!d)
		return;
	ym_sequence_release(&d->op);
	ym_loop_remove(d->host.loop, d->poll);
	ym_line_close(&d->line);
	ym_buf_release(&d->data);
	free(d);
}

static void
printer_nothing(struct ym_driver_session *d)
{
	(void)d;
}

static void
printer_self_test(struct ym_driver_session *d)
{
	d->wants_test = true;
	if (!ym_sequence_is_running(&d->op) && !d->is_flooding)
		poll_in(d, 0);
}

static enum ym_code
printer_order(struct ym_driver_session *d, const struct ym_device_order *order, struct ym_error *err)
{
	if (order->kind != YM_ORDER_PRINT)
		return ym_fail(err, YM_REFUSED, N_("This device cannot do that"), "order %d", order->kind);
	if (d->has_order || d->wants_test || d->is_flooding)
		return ym_fail(err, YM_BUSY, N_("The receipt printer is printing"), "one at a time");
	if (!order->n || order->n > YM_LINE_OUT_MAX / 2)
		return ym_fail(err, YM_INVALID, N_("This is too long for the receipt printer"), "%zu bytes", order->n);
	d->has_order = true;
	d->order = order->id;
	d->data.max = YM_LINE_OUT_MAX / 2;
	ym_buf_add(&d->data, order->data, order->n);
	if (ym_sequence_is_running(&d->op))
		return YM_OK; /* a look at the state runs: its last step finds the order */
	poll_in(d, 0);
	return YM_OK;
}

static const struct ym_driver_match matches[] = {{"usbmisc", YM_ROLE_RECEIPT}, {"tty", YM_ROLE_RECEIPT}, {0}};

const struct ym_driver ym_printer = {
	.name = "receipt-escpos",
	.kind = YM_ROLE_RECEIPT,
	.match = matches,
	.open = printer_open,
	.close = printer_close,
	.start = printer_nothing,
	.cancel = printer_nothing,
	.self_test = printer_self_test,
	.order = printer_order,
};
