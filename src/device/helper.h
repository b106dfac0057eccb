/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A driver's helper program: what blocks, may crash or drags in a heavy library runs there (libusb, V4L2, libfprint), and
 * the driver speaks to it in messages over a pair of pipes on the loop. Both ends are here. Not for what is said in them.
 * Invariant: no helper outlives its session: it is killed at the latest when the session closes or our process ends.
 *
 * A message is one byte of kind (chosen by the driver), four bytes of length (big-endian), then that many bytes.
 */
#pragma once

#include "base/mem.h"
#include "yimen/loop.h"

#define YM_HELPER_HEAD 5

struct ym_helper;
struct ym_helper_calls {
	size_t max;       /* longest message the driver takes */
	/* data is borrowed for the call and wiped after it. */
	void (*message)(void *user, uint8_t kind, const uint8_t *data, size_t n);
	/* The helper is no more, and all it said has been delivered; or it said something malformed, and was killed.
	 * Once, and nothing after it. err: GONE when it ended, IO when it was malformed. */
	void (*ended)(void *user, const struct ym_error *err);
};

/* Starts a program of YIMEN_LIBEXEC; args (may be NULL) end with NULL and hold nothing personal. Nothing is called back
 * before the next turn. NOTFOUND when this installation has no such program (it is optional), IO. */
enum ym_code ym_helper_new(struct ym_loop *loop, const char *program, const char *const *args, const struct ym_helper_calls *calls,
	void *user, struct ym_helper **ret, struct ym_error *err) YM_MUST;
/* Queues a message. False when the helper has ended or has not taken the last 1 MiB and more: it hangs. */
bool ym_helper_send(struct ym_helper *h, uint8_t kind, const void *data, size_t n);
/* While paused nothing more is read from it; it blocks in its next write. */
void ym_helper_pause(struct ym_helper *h, bool on);
/* Kills it. Not from inside its calls (the hub closes sessions from a timer). Accepts NULL. */
void ym_helper_free(struct ym_helper *h);

/* -- the helper's side: blocking, on descriptors 0 and 1 -- */

/* First thing in its main: it dies with the program that started it, and a closed pipe is an error, not a signal. */
void ym_helper_begin(void);
/* False at the end of the pipe or for a message longer than max; data's old contents are dropped. */
bool ym_helper_read(uint8_t *kind, struct ym_buf *data, size_t max);
bool ym_helper_write(uint8_t kind, const void *data, size_t n);
