/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A window for tests: a fresh desk in a temporary folder, the small catalogue of fixture/, a clock that stands still until it is
 * moved, an officer signed in. Not the shipped catalogue. Invariant: the people are invented (a county never assigned).
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/uuid.h"
#include "cases/fold.h"
#include "cases/queue.h"
#include "catalog/build.h"
#include "unit/store/folder.h"

#define MOTHER_NAME "欧阳测试甲"
#define MOTHER_ID "229901198703120027"
#define OTHER_NAME "司马测试乙"
#define OTHER_ID "22990119750101001X"
#define CHILD_NAME "欧阳测试丙"

struct window {
	struct desk d;
	struct ym_pack *pack;
	struct ym_casework *w;
	struct ym_visit *v;
};

extern int64_t window_now;              /* wall clock, ms */
int window_setup(void **state);
int window_setup_shipped(void **state); /* with data/ instead of the fixture */
int window_teardown(void **state);
void window_at(const char *local);      /* "2026-11-23 09:00" at the office */
/* As after kill -9: nothing is saved, everything is opened again; no visit is open. */
void window_restart(struct window *x);
/* Everything closed, the clock is the machine's again; the folder stays with its catalogue, for a station to open. */
void window_leave(struct window *x);
void window_open(struct window *x);
void window_close(struct window *x);    /* frees the visit, saves nothing */
void window_resume(struct window *x);   /* the visit that was open */
/* id: 17 digits get their check character. Identifies from the card. */
void window_card(struct window *x, int person, const char *name, const char *id, const char *division);
int window_add(struct window *x, const char *item);
void window_fill(struct window *x, const char *datum, const char *value);          /* "role.datum"; must be OK */
enum ym_code window_try_fill(struct window *x, const char *datum, const char *value, struct ym_error *err);
int window_field(struct window *x, const char *datum);                              /* line or -1 */
int window_material(struct window *x, const char *kind, const char *holder);        /* holder role label part or NULL; -1 */
void window_mark(struct window *x, const char *kind, enum ym_material_state state);
void window_reply(struct window *x, const char *question, const char *code);
/* Ask the check of a register and answer it through the feed. */
void window_check(struct window *x, const char *reg, const char *status);
void window_decide(struct window *x, int c, enum ym_exit exit, const char *reason); /* must be OK */
const struct ym_case_line *window_case(struct window *x, int c);
bool window_has_reason(struct window *x, int c, const char *part);
/* Everything CERT needs. Returns the case. */
int window_ready_cert(struct window *x);
int window_ready_permit(struct window *x);
int64_t window_count(struct window *x, const char *sql);
const char *window_text(struct window *x, const char *sql);                         /* one value, static buffer */
void window_feed(struct window *x, const char *kind, const char *json);             /* next number */
