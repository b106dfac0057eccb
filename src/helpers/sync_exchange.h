/* SPDX-License-Identifier: MulanPSL-2.0 */
/* One exchange for enrolment: JSON from standard input to standard output. Not a desk's sync (yimen-sync.c). */
#pragma once

/* {url, socket, cafile, profile, method, path, headers[], body} in, {link, status, body} out; returns the exit status. */
int sync_exchange_run(void);
