/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A character line to a device (serial, usblp, pty) as drivers use it: opened raw, written without blocking, read in
 * pieces, its end told once. Not a protocol. Invariant: after on_lost nothing is read or written; what cannot be
 * written at once waits, up to LINE_OUT_MAX.
 */
#pragma once

#include "base/mem.h"
#include "yimen/loop.h"

#define YM_LINE_OUT_MAX (1u << 20)
#define YM_LINE_CHUNK 512

/* Zeros mean 9600 8N1. */
struct ym_line_settings {
	int baud;       /* one of the standard speeds up to 230400 */
	int data_bits;  /* 7 or 8 */
	char parity;    /* 'n', 'e', 'o' */
	int stop_bits;  /* 1 or 2 */
};

/* After open failed: errno in the device's own words. */
struct ym_line_words {
	const char *gone, *refused, *busy, *broken; /* msgids */
};
enum ym_code ym_line_fail_open(const char *node, const struct ym_line_words *words, struct ym_error *err) YM_MUST;

struct ym_line {
	struct ym_loop *loop;
	int fd;          /* -1 when closed or lost */
	ym_source source;
	struct ym_buf out;
	bool is_muted;
	/* All are the last thing that the line does in a turn. on_drained: everything sent was taken by the kernel. */
	void (*on_bytes)(void *user, const uint8_t *data, size_t n);
	void (*on_drained)(void *user);
	void (*on_lost)(void *user);
	void *user;
	const struct ym_line_words *words; /* NULL: those of any device */
};

bool ym_line_is_speed(int baud);
/* For drivers that open their node themselves. Nodes that are no terminal (a mock, a pipe) refuse the settings; bytes are bytes all
 * the same. */
void ym_line_make_raw(int fd, const struct ym_line_settings *want);
/* The caller has set the callbacks and words. GONE: the node is not there; BUSY, REFUSED, IO. */
enum ym_code ym_line_open(struct ym_line *l, struct ym_loop *loop, const char *name, const char *node,
	const struct ym_line_settings *settings, struct ym_error *err) YM_MUST;
/* Accepts a zeroed one. */
void ym_line_close(struct ym_line *l);
/* False when it is lost or too much waits. on_lost comes later, from the loop. */
bool ym_line_send(struct ym_line *l, const void *data, size_t n);
size_t ym_line_waiting(const struct ym_line *l); /* bytes not yet taken */
void ym_line_drop(struct ym_line *l);            /* forget what waits */
/* Reads nothing while muted; the end of the line still shows. */
void ym_line_mute(struct ym_line *l, bool on);
/* Throws away what has come and was not read yet. */
void ym_line_flush(struct ym_line *l);
