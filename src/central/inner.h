/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The inside of the central, shared by the files of src/central and by its tests: the open store and what works on it.
 * Not for any other layer. Invariant: whatever changes the store together is in one transaction of the caller's.
 */
#pragma once

#include "base/json.h"
#include "central/central.h"
#include "store/wire.h"


extern const char ym_schema_sql_central_001[], ym_schema_sql_central_002[], ym_schema_sql_central_003[]; /* generated from schema/ */

struct ym_register;
struct ym_central {
	struct ym_db *db;
	char *dir;
	struct ym_sm2 *key;             /* the private half only when unlocked */
	struct ym_secret store;         /* seals what lies at rest; absent when locked */
	char public_hex[131];
	struct ym_register *registers;
	int n_registers;
	struct { char version[32]; struct ym_pack *pack; } packs[8]; /* opened for the worker, oldest first */
	int n_packs;
	bool written;                   /* since the last checkpoint */
};

/* A desk that is enrolled. */
struct ym_central_desk {
	char desk[40], code[32], epoch, public_hex[131], profile[16];
	int64_t seq, feed;
	uint8_t hash[YM_SM3_LEN];
};

/* What a route answers before it becomes a signed envelope. code NULL: ok. */
struct ym_central_answer {
	int status;
	const char *code, *message;
	json_t *data;
	bool is_raw;            /* raw bytes stand in reply->body already, or nothing (HEAD) */
};

/* -- central.c -- */
enum ym_code ym_central_need_key(const struct ym_central *c, struct ym_error *err) YM_MUST;   /* STATE when opened without the password */
void ym_central_seal(const struct ym_central *c, const char *place, const void *data, size_t n, struct ym_buf *out);
enum ym_code ym_central_unseal(const struct ym_central *c, const char *place, const void *sealed, size_t n, struct ym_buf *out,
	struct ym_error *err) YM_MUST;
/* By code and epoch letter; NOTFOUND when unknown or not enrolled. */
enum ym_code ym_central_desk(struct ym_central *c, const char *desk, struct ym_central_desk *ret, struct ym_error *err) YM_MUST;
/* The enrolled desk of a code with the highest letter: the one that lives. */
enum ym_code ym_central_living_desk(struct ym_central *c, const char *code, struct ym_central_desk *ret, struct ym_error *err) YM_MUST;

/* -- handle.c: after the envelope's outside; the fuzz target enters here. desk NULL: unsigned. Takes nothing. -- */
void ym_central_route(struct ym_central *c, const struct ym_central_request *req, const struct ym_central_desk *desk, struct ym_central_reply *reply,
	struct ym_central_answer *ret, int *ret_wait_s);
void ym_central_refuse(struct ym_central_answer *a, int status, const char *code, const char *message);
void ym_central_trouble(struct ym_central_answer *a);          /* 503 BUSY: the store failed */
/* Decimal digits only, at most 18. False when anything else. */
bool ym_central_number(const char *s, size_t n, int64_t *ret);
void ym_central_reply_header(struct ym_central_reply *r, const char *fmt, ...) YM_PRINTF(2, 3);

/* -- events.c, blobs.c, admin.c: one function a route -- */
void ym_central_head_answer(struct ym_central *c, const struct ym_central_desk *desk, struct ym_central_answer *a);
void ym_central_ingest(struct ym_central *c, const struct ym_central_desk *desk, const struct ym_central_request *req, struct ym_central_answer *a);
void ym_central_blob(struct ym_central *c, const char *sm3, const struct ym_central_request *req, struct ym_central_reply *reply,
	struct ym_central_answer *a);
void ym_central_enrol(struct ym_central *c, const struct ym_central_request *req, struct ym_central_answer *a);
void ym_central_pack(struct ym_central *c, const char *version, const struct ym_central_request *req, struct ym_central_reply *reply,
	struct ym_central_answer *a);

/* -- packs.c, publish.c -- */
enum ym_code ym_central_current_pack(struct ym_central *c, char ret_version[32]);    /* NOTFOUND: there is none */
/* The item in that pack, or in the current one when that pack is not here. NOTFOUND: it is not in there; OK with *ret NULL: there is no
 * pack at all. */
enum ym_code ym_publish_item(struct ym_central *c, const char *pack, const char *item, struct ym_pack **ret_pack, const struct ym_item **ret,
	struct ym_error *err) YM_MUST;

/* A desk that enrols today hears of the packs whose date is to come: they were announced before it was there. */
enum ym_code ym_publish_tell_desk(struct ym_central *c, const struct ym_central_desk *desk, struct ym_error *err) YM_MUST;

/* -- outbox.c: what goes to a desk -- */
/* Seals and appends one entry in the caller's transaction; content is borrowed. */
enum ym_code ym_outbox_put(struct ym_central *c, const struct ym_central_desk *desk, const char *kind, const json_t *content, struct ym_error *err) YM_MUST;
/* To the living desk of a code; OK when there is none. */
enum ym_code ym_outbox_put_code(struct ym_central *c, const char *code, const char *kind, const json_t *content, struct ym_error *err) YM_MUST;
void ym_central_feed(struct ym_central *c, const struct ym_central_desk *desk, int64_t after, int wait_s, struct ym_central_answer *a, int *ret_wait_s);

/* -- register.c -- */
enum ym_code ym_register_load(struct ym_central *c, const char *dir, struct ym_error *err) YM_MUST;
void ym_register_release(struct ym_central *c);
struct ym_register_answer { const char *status, *source; const json_t *answer /* borrowed, may be NULL */; char valid_until[16]; };
void ym_register_ask(const struct ym_central *c, const char *reg, const char *key, int64_t at, struct ym_register_answer *ret);

/* -- worker.c -- */
/* One event as the worker sees it. */
struct ym_work {
	struct ym_central *c;
	int64_t n;
	struct ym_event ev;
	struct ym_central_desk desk;
	int64_t at;                     /* the desk's corrected clock */
	json_t *body;                   /* NULL when there is none, or it is erased */
	bool is_erased;
	char field[96];                 /* with reason: the content cannot be used */
	const char *reason;
};
void ym_worker_quarantine(struct ym_work *w, const char *field, const char *reason);
/* The opened body of a held event again; *ret is a new reference, the strings of *ret_h live in scratch. */
enum ym_code ym_worker_reopen(struct ym_central *c, int64_t n, struct ym_buf *scratch, struct ym_event_header *ret_h, json_t **ret,
	struct ym_error *err) YM_MUST;
/* Key of a scope of a desk; NOTFOUND. */
enum ym_code ym_worker_key(struct ym_central *c, const char *code, char epoch, const char *scope, uint8_t ret[YM_KEY_LEN], struct ym_error *err) YM_MUST;
enum ym_code ym_worker_keep_key(struct ym_central *c, const char *code, char epoch, const char *scope, const uint8_t key[YM_KEY_LEN],
	struct ym_error *err) YM_MUST;

/* -- docket.c: cases -- */
struct ym_docket {
	bool is_known;
	char case_no[64], item[64], pack[64], holder[32], state[24], exit[24], visit[64],
		review[16], review_by[64];
	int64_t snapshot, reviewed_ms;
	bool applied;
};
enum ym_code ym_docket_find(struct ym_central *c, const char *case_no, struct ym_docket *ret, struct ym_error *err) YM_MUST;  /* OK with is_known false */
bool ym_docket_is_one_of(const char *s, const char *const list[]);                      /* list ends with NULL */
enum ym_code ym_docket_decisive(struct ym_work *w, struct ym_error *err) YM_MUST;       /* case.* with a state */
enum ym_code ym_docket_applied(struct ym_work *w, struct ym_error *err) YM_MUST;        /* feed.applied */

/* -- review.c -- */
bool ym_review_is_open(const struct ym_docket *d);                                       /* somebody, or a promise, is waited for */
enum ym_decider ym_review_decider(const struct ym_item *item);                          /* the strictest of its steps */
/* After a decisive event was stored; d is the case before it, item NULL when there is no pack. */
enum ym_code ym_review_start(struct ym_work *w, const struct ym_docket *d, const struct ym_item *item, struct ym_error *err) YM_MUST;
enum ym_code ym_review_send_again(struct ym_central *c, const char *to, const struct ym_docket *d, struct ym_error *err) YM_MUST;

/* -- standing.c -- */
enum ym_code ym_standing_note(struct ym_work *w, struct ym_error *err) YM_MUST;          /* after a decisive event was stored */
enum ym_code ym_standing_decided(struct ym_central *c, const char *case_no, struct ym_error *err) YM_MUST; /* by the central itself */
enum ym_code ym_standing_rated(struct ym_work *w, struct ym_error *err) YM_MUST;         /* case.rated */
/* Overdue and default grades as of now, in a transaction of its own; *ret_n cases changed. */
enum ym_code ym_standing_sweep(struct ym_central *c, int *ret_n, struct ym_error *err) YM_MUST;
enum ym_code ym_standing_counts(struct ym_central *c, json_t *into, struct ym_error *err) YM_MUST;

/* -- tickets.c -- */
enum ym_code ym_tickets_sent(struct ym_work *w, struct ym_error *err) YM_MUST;          /* ticket.sent */
/* -- handover.c -- */
enum ym_code ym_handover_requested(struct ym_work *w, struct ym_error *err) YM_MUST;    /* case.requested */
enum ym_code ym_handover_handed(struct ym_work *w, struct ym_error *err) YM_MUST;       /* case.handed */
