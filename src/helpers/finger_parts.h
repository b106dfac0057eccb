/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What the parts of yimen-finger share. */
#pragma once

#include "device/finger_wire.h"
#include "device/helper.h"

void finger_say(const struct ym_finger_message *m);
void finger_say_fault(uint8_t kind, enum ym_finger_fault fault);
int finger_stand_in(const char *dir);
