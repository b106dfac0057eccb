/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Making a desk: identity, keys, first account, trusted certificate, central key, first pack (yimen desk init; practice too).
 * Not the central's side. Invariant: a desk that could not be made completely leaves nothing behind.
 */
#pragma once

#include "base/json.h"
#include "yimen/station.h"

struct ym_enrol {
	const char *dir;          /* NULL: default */
	const char *url;          /* https://... ; with socket http://localhost */
	const char *socket;       /* Unix socket or NULL */
	const char *cafile;       /* trusted certificate or NULL for the system's */
	const char *fingerprint;  /* SM3 of the central's public key, hex, known by other means; or NULL */
	const char *code;         /* one-time code */
	const char *account, *password;
	bool practice;
};
enum ym_code ym_station_enrol(const struct ym_enrol *e, struct ym_error *err) YM_MUST;
char *ym_station_default_dir(bool practice);   /* caller frees */
/* One exchange through yimen-sync --exchange; waits. *ret_status 0 when there is no link. */
enum ym_code ym_station_exchange(const struct ym_enrol *e, const char *method, const char *path, const char *body, int *ret_status,
	struct ym_buf *ret_body, struct ym_error *err) YM_MUST;
