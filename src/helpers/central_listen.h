/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Where yimen-central listens: sockets, bound and listening. Not what comes in by them (central_serve.c). */
#pragma once

#include "yimen/error.h"

/* The owner's alone. BUSY: another program listens there; a dead one's socket is replaced. */
enum ym_code central_listen_unix(const char *path, int *ret, struct ym_error *err) YM_MUST;
/* "host:port", "[::1]:port", or ":port" for every address. */
enum ym_code central_listen_tcp(const char *where, int *ret, struct ym_error *err) YM_MUST;
