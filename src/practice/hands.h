/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The inside of practice: the practice desk's state, the citizen's hands over the simulated far ends, what stands on its counter.
 */
#pragma once

#include "practice/scenario.h"
#include "practice/sim_line.h"
#include "practice/sim_panel.h"
#include "practice/sim_printer.h"
#include "yimen/practice.h"

#define YM_MAX_SCENARIOS 64

struct ym_practice;
struct ym_sim_counter;
struct ym_hands {
	struct ym_practice *practice;
	char *paths[YM_MAX_SCENARIOS];
	int n_paths, current, last;    /* current: -1 nobody is here; last: who came last, -1 */
	char visit[40];                /* the citizen's, "" before it began */
	char other[40];                /* that was open when the citizen came: somebody else's */
	struct ym_scenario citizen;
	int laid;                      /* person whose card lies on the reader, -1 */
	char says[512];
};

struct ym_practice {
	struct ym_loop *loop;
	struct ym_station *station;
	char *dir, *central_dir, *socket, *password_file;
	pid_t central_pid;
	ym_source central_child;
	struct ym_sim_reader *reader;
	struct ym_sim_line scanner;
	struct ym_sim_printer *printer;
	struct ym_sim_panel evaluator, display, pad;
	struct ym_sim_counter *counter; /* cameras, fingers; NULL when headless */
	struct ym_hands hands;
};

enum ym_code ym_practice_start_central(struct ym_practice *p, struct ym_error *err) YM_MUST;
void ym_practice_stop_central(struct ym_practice *p);
enum ym_code ym_hands_start(struct ym_practice *p, struct ym_error *err) YM_MUST;
void ym_hands_stop(struct ym_practice *p);
/* Whose visit has ended takes the card and goes; who waits in a parked one stays. */
void ym_hands_see_off(struct ym_hands *h);
/* hands_scan.c: codes and passports under the simulated scanner */
enum ym_code ym_hands_scan_start(struct ym_practice *p, struct ym_error *err) YM_MUST;
void ym_hands_scan_stop(struct ym_practice *p);
int ym_hands_scan_list(struct ym_hands *h, struct ym_hand *ret, int max);
enum ym_code ym_hands_scan_do(struct ym_hands *h, int index, struct ym_error *err) YM_MUST;
/* hands_counter.c: the far ends of printer, evaluator, display and pad. */
enum ym_code ym_hands_counter_start(struct ym_practice *p, struct ym_error *err) YM_MUST;
void ym_hands_counter_stop(struct ym_practice *p);
/* What the hands can do with them, appended from *n on. */
void ym_hands_counter_asked(struct ym_practice *p, struct ym_hand *ret, int max, int *n); /* what the citizen is being asked for there */
void ym_hands_counter_list(struct ym_practice *p, struct ym_hand *ret, int max, int *n);
/* False when the key is for none of them. */
bool ym_hands_counter_do(struct ym_practice *p, const char *key, enum ym_code *ret, struct ym_error *err);
