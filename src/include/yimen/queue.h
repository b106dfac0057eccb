/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The queue of the window, parked visits, alerts, the list of cases. Values for screens and the cli.
 * Not the rules behind them (cases/queue.c, from rules.md §15). Invariant: lists are snapshots, freed by the caller's next call.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "yimen/visit.h"

/* Lower is sooner: 0 urgent, 1 elderly/disabled/soldier, 2 carried over, 3 appointment, 4 ordinary. */
enum ym_ticket_class { YM_TICKET_URGENT, YM_TICKET_PRIORITY, YM_TICKET_CARRY, YM_TICKET_APPOINTMENT, YM_TICKET_ORDINARY };
struct ym_ticket {
	char id[40], no[12] /* "A018" */, claim[96], appointment[8] /* "09:45" or "" */;
	enum ym_ticket_class cls; int64_t issued_at; int wait_min; int calls; int n_items /* chosen at the guide desk */; bool missed, early /* appointment not yet due */;
};
struct ym_parked { char visit[40]; char title[64] /* 张* · 2 件 */, why[64]; int64_t since; };
/* text is in the catalogue's words (who, item, document, date); msgid says what is the matter. */
struct ym_alert { enum ym_weight weight; char text[200]; char case_no[40]; const char *msgid; };
struct ym_case_row { char case_no[40], item[40], pack[24] /* version it was begun under */, item_name[120], who[64] /* masked */, due[16], lamp[8] /* "", green, blue, yellow, red, black */; enum ym_case_state state; enum ym_exit exit; int64_t at; bool synced, holder; };
struct ym_tally { int served, completed, returned, waiting, longest_wait_min, avg_seconds, parked; };
