/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Signing one paper on the pad: what is signed and by whom, what the pad does, what was drawn. arg: const int *, the paper.
 * Not the papers (s_papers.c). Invariant: leaving it without accepting keeps nothing.
 */
#pragma once

#include "screen.h"

extern const struct ui_screen s_signing_screen;
