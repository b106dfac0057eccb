/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Desks, one central and a bad line between them, in one process under a virtual clock. Everything is the real thing but the network
 * and the time. A desk acts as workstation and sync process at once. Not HTTP: tests/unit/sync/test_program.c has sockets.
 */
#pragma once

#include "central/central.h"
#include "store/desk.h"
#include "sync/sync.h"

#define WORLD_PASSWORD "an invented password"
#define WORLD_DESKS 8
#define WORLD_LATE 16

/* What may happen to an exchange, in per mille. */
struct weather { int lose_request, lose_answer, twice, late, garbage, proxy, cut, stranger; };

/* A copy of a request that is still on its way when the desk has long given it up. */
struct late { char method[8], path[200], headers[12][400]; int n_headers; struct ym_buf body; };

struct world;
struct sim_desk {
	struct world *w;
	char dir[96], code[16], name[20];
	struct ym_db *db;
	struct ym_keys *keys;
	struct ym_log *log;
	struct ym_sync *sync;
	int64_t next_ms[2], work_ms;    /* when each lane, and the officer, is due */
	int asked, answered, quarantined, bad;
	int64_t applied;
	char blobs[32][65];
	int n_blobs;
	int n_exchanges, n_content;     /* n_content: exchanges that carried events or bytes */
};
struct world {
	char dir[64], central_dir[96];
	struct ym_central *central;
	struct ym_sm2 *central_key;     /* public */
	struct ym_sm2 *stranger;
	char central_hex[131];
	uint64_t random;
	int64_t now_ms;
	int n_made;
	struct sim_desk desks[WORLD_DESKS];
	int n_desks;
	struct weather weather;
	struct late late[WORLD_LATE];
	int n_late;
	/* the exchange at which the sync process is killed, -1 never; 0: before it is sent, 1: after it arrived */
	int kill_at, kill_how;
	bool killed;
	int n_faults;
};

void world_init(struct world *w);
void world_release(struct world *w);
uint64_t world_draw(struct world *w, uint64_t below);
/* A new desk, made from one template, enrolled at the central. */
struct sim_desk *world_add_desk(struct world *w);
void world_drop_desks(struct world *w);
void world_deliver_late(struct world *w, int i);
/* Answers one request of the desk's, signed by it, without faults. Release *ret_data. */
json_t *world_ask(struct sim_desk *d, const char *method, const char *path, const char *range, int *ret_status);

void desk_append(struct sim_desk *d, int n, bool ask, bool spoil);
void desk_put_blob(struct sim_desk *d, size_t n);
void desk_fold(struct sim_desk *d);
void desk_restart_sync(struct sim_desk *d);
/* When all is quiet: both ends hold the same, once, in order and whole. NULL, or what is not so. */
const char *desk_fault(struct sim_desk *d);
bool desk_sign(void *user, const void *msg, size_t n, char ret_sig_hex[161]);
