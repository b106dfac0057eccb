/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Plays a transcript (format: device/recorder.h) as the far end of a line: waits for the recorded requests, sends the
 * recorded answers in their recorded pieces. Not a simulator: it knows no protocol. Invariant: a request that differs
 * from the recorded one stops the play and is kept for the report.
 */
#pragma once

#include "yimen/loop.h"

struct player;
/* INVALID with the line number when the file is malformed or masked. */
enum ym_code player_new(struct ym_loop *loop, const char *path, struct player **ret, struct ym_error *err) YM_MUST;
void player_free(struct player *p);
const char *player_path(const struct player *p);
/* "= " lines joined, a newline after each: what the driver must report. */
const char *player_expected(const struct player *p);
bool player_is_over(const struct player *p);
/* NULL, or where and how the driver left the recorded way. */
const char *player_complaint(const struct player *p);
