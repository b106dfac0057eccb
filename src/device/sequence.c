/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The sequence helper. Moves are carried out by one trampoline, so that a step may end itself while it begins.
 * Invariant: a timer never outlives its step.
 */
#include "device/sequence.h"

#include <string.h>

#include "base/diag.h"

static size_t
first_cleanup(const struct ym_sequence *s)
{
	size_t i = s->n_steps;

	while (i > 0 && s->steps[i - 1].is_cleanup)
		i--;
	return i;
}

static void
stop_timer(struct ym_sequence *s)
{
	ym_loop_remove(s->loop, s->timer);
	s->timer = 0;
}

static void
move(struct ym_sequence *s, size_t to)
{
	if (!ym_sequence_is_running(s)) {
		ym_diag(YM_DIAG_ERROR, "sequence", "bug: %s moves while not running", s->name);
		return;
	}
	stop_timer(s);
	s->to = to;
	s->is_due = true;
	if (s->is_moving)
		return;
	s->is_moving = true;
	while (s->is_due) {
		s->is_due = false;
		s->at = s->to;
		if (s->at < s->n_steps) {
			s->steps[s->at].enter(s, s->user);
		} else {
			struct ym_error err = s->err;

			s->is_running = s->is_moving = false;
			s->done(s->user, &err);
			return;
		}
	}
	s->is_moving = false;
}

void
ym_sequence_init(struct ym_sequence *s, struct ym_loop *loop, const char *name, ym_sequence_done_fn done, void *user)
{
	*s = (struct ym_sequence){.loop = loop, .name = name, .done = done, .user = user};
}

void
ym_sequence_release(struct ym_sequence *s)
{
	if (!s->loop)
		return;
	stop_timer(s);
	s->is_running = s->is_due = false;
}

void
ym_sequence_start(struct ym_sequence *s, const struct ym_sequence_step *steps, size_t n_steps)
{
	if (ym_sequence_is_running(s)) {
		ym_diag(YM_DIAG_ERROR, "sequence", "bug: %s started twice", s->name);
		return;
	}
	s->steps = steps;
	s->n_steps = n_steps;
	s->is_running = true;
	s->failed_at = 0;
	memset(&s->err, 0, sizeof s->err);
	move(s, 0);
}

bool
ym_sequence_is_running(const struct ym_sequence *s)
{
	return s->is_running;
}

size_t
ym_sequence_at(const struct ym_sequence *s)
{
	return s->at;
}

void
ym_sequence_next(struct ym_sequence *s)
{
	move(s, s->at + 1);
}

void
ym_sequence_jump(struct ym_sequence *s, size_t step)
{
	move(s, step);
}

void
ym_sequence_fail(struct ym_sequence *s, const struct ym_error *err)
{
	if (!ym_sequence_is_running(s)) {
		ym_diag(YM_DIAG_ERROR, "sequence", "bug: %s fails while not running", s->name);
		return;
	}
	if (!s->err.code) {
		s->err = *err;
		s->failed_at = s->at;
	}
	move(s, s->steps[s->at].is_cleanup ? s->at + 1 : first_cleanup(s));
}

void
ym_sequence_finish(struct ym_sequence *s)
{
	if (ym_sequence_is_running(s))
		move(s, s->steps[s->at].is_cleanup ? s->at + 1 : first_cleanup(s));
}

static void
fire(void *user)
{
	struct ym_sequence *s = user;

	s->timer = 0;
	if (s->on_timer)
		s->on_timer(s, s->user);
	else
		ym_sequence_next(s);
}

void
ym_sequence_wait(struct ym_sequence *s, int64_t ms, void (*fn)(struct ym_sequence *s, void *user))
{
	stop_timer(s);
	if (!ym_sequence_is_running(s) || s->is_due)
		return; /* the step is over already */
	s->on_timer = fn;
	s->timer = ym_loop_add_timer(s->loop, s->name, ms, fire, s);
}
