/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The window: shift, queue, the visit that is open, lists of cases. Thin calls into cases, with the checks that belong to a station:
 * unlocked, one visit at a time. Not rules. Invariant: at most one visit is open.
 */
#include "station/private.h"

#include "base/diag.h"

static enum ym_code
need_unlocked(struct ym_station *s, struct ym_error *err)
{
	return s->unlocked ? YM_OK : ym_fail(err, YM_STATE, N_("Sign in first"), NULL);
}

static enum ym_code
need_free_window(struct ym_station *s, struct ym_error *err)
{
	enum ym_code code = need_unlocked(s, err);

	if (!code && !ym_station_serves_window(s))
		return ym_fail(err, YM_REFUSED, N_("This account's post is the guide desk: a window serves with another account"), NULL);
	if (!code && !s->shift_open)
		return ym_fail(err, YM_STATE, N_("Open the shift first"), NULL);
	if (!code && s->visit)
		return ym_fail(err, YM_STATE, N_("A visit is open: finish or park it first"), NULL);
	return code;
}

/* After each call that may have changed what a screen shows. */
static enum ym_code
changed(struct ym_station *s, enum ym_code code, enum ym_notice what)
{
	if (!code)
		ym_station_notify(s, what);
	return code;
}

/* -- shift -- */

bool
ym_station_shift_is_open(const struct ym_station *s)
{
	return s->shift_open;
}

enum ym_code
ym_station_open_shift(struct ym_station *s, struct ym_error *err)
{
	enum ym_code code = need_unlocked(s, err);

	if (!code)
		code = ym_shift_open(s->work, err);
	s->shift_open = s->unlocked && ym_shift_is_open(s->work);
	return changed(s, code, YM_NOTICE_QUEUE);
}

enum ym_code
ym_station_close_shift(struct ym_station *s, struct ym_error *err)
{
	enum ym_code code = need_free_window(s, err);

	if (!code)
		code = ym_shift_close(s->work, err);
	s->shift_open = s->unlocked && ym_shift_is_open(s->work);
	return changed(s, code, YM_NOTICE_QUEUE);
}

/* -- queue -- */

int
ym_station_tickets(struct ym_station *s, struct ym_ticket *ret, int max)
{
	return s->unlocked ? ym_queue_tickets(s->work, ret, max) : 0;
}

int
ym_station_parked(struct ym_station *s, struct ym_parked *ret, int max)
{
	return s->unlocked ? ym_queue_parked(s->work, ret, max) : 0;
}

int
ym_station_alerts(struct ym_station *s, struct ym_alert *ret, int max)
{
	return s->unlocked ? ym_queue_alerts(s->work, ret, max) : 0;
}

void
ym_station_tally(struct ym_station *s, struct ym_tally *ret)
{
	memset(ret, 0, sizeof *ret);
	if (s->unlocked)
		ym_queue_tally(s->work, ret);
}

enum ym_code
ym_station_make_ticket(struct ym_station *s, enum ym_ticket_class cls, const char *claim, const char *appointment, char ret_no[12],
	struct ym_error *err)
{
	enum ym_code code = need_unlocked(s, err);

	return code ? code : changed(s, ym_queue_make_ticket(s->work, cls, claim, appointment, ret_no, err), YM_NOTICE_QUEUE);
}

enum ym_code
ym_station_call(struct ym_station *s, const char *ticket_id, struct ym_error *err)
{
	char id[40];
	enum ym_code code = need_free_window(s, err);

	if (!code)
		code = ym_queue_call(s->work, ticket_id, id, err);
	if (!code)
		code = ym_visit_open(s->work, id, &s->visit, err);
	if (!code)
		ym_station_show_call(s, ym_visit_ticket(s->visit));
	return changed(s, code, YM_NOTICE_VISIT);
}

enum ym_code
ym_station_miss(struct ym_station *s, const char *ticket_id, struct ym_error *err)
{
	enum ym_code code = need_unlocked(s, err);

	return code ? code : changed(s, ym_queue_miss(s->work, ticket_id, err), YM_NOTICE_QUEUE);
}

enum ym_code
ym_station_carry_over(struct ym_station *s, const char *ticket_id, const char *reason, struct ym_error *err)
{
	enum ym_code code = need_unlocked(s, err);

	return code ? code : changed(s, ym_queue_carry_over(s->work, ticket_id, reason, err), YM_NOTICE_QUEUE);
}

/* -- the visit -- */

struct ym_visit *
ym_station_visit(struct ym_station *s)
{
	return s->visit;
}

enum ym_code
ym_station_walk_in(struct ym_station *s, struct ym_error *err)
{
	enum ym_code code = need_free_window(s, err);

	return code ? code : changed(s, ym_visit_open(s->work, "", &s->visit, err), YM_NOTICE_VISIT);
}

static void
leave_visit(struct ym_station *s)
{
	ym_station_jobs_stop(s);
	ym_visit_free(s->visit);
	s->visit = NULL;
	ym_card_release(&s->tray);
	ym_station_drop_photo(s);
	ym_station_drop_prints(s);
	ym_station_drop_scan(s);
	s->has_tray = false;
}

enum ym_code
ym_station_park(struct ym_station *s, const char *why, struct ym_error *err)
{
	enum ym_code code;

	if (!s->visit)
		return ym_fail(err, YM_STATE, N_("No visit is open at this window"), NULL);
	code = ym_visit_park(s->visit, why, err);
	if (!code)
		leave_visit(s);
	return changed(s, code, YM_NOTICE_QUEUE);
}

enum ym_code
ym_station_resume(struct ym_station *s, const char *visit_id, struct ym_error *err)
{
	enum ym_code code = need_free_window(s, err);

	return code ? code : changed(s, ym_visit_resume(s->work, visit_id, &s->visit, err), YM_NOTICE_VISIT);
}

enum ym_code
ym_station_finish(struct ym_station *s, struct ym_error *err)
{
	enum ym_code code;

	if (!s->visit)
		return ym_fail(err, YM_STATE, N_("No visit is open at this window"), NULL);
	/* who may close the visit over the citizen's finger could skip a choice */
	if (ym_station_is_rating(s))
		return ym_fail(err, YM_STATE, N_("The citizen is choosing on the evaluator: wait until that is over"), NULL);
	code = ym_visit_finish(s->visit, err);
	if (!code)
		leave_visit(s);
	return changed(s, code, YM_NOTICE_QUEUE);
}

enum ym_code
ym_station_continue_case(struct ym_station *s, const char *case_no, struct ym_error *err)
{
	enum ym_code code;

	/* Who was called for a ticket brings what was missing: the visit that is open becomes the one of the case. */
	if (s->visit && s->unlocked)
		return changed(s, ym_visit_continue_here(&s->visit, case_no, err), YM_NOTICE_VISIT);
	code = need_free_window(s, err);
	return code ? code : changed(s, ym_visit_continue_case(s->work, case_no, &s->visit, err), YM_NOTICE_VISIT);
}

/* -- cases -- */

int
ym_station_cases(struct ym_station *s, const struct ym_case_query *q, struct ym_case_row *ret, int max)
{
	ym_casework_set_acked(s->work, s->has_sync_state ? s->sync_state.acked : -1);
	struct ym_caselist_query query = { q->text, q->state, q->before, q->after };

	if (!s->unlocked && !s->readonly)
		return 0;
	if (s->unlocked && s->headless)
		while (!ym_names_fill(s->work, 10000))
			;
	return ym_caselist_page(s->work, &query, ret, max);
}

bool
ym_station_names_are_read(struct ym_station *s, int *ret_n)
{
	*ret_n = ym_names_count(s->work);
	return ym_names_is_complete(s->work);
}

int64_t
ym_station_n_cases(struct ym_station *s)
{
	return ym_caselist_count(s->work);
}

enum ym_code
ym_station_request_case(struct ym_station *s, const char *case_no, const char *purpose, struct ym_error *err)
{
	enum ym_code code = need_unlocked(s, err);

	return code ? code : changed(s, ym_casework_request_case(s->work, case_no, purpose, err), YM_NOTICE_SYNC);
}

void
ym_station_note_reveal(struct ym_station *s, const char *what)
{
	struct ym_error err = { 0 };

	if (s->unlocked && ym_casework_note_view(s->work, what, "", "", &err))
		ym_diag_error("reveal", &err);
}
