/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Where practice takes hold of a station: its devices' hub, its notices, its end. Nothing else of the inside is shown.
 * Invariant: what is attached lives until the station closes, and is then told.
 */
#pragma once

#include "device/hub.h"
#include "yimen/station.h"

struct ym_hub *ym_station_hub(struct ym_station *s);      /* NULL when headless */
void ym_station_notify(struct ym_station *s, enum ym_notice what);
/* on_notice hears every notice after the screen did. */
void ym_station_attach(struct ym_station *s, void *state, void (*on_notice)(void *state, enum ym_notice what), void (*on_close)(void *state));
void *ym_station_attached(const struct ym_station *s);    /* NULL when nothing is */
