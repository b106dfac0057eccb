/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Signing in: account and password. Not the lock of a signed-in officer (s_lock.h). Invariant: a password is wiped as soon
 * as it has been handed on.
 */
#pragma once

#include "screen.h"

extern const struct ui_screen s_sign_in_screen;
