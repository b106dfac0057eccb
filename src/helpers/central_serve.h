/* SPDX-License-Identifier: MulanPSL-2.0 */
/* yimen-central's `serve`: the wire protocol over HTTP until SIGTERM or SIGINT. Not the other commands (central_admin.h). */
#pragma once

#include "central_admin.h"

/* The exit status; what went wrong has been said. */
int central_serve(const struct central_args *a);
