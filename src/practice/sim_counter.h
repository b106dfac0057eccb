/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The far ends of the practice counter's cameras and fingerprint reader: what lies under the camera, who sits before it,
 * which finger lies on the glass. Told to the stand-ins of yimen-camera and yimen-finger through files of the practice
 * folder. Not a way past a driver. Invariant: a page lies crooked at first, as people lay it.
 */
#pragma once

#include "device/hub.h"
#include "practice/hands.h"

struct ym_sim_counter;
/* Makes the folders and gives the hub its ports; devices whose helper is not installed simply do not come. */
enum ym_code ym_sim_counter_new(const char *dir, struct ym_hub *hub, struct ym_sim_counter **ret, struct ym_error *err) YM_MUST;
void ym_sim_counter_free(struct ym_sim_counter *c); /* accepts NULL */
/* Nobody and nothing is there any more. */
void ym_sim_counter_clear(struct ym_sim_counter *c);

/* The hands' share: what can be done now, and doing it (*ret_known: the key is one of these). */
int ym_sim_counter_list(struct ym_sim_counter *c, struct ym_hands *h, struct ym_hand *ret, int max);
enum ym_code ym_sim_counter_do(struct ym_sim_counter *c, struct ym_hands *h, const char *key, bool *ret_known, struct ym_error *err) YM_MUST;
