/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The headless twin: a JSON file takes a visit through the same calls as the screens (yimen visit run FILE.json).
 * File format: man page yimen(1), "Visit files". Not a test double. Invariant: nothing here decides; every step is a public call.
 */
#pragma once

#include "base/json.h"
#include "yimen/station.h"

/* Run on a signed-in station. The report (decisions, reasons, papers) is a new reference, filled as far as it came even on an error. */
enum ym_code ym_station_run_file(struct ym_station *s, const json_t *file, json_t **ret_report, struct ym_error *err) YM_MUST;
