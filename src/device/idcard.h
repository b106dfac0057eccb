/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The dialogue with the SAM module of an ID-card reader, over whatever line a driver brings: find, select, read, report,
 * wait for the card to be lifted. Not for opening lines or for their framing (idcard_serial.c; USB bulk and HID later).
 * Invariant: at most one request is unanswered, and what a card says is wiped when its event has returned.
 */
#pragma once

#include "device/driver.h"

/* What a driver's line does. Each may find the line gone and then call ym_idcard_lost, at once or later. */
struct ym_idcard_line {
	/* Throw away input that is waiting, then send a whole request (YM_SAM_REQUEST_LEN bytes, borrowed for the call). */
	void (*send)(void *line, const uint8_t *request);
	/* Is input waiting that was not yet delivered? */
	bool (*has_input)(void *line);
	/* Listen to nothing but a hang-up, or to everything again. */
	void (*mute)(void *line, bool on);
};

struct ym_idcard;
/* host and line are borrowed for its life. The first request follows from the loop. Speaks as the session described in
 * driver.h; results go to host->fn. */
struct ym_idcard *ym_idcard_new(const struct ym_driver_host *host, const struct ym_idcard_line *line, void *line_user);
void ym_idcard_free(struct ym_idcard *d);
void ym_idcard_start(struct ym_idcard *d);
void ym_idcard_cancel(struct ym_idcard *d);
void ym_idcard_self_test(struct ym_idcard *d);
/* SAM bytes from the line, at most YM_IDCARD_CHUNK; the caller wipes its copy. */
#define YM_IDCARD_CHUNK 512
void ym_idcard_receive(struct ym_idcard *d, const uint8_t *data, size_t n);
/* The line is gone: ends in YM_DRIVER_GONE. More than once is the same as once. */
void ym_idcard_lost(struct ym_idcard *d);
