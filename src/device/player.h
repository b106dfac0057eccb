/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Plays a transcript (format: device/recorder.h) as the far end of a line: waits for the recorded requests, sends the
 * recorded answers in their recorded pieces. Not a simulator: it knows no protocol. Invariant: a request that differs
 * from the recorded one stops the play and is kept for the report.
 */
#pragma once

#include "yimen/loop.h"

struct ym_player;
/* INVALID with the line number when the file is malformed or masked. */
enum ym_code ym_player_new(struct ym_loop *loop, const char *path, struct ym_player **ret, struct ym_error *err) YM_MUST;
void ym_player_free(struct ym_player *p);
const char *ym_player_path(const struct ym_player *p);
/* Of the second line: "idcard-serial". */
const char *ym_player_driver(const struct ym_player *p);
/* "= " lines joined, a newline after each: what the driver must report. */
const char *ym_player_expected(const struct ym_player *p);
bool ym_player_is_over(const struct ym_player *p);
/* NULL, or where and how the driver left the recorded way. */
const char *ym_player_complaint(const struct ym_player *p);
