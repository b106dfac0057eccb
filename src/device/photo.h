/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The photo of a card through a licensed decoder, when the site has one: yimen-photo runs it, with a deadline. Not a decoder.
 * Invariant: the end is told once; no picture is made where the decoder gave none.
 */
#pragma once

#include "yimen/device.h"
#include "yimen/loop.h"

struct ym_photo;
/* gray: the photo, borrowed for the call; NULL: err says why there is none. Once, from the loop. */
typedef void (*ym_photo_fn)(void *user, const struct ym_image *gray, const struct ym_error *err);
/* decoder: the shared object of helpers/yimen_photo.h. wait_ms 0: three seconds. NOTFOUND when there is no such file, IO. */
enum ym_code ym_photo_decode(struct ym_loop *loop, const char *decoder, const uint8_t *wlt, size_t n, int wait_ms, ym_photo_fn fn, void *user,
	struct ym_photo **ret, struct ym_error *err) YM_MUST;
/* Not from inside fn. Accepts NULL. */
void ym_photo_free(struct ym_photo *p);
