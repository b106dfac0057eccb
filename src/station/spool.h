/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The inside of printing, shared by spool.c, print_receipt.c, print_a4.c and printing.c only.
 * Invariant: a job's state here is its state in desk.db.
 */
#pragma once

#include "station/private.h"

#define YM_SPOOL_MAX 64
#define YM_SPOOL_AGAIN_MS 3000 /* before a printer that refused is asked again */

enum ym_spool_state { YM_SPOOL_QUEUED, YM_SPOOL_SENDING, YM_SPOOL_ASKING, YM_SPOOL_STOPPED };
struct ym_spool_job {
	char id[40], paper[128], visit[40], case_no[40], template_id[48], title[96];
	enum ym_print_way way;
	enum ym_spool_state state;
	int tries;
	bool lacks;          /* the printer put 〓 for characters that it does not have */
	int64_t not_before;  /* monotonic */
	const char *why;     /* msgid or NULL */
};
struct ym_spool {
	struct ym_spool_job jobs[YM_SPOOL_MAX];
	int n;
	ym_source pump;
	/* the receipt that a printer has now */
	uint32_t order;
	struct ym_device_ref printer;
	char order_job[40];
	/* the paper that is being drawn for, or is at, the A4 printer */
	char a4_job[40];
	bool is_drawing;
	int in, out;
	ym_source in_source, out_source, child;
	struct ym_buf pdf, text;
	size_t written;
	bool is_handed;          /* yimen-print has the whole PDF */
	bool has_verdict;
	enum ym_code verdict;
	const char *verdict_why;
	/* what came while the desk was locked */
	struct { char id[40]; enum ym_code code; } late[4];
	int n_late;
};

/* spool.c */
struct ym_spool *ym_spool_of(struct ym_station *s); /* made on first use */
struct ym_spool_job *ym_spool_find(struct ym_station *s, const char *id);
/* A new job: it goes to its printer at once, or is queued. On an error there is none. */
enum ym_code ym_spool_add(struct ym_station *s, const struct ym_spool_job *job, const json_t *document, struct ym_error *err) YM_MUST;
/* The job's document stands in desk.db only. / New reference. */
enum ym_code ym_spool_save(struct ym_station *s, struct ym_spool_job *j, enum ym_spool_state state, const json_t *document, struct ym_error *err)
	YM_MUST;
enum ym_code ym_spool_load(struct ym_station *s, const char *id, json_t **ret, struct ym_error *err) YM_MUST;
enum ym_code ym_spool_move(struct ym_station *s, struct ym_spool_job *j, enum ym_spool_state state, const char *why, struct ym_error *err) YM_MUST;
void ym_spool_forget(struct ym_station *s, struct ym_spool_job *j);
/* It came out: noted as printed, and out of the spool. */
enum ym_code ym_spool_finish(struct ym_station *s, struct ym_spool_job *j, struct ym_error *err) YM_MUST;
/* The code a printing ended with decides what becomes of the job; _over is for what may end while the desk is locked. */
void ym_spool_settle(struct ym_station *s, struct ym_spool_job *j, enum ym_code how, const char *why);
void ym_spool_over(struct ym_station *s, const char *id, enum ym_code how, const char *why);
void ym_spool_pump_in(struct ym_station *s, int ms);
/* print_receipt.c */
bool ym_print_receipt_printer(struct ym_station *s, struct ym_device_info *ret);
bool ym_print_receipt_can(struct ym_station *s, struct ym_spool_job *j); /* else j->why says what it waits for */
enum ym_code ym_print_receipt(struct ym_station *s, struct ym_spool_job *j, const json_t *document, struct ym_error *err) YM_MUST;
/* print_a4.c */
enum ym_code ym_print_a4(struct ym_station *s, struct ym_spool_job *j, const json_t *document, struct ym_error *err) YM_MUST;
void ym_print_a4_release(struct ym_station *s);
const char *ym_print_a4_reason(const char *words); /* msgid for the first of IPP's printer-state-reasons that a person can do something about; NULL */
