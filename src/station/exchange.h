/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One exchange with a central through yimen-sync --exchange; waits. For making a desk and for practice.
 */
#pragma once

#include "base/mem.h"
#include "yimen/admin.h"

/* *ret_status is the HTTP status; OFFLINE with the reason when there is no link. */
enum ym_code ym_station_exchange(const struct ym_enrol *e, const char *method, const char *path, const char *body, int *ret_status,
	struct ym_buf *ret_body, struct ym_error *err) YM_MUST;
