/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a station says of itself: the shift report and a case's story (as papers of the catalogue, laid out as text), the status as JSON.
 * Not lists for screens (window.c). Invariant: the status holds counts, codes and states only.
 */
#include "station/private.h"

#include "base/clock.h"
#include "base/diag.h"
#include "base/json.h"
#include "paper/paper.h"

#define REPORT_COLUMNS 76

static void
set_time(json_t *object, const char *key)
{
	char text[24] = "";
	int64_t at = ym_json_int(object, key, 0);

	if (at > 0)
		ym_time_format_local(text, at);
	json_object_set_new(object, key, json_string(text));
}

static void
set_label(struct ym_station *s, json_t *object, const char *key, const char *table, const char *code)
{
	const char *label = ym_pack_code_label(s->pack, table, code);

	json_object_set_new(object, key, json_string(*label ? label : code));
}

static char *
lay_out(struct ym_station *s, const char *paper, const json_t *context, struct ym_error *err)
{
	YM_FREE char *name = ym_asprintf("paper/%s", paper);
	const char *text = ym_pack_document(s->pack, name);
	YM_JSON *tmpl = NULL, *document = NULL;

	if (!text) {
		(void)ym_fail_on(err, YM_NOTFOUND, N_("The catalogue has no such paper"), paper, NULL);
		return NULL;
	}
	if (ym_json_parse(text, strlen(text), paper, &tmpl, err) || ym_paper_resolve(tmpl, context, &document, err))
		return NULL;
	return ym_paper_text(document, REPORT_COLUMNS);
}

static void
add_place(struct ym_station *s, json_t *context)
{
	json_object_set_new(context, "station", json_pack("{s:s,s:s}", "name", ym_station_name(s), "window", ym_station_window(s)));
	json_object_set_new(context, "officer", json_pack("{s:s,s:s}", "name", ym_station_account_name(s), "account", s->account));
}

static void
label_item(struct ym_station *s, json_t *row)
{
	const char *name = ym_json_str(row, "item_name"), *id = ym_json_str(row, "item");

	json_object_set_new(row, "name", json_string(*name ? name : id));
}

static void
label_paper(struct ym_station *s, json_t *row)
{
	const char *id = ym_json_str(row, "template");
	YM_FREE char *name = ym_asprintf("paper/%s", id);
	const char *text = ym_pack_document(s->pack, name);
	YM_JSON *tmpl = NULL;

	if (text && ym_json_parse(text, strlen(text), id, &tmpl, NULL))
		tmpl = NULL;
	json_object_set_new(row, "title", json_string(tmpl ? ym_json_str(tmpl, "title") : id));
}

char *
ym_station_shift_report(struct ym_station *s)
{
	struct ym_error err = { 0 };
	YM_JSON *account = s->unlocked ? ym_shift_account(s->work) : NULL;
	json_t *row;
	size_t i;
	char *text;

	if (!account)
		return ym_strdup("");
	add_place(s, account);
	json_array_foreach(json_object_get(account, "numbers"), i, row) {
		label_item(s, row);
		set_label(s, row, "exit_label", "exit", ym_json_str(row, "exit"));
	}
	json_array_foreach(json_object_get(account, "papers"), i, row)
		label_paper(s, row);
	text = lay_out(s, "shift-report", account, &err);
	if (!text)
		ym_diag_error("shift report", &err);
	return text ? text : ym_strdup("");
}

static void
note_signer(json_t *row)
{
	YM_FREE char *note = *ym_json_str(row, "signer") ?
		ym_asprintf("%s: %s(签名板)", ym_json_str(row, "purpose"), ym_json_str(row, "signer")) : NULL;

	if (note)
		json_object_set_new(row, "note", json_string(note));
}

enum ym_code
ym_station_case_story(struct ym_station *s, const char *case_no, const char *purpose, char **ret, struct ym_error *err)
{
	YM_JSON *story = NULL;
	json_t *row;
	size_t i;
	char *text;
	enum ym_code code;

	if (!s->unlocked)
		return ym_fail(err, YM_STATE, N_("Sign in first"), NULL);
	code = ym_caselist_story(s->work, case_no, purpose, &story, err);
	if (code)
		return code;
	json_object_set_new(story, "no", json_string(case_no));
	json_array_foreach(json_object_get(story, "events"), i, row) {
		set_time(row, "at");
		set_label(s, row, "label", "event_kind", ym_json_str(row, "kind"));
		set_label(s, row, "note", "exit", ym_json_str(row, "exit"));
		note_signer(row);
		label_item(s, row);
		if (!json_object_get(story, "name") && *ym_json_str(row, "name"))
			json_object_set(story, "name", json_object_get(row, "name"));
	}
	if (!json_object_get(story, "name"))
		json_object_set_new(story, "name", json_string(""));
	text = lay_out(s, "case-story", story, err);
	if (!text)
		return err ? err->code : YM_INVALID;
	*ret = text;
	return YM_OK;
}

enum ym_code
ym_station_status_json(struct ym_station *s, char **ret, struct ym_error *err)
{
	const struct ym_desk_identity *who = ym_log_identity(s->log);
	struct ym_sync_status sync;
	uint8_t hash[YM_SM3_LEN];
	char head[2 * YM_SM3_LEN + 1], epoch[2] = { who->epoch, 0 };
	YM_JSON *status = NULL;
	struct ym_pack_outlook packs;

	ym_station_pack_outlook(s, &packs);
	ym_station_sync_status(s, &sync);
	ym_log_head(s->log, hash);
	ym_hex(head, hash, sizeof hash);
	status = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:I,s:{s:I,s:s},s:{s:s,s:s,s:{s:s,s:s},s:s},s:{s:s,s:I,s:I,s:I,s:I,s:s}}", "version", YM_VERSION, "desk", who->desk,
		"epoch", epoch, "station", who->station, "window", who->window, "profile", who->profile, "locked", !s->unlocked, "cases",
		(json_int_t)ym_station_n_cases(s), "log", "events", (json_int_t)sync.head, "head", head, "catalogue", "version",
		ym_pack_version(s->pack), "effective", ym_pack_effective(s->pack), "next", "version", packs.next_version, "effective",
		packs.next_effective, "refused", packs.refused, "sync", "state", ym_station_lamp_label((int)sync.state), "acked",
		(json_int_t)sync.acked, "pending", (json_int_t)sync.pending, "quarantined", (json_int_t)sync.quarantined, "last_ok_at",
		(json_int_t)sync.last_ok_at, "detail", sync.detail);
	*ret = ym_json_dump(status);
	return YM_OK;
}
