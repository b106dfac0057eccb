/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The administrator's commands of yimen-central; the server itself is central_serve.c. */
#pragma once

#include "central/central.h"

struct central_args {
	const char *dir, *desk, *station, *name, *division, *window, *profile, *epoch, *account, *posts, *by;
	const char *socket, *listen, *cert, *key, *registers, *password_file;
	bool officer, json;
	char *const *rest;      /* positional */
	int n_rest;
};
/* Prints the sentence of err; returns 1. */
int central_fail(const struct ym_error *err);
/* The first line of --password-file, or of the file that YIMEN_CENTRAL_PASSWORD_FILE names. Wiped by release. */
enum ym_code central_password(const struct central_args *a, struct ym_buf *ret, struct ym_error *err) YM_MUST;
/* Opened with the password. */
enum ym_code central_open(const struct central_args *a, struct ym_central **ret, struct ym_error *err) YM_MUST;
/* The named command's exit status; -1: no such command here. */
int central_admin(const char *command, const struct central_args *a);
