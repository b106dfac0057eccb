/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Which of the keyboards is a scanner: all that were given are listened to until one types the code that the screen shows.
 * Nothing is grabbed and nothing is kept of what else is typed. Not for scanning (scanner_wedge.c).
 * Invariant: what is typed is compared character by character and never stored.
 */
#pragma once

#include "yimen/loop.h"

#define YM_TEACH_MAX 16

struct ym_teach;
/* index: of the node given to ym_teach_add. Called once; free it then, not from inside. */
typedef void (*ym_teach_fn)(void *user, int index);
struct ym_teach *ym_teach_new(struct ym_loop *loop, const char *code, ym_teach_fn fn, void *user);
/* False when it cannot be listened to. */
bool ym_teach_add(struct ym_teach *t, int index, const char *node);
void ym_teach_free(struct ym_teach *t);
