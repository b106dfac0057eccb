/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What stands before the citizen: the evaluator's answer to its visit, the ticket on the queue display. Decides nothing; keeps no
 * grade. Invariant: a grade goes from the device into the log and is seen by nobody at this desk.
 */
#include "station/private.h"

#include "base/diag.h"

bool
ym_station_is_rating(const struct ym_station *s)
{
	return s->rating_order != 0;
}

const char *
ym_station_rating_note(const struct ym_station *s)
{
	return s->rating_note ? s->rating_note : "";
}

enum ym_code
ym_station_ask_rating(struct ym_station *s, struct ym_error *err)
{
	struct ym_device_order order = { .kind = YM_ORDER_ASK };
	struct ym_device_info evaluator;
	struct ym_error why = { 0 };
	enum ym_code code;

	if (!s->visit)
		return ym_fail(err, YM_STATE, N_("No visit is open at this window"), NULL);
	if (ym_station_is_rating(s))
		return ym_fail(err, YM_STATE, N_("The citizen is choosing on the evaluator: wait until that is over"), NULL);
	if (ym_visit_rating(s->visit) != YM_RATING_ASKED) {
		code = ym_visit_ask_rating(s->visit, err);
		if (code)
			return code;
	}
	s->rating_note = NULL;
	if (!s->hub || !ym_hub_role_device(s->hub, YM_ROLE_EVALUATOR, &evaluator)) {
		s->rating_note = N_("There is no evaluator: the citizen can rate with the code on the receipt");
		return YM_OK;
	}
	order.id = ++s->next_order;
	code = ym_hub_order(s->hub, evaluator.ref, &order, &why);
	if (code)
		s->rating_note = why.msgid;
	else
		s->rating_order = order.id;
	ym_station_notify(s, YM_NOTICE_VISIT);
	return YM_OK;
}

static void
take_grade(struct ym_station *s, int grade)
{
	struct ym_error err = { 0 };

	if (s->unlocked && s->visit && s->rating_order && ym_visit_rating(s->visit) == YM_RATING_ASKED &&
		ym_visit_take_rating(s->visit, 6 - grade, "evaluator", &err)) { /* kept as GB/T 39046 A.8 counts: 1 is the best */
		ym_diag_error("rating", &err);
		s->rating_note = err.msgid;
	}
}

void
ym_station_counter_device(struct ym_station *s, const struct ym_device_event *event)
{
	struct ym_device_info info;

	if (event->kind == YM_DEVICE_PRESSED)
		take_grade(s, event->grade);
	if (event->kind == YM_DEVICE_ORDERED && s->rating_order && event->order == s->rating_order) {
		s->rating_order = 0;
		s->rating_note = event->err->code ? event->err->msgid : NULL;
		ym_station_notify(s, YM_NOTICE_VISIT);
	}
	/* gone with its plug, before it could say so */
	if (event->kind == YM_DEVICE_CHANGED && s->rating_order && !ym_hub_role_device(s->hub, YM_ROLE_EVALUATOR, &info)) {
		s->rating_order = 0;
		s->rating_note = N_("The evaluator was unplugged: plug it in and ask again");
		ym_station_notify(s, YM_NOTICE_VISIT);
	}
}

/* A display that is not there is not missed: the officer calls aloud. */
void
ym_station_show_call(struct ym_station *s, const char *ticket)
{
	struct ym_device_info display;
	struct ym_error err = { 0 };
	YM_FREE char *text = ym_asprintf("%s\t%s", ticket, ym_station_window(s));
	const struct ym_device_order order = { .id = ++s->next_order, .kind = YM_ORDER_SHOW, .text = text };

	if (!*ticket || !s->hub || !ym_hub_role_device(s->hub, YM_ROLE_DISPLAY, &display))
		return;
	if (ym_hub_order(s->hub, display.ref, &order, &err))
		ym_diag_error("queue display", &err);
}
