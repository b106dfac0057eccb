/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * HTTP for yimen-sync: addresses that may be used, one exchange at a time on each line, waited for or in a loop.
 * Not what is asked or what an answer means (src/sync). Invariant: an answer counts only when its head came whole.
 */
#pragma once

#include "sync/sync.h"

/* Once in a program, around everything else here. */
void sync_http_init(void);
void sync_http_end(void);

struct sync_http_address { char *url, *socket, *cafile; };
void sync_http_release_address(struct sync_http_address *a);
/* NULL when the address may be used, else a sentence: http and practice stay on this machine. */
const char *sync_http_check_address(const struct sync_http_address *a, bool practice);

/* A connection that is kept, and the answer that came over it last. */
struct sync_http_line;
struct sync_http_line *sync_http_line_new(size_t max_body);
void sync_http_line_free(struct sync_http_line *line);
/* Borrowed until the next exchange. */
const struct ym_http_reply *sync_http_reply(const struct sync_http_line *line);
/* A big answer's memory is given back. */
void sync_http_forget(struct sync_http_line *line);
/* Waits for the answer. req is borrowed for the call. */
enum ym_link sync_http_exchange(struct sync_http_line *line, const struct sync_http_address *to, const struct ym_http_request *req);

/* Several lines at once. */
struct sync_http_loop;
struct sync_http_loop *sync_http_loop_new(void);
/* Lines still under way are given up. */
void sync_http_loop_free(struct sync_http_loop *loop);
/* req is borrowed until the line comes out of sync_http_next. */
void sync_http_start(struct sync_http_loop *loop, struct sync_http_line *line, const struct sync_http_address *to,
	const struct ym_http_request *req);
void sync_http_give_up(struct sync_http_loop *loop, struct sync_http_line *line);
void sync_http_perform(struct sync_http_loop *loop);
/* A line whose exchange is over, or NULL. */
struct sync_http_line *sync_http_next(struct sync_http_loop *loop, enum ym_link *ret);
/* Waits for the network or fd, at most ms; true when fd is readable. */
bool sync_http_wait(struct sync_http_loop *loop, int fd, int ms);
