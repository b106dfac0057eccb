/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A ticket from one desk to another of the same station: the guide desk sends what a citizen chose to the window. Not the queue, which
 * is each desk's own. Invariant: a ticket goes to a living desk of the same station and profile, or comes back with the reason.
 */
#include "central/inner.h"

#define STATION_DIGITS 12

enum ym_code
ym_tickets_sent(struct ym_work *w, struct ym_error *err)
{
	const struct ym_event_header *h = &w->ev.h;
	const char *to = ym_event_attr(h, "to"), *class = ym_event_attr(h, "class");
	struct ym_central_desk desk;
	YM_JSON *content = NULL;
	enum ym_code code = ym_central_living_desk(w->c, to, &desk, err);

	if (code == YM_NOTFOUND || (!code && (strncmp(desk.code, w->desk.code, STATION_DIGITS) || strcmp(desk.profile, w->desk.profile)))) {
		ym_worker_quarantine(w, "to", N_("No such window is enrolled at this station: give the ticket there by word"));
		return YM_OK;
	}
	if (code)
		return code;
	if (!*ym_event_attr(h, "ticket") || strlen(class) != 1 || *class < '0' || *class > '4') {
		ym_worker_quarantine(w, "class", N_("A ticket does not say what it is"));
		return YM_OK;
	}
	content = json_pack("{s:s,s:s,s:i,s:s,s:s,s:s,s:O*}", "ticket", ym_event_attr(h, "ticket"), "no", ym_event_attr(h, "no"), "class", *class - '0',
		"appointment", ym_event_attr(h, "appointment"), "claim", ym_json_str(w->body, "claim"), "from", w->desk.code, "consult",
		json_object_get(w->body, "consult"));
	return ym_outbox_put(w->c, &desk, "ticket.pushed", content, err);
}
