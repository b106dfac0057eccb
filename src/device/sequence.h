/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One device operation as a sequence of steps: next, jump, fail; cleanup steps that always run; one timer; one
 * completion. Not for what is persisted (those are tables). Invariant: between start and done exactly one step is
 * current, and done is called exactly once, after the last cleanup step; release drops it without calling done.
 */
#pragma once

#include "yimen/loop.h"

struct ym_sequence;
struct ym_sequence_step {
	const char *name;
	/* Begins the step; it, a reply or the timer later calls next, jump or fail. */
	void (*enter)(struct ym_sequence *s, void *user);
	bool is_cleanup; /* cleanup steps stand last in the table */
};
typedef void (*ym_sequence_done_fn)(void *user, const struct ym_error *err);

struct ym_sequence {
	struct ym_loop *loop;
	const char *name;
	const struct ym_sequence_step *steps; /* still set in done and after it */
	size_t n_steps;
	size_t at;       /* current step */
	size_t to;       /* where the trampoline goes next, when is_due */
	bool is_running, is_due, is_moving;
	size_t failed_at; /* the step of the first failure; for the completion */
	ym_source timer;
	void (*on_timer)(struct ym_sequence *s, void *user);
	ym_sequence_done_fn done;
	void *user;
	struct ym_error err; /* the first failure */
};

/* Storage is the caller's. loop is borrowed for the life of the sequence. */
void ym_sequence_init(struct ym_sequence *s, struct ym_loop *loop, const char *name, ym_sequence_done_fn done, void *user);
/* Stops without completion; safe inside a step, not inside done. Accepts a zeroed one. */
void ym_sequence_release(struct ym_sequence *s);
/* Begins at step 0. Only when none is running. */
void ym_sequence_start(struct ym_sequence *s, const struct ym_sequence_step *steps, size_t n_steps);
bool ym_sequence_is_running(const struct ym_sequence *s);
/* The current step's index; meaningless when not running. */
size_t ym_sequence_at(const struct ym_sequence *s);
/* Each ends the current step, and its timer with it. */
void ym_sequence_next(struct ym_sequence *s);
void ym_sequence_jump(struct ym_sequence *s, size_t step);
/* To the cleanup steps, or the next of them when in one already. The first error is kept. */
void ym_sequence_fail(struct ym_sequence *s, const struct ym_error *err);
/* To the cleanup steps without an error. */
void ym_sequence_finish(struct ym_sequence *s);
/* The one timer of the current step; a second call replaces it. NULL: the step is over then. */
void ym_sequence_wait(struct ym_sequence *s, int64_t ms, void (*fn)(struct ym_sequence *s, void *user));
