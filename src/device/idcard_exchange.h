/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One request to the SAM module and its answer: the deadline, what came damaged, and bytes that nobody asked for. It runs as
 * the current step of a sequence, which it fails by itself. Not for what is asked next (idcard.c).
 * Invariant: at most one request is unanswered; on_answer is called once for it, or the step has failed.
 */
#pragma once

#include "device/idcard.h"
#include "device/sam.h"
#include "device/sequence.h"

struct ym_idcard_exchange {
	struct ym_sequence op; /* the first member: its timers find the exchange by it */
	const struct ym_driver_host *host;
	const struct ym_idcard_line *line;
	void *line_user;
	int reply_ms, read_ms;
	void (*on_answer)(void *user, const struct ym_sam_reply *reply); /* it fits the request; whatever its status */
	void *user;
	enum ym_sam_command asked;
	bool is_waiting;         /* for an answer to `asked` */
	struct ym_sam_parser parser;
	size_t n_unasked;        /* bytes nobody asked for since the line was last quiet */
	bool is_noisy;           /* some of them came since the last request */
};

void ym_idcard_exchange_ask(struct ym_idcard_exchange *e, enum ym_sam_command command);
/* Forgets the request and what came of its answer. */
void ym_idcard_exchange_drop(struct ym_idcard_exchange *e);
/* The module answered, but with a fault: fails the step in its words. */
void ym_idcard_exchange_fail_status(struct ym_idcard_exchange *e, uint8_t sw3);
/* Bytes of the line; true when they ended an answer. */
bool ym_idcard_exchange_receive(struct ym_idcard_exchange *e, const uint8_t *data, size_t n);
/* More came unasked than a slip can explain. */
bool ym_idcard_exchange_is_flooded(const struct ym_idcard_exchange *e);
void ym_idcard_exchange_say_flooded(const struct ym_idcard_exchange *e, struct ym_error *err);
