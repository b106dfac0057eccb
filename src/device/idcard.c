/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The SAM dialogue. Not a driver by itself: bytes come and go through struct ym_idcard_line.
 * Invariant: see idcard.h. Nothing here was measured on a physical reader.
 *
 * Timeline (host > module, module < host):
 *
 *  1. opened: state BUSY.
 *     > 11 FF status        < 90 good / 60, 66 the module is at fault -> 7
 *     > 12 FF module id     < 90 + 16 bytes; anything else: no id, go on
 *     state READY.
 *  2. armed, every poll_ms:  > 20 01 find   < 80 no card (again in poll_ms) / 9F -> 3
 *  3. state BUSY.            > 20 02 select < 90 / 81 and others -> 6
 *                            > 30 01 read (30 10 with fingerprints, where the site's profile says so; 21 23 24: again with 30 01)
 *                                           < 90 + text + photo, within read_ms / 41 and others -> 6
 *                            > 30 03 new address  < 90 + 70 bytes / 91 none / card gone: a warning on the card
 *  4. event CARD, state READY with has_card.
 *  5. held: find goes on, armed or not, until it has said 80 twice in a row: event LIFTED, back to 2. So one laying
 *     gives one card, whether the module finds a card again that was read (9F) or not (80).
 *  6. a card that could not be read: event FAILED, state ATTENTION ("lift it and lay it again"), then as 5; the
 *     state is READY again once the card is lifted.
 *     A damaged answer while a card was being read counts as this: another try needs the card lifted anyway.
 *  7. the module is at fault (silence, endless stream, self-test, damage with no card): FAILED too if a card was being
 *     read, state ATTENTION, the line is left alone for retry_ms, then 1; after a failed read 6 follows 1.
 *  8. unplugged (serial: read gives 0, EIO, ENXIO, ENODEV; HUP): at any point above. FAILED if a card was being read; GONE.
 *  9. cancel: a running read ends silently, once its late answer has come or read_ms is over; then as 2, unarmed.
 *     A module that does not find a read card again wants it laid anew.
 */
#include "device/idcard.h"

#include "base/mem.h"
#include "device/card.h"
#include "device/idcard_exchange.h"
#include "device/recorder.h"

/* A module that does not find a card again after reading it says 80 while the card lies there; one 80 may be a slip. */
#define LIFT_POLLS 2
#define UNPLUGGED_TEXT N_("The card reader was unplugged: plug it in again, or type the data")

enum line {
	LINE_UNPROBED,
	LINE_FREE,        /* no card known */
	LINE_HELD,        /* the card was read: wait for its lifting */
	LINE_HELD_FAILED, /* the card could not be read: wait for its lifting */
	LINE_DEAD,        /* unplugged: wait for close */
};

struct ym_idcard {
	const struct ym_driver_host *host;
	struct ym_driver_timing t;
	bool is_lost;            /* ym_idcard_lost was called */
	struct ym_idcard_exchange x;
	ym_source next;          /* timer between operations */
	enum line line, after_probe;
	bool is_armed, wants_test;
	bool wants_finger;       /* the site asks for it, and the module has not refused */
	int n_empty;             /* finds in a row that saw no card */
	struct ym_card card;
	char about[64];
};

static void on_done(void *user, const struct ym_error *err);
static bool is_reading(const struct ym_idcard *d);

/* -- events -- */

static void
emit(struct ym_idcard *d, struct ym_driver_event ev)
{
	d->host->fn(d->host->user, &ev);
}

static void
emit_state(struct ym_idcard *d, enum ym_device_state state, const struct ym_error *err)
{
	emit(d, (struct ym_driver_event){.kind = YM_DRIVER_STATE, .state = state, .err = err, .about = d->about,
		.has_card = d->line == LINE_HELD || d->line == LINE_HELD_FAILED ||
			(is_reading(d) && ym_sequence_is_running(&d->x.op))});
}

/* -- the line -- */

/* -- steps -- */

static void
ask(struct ym_idcard *d, enum ym_sam_command command)
{
	ym_idcard_exchange_ask(&d->x, command);
}

enum { PROBE_STATUS, PROBE_ID };
enum { READ_FIND, READ_SELECT, READ_DATA, READ_ADDRESS };

static void
step_status(struct ym_sequence *s, void *user)
{
	ask(user, YM_SAM_STATUS);
}

static void
step_id(struct ym_sequence *s, void *user)
{
	ask(user, YM_SAM_MODULE_ID);
}

static void
step_find(struct ym_sequence *s, void *user)
{
	ask(user, YM_SAM_FIND);
}

static void
step_select(struct ym_sequence *s, void *user)
{
	struct ym_idcard *d = user;

	emit_state(d, YM_DEVICE_BUSY, NULL);
	if (ym_sequence_is_running(s) && !s->is_due) /* the event may have cancelled us */
		ask(d, YM_SAM_SELECT);
}

static void
step_data(struct ym_sequence *s, void *user)
{
	struct ym_idcard *d = user;

	ask(d, d->wants_finger ? YM_SAM_READ_FINGER : YM_SAM_READ);
}

static void
step_address(struct ym_sequence *s, void *user)
{
	ask(user, YM_SAM_READ_ADDRESS);
}

/* Cleanup: after a fault, let late bytes pass before anybody asks again. */
static void
step_settle(struct ym_sequence *s, void *user)
{
	struct ym_idcard *d = user;

	if (d->is_lost || !s->err.code)
		return ym_sequence_next(s);
	/* Only a cancelled request is still waiting: for its late answer. */
	ym_sequence_wait(s, d->x.is_waiting ? d->t.read_ms : d->t.settle_ms, NULL);
}

static void
step_wipe(struct ym_sequence *s, void *user)
{
	struct ym_idcard *d = user;

	ym_idcard_exchange_drop(&d->x);
	ym_sequence_next(s);
}

static const struct ym_sequence_step probe_steps[] = {
	{"status", step_status, false}, {"module id", step_id, false},
	{"settle", step_settle, true}, {"wipe", step_wipe, true},
};
static const struct ym_sequence_step read_steps[] = {
	{"find", step_find, false}, {"select", step_select, false}, {"read", step_data, false},
	{"new address", step_address, false}, {"settle", step_settle, true}, {"wipe", step_wipe, true},
};

static bool
is_reading(const struct ym_idcard *d)
{
	return d->x.op.steps == read_steps;
}

/* A good reply to a read: the card's contents go into d->card, before the next request reuses the buffer. */
static void
take_data(struct ym_idcard *d, const struct ym_sam_reply *r)
{
	struct ym_sam_blocks b;
	struct ym_error err;

	if (ym_sam_split(d->x.asked, r, &b, &err) || ym_card_parse(b.text, &d->card, &err))
		return ym_sequence_fail(&d->x.op, &err);
	memcpy(d->card.photo, b.photo, b.n_photo);
	d->card.photo_len = b.n_photo;
	if (b.n_finger <= sizeof d->card.finger) {
		memcpy(d->card.finger, b.finger, b.n_finger);
		d->card.finger_len = b.n_finger;
	}
	if (d->card.kind == YM_CARD_UNKNOWN)
		ym_sequence_finish(&d->x.op);
	else
		ym_sequence_next(&d->x.op);
}

static void
take_address(struct ym_idcard *d, const struct ym_sam_reply *r)
{
	enum ym_sam_advice advice = ym_sam_meaning(r->sw3)->advice;

	/* Modules that do not know the command are not worth a warning on every card. */
	if (r->sw3 == YM_SAM_SW3_DONE ? ym_card_parse_address(r->data, &d->card, NULL) != YM_OK : advice == YM_SAM_RETRY_CARD)
		d->card.warnings |= YM_CARD_WARN_ADDRESS;
	ym_sequence_finish(&d->x.op);
}

static void
take_find(struct ym_idcard *d, const struct ym_sam_reply *r)
{
	if (r->sw3 == YM_SAM_SW3_NO_CARD) {
		d->n_empty++;
		ym_sequence_finish(&d->x.op);
	} else if (r->sw3 != YM_SAM_SW3_FOUND) {
		ym_idcard_exchange_fail_status(&d->x, r->sw3);
	} else {
		d->n_empty = 0;
		if (d->line == LINE_FREE && d->is_armed)
			ym_sequence_next(&d->x.op);
		else
			ym_sequence_finish(&d->x.op);
	}
}

static void
on_answer(void *user, const struct ym_sam_reply *r)
{
	struct ym_idcard *d = user;

	switch (d->x.asked) {
	case YM_SAM_FIND:
		return take_find(d, r);
	case YM_SAM_READ_ADDRESS:
		return take_address(d, r);
	case YM_SAM_MODULE_ID:
		if (r->sw3 == YM_SAM_SW3_DONE)
			ym_sam_module_id(d->about, r->data);
		return ym_sequence_next(&d->x.op);
	default:
		if (d->x.asked == YM_SAM_READ_FINGER && ym_sam_meaning(r->sw3)->advice == YM_SAM_OUR_BUG) {
			d->wants_finger = false; /* an older module: without them from now on */
			return ask(d, YM_SAM_READ);
		}
		if (r->sw3 != YM_SAM_SW3_DONE)
			return ym_idcard_exchange_fail_status(&d->x, r->sw3);
		if (d->x.asked == YM_SAM_READ || d->x.asked == YM_SAM_READ_FINGER)
			return take_data(d, r);
		return ym_sequence_next(&d->x.op);
	}
}

/* -- operations -- */

static void
on_next(void *user)
{
	struct ym_idcard *d = user;

	d->next = 0;
	if (d->line == LINE_UNPROBED || d->wants_test) {
		if (d->line != LINE_UNPROBED)
			d->after_probe = d->line;
		d->x.line->mute(d->x.line_user, false);
		d->x.n_unasked = 0;
		ym_sequence_start(&d->x.op, probe_steps, YM_ARRAY_LEN(probe_steps));
	} else {
		ym_sequence_start(&d->x.op, read_steps, YM_ARRAY_LEN(read_steps));
	}
}

static void
plan_in(struct ym_idcard *d, int ms)
{
	ym_loop_remove(d->host->loop, d->next);
	d->next = ym_loop_add_timer(d->host->loop, "card reader", ms, on_next, d);
}

/* What comes after a finished operation. */
static void
plan(struct ym_idcard *d)
{
	if (d->line == LINE_DEAD || ym_sequence_is_running(&d->x.op))
		return;
	if (d->line == LINE_UNPROBED || d->wants_test)
		plan_in(d, 0);
	else if (d->is_armed || d->line != LINE_FREE)
		plan_in(d, d->t.poll_ms);
}

/* Leave the line alone for a while, then probe it. A sender that never stops is not listened to until then; a
 * hang-up is still seen. */
static void
rest(struct ym_idcard *d, int ms)
{
	d->line = LINE_UNPROBED;
	if (ym_idcard_exchange_is_flooded(&d->x))
		d->x.line->mute(d->x.line_user, true);
	plan_in(d, ms);
}

static void
probe_done(struct ym_idcard *d, const struct ym_error *err)
{
	bool was_test = d->wants_test;

	d->wants_test = false;
	if (err->code) {
		rest(d, d->t.retry_ms);
		emit_state(d, YM_DEVICE_ATTENTION, err);
	} else {
		d->line = d->after_probe;
		plan(d);
		emit_state(d, d->line == LINE_HELD_FAILED ? YM_DEVICE_ATTENTION : YM_DEVICE_READY, NULL);
	}
	if (was_test)
		emit(d, (struct ym_driver_event){.kind = YM_DRIVER_TESTED, .err = err});
}

/* A find that led nowhere: perhaps the held card is gone. */
static void
poll_done(struct ym_idcard *d)
{
	bool is_lifted = d->line != LINE_FREE && d->n_empty >= LIFT_POLLS;

	if (is_lifted)
		d->line = LINE_FREE;
	plan(d);
	if (!is_lifted)
		return;
	emit(d, (struct ym_driver_event){.kind = YM_DRIVER_LIFTED});
	emit_state(d, YM_DEVICE_READY, NULL);
}

static void
read_failed(struct ym_idcard *d, bool had_card, const struct ym_error *err)
{
	if (err->code == YM_CANCELLED) {
		plan(d);
		return emit_state(d, YM_DEVICE_READY, NULL);
	}
	d->n_empty = 0;
	d->after_probe = had_card ? LINE_HELD_FAILED : d->line;
	if (had_card && (err->code == YM_BUSY || err->code == YM_IO) && !ym_idcard_exchange_is_flooded(&d->x)) {
		d->line = LINE_HELD_FAILED;
		plan(d);
	} else {
		rest(d, had_card && err->code == YM_TIMEOUT ? 0 : d->t.retry_ms);
	}
	if (had_card)
		emit(d, (struct ym_driver_event){.kind = YM_DRIVER_FAILED, .err = err});
	emit_state(d, YM_DEVICE_ATTENTION, err);
}

static void
read_done(struct ym_idcard *d)
{
	struct ym_card card = d->card;

	ym_card_release(&d->card);
	if (card.kind == YM_CARD_UNKNOWN && !card.letter[0])
		return poll_done(d);
	d->line = LINE_HELD;
	d->n_empty = 0;
	plan(d);
	emit(d, (struct ym_driver_event){.kind = YM_DRIVER_CARD, .card = &card});
	ym_card_release(&card);
	emit_state(d, YM_DEVICE_READY, NULL);
}

/* failed: of the card that was being read, NULL when there was none. */
static void
gone(struct ym_idcard *d, const struct ym_error *failed)
{
	struct ym_error err;

	ym_fail(&err, YM_GONE, UNPLUGGED_TEXT, "line is gone");
	d->line = LINE_DEAD;
	ym_loop_remove(d->host->loop, d->next);
	d->next = 0;
	if (failed)
		emit(d, (struct ym_driver_event){.kind = YM_DRIVER_FAILED, .err = failed});
	if (d->wants_test)
		emit(d, (struct ym_driver_event){.kind = YM_DRIVER_TESTED, .err = &err});
	emit(d, (struct ym_driver_event){.kind = YM_DRIVER_GONE, .err = &err});
}

static void
on_done(void *user, const struct ym_error *err)
{
	struct ym_idcard *d = user;
	bool had_card = is_reading(d) && err->code && d->x.op.failed_at > READ_FIND;

	if (err->code)
		ym_card_release(&d->card);
	if (d->is_lost)
		gone(d, had_card && err->code != YM_CANCELLED ? err : NULL);
	else if (!is_reading(d))
		probe_done(d, err);
	else if (err->code)
		read_failed(d, had_card, err);
	else
		read_done(d);
}

/* -- what the line tells -- */

void
ym_idcard_receive(struct ym_idcard *d, const uint8_t *data, size_t n)
{
	struct ym_error err;

	if (ym_idcard_exchange_receive(&d->x, data, n) || !ym_idcard_exchange_is_flooded(&d->x) || ym_sequence_is_running(&d->x.op) || d->line == LINE_UNPROBED)
		return;
	ym_idcard_exchange_say_flooded(&d->x, &err);
	read_failed(d, false, &err);
}

void
ym_idcard_lost(struct ym_idcard *d)
{
	struct ym_error err;

	if (d->is_lost)
		return;
	d->is_lost = true;
	d->x.is_waiting = false;
	ym_recorder_note(d->host->recorder, "unplugged");
	ym_fail(&err, YM_GONE, UNPLUGGED_TEXT, "line is gone");
	if (ym_sequence_is_running(&d->x.op))
		ym_sequence_fail(&d->x.op, &err);
	else
		gone(d, NULL);
}

/* -- the driver's side -- */

struct ym_idcard *
ym_idcard_new(const struct ym_driver_host *host, const struct ym_idcard_line *line, void *line_user)
{
	struct ym_idcard *d = ym_alloc(sizeof *d);

	d->host = host;
	d->t = (struct ym_driver_timing){host->timing.reply_ms ?: 1000, host->timing.read_ms ?: 3000,
		host->timing.poll_ms ?: 300, host->timing.settle_ms ?: 200,
		host->timing.retry_ms ?: 2000};
	d->line = LINE_UNPROBED;
	d->after_probe = LINE_FREE;
	d->wants_finger = ym_streq(host->profile, "finger");
	d->x = (struct ym_idcard_exchange){.host = host, .line = line, .line_user = line_user, .reply_ms = d->t.reply_ms, .read_ms = d->t.read_ms,
		.on_answer = on_answer, .user = d};
	ym_sequence_init(&d->x.op, host->loop, "card reader", on_done, d);
	plan_in(d, 0);
	return d;
}

void
ym_idcard_free(struct ym_idcard *d)
{
	if (!d)
		return;
	ym_sequence_release(&d->x.op);
	ym_loop_remove(d->host->loop, d->next);
	explicit_bzero(d, sizeof *d);
	free(d);
}

void
ym_idcard_start(struct ym_idcard *d)
{
	if (d->is_armed)
		return;
	d->is_armed = true;
	if (d->line == LINE_FREE && !ym_sequence_is_running(&d->x.op))
		plan_in(d, 0);
}

void
ym_idcard_cancel(struct ym_idcard *d)
{
	struct ym_error err;

	d->is_armed = false;
	if (d->line != LINE_FREE)
		return; /* a held card is watched until it is lifted */
	if (!ym_sequence_is_running(&d->x.op)) {
		if (!d->wants_test) {
			ym_loop_remove(d->host->loop, d->next);
			d->next = 0;
		}
	} else if (is_reading(d) && ym_sequence_at(&d->x.op) > READ_FIND && !d->x.op.steps[ym_sequence_at(&d->x.op)].is_cleanup) {
		ym_fail(&err, YM_CANCELLED, N_("Cancelled"), "disarmed");
		ym_sequence_fail(&d->x.op, &err);
	}
}

void
ym_idcard_self_test(struct ym_idcard *d)
{
	if (d->line == LINE_DEAD)
		return;
	d->wants_test = true;
	if (!ym_sequence_is_running(&d->x.op))
		plan_in(d, 0);
}
