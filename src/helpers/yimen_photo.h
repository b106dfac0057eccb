/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What yimen asks of a decoder of card photos. The photo on a GA 467 identity card (WLT, 1024 bytes) is decoded by a library
 * that its maker licenses; yimen has none and draws no face of its own. A site that has one builds a shared object with these
 * two functions around it and names it with `yimen desk set photo.decoder FILE` (yimen-devices(5)).
 *
 * It is loaded by the helper program yimen-photo, one process a photo: what it prints is thrown away, it can write no file
 * (RLIMIT_FSIZE is 0), and after three seconds the process is killed. It may use threads, memory and files to read.
 * Invariant: what changes the meaning of these functions changes YIMEN_PHOTO_ABI.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define YIMEN_PHOTO_ABI 1
#define YIMEN_PHOTO_WIDTH 102
#define YIMEN_PHOTO_HEIGHT 126

/* YIMEN_PHOTO_ABI. */
int yimen_photo_abi(void);
/* wlt: the n bytes of the card's photo block. rgb: room for WIDTH * HEIGHT * 3 bytes, rows from the top, red, green, blue.
 * Returns 0 when rgb holds the photo, anything else when these bytes are no photo. Called once a process. */
int yimen_photo_decode(const uint8_t *wlt, size_t n, uint8_t *rgb);
