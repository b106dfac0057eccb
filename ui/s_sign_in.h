/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Signing in: account and password. Not the lock of a signed-in officer (s_lock.h). Invariant: a password is wiped as soon
 * as it has been handed on.
 */
#pragma once

#include "screen.h"
#include "w_fields.h"

extern const struct ui_screen s_sign_in_screen;
/* From the password to the token's PIN and back; a sentence in the field when the account has no token. */
void s_sign_in_turn(struct ui_app *app, const char *account, struct w_field *secret, bool *by_token);
